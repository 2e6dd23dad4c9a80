"""Two periods against each other by hand: what is compared, and when a change is clear."""

from datetime import date
from math import sqrt

import pytest
from cast import DAY, HOUR, MINUTE, PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.period import Grain, Period
from kpi.question import Question

NOW = at("2026-11-24 12:00")
OCTOBER = Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
SEPTEMBER = Period.of(date(2026, 9, 1), Grain.MONTH, PARIS)
IN_OCTOBER, IN_SEPTEMBER = at("2026-10-12 08:00"), at("2026-09-14 08:00")


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def solved(ledger: Ledger, when: int, successes: int, n: int) -> None:
    for number in range(n):
        ledger.solved(when, when + HOUR, replies=1 if number < successes else 2)


def test_the_period_before_is_compared_by_default(engine):
    ledger = Ledger()
    for when in (IN_OCTOBER, IN_OCTOBER, IN_OCTOBER, IN_SEPTEMBER):
        ledger.ticket(when)
    told = answer(ask("volume"), ledger.frames(engine), NOW)
    assert (told.compared, told.compared_figure.value, told.change.value) == (SEPTEMBER, 1, 2)
    assert told.compared_span.end == told.span.start


def test_any_other_period_can_be_compared(engine):
    ledger = Ledger()
    ledger.ticket(IN_OCTOBER)
    ledger.ticket(at("2025-10-10 08:00"))
    ledger.ticket(at("2025-10-11 08:00"))
    last_year = OCTOBER.moved(Grain.YEAR, -1)
    told = answer(ask("volume", versus=last_year), ledger.frames(engine), NOW)
    assert (told.compared, told.compared_figure.value, told.change.value) == (last_year, 2, -1)


def test_a_running_period_is_compared_with_the_same_part_of_the_one_before(engine):
    ledger = Ledger()
    # Now is Tuesday 24 November, 13:00 in Paris; a week ago at that time a third ticket was still to come.
    week = Period.of(date(2026, 11, 24), Grain.WEEK, PARIS)
    for when in ("2026-11-16 09:00", "2026-11-17 12:59:59", "2026-11-17 13:00", "2026-11-23 09:00"):
        ledger.ticket(at(when, PARIS))
    told = answer(ask("volume", week), ledger.frames(engine), at("2026-11-24 13:00", PARIS))
    assert (told.figure.value, told.compared_figure.value) == (1, 2)
    assert told.compared_span.end == at("2026-11-17 13:00", PARIS)


def test_the_same_part_is_the_same_time_of_day_across_a_clock_change(engine):
    ledger = Ledger()
    # The week of 26 October is in winter time; the week before began in summer time and changed on its Sunday.
    week = Period.of(date(2026, 10, 26), Grain.WEEK, PARIS)
    ledger.ticket(at("2026-10-19 09:59:59", PARIS))
    ledger.ticket(at("2026-10-19 10:00", PARIS))
    told = answer(ask("volume", week), ledger.frames(engine), at("2026-10-26 10:00", PARIS))
    assert (told.compared_figure.value, told.compared_span.end) == (1, at("2026-10-19 08:00"))


def test_the_backlog_is_compared_with_what_it_was_at_the_same_point(engine):
    ledger = Ledger()
    now = at("2026-11-24 13:00", PARIS)
    for started, ended in ((now - 30 * DAY, now - 6 * DAY), (now - 30 * DAY, now - 8 * DAY), (now - HOUR, None)):
        ledger.span(ledger.ticket(started), started, ended)
    week = Period.of(date(2026, 11, 24), Grain.WEEK, PARIS)
    told = answer(ask("backlog", week), ledger.frames(engine), now)
    assert (told.figure.value, told.compared_figure.value) == (1, 1), "a week ago the first was still open"


def test_a_clear_change_of_a_ratio_by_newcombes_method(engine):
    ledger = Ledger()
    solved(ledger, IN_OCTOBER, 45, 50)  # 90 %, Wilson [0.7864, 0.9565]
    solved(ledger, IN_SEPTEMBER, 30, 50)  # 60 %, Wilson [0.4618, 0.7239]
    told = answer(ask("fcr"), ledger.frames(engine), NOW)
    # 0.30 − √((0.9 − 0.7864)² + (0.7239 − 0.6)²) = 0.30 − 0.1681 = 0.1319
    # 0.30 + √((0.9565 − 0.9)² + (0.6 − 0.4618)²) = 0.30 + 0.1493 = 0.4493
    assert told.change.value == pytest.approx(0.30)
    assert told.change.interval == pytest.approx((0.1319, 0.4493), abs=2e-4)
    assert told.change.clear


def test_a_small_change_of_a_ratio_is_not_clear(engine):
    ledger = Ledger()
    solved(ledger, IN_OCTOBER, 8, 10)
    solved(ledger, IN_SEPTEMBER, 6, 10)
    change = answer(ask("fcr"), ledger.frames(engine), NOW).change
    assert change.value == pytest.approx(0.2)
    assert change.interval[0] < 0 < change.interval[1]
    assert not change.clear


def test_a_change_of_a_count_squares_and_adds_poisson_intervals(engine):
    ledger = Ledger()
    for when, n in ((IN_OCTOBER, 100), (IN_SEPTEMBER, 60)):
        for _ in range(n):
            ledger.ticket(when)
    told = answer(ask("volume"), ledger.frames(engine), NOW)
    # Score interval of 100: 101.92 ± 1.96 √100.96 = [82.23, 121.61]; of 60: 61.92 ± 1.96 √60.96 = [46.62, 77.22].
    lower = 40 - sqrt((100 - 82.23) ** 2 + (77.22 - 60) ** 2)
    upper = 40 + sqrt((121.61 - 100) ** 2 + (60 - 46.62) ** 2)
    assert told.change.interval == pytest.approx((lower, upper), abs=0.02)
    assert told.change.clear
    assert told.figure.interval is None, "a count is what was counted"


def test_a_change_of_a_median_uses_its_ranks(engine):
    ledger = Ledger()
    for when, minutes in ((IN_OCTOBER, range(1, 21)), (IN_SEPTEMBER, range(101, 121))):
        for waited in minutes:
            ledger.turn(ledger.ticket(when), when, when + waited * MINUTE)
    change = answer(ask("frt"), ledger.frames(engine), NOW).change
    # Medians 10.5 and 110.5 min; ranks 6 and 15 of 20: [6, 15] and [106, 115]. Each side: √(4.5² + 4.5²) = 6.364.
    assert change.value == -100 * MINUTE
    assert change.interval == pytest.approx(((-100 - 6.364) * MINUTE, (-100 + 6.364) * MINUTE), abs=0.1)
    assert change.clear


def test_too_few_durations_never_make_a_clear_change(engine):
    ledger = Ledger()
    for when, waited in ((IN_OCTOBER, 1), (IN_SEPTEMBER, 1000)):
        for _ in range(5):
            ledger.turn(ledger.ticket(when), when, when + waited * MINUTE)
    change = answer(ask("frt"), ledger.frames(engine), NOW).change
    assert (change.value, change.clear, change.interval) == (-999 * MINUTE, False, None)


def test_there_is_no_change_against_nothing(engine):
    ledger = Ledger()
    solved(ledger, IN_OCTOBER, 1, 2)
    told = answer(ask("fcr"), ledger.frames(engine), NOW)
    assert (told.compared_figure.value, told.compared_figure.n, told.change) == (None, 0, None)


def test_a_period_before_the_history_is_not_compared_with(engine):
    ledger = Ledger()
    ledger.covers(at("2026-09-20 00:00"), NOW)
    ledger.ticket(IN_OCTOBER)
    told = answer(ask("volume"), ledger.frames(engine), NOW)
    assert (told.figure.value, told.uncovered) == (1, None)
    assert (told.compared, told.compared_figure, told.change) == (SEPTEMBER, None, None)


def test_a_period_that_is_not_read_to_its_end_has_not_changed(engine):
    ledger = Ledger()
    ledger.covers(None, IN_OCTOBER)
    for when in (IN_SEPTEMBER, IN_SEPTEMBER, IN_OCTOBER - 1):
        ledger.ticket(when)
    told = answer(ask("volume"), ledger.frames(engine), NOW)
    assert (told.figure.value, told.uncovered) == (1, "not_synced")
    assert (told.compared_figure.value, told.change) == (2, None)

"""Why a figure changed, what is out of the ordinary, what is to come and what a training did, by hand."""

from datetime import date, timedelta

import pytest
from cast import ALICE, BOB, CHLOE, DAY, HOUR, PARIS, at
from facts import Ledger
from records import Records

from kpi.anomaly import Direction
from kpi.answer import answer
from kpi.errors import QuestionError
from kpi.explain import explain
from kpi.hours import AROUND_THE_CLOCK, Schedule
from kpi.period import Grain, Period, midnight, start_of
from kpi.projection import shared_holidays
from kpi.question import Answer, Filter, Kind, Question, Reading
from kpi.watch import watch

NOW = at("2026-11-24 12:00")
OCTOBER = Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
SEPTEMBER_10, OCTOBER_10 = at("2026-09-10 10:00"), at("2026-10-10 10:00")
RUNNING_WEEK = Period.of(date(2026, 11, 24), Grain.WEEK, PARIS)


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


# --- Why ---------------------------------------------------------------------------------------------------------


def rated(ledger: Ledger, when: int, team: str, good: int, bad: int) -> None:
    for number in range(good + bad):
        ledger.ticket(when, rated_at=when, rated_team=team, rating_positive=int(number < good))


def test_a_ratio_is_split_into_rate_and_mix_that_sum_to_its_change(engine):
    ledger = Ledger()
    ledger.name("teams", "1", "Billing")
    rated(ledger, SEPTEMBER_10, "1", 8, 2)  # 80 %, half of all
    rated(ledger, SEPTEMBER_10, "2", 4, 6)  # 40 %
    rated(ledger, OCTOBER_10, "1", 18, 12)  # 60 %, three quarters of all
    rated(ledger, OCTOBER_10, "2", 4, 6)
    found = explain(ask("csat"), ledger.frames(engine), NOW)
    assert (found.before, found.after, found.by) == (pytest.approx(0.6), pytest.approx(0.55), ("team",))
    billing, other = found.effects
    # Billing: weights 0.5 and 0.75, figures 0.8 and 0.6, all 0.6 and 0.55: 0.625·(−0.2) and 0.25·(0.7 − 0.575).
    assert (billing.rate, billing.mix) == (pytest.approx(-0.125), pytest.approx(0.03125))
    assert (other.rate, other.mix) == (pytest.approx(0), pytest.approx(-0.25 * (0.4 - 0.575)))
    assert billing.total + other.total == pytest.approx(found.change) == pytest.approx(-0.05)
    assert found.labels[billing.key] == ("Billing",)
    assert not found.answer.change.clear


def test_a_count_is_split_into_plain_differences(engine):
    ledger = Ledger()
    for when, teams in ((SEPTEMBER_10, "1112"), (OCTOBER_10, "122223")):
        for team in teams:
            ledger.ticket(when, created_team=team)
    found = explain(ask("volume"), ledger.frames(engine), NOW)
    assert (found.before, found.after, found.counts) == (4, 6, True)
    assert [(effect.key, effect.total, effect.rate) for effect in found.effects] == [
        (("2",), 3, None),
        (("1",), -2, None),
        (("3",), 1, None),
    ]


def test_of_a_duration_the_mean_is_split_and_it_says_so(engine):
    ledger = Ledger()
    for when, hours in ((SEPTEMBER_10, (1, 2, 6)), (OCTOBER_10, (2, 2, 8))):
        for number, length in enumerate(hours):
            ticket = ledger.ticket(when - DAY)
            ledger.turn(ticket, when - length * HOUR, when, team=str(number))
    found = explain(ask("frt"), ledger.frames(engine), NOW)
    assert (found.before, found.after, found.means) == (pytest.approx(3 * HOUR), pytest.approx(4 * HOUR), True)
    assert sum(effect.total for effect in found.effects) == pytest.approx(HOUR)
    assert found.answer.figure.value == 2 * HOUR


def test_the_period_compared_and_two_dimensions_are_those_of_the_question(engine):
    ledger = Ledger()
    for when, channel in ((at("2025-10-10 10:00"), "email"), (OCTOBER_10, "chat"), (OCTOBER_10, "chat")):
        ledger.ticket(when, created_team="1", channel=channel)
    last_year = OCTOBER.moved(Grain.YEAR, -1)
    found = explain(ask("volume", by=("team", "channel"), versus=last_year), ledger.frames(engine), NOW)
    assert [(effect.key, effect.total) for effect in found.effects] == [(("1", "chat"), 2), (("1", "email"), -1)]


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        (ask("csat", per=Grain.DAY), "why_alone"),
        (ask("volume_forecast"), "why_not_of"),
        (ask("training_effect"), "why_not_of"),
        (ask("efficiency_index"), "why_not_of"),
        (ask("self_service_csat"), "why_not_of"),
        (ask("csat", period=Period.of(date(2026, 9, 1), Grain.MONTH, PARIS)), "why_uncovered"),
    ],
)
def test_what_cannot_be_split_is_refused(engine, question, refused):
    ledger = Ledger()
    ledger.covers(at("2026-09-01 00:00", PARIS), NOW)
    rated(ledger, SEPTEMBER_10, "1", 8, 2)
    with pytest.raises(QuestionError, match=refused):
        explain(question, ledger.frames(engine), NOW)


def test_a_change_without_its_data_says_what_it_needs(engine):
    ledger = Ledger(has=())
    ledger.ticket(OCTOBER_10)
    told = explain(ask("csat"), ledger.frames(engine), NOW)
    assert isinstance(told, Answer)
    assert told.needs == "ratings"


# --- Anomalies ---------------------------------------------------------------------------------------------------


def weekly(counts: list[int], **facts: object) -> Ledger:
    """Return a desk with so many tickets in each week up to the last complete one."""
    ledger = Ledger()
    last = start_of(date(2026, 11, 24), Grain.WEEK) - timedelta(weeks=1)
    ledger.covers(midnight(last - timedelta(weeks=len(counts) - 1), PARIS), NOW)
    for back, n in enumerate(reversed(counts)):
        monday = midnight(last - timedelta(weeks=back), PARIS)
        for number in range(n):
            ledger.ticket(monday + number * HOUR, **facts)
    return ledger


STEADY = [20, 22, 19, 21, 20, 23, 18, 20, 21, 19, 22, 20]


def test_a_week_far_above_the_weeks_before_is_out_of_the_ordinary(engine):
    found = watch(ask("volume", RUNNING_WEEK), ["volume"], weekly([*STEADY, 60]).frames(engine), NOW)
    (one,) = found.anomalies
    assert (one.kpi, one.week.start, one.judgement.value) == ("volume", date(2026, 11, 16), 60)
    assert one.judgement.direction is Direction.ABOVE
    assert one.judgement.weeks == 12
    assert one.judgement.low < 20 < one.judgement.high < 60


def test_an_ordinary_week_and_too_few_weeks_are_told_apart(engine):
    ordinary = watch(ask("volume", RUNNING_WEEK), ["volume"], weekly([*STEADY, 21]).frames(engine), NOW)
    assert (ordinary.anomalies, ordinary.untold) == ((), ())
    assert ordinary.watched[0].judgement is not None


def test_too_little_history_is_no_judgement(engine):
    found = watch(ask("volume", RUNNING_WEEK), ["volume"], weekly([20, 22, 60]).frames(engine), NOW)
    assert (found.anomalies, [one.kpi for one in found.untold]) == ((), ["volume"])


def test_each_group_has_its_own_chart(engine):
    ledger = weekly([*STEADY, 21], created_team="1")
    last = midnight(date(2026, 11, 16), PARIS)
    for _ in range(30):
        ledger.ticket(last, created_team="2")
    found = watch(ask("volume", RUNNING_WEEK, by=("team",)), ["volume"], ledger.frames(engine), NOW)
    assert {one.labels: one.judgement is None for one in found.watched} == {("1",): False, ("2",): True}


def test_a_provisional_week_is_not_judged_before_it_is_final(engine):
    ledger = Ledger()
    for week in range(20):
        solved = midnight(date(2026, 11, 19) - timedelta(weeks=week), PARIS)
        for number in range(10):
            ledger.solved(solved - DAY, solved, replies=1 + number % 2)
    found = watch(ask("fcr", RUNNING_WEEK), ["fcr"], ledger.frames(engine), NOW)
    assert found.watched[0].week.start == date(2026, 11, 9), "those of the 19th may still be asked about"


@pytest.mark.parametrize(
    ("question", "keys", "refused"),
    [
        (ask("volume", RUNNING_WEEK, per=Grain.DAY), ["volume"], "anomalies_alone"),
        (ask("volume", RUNNING_WEEK, versus=RUNNING_WEEK.previous()), ["volume"], "anomalies_alone"),
        (ask("volume"), ["volume"], "anomalies_of_weeks"),
        (ask("nps", RUNNING_WEEK), ["nps"], "anomalies_not_of"),
        (ask("volume_forecast", RUNNING_WEEK), ["volume_forecast"], "anomalies_not_of"),
    ],
)
def test_what_has_no_chart_of_weeks_is_refused(engine, question, keys, refused):
    with pytest.raises(QuestionError, match=refused):
        watch(question, keys, weekly(STEADY).frames(engine), NOW)


# --- Forecast ----------------------------------------------------------------------------------------------------

NEXT_WEEK = RUNNING_WEEK.moved(Grain.WEEK, 1)


def daily(weeks: int, counts: tuple[int, ...] = (7, 5, 4, 3, 2, 0, 0), **facts: object) -> Ledger:
    """Return a desk with so many tickets on each weekday of the weeks up to the day of asking, a Tuesday."""
    ledger, first = Ledger(), date(2026, 11, 24) - timedelta(weeks=weeks)
    ledger.covers(midnight(first, PARIS), NOW)
    for number in range(weeks * 7):
        day = first + timedelta(days=number)
        for ticket in range(counts[day.weekday()]):
            ledger.ticket(midnight(day, PARIS) + ticket * HOUR, **facts)
    return ledger


def test_a_forecast_lays_the_weekdays_of_the_volume_on_the_days_to_come(engine):
    told = answer(ask("volume_forecast", NEXT_WEEK), daily(20).frames(engine), NOW)
    assert (told.kind, told.figure.value, told.figure.level) == (Kind.FORECAST, pytest.approx(21), 0.8)
    assert told.figure.interval == (pytest.approx(21), pytest.approx(21)), "no earlier forecast was wrong"
    assert told.figure.parts["typical_error"].value == pytest.approx(0)
    assert (told.notes["history_days"], told.uncovered) == (140, None)


def test_a_running_period_counts_what_came_in_already(engine):
    told = answer(ask("volume_forecast", RUNNING_WEEK), daily(20).frames(engine), NOW)
    # Seven on Monday; Tuesday to Sunday are to come: 5 + 4 + 3 + 2.
    assert told.figure.parts["so_far"].value == 7
    assert told.figure.value == pytest.approx(21)


def test_filters_make_the_forecast_of_one_team(engine):
    ledger = daily(10, created_team="1")
    ledger.name("teams", "1", "Billing")
    ledger.name("teams", "2", "Care")
    ledger.ticket(at("2026-11-23 10:00"), created_team="2")
    only = (Filter(dimension="team", values=("1",)),)
    told = answer(ask("volume_forecast", NEXT_WEEK, filters=only), ledger.frames(engine), NOW)
    assert told.figure.value == pytest.approx(21)


def test_a_holiday_of_every_schedule_that_has_any_is_laid_out_apart(engine):
    off = frozenset({date(2026, 12, 1)})
    resting = Schedule(key="a", zone=PARIS, weeks=(AROUND_THE_CLOCK,), holidays=off | {date(2026, 12, 2)})
    other = Schedule(key="b", zone=PARIS, weeks=(AROUND_THE_CLOCK,), holidays=off)
    always = Schedule(key="c", zone=PARIS, weeks=(AROUND_THE_CLOCK,))
    holidays = shared_holidays((resting, other, always))
    assert [holidays(date(2026, 12, day)) for day in (1, 2, 3)] == [True, False, False]
    assert not shared_holidays((always,))(date(2026, 12, 1))
    told = answer(ask("volume_forecast", NEXT_WEEK), daily(20).frames(engine), NOW, holidays=holidays)
    # Tuesday brings as much as the quietest weekday, nothing, since no holiday is known yet: 21 − 5.
    assert (told.figure.value, told.notes["holidays_ahead"]) == (pytest.approx(16), 1)


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        (ask("volume_forecast", NEXT_WEEK, by=("team",)), "forecast_alone"),
        (ask("volume_forecast", NEXT_WEEK, per=Grain.DAY), "forecast_alone"),
        (ask("volume_forecast", NEXT_WEEK, versus=OCTOBER), "forecast_alone"),
        (ask("volume_forecast", NEXT_WEEK, reading=Reading.COHORT), "no_cohort_reading"),
        (ask("volume_forecast"), "forecast_of_past"),
        (ask("volume", NEXT_WEEK), "period_in_future"),
    ],
)
def test_what_is_no_forecast_is_refused(engine, question, refused):
    with pytest.raises(QuestionError, match=refused):
        answer(question, daily(7).frames(engine), NOW)


def test_less_than_six_weeks_of_history_make_no_forecast(engine):
    with pytest.raises(QuestionError, match=r"forecast_needs_history\(weeks=5, needed=6\)"):
        answer(ask("volume_forecast", NEXT_WEEK), daily(5).frames(engine), NOW)


# --- Training ----------------------------------------------------------------------------------------------------


def trained_desk(trained: tuple[str, ...], agents: dict[str, tuple[int, int]]) -> Records:
    """Return agents with so many of ten ratings good before and after the trainings of 12 October."""
    ledger = Records(has=("messages", "ratings"))
    for agent, (before, after) in agents.items():
        for when, good in ((SEPTEMBER_10, before), (at("2026-10-20 10:00"), after)):
            for number in range(10):
                ledger.ticket(when, rated_at=when, rated_agent=agent, rating_positive=int(number < good))
    for agent in trained:
        ledger.happened["trainings"].append({"agent": agent, "topic": "tone", "day": at("2026-10-12 00:00")})
    return ledger


def test_an_effect_is_how_much_more_the_trained_changed_than_the_others(engine):
    ledger = trained_desk((ALICE, BOB), {ALICE: (5, 8), BOB: (6, 8), CHLOE: (5, 6), "david": (7, 7)})
    told = answer(ask("training_effect", of="csat"), ledger.frames(engine), NOW)
    # The trained gained 0.3 and 0.2, the others 0.1 and nothing.
    assert (told.kind, told.figure.value, told.figure.n) == (Kind.EFFECT, pytest.approx(0.25 - 0.05), 2)
    assert told.figure.interval is not None
    assert told.figure.parts["trained_before"].value == pytest.approx(0.55)
    assert told.figure.parts["untrained_after"].value == pytest.approx(0.65)
    assert told.notes == {}


def test_without_anybody_to_compare_with_it_is_indicative(engine):
    ledger = trained_desk(("desk/alice",), {ALICE: (5, 8)})
    told = answer(ask("training_effect"), ledger.frames(engine), NOW)
    assert (told.figure.value, told.figure.interval) == (pytest.approx(0.3), None)
    assert told.notes == {"indicative": 1}


def test_who_was_trained_in_these_weeks_outside_the_period_is_in_neither_group(engine):
    ledger = trained_desk((ALICE,), {ALICE: (5, 8), BOB: (5, 9), CHLOE: (5, 6)})
    ledger.happened["trainings"].append({"agent": BOB, "topic": "tone", "day": at("2026-11-05 00:00")})
    told = answer(ask("training_effect"), ledger.frames(engine), NOW)
    assert told.figure.value == pytest.approx(0.3 - 0.1)


def test_agents_with_too_little_are_told_of(engine):
    ledger = trained_desk((ALICE,), {ALICE: (5, 8), CHLOE: (5, 6)})
    for when in (SEPTEMBER_10, at("2026-10-20 10:00")):
        ledger.ticket(when, rated_at=when, rated_agent=BOB, rating_positive=1)
    told = answer(ask("training_effect"), ledger.frames(engine), NOW)
    assert told.notes == {"agents_with_too_little": 1}


def test_a_period_without_any_training_has_no_effect(engine):
    ledger = trained_desk((ALICE,), {ALICE: (5, 8)})
    told = answer(ask("training_effect", OCTOBER.previous()), ledger.frames(engine), NOW)
    assert (told.figure.value, told.figure.n) == (None, 0)


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        (ask("training_effect", by=("team",)), "effect_alone"),
        (ask("training_effect", per=Grain.WEEK), "effect_alone"),
        (ask("training_effect", versus=OCTOBER.previous()), "effect_alone"),
        (ask("training_effect", of="volume"), "no_effect_on"),
        (ask("training_effect", of="volume_forecast"), "no_effect_on"),
    ],
)
def test_what_is_no_effect_is_refused(engine, question, refused):
    with pytest.raises(QuestionError, match=refused):
        answer(question, trained_desk((ALICE,), {ALICE: (5, 8)}).frames(engine), NOW)

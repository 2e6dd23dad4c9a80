"""Channels side by side, the efficiency index, scores and returning customers by hand."""

from dataclasses import replace
from datetime import date

import pytest
from cast import DAY, DINA, HOUR, MINUTE, PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.catalogue import CATALOGUE
from kpi.configuration import Configuration, changed, limited, weighed
from kpi.period import Grain, Period
from kpi.question import Figure, Filter, Question, Reading, Sample, Unit
from kpi.targets import Targets

NOW = at("2026-11-24 12:00")
OCTOBER = Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
SEPTEMBER = Period.of(date(2026, 9, 1), Grain.MONTH, PARIS)
END = at("2026-10-31 23:00")  # midnight in Paris
T0 = at("2026-10-12 08:00")


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def fraction(figure: Figure) -> tuple[int | None, int | None]:
    return figure.numerator, figure.denominator


# --- Channels ----------------------------------------------------------------------------------------------------


def two_channels(**has: object) -> Ledger:
    """Three tickets by e-mail and one by chat; all answered, three solved, one rated, one reopened."""
    ledger = Ledger(**has)
    solved = T0 + 2 * HOUR
    emails = (
        ledger.solved(T0, solved, first_solved_at=solved, first_reopen_s=DAY, type="bug"),
        ledger.solved(T0, solved, first_solved_at=solved, type="question"),
        ledger.ticket(T0, type="bug"),
    )
    for ticket, waited in zip(emails, (10, 20, 60), strict=True):
        ledger.turn(ticket, T0, T0 + waited * MINUTE)
    rated = {"rated_at": T0 + DAY, "rating": 5.0, "rating_positive": 1}
    chat = ledger.solved(T0, T0 + HOUR, first_solved_at=T0 + HOUR, channel="chat", type="bug", **rated)
    ledger.turn(chat, T0, T0 + MINUTE)
    return ledger


def test_channels_stand_side_by_side_with_their_share(engine):
    told = answer(ask("channel_performance"), two_channels().frames(engine), NOW)
    assert (told.figure.value, told.unit) == (4, Unit.COUNT)
    assert [(group.keys[0], group.figure.value) for group in told.groups] == [("email", 3), ("chat", 1)]
    email, chat = (group.figure.parts for group in told.groups)
    assert (fraction(email["share"]), fraction(chat["share"])) == ((3, 4), (1, 4))
    assert (email["frt"].median, chat["frt"].median) == (20 * MINUTE, MINUTE)
    assert (email["resolution_time"].median, email["resolution_time"].n) == (2 * HOUR, 2)
    assert (email["csat"].value, email["csat"].n) == (None, 0)
    assert fraction(chat["csat"]) == (1, 1)
    assert (fraction(email["reopen_rate"]), fraction(chat["reopen_rate"])) == ((1, 2), (0, 1))
    assert {name: part.unit for name, part in chat.items()} == {
        "volume": Unit.COUNT,
        "share": Unit.RATIO,
        "frt": Unit.SECONDS,
        "resolution_time": Unit.SECONDS,
        "csat": Unit.RATIO,
        "reopen_rate": Unit.RATIO,
    }


def test_what_has_no_data_is_not_in_the_table(engine):
    told = answer(ask("channel_performance"), two_channels(has=()).frames(engine), NOW)
    assert set(told.groups[0].figure.parts) == {"volume", "share", "resolution_time", "reopen_rate"}


def test_the_sla_of_a_channel_is_in_the_table_when_there_are_policies(engine):
    ledger = two_channels()
    kept = {"state": "stopped", "stopped_by": "reply", "stopped_at": T0 + HOUR, "elapsed_s": HOUR}
    for ticket, breached in ((1, 0), (2, 1), (4, 0)):
        ledger.clock(ticket, "first_reply", breached=breached, **kept)
    told = answer(ask("channel_performance"), ledger.frames(engine), NOW)
    email, chat = (group.figure.parts for group in told.groups)
    assert [fraction(parts["frt_sla"]) for parts in (email, chat)] == [(1, 2), (1, 1)]
    assert fraction(email["resolution_sla"]) == (0, 0)


def test_channels_can_be_shown_by_something_else_and_filtered(engine):
    frames = two_channels().frames(engine)
    told = answer(ask("channel_performance", by=("type", "channel")), frames, NOW)
    assert {group.keys: group.figure.value for group in told.groups} == {
        ("bug", "email"): 2,
        ("question", "email"): 1,
        ("bug", "chat"): 1,
    }
    emails = (Filter(dimension="channel", values=("email",)),)
    told = answer(ask("channel_performance", by=("type",), filters=emails), frames, NOW)
    assert {group.keys[0]: fraction(group.figure.parts["share"]) for group in told.groups} == {
        "bug": (2, 3),
        "question": (1, 3),
    }


# --- Efficiency index --------------------------------------------------------------------------------------------

TARGETS = {"frt_sla": 0.9, "csat": 0.8, "fcr": 0.7, "resolution_time": 4.0 * HOUR, "backlog_age": 2.0 * DAY}
AIMING = Configuration(targets=Targets(general=TARGETS))


def desk(ledger: Ledger, *, kept: int = 4, of_clocks: int = 5, rated: int = 5) -> None:
    """Ten tickets solved after five hours, seven at the first contact; some SLAs kept, some rated; two still open."""
    for number in range(10):
        score = {"rated_at": T0 + DAY, "rating": 5.0 if number else 1.0, "rating_positive": int(number > 0)}
        facts = {"replies": 1 if number < 7 else 3} | (score if number < rated else {})
        ticket = ledger.solved(T0, T0 + 5 * HOUR, **facts)
        if number < of_clocks:
            clock = {"state": "stopped", "stopped_by": "reply", "stopped_at": T0 + HOUR, "elapsed_s": 60}
            ledger.clock(ticket, "first_reply", breached=int(number >= kept), **clock)
    for days in (1, 5):
        ledger.span(ledger.ticket(END - days * DAY), END - days * DAY)


def test_the_index_weighs_how_much_of_each_target_is_attained(engine):
    ledger = Ledger()
    desk(ledger)
    told = answer(ask("efficiency_index"), ledger.frames(engine), NOW, AIMING)
    # SLA 4 of 5, 0.8 ÷ 0.9 = 0.8889; CSAT 4 of 5, 0.8 ÷ 0.8 = 1; FCR 7 of 10, 0.7 ÷ 0.7 = 1;
    # resolution 4 h ÷ 5 h = 0.8; backlog median 3 days, 2 ÷ 3 = 0.6667.
    # (25 × 0.8889 + 25 × 1 + 20 × 1 + 15 × 0.8 + 15 × 0.6667) ÷ 100 = 89.22 ÷ 100.
    figure = told.figure
    assert (told.unit, figure.scale, figure.value) == (Unit.SCORE, (0, 100), pytest.approx(89.22, abs=0.01))
    assert {name: part.value for name, part in figure.parts.items()} == {
        "frt_sla": pytest.approx(0.8889, abs=1e-4),
        "csat": 1,
        "fcr": 1,
        "resolution_time": pytest.approx(0.8),
        "backlog_age": pytest.approx(2 / 3),
    }
    sla = figure.parts["frt_sla"]
    assert (sla.unit, sla.n, sla.parts["figure"].value, sla.parts["target"].value) == (Unit.RATIO, 5, 0.8, 0.9)
    assert figure.parts["backlog_age"].parts["figure"].unit is Unit.SECONDS


def test_the_index_weighs_as_the_desk_decided_and_shows_the_bands_that_it_chose(engine):
    ledger = Ledger()
    desk(ledger)
    kpis = changed(
        {
            "efficiency_index": weighed(CATALOGUE["efficiency_index"], {"frt_sla": 40, "csat": 0, "backlog_age": 0}),
            "backlog_age": limited(CATALOGUE["backlog_age"], (DAY,)),
        }
    )
    told = answer(ask("efficiency_index"), ledger.frames(engine), NOW, replace(AIMING, kpis=kpis))
    # (40 × 0.8889 + 20 × 1 + 15 × 0.8) ÷ 75 = 67.56 ÷ 75.
    assert told.figure.value == pytest.approx(100 * 67.5556 / 75, abs=0.001)
    assert told.figure.parts["csat"].value == 1
    assert len(told.figure.parts["backlog_age"].parts["figure"].parts) == 2


def test_components_without_data_drop_out_as_far_as_thirty_percent_of_the_weight(engine):
    ledger = Ledger()
    desk(ledger, of_clocks=0)  # no policies: 25 of 100 are missing
    told = answer(ask("efficiency_index"), ledger.frames(engine), NOW, AIMING)
    # (25 + 20 + 15 × 0.8 + 15 × 0.6667) ÷ 75 = 67 ÷ 75.
    assert told.figure.value == pytest.approx(100 * 67 / 75)
    missing = told.figure.parts["frt_sla"]
    assert (missing.value, missing.n, set(missing.parts)) == (None, 0, {"target"})


def test_an_index_without_most_of_its_parts_is_withheld_and_shows_those_it_has(engine):
    ledger = Ledger()
    desk(ledger, of_clocks=0)
    # Nothing is aimed at for the backlog's age: 40 of 100 are missing.
    usual = Configuration(targets=Targets(general={"resolution_time": 4.0 * HOUR}))
    told = answer(ask("efficiency_index"), ledger.frames(engine), NOW, usual)
    assert told.figure.value is None
    assert {name: part.value for name, part in told.figure.parts.items()} == {
        "frt_sla": None,
        "csat": 1,
        "fcr": 1,
        "resolution_time": pytest.approx(0.8),
        "backlog_age": None,
    }
    assert set(told.figure.parts["backlog_age"].parts) == {"figure"}


def test_the_sources_ranges_are_the_targets_until_others_are_set(engine):
    ledger = Ledger()
    desk(ledger)
    parts = answer(ask("efficiency_index"), ledger.frames(engine), NOW).figure.parts
    assert (parts["csat"].parts["target"].value, parts["fcr"].parts["target"].value) == (0.8, 0.7)
    assert (parts["frt_sla"].value, parts["resolution_time"].value) == (None, None)


# --- Scores ------------------------------------------------------------------------------------------------------


def rated(ledger: Ledger, score: float, lowest: float, highest: float, when: int = T0 + DAY, **facts: object) -> None:
    scale = {"rating": score, "rating_lowest": lowest, "rating_highest": highest}
    ledger.solved(T0, T0 + HOUR, rated_at=when, **scale, **facts)


def test_the_score_is_the_mean_on_its_scale(engine):
    ledger = Ledger()
    for score in (5, 5, 4, 4, 3, 1):
        rated(ledger, score, 1, 5)
    ledger.solved(T0, T0 + HOUR)  # never rated
    figure = answer(ask("csat_score"), ledger.frames(engine), NOW).figure
    # 22 ÷ 6 = 3.667; squares 25 + 25 + 16 + 16 + 9 + 1 = 92: variance (92 − 484 ÷ 6) ÷ 5 = 2.267.
    # 3.667 ± 2.5706 × √(2.267 ÷ 6) = 3.667 ± 1.580, cut at 5.
    assert (figure.value, figure.n, figure.scale) == (pytest.approx(22 / 6), 6, (1, 5))
    assert figure.interval == (pytest.approx(2.087, abs=1e-3), 5)
    assert figure.sample is Sample.SMALL


def test_several_scales_are_told_from_0_to_100(engine):
    ledger = Ledger()
    rated(ledger, 4, 1, 5)  # 75 of 100
    rated(ledger, 7, 1, 7)  # 100 of 100
    rated(ledger, 0, 0, 1)  # 0 of 100
    figure = answer(ask("csat_score"), ledger.frames(engine), NOW).figure
    assert (figure.value, figure.scale, figure.n) == (pytest.approx(175 / 3), (0, 100), 3)
    assert figure.sample is Sample.COUNTS_ONLY


def test_a_scale_of_a_single_value_tells_nothing(engine):
    ledger = Ledger()
    rated(ledger, 1, 1, 1)
    rated(ledger, 3, 1, 5)
    figure = answer(ask("csat_score"), ledger.frames(engine), NOW).figure
    assert (figure.value, figure.scale, figure.n) == (3, (1, 5), 1)


def test_scores_on_different_scales_have_not_changed(engine):
    ledger = Ledger()
    rated(ledger, 4, 1, 5)
    rated(ledger, 9, 0, 10, when=at("2026-09-14 08:00"))
    told = answer(ask("csat_score"), ledger.frames(engine), NOW)
    assert (told.figure.scale, told.compared_figure.scale, told.change) == ((1, 5), (0, 10), None)


def test_groups_on_different_scales_are_ordered_by_where_they_lie_on_them(engine):
    ledger = Ledger()
    for _ in range(5):
        rated(ledger, 4, 1, 5, rated_team="stars")  # 75 of 100
        rated(ledger, 6, 0, 10, rated_team="points")  # 60 of 100
    told = answer(ask("csat_score", by=("team",)), ledger.frames(engine), NOW)
    assert [(group.keys[0], group.figure.value) for group in told.groups] == [("points", 6), ("stars", 4)]


def test_scores_go_by_the_rating_and_in_the_cohort_by_the_ticket(engine):
    ledger = Ledger()
    rated(ledger, 4, 1, 5, when=at("2026-11-02 08:00"))
    frames = ledger.frames(engine)
    found = [answer(ask("csat_score", reading=reading), frames, NOW).figure.n for reading in Reading]
    assert found == [0, 1]


# --- Returning customers -----------------------------------------------------------------------------------------


def test_a_customer_returns_who_had_been_there_before_and_counts_once(engine):
    ledger = Ledger()
    ledger.ticket(T0, customer=DINA)  # her first
    ledger.ticket(T0 + DAY, customer=DINA, previous_contact_at=T0)
    ledger.ticket(T0, customer="eve", previous_contact_at=at("2025-01-01 08:00"))
    ledger.ticket(T0, customer="fay")
    ledger.ticket(T0, customer=None)
    told = answer(ask("returning_customers"), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.notes) == ((2, 3), {"without_customer": 1})


def test_two_tickets_of_one_second_are_one_customer(engine):
    ledger = Ledger()
    ledger.ticket(T0, customer=DINA)
    ledger.ticket(T0, customer=DINA, previous_contact_at=T0 - DAY)
    assert fraction(answer(ask("returning_customers"), ledger.frames(engine), NOW).figure) == (1, 1)


def test_a_customer_of_two_helpdesks_is_two(engine):
    ledger = Ledger(("rt", "zendesk"))
    for helpdesk in ("rt", "zendesk"):
        ledger.ticket(T0, helpdesk=helpdesk, customer="1")
    assert fraction(answer(ask("returning_customers"), ledger.frames(engine), NOW).figure) == (0, 2)


def test_a_customer_counts_in_each_month_and_what_is_left_out_is_no_contact(engine):
    ledger = Ledger()
    ledger.ticket(at("2026-09-30 21:59"), customer=DINA)
    ledger.ticket(at("2026-09-30 22:00"), customer=DINA, previous_contact_at=at("2026-09-30 21:59"))
    ledger.ticket(T0, customer=DINA, left_out="spam")
    frames = ledger.frames(engine)
    told = [answer(ask("returning_customers", month), frames, NOW) for month in (SEPTEMBER, OCTOBER)]
    assert [fraction(one.figure) for one in told] == [(0, 1), (1, 1)]
    assert told[1].left_out == {"spam": 1}
    quarter = Period(start=date(2026, 9, 1), end=date(2026, 11, 1), zone=PARIS)
    by_month = answer(ask("returning_customers", quarter, per=Grain.MONTH), frames, NOW)
    assert [fraction(bucket.figure) for bucket in by_month.buckets] == [(0, 1), (1, 1)]
    assert fraction(by_month.figure) == (1, 1)

"""Bands that a desk set itself, by hand: wherever a KPI with bands is told, they are the desk's."""

from datetime import date

import pytest
from cast import DAY, HOUR, MINUTE, PARIS, at
from facts import Ledger

from bot.database import open_database
from kpi.answer import answer
from kpi.catalogue import CATALOGUE
from kpi.configuration import Configuration, changed, limit_of, limited
from kpi.drilldown import tickets_behind
from kpi.explain import explain
from kpi.memory import MemoryFrames
from kpi.period import Grain, Period
from kpi.question import Figure, Filter, Question, Reading
from kpi.watch import watch

NOW = at("2026-11-24 12:00")
WEEK = Period.of(date(2026, 10, 12), Grain.WEEK, PARIS)
T0 = at("2026-10-12 08:00")
END = at("2026-10-31 23:00")  # of October, midnight in Paris

RESPONSES = limited(CATALOGUE["response_bands"], (30 * MINUTE, 2 * HOUR), within=2 * HOUR)
AGES = limited(CATALOGUE["backlog_age"], (2 * DAY,))
OURS = Configuration(kpis=changed({"response_bands": RESPONSES, "backlog_age": AGES}))


def ask(kpi: str = "response_bands", period: Period = WEEK, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def fraction(figure: Figure | None) -> tuple[int | None, int | None]:
    return (None, None) if figure is None else (figure.numerator, figure.denominator)


def bands(figure: Figure) -> dict[str, float | None]:
    return {name: part.value if part.numerator is None else part.numerator for name, part in figure.parts.items()}


def answered(ledger: Ledger, created: int, *waits: int | None, team: str = "1") -> None:
    """Add tickets whose first reply came after so many seconds, or never."""
    for wait in waits:
        ticket = ledger.ticket(created, created_team=team)
        ledger.turn(ticket, created, None if wait is None else created + wait, team=team)


def test_bands_and_the_headline_are_those_that_were_set(engine):
    ledger = Ledger()
    answered(ledger, T0, 30 * MINUTE, 30 * MINUTE + 1, HOUR, 2 * HOUR, 2 * HOUR + 1, None)
    frames = ledger.frames(engine)
    told = answer(ask(), frames, NOW, OURS)
    assert (told.within, fraction(told.figure)) == (2 * HOUR, (4, 5))
    assert bands(told.figure) == {"0-1800": 1, "1800-7200": 3, "7200-": 1}
    cohort = answer(ask(reading=Reading.COHORT), frames, NOW, OURS).figure
    assert (fraction(cohort), bands(cohort)) == ((4, 6), {"0-1800": 1, "1800-7200": 3, "7200-": 1, "no_reply": 1})
    usual = answer(ask(), frames, NOW)
    assert (usual.within, fraction(usual.figure), len(usual.figure.parts)) == (HOUR, (3, 5), 6)


def test_bands_of_age_are_those_that_were_set_also_inside_the_index(engine):
    ledger = Ledger()
    for age in (DAY, 2 * DAY, 2 * DAY + 1):
        ledger.span(ledger.ticket(END - age), END - age)
    frames, october = ledger.frames(engine), Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
    assert bands(answer(ask("backlog_age", october), frames, NOW, OURS).figure) == {"0-172800": 2, "172800-": 1}
    index = answer(ask("efficiency_index", october), frames, NOW, OURS).figure
    assert bands(index.parts["backlog_age"].parts["figure"]) == {"0-172800": 2, "172800-": 1}


@pytest.fixture
def two_weeks(make_sqlite):
    """Give the facts of two weeks, in memory: within two hours are 1 of 4 then 3 of 4 for team 1, for team 2 2 of 2."""
    engine = open_database(make_sqlite())
    ledger = Ledger()
    ledger.name("teams", "1", "One")
    answered(ledger, T0 - 7 * DAY, HOUR, 3 * HOUR, 3 * HOUR, 3 * HOUR)
    answered(ledger, T0, HOUR, 90 * MINUTE, 2 * HOUR, 3 * HOUR)
    for week in (T0 - 7 * DAY, T0):
        answered(ledger, week, 100 * MINUTE, 110 * MINUTE, team="2")
    memory = MemoryFrames(ledger.frames(engine))
    memory.refresh()
    yield memory
    memory.close()
    engine.dispose()


def test_breakdown_trend_and_comparison_count_within_the_limit_that_was_set(two_weeks):
    told = answer(ask(by=("team",), per=Grain.WEEK), two_weeks, NOW, OURS)
    assert (fraction(told.figure), fraction(told.compared_figure)) == ((5, 6), (3, 6))
    assert {group.keys[0]: fraction(group.figure) for group in told.groups} == {"1": (3, 4), "2": (2, 2)}
    assert [bands(bucket.figure) for bucket in told.buckets] == [{"0-1800": 0, "1800-7200": 5, "7200-": 1}]
    filtered = ask(filters=(Filter(dimension="team", values=("1",)),))
    assert fraction(answer(filtered, two_weeks, NOW, OURS).figure) == (3, 4)
    # The same engine, which remembers queries by the KPI, asked for the usual limit in between.
    assert fraction(answer(ask(), two_weeks, NOW).figure) == (1, 6)
    assert fraction(answer(ask(), two_weeks, NOW, OURS).figure) == (5, 6)


def test_why_and_the_tickets_behind_count_within_the_limit_that_was_set(two_weeks):
    found = explain(ask(), two_weeks, NOW, OURS)
    assert (found.before, found.after) == (pytest.approx(3 / 6), pytest.approx(5 / 6))
    assert sum(effect.total for effect in found.effects) == pytest.approx(2 / 6)
    listing = tickets_behind(ask(), two_weeks, NOW, OURS)
    assert (listing.answer.within, sum(row.success for row in listing.rows), listing.total) == (2 * HOUR, 5, 6)


def test_anomalies_and_effects_are_of_the_share_within_the_limit_that_was_set(engine):
    ledger = Ledger()
    for week in range(14):
        answered(ledger, T0 - 7 * week * DAY, *[90 * MINUTE] * (7 + week % 2), *[3 * HOUR] * 3)
    frames = ledger.frames(engine)
    (watched,) = watch(ask(), ["response_bands"], frames, NOW, OURS).watched
    assert watched.judgement.value == pytest.approx(7 / 10)
    told = answer(ask("training_effect", of="response_bands"), frames, NOW, OURS)
    assert (told.within, told.needs) == (2 * HOUR, "trainings")


def test_what_has_no_bands_stays_as_it_is_and_the_rest_of_the_catalogue_is_the_same():
    assert set(OURS.kpis) == {"response_bands", "backlog_age", "efficiency_index"}
    assert OURS.find("fcr") is CATALOGUE["fcr"]
    assert [limit_of(OURS.find(key)) for key in ("response_bands", "frt")] == [2 * HOUR, None]
    with pytest.raises(TypeError):
        limited(CATALOGUE["fcr"], (HOUR,))

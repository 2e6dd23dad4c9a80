"""What is done once, and what was asked, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from bot.database import open_database
from bot.once import KEPT_S, Once
from bot.questions import About, Asked, Questions
from bot.targets import TargetsSet
from kpi.behind import Order
from kpi.period import Grain, Period
from kpi.question import Filter, Question, Reading
from kpi.targets import Targets

NOW = 1_795_512_360
TEAM = "T_DEMO"
WEEK = Period.of(date(2026, 11, 16), Grain.WEEK, "Europe/Paris")
SHARED = {"language": "fr", "team_id": TEAM, "channel": "C_SUPPORT", "asker": "U_BOB", "now": NOW}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request):
    opened = open_database(request.getfixturevalue(f"make_{request.param}")())
    yield opened
    opened.dispose()


def question(**changes):
    return Question(**{"kpi": "fcr", "period": WEEK} | changes)


def test_of_many_at_once_one_does_it(engine):
    with ThreadPoolExecutor(8) as replicas:
        claimed = list(replicas.map(lambda _: Once(engine).claim(TEAM, "share:1", NOW), range(8)))
    assert sorted(claimed) == [False] * 7 + [True]


def test_it_is_done_again_after_a_while_for_another_workspace_or_when_it_failed(engine):
    once = Once(engine)
    assert once.claim(TEAM, "click", NOW, 5)
    assert not once.claim(TEAM, "click", NOW + 5, 5)
    assert once.claim(TEAM, "click", NOW + 6, 5)
    assert once.claim("T_OTHER", "click", NOW, 5)
    with pytest.raises(ZeroDivisionError), once.doing(TEAM, "upload", NOW) as is_first:  # noqa: PT012  # what is raised inside
        assert is_first
        raise ZeroDivisionError
    assert once.claim(TEAM, "upload", NOW)


def test_what_failed_for_one_stays_done_by_the_other(engine):
    once = Once(engine)
    assert once.claim(TEAM, "share", NOW)
    with pytest.raises(ZeroDivisionError), once.doing(TEAM, "share", NOW) as is_first:  # noqa: PT012  # what is raised inside
        assert not is_first
        raise ZeroDivisionError
    assert not once.claim(TEAM, "share", NOW)


def test_what_was_done_is_forgotten_with_the_buttons(engine):
    once = Once(engine)
    once.claim(TEAM, "event:1", NOW)
    once.claim(TEAM, "event:2", NOW + KEPT_S + 1)
    assert once.claim(TEAM, "event:1", NOW + KEPT_S + 1)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(question=question()),
        Asked(question=question(by=("team", "channel"), per=Grain.DAY, versus=WEEK.previous(), week_start=6)),
        Asked(
            question=question(
                reading=Reading.COHORT, calendar=True, filters=(Filter(dimension="tag", values=("é", "|")),)
            ),
            about=About.TICKETS,
            first=20,
            order=Order.WORST,
            origin=Asked(question=question(kpi="training_effect", of="csat"), about=About.WHY),
        ),
        Asked(question=question(), about=About.ANOMALIES, watched=("fcr", "frt")),
    ],
)
def test_a_question_is_found_as_it_was_asked(engine, asked):
    questions = Questions(engine)
    found = questions.find(TEAM, questions.keep(asked, **SHARED))
    assert found.asked == asked
    assert (found.language, found.channel, found.asker, found.asked_at) == ("fr", "C_SUPPORT", "U_BOB", NOW)


def test_what_one_asked_is_told_once_and_without_what_followed(engine):
    questions = Questions(engine)
    first, second = Asked(question=question()), Asked(question=question(kpi="frt"))
    for place, asked in enumerate((first, second, first, Asked(question=question(kpi="nps"), origin=first))):
        questions.keep(asked, **{**SHARED, "now": NOW + place})
    assert [stored.asked for stored in questions.recent(TEAM, "U_BOB", 8)] == [first, second]
    assert questions.recent(TEAM, "U_DINA", 8) == []
    assert questions.usual(TEAM, 2, channel="C_SUPPORT") == ["fcr", "frt"]
    assert questions.usual(TEAM, 2, asker="U_DINA") == []


def test_a_target_of_a_team_replaces_that_of_the_settings_under_any_of_its_names(engine):
    targets = TargetsSet(engine)
    given = Targets(general={"fcr": 0.7}, teams={"Billing": {"fcr": 0.8, "csat": 0.9}})
    assert targets.over(given) == given
    targets.aim("fcr", ["1"], 0.95, by=(TEAM, "U_BOB"), now=NOW)
    targets.aim("fcr", [], 0.75, by=(TEAM, "U_BOB"), now=NOW)
    assert targets.over(given).of_team(("1", "desk/1", "Billing")) == {"fcr": 0.95, "csat": 0.9}
    assert targets.over(given).of_team(("2", "desk/2", "Care")) == {"fcr": 0.75}
    targets.aim("fcr", ["1"], None, by=(TEAM, "U_BOB"), now=NOW)
    assert targets.over(given).of_team(("1", "desk/1", "Billing")) == {"fcr": 0.8, "csat": 0.9}

"""A team's own target goes before the one for all: in a question on that team, and beside its group."""

from datetime import date

from cast import PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.configuration import Configuration
from kpi.period import Grain, Period
from kpi.question import Filter, Question
from kpi.targets import Standing, Targets

T0 = at("2026-10-05")
NOW = at("2026-11-05")
DAY = 86_400
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 11, 1), zone=PARIS, grain=Grain.MONTH)
AIMING = Configuration(targets=Targets(general={"fcr": 0.5}, teams={"billing": {"fcr": 0.9}}))


def desk() -> Ledger:
    """Billing and Support each solved 30 of 40 tickets at first contact: 75 %, with an interval from 60 to 86 %."""
    ledger = Ledger()
    for key, name in (("1", "Billing"), ("2", "Support")):
        ledger.name("teams", key, name)
        for number in range(40):
            ledger.solved(T0, T0 + DAY, solved_team=key, replies=1 if number < 30 else 2)
    return ledger


def ask(**question: object) -> Question:
    return Question(kpi="fcr", period=OCTOBER, **question)


def test_a_question_on_one_team_is_held_to_that_teams_target(engine):
    frames = desk().frames(engine)
    told = {
        team: answer(ask(filters=(Filter(dimension="team", values=(team,)),)), frames, NOW, AIMING)
        for team in ("1", "2")
    }
    assert {team: (given.target, given.standing) for team, given in told.items()} == {
        "1": (0.9, Standing.MISSED),
        "2": (0.5, Standing.REACHED),
    }


def test_all_teams_together_are_held_to_the_target_for_all(engine):
    told = answer(ask(), desk().frames(engine), NOW, AIMING)
    assert (told.figure.value, told.target, told.standing) == (0.75, 0.5, Standing.REACHED)


def test_each_team_of_a_breakdown_has_its_own_target_beside_it(engine):
    told = answer(ask(by=("team",)), desk().frames(engine), NOW, AIMING)
    assert {group.labels[0]: (group.target, told.standing_of(group)) for group in told.groups} == {
        "Billing": (0.9, Standing.MISSED),
        "Support": (0.5, Standing.REACHED),
    }


def test_other_groups_have_no_target_beside_them(engine):
    told = answer(ask(by=("channel",)), desk().frames(engine), NOW, AIMING)
    assert [group.target for group in told.groups] == [None]

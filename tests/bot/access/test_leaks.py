"""Whatever is asked of whatever happened, nobody learns which of the others did what.

Each example is a random world and somebody who asks. Then others are changed for one another wherever that person may
not tell them apart, and the same is asked again: no answer, list, why, week or file may be another one.

`LEAK_EXAMPLES` tries more worlds than the suite has time for.
"""

import os
from dataclasses import replace
from random import Random

import pytest
from access_desk import viewer
from cast import ALICE, BOB, CHLOE, DAY
from differential.asking import questions
from differential.storing import store
from differential.worlds import worlds
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import case, create_engine, update
from sqlalchemy.pool import StaticPool
from strategies import CLOSES

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.asking import Asker
from bot.render.reply import reply_csv
from bot.settings import Settings
from bot.settings_access import AccessTable
from bot.text import Text
from kpi import schema
from kpi.catalogue import CATALOGUE
from kpi.errors import KpiError
from kpi.frames import DatabaseFrames

NOW = CLOSES + 20 * DAY
SYNCED = CLOSES + 40 * DAY
EN = Text("en")
EXAMPLES = int(os.environ.get("LEAK_EXAMPLES", "2"))
ASKED = 5
"""How many questions of a world are asked, twice each."""

OF_AGENTS = frozenset({"agent_retention", "training_effect"})
"""KPIs that tell of agents' own dates and trainings, which stand beside who did what."""

TEAM_OF = {"agent": "team"} | {
    f"{event}_agent": f"{event}_team" for event in ("created", "first_solved", "solved", "rated")
}
AT_EVENTS = ("ticket_facts", "turn_facts", "clock_facts", "span_facts", "overdue_facts", "solve_facts", "contacts")
"""The tables whose rows say in which team an agent did something."""

BESIDE = ("ratings", "work", "reviews", "sales")
"""The tables whose rows are in the team of their ticket."""


class AnyRules(Asker):
    """Answers about facts whatever rules they were made with."""

    def _refused(self, _frames):
        return ()


@pytest.fixture(scope="module")
def engine():
    engine = create_engine("sqlite://", poolclass=StaticPool)
    schema.metadata.create_all(engine)
    yield engine
    engine.dispose()


def swapped(column, one, other):
    """Return a column with two agents changed for one another."""
    return case((column == one, other), (column == other, one), else_=column)


def change_for_one_another(engine, one, other, *, outside=None):
    """Let two agents have done what the other did; with `outside`, only in rows of other teams."""
    with engine.begin() as connection:
        for name in AT_EVENTS if outside else (*AT_EVENTS, *BESIDE, "shifts", "tickets"):
            table = schema.metadata.tables[name]
            values = {}
            for column in table.c.keys() & TEAM_OF.keys():
                new = swapped(table.c[column], one, other)
                team = table.c[TEAM_OF[column]] if outside else None
                values[column] = (
                    new if team is None else case((team.is_distinct_from(outside), new), else_=table.c[column])
                )
            if name == "shifts":  # whose key they are
                rows = [row._asdict() for row in connection.execute(table.select())]
                connection.execute(table.delete())
                swap = {one: other, other: one}
                rows = [row | {"agent": swap.get(row["agent"], row["agent"])} for row in rows]
                if rows:
                    connection.execute(table.insert(), rows)
            elif values:
                connection.execute(update(table).values(values))


def said(ask):
    """Return what is answered, or why nothing is."""
    try:
        return ask()
    except KpiError as error:
        return str(error)


def everything(asker, question, who):
    """Return all that somebody can get of a question."""
    plain = replace(question, by=(), per=None, versus=None)
    told = {
        "number": said(lambda: asker.answer(question, NOW, who)),
        "tickets": said(lambda: asker.behind(plain, NOW, who)),
        "why": said(lambda: asker.why(replace(question, per=None), NOW, who)),
        "anomalies": said(lambda: asker.watch(replace(plain, by=question.by[:1]), [question.kpi], NOW, who)),
    }
    files = {f"{name} csv": reply_csv(found, EN) for name, found in told.items() if not isinstance(found, str)}
    return {name: repr(found) for name, found in told.items()} | files


def about_persons(question, draw):
    """Return a question that tells agents apart more often than not, where its KPI can."""
    known = CATALOGUE[question.kpi].dimensions
    if (known is not None and "agent" not in known) or draw.random() < 0.3:
        return question
    return replace(question, by=draw.choice((("agent",), ("agent",), ("agent", "team"), ("channel", "agent"))))


def differences(engine, world, who, asked, change):
    asker = AnyRules(
        DatabaseFrames(engine, world.read), Settings(database_url="", access=AccessTable(channels="C_OPEN"))
    )
    before = [everything(asker, question, who) for question in asked]
    change()
    after = [everything(asker, question, who) for question in asked]
    return [
        f"{name} of {question}\n    {one[name]}\n    {other[name]}"
        for question, one, other in zip(asked, before, after, strict=True)
        for name in one
        if one[name] != other[name]
    ]


def alike(test):
    """Try a test on random worlds, each asked about by a random seed."""
    tried = settings(
        max_examples=EXAMPLES,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )(test)
    return given(world=worlds(), seed=st.integers(0, 2**32))(tried)


def drawn(world, seed, among=CATALOGUE):
    draw = Random(seed)  # noqa: S311  # questions, not secrets
    possible = [about_persons(question, draw) for question in questions(world, seed) if question.kpi in among]
    return draw.sample(possible, min(len(possible), ASKED)), draw


@alike
def test_an_agent_learns_nothing_of_which_other_agent_did_what(engine, world, seed):
    store(engine, world, SYNCED)
    asked, draw = drawn(world, seed, CATALOGUE.keys() - OF_AGENTS)
    own = tuple((desk, ALICE) for desk in world.desks)
    who = draw.choice(
        (viewer(agents=own), viewer(), viewer(agents=own, unsure=True), viewer(agents=own).shared("C_OPEN"))
    )
    found = differences(engine, world, who, asked, lambda: change_for_one_another(engine, BOB, CHLOE))
    assert not found, "\n".join(found)


@alike
def test_a_lead_learns_nothing_of_who_did_what_in_other_teams(engine, world, seed):
    store(engine, world, SYNCED)
    # What counts distinct agents of all teams tells how many there are, and not who.
    asked, draw = drawn(
        world, seed, CATALOGUE.keys() - OF_AGENTS - {"solved_per_agent", "utilization", "agent_satisfaction"}
    )
    own = draw.choice(((), tuple((desk, "erin") for desk in world.desks)))
    who = viewer(agents=own, leads=frozenset({"billing"}))

    def change():
        change_for_one_another(engine, BOB, CHLOE, outside="billing")
        change_for_one_another(engine, ALICE, BOB, outside="billing")

    found = differences(engine, world, who, asked, change)
    assert not found, "\n".join(found)


@alike
def test_a_channel_learns_nothing_of_which_agent_did_what(engine, world, seed):
    store(engine, world, SYNCED)
    asked, _ = drawn(world, seed, CATALOGUE.keys() - OF_AGENTS)

    def change():
        change_for_one_another(engine, ALICE, BOB)
        change_for_one_another(engine, BOB, CHLOE)

    found = differences(engine, world, viewer(leads_all=True).shared("C_SUPPORT"), asked, change)
    assert not found, "\n".join(found)


def test_the_change_is_seen_by_who_may_see_it(engine):
    """Otherwise the tests above would be good for nothing."""
    found = []

    @settings(max_examples=2, phases=(Phase.generate,), suppress_health_check=list(HealthCheck), database=None)
    @given(world=worlds(), seed=st.integers(0, 2**32))
    def ask(world, seed):
        store(engine, world, SYNCED)
        asked, _ = drawn(world, seed)
        who = viewer(leads_all=True)
        found.extend(differences(engine, world, who, asked, lambda: change_for_one_another(engine, BOB, CHLOE)))

    ask()
    assert found

"""The whole catalogue over random histories: every engine answers as a slow reading of KPIS.md does.

`DIFFERENTIAL_EXAMPLES` asks about more worlds than the suite has time for.
"""

import os
from contextlib import ExitStack, nullcontext
from dataclasses import asdict
from functools import cache
from random import Random

import pytest
from cast import DAY, HOUR
from differential.asking import questions
from differential.comparing import differing, told, wanted
from differential.desks import DESKS
from differential.engines import BASELINE, ENGINES
from differential.storing import store
from differential.worlds import worlds
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from slow.answers import KEYS, READINGS, expected
from slow.figures import RefusalError
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool
from strategies import CLOSES

from kpi.answer import answer
from kpi.catalogue import CATALOGUE
from kpi.errors import QuestionError
from kpi.question import Answer, Reading
from kpi.schema import metadata

SYNCED = CLOSES + 40 * DAY
NOWS = (CLOSES + HOUR, CLOSES + 2 * DAY + 12 * HOUR, CLOSES + 20 * DAY, CLOSES + 35 * DAY)
ASKED_BESIDE = 15
"""How many questions of a world are answered by pandas too, to the last digits."""
EXAMPLES = int(os.environ.get("DIFFERENTIAL_EXAMPLES", "3"))


@pytest.fixture(scope="module")
def databases(request):
    """Give a function that opens a database by its kind; each has the tables and is emptied for each world."""
    with ExitStack() as closing:
        yield cache(lambda kind: _opened(kind, request, closing))


def _opened(kind: str, request, closing: ExitStack) -> Engine:
    if kind == "sqlite":
        engine = create_engine("sqlite://", poolclass=StaticPool)
        metadata.create_all(engine)
    else:
        servers = request.getfixturevalue("postgresql_databases")
        url = servers.take()
        closing.callback(servers.give_back, url)
        engine = create_engine(url)
    closing.callback(engine.dispose)
    return engine


def answered(question, frames, now, configuration) -> Answer | str:
    """Return an answer, or the key of the refusal."""
    try:
        return answer(question, frames, now, configuration)
    except QuestionError as error:
        return error.key


def read_slowly(world, question, now, desk) -> dict | str:
    try:
        return wanted(question.kpi, expected(world, question, now, SYNCED, desk))
    except RefusalError as refusal:
        return refusal.key


def from_the_reading(given: Answer | str, slowly: dict | str) -> str | None:
    """Return the first difference of an answer from the slow reading; None when there is none."""
    if isinstance(given, str) or isinstance(slowly, str):
        return None if given == slowly else f"{given} | {slowly}"
    if slowly["figure"] is None:
        return None if given.figure is None else "there is data | there is none"
    return differing(told(given), slowly, within=1e-9)


def from_another(given: Answer | str, other: Answer | str) -> str | None:
    """Return the first difference of two engines' answers, in whatever they show."""
    pair = [value if isinstance(value, str) else asdict(value) for value in (given, other)]
    return differing(*pair, within=1e-12)


def differences(world, asked, engines, when) -> list[str]:
    """Return each question that is answered otherwise than it must be, with the first difference."""
    (frames, baseline), (now, (desk, configuration)) = engines, when
    found = []
    for number, question in enumerate(asked):
        given = answered(question, frames, now, configuration)
        wrong = from_the_reading(given, read_slowly(world, question, now, desk))
        if wrong is None and baseline is not None and number < ASKED_BESIDE:
            wrong = from_another(given, answered(question, baseline, now, configuration))
        if wrong is not None:
            found.append(f"{wrong}\n    {question} now={now}")
    return found


def test_every_kpi_has_a_slow_reading_in_each_of_its_readings():
    assert set(CATALOGUE) == KEYS
    cohorts = {key for key, kpi in CATALOGUE.items() if Reading.COHORT in kpi.readings}
    assert cohorts == set(READINGS)


@pytest.mark.parametrize("name", ENGINES)
@given(
    world=worlds(),
    when=st.tuples(st.sampled_from(NOWS), st.sampled_from(DESKS)),
    seed=st.integers(0, 2**32),
)
@settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a world is too large to be made smaller in a minute
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_what_a_slow_reading_gives(databases, name, world, when, seed):
    tried = ENGINES[name]
    database = databases(tried.database)
    store(database, world, SYNCED)
    asked = questions(world, seed)
    Random(seed).shuffle(asked)  # noqa: S311  # no secret
    baseline = None if name == BASELINE else ENGINES[BASELINE].start(database, world)
    with tried.start(database, world) as frames, baseline or nullcontext() as beside:
        found = differences(world, asked[: tried.asked], (frames, beside), when)
    assert not found, "\n".join(found)

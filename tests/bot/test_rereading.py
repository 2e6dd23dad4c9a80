"""Tickets read again one by one: those heard of at once, all others by sweeps, and none lost with a key's rights."""

from dataclasses import replace
from time import sleep

import pytest
from cast import ALICE, DAY, HOUR, Tale
from scripted_desk import DESK, START, ScriptedDesk, dump, page, settings
from sqlalchemy import select

from bot import rereading
from bot.facts import needs_rebuild
from bot.heard import mark, marked
from bot.helpdesks.connector import Gone, Moved, Refused
from bot.sync import read_heard, sync
from bot.tables import sweeps
from kpi import schema
from kpi.errors import HelpdeskError, StorageError
from kpi.events import Status, Team
from kpi.policies import Condition, Metric, Policy, Target

NOW = START + 3 * DAY


def tales(count: int) -> dict[str, Tale]:
    """Return tickets of which every other one is solved."""
    found = {str(number): Tale(START, str(number)) for number in range(1, count + 1)}
    for number, tale in enumerate(found.values()):
        tale.replies(START + HOUR, ALICE)
        if number % 2:
            tale.solved(START + 2 * HOUR)
    return found


class Silent(ScriptedDesk):
    """A helpdesk whose stream tells nothing of what happens to its tickets once it has told them."""

    def __init__(self, known: dict[str, Tale]) -> None:
        super().__init__([page(0, *(tale.history for tale in known.values()))])
        self.known = known
        self.gone: set[str] = set()

    def ticket(self, external_id):
        self.single = {name: tale.history for name, tale in self.known.items()}
        self.single |= {name: Gone(external_id=name) for name in self.gone}
        return super().ticket(external_id)


@pytest.fixture
def desk(engine):
    silent = Silent(tales(10))
    read(engine, silent, NOW)
    return silent


def read(engine, desk, now, **options):
    desk.asked.clear()
    return sync(engine, desk, settings(), DESK, clock=lambda: now, **options)


def statuses(engine):
    with engine.connect() as connection:
        query = select(schema.tickets.c.external_id, schema.tickets.c.status).order_by(schema.tickets.c.id)
        return dict(connection.execute(query).all())


def heard(engine, *names):
    mark(engine, DESK, names, NOW, patience_ms=1000)


# --- Heard of ----------------------------------------------------------------------------------------------------


def test_a_ticket_that_was_heard_of_is_read_at_once_and_only_once(engine, desk):
    desk.known["1"].solved(NOW)
    heard(engine, "1")
    assert read_heard(engine, lambda: desk, settings(), DESK, clock=lambda: NOW) == 1
    assert statuses(engine)["1"] == Status.SOLVED
    assert read_heard(engine, lambda: desk, settings(), DESK) == 0
    assert desk.asked == ["1"]


def test_nobody_connects_to_a_helpdesk_of_which_nothing_was_heard(engine, desk):
    assert read_heard(engine, lambda: pytest.fail("connected"), settings(), DESK) == 0


def test_what_is_heard_of_while_it_is_read_is_read_again(engine, desk):
    def meanwhile(external_id):
        heard(engine, external_id)
        return Silent.ticket(desk, external_id)

    heard(engine, "1")
    desk.ticket = meanwhile
    read_heard(engine, lambda: desk, settings(), DESK, clock=lambda: NOW)
    assert [name for name, _ in marked(engine, DESK)] == ["1"]


def test_what_was_heard_of_waits_for_a_helpdesk_that_fails(engine, desk):
    def fail(_):
        raise HelpdeskError("helpdesk_unreachable", url="https://desk.example")

    heard(engine, "1", "2")
    desk.ticket = fail
    with pytest.raises(HelpdeskError):
        read_heard(engine, lambda: desk, settings(), DESK)
    assert [name for name, _ in marked(engine, DESK)] == ["1", "2"]


def test_a_ticket_that_was_heard_of_and_cannot_be_read_is_tried_again_as_any_other(engine, desk):
    heard(engine, "1")
    desk.ticket = lambda name: page(0, Refused(external_id=name, reason="unreadable"))
    read_heard(engine, lambda: desk, settings(), DESK, clock=lambda: NOW)
    assert marked(engine, DESK) == []
    del desk.ticket
    assert read(engine, desk, NOW + HOUR - 1).refused == 0
    assert desk.asked == ["1"]


def test_thousands_that_are_heard_of_at_once_keep_no_sync_from_beginning(engine, desk, monkeypatch):
    monkeypatch.setattr(rereading, "HEARD_S", 0)
    heard(engine, "1", "2")
    for left in (["2"], []):
        assert read_heard(engine, lambda: desk, settings(), DESK, clock=lambda: NOW) == 1
        assert [name for name, _ in marked(engine, DESK)] == left


def test_facts_follow_the_rules_once_a_team_is_heard_of_that_they_name(engine):
    target = Target(metric=Metric.FIRST_REPLY, seconds=HOUR)
    of_support = Policy(key="Support", targets=(target,), when=(Condition(field="team", values=("Support",)),))
    configured = replace(settings(), policies=(of_support,))
    before, after = (Tale(START, name, team="1") for name in ("before", "after"))
    desk = ScriptedDesk([page(0, before.history, teams=())])
    sync(engine, desk, configured, DESK, clock=lambda: NOW)
    desk.ticket = lambda _: page(1, after.history, teams=(Team(external_id="1", name="Support"),))
    heard(engine, "after")
    read_heard(engine, lambda: desk, configured, DESK, clock=lambda: NOW)
    with engine.connect() as connection:
        assert connection.scalars(select(schema.clock_facts.c.policy)).all() == ["Support", "Support"]
        assert not needs_rebuild(connection, DESK, configured)


def test_a_sync_reads_what_was_heard_of_between_its_pages(engine, desk):
    heard(engine, "3")
    desk.script += [page(1), page(2)]
    read(engine, desk, NOW)
    assert desk.asked == ["3"]
    assert marked(engine, DESK) == []


# --- Sweeps ------------------------------------------------------------------------------------------------------


def test_nothing_is_swept_when_everything_has_just_been_read(engine, desk):
    before = dump(engine)
    read(engine, desk, NOW + HOUR - 1)
    assert desk.asked == []
    assert dump(engine) == before


@pytest.mark.parametrize(
    ("later", "swept"),
    [
        (HOUR, ["1", "3", "5", "7", "9"]),
        (DAY, ["1", "3", "5", "7", "9", "2", "4", "6", "8", "10"]),
    ],
)
def test_open_tickets_are_looked_at_every_hour_and_those_that_ended_every_day(engine, desk, later, swept):
    before = statuses(engine)
    read(engine, desk, NOW + later)
    assert desk.asked == swept
    assert statuses(engine) == before
    read(engine, desk, NOW + later)
    assert desk.asked == []


def test_what_ended_long_ago_is_looked_at_every_week_and_what_is_gone_never(engine, desk):
    read(engine, desk, NOW + 61 * DAY)
    assert sorted(desk.asked) == sorted(["1", "3", "5", "7", "9", *map(str, range(1, 11))])
    desk.gone = {"4"}
    read(engine, desk, NOW + 68 * DAY)
    assert statuses(engine)["4"] == Status.DELETED
    read(engine, desk, NOW + 75 * DAY)
    assert "4" not in desk.asked


def test_what_happened_without_a_word_is_found(engine, desk):
    desk.known["1"].solved(NOW)
    desk.known["2"].rated(NOW, 5)
    desk.gone = {"3"}
    read(engine, desk, NOW + DAY)
    found = statuses(engine)
    assert (found["1"], found["3"]) == (Status.SOLVED, Status.DELETED)
    with engine.connect() as connection:
        assert connection.scalars(select(schema.ratings.c.score)).all() == [5]


def test_a_sweep_goes_on_where_it_was_cut_and_loses_no_ticket(engine, monkeypatch):
    monkeypatch.setattr(rereading, "LOOKED_AT_ONCE", 2)
    desk = Silent(tales(9))
    read(engine, desk, NOW)
    seen = []
    for number in range(4):
        left = iter([False] * 2)  # one after the page, one before the first two tickets
        read(engine, desk, NOW + HOUR + number, stopping=lambda left=left: next(left, True))
        seen += desk.asked
    assert seen == ["1", "3", "5", "7", "9"]


def test_a_sweep_takes_no_longer_than_it_may(engine, desk, monkeypatch):
    monkeypatch.setattr(rereading, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(rereading, "SWEEPING_S", -1)
    read(engine, desk, NOW + HOUR)
    assert desk.asked == []
    monkeypatch.setattr(rereading, "SWEEPING_S", 60)
    read(engine, desk, NOW + HOUR)
    assert desk.asked == ["1", "3", "5", "7", "9"]


def test_no_sweep_waits_for_another_that_takes_long(engine, desk, monkeypatch):
    def slowly(name):
        sleep(0.05)
        return Silent.ticket(desk, name)

    monkeypatch.setattr(rereading, "LOOKED_AT_ONCE", 1)
    monkeypatch.setattr(rereading, "SWEEPING_S", 0.01)
    desk.ticket = slowly
    read(engine, desk, NOW + DAY)
    assert desk.asked == ["1", "2"]


def test_a_key_that_sees_no_ticket_any_more_loses_none(engine, desk):
    before = statuses(engine)
    desk.gone = set(desk.known)
    with pytest.raises(HelpdeskError, match="tickets_vanished"):
        read(engine, desk, NOW + HOUR)
    assert statuses(engine) == before
    read(engine, desk, NOW + HOUR, accept_deletions=True)
    assert [name for name, status in statuses(engine).items() if status == Status.DELETED] == ["1", "3", "5", "7", "9"]


def test_a_few_deleted_tickets_are_believed_in(engine, desk):
    desk.gone = {"1", "3", "5", "7"}
    read(engine, desk, NOW + HOUR)
    assert statuses(engine)["7"] == Status.DELETED


def test_a_merge_that_nobody_told_of_is_found(engine, desk):
    desk.ticket = lambda name: page(0, Moved(external_id=name, into="2") if name == "1" else desk.known[name].history)
    read(engine, desk, NOW + HOUR)
    assert statuses(engine)["1"] == Status.MERGED


def test_a_process_that_has_lost_its_lock_stores_nothing(engine, desk):
    with engine.begin() as connection:
        before = connection.execute(select(sweeps)).all()
    again = rereading.Rereader(
        engine=engine,
        connector=desk,
        desk=None,
        clock=lambda: NOW,
        stopping=lambda: False,
        still_held=lambda: (_ for _ in ()).throw(StorageError("database_unreachable")),
    )
    assert before
    with pytest.raises(StorageError), again._writing():
        pytest.fail("wrote")

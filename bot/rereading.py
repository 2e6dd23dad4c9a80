"""Tickets that are read again one by one: those that could not be read, those heard of, and all others by sweeps."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, or_, select

from bot.database import upsert, writing
from bot.heard import marked, unmark
from bot.helpdesks.connector import Connector, Gone, Refused, Told
from bot.storage import Desk, refused_again, store_told
from bot.tables import refused_tickets, sweeps
from kpi import schema
from kpi.errors import HelpdeskError
from kpi.events import GONE, UNSOLVED

RETRIES_AT_ONCE = 100
"""How many refused tickets one sync tries again, so that they don't hold up what is new."""

HEARD_S = 3
"""How long tickets that were heard of are read at a stretch: less than a sync waits to begin, so that thousands which
change at once don't hold it up."""

SWEEPING_S = 7
"""How long one sync goes on with each sweep: a helpdesk's answers may take a second each, and others want to read it
too. None waits for another to end, which with many tickets could take for ever."""

LOOKED_AT_ONCE = 20
"""Tickets between two marks of how far a sweep is."""

LOST_AT_ONCE = 4
"""More than so many, and half of those looked at, aren't deleted: the helpdesk's key has lost the right to see them."""

HOUR, DAY = 3600, 86_400
MAY_STILL_CHANGE_S = 60 * DAY
"""For so long after its end a ticket is rated late, merged or taken up again."""

_TICKETS, _FACTS = schema.tickets.c, schema.ticket_facts.c


@dataclass(frozen=True, slots=True)
class Sweep:
    """Goes through stored tickets every so often, as what changes in them isn't always told: `tickets` at an instant.

    In the order of their ids, as far as there is time, the next sync from there.
    """

    name: str
    every_s: int
    tickets: Callable[[int], ColumnElement[bool]]


def _ended_lately(now: int) -> ColumnElement[bool]:
    since = now - MAY_STILL_CHANGE_S
    ended = select(_FACTS.ticket_id).where(or_(_FACTS.last_solved_at >= since, _FACTS.closed_at >= since))
    return _TICKETS.id.in_(ended)


SWEEPS = (
    Sweep("open", HOUR, lambda _: _TICKETS.status.in_(UNSOLVED)),
    Sweep("ended", DAY, _ended_lately),
    Sweep("all", 7 * DAY, lambda _: _TICKETS.status.not_in(GONE)),  # some are deleted without a word
)


@dataclass(kw_only=True)
class Rereader:
    """Reads tickets of one helpdesk again and stores what they are now.

    Attributes:
        engine: the database.
        connector: the helpdesk.
        desk: where they belong.
        clock: tells the epoch second.
        stopping: says that no other ticket is to be read.
        still_held: raises StorageError when another process may write this helpdesk's data.
        tickets: how many were read.
    """

    engine: Engine
    connector: Connector
    desk: Desk
    clock: Callable[[], float]
    stopping: Callable[[], bool]
    still_held: Callable[[], None]
    tickets: int = 0

    def refused(self) -> None:
        """Try refused tickets again whose time has come."""
        now = int(self.clock())
        with self.engine.connect() as connection:
            waiting = refused_of(self.desk.key).where(refused_tickets.c.next_try_at <= now).limit(RETRIES_AT_ONCE)
            due = connection.execute(waiting).all()
        for external_id, attempts in due:
            if self.stopping():
                break
            told = self.connector.ticket(external_id)
            with self._writing() as connection:
                again = [result for result in told.tickets if isinstance(result, Refused)]
                for refused in again:
                    refused_again(connection, self.desk, refused, attempts, now)
                if not again:
                    self._store(connection, told, now)

    def heard(self) -> None:
        """Read the tickets that were heard of, for some seconds; one that is heard of meanwhile stays marked."""
        until = time.monotonic() + HEARD_S
        for external_id, mark in marked(self.engine, self.desk.key):
            if self.stopping():
                break
            told = self.connector.ticket(external_id)
            with self._writing() as connection:
                self._store(connection, told, int(self.clock()))
                unmark(connection, self.desk.key, external_id, mark)
            if time.monotonic() > until:
                break

    def sweep(self, *, accept_deletions: bool = False) -> None:
        """Go on with the sweeps whose time has come; raises HelpdeskError `tickets_vanished` unless that is accepted.

        The first time all has just been read: then they only begin to count.
        """
        for sweep in SWEEPS:
            until, now = time.monotonic() + SWEEPING_S, int(self.clock())
            began_at, position = self._where(sweep, now)
            if position is None:
                if now < began_at + sweep.every_s:
                    continue
                began_at, position = now, 0
            while position is not None:
                if self.stopping() or time.monotonic() > until:
                    break
                batch = self._after(sweep, position, now)
                told = [self.connector.ticket(external_id) for _, external_id in batch]
                if not accept_deletions:
                    self._refuse_to_lose(told)
                position = batch[-1].id if len(batch) == LOOKED_AT_ONCE else None
                with self._writing() as connection:
                    for one in told:
                        self._store(connection, one, now)
                    self._mark(connection, sweep, began_at, position)

    def _where(self, sweep: Sweep, now: int) -> tuple[int, int | None]:
        """Return when a sweep began, and the last ticket that it looked at; None when it is over."""
        query = select(sweeps.c.began_at, sweeps.c.position).where(
            sweeps.c.helpdesk == self.desk.key, sweeps.c.name == sweep.name
        )
        with self.engine.connect() as connection:
            found = connection.execute(query).first()
        if found is not None:
            return found.began_at, found.position
        with self._writing() as connection:
            self._mark(connection, sweep, now, None)
        return now, None

    def _mark(self, connection: Connection, sweep: Sweep, began_at: int, position: int | None) -> None:
        row = {"helpdesk": self.desk.key, "name": sweep.name, "began_at": began_at, "position": position}
        upsert(connection, sweeps, [row])

    def _after(self, sweep: Sweep, position: int, now: int) -> Sequence[Row[int, str]]:
        here = select(_TICKETS.id, _TICKETS.external_id).where(_TICKETS.helpdesk == self.desk.key)
        chosen = here.where(_TICKETS.id > position, sweep.tickets(now)).order_by(_TICKETS.id).limit(LOOKED_AT_ONCE)
        with self.engine.connect() as connection:
            return connection.execute(chosen).all()

    def _refuse_to_lose(self, told: Sequence[Told]) -> None:
        """Raise HelpdeskError when the helpdesk knows hardly any of these tickets: we may have lost rights."""
        gone = sum(isinstance(result, Gone) for one in told for result in one.tickets)
        if gone > max(LOST_AT_ONCE, len(told) / 2):
            raise HelpdeskError("tickets_vanished", helpdesk=self.desk.key, gone=gone, looked_at=len(told))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Give a transaction, unless another process writes this helpdesk's data by now."""
        self.still_held()
        with writing(self.engine) as connection:
            yield connection

    def _store(self, connection: Connection, told: Told, now: int) -> None:
        store_told(connection, self.desk, told, now)
        self.tickets += 1


def refused_of(helpdesk: str) -> Select[str, int]:
    """Return the query of a helpdesk's refused tickets and how often each was tried, the next one to try first."""
    refused = refused_tickets.c
    query = select(refused.external_id, refused.attempts).where(refused.helpdesk == helpdesk)
    return query.order_by(refused.next_try_at, refused.external_id)

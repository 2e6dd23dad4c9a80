"""Where good rows go, batch by batch: into the table of their kind, or into tickets' histories."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Engine, Table

from bot.database import writing
from bot.importing import ticket_rows
from bot.importing.columns import Kind, Values
from bot.importing.events import EventReader
from bot.importing.header import Header
from bot.importing.records import Records, Tally
from bot.importing.seen import Seen
from bot.storage import Desk

BATCH = 2000
"""Rows that are stored in one transaction."""

Identify = Callable[[], str]
"""Returns what identifies a row that has no identifier; called once a row at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where rows go: a database and the source they belong to; `still_held` raises when its lock was lost."""

    engine: Engine
    desk: Desk
    dry_run: bool
    still_held: Callable[[], None]


class Sink(Protocol):
    """Takes rows; `tally` and `tickets` tell what became of them."""

    tally: Tally
    tickets: int

    def add(self, values: Values, cells: Sequence[str], line: int, identify: Identify) -> None:
        """Take a row; raises RowRejectedError."""
        ...

    def flush(self) -> None:
        """Store what was taken so far."""
        ...

    def finish(self, progress: Callable[[int, int], None]) -> None:
        """Do what needs all rows; `progress` is told what is done and of how much."""
        ...


class RecordSink:
    """Rows of a table."""

    tickets = 0

    def __init__(self, kind: Kind, table: Table, header: Header, target: Target) -> None:
        self.tally = Tally()
        self._records = Records(kind, table, header, target.desk)
        self._needs_identifier = kind.has_identifier
        self._target = target
        self._batch: list[dict[str, Any]] = []

    def add(self, values: Values, cells: Sequence[str], line: int, identify: Identify) -> None:  # noqa: ARG002  # others need them
        """Take a row."""
        identifier = identify() if self._needs_identifier and not values.get("id") else ""
        self._batch.append(self._records.row(values, identifier))
        if len(self._batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Store what was taken so far; in a dry run compare it only."""
        if self._target.dry_run:
            with self._target.engine.connect() as connection:
                self.tally.add(self._records.compare(connection, self._batch).tally)
        elif self._batch:
            self._target.still_held()
            with writing(self._target.engine) as connection:
                tally = self._records.store(connection, self._batch)
            self.tally.add(tally)
        self._batch = []

    def finish(self, progress: Callable[[int, int], None]) -> None:
        """Nothing is left to do."""


class TicketSink:
    """Rows of tickets' histories, which are made once all rows are kept."""

    def __init__(self, kind: Kind, events: EventReader | None, target: Target, seen: Seen, now: int) -> None:
        self.tally, self.tickets = Tally(), 0
        self._kind, self._events, self._target, self._seen, self._now = kind, events, target, seen, now
        self._batch: list[dict[str, Any]] = []

    def add(self, values: Values, cells: Sequence[str], line: int, identify: Identify) -> None:
        """Take a row."""
        if self._events is None:
            content, key = ticket_rows.summary(values), ""
        else:
            content = self._events.content(values, cells)
            key = f"id:{values['id']}" if values.get("id") else identify()
        said = {"kind": self._kind.key, "key": key, "line": line, "subject": values.get("subject")}
        self._batch.append(ticket_rows.staged(self._target.desk, values["ticket"], content, said))
        if self._target.dry_run:
            self._seen.again(values["ticket"].encode())
        if len(self._batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Keep what was taken so far; in a dry run compare it only."""
        if self._target.dry_run:
            with self._target.engine.connect() as connection:
                self.tally.add(ticket_rows.compare(connection, self._batch).tally)
        elif self._batch:
            self._target.still_held()
            with writing(self._target.engine) as connection:
                found = ticket_rows.keep(connection, self._batch)
            self.tally.add(found.tally)
        self._batch = []

    def finish(self, progress: Callable[[int, int], None]) -> None:
        """Make the histories that have new or changed rows."""
        if self._target.dry_run:
            self.tickets = len(self._seen)
            return
        with writing(self._target.engine) as connection:
            if not self._target.desk.keep_subjects:
                ticket_rows.forget_kept_subjects(connection, self._target.desk.key)
            total = ticket_rows.pending_tickets(connection, self._target.desk.key)
        while self.tickets < total:
            progress(self.tickets, total)
            self._target.still_held()
            with writing(self._target.engine) as connection:
                folded = ticket_rows.fold_page(connection, self._target.desk, self._now)
            if not folded:
                break
            self.tickets += folded
        progress(total, total)

"""Who asked what, who shared it with a channel, and what was refused."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from bot.access import Viewer
from bot.database import writing
from bot.tables import audit
from kpi.catalogue import CATALOGUE
from kpi.errors import AccessError, StorageError
from kpi.question import Question

log = structlog.get_logger(__name__)

PATIENCE_MS = 1_000
"""How long an answer waits for another writer; a row that can't be written then stands in the log, and waits."""

WAITING = 10_000
"""How many rows wait to be written, the latest."""

_JSON = TypeAdapter(Question)


class What(StrEnum):
    """What somebody did."""

    ASKED = "asked"  # and read the answer alone
    SHARED = "shared"  # for a whole channel to read
    REFUSED = "refused"  # was not shown it


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody did at an instant (epoch second); `question` is JSON, `reason` why it was refused."""

    at: int
    team_id: str
    asker: str
    channel: str | None
    what: str
    about: str
    question: str
    reason: str | None

    def asked(self) -> Question | None:
        """Return the question; None when a version wrote it that asked otherwise."""
        try:
            question = _JSON.validate_json(self.question)
        except ValidationError:
            return None
        return question if question.kpi in CATALOGUE else None


class Audit:
    """Writes down who asks what, and forgets it after `kept_s` seconds."""

    def __init__(self, engine: Engine, kept_s: int) -> None:
        self._engine, self._kept_s = engine, kept_s
        self._waiting: deque[dict[str, Any]] = deque(maxlen=WAITING)

    @contextmanager
    def records(self, viewer: Viewer | None, question: Question, about: str, now: int) -> Iterator[None]:
        """Write down that a viewer asks a question, once what stands inside has answered it, or has not.

        Whoever has the database, and is no viewer, is not written down. What can't be written takes nothing from the
        answer: it stands in the log, and is written with what comes next.
        """
        if viewer is None:
            yield
            return
        what, reason = What.SHARED if viewer.public else What.ASKED, None
        try:
            yield
        except AccessError as error:
            what, reason = What.REFUSED, error.key
            raise
        finally:
            row = {
                "at": now,
                "team_id": viewer.team_id,
                "asker": viewer.user,
                "channel": viewer.channel,
                "what": what.value,
                "about": about,
                "question": _JSON.dump_json(question).decode(),
                "reason": reason,
            }
            self._write(row)

    def _write(self, row: dict[str, Any]) -> None:
        rows = [*self._taken(), row]
        try:
            with writing(self._engine, PATIENCE_MS) as connection:
                connection.execute(insert(audit), rows)
                connection.execute(delete(audit).where(audit.c.at < row["at"] - self._kept_s))
        except (StorageError, SQLAlchemyError) as error:
            self._waiting.extend(rows)
            log.warning("audit_not_written", error=str(error), **{f"row_{name}": value for name, value in row.items()})

    def _taken(self) -> Iterator[dict[str, Any]]:
        """Yield the rows that wait, each taken off: others write at the same time."""
        with suppress(IndexError):
            while True:
                yield self._waiting.popleft()

    def entries(self, *, since: int = 0, asker: str | None = None, limit: int | None = None) -> list[Entry]:
        """Return what was written down since an instant, by one Slack user or by all, the latest first.

        Raises StorageError.
        """
        table = audit.c
        query = select(*(table[each.name] for each in fields(Entry))).where(table.at >= since)
        if asker is not None:
            query = query.where(table.asker == asker)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(table.at.desc(), table.id.desc()).limit(limit))
            return [Entry(**row) for row in rows.mappings()]

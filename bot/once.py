"""What must be done once, whoever does it: an event that is told again, a button that is clicked twice."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, delete
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import writing
from bot.tables import done_once

KEPT_S = 90 * 86_400
"""As long as the buttons of an answer work."""


class Once:
    """Remembers in the database what was done, so that another replica doesn't do it again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, team_id: str, key: str, now: int, lasts_s: int = KEPT_S) -> bool:
        """Remember that something is done now; return whether it is for the caller to do.

        It is when nobody did it within the last `lasts_s` seconds. Raises StorageError.
        """
        table = done_once.c
        with writing(self._engine) as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            row = {"team_id": team_id, "key": key, "done_at": now}
            claimed = connection.execute(
                dialect.insert(done_once)
                .values(row)
                .on_conflict_do_update(
                    index_elements=(table.team_id, table.key),
                    set_={"done_at": now},
                    where=table.done_at < now - lasts_s,
                )
                .returning(table.key)
            ).first()
            connection.execute(delete(done_once).where(table.done_at < now - KEPT_S))
            return claimed is not None

    @contextmanager
    def doing(self, team_id: str, key: str, now: int, lasts_s: int = KEPT_S) -> Iterator[bool]:
        """Give whether something is for the caller to do; an error on the way lets it be tried again."""
        is_first = self.claim(team_id, key, now, lasts_s)
        try:
            yield is_first
        except BaseException:
            if is_first:
                self.release(team_id, key)
            raise

    def release(self, team_id: str, key: str) -> None:
        """Forget what could not be done after all, so that it can be tried again. Raises StorageError."""
        table = done_once.c
        with writing(self._engine) as connection:
            connection.execute(delete(done_once).where(table.team_id == team_id, table.key == key))

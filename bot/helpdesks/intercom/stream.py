"""The conversations that changed, read from a cursor on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.helpdesks.connector import Cursor
from bot.helpdesks.intercom.client import Listed
from bot.helpdesks.intercom.mapping import Record, updated_at

OVERLAP_S = 300
"""A search finds a change a moment after it was made: how far before its place the list is read again."""

CONVERSATIONS_A_PAGE = 10


@dataclass(slots=True, kw_only=True)
class Stream:
    """The conversations updated up to `end`, those updated first coming first.

    Rows shift while a list is paged through, because what is updated leaves it: so each page is asked for from the last
    second seen on, and only the updates of one second that fill a page are paged through. The cursor is the last update
    told, and which updates of the minutes before it were: these are not told again.
    """

    ask: Callable[[int, int, str | None], Listed]
    end: int
    since: int
    seen: dict[str, int]
    done: bool = False

    @property
    def cursor(self) -> Cursor:
        """Where to go on."""
        return {"since": self.since, "seen": self.seen}

    @property
    def seen_until(self) -> int:
        """Everything that happened before this instant was told."""
        return self.end if self.done else self.since

    def __iter__(self) -> Iterator[list[Record]]:
        """Yield conversations that were not told as they are now; at least one page, maybe empty."""
        since, after, more = max(0, self.since - OVERLAP_S), None, True
        while more:
            rows, following = self.ask(since, self.end, after)
            last = max(map(updated_at, rows), default=since)
            more = following is not None
            since, after = (last, None) if last > since else (since, following)
            yield from self._told(rows, last=not more)

    def _told(self, rows: list[Record], *, last: bool) -> Iterator[list[Record]]:
        new = [row for row in rows if self.seen.get(str(row["id"])) != updated_at(row)]
        parts = [new[begin : begin + CONVERSATIONS_A_PAGE] for begin in range(0, len(new), CONVERSATIONS_A_PAGE)]
        for number, part in enumerate(parts or ([[]] if last else []), 1):
            self._remember(part)
            self.done = last and number >= len(parts)
            yield part

    def _remember(self, told: list[Record]) -> None:
        seen = self.seen | {str(row["id"]): updated_at(row) for row in told}
        self.since = max([self.since, *map(updated_at, told)])
        self.seen = {name: at for name, at in seen.items() if at >= self.since - OVERLAP_S}

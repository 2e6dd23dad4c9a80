"""The stream of transactions, read from a cursor on."""

from collections.abc import Iterator

from bot.helpdesks.connector import Cursor
from bot.helpdesks.request_tracker.client import PAGE, RestClient
from bot.helpdesks.request_tracker.mapping import Record, number


class Stream:
    """The transactions after a cursor, a page at a time.

    The cursor is the highest one read, and the last hundred that were seen: a transaction gets its number before it
    is committed, so one may appear late below the highest.
    """

    def __init__(self, client: RestClient, cursor: Cursor | None) -> None:
        self._client = client
        self._position = int((cursor or {}).get("transaction", 0))
        self._recent: list[int] = [int(name) for name in (cursor or {}).get("recent", ())]
        self._start = self._end = 0

    @property
    def cursor(self) -> Cursor:
        """Where to go on."""
        return {"transaction": self._position, "recent": self._recent}

    @property
    def done(self) -> bool:
        """Whether nothing more was there when the walk began."""
        return self._start >= self._end

    @property
    def remaining(self) -> int:
        """Transactions left, counting those that can't be seen."""
        return max(0, self._end - self._start)

    def __iter__(self) -> Iterator[list[Record]]:
        """Yield rows that were not seen before; at least one page, maybe empty."""
        latest = self._client.latest()
        self._end = number(latest[-1]) if latest else 0
        self._start = min(self._recent, default=self._position + 1) - 1
        if latest and number(latest[0]) <= self._start:
            rows = [row for row in latest if number(row) > self._start]
            self._start = self._end
            yield self._take(rows)
            return
        while True:
            rows = self._client.after(self._start, self._end) if self._start < self._end else []
            self._start = number(rows[-1]) if rows else self._end
            new = self._take(rows)
            if new or self.done:
                yield new
            if self.done:
                return

    def _take(self, rows: list[Record]) -> list[Record]:
        seen = set(self._recent)
        new = [row for row in rows if number(row) not in seen]
        self._recent = sorted(seen | {number(row) for row in new})[-PAGE:]
        self._position = max([self._position, *self._recent])
        return new

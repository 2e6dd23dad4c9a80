"""The tickets that changed, read from a cursor on."""

from collections.abc import Iterator

from bot.helpdesks.connector import Cursor
from bot.helpdesks.liveagent.client import ApiClient, Record
from bot.helpdesks.liveagent.mapping import Mapper

OVERLAP_S = 300
"""A change gets its date before it is committed: what was read is read again this far back."""

SETTLE_S = 2
"""A second is over before it is read: nothing can happen in it any more that would bear the same date."""

FIRST_WINDOW_S, LONGEST_WINDOW_S, SHORTEST_WINDOW_S = 6 * 3600, 60 * 86_400, 60
FEW, MANY = 100, 500
TICKETS_A_PAGE = 10


class Stream:
    """The tickets changed after a cursor, oldest change first, a page at a time.

    The cursor is the instant up to which everything was read, and the tickets of the last minutes before it with the
    date of the change that was read: these are not told again.
    """

    def __init__(self, client: ApiClient, mapper: Mapper, cursor: Cursor | None) -> None:
        self._client, self._mapper = client, mapper
        self._until: int | None = (cursor or {}).get("until")
        self._seen: dict[str, str] = dict((cursor or {}).get("seen", {}))
        self._end = 0

    @property
    def cursor(self) -> Cursor:
        """Where to go on."""
        return {"until": self._until, "seen": self._seen}

    @property
    def done(self) -> bool:
        """Whether nothing more was there when the walk began."""
        return self._until is not None and self._until >= self._end

    @property
    def seen_until(self) -> int | None:
        """Everything that changed before this instant was told."""
        return self._until

    def walk(self, end: int) -> Iterator[list[Record]]:
        """Yield tickets that were not told before, up to an instant; at least one page, maybe empty."""
        self._end = end - SETTLE_S
        if self._until is None:
            first = next(iter(self._client.by_change(latest=False)), {})
            changed_at = self._mapper.instant(first.get("date_changed"))
            self._until = self._end if changed_at is None else min(changed_at, self._end)
        width, start = FIRST_WINDOW_S, self._until
        while True:
            stop = min(start + width, self._end)
            found = self._client.changed(self._mapper.between(start - OVERLAP_S, stop))
            yield from self._told(found, stop)
            if self.done:
                return
            width = self._next_width(width, len(found))
            start = stop

    def _next_width(self, width: int, found: int) -> int:
        """Return how far to look next: so far that it takes few pages, and far where little happened."""
        if found < FEW:
            return min(width * 2, LONGEST_WINDOW_S)
        return max(width // 2, SHORTEST_WINDOW_S) if found > MANY else width

    def _told(self, found: list[Record], stop: int) -> Iterator[list[Record]]:
        """Yield a window's tickets in the order of their change, whatever order they came in."""
        rows = sorted(found, key=lambda row: (str(row.get("date_changed")), str(row["id"])))
        new = [row for row in rows if self._seen.get(str(row["id"])) != str(row.get("date_changed"))]
        parts = [new[begin : begin + TICKETS_A_PAGE] for begin in range(0, len(new), TICKETS_A_PAGE)]
        for part in parts[:-1]:
            # Others of its second may be on the next page.
            self._remember(part, min(self._mapper.instant(part[-1].get("date_changed")) or 0, stop - 1))
            yield part
        self._remember(parts[-1] if parts else [], stop)
        if parts or self.done:
            yield parts[-1] if parts else []

    def _remember(self, told: list[Record], until: int) -> None:
        self._until = max(self._until or 0, until)
        seen = self._seen | {str(row["id"]): str(row.get("date_changed")) for row in told}
        since = self._until - OVERLAP_S - 3600  # an hour more: the one that occurs twice when clocks are put back
        self._seen = {name: date for name, date in seen.items() if (self._mapper.instant(date) or 0) >= since}

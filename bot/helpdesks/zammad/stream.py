"""The tickets that changed, read from a cursor on."""

from collections.abc import Callable, Iterator

from bot.helpdesks.connector import Cursor
from bot.helpdesks.zammad.client import ONE_PAGE, updated_at
from bot.helpdesks.zammad.mapping import Record

OVERLAP_S = 300
"""A change gets its date before it is committed: what was read is read again this far back."""

SETTLE_S = 2
"""What changed less long ago is left to the next run: more may happen in its moment."""

TICKETS_A_PAGE = 10


class Stream:
    """The tickets updated after a cursor, oldest update first, a page at a time.

    Every search begins at the last update seen, itself included: neither tickets that move while they are read nor the
    size of a page lose any. A second page is only for updates of one moment that fill the first; those are read until
    nothing new turns up, since they move up while they are read.

    The cursor is the instant up to which everything was read, in milliseconds, and the tickets of the minutes before
    it with the update that was read: these are not told again.
    """

    def __init__(self, ask: Callable[[int, int], list[Record]], cursor: Cursor | None, end: int) -> None:
        self._ask = ask
        self._until: int = (cursor or {}).get("until", 0)
        self._seen: dict[str, int] = dict((cursor or {}).get("seen", {}))
        self._end = (end - SETTLE_S) * 1000
        self.done = False

    @property
    def cursor(self) -> Cursor:
        """Where to go on."""
        return {"until": self._until, "seen": self._seen}

    @property
    def seen_until(self) -> int:
        """Everything that changed before this instant was told."""
        return self._until // 1000

    def __iter__(self) -> Iterator[list[Record]]:
        """Yield tickets that were not told as they are now; at least one page, maybe empty."""
        since, page, unsettled = max(0, self._until - OVERLAP_S * 1000), 1, False
        while not self.done:
            rows = self._ask(since, page)
            last = max(map(updated_at, rows), default=since)
            new = [row for row in rows if updated_at(row) <= self._end and self._is_new(row)]
            unsettled = unsettled or (page > 1 and bool(new))
            over = len(rows) < ONE_PAGE or last > self._end
            again = unsettled and (over or last > since)
            until = since if again else self._end if over else min(last, self._end)
            yield from self._told(new, until, ended=over and not again)
            if again:
                page, unsettled = 1, False
            else:
                since, page = (last, 1) if last > since else (since, page + 1)

    def _is_new(self, row: Record) -> bool:
        return self._seen.get(str(row["id"])) != updated_at(row)

    def _told(self, rows: list[Record], until: int, *, ended: bool) -> Iterator[list[Record]]:
        parts = [rows[begin : begin + TICKETS_A_PAGE] for begin in range(0, len(rows), TICKETS_A_PAGE)]
        for part in parts[:-1]:
            self._remember(part, min(updated_at(part[-1]), until))
            yield part
        self.done = ended
        self._remember(parts[-1] if parts else [], until)
        if parts or ended:
            yield parts[-1] if parts else []

    def _remember(self, told: list[Record], until: int) -> None:
        self._until = max(self._until, until)
        seen = self._seen | {str(row["id"]): updated_at(row) for row in told}
        self._seen = {name: at for name, at in seen.items() if at >= self._until - OVERLAP_S * 1000}

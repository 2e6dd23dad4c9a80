"""The lists that are followed, each from a place of its own that the cursor keeps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.helpdesks.freshdesk.client import Listed
from bot.helpdesks.freshdesk.mapping import Record, updated_at

BEGINNING = 946_684_800
"""The year 2000: without a date Freshdesk gives the last thirty days only."""

OVERLAP_S = 300
"""How far before its place a list is read again: rows shift while it is paged through."""

SETTLED_S = 60
"""What was updated less long ago may still change within its second, so it is told again next time."""

LOOK_BACK_S = 14 * 86_400
LOOK_BACK_EVERY_S = 3600
"""How far back answers and time entries are read again, and how often: they change later, and nothing tells of it."""

State = dict[str, Any]


@dataclass(slots=True)
class TicketWalk:
    """Tickets in the order of their last update, each told once for each update.

    Every page is asked for from a second before the last update seen, so that neither what shifts between pages nor
    the end at 300 pages loses any; a second page is only for updates of the same moment that fill the first.
    """

    ask: Callable[[int, int], Listed]
    now: Callable[[], int]
    since: int
    seen: dict[str, int]
    done: bool = False

    def __iter__(self) -> Iterator[list[Record]]:
        """Yield records that were not told as they are now; at least one page, maybe empty."""
        since, page = max(BEGINNING, self.since - OVERLAP_S), 1
        while not self.done:
            asked_at = self.now()
            rows, more = self.ask(since - 1, page)
            last = max(map(updated_at, rows), default=since)
            if last > since:
                since, page = last, 1
            else:
                page += 1
            new = [row for row in rows if self.seen.get(str(row["id"])) != updated_at(row)]
            self.since = max(self.since, last)
            self.done = not more
            self._remember(rows, asked_at)
            yield new

    def _remember(self, rows: list[Record], asked_at: int) -> None:
        told = {str(row["id"]): updated_at(row) for row in rows}
        settled = {name: at for name, at in told.items() if asked_at - at > SETTLED_S}
        others = {name: at for name, at in self.seen.items() if name not in told}
        self.seen = {name: at for name, at in (others | settled).items() if at >= self.since - OVERLAP_S}

    @property
    def state(self) -> State:
        """Where to go on."""
        return {"since": self.since, "seen": self.seen}


@dataclass(slots=True)
class Recent:
    """Records of which only their beginning can be asked for: the latest each time, the last fortnight every hour."""

    ask: Callable[[int | None, int], Listed]
    now: int
    until: int | None
    looked_back_at: int
    walk: State | None

    def __iter__(self) -> Iterator[list[Record]]:
        """Yield pages; a walk that was broken off goes on."""
        walk = self.walk or self._begin()
        more = True
        while more:
            rows, more = self.ask(walk["since"], walk["page"])
            if more:
                self.walk = walk = walk | {"page": walk["page"] + 1}
            else:
                self.until, self.walk = walk["began"], None
                self.looked_back_at = walk["began"] if walk["deep"] else self.looked_back_at
            yield rows

    def _begin(self) -> State:
        deep = self.now - self.looked_back_at >= LOOK_BACK_EVERY_S
        back = LOOK_BACK_S if deep else OVERLAP_S
        since = None if self.until is None else self.until - back
        return {"since": since, "page": 1, "began": self.now, "deep": deep}

    @property
    def state(self) -> State:
        """Where to go on."""
        return {"until": self.until, "looked_back_at": self.looked_back_at, "walk": self.walk}

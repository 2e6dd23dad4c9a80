"""What is followed: conversations and ratings, each from a place of its own that the cursor keeps."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import Any

from bot.helpdesks.helpscout.client import Listed, Params
from bot.helpdesks.helpscout.mapping import Record, updated_at

BEGINNING = 1_293_840_000
"""The year 2011, when Help Scout began."""

OVERLAP_S = 300
"""How far before its place a list is read again: it is an index, which may come after what happened."""

KEPT = 500
"""How many of the records read last are known again next time; what is told twice does no harm."""

LOOK_BACK_S = 14 * 86_400
LOOK_BACK_EVERY_S = 3600
"""How far back ratings are read again, and how often: customers change them, and nothing tells of it."""

WINDOW_S = 365 * 86_400
"""How long a stretch of time the report is asked for."""

FLEETING = frozenset({"friendly", "photoUrl", "openedAt"})
"""What changes in a record without anything having happened: `friendly` is “20 hours ago”."""

State = dict[str, Any]


@dataclass(slots=True)
class ConversationWalk:
    """Conversations in the order of their last change, each told once as it is.

    A record doesn't say when it was changed, only when it was updated by somebody, which is at that time or before.
    So each page is asked for from the latest such update on, which loses nothing when rows shift meanwhile. Only where
    a whole page is older than that are further pages followed; then all is read once more from there (`again`), until
    nothing new is found.
    """

    ask: Callable[[int, Params | None], Listed]
    now: Callable[[], int]
    since: int
    again: int | None
    seen: dict[str, str]
    done: bool = False
    _found: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[list[Record]]:
        """Yield records that were not told as they are now; at least one page, maybe empty."""
        started_at, self._found = self.now(), self.again is not None
        since, following = max(BEGINNING, self.since - OVERLAP_S), None
        while not self.done:
            rows, following = self.ask(since - 1, following)
            new = self._new(rows)
            last = max((at for at in map(_updated_at, rows) if at <= started_at), default=since)
            if following is None and self.again is not None and self._found:
                since, self._found = self.again, False
            elif following is None:
                self.done, self.again = True, None
                self.since = max(self.since, started_at)
            elif last > since:
                since, following = last, None
                self.since = max(self.since, last)
            elif self.again is None:
                self.again = since
            yield new

    def _new(self, rows: list[Record]) -> list[Record]:
        marks = {str(row.get("id")): fingerprint(row) for row in rows}
        new = [row for row in rows if self.seen.get(str(row.get("id"))) != marks[str(row.get("id"))]]
        self._found = self._found or bool(new)
        for name, mark in marks.items():
            self.seen.pop(name, None)  # so that those read last stand last
            self.seen[name] = mark
        return new

    @property
    def state(self) -> State:
        """Where to go on."""
        last = list(islice(reversed(self.seen.items()), KEPT))
        return {"since": self.since, "again": self.again, "seen": dict(reversed(last))}


@dataclass(slots=True)
class RatingWalk:
    """Ratings of which only the time can be asked for: the latest each time, the last fortnight every hour."""

    ask: Callable[[int, int], list[Record]]
    now: int
    until: int | None
    looked_back_at: int

    def __iter__(self) -> Iterator[list[Record]]:
        """Yield the ratings of one stretch of time after the other."""
        deep = self.now - self.looked_back_at >= LOOK_BACK_EVERY_S
        back = LOOK_BACK_S if deep else OVERLAP_S
        end = BEGINNING if self.until is None else min(self.until, self.now) - back
        while end < self.now:
            start, end = end, min(end + WINDOW_S, self.now)
            rows = self.ask(start, end)
            self.until = max(self.until or 0, end)
            if deep and end == self.now:
                self.looked_back_at = self.now
            yield rows

    @property
    def state(self) -> State:
        """Where to go on."""
        return {"until": self.until, "looked_back_at": self.looked_back_at}


def fingerprint(record: Record) -> str:
    """Return a mark that differs when anything about a record has changed."""
    text = json.dumps(_lasting(record), sort_keys=True)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _lasting(said: Any) -> Any:  # noqa: ANN401  # what JSON holds
    if isinstance(said, dict):
        return {name: _lasting(value) for name, value in said.items() if name not in FLEETING}
    return [_lasting(value) for value in said] if isinstance(said, list) else said


def _updated_at(record: Record) -> int:
    """Return when a record was updated, or the beginning when it makes no sense: it is refused when it is read."""
    try:
        return updated_at(record)
    except (ValueError, TypeError):
        return BEGINNING

"""Where facts are read from. KPI definitions see only `Frames`, so they run on every engine."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import narwhals as nw

Frame = nw.LazyFrame[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What the data covers: nothing before `history_start`, everything up to `synced_at`; None when unknown."""

    history_start: int | None
    synced_at: int | None


class Frames(Protocol):
    """A source of facts."""

    def window(self, fact: str, columns: Collection[str], instant: str, start: int, end: int) -> Frame:
        """Return rows of `fact` whose `instant` column is in `[start, end)`, with at least `columns`."""
        ...

    def open_at(self, columns: Collection[str], start: int, end: int) -> Frame:
        """Return rows of `span_facts` that were open at some instant of `[start, end]`, with at least `columns`."""
        ...

    def available(self) -> frozenset[str]:
        """Return which data there is: `tickets`, `messages`, `ratings`, `sla_policies`."""
        ...

    def freshness(self) -> Freshness:
        """Return what the data covers."""
        ...

    def labels(self, table: str) -> Mapping[str, str]:
        """Return the names by external id of `teams`, `agents` or `customers`."""
        ...

    def values(self, dimension: str) -> Mapping[str, str]:
        """Return the known values of a dimension with their labels, for filters and suggestions."""
        ...

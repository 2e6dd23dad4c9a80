"""What is known of the data as a whole at one moment: which helpdesks, what there is, and what it covers."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from kpi.dimensions import Identity, dimension
from kpi.events import ENDED, UNSOLVED
from kpi.needs import tables
from kpi.rows import Reader

Covered = tuple[int | None, int | None]
"""From when and until when something was read; None when unknown."""


FOREVER = 253_370_764_800
"""Up to when all is known of a helpdesk that is no longer used: the beginning of the year 9999."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What the data covers: nothing before `history_start`, everything up to `synced_at`; None when unknown.

    `behind` is the helpdesk that `synced_at` is of, where others are covered further.
    """

    history_start: int | None
    synced_at: int | None
    behind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the data.

    Attributes:
        available: which data there is.
        synced: of each helpdesk that counts, what was read.
        imported: of each helpdesk and kind of rows that were imported, what they cover.
        untold: by need, the helpdesks that count and don't tell it, so that their tickets say nothing about it.
        uncounted: helpdesks that were read once and count no more; their rows are still there.
    """

    available: frozenset[str] = frozenset()
    synced: Mapping[str, Covered] = field(default_factory=dict)
    imported: Mapping[tuple[str, str], Covered] = field(default_factory=dict)
    untold: Mapping[str, frozenset[str]] = field(default_factory=dict)
    uncounted: frozenset[str] = frozenset()

    @property
    def helpdesks(self) -> tuple[str, ...]:
        """The keys of the helpdesks that count."""
        return tuple(sorted(self.synced))

    def freshness(self, helpdesks: Collection[str] = (), data: Collection[str] = ()) -> Freshness:
        """Return what the data of these helpdesks covers, or of all: only what every one of them covers.

        Of what is imported apart from tickets, `data` says which is meant too, as KPIs name what they need.
        """
        imported = tables(data)
        covered = [
            (helpdesk, *edges)
            for (helpdesk, kind), edges in self.imported.items()
            if kind in imported and (not helpdesks or helpdesk in helpdesks)
        ]
        if not covered or not data or "tickets" in data:
            synced = self.synced.items()
            covered += [(helpdesk, *edges) for helpdesk, edges in synced if not helpdesks or helpdesk in helpdesks]
        # What was never read is furthest behind.
        last, behind = min(((-1 if end is None else end, helpdesk) for helpdesk, _, end in covered), default=(-1, ""))
        further = {helpdesk for helpdesk, _, end in covered if end is not None and end > last} - {behind}
        return Freshness(
            history_start=max((start for _, start, _ in covered if start is not None), default=None),
            synced_at=None if last < 0 else last,
            behind=behind if further else None,
        )


class KnownFrames(Reader):
    """The part of `Frames` that engines have in common whose data was described when it was copied.

    Args:
        known: what is known of the data.
        values: the values of dimensions that were read before from the same data, to which more are added.
    """

    def __init__(self, known: Known, values: dict[str, dict[str, str]] | None = None) -> None:
        self._known = known
        self._values = {} if values is None else values

    def available(self) -> frozenset[str]:
        """Return which data there is."""
        return self._known.available

    def untold(self) -> Mapping[str, frozenset[str]]:
        """Return by need the helpdesks that don't tell it."""
        return self._known.untold

    def freshness(self, helpdesks: Collection[str] = (), data: Collection[str] = ()) -> Freshness:
        """Return what the data covers: only what every helpdesk covers, and every import of data asked for."""
        return self._known.freshness(helpdesks, data)

    def helpdesks(self) -> tuple[str, ...]:
        """Return the keys of the helpdesks that are read."""
        return self._known.helpdesks

    def labels(self, table: str, identifiers: Collection[str]) -> dict[Identity, str]:
        """Return the names of those known by these identifiers; of one without a name, the identifier."""
        return self._names(table, sorted(identifiers)) if identifiers else {}

    def values(self, key: str) -> dict[str, str]:
        """Return the known values of a dimension with their labels, as far as facts tell; read once."""
        if key not in self._values:
            self._values[key] = self._read_values(key)
        return self._values[key]

    def _read_values(self, key: str) -> dict[str, str]:
        kind = dimension(key)
        if kind.labels:
            helpdesks = self.helpdesks()
            names = self._names(kind.labels)
            return {kind.name(owner, value, helpdesks) or "": name for (owner, value), name in names.items()}
        if key == "helpdesk":
            return {helpdesk: helpdesk for helpdesk in self.helpdesks()}
        if key == "status":
            return {status: status for status in sorted(UNSOLVED | ENDED)}
        return {value: value for value in self._distinct(key, many=kind.many)}

    @abstractmethod
    def _names(self, table: str, only: list[str] | None = None) -> dict[Identity, str]:
        """Return the names in a table, or those of some identifiers, in order."""

    @abstractmethod
    def _distinct(self, key: str, *, many: bool) -> Iterable[str]:
        """Return the values that rows of any source have, in order; of a priority at any event."""


def holding(key: str, columns: Iterable[str], *, many: bool) -> list[str]:
    """Return those of a source's columns that hold values of a dimension."""
    if many:
        return [name for name in columns if name == "tags"]
    return [name for name in columns if name == key or name.endswith(f"_{key}")]

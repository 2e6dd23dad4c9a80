"""What is known of the data as a whole at one moment: which helpdesks, what there is, and what it covers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from kpi.needs import tables

Covered = tuple[int | None, int | None]
"""From when and until when something was read; None when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What the data covers: nothing before `history_start`, everything up to `synced_at`; None when unknown."""

    history_start: int | None
    synced_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the data.

    Attributes:
        available: which data there is.
        synced: of each helpdesk that counts, what was read.
        imported: of each helpdesk and kind of rows that were imported, what they cover.
        uncounted: helpdesks that were read once and count no more; their rows are still there.
    """

    available: frozenset[str] = frozenset()
    synced: Mapping[str, Covered] = field(default_factory=dict)
    imported: Mapping[tuple[str, str], Covered] = field(default_factory=dict)
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
            edges
            for (helpdesk, kind), edges in self.imported.items()
            if kind in imported and (not helpdesks or helpdesk in helpdesks)
        ]
        if not covered or not data or "tickets" in data:
            covered += [edges for helpdesk, edges in self.synced.items() if not helpdesks or helpdesk in helpdesks]
        ends = [end for _, end in covered]
        return Freshness(
            history_start=max((start for start, _ in covered if start is not None), default=None),
            synced_at=None if None in ends else min((end for end in ends if end is not None), default=None),
        )

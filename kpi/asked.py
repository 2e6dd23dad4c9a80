"""A KPI ready to be read: what answers, breakdowns and trends ask, whatever the KPI is made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from kpi.catalogue import AnyKpi, Composite, Kpi
from kpi.dimensions import PERSONS, Dimension
from kpi.filters import Chosen, called
from kpi.frames import Frames
from kpi.measures import ratio
from kpi.period import Period, Span
from kpi.question import Figure, Reading, Unit
from kpi.selection import Identities, Selection, Totals
from kpi.sources import OPINIONS, THINGS
from kpi.targets import Targets


class Asked(Protocol):
    """A KPI in one reading, through the filters of a question."""

    @property
    def kpi(self) -> AnyKpi:
        """What it is."""
        ...

    @property
    def reading(self) -> Reading:
        """How it is placed in a period."""
        ...

    @property
    def now(self) -> int:
        """The instant of asking."""
        ...

    @property
    def by(self) -> tuple[Dimension, ...]:
        """What it is broken down by."""
        ...

    @property
    def frames(self) -> Frames:
        """Where the facts are."""
        ...

    def totals(self, span: Span) -> Totals:
        """Return what all rows of a span come to."""
        ...

    def figure(self, span: Span) -> Figure:
        """Return the figure of a span, without what is told beside it."""
        ...

    def groups(self, span: Span) -> Mapping[Identities, Figure]:
        """Return the figure of each group of its dimensions' values."""
        ...

    def trend(self, buckets: Sequence[Period], spans: Sequence[Span]) -> list[Figure]:
        """Return the figure of each of the buckets in a row, whose instants are the spans."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """A KPI made of others: each is read by itself, and their figures are combined.

    `team` is all that the one team is called that the question is about; groups of a team have that team's targets.
    """

    kpi: Composite
    members: Mapping[str, Asked]
    targets: Targets
    team: tuple[str, ...] = ()
    frames: Frames
    now: int
    by: tuple[Dimension, ...] = ()
    reading: Reading = Reading.EVENT

    def totals(self, span: Span) -> Totals:
        """Return the combined figure; what is left out is told of the first member."""
        found = {name: member.totals(span) for name, member in self.members.items()}
        figure = self._combined({name: totals.figure for name, totals in found.items()})
        first = next(iter(found.values()), Totals(figure=figure))
        business = any(totals.business for totals in found.values())
        return Totals(figure=figure, left_out=first.left_out, notes=first.notes, business=business)

    def figure(self, span: Span) -> Figure:
        """Return the combined figure alone."""
        return self._combined({name: member.figure(span) for name, member in self.members.items()})

    def groups(self, span: Span) -> Mapping[Identities, Figure]:
        """Return the combined figure of each group that any member with all dimensions has."""
        found: dict[str, Mapping[Identities, Figure]] = {
            name: member.groups(span) if member.by else {(): member.figure(span)}
            for name, member in self.members.items()
        }
        groups = dict.fromkeys(
            group for name, figures in found.items() if self.members[name].by == self.by for group in figures
        )
        teams = self._teams(groups)
        combined = {
            group: self._combined(
                {name: self._figure(name, figures, group) for name, figures in found.items()}, teams[group]
            )
            for group in groups
        }
        return combined if self.kpi.shared is None else _with_shares(combined, found[self.kpi.shared])

    def trend(self, buckets: Sequence[Period], spans: Sequence[Span]) -> list[Figure]:
        """Return the combined figure of each bucket."""
        found = {name: member.trend(buckets, spans) for name, member in self.members.items()}
        return [
            self._combined({name: figures[number] for name, figures in found.items()}) for number in range(len(buckets))
        ]

    def _figure(self, name: str, figures: Mapping[Identities, Figure], group: Identities) -> Figure:
        """Return a member's figure of a group, or of what the group is a part of when it has fewer dimensions."""
        known = self.members[name].by
        part = tuple(identity for kind, identity in zip(self.by, group, strict=True) if kind in known)
        return figures.get(part, self.kpi.made_of[name].nothing)

    def _teams(self, groups: Collection[Identities]) -> Mapping[Identities, tuple[str, ...]]:
        """Return all that the team of each group is called; of groups that are no teams, the one asked about."""
        if [kind.key for kind in self.by] != ["team"]:
            return dict.fromkeys(groups, self.team)
        names = called([group[0] for group in groups], self.frames)
        return {group: names[group[0]] for group in groups}

    def _combined(self, figures: Mapping[str, Figure], team: tuple[str, ...] | None = None) -> Figure:
        return self.kpi.combine(figures, self.targets.of_team(self.team if team is None else team))


def _with_shares(
    combined: Mapping[Identities, Figure], counts: Mapping[Identities, Figure]
) -> dict[Identities, Figure]:
    """Return the figures with the share that their group's count has of all groups' as part `share`."""
    whole = sum(count.n for count in counts.values())
    shares = {group: ratio(counts[group].n if group in counts else 0, whole) for group in combined}
    return {
        group: replace(figure, parts={**figure.parts, "share": replace(shares[group], unit=Unit.RATIO)})
        for group, figure in combined.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Discreet:
    """A KPI whose figures of persons rest on `smallest` or more; those of fewer have no value, only their `n`.

    Of `opinions` that is so of every figure, of anything else of the rates and times in a breakdown by persons: what is
    merely counted tells nothing else than its `n`.
    """

    whole: Asked
    smallest: int
    opinions: bool

    @property
    def kpi(self) -> AnyKpi:
        """What it is."""
        return self.whole.kpi

    @property
    def reading(self) -> Reading:
        """How it is placed in a period."""
        return self.whole.reading

    @property
    def now(self) -> int:
        """The instant of asking."""
        return self.whole.now

    @property
    def by(self) -> tuple[Dimension, ...]:
        """What it is broken down by."""
        return self.whole.by

    @property
    def frames(self) -> Frames:
        """Where the facts are."""
        return self.whole.frames

    def totals(self, span: Span) -> Totals:
        """Return what all rows of a span come to."""
        found = self.whole.totals(span)
        return replace(found, figure=self._opinion(found.figure))

    def figure(self, span: Span) -> Figure:
        """Return the figure of a span, without what is told beside it."""
        return self._opinion(self.whole.figure(span))

    def groups(self, span: Span) -> Mapping[Identities, Figure]:
        """Return the figure of each group of its dimensions' values."""
        told = self._opinion if self.opinions else self._group
        return {group: told(figure) for group, figure in self.whole.groups(span).items()}

    def trend(self, buckets: Sequence[Period], spans: Sequence[Span]) -> list[Figure]:
        """Return the figure of each of the buckets in a row, whose instants are the spans."""
        return [self._opinion(figure) for figure in self.whole.trend(buckets, spans)]

    def _opinion(self, figure: Figure) -> Figure:
        return _withheld(figure) if self.opinions and figure.n < self.smallest else figure

    def _group(self, figure: Figure) -> Figure:
        return _withheld(figure) if figure.n < self.smallest and not figure.is_whole else figure


def _withheld(figure: Figure) -> Figure:
    return Figure(value=None, n=figure.n)


def discreet(asked: Asked, filters: Collection[Dimension], smallest: int) -> Asked:
    """Return a KPI that tells persons apart by its breakdown or filters with the figures alone that rest on enough."""
    by, kinds = {kind.key for kind in asked.by}, {kind.key for kind in (*asked.by, *filters)}
    opinions = _is_of_opinions(asked.kpi) and (bool(kinds & {*PERSONS, "team"}) or _is_anonymous(asked.kpi))
    if not smallest or not (opinions or by & PERSONS):
        return asked
    return Discreet(whole=asked, smallest=smallest, opinions=opinions)


def _is_of_opinions(kpi: AnyKpi) -> bool:
    """Tell whether each row is what one person thinks; of a KPI made of others its members are asked."""
    return isinstance(kpi, Kpi) and (kpi.things or THINGS[kpi.fact]) in OPINIONS


def _is_anonymous(kpi: AnyKpi) -> bool:
    """Tell whether a survey's answers can't be told apart by who gave them, so that few of them are not told at all."""
    return kpi.dimensions is not None and not kpi.dimensions & {*PERSONS, "team"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What all KPIs of one question have in common.

    Attributes:
        helpdesks: those that are asked about.
        available: which data there is.
        untold: by need, the helpdesks that don't tell it.
        team: all that the one team is called that is asked about; empty when it is none or several.
        smallest: the fewest that a figure of persons may rest on.
    """

    frames: Frames
    helpdesks: frozenset[str]
    available: frozenset[str]
    untold: Mapping[str, frozenset[str]]
    now: int
    zone: str
    calendar: bool = False
    filters: tuple[Chosen, ...] = ()
    by: tuple[Dimension, ...] = ()
    targets: Targets
    team: tuple[str, ...] = ()
    smallest: int = 0

    def missing(self, kpi: AnyKpi) -> str | None:
        """Return the first data that a KPI needs and that is not there."""
        return next((data for data in kpi.needs if data not in self.available or self._nobody_tells(data)), None)

    def _nobody_tells(self, data: str) -> bool:
        return bool(self.helpdesks) and self.helpdesks <= self.untold.get(data, frozenset())

    def without(self, kpi: AnyKpi) -> frozenset[str]:
        """Return the helpdesks asked about whose tickets can't count, since they don't tell what a KPI needs."""
        return frozenset(key for data in kpi.needs for key in self.untold.get(data, ())) & self.helpdesks

    def can_tell(self, kpi: AnyKpi) -> bool:
        """Tell whether a KPI's rows have what is filtered on and broken down by."""
        kinds = (*(chosen.dimension for chosen in self.filters), *self.by)
        return kpi.dimensions is None or all(kind.key in kpi.dimensions for kind in kinds)

    def ask(self, kpi: AnyKpi, reading: Reading = Reading.EVENT) -> Asked:
        """Return a KPI ready to be read."""
        return discreet(self._ask(kpi, reading), [chosen.dimension for chosen in self.filters], self.smallest)

    def _ask(self, kpi: AnyKpi, reading: Reading) -> Asked:
        if isinstance(kpi, Composite):
            members = {
                name: self._for(kpi, name).ask(member)
                for name, member in kpi.made_of.items()
                if not self.missing(member) and self._for(kpi, name).can_tell(member)
            }
            return Combination(
                kpi=kpi,
                members=members,
                targets=self.targets,
                team=self.team,
                frames=self.frames,
                now=self.now,
                by=self.by,
            )
        return Selection(
            kpi=kpi,
            reading=reading,
            frames=self.frames,
            now=self.now,
            zone=self.zone,
            calendar=self.calendar,
            filters=self.filters,
            by=self.by,
            untold=self.without(kpi),
        )

    def _for(self, kpi: Composite, name: str) -> "Asking":
        """Return what a member is asked: with those filters and dimensions alone that it is to be told apart by."""
        only = kpi.only_by.get(name)
        if only is None:
            return self
        filters = tuple(chosen for chosen in self.filters if chosen.dimension.key in only)
        return replace(self, filters=filters, by=tuple(kind for kind in self.by if kind.key in only))

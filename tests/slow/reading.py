"""A KPI read between two instants: which rows count, which are left out, and what they come to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from slow.days import Stretch, local_day
from slow.figures import Numbers, Row, count, ratio, with_parts
from slow.world import WHOSE, World

NAMED = ("team", "agent", "customer")
"""What two helpdesks may call alike."""

Keys = tuple[str | None, ...]


@dataclass(frozen=True)
class Desk:
    """What a desk has decided: targets and the edges of bands by KPI, and the limit of the response bands' share."""

    targets: Mapping[str, float] = field(default_factory=dict)
    edges: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    within: int | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked of a world: between which instants, through which filters, by which dimensions."""

    world: World
    time: Stretch
    calendar: bool = False
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    by: tuple[str, ...] = ()
    desk: Desk = field(default_factory=Desk)

    @property
    def now(self) -> int:
        return self.time.now

    def within(self, time: Stretch) -> "Asked":
        return replace(self, time=time)


@dataclass
class Read:
    """What a KPI comes to."""

    figure: Numbers
    left_out: dict[str, int]
    notes: dict[str, int]
    groups: dict[Keys, Numbers]


def yes(_row: Row, _asked: Asked) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """A KPI of rows.

        rows: all rows that it could be about.
    inside: whether a row belongs to the period.
    counts: whether it is one that the KPI is about.
    figure: what those that count come to.
    prefix: what team, agent and priority at the moment that counts are called with.
    notes: what else is told of a row that is not left out.
    latest: of rows with the same value here the last counts, by `order`; all of those without one.
    dimensions: what it can be told apart by; None for everything.
    by: what it is shown by when nothing is asked.
    """

    rows: Callable[[Asked], Iterable[Row]]
    inside: Callable[[Row, Asked], bool] = yes
    counts: Callable[[Row, Asked], Any] = yes
    figure: Callable[[list[Row], Asked], Numbers] = lambda rows, _: count(len(rows))
    prefix: str = ""
    customers_only: bool = False
    notes: Callable[[Row, Asked], Mapping[str, int]] = lambda _row, _asked: {}
    latest: Callable[[Row], Any] | None = None
    order: Callable[[Row], Any] = lambda row: (row["at"], row["external_id"])
    dimensions: frozenset[str] | None = None
    by: tuple[str, ...] = ()
    needs: tuple[str, ...] = ("tickets",)

    def tells_apart(self, asked: Asked) -> bool:
        """Tell whether its rows have what is filtered on and broken down by."""
        kinds = {*asked.by, *(kind for kind, _ in asked.filters)}
        return self.dimensions is None or kinds <= self.dimensions

    def read(self, asked: Asked) -> Read:
        left_out: dict[str, int] = {}
        notes: dict[str, int] = {}
        counted: list[Row] = []
        for row in self.rows(asked):
            if not self._is_told(row, asked.world) or not self.inside(row, asked) or not self._passes(row, asked):
                continue
            meant = self.counts(row, asked)
            reason = row.get("left_out") or ("agent_opened" if self.customers_only and row["opened_by_agent"] else None)
            if reason is not None:
                left_out[reason] = left_out.get(reason, 0) + bool(meant)
                continue
            for name, n in self.notes(row, asked).items():
                notes[name] = notes.get(name, 0) + int(n)
            if meant:
                counted.append(row)
        counted = self._latest(counted)
        groups: dict[Keys, list[Row]] = {}
        for row in counted:
            groups.setdefault(tuple(self.value(row, kind, asked) for kind in asked.by), []).append(row)
        return Read(
            figure=self.figure(counted, asked),
            left_out={reason: n for reason, n in left_out.items() if n},
            notes={name: n for name, n in notes.items() if n},
            groups=self._groups(groups, asked) if asked.by else {},
        )

    def _is_told(self, row: Row, world: World) -> bool:
        """Tell whether a row is of a helpdesk that is read and tells what is needed."""
        desk = row.get("helpdesk")
        return world.counts(row) and (desk is None or all(world.tells(desk, need) for need in self.needs))

    def _groups(self, groups: Mapping[Keys, list[Row]], asked: Asked) -> dict[Keys, Numbers]:
        """Return the figure of each group; one that rests on nothing is none."""
        found = {keys: self.figure(rows, asked) for keys, rows in groups.items()}
        return {keys: figure for keys, figure in found.items() if figure["n"]}

    def _latest(self, rows: list[Row]) -> list[Row]:
        if self.latest is None:
            return rows
        last: dict[Any, Row] = {}
        for row in sorted(rows, key=self.order):
            last[self.latest(row)] = row
        return [row for row in rows if self.latest(row) is None or last[self.latest(row)] is row]

    def value(self, row: Row, kind: str, asked: Asked) -> str | None:
        if kind == "created":  # its month
            return str(local_day(row["created_at"], asked.time.zone))[:7]
        value = row.get(f"{self.prefix}{kind}" if kind in WHOSE else kind)
        if kind in NAMED and value is not None and len(asked.world.read) > 1:
            return f"{row['helpdesk']}/{value}"
        return value

    def _passes(self, row: Row, asked: Asked) -> bool:
        return all(
            bool(set(row["tags"]) & set(values)) if kind == "tag" else self.value(row, kind, asked) in values
            for kind, values in asked.filters
        )


@dataclass(frozen=True, kw_only=True)
class Made:
    """A KPI made of the figures of others.

    `only` are the dimensions that a member is told apart by; `shared` is a count of which each group has a share; `by`
    is what it is shown by when nothing is asked.
    """

    of: Mapping[str, Kpi]
    figure: Callable[[Mapping[str, Numbers], Asked], Numbers]
    shared: str | None = None
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    dimensions: frozenset[str] | None = None
    needs: tuple[str, ...] = ("tickets",)

    def read(self, asked: Asked) -> Read:
        told = {name: self._asked(name, asked) for name, kpi in self.of.items() if not is_missing(kpi, asked)}
        members = {name: member for name, member in told.items() if self.of[name].tells_apart(member)}
        found = {name: self.of[name].read(member) for name, member in members.items()}
        keys = {key for name, read in found.items() if members[name].by == asked.by for key in read.groups}
        first = next(iter(found.values()), None)
        return Read(
            figure=self.figure({name: read.figure for name, read in found.items()}, asked),
            left_out=first.left_out if first else {},
            notes=first.notes if first else {},
            groups=self._with_shares(
                {key: self.figure(self._of_group(key, asked, members, found), asked) for key in keys}, found
            ),
        )

    def _with_shares(self, groups: dict[Keys, Numbers], found: Mapping[str, Read]) -> dict[Keys, Numbers]:
        """Return the groups with the share that each has of what all of them count."""
        if self.shared is None:
            return groups
        counts = {key: found[self.shared].groups.get(key, {"n": 0})["n"] for key in groups}
        whole = sum(counts.values())
        return {key: with_parts(figure, {"share": ratio(counts[key], whole)}) for key, figure in groups.items()}

    def _asked(self, name: str, asked: Asked) -> Asked:
        if name not in self.only:
            return asked
        known = self.only[name]
        filters = tuple(chosen for chosen in asked.filters if chosen[0] in known)
        return replace(asked, filters=filters, by=tuple(kind for kind in asked.by if kind in known))

    def _of_group(self, key: Keys, asked: Asked, members: Mapping[str, Asked], found: Mapping[str, Read]) -> dict:
        figures = {}
        for name, read in found.items():
            by = members[name].by
            mine = tuple(value for kind, value in zip(asked.by, key, strict=True) if kind in by)
            figures[name] = (read.groups.get(mine) or self.of[name].figure([], asked)) if by else read.figure
        return figures


def is_missing(kpi: "Kpi | Made", asked: Asked) -> bool:
    """Tell whether what a KPI needs is not there, or told by none of the helpdesks that are asked about."""
    chosen = [desk for kind, desks in asked.filters if kind == "helpdesk" for desk in desks] or asked.world.read
    there = available(asked.world)
    return any(need not in there or not any(asked.world.tells(desk, need) for desk in chosen) for need in kpi.needs)


def available(world: World) -> frozenset[str]:
    """Return which data there is, by the names that KPIs need it by."""
    return frozenset(name for name, there in _there(world).items() if there)


def _there(world: World) -> dict[str, object]:
    ratings, beside = world.ratings, world.beside
    answered = {row["survey"] for row in ratings if row["score"] is not None}
    rated = {row["criterion"] for row in world.criteria if row["score"] is not None}

    def tells(table: str, column: str) -> bool:
        return any(row[column] is not None for row in beside.get(table, []))

    handled = bool(world.contacts or [row for row in world.handled if row["kind"] == "tickets"])
    social = any(row["channel"] == "social" for row in world.tickets.values())
    return {
        "tickets": True,
        **{need: any(world.tells(desk, need) for desk in world.desks) for need in ("messages", "first_replies")},
        "sla_policies": world.clocks,
        "ratings": any(row["survey"] == "csat" for row in ratings),
        "nps": "nps" in answered,
        "ces": "ces" in answered,
        "wait_ratings": "wait" in answered,
        "self_service_ratings": "self_service" in answered,
        "perceived_ratings": "perceived" in answered,
        "agent_ratings": "agent" in answered,
        "surveys_sent": any(row["sent_at"] is not None for row in ratings),
        "contacts": world.contacts,
        "handle_time": handled,
        "shifts": beside.get("shifts"),
        "reviews": beside.get("reviews"),
        **{f"{name}_reviews": name in rated for name in rated},
        "sales": beside.get("sales"),
        "costs": beside.get("costs"),
        "self_service": tells("self_service", "solved"),
        "article_votes": tells("self_service", "helpful"),
        "self_service_opinions": tells("self_service", "helpful") or "self_service" in answered,
        "social_counts": tells("social", "received"),
        "social_tickets": social,
        "social_messages": social or tells("social", "received"),
        "social_reach": tells("social", "impressions"),
        "trainings": beside.get("trainings"),
        "agent_dates": tells("agents", "joined_at"),
        "customer_dates": tells("customers", "joined_at"),
    }

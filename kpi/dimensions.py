"""Dimensions: what a KPI can be broken down by and filtered on.

Each names its column in the facts; team, agent and priority are those of the moment of the event, so their column
starts with the anchor's prefix (`solved_team` for a KPI anchored at the solve).

Teams, agents and customers are known by their helpdesk's identifiers, and two helpdesks may use the same: such a
value is a helpdesk and an identifier, written `helpdesk/identifier` where several helpdesks are read.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

import narwhals as nw

from kpi.errors import QuestionError, suggest

Identity = tuple[str, str]
"""A helpdesk and its identifier of a team, agent or customer."""

SEVERAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension.

    Attributes:
        key: its name in questions and in the locales (`dimension.<key>`).
        at_event: the column carries the anchor's prefix.
        many: a row can have several values, stored as `|a|b|`; filtered on, not broken down by.
        labels: the table with a `name` per `external_id`, when keys are not what people say.
        dated: the column is an instant, and its values are local months; only shown by KPIs that say so.
    """

    key: str
    at_event: bool = False
    many: bool = False
    labels: str | None = None
    dated: bool = False

    @property
    def in_rows(self) -> bool:
        """Whether nothing but the rows of facts tells which values there are."""
        return self.labels is None and self.key not in {"helpdesk", "status"}

    def column(self, prefix: str) -> str:
        """Return the column of a fact frame whose event columns start with `prefix`."""
        if self.many:
            return "tags"
        if self.dated:
            return f"{self.key}_at"
        return f"{prefix}{self.key}" if self.at_event else self.key

    def columns(self, prefix: str) -> tuple[str, ...]:
        """Return the columns that tell its values apart."""
        column = self.column(prefix)
        return ("helpdesk", column) if self.labels else (column,)

    def identity(self, prefix: str) -> tuple[nw.Expr, nw.Expr]:
        """Return the expressions of a row's owner and value: two helpdesks' teams are two under one identifier."""
        value = nw.col(self.column(prefix))
        # Having no team is the same everywhere.
        owner = nw.when(~value.is_null()).then(nw.col("helpdesk")) if self.labels else nw.lit(None, nw.String)
        return owner, value

    def name(self, owner: str | None, value: str | None, helpdesks: Collection[str]) -> str | None:
        """Return how a value is called in questions, when these helpdesks are read; `owner` is its helpdesk."""
        return value if value is None or not self.labels or len(helpdesks) < SEVERAL else f"{owner}/{value}"


DIMENSIONS = {
    dimension.key: dimension
    for dimension in (
        Dimension(key="team", at_event=True, labels="teams"),
        Dimension(key="agent", at_event=True, labels="agents"),
        Dimension(key="priority", at_event=True),
        Dimension(key="channel"),
        Dimension(key="type"),
        Dimension(key="status"),
        Dimension(key="tag", many=True),
        Dimension(key="brand"),
        Dimension(key="customer", labels="customers"),
        Dimension(key="helpdesk"),
    )
}

CREATED = Dimension(key="created", dated=True)
"""The month a ticket was created in: shown where it matters, and neither filtered on nor asked for."""

PERSONS = frozenset({"agent", "customer"})
"""Dimensions whose values are persons."""

BREAKDOWNS = tuple(key for key, dimension in DIMENSIONS.items() if not dimension.many)


def dimension(key: str) -> Dimension:
    """Return a dimension by its key; raises QuestionError `unknown_dimension`."""
    if key not in DIMENSIONS:
        raise QuestionError("unknown_dimension", word=key, suggestions=suggest(key, DIMENSIONS))
    return DIMENSIONS[key]


def split(value: str, helpdesks: Collection[str]) -> tuple[str | None, str]:
    """Return the helpdesk and the identifier of a value; None when it names no helpdesk."""
    owner, slash, identifier = value.partition("/")
    return (owner, identifier) if slash and owner in helpdesks else (None, value)


def any_value(kind: Dimension, prefix: str, values: Iterable[str]) -> nw.Expr:
    """Return that a row has one of these values."""
    column = nw.col(kind.column(prefix))
    if not kind.many:
        return column.is_in(list(values))
    return reduce(or_, (column.str.contains(f"|{value}|", literal=True) for value in values))


def any_identity(kind: Dimension, prefix: str, identities: Collection[Identity]) -> nw.Expr:
    """Return that a row is of one of these teams, agents or customers."""
    return reduce(
        or_,
        (
            (nw.col("helpdesk") == helpdesk)
            & any_value(kind, prefix, sorted(identifier for owner, identifier in identities if owner == helpdesk))
            for helpdesk in sorted({owner for owner, _ in identities})
        ),
    )

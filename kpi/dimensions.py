"""Dimensions: what a KPI can be broken down by and filtered on.

Each names its column in the facts; team, agent and priority are those of the moment of the event, so their column
starts with the anchor's prefix (`solved_team` for a KPI anchored at the solve).
"""

from dataclasses import dataclass

import narwhals as nw

from kpi.errors import QuestionError, suggest
from kpi.question import Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension.

    Attributes:
        key: its name in questions and in the locales (`dimension.<key>`).
        at_event: the column carries the anchor's prefix.
        many: a row can have several values, stored as `|a|b|`; filtered on, not broken down by.
        labels: the table with a `name` per `external_id`, when keys are not what people say.
    """

    key: str
    at_event: bool = False
    many: bool = False
    labels: str | None = None

    def column(self, prefix: str) -> str:
        """Return the column of a fact frame whose event columns start with `prefix`."""
        if self.many:
            return "tags"
        return f"{prefix}{self.key}" if self.at_event else self.key


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

BREAKDOWNS = tuple(key for key, dimension in DIMENSIONS.items() if not dimension.many)


def dimension(key: str) -> Dimension:
    """Return a dimension by its key; raises QuestionError `unknown_dimension`."""
    if key not in DIMENSIONS:
        raise QuestionError("unknown_dimension", word=key, suggestions=suggest(key, DIMENSIONS))
    return DIMENSIONS[key]


def condition(chosen: Filter, prefix: str) -> nw.Expr:
    """Return the filter as an expression over a fact frame."""
    kind = dimension(chosen.dimension)
    column = nw.col(kind.column(prefix))
    if not kind.many:
        return column.is_in(list(chosen.values))
    return nw.any_horizontal(
        *(column.str.contains(f"|{value}|", literal=True) for value in chosen.values), ignore_nulls=True
    )

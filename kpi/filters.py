"""A question's filters, checked against what the data knows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from kpi.dimensions import Dimension, Identity, any_identity, any_value, dimension, split
from kpi.errors import QuestionError, suggest
from kpi.frames import Frames
from kpi.question import Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A filter whose values are known; `named` is the same in the words people use.

    `identities` hold the values of a team, agent or customer, `values` those of anything else.
    """

    dimension: Dimension
    named: Filter
    values: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()

    def condition(self, prefix: str) -> nw.Expr:
        """Return it as an expression over facts whose event columns start with `prefix`."""
        if self.identities:
            return any_identity(self.dimension, prefix, self.identities)
        return any_value(self.dimension, prefix, self.values)


def choose(filters: Iterable[Filter], frames: Frames) -> tuple[Chosen, ...]:
    """Return the filters, checked.

    Raises:
        QuestionError: `unknown_dimension`, `unknown_value`, or `ambiguous_value` when two helpdesks know the value.
    """
    return tuple(_choose(given, dimension(given.dimension), frames) for given in filters)


def _choose(given: Filter, kind: Dimension, frames: Frames) -> Chosen:
    if kind.labels:
        return _choose_identities(given, kind, kind.labels, frames)
    known = frames.values(kind.key)
    for value in given.values:
        if value not in known:
            raise _unknown(given, value, frames)
    return Chosen(dimension=kind, named=given, values=given.values)


def _choose_identities(given: Filter, kind: Dimension, table: str, frames: Frames) -> Chosen:
    helpdesks = frames.helpdesks()
    said = [split(value, helpdesks) for value in given.values]
    names = frames.labels(table, {identifier for _, identifier in said})
    identities: list[Identity] = []
    for value, (helpdesk, identifier) in zip(given.values, said, strict=True):
        owners = [owner for owner, known in names if known == identifier and helpdesk in (None, owner)]
        if not owners:
            raise _unknown(given, value, frames)
        if len(owners) > 1:
            choices = [f"{owner}/{identifier}" for owner in sorted(owners)]
            raise QuestionError("ambiguous_value", dimension=kind.key, value=value, choices=choices)
        identities.append((owners[0], identifier))
    named = Filter(dimension=kind.key, values=tuple(names[identity] for identity in identities))
    return Chosen(dimension=kind, named=named, identities=tuple(identities))


def called(teams: Collection[tuple[str | None, str | None]], frames: Frames) -> Mapping[Any, tuple[str, ...]]:
    """Return all that teams are called, by helpdesk and identifier: that, with and without the helpdesk, and the name.

    What has no identifier is called nothing.
    """
    known = [(helpdesk, team) for helpdesk, team in teams if helpdesk is not None and team is not None]
    names = frames.labels("teams", {team for _, team in known})
    return {
        **dict.fromkeys(teams, ()),
        **{(owner, team): (team, f"{owner}/{team}", names.get((owner, team), team)) for owner, team in known},
    }


def _unknown(given: Filter, value: str, frames: Frames) -> QuestionError:
    near = suggest(value, sorted(set(frames.values(given.dimension).values())))
    return QuestionError("unknown_value", dimension=given.dimension, value=value, suggestions=near)

"""A KPI group by group."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from kpi.asked import Asked
from kpi.dimensions import Dimension
from kpi.filters import called
from kpi.frames import Frames
from kpi.period import Span
from kpi.question import Figure, Group, Sample, Unit
from kpi.selection import Identities, Known
from kpi.targets import Targets

NO_TARGETS = Targets()

Name = tuple[str | None, str | None]
"""The key and the label of a value."""


def breakdown(asked: Asked, span: Span, targets: Targets = NO_TARGETS) -> tuple[Group, ...]:
    """Return the figure of each group: worst first, of counts most first; rows without a value come last.

    Months stay in their order; agents in that of their names, unless every one's interval leaves the next one's out.
    Teams have their targets beside.
    """
    if not asked.by:
        return ()
    figures = asked.groups(span)
    names = [_names(kind, {group[place] for group in figures}, asked.frames) for place, kind in enumerate(asked.by)]
    aims = _targets(asked, figures, targets)
    groups = [_group(identities, figure, names, aims.get(identities)) for identities, figure in figures.items()]
    if any(kind.dated for kind in asked.by):
        return tuple(sorted(groups, key=lambda group: [key or "" for key in group.keys]))
    ranked = sorted(groups, key=lambda group: _order(group, asked))
    if any(kind.key == "agent" for kind in asked.by) and not _apart(ranked):
        return tuple(sorted(groups, key=_name_order))  # agents are not ranked by chance (KPIS.md rule 14)
    return tuple(ranked)


def _targets(asked: Asked, groups: Iterable[Identities], targets: Targets) -> dict[Identities, float | None]:
    """Return the target of each team, when the groups are teams."""
    if [kind.key for kind in asked.by] != ["team"]:
        return {}
    names = called([identity for (identity,) in groups], asked.frames)
    return {(team,): targets.of_team(all_names).get(asked.kpi.key) for team, all_names in names.items() if all_names}


def _group(identities: Identities, figure: Figure, names: list[dict[Known, Name]], target: float | None) -> Group:
    found = [known[identity] for known, identity in zip(names, identities, strict=True)]
    return Group(
        keys=tuple(key for key, _ in found),
        labels=tuple(label for _, label in found),
        figure=figure,
        target=target,
    )


def _names(kind: Dimension, values: Iterable[Known], frames: Frames) -> dict[Known, Name]:
    """Return the key and the label of each value; values of the same name carry their key in the label."""
    helpdesks, wanted = frames.helpdesks(), list(values)
    labels: Mapping[tuple[str, str], str] = {}
    if kind.labels:
        labels = frames.labels(kind.labels, {value for _, value in wanted if value is not None})
    named = {
        (owner, value): (kind.name(owner, value, helpdesks), labels.get((owner or "", value or ""), value))
        for owner, value in wanted
    }
    shared = Counter(label for _, label in named.values())
    return {known: (key, f"{label} ({key})" if shared[label] > 1 else label) for known, (key, label) in named.items()}


def _order(group: Group, asked: Asked) -> tuple[bool, bool, bool, float, int, tuple[str, ...]]:
    figure, unit = group.figure, asked.kpi.unit
    value = _position(figure)
    worst_last = unit is Unit.COUNT or not asked.kpi.higher_is_better
    return (
        None in group.keys,
        figure.value is None,
        figure.sample is Sample.COUNTS_ONLY,  # a share of three tickets ranks nobody
        -value if worst_last else value,
        -figure.n,
        tuple(label or "" for label in group.labels),
    )


def _apart(ranked: Sequence[Group]) -> bool:
    """Tell whether the intervals of groups in a row don't overlap; what has none is not apart from anything."""
    intervals = [group.figure.interval for group in ranked]
    return len(intervals) == 1 or all(
        one is not None and other is not None and (one[1] < other[0] or other[1] < one[0])
        for one, other in pairwise(intervals)
    )


def _name_order(group: Group) -> tuple[bool, tuple[str, ...]]:
    return None in group.keys, tuple((label or "").casefold() for label in group.labels)


def _position(figure: Figure) -> float:
    """Return what figures are ordered by: scores of different scales by where on their scale they lie."""
    if figure.value is None or figure.scale is None:
        return figure.value or 0
    low, high = figure.scale
    return (figure.value - low) / (high - low)

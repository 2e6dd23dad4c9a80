"""A KPI group by group."""

from collections import Counter
from collections.abc import Mapping

import narwhals as nw

from kpi.dimensions import Dimension
from kpi.frames import Frames
from kpi.measures import Frame
from kpi.question import Figure, Group, Sample, Unit
from kpi.selection import Selection

OWNER, VALUE = "owner", "value"


def breakdown(asked: Selection, rows: Frame) -> tuple[Group, ...]:
    """Return the figure of each group: worst first, of counts most first; rows without a value come last."""
    kind = asked.by
    if kind is None:
        return ()
    column = nw.col(kind.column(asked.anchor.prefix))
    # Two helpdesks' teams are two, even under one identifier; having no team is the same everywhere.
    owner = nw.when(~column.is_null()).then(nw.col("helpdesk")) if kind.labels else nw.lit(None, nw.String)
    keyed = rows.with_columns(owner.alias(OWNER), column.alias(VALUE))
    figures = {(owner, value): figure for (owner, value), figure in asked.figures(keyed, [OWNER, VALUE]).items()}
    names = _names(kind, figures, asked.frames)
    groups = [Group(key=key, label=label, figure=figures[value]) for value, (key, label) in names.items()]
    return tuple(sorted(groups, key=lambda group: _order(group, asked)))


def _names(
    kind: Dimension, figures: Mapping[tuple[str | None, str | None], Figure], frames: Frames
) -> dict[tuple[str | None, str | None], tuple[str | None, str | None]]:
    """Return the key and the label of each group; groups of the same name carry their key in the label."""
    helpdesks = frames.helpdesks()
    labels = frames.labels(kind.labels, {value for _, value in figures if value is not None}) if kind.labels else {}
    named = {
        (owner, value): (kind.name(owner, value, helpdesks), labels.get((owner or "", value or ""), value))
        for owner, value in figures
    }
    shared = Counter(label for _, label in named.values())
    return {group: (key, f"{label} ({key})" if shared[label] > 1 else label) for group, (key, label) in named.items()}


def _order(group: Group, asked: Selection) -> tuple[bool, bool, bool, float, int, str]:
    figure, unit = group.figure, asked.kpi.measure.unit
    value = figure.value or 0
    worst_last = unit is Unit.COUNT or not asked.kpi.higher_is_better
    return (
        group.key is None,
        figure.value is None,
        figure.sample is Sample.COUNTS_ONLY,  # a share of three tickets ranks nobody
        -value if worst_last else value,
        -figure.n,
        group.label or "",
    )

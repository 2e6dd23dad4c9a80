"""A trend or a breakdown as a native chart of Slack."""

from bot.render.limits import CHART_CATEGORIES, CHART_NAME, CHART_TITLE, Block, cut
from bot.render.rows import DATED, GROUPS_SHOWN, one_line
from bot.text import DAY, HOUR, MINUTE, Text
from kpi.question import Answer, Figure, Group, Sample, Unit

FEWEST_POINTS = 2


def chart(answer: Answer, text: Text) -> Block | None:
    """Return the trend as a line, or the breakdown as bars; None when there is nothing to draw.

    The target of all is a second series. A chart must have a point for every category, so what has too little to show
    a value stands in the table only.
    """
    points = _points(answer, text)
    if len(points) < FEWEST_POINTS:
        return None
    kind = "line" if answer.buckets else "bar"
    scale, measure = _scale(answer, [value for _, value in points], text)
    series = [_series(text("chart.value"), [(label, value / scale) for label, value in points])]
    if answer.target is not None:
        name = text("chart.usual" if answer.target_is_usual else "chart.target")
        series.append(_series(name, [(label, answer.target / scale) for label, _ in points]))
    axis: Block = {"categories": [label for label, _ in points]}
    if measure is not None:
        axis["y_label"] = measure
    return {
        "type": "data_visualization",
        "title": cut(text(f"kpi.{answer.question.kpi}.name"), CHART_TITLE),
        "chart": {"type": kind, "series": series, "axis_config": axis},
    }


def chart_note(answer: Answer, text: Text) -> str | None:
    """Return how much of the trend or the breakdown the chart shows; None when it is all, or without a chart."""
    points, whole = _points(answer, text), len(answer.buckets or answer.groups[:GROUPS_SHOWN])
    if len(points) < FEWEST_POINTS or len(points) == whole:
        return None
    sentence = "chart.cut" if answer.buckets else "chart.cut_groups"
    return text(sentence, shown=text.number(len(points)), total=text.number(whole))


def _points(answer: Answer, text: Text) -> list[tuple[str, float]]:
    """Return what can stand in a chart: of a trend the latest buckets, of a breakdown the groups that are shown."""
    if answer.buckets:
        return _shown([(text.bucket(bucket.period), bucket.figure) for bucket in answer.buckets])[-CHART_CATEGORIES:]
    if len(by := answer.by or answer.question.by) != 1 or DATED in by:
        return []
    # Those of the table, whose rows are no more than a chart holds.
    points = _shown([(_label(group, text), group.figure) for group in answer.groups[:GROUPS_SHOWN]])
    # Two names that begin alike are one category to a chart.
    return points if len({label for label, _ in points}) == len(points) else []


def _shown(figures: list[tuple[str, Figure]]) -> list[tuple[str, float]]:
    return [
        (cut(label, CHART_NAME), figure.value)
        for label, figure in figures
        if figure.value is not None and figure.sample is not Sample.COUNTS_ONLY
    ]


def _label(group: Group, text: Text) -> str:
    (key,), (label,) = group.keys, group.labels
    return one_line(label or key or "") or text("answer.no_value")


def _series(name: str, points: list[tuple[str, float]]) -> Block:
    data = [{"label": label, "value": round(value, 2)} for label, value in points]
    return {"name": cut(name, CHART_NAME), "data": data}


def _scale(answer: Answer, values: list[float], text: Text) -> tuple[float, str | None]:
    """Return what one step of the axis is worth, and its name."""
    if answer.unit is Unit.RATIO:
        return 0.01, "%"
    if answer.unit is Unit.MONEY and answer.figure is not None:
        return 1, answer.figure.currency
    if answer.unit is not Unit.SECONDS:
        return 1, None
    largest = max(values)
    if largest >= 3 * DAY and not answer.business:
        return DAY, text("chart.days")
    return (HOUR, text("chart.hours")) if largest >= 2 * HOUR else (MINUTE, text("chart.minutes"))

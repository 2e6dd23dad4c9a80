"""A trend as a native chart of Slack."""

from bot.render.limits import CHART_CATEGORIES, CHART_NAME, CHART_TITLE, Block, cut
from bot.text import DAY, HOUR, MINUTE, Text
from kpi.question import Answer, Sample, Unit

FEWEST_POINTS = 2


def chart(answer: Answer, text: Text) -> Block | None:
    """Return a line chart of the trend, with the target as a second line; None when there is no line to draw.

    A chart must have a point for every category, so buckets with too little to show a value stand in the table only.
    """
    points = _points(answer, text)
    if len(points) < FEWEST_POINTS:
        return None
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
        "chart": {"type": "line", "series": series, "axis_config": axis},
    }


def chart_note(answer: Answer, text: Text) -> str | None:
    """Return how much of the trend the chart shows; None when it is all, or when there is no chart."""
    points = _points(answer, text)
    if len(points) < FEWEST_POINTS or len(points) == len(answer.buckets):
        return None
    return text("chart.cut", shown=text.number(len(points)), total=text.number(len(answer.buckets)))


def _points(answer: Answer, text: Text) -> list[tuple[str, float]]:
    """Return the buckets that can stand in a chart: those with a value to show, the latest ones."""
    return [
        (cut(text.bucket(bucket.period), CHART_NAME), bucket.figure.value)
        for bucket in answer.buckets
        if bucket.figure.value is not None and bucket.figure.sample is not Sample.COUNTS_ONLY
    ][-CHART_CATEGORIES:]


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

"""What is out of the ordinary, in words and as data."""

from bot.render.json import Json
from bot.render.report import Report
from bot.render.rows import one_line
from bot.render.table import Row, neutral
from bot.render.words import freshness
from bot.text import Text
from kpi.anomaly import WEEKS_NEEDED, Judgement
from kpi.period import instant_text, midnight
from kpi.watch import Watch, Watched

COLUMNS = ("kpi", "label", "label_2", "start", "end", "value", "expected", "low", "high", "weeks", "direction")


def watch_report(found: Watch, text: Text) -> Report:
    """Return which weeks are out of the ordinary, and what could not be judged."""
    anomalies = found.anomalies
    lines = [sentence(one, one.judgement, text) for one in anomalies if one.judgement is not None]
    judged = [one for one in found.watched if one.judgement is not None]
    if not anomalies:
        lines.append(text("anomalies.none" if judged else "anomalies.untold"))
    notes = [] if found.narrowed is None else [text(f"narrowed.{found.narrowed}")]
    if judged:
        notes.append(text("anomalies.checked", names=_names(judged, text)))
    if found.untold:
        notes.append(text("anomalies.too_little", needed=WEEKS_NEEDED, names=_names(list(found.untold), text)))
    if found.missing:
        names = [text(f"kpi.{key}.name") for key in found.missing]
        notes.append(text("anomalies.missing", names=text.join(names)))
    zone = found.question.period.zone
    notes += [text("anomalies.method"), freshness(found.data_as_of, found.now, zone, text, found.behind)]
    data = [_data(one, zone) for one in found.watched]
    return Report(
        title=text("anomalies.title"),
        lines=(*_filters(found, text), *lines),
        notes=tuple(notes),
        json={"anomalies": data, "missing": list(found.missing)},
        columns=COLUMNS,
        rows=[_cells(row) for row in data],
    )


def _filters(found: Watch, text: Text) -> list[str]:
    return [
        text(
            "answer.filter",
            dimension=text(f"dimension.{chosen.dimension}"),
            values=[one_line(value) for value in chosen.values],
        )
        for chosen in found.named_filters
    ]


def sentence(one: Watched, judgement: Judgement, text: Text) -> str:
    """Return how a week lies outside of what is usual."""
    value, low, high = (
        text.value(number, one.unit, business=one.business)
        for number in (judgement.value, judgement.low, judgement.high)
    )
    return text(
        f"anomalies.{judgement.direction}",
        name=_name(one, text),
        week=text.period(one.week),
        value=value,
        low=low,
        high=high,
    )


def _name(one: Watched, text: Text) -> str:
    labels = [one_line(label) if label else text("answer.no_value") for label in one.labels]
    return " · ".join((text(f"kpi.{one.kpi}.name"), *labels))


def _names(several: list[Watched], text: Text) -> str:
    """Return the names of what was looked at with its week, for it is not the same of all."""
    weeks = dict.fromkeys(one.week for one in several)
    said = []
    for week in weeks:
        names = [_name(one, text) for one in several if one.week == week]
        said.append(f"{text.join(names)} ({text.period(week)})")
    return " · ".join(said)


def _data(one: Watched, zone: str) -> Json:
    judgement = one.judgement
    return {
        "kpi": one.kpi,
        "labels": list(one.labels),
        "start": instant_text(midnight(one.week.start, zone), zone),
        "end": instant_text(midnight(one.week.end, zone), zone),
        "value": judgement.value if judgement else None,
        "expected": judgement.expected if judgement else None,
        "low": judgement.low if judgement else None,
        "high": judgement.high if judgement else None,
        "weeks": judgement.weeks if judgement else None,
        "direction": str(judgement.direction) if judgement and judgement.direction else None,
    }


def _cells(data: Json) -> Row:
    labels = [neutral(label) for label in data["labels"]]
    named = dict(zip(("label", "label_2"), labels, strict=False))
    return {**{name: value for name, value in data.items() if name != "labels"}, **named}

"""An answer as one JSON object, for programs; docs/en/json.md describes every key."""

from typing import Any

from kpi.period import Span, instant_text
from kpi.question import Answer, Figure, Group, Unit

Json = dict[str, Any]

NOTHING = Figure(value=None, n=0)


def as_json(answer: Answer) -> Json:
    """Return an answer as a JSON object: ratios 0–1, durations in seconds, instants with the zone's offset."""
    question, zone = answer.question, answer.question.period.zone
    return {
        "kpi": question.kpi,
        "reading": str(question.reading),
        "unit": str(answer.unit),
        "kind": str(answer.kind),
        **_figure(answer.figure or NOTHING, answer.unit),
        "period": _span(answer.span, zone),
        "previous": _previous(answer),
        "change": None if answer.change is None else {"value": answer.change.value, "clear": answer.change.clear},
        "restated": _restated(answer),
        "target": answer.target,
        "target_is_usual": answer.target_is_usual,
        "standing": answer.standing,
        "within": answer.within,
        "based_on": answer.things,
        "left_out": dict(answer.left_out),
        "notes": dict(answer.notes),
        "without": list(answer.without),
        "data_as_of": None if answer.data_as_of is None else instant_text(answer.data_as_of, zone),
        "behind": answer.behind,
        "by": list(answer.by),
        "breakdown": [
            {
                **_identity(group),
                **_figure(group.figure, answer.unit),
                "target": group.target,
                "standing": answer.standing_of(group),
            }
            for group in answer.groups
        ],
        "series": [
            {**_edges(bucket.period.span(answer.now), zone), **_figure(bucket.figure, answer.unit)}
            for bucket in answer.buckets
        ],
        "available": answer.available,
        "needs": answer.needs,
    }


def _identity(group: Group) -> Json:
    """Return the keys and labels of a group, those of a second dimension under names of their own."""
    found: Json = {}
    for suffix, key, label in zip(("", "_2"), group.keys, group.labels, strict=False):
        found |= {f"key{suffix}": key, f"label{suffix}": label}
    return found


def _figure(figure: Figure, unit: Unit) -> Json:
    return {
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "n": figure.n,
        "interval": None if figure.interval is None else list(figure.interval),
        "level": figure.level,
        "median": figure.median,
        "p90": figure.p90,
        "mean": figure.mean,
        "maximum": figure.maximum,
        "scale": None if figure.scale is None else list(figure.scale),
        "currency": figure.currency,
        "parts": {
            name: {"unit": str(part.unit or unit), **_figure(part, part.unit or unit)}
            for name, part in figure.parts.items()
        },
    }


def _restated(answer: Answer) -> Json | None:
    """Return what was last said of the same, when it was something else."""
    said = answer.restated
    if said is None:
        return None
    at = instant_text(said.at, answer.question.period.zone)
    return {"value": said.figure.value, "n": said.figure.n, "said_at": at}


def _previous(answer: Answer) -> Json | None:
    if answer.compared is None or answer.compared_span is None or answer.compared_figure is None:
        return None
    return {**_figure(answer.compared_figure, answer.unit), "period": _span(answer.compared_span, answer.compared.zone)}


def _span(span: Span, zone: str) -> Json:
    return {**_edges(span, zone), "zone": zone}


def _edges(span: Span, zone: str) -> Json:
    return {"start": instant_text(span.start, zone), "end": instant_text(span.end, zone)}

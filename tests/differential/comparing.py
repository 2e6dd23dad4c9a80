"""What an answer shows beside what it must show."""

from collections.abc import Mapping
from dataclasses import asdict
from math import isclose
from typing import Any

from kpi.question import Answer, Figure

NOT_COMPARED = {"unit", "level"}
WITHOUT_PARTS = ("overdue", "unanswered")
"""Their trends count, bucket by bucket, what went on at its end, and tell no more of it."""


def shown(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else _stripped(asdict(figure))


def _stripped(figure: Mapping[str, Any]) -> dict[str, Any]:
    """Return a figure without what it doesn't have."""
    found = {name: value for name, value in figure.items() if name not in NOT_COMPARED and value is not None}
    parts = {name: _stripped(part) for name, part in (found.pop("parts", None) or {}).items()}
    return found | ({"parts": parts} if parts else {})


def told(answer: Answer) -> dict[str, Any]:
    """Return an answer as the slow reading tells it."""
    found = {"figure": shown(answer.figure), "notes": answer.notes, "left_out": answer.left_out}
    found["groups"] = {group.keys: shown(group.figure) for group in answer.groups}
    found["buckets"] = [shown(bucket.figure) for bucket in answer.buckets]
    found["beside"] = {name: shown(figure) for name, figure in answer.beside.items()}
    return found | {"compared": shown(answer.compared_figure)}


def wanted(kpi: str, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the slow reading says in the same form."""
    found = dict(numbers)
    for name in ("groups", "beside"):
        found[name] = {key: _stripped(figure) for key, figure in found.get(name, {}).items()}
    buckets = [_stripped(figure) for figure in found.get("buckets", [])]
    if kpi in WITHOUT_PARTS:
        buckets = [{name: value for name, value in bucket.items() if name != "parts"} for bucket in buckets]
    found["buckets"] = buckets
    for name in ("figure", "compared"):
        found[name] = None if found.get(name) is None else _stripped(found[name])
    return {"notes": {}, "left_out": {}} | found


def differing(one: Any, other: Any, *, within: float, path: str = "") -> str | None:
    """Return the first place where two nested values differ, and how; None when they agree."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        if one.keys() != other.keys():
            return f"{path}: {sorted(map(str, one))} | {sorted(map(str, other))}"
        found = (differing(one[key], other[key], within=within, path=f"{path}/{key}") for key in one)
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        found = (differing(*pair, within=within, path=f"{path}/{number}") for number, pair in pairs)
    elif isinstance(one, int | float) and isinstance(other, int | float):
        same = one == other or (isinstance(one + other, float) and isclose(one, other, rel_tol=within, abs_tol=within))
        return None if same else f"{path}: {one!r} | {other!r}"
    else:
        return None if one == other else f"{path}: {one!r} | {other!r}"
    return next((difference for difference in found if difference is not None), None)

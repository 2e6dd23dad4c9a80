"""Figures as plain dictionaries, made of rows in a list: what an answer must show (KPIS.md rules 6 to 8)."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Any

from slow import oracles

Row = dict[str, Any]
Numbers = dict[str, Any]


class RefusalError(Exception):
    """There is no such figure; `key` says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def count(n: int) -> Numbers:
    return {"value": n, "n": n}


def ratio(yes: int, n: int) -> Numbers:
    value = yes / n if n else None
    return {"value": value, "n": n, "numerator": yes, "denominator": n, "interval": oracles.wilson(yes, n)}


def share(rows: Sequence[Row], holds: Callable[[Row], bool]) -> Numbers:
    return ratio(sum(map(bool, map(holds, rows))), len(rows))


NOTHING: Numbers = {"value": None, "n": 0}


def mean(values: Sequence[float | None], scale: oracles.Interval = (0, inf)) -> Numbers:
    known = [value for value in values if value is not None]
    if not known:
        return NOTHING
    average = sum(known) / len(known)
    return {
        "value": average,
        "n": len(known),
        "mean": average,
        "median": oracles.percentile(known, 0.5),
        "p90": oracles.percentile(known, 0.9),
        "maximum": max(known),
        "interval": oracles.mean(known, scale),
    }


def duration(seconds: Sequence[int], edges: Sequence[int] = ()) -> Numbers:
    if not seconds:
        return NOTHING
    median = oracles.percentile(seconds, 0.5)
    parts = {name: count(len(within)) for name, within in in_bands(seconds, edges).items()} if edges else {}
    return {
        "value": median,
        "n": len(seconds),
        "median": median,
        "p90": oracles.percentile(seconds, 0.9),
        "mean": sum(seconds) / len(seconds),
        "maximum": max(seconds),
        "interval": oracles.median(seconds),
        "parts": parts,
    }


def in_bands(seconds: Sequence[int], edges: Sequence[int]) -> dict[str, list[int]]:
    """Return the seconds of each band `(lower, upper]`; what took no time at all is in the first."""
    found = {
        f"{low}-{high}": [s for s in seconds if (low < s or not low) and s <= high]
        for low, high in pairwise([0, *edges])
    }
    return found | {f"{edges[-1]}-": [s for s in seconds if s > edges[-1]]}


def score(given: Sequence[tuple[float, float, float]]) -> Numbers:
    """Return the mean of scores, each with its scale; on several scales of their positions, 0 to 100."""
    if not given:
        return NOTHING
    scales = {(low, high) for _, low, high in given}
    scale = scales.pop() if len(scales) == 1 else (0.0, 100.0)
    values = [value for value, _, _ in given]
    if scales:
        values = [100 * (value - low) / (high - low) for value, low, high in given]
    average = sum(values) / len(values)
    interval = oracles.mean(values, scale)
    return {"value": average, "n": len(values), "mean": average, "scale": scale, "interval": interval}


def net(scores: Sequence[float]) -> Numbers:
    if not scores:
        return NOTHING
    promoters, detractors = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
    kinds = {"promoters": promoters, "passives": len(scores) - promoters - detractors, "detractors": detractors}
    value = 100 * (promoters - detractors) / len(scores)
    return {
        "value": value,
        "n": len(scores),
        "mean": value,
        "interval": oracles.net(**kinds),
        "parts": {name: ratio(number, len(scores)) for name, number in kinds.items()},
    }


def total(amounts: Sequence[float | None], currencies: Sequence[str] = ()) -> Numbers:
    known = [amount for amount in amounts if amount is not None]
    if len(set(currencies)) > 1:
        raise RefusalError("several_currencies")
    if not known:
        return NOTHING
    return {"value": sum(known), "n": len(known), "currency": currencies[0] if currencies else None}


def per_agent(rows: Sequence[Row]) -> Numbers:
    """Return solves for each agent who solved anything; those of machines and of nobody stand apart."""
    if not rows:
        return NOTHING
    mine = [row for row in rows if row["solved_agent"] is not None and not row["solved_automatically"]]
    agents = len({(row["helpdesk"], row["solved_agent"]) for row in mine})
    found: Numbers = {"value": None, "n": len(rows)}
    found["parts"] = {"agents": count(agents), "automatic": count(len(rows) - len(mine))}
    if agents:
        low, high = oracles.poisson(len(mine))
        found |= {"value": len(mine) / agents, "interval": (low / agents, high / agents)}
    return found


def handle_time(rows: Sequence[Row]) -> Numbers:
    """Return the seconds for each different thing that was handled, and of each kind of them."""
    if not rows:
        return NOTHING
    kinds = {kind: [row for row in rows if row["kind"] == kind] for kind in ("calls", "chats", "tickets")}
    return _per_thing(rows) | {"parts": {kind: _per_thing(some) for kind, some in kinds.items()}}


def _per_thing(rows: Sequence[Row]) -> Numbers:
    things = len({row["thing"] for row in rows})
    if not things:
        return NOTHING
    value = sum(row["seconds"] for row in rows) / things
    return {"value": value, "n": things, "mean": value}


def with_parts(figure: Numbers, parts: Mapping[str, Numbers]) -> Numbers:
    return figure | {"parts": {**figure.get("parts", {}), **parts}}

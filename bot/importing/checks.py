"""What follows from other cells of a row, and rows that contradict themselves."""

from bot.importing.columns import Values
from kpi.errors import FileError

_SCALES = {"nps": (0.0, 10.0)}
"""Surveys whose scale is part of their definition."""


def in_order(values: Values, *names: str) -> None:
    """Refuse a row in which one of these moments is before one that is named before it."""
    latest, latest_name = None, ""
    for name in names:
        moment = values.get(name)
        if moment is None:
            continue
        if latest is not None and moment < latest:
            raise FileError("row_out_of_order", column=name, other=latest_name)
        latest, latest_name = moment, name


def contact(values: Values) -> Values:
    """A contact with a wait was answered then; an incoming one that nobody answered was abandoned."""
    wait = values.pop("wait", None)
    if values.get("answered_at") is None and wait is not None and not values.get("abandoned"):
        values["answered_at"] = values["queued_at"] + wait
    in_order(values, "queued_at", "answered_at", "ended_at")
    answered = values.get("answered_at") is not None
    if values.get("abandoned") is None:
        values["abandoned"] = int(not answered and values.get("direction", "in") == "in")
    elif values["abandoned"] and answered:
        raise FileError("row_answered_and_abandoned")
    return values


def shift(values: Values) -> Values:
    """A shift ends after it starts."""
    if values["ended_at"] <= values["started_at"]:
        raise FileError("row_out_of_order", column="ended_at", other="started_at")
    return values


def rating(values: Values) -> Values:
    """A score is on its scale; one that was only sent is dated by that."""
    values["at"] = values.get("at") if values.get("at") is not None else values.get("sent_at")
    if values["at"] is None:
        raise FileError("row_without_either", column="at", other="sent_at")
    return on_scale(values, _SCALES.get(values.get("survey") or "csat"))


def review(values: Values) -> Values:
    """A score is on its scale; without one the criterion didn't apply."""
    return on_scale(values, None)


def on_scale(values: Values, usual: tuple[float, float] | None) -> Values:
    """Return values whose score is between `lowest` and `highest`."""
    for name, value in zip(("lowest", "highest"), usual or (None, None), strict=True):
        if values.get(name) is None:
            values[name] = value
        if values[name] is None:
            raise FileError("row_without_scale", column=name)
    score = values.get("score")
    if score is not None and not values["lowest"] <= score <= values["highest"]:
        raise FileError("row_off_scale", score=score, lowest=values["lowest"], highest=values["highest"])
    return values


def money(values: Values) -> Values:
    """An amount has a currency, of its own or from its cell."""
    if not values.get("currency"):
        raise FileError("row_without_currency")
    values["currency"] = str(values["currency"]).upper()
    return values


def person(values: Values) -> Values:
    """Someone leaves after having joined."""
    in_order(values, "joined_at", "left_at")
    return values


def parts_of_social(values: Values) -> Values:
    """What was answered is part of what was received."""
    return part_of(values, "answered_24h", "received")


def parts_of_visits(values: Values) -> Values:
    """What was solved is part of the visits."""
    return part_of(values, "solved", "visits")


def part_of(values: Values, part: str, whole: str) -> Values:
    """Refuse a row in which a part is more than its whole."""
    if values.get(part) is not None and values.get(whole) is not None and values[part] > values[whole]:
        raise FileError("row_more_than_whole", column=part, other=whole)
    return values

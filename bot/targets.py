"""What leads aim at, set while the bot runs: targets in the database, which hold before those of the settings."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, delete, select

from bot.database import upsert, writing
from bot.tables import targets_set
from kpi.catalogue import Composite, Kpi, Listed
from kpi.errors import QuestionError
from kpi.question import Unit
from kpi.targets import Targets

FOR_ALL = ""
"""Stands where a target is for every team."""

OFF = frozenset({"off", "none", "remove", "aucun", "retirer", "supprimer"})
"""Words that take a target away, without accents."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "j": 86_400}
_UNIT = r"(?:seconde?s?|sec|s|minutes?|min|m|heures?|hours?|h|jours?|j|days?|d)"
_NUMBER = r"\d+(?:[.,]\d+)?"
_DURATION = re.compile(rf"({_NUMBER})\s*({_UNIT})(?:\s*(\d+)\s*({_UNIT})?)?", re.IGNORECASE)
_VALUE = re.compile(rf"(?<!\S)(?:{_NUMBER}\s*{_UNIT}(?:\s*\d+\s*{_UNIT}?)?|[+−-]?{_NUMBER}\s*%?)(?!\S)", re.IGNORECASE)
_LONGEST_S = 3650 * 86_400


def can_be_aimed_at(kpi: Listed) -> bool:
    """Tell whether a KPI can have a target: it is measured, and one way is better."""
    return isinstance(kpi, Kpi | Composite) and kpi.higher_is_better is not None


def split_target(words: str) -> tuple[str, str | None]:
    """Return words without the target in them, and the target as it was written; None when there is none.

    Raises QuestionError `two_targets`.
    """
    found = list(_VALUE.finditer(words))
    if len(found) > 1:
        raise QuestionError("two_targets", first=found[0][0].strip(), second=found[1][0].strip())
    if not found:
        return words, None
    return f"{words[: found[0].start()]} {words[found[0].end() :]}", found[0][0].strip()


def read_target(words: str, kpi: Listed) -> float:
    """Return a target in the unit of a KPI: a ratio 0–1, seconds, or as it counts; raises QuestionError.

    `75%`, `75,5 %`; `4h`, `1h30`, `30 min`, `2 d`; `40`.
    """
    text = " ".join(words.split()).replace("−", "-")
    if kpi.unit is Unit.SECONDS:
        return _seconds(text, kpi)
    number, percent = text.removesuffix("%").strip(), text.endswith("%")
    try:
        value = float(number.replace(",", "."))
    except ValueError:
        value = float("nan")
    match kpi.unit:
        case Unit.RATIO if percent and value >= 0 and (value <= 100 or kpi.may_exceed_one):  # noqa: PLR2004  # per cent
            return value / 100
        case Unit.RATIO:
            raise QuestionError("target_not_a_percentage", value=words, kpi=kpi.key)
        case Unit.NET if not percent and abs(value) <= 100:  # noqa: PLR2004  # its scale
            return value
        case Unit.NET:
            raise QuestionError("target_not_a_net_score", value=words, kpi=kpi.key)
        case _ if not percent and 0 <= value < float("inf"):
            return value
    raise QuestionError("target_not_a_number", value=words, kpi=kpi.key)


def _seconds(text: str, kpi: Listed) -> float:
    found = _DURATION.fullmatch(text)
    if found is not None:
        amount, unit, more, smaller = found.groups()
        large = _SECONDS[unit[0].lower()]
        # "1h30" ends in minutes, "2 d 12" in hours.
        small = _SECONDS[smaller[0].lower()] if smaller else {86_400: 3600}.get(large, large // 60)
        rest = int(more or 0) * small
        seconds = float(amount.replace(",", ".")) * large + rest
        if 0 < seconds <= _LONGEST_S and rest < large:
            return round(seconds)
    raise QuestionError("target_not_a_duration", value=text, kpi=kpi.key)


class TargetsSet:
    """The targets in the database. They are of the desk, whichever workspace they were set in, as its figures are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def over(self, targets: Targets) -> Targets:
        """Return targets with those that were set in their place."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(targets_set.c.kpi, targets_set.c.team, targets_set.c.target)).all()
        if not rows:
            return targets
        general, teams = dict(targets.general), {team: dict(own) for team, own in targets.teams.items()}
        for row in rows:
            if row.team == FOR_ALL:
                general[row.kpi] = row.target
            else:
                # At the end: of two names of one team, that which was set holds before the settings' one.
                teams[row.team] = teams.pop(row.team, {}) | {row.kpi: row.target}
        return Targets(general=general, teams=teams)

    def aim(self, kpi: str, teams: Sequence[str], target: float | None, *, by: tuple[str, str], now: int) -> None:
        """Set a target for teams, or for all when none are named; None takes away what was set. Raises StorageError.

        Args:
            kpi: its key.
            teams: as questions call them.
            target: in the KPI's unit.
            by: the Slack workspace and the user.
            now: epoch second.
        """
        wanted = list(teams) or [FOR_ALL]
        team_id, user = by
        rows = [
            {"kpi": kpi, "team": team, "target": target, "team_id": team_id, "set_by": user, "set_at": now}
            for team in wanted
        ]
        table = targets_set.c
        with writing(self._engine, PATIENCE_MS) as connection:
            if target is None:
                connection.execute(delete(targets_set).where(table.kpi == kpi, table.team.in_(wanted)))
            else:
                upsert(connection, targets_set, rows)


PATIENCE_MS = 2_000
"""How long to wait for another writer: a form that was sent is given three seconds."""


def by_team(targets: Targets, names: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Return the targets of each team by its name; `names` are those of teams as questions call them."""
    found: dict[str, dict[str, float]] = {}
    for team, own in targets.teams.items():
        found.setdefault(names.get(team, team), {}).update(own)
    return found

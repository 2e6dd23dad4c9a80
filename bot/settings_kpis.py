"""What a desk decides about its KPIs, in the settings file: targets, bands and limits, weights."""

from collections.abc import Mapping
from itertools import pairwise
from math import inf
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from bot.settings_values import Duration, SettingsTable, duration, refusal, written
from kpi.catalogue import CATALOGUE, AnyKpi, Composite, Kpi, Listed
from kpi.configuration import changed, edges_of, limit_of, limited, weighed, weights_of
from kpi.errors import suggest
from kpi.question import Unit
from kpi.targets import Targets

TEAMS = "teams"
"""The table in `[targets]` whose tables hold the targets of one team each."""

AIMED_AT = {key: kpi for key, kpi in CATALOGUE.items() if isinstance(kpi, Kpi | Composite)}
"""The KPIs that can have a target: those that are measured."""


def _targets(given: object) -> Targets:
    """Return the targets by KPI, for all and by team, in the KPI's own unit."""
    if not isinstance(given, Mapping):
        raise refusal("setting_not_a_table")
    teams = given.get(TEAMS, {})
    if not isinstance(teams, Mapping):
        raise refusal("setting_not_a_table", inside=(TEAMS,))
    general = {key: value for key, value in given.items() if key != TEAMS}
    return Targets(
        general=_by_kpi(general, ()),
        teams={str(team): _by_kpi(own, (TEAMS, str(team))) for team, own in teams.items()},
    )


def _by_kpi(given: object, inside: tuple[str, ...]) -> dict[str, float]:
    """Return the targets in a table, a ratio 0–1, seconds, or as the KPI counts; `inside` is where it stands."""
    if not isinstance(given, Mapping):
        raise refusal("setting_not_a_table", inside=inside)
    targets = {}
    for key, value in given.items():
        if key not in AIMED_AT:
            known = [*AIMED_AT, *([] if inside else [TEAMS])]
            near = suggest(str(key), known, limit=1)
            raise refusal("unknown_setting", suggestions=near, known=known, inside=(*inside, str(key)))
        targets[str(key)] = _target(value, AIMED_AT[key], (*inside, str(key)))
    return targets


def _target(value: object, kpi: Kpi | Composite, inside: tuple[str, ...]) -> float:
    text, unit = str(value).strip(), kpi.unit
    if unit is Unit.SECONDS:
        return duration(value, *inside)
    if unit is Unit.RATIO:
        number, percent, rest = text.partition("%")
        most, key = (inf, "setting_not_a_ratio") if kpi.may_exceed_one else (100, "setting_not_a_percentage")
        if percent and not rest and _is_number(number) and 0 <= float(number) <= most:
            return float(number) / 100
        raise refusal(key, value=text, inside=inside)
    if unit is Unit.NET:
        if _is_number(text.removeprefix("-").removeprefix("+")) and abs(float(text)) <= 100:  # noqa: PLR2004  # its scale
            return float(text)
        raise refusal("setting_not_a_net_score", value=text, inside=inside)
    if _is_number(text):
        return float(text)
    raise refusal("setting_not_a_count", value=text, inside=inside)


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal()


Targeted = Annotated[Any, BeforeValidator(_targets)]
"""The `targets` of the file: Targets."""

# --- Limits and weights ------------------------------------------------------------------------------------------

SETTABLE = {
    key: kpi
    for key, kpi in CATALOGUE.items()
    if isinstance(kpi, Kpi | Composite) and (edges_of(kpi) or limit_of(kpi) or weights_of(kpi))
}
"""The KPIs that have bands, are the share within a time, or weigh others."""


def _rising(limits: tuple[int, ...]) -> tuple[int, ...]:
    if not limits:
        raise refusal("setting_no_limits")
    for place, (lower, upper) in enumerate(pairwise(limits), start=1):
        if upper <= lower:
            raise refusal("setting_limits_not_rising", value=written(upper), before=written(lower), inside=(place,))
    return limits


def _weight(given: object) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given < inf:
        return float(given)
    raise refusal("setting_not_a_count", value=str(given))


class KpiTable(SettingsTable):
    """What is decided about one KPI: the limits between its bands, the time its share is within, what others weigh."""

    bands: Annotated[tuple[Duration, ...], AfterValidator(_rising)] | None = None
    within: Duration | None = None
    weights: dict[str, Annotated[float, BeforeValidator(_weight)]] | None = None

    def kpi(self, usual: AnyKpi) -> AnyKpi:
        """Return the KPI as it is wanted; what isn't decided stays."""
        if weights_of(usual):
            return weighed(usual, self.weights or {})
        return limited(usual, self.bands or edges_of(usual), self.within)


def _known_kpis(given: object) -> object:
    for key in given if isinstance(given, Mapping) else ():
        if key not in SETTABLE:
            near = suggest(str(key), SETTABLE, limit=1)
            raise refusal("unknown_setting", suggestions=near, known=list(SETTABLE), inside=(str(key),))
    return given


def _suiting(tables: dict[str, KpiTable]) -> dict[str, KpiTable]:
    """Refuse what a KPI has not, weights of which none is left, and limits that no band ends at.

    With such a limit nobody could add the bands up to the share.
    """
    for key, table in tables.items():
        kpi = SETTABLE[key]
        limit, edges, weights = limit_of(kpi), edges_of(kpi), weights_of(kpi)
        known = [name for name, has in {"bands": edges, "within": limit, "weights": weights}.items() if has]
        for name in table.model_fields_set - {*known}:
            raise refusal("unknown_setting", suggestions=[], known=known, inside=(key, name))
        for name in {*(table.weights or {})} - {*weights}:
            near = suggest(name, weights, limit=1)
            raise refusal("unknown_setting", suggestions=near, known=list(weights), inside=(key, "weights", name))
        if weights and not any({**weights, **(table.weights or {})}.values()):
            raise refusal("setting_no_weight", inside=(key, "weights"))
        within, limits = table.within or limit, table.bands or edges
        if limits and within is not None and within not in limits:
            choices = [written(seconds) for seconds in limits]
            raise refusal("setting_no_limit_of_bands", value=written(within), choices=choices, inside=(key, "within"))
    return tables


KpiTables = Annotated[dict[str, KpiTable], BeforeValidator(_known_kpis), AfterValidator(_suiting)]
"""The `kpis` of the file, by KPI."""


def configured(tables: Mapping[str, KpiTable]) -> dict[str, Listed]:
    """Return the KPIs that are otherwise than in the catalogue."""
    return changed({key: table.kpi(SETTABLE[key]) for key, table in tables.items()})

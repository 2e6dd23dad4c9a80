"""When something recurs, in the words that make it: what people type, and what they are told it is."""

from collections.abc import Mapping, Sequence

from bot.recurrence import DAYS_OF_WEEK, WORKING_DAYS, Cadence, Recurrence, clock
from bot.subscriptions import DigestWanted, KpiWanted, Trigger
from bot.text import Text
from kpi.catalogue import CATALOGUE
from kpi.language.lexicon import lexicon
from kpi.language.writer import filter_words
from kpi.question import Filter, Unit

Values = Mapping[str, Mapping[str, str]]
"""What the values of each dimension are called."""

WHEN = {
    "en": {
        "daily": ("daily", "every day", "each day"),
        "weekdays": ("weekdays", "working days", "business days", "week days"),
        "weekly": ("weekly", "every week", "each week"),
        "monthly": ("monthly", "every month", "each month"),
    },
    "fr": {
        "daily": ("quotidien", "quotidienne", "tous les jours", "chaque jour"),
        "weekdays": ("jours ouvrés", "jours ouvrables", "jours de semaine"),
        "weekly": ("hebdomadaire", "hebdo", "chaque semaine", "toutes les semaines"),
        "monthly": ("mensuel", "mensuelle", "chaque mois", "tous les mois"),
    },
}
"""How people say how often; the first is what is written back."""

SHORT_DAYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "en": (("mon",), ("tue", "tues"), ("wed",), ("thu", "thur", "thurs"), ("fri",), ("sat",), ("sun",)),
    "fr": (("lun",), ("mar",), ("mer",), ("jeu",), ("ven",), ("sam",), ("dim",)),
}

OPTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "zone": ("zone", "timezone", "tz"),
        "holidays": ("holidays", "holiday"),
        "min": ("min", "minimum"),
        "lang": ("lang", "language"),
    },
    "fr": {"zone": ("zone", "fuseau"), "holidays": ("fériés", "férié"), "min": ("min", "minimum"), "lang": ("langue",)},
}
"""What stands before a colon and is no filter; the first is what is written back."""

ANOMALY = {"en": ("anomaly", "anomalies", "unusual"), "fr": ("anomalie", "anomalies", "inhabituel")}


def digest_words(wanted: DigestWanted, text: Text, values: Values | None = None) -> str:
    """Return the words after `/kpi digest on` that make this digest."""
    return " ".join((*_when(wanted.recurrence, text), *wanted.kpis, *_filters(wanted.filters, text, values or {})))


def kpi_alert_words(wanted: KpiWanted, text: Text, values: Values | None = None) -> str:
    """Return the words after `/kpi alerts on` that make this alert."""
    why = ANOMALY[text.language][0]
    if wanted.trigger is not Trigger.ANOMALY:
        sign = "<" if wanted.trigger is Trigger.BELOW else ">"
        why = f"{sign} {threshold(wanted, text)}"
    return " ".join(
        (
            wanted.kpi,
            why,
            *_when(wanted.recurrence, text),
            *_filters(wanted.filters, text, values or {}),
            f"{OPTIONS[text.language]['min'][0]}:{wanted.fewest}",
        )
    )


def threshold(wanted: KpiWanted, text: Text) -> str:
    """Return the threshold of an alert as its KPI's unit is written."""
    unit = CATALOGUE[wanted.kpi].unit
    value = wanted.threshold or 0.0
    if unit in {Unit.NUMBER, Unit.SCORE, Unit.COUNT, Unit.MONEY}:
        return text.number(value, 0 if value.is_integer() else 2)
    return text.target(value, unit)


def day_name(weekday: int, language: str) -> str:
    """Return a day of the week, Monday 0."""
    return lexicon(language).name("weekday", str(weekday))


def _when(recurrence: Recurrence, text: Text) -> Sequence[str]:
    names, options = WHEN[text.language], OPTIONS[text.language]
    days = [day_name(day, text.language) for day in sorted(recurrence.weekdays)]
    match recurrence.cadence:
        case Cadence.WEEKLY:
            said = [names["weekly"][0], *days]
        case Cadence.MONTHLY:
            said = [names["monthly"][0], str(recurrence.month_day)]
        case _ if recurrence.weekdays == DAYS_OF_WEEK:
            said = [names["daily"][0]]
        case _ if recurrence.weekdays == WORKING_DAYS:
            said = [names["weekdays"][0]]
        case _:
            # One day alone would be read as once a week.
            said = [*([names["daily"][0]] if len(days) == 1 else []), *days]
    said += [clock(recurrence.at), f"{options['zone'][0]}:{recurrence.zone}"]
    said += [] if recurrence.calendar is None else [f"{options['holidays'][0]}:{recurrence.calendar}"]
    return said


def _filters(filters: Sequence[Filter], text: Text, values: Values) -> list[str]:
    spoken = lexicon(text.language)
    return [filter_words(chosen, spoken, values.get(chosen.dimension, {})) for chosen in filters]

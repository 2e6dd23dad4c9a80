"""Words ─▶ what somebody wants to be told: `weekdays 08:30 fcr csat team:billing zone:Europe/Paris holidays:FR`."""

from bot.access import Viewer
from bot.asking import Asker
from bot.digests.content import can_be_told
from bot.digests.hearing import Heard, hear
from bot.recurrence import DAYS_OF_WEEK, WORKING_DAYS, Cadence, Recurrence, known_calendar, known_zone
from bot.subscriptions import FEWEST, DigestWanted, KpiWanted, Trigger
from bot.targets import read_target
from bot.text import LANGUAGES, Text
from kpi.catalogue import CATALOGUE
from kpi.errors import QuestionError
from kpi.question import Filter

USUAL_AT = 8 * 60 + 30
"""When digests come that are given no time, in minutes after midnight."""


def read_digest(
    words: str, asker: Asker, now: int, text: Text, *, zone: str, viewer: Viewer | None
) -> tuple[DigestWanted, str | None]:
    """Return the digest that words want, and the language that they want it in; `zone` is that of who says none.

    Raises QuestionError: `unknown_digest_word`, `no_such_time`, `two_times`, `unknown_zone`, `unknown_holidays`,
    `unknown_language_wanted`, `not_in_digest`, `ambiguous_kpi`, `days_or_month`, and as `Asker.understand` for filters.
    """
    heard = hear(words, text, for_alert=False)
    for key in heard.kpis:
        _check_kpi(key)
    wanted = DigestWanted(
        recurrence=_recurrence(heard, zone, usual="weekdays"),
        kpis=tuple(dict.fromkeys(heard.kpis)),
        filters=_filters(heard, asker, now, text, viewer),
    )
    return wanted, _language(heard)


def read_kpi_alert(
    words: str, asker: Asker, now: int, text: Text, *, zone: str, viewer: Viewer | None
) -> tuple[KpiWanted, str | None]:
    """Return the alert on a KPI that words want: `csat < 80% weekly min:20`; raises QuestionError.

    As `read_digest`, and `unknown_alert_word`, `alert_on_one_kpi`, `alert_without_threshold`, `not_a_minimum`,
    `target_not_a_…`.
    """
    heard = hear(words, text, for_alert=True)
    if len(set(heard.kpis)) != 1:
        raise QuestionError("alert_on_one_kpi")
    kpi = heard.kpis[0]
    _check_kpi(kpi)
    if heard.limit is None and not heard.is_anomaly:
        raise QuestionError("alert_without_threshold", kpi=kpi)
    wanted = KpiWanted(
        recurrence=_recurrence(heard, zone, usual="weekly"),
        kpi=kpi,
        trigger=Trigger.ANOMALY if heard.side is None else heard.side,
        threshold=None if heard.limit is None else read_target(heard.limit, CATALOGUE[kpi]),
        filters=_filters(heard, asker, now, text, viewer),
        fewest=_fewest(heard),
    )
    return wanted, _language(heard)


def _recurrence(heard: Heard, zone: str, *, usual: str) -> Recurrence:
    cadence, days = heard.cadence, frozenset(heard.days)
    if cadence is None and heard.month_day is None:
        cadence = usual if not days else "weekly" if len(days) == 1 else "daily"
    if heard.month_day is not None:
        cadence = cadence or "monthly"
    if (heard.month_day is not None and cadence != "monthly") or (days and cadence in {"monthly", "weekdays"}):
        raise QuestionError("days_or_month")
    if cadence == "weekly" and len(days) > 1:
        cadence = "daily"
    usual_days = {"daily": DAYS_OF_WEEK, "weekdays": WORKING_DAYS, "weekly": frozenset({0}), "monthly": DAYS_OF_WEEK}
    kinds = {"weekly": Cadence.WEEKLY, "monthly": Cadence.MONTHLY}
    return Recurrence(
        at=USUAL_AT if heard.at is None else heard.at,
        zone=_zone(heard, zone),
        cadence=kinds.get(cadence or "", Cadence.DAILY),
        weekdays=days or usual_days[cadence or "daily"],
        month_day=heard.month_day or 1,
        calendar=_calendar(heard),
    )


def _zone(heard: Heard, usual: str) -> str:
    word = heard.options.get("zone")
    return usual if word is None else known_zone(word)


def _calendar(heard: Heard) -> str | None:
    word = heard.options.get("holidays")
    return None if word is None else known_calendar(word)


def _language(heard: Heard) -> str | None:
    word = heard.options.get("lang")
    if word is not None and word.casefold() not in LANGUAGES:
        raise QuestionError("unknown_language_wanted", word=word)
    return None if word is None else word.casefold()


def _fewest(heard: Heard) -> int:
    word = heard.options.get("min")
    if word is not None and not word.isdecimal():
        raise QuestionError("not_a_minimum", word=word)
    return FEWEST if word is None else int(word)


def _filters(heard: Heard, asker: Asker, now: int, text: Text, viewer: Viewer | None) -> tuple[Filter, ...]:
    """Return the filters as questions have them."""
    if not heard.filters:
        return ()
    said = " ".join(("volume", *heard.filters))
    return asker.understand(said, now, text.language, viewer=viewer).filters


def _check_kpi(key: str) -> None:
    if not can_be_told(key):
        raise QuestionError("not_in_digest", kpi=key)

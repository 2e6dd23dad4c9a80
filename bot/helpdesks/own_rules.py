"""What connectors do alike when they read the opening hours and SLA policies that their helpdesk has itself.

Of the policies there, a ticket falls under the first that fits, and under no other. One with a condition that can't be
told here still takes its tickets from those after it, or these would be promised to tickets that have another promise.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import available_timezones

import structlog

from bot.helpdesks.reading import UNREADABLE, UNSEEN
from kpi.errors import HelpdeskError, SettingsError
from kpi.events import WAITING, Status
from kpi.hours import DAY, Opening, Schedule, Week
from kpi.policies import Assignment, Condition, OwnRules, Policy, Target

Warning_ = tuple[str, dict[str, object]]

Untold = str
"""The helpdesk's own name of something that can't be told here."""

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*([ap]m)?", re.IGNORECASE)

# Where Rails (ActiveSupport::TimeZone) calls a zone otherwise than by the city in its IANA name.
_RAILS = {
    "Abu Dhabi": "Asia/Muscat",
    "Alaska": "America/Juneau",
    "American Samoa": "Pacific/Pago_Pago",
    "Arizona": "America/Phoenix",
    "Astana": "Asia/Almaty",
    "Atlantic Time (Canada)": "America/Halifax",
    "Beijing": "Asia/Shanghai",
    "Bern": "Europe/Zurich",
    "Brasilia": "America/Sao_Paulo",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Central America": "America/Guatemala",
    "Central Time (US & Canada)": "America/Chicago",
    "Chatham Is.": "Pacific/Chatham",
    "Chennai": "Asia/Kolkata",
    "Eastern Time (US & Canada)": "America/New_York",
    "Edinburgh": "Europe/London",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Georgetown": "America/Guyana",
    "Greenland": "America/Godthab",
    "Guadalajara": "America/Mexico_City",
    "Hanoi": "Asia/Bangkok",
    "Hawaii": "Pacific/Honolulu",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "International Date Line West": "Pacific/Midway",
    "Islamabad": "Asia/Karachi",
    "Marshall Is.": "Pacific/Majuro",
    "Mid-Atlantic": "Atlantic/South_Georgia",
    "Midway Island": "Pacific/Midway",
    "Mountain Time (US & Canada)": "America/Denver",
    "Mumbai": "Asia/Kolkata",
    "New Caledonia": "Pacific/Noumea",
    "New Delhi": "Asia/Kolkata",
    "Newfoundland": "America/St_Johns",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Osaka": "Asia/Tokyo",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Pretoria": "Africa/Johannesburg",
    "Quito": "America/Lima",
    "Samoa": "Pacific/Apia",
    "Sapporo": "Asia/Tokyo",
    "Saskatchewan": "America/Regina",
    "Solomon Is.": "Pacific/Guadalcanal",
    "Sri Jayawardenepura": "Asia/Colombo",
    "St. Petersburg": "Europe/Moscow",
    "Tokelau Is.": "Pacific/Fakaofo",
    "Wellington": "Pacific/Auckland",
    "West Central Africa": "Africa/Algiers",
}

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Found:
    """The rules found so far, and warnings about what of them can't be told."""

    schedules: list[Assignment] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    warnings: list[Warning_] = field(default_factory=list)

    def policy(
        self,
        name: str,
        conditions: Sequence[Condition | Untold],
        targets: Iterable[Target],
        pauses: frozenset[Status] = WAITING,
    ) -> None:
        """Note a policy; with conditions that can't be told, that nothing is known of tickets that may be under it."""
        untold = [each for each in conditions if isinstance(each, Untold)]
        warning: Warning_ = ("policy_left_out", {"policy": name, "conditions": sorted(set(untold))})
        if untold and warning not in self.warnings:
            self.warnings.append(warning)
        promised = () if untold else tuple(targets)
        self.policies.append(Policy(key=name, when=told(conditions), targets=promised, pauses=pauses, exclusive=True))

    def targets_left_out(self, policy: str, targets: Iterable[Untold]) -> None:
        """Note that a policy promises what can't be told; nothing when there is no such target."""
        names = sorted(set(targets))
        if names:
            self.warnings.append(("targets_left_out", {"policy": policy, "targets": names}))


def told(conditions: Iterable[Condition | Untold]) -> tuple[Condition, ...]:
    """Return those conditions that can be told."""
    return tuple(each for each in conditions if isinstance(each, Condition))


def own_rules(read: Callable[[Found], None]) -> tuple[OwnRules | None, list[Warning_]]:
    """Return what is read, None when it isn't there or can't be understood, and warnings about what can't be told.

    Raises HelpdeskError.
    """
    found = Found()
    try:
        read(found)
    except HelpdeskError as error:
        if error.key not in UNSEEN:
            raise
        return None, [("own_rules_unseen", {})]
    except (SettingsError, *UNREADABLE) as error:
        log.warning("own_rules_unreadable", error=type(error).__name__, reason=str(error))
        return None, [("own_rules_unreadable", {})]
    return OwnRules(schedules=tuple(found.schedules), policies=tuple(found.policies)), found.warnings


def schedule(name: str, zone: str, days: Sequence[Sequence[Opening]], holidays: Iterable[date]) -> Schedule:
    """Return a schedule of seven days, Monday first, in a zone by its IANA or Rails name; raises SettingsError."""
    week = Week(days=tuple(tuple(sorted(openings)) for openings in days))
    return Schedule(key=name, zone=_iana(zone), weeks=(week,), holidays=frozenset(holidays))


def opening(start: str, end: str) -> Opening:
    """Return the opening between two times of day such as `09:00` or `5:00 pm`; raises ValueError."""
    opens, closes = _seconds(start), _seconds(end)
    return opens, closes if closes > opens else closes + DAY


def values(said: object) -> tuple[str, ...]:
    """Return the values of a condition, which may stand alone or in a list."""
    return tuple(str(value) for value in (said if isinstance(said, list | tuple) else (said,)))


def _seconds(text: str) -> int:
    match = _TIME.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(text)
    hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").casefold()
    return ((hour % 12 + 12 * (half == "pm") if half else hour) * 60 + minute) * 60


def _iana(zone: str) -> str:
    if zone in _RAILS:
        return _RAILS[zone]
    if zone in (known := available_timezones()):
        return zone
    city = zone.replace(" ", "_")
    # Links are older names of the same zone, so that any with this city will do; the same one each time.
    return next((name for name in sorted(known) if name.rsplit("/", 1)[-1] == city), zone)

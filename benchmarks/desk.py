"""The made-up helpdesk that everything here measures on: its people, its hours, its promises."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from kpi.hours import Schedule, Week, instant
from kpi.period import midnight
from kpi.policies import Assignment, Metric, Policy, Rulebook, Target

Ints = npt.NDArray[np.int64]

ZONE = "Europe/Paris"
FIRST_DAY, END_DAY = date(2023, 1, 2), date(2026, 1, 5)
START, END = midnight(FIRST_DAY, ZONE), midnight(END_DAY, ZONE)
"""Three years; nothing is known after the end, which is the `now` of every question."""

REASONS = ("deleted", "spam", "merged", "test")
"""Why a ticket counts nowhere."""

HOUR, DAY = 3600, 86_400

TEAMS, AGENTS = 12, 200
CHANNELS = ("email", "web", "chat", "phone", "social")
CHANNEL_WEIGHTS = (0.52, 0.23, 0.13, 0.08, 0.04)
TYPES = ("question", "incident", "billing", "delivery", "return", "account")
TYPE_WEIGHTS = (0.34, 0.2, 0.16, 0.14, 0.1, 0.06)
BRANDS = ("north", "south")
PRIORITIES = ("low", "normal", "high", "urgent")
PRIORITY_WEIGHTS = (0.2, 0.6, 0.15, 0.05)

TARGETS: dict[Metric, tuple[int | None, ...]] = {
    Metric.FIRST_REPLY: (16 * HOUR, 8 * HOUR, 4 * HOUR, HOUR),
    Metric.NEXT_REPLY: (None, 8 * HOUR, 4 * HOUR, 2 * HOUR),
    Metric.RESOLUTION: (72 * HOUR, 40 * HOUR, 24 * HOUR, 8 * HOUR),
}
"""Business seconds by metric and priority; None: nothing is promised."""

OPENS, CLOSES = 8 * HOUR, 18 * HOUR


def rulebook() -> Rulebook:
    """Return the rules under which `kpi.history` makes the facts of these tickets."""
    weekday = ((OPENS, CLOSES),)
    schedule = Schedule(key="desk", zone=ZONE, weeks=(Week(days=(weekday,) * 5 + ((),) * 2),))
    targets = tuple(
        Target(metric=metric, seconds=seconds, priority=priority)
        for metric, promised in TARGETS.items()
        for priority, seconds in zip(PRIORITIES, promised, strict=True)
        if seconds is not None
    )
    return Rulebook(
        schedules=(Assignment(schedule=schedule),),
        policies=(Policy(key="standard", targets=targets),),
        test_tags=frozenset({"test"}),
    )


@dataclass(frozen=True)
class Hours:
    """Opening hours laid out as instants, for many durations at once; the same arithmetic as `kpi.hours`."""

    opens: Ints
    closes: Ints
    after: Ints

    @classmethod
    def laid_out(cls) -> "Hours":
        """Return the hours of all days of the story and of half a year after it, where due times may lie."""
        zone = ZoneInfo(ZONE)
        days = [FIRST_DAY + timedelta(days=number) for number in range((END_DAY - FIRST_DAY).days + 190)]
        edges = [
            [instant(datetime.combine(day, time()) + timedelta(seconds=second), zone) for second in (OPENS, CLOSES)]
            for day in days
            if day.weekday() < 5  # Monday to Friday
        ]
        opens, closes = np.array(edges, dtype=np.int64).T
        return cls(opens, closes, np.cumsum(closes - opens))

    def position(self, at: Ints) -> Ints:
        """Return the open seconds between the start of the story and each instant."""
        index = np.maximum(np.searchsorted(self.opens, at, side="right") - 1, 0)
        into = np.clip(at - self.opens[index], 0, self.closes[index] - self.opens[index])
        return self.after[index] - (self.closes[index] - self.opens[index]) + into

    def elapsed(self, start: Ints, end: Ints) -> Ints:
        """Return the open seconds in each `[start, end)`."""
        return np.where(end > start, self.position(end) - self.position(start), 0)

    def add(self, start: Ints, seconds: Ints) -> Ints:
        """Return the earliest instants at which `seconds`, more than none, have elapsed since `start`."""
        return self._at(self.position(start) + seconds, "left")

    def last(self, start: Ints, seconds: Ints) -> Ints:
        """Return the latest instants at which no more than `seconds` have elapsed since `start`."""
        return self._at(self.position(start) + seconds, "right")

    def _at(self, target: Ints, side: str) -> Ints:
        index = np.minimum(np.searchsorted(self.after, target, side=side), len(self.after) - 1)
        return self.closes[index] - (self.after[index] - target)

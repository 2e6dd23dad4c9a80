"""Business time by walking through it minute by minute: slow, plain, and written apart from `kpi.hours`.

A minute is open when an opening of the schedule holds what a wall clock shows that is never turned back: it stands
still through a repeated hour and leaps over a skipped one. Openings must fall on whole minutes.
"""

from array import array
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays

from kpi.hours import Schedule

MINUTES_A_DAY = 1440
MARGIN = 3 * MINUTES_A_DAY

Pieces = list[tuple[int, Schedule | None]]
"""What a ticket is under, each from an instant on; the first also before it."""


@cache
def wall_clock(zone: str, first: int, count: int) -> array:
    """Return what a clock that is never turned back shows in each of `count` UTC minutes, as minutes since year 1."""
    shown, latest = array("q"), 0
    for minute in range(first - MARGIN, first + count):
        local = datetime.fromtimestamp(minute * 60, ZoneInfo(zone))
        latest = max(latest, local.toordinal() * MINUTES_A_DAY + local.hour * 60 + local.minute)
        shown.append(latest)
    return shown[MARGIN:]


def open_by_the_wall(schedule: Schedule, first: date, days: int) -> bytearray:
    """Return for each wall-clock minute of these dates whether an opening holds it."""
    public = holidays.country_holidays(schedule.country, subdiv=schedule.subdivision) if schedule.country else ()
    table = bytearray(days * MINUTES_A_DAY)
    for index in range(-2, days):
        day = first + timedelta(days=index)
        if day in schedule.holidays or day in public:
            continue
        earlier = [week for week in schedule.weeks if week.since <= day]
        week = earlier[-1] if earlier else schedule.weeks[0]
        for opens, closes in week.days[day.weekday()]:
            for second in range(opens, closes, 60):
                minute = index * MINUTES_A_DAY + second // 60
                if 0 <= minute < len(table):
                    table[minute] = 1
    return table


@cache
def opened(schedule: Schedule, first: int, count: int) -> array:
    """Return how many minutes were open before each of `count` UTC minutes, and in the end."""
    shown = wall_clock(schedule.zone, first, count)
    day, last = shown[0] // MINUTES_A_DAY, shown[-1] // MINUTES_A_DAY
    table = open_by_the_wall(schedule, date.fromordinal(day), last - day + 1)
    return array("q", accumulate((table[minute - day * MINUTES_A_DAY] for minute in shown), initial=0))


class SlowTime:
    """Business time between two instants, the edges of what it knows.

    `elapsed`, `due` and `last` are what `kpi.hours` calls `elapsed`, `add` and `last`; None when the answer lies
    outside the edges.
    """

    def __init__(self, pieces: Pieces, start: int, end: int) -> None:
        self.pieces = sorted(pieces, key=lambda piece: piece[0])
        self.first = start // 60
        self.count = end // 60 - self.first + 1
        self.end = end

    def elapsed(self, start: int, end: int) -> int:
        total = 0
        for index, (since, schedule) in enumerate(self.pieces):
            begin = start if index == 0 else max(start, since)
            until = min([end, *(change for change, _ in self.pieces[index + 1 : index + 2])])
            if begin < until:
                total += until - begin if schedule is None else self._under(schedule, begin, until)
        return total

    def _under(self, schedule: Schedule, start: int, end: int) -> int:
        before = opened(schedule, self.first, self.count)

        def seconds(at: int) -> int:
            minute = at // 60 - self.first
            return before[minute] * 60 + (before[minute + 1] - before[minute]) * (at % 60)

        return seconds(end) - seconds(start)

    def due(self, start: int, seconds: int) -> int | None:
        """Return the first instant, from `start` on, with that much time behind it."""
        return self._first(start, lambda at: self.elapsed(start, at) >= seconds)

    def last(self, start: int, seconds: int) -> int | None:
        """Return the instant before the first with more time behind it."""
        over = self._first(start, lambda at: self.elapsed(start, at) > seconds)
        return None if over is None else over - 1

    def _first(self, start: int, holds: Callable[[int], bool]) -> int | None:
        low, high = start - 1, self.end
        if not holds(high):
            return None
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (low, middle) if holds(middle) else (middle, high)
        return high

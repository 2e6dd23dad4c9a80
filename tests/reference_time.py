"""Business time by walking through it minute by minute: slow, plain, and written apart from `kpi.hours`.

A minute is open when an opening of the schedule holds what a wall clock shows that is never turned back: it stands
still through a repeated hour and leaps over a skipped one. Openings must fall on whole minutes.
"""

from array import array
from bisect import bisect_right
from datetime import date, datetime, timedelta
from functools import cache
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
def open_minutes(schedule: Schedule, first: int, count: int) -> bytes:
    """Return for each of `count` UTC minutes whether the schedule is open."""
    shown = wall_clock(schedule.zone, first, count)
    day, last = shown[0] // MINUTES_A_DAY, shown[-1] // MINUTES_A_DAY
    table = open_by_the_wall(schedule, date.fromordinal(day), last - day + 1)
    return bytes(table[minute - day * MINUTES_A_DAY] for minute in shown)


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

    def _steps(self, start: int, end: int):
        """Yield (from, to, open) in steps of at most a minute."""
        changes = [since for since, _ in self.pieces]
        at = start
        while at < end:
            index = max(bisect_right(changes, at) - 1, 0)
            schedule = self.pieces[index][1]
            step = min([at - at % 60 + 60, end, *changes[index + 1 : index + 2]])
            open_now = schedule is None or open_minutes(schedule, self.first, self.count)[at // 60 - self.first]
            yield at, step, bool(open_now)
            at = step

    def elapsed(self, start: int, end: int) -> int:
        return sum(to - since for since, to, is_open in self._steps(start, end) if is_open)

    def due(self, start: int, seconds: int) -> int | None:
        left = seconds
        if left <= 0:
            return start
        for since, to, is_open in self._steps(start, self.end):
            if is_open:
                if left <= to - since:
                    return since + left
                left -= to - since
        return None

    def last(self, start: int, seconds: int) -> int | None:
        left = seconds
        for since, to, is_open in self._steps(start, self.end):
            if is_open:
                if left < to - since:
                    return since + left
                left -= to - since
        return None

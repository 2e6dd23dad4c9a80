"""Business time: opening hours with history, and the one way to measure with them (KPIS.md rule 9).

Instants are integer UTC epoch seconds; durations integer seconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from threading import Lock
from zoneinfo import ZoneInfo, available_timezones

import holidays as public_holidays

from kpi.errors import SettingsError, suggest

Opening = tuple[int, int]
"""Seconds after local midnight `[open, close)`; a close past 86 400 runs into the next day."""

DAY = 86_400
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# How far a layout grows at a time, and how long a schedule may stay shut before it counts as never open.
_STRIDE = timedelta(days=366)
_SHUT_FOR_GOOD = 10 * 366 * DAY

_growing = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Opening hours from a local date on: seven tuples of openings, Monday first."""

    days: tuple[tuple[Opening, ...], ...]
    since: date = date.min


AROUND_THE_CLOCK = Week(days=(((0, DAY),),) * 7)


def instant(wall: datetime, zone: ZoneInfo) -> int:
    """Return the first instant at which the clocks of `zone` show `wall`, a naive local time, or later.

    A repeated hour is read the first time round; a skipped time is the instant of the jump over it.
    """
    found = int(wall.replace(tzinfo=zone, fold=0).timestamp())
    early = int(wall.replace(tzinfo=zone, fold=1).timestamp())
    # Only a skipped time has its fold=1 reading first; the jump lies between the two readings.
    while early + 1 < found:
        middle = (early + found) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < wall:
            early = middle
        else:
            found = middle
    return found


class _Layout:
    """Open intervals as instants, with the open seconds up to each; right for instants `[since, until]`."""

    def __init__(self, first: date, end: date, intervals: list[tuple[int, int]], zone: ZoneInfo) -> None:
        self.first, self.end, self.intervals = first, end, intervals
        # A shift of the evening before `first` may still be running on `first`.
        self.since = instant(datetime.combine(first + timedelta(days=1), time()), zone)
        self.until = instant(datetime.combine(end, time()), zone)
        self.opens: list[int] = []
        self.closes: list[int] = []
        for opens, closes in intervals:
            if self.closes and opens <= self.closes[-1]:  # one shift runs into the next
                self.closes[-1] = max(self.closes[-1], closes)
            else:
                self.opens.append(opens)
                self.closes.append(closes)
        self.before: list[int] = []
        self.after: list[int] = []
        total = 0
        for opens, closes in zip(self.opens, self.closes, strict=True):
            self.before.append(total)
            total += closes - opens
            self.after.append(total)
        self.total = total

    def position(self, at: int) -> int:
        """Return the open seconds between the start of the layout and an instant."""
        index = bisect_right(self.opens, at) - 1
        return self.before[index] + min(at, self.closes[index]) - self.opens[index] if index >= 0 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Opening hours of a team, in its own zone, with holidays and with history.

    Each opening belongs to the local date it starts on: a holiday takes away what starts on it, not the end of the
    evening shift before. The earliest week also holds before its own date. `country` and `subdivision` add the
    public holidays that the `holidays` library knows, by ISO code.

    Raises:
        SettingsError: `schedule_unknown_zone`, `schedule_unknown_country`, `schedule_unknown_subdivision`,
            `schedule_week_incomplete`, `schedule_week_repeated`, `schedule_opening_invalid`,
            `schedule_openings_overlap` or `schedule_never_opens`.
    """

    key: str
    zone: str
    weeks: tuple[Week, ...]
    holidays: frozenset[date] = frozenset()
    country: str | None = None
    subdivision: str | None = None
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _public: Container[date] = field(init=False, repr=False, compare=False)
    _grown: list[_Layout] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weeks", tuple(sorted(self.weeks, key=lambda week: week.since)))
        object.__setattr__(self, "_zone", _zone(self.key, self.zone))
        object.__setattr__(self, "_public", _public_holidays(self.key, self.country, self.subdivision))
        for week in self.weeks:
            _check_week(self.key, week)
        if len({week.since for week in self.weeks}) < len(self.weeks):
            raise SettingsError("schedule_week_repeated", schedule=self.key)
        if not self.weeks or not any(self.weeks[-1].days):
            raise SettingsError("schedule_never_opens", schedule=self.key)

    @property
    def has_holidays(self) -> bool:
        """Whether there are any days off, of its own or of its country."""
        return bool(self.holidays) or self.country is not None

    def is_holiday(self, day: date) -> bool:
        """Tell whether nothing opens on a day because it is a holiday."""
        return day in self.holidays or day in self._public

    def elapsed(self, start: int, end: int) -> int:
        """Return the open seconds in `[start, end)`; 0 when end is not after start."""
        if end <= start:
            return 0
        layout = self._layout(start, end)
        return layout.position(end) - layout.position(start)

    def add(self, start: int, seconds: int) -> int:
        """Return the earliest instant at which `seconds` have elapsed since `start`.

        Raises:
            SettingsError: `schedule_never_opens` when public holidays leave no opening at all.
        """
        if seconds <= 0:
            return start
        layout = self._reaching(start, seconds)
        target = layout.position(start) + seconds
        index = bisect_left(layout.after, target)
        return layout.closes[index] - (layout.after[index] - target)

    def last(self, start: int, seconds: int) -> int:
        """Return the latest instant at which no more than `seconds` have elapsed since `start`.

        Raises:
            SettingsError: `schedule_never_opens` when public holidays leave no opening at all.
        """
        layout = self._reaching(start, max(seconds, 0) + 1)
        target = layout.position(start) + max(seconds, 0)
        index = bisect_right(layout.after, target)
        return layout.opens[index] + target - layout.before[index]

    def next_opening(self, after: int) -> int:
        """Return when it next opens after an instant; while it is open, that is the opening after this one.

        Raises:
            SettingsError: as `last`.
        """
        layout = self._reaching(after, 2 * DAY + 1)  # no opening is longer than two days
        return layout.opens[bisect_right(layout.opens, after)]

    def _layout(self, start: int, end: int) -> _Layout:
        """Return a layout that is right for `[start, end]`, growing the known one when it is too short."""
        known = self._grown[0] if self._grown else None
        if known is not None and known.since <= start and end <= known.until:
            return known
        with _growing:  # readers keep the layout they hold: a grown one is a new object
            known = self._grown[0] if self._grown else None
            first = datetime.fromtimestamp(start, self._zone).date() - timedelta(days=1)
            after = datetime.fromtimestamp(end, self._zone).date() + timedelta(days=1)
            grown = self._lay_out(known, first, after)
            self._grown[:] = [grown]
            return grown

    def _lay_out(self, known: _Layout | None, first: date, end: date) -> _Layout:
        """Return the layout of the dates `[first, end)` and some beyond, built onto the known one."""
        if known is None:
            end = max(end, first + _STRIDE)
            return _Layout(first, end, list(self._intervals(first, end)), self._zone)
        first = known.first if first >= known.first else min(first, known.first - _STRIDE)
        end = known.end if end <= known.end else max(end, known.end + _STRIDE)
        intervals = [*self._intervals(first, known.first), *known.intervals, *self._intervals(known.end, end)]
        return _Layout(first, end, intervals, self._zone)

    def _reaching(self, start: int, seconds: int) -> _Layout:
        """Return a layout in which `seconds` have elapsed since `start`."""
        layout = self._layout(start, start + seconds)
        while layout.total - layout.position(start) < seconds:
            if layout.until - max([start, *layout.closes[-1:]]) > _SHUT_FOR_GOOD:
                raise SettingsError("schedule_never_opens", schedule=self.key)
            layout = self._layout(start, layout.until + 1)
        return layout

    def _intervals(self, first: date, end: date) -> Iterator[tuple[int, int]]:
        """Yield the open intervals of the local dates `[first, end)`, in order."""
        changes = [week.since for week in self.weeks]
        day = first
        while day < end:
            week = self.weeks[max(bisect_right(changes, day) - 1, 0)]
            openings = week.days[day.weekday()]
            if openings and not self.is_holiday(day):
                midnight = datetime.combine(day, time())
                for opens, closes in sorted(openings):
                    start = instant(midnight + timedelta(seconds=opens), self._zone)
                    stop = instant(midnight + timedelta(seconds=closes), self._zone)
                    if start < stop:  # not when the clocks jump over all of it
                        yield start, stop
            day += timedelta(days=1)


class Timeline:
    """The schedules that one ticket was under, each from an instant on; no schedule is calendar time.

    The first piece also holds before its instant.
    """

    def __init__(self, pieces: Sequence[tuple[int, Schedule | None]]) -> None:
        ordered = sorted(pieces, key=lambda piece: piece[0])
        self._schedules = [schedule for _, schedule in ordered] or [None]
        self._changes = [since for since, _ in ordered[1:]]

    def only(self, at: int) -> "Timeline":
        """Return the timeline on which the schedule of an instant holds all the time."""
        return Timeline([(at, self._schedules[bisect_right(self._changes, at)])])

    def elapsed(self, start: int, end: int) -> int:
        """Return the open seconds in `[start, end)`, each part under the schedule of that moment."""
        total = 0
        for schedule, since, until in self._parts(start):
            if since >= end:
                break
            total += _elapsed(schedule, since, end if until is None else min(until, end))
        return total

    def add(self, start: int, seconds: int) -> int:
        """Return the earliest instant at which `seconds` have elapsed since `start`."""
        left = seconds
        for schedule, since, until in self._parts(start):
            passed = None if until is None else _elapsed(schedule, since, until)
            if passed is None or left <= passed:
                return since + max(left, 0) if schedule is None else schedule.add(since, left)
            left -= passed
        raise AssertionError  # the last part has no end

    def last(self, start: int, seconds: int) -> int:
        """Return the latest instant at which no more than `seconds` have elapsed since `start`."""
        left = seconds
        for schedule, since, until in self._parts(start):
            passed = None if until is None else _elapsed(schedule, since, until)
            if passed is None or left < passed:
                return since + max(left, 0) if schedule is None else schedule.last(since, left)
            left -= passed
        raise AssertionError  # the last part has no end

    def _parts(self, start: int) -> Iterator[tuple[Schedule | None, int, int | None]]:
        """Yield (schedule, since, until) of each piece from an instant on; the last has no end."""
        for index in range(bisect_right(self._changes, start), len(self._changes)):
            yield self._schedules[index], start, self._changes[index]
            start = self._changes[index]
        yield self._schedules[-1], start, None


def _elapsed(schedule: Schedule | None, start: int, end: int) -> int:
    return max(end - start, 0) if schedule is None else schedule.elapsed(start, end)


def _zone(schedule: str, zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:  # no such zone, no path, or a directory
        known = {name.casefold(): name for name in available_timezones()}
        near = [known[name] for name in suggest(zone, known)]
        raise SettingsError("schedule_unknown_zone", schedule=schedule, zone=zone, suggestions=near) from error


def _public_holidays(schedule: str, country: str | None, subdivision: str | None) -> Container[date]:
    if country is None:
        return frozenset()
    try:
        return public_holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError as error:
        # Listing what is known loads every country, which takes a while: only to tell what is wrong.
        known = public_holidays.list_supported_countries(include_aliases=True)
        if country not in known:
            raise SettingsError("schedule_unknown_country", schedule=schedule, country=country) from error
        raise SettingsError(
            "schedule_unknown_subdivision",
            schedule=schedule,
            country=country,
            subdivision=subdivision,
            known=list(known[country]),
        ) from error


def _check_week(schedule: str, week: Week) -> None:
    """Refuse a week that can't be laid out; raises SettingsError."""
    if len(week.days) != len(WEEKDAYS):
        raise SettingsError("schedule_week_incomplete", schedule=schedule, since=week.since.isoformat())
    for name, openings in zip(WEEKDAYS, week.days, strict=True):
        for opens, closes in openings:
            if not (0 <= opens < DAY and opens < closes <= 2 * DAY):
                raise SettingsError(
                    "schedule_opening_invalid", schedule=schedule, weekday=name, opening=_text(opens, closes)
                )
    # Laid end to end, with Monday once more after Sunday, no opening may start before the one before it ends.
    laid = sorted(
        (index * DAY + opens, index * DAY + closes, WEEKDAYS[index % 7], _text(opens, closes))
        for index in range(9)
        for opens, closes in week.days[index % 7]
    )
    for (_, closes, *_rest), (opens, _, name, text) in pairwise(laid):
        if opens < closes:
            raise SettingsError("schedule_openings_overlap", schedule=schedule, weekday=name, opening=text)


def _text(opens: int, closes: int) -> str:
    return "–".join(f"{seconds // 3600:02}:{seconds % 3600 // 60:02}" for seconds in (opens, closes))

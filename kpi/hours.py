"""Business time: opening hours with history, and the one way to measure with them (KPIS.md rule 9).

Instants are integer UTC epoch seconds; durations integer seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Opening = tuple[int, int]
"""Seconds after local midnight `[open, close)`; a close past 86 400 runs into the next day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Opening hours from a local date on: seven tuples of openings, Monday first."""

    days: tuple[tuple[Opening, ...], ...]
    since: date = date.min


class Schedule:
    """Opening hours of a team, in its own zone, with holidays and with history."""

    key: str
    zone: str

    def elapsed(self, start: int, end: int) -> int:
        """Return the open seconds in `[start, end)`; 0 when end is not after start."""
        raise NotImplementedError

    def add(self, start: int, seconds: int) -> int:
        """Return the earliest instant at which `seconds` have elapsed since `start`."""
        raise NotImplementedError

    def last(self, start: int, seconds: int) -> int:
        """Return the latest instant at which no more than `seconds` have elapsed since `start`."""
        raise NotImplementedError


class Timeline:
    """The schedules that one ticket was under, each from an instant on; no schedule is calendar time."""

    def __init__(self, pieces: Sequence[tuple[int, Schedule | None]]) -> None:
        raise NotImplementedError

    def elapsed(self, start: int, end: int) -> int:
        """Return the open seconds in `[start, end)`, each part under the schedule of that moment."""
        raise NotImplementedError

    def add(self, start: int, seconds: int) -> int:
        """Return the earliest instant at which `seconds` have elapsed since `start`."""
        raise NotImplementedError

    def last(self, start: int, seconds: int) -> int:
        """Return the latest instant at which no more than `seconds` have elapsed since `start`."""
        raise NotImplementedError

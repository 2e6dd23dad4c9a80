"""Random schedules, rulebooks and ticket histories."""

from datetime import date, timedelta
from itertools import pairwise

from cast import DAY, HOUR, at
from hypothesis import strategies as st

from kpi.hours import AROUND_THE_CLOCK, Schedule, Week

ZONES = (
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "America/St_Johns",
    "Pacific/Apia",
    "UTC",
)

# Around these dates clocks change in some of the zones, or a date is skipped (Apia), or nothing happens at all.
DATES = tuple(
    date.fromisoformat(day)
    for day in (
        "2010-11-07",
        "2011-12-29",
        "2026-03-08",
        "2026-03-29",
        "2026-04-05",
        "2026-06-17",
        "2026-10-25",
        "2026-11-01",
    )
)


def daily(*openings: tuple[float, float], days: int = 7) -> Week:
    """Return a week with the same openings, in hours, on its first `days` days."""
    seconds = tuple((int(opens * HOUR), int(closes * HOUR)) for opens, closes in openings)
    return Week(days=(seconds,) * days + ((),) * (7 - days))


NINE_TO_SIX = daily((9, 18))
OFFICE = daily((9, 12), (13.5, 18), days=5)
NIGHTS = daily((22, 30))
COMMON_WEEKS = (AROUND_THE_CLOCK, NINE_TO_SIX, OFFICE, NIGHTS, daily((0, 2.5), (2.75, 24)), daily((2.25, 2.75)))


@st.composite
def weeks(draw, since: date = date.min) -> Week:
    """A usual week, or one with openings anywhere, some of them over midnight."""
    if draw(st.booleans()):
        return Week(days=draw(st.sampled_from(COMMON_WEEKS)).days, since=since)
    edges = sorted(draw(st.sets(st.integers(0, 7 * 96 - 1), min_size=2, max_size=16)))
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for opens, closes in list(pairwise(edges))[::2]:
        midnight = opens // 96 * 96
        days[opens // 96].append(((opens - midnight) * 900, min((closes - midnight) * 900, 2 * DAY)))
    return Week(days=tuple(tuple(draw(st.permutations(openings))) for openings in days), since=since)


@st.composite
def schedules(draw, around: date, zones: tuple[str, ...] = ZONES) -> Schedule:
    """A schedule with holidays, and sometimes other hours from a date on, near `around`."""
    near = st.integers(-8, 8).map(lambda days: around + timedelta(days=days))
    kept = [draw(weeks())]
    if draw(st.booleans()):
        kept.append(draw(weeks(since=draw(near))))
    country = draw(st.sampled_from((None, None, "FR", "US")))
    return Schedule(
        key=draw(st.sampled_from(("first", "second"))),
        zone=draw(st.sampled_from(zones)),
        weeks=tuple(kept),
        holidays=draw(st.frozensets(near, max_size=3)),
        country=country,
        subdivision=draw(st.sampled_from((None, "57"))) if country == "FR" else None,
    )


def instants(around: date) -> st.SearchStrategy[int]:
    """Instants to the second within eight days of `around`."""
    middle = at(around.isoformat())
    return st.integers(middle - 8 * DAY, middle + 8 * DAY)

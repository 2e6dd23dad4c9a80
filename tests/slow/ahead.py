"""The forecast of volume and the effect of a training, from the words of KPIS.md §3 and DECISIONS.md."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from statistics import fmean, median

from slow.days import Stretch, local_day, midnight
from slow.figures import NOTHING, Numbers, RefusalError, count
from slow.reading import Asked, Kpi, Made

DAYS = 42  # six weeks


def span_of_days(first: date, after: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((after - first).days)]


class Daily:
    """Tickets of each day since the first one, before a day."""

    def __init__(self, counts: Counter[date], known_until: date) -> None:
        self.counts, self.until = counts, known_until
        self.first = min((day for day in counts if counts[day]), default=known_until)

    def expected(self, origin: date, days: list[date]) -> float:
        """Return what the days bring by the means of their weekdays over the 42 days before an origin."""
        basis = span_of_days(origin - timedelta(days=DAYS), origin)
        means = {weekday: fmean(self.counts[day] for day in basis if day.weekday() == weekday) for weekday in range(7)}
        return sum(means[day.weekday()] for day in days)

    def errors(self, days: list[date]) -> list[float]:
        """Return the errors of the same forecast at earlier weeks, as parts of what it foresaw."""
        found, back = [], timedelta(days=7)
        while self.until - back - timedelta(days=DAYS) >= self.first:
            then = [day - back for day in days]
            if then[-1] < self.until:
                foresaw = self.expected(self.until - back, then)
                found.append((sum(self.counts[day] for day in then) - foresaw) / max(foresaw, 1))
            back += timedelta(days=7)
        return found


def forecast(volume: Kpi, asked: Asked, period: tuple[date, date], synced: int) -> tuple[Numbers, dict[str, int]]:
    """Return the forecast of a period's volume, and what is told with it."""
    zone, now = asked.time.zone, asked.now
    today = local_day(min(now, synced), zone)
    if period[1] <= today:
        raise RefusalError("forecast_of_past")
    everything = asked.within(Stretch(0, now, now, zone))
    kept = replace(volume, figure=lambda rows, _: {"rows": [row["created_at"] for row in rows]}).read(everything)
    counts = Counter(local_day(at, zone) for at in kept.figure["rows"])
    daily = Daily(counts, today)
    whole_days = max(0, (today - daily.first).days)
    if whole_days < DAYS:
        raise RefusalError("forecast_needs_history")
    days = span_of_days(max(period[0], today), period[1])
    so_far = sum(counts[day] for day in span_of_days(max(period[0], daily.first), max(period[0], today)))
    came = counts[today] if period[0] <= today else 0
    rest = max(daily.expected(today, days), came)
    errors = daily.errors(days)
    value = so_far + rest
    figure: Numbers = {"value": value, "n": sum(counts[day] for day in counts if day <= today), "parts": {}}
    if so_far:
        figure["parts"]["so_far"] = count(so_far)
    if errors:
        typical = median(map(abs, errors)) * max(rest, 1) / max(value, 1)
        figure["parts"]["typical_error"] = {"value": typical, "n": len(errors)}
    if len(errors) >= 9:
        low, high = (rest + _at_rank(errors, share) * max(rest, 1) for share in (0.1, 0.9))
        figure["interval"] = (so_far + max(low, came), so_far + max(high, came))
    notes = {"history_days": whole_days, "origins": len(errors)}
    return figure, {name: n for name, n in notes.items() if n}


def _at_rank(errors: list[float], share: float) -> float:
    """Return a percentile at the rank p(n + 1)."""
    ordered, rank = sorted(errors), share * (len(errors) + 1)
    below = min(max(int(rank), 1), len(errors) - 1)
    return ordered[below - 1] + (rank - below) * (ordered[below] - ordered[below - 1])


# --- Trainings ---

WEEKS = timedelta(weeks=8)


def effect(subject: Kpi | Made, asked: Asked, period: tuple[date, date]) -> tuple[Numbers, dict[str, int]]:
    """Return by how much more a KPI changed for agents trained in the period than for the others."""
    zone, now = asked.time.zone, asked.now
    rows = [(row["agent"], local_day(row["day"], "UTC")) for row in asked.world.beside.get("trainings", [])]
    within = [(who, day) for who, day in rows if period[0] <= day < period[1] and midnight(day, zone) < asked.time.end]
    if not within:
        return NOTHING, {}
    first, last = min(day for _, day in within), max(day for _, day in within)
    start, next_day = midnight(first - WEEKS, zone), last + timedelta(days=1)
    after = Stretch(midnight(next_day, zone), min(midnight(next_day + WEEKS, zone), now), now, zone)
    after = replace(after, end=max(after.start, after.end))
    before = Stretch(start, midnight(first, zone), now, zone)
    trained = {who for who, _ in within}
    meanwhile = {who for who, day in rows if first - WEEKS <= day and midnight(day, zone) < after.end}
    then, now_ = (subject.read(replace(asked, time=time, by=("agent",))).groups for time in (before, after))
    groups: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    too_little = 0
    for key in then:
        if key not in now_ or key[0] is None:
            continue
        if not (_enough(then[key]) and _enough(now_[key])):
            too_little += 1
            continue
        names = {key[0], key[0].split("/")[-1]}
        is_trained = bool(names & trained)
        if is_trained or not names & meanwhile:
            groups[is_trained].append((then[key]["value"], now_[key]["value"]))
    notes = {"agents_with_too_little": too_little} if too_little else {}
    if not groups[True]:
        return NOTHING, notes
    changes = {kind: [later - earlier for earlier, later in pairs] for kind, pairs in groups.items()}
    value = fmean(changes[True]) - (fmean(changes[False]) if changes[False] else 0)
    parts = {
        f"{name}_{when}": {"value": fmean(pair[place] for pair in groups[kind]), "n": len(groups[kind])}
        for kind, name in ((True, "trained"), (False, "untrained"))
        for place, when in enumerate(("before", "after"))
        if groups[kind]
    }
    if not groups[False]:
        notes["indicative"] = 1
    return {"value": value, "n": len(groups[True]), "parts": parts}, notes


def _enough(figure: Numbers) -> bool:
    if figure["value"] is None:
        return False
    is_sample = any(figure.get(name) is not None for name in ("denominator", "median", "mean"))
    return not is_sample or figure["n"] >= 5

"""The same answers in the SQL that a BI tool sends to the normalised tables in PostgreSQL."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
from desk import REASONS
from questions import Told, durations, numbers, series, spans

from kpi.measures import ratio
from kpi.period import Grain
from kpi.question import Question, Unit

SQL = {file.stem: file.read_text() for file in (Path(__file__).parent / "sql").glob("*.sql")}


def answer(connection: psycopg.Connection, question: Question, now: int) -> Told:
    """Return every number of an answer."""
    with connection.transaction(), connection.cursor() as cursor:
        return {"fcr": _fcr, "frt": _frt, "backlog": _backlog}[question.kpi](cursor, question, now)


def _instants(question: Question, now: int) -> dict[str, Any]:
    span, before = spans(question, now)
    return {"start": span.start, "end": span.end, "before": before.start, "asked": now, "grain": str(question.per)}


def _fcr(cursor: psycopg.Cursor, question: Question, now: int) -> Told:
    sums: Counter[str] = Counter()
    for reading, is_now, bucket, left_out, opened, n, yes, provisional in cursor.execute(
        SQL["fcr"], _instants(question, now)
    ):
        place = "beside.cohort" if reading == "cohort" else "figure" if is_now else "compared"
        if left_out or opened:
            if place == "figure":
                sums[f"left_out.{left_out or 'agent_opened'}"] += n
            continue
        for where in (place, f"buckets.{bucket}") if place == "figure" else (place,):
            sums[f"{where}:n"] += n
            sums[f"{where}:yes"] += yes
        if place == "figure":
            sums["notes.provisional"] += provisional
    found = {name: n for name, n in sums.items() if n and ":" not in name}
    places = {"figure": "figure", "compared": "compared", "beside.cohort": "beside.cohort"}
    places |= {f"buckets.{key}": f"buckets.{number}" for number, key in enumerate(series(question))}
    for place, shown in places.items():
        found |= numbers(shown, ratio(sums[f"{place}:yes"], sums[f"{place}:n"]), Unit.RATIO)
    return found


def _frt(cursor: psycopg.Cursor, question: Question, now: int) -> Told:
    at = _instants(question, now)
    cursor.execute(SQL["first_replies"], at)
    gone = cursor.execute(
        "SELECT coalesce(left_out, 'agent_opened'), count(*) FROM first_replies WHERE replied_at >= %(start)s"
        " AND replied_at < %(end)s AND (left_out IS NOT NULL OR opened_by_agent = 1) GROUP BY 1",
        at,
    ).fetchall()
    found: Told = {f"left_out.{reason}": n for reason, n in gone}
    found |= {f"buckets.{number}.n": 0 for number in range(len(series(question)))}
    numbered = {str(day): number for number, day in enumerate(series(question))}
    for place, key, n, (median, p90), mean, highest, ordered in cursor.execute(SQL["durations"], at):
        where = f"buckets.{numbered[key]}" if place == "buckets" else f"groups.{key}" if place == "groups" else place
        if place != "groups" or question.by:
            found |= durations(where, n, (median, p90, mean, highest), ordered)
    return found


def _backlog(cursor: psycopg.Cursor, question: Question, now: int) -> Told:
    before = question.period.previous()
    eve = before.end - timedelta(days=1)
    rows = cursor.execute(SQL["backlog"], _instants(question, now) | {"eve": eve}).fetchall()
    latest: dict[str | None, int] = {}
    found: Told = {}
    moved: dict[date, list[tuple[str | None, int]]] = {}
    for day, left_out, n in rows:
        moved.setdefault(day, []).append((left_out, int(n)))
    latest.update(moved.get(eve, ()))
    found["compared.n"] = latest.get(None, 0)
    for number, bucket in enumerate(question.period.buckets(Grain.DAY)):
        latest.update(moved.get(bucket.start, ()))
        found[f"buckets.{number}.n"] = latest.get(None, 0)
    found["figure.n"] = latest.get(None, 0)
    return found | {f"left_out.{reason}": latest[reason] for reason in REASONS if latest.get(reason)}

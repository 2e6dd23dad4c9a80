"""The same answers in DuckDB SQL written by hand over the same fact tables: as few passes as it takes.

What is additive comes from one pass grouped by bucket, the period before being one more bucket; medians come from
sorted values, whose order statistics bound them. Local days are one addition and one division, never a range join.
"""

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
from desk import REASONS, ZONE
from questions import Told, numbers, spans

from kpi.intervals import median_ranks
from kpi.measures import ratio
from kpi.period import Period, midnight
from kpi.question import Figure, Grain, Question, Unit

Connection = duckdb.DuckDBPyConnection
NOTHING = Figure(value=None, n=0)

FCR = """
  last_solved_at IS NOT NULL AND (replies = 1 OR solved_in_contact = 1) AND teams <= 1 AND customer_messages = 0
  AND (fastest_reopen_s IS NULL OR fastest_reopen_s > 604800)
  AND (next_contact_at IS NULL OR next_contact_at > last_solved_at + 604800)
"""
ADMITTED = "left_out IS NULL AND opened_by_agent = 0"
LEFT_OUT = """
  count(*) FILTER (left_out = 'deleted'), count(*) FILTER (left_out = 'spam'), count(*) FILTER (left_out = 'merged'),
  count(*) FILTER (left_out = 'test')
"""

FCR_EVENT = f"""
SELECT bucket, count(*) FILTER (counted), count(*) FILTER (counted AND yes), {LEFT_OUT},
  count(*) FILTER (left_out IS NULL AND opened_by_agent = 1),
  count(*) FILTER (counted AND last_solved_at > $now - 604800), sum(automatic_reopens) FILTER (counted)
FROM (
  SELECT CASE WHEN last_solved_at < $start THEN -1 ELSE {{bucket}} END AS bucket, last_solved_at, left_out,
    opened_by_agent, automatic_reopens, {ADMITTED} AS counted, {FCR} AS yes
  FROM ticket_facts WHERE last_solved_at >= $before AND last_solved_at < $end
) GROUP BY bucket
"""
FCR_COHORT = f"""
SELECT count(*), count(*) FILTER ({FCR}) FROM ticket_facts
WHERE created_at >= $start AND created_at < $end AND {ADMITTED}
"""
FCR_BY_AGENT = f"""
SELECT solved_agent, count(*), count(*) FILTER ({FCR}) FROM ticket_facts
WHERE last_solved_at >= $start AND last_solved_at < $end AND {ADMITTED} GROUP BY solved_agent
"""

FRT_LEFT_OUT = f"""
SELECT {LEFT_OUT}, count(*) FILTER (left_out IS NULL AND opened_by_agent = 1), count(reply_s) FILTER ({ADMITTED})
FROM turn_facts WHERE turn = 1 AND replied_at >= $start AND replied_at < $end
"""
FRT_TIMED = f"""
SELECT coalesce(reply_s, reply_calendar_s) AS seconds, {{keys}} FROM turn_facts
WHERE turn = 1 AND {{instant}} >= $start AND {{instant}} < $end AND replied_at IS NOT NULL AND {ADMITTED}
"""
DURATIONS = """
SELECT {key}, count(*), quantile_cont(seconds, [0.5, 0.9]), avg(seconds), max(seconds) FROM {source} GROUP BY ALL
"""
BOUNDS = "SELECT {key}, quantile_disc(seconds, {shares}) FROM {source} GROUP BY ALL"

BACKLOG = """
SELECT day, sum(moves) FROM (
  SELECT greatest({start_day}, $first) AS day, count(*) AS moves FROM span_facts
  WHERE started_at < $end AND (ended_at IS NULL OR ended_at >= $from) AND left_out IS NULL GROUP BY 1
  UNION ALL
  SELECT greatest({end_day}, $first), -count(*) FROM span_facts
  WHERE started_at < $end AND ended_at >= $from AND ended_at < $end AND left_out IS NULL GROUP BY 1
) GROUP BY day
"""
BACKLOG_AT = f"""
SELECT count(*) FILTER (left_out IS NULL), {LEFT_OUT} FROM span_facts
WHERE started_at < $at AND (ended_at IS NULL OR ended_at >= $at)
"""


def local_day(column: str, period: Period) -> str:
    """Return the number of the local day of an instant, in SQL: summer time is one comparison."""
    days = period.buckets(Grain.DAY)
    edges = [(midnight(day.start, ZONE), midnight(day.end, ZONE)) for day in days]
    offset = days[0].start.toordinal() * 86_400 - edges[0][0]
    pieces = []
    for day, (start, _) in zip(days, edges, strict=True):
        here = day.start.toordinal() * 86_400 - start
        if here != offset:
            pieces.append(f"WHEN {column} < {start} THEN {offset}")
            offset = here
    shift = f"CASE {' '.join(pieces)} ELSE {offset} END" if pieces else str(offset)
    return f"(({column} + {shift}) // 86400 - {days[0].start.toordinal()})"


def bucket(column: str, period: Period, grain: Grain) -> str:
    """Return the number of the bucket of an instant, in SQL."""
    if grain is Grain.DAY:
        return local_day(column, period)
    edges = [midnight(part.start, ZONE) for part in period.buckets(grain)]
    return (
        "CASE "
        + " ".join(f"WHEN {column} < {edge} THEN {n}" for n, edge in enumerate(edges[1:]))
        + f" ELSE {len(edges) - 1} END"
    )


def answer(connection: Connection, question: Question, now: int) -> Told:
    """Return every number of an answer."""
    kinds: dict[str, Callable[[Connection, Question, int], Told]] = {"fcr": _fcr, "frt": _frt, "backlog": _backlog}
    return kinds[question.kpi](connection, question, now)


def _rows(connection: Connection, query: str, **values: int) -> list[tuple[Any, ...]]:
    return connection.execute(query, {name: value for name, value in values.items() if f"${name}" in query}).fetchall()


def _told(place: str, figure: Figure, unit: Unit = Unit.RATIO) -> Told:
    return numbers(place, figure, unit)


def _left_out(counts: Sequence[int], *more: str) -> Told:
    return {f"left_out.{reason}": n for reason, n in zip((*REASONS, *more), counts, strict=True) if n}


def _fcr(connection: Connection, question: Question, now: int) -> Told:
    span, before = spans(question, now)
    assert question.per is not None
    query = FCR_EVENT.format(bucket=bucket("last_solved_at", question.period, question.per))
    rows = _rows(connection, query, start=span.start, end=span.end, before=before.start, now=now)
    buckets = {row[0]: row[1:] for row in rows}
    earlier = buckets.pop(-1, (0, 0))
    sums = [sum(column) for column in zip(*([value or 0 for value in row] for row in buckets.values()), strict=True)]
    ((n, yes),) = _rows(connection, FCR_COHORT, start=span.start, end=span.end)
    found = _told("figure", ratio(sums[1], sums[0])) | _told("compared", ratio(earlier[1], earlier[0]))
    found |= _told("beside.cohort", ratio(yes, n)) | _left_out(sums[2:7], "agent_opened")
    found |= {f"notes.{name}": n for name, n in zip(("provisional", "automatic_reopens"), sums[7:], strict=True) if n}
    for number in range(len(question.period.buckets(question.per))):
        row = buckets.get(number, (0, 0))
        found |= _told(f"buckets.{number}", ratio(row[1], row[0]))
    if question.by:
        for agent, n, yes in _rows(connection, FCR_BY_AGENT, start=span.start, end=span.end):
            found |= _told(f"groups.{agent}", ratio(yes, n))
    return found


def _frt(connection: Connection, question: Question, now: int) -> Told:
    span, before = spans(question, now)
    assert question.per is not None
    ((*left_out, _business),) = _rows(connection, FRT_LEFT_OUT, start=span.start, end=span.end)
    found = _left_out(left_out, "agent_opened")
    # What is grouped in several ways is read once; the other two windows are read for one figure each.
    keys = f"{bucket('replied_at', question.period, question.per)} AS bucket, team, agent"
    timed = FRT_TIMED.format(keys=keys, instant="replied_at")
    _rows(connection, f"CREATE OR REPLACE TEMP TABLE timed AS {timed}", start=span.start, end=span.end)
    figures = {"figure": _durations(connection, "timed").get(0, NOTHING)}
    for place, instant, at in (("compared", "replied_at", before), ("beside.cohort", "created_at", span)):
        source = f"({FRT_TIMED.format(keys='0', instant=instant)})"
        figures[place] = _durations(connection, source, start=at.start, end=at.end).get(0, NOTHING)
    by_bucket = _durations(connection, "timed", "bucket")
    for number in range(len(question.period.buckets(question.per))):
        figures[f"buckets.{number}"] = by_bucket.get(number, NOTHING)
    for kind in question.by:
        figures |= {f"groups.{key}": figure for key, figure in _durations(connection, "timed", kind).items()}
    for place, figure in figures.items():
        found |= numbers(place, figure, Unit.SECONDS)
    return found


def _durations(connection: Connection, source: str, key: str = "0", **values: int) -> dict[Any, Figure]:
    """Return the figure of each group: its order statistics are quantiles whose shares its size gives."""
    rows = _rows(connection, DURATIONS.format(key=key, source=source), **values)
    shares = {name: tuple((rank - 0.5) / n for rank in ranks) for name, n, *_ in rows if (ranks := median_ranks(n))}
    wanted = sorted({share for pair in shares.values() for share in pair})
    bounds: dict[Any, tuple[float, float]] = {}
    if wanted:
        for name, seconds in _rows(connection, BOUNDS.format(key=key, source=source, shares=wanted), **values):
            at = dict(zip(wanted, seconds, strict=True))
            bounds |= {name: (at[shares[name][0]], at[shares[name][1]])} if name in shares else {}
    return {
        name: Figure(value=median, n=n, median=median, p90=p90, mean=mean, maximum=longest, interval=bounds.get(name))
        for name, n, (median, p90), mean, longest in rows
    }


def _backlog(connection: Connection, question: Question, now: int) -> Told:
    span, before = spans(question, now)
    days = [day.span(now).end for day in question.period.buckets(Grain.DAY)]
    found: Told = {}
    for place, at in (("figure", span.end), ("compared", before.end)):
        ((n, *left_out),) = _rows(connection, BACKLOG_AT, at=at)
        found[f"{place}.n"] = n
        if place == "figure":
            found |= _left_out(left_out)
    query = BACKLOG.format(
        start_day=local_day("started_at", question.period), end_day=local_day("ended_at", question.period)
    )
    moves = dict(_rows(connection, query, first=0, end=days[-1], **{"from": days[0]}))
    n = 0
    for number in range(len(days)):
        n += int(moves.get(number, 0))
        found[f"buckets.{number}.n"] = n
    return found

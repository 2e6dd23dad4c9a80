"""The same answers in pandas over the normalised tables, as an analyst's script computes them."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from desk import REASONS, ZONE
from questions import Told, durations, numbers, series, spans
from sqlalchemy import Engine

from kpi.measures import ratio
from kpi.period import Grain, Span, midnight
from kpi.question import Question, Unit

OPEN = ("new", "open", "pending", "hold")
WEEK_S = 604_800
QUERIES = {
    "tickets": "SELECT id, created_at, status, customer, type, opened_by_agent, team, tags, merged_into FROM tickets",
    "messages": "SELECT ticket_id, at, position, author, author_kind FROM messages WHERE public = 1 AND automatic = 0",
    "changes": "SELECT ticket_id, at, position, field, old, new FROM ticket_changes WHERE field IN ('status', 'team')",
}


@dataclass(frozen=True)
class Tables:
    """The normalised tables, the columns that the questions need."""

    tickets: pd.DataFrame
    messages: pd.DataFrame
    changes: pd.DataFrame


def read(engine: Engine) -> Tables:
    """Return the tables as pandas reads them."""
    with engine.connect() as connection:
        return Tables(**{name: pd.read_sql(query, connection) for name, query in QUERIES.items()})


def answer(tables: Tables, question: Question, now: int) -> Told:
    """Return every number of an answer."""
    return {"fcr": _fcr, "frt": _frt, "backlog": _backlog}[question.kpi](tables, question, now)


def _tickets(tables: Tables) -> pd.DataFrame:
    """Return the tickets with why they are left out."""
    tickets = tables.tickets.set_index("id")
    reason = np.select(
        [
            tickets.merged_into.notna(),
            tickets.status == "deleted",
            tickets.status == "spam",
            tickets.tags.str.contains("|test|", regex=False),
        ],
        ["merged", "deleted", "spam", "test"],
        "",
    )
    return tickets.assign(left_out=reason)


def _within(at: pd.Series, span: Span) -> pd.Series:
    return (at >= span.start) & (at < span.end)


def _bucket(at: pd.Series, question: Question) -> np.ndarray:
    edges = [midnight(day, ZONE) for day in series(question)]
    return np.searchsorted(edges, at, side="right") - 1


def _left_out(rows: pd.DataFrame) -> Told:
    agent_opened = rows.left_out.mask((rows.left_out == "") & (rows.opened_by_agent == 1), "agent_opened")
    return {f"left_out.{reason}": n for reason, n in agent_opened[agent_opened != ""].value_counts().items()}


def _fcr(tables: Tables, question: Question, now: int) -> Told:
    span, before = spans(question, now)
    tickets = _tickets(tables)
    status = tables.changes[tables.changes.field == "status"].sort_values(["ticket_id", "at", "position"])
    solves = status[status.new == "solved"]
    tickets["last_solved_at"] = solves.groupby("ticket_id")["at"].max()
    solved_at = status["at"].where(status.new == "solved").groupby(status.ticket_id).ffill()
    reopens = status[status.old.isin(["solved", "closed"]) & status.new.isin(OPEN)]
    tickets["fastest_reopen"] = (reopens["at"] - solved_at[reopens.index]).groupby(reopens.ticket_id).min()
    said = tables.messages.join(tickets[["created_at", "customer", "last_solved_at"]], on="ticket_id")
    said = said[said["at"] <= said.last_solved_at]
    replies = said[(said.author_kind == "agent") & (said.author != said.customer)]
    asked = said[(said.author_kind == "customer") & (said["at"] > said.created_at)]
    tickets["replies"] = replies.groupby("ticket_id").size()
    tickets["questions"] = asked.groupby("ticket_id").size()
    tickets["transfers"] = tables.changes[tables.changes.field == "team"].groupby("ticket_id").size()
    others = tickets.loc[tickets.left_out == "", ["customer", "type", "created_at"]].sort_values("created_at")
    ended = tickets.dropna(subset="last_solved_at").sort_values("last_solved_at")
    ended["since"] = ended.last_solved_at.astype("int64")
    following = (
        pd.merge_asof(
            ended.reset_index(),
            others.rename(columns={"created_at": "next_contact"}),
            left_on="since",
            right_on="next_contact",
            by=["customer", "type"],
            direction="forward",
            allow_exact_matches=False,
        )
        .set_index("id")
        .next_contact
    )
    tickets["next_contact"] = following
    tickets["yes"] = (
        tickets.last_solved_at.notna()
        & (tickets.replies == 1)
        & tickets.questions.isna()
        & tickets.transfers.isna()
        & ~(tickets.fastest_reopen <= WEEK_S)
        & ~(tickets.next_contact - tickets.last_solved_at <= WEEK_S)
    )
    counted = tickets[(tickets.left_out == "") & (tickets.opened_by_agent == 0)]
    asked_of = counted[_within(counted.last_solved_at, span)]
    parts = {
        "figure": asked_of,
        "compared": counted[_within(counted.last_solved_at, before)],
        "beside.cohort": counted[_within(counted.created_at, span)],
    }
    found = _left_out(tickets[_within(tickets.last_solved_at, span)])
    provisional = int((asked_of.last_solved_at > now - WEEK_S).sum())
    found |= {"notes.provisional": provisional} if provisional else {}
    for place, rows in parts.items():
        found |= numbers(place, ratio(int(rows.yes.sum()), len(rows)), Unit.RATIO)
    by_bucket = asked_of.groupby(_bucket(asked_of.last_solved_at, question)).yes.agg(["sum", "size"])
    for number in range(len(series(question))):
        yes, n = by_bucket.loc[number] if number in by_bucket.index else (0, 0)
        found |= numbers(f"buckets.{number}", ratio(int(yes), int(n)), Unit.RATIO)
    return found


def _frt(tables: Tables, question: Question, now: int) -> Told:
    span, before = spans(question, now)
    tickets = _tickets(tables)
    said = tables.messages[tables.messages.author_kind == "agent"].join(
        tickets[["created_at", "customer", "opened_by_agent"]], on="ticket_id"
    )
    said = said[(said.author != said.customer) & ((said.opened_by_agent == 0) | (said["at"] > said.created_at))]
    firsts = said.sort_values(["at", "position"]).drop_duplicates("ticket_id").set_index("ticket_id")["at"]
    replied = tickets.loc[firsts.index].assign(replied_at=firsts)
    moves = tables.changes[tables.changes.field == "team"].sort_values(["at", "position"])
    later = moves[moves["at"] > moves.ticket_id.map(firsts)].drop_duplicates("ticket_id").set_index("ticket_id").old
    replied["team"] = later.reindex(replied.index).fillna(replied.team)
    replied["seconds"] = replied.replied_at - replied.created_at
    counted = replied[(replied.left_out == "") & (replied.opened_by_agent == 0)]
    asked_of = counted[_within(counted.replied_at, span)]
    found = _left_out(replied[_within(replied.replied_at, span)])
    found |= _durations("figure", asked_of.seconds)
    found |= _durations("compared", counted.seconds[_within(counted.replied_at, before)])
    found |= _durations("beside.cohort", counted.seconds[_within(counted.created_at, span)])
    found |= {f"buckets.{number}.n": 0 for number in range(len(series(question)))}
    for number, seconds in asked_of.seconds.groupby(_bucket(asked_of.replied_at, question)):
        found |= _durations(f"buckets.{number}", seconds)
    for team, seconds in asked_of.seconds.groupby(asked_of.team) if question.by else ():
        found |= _durations(f"groups.{team}", seconds)
    return found


def _durations(place: str, seconds: pd.Series) -> Told:
    values = (seconds.median(), seconds.quantile(0.9), seconds.mean(), seconds.max())
    return durations(place, len(seconds), values, np.sort(seconds.to_numpy()))


def _backlog(tables: Tables, question: Question, _now: int) -> Told:
    tickets = _tickets(tables)
    status = tables.changes[tables.changes.field == "status"]
    opens, was_open = status.new.isin(OPEN), status.old.isin(OPEN)
    moves = pd.concat(
        [
            pd.DataFrame({"at": tickets.created_at, "move": 1, "left_out": tickets.left_out}),
            pd.DataFrame(
                {"at": status["at"], "move": np.where(opens, 1, -1), "left_out": status.ticket_id.map(tickets.left_out)}
            )[opens != was_open],
        ]
    )
    local = pd.to_datetime(moves["at"], unit="s", utc=True).dt.tz_convert(ZONE).dt.date
    daily = moves.groupby([local, "left_out"]).move.sum().unstack(fill_value=0).cumsum()  # noqa: PD010  # of sums by two keys
    days = [bucket.start for bucket in question.period.buckets(Grain.DAY)]
    daily = daily.reindex([days[0] - timedelta(days=1), *days], method="ffill")
    found = {f"buckets.{number}.n": int(n) for number, n in enumerate(daily[""].iloc[1:])}
    found |= {"compared.n": int(daily[""].iloc[0]), "figure.n": int(daily[""].iloc[-1])}
    last = daily.iloc[-1]
    return found | {f"left_out.{reason}": int(last[reason]) for reason in REASONS if last.get(reason)}

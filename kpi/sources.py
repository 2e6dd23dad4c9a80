"""What KPIs read: the fact tables, and things that happened joined with the ticket they belong to.

Every source has the attributes of `kpi.attributes`; of what belongs to no ticket they are the thing's own, or NULL.
They are selects that SQLite, PostgreSQL and DuckDB understand alike.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

from kpi import schema
from kpi.attributes import TICKET, alone, of_ticket, with_ticket
from kpi.inquiries import conversions, inquiries, sales

CHAT = "chat"
"""The channel on which nobody is put on hold; a contact of any other is a call."""

PERCENT = 100.0
"""The scale of reviews, from 0: criteria have scales of their own."""


def _columns(table: Table, *names: str) -> list[ColumnElement[Any]]:
    return [table.c[name] for name in names]


# --- Ratings, contacts, work ---------------------------------------------------------------------------------------


def _ratings() -> Subquery:
    """Return answers to surveys, with whose the ticket was when it was solved before, else when it was answered."""
    ratings, solve, span = schema.ratings, schema.solve_facts, schema.span_facts
    whose = {
        name: case((solve.c.solve.is_not(None), solve.c[name]), else_=span.c[name])
        for name in ("team", "agent", "priority")
    }
    agent = func.coalesce(ratings.c.agent, whose["agent"])  # the survey may say who it is about
    told = with_ticket(
        ratings,
        *_columns(ratings, "at", "survey", "score", "lowest", "highest", "sent_at"),
        customer=func.coalesce(ratings.c.customer, TICKET.c.customer),
        **whose | {"agent": agent},
    )
    solved, opened = _latest(solve, "solve", "solved_at"), _latest(span, "span", "started_at")
    return told.outerjoin(solve, solved).outerjoin(span, opened).subquery("rating_facts")


def _latest(facts: Table, number: str, instant: str) -> ColumnElement[bool]:
    """Return the condition that a row is the last of the ticket's that is not after the answer to a survey."""
    ratings, before = schema.ratings.c, facts.alias(f"before_{number}").c
    last = select(func.max(before[number])).where(before.ticket_id == ratings.ticket_id, before[instant] <= ratings.at)
    return and_(
        facts.c.ticket_id == ratings.ticket_id, facts.c[number] == last.correlate(schema.ratings).scalar_subquery()
    )


def _ended() -> ColumnElement[Any]:
    """Return when a contact ended; one that was answered and whose end nobody knows is dated by its answer."""
    return func.coalesce(schema.contacts.c.ended_at, schema.contacts.c.answered_at)


def _of_contacts(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    contacts = schema.contacts
    return with_ticket(
        contacts,
        *columns,
        channel=contacts.c.channel,
        customer=func.coalesce(contacts.c.customer, TICKET.c.customer),
        agent=contacts.c.agent,
        team=contacts.c.team,
        priority=TICKET.c.created_priority,
    )


def _contacts() -> Subquery:
    named = _columns(
        schema.contacts, "queued_at", "answered_at", "direction", "talk_s", "hold_s", "wrap_up_s", "abandoned"
    )
    return _of_contacts(*named, _ended().label("ended_at")).subquery("contact_facts")


def _of_work(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return with_ticket(
        schema.work,
        *columns,
        agent=schema.work.c.agent,
        team=TICKET.c.solved_team,
        priority=TICKET.c.solved_priority,
    )


def _rostered(table: Table, agent: ColumnElement[Any]) -> ColumnElement[Any]:
    shifts = schema.shifts.c
    known = exists(select(shifts.agent).where(shifts.helpdesk == table.c.helpdesk, shifts.agent == agent))
    return case((known, 1), else_=0).label("rostered")


def _solved() -> Subquery:
    """Return the tickets that were solved; `rostered` tells whether any shift of who solved it is known."""
    ticket = TICKET.c
    told = (
        ticket.ticket_id,
        ticket.last_solved_at,
        ticket.solved_automatically,
        _rostered(TICKET, ticket.solved_agent),
    )
    return of_ticket(*told, prefix="solved_").where(ticket.last_solved_at.is_not(None)).subquery("solved_facts")


def _handled() -> Subquery:
    """Return what agents spent time on: answered calls and chats, dated by their end, and time entries.

    `thing` is what was handled, a contact or a ticket, and `kind` one of calls, chats and tickets. Time entries on no
    ticket have neither. `seconds` is NULL of a contact of which no time is known. `rostered` tells whether any shift
    of the agent is known.
    """
    contacts, work = schema.contacts.c, schema.work.c
    times = (contacts.talk_s, contacts.hold_s, contacts.wrap_up_s)
    talk, hold, wrap_up = (func.coalesce(seconds, 0) for seconds in times)
    spent = case(
        (and_(*(seconds.is_(None) for seconds in times)), null()),
        (contacts.channel == CHAT, talk + wrap_up),
        else_=talk + hold + wrap_up,
    )
    answered = _of_contacts(
        _ended().label("at"),
        contacts.direction,
        spent.label("seconds"),
        case((contacts.channel == CHAT, "chats"), else_="calls").label("kind"),
        ("contact/" + contacts.helpdesk + "/" + contacts.external_id).label("thing"),
        _rostered(schema.contacts, contacts.agent),
    ).where(contacts.answered_at.is_not(None))
    on_ticket = work.ticket_id.is_not(None)
    entries = _of_work(
        work.at,
        literal("in").label("direction"),  # whoever wrote first, a ticket is a request
        work.seconds,
        case((on_ticket, "tickets")).label("kind"),
        case((on_ticket, "ticket/" + cast(work.ticket_id, Text))).label("thing"),
        _rostered(schema.work, work.agent),
    )
    return union_all(answered, entries).subquery("handled_facts")


# --- Reviews -------------------------------------------------------------------------------------------------------


def _rated() -> Subquery:
    """Return each criterion of each review, with `position`, from 0 to 100; NULL when it didn't apply."""
    reviews = schema.reviews.c
    applies = and_(reviews.score.is_not(None), reviews.highest > reviews.lowest)
    share = (reviews.score - reviews.lowest) / (reviews.highest - reviews.lowest)
    return select(
        *_columns(schema.reviews, "helpdesk", "external_id", "ticket_id", "at", "agent", "criterion", "error"),
        case((applies, PERCENT * share)).label("position"),
        case((applies, reviews.weight)).label("weight"),
        case((and_(applies, reviews.critical == 1, reviews.score <= reviews.lowest), 1), else_=0).label("failed"),
    ).subquery("rated")


def _on_percent(score: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    ends = (literal(0.0, Double).label("lowest"), literal(PERCENT, Double).label("highest"))
    return [cast(score, Double).label("score"), *ends]


def _of_review(rows: FromClause, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return with_ticket(
        rows,
        rows.c.at,
        *columns,
        agent=rows.c.agent,
        team=TICKET.c.solved_team,
        priority=TICKET.c.solved_priority,
    )


def _criteria() -> Subquery:
    rated = _rated()
    return _of_review(rated, rated.c.criterion, *_on_percent(rated.c.position)).subquery("criterion_facts")


def _reviews() -> Subquery:
    """Return one row per review: its weighted mean, 0 when a critical criterion failed, and whether it found errors."""
    rated = _rated().c
    mean = func.sum(rated.weight * rated.position) / func.nullif(func.sum(rated.weight), 0)
    whole = (
        select(
            rated.helpdesk,
            rated.external_id,
            *(func.max(rated[name]).label(name) for name in ("ticket_id", "at", "agent", "error")),
            case((func.max(rated.failed) == 1, 0.0), else_=mean).label("mean"),
        )
        .group_by(rated.helpdesk, rated.external_id)
        .subquery("whole")
    )
    return _of_review(whole, whole.c.error, *_on_percent(whole.c.mean)).subquery("review_facts")


# --- People, shifts, and what is known by the day or month ----------------------------------------------------------


def _people(table: Table, attribute: str, name: str) -> Subquery:
    """Return people; `since` is when they joined, the beginning of time for those of whom nobody knows."""
    since = func.coalesce(table.c.joined_at, 0).label("since")
    attributes = {"helpdesk": table.c.helpdesk, attribute: table.c.external_id}
    return alone(*_columns(table, "external_id", "joined_at", "left_at"), since, **attributes).subquery(name)


def _shifts() -> Subquery:
    shifts = schema.shifts
    attributes = {name: shifts.c[name] for name in ("helpdesk", "agent")}
    return alone(*_columns(shifts, "started_at", "ended_at"), **attributes).subquery("shift_facts")


def _costs() -> Subquery:
    costs = schema.costs
    return alone(*_columns(costs, "month", "amount", "currency"), channel=costs.c.channel).subquery("cost_facts")


def _daily(table: Table, *names: str) -> Subquery:
    return alone(*_columns(table, "day", *names)).subquery(f"{table.name}_facts")


RECORDS: dict[str, FromClause] = {
    source.name: source
    for source in (
        _ratings(),
        _contacts(),
        _of_work(*_columns(schema.work, "at", "seconds")).subquery("work_facts"),
        _handled(),
        _solved(),
        _criteria(),
        _reviews(),
        inquiries(),
        conversions(),
        sales(),
        _people(schema.agents, "agent", "agent_facts"),
        _people(schema.customers, "customer", "customer_facts"),
        _shifts(),
        _costs(),
        _daily(schema.self_service, "solved", "helpful", "unhelpful"),
        _daily(schema.social, "received", "answered_24h", "interactions", "impressions"),
        alone(*_columns(schema.trainings, "topic", "day"), agent=schema.trainings.c.agent).subquery("training_facts"),
    )
}

ACROSS_TICKETS = ("conversion_facts", "sale_facts")
"""The records whose rows depend on other tickets than their own; what they say of a ticket, another source says too."""

SOURCES: dict[str, FromClause] = {**schema.FACTS, **RECORDS}

THINGS: dict[str, str] = {
    "ticket_facts": "tickets",
    "turn_facts": "replies",
    "clock_facts": "clocks",
    "span_facts": "tickets",
    "overdue_facts": "clocks",
    "solve_facts": "solves",
    "rating_facts": "answers",
    "contact_facts": "contacts",
    "work_facts": "entries",
    "handled_facts": "contacts",
    "solved_facts": "tickets",
    "criterion_facts": "reviews",
    "review_facts": "reviews",
    "inquiry_facts": "contacts",
    "conversion_facts": "contacts",
    "sale_facts": "sales",
    "agent_facts": "agents",
    "customer_facts": "customers",
    "shift_facts": "shifts",
    "cost_facts": "costs",
    "self_service_facts": "days",
    "social_facts": "days",
    "training_facts": "trainings",
}
"""What a row of each source is: `unit.<things>` in the locales says how many there are."""

OPINIONS = frozenset({"ratings", "answers"})
"""Things that each say what one person thinks."""

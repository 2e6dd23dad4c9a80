"""What KPIs read: the fact tables, and things that happened joined with the ticket they belong to.

Every source has the attributes of `COMMON`; of what belongs to no ticket they are the thing's own, or NULL.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, Text, cast, func, literal, null, select

from kpi import schema

COMMON = (
    "helpdesk",
    "left_out",
    "opened_by_agent",
    "channel",
    "type",
    "brand",
    "status",
    "customer",
    "tags",
    "team",
    "agent",
    "priority",
)

_TICKET = schema.ticket_facts


def _with_ticket(table: Table, *columns: str, **own: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return the rows of a table with their ticket's attributes, of which `own` replace some."""
    absent = cast(null(), Text)
    ticket = {name: _TICKET.c[name] for name in ("left_out", "channel", "type", "brand", "status", "customer")}
    attributes = {
        "helpdesk": table.c.helpdesk,
        **ticket,
        "opened_by_agent": func.coalesce(_TICKET.c.opened_by_agent, 0),
        "tags": func.coalesce(_TICKET.c.tags, ""),
        "team": absent,
        "agent": absent,
        "priority": absent,
        **own,
    }
    chosen = [column.label(name) for name, column in attributes.items()]
    joined = table.outerjoin(_TICKET, _TICKET.c.ticket_id == table.c.ticket_id)
    return select(table.c.external_id, table.c.ticket_id, *(table.c[name] for name in columns), *chosen).select_from(
        joined
    )


def _alone(*columns: ColumnElement[Any], **own: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return rows that belong to no ticket, with the attributes they have themselves."""
    absent = cast(null(), Text)
    attributes: dict[str, ColumnElement[Any]] = {
        **dict.fromkeys(COMMON, absent),
        "opened_by_agent": literal(0),
        "tags": literal(""),
        **own,
    }
    return select(*columns, *(column.label(name) for name, column in attributes.items()))


_ratings, _contacts, _work = schema.ratings, schema.contacts, schema.work

RECORDS: dict[str, FromClause] = {
    "rating_facts": _with_ticket(
        _ratings,
        *("at", "survey", "score", "lowest", "highest", "sent_at"),
        customer=func.coalesce(_ratings.c.customer, _TICKET.c.customer),
        # Whose the ticket was when it was solved, unless the survey says who it is about.
        agent=func.coalesce(_ratings.c.agent, _TICKET.c.solved_agent),
        team=_TICKET.c.solved_team,
        priority=_TICKET.c.solved_priority,
    ).subquery("rating_facts"),
    "contact_facts": _with_ticket(
        _contacts,
        *("queued_at", "answered_at", "ended_at", "direction", "talk_s", "hold_s", "wrap_up_s", "abandoned"),
        channel=_contacts.c.channel,
        customer=func.coalesce(_contacts.c.customer, _TICKET.c.customer),
        agent=_contacts.c.agent,
        team=_contacts.c.team,
        priority=_TICKET.c.created_priority,
    ).subquery("contact_facts"),
    "work_facts": _with_ticket(
        _work,
        *("at", "seconds"),
        agent=_work.c.agent,
        team=_TICKET.c.solved_team,
        priority=_TICKET.c.solved_priority,
    ).subquery("work_facts"),
}

SOURCES: dict[str, FromClause] = {**schema.FACTS, **RECORDS}

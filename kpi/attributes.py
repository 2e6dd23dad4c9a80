"""The attributes that every row a KPI reads has, whatever it is of."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, cast, func, literal, null, select

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

TICKET = schema.ticket_facts
"""The ticket of a row, in what `with_ticket` returns."""

ABSENT = cast(null(), Text)


def with_ticket(table: FromClause, *columns: ColumnElement[Any], **own: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return things with an identifier and with their ticket's attributes, of which `own` replace some."""
    ticket = {name: TICKET.c[name] for name in ("left_out", "channel", "type", "brand", "status", "customer")}
    attributes = {
        "helpdesk": table.c.helpdesk,
        **ticket,
        "opened_by_agent": func.coalesce(TICKET.c.opened_by_agent, 0),
        "tags": func.coalesce(TICKET.c.tags, ""),
        **own,
    }
    joined = table.outerjoin(TICKET, TICKET.c.ticket_id == table.c.ticket_id)
    return select(table.c.external_id, table.c.ticket_id, *columns, *_all(attributes)).select_from(joined)


def of_ticket(*columns: ColumnElement[Any], prefix: str) -> Select[*tuple[Any, ...]]:
    """Return tickets with their attributes; team, agent and priority at the moment that the prefix names."""
    attributes = {name: TICKET.c[name] for name in COMMON if name in TICKET.c}
    at_event = {name: TICKET.c[f"{prefix}{name}"] for name in ("team", "agent", "priority")}
    return select(*columns, *_all(attributes | at_event))


def alone(*columns: ColumnElement[Any], **own: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return rows that belong to no ticket, with the attributes they have themselves."""
    return select(*columns, *_all({"opened_by_agent": literal(0), "tags": literal(""), **own}))


def _all(attributes: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Return an expression for every attribute, in one order so that rows can be put together."""
    return [attributes.get(name, ABSENT).label(name) for name in COMMON]

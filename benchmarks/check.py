"""The generated facts against what the product's own fold makes of the generated events."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import desk
import duckdb

from kpi.events import Author, Change, Field, History, Message, Rating, Status, Ticket
from kpi.history import fold

NOT_FOLDED = {"ticket_id", "next_contact_at", "previous_contact_at", "version"}
"""Columns that the fold of one ticket doesn't fill."""


def differences(place: Path, every: int) -> Iterator[str]:
    """Yield what is wrong with every so many tickets."""
    rules = desk.rulebook()
    for ticket_id, history, generated in sample(place, every):
        made = fold(history, rules)
        for name, rows in (
            ("ticket_facts", [made.ticket]),
            ("turn_facts", made.turns),
            ("span_facts", made.spans),
            ("clock_facts", made.clocks),
            ("solve_facts", getattr(made, "solves", None)),
            ("overdue_facts", getattr(made, "overdue", None)),
        ):
            if rows is None:
                continue
            stored = generated[name]
            if len(rows) != len(stored):
                yield f"{name} of ticket {ticket_id}: {len(rows)} rows, generated {len(stored)}"
                continue
            for row, there in zip(rows, stored, strict=True):
                for column, value in row.items():
                    if column not in NOT_FOLDED and there[column] != value:
                        yield f"{name}.{column} of ticket {ticket_id}: {value!r}, generated {there[column]!r}"


def sample(place: Path, every: int) -> Iterator[tuple[int, History, dict[str, list[dict[str, Any]]]]]:
    """Yield every so many tickets: id, history as told, and the generated rows of its facts."""
    orders = {
        "turn_facts": "turn",
        "span_facts": "span",
        "clock_facts": "metric = 'resolution', instance",
        "solve_facts": "solve",
        "overdue_facts": "metric = 'resolution', instance",
        "messages": "external_id",
        "ticket_changes": "external_id",
        "ratings": "external_id",
    }
    tables = {name: _by_ticket(place / name, "ticket_id", every, order) for name, order in orders.items()}
    tables["ticket_facts"] = _by_ticket(place / "ticket_facts", "ticket_id", every, "ticket_id")
    for ticket_id, rows in _by_ticket(place / "tickets", "id", every, "id").items():
        found = {name: table.get(ticket_id, []) for name, table in tables.items()}
        yield ticket_id, history(rows[0], found), found


def history(row: dict[str, Any], found: dict[str, list[dict[str, Any]]]) -> History:
    """Return a ticket's history from its rows."""
    own = {
        name: row[name]
        for name in (
            "helpdesk",
            "external_id",
            "created_at",
            "customer",
            "team",
            "agent",
            "priority",
            "type",
            "channel",
            "brand",
            "merged_into",
        )
    }
    tags = tuple(tag for tag in row["tags"].split("|") if tag)
    ticket = Ticket(**own, status=Status(row["status"]), opened_by_agent=bool(row["opened_by_agent"]), tags=tags)
    return History(
        ticket=ticket,
        changes=tuple(
            Change(
                **_of(change, "external_id", "at", "position", "old", "new", "actor"),
                field=Field(change["field"]),
                actor_kind=Author(change["actor_kind"]),
            )
            for change in found["ticket_changes"]
        ),
        messages=tuple(
            Message(
                **_of(message, "external_id", "at", "position", "author"),
                author_kind=Author(message["author_kind"]),
                public=bool(message["public"]),
                automatic=bool(message["automatic"]),
            )
            for message in found["messages"]
        ),
        ratings=tuple(
            Rating(**_of(rating, "external_id", "at", "survey", "score", "lowest", "highest", "customer"))
            for rating in found["ratings"]
        ),
    )


def _of(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _by_ticket(folder: Path, key: str, every: int, order: str) -> dict[int, list[dict[str, Any]]]:
    query = f"SELECT * FROM '{folder}/*.parquet' WHERE {key} % {every} = 0 ORDER BY {key}, {order}"
    with duckdb.connect() as connection:
        found = connection.sql(query)
        names, rows = found.columns, found.fetchall()
    by_ticket: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        named = dict(zip(names, row, strict=True))
        by_ticket.setdefault(named[key], []).append(named)
    return by_ticket

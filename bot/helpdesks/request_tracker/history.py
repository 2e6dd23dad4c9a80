"""One ticket and its transactions ─▶ `kpi.events.History`.

Pure, but for the directory that it asks who and what an identifier is.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.helpdesks.reading import figures
from bot.helpdesks.request_tracker.changes import changes
from bot.helpdesks.request_tracker.mail import automatic
from bot.helpdesks.request_tracker.mapping import (
    MESSAGES,
    Mapper,
    Record,
    agent_id,
    amount,
    author_id,
    instant,
    number,
)
from bot.helpdesks.request_tracker.snapshot import Snapshot
from kpi.events import Author, Change, Field, History, Message, Quantity, Rating, Status, Ticket, Work


def read_history(mapper: Mapper, record: Record, transactions: Sequence[Record], headers: Mapping[str, str]) -> History:
    """Return everything known of a ticket.

    Args:
        mapper: what words mean in this Request Tracker.
        record: the ticket as it is now; `MergedInto` names the ticket it was merged into, if it was.
        transactions: its own; those of tickets merged into it stay with them, where they happened.
        headers: the mail headers by transaction, for its messages.
    """
    ticket = Snapshot(mapper, record, transactions, headers)
    changed = changes(ticket)
    return History(
        ticket=_ticket(ticket, changed),
        changes=changed,
        messages=tuple(_messages(ticket)),
        ratings=tuple(_ratings(ticket)),
        work=tuple(_work(ticket)),
        # Of a merged ticket only its target's is left.
        figures=None if ticket.merged_into else figures({Quantity.DUE_AT: instant(record.get("Due"))}),
    )


def _ticket(ticket: Snapshot, changed: Sequence[Change]) -> Ticket:
    present = {field: ticket.present(field) for field in Field} | {change.field: change.new for change in changed}
    return Ticket(
        helpdesk=ticket.mapper.helpdesk,
        external_id=ticket.id,
        created_at=ticket.created_at,
        status=Status(present[Field.STATUS] or Status.NEW),
        customer=ticket.customer,
        opened_by_agent=ticket.opened_by_agent,
        team=present[Field.TEAM],
        agent=present[Field.AGENT],
        priority=present[Field.PRIORITY],
        level=present[Field.LEVEL],
        type=present[Field.TYPE],
        channel=ticket.channel,
        subject=ticket.record.get("Subject") or None,
        url=f"{ticket.mapper.web}/Ticket/Display.html?id={ticket.id}",
        merged_into=ticket.merged_into,
    )


def _messages(ticket: Snapshot) -> Iterator[Message]:
    for row in ticket.transactions:
        if row["Type"] in MESSAGES:
            author = ticket.mapper.person(row["Creator"])
            role = ticket.role(author, row)
            yield Message(
                external_id=str(row["id"]),
                at=ticket.at(row),
                position=number(row),
                author=author_id(author, role),
                author_kind=role,
                public=row["Type"] != "Comment",
                automatic=role in {Author.SYSTEM, Author.BOT} or automatic(ticket.headers(row)),
                channel=ticket.came_by(row),
            )


def _ratings(ticket: Snapshot) -> Iterator[Rating]:
    """Yield the one answer: the custom field's present value, given at its last change."""
    mapper, name = ticket.mapper, ticket.mapper.options.csat_field
    set_by = [
        row
        for row in ticket.transactions
        if row["Type"] == "CustomField" and mapper.directory.custom_field(str(row["Field"])) == name
    ]
    said = (set_by[-1].get("NewValue") or None) if set_by else ticket.value(name)
    score = amount(said)
    if score is None and (said or not set_by):
        return  # never rated, or words that are no score
    fields = [str(row["Field"]) for row in set_by[-1:]] or [
        str(field["id"]) for field in ticket.record.get("CustomFields") or () if field.get("name") == name
    ]
    yield Rating(
        external_id=f"{ticket.id}/csat",
        at=ticket.at(set_by[-1]) if set_by else ticket.created_at,
        score=score,
        lowest=mapper.options.csat_lowest,
        highest=mapper.options.csat_highest or mapper.directory.scale(fields[0]) or 5,
        customer=ticket.customer,
    )


def _work(ticket: Snapshot) -> Iterator[Work]:
    for row in ticket.transactions:
        minutes = amount(row.get("TimeTaken")) or 0
        if minutes:  # a correction downwards is negative
            agent = agent_id(ticket.mapper.person(row["Creator"]))
            yield Work(external_id=str(row["id"]), at=ticket.at(row), agent=agent, seconds=round(minutes * 60))

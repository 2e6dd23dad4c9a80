"""The tickets behind a number, in words and as data."""

from bot.render.json import as_json
from bot.render.report import Report
from bot.render.rows import NO_INTERVAL, Table, one_line, sentence
from bot.render.table import Row as Cells
from bot.render.table import neutral
from bot.render.words import Wording
from bot.text import UNSEEN, Text
from kpi.drilldown import Listing, Row
from kpi.period import instant_text

COLUMNS = (
    "kpi",
    "helpdesk",
    "ticket",
    "url",
    "record",
    "subject",
    "at",
    "team",
    "value",
    "success",
    "part",
    "whole",
)


def listing_report(listing: Listing, text: Text, first: int = 0) -> Report:
    """Return a list of tickets: the number, then the rows behind it, of which `first` come before those shown."""
    said = Wording(listing.answer, text)
    lines = [said.subtitle(), said.headline(), *said.details()]
    data = [_data(row, listing) for row in listing.rows]
    shown = len(listing.rows)
    notes = list(said.footnotes())
    if shown < listing.total:
        rows = text.number(shown) if first == 0 else f"{text.number(first + 1)}–{text.number(first + shown)}"
        notes.insert(0, text("tickets.cut", shown=rows, total=text.number(listing.total)))
    if listing.rows:
        lines.append(text(f"tickets.order.{listing.order}"))
    return Report(
        title=text("tickets.title", question=said.title()),
        lines=tuple(line for line in lines if line),
        table=_table(listing, text) if listing.rows else None,
        links=tuple(_address(row) for row in listing.rows),
        notes=tuple(notes),
        json={**as_json(listing.answer), "tickets": data},
        columns=COLUMNS,
        rows=[{name: neutral(cell) if isinstance(cell, str) else cell for name, cell in row.items()} for row in data],
    )


def _address(row: Row) -> str | None:
    """Return where the ticket of a row is; None where the address would act on the line that it stands in."""
    address = row.ticket.url if row.ticket else None
    return None if address is None or UNSEEN.search(address) else address


def _data(row: Row, listing: Listing) -> Cells:
    """Return a row as plain values; a success is 1 or 0, so that the column sums to the numerator."""
    question, ticket = listing.answer.question, row.ticket
    return {
        "kpi": question.kpi,
        "helpdesk": ticket.helpdesk if ticket else None,
        "ticket": ticket.external_id if ticket else None,
        "url": ticket.url if ticket else None,
        "record": row.record,
        "subject": ticket.subject if ticket else None,
        "at": instant_text(row.at, question.period.zone),
        "team": row.team,
        "value": row.value,
        "success": None if row.success is None else int(row.success),
        "part": row.part,
        "whole": row.whole,
    }


def _table(listing: Listing, text: Text) -> Table:
    """Return the rows as people read them; a subject only where they are kept, a helpdesk where there are several."""
    subjects = any(row.ticket and row.ticket.subject for row in listing.rows)
    name = text(f"kpi.{listing.answer.question.kpi}.name")
    heading = {"helpdesk": sentence(text("dimension.helpdesk"))} if listing.several else {}
    heading |= {"ticket": text("column.ticket"), "at": text("column.at"), "team": sentence(text("dimension.team"))}
    first = listing.rows[0]
    has_result = first.success is not None or first.part is not None
    heading |= {"result": name} if has_result else {}
    if listing.unit is not None:
        heading["value"] = text("column.value") if has_result else name
    heading |= {"subject": text("column.subject")} if subjects else {}
    told = [_cells(row, listing, text) for row in listing.rows]
    rows = tuple(tuple(cells[column] for column in heading) for cells in told)
    return Table(header=tuple(heading.values()), rows=rows, numbers=tuple(row.value for row in listing.rows), notes=())


def _cells(row: Row, listing: Listing, text: Text) -> dict[str, str]:
    """Return what stands in each column."""
    answer, ticket, value = listing.answer, row.ticket, NO_INTERVAL
    if row.value is not None and listing.unit is not None:
        currency = answer.figure.currency if answer.figure else None
        value = text.value(row.value, listing.unit, business=answer.business, currency=currency)
    return {
        "helpdesk": ticket.helpdesk if ticket else NO_INTERVAL,
        "ticket": ticket.external_id if ticket else row.record or NO_INTERVAL,
        "at": text.moment(row.at, answer.question.period.zone),
        "team": one_line(row.team) if row.team else text("answer.no_value"),
        "result": _result(row, text),
        "value": value,
        "subject": one_line(ticket.subject) if ticket and ticket.subject else NO_INTERVAL,
    }


def _result(row: Row, text: Text) -> str:
    if row.success is not None:
        return text("answer.yes") if row.success else text("answer.no")
    part, whole = (text.number(amount or 0) for amount in (row.part, row.whole))
    return text("answer.fraction", part=part, whole=whole)

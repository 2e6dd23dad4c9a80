"""The tickets behind a number, the worst first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from kpi.answer import answer
from kpi.behind import Contribution, Order, contribution
from kpi.catalogue import CATALOGUE, Composite, Effect, Kpi, Listed, Projection
from kpi.checked import check
from kpi.configuration import AS_PUBLISHED, Configuration
from kpi.dimensions import SEVERAL, Identity, dimension
from kpi.errors import QuestionError
from kpi.frames import Frames, Reference
from kpi.period import Span
from kpi.question import Answer, Question, Unit
from kpi.rows import Frame, collected
from kpi.schema import FACTS
from kpi.selection import Selection
from kpi.sources import SOURCES

TELL_APART = ("helpdesk", "external_id", "criterion", "thing")
"""The columns that tell apart the rows of a source that is no fact table, as far as it has them."""

SHOWN = ("value", "success", "part", "whole")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row behind a number: of a ticket, of one of its turns or clocks, or of a record such as a rating.

    Attributes:
        ticket: where the ticket is found; None of what belongs to no ticket.
        record: what the helpdesk knows a record by; None of facts.
        at: the instant that places it in the period; of what is open, when the ticket was created.
        team: the name of the team at that moment.
        value: its amount, in `Listing.unit`.
        success: whether it is in the numerator of a ratio.
        part, whole: what it adds to each side of a quotient of two sums.
    """

    ticket: Reference | None
    record: str | None
    at: int
    team: str | None
    value: float | None = None
    success: bool | None = None
    part: float | None = None
    whole: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The rows behind an answer's figure.

    Attributes:
        answer: the figure.
        rows: the worst first, as many as were asked for.
        total: how many there are.
        unit: of the rows' values; None when they have none.
        order: what comes first.
        several: whether they can be of several helpdesks, which may number their tickets alike.
    """

    answer: Answer
    rows: tuple[Row, ...] = ()
    total: int = 0
    unit: Unit | None = None
    order: Order = Order.NEWEST
    several: bool = False


def tickets_behind(
    question: Question,
    frames: Frames,
    now: int,
    configuration: Configuration = AS_PUBLISHED,
    limit: int | None = None,
) -> Listing:
    """Return the rows that a figure rests on: as many as its `n`, and as many successes as its numerator.

    Of ratios the failures come first, of durations the longest, of what is open the oldest, of other counts the
    newest. The engine puts them in order and cuts them to `limit`. No customer is named.

    Raises:
        QuestionError: `list_alone` with a breakdown, trend or comparison, `no_tickets_behind`, and as `check`.
    """
    if question.by or question.per or question.versus:
        raise QuestionError("list_alone")
    asked = configuration.find(question.kpi)
    kpi = _counted(asked)
    if kpi is None or not isinstance(asked, Kpi | Composite):
        raise QuestionError("no_tickets_behind", kpi=asked.key, choices=_instead(asked, question))
    with frames.snapshot() as facts:
        told = answer(question, facts, now, configuration)
        if not told.available or told.withholds(told.figure):
            return Listing(answer=told)
        asking = check(question, asked, facts, now, configuration.targets).asking
        selection = Selection(
            kpi=kpi,
            reading=question.reading,
            frames=facts,
            now=now,
            zone=asking.zone,
            calendar=question.calendar,
            filters=asking.filters,
            also=_columns(kpi, question),
        )
        adds = contribution(kpi, calendar=question.calendar)
        rows = _rows(selection, adds, told.span)
        (total,) = collected(rows.select(n=nw.len()))
        ordered = _ordered(rows, selection, adds)
        found = collected(ordered if limit is None else ordered.head(limit))
        return Listing(
            answer=told,
            rows=tuple(_named(found, facts, adds)),
            total=int(total["n"]),
            unit=adds.unit,
            order=_order(selection, adds),
            several=len(facts.helpdesks()) >= SEVERAL,
        )


def has_tickets(kpi: Listed) -> bool:
    """Tell whether the rows of a KPI belong to tickets."""
    return _counted(kpi) is not None


def _counted(kpi: Listed) -> Kpi | None:
    """Return the KPI whose rows a figure rests on; None when they belong to no ticket."""
    if isinstance(kpi, Composite) and kpi.rows_of is not None:
        return _counted(kpi.made_of[kpi.rows_of])
    return kpi if isinstance(kpi, Kpi) and "ticket_id" in SOURCES[kpi.fact].c else None


def _instead(kpi: Listed, question: Question) -> list[str]:
    """Return the KPIs with tickets that one without is made of, or that count the same rows."""
    match kpi:
        case Projection():
            return [kpi.of.key]
        case Effect():
            return [question.of or kpi.usual.key]
        case Composite():
            members = list(kpi.made_of.values())
            own = [member.key for member in members if member.key in CATALOGUE and has_tickets(member)]
            facts = {member.fact for member in members if isinstance(member, Kpi)}
            same = [key for key, other in CATALOGUE.items() if isinstance(other, Kpi) and other.fact in facts]
            return list(dict.fromkeys(own)) or [key for key in same if has_tickets(CATALOGUE[key])]
    return []


# --- Rows --------------------------------------------------------------------------------------------------------


def _keys(kpi: Kpi) -> tuple[str, ...]:
    """Return the columns that tell the rows of a KPI apart."""
    if kpi.fact in FACTS:
        return tuple(column.name for column in FACTS[kpi.fact].primary_key)
    return ("ticket_id", *(name for name in TELL_APART if name in SOURCES[kpi.fact].c))


def _placed(kpi: Kpi, instant: str) -> str:
    """Return the column of the instant that is shown: a stretch of being open is a piece of a ticket's life."""
    return "created_at" if kpi.fact == "span_facts" else instant


def _team(kpi: Kpi, question: Question) -> str:
    return dimension("team").column(kpi.anchor(question.reading).prefix)


def _columns(kpi: Kpi, question: Question) -> frozenset[str]:
    shown = {_placed(kpi, kpi.anchor(question.reading).instant), _team(kpi, question)}
    return frozenset({*_keys(kpi), *shown})


def _rows(selection: Selection, adds: Contribution, span: Span) -> Frame:
    """Return the rows that count, with what is shown of each."""
    kpi, anchor = selection.kpi, selection.anchor
    rows = selection.counted(span)
    if adds.counts is not None:
        rows = rows.filter(adds.counts)
    shown = {"at": nw.col(_placed(kpi, anchor.instant)), "team": nw.col(dimension("team").column(anchor.prefix))}
    told = {name: given for name in SHOWN if (given := getattr(adds, name)) is not None}
    order = {f"order_{place}": key for place, (key, _) in enumerate(adds.worst)}
    keys = {f"key_{place}": nw.col(name) for place, name in enumerate(_keys(kpi))}
    if kpi.fact not in FACTS and "external_id" in SOURCES[kpi.fact].c:
        shown["record"] = nw.col("external_id")
    whose = {name: nw.col(name) for name in ("helpdesk", "ticket_id")}
    if adds.per is None:
        return rows.select(**whose, **shown, **told, **order, **keys)
    summed = {"value": adds.value.sum()} if adds.value is not None else {}
    first = {name: column.max() for name, column in {**whose, **shown}.items()}
    return rows.group_by(adds.per).agg(**first, **summed).with_columns(order_0=nw.col("value"), key_0=nw.col(adds.per))


def _order(selection: Selection, adds: Contribution) -> Order:
    """Return what comes first."""
    if adds.unit is Unit.SECONDS and adds.success is None:
        return Order.LONGEST
    if adds.worst:
        return Order.HIGHEST if selection.kpi.higher_is_better is None else Order.WORST
    return Order.OLDEST if selection.anchor.until is not None else Order.NEWEST


def _ordered(rows: Frame, selection: Selection, adds: Contribution) -> Frame:
    """Return the rows, the worst first; where nothing else tells, the newest, then by what tells rows apart."""
    open_now = selection.anchor.until is not None
    names = [f"order_{place}" for place in range(len(adds.worst))]
    descending = [highest_first for _, highest_first in adds.worst]
    keys = 1 if adds.per is not None else len(_keys(selection.kpi))
    names += ["at", *(f"key_{place}" for place in range(keys))]
    descending += [not open_now, *[False] * keys]
    return rows.sort(names, descending=descending, nulls_last=True)


# --- Names -------------------------------------------------------------------------------------------------------


def _named(found: list[dict[str, Any]], frames: Frames, adds: Contribution) -> Iterator[Row]:
    tickets = frames.tickets({int(row["ticket_id"]) for row in found if row["ticket_id"] is not None})
    teams = frames.labels("teams", {row["team"] for row in found if row["team"] is not None})
    for row in found:
        amounts = {name: row.get(name) for name in SHOWN}
        if adds.success is not None:
            amounts["success"] = row["success"] == 1
        owner: Identity = (row["helpdesk"], row["team"])
        yield Row(
            ticket=None if row["ticket_id"] is None else tickets.get(int(row["ticket_id"])),
            record=row.get("record"),
            at=int(row["at"]),
            team=teams.get(owner, row["team"]),
            **amounts,
        )

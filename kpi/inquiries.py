"""Each time somebody got in touch, and the sales that followed.

Each order belongs to one inquiry at most: to the ticket that it names, else to the last time its customer had got in
touch before. Of that, what lies within `SALE_WINDOW_S` counts.
"""

from sqlalchemy import (
    CTE,
    Integer,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from kpi import schema
from kpi.attributes import ABSENT, COMMON, TICKET, alone, of_ticket

SALE_WINDOW_S = 7 * 86_400
"""How long after an inquiry a sale still follows from it, the last second included."""

_contacts, _sales = schema.contacts.c, schema.sales.c


def inquiries() -> Subquery:
    """Return tickets, and the calls and chats of customers that were answered and belong to none."""
    tickets = of_ticket(
        ("ticket/" + cast(TICKET.c.ticket_id, Text)).label("external_id"),
        TICKET.c.ticket_id,
        TICKET.c.created_at.label("at"),
        prefix="created_",
    )
    calls = alone(
        ("contact/" + _contacts.external_id).label("external_id"),
        _contacts.ticket_id,
        _contacts.queued_at.label("at"),
        **{name: _contacts[name] for name in ("helpdesk", "channel", "customer", "team", "agent")},
    ).where(_contacts.ticket_id.is_(None), _contacts.answered_at.is_not(None), _contacts.direction == "in")
    return union_all(tickets, calls).subquery("inquiry_facts")


def _candidates() -> CTE:
    """Return the inquiries that a sale can follow from, numbered as they came: only those of customers who bought."""
    every = inquiries().c
    number = func.row_number().over(order_by=[every.at, every.helpdesk, every.external_id]).label("number")
    bought = or_(
        tuple_(every.helpdesk, every.customer).in_(select(_sales.helpdesk, _sales.customer)),
        every.ticket_id.in_(select(_sales.ticket_id)),
    )
    counted = and_(every.left_out.is_(None), every.opened_by_agent == 0)
    return select(number, *every).where(counted, bought).cte("candidates")


def _attributed(candidates: CTE) -> Subquery:
    """Return the number of the inquiry that each sale belongs to; sales of no inquiry are missing."""
    names = select(_sales.helpdesk, _sales.external_id.label("sale"), candidates.c.number).join_from(
        schema.sales, candidates, candidates.c.ticket_id == _sales.ticket_id
    )
    asked = candidates.c
    stream = union_all(
        select(asked.helpdesk, asked.customer, asked.at, literal(0).label("sold"), asked.number, ABSENT.label("sale")),
        select(
            _sales.helpdesk,
            _sales.customer,
            _sales.at,
            literal(1).label("sold"),
            cast(null(), Integer).label("number"),
            _sales.external_id.label("sale"),
        ).where(_sales.ticket_id.is_(None)),
    ).subquery("stream")
    # Numbers rise with time, so the greatest so far is the latest; of one second, the sale comes after the inquiry.
    latest = func.max(stream.c.number).over(
        partition_by=[stream.c.helpdesk, stream.c.customer], order_by=[stream.c.at, stream.c.sold], rows=(None, 0)
    )
    found = select(stream.c.helpdesk, stream.c.sale, latest.label("number")).where(stream.c.customer.is_not(None))
    followed = found.subquery("followed")
    last = select(followed.c.helpdesk, followed.c.sale, followed.c.number).where(
        followed.c.sale.is_not(None), followed.c.number.is_not(None)
    )
    return union_all(names, last).subquery("attributed")


def conversions() -> Subquery:
    """Return the inquiries with `converted`: whether a sale followed."""
    candidates = _candidates()
    attributed = _attributed(candidates)
    sold = (
        select(candidates.c.helpdesk, candidates.c.external_id)
        .distinct()
        .select_from(candidates)
        .join(attributed, attributed.c.number == candidates.c.number)
        .join(schema.sales, and_(_sales.helpdesk == attributed.c.helpdesk, _sales.external_id == attributed.c.sale))
        .where(_sales.at >= candidates.c.at, _sales.at <= candidates.c.at + SALE_WINDOW_S)
    ).subquery("sold")
    every = inquiries()
    converted = case((sold.c.external_id.is_not(None), 1), else_=0).label("converted")
    followed = every.outerjoin(
        sold, and_(sold.c.helpdesk == every.c.helpdesk, sold.c.external_id == every.c.external_id)
    )
    return select(*every.c, converted).select_from(followed).subquery("conversion_facts")


def sales() -> Subquery:
    """Return the sales with `assisted`: whether they followed from an inquiry, whose attributes they have."""
    candidates = _candidates()
    attributed = _attributed(candidates)
    asked = candidates.c
    attributes = {name: asked[name] for name in COMMON} | {
        "helpdesk": _sales.helpdesk,
        "opened_by_agent": literal(0),
        "tags": func.coalesce(asked.tags, ""),
        "customer": func.coalesce(_sales.customer, asked.customer),
        "agent": func.coalesce(_sales.agent, asked.agent),
    }
    follows = and_(_sales.at >= asked.at, _sales.at <= asked.at + SALE_WINDOW_S)
    joined = schema.sales.outerjoin(
        attributed, and_(attributed.c.helpdesk == _sales.helpdesk, attributed.c.sale == _sales.external_id)
    ).outerjoin(candidates, asked.number == attributed.c.number)
    return (
        select(
            _sales.external_id,
            func.coalesce(_sales.ticket_id, asked.ticket_id).label("ticket_id"),
            *(_sales[name] for name in ("at", "amount", "currency")),
            case((follows, 1), else_=0).label("assisted"),
            *(value.label(name) for name, value in attributes.items()),
        )
        .select_from(joined)
        .subquery("sale_facts")
    )

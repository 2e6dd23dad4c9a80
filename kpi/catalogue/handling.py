"""Handling: how fast tickets are answered, and what it takes to handle them."""

import narwhals as nw

from kpi.catalogue.anchors import CREATED, DAY_S, HOUR_S, SOLVED
from kpi.catalogue.definition import NOW, Anchor, Kpi
from kpi.durations import Bands, Duration
from kpi.events import ENDED
from kpi.means import Mean
from kpi.measures import Ratio

RESPONSE_EDGES = (15 * 60, HOUR_S, 4 * HOUR_S, 8 * HOUR_S, 24 * HOUR_S)
"""Where the bands of first responses meet."""

ABANDONED_AFTER_S = 30 * DAY_S
"""A ticket that goes this long without a reply was abandoned."""

UNANSWERED = nw.col("first_replied_at").is_null() & (nw.col("solved_in_contact") == 0)
OVER = nw.col("status").is_in(sorted(ENDED)) | (nw.col("created_at") + ABANDONED_AFTER_S <= NOW)

KPIS = (
    Kpi(
        key="frt",
        fact="turn_facts",
        where={"turn": 1},
        event=Anchor(instant="replied_at"),
        cohort=Anchor(instant="created_at", condition=~nw.col("replied_at").is_null()),
        measure=Duration(business="reply_s", calendar="reply_calendar_s"),
        columns=("replied_at",),
        customer_opened=True,
        things="tickets",
        higher_is_better=False,
        needs=("tickets", "first_replies"),
        sources=("S0", "S1", "S2"),
    ),
    Kpi(
        key="reply_time",
        fact="turn_facts",
        event=Anchor(instant="replied_at"),
        measure=Duration(business="reply_s", calendar="reply_calendar_s"),
        higher_is_better=False,
        needs=("tickets", "messages"),
        sources=("S0",),
    ),
    Kpi(
        key="response_bands",
        fact="turn_facts",
        where={"turn": 1},
        event=Anchor(instant="replied_at"),
        cohort=Anchor(instant="created_at"),
        measure=Bands(
            business="reply_s",
            calendar="reply_calendar_s",
            edges=RESPONSE_EDGES,
            within=HOUR_S,
            never="no_reply",
        ),
        customer_opened=True,
        things="tickets",
        higher_is_better=True,
        needs=("tickets", "first_replies"),
        sources=("S0",),
    ),
    Kpi(
        key="replies_per_ticket",
        fact="ticket_facts",
        event=SOLVED,
        measure=Mean(value=nw.col("replies")),
        columns=("replies",),
        higher_is_better=False,
        needs=("tickets", "messages"),
        sources=("S4",),
    ),
    Kpi(
        key="messages_per_ticket",
        fact="ticket_facts",
        event=SOLVED,
        measure=Mean(value=nw.col("replies") + nw.col("customer_messages") + 1),  # and the opening one
        columns=("replies", "customer_messages"),
        higher_is_better=False,
        needs=("tickets", "messages"),
        sources=("S4",),
    ),
    Kpi(
        key="escalation_rate",
        fact="ticket_facts",
        event=CREATED,
        measure=Ratio(numerator=nw.col("escalated") == 1),
        columns=("escalated",),
        higher_is_better=False,
        sources=("S1", "S2"),
    ),
    Kpi(
        key="transfer_rate",
        fact="ticket_facts",
        event=SOLVED,
        measure=Ratio(numerator=nw.col("transfers") >= 1),
        columns=("transfers",),
        higher_is_better=False,
        sources=("S2",),
    ),
    Kpi(
        key="ticket_abandonment",
        fact="ticket_facts",
        event=CREATED,
        measure=Ratio(
            numerator=(UNANSWERED & OVER)
            | (nw.col("first_replied_at") > nw.col("created_at") + ABANDONED_AFTER_S).fill_null(False)
        ),
        columns=("first_replied_at", "solved_in_contact", "status"),
        customer_opened=True,
        higher_is_better=False,
        needs=("tickets", "first_replies"),
        notes={"provisional": UNANSWERED & ~OVER},
        sources=("S2",),
    ),
)

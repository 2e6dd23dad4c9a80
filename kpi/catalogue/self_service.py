"""What is solved and said without a ticket: self-service and social media."""

import narwhals as nw

from kpi.catalogue.anchors import DAY_S
from kpi.catalogue.combining import first_known, ratio_to_both
from kpi.catalogue.definition import NOW, Anchor, Composite, Kpi
from kpi.catalogue.inflow import KPIS as INFLOW
from kpi.means import Share
from kpi.measures import Ratio
from kpi.question import Unit
from kpi.totals import Total

BY_DAY = Anchor(instant="day", by_day=True)
NOTHING: frozenset[str] = frozenset()
"""Counts of a day can't be told apart."""

KPIS = (
    Composite(
        key="self_service_rate",
        things="requests",
        made_of={
            "tickets": next(kpi for kpi in INFLOW if kpi.key == "volume"),
            "solved": Kpi(
                key="solved_by_self_service",
                fact="self_service_facts",
                event=BY_DAY,
                measure=Total(amount=nw.col("solved"), unit=Unit.COUNT),
                columns=("solved",),
                dimensions=NOTHING,
                higher_is_better=True,
                needs=("self_service",),
                sources=("S1", "S2"),
            ),
        },
        combine=ratio_to_both("solved", "tickets"),
        unit=Unit.RATIO,
        dimensions=NOTHING,
        higher_is_better=True,
        needs=("tickets", "self_service"),
        sources=("S1", "S2"),
    ),
    Composite(
        key="social_response_rate",
        things="messages",
        made_of={
            "counts": Kpi(
                key="social_messages_answered",
                fact="social_facts",
                event=BY_DAY,
                condition=~nw.col("received").is_null(),  # or answers would stand without their messages
                measure=Share(part=nw.col("answered_24h").fill_null(0), whole=nw.col("received"), counts=True),
                columns=("answered_24h", "received"),
                dimensions=NOTHING,
                higher_is_better=True,
                needs=("social_counts",),
                sources=("S1",),
            ),
            "turns": Kpi(
                key="social_turns_answered",
                fact="turn_facts",
                where={"channel": "social"},
                event=Anchor(instant="started_at"),
                # Those that can still be answered in time are not decided.
                condition=~nw.col("replied_at").is_null() | (nw.col("started_at") <= NOW - DAY_S),
                measure=Ratio(numerator=nw.col("reply_calendar_s") <= DAY_S),
                columns=("replied_at", "reply_calendar_s"),
                dimensions=NOTHING,
                higher_is_better=True,
                needs=("social_tickets",),
                sources=("S1",),
            ),
        },
        combine=first_known,
        unit=Unit.RATIO,
        dimensions=NOTHING,
        higher_is_better=True,
        needs=("social_messages",),
        sources=("S1",),
    ),
    Kpi(
        key="social_engagement",
        fact="social_facts",
        event=BY_DAY,
        condition=~nw.col("impressions").is_null(),
        measure=Share(part=nw.col("interactions").fill_null(0), whole=nw.col("impressions")),
        may_exceed_one=True,
        columns=("interactions", "impressions"),
        dimensions=NOTHING,
        higher_is_better=True,
        needs=("social_reach",),
        sources=("S1",),
    ),
)

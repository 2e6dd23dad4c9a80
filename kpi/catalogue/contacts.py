"""Calls and chats: whether they are answered, and how long they wait."""

import narwhals as nw

from kpi.catalogue.combining import with_parts
from kpi.catalogue.definition import Anchor, Composite, Kpi
from kpi.means import Mean
from kpi.measures import Count, Ratio
from kpi.question import Unit

SHORT_ABANDON_S = 5
"""Who leaves within so many seconds didn't mean to wait: no fault of anybody's."""
ANSWERED_WITHIN_S = 20
"""The wait that a service level allows."""

OFFERED = Anchor(instant="queued_at")
IN = {"direction": "in"}
CONTACTS = ("contacts",)

WAITED_S = nw.col("answered_at") - nw.col("queued_at")
LEFT_AFTER_S = nw.col("ended_at") - nw.col("queued_at")
ABANDONED = nw.col("abandoned") == 1
SHORT_ABANDON = ABANDONED & (LEFT_AFTER_S <= SHORT_ABANDON_S).fill_null(False)

KPIS = (
    Kpi(
        key="answer_rate",
        fact="contact_facts",
        where=IN,
        event=OFFERED,
        measure=Ratio(numerator=~nw.col("answered_at").is_null()),
        columns=("answered_at",),
        higher_is_better=True,
        needs=CONTACTS,
        sources=("S3",),
    ),
    Kpi(
        key="abandonment_rate",
        fact="contact_facts",
        where=IN,
        event=OFFERED,
        condition=~SHORT_ABANDON,
        measure=Ratio(numerator=ABANDONED),
        columns=("abandoned", "ended_at"),
        higher_is_better=False,
        needs=CONTACTS,
        notes={"short_abandons": SHORT_ABANDON},
        sources=("S1",),
    ),
    Composite(
        key="service_level",
        made_of={
            "level": Kpi(
                key="answered_in_time",
                fact="contact_facts",
                where=IN,
                event=OFFERED,
                condition=~SHORT_ABANDON,
                measure=Ratio(numerator=WAITED_S <= ANSWERED_WITHIN_S),
                columns=("abandoned", "answered_at", "ended_at"),
                higher_is_better=True,
                needs=CONTACTS,
                sources=("S3",),
            ),
            "offered": Kpi(
                key="offered",
                fact="contact_facts",
                where=IN,
                event=OFFERED,
                measure=Count(parts={"short_abandons": SHORT_ABANDON}),
                columns=("abandoned", "ended_at"),
                higher_is_better=None,
                needs=CONTACTS,
                sources=("S3",),
            ),
        },
        combine=with_parts("level", {"offered": Unit.COUNT}),
        rows_of="level",
        unit=Unit.RATIO,
        higher_is_better=True,
        needs=CONTACTS,
        sources=("S3",),
    ),
    Composite(
        key="wait_time",
        made_of={
            "wait": Kpi(
                key="speed_of_answer",
                fact="contact_facts",
                where=IN,
                event=Anchor(instant="answered_at"),
                measure=Mean(value=WAITED_S, unit=Unit.SECONDS),
                columns=("queued_at",),
                higher_is_better=False,
                needs=CONTACTS,
                sources=("S3",),
            ),
            "time_to_abandon": Kpi(
                key="time_to_abandon",
                fact="contact_facts",
                where=IN,
                event=Anchor(instant="ended_at"),
                condition=ABANDONED,
                measure=Mean(value=LEFT_AFTER_S, unit=Unit.SECONDS),
                columns=("abandoned", "queued_at"),
                higher_is_better=None,
                needs=CONTACTS,
                sources=("S3",),
            ),
        },
        combine=with_parts("wait", {"time_to_abandon": Unit.SECONDS}),
        rows_of="wait",
        unit=Unit.SECONDS,
        higher_is_better=False,
        needs=CONTACTS,
        sources=("S3",),
    ),
    Kpi(
        key="call_time",
        fact="contact_facts",
        where=IN | {"channel": "phone"},
        event=Anchor(instant="ended_at"),
        condition=~nw.col("answered_at").is_null(),
        measure=Mean(value=nw.col("talk_s"), unit=Unit.SECONDS),
        columns=("answered_at", "talk_s"),
        higher_is_better=None,
        needs=CONTACTS,
        sources=("S1",),
    ),
)

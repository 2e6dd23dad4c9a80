"""Calls and chats: whether they are answered, and how long they wait."""

from collections.abc import Mapping

import narwhals as nw

from kpi.catalogue.combining import with_parts
from kpi.catalogue.definition import Anchor, Composite, Kpi
from kpi.durations import Within
from kpi.means import Mean
from kpi.measures import Count, Measure, Ratio
from kpi.question import Unit

SHORT_ABANDON_S = 5
"""Who leaves within so many seconds didn't mean to wait: no fault of anybody's."""
ANSWERED_WITHIN_S = 20
"""The wait that a service level allows, unless the settings say otherwise."""

OFFERED = Anchor(instant="queued_at")
CONTACTS = ("contacts",)

WAITED_S = nw.col("answered_at") - nw.col("queued_at")
LEFT_AFTER_S = nw.col("ended_at") - nw.col("queued_at")
ABANDONED = nw.col("abandoned") == 1
SHORT_ABANDON = ABANDONED & (LEFT_AFTER_S <= SHORT_ABANDON_S).fill_null(False)


def _incoming(
    key: str,
    measure: Measure,
    *columns: str,
    event: Anchor = OFFERED,
    channel: str | None = None,
    condition: nw.Expr | None = None,
    notes: Mapping[str, nw.Expr] | None = None,
    better: bool | None = None,
    source: str = "S3",
) -> Kpi:
    """Return a KPI of calls and chats that came in; `better` tells whether higher is better."""
    return Kpi(
        key=key,
        fact="contact_facts",
        where={"direction": "in"} if channel is None else {"direction": "in", "channel": channel},
        event=event,
        condition=condition,
        measure=measure,
        columns=columns,
        notes=notes or {},
        higher_is_better=better,
        needs=CONTACTS,
        sources=(source,),
    )


KPIS = (
    _incoming("answer_rate", Ratio(numerator=~nw.col("answered_at").is_null()), "answered_at", better=True),
    _incoming(
        "abandonment_rate",
        Ratio(numerator=ABANDONED),
        "abandoned",
        "ended_at",
        condition=~SHORT_ABANDON,
        better=False,
        notes={"short_abandons": SHORT_ABANDON},
        source="S1",
    ),
    Composite(
        key="service_level",
        made_of={
            "level": _incoming(
                "answered_in_time",
                Within(seconds=WAITED_S, within=ANSWERED_WITHIN_S),
                "abandoned",
                "answered_at",
                "ended_at",
                condition=~SHORT_ABANDON,
                better=True,
            ),
            "offered": _incoming("offered", Count(parts={"short_abandons": SHORT_ABANDON}), "abandoned", "ended_at"),
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
            "wait": _incoming(
                "speed_of_answer",
                Mean(value=WAITED_S, unit=Unit.SECONDS),
                "queued_at",
                event=Anchor(instant="answered_at"),
                better=False,
            ),
            "time_to_abandon": _incoming(
                "time_to_abandon",
                Mean(value=LEFT_AFTER_S, unit=Unit.SECONDS),
                "abandoned",
                "queued_at",
                event=Anchor(instant="ended_at"),
                condition=ABANDONED,
            ),
        },
        combine=with_parts("wait", {"time_to_abandon": Unit.SECONDS}),
        rows_of="wait",
        unit=Unit.SECONDS,
        higher_is_better=False,
        needs=CONTACTS,
        sources=("S3",),
    ),
    _incoming(
        "call_time",
        Mean(value=nw.col("talk_s"), unit=Unit.SECONDS),
        "answered_at",
        "talk_s",
        event=Anchor(instant="ended_at"),
        condition=~nw.col("answered_at").is_null(),
        channel="phone",
        source="S1",
    ),
)

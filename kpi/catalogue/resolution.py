"""Handling: how fast and how well tickets are solved."""

import narwhals as nw

from kpi.catalogue.anchors import CREATED, DAY_S, FIRST_SOLVED, SOLVED
from kpi.catalogue.definition import NOW, Anchor, Kpi
from kpi.durations import Duration
from kpi.measures import Ratio

FCR_WINDOW_S = 7 * DAY_S
"""A solve that stays unquestioned this long was a first contact resolution."""

RESOLVED_WITHIN_S = 7 * DAY_S
"""What the resolution rate calls in time."""

REOPENED_WITHIN_S = 14 * DAY_S
"""A reopen later than this is another matter."""


def _resolution_time(key: str, columns: str) -> Kpi:
    """Return the time to the last solve of tickets that are solved now."""
    return Kpi(
        key=key,
        fact="ticket_facts",
        event=SOLVED,
        cohort=Anchor(instant="created_at", prefix="solved_"),
        measure=Duration(business=f"{columns}_s", calendar=f"{columns}_calendar_s"),
        columns=("is_solved",),
        condition=nw.col("is_solved") == 1,
        higher_is_better=False,
        sources=("S0", "S1", "S2"),
    )


KPIS = (
    _resolution_time("resolution_time", "resolution"),
    _resolution_time("full_resolution_time", "full_resolution"),
    Kpi(
        key="first_resolution_time",
        fact="ticket_facts",
        event=FIRST_SOLVED,
        cohort=Anchor(instant="created_at", prefix="first_solved_", condition=~nw.col("first_solved_at").is_null()),
        measure=Duration(business="first_resolution_s", calendar="first_resolution_calendar_s"),
        columns=("first_solved_at",),
        higher_is_better=False,
        sources=("S0", "S1", "S2"),
    ),
    Kpi(
        key="fcr",
        fact="ticket_facts",
        event=SOLVED,
        cohort=CREATED,
        measure=Ratio(
            numerator=~nw.col("last_solved_at").is_null()
            & ((nw.col("replies") == 1) | (nw.col("solved_in_contact") == 1))
            & (nw.col("teams") <= 1)
            & (nw.col("customer_messages") == 0)
            & (nw.col("fastest_reopen_s").is_null() | (nw.col("fastest_reopen_s") > FCR_WINDOW_S))
            & (
                nw.col("next_contact_at").is_null()
                | (nw.col("next_contact_at") > nw.col("last_solved_at") + FCR_WINDOW_S)
            )
        ),
        columns=(
            "last_solved_at",
            "replies",
            "solved_in_contact",
            "teams",
            "customer_messages",
            "fastest_reopen_s",
            "next_contact_at",
            "automatic_reopens",
        ),
        customer_opened=True,
        higher_is_better=True,
        needs=("tickets", "messages"),
        notes={
            "provisional": nw.col("last_solved_at") > NOW - FCR_WINDOW_S,
            "automatic_reopens": nw.col("automatic_reopens"),
        },
        target_range=(0.70, 0.79),
        sources=("S1", "S2", "S3"),
    ),
    Kpi(
        key="one_touch",
        fact="ticket_facts",
        event=SOLVED,
        measure=Ratio(
            numerator=nw.col("replies") < 2,  # noqa: PLR2004  # Zendesk's definition
            parts={"zero_replies": nw.col("replies") == 0},
        ),
        columns=("replies",),
        higher_is_better=True,
        needs=("tickets", "messages"),
        sources=("S4",),
    ),
    Kpi(
        key="resolution_rate",
        fact="ticket_facts",
        event=CREATED,
        condition=nw.col("created_at") + RESOLVED_WITHIN_S <= NOW,
        measure=Ratio(numerator=nw.col("first_solved_at") <= nw.col("created_at") + RESOLVED_WITHIN_S),
        columns=("first_solved_at",),
        higher_is_better=True,
        notes={"window_incomplete": nw.col("created_at") + RESOLVED_WITHIN_S > NOW},
        sources=("S2",),
    ),
    Kpi(
        key="reopen_rate",
        fact="ticket_facts",
        event=FIRST_SOLVED,
        measure=Ratio(numerator=nw.col("first_reopen_s") <= REOPENED_WITHIN_S),
        columns=("first_reopen_s", "automatic_reopens"),
        higher_is_better=False,
        notes={
            "provisional": nw.col("first_solved_at") > NOW - REOPENED_WITHIN_S,
            "automatic_reopens": nw.col("automatic_reopens"),
        },
        sources=("S2",),
    ),
)

"""Handling: how fast and how well tickets are answered and solved."""

import narwhals as nw

from kpi.catalogue.definition import DAY_S, NOW, Anchor, Kpi
from kpi.durations import Duration
from kpi.measures import Count, Ratio

FCR_WINDOW_S = 7 * DAY_S
"""A solve that stays unquestioned this long was a first contact resolution."""

STOPPED = nw.col("state") == "stopped"
LATE = ((nw.col("state") == "running") & (nw.col("late_after") < NOW)) | (
    (nw.col("state") == "paused") & (nw.col("breached") == 1)
)
"""A clock that has not stopped but is past its target already."""


def _sla(key: str, metric: str, stopped_by: str, ended_otherwise: dict[str, nw.Expr], *, customer_opened: bool) -> Kpi:
    """Return the share of the clocks of a metric that kept their target.

    Of the tickets created in the period, clocks past their target have failed whatever became of the ticket. Those
    that run in time have not succeeded yet, and those that ended in time without what was promised never will: they
    are in neither number.
    """
    kept_word = nw.col("stopped_by") == stopped_by
    return Kpi(
        key=key,
        fact="clock_facts",
        where={"metric": metric},
        event=Anchor(instant="stopped_at", condition=kept_word),
        cohort=Anchor(instant="created_at", condition=kept_word | (nw.col("breached") == 1) | LATE),
        measure=Ratio(numerator=nw.col("breached") == 0),
        columns=("state", "stopped_by", "late_after", "breached"),
        customer_opened=customer_opened,
        higher_is_better=True,
        needs=("tickets", "sla_policies"),
        notes={"still_running": ~(STOPPED | LATE.fill_null(False))} | ended_otherwise,
        beside={
            "running_overdue": Kpi(
                key="running_overdue",
                fact="clock_facts",
                where={"metric": metric, "state": "running"},
                event=Anchor(instant="late_after"),
                measure=Count(),
                customer_opened=customer_opened,
                higher_is_better=False,
                needs=("tickets", "sla_policies"),
                sources=("S0",),
            )
        },
        sources=("S0",),
    )


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
        higher_is_better=False,
        needs=("tickets", "messages"),
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
    _sla(
        "frt_sla",
        "first_reply",
        "reply",
        {"ended_without_reply": nw.col("stopped_by").is_in(["solve", "closed"])},
        customer_opened=True,
    ),
    _sla(
        "resolution_sla",
        "resolution",
        "solve",
        {"closed_unsolved": nw.col("stopped_by") == "closed"},
        customer_opened=False,
    ),
    Kpi(
        key="resolution_time",
        fact="ticket_facts",
        event=Anchor(instant="last_solved_at", prefix="solved_"),
        cohort=Anchor(instant="created_at", prefix="solved_"),
        measure=Duration(business="resolution_s", calendar="resolution_calendar_s"),
        columns=("is_solved",),
        condition=nw.col("is_solved") == 1,
        higher_is_better=False,
        sources=("S0", "S1", "S2"),
    ),
    Kpi(
        key="fcr",
        fact="ticket_facts",
        event=Anchor(instant="last_solved_at", prefix="solved_"),
        cohort=Anchor(instant="created_at", prefix="created_"),
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
)

"""Handling: which promises are kept."""

import narwhals as nw

from kpi.catalogue.definition import NOW, Anchor, Kpi
from kpi.measures import Count, Ratio

STOPPED = nw.col("state") == "stopped"
LATE = ((nw.col("state") == "running") & (nw.col("late_after") < NOW)) | (
    (nw.col("state") == "paused") & (nw.col("breached") == 1)
)
"""A clock that has not stopped but is past its target already."""

ENDED_WITHOUT_REPLY = {"ended_without_reply": nw.col("stopped_by").is_in(["solve", "closed"])}


def _sla(
    key: str,
    metric: str,
    stopped_by: str,
    ended_otherwise: dict[str, nw.Expr],
    *,
    told_by: tuple[str, ...] = (),
    begun: str = "created_at",
    customer_opened: bool = False,
) -> Kpi:
    """Return the share of the clocks of a metric that kept their target.

    Of the clocks that `begun` places in the period, those past their target have failed whatever became of the
    ticket. Those that run in time have not succeeded yet, and those that ended in time without what was promised
    never will: they are in neither number. `told_by` is the data besides that tells that a promise was kept.
    """
    needs = ("tickets", *told_by, "sla_policies")  # a promise that nobody would tell to be kept has no clock either
    kept_word = nw.col("stopped_by") == stopped_by
    return Kpi(
        key=key,
        fact="clock_facts",
        where={"metric": metric},
        event=Anchor(instant="stopped_at", condition=kept_word),
        cohort=Anchor(instant=begun, condition=kept_word | (nw.col("breached") == 1) | LATE),
        measure=Ratio(numerator=nw.col("breached") == 0),
        columns=("state", "stopped_by", "late_after", "breached"),
        customer_opened=customer_opened,
        higher_is_better=True,
        needs=needs,
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
                needs=needs,
                sources=("S0",),
            )
        },
        sources=("S0",),
    )


KPIS = (
    _sla("frt_sla", "first_reply", "reply", ENDED_WITHOUT_REPLY, told_by=("first_replies",), customer_opened=True),
    _sla("next_reply_sla", "next_reply", "reply", ENDED_WITHOUT_REPLY, told_by=("messages",), begun="started_at"),
    _sla("resolution_sla", "resolution", "solve", {"closed_unsolved": nw.col("stopped_by") == "closed"}),
)

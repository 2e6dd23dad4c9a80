"""Productivity: what the work takes."""

from collections.abc import Mapping
from dataclasses import replace

import narwhals as nw

from kpi.catalogue.anchors import SOLVED
from kpi.catalogue.definition import Anchor, Composite, Kpi
from kpi.means import PerAgent
from kpi.measures import Count
from kpi.question import Figure, Unit
from kpi.totals import Distinct

OF_AGENTS = frozenset({"agent", "helpdesk"})
"""What shifts can be told apart by."""

BY_HAND = nw.col("solved_automatically") == 0
DAY_OF_AGENT = nw.concat_str([nw.col("helpdesk"), nw.col("agent"), nw.col("local_day").cast(nw.String)], separator="/")


def _per_agent(figures: Mapping[str, Figure], _targets: Mapping[str, float]) -> Figure:
    """Return the solves per agent, where shifts are known with those per day on duty of agents who have any."""
    solved, on_duty, days = (figures.get(name) for name in ("solved", "on_duty", "days"))
    if solved is None or on_duty is None or days is None or not days.n:
        return solved or Figure(value=None, n=0)
    per_day = Figure(value=on_duty.n / days.n, n=days.n, unit=Unit.NUMBER)
    return replace(solved, parts={**solved.parts, "per_day_on_duty": per_day})


KPIS = (
    Composite(
        key="solved_per_agent",
        made_of={
            "solved": Kpi(
                key="solved_by_agents",
                fact="ticket_facts",
                event=SOLVED,
                measure=PerAgent(agent="solved_agent", automatic=nw.col("solved_automatically") == 1),
                columns=("solved_automatically",),
                higher_is_better=None,
                sources=("S1",),
            ),
            "on_duty": Kpi(
                key="solved_by_agents_with_shifts",
                fact="solved_facts",
                event=Anchor(instant="last_solved_at"),
                condition=BY_HAND & (nw.col("rostered") == 1),
                measure=Count(),
                columns=("solved_automatically", "rostered"),
                dimensions=OF_AGENTS,
                higher_is_better=None,
                needs=("tickets", "shifts"),
                sources=("S1",),
            ),
            "days": Kpi(
                key="days_on_duty",
                fact="shift_facts",
                event=Anchor(instant="started_at"),
                daily=True,
                measure=Distinct(of=DAY_OF_AGENT, columns=("helpdesk", "agent")),
                dimensions=OF_AGENTS,
                higher_is_better=None,
                needs=("shifts",),
                sources=("S1",),
            ),
        },
        combine=_per_agent,
        rows_of="solved",
        unit=Unit.NUMBER,
        higher_is_better=None,
        sources=("S1",),
    ),
)

"""What is asked of customers and agents apart from the satisfaction with a ticket."""

from collections.abc import Mapping
from dataclasses import replace

import narwhals as nw

from kpi.catalogue.combining import first_known, with_parts
from kpi.catalogue.definition import Anchor, Composite, Kpi
from kpi.catalogue.satisfaction import KPIS as OF_TICKETS
from kpi.means import Score, Share
from kpi.measures import Measure, Ratio
from kpi.question import Figure, Unit
from kpi.totals import Net

PROMOTERS_FROM, DETRACTORS_TO = 9, 6
SATISFIED_FROM = 0.75
"""Where on a scale satisfied begins, as of a ticket's rating: 4–5 of 5, 6–7 of 7."""
EASY_ABOVE = 0.5
"""Beyond which point of a scale the effort was small: 4–5 of 5, 5–7 of 7."""
RESPONDENTS_FROM = 5
"""Fewer agents than so many would be recognised in their answers."""

OF_AGENTS = ("agent", "perceived")
"""Surveys that no customer is sent."""

GIVEN = ~nw.col("score").is_null() & (nw.col("highest") > nw.col("lowest"))
POSITION = (nw.col("score") - nw.col("lowest")) / (nw.col("highest") - nw.col("lowest"))
SATISFIED = Ratio(numerator=POSITION >= SATISFIED_FROM)
MEAN = Score(score="score", lowest="lowest", highest="highest")


def _asked(
    survey: str,
    needs: str,
    measure: Measure,
    *sources: str,
    key: str | None = None,
    latest_per: tuple[str, ...] = ("ticket_id",),
    dimensions: frozenset[str] | None = None,
) -> Kpi:
    """Return what is made of the answers to a survey, of which the latest per ticket counts."""
    return Kpi(
        key=key or survey,
        fact="rating_facts",
        where={"survey": survey},
        event=Anchor(instant="at"),
        condition=GIVEN,
        latest_per=latest_per,
        measure=measure,
        columns=("score", "lowest", "highest", "external_id"),
        dimensions=dimensions,
        higher_is_better=True,
        needs=(needs,),
        sources=sources,
    )


def _of_agents(measure: Measure) -> Kpi:
    # Whoever answered: by agent, team or customer a figure would say who said what.
    return _asked(
        *("agent", "agent_ratings", measure, "S1", "S2"),
        latest_per=("helpdesk", "agent"),
        dimensions=frozenset({"helpdesk"}),
    )


def _of_enough_agents(figures: Mapping[str, Figure], _targets: Mapping[str, float]) -> Figure:
    """Return the mean with the share of positive answers; neither when too few agents answered."""
    mean = figures["mean"]
    if mean.n < RESPONDENTS_FROM:
        return Figure(value=None, n=mean.n)
    return replace(mean, parts={"positive": replace(figures["positive"], unit=Unit.RATIO)})


_EFFORT, _OWN = _asked("ces", "ces", MEAN, "S3"), _of_agents(MEAN)

KPIS = (
    _asked(
        *("nps", "nps"),
        Net(promoter=nw.col("score") >= PROMOTERS_FROM, detractor=nw.col("score") <= DETRACTORS_TO),
        *("S0", "S1", "S3", "S4"),
        latest_per=("helpdesk", "customer"),
    ),
    Composite(
        key="ces",
        made_of={"mean": _EFFORT, "easy": replace(_EFFORT, measure=Ratio(numerator=POSITION > EASY_ABOVE))},
        combine=with_parts("mean", {"easy": Unit.RATIO}),
        rows_of="mean",
        unit=Unit.SCORE,
        higher_is_better=True,
        needs=("ces",),
        sources=("S3",),
    ),
    Kpi(
        key="survey_response_rate",
        fact="rating_facts",
        event=Anchor(instant="sent_at"),
        condition=~nw.col("survey").is_in(list(OF_AGENTS)),
        measure=Ratio(numerator=~nw.col("score").is_null()),
        columns=("survey", "score"),
        things="surveys",
        higher_is_better=True,
        needs=("surveys_sent",),
        sources=("S3",),
    ),
    _asked("wait", "wait_ratings", SATISFIED, "S1", key="wait_csat"),
    Composite(
        key="self_service_csat",
        made_of={
            "votes": Kpi(
                key="article_votes",
                fact="self_service_facts",
                event=Anchor(instant="day", by_day=True),
                measure=Share(
                    part=nw.col("helpful").fill_null(0),
                    whole=nw.col("helpful").fill_null(0) + nw.col("unhelpful").fill_null(0),
                    counts=True,
                ),
                columns=("helpful", "unhelpful"),
                dimensions=frozenset(),
                things="answers",
                higher_is_better=True,
                needs=("article_votes",),
                sources=("S1",),
            ),
            "answers": _asked("self_service", "self_service_ratings", SATISFIED, "S1"),
        },
        combine=first_known,
        unit=Unit.RATIO,
        dimensions=frozenset(),
        higher_is_better=True,
        needs=("self_service_opinions",),
        sources=("S1",),
    ),
    Composite(
        key="perceived_csat",
        made_of={
            "perceived": _asked("perceived", "perceived_ratings", SATISFIED, "S4"),
            "customers": next(kpi for kpi in OF_TICKETS if kpi.key == "csat"),
        },
        combine=with_parts("perceived", {"customers": Unit.RATIO}),
        rows_of="perceived",
        unit=Unit.RATIO,
        higher_is_better=True,
        needs=("perceived_ratings",),
        sources=("S4",),
    ),
    Composite(
        key="agent_satisfaction",
        made_of={"mean": _OWN, "positive": replace(_OWN, measure=SATISFIED)},
        combine=_of_enough_agents,
        unit=Unit.SCORE,
        dimensions=frozenset({"helpdesk"}),
        higher_is_better=True,
        needs=("agent_ratings",),
        sources=("S1", "S2"),
    ),
)

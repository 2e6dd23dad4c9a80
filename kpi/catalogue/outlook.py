"""What is to come, and what something brought about: KPIs made of others' history."""

from kpi.catalogue import inflow, satisfaction
from kpi.catalogue.definition import Effect, Projection

_CSAT = next(kpi for kpi in satisfaction.KPIS if kpi.key == "csat")

KPIS = (
    Projection(
        key="volume_forecast",
        of=inflow.VOLUME,
        higher_is_better=None,
        sources=("S4",),
    ),
    Effect(
        key="training_effect",
        usual=_CSAT,
        higher_is_better=True,
        needs=("trainings",),
        sources=("S1",),
    ),
)

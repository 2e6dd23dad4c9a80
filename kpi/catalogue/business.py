"""Business: what customers do."""

import narwhals as nw

from kpi.catalogue.anchors import CREATED
from kpi.catalogue.definition import Kpi
from kpi.measures import Ratio

KPIS = (
    Kpi(
        key="returning_customers",
        fact="ticket_facts",
        event=CREATED,
        latest_per=("helpdesk", "customer"),
        condition=~nw.col("customer").is_null(),
        measure=Ratio(numerator=~nw.col("previous_contact_at").is_null()),
        columns=("previous_contact_at",),
        things="customers",
        higher_is_better=None,
        notes={"without_customer": nw.col("customer").is_null()},
        sources=("S1",),
    ),
)

"""What follows from a contact: sales."""

import narwhals as nw

from kpi.catalogue.definition import NOW, Anchor, Kpi
from kpi.inquiries import SALE_WINDOW_S
from kpi.measures import Ratio
from kpi.question import Unit
from kpi.totals import Total

AT = Anchor(instant="at")
CONVERTED = nw.col("converted") == 1

KPIS = (
    Kpi(
        key="conversion_rate",
        fact="conversion_facts",
        event=AT,
        measure=Ratio(numerator=CONVERTED),
        columns=("converted",),
        customer_opened=True,
        notes={"not_converted_yet": ~CONVERTED & (nw.col("at") > NOW - SALE_WINDOW_S)},
        higher_is_better=True,
        needs=("tickets", "sales"),
        sources=("S1", "S3"),
    ),
    Kpi(
        key="assisted_sales",
        fact="sale_facts",
        event=AT,
        condition=nw.col("assisted") == 1,
        measure=Total(amount=nw.col("amount"), currency="currency", unit=Unit.MONEY),
        columns=("assisted", "amount"),
        higher_is_better=True,
        needs=("tickets", "sales"),
        sources=("S1",),
    ),
)

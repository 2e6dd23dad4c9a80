"""What the work takes: time for each contact, time on duty, and what it costs."""

from collections.abc import Mapping
from dataclasses import replace

import narwhals as nw

from kpi.catalogue.definition import END, START, Anchor, Composite, Kpi, When
from kpi.errors import QuestionError
from kpi.measures import Count
from kpi.period import Grain
from kpi.question import Figure, Unit
from kpi.totals import TimePerThing, Total

AT = Anchor(instant="at")
SECONDS = Total(amount=nw.col("seconds"), unit=Unit.SECONDS)
ROSTERED = nw.col("rostered") == 1

BEGUN = nw.when(nw.col("started_at") < START).then(START).otherwise(nw.col("started_at"))
OVER = nw.when(nw.col("ended_at") > END).then(END).otherwise(nw.col("ended_at"))


def _of_kind(kind: str) -> nw.Expr:
    return nw.col("kind") == kind


AHT = Kpi(
    key="aht",
    fact="handled_facts",
    where={"direction": "in"},
    event=AT,
    condition=~nw.col("seconds").is_null() & ~nw.col("thing").is_null(),
    measure=TimePerThing(
        seconds="seconds", thing="thing", parts={kind: _of_kind(kind) for kind in ("calls", "chats", "tickets")}
    ),
    columns=("kind",),
    notes={
        "contacts_without_time": nw.col("seconds").is_null(),
        "time_without_ticket": nw.col("thing").is_null(),
    },
    higher_is_better=False,
    needs=("handle_time",),
    sources=("S2", "S3", "S4"),
)

# --- Utilization -------------------------------------------------------------------------------------------------

WORKED = Kpi(
    key="support_time",
    fact="handled_facts",
    event=AT,
    condition=ROSTERED,
    measure=SECONDS,
    columns=("seconds", "rostered"),
    notes={"without_shift": ~ROSTERED},
    higher_is_better=None,
    needs=("handle_time",),
    sources=("S2",),
)
ON_DUTY = Kpi(
    key="time_on_duty",
    fact="shift_facts",
    event=Anchor(instant="started_at", until="ended_at", when=When.DURING),
    condition=OVER > BEGUN,  # one that ends as the period begins is none of it
    measure=Total(amount=OVER - BEGUN, unit=Unit.SECONDS),
    higher_is_better=None,
    needs=("shifts",),
    sources=("S2",),
)


def _utilization(figures: Mapping[str, Figure], _targets: Mapping[str, float]) -> Figure:
    worked, on_duty = figures["worked"], figures["on_duty"]
    parts = {name: replace(figure, unit=Unit.SECONDS) for name, figure in figures.items()}
    value = (worked.value or 0) / on_duty.value if on_duty.value else None
    return Figure(value=value, n=on_duty.n, parts=parts)


def _unknown(_figures: Mapping[str, Figure], _targets: Mapping[str, float]) -> Figure:
    return Figure(value=None, n=0)


# --- Cost --------------------------------------------------------------------------------------------------------

INQUIRIES = Kpi(
    key="inquiries", fact="inquiry_facts", event=AT, measure=Count(), higher_is_better=None, sources=("S1", "S4")
)
SPENT = Kpi(
    key="seconds_spent",
    fact="handled_facts",
    where={"direction": "in"},
    event=AT,
    measure=SECONDS,
    columns=("seconds",),
    higher_is_better=None,
    needs=("handle_time",),
    sources=("S4",),
)


def _costs(key: str, *, of_channels: bool) -> Kpi:
    of_none = nw.col("channel").is_null()
    return Kpi(
        key=key,
        fact="cost_facts",
        event=Anchor(instant="month", by_day=True),
        condition=~of_none if of_channels else of_none,
        measure=Total(amount=nw.col("amount"), currency="currency", unit=Unit.MONEY),
        columns=("amount", "channel"),
        dimensions=frozenset({"channel"}),
        higher_is_better=None,
        needs=("costs",),
        sources=("S1", "S4"),
    )


def _cost_per_contact(figures: Mapping[str, Figure], _targets: Mapping[str, float]) -> Figure:
    """Return the cost of contacts ÷ contacts, with both as parts.

    Costs of a channel are shared out among its contacts, all others among all contacts, by handle time.
    """
    own, common, contacts = figures["of_channels"], figures["of_all"], figures["contacts"]
    currencies = sorted({cost.currency for cost in (own, common) if cost.currency})
    if len(currencies) > 1:
        raise QuestionError("several_currencies", currencies=currencies)
    shares = (_share(own, figures, "channel"), _share(common, figures, "whole"))
    known = own.n + common.n > 0 and None not in shares
    cost = Figure(
        value=sum(share or 0 for share in shares) if known else None,
        n=own.n + common.n,
        unit=Unit.MONEY,
        currency=currencies[0] if currencies else None,
    )
    value = cost.value / contacts.n if cost.value is not None and contacts.n else None
    parts = {"cost": cost, "contacts": replace(contacts, unit=Unit.COUNT)}
    return Figure(value=value, n=contacts.n, currency=cost.currency, parts=parts)


def _share(cost: Figure, figures: Mapping[str, Figure], of: str) -> float | None:
    """Return how much of a cost falls to the contacts of a figure; None when their handle time is not known."""
    if not cost.value or figures["contacts"].n == figures[f"{of}_contacts"].n:
        return cost.value or 0.0
    spent, whole = (figures[name].value if name in figures else None for name in ("seconds", f"{of}_seconds"))
    return cost.value * spent / whole if spent and whole else None


OF_CHANNEL: frozenset[str] = frozenset({"channel"})
OF_NOTHING: frozenset[str] = frozenset()

KPIS = (
    AHT,
    Composite(
        key="utilization",
        made_of={"worked": WORKED, "on_duty": ON_DUTY},
        combine=_utilization,
        unit=Unit.RATIO,
        may_exceed_one=True,  # who works more than the roster says
        dimensions=frozenset({"agent", "helpdesk"}),
        things="shifts",
        higher_is_better=None,
        needs=("handle_time", "shifts"),
        sources=("S2",),
    ),
    Composite(
        key="occupancy",
        made_of={},
        combine=_unknown,
        unit=Unit.RATIO,
        dimensions=frozenset({"agent", "helpdesk"}),
        higher_is_better=None,
        needs=("agent_states",),  # no helpdesk tells them yet
        sources=("S2",),
    ),
    Composite(
        key="cost_per_contact",
        made_of={
            "contacts": INQUIRIES,
            "seconds": SPENT,
            "of_channels": _costs("costs_of_channels", of_channels=True),
            "channel_contacts": INQUIRIES,
            "channel_seconds": SPENT,
            "of_all": _costs("costs_of_all", of_channels=False),
            "whole_contacts": INQUIRIES,
            "whole_seconds": SPENT,
        },
        only_by={
            "of_channels": OF_CHANNEL,
            "channel_contacts": OF_CHANNEL,
            "channel_seconds": OF_CHANNEL,
            "of_all": OF_NOTHING,
            "whole_contacts": OF_NOTHING,
            "whole_seconds": OF_NOTHING,
        },
        combine=_cost_per_contact,
        unit=Unit.MONEY,
        grain=Grain.MONTH,
        dimensions=frozenset({"channel", "type"}),
        higher_is_better=False,
        needs=("tickets", "costs"),
        sources=("S1", "S4"),
    ),
)

"""KPIs of promises: which SLA clocks kept their target, as KPIS.md §3 says them."""

from slow.figures import Row
from slow.reading import Asked, Kpi
from slow.tickets import PROMISES, at, share

NEEDED = {
    "first_reply": (*PROMISES, "first_replies"),
    "next_reply": (*PROMISES, "messages"),
    "resolution": PROMISES,
}


def is_late(row: Row, asked: Asked) -> bool:
    """Tell whether a clock that has not stopped is past its target."""
    if row["state"] == "running":
        return row["late_after"] < asked.now
    return row["state"] == "paused" and row["breached"] == 1


def promises(metric: str, kept_by: str, begun: str, *, customers_only: bool) -> tuple[Kpi, Kpi]:
    """Return the event and the cohort reading of an SLA."""

    def clocks(asked: Asked) -> list[Row]:
        return [row for row in asked.world.clocks if row["metric"] == metric]

    def notes(row: Row, asked: Asked) -> dict[str, int]:
        told = {"still_running": row["state"] != "stopped" and not is_late(row, asked)}
        if metric == "resolution":
            return told | {"closed_unsolved": row["stopped_by"] == "closed"}
        return told | {"ended_without_reply": row["stopped_by"] in ("solve", "closed")}

    shared = {
        "rows": clocks,
        "figure": share(lambda row, _: row["state"] == "stopped" and not row["breached"]),
        "customers_only": customers_only,
        "notes": notes,
        "needs": NEEDED[metric],
    }

    def decided(row: Row, asked: Asked) -> bool:
        return row["stopped_by"] == kept_by or row["breached"] == 1 or is_late(row, asked)

    return (
        Kpi(inside=at("stopped_at"), counts=lambda row, _: row["stopped_by"] == kept_by, **shared),
        Kpi(inside=at(begun), counts=decided, **shared),
    )


def running_overdue(metric: str, *, customers_only: bool) -> Kpi:
    """Return the clocks that run and are late now, whatever the period."""
    return Kpi(
        rows=lambda asked: [row for row in asked.world.clocks if row["metric"] == metric and row["state"] == "running"],
        inside=lambda row, asked: row["late_after"] < asked.now,
        customers_only=customers_only,
        needs=NEEDED[metric],
    )


SLA = {
    "frt_sla": ("first_reply", "reply", "created_at", True),
    "next_reply_sla": ("next_reply", "reply", "started_at", False),
    "resolution_sla": ("resolution", "solve", "created_at", False),
}
PROMISED = {}
OVERDUE_NOW = {}
for key, (metric, kept_by, begun, customers_only) in SLA.items():
    PROMISED[key], PROMISED[f"{key} cohort"] = promises(metric, kept_by, begun, customers_only=customers_only)
    OVERDUE_NOW[key] = running_overdue(metric, customers_only=customers_only)

"""KPIs of time and money, and those made of several, as KPIS.md §3 says them."""

from slow import figures, oracles
from slow.days import local_day
from slow.figures import Numbers, Row
from slow.promises import PROMISED
from slow.reading import Asked, Kpi, Made
from slow.records import NONE, by_day, inquiries
from slow.tickets import BACKLOG, HANDLING, RESOLUTION, SATISFACTION, at, solved_tickets

HANDLED = ("handle_time",)


def handled(asked: Asked) -> list[Row]:
    return [row for row in asked.world.handled if row["direction"] == "in"]


def clearance(found, _asked: Asked) -> Numbers:
    solved, received = found["solved"]["n"], found["volume"]["n"]
    value = solved / received if received else None
    both = {"numerator": solved, "denominator": received, "interval": oracles.quotient(solved, received)}
    return {"value": value, "n": received, **both}


def of_requests(found, _asked: Asked) -> Numbers:
    solved = found["solved"]["value"]
    return figures.ratio(0, 0) if solved is None else figures.ratio(int(solved), int(solved) + found["tickets"]["n"])


# --- Time on duty ---

OF_AGENTS = frozenset({"agent", "helpdesk"})


def on_duty(rows: list[Row], asked: Asked) -> Numbers:
    time = asked.time
    return figures.total([min(row["ended_at"], time.end) - max(row["started_at"], time.start) for row in rows])


def utilization(found, _asked: Asked) -> Numbers:
    worked, duty = found["worked"]["value"] or 0, found["on_duty"]["value"]
    figure = {"value": worked / duty if duty else None, "n": found["on_duty"]["n"]}
    return figures.with_parts(figure, found)


UTILIZATION = Made(
    of={
        "worked": Kpi(
            rows=lambda asked: asked.world.handled,
            inside=at("at"),
            counts=lambda row, _: row["rostered"],
            figure=lambda rows, _: figures.total([row["seconds"] for row in rows]),
            notes=lambda row, _: {"without_shift": not row["rostered"]},
            needs=HANDLED,
        ),
        "on_duty": Kpi(
            rows=lambda asked: [{"tags": (), **row} for row in asked.world.beside.get("shifts", [])],
            inside=lambda row, asked: row["started_at"] < asked.time.end and row["ended_at"] > asked.time.start,
            figure=on_duty,
            needs=("shifts",),
        ),
    },
    figure=utilization,
    dimensions=OF_AGENTS,
    needs=("handle_time", "shifts"),
)

# --- Solves of those on duty ---


def rostered_solve(row: Row, asked: Asked) -> bool:
    who = (row["helpdesk"], row["solved_agent"])
    return not row["solved_automatically"] and who in {
        (shift["helpdesk"], shift["agent"]) for shift in asked.world.beside["shifts"]
    }


def days_on_duty(rows: list[Row], asked: Asked) -> Numbers:
    days = {(row["helpdesk"], row["agent"], local_day(row["started_at"], asked.time.zone)) for row in rows}
    return figures.count(len(days))


def per_agent(found, _asked: Asked) -> Numbers:
    days = found.get("days", {}).get("n")
    if not days:
        return found["solved"]
    per_day = {"value": found["on_duty"]["n"] / days, "n": days}
    return figures.with_parts(found["solved"], {"per_day_on_duty": per_day})


PER_AGENT = Made(
    of={
        "solved": solved_tickets(figure=lambda rows, _: figures.per_agent(rows)),
        "on_duty": solved_tickets(counts=rostered_solve, dimensions=OF_AGENTS, needs=("tickets", "shifts")),
        "days": Kpi(
            rows=lambda asked: [{"tags": (), **row} for row in asked.world.beside["shifts"]],
            inside=at("started_at"),
            figure=days_on_duty,
            dimensions=OF_AGENTS,
            needs=("shifts",),
        ),
    },
    figure=per_agent,
)

# --- Cost ---


def _cost(*, of_channels: bool) -> Kpi:
    return by_day(
        "costs",
        "costs",
        lambda rows, _: figures.total([row["amount"] for row in rows], [row["currency"] for row in rows]),
        day="month",
        counts=lambda row, _: (row["channel"] is not None) == of_channels,
    )


def falls_to(cost: Numbers, found, of: str) -> float | None:
    """Return which part of a cost these contacts bear: all when they are all there are, else by handle time."""
    if not cost["value"] or found["contacts"]["n"] == found[f"{of}_contacts"]["n"]:
        return cost["value"] or 0
    mine, whole = (found.get(name, {}).get("value") for name in ("seconds", f"{of}_seconds"))
    return cost["value"] * mine / whole if mine and whole else None


def cost_per_contact(found, _asked: Asked) -> Numbers:
    own, common, contacts = found["of_channels"], found["of_all"], found["contacts"]["n"]
    currencies = {cost["currency"] for cost in (own, common) if cost.get("currency")}
    if len(currencies) > 1:
        raise figures.RefusalError("several_currencies")
    shares = [falls_to(own, found, "channel"), falls_to(common, found, "whole")]
    known = own["n"] + common["n"] > 0 and None not in shares
    cost = {"value": sum(shares) if known else None, "n": own["n"] + common["n"]}
    cost["currency"] = min(currencies, default=None)
    value = cost["value"] / contacts if known and contacts else None
    figure = {"value": value, "n": contacts, "currency": cost["currency"]}
    return figures.with_parts(figure, {"cost": cost, "contacts": found["contacts"]})


CONTACTED = Kpi(rows=inquiries, inside=at("at"))
SPENT = Kpi(
    rows=handled,
    inside=at("at"),
    figure=lambda rows, _: figures.total([row["seconds"] for row in rows]),
    needs=HANDLED,
)
CHANNEL = frozenset({"channel"})

COST = Made(
    of={
        "contacts": CONTACTED,
        "seconds": SPENT,
        "of_channels": _cost(of_channels=True),
        "channel_contacts": CONTACTED,
        "channel_seconds": SPENT,
        "of_all": _cost(of_channels=False),
        "whole_contacts": CONTACTED,
        "whole_seconds": SPENT,
    },
    only={
        **dict.fromkeys(("of_channels", "channel_contacts", "channel_seconds"), CHANNEL),
        **dict.fromkeys(("of_all", "whole_contacts", "whole_seconds"), NONE),
    },
    figure=cost_per_contact,
    dimensions=frozenset({"channel", "type"}),
    needs=("tickets", "costs"),
)

# --- Several side by side ---

COMPARED = {
    "volume": HANDLING["volume"],
    "frt": HANDLING["frt"],
    "resolution_time": RESOLUTION["resolution_time"],
    "frt_sla": PROMISED["frt_sla"],
    "resolution_sla": PROMISED["resolution_sla"],
    "csat": SATISFACTION["csat"],
    "reopen_rate": HANDLING["reopen_rate"],
}
WEIGHTS = {"frt_sla": 25, "csat": 25, "fcr": 20, "resolution_time": 15, "backlog_age": 15}
USUAL = {"csat": 0.80, "fcr": 0.70}
LOWER_IS_BETTER = ("resolution_time", "backlog_age")


def attained(key: str, value: float, target: float) -> float:
    """Return how much of a target is attained, 0 to 1."""
    if key in LOWER_IS_BETTER:
        return 1.0 if value <= target else max(0.0, target) / value
    return 1.0 if value >= target else max(0.0, value / target)


def efficiency(found, asked: Asked) -> Numbers:
    parts, weighed = {}, []
    for key, weight in WEIGHTS.items():
        figure, target = found.get(key), asked.desk.targets.get(key, USUAL.get(key))
        reached = None
        if figure is not None and figure["value"] is not None and target is not None:
            reached = attained(key, figure["value"], target)
            weighed.append((weight, reached))
        shown = {"figure": figure} if figure is not None else {}
        shown |= {"target": {"value": target, "n": 0}} if target is not None else {}
        parts[key] = {"value": reached, "n": figure["n"] if figure else 0, "parts": shown}
    there = sum(weight for weight, _ in weighed)
    value = 100 * sum(weight * part for weight, part in weighed) / there if there >= 70 else None
    return {"value": value, "n": sum(part["n"] for part in parts.values()), "scale": (0, 100), "parts": parts}


MADE: dict[str, Kpi | Made] = {
    "clearance": Made(of={"volume": HANDLING["volume"], "solved": HANDLING["solved"]}, figure=clearance),
    "self_service_rate": Made(
        of={
            "tickets": HANDLING["volume"],
            "solved": by_day(
                "self_service", "self_service", lambda rows, _: figures.total([row["solved"] for row in rows])
            ),
        },
        figure=of_requests,
        dimensions=NONE,
        needs=("tickets", "self_service"),
    ),
    "aht": Kpi(
        rows=handled,
        inside=at("at"),
        counts=lambda row, _: row["seconds"] is not None and row["thing"] is not None,
        figure=lambda rows, _: figures.handle_time(rows),
        notes=lambda row, _: {
            "contacts_without_time": row["seconds"] is None,
            "time_without_ticket": row["thing"] is None,
        },
        needs=HANDLED,
    ),
    "utilization": UTILIZATION,
    "solved_per_agent": PER_AGENT,
    "occupancy": Made(
        of={}, figure=lambda _found, _asked: figures.NOTHING, dimensions=OF_AGENTS, needs=("agent_states",)
    ),
    "cost_per_contact": COST,
    "channel_performance": Made(
        of=COMPARED,
        figure=lambda found, _asked: figures.with_parts(found["volume"], found),
        shared="volume",
        by=("channel",),
    ),
    "efficiency_index": Made(
        of={key: {**PROMISED, **SATISFACTION, **HANDLING, **RESOLUTION, **BACKLOG}[key] for key in WEIGHTS},
        figure=efficiency,
    ),
}

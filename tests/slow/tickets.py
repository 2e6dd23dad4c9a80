"""KPIs of tickets: backlog, inflow, handling, promises and satisfaction, as KPIS.md §3 says them."""

from slow import figures
from slow.figures import Numbers, Row
from slow.reading import Asked, Kpi

MINUTE, HOUR, DAY = 60, 3600, 86_400
AGES = [DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY]
RESPONSES = [15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR]
MESSAGES, PROMISES, RATINGS = ("tickets", "messages"), ("tickets", "sla_policies"), ("tickets", "ratings")
FIRST_REPLIES = ("tickets", "first_replies")


def tickets(asked: Asked) -> list[Row]:
    return list(asked.world.tickets.values())


def first_turns(asked: Asked) -> list[Row]:
    return [row for row in asked.world.turns if row["turn"] == 1]


def at(name: str):
    """Return whether something happened in the period."""
    return lambda row, asked: asked.time.holds(row[name])


def seconds(name: str):
    """Return the seconds of a row: in business time where there was a schedule, unless calendar time is asked for."""

    def of_row(row: Row, asked: Asked) -> int | None:
        business = None if asked.calendar else row[f"{name}_s"]
        return row[f"{name}_calendar_s"] if business is None else business

    return of_row


def duration(name: str):
    return lambda rows, asked: figures.duration([seconds(name)(row, asked) for row in rows])


def share(holds):
    return lambda rows, asked: figures.share(rows, lambda row: holds(row, asked))


def per_ticket(name_of):
    return lambda rows, _: figures.mean([name_of(row) for row in rows])


# --- Backlog ---


def open_tickets(asked: Asked) -> list[Row]:
    return asked.world.open_at(asked.time.end)


def age(rows: list[Row], asked: Asked) -> Numbers:
    return figures.duration(
        [asked.time.end - row["created_at"] for row in rows], asked.desk.edges.get("backlog_age", AGES)
    )


def waiting(rows: list[Row], asked: Asked) -> Numbers:
    if not rows:
        return figures.count(0)
    longest = max(asked.time.end - row["waiting_since"] for row in rows)
    return figures.with_parts(figures.count(len(rows)), {"longest": {"value": longest, "n": len(rows)}})


def late_clocks(rows: list[Row], _asked: Asked) -> Numbers:
    if not rows:
        return figures.count(0)
    metrics = [row["metric"] for row in rows]
    kinds = ("first_reply", "next_reply", "resolution")
    return figures.with_parts(figures.count(len(rows)), {kind: figures.count(metrics.count(kind)) for kind in kinds})


BACKLOG = {
    "backlog": Kpi(rows=open_tickets),
    "actionable": Kpi(rows=open_tickets, counts=lambda row, _: row["status"] in ("new", "open")),
    "backlog_age": Kpi(rows=open_tickets, figure=age, by=("created",)),
    "unanswered": Kpi(
        rows=open_tickets, counts=lambda row, _: row["waiting_since"] is not None, figure=waiting, needs=MESSAGES
    ),
    "overdue": Kpi(rows=lambda asked: asked.world.overdue_at(asked.time.end), figure=late_clocks, needs=PROMISES),
}

# --- Inflow and handling ---


def automated(row: Row, _asked: Asked) -> bool:
    again, solved = row["asked_again_at"], row["last_solved_at"]
    return not row["replies"] and row["automation_acted"] and (again is None or again - solved > 72 * HOUR)


def is_fcr(row: Row, _asked: Asked) -> bool:
    """Tell whether a ticket was solved at first contact."""
    solved, after = row["last_solved_at"], row["next_contact_at"]
    return (
        solved is not None
        and (row["replies"] == 1 or row["solved_in_contact"])
        and row["teams"] < 2
        and not row["customer_messages"]
        and (row["fastest_reopen_s"] is None or row["fastest_reopen_s"] > 7 * DAY)
        and (after is None or after - solved > 7 * DAY)
    )


def unanswered_yet(row: Row) -> bool:
    return row["first_replied_at"] is None and not row["solved_in_contact"]


def is_over(row: Row, asked: Asked) -> bool:
    return row["status"] in ("solved", "closed") or asked.now - row["created_at"] >= 30 * DAY


def is_abandoned(row: Row, asked: Asked) -> bool:
    replied = row["first_replied_at"]
    if replied is not None:
        return replied - row["created_at"] > 30 * DAY
    return unanswered_yet(row) and is_over(row, asked)


def bands(rows: list[Row], asked: Asked) -> Numbers:
    took = [seconds("reply")(row, asked) for row in rows]
    replied = [s for s in took if s is not None]
    if not rows:
        return figures.ratio(0, 0)
    edges = asked.desk.edges.get("response_bands", RESPONSES)
    parts = {name: figures.ratio(len(some), len(rows)) for name, some in figures.in_bands(replied, edges).items()}
    if len(replied) < len(rows):
        parts["no_reply"] = figures.ratio(len(rows) - len(replied), len(rows))
    return figures.ratio(sum(s <= (asked.desk.within or HOUR) for s in replied), len(rows)) | {"parts": parts}


def one_touch(rows: list[Row], _asked: Asked) -> Numbers:
    figure = figures.share(rows, lambda row: row["replies"] < 2)
    if not rows:
        return figure
    return figures.with_parts(figure, {"zero_replies": figures.share(rows, lambda row: row["replies"] == 0)})


def younger(name: str, seconds_: int, note: str = "provisional"):
    def told(row: Row, asked: Asked) -> dict[str, int]:
        return {note: row[name] is not None and row[name] + seconds_ > asked.now}

    return told


def of_reopens(name: str, seconds_: int):
    def told(row: Row, asked: Asked) -> dict[str, int]:
        return younger(name, seconds_)(row, asked) | {"automatic_reopens": row["automatic_reopens"]}

    return told


def solved_tickets(**more) -> Kpi:
    return Kpi(rows=tickets, inside=at("last_solved_at"), prefix="solved_", **more)


def created_tickets(**more) -> Kpi:
    return Kpi(rows=tickets, inside=at("created_at"), prefix="created_", **more)


def replied_turns(rows, needs=FIRST_REPLIES, **more) -> Kpi:
    return Kpi(rows=rows, inside=at("replied_at"), needs=needs, **more)


FCR = {
    "figure": share(is_fcr),
    "customers_only": True,
    "notes": of_reopens("last_solved_at", 7 * DAY),
    "needs": MESSAGES,
}

HANDLING = {
    "volume": created_tickets(),
    "solved": solved_tickets(),
    "resolutions": Kpi(rows=lambda asked: asked.world.solves, inside=at("solved_at")),
    "automated_rate": solved_tickets(
        figure=share(automated), notes=younger("last_solved_at", 72 * HOUR), needs=MESSAGES
    ),
    "frt": replied_turns(first_turns, customers_only=True, figure=duration("reply")),
    "frt cohort": Kpi(
        rows=first_turns,
        inside=at("created_at"),
        counts=lambda row, _: row["replied_at"] is not None,
        customers_only=True,
        figure=duration("reply"),
        needs=FIRST_REPLIES,
    ),
    "reply_time": replied_turns(lambda asked: asked.world.turns, MESSAGES, figure=duration("reply")),
    "response_bands": replied_turns(first_turns, customers_only=True, figure=bands),
    "response_bands cohort": Kpi(
        rows=first_turns, inside=at("created_at"), customers_only=True, figure=bands, needs=FIRST_REPLIES
    ),
    "replies_per_ticket": solved_tickets(figure=per_ticket(lambda row: row["replies"]), needs=MESSAGES),
    "messages_per_ticket": solved_tickets(
        figure=per_ticket(lambda row: 1 + row["replies"] + row["customer_messages"]), needs=MESSAGES
    ),
    "escalation_rate": created_tickets(figure=share(lambda row, _: row["escalated"])),
    "transfer_rate": solved_tickets(figure=share(lambda row, _: row["transfers"] > 0)),
    "ticket_abandonment": created_tickets(
        figure=share(is_abandoned),
        customers_only=True,
        notes=lambda row, asked: {"provisional": unanswered_yet(row) and not is_over(row, asked)},
        needs=FIRST_REPLIES,
    ),
    "fcr": solved_tickets(**FCR),
    "fcr cohort": created_tickets(**FCR),
    "one_touch": solved_tickets(figure=one_touch, needs=MESSAGES),
    "resolution_rate": created_tickets(
        counts=lambda row, asked: asked.now - row["created_at"] >= 7 * DAY,
        figure=share(
            lambda row, _: row["first_solved_at"] is not None and row["first_solved_at"] - row["created_at"] <= 7 * DAY
        ),
        notes=younger("created_at", 7 * DAY, "window_incomplete"),
    ),
    "reopen_rate": Kpi(
        rows=tickets,
        inside=at("first_solved_at"),
        prefix="first_solved_",
        figure=share(lambda row, _: row["first_reopen_s"] is not None and row["first_reopen_s"] <= 14 * DAY),
        notes=of_reopens("first_solved_at", 14 * DAY),
    ),
    "returning_customers": created_tickets(
        counts=lambda row, _: row["customer"] is not None,
        figure=share(lambda row, _: row["previous_contact_at"] is not None),
        latest=lambda row: (row["helpdesk"], row["customer"]),
        order=lambda row: (row["created_at"], row["id"]),
        notes=lambda row, _: {"without_customer": row["customer"] is None},
    ),
}


def _resolution(name: str, prefix: str, instant: str, is_done) -> dict[str, Kpi]:
    shared = {"rows": tickets, "counts": is_done, "prefix": prefix, "figure": duration(name)}
    return {
        f"{name}_time": Kpi(inside=at(instant), **shared),
        f"{name}_time cohort": Kpi(inside=at("created_at"), **shared),
    }


RESOLUTION = {
    **_resolution("resolution", "solved_", "last_solved_at", lambda row, _: row["is_solved"]),
    **_resolution("full_resolution", "solved_", "last_solved_at", lambda row, _: row["is_solved"]),
    **_resolution(
        "first_resolution", "first_solved_", "first_solved_at", lambda row, _: row["first_solved_at"] is not None
    ),
}

# --- Satisfaction with a ticket ---


def _scored(rows: list[Row], _asked: Asked) -> Numbers:
    return figures.score([(row["rating"], row["rating_lowest"], row["rating_highest"]) for row in rows])


SATISFACTION = {}
for key, figure in {"csat": share(lambda row, _: row["rating_positive"]), "csat_score": _scored}.items():
    rated = {
        "rows": tickets,
        "prefix": "rated_",
        "figure": figure,
        "needs": RATINGS,
        "counts": lambda row, _: row["rating_positive"] is not None,
    }
    SATISFACTION[key] = Kpi(inside=at("rated_at"), **rated)
    SATISFACTION[f"{key} cohort"] = Kpi(inside=at("created_at"), **rated)

TICKETS: dict[str, Kpi] = {**BACKLOG, **HANDLING, **RESOLUTION, **SATISFACTION}

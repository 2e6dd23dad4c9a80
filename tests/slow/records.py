"""KPIs of what happens beside tickets: calls, hours, surveys, reviews, people and sales, as KPIS.md §3 says them."""

from slow import figures
from slow.figures import Numbers, Row
from slow.reading import Asked, Kpi, Made
from slow.tickets import DAY, SATISFACTION, at, share

CONTACTS = ("contacts",)


def incoming(asked: Asked) -> list[Row]:
    return [row for row in asked.world.contacts if row["direction"] == "in"]


def short(row: Row) -> bool:
    """Tell whether somebody left within five seconds."""
    return bool(row["abandoned"]) and row["ended_at"] is not None and row["ended_at"] - row["queued_at"] <= 5


def waited(row: Row) -> int:
    return row["answered_at"] - row["queued_at"]


def offered(rows: list[Row], _asked: Asked) -> Numbers:
    if not rows:
        return figures.count(0)
    return figures.with_parts(figures.count(len(rows)), {"short_abandons": figures.count(sum(map(short, rows)))})


def beside(name: str, *others: str):
    """Return a figure with others as its parts."""
    return lambda found, _asked: figures.with_parts(
        found[name], {part: found[part] for part in others if part in found}
    )


def in_time(row: Row, _asked: Asked) -> bool:
    return row["answered_at"] is not None and waited(row) <= 20


def of_contacts(instant: str, **more) -> Kpi:
    return Kpi(rows=incoming, inside=at(instant), needs=CONTACTS, **more)


CALLS: dict[str, Kpi | Made] = {
    "answer_rate": of_contacts("queued_at", figure=share(lambda row, _: row["answered_at"] is not None)),
    "abandonment_rate": of_contacts(
        "queued_at",
        counts=lambda row, _: not short(row),
        figure=share(lambda row, _: row["abandoned"]),
        notes=lambda row, _: {"short_abandons": short(row)},
    ),
    "service_level": Made(
        of={
            "level": of_contacts("queued_at", counts=lambda row, _: not short(row), figure=share(in_time)),
            "offered": of_contacts("queued_at", figure=offered),
        },
        figure=beside("level", "offered"),
        needs=CONTACTS,
    ),
    "wait_time": Made(
        of={
            "wait": of_contacts("answered_at", figure=lambda rows, _: figures.mean([waited(row) for row in rows])),
            "time_to_abandon": of_contacts(
                "ended_at",
                counts=lambda row, _: row["abandoned"],
                figure=lambda rows, _: figures.mean([row["ended_at"] - row["queued_at"] for row in rows]),
            ),
        },
        figure=beside("wait", "time_to_abandon"),
        needs=CONTACTS,
    ),
    "call_time": Kpi(
        rows=lambda asked: [row for row in incoming(asked) if row["channel"] == "phone"],
        inside=at("ended_at"),
        counts=lambda row, _: row["answered_at"] is not None,
        figure=lambda rows, _: figures.mean([row["talk_s"] for row in rows]),
        needs=CONTACTS,
    ),
}

# --- Surveys ---


def given(survey: str):
    """Return the answers to a survey on a scale that can tell something."""

    def rows(asked: Asked) -> list[Row]:
        answers = [row for row in asked.world.ratings if row["survey"] == survey and row["score"] is not None]
        return [row for row in answers if row["highest"] > row["lowest"]]

    return rows


def position(row: Row) -> float:
    return (row["score"] - row["lowest"]) / (row["highest"] - row["lowest"])


satisfied = share(lambda row, _: position(row) >= 0.75)


def scores(rows: list[Row], _asked: Asked) -> Numbers:
    return figures.score([(row["score"], row["lowest"], row["highest"]) for row in rows])


def of_survey(survey: str, figure, *, per=("ticket",), needs: str | None = None, **more) -> Kpi:
    """Return what the latest answers come to: one for each ticket, customer or agent."""

    def respondent(row: Row):
        return None if row[per[-1]] is None else (row["helpdesk"], row[per[-1]])

    needed = (needs or f"{survey}_ratings",)
    return Kpi(rows=given(survey), inside=at("at"), latest=respondent, figure=figure, needs=needed, **more)


def of_enough_agents(found, _asked: Asked) -> Numbers:
    mean = found["mean"]
    if mean["n"] < 5:
        return {"value": None, "n": mean["n"]}
    return figures.with_parts(mean, {"positive": found["positive"]})


def of_agents(figure) -> Kpi:
    return of_survey("agent", figure, per=("agent",))


def votes(rows: list[Row], _asked: Asked) -> Numbers:
    if not rows:
        return figures.NOTHING
    up, down = (sum(row[name] or 0 for row in rows) for name in ("helpful", "unhelpful"))
    return figures.ratio(up, up + down)


def by_day(table: str, needs: str, figure, day: str = "day", **more) -> Kpi:
    return Kpi(
        rows=lambda asked: [{"tags": (), **row} for row in asked.world.beside.get(table, [])],
        inside=lambda row, asked: asked.time.holds_day(row[day]),
        figure=figure,
        needs=(needs,),
        **more,
    )


def first_known(found, _asked: Asked) -> Numbers:
    return next(iter(found.values()), figures.NOTHING)


NONE: frozenset[str] = frozenset()
DESK = frozenset({"helpdesk"})

SURVEYS: dict[str, Kpi | Made] = {
    "nps": of_survey(
        "nps", lambda rows, _: figures.net([row["score"] for row in rows]), per=("customer",), needs="nps"
    ),
    "ces": Made(
        of={
            "mean": of_survey("ces", scores, needs="ces"),
            "easy": of_survey("ces", share(lambda row, _: position(row) > 0.5), needs="ces"),
        },
        figure=beside("mean", "easy"),
        needs=("ces",),
    ),
    "survey_response_rate": Kpi(
        rows=lambda asked: [row for row in asked.world.ratings if row["survey"] not in ("agent", "perceived")],
        inside=at("sent_at"),
        figure=share(lambda row, _: row["score"] is not None),
        needs=("surveys_sent",),
    ),
    "wait_csat": of_survey("wait", satisfied),
    "self_service_csat": Made(
        of={
            "votes": by_day("self_service", "article_votes", votes),
            "answers": of_survey("self_service", satisfied),
        },
        figure=first_known,
        dimensions=NONE,
        needs=("self_service_opinions",),
    ),
    "perceived_csat": Made(
        of={"perceived": of_survey("perceived", satisfied), "customers": SATISFACTION["csat"]},
        figure=beside("perceived", "customers"),
        needs=("perceived_ratings",),
    ),
    "agent_satisfaction": Made(
        of={"mean": of_agents(scores), "positive": of_agents(satisfied)},
        figure=of_enough_agents,
        dimensions=DESK,
        needs=("agent_ratings",),
    ),
}

# --- People and sales ---


def there_at_start(row: Row, asked: Asked) -> bool:
    """Tell whether somebody was there when the period began; of some nobody knows since when."""
    joined, left = row["joined_at"], row["left_at"]
    return (joined is None or joined < asked.time.start) and (left is None or left >= asked.time.start)


def stayed(row: Row, asked: Asked) -> bool:
    return row["left_at"] is None or row["left_at"] >= asked.time.end


def of_people(people: str, holds) -> Kpi:
    return Kpi(
        rows=lambda asked: [{"tags": (), **row} for row in asked.world.beside.get(people, [])],
        inside=there_at_start,
        counts=lambda row, _: row["joined_at"] is not None,
        figure=share(holds),
        notes=lambda row, _: {f"{people}_without_date": row["joined_at"] is None},
        dimensions=DESK,
        needs=(f"{people[:-1]}_dates",),
    )


def inquiries(asked: Asked) -> list[Row]:
    assert asked.world.sales is not None  # which tells the inquiries what followed from them
    return asked.world.inquiries


def not_yet(row: Row, asked: Asked) -> dict[str, int]:
    return {"not_converted_yet": not row["sales"] and row["at"] > asked.now - 7 * DAY}


PEOPLE_AND_SALES = {
    "agent_retention": of_people("agents", stayed),
    "customer_retention": of_people("customers", stayed),
    "churn": of_people("customers", lambda row, asked: not stayed(row, asked)),
    "conversion_rate": Kpi(
        rows=inquiries,
        inside=at("at"),
        figure=share(lambda row, _: row["sales"]),
        customers_only=True,
        notes=not_yet,
        needs=("tickets", "sales"),
    ),
    "assisted_sales": Kpi(
        rows=lambda asked: asked.world.sales,
        inside=at("at"),
        figure=lambda rows, _: figures.total([row["amount"] for row in rows], [row["of"] for row in rows]),
        needs=("tickets", "sales"),
    ),
}

# --- Social media ---


def answered(rows: list[Row], _asked: Asked) -> Numbers:
    if not rows:
        return figures.NOTHING
    return figures.ratio(sum(row["answered_24h"] or 0 for row in rows), sum(row["received"] for row in rows))


def engagement(rows: list[Row], _asked: Asked) -> Numbers:
    interactions, impressions = (sum(row[name] or 0 for row in rows) for name in ("interactions", "impressions"))
    return {"value": interactions / impressions if impressions else None, "n": len(rows)}


def told_of(name: str):
    return lambda row, _asked: row[name] is not None


SOCIAL: dict[str, Kpi | Made] = {
    "social_response_rate": Made(
        of={
            "counts": by_day("social", "social_counts", answered, counts=told_of("received")),
            "turns": Kpi(
                rows=lambda asked: [row for row in asked.world.turns if row["channel"] == "social"],
                inside=at("started_at"),
                counts=lambda row, asked: row["replied_at"] is not None or asked.now - row["started_at"] >= DAY,
                figure=share(lambda row, _: row["replied_at"] is not None and row["reply_calendar_s"] <= DAY),
                needs=("social_tickets",),
            ),
        },
        figure=first_known,
        dimensions=NONE,
        needs=("social_messages",),
    ),
    "social_engagement": by_day("social", "social_reach", engagement, counts=told_of("impressions"), dimensions=NONE),
}

RECORDS: dict[str, Kpi | Made] = {**CALLS, **SURVEYS, **PEOPLE_AND_SALES, **SOCIAL}

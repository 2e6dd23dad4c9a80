"""What alerts tell and what the SLA percentages count is the same, whatever happens to tickets."""

from random import Random

import pytest
from alert_desk import ALERTED, AlertDesk
from cast import ALICE, BOB, MINUTE, PARIS, Tale, at
from sqlalchemy import select

from bot.alerts.life import Phase
from bot.asking import Asker
from bot.tables import alerts
from kpi.events import Field, Status
from kpi.schema import tickets

START, END = at("2026-11-23 08:00", PARIS), at("2026-11-26 20:00", PARIS)
STEP = 20 * MINUTE
STATUSES = [Status.SOLVED, Status.OPEN, Status.PENDING, Status.CLOSED] * 3 + [Status.DELETED]
LATE = {Phase.BREACHED, Phase.LATE, Phase.PAUSED_LATE}
STATUSES = [Status.SOLVED, Status.OPEN, Status.PENDING, Status.CLOSED] * 3 + [Status.DELETED]
METRICS = {"first_reply": "frt_sla", "next_reply": "next_reply_sla", "resolution": "resolution_sla"}


def happens(tale, random, now):
    """Let something happen to a ticket."""
    match random.choice(["reply", "reply", "ask", "status", "status", "status", "team", "note"]):
        case "reply":
            tale.replies(now, random.choice([ALICE, BOB]))
        case "ask":
            tale.asks(now)
        case "status":
            tale.becomes(now, random.choice(STATUSES))
        case "team":
            tale.change(now, Field.TEAM, random.choice(["support", "billing"]))
        case "note":
            tale.notes(now)


def live(desk, seed):
    """Let four days pass in which tickets come and things happen to them; return which clocks were seen to be late.

    Alerts are told every twenty minutes. A clock can also turn out to have been late: when a closed ticket is reopened,
    or a question on it is answered.
    """
    seen = {metric: set() for metric in METRICS}
    random = Random(seed)  # noqa: S311  # a story, not a secret
    tales = []
    desk.now = START
    for metric in METRICS:
        desk.subscribe(ALERTED, channel=f"C_{metric.upper()}", metrics=(metric,), leads_s=(60 * MINUTE, 15 * MINUTE))
    while desk.now < END:
        moment = desk.now
        touched = []
        for _ in range(random.choice([0, 0, 0, 1, 2])):
            when = moment - random.randint(0, STEP - 1)
            if len(tales) < 25 and random.random() < 0.5:
                tales.append(Tale(when, str(len(tales) + 1), opened_by_agent=random.random() < 0.1))
                touched.append(tales[-1])
            elif tales:
                tale = random.choice(tales)
                happens(tale, random, max(when, _last(tale)))
                touched.append(tale)
        desk.tell(*touched)
        desk.alerts.tick()
        if desk.is_open:
            for metric in METRICS:
                seen[metric] |= desk.clocks(metric, desk.runs_late)
        desk.now = moment + STEP
    return seen


def _last(tale):
    history = tale.history
    return max(event.at for event in (*history.messages, *history.changes))


def told_as_late(desk, metric):
    """Return the clocks whose alerts say that the promise was broken."""
    query = (
        select(tickets.c.external_id, alerts.c.instance, alerts.c.phase, alerts.c.breached_at)
        .join(tickets, tickets.c.id == alerts.c.ticket_id)
        .where(alerts.c.metric == metric)
    )
    with desk.engine.connect() as connection:
        rows = connection.execute(query).all()
    late = [row for row in rows if row.phase in LATE or (row.breached_at is not None and row.phase != Phase.GONE)]
    return {(row.external_id, row.instance) for row in late}


@pytest.fixture
def desk(make_sqlite, engine_of, slack):
    return AlertDesk(engine_of(make_sqlite()), slack, now=START)


@pytest.mark.parametrize("seed", range(4))
def test_alerts_and_percentages_agree_and_nothing_is_told_twice(desk, seed):
    seen = live(desk, seed)
    asker = Asker(desk.engine, desk.settings)
    for metric, kpi in METRICS.items():
        figure = asker.ask(f"{kpi} 2026-11 cohort", desk.now, "en").figure
        broken = desk.clocks(metric, desk.is_broken)
        assert len(broken) == figure.denominator - figure.numerator, kpi
        # Of one that ended without what was promised the alert says so.
        told = told_as_late(desk, metric) | desk.clocks(
            metric, lambda row: row.state == "stopped" and row.breached == 1
        )
        assert seen[metric] & broken <= told <= broken, kpi
    replies = [one for one in desk.slack.workspace.messages if one.thread_ts]
    assert len({(one.thread_ts, one.text) for one in replies}) == len(replies)

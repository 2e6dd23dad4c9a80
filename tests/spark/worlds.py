"""Two exports for Spark: tickets that were told at random, and everything else that can happen, by hand."""

from datetime import date
from pathlib import Path

from cast import ALICE, BOB, DAY, DINA, HOUR, PARIS, at
from records import Records
from scripted_desk import DESK, NOW, ScriptedDesk, settings, story

from bot.database import open_database, writing
from bot.exporting import export_facts
from bot.facts import remember_rules
from bot.settings import Settings
from bot.sync import sync
from kpi.period import Period

TOLD = story(seed=6, pages=8)
GROWING = TOLD[-1].seen_until
"""When the random tickets had come this far."""

MARCH = Period(start=date(2026, 3, 1), end=date(2026, 4, 1), zone=PARIS)
MID_APRIL = at("2026-04-15 12:00")
NO_RULES = Settings(database_url="")
MONDAY = at("2026-03-02 09:00")


def export_random(database: str, place: Path) -> None:
    """Export tickets whose histories grew at random."""
    engine = open_database(database)
    sync(engine, ScriptedDesk(TOLD), settings(), DESK, clock=lambda: NOW)
    export_facts(engine, settings(), place, NOW)
    engine.dispose()


def export_by_hand(database: str, place: Path) -> None:
    """Export one of everything that no helpdesk tells, at two helpdesks whose people share their names."""
    engine = open_database(database)
    ledger = Records(helpdesks=("desk", "shop"), has=("messages", "ratings"))
    _people(ledger)
    _tickets(ledger)
    _calls_and_work(ledger)
    _opinions(ledger)
    _business(ledger)
    ledger.frames(engine)
    with writing(engine) as connection:
        for helpdesk in ledger.helpdesks:
            remember_rules(connection, helpdesk["key"], NO_RULES.rules)
    export_facts(engine, NO_RULES, place, NOW)
    engine.dispose()


def _people(ledger: Records) -> None:
    ledger.name("teams", "support", "Support")
    ledger.name("teams", "support", "Shop support", helpdesk="shop")
    ledger.agent(ALICE, at("2025-01-06 00:00"))
    ledger.agent(BOB, at("2025-06-02 00:00"), left=at("2026-03-12 00:00"))
    ledger.agent(ALICE, at("2026-03-05 00:00"), helpdesk="shop")
    ledger.customer(DINA, at("2025-02-01 00:00"))
    ledger.customer("emil", at("2025-02-01 00:00"), left=at("2026-03-15 00:00"))


def _tickets(ledger: Records) -> None:
    for number in range(24):
        created = MONDAY + number * DAY
        ledger.solved(
            created,
            created + (number % 5 + 1) * HOUR,
            helpdesk=("desk", "shop")[number % 2],
            channel=("email", "social", "chat", None)[number % 4],
            tags=("|vip|", "", "|a+b|c.d|")[number % 3],
            customer=(DINA, "emil", None)[number % 3],
            created_team=("support", None)[number % 2],
            solved_team="support",
            solved_agent=(ALICE, BOB)[number % 2],
            left_out="spam" if number % 7 == 3 else None,
        )
    ledger.ticket(at("2024-02-29 12:00"), created_team="support")


def _calls_and_work(ledger: Records) -> None:
    for number in range(12):
        queued = MONDAY + number * DAY
        ledger.call(queued, queued + 10 * number, queued + 600, talk_s=300 + number, hold_s=20, wrap_up_s=None)
        ledger.call(queued + HOUR, abandoned=number % 2, team="support", customer=None)
        ledger.call(queued + 2 * HOUR, queued + 2 * HOUR + 9, channel="chat", talk_s=number * 30, agent=BOB)
        ledger.work(queued, 900 + number, ticket=number + 1)
        ledger.work(queued + HOUR, 60, agent=BOB)
        ledger.shift(queued, queued + 8 * HOUR)


def _opinions(ledger: Records) -> None:
    for number in range(10):
        when = MONDAY + number * DAY
        for survey in ("csat", "ces", "wait", "self_service", "perceived"):
            ledger.rating(survey, when, 1 + number % 5, (1, 5), ticket=number + 1, sent_at=when - DAY)
        ledger.rating("nps", when, number, (0, 10), customer=DINA)
        ledger.rating("agent", when, 1 + number % 3, (1, 5), agent=(ALICE, BOB, "erin", "fay", "gus")[number % 5])
        for criterion in ("communication_quality", "information_accuracy", "flexibility", "greeting"):
            ledger.review(f"review{number}", when, criterion, 10.0 * number, ticket=number + 1, error=number % 2)


def _business(ledger: Records) -> None:
    for number in range(6):
        day = at("2026-03-02 00:00") + number * DAY
        ledger.sale(MONDAY + number * DAY + 2 * HOUR, 19.9 * number, ticket=(number + 1, None)[number % 2])
        ledger.day("self_service", day, solved=number, helpful=2 * number, unhelpful=None)
        ledger.day("social", day, received=number + 1, answered_24h=number, interactions=9, impressions=100)
    ledger.cost(at("2026-03-01 00:00"), 1000.5)
    ledger.cost(at("2026-03-01 00:00"), 300, channel="phone")
    ledger.happened["trainings"].append({"helpdesk": "desk", "agent": ALICE, "topic": "tone", "day": MONDAY - 9 * HOUR})

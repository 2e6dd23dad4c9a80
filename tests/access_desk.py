"""A small desk whose agents, teams, customers and ratings are told apart, and who asks about them."""

from cast import ALICE, BOB, CHLOE, DAY, HOUR, at
from facts import Ledger
from records import Records
from sqlalchemy import Engine

from bot.access import Viewer
from bot.asking import Asker
from bot.database import writing
from bot.facts import remember_rules
from bot.settings import Settings
from bot.settings_access import AccessTable
from kpi.policies import Rulebook

NOW = at("2026-11-24 10:26")
MONDAY = at("2026-11-16 09:00")
BILLING, CARE = "1", "2"
RULES = AccessTable(channels=("C_LEADS",))

SOLVED = ((ALICE, BILLING, 6), (BOB, BILLING, 4), (CHLOE, CARE, 7), (ALICE, CARE, 5))
"""Who solved how many tickets of last week, in which team: each was answered and rated."""


def ledger(*, records: bool = False) -> Ledger:
    """Return what happened last week: a reply an hour after each ticket, good ratings but for Bob's."""
    told = Records(has=("messages", "ratings")) if records else Ledger()
    for table, names in (
        ("teams", {BILLING: "Billing", CARE: "Care"}),
        ("agents", {ALICE: "Alice Martin", BOB: "Bob", CHLOE: "Chloé"}),
        ("customers", {f"dina{number}": f"Dina {number}" for number in range(3)}),
    ):
        for key, name in names.items():
            told.name(table, key, name)
    created = MONDAY
    for agent, team, count in SOLVED:
        for number in range(count):
            created += 600
            whose = {f"{event}_{name}": value for event in ("solved", "rated", "first_solved") for name, value in
                     (("team", team), ("agent", agent))}  # fmt: skip
            rating = {"rating": 1 if agent == BOB else 5, "rating_lowest": 1, "rating_highest": 5}
            ticket = told.solved(
                created,
                created + DAY,
                created_team=team,
                customer=f"dina{number % 3}",
                rated_at=created + DAY + HOUR,
                rating_positive=int(agent != BOB),
                first_solved_at=created + DAY,
                **whose,
                **rating,
            )
            told.turn(ticket, created, created + HOUR, agent=agent, team=team)
    return told


def asker(engine: Engine, rules: AccessTable = RULES, told: Ledger | None = None) -> Asker:
    """Return what answers about the desk."""
    (told or ledger()).frames(engine)
    with writing(engine) as connection:
        remember_rules(connection, "desk", Rulebook())
    return Asker(engine, Settings(database_url="", access=rules))


def viewer(user: str = "U_DINA", **values: object) -> Viewer:
    return Viewer(**({"team_id": "T1", "user": user, "channel": "C_SUPPORT"} | values))


NOBODY = viewer()
AS_ALICE = viewer("U_ALICE", agents=(("desk", ALICE),))
LEAD_OF_BILLING = viewer("U_BOB", agents=(("desk", BOB),), leads=frozenset({"billing"}))
LEAD_OF_ALL = viewer("U_EVE", leads_all=True)

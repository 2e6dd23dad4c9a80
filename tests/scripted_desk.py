"""A helpdesk that tells a story written beforehand, page by page, and a way to compare databases row by row."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from cast import ALICE, BOB, CHLOE, DAY, DINA, HOUR, Tale, at
from sqlalchemy import Engine, select

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.helpdesks.connector import Account, Cursor, Gone, Moved, Page, Refused, TicketResult, Told
from bot.settings import Settings, load_settings
from kpi import schema
from kpi.events import Contact, Field, History, Person, Status, Team

START = at("2026-03-02 08:00")
NOW = at("2026-06-01 00:00")
DESK = "desk"
TEAMS = (Team(external_id="support", name="Support"), Team(external_id="billing", name="Billing"))
PEOPLE = tuple(Person(external_id=name, name=name.title()) for name in (ALICE, BOB, CHLOE))
TYPES = ("question", "incident", None)


@dataclass
class ScriptedDesk:
    """Tells its pages in order; the cursor is the number of the next one."""

    script: list[Page]
    kind: str = "demo"
    single: dict[str, TicketResult] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def check(self) -> Account:
        return Account(name="script")

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        yield from self.script[cursor["page"] if cursor else 0 :]

    def ticket(self, external_id: str) -> Told:
        """Tell a ticket as `single` has it, else as the script told it last."""
        self.asked.append(external_id)
        scripted = {name(result): result for told in self.script for result in told.tickets}
        return Told(tickets=((scripted | self.single)[external_id],), agents=PEOPLE, teams=TEAMS)


def name(result: TicketResult) -> str:
    return result.ticket.external_id if isinstance(result, History) else result.external_id


def page(number: int, *tickets: TicketResult, **values) -> Page:
    """Return the page of this number, counted from 0."""
    options = {"teams": TEAMS, "agents": PEOPLE, "done": True, "seen_until": START + number * DAY} | values
    return Page(tickets=tickets, cursor={"page": number + 1}, **options)


def story(seed: int, pages: int = 30, steps: int = 12) -> list[Page]:
    """Return a story in which tickets grow, are merged, deleted, refused and come back, told as it happens."""
    random = Random(seed)  # noqa: S311  # a story, not a secret
    tales: dict[str, Tale] = {}
    lost: set[str] = set()
    told, now = [], START
    for number in range(pages):
        touched: dict[str, TicketResult] = {}
        for _ in range(steps):
            now += random.randint(60, 4 * HOUR)
            alive = sorted(set(tales) - lost)
            if len(alive) < 5 or random.random() < 0.2:
                key = str(len(tales) + 1)
                tales[key] = Tale(now, key, customer=random.choice([DINA, "emil"]), type=random.choice(TYPES))
            else:
                key = random.choice(alive)
                _something_happens(tales[key], random, now)
            touched[key] = tales[key].history
            if random.random() < 0.05 and len(alive) > 5:
                end = random.choice(alive)
                lost.add(end)
                touched[end] = random.choice(
                    [Gone(external_id=end, at=now), Gone(external_id=end), Moved(external_id=end, into=key)]
                )
        if random.random() < 0.2:
            touched["x"] = Refused(external_id=f"x{number}", reason="unreadable")
        told.append(page(number, *touched.values(), remaining=pages - number - 1, seen_until=now))
    return told


def _something_happens(tale: Tale, random: Random, now: int) -> None:
    match random.choice(["reply", "reply", "ask", "solve", "solve", "open", "pending", "team", "rate", "call", "tag"]):
        case "reply":
            tale.replies(now, random.choice([ALICE, BOB]))
        case "ask":
            tale.asks(now)
        case "solve":
            tale.solved(now)
        case "open":
            tale.becomes(now, Status.OPEN)
        case "pending":
            tale.becomes(now, Status.PENDING)
        case "team":
            tale.change(now, Field.TEAM, random.choice(["support", "billing"]))
        case "rate":
            tale.rated(now, random.choice([1, 3, 5]))
            # A tale numbers its own events; ratings are numbered across the helpdesk.
            tale._ratings[-1] = replace(tale._ratings[-1], external_id=f"{tale.history.ticket.external_id}-{now}")
        case "call":
            tale.called(Contact(external_id=f"{now}", channel="phone", queued_at=now - 60, answered_at=now))
        case "tag":
            tale.now(tags=random.choice([("vip",), ("test",), ("b", "a"), ()]))


def settings(**values: str) -> Settings:
    """Return settings with one helpdesk that is told by a script."""
    loaded = load_settings({"KPI_BOT_HELPDESK": "demo", **values})
    return replace(loaded, helpdesks=(replace(loaded.helpdesks[0], key=DESK),))


def dump(engine: Engine) -> dict[str, list[tuple]]:
    """Return every row of every table in order: tickets under the helpdesk's ids, nothing of when it was written."""
    with engine.connect() as connection:
        tickets = connection.execute(
            select(schema.tickets.c.id, schema.tickets.c.helpdesk, schema.tickets.c.external_id)
        )
        names = {row.id: f"{row.helpdesk}/{row.external_id}" for row in tickets}
        rows = {}
        for name, table in schema.metadata.tables.items():
            if table is schema.versions:
                continue
            found = [dict(row) for row in connection.execute(select(table)).mappings()]
            for row in found:
                if "ticket_id" in row:
                    row["ticket_id"] = names.get(row["ticket_id"])
                row.pop("id", None)
                row.pop("updated_at", None)
                row.pop("version", None)
            rows[name] = sorted((tuple(row.items()) for row in found), key=repr)
    return rows

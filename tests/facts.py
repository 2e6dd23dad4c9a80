"""Facts written down by hand, row by row, for tests that know the answer beforehand."""

from collections.abc import Sequence

from cast import DINA
from sqlalchemy import Engine, insert

from kpi import schema
from kpi.frames import DatabaseFrames

ALWAYS_SYNCED = 4_000_000_000

_OF_TICKET = ("helpdesk", "created_at", "left_out", "opened_by_agent", "channel", "type", "brand", "customer", "tags")


class Ledger:
    """Rows of the fact tables; attributes of the ticket repeat in every row of it, as in the real ones."""

    def __init__(self, helpdesks: Sequence[str] = ("desk",), *, has: Sequence[str] = ("messages", "ratings")) -> None:
        self.helpdesks = [
            {
                "key": key,
                "kind": "demo",
                "history_start": None,
                "synced_at": ALWAYS_SYNCED,
                "messages": "all" if "messages" in has else None,
            }
            for key in helpdesks
        ]
        self.teams: list[dict] = []
        self.agents: list[dict] = []
        self.customers: list[dict] = []
        self.rows: dict[str, list[dict]] = {name: [] for name in schema.FACTS}
        self._has = has
        self._tickets: dict[int, dict] = {}

    def covers(self, start: int | None, end: int | None, helpdesk: str = "desk") -> None:
        """Say what a helpdesk's data covers."""
        row = next(row for row in self.helpdesks if row["key"] == helpdesk)
        row.update(history_start=start, synced_at=end)

    def name(self, table: str, external_id: str, name: str | None, helpdesk: str = "desk") -> None:
        getattr(self, table).append({"helpdesk": helpdesk, "external_id": external_id, "name": name})

    def ticket(self, created: int, *, helpdesk: str = "desk", **facts: object) -> int:
        """Add a ticket with its facts and return its id."""
        number = len(self._tickets) + 1
        row = {
            "ticket_id": number,
            "helpdesk": helpdesk,
            "created_at": created,
            "left_out": None,
            "opened_by_agent": 0,
            "channel": "email",
            "type": None,
            "brand": None,
            "status": "open",
            "customer": DINA,
            "tags": "",
            "replies": 0,
            "customer_messages": 0,
            "teams": 1,
            "is_solved": 0,
            "solved_in_contact": 0,
            "solves": 0,
            "reopens": 0,
            "automatic_reopens": 0,
            "transfers": 0,
            "escalated": 0,
            "automation_acted": 0,
            "solved_automatically": 0,
        } | facts
        self._tickets[number] = row
        self.rows["ticket_facts"].append(row)
        return number

    def solved(self, created: int, solved: int, **facts: object) -> int:
        """Add a ticket that was solved in one contact, unless its facts say otherwise."""
        values = {"last_solved_at": solved, "is_solved": 1, "solves": 1, "replies": 1, "status": "solved"}
        seconds = {"resolution_calendar_s": solved - created}
        return self.ticket(created, **(values | seconds | facts))

    def turn(self, ticket: int, started: int, replied: int | None, **facts: object) -> None:
        number = 1 + sum(row["ticket_id"] == ticket for row in self.rows["turn_facts"])
        waited = None if replied is None else replied - started
        self._add("turn_facts", ticket, turn=number, started_at=started, replied_at=replied, reply_calendar_s=waited)
        self.rows["turn_facts"][-1] |= facts

    def clock(self, ticket: int, metric: str, **facts: object) -> None:
        """Add a clock of one hour, which runs unless its facts say otherwise."""
        created = self._tickets[ticket]["created_at"]
        number = 1 + sum(row["ticket_id"] == ticket for row in self.rows["clock_facts"])
        values = {"policy": "standard", "target_s": 3600, "business": 0, "started_at": created, "state": "running"}
        timed = {"due_at": created + 3600, "late_after": created + 3600}
        self._add("clock_facts", ticket, metric=metric, instance=number, **(values | timed | facts))

    def span(self, ticket: int, started: int, ended: int | None = None, **facts: object) -> None:
        number = 1 + sum(row["ticket_id"] == ticket for row in self.rows["span_facts"])
        reasons = {"started_by": "opened", "ended_by": "solved" if ended else None, "status": "open"}
        self._add("span_facts", ticket, span=number, started_at=started, ended_at=ended, **(reasons | facts))

    def overdue(self, ticket: int, metric: str, started: int, ended: int | None = None, **facts: object) -> None:
        """Add a stretch of time in which a clock ran and was late."""
        number = 1 + sum(row["ticket_id"] == ticket for row in self.rows["overdue_facts"])
        edges = {"started_at": started, "ended_at": ended}
        self._add("overdue_facts", ticket, metric=metric, instance=1, stretch=number, **(edges | facts))

    def solve(self, ticket: int, solved: int, **facts: object) -> None:
        number = 1 + sum(row["ticket_id"] == ticket for row in self.rows["solve_facts"])
        self._add("solve_facts", ticket, solve=number, solved_at=solved, **({"automatic": 0} | facts))

    def _add(self, fact: str, ticket: int, **facts: object) -> None:
        shared = {name: self._tickets[ticket][name] for name in _OF_TICKET}
        status = {"ticket_id": ticket, "status": self._tickets[ticket]["status"]}
        self.rows[fact].append(shared | status | facts)

    def frames(self, engine: Engine) -> DatabaseFrames:
        """Write everything into an empty database and return what reads it."""
        tickets = [
            {"id": number, "external_id": str(number)}
            | {name: row[name] for name in ("helpdesk", "created_at", "status", "customer", "type", "channel", "tags")}
            | {"brand": row["brand"], "priority": row.get("created_priority"), "opened_by_agent": 0}
            for number, row in self._tickets.items()
        ]
        said = {"external_id": "m1", "at": 0, "position": 1, "author_kind": "agent", "public": 1, "automatic": 0}
        if not tickets:
            self.helpdesks = [row | {"messages": None} for row in self.helpdesks]
        with engine.begin() as connection:
            for table in (schema.helpdesks, schema.teams, schema.agents, schema.customers):
                _insert(connection, table, getattr(self, table.name))
            _insert(connection, schema.tickets, tickets)
            if "messages" in self._has and tickets:
                _insert(connection, schema.messages, [said | {"ticket_id": 1}])
            if "ratings" in self._has and tickets:
                rated = {"helpdesk": self.helpdesks[0]["key"], "external_id": "r1", "at": 0, "survey": "csat"}
                _insert(connection, schema.ratings, [rated | {"lowest": 1, "highest": 5, "ticket_id": 1}])
            for name, rows in self.rows.items():
                _insert(connection, schema.FACTS[name], rows)
        return DatabaseFrames(engine)


def _insert(connection, table, rows: list[dict]) -> None:
    names = {name for row in rows for name in row}
    if rows:
        connection.execute(insert(table), [dict.fromkeys(names) | row for row in rows])

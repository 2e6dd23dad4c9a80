"""Things that happened beside tickets, written down by hand: calls, hours, reviews, ratings, sales, costs, people."""

from collections import defaultdict
from itertools import count

from cast import ALICE, DINA
from facts import Ledger, _insert
from sqlalchemy import Engine

from kpi import schema
from kpi.frames import DatabaseFrames


class Records(Ledger):
    """A ledger that also holds rows of records; without a ticket unless one is named."""

    def __init__(self, **ledger: object) -> None:
        super().__init__(**({"has": ()} | ledger))
        self.happened: dict[str, list[dict]] = defaultdict(list)
        self._numbers = count(1)

    def _happens(self, table: str, **values: object) -> None:
        own = {"helpdesk": "desk", "external_id": f"x{next(self._numbers):06}", "ticket_id": values.pop("ticket", None)}
        self.happened[table].append(own | values)

    def call(self, queued: int, answered: int | None = None, ended: int | None = None, **values: object) -> None:
        """Add an incoming call by Dina; one that nobody answered was abandoned."""
        usual = {"channel": "phone", "direction": "in", "abandoned": int(answered is None), "customer": DINA}
        usual |= {"queued_at": queued, "answered_at": answered, "ended_at": ended}
        usual |= {"agent": ALICE} if answered is not None else {}
        self._happens("contacts", **(usual | values))

    def work(self, when: int, seconds: int, ticket: int | None = None, **values: object) -> None:
        self._happens("work", **({"at": when, "seconds": seconds, "ticket": ticket, "agent": ALICE} | values))

    def rating(self, survey: str, when: int, score: float | None, scale: tuple[float, float], **values: object) -> None:
        usual = {"at": when, "survey": survey, "score": score, "lowest": scale[0], "highest": scale[1]}
        self._happens("ratings", **(usual | values))

    def review(self, name: str, when: int, criterion: str, score: float | None, **values: object) -> None:
        """Add a criterion to a review, from 0 to 100 and of weight 1."""
        usual = {"lowest": 0, "highest": 100, "weight": 1, "critical": 0, "error": 0, "agent": ALICE}
        self._happens(
            "reviews", **(usual | {"external_id": name, "at": when, "criterion": criterion, "score": score} | values)
        )

    def sale(self, when: int, amount: float, **values: object) -> None:
        self._happens("sales", **({"at": when, "amount": amount, "currency": "EUR", "customer": DINA} | values))

    def shift(self, started: int, ended: int, agent: str = ALICE, helpdesk: str = "desk") -> None:
        self.happened["shifts"].append({"helpdesk": helpdesk, "agent": agent, "started_at": started, "ended_at": ended})

    def cost(self, month: int, amount: float, channel: str | None = None, currency: str = "EUR") -> None:
        """Add a cost of a month, which is given as the UTC midnight of its first day."""
        label = f"cost {next(self._numbers)}"
        row = {"month": month, "label": label, "channel": channel, "amount": amount, "currency": currency}
        self.happened["costs"].append(row)

    def day(self, table: str, day: int, source: str = "site", **counts: int | None) -> None:
        """Add the counts of a day, which is given as its UTC midnight, to `self_service` or `social`."""
        self.happened[table].append({"day": day, "source": source} | counts)

    def agent(self, name: str, joined: int | None, left: int | None = None, helpdesk: str = "desk") -> None:
        self.agents.append(_person(name, joined, left, helpdesk))

    def customer(self, name: str, joined: int | None, left: int | None = None, helpdesk: str = "desk") -> None:
        self.customers.append(_person(name, joined, left, helpdesk))

    def frames(self, engine: Engine) -> DatabaseFrames:
        """Write everything into an empty database and return what reads it."""
        frames = super().frames(engine)
        with engine.begin() as connection:
            for table, rows in self.happened.items():
                _insert(connection, schema.metadata.tables[table], rows)
        return frames


def _person(name: str, joined: int | None, left: int | None, helpdesk: str) -> dict:
    return {"helpdesk": helpdesk, "external_id": name, "name": name, "joined_at": joined, "left_at": left}

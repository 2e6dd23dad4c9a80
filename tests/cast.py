"""The usual cast, a clock, and short ways to write down what happened to a ticket."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from kpi.events import Author, Change, Contact, Field, History, Message, Rating, Status, Ticket

ALICE = "alice"  # agent
BOB = "bob"  # lead
CHLOE = "chloé"  # agent of another team
DINA = "dina"  # customer
PARIS = "Europe/Paris"
MINUTE, HOUR, DAY = 60, 3600, 86_400


def at(text: str, zone: str = "UTC") -> int:
    """Return the instant of a local wall-clock time, such as `2026-10-23 17:19`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


class Tale:
    """A ticket being told: each method adds one event; `history` is what a helpdesk would have said."""

    def __init__(self, created: int, external_id: str = "1", **ticket: object) -> None:
        values = {"customer": DINA, "team": "support"} | ticket
        self._ticket = Ticket(helpdesk="desk", external_id=external_id, created_at=created, status=Status.NEW, **values)
        self._changes: list[Change] = []
        self._messages: list[Message] = []
        self._ratings: list[Rating] = []
        self._contacts: list[Contact] = []
        self._positions = count(1)
        opener = (ALICE, Author.AGENT) if self._ticket.opened_by_agent else (self._ticket.customer, Author.CUSTOMER)
        self._say(created, *opener)

    def _say(self, when: int, author: str | None, kind: Author, **values: object) -> "Tale":
        position = next(self._positions)
        options = {"public": True} | values
        self._messages.append(
            Message(external_id=f"m{position}", at=when, position=position, author=author, author_kind=kind, **options)
        )
        return self

    def asks(self, when: int, author: str = DINA, **values: object) -> "Tale":
        return self._say(when, author, Author.CUSTOMER, **values)

    def replies(self, when: int, author: str = ALICE, **values: object) -> "Tale":
        return self._say(when, author, Author.AGENT, **values)

    def notes(self, when: int, author: str = ALICE) -> "Tale":
        return self._say(when, author, Author.AGENT, public=False)

    def bot_says(self, when: int) -> "Tale":
        return self._say(when, "bot", Author.BOT, automatic=True)

    def change(
        self, when: int, field: Field, new: str | None, actor: str | None = ALICE, kind: Author = Author.AGENT
    ) -> "Tale":
        position = next(self._positions)
        self._changes.append(
            Change(
                external_id=f"c{position}",
                at=when,
                position=position,
                field=field,
                old=getattr(self._ticket, field.value),
                new=new,
                actor=actor,
                actor_kind=kind,
            )
        )
        value = Status(new) if field is Field.STATUS else new
        self._ticket = replace(self._ticket, **{field.value: value})
        return self

    def becomes(self, when: int, status: Status, kind: Author = Author.AGENT) -> "Tale":
        return self.change(when, Field.STATUS, status.value, kind=kind)

    def solved(self, when: int) -> "Tale":
        return self.becomes(when, Status.SOLVED)

    def rated(self, when: int, score: float | None, **values: object) -> "Tale":
        number = next(self._positions)
        self._ratings.append(Rating(**{"external_id": f"r{number}"} | values, at=when, score=score))
        return self

    def called(self, contact: Contact) -> "Tale":
        self._contacts.append(contact)
        return self

    def now(self, **values: object) -> "Tale":
        """Set something that leaves no history, such as tags."""
        self._ticket = replace(self._ticket, **values)
        return self

    @property
    def history(self) -> History:
        return History(
            ticket=self._ticket,
            changes=tuple(self._changes),
            messages=tuple(self._messages),
            ratings=tuple(self._ratings),
            contacts=tuple(self._contacts),
        )

    def shuffled(self, order: Sequence[int]) -> History:
        """Return the same history with its rows in another order."""
        told = self.history
        return replace(
            told,
            changes=tuple(sorted(told.changes, key=lambda change: order[change.position % len(order)])),
            messages=tuple(sorted(told.messages, key=lambda message: order[message.position % len(order)])),
        )

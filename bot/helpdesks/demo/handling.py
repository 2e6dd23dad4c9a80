"""What can happen to a demo ticket, one event at a time, and who does it when."""

from dataclasses import dataclass
from random import Random

from bot.helpdesks.demo.life import Life
from bot.helpdesks.demo.story import (
    COLLEAGUES,
    DAY,
    OFFICE,
    RETURNS_FROM,
    RETURNS_PACE,
    TEAMS,
    Channel,
    Colleague,
    Priority,
    Topic,
)
from kpi.events import Author, Field, Status, Ticket

ADDRESS = "https://helpdesk.example/tickets"
MISROUTED, TEST, BY_AGENT = 0.06, 0.005, 0.04
"""How often, out of all tickets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who writes."""

    key: str
    name: str
    language: str
    brand: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Why a ticket comes; `delay` multiplies how long replies take on that day."""

    created_at: int
    customer: Customer
    topic: Topic
    channel: Channel
    priority: Priority
    delay: float = 1.0
    duplicate_of: str | None = None


class Handling:
    """A ticket in the hands of the support desk; the same `dice` handle it the same way.

    Attributes:
        team: whose it should be.
        agent: who has it; None until somebody takes it.
    """

    def __init__(self, case: Case, external_id: str, start: int, dice: Random) -> None:
        self.case, self.start, self.dice = case, start, dice
        self.by_agent = case.duplicate_of is None and not case.channel.live and self._happens(BY_AGENT)
        self.team = self._responsible(case.topic, case.created_at)
        self.priority = case.priority
        self.agent: Colleague | None = None
        self.first_reply_at: int | None = None
        self.life = Life(ticket=self._ticket(external_id), merged_into=case.duplicate_of)

    def _ticket(self, external_id: str) -> Ticket:
        case = self.case
        misrouted = self._happens(MISROUTED) and not case.channel.live
        french = case.customer.language == "fr"
        return Ticket(
            helpdesk="",
            external_id=external_id,
            created_at=case.created_at,
            status=Status.NEW,
            customer=case.customer.key,
            opened_by_agent=self.by_agent,
            team=self._other_team() if misrouted else self.team,
            priority=case.priority.key,
            type=case.topic.key,
            channel=case.channel.key,
            brand=case.customer.brand,
            language=case.customer.language,
            tags=("test",) if self._happens(TEST) else (),
            subject=case.topic.subjects[0 if french else 1],
            url=f"{ADDRESS}/{external_id}",
        )

    # --- Events -------------------------------------------------------------------------------------------------------

    def _take(self, at: int) -> None:
        """Make sure that the ticket is open and has an agent of its team who is there."""
        if self.agent is None or self.agent.team != self.team or not self.agent.works(self._day(at)):
            self.agent = self._choose(at)
        self._change(at, Field.AGENT, self.agent.key)
        self._status(at, Status.OPEN, self.agent)

    def _reply(self, at: int) -> None:
        self.first_reply_at = self.first_reply_at or at
        self.life.says(at, self.agent.key if self.agent else None, Author.AGENT, self._length(600))

    def _ask(self, at: int) -> None:
        self.life.says(at, self.case.customer.key, Author.CUSTOMER, self._length(250))
        self._status(at, Status.OPEN)

    def _status(self, at: int, status: Status, agent: Colleague | None = None) -> None:
        kind = Author.SYSTEM if agent is None else Author.AGENT
        self.life.becomes(at, Field.STATUS, status.value, agent.key if agent else None, kind)

    def _change(self, at: int, what: Field, new: str) -> None:
        self.life.becomes(at, what, new, self.agent.key if self.agent else None, Author.AGENT)

    # --- Who and when --------------------------------------------------------------------------------------------

    def _reply_at(self, asked_at: int, *, first: bool = False) -> int:
        """Return when a reply to something asked at that instant is sent."""
        pace = self._choose(asked_at).pace * (RETURNS_PACE if self.team == "returns" else 1.0)
        speed = 1.0 if self.case.channel.live or not first else self.case.channel.speed
        return OFFICE.add(asked_at, self._around(self.priority.reply_s * speed * pace * self.case.delay, 0.85))

    def _choose(self, at: int) -> Colleague:
        """Return who of the team takes it; whoever has it keeps it while they are there."""
        if self.agent is not None and self.agent.team == self.team and self.agent.works(self._day(at)):
            return self.agent
        return self.dice.choice([c for c in COLLEAGUES if c.team == self.team and c.works(self._day(at))])

    def _responsible(self, topic: Topic, at: int) -> str:
        return "returns" if topic.key == "return" and self._day(at) >= RETURNS_FROM else topic.team

    def _other_team(self) -> str:
        there = [team for team in TEAMS if team != "returns" or self._day(self.case.created_at) >= RETURNS_FROM]
        return self.dice.choice([team for team in there if team != self.team])

    def _day(self, at: int) -> int:
        return max(at - self.start, 0) // DAY

    def _happens(self, chance: float) -> bool:
        return self.dice.random() < chance

    def _around(self, median: float, spread: float) -> int:
        """Return whole seconds around a median, with the long tail that waiting has."""
        return max(int(median * self.dice.lognormvariate(0, spread)), 1)

    def _length(self, usual: int) -> int:
        return max(int(usual * self.dice.lognormvariate(0, 0.6)), 5)

"""How a demo ticket goes: who answers it and when, what goes wrong, and whether the customer comes back."""

from dataclasses import dataclass
from math import log2
from random import Random

from bot.helpdesks.demo.handling import Case, Handling
from bot.helpdesks.demo.life import BOT, Life
from bot.helpdesks.demo.story import DAY, HOUR, OFFICE, PRIORITIES
from kpi.events import Author, Contact, Field, Rating, Status

MINUTE = 60

# How often, out of all tickets.
SPAM, DELETED, CANCELLED, UNANSWERED = 0.02, 0.006, 0.012, 0.008
# How often, out of the tickets that one reply didn't settle; the others wait for the customer.
TRANSFERRED, ON_HOLD, LOOKED_INTO, RAISED = 0.15, 0.18, 0.28, 0.12
# How often, out of solved tickets.
REOPENED, AUTOMATIC_REOPEN, THANKS, RATED, COMES_BACK = 0.05, 0.007, 0.08, 0.28, 0.05
CUSTOMER_SILENT = 0.2
ABANDONED = 0.05
IMPATIENT_AFTER, IMPATIENT = 5 * HOUR, 0.03
ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """The customer writes again about the same thing; about the ticket `duplicate_of` when that is not answered yet."""

    at: int
    duplicate_of: str | None = None


class Telling(Handling):
    """Tells the life of one ticket; the same `dice` tell the same life."""

    def __init__(self, case: Case, external_id: str, start: int, dice: Random) -> None:
        super().__init__(case, external_id, start, dice)
        self.rounds = 0
        self.comes_back: Return | None = None

    def tell(self) -> Life:
        """Return the whole life; `comes_back` then tells whether another ticket follows."""
        created_at = self.case.created_at
        opener = self._choose(created_at).key if self.by_agent else self.case.customer.key
        kind = Author.AGENT if self.by_agent else Author.CUSTOMER
        self.life.says(created_at, opener, kind, self._length(400))
        if self.case.channel.live and not self._happens(min(ABANDONED * self.case.delay, 0.4)):
            self._talk()
            return self.life
        if self.case.channel.live:
            self._missed()
        elif not self.by_agent:
            self.life.says(created_at + self.dice.randint(5, 45), BOT, Author.BOT, 220, automatic=True)
        if not self._fails():
            self._handle(self._reply_at(created_at, first=True))
        return self.life

    # --- How it arrives ------------------------------------------------------------------------------------------

    def _talk(self) -> None:
        """Answer a call or a chat at once."""
        answered_at = self.case.created_at + self._around(45 * self.case.delay, 0.8)
        ended_at = answered_at + self._around(9 * MINUTE if self.case.channel.key == "chat" else 5 * MINUTE, 0.5)
        self._take(answered_at)
        self._contact(answered_at, ended_at)
        self._reply(answered_at + self.dice.randint(2, 20))
        if self._happens(self.case.topic.settled):
            self._solve(ended_at + self.dice.randint(0, 40))
        else:
            self._go_on(ended_at)

    def _missed(self) -> None:
        """Record that the customer gave up waiting; an agent writes back later."""
        gave_up_at = self.case.created_at + self._around(90, 0.6)
        self._contact(None, gave_up_at)

    def _contact(self, answered_at: int | None, ended_at: int) -> None:
        self.life.contacts.append(
            Contact(
                external_id=f"{self.life.ticket.external_id}-k",
                channel=self.case.channel.key,
                queued_at=self.case.created_at,
                answered_at=answered_at,
                ended_at=ended_at,
                talk_s=None if answered_at is None else ended_at - answered_at,
                wrap_up_s=None if answered_at is None else 60,
                abandoned=answered_at is None,
                agent=self.agent.key if self.agent else None,
                team=self.team,
                customer=self.case.customer.key,
            )
        )

    def _fails(self) -> bool:
        """Tell what becomes of a ticket that no one will answer; False when it is an ordinary one."""
        created_at = self.case.created_at
        if self.case.channel.key == "email" and not self.by_agent and self._happens(SPAM):
            self._status(created_at + self.dice.randint(50, 600), Status.SPAM)
        elif self._happens(DELETED):
            self._status(OFFICE.add(created_at, self._around(3 * HOUR, 0.9)), Status.DELETED, self._choose(created_at))
        elif self.case.duplicate_of is not None:
            at = OFFICE.add(created_at, self._around(HOUR, 0.6))
            agent = self._choose(at)
            self.life.says(at, agent.key, Author.AGENT, 60, public=False)
            self._status(at, Status.MERGED, agent)
        elif self._happens(CANCELLED):
            self._status(OFFICE.add(created_at, self._around(HOUR, 0.8)), Status.CLOSED, self._choose(created_at))
        elif self._happens(UNANSWERED):
            at = OFFICE.add(created_at, self._around(4 * HOUR, 0.8))
            self._take(at)
            self._status(at, Status.SOLVED, self.agent)
        else:
            return False
        return True

    # --- How it is handled ---------------------------------------------------------------------------------------

    def _handle(self, at: int) -> None:
        """Reply for the first time, and on until it is solved."""
        created_at = self.case.created_at
        if self.life.ticket.team != self.team:
            sorted_at = OFFICE.add(created_at, max(OFFICE.elapsed(created_at, at) // 2, MINUTE))
            self.life.becomes(sorted_at, Field.TEAM, self.team, None, Author.SYSTEM)
        self._take(at)
        impatient = at - created_at > IMPATIENT_AFTER and self._happens(IMPATIENT * self.case.delay)
        if impatient and self.case.duplicate_of is None and not self.by_agent:
            again_at = created_at + int((at - created_at) * self.dice.uniform(0.4, 0.95))
            self.comes_back = Return(at=again_at, duplicate_of=self.life.ticket.external_id)
        self._reply(at)
        if self._happens(self.case.topic.settled):
            self._solve(at)
        else:
            self._go_on(at)

    def _go_on(self, at: int) -> None:
        """Go through what one reply didn't settle."""
        while True:
            self.rounds += 1
            if self._happens(RAISED) and self.priority is not PRIORITIES[-1]:
                self.priority = PRIORITIES[PRIORITIES.index(self.priority) + 1]
                self._change(at, Field.PRIORITY, self.priority.key)
            chance = self.dice.random()
            if chance < TRANSFERRED:
                at = self._transfer(at)
            elif chance < TRANSFERRED + ON_HOLD:
                self._status(at, Status.HOLD, self.agent)
                at = OFFICE.add(at, self._around(27 * HOUR, 1.1))
                self._status(at, Status.OPEN, self.agent)
            elif chance < TRANSFERRED + ON_HOLD + LOOKED_INTO:
                at = OFFICE.add(at, self._around(9 * HOUR * self.case.delay, 0.9))
            else:
                self._status(at, Status.PENDING, self.agent)
                if self._happens(CUSTOMER_SILENT):
                    self._status(at + 7 * DAY, Status.SOLVED)
                    self._status(at + 21 * DAY, Status.CLOSED)
                    return
                asked_at = at + self._around(14 * HOUR, 1.1)
                self._ask(asked_at)
                at = self._reply_at(asked_at)
            self._take(at)
            self._reply(at)
            if self.rounds == ROUNDS or self._happens(0.6):
                self._solve(at)
                return

    def _transfer(self, at: int) -> int:
        """Hand over to another team, with a note; return when that team replies."""
        moved_at = at + self.dice.randint(60, 900)
        self.life.says(moved_at, self.agent.key if self.agent else None, Author.AGENT, 150, public=False)
        team = self._other_team()
        self._change(moved_at, Field.TEAM, team)
        self.team = team
        return self._reply_at(moved_at)

    def _solve(self, at: int) -> None:
        """Solve, and tell what comes after."""
        self._status(at, Status.SOLVED, self.agent)
        solved_at = at
        if self._happens(REOPENED):
            self.rounds += 2
            asked_at = at + self._around(1.6 * DAY, 0.9)
            self._ask(asked_at)
            solved_at = self._answer_again(asked_at)
        elif self._happens(AUTOMATIC_REOPEN):
            away_at = at + self.dice.randint(20, 90)
            self.life.says(away_at, self.case.customer.key, Author.CUSTOMER, 180, automatic=True)
            self._status(away_at, Status.OPEN)
            solved_at = OFFICE.add(away_at, self._around(2 * HOUR, 0.7))
            self._take(solved_at)
            self._status(solved_at, Status.SOLVED, self.agent)
        elif self._happens(THANKS):
            self.life.says(at + self._around(HOUR, 0.9), self.case.customer.key, Author.CUSTOMER, 40)
        elif self.comes_back is None and self._happens(COMES_BACK):
            self.comes_back = Return(at=at + int(self.dice.uniform(0.4, 6.5) * DAY))
        if not self.by_agent:
            self._survey(solved_at)
        self._status(solved_at + 14 * DAY, Status.CLOSED)

    def _answer_again(self, asked_at: int) -> int:
        at = self._reply_at(asked_at)
        self._take(at)
        self._reply(at)
        self._status(at, Status.SOLVED, self.agent)
        return at

    def _survey(self, solved_at: int) -> None:
        """Ask for a rating an hour after the solve; the longer the wait and the more rounds, the worse it is."""
        sent_at = solved_at + HOUR
        waited = ((self.first_reply_at or solved_at) - self.case.created_at) / HOUR
        care = self.agent.care if self.agent else 0.0
        felt = 5.2 - 0.45 * log2(1 + waited / 3) - 0.45 * self.rounds + care + self.dice.gauss(0, 0.8)
        answered = self._happens(RATED)
        self.life.ratings.append(
            Rating(
                external_id=f"{self.life.ticket.external_id}-r",
                at=sent_at + self._around(9 * HOUR, 1.0) if answered else sent_at,
                score=float(min(max(round(felt), 1), 5)) if answered else None,
                customer=self.case.customer.key,
                agent=self.agent.key if self.agent else None,
                sent_at=sent_at,
            )
        )

"""The KPIs of a Request Tracker, counted straight from the tables of its SQLite file.

Nothing here uses the bot: plain SQL and plain Python, written from KPIS.md, slow and literal, so that the bot's
numbers can be held against numbers that were made in another way. How each is counted stands at its function.

Business time is what the instance is set up with: Paris, Monday to Friday, 9 to 18. Its service agreement: level
`standard` promises a response within 4 and a solution within 24 business hours, `urgent` within 60 minutes and 8 hours
by the clock.
"""

import re
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
OPEN = {"new", "open", "stalled"}
WEEK_S = 7 * 86_400
HOUR = 3600
RESPONSE = {"standard": (4 * HOUR, True), "urgent": (HOUR, False)}
SOLUTION = {"standard": (24 * HOUR, True), "urgent": (8 * HOUR, False)}


def utc(text: str) -> int:
    """Return the epoch second of a date as Request Tracker stores it, in UTC without saying so."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def local(day: str) -> int:
    """Return the epoch second at which a day starts in Paris."""
    return int(datetime.combine(date.fromisoformat(day), datetime.min.time(), PARIS).timestamp())


def business(start: int, end: int) -> int:
    """Return the seconds between two instants that lie on a weekday between 9 and 18 in Paris, day by day."""
    total = 0
    day = datetime.fromtimestamp(start, PARIS).date()
    last = datetime.fromtimestamp(end, PARIS).date()
    while day <= last:
        if day.weekday() < 5:
            opens = datetime(day.year, day.month, day.day, 9, tzinfo=PARIS).timestamp()
            closes = datetime(day.year, day.month, day.day, 18, tzinfo=PARIS).timestamp()
            total += max(0, min(end, int(closes)) - max(start, int(opens)))
        day += timedelta(days=1)
    return total


def percentile(values: list[int], share: float) -> float:
    """Return a percentile by linear interpolation between the two nearest ranks (type 7)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@dataclass
class Turn:
    """A question and when it was answered; `first` when it opened the ticket."""

    asked: int
    first: bool
    answered: int | None = None
    ended: int | None = None
    level: str | None = None
    author: str | None = None
    queue: str | None = None


@dataclass
class Ticket:
    """One row of Tickets with what its transactions tell."""

    id: int
    created: int
    by_agent: bool
    customer: int | None
    left_out: str | None
    status: str
    statuses: list[tuple[int, str, str]] = field(default_factory=list)  # when, from, to
    queues: list[tuple[int, str]] = field(default_factory=list)
    owners: list[tuple[int, str | None]] = field(default_factory=list)
    level: str | None = None
    type: str | None = None
    turns: list[Turn] = field(default_factory=list)
    replies: list[int] = field(default_factory=list)  # transaction numbers
    questions: list[int] = field(default_factory=list)
    solves: list[tuple[int, int]] = field(default_factory=list)  # transaction number, when
    reopened_after: list[int] = field(default_factory=list)  # seconds after the solve, by people
    rating: tuple[int, float] | None = None

    def status_at(self, at: int) -> str:
        """Return the status just before an instant."""
        now = self.statuses[0][1] if self.statuses else self.status
        for when, _, to in self.statuses:
            if when < at:
                now = to
        return now

    def value_at(self, history: list[tuple[int, str | None]], at: int) -> str | None:
        """Return a value as it was at an instant, that instant's own changes included."""
        return [value for when, value in history if when <= at or when == history[0][0]][-1]

    def spent(self, start: int, end: int, without: set[str], *, in_business: bool) -> int:
        """Return the time between two instants, less that in some statuses."""
        edges = [(self.created, None, self.statuses[0][1] if self.statuses else self.status), *self.statuses]
        total = 0
        for (since, _, status), until in zip(edges, [*(edge[0] for edge in edges[1:]), 10**12], strict=True):
            low, high = max(since, start), min(until, end)
            if status not in without and high > low:
                total += business(low, high) if in_business else high - low
        return total


class Oracle:
    """Reads one SQLite file of Request Tracker 5."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.agents = {
            row[0]
            for row in self.db.execute(
                "SELECT m.MemberId FROM GroupMembers m JOIN Groups g ON g.id = m.GroupId"
                " WHERE g.Domain = 'SystemInternal' AND g.Name = 'Privileged'"
            )
        }
        self.logins = dict(self.db.execute("SELECT id, Name FROM Users"))
        self.queues = {str(number): name for number, name in self.db.execute("SELECT id, Name FROM Queues")}
        self.fields = {name: str(number) for number, name in self.db.execute("SELECT id, Name FROM CustomFields")}
        self.tickets = [self._ticket(row) for row in self.db.execute("SELECT * FROM Tickets ORDER BY id").fetchall()]

    def _requesters(self, ticket: int) -> list[int]:
        return [
            row[0]
            for row in self.db.execute(
                "SELECT m.MemberId FROM GroupMembers m JOIN Groups g ON g.id = m.GroupId"
                " WHERE g.Domain = 'RT::Ticket-Role' AND g.Name = 'Requestor' AND g.Instance = ? ORDER BY m.id",
                (ticket,),
            )
        ]

    def _by_machine(self, transaction: int) -> bool:
        """Whether the mail of a transaction says that no human sent it."""
        rows = self.db.execute("SELECT Headers FROM Attachments WHERE TransactionId = ?", (transaction,))
        return any(
            re.search(
                r"^(Auto-Submitted: auto|X-Autoreply|Precedence: (bulk|junk))",
                row[0] or "",
                re.MULTILINE | re.IGNORECASE,
            )
            for row in rows
        )

    def _ticket(self, row: tuple) -> Ticket:
        names = [column[1] for column in self.db.execute("PRAGMA table_info(Tickets)")]
        said = dict(zip(names, row, strict=True))
        requesters = self._requesters(said["id"])
        creator = said["Creator"]
        ticket = Ticket(
            id=said["id"],
            created=utc(said["Created"]),
            by_agent=creator in self.agents and creator not in requesters,
            customer=creator if creator in requesters else (requesters or [None])[0],
            left_out="merged"
            if said["EffectiveId"] != said["id"]
            else "deleted"
            if said["Status"] == "deleted"
            else None,
            status=said["Status"],
            level=said["SLA"],
        )
        events = self.db.execute(
            "SELECT id, Type, Field, OldValue, NewValue, Creator, Created FROM Transactions"
            " WHERE ObjectType = 'RT::Ticket' AND ObjectId = ? ORDER BY id",
            (ticket.id,),
        ).fetchall()
        queue_sets = [event for event in events if event[1] == "Set" and event[2] == "Queue"]
        first_queue = queue_sets[0][3] if queue_sets else str(said["Queue"])
        ticket.queues = [(ticket.created, first_queue), *((utc(e[6]), e[4]) for e in queue_sets)]
        owner_sets = [event for event in events if event[1] == "Set" and event[2] == "Owner"]
        first_owner = owner_sets[0][3] if owner_sets else str(said["Owner"])
        ticket.owners = [(ticket.created, first_owner), *((utc(e[6]), e[4]) for e in owner_sets)]
        values = dict(
            self.db.execute(
                "SELECT CustomField, Content FROM ObjectCustomFieldValues"
                " WHERE ObjectType = 'RT::Ticket' AND ObjectId = ? AND Disabled = 0 ORDER BY id",
                (ticket.id,),
            )
        )
        ticket.type = values.get(int(self.fields["Category"]))
        rated = [event for event in events if event[1] == "CustomField" and event[2] == self.fields["CSAT"]]
        if rated and int(self.fields["CSAT"]) in values:
            ticket.rating = (utc(rated[-1][6]), float(values[int(self.fields["CSAT"])]))
        self._tell(ticket, events, requesters)
        return ticket

    def _tell(  # noqa: C901, PLR0912, PLR0915  # one literal walk, to be read beside KPIS.md
        self, ticket: Ticket, events: list[tuple], requesters: list[int]
    ) -> None:
        """Go through the transactions once: statuses, solves, reopens, and who spoke when."""
        waiting = None if ticket.by_agent else Turn(asked=ticket.created, first=True)
        if waiting:
            ticket.turns.append(waiting)
        afterthought: int | None = None
        late: Turn | None = None
        solved_at: int | None = None
        last_was_machine = False
        status = next((event[3] for event in events if event[1] == "Status"), ticket.status)
        for number, kind, _, old, new, creator, created in events:
            at = utc(created)
            if kind == "Correspond":
                machine = self._by_machine(number)
                last_was_machine = machine
                if machine or creator == 1:
                    continue
                if creator in self.agents and creator not in requesters:
                    ticket.replies.append(number)
                    if waiting is None and afterthought is not None:
                        waiting = Turn(asked=afterthought, first=False)
                        ticket.turns.append(waiting)
                    if waiting is not None:
                        late = waiting if waiting.ended is not None else None
                        waiting.answered, waiting.level = at, ticket.level
                        waiting.author, waiting.queue = self.logins[creator], ticket.value_at(ticket.queues, at)
                    waiting = afterthought = None
                else:
                    ticket.questions.append(number)
                    late = None
                    if status not in OPEN:
                        afterthought = afterthought or at
                    elif waiting is None:
                        waiting = Turn(asked=at, first=False)
                        ticket.turns.append(waiting)
            elif kind == "Status":
                ticket.statuses.append((at, old, new))
                if old in OPEN and new not in OPEN:
                    last_was_machine = False
                    late = None
                    if waiting is not None:
                        waiting.ended = at
                if new == "resolved":
                    ticket.solves.append((number, at))
                    solved_at = at
                if old not in OPEN and new in OPEN:
                    if (
                        old in {"resolved", "rejected"}
                        and solved_at is not None
                        and not (last_was_machine and creator not in self.agents)
                    ):
                        ticket.reopened_after.append(at - solved_at)
                    owed = waiting or late
                    if owed is not None:
                        owed.ended = None
                    elif afterthought is not None:
                        waiting = Turn(asked=afterthought, first=False)
                        ticket.turns.append(waiting)
                    afterthought = None
                status = new

    def first_due_dates(self) -> list[tuple[Ticket, int]]:
        """Return the due date that Request Tracker itself set when each ticket was created."""
        rows = self.db.execute(
            "SELECT t.ObjectId, t.NewValue FROM Transactions t WHERE t.ObjectType = 'RT::Ticket' AND t.Type = 'Set'"
            " AND t.Field = 'Due' AND t.OldValue LIKE '1970%' GROUP BY t.ObjectId HAVING t.id = min(t.id)"
        )
        due = {number: utc(said) for number, said in rows}
        return [(ticket, due[ticket.id]) for ticket in self.tickets]

    # --- The KPIs. Each counts tickets that are neither deleted nor merged away. ---

    def counted(self) -> list[Ticket]:
        """Return the tickets that count."""
        return [ticket for ticket in self.tickets if ticket.left_out is None]

    def volume(self, start: int, end: int) -> int:
        """Tickets with Tickets.Created in the period; rejected ones count."""
        return sum(start <= ticket.created < end for ticket in self.counted())

    def left_out(self, start: int, end: int) -> dict[str, int]:
        """Tickets created in the period that are deleted now, or whose EffectiveId is another ticket's."""
        reasons = [t.left_out for t in self.tickets if t.left_out and start <= t.created < end]
        return {reason: reasons.count(reason) for reason in set(reasons)}

    def solved(self, start: int, end: int) -> list[Ticket]:
        """Tickets whose last Status transaction to `resolved` is in the period, reopened since or not."""
        return [t for t in self.counted() if t.solves and start <= t.solves[-1][1] < end]

    def backlog(self, at: int) -> int:
        """Tickets created before the instant whose status just before it is new, open or stalled."""
        return sum(ticket.created < at and ticket.status_at(at) in OPEN for ticket in self.counted())

    def first_replies(self, start: int, end: int) -> list[tuple[Ticket, Turn]]:
        """First Correspond of a privileged non-requestor on tickets that a customer opened, made in the period."""
        turns = [(ticket, turn) for ticket in self.counted() for turn in ticket.turns if turn.first]
        return [(ticket, turn) for ticket, turn in turns if turn.answered and start <= turn.answered < end]

    def frt(self, start: int, end: int, *, calendar: bool = False) -> list[int]:
        """Time from creation to that reply."""
        return [_between(turn.asked, turn.answered, calendar=calendar) for _, turn in self.first_replies(start, end)]

    def frt_cohort(self, start: int, end: int) -> list[int]:
        """The same for tickets created in the period, whenever the reply was made."""
        turns = [t.turns[0] for t in self.counted() if start <= t.created < end and t.turns and t.turns[0].first]
        return [_between(turn.asked, turn.answered, calendar=False) for turn in turns if turn.answered]

    def reply_time(self, start: int, end: int, *, calendar: bool = False) -> list[int]:
        """Time from the oldest unanswered customer message to the reply, for every reply made in the period."""
        turns = [turn for ticket in self.counted() for turn in ticket.turns]
        return [
            _between(t.asked, t.answered, calendar=calendar) for t in turns if t.answered and start <= t.answered < end
        ]

    def resolution_time(self, start: int, end: int, *, calendar: bool = False) -> list[int]:
        """Creation to last solve without the time stalled, for tickets solved in the period and resolved now."""
        return [
            ticket.spent(ticket.created, ticket.solves[-1][1], {"stalled"}, in_business=not calendar)
            for ticket in self.solved(start, end)
            if ticket.status == "resolved"
        ]

    def first_contact(self, ticket: Ticket) -> bool:
        """One reply, one queue, no further question, no reopen and no new ticket of the kind within seven days."""
        if not ticket.solves:
            return False
        number, solved_at = ticket.solves[-1]
        again = [
            other.created
            for other in self.counted()
            if other is not ticket and other.customer == ticket.customer and other.type == ticket.type and ticket.type
        ]
        return (
            sum(reply < number for reply in ticket.replies) == 1
            and not any(question < number for question in ticket.questions)
            and len({queue for _, queue in ticket.queues}) == 1
            and not any(after <= WEEK_S for after in ticket.reopened_after)
            and not any(solved_at < created <= solved_at + WEEK_S for created in again)
        )

    def fcr(self, start: int, end: int) -> tuple[int, int]:
        """First contact resolutions among tickets solved in the period that a customer opened."""
        tickets = [ticket for ticket in self.solved(start, end) if not ticket.by_agent]
        return sum(self.first_contact(ticket) for ticket in tickets), len(tickets)

    def fcr_cohort(self, start: int, end: int) -> tuple[int, int]:
        """The same among tickets created in the period that a customer opened."""
        tickets = [t for t in self.counted() if start <= t.created < end and not t.by_agent]
        return sum(self.first_contact(ticket) for ticket in tickets), len(tickets)

    def csat(self, start: int, end: int) -> tuple[int, int]:
        """Ratings of 4 and 5 among tickets whose CSAT field was last set in the period."""
        scores = [t.rating[1] for t in self.counted() if t.rating and start <= t.rating[0] < end]
        return sum(score >= 4 for score in scores), len(scores)

    def frt_sla(self, start: int, end: int) -> tuple[int, int]:
        """First replies made in the period, not after the ticket had ended, that took no longer than promised."""
        turns = [t for _, t in self.first_replies(start, end) if t.level in RESPONSE and t.ended is None]
        return sum(_kept(turn) for turn in turns), len(turns)

    def resolution_sla(self, start: int, end: int) -> tuple[int, int]:
        """Tickets resolved now and solved in the period, open no longer than promised, stalled time left out."""
        tickets = [t for t in self.solved(start, end) if t.status == "resolved" and t.level in SOLUTION]
        kept = 0
        for ticket in tickets:
            target, in_business = SOLUTION[ticket.level or ""]
            paused = {"stalled", "resolved", "rejected", "deleted"}
            kept += ticket.spent(ticket.created, ticket.solves[-1][1], paused, in_business=in_business) <= target
        return kept, len(tickets)

    def solved_by_queue(self, start: int, end: int) -> dict[str, int]:
        """Solved tickets by the queue they were in at the solve."""
        queues = [t.value_at(t.queues, t.solves[-1][1]) for t in self.solved(start, end)]
        return {self.queues[str(queue)]: queues.count(queue) for queue in set(queues)}

    def solved_by_owner(self, start: int, end: int) -> dict[str, int]:
        """Solved tickets by the owner they had at the solve."""
        owners = [self.logins[int(str(t.value_at(t.owners, t.solves[-1][1])))] for t in self.solved(start, end)]
        return {owner: owners.count(owner) for owner in set(owners)}

    def volume_by_queue(self, start: int, end: int) -> dict[str, int]:
        """Tickets created in the period by the queue they were created in."""
        queues = [ticket.queues[0][1] for ticket in self.counted() if start <= ticket.created < end]
        return {self.queues[str(queue)]: queues.count(queue) for queue in set(queues)}


def _between(start: int, end: int | None, *, calendar: bool) -> int:
    assert end is not None
    return end - start if calendar else business(start, end)


def _kept(turn: Turn) -> bool:
    target, in_business = RESPONSE[turn.level or ""]
    return _between(turn.asked, turn.answered, calendar=not in_business) <= target

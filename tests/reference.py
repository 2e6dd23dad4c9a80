"""What the facts of one ticket must be, by brute force: written from KPIS.md, apart from `kpi.history`."""

from dataclasses import replace
from itertools import combinations, pairwise

from cast import at
from reference_moments import Moment, Row, in_order, moments
from reference_time import SlowTime

from kpi.events import ENDED, GONE, UNSOLVED, WAITING, Author, Field, History, Message, Status
from kpi.hours import Schedule
from kpi.policies import Metric, Policy, Rulebook, Target
from kpi.schema import FACTS

OPENING_S = 2

# Every random ticket and everything that falls due lies in here: Paris turns its clocks on the 29th.
FIRST, LAST = at("2026-03-09"), at("2026-06-01")


class Told:
    """One ticket's history with the rules it falls under, ready to be asked."""

    def __init__(self, history: History, rules: Rulebook) -> None:
        self.history, self.rules = history, rules
        self.ticket = history.ticket
        self.moments = moments(history)
        self.now = self.moments[-1].after
        self.created = self.moments[0].after
        ends = [moment.at for moment in self.moments[1:]] + [LAST]
        # A state that lasted no time is none it was in.
        self.lasting = [moment for moment, end in zip(self.moments, ends, strict=True) if moment.at < end]
        dated = {at for rule in rules.schedules for at in (rule.since, rule.until) if at is not None}
        turns = sorted({moment.at for moment in self.lasting} | {at for at in dated if at > self.lasting[0].at})
        self.pieces = [(at, self._schedule(at)) for at in turns]
        self.business = SlowTime(self.pieces, FIRST, LAST)
        self.calendar = SlowTime([(FIRST, None)], FIRST, LAST)
        self.has_schedule = any(schedule is not None for _, schedule in self.pieces)
        messages = [moment for moment in self.moments if isinstance(moment.event, Message)]
        on_time = messages and messages[0].at <= self.ticket.created_at + OPENING_S
        self.opening = messages[0] if on_time else None

    def _schedule(self, instant: int) -> Schedule | None:
        state = [moment.after for moment in self.lasting if moment.at <= instant][-1]
        return self.rules.schedule(self.attributes(state), instant)

    def attributes(self, state: Row) -> Row:
        fields = {name: state[name] for name in ("team", "priority", "level", "type")}
        return fields | {"channel": self.ticket.channel, "brand": self.ticket.brand}

    # --- Who said what ---

    def _counts(self, moment: Moment) -> bool:
        message = moment.event
        return isinstance(message, Message) and message.public and not message.automatic and moment is not self.opening

    def _by_requester(self, message: Message) -> bool:
        return message.author is not None and message.author == self.ticket.customer

    def is_reply(self, moment: Moment) -> bool:
        return (
            self._counts(moment) and moment.event.author_kind is Author.AGENT and not self._by_requester(moment.event)
        )

    def is_question(self, moment: Moment) -> bool:
        kind = moment.event.author_kind if self._counts(moment) else None
        return kind is Author.CUSTOMER or (kind is Author.AGENT and self._by_requester(moment.event))

    # --- Turns ---

    def waiting_since(self, instant: int) -> int | None:
        """Return since when the customer had been waiting just before an instant, told by nothing that came later.

        Asked of what was known then: of the ticket with only the events before that instant.
        """
        if self.state(instant) is None:
            return None
        earlier = Told(self._known(instant), self.rules)
        owed = [turn for turn in earlier.turns() if turn["reply"] is None and turn["end"] is None]
        return owed[-1]["start"].at if owed else None

    def _known(self, instant: int) -> History:
        """Return the history as it was known just before an instant after the creation."""
        changes = [moment for moment in self.history.changes if moment.at < instant]
        messages = tuple(message for message in self.history.messages if message.at < instant)
        state = self.state(instant)
        then = replace(self.ticket, **{field.value: state[field.value] for field in Field})
        return replace(self.history, ticket=then, changes=tuple(changes), messages=messages)

    def turns(self) -> list[Row]:  # noqa: C901, PLR0912  # the rules of a turn, in one place
        """Return the turns as rows that also hold their moments, for the clocks.

        `end` stays beside `reply` when the reply came after the ticket had ended and did not reopen it. Ending a
        ticket answers nothing: when it is reopened, the turn goes on.
        """
        rows: list[Row] = []
        running: Row | None = None
        held: Moment | None = None  # what the customer said on an ended ticket
        late: Row | None = None  # the turn that was answered on an ended ticket
        if not self.ticket.opened_by_agent:
            running = {
                "first": True,
                "start": self.moments[0],
                "end": self.moments[0] if self.moments[0].ends else None,
            }
        for moment in self.moments[1:]:
            if self.is_reply(moment):
                if running is None and held is not None:
                    running = {"first": False, "start": held}
                if running is not None:
                    rows.append(running | {"reply": moment})
                    late = rows[-1] if running.get("end") is not None else None
                running = held = None
            elif self.is_question(moment):
                late = None
                if moment.before["status"] not in UNSOLVED:
                    held = held or moment
                elif running is None:
                    running = {"first": False, "start": moment}
            elif moment.ends:
                late = None
                if running is not None:
                    running["end"] = moment
            elif moment.opens:
                if running is not None:
                    running["end"] = None
                elif late is not None:
                    late["end"] = None
                elif held is not None:
                    running = {"first": False, "start": held}
                held = None
        if running is not None:
            rows.append(running)
        return [{"reply": None, "end": None, "turn": number} | row for number, row in enumerate(rows, 1)]

    def turn_rows(self) -> list[Row]:
        found = []
        for turn in self.turns():
            start, reply, end = turn["start"].at, turn["reply"], turn["end"]
            stop = reply or end
            state = stop.after if stop else self.now
            found.append(
                {
                    "turn": turn["turn"],
                    "started_at": start,
                    "replied_at": reply and reply.at,
                    "ended_at": end and end.at,
                    "reply_s": self._measure(start, reply and reply.at),
                    "reply_calendar_s": reply and reply.at - start,
                    "team": state["team"],
                    "agent": reply.event.author if reply else state["agent"],
                    "priority": state["priority"],
                }
            )
        return found

    def _measure(self, start: int, end: int | None) -> int | None:
        return self.business.elapsed(start, end) if end is not None and self.has_schedule else None

    # --- Clocks ---

    def clock_rows(self) -> list[Row]:
        rows = [self._reply_clock(turn) for turn in self.turns()]
        rows.append(self._resolution_clock())
        return [row for row in rows if row is not None]

    def _stop_of_reply_clock(self, turn: Row) -> tuple[Moment | None, str | None]:
        if turn["end"] is not None:  # answered afterwards or not: the clock had stopped
            return turn["end"], _ended_by(turn["end"])
        return turn["reply"], turn["reply"] and "reply"

    def _reply_clock(self, turn: Row) -> Row | None:
        stop, stopped_by = self._stop_of_reply_clock(turn)
        metric = Metric.FIRST_REPLY if turn["first"] else Metric.NEXT_REPLY
        start = turn["start"]
        promised = self._promise(metric, start, stop.after if stop else self.now)
        if promised is None:
            return None
        policy, target = promised
        time = self.business if target.business else self.calendar
        row = {
            "metric": metric.value,
            "policy": policy.key,
            "target_s": target.seconds,
            "started_at": start.at,
            "agent": stop.event.author if stopped_by == "reply" else (stop.after if stop else self.now)["agent"],
        }
        return self._finished(row, [(start.at, stop and stop.at)], time, stop, stopped_by) | {"instance": turn["turn"]}

    def _promise(self, metric: Metric, start: Moment, then: Row):
        followed = {"priority": then["priority"], "level": then["level"]}
        return self.rules.promise(metric, self.attributes(start.after | followed), start.at)

    def _finished(
        self, row: Row, intervals: list[tuple[int, int | None]], time: SlowTime, stop: Moment | None, by: str | None
    ) -> Row:
        """Return a clock's row; `intervals` are when it ran, the last one open when it still does."""
        state = stop.after if stop else self.now
        paused = stop is None and not (intervals and intervals[-1][1] is None)
        past = sum(time.elapsed(start, end) for start, end in intervals if end is not None)
        running = stop is None and not paused
        row |= {
            "state": "running" if running else "paused" if paused else "stopped",
            "stopped_at": stop and stop.at,
            "stopped_by": by,
            "elapsed_s": None if running else past,
            "breached": None if running else int(past > row["target_s"]),
            "team": state["team"],
            "priority": state["priority"],
        }
        if running:
            row["due_at"] = _when(intervals, time, lambda passed: passed >= row["target_s"])
            row["late_after"] = _when(intervals, time, lambda passed: passed > row["target_s"]) - 1
        return row

    def _resolution_clock(self) -> Row | None:
        stop, stopped_by = self._end()
        promised = self._promise(Metric.RESOLUTION, self.moments[0], stop.after if stop else self.now)
        if promised is None:
            return None
        policy, target = promised
        row = {
            "metric": Metric.RESOLUTION.value,
            "policy": policy.key,
            "target_s": target.seconds,
            "started_at": self.ticket.created_at,
            "agent": (stop.after if stop else self.now)["agent"],
        }
        time = self.business if target.business else self.calendar
        return self._finished(row, self._unpaused(policy, stop), time, stop, stopped_by) | {"instance": 1}

    def overdue(self, instant: int) -> list[Row]:
        """Return the clocks that ran and were late just before an instant, each with whose the ticket was then.

        A clock is measured against what was promised for the priority of that instant. It did not run while the ticket
        was ended, even when it went on from its original start later. Of what is promised no more there is no clock.
        """
        found = []
        state = self.state(instant)
        if state is None or state["status"] not in UNSOLVED:
            return found
        for turn in self.turns():
            stop, _ = self._stop_of_reply_clock(turn)
            metric = Metric.FIRST_REPLY if turn["first"] else Metric.NEXT_REPLY
            promised = self._promise(metric, turn["start"], state)
            promised = self._promise(metric, turn["start"], stop.after if stop else self.now) and promised
            runs = turn["start"].at < instant and (stop is None or instant <= stop.at)
            if promised and runs and self._late([(turn["start"].at, None)], promised[1], instant):
                found.append({"metric": metric.value, "instance": turn["turn"]})
        stop, _ = self._end()
        promised = self._promise(Metric.RESOLUTION, self.moments[0], state)
        promised = self._promise(Metric.RESOLUTION, self.moments[0], stop.after if stop else self.now) and promised
        runs = promised and state["status"] not in promised[0].pauses
        if runs and self._late(self._unpaused(promised[0], None), promised[1], instant):
            found.append({"metric": Metric.RESOLUTION.value, "instance": 1})
        return [row | {name: state[name] for name in ("team", "agent", "priority")} for row in found]

    def overdue_rows(self) -> list[Row]:
        """Return a row for each clock and state in which it ran and was late, from its last instant in time on."""
        rows = []
        for start, end in pairwise([moment.at for moment in self.lasting] + [LAST]):
            for row in self.overdue(end):
                low, high = start, end  # late just before `high`
                while low + 1 < high:
                    middle = (low + high) // 2
                    low, high = (low, middle) if row in self.overdue(middle) else (middle, high)
                rows.append(row | {"started_at": high - 1, "ended_at": None if end == LAST else end})
        return rows

    def _late(self, ran: list[tuple[int, int | None]], target: Target, instant: int) -> bool:
        time = self.business if target.business else self.calendar
        passed = [
            time.elapsed(start, instant if end is None else min(end, instant)) for start, end in ran if start < instant
        ]
        return sum(passed) > target.seconds

    def _end(self) -> tuple[Moment | None, str | None]:
        """Return the moment the ticket was done with, and how; None when it is not."""
        status = self.now["status"]
        if status in UNSOLVED:
            return None, None
        if status in GONE:
            entered = [m for m in self.moments if m.after["status"] is status and m.before["status"] is not status]
            return entered[-1], "gone"
        if self.moments[-1].is_solved:
            return self.solves()[-1], "solve"
        closings = [
            m for m in self.moments if m.after["status"] is Status.CLOSED and m.before["status"] is not Status.CLOSED
        ]
        return closings[-1], "closed"

    def _unpaused(self, policy: Policy, stop: Moment | None) -> list[tuple[int, int | None]]:
        return self._while(UNSOLVED - policy.pauses, stop)

    def _while(self, statuses: frozenset[Status], stop: Moment | None) -> list[tuple[int, int | None]]:
        """Return when the ticket had one of these statuses, up to `stop`."""
        until = self.moments.index(stop) if stop else len(self.moments)
        ends = [moment.at for moment in self.moments[1:]] + [None]
        return [
            (moment.at, end)
            for moment, end in zip(self.moments[:until], ends, strict=False)
            if moment.after["status"] in statuses
        ]

    # --- Moves ---

    def transfers(self, until: int) -> int:
        """Count the changes of team before a moment; being without a team in between is no change."""
        teams = [moment.after["team"] for moment in self.moments[:until] if moment.after["team"] is not None]
        return sum(before != after for before, after in pairwise(teams))

    def is_escalated(self) -> bool:
        rules = self.rules.escalation
        if {tag.casefold() for tag in self.ticket.tags} & {tag.casefold() for tag in rules.tags}:
            return True
        tiers = [self._tier(moment.after["team"]) for moment in self.moments]
        known = [tier for tier in tiers if tier is not None]
        if any(later > earlier for earlier, later in combinations(known, 2)):
            return True
        high = {priority.casefold() for priority in rules.priorities}
        priorities = [m.after["priority"].casefold() for m in self.moments if m.after["priority"] is not None]
        return any(before not in high and after in high for before, after in pairwise(priorities))

    def _tier(self, team: str | None) -> int | None:
        names = {team, self.rules.team_names.get(team)}
        return next((i for i, teams in enumerate(self.rules.escalation.tiers) if names & set(teams)), None)

    def machine_acted(self, until: int) -> bool:
        """Whether a bot, the system or an automatic message had a part, up to a moment and with it."""
        for moment in self.moments[1 : until + 1]:
            event = moment.event
            by_machine = (event.author_kind if isinstance(event, Message) else event.actor_kind) in (
                Author.BOT,
                Author.SYSTEM,
            )
            sent = isinstance(event, Message) and event.automatic
            if (by_machine or sent) and moment is not self.opening:
                return True
        return False

    # --- The ticket ---

    def solves(self) -> list[Moment]:
        return [moment for moment in self.moments if moment.solves]

    def solved_by_machine(self, solve: Moment) -> bool:
        event = solve.event
        if event is None:  # it arrived solved: by the last change of its status in that second, if there is one
            arrival = [c for c in self.history.changes if c.field is Field.STATUS and c.at == self.ticket.created_at]
            event = max(arrival, key=in_order, default=None)
        return event is not None and event.actor_kind in (Author.BOT, Author.SYSTEM)

    def solve_rows(self) -> list[Row]:
        return [
            {
                "solve": number,
                "solved_at": solve.at,
                "automatic": int(self.solved_by_machine(solve)),
                **self._whose("", solve.after),
            }
            for number, solve in enumerate(self.solves(), 1)
        ]

    def _asked_again_at(self, solve: Moment) -> int | None:
        """Return when the customer wrote after a solve, or somebody reopened it."""
        since = self.moments.index(solve) + 1
        if since == 1:  # what was said in the second of its creation came with it
            since = len([moment for moment in self.moments if moment.at == self.ticket.created_at])
        found = [moment.at for moment in self.moments[since:] if self.is_question(moment)]
        found += [moment.at for moment, automatic in self.reopens() if moment in self.moments[since:] and not automatic]
        return min(found, default=None)

    def reopens(self) -> list[tuple[Moment, bool]]:
        """Return the reopens after a solve, each with whether an automatic message did it."""
        found = []
        for index, moment in enumerate(self.moments):
            reopened = moment.before["status"] in ENDED and moment.after["status"] in UNSOLVED
            if not reopened or not any(earlier.solves for earlier in self.moments[:index]):
                continue
            ended = max(i for i in range(index) if self.moments[i].before["status"] in UNSOLVED)
            since = [m.event for m in self.moments[ended:index] if isinstance(m.event, Message)]
            automatic = bool(since) and since[-1].automatic and moment.event.actor_kind is not Author.AGENT
            found.append((moment, automatic))
        return found

    def left_out(self) -> str | None:
        if self.ticket.status is Status.MERGED or self.ticket.merged_into is not None:
            return "merged"
        if self.ticket.status in (Status.DELETED, Status.SPAM):
            return self.ticket.status.value
        return "test" if self.rules.test_tags & set(self.ticket.tags) else None

    def ticket_row(self) -> Row:
        solves, reopens = self.solves(), self.reopens()
        until = self.moments.index(solves[-1]) if solves else len(self.moments)
        window = self.moments[:until]
        if until == 0:
            window = [moment for moment in self.moments if moment.at == self.ticket.created_at]
        fastest = [
            moment.at - [solve for solve in solves if self.moments.index(solve) < self.moments.index(moment)][-1].at
            for moment, automatic in reopens
            if not automatic
        ]
        closed, how = self._end()
        real = [moment for moment, automatic in reopens if not automatic]
        replies = [moment.at for moment in self.moments if self.is_reply(moment)]
        solved_by_machine = bool(solves) and self.solved_by_machine(solves[-1])
        return {
            "created_at": self.ticket.created_at,
            "left_out": self.left_out(),
            "opened_by_agent": int(self.ticket.opened_by_agent),
            "status": self.ticket.status.value,
            "customer": self.ticket.customer,
            "type": self.ticket.type,
            **self._whose("created_", self.created),
            **self._whose("first_solved_", solves[0].after if solves else None),
            **self._whose("solved_", solves[-1].after if solves else None),
            **self._rating(solves),
            "replies": sum(self.is_reply(moment) for moment in window),
            "customer_messages": sum(self.is_question(moment) for moment in window),
            "teams": len({m.after["team"] for m in self.lasting} - {None}),
            "transfers": self.transfers(until or 1),
            "escalated": int(self.is_escalated()),
            "automation_acted": int(solved_by_machine or self.machine_acted(until or len(window) - 1)),
            "solved_automatically": int(solved_by_machine),
            "first_replied_at": min(replies, default=None),
            "first_reopen_s": real[0].at - solves[0].at if real else None,
            "asked_again_at": self._asked_again_at(solves[-1]) if solves else None,
            "first_solved_at": solves[0].at if solves else None,
            "last_solved_at": solves[-1].at if solves else None,
            "closed_at": closed.at if how == "closed" and not solves else None,
            "is_solved": int(how == "solve"),
            "solves": len(solves),
            "reopens": sum(not automatic for _, automatic in reopens),
            "automatic_reopens": sum(automatic for _, automatic in reopens),
            "fastest_reopen_s": min(fastest, default=None),
            **self._resolution("resolution_", frozenset(Status) - WAITING, solves[-1:]),
            **self._resolution("full_resolution_", frozenset(Status), solves[-1:]),
            **self._resolution("first_resolution_", frozenset(Status) - WAITING, solves[:1]),
        }

    def _whose(self, prefix: str, state: Row | None) -> Row:
        return {f"{prefix}{name}": state[name] if state else None for name in ("team", "agent", "priority")}

    def _resolution(self, prefix: str, counted: frozenset[Status], solve: list[Moment]) -> Row:
        if not solve:
            return {f"{prefix}s": None, f"{prefix}calendar_s": None}
        intervals = self._while(counted, solve[0])
        business = sum(self.business.elapsed(*interval) for interval in intervals)
        return {
            f"{prefix}s": business if self.has_schedule else None,
            f"{prefix}calendar_s": sum(end - start for start, end in intervals),
        }

    def _rating(self, solves: list[Moment]) -> Row:
        given = [r for r in self.history.ratings if r.survey == "csat" and r.score is not None]
        if not given:
            names = ("rated_at", "rating", "rating_lowest", "rating_highest", "rating_positive")
            return dict.fromkeys(names) | self._whose("rated_", None)
        rating = max(given, key=lambda r: (r.at, r.external_id))
        earlier = [solve for solve in solves if solve.at <= rating.at]
        seen = [moment for moment in self.moments if moment.at <= rating.at] or self.moments[:1]
        share = (rating.score - rating.lowest) / (rating.highest - rating.lowest)
        return {
            "rated_at": rating.at,
            "rating": rating.score,
            "rating_lowest": rating.lowest,
            "rating_highest": rating.highest,
            "rating_positive": int(share >= 0.75),
            **self._whose("rated_", (earlier or seen)[-1].after),
        }

    def span_rows(self) -> list[Row]:
        """Return a row for each state in which it was open, the last one without end, and since when it was waited."""
        ends = [moment.at for moment in self.lasting[1:]] + [None]
        return [
            {
                "started_at": moment.at,
                "ended_at": end,
                "waiting_since": self.waiting_since(moment.at + 1),
                **moment.after,
            }
            for moment, end in zip(self.lasting, ends, strict=True)
            if moment.after["status"] in UNSOLVED
        ]

    # --- At an instant ---

    def state(self, instant: int) -> Row | None:
        """Return what the ticket was just before an instant; None when it did not exist yet."""
        seen = [moment for moment in self.moments if moment.at < instant]
        return seen[-1].after if seen else None


def _ended_by(end: Moment | None) -> str | None:
    if end is None:
        return None
    status = end.after["status"]
    return "solve" if status is Status.SOLVED else "closed" if status is Status.CLOSED else "gone"


def _when(intervals: list[tuple[int, int | None]], time: SlowTime, holds) -> int:
    """Return the first instant at which `holds` of the time that passed in the intervals, the last without end."""
    passed = 0
    for start, end in intervals:
        until = LAST if end is None else end
        if holds(passed + time.elapsed(start, until)):
            low, high = start - 1, until
            while low + 1 < high:
                middle = (low + high) // 2
                low, high = (low, middle) if holds(passed + time.elapsed(start, middle)) else (middle, high)
            return high
        passed += time.elapsed(start, until)
    raise AssertionError("falls due outside the window")


def facts(told: list[Told]) -> dict[str, list[Row]]:
    """Return the facts of several tickets by table, each row with what every table says of its ticket."""
    found: dict[str, list[Row]] = {name: [] for name in FACTS}
    for ticket in told:
        row = ticket.ticket_row()
        shared = {name: row[name] for name in ("created_at", "left_out", "opened_by_agent")}
        contacts = {
            "next_contact_at": next_contact(ticket, told),
            "previous_contact_at": previous_contact(ticket, told),
        }
        found["ticket_facts"].append(row | {"solved_in_contact": 0} | contacts)
        for name, rows in (
            ("turn_facts", ticket.turn_rows()),
            ("clock_facts", ticket.clock_rows()),
            ("span_facts", ticket.span_rows()),
            ("overdue_facts", ticket.overdue_rows()),
            ("solve_facts", ticket.solve_rows()),
        ):
            found[name] += [row | shared for row in rows]
    return found


def previous_contact(ticket: Told, others: list[Told]) -> int | None:
    """Return when the same customer had opened a ticket before."""
    mine = ticket.ticket
    earlier = [
        other.ticket.created_at
        for other in others
        if mine.customer is not None
        and other.ticket.customer == mine.customer
        and other.left_out() is None
        and other.ticket.created_at < mine.created_at
    ]
    return max(earlier, default=None)


def next_contact(ticket: Told, others: list[Told]) -> int | None:
    """Return when the same customer next opened a ticket of the same type after the last solve."""
    solves, mine = ticket.solves(), ticket.ticket
    if not solves or mine.customer is None or mine.type is None:
        return None
    later = [
        other.ticket.created_at
        for other in others
        if other is not ticket
        and (other.ticket.customer, other.ticket.type) == (mine.customer, mine.type)
        and other.left_out() is None
        and other.ticket.created_at > solves[-1].at
    ]
    return min(later, default=None)

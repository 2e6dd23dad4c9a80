"""What happens to each ticket: the moments of its life, drawn for many tickets at once.

A moment that never comes, or comes after the end of the story, is `NEVER`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from desk import (
    AGENTS,
    CHANNEL_WEIGHTS,
    DAY,
    END,
    END_DAY,
    FIRST_DAY,
    HOUR,
    PRIORITY_WEIGHTS,
    TEAMS,
    TYPE_WEIGHTS,
    ZONE,
    Hours,
    Ints,
)

from kpi.period import midnight

NEVER = -1
SEED = 20260105

NORMAL, DELETED, SPAM, MERGED, MERGED_LATE, DELETED_LATE, TEST = range(7)
FATES = (0.96, 0.01, 0.012, 0.006, 0.004, 0.002, 0.006)
GONE_EARLY = (DELETED, SPAM, MERGED)
GONE_LATE = (MERGED_LATE, DELETED_LATE)

WEEKDAYS = (1.25, 1.15, 1.1, 1.05, 1.0, 0.45, 0.35)
HOURS = (1, 0.6, 0.4, 0.3, 0.4, 0.8, 2, 4, 7, 9, 9.5, 9, 7.5, 8, 9, 9, 8.5, 7.5, 6, 5, 4.5, 4, 3, 2)
COMES_BACK = 0.05
CLOSED_AFTER = 4 * DAY


@dataclass(frozen=True)
class Openings:
    """Every ticket's opening, oldest first: when, by which customer, about what."""

    created: Ints
    customer: Ints
    kind: Ints

    @classmethod
    def draw(cls, count: int) -> "Openings":
        """Return so many openings: more on weekdays, by day, and each year."""
        rng = np.random.default_rng(SEED)
        days = [FIRST_DAY + timedelta(days=number) for number in range((END_DAY - FIRST_DAY).days)]
        weights = np.array([WEEKDAYS[day.weekday()] * (1 + 0.3 * number / 365) for number, day in enumerate(days)])
        edges = np.array([midnight(day, ZONE) for day in [*days, END_DAY]], dtype=np.int64)
        per_day = np.repeat(np.arange(len(days)), rng.multinomial(count, weights / weights.sum()))
        hour = rng.choice(24, count, p=np.array(HOURS) / sum(HOURS))
        second = hour * HOUR + rng.integers(0, HOUR, count)
        created = np.sort(np.minimum(edges[per_day] + second, edges[per_day + 1] - 1))
        customer = rng.integers(0, max(count // 4, 1), count)
        kind = rng.choice(len(TYPE_WEIGHTS), count, p=TYPE_WEIGHTS)
        # Some come back about the same within days: their ticket follows one of the last few days'.
        again = np.flatnonzero(rng.random(count) < COMES_BACK)
        earlier = np.maximum(again - rng.integers(1, max(count * 5 // len(days), 2), len(again)), 0)
        customer[again], kind[again] = customer[earlier], kind[earlier]
        return cls(created, customer, kind)


@dataclass
class Lives:
    """Some tickets' lives; `ticket` of a turn is the row of its ticket, not its number."""

    first: int  # number of the first ticket
    created: Ints
    customer: Ints
    kind: Ints
    channel: Ints
    brand: Ints
    priority: Ints
    by_agent: Ints
    team: Ints
    later_team: Ints
    agent: Ints
    fate: Ints
    acknowledged: Ints
    noted: Ints
    transferred: Ints
    assigned: Ints
    pending: Ints
    resumed: Ints
    solved: Ints
    reopened: Ints
    solved_again: Ints
    closed: Ints
    gone: Ints
    rated: Ints
    score: Ints
    turn_ticket: Ints
    turn_number: Ints
    asked: Ints
    replied: Ints

    @property
    def last_solved(self) -> Ints:
        """When each was last solved."""
        return np.maximum(self.solved, self.solved_again)

    @property
    def left_out(self) -> Ints:
        """Why each counts nowhere: its fate, NORMAL when it counts; one that is not gone yet counts."""
        return np.where((self.fate == TEST) | (self.gone != NEVER), self.fate, NORMAL)


def _delays(rng: np.random.Generator, median: float, spread: float, count: int, least: int = 60) -> Ints:
    """Return log-normal seconds."""
    return np.maximum(rng.lognormal(np.log(median), spread, count), least).astype(np.int64)


def _when(condition: np.ndarray, moment: Ints) -> Ints:
    """Return the moment where it comes in time, else NEVER."""
    return np.where(condition & (moment <= END), moment, NEVER)


def draw(openings: Openings, first: int, count: int, hours: Hours) -> Lives:
    """Return the lives of `count` tickets from number `first` on; the same each time."""
    rng = np.random.default_rng([SEED, first])
    created = openings.created[first : first + count]
    count = len(created)
    fate = rng.choice(len(FATES), count, p=FATES)
    early, late = np.isin(fate, GONE_EARLY), np.isin(fate, GONE_LATE)
    unanswered = early | (rng.random(count) < 0.04)
    by_agent = ~unanswered & (rng.random(count) < 0.06)
    reopens = ~unanswered & ~late & (rng.random(count) < 0.08)

    exchanges = np.where(unanswered, 1, 1 + rng.geometric(0.4, count).clip(1, 9) - 1) + reopens
    ticket = np.repeat(np.arange(count), exchanges)
    starts = np.cumsum(exchanges) - exchanges
    number = np.arange(len(ticket)) - starts[ticket] + 1
    asked, replied = _conversation(rng, created, by_agent, reopens, exchanges, hours)

    before = starts + exchanges - 1 - reopens  # the last turn before the first solve
    without = unanswered & ~early & (rng.random(count) < 0.7)
    abandoned = unanswered & ~early & ~without
    at_once = rng.random(count) < 0.5
    solved = np.where(without, created + _delays(rng, 6 * HOUR, 1, count), replied[before])
    solved = np.where(at_once | without, solved, solved + _delays(rng, HOUR, 0.8, count))
    last = np.maximum(starts + exchanges - 1, 0)
    reopened = asked[last]
    reopened = np.where(reopens, np.maximum(reopened, solved + 60), NEVER)
    moved = np.maximum(reopened - asked[last], 0)
    asked[last] += np.where(reopens, moved, 0)
    replied[last] += np.where(reopens, moved, 0)
    solved_again = replied[last]

    wait = np.where(unanswered, 0, replied[starts] - created)
    handed = rng.random(count) < 0.08
    later = (wait > HOUR / 2) & (rng.random(count) < 0.45)
    pends = ~unanswered & (exchanges - reopens > 1) & (rng.random(count) < 0.35)
    second = np.minimum(starts + 1, len(asked) - 1)

    solved = _when(~early & ~abandoned, solved)
    reopened = _when(reopens & (solved != NEVER), reopened)
    solved_again = _when(reopened != NEVER, solved_again)
    finally_solved = np.where(reopened == NEVER, solved, solved_again)
    gone = _when(late & (finally_solved != NEVER), finally_solved + DAY)
    gone = np.where(early, _when(early, created + rng.integers(300, 3 * HOUR, count)), gone)
    closed = _when(abandoned, created + rng.integers(20 * DAY, 60 * DAY, count))
    closed = np.where(abandoned, closed, _when(~late & (finally_solved != NEVER), finally_solved + CLOSED_AFTER))
    rates = (finally_solved != NEVER) & (fate == NORMAL) & (rng.random(count) < 0.2)
    team = rng.integers(0, TEAMS, count)
    later_team = np.where(handed & (wait > HOUR / 2), (team + rng.integers(1, TEAMS, count)) % TEAMS, team)
    transferred = _when(later_team != team, created + wait * 3 // 10)
    assigned = np.where(unanswered | ~later, created, created + wait // 2)
    answered = ~unanswered[ticket]
    known = asked <= END
    return Lives(
        first=first,
        created=created,
        customer=openings.customer[first : first + count],
        kind=openings.kind[first : first + count],
        channel=rng.choice(len(CHANNEL_WEIGHTS), count, p=CHANNEL_WEIGHTS),
        brand=rng.integers(0, 2, count),
        priority=rng.choice(len(PRIORITY_WEIGHTS), count, p=PRIORITY_WEIGHTS),
        by_agent=by_agent.astype(np.int64),
        team=team,
        later_team=later_team,
        # Each agent belongs to one team.
        agent=later_team + TEAMS * rng.integers(0, (AGENTS - later_team - 1) // TEAMS + 1),
        fate=fate,
        acknowledged=_when(rng.random(count) < 0.5, created + 5),
        noted=_when(~unanswered & (rng.random(count) < 0.5), created + np.maximum(wait * 6 // 10, 5)),
        transferred=transferred,
        assigned=_when(np.full(count, True), assigned),
        pending=_when(pends, replied[starts]),
        resumed=_when(pends, asked[second]),
        solved=solved,
        reopened=reopened,
        solved_again=solved_again,
        closed=closed,
        gone=gone,
        rated=_when(rates, finally_solved + _delays(rng, 5 * HOUR, 1.3, count)),
        score=rng.choice(5, count, p=(0.08, 0.06, 0.11, 0.3, 0.45)) + 1,
        turn_ticket=ticket[known],
        turn_number=number[known],
        asked=asked[known],
        replied=_when(answered, replied)[known],
    )


def _conversation(  # noqa: PLR0917  # what a conversation depends on
    rng: np.random.Generator,
    created: Ints,
    by_agent: np.ndarray,
    reopens: np.ndarray,
    exchanges: Ints,
    hours: Hours,
) -> Sequence[Ints]:
    """Return when each turn was asked and answered: agents answer in business time, customers when they like."""
    total = int(exchanges.sum())
    asked, replied = np.empty(total, np.int64), np.empty(total, np.int64)
    starts = np.cumsum(exchanges) - exchanges
    moment = created.copy()
    for turn in range(int(exchanges.max())):
        here = np.flatnonzero(exchanges > turn)
        waits = _delays(rng, 7 * HOUR, 1.2, len(here))
        reopening = reopens[here] & (exchanges[here] == turn + 1)
        waits = np.where(reopening, np.clip(waits, 600, CLOSED_AFTER - 2 * HOUR), waits)
        at_once = (turn == 0) & ~by_agent[here]
        begins = moment[here] + np.where(at_once, 0, waits)
        answers = hours.add(begins, _delays(rng, 1.6 * HOUR, 1.3, len(here)))
        asked[starts[here] + turn], replied[starts[here] + turn] = begins, answers
        moment[here] = answers
    return asked, replied

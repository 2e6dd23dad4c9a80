"""What became of a ticket: the row of ticket_facts."""

from collections.abc import Iterable

from kpi.events import WAITING, Author, Contact, Rating, Status
from kpi.history.rows import Row
from kpi.history.story import State, Step, Story

SATISFIED_FROM = 0.75
"""The part of its scale from which a rating is satisfied: 4–5 of 5, 6–7 of 7, the better of two."""


def ticket_row(story: Story, ratings: Iterable[Rating], contacts: Iterable[Contact]) -> Row:
    """Return the row, without the columns that every fact table has."""
    solves = _solves(story)
    first_at = solves[0][0] if solves else None
    last_at = solves[-1][0] if solves else None
    ending = story.ending
    return {
        **_at_event("created_", story.created),
        **_at_event("solved_", solves[-1][1] if solves else None),
        **_exchanges(story),
        "teams": len({segment.state.team for segment in story.segments} - {None}),
        "first_solved_at": first_at,
        "last_solved_at": last_at,
        "closed_at": ending.at if ending and ending.by == "closed" and not solves else None,
        "is_solved": int(ending is not None and ending.by == "solve"),
        "solved_in_contact": int(last_at is not None and any(_lasted(contact, last_at) for contact in contacts)),
        "solves": len(solves),
        **_reopens(story),
        **_resolution(story, "resolution", last_at, without=WAITING),
        **_resolution(story, "full_resolution", last_at),
        **_resolution(story, "first_resolution", first_at, without=WAITING),
        **_rating(story, ratings, solves),
    }


def _at_event(prefix: str, state: State | None) -> Row:
    return {f"{prefix}{name}": getattr(state, name, None) for name in ("team", "agent", "priority")}


def _solves(story: Story) -> list[tuple[int, State]]:
    """Return every solve in order; a ticket can arrive solved."""
    arrived = [(story.ticket.created_at, story.created)] if story.created.status is Status.SOLVED else []
    return arrived + [(step.at, step.after) for step in story.steps if step.solves]


def _exchanges(story: Story) -> Row:
    """Count replies and the customer's further messages up to the last solve, or all of them."""
    solving = [number for number, step in enumerate(story.steps) if step.solves]
    counted = story.steps[: solving[-1]] if solving else story.steps
    if not solving and story.created.status is Status.SOLVED:
        counted = tuple(step for step in story.steps if step.at == story.ticket.created_at)
    return {
        "replies": sum(step.reply for step in counted),
        "customer_messages": sum(step.asks for step in counted),
    }


def _reopens(story: Story) -> Row:
    """Count reopens after a solve; what an automatic message reopened is counted apart (VECTORS.md, mistake 11)."""
    counts = {"reopens": 0, "automatic_reopens": 0}
    fastest: int | None = None
    solved_at: int | None = None
    said: Step | None = None  # the last message since the ticket ended
    if story.created.status is Status.SOLVED:
        solved_at = story.ticket.created_at
    for step in story.steps:
        if step.message is not None:
            said = step
        elif step.solves:
            solved_at = step.at
        elif step.reopens and solved_at is not None and step.before.status in {Status.SOLVED, Status.CLOSED}:
            if _automatic(said, step):
                counts["automatic_reopens"] += 1
            else:
                counts["reopens"] += 1
                fastest = min(step.at - solved_at, step.at - solved_at if fastest is None else fastest)
        if step.ends:
            said = None
    return {**counts, "fastest_reopen_s": fastest}


def _automatic(said: Step | None, reopen: Step) -> bool:
    by_agent = reopen.change is not None and reopen.change.actor_kind is Author.AGENT
    return said is not None and said.message is not None and said.message.automatic and not by_agent


def _resolution(story: Story, name: str, end: int | None, without: frozenset[Status] = frozenset()) -> Row:
    """Return business and calendar seconds from creation to `end`, less the time spent in some statuses."""
    if end is None:
        return {f"{name}_s": None, f"{name}_calendar_s": None}
    counted = [
        (segment.start, end if segment.end is None else min(segment.end, end))
        for segment in story.segments
        if segment.start < end and segment.state.status not in without
    ]
    business = [story.elapsed(start, until) for start, until in counted] or [story.elapsed(end, end)]
    return {
        f"{name}_s": None if None in business else sum(passed or 0 for passed in business),
        f"{name}_calendar_s": sum(until - start for start, until in counted),
    }


def _lasted(contact: Contact, at: int) -> bool:
    """Whether the call or chat was going on; what is written up just after it still belongs to it."""
    if contact.answered_at is None or at < contact.answered_at:
        return False
    return contact.ended_at is None or at <= contact.ended_at + (contact.wrap_up_s or 0)


def _rating(story: Story, ratings: Iterable[Rating], solves: list[tuple[int, State]]) -> Row:
    """Return the latest answer to the satisfaction survey, and whose ticket it was when it was solved."""
    answered = [rating for rating in ratings if rating.survey == "csat" and rating.score is not None]
    latest = max(answered, key=lambda rating: (rating.at, rating.external_id), default=None)
    names = ("rated_at", "rating", "rating_highest", "rating_positive")
    if latest is None or latest.score is None:
        return _at_event("rated_", None) | dict.fromkeys(names)
    solved = [state for at, state in solves if at <= latest.at]
    state = solved[-1] if solved else _state_at(story, latest.at)
    values = (latest.at, latest.score, latest.highest, _satisfied(latest.score, latest.lowest, latest.highest))
    return _at_event("rated_", state) | dict(zip(names, values, strict=True))


def _satisfied(score: float, lowest: float, highest: float) -> int | None:
    """Return 1 or 0; None on a scale of a single value, which tells nothing."""
    return None if highest <= lowest else int((score - lowest) / (highest - lowest) >= SATISFIED_FROM)


def _state_at(story: Story, at: int) -> State:
    return next((segment.state for segment in story.segments if segment.end is None or at < segment.end), story.final)

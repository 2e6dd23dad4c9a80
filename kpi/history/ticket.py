"""What became of a ticket: the row of ticket_facts."""

from collections.abc import Iterable

from kpi.events import WAITING, Contact, History, Rating, Status
from kpi.history.moves import escalated, transfers
from kpi.history.rows import Row
from kpi.history.solves import Reopen, Solve, reopens
from kpi.history.story import State, Step, Story
from kpi.policies import Rulebook

SATISFIED_FROM = 0.75
"""The part of its scale from which a rating is satisfied: 4–5 of 5, 6–7 of 7, the better of two."""


def ticket_row(story: Story, solved: list[Solve], history: History, rules: Rulebook) -> Row:
    """Return the row, without the columns that every fact table has."""
    first, last = (solved[0], solved[-1]) if solved else (None, None)
    first_at, last_at = (first.at if first else None), (last.at if last else None)
    ending = story.ending
    taken = story.steps[: last.steps] if last else story.steps
    reopened = reopens(story)
    return {
        **_at_event("created_", story.created),
        **_at_event("first_solved_", first.state if first else None),
        **_at_event("solved_", last.state if last else None),
        "replies": sum(step.reply for step in taken),
        "customer_messages": sum(step.asks for step in taken),
        "teams": len({segment.state.team for segment in story.segments} - {None}),
        "transfers": transfers(story.created, taken),
        "escalated": int(escalated(story, rules)),
        **_automation(taken, last),
        "first_replied_at": next((step.at for step in story.steps if step.reply), None),
        "first_solved_at": first_at,
        "last_solved_at": last_at,
        "closed_at": ending.at if ending and ending.by == "closed" and not solved else None,
        "is_solved": int(ending is not None and ending.by == "solve"),
        "solved_in_contact": int(
            last_at is not None and any(_went_on(contact, last_at) for contact in history.contacts)
        ),
        "solves": len(solved),
        **_reopens(reopened, first_at),
        "asked_again_at": _asked_again_at(story, reopened, last),
        **_resolution(story, "resolution", last_at, without=WAITING),
        **_resolution(story, "full_resolution", last_at),
        **_resolution(story, "first_resolution", first_at, without=WAITING),
        **_rating(story, history.ratings, solved),
    }


def _at_event(prefix: str, state: State | None) -> Row:
    return {f"{prefix}{name}": getattr(state, name, None) for name in ("team", "agent", "priority")}


def _automation(taken: Iterable[Step], last: Solve | None) -> Row:
    """Tell whether a machine had a part in the ticket up to its last solve, and whether it solved it."""
    solved = last is not None and last.automatic
    acted = solved or any(step.by_machine and not step.opening for step in taken)
    return {"automation_acted": int(acted), "solved_automatically": int(solved)}


def _reopens(found: list[Reopen], first_solved_at: int | None) -> Row:
    """Count reopens after a solve; what an automatic message reopened is counted apart (VECTORS.md, mistake 11)."""
    real = [reopen for reopen in found if not reopen.automatic]
    return {
        "reopens": len(real),
        "automatic_reopens": len(found) - len(real),
        "fastest_reopen_s": min((reopen.after_s for reopen in real), default=None),
        "first_reopen_s": real[0].at - first_solved_at if real and first_solved_at is not None else None,
    }


def _asked_again_at(story: Story, reopened: list[Reopen], last: Solve | None) -> int | None:
    if last is None:
        return None
    asked = [step.at for step in story.steps[last.steps :] if step.asks]
    asked += [reopen.at for reopen in reopened if reopen.steps > last.steps and not reopen.automatic]
    return min(asked, default=None)


def _resolution(story: Story, name: str, end: int | None, without: frozenset[Status] = frozenset()) -> Row:
    business, calendar = (None, None) if end is None else lasted(story, end, without)
    return {f"{name}_s": business, f"{name}_calendar_s": calendar}


def lasted(story: Story, end: int, without: frozenset[Status] = frozenset()) -> tuple[int | None, int]:
    """Return business and calendar seconds from creation to `end`, less the time spent in some statuses.

    Business seconds are None when the ticket was under no schedule.
    """
    counted = [
        (segment.start, end if segment.end is None else min(segment.end, end))
        for segment in story.segments
        if segment.start < end and segment.state.status not in without
    ]
    business = [story.elapsed(start, until) for start, until in counted] or [story.elapsed(end, end)]
    passed = None if None in business else sum(seconds or 0 for seconds in business)
    return passed, sum(until - start for start, until in counted)


def _went_on(contact: Contact, at: int) -> bool:
    """Whether the call or chat was going on; what is written up just after it still belongs to it."""
    if contact.answered_at is None or at < contact.answered_at:
        return False
    return contact.ended_at is None or at <= contact.ended_at + (contact.wrap_up_s or 0)


def _rating(story: Story, ratings: Iterable[Rating], solved: list[Solve]) -> Row:
    """Return the latest answer to the satisfaction survey, and whose ticket it was when it was solved."""
    answered = [rating for rating in ratings if rating.survey == "csat" and rating.score is not None]
    latest = max(answered, key=lambda rating: (rating.at, rating.external_id), default=None)
    names = ("rated_at", "rating", "rating_lowest", "rating_highest", "rating_positive")
    if latest is None or latest.score is None:
        return _at_event("rated_", None) | dict.fromkeys(names)
    state = next((solve.state for solve in reversed(solved) if solve.at <= latest.at), None)
    scale = (latest.lowest, latest.highest)
    values = (latest.at, latest.score, *scale, _satisfied(latest.score, *scale))
    return _at_event("rated_", state or _state_at(story, latest.at)) | dict(zip(names, values, strict=True))


def _satisfied(score: float, lowest: float, highest: float) -> int | None:
    """Return 1 or 0; None on a scale of a single value, which tells nothing."""
    return None if highest <= lowest else int((score - lowest) / (highest - lowest) >= SATISFIED_FROM)


def _state_at(story: Story, at: int) -> State:
    return next((segment.state for segment in story.segments if segment.end is None or at < segment.end), story.final)

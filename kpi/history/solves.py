"""Solves and reopens: each time a ticket was solved, and each time that turned out not to be the end."""

from dataclasses import dataclass

from kpi.events import ENDED, MACHINES, Author, Status
from kpi.history.rows import Row
from kpi.history.story import State, Step, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve:
    """One solve; `steps` of the story were taken with it, and `automatic` means that a bot or the system made it."""

    at: int
    state: State
    automatic: bool
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """One reopen, `after_s` seconds after the solve before it; `automatic` when an automatic message made it."""

    at: int
    after_s: int
    automatic: bool
    steps: int


def solves(story: Story) -> list[Solve]:
    """Return every solve in order; a ticket can arrive solved."""
    found: list[Solve] = []
    if story.created.status is Status.SOLVED:
        arrived_at = story.ticket.created_at
        said = sum(step.at == arrived_at for step in story.steps)
        automatic = story.arrived_by in MACHINES
        found.append(Solve(at=arrived_at, state=story.created, automatic=automatic, steps=said))
    for taken, step in enumerate(story.steps, 1):
        if step.solves:
            found.append(Solve(at=step.at, state=step.after, automatic=step.by_machine, steps=taken))
    return found


def reopens(story: Story) -> list[Reopen]:
    """Return the reopens that followed a solve; what an automatic message reopened is no failure of the solve."""
    found: list[Reopen] = []
    solved_at: int | None = None
    said: Step | None = None  # the last message since the ticket ended
    if story.created.status is Status.SOLVED:
        solved_at = story.ticket.created_at
    for taken, step in enumerate(story.steps, 1):
        if step.message is not None:
            said = step
        elif step.solves:
            solved_at = step.at
        elif step.reopens and solved_at is not None and step.before.status in ENDED:
            automatic = _automatic(said, step)
            found.append(Reopen(at=step.at, after_s=step.at - solved_at, automatic=automatic, steps=taken))
        if step.ends:
            said = None
    return found


def _automatic(said: Step | None, reopen: Step) -> bool:
    by_agent = reopen.change is not None and reopen.change.actor_kind is Author.AGENT
    return said is not None and said.message is not None and said.message.automatic and not by_agent


def solve_rows(found: list[Solve]) -> list[Row]:
    """Return the rows of solve_facts, oldest first."""
    return [
        {
            "solve": number,
            "team": solve.state.team,
            "agent": solve.state.agent,
            "priority": solve.state.priority,
            "solved_at": solve.at,
            "automatic": int(solve.automatic),
        }
        for number, solve in enumerate(found, 1)
    ]

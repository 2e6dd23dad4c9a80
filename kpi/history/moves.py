"""Moves: what went from team to team, and what was escalated (KPIS.md §3)."""

from collections.abc import Iterable

from kpi.events import Field
from kpi.history.story import State, Step, Story
from kpi.policies import Escalation, Rulebook


def transfers(created: State, steps: Iterable[Step]) -> int:
    """Count the changes from one team to another; a first team is none, and being without one in between isn't."""
    count, team = 0, created.team
    for step in steps:
        moved_to = _new(step, Field.TEAM)
        if moved_to is not None:
            count += team is not None and moved_to != team
            team = moved_to
    return count


def escalated(story: Story, rules: Rulebook) -> bool:
    """Tell whether the ticket was tagged as escalated, moved to a higher tier, or raised to a high priority.

    How it arrived is no escalation, nor is the first team or the first priority that it gets.
    """
    escalation = rules.escalation
    return (
        escalation.tagged(story.ticket.tags)
        or (bool(escalation.tiers) and _moved_up(story, rules))
        or _raised(story, escalation)
    )


def _moved_up(story: Story, rules: Rulebook) -> bool:
    lowest = rules.tier(story.created.team)
    for step in story.steps:
        tier = rules.tier(_new(step, Field.TEAM))
        if tier is not None:
            if lowest is not None and tier > lowest:
                return True
            lowest = tier if lowest is None else min(lowest, tier)
    return False


def _raised(story: Story, escalation: Escalation) -> bool:
    before = story.created.priority
    for step in story.steps:
        priority = _new(step, Field.PRIORITY)
        if priority is not None:
            if before is not None and escalation.raised(before, priority):
                return True
            before = priority
    return False


def _new(step: Step, field: Field) -> str | None:
    """Return what a step made of a field; None when it changed another or emptied this one."""
    return step.change.new if step.change is not None and step.change.field is field else None

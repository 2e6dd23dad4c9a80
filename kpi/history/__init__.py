"""One ticket's events ─▶ its facts: a pure fold (KPIS.md §1 and §2)."""

from dataclasses import dataclass

from kpi.events import GONE, History, Status
from kpi.history.clocks import clocks
from kpi.history.rows import Row
from kpi.history.solves import solve_rows, solves
from kpi.history.spans import spans
from kpi.history.story import Story, tell
from kpi.history.ticket import ticket_row
from kpi.history.turns import Turn, converse
from kpi.policies import Rulebook

__all__ = ["Facts", "Row", "fold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The rows of one ticket in the fact tables, without their `ticket_id`."""

    ticket: Row
    turns: list[Row]
    clocks: list[Row]
    spans: list[Row]
    overdue: list[Row]
    solves: list[Row]

    def by_table(self) -> dict[str, list[Row]]:
        """Return the rows by the name of their table."""
        return {
            "ticket_facts": [self.ticket],
            "turn_facts": self.turns,
            "clock_facts": self.clocks,
            "span_facts": self.spans,
            "overdue_facts": self.overdue,
            "solve_facts": self.solves,
        }


def fold(history: History, rules: Rulebook) -> Facts:
    """Return the facts of one ticket; the order of its events and repeating the fold change nothing."""
    story = tell(history, rules)
    conversation = converse(story)
    timed = list(clocks(story, conversation.turns, rules))
    solved = solves(story)
    common = _common(story, rules)
    return Facts(
        ticket=common | ticket_row(story, solved, history, rules),
        turns=[common | _turn_row(story, turn, number) for number, turn in enumerate(conversation.turns, 1)],
        clocks=[common | clock.row for clock in timed],
        spans=[common | row for row in spans(story, conversation.waited)],
        overdue=[common | row for clock in timed for row in clock.overdue],
        solves=[common | row for row in solve_rows(solved)],
    )


def _common(story: Story, rules: Rulebook) -> Row:
    """Return what every fact row tells of its ticket."""
    ticket = story.ticket
    return {
        "helpdesk": ticket.helpdesk,
        "created_at": ticket.created_at,
        "left_out": _left_out(story, rules),
        "opened_by_agent": int(ticket.opened_by_agent),
        "channel": ticket.channel,
        "type": ticket.type,
        "brand": ticket.brand,
        "status": ticket.status.value,
        "customer": ticket.customer,
        "tags": "".join(f"|{tag}" for tag in sorted(ticket.tags)) + "|" * bool(ticket.tags),
    }


def _left_out(story: Story, rules: Rulebook) -> str | None:
    """Return why the ticket counts in no KPI (KPIS.md rule 4)."""
    ticket = story.ticket
    if ticket.merged_into is not None:
        return Status.MERGED.value
    if ticket.status in GONE:
        return ticket.status.value
    return "test" if rules.test_tags & set(ticket.tags) else None


def _turn_row(story: Story, turn: Turn, number: int) -> Row:
    replied_at = turn.replied_at
    return {
        "turn": number,
        "team": turn.last.team,
        "agent": turn.agent,
        "priority": turn.last.priority,
        "started_at": turn.started_at,
        "replied_at": replied_at,
        "ended_at": turn.ended.at if turn.ended else None,
        "reply_s": None if replied_at is None else story.elapsed(turn.started_at, replied_at),
        "reply_calendar_s": None if replied_at is None else replied_at - turn.started_at,
    }

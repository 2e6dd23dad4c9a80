"""Survey answers and calls ─▶ ratings and contacts, which Zendesk tells apart from their tickets."""

from bot.helpdesks.connector import Apart
from bot.helpdesks.reading import instant
from bot.helpdesks.zendesk.client import Record
from bot.helpdesks.zendesk.mapping import identifier
from kpi.events import Contact, Rating

SCORES = {"good": 1.0, "neutral": 0.5, "bad": 0.0}
"""Both surveys tell whether an answer is good; the newer one's scales have two to five steps and aren't told along."""


def read_rating(record: Record) -> Apart | None:
    """Return an answer to the legacy survey; None for one that was only offered."""
    score = SCORES.get(str(record.get("score")))
    if score is None:
        return None
    rating = Rating(
        external_id=str(record["id"]),
        at=instant(record.get("updated_at")) or instant(record["created_at"]) or 0,
        score=score,
        lowest=0,
        highest=1,
        customer=identifier(record.get("requester_id")),
        agent=identifier(record.get("assignee_id")),
    )
    return Apart(ticket=str(record["ticket_id"]), event=rating)


def read_survey(record: Record) -> Apart | None:
    """Return an answer to the newer survey; None when it says nothing of satisfaction, or is about no ticket."""
    answers = [a for a in record.get("answers") or () if str(a.get("rating_category")) in SCORES]
    tickets = [s["id"] for s in record.get("subjects") or () if str(s.get("type")).removeprefix("zen:") == "ticket"]
    if not answers or not tickets:
        return None
    answer = answers[0]
    rating = Rating(
        external_id=str(record["id"]),
        at=instant(answer.get("updated_at")) or instant(answer["created_at"]) or 0,
        score=SCORES[str(answer["rating_category"])],
        lowest=0,
        highest=1,
        customer=identifier(record.get("responder_id")),
    )
    return Apart(ticket=str(tickets[0]), event=rating)


def read_call(record: Record) -> Apart:
    """Return one call of Zendesk Talk; one that nobody opened a ticket for is about none.

    https://developer.zendesk.com/api-reference/voice/talk-api/incremental_exports/#incremental-calls-export
    """
    began_at = instant(record["created_at"]) or 0
    talked = int(record.get("talk_time") or 0)
    outgoing = record.get("direction") == "outbound"
    waited = int(record.get("time_to_answer") or record.get("wait_time") or 0)
    duration = record.get("duration")
    call = Contact(
        external_id=str(record["id"]),
        channel="phone",
        queued_at=began_at,
        answered_at=began_at + waited if talked else None,
        ended_at=None if duration is None else began_at + int(duration),
        direction="out" if outgoing else "in",
        talk_s=talked or None,
        hold_s=record.get("hold_time"),
        wrap_up_s=record.get("wrap_up_time"),
        abandoned=not outgoing and str(record.get("completion_status")).startswith("abandoned"),
        agent=identifier(record.get("agent_id")),
        team=identifier(record.get("call_group_id")),
        customer=identifier(record.get("customer_id")),
    )
    return Apart(ticket=identifier(record.get("ticket_id")), event=call)

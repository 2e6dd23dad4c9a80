"""Survey answers and time entries ─▶ ratings and work, which Freshdesk tells apart from their tickets."""

from collections.abc import Sequence

from bot.helpdesks.connector import Apart
from bot.helpdesks.freshdesk.directory import DEFAULT_QUESTION
from bot.helpdesks.freshdesk.mapping import Directory, Record, identifier
from bot.helpdesks.reading import instant
from kpi.events import Rating, Work

# https://developers.freshdesk.com/api/#satisfaction-ratings
NEUTRAL = 100
CLASSIC = {1: 3, 2: 2, 3: 1}
"""Classic surveys count happy, neutral and unhappy from 1 to 3."""


def read_rating(directory: Directory, record: Record) -> Apart | None:
    """Return one answer; None when the default question has none.

    Its score is its rank among what the survey accepts: of [-103, 100, 103], 103 is 3 of 3. By itself, when the survey
    isn't known or has been changed since, it is happy, neutral or unhappy.
    """
    said = (record.get("ratings") or {}).get(DEFAULT_QUESTION)
    if said is None:
        return None
    score, highest = _ranked(int(said), directory.scale(record.get("survey_id")))
    rating = Rating(
        external_id=str(record["id"]),
        at=instant(record["created_at"]) or 0,
        score=score,
        lowest=1,
        highest=highest,
        customer=identifier(record.get("user_id")),
        agent=identifier(record.get("agent_id")),
    )
    return Apart(ticket=str(record["ticket_id"]), event=rating)


def _ranked(said: int, scale: Sequence[int]) -> tuple[int, int]:
    """Return a rank counting from 1, and how many there are."""
    if said in scale and len(scale) > 1:
        return scale.index(said) + 1, len(scale)
    if said in CLASSIC:
        return CLASSIC[said], len(CLASSIC)
    return 2 if said == NEUTRAL else 3 if said > NEUTRAL else 1, 3


def read_work(record: Record) -> Apart | None:
    """Return one time entry; None while its timer runs."""
    seconds = _seconds(record)
    if record.get("timer_running") or not seconds:
        return None
    at = instant(record.get("executed_at")) or instant(record["created_at"]) or 0
    work = Work(external_id=str(record["id"]), at=at, agent=identifier(record.get("agent_id")), seconds=seconds)
    return Apart(ticket=str(record["ticket_id"]), event=work)


def _seconds(record: Record) -> int:
    told = record.get("time_spent_in_seconds")
    if told is not None:
        return int(told)
    hours, _, minutes = str(record.get("time_spent") or "0:0").partition(":")
    return int(hours) * 3600 + int(minutes or 0) * 60

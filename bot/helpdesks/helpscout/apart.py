"""The happiness report ─▶ ratings, which Help Scout tells apart from their conversations."""

from bot.helpdesks.connector import Apart
from bot.helpdesks.helpscout.mapping import Record, identifier
from bot.helpdesks.reading import instant
from kpi.events import Rating

# https://developer.helpscout.com/mailbox-api/endpoints/reports/happiness/reports-happiness-ratings/
GREAT, OKAY, NOT_GOOD = 1, 2, 3
SCORES = {GREAT: 3, OKAY: 2, NOT_GOOD: 1}
"""Help Scout counts from the best to the worst."""


def read_rating(record: Record) -> Apart | None:
    """Return one rating, 1 to 3, for the user whose reply was rated; None when it has no score yet.

    A reply has one rating: a customer who clicks again changes it.
    """
    score, at = SCORES.get(int(record.get("ratingId") or 0)), instant(record.get("ratingCreatedAt"))
    if score is None or at is None:
        return None
    rating = Rating(
        external_id=str(record.get("threadid") or f"{record['id']}/{record.get('ratingCustomerId')}"),
        at=at,
        score=score,
        lowest=1,
        highest=len(SCORES),
        customer=identifier(record.get("ratingCustomerId")),
        agent=identifier(record.get("ratingUserId") or None),
    )
    return Apart(ticket=str(record["id"]), event=rating)

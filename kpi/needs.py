"""Which data there is: what a KPI may need, how it is found out, and which imported rows it stands in.

The words stand in the locales: `needs.<name>` says what is missing and how to provide it.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Table, exists, or_, select

from kpi import schema

FIRST_REPLIES, ALL_MESSAGES = "first", "all"
"""What a helpdesk tells of conversations: the first reply to each ticket, or all that was said."""

SOCIAL = "social"
"""The channel of social media."""


def _any(table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(table.c[table.primary_key.columns.keys()[0]]).where(*conditions))


def _answers(survey: str) -> ColumnElement[bool]:
    ratings = schema.ratings.c
    return _any(schema.ratings, ratings.survey == survey, ratings.score.is_not(None))


def _reviewed(criterion: str) -> ColumnElement[bool]:
    reviews = schema.reviews.c
    return _any(schema.reviews, reviews.criterion == criterion, reviews.score.is_not(None))


def _told(table: Table, column: str) -> ColumnElement[bool]:
    return _any(table, table.c[column].is_not(None))


_CONTACTS, _WORK = _any(schema.contacts), _any(schema.work)
_VOTES, _ABOUT_SELF_SERVICE = _told(schema.self_service, "helpful"), _answers("self_service")
_COUNTS, _SOCIAL_TICKETS = _told(schema.social, "received"), _any(schema.tickets, schema.tickets.c.channel == SOCIAL)

NEEDS: Mapping[str, ColumnElement[bool]] = {
    # A helpdesk that was read and has no ticket yet does have tickets: none.
    "tickets": or_(_any(schema.tickets), _told(schema.helpdesks, "synced_at")),
    "first_replies": _told(schema.helpdesks, "messages"),
    "messages": _any(schema.helpdesks, schema.helpdesks.c.messages == ALL_MESSAGES),
    "sla_policies": _any(schema.clock_facts),
    "ratings": _any(schema.ratings, schema.ratings.c.survey == "csat"),
    "nps": _answers("nps"),
    "ces": _answers("ces"),
    "wait_ratings": _answers("wait"),
    "self_service_ratings": _ABOUT_SELF_SERVICE,
    "perceived_ratings": _answers("perceived"),
    "agent_ratings": _answers("agent"),
    "surveys_sent": _told(schema.ratings, "sent_at"),
    "contacts": _CONTACTS,
    "work": _WORK,
    "handle_time": or_(_CONTACTS, _WORK),
    "shifts": _any(schema.shifts),
    "reviews": _any(schema.reviews),
    "communication_quality_reviews": _reviewed("communication_quality"),
    "information_accuracy_reviews": _reviewed("information_accuracy"),
    "flexibility_reviews": _reviewed("flexibility"),
    "sales": _any(schema.sales),
    "costs": _any(schema.costs),
    "self_service": _told(schema.self_service, "solved"),
    "article_votes": _VOTES,
    "self_service_opinions": or_(_VOTES, _ABOUT_SELF_SERVICE),
    "social_counts": _COUNTS,
    "social_tickets": _SOCIAL_TICKETS,
    "social_messages": or_(_COUNTS, _SOCIAL_TICKETS),
    "social_reach": _told(schema.social, "impressions"),
    "trainings": _any(schema.trainings),
    "agent_dates": _told(schema.agents, "joined_at"),
    "customer_dates": _told(schema.customers, "joined_at"),
}
"""By name, whether there is any. `agent_states`, which nothing tells yet, is not among them."""

STORED_IN: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("nps", "ces", "wait_ratings", "self_service_ratings", "perceived_ratings", "agent_ratings", "surveys_sent"),
        ("ratings",),
    ),
    **dict.fromkeys(
        ("communication_quality_reviews", "information_accuracy_reviews", "flexibility_reviews"), ("reviews",)
    ),
    "handle_time": ("contacts", "work"),
    "article_votes": ("self_service",),
    "self_service_opinions": ("self_service", "ratings"),
    "social_counts": ("social",),
    "social_messages": ("social",),
    "social_reach": ("social",),
    "agent_dates": ("agents",),
    "customer_dates": ("customers",),
}
"""The tables of what is not called like its own, for what the imports cover."""


def untold(messages: Mapping[str, str | None]) -> dict[str, frozenset[str]]:
    """Return by need the helpdesks whose tickets can't count for it, given what each tells of conversations.

    A ticket without a reply and one whose replies nobody told look the same.
    """
    return {
        "first_replies": frozenset(key for key, told in messages.items() if told is None),
        "messages": frozenset(key for key, told in messages.items() if told != ALL_MESSAGES),
    }


def tables(needs: Collection[str]) -> frozenset[str]:
    """Return the names of the data that stands behind needs, as `coverage` calls it."""
    return frozenset(name for need in needs for name in STORED_IN.get(need, (need,)))

"""What the tests of the language share: when and where one asks, what the data knows, and a short form of questions."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kpi.language import Context, parse
from kpi.question import Reading

PARIS = "Europe/Paris"

VALUES = {
    "team": {"7": "Billing", "9": "Front desk", "12": "Équipe Nord", "13": "Équipe Sud"},
    "agent": {"U1": "Alice Martin", "42": "Bob Leroy", "43": "Chloé Dubois"},
    "priority": {"low": "low", "normal": "normal", "high": "high", "urgent": "urgent"},
    "channel": {"email": "email", "phone": "phone", "chat": "chat", "web": "web"},
    "type": {"refund": "Refund", "question": "Question"},
    "status": {"new": "new", "open": "open", "pending": "pending", "hold": "hold", "solved": "solved"},
    "tag": {"vip": "vip", "beta test": "beta test"},
    "brand": {"acme": "Acme"},
    "customer": {"dina@example.org": "Dina Doe"},
    "helpdesk": {"rt": "rt", "demo": "demo"},
}


def at(text: str, zone: str = PARIS) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


NOW = at("2026-11-24T10:26")  # a Tuesday of ISO week 48


def context(now: str | int = NOW, zone: str = PARIS, **changes) -> Context:
    instant = at(now, zone) if isinstance(now, str) else now
    return Context(**{"now": instant, "zone": zone, "values": VALUES} | changes)


def short_period(period) -> str:
    """Return `w2026-11-23` for a calendar unit, `2026-11-18..2026-11-24` for days, the last one included."""
    if period.grain is not None:
        return f"{period.grain[0]}{period.start}"
    return f"{period.start}..{period.end - timedelta(days=1)}"


def short(question) -> str:
    """Return a question as the tables of the tests write it; made without the writer under test."""
    parts = [question.kpi, *([f"of {question.of}"] if question.of else []), short_period(question.period)]
    parts += [f"by {dimension}" for dimension in question.by]
    parts += [f"per {question.per}"] if question.per else []
    parts += [f"vs {short_period(question.versus)}"] if question.versus else []
    parts += ["cohort"] if question.reading is Reading.COHORT else []
    parts += ["calendar"] if question.calendar else []
    parts += [f"{chosen.dimension}={','.join(chosen.values)}" for chosen in question.filters]
    return " ".join(parts)


def asked(words: str, **changes) -> str:
    return short(parse(words, context(**changes)))


def table(text: str) -> list[tuple[str, str]]:
    """Return the lines `words | expected` of a table."""
    pairs = [line.rpartition("|") for line in text.splitlines() if line.strip()]
    return [(words.strip(), expected.strip()) for words, _, expected in pairs]

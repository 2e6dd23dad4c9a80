"""Facts remember which rules they were made with, so that no answer mixes two sets of rules."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version

from sqlalchemy import Connection, Engine, delete, func, select

from bot.database import upsert, writing
from bot.facts.histories import BATCH, team_names
from bot.facts.own_rules import own_rules, plain
from bot.facts.refolding import refold
from bot.settings import Settings
from bot.tables import facts_rules
from kpi import schema
from kpi.needs import ALL_MESSAGES, FIRST_REPLIES
from kpi.policies import Metric, OwnRules, Rulebook

FACTS_VERSION = 3
"""Counted up when `kpi.history` changes what facts say: every database then makes them again."""

Rules = Callable[[str, Mapping[str, str], OwnRules], Rulebook]
"""Rules, given a helpdesk's key, the names of its teams by identifier and the rules that it has itself."""

_KEPT_IN_SIGHT: Mapping[str | None, frozenset[Metric]] = {
    None: frozenset({Metric.RESOLUTION}),
    FIRST_REPLIES: frozenset({Metric.RESOLUTION, Metric.FIRST_REPLY}),
    ALL_MESSAGES: frozenset(Metric),
}
"""By what a helpdesk tells of conversations, the promises that it would tell to be kept."""

Progress = Callable[[int, int | None], None]
"""Called with the number of tickets done and of those left, None when that is unknown."""


def rules_of(connection: Connection, helpdesk: str, rules: Rules) -> Rulebook:
    """Return the rules for a helpdesk at this moment: those set and its own, for its teams and what it tells.

    The clock of a reply that nobody would tell never stops: such promises are none.
    """
    helpdesks = schema.helpdesks.c
    told = connection.scalar(select(helpdesks.messages).where(helpdesks.key == helpdesk))
    rulebook = rules(helpdesk, team_names(connection, helpdesk), own_rules(connection, helpdesk))
    return rulebook.promising(_KEPT_IN_SIGHT[told])


def fingerprint(rules: Rulebook) -> str:
    """Return a digest of all that facts depend on besides events; of team names, only those that rules mention."""
    mentioned = {word.casefold() for word in rules.teams_mentioned()}
    names = {key: name for key, name in rules.team_names.items() if name.casefold() in mentioned}
    calendars = (
        _holidays_version()
        if any(rule.schedule is not None and rule.schedule.country for rule in rules.schedules)
        else None
    )
    made_with = [FACTS_VERSION, calendars, rules.schedules, rules.policies, rules.test_tags, rules.escalation, names]
    return sha256(json.dumps(plain(made_with), sort_keys=True).encode()).hexdigest()


@cache
def _holidays_version() -> str:
    return version("holidays")


def has_tickets(connection: Connection, helpdesk: str) -> bool:
    """Tell whether anything was stored of this helpdesk."""
    some = select(schema.tickets.c.id).where(schema.tickets.c.helpdesk == helpdesk).limit(1)
    return connection.scalar(some) is not None


def facts_are_stale(connection: Connection, helpdesk: str, rules: Rulebook) -> bool:
    """Tell whether facts of this helpdesk were made with other rules than these, or only in part with these."""
    stored = connection.scalar(select(facts_rules.c.fingerprint).where(facts_rules.c.helpdesk == helpdesk))
    return stored != fingerprint(rules) and has_tickets(connection, helpdesk)


def needs_rebuild(connection: Connection, helpdesk: str, settings: Settings) -> bool:
    """Tell whether facts of this helpdesk don't follow the settings' rules, so that none of them may be shown."""
    return facts_are_stale(connection, helpdesk, rules_of(connection, helpdesk, settings.rulebook))


def stale_helpdesks(connection: Connection, helpdesks: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Return those of these helpdesks whose facts may not be shown."""
    return tuple(helpdesk for helpdesk in helpdesks if needs_rebuild(connection, helpdesk, settings))


def remember_rules(connection: Connection, helpdesk: str, rules: Rulebook) -> None:
    """Record that all facts of this helpdesk were made with these rules."""
    upsert(connection, facts_rules, [{"helpdesk": helpdesk, "fingerprint": fingerprint(rules)}])


def rebuild(engine: Engine, helpdesk: str, rules: Rulebook, progress: Progress | None = None) -> int:
    """Make the facts of all tickets of a helpdesk again, batch by batch; return how many tickets there are.

    While it runs, and when it is killed, no rules are recorded, so the next run starts over.
    """
    tickets = schema.tickets
    with writing(engine) as connection:
        connection.execute(delete(facts_rules).where(facts_rules.c.helpdesk == helpdesk))
        count = select(func.count()).select_from(tickets).where(tickets.c.helpdesk == helpdesk)
        total = connection.scalar(count) or 0
    done, last = 0, 0
    while True:
        with writing(engine) as connection:
            after = select(tickets.c.id).where(tickets.c.helpdesk == helpdesk, tickets.c.id > last)
            ids = list(connection.scalars(after.order_by(tickets.c.id).limit(BATCH)))
            if not ids:
                if has_tickets(connection, helpdesk):
                    remember_rules(connection, helpdesk, rules)
                return done
            refold(connection, rules, ids)
        done, last = done + len(ids), ids[-1]
        if progress is not None:
            progress(done, max(total - done, 0))

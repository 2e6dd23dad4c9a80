"""Stored events ─▶ facts: `kpi.history.fold` over what the database holds, for some tickets or for all of them."""

from bot.facts.histories import batches, read_histories, team_names
from bot.facts.own_rules import own_rules, store_own_rules
from bot.facts.refolding import refold
from bot.facts.rules import (
    FACTS_VERSION,
    Progress,
    Rules,
    facts_are_stale,
    fingerprint,
    has_tickets,
    needs_rebuild,
    rebuild,
    remember_rules,
    rules_of,
    stale_helpdesks,
)
from bot.facts.versions import FACTS, FACTS_REMOVED, bump

__all__ = [
    "FACTS",
    "FACTS_REMOVED",
    "FACTS_VERSION",
    "Progress",
    "Rules",
    "batches",
    "bump",
    "facts_are_stale",
    "fingerprint",
    "has_tickets",
    "needs_rebuild",
    "own_rules",
    "read_histories",
    "rebuild",
    "refold",
    "remember_rules",
    "rules_of",
    "stale_helpdesks",
    "store_own_rules",
    "team_names",
]

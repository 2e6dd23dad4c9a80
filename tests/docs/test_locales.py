"""Every word people see stands in both languages, and every word that stands there is used."""

import ast
import re
import string
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from kpi_reference import said

from bot.alerts.life import Phase
from bot.digests.alert import Verdict
from bot.importing.columns import Type
from bot.importing.kinds import KINDS
from bot.importing.moments import ORDERS
from bot.pages import HELP_SECTIONS
from bot.posting.outbox import CONCLUDED, State
from bot.questions import About
from bot.recurrence import Cadence
from bot.slack.buttons import BUTTONS
from bot.slack.menu import HELP_PAGES
from bot.slack.modals import MODALS, PERIODS
from bot.slack.subscribing import IN_MODALS
from bot.subscriptions import Kind as SubscriptionKind
from bot.subscriptions import Trigger
from bot.text import LANGUAGES, catalog
from bot.told import COMMANDS, UNDELIVERED
from kpi.anomaly import Direction
from kpi.behind import Order
from kpi.catalogue import CATALOGUE, Composite, Kpi
from kpi.dimensions import CREATED, DIMENSIONS
from kpi.durations import Bands
from kpi.errors import KpiError
from kpi.means import PerAgent
from kpi.measures import Count, Ratio
from kpi.otherwise import Cause
from kpi.period import Grain
from kpi.question import Reading
from kpi.reconciliation import Reason
from kpi.schema import LEFT_OUT
from kpi.sources import THINGS
from kpi.targets import Standing
from kpi.totals import Net, TimePerThing

ROOT = Path(__file__).parents[2]
SOURCES = [path for package in ("kpi", "bot") for path in sorted((ROOT / package).rglob("*.py"))]

# What is written with the same letters in both languages.
SAME_IN_BOTH = {
    "alert.snooze.30m",
    "alert.ticket",
    "digest.title",
    "help.digest.heading",
    "modal.digest.title",
    "column.ticket",
    "column.tickets",
    "column.n",
    "column.p90",
    "chart.minutes",
    "dimension.agent",
    "dimension.type",
    "dimension.helpdesk",
    "list.kpi",
    "reconcile.nothing",
    "reconcile.title",
    "unit.tickets.one",
    "unit.tickets.other",
    "unit.agents.one",
    "unit.agents.other",
    "unit.points.one",
    "unit.points.other",
    "answer.p90",
    "column.agents",
    "column.contacts",
    "column.messages",
    "part.agents",
    "part.chats",
    "part.contacts",
    "part.csat",
    "part.tickets",
    "told.what.digest.one",
    "told.what.digest.other",
    "unit.contacts.one",
    "unit.contacts.other",
    "unit.messages.one",
    "unit.messages.other",
}


# What composites, forecasts and indices put beside their figure.
BESIDE = {
    "service_level": ("offered",),
    "wait_time": ("time_to_abandon",),
    "solved_per_agent": ("per_day_on_duty",),
    "utilization": ("worked", "on_duty"),
    "cost_per_contact": ("cost", "contacts"),
    "ces": ("easy",),
    "perceived_csat": ("customers",),
    "agent_satisfaction": ("positive",),
    "channel_performance": ("share",),
    "efficiency_index": ("figure", "target"),
    "volume_forecast": ("so_far", "typical_error"),
}


def plural(*keys):
    return {f"{key}.{form}" for key in keys for form in ("one", "other")}


def families():
    """Return the keys that are put together at run time."""
    kpis = CATALOGUE.values()
    return (
        said()
        | {f"kpi.{key}.{part}" for key in CATALOGUE for part in ("name", "definition")}
        | {f"kpi.{kpi.key}.definition_cohort" for kpi in kpis if Reading.COHORT in kpi.readings}
        | {f"dimension.{key}" for key in DIMENSIONS}
        | {f"reading.{reading}" for reading in Reading}
        | {f"grain.{grain}" for grain in Grain}
        | {f"needs.{data}" for kpi in kpis for data in kpi.needs}
        | {f"uncovered.{part}" for part in ("before_history", "not_synced")}
        | {f"unit.{unit}" for unit in ("day", "hour", "minute", "second")}
        | {f"column.{things}" for things in all_things()}
        | plural(*(f"unit.{things}" for things in all_things()))
        | {f"part.{name}" for kpi in kpis for name in parts(kpi)}
        | {f"standing.{standing}" for standing in Standing}
        | {f"answer.{kind}_{standing}" for kind in ("target", "usual") for standing in Standing}
        | {f"withheld.{key}" for key in ("agent_satisfaction", "cost_per_contact", "solved_per_agent")}
        | {"withheld.efficiency_index", f"dimension.{CREATED.key}"}
        | {f"help.{section}.{part}" for section in HELP_SECTIONS for part in ("heading", "lines", "more")}
        | {f"button.{key}" for key in (*BUTTONS, *HELP_PAGES)}
        | {f"asked.{about}" for about in About}
        | {f"language.{language}" for language in LANGUAGES}
        | {f"modal.{name}.{part}" for name in MODALS for part in ("title", "submit")}
        | {f"modal.{field}" for field in ("kpi", "team", "value", "value.hint", "period", "by", "per", "filter")}
        | {f"modal.{field}" for field in ("channel", "kpis", "at", "cadence", "weekdays", "month_day", "zone")}
        | {f"modal.{field}.hint" for field in ("kpis", "weekdays", "month_day", "zone", "holidays")}
        | {f"modal.{field}" for field in ("metrics", "leads", "broadcast", "quiet")}
        | {f"modal.escalate_{field}" for field in ("after", "after.hint", "group", "channel", "channel.hint")}
        | {f"modal.{field}.hint" for field in ("metrics", "leads", "quiet")}
        | {f"button.{kind}_{place}" for kind in IN_MODALS for place in ("new", "personal")}
        | {f"{kind}.made" for kind in IN_MODALS}
        | {f"modal.cadence.{cadence}" for cadence in Cadence}
        | {"modal.holidays", "modal.language"}
        | {f"digest.unsent.{state}" for state in CONCLUDED - {State.SENT}}
        | {f"digest.owner_gone.{kind}" for kind in (SubscriptionKind.DIGEST, SubscriptionKind.KPI)}
        | {f"alert.phase.{phase}.{did}" for phase in (Phase.IN_TIME, Phase.LATE) for did in ("replied", "solved")}
        | {f"told.{what}.{command}" for what in ("asked", "owner_gone", "resume") for command in COMMANDS.values()}
        | plural(
            *(f"told.what.{command}" for command in COMMANDS.values()), *(f"told.{state}" for state in UNDELIVERED)
        )
        | {f"kpi_alert.{what}" for what in (*Verdict, Trigger.BELOW, Trigger.ABOVE)}
        | plural(*(f"kpi_alert.{unit}" for unit in ("weeks", "months", "times")))
        | {f"button.subscription_{act}" for act in ("pause", "resume")}
        | {f"modal.period.{period}" for period in PERIODS}
        | {"modal.filter.hint"}
        | {f"import.field.{column.name}" for kind in KINDS.values() for column in kind.columns}
        | {f"import.type.{kind}" for kind in Type}
        | {f"import.order.{order}" for order in ORDERS}
        | {f"import.mapping.{used}" for used in ("given", "remembered")}
        | {f"import.stage.{stage}" for stage in ("recognising", "importing", "tickets")}
        | {f"import.table.{part}" for part in ("column", "what", "cell", "also", "example")}
        | {f"check.slack_{what}" for what in ("bot", "app", "refuses_bot", "refuses_app")}
        | {f"tickets.order.{order}" for order in Order}
        | {f"anomalies.{direction}" for direction in Direction}
        | {f"reconcile.reason.{reason}" for reason in (*Reason, *Cause)}
        | {f"field.{group}" for group in ("trained", "untrained")}
        | plural("unit.points")
        | plural("notes.history_days", "notes.origins", "notes.holidays_ahead")
        | plural("notes.indicative", "notes.agents_with_too_little")
        | plural(*(f"left_out.{reason}" for reason in (*LEFT_OUT, "agent_opened")))
        | plural(*{f"notes.{note}" for kpi in kpis for part in measured(kpi) for note in part.notes})
    )


def all_things():
    """Return what figures can rest on."""
    members = [part for kpi in CATALOGUE.values() for part in (kpi, *measured(kpi))]
    return {*THINGS.values(), *(part.things for part in members if part.things)}


def parts(kpi):
    """Return the names of the parts that a KPI's figures can have, save bands, whose edges say what they are."""
    found = set(BESIDE.get(kpi.key, ()))
    for part in measured(kpi):
        match part.measure:
            case Net():
                found |= {"promoters", "passives", "detractors"}
            case PerAgent():
                found |= {"agents", "automatic"}
            case Bands():
                found.add(part.measure.never)
            case Count() | Ratio() | TimePerThing():
                found |= set(part.measure.parts)
        if isinstance(part.measure, Count) and part.measure.longest is not None:
            found.add("longest")
    return found - set(CATALOGUE)


def measured(kpi):
    """Return the KPIs that a KPI is or is made of."""
    if isinstance(kpi, Composite):
        return [part for member in kpi.made_of.values() for part in measured(member)]
    return [kpi] if isinstance(kpi, Kpi) else []


def subclasses(kind):
    return {kind.__name__} | {name for sub in kind.__subclasses__() for name in subclasses(sub)}


RAISED = subclasses(KpiError) | {"refusal"}
SAID = {"text", "_text", "self"}
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")


@cache
def nodes():
    """Return every node of the sources."""
    return [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]


@cache
def literal_keys():
    """Return the keys that stand as literals in a call, as `text("…")`, `text.plural("…")` or an error's key."""
    calls = [node for node in nodes() if isinstance(node, ast.Call) and node.args]
    names = [getattr(node.func, "attr", getattr(node.func, "id", "")) for node in calls]
    return {
        key
        for name, node in zip(names, calls, strict=True)
        for literal in literals(node.args[0])
        for key in keys(name, literal)
    }


def literals(node):
    """Return the strings an argument can be."""
    if isinstance(node, ast.IfExp):
        return literals(node.body) | literals(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def keys(function, literal):
    if function in RAISED:
        return {f"error.{literal}"}
    if function == "plural":
        return plural(literal)
    # SQLAlchemy's text is called text, too.
    return {literal} if function in SAID and KEY.fullmatch(literal) else set()


@cache
def constants():
    """Return every string in the sources: a key may be chosen first and said later."""
    return {node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@cache
def prefixes():
    """Return what keys that are put together begin with, as `error.` in f"error.{key}"."""
    starts = [node.values[0] for node in nodes() if isinstance(node, ast.JoinedStr) and node.values]
    return {start.value for start in starts if isinstance(start, ast.Constant) and start.value.endswith(".")}


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_keys():
    english, french = (set(catalog(language)) for language in LANGUAGES)
    assert english - french == set()
    assert french - english == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice(language):
    lines = files("bot").joinpath("locales", f"{language}.po").read_text(encoding="utf-8").splitlines()
    counted = Counter(line for line in lines if line.startswith("msgid ") and line != 'msgid ""')
    assert [line for line, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language):
    with files("bot").joinpath("locales", f"{language}.po").open("rb") as file:
        assert [message.id for message in read_po(file) if message.id and not message.string] == []


def test_no_sentence_was_left_in_english():
    english, french = (catalog(language) for language in LANGUAGES)
    same = {key for key in english if english[key] == french.get(key) and placeholders(english[key]) != {""}}
    only_values = {key for key in same if not any(c.isalpha() for c in _without_placeholders(english[key]))}
    assert same - only_values - SAME_IN_BOTH == set()


def _without_placeholders(sentence):
    return "".join(text for text, *_ in string.Formatter().parse(sentence))


def test_both_languages_mention_the_same_values():
    english, french = (catalog(language) for language in LANGUAGES)
    different = {key for key in english if placeholders(english[key]) != placeholders(french.get(key, ""))}
    assert different == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_missing(language):
    assert (families() | literal_keys()) - set(catalog(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_unused(language):
    said = constants() | {prefix + word for prefix in prefixes() for word in constants()}
    used = families() | literal_keys() | said | plural(*said)
    assert {key for key in catalog(language) if key.removesuffix(".none") not in used} == set()

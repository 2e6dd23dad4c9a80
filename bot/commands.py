"""What `/kpi` does with its words: answers a question, or shows help, the catalogue, a definition or the freshness.

The same on every surface: Slack and the terminal lay out what comes back.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from bot.access import Viewer
from bot.asking import Asker
from bot.pages import catalogue_page, definition_page, help_page, status_page, topic_page, topics
from bot.questions import About, Asked
from bot.render.page import Section
from bot.render.reply import Reply
from bot.targeting import targeting
from bot.text import Text
from bot.told import active_line, problem_lines, told
from kpi.behind import Order
from kpi.catalogue import CATALOGUE
from kpi.drilldown import Listing, has_tickets
from kpi.errors import QuestionError, suggest
from kpi.language.lexicon import LANGUAGES, lexicon, phrase_key, stem
from kpi.language.tokens import WORD, plain
from kpi.question import Question
from kpi.watch import WATCHED

# What the first word can be instead of a question.
SUBCOMMANDS = {
    "en": {
        "help": "help",
        "?": "help",
        "list": "list",
        "define": "define",
        "definition": "define",
        "status": "status",
        "tickets": "tickets",
        "why": "why",
        "anomalies": "anomalies",
        "anomaly": "anomalies",
        "target": "target",
        "targets": "target",
        "language": "language",
        "digest": "digest",
        "digests": "digest",
        "alerts": "alerts",
        "alert": "alerts",
    },
    "fr": {
        "aide": "help",
        "liste": "list",
        "definir": "define",
        "statut": "status",
        "etat": "status",
        "tickets": "tickets",
        "pourquoi": "why",
        "anomalies": "anomalies",
        "anomalie": "anomalies",
        "objectif": "target",
        "objectifs": "target",
        "langue": "language",
        "digest": "digest",
        "digests": "digest",
        "alertes": "alerts",
        "alerte": "alerts",
    },
}

SAID_OF_WHEN = {
    "en": frozenset({"daily", "weekly", "monthly", "weekdays", "working", "holidays", "zone", "lang"}),
    "fr": frozenset({"quotidien", "hebdomadaire", "mensuel", "ouvres", "ouvrables", "feries", "fuseau", "langue"}),
}
"""What is said of when something is told again and again (`bot.digests.wording`), without accents."""

ORDERS = {
    Order.WORST: ("worst", "worst first", "les pires", "pires"),
    Order.LONGEST: ("longest", "longest first", "les plus longs", "plus longs"),
    Order.HIGHEST: ("highest", "highest first", "les plus eleves", "plus eleves"),
    Order.OLDEST: ("oldest", "oldest first", "les plus anciens", "plus anciens", "les plus vieux", "plus vieux"),
    Order.NEWEST: ("newest", "newest first", "les plus recents", "plus recents"),
}
"""What people say at the end of a list of tickets about what comes first, without accents."""

# After "tickets", what makes a list of them certain: "tickets solved" may be just their number.
BEHIND = frozenset({"behind", "of", "derriere", "de", "du", "des", "d"})

SHOWN = 20
"""How many tickets of a list fit a message that people still read."""

IN_SLACK = frozenset({"language", "digest", "alerts"})
"""The commands that only Slack knows: they are about what is told there (`bot.slack.answers`)."""

_SUBCOMMANDS = {word: command for words in SUBCOMMANDS.values() for word, command in words.items()}
_ORDERS = {word: order for order, words in ORDERS.items() for word in words}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A reply and what it replies to: what was `asked`, or the name of a `page`, such as the help."""

    reply: Reply
    asked: Asked | None = None
    page: str | None = None


class Commands:
    """Runs what people type after `/kpi`; `shown` limits a list of tickets, None for all of them."""

    def __init__(self, asker: Asker, shown: int | None = SHOWN) -> None:
        self._asker = asker
        self._shown = shown

    @property
    def asker(self) -> Asker:
        """What answers questions."""
        return self._asker

    def run(self, words: str, now: int, text: Text, viewer: Viewer | None = None) -> Reply:
        """Return an answer, or what goes beyond one number, or a page of sections; raises KpiError."""
        return self.say(words, now, text, viewer).reply

    def say(self, words: str, now: int, text: Text, viewer: Viewer | None = None) -> Said:
        """Return a reply with what was asked; `viewer` is who asks, None for whoever has the database.

        Raises KpiError.
        """
        command, rest = subcommand(words)
        pages: Mapping[str | None, Callable[[], Reply]] = {
            "help": lambda: help_page(text),
            "list": lambda: catalogue_page(text),
            "status": lambda: self.status(now, text),
        }
        if command in pages and not rest.strip():
            return Said(reply=pages[command](), page=command)
        if command in IN_SLACK:
            raise QuestionError("only_in_slack", word=words.split(maxsplit=1)[0])
        if command == "help":
            return self._topic(rest, now, text, viewer)
        if command == "target":
            return Said(reply=targeting(rest, self._asker, now, text, viewer), page=command)
        asked = self.read(words, now, text, viewer)
        return Said(reply=self.tell(asked, now, text, viewer), asked=asked)

    def tell(self, asked: Asked, now: int, text: Text, viewer: Viewer | None = None, *, whole: bool = False) -> Reply:
        """Return what was asked, as of `now`; a list with all its rows when it is wanted `whole`. Raises KpiError."""
        question, asker = asked.question, self._asker
        match asked.about:
            case About.NUMBER:
                return asker.answer(question, now, viewer)
            case About.TICKETS:
                return self._listed(asked, now, viewer, None if whole else self._shown)
            case About.WHY:
                return asker.why(question, now, viewer)
            case About.ANOMALIES:
                return asker.watch(question, asked.watched, now, viewer)
            case About.DEFINITION:
                return definition_page(asker.configuration.find(question.kpi), text)

    def status(self, now: int, text: Text) -> tuple[Section, ...]:
        """Return how fresh each helpdesk's data is, how far back it goes, what could not be read, and what is told."""
        asker = self._asker
        known = {helpdesk: asker.freshness([helpdesk]) for helpdesk in asker.helpdesks()}
        page = status_page(known, asker.refused_tickets(), now, asker.zone, text, read=asker.read)
        return (*page, *self._told(now, text))

    def _told(self, now: int, text: Text) -> Iterator[Section]:
        """Yield how things stand with digests and alerts, without the names of channels, which may be private."""
        if self._asker.engine is None:
            return
        with self._asker.engine.connect() as connection:
            found = told(connection, now)
        lines = [active_line(found, text)] if found.is_wanted else []
        lines += problem_lines(found, text, named=False)
        if lines:
            yield Section(heading=text("told.heading"), lines=tuple(lines))

    # --- Words to what is asked ----------------------------------------------------------------------------------

    def read(self, words: str, now: int, text: Text, viewer: Viewer | None = None) -> Asked:
        """Return what words ask; raises QuestionError."""
        command, rest = subcommand(words)
        if command == "tickets" and rest.strip() and (asked := self._read_list(rest, now, text, viewer)) is not None:
            return asked
        about: dict[str | None, tuple[About, str]] = {
            "define": (About.DEFINITION, "define_what"),
            "why": (About.WHY, "why_what"),
        }
        if command in about:
            kind, nothing = about[command]
            if not rest.strip():
                raise QuestionError(nothing)
            return Asked(question=self._understand(rest, now, text, viewer), about=kind)
        if command == "anomalies":
            return self._read_watch(rest, now, text, viewer)
        return Asked(question=self._understand(words, now, text, viewer))

    def _understand(self, words: str, now: int, text: Text, viewer: Viewer | None) -> Question:
        return self._asker.understand(words, now, text.language, viewer=viewer)

    def _read_list(self, rest: str, now: int, text: Text, viewer: Viewer | None) -> Asked | None:
        """Return the list whose tickets are asked for; None where "tickets" belongs to the question itself."""
        certain = plain(re.split(r"\W", rest.strip(), maxsplit=1)[0]) in BEHIND
        rest, order = _without_order(rest)
        try:
            question = self._understand(rest, now, text, viewer)
        except QuestionError as error:
            if (certain or order) and error.key != "no_kpi":
                raise
            return None  # "tickets last week", or a name that begins with "tickets"
        extra = question.by or question.per or question.versus
        if certain or order or (has_tickets(CATALOGUE[question.kpi]) and not extra):
            return Asked(question=question, about=About.TICKETS, order=order)
        return None

    def _read_watch(self, rest: str, now: int, text: Text, viewer: Viewer | None) -> Asked:
        try:
            question = self._understand(rest, now, text, viewer)
            keys: tuple[str, ...] = (question.kpi,)
        except QuestionError as error:
            if error.key != "no_kpi":
                raise
            question, keys = self._understand(f"{WATCHED[0]} {rest}", now, text, viewer), WATCHED
        return Asked(question=question, about=About.ANOMALIES, watched=keys)

    # --- Replies -------------------------------------------------------------------------------------------------

    def _listed(self, asked: Asked, now: int, viewer: Viewer | None, shown: int | None) -> Listing:
        """Return the rows from `first` on, as many as are shown."""
        limit = None if shown is None else asked.first + shown
        listing = self._asker.behind(asked.question, now, viewer, limit)
        if asked.order is not None and listing.rows and listing.order != asked.order:
            raise QuestionError("tickets_in_another_order", kpi=asked.question.kpi)
        return replace(listing, rows=listing.rows[asked.first :]) if shown is not None else listing

    def _topic(self, words: str, now: int, text: Text, viewer: Viewer | None) -> Said:
        """Return the help on a topic, or the definition of a KPI that is named instead."""
        page = topic_page(plain(words.strip()), text)
        if page is not None:
            return Said(reply=page, page="help")
        try:
            return self.say(f"define {words}", now, text, viewer)
        except QuestionError:
            known = topics(text)
            raise QuestionError(
                "unknown_topic", word=words.strip(), suggestions=suggest(words, known), known=known
            ) from None


def subcommand(words: str) -> tuple[str | None, str]:
    """Return what the first word asks for instead of a question, and the words after it; no words ask for help."""
    first, _, rest = words.strip().partition(" ")
    return (_SUBCOMMANDS.get(plain(first)) if first else "help"), rest.strip()


def _without_order(words: str) -> tuple[str, Order | None]:
    """Return the words of a list without those at the end that say what comes first."""
    said = words.split()
    for count in range(min(3, len(said) - 1), 0, -1):
        order = _ORDERS.get(plain(" ".join(said[-count:])))
        if order is not None:
            return " ".join(said[:-count]), order
    return words, None


def language_of(words: str, default: str) -> str:
    """Return the language that words are written in: the one that knows more of them, else the default.

    The keys of KPIs are said in both, and so is what begins and pauses a digest.
    """
    said = [word for word in map(plain, re.findall(WORD, words)) if word not in {*CATALOGUE, "on", "pause"}]
    known = {
        language: sum(
            word in SUBCOMMANDS[language] or word in SAID_OF_WHEN[language] or stem(word) in _vocabulary(language)
            for word in said
        )
        for language in LANGUAGES
    }
    best = max(known.values())
    leading = [language for language, count in known.items() if count == best]
    return leading[0] if len(leading) == 1 else default


@cache
def _vocabulary(language: str) -> frozenset[str]:
    spoken = lexicon(language)
    return frozenset(word for phrase in (*spoken.phrases(), *spoken.instead) for word in phrase_key(phrase))

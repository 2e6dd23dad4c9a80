"""What `/kpi` does with its words: answers a question, or shows help, the catalogue, a definition or the freshness.

The same on every surface: Slack and the terminal lay out what comes back.
"""

import re
from collections.abc import Callable
from functools import cache, partial

from bot.asking import Asker
from bot.render.page import Section
from bot.render.parts import in_days
from bot.render.reply import Reply
from bot.render.words import definition, freshness
from bot.text import Text
from kpi.bands import bands
from kpi.catalogue import CATALOGUE, Kpi, Listed
from kpi.configuration import edges_of, limit_of
from kpi.drilldown import has_tickets, tickets_behind
from kpi.durations import Duration
from kpi.errors import QuestionError
from kpi.explain import explain
from kpi.frames import Frames
from kpi.language.lexicon import LANGUAGES, lexicon, phrase_key, stem
from kpi.language.tokens import WORD, plain
from kpi.question import Question, Reading
from kpi.watch import WATCHED, Watch, watch

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
    },
}
HELP_SECTIONS = ("ask", "periods", "narrow", "more", "deeper")

# After "tickets", what makes a list of them certain: "tickets solved" may be just their number.
BEHIND = frozenset({"behind", "of", "derriere", "de", "du", "des", "d"})

SHOWN = 10
"""How many tickets of a list fit a message that people still read."""

_SUBCOMMANDS = {word: command for words in SUBCOMMANDS.values() for word, command in words.items()}


class Commands:
    """Runs what people type after `/kpi`; `shown` limits a list of tickets, None for all of them."""

    def __init__(self, asker: Asker, shown: int | None = SHOWN) -> None:
        self._asker = asker
        self._shown = shown

    def run(self, words: str, now: int, text: Text) -> Reply:
        """Return an answer, or what goes beyond one number, or a page of sections; raises KpiError."""
        first, _, rest = words.strip().partition(" ")
        command = _SUBCOMMANDS.get(plain(first)) if first else "help"
        about: dict[str | None, Callable[[str, int, Text], Reply]] = {
            "define": self._define,
            "why": self._why,
            "anomalies": self._watch,
        }
        if command in about:
            return about[command](rest, now, text)
        if command == "tickets" and rest.strip():
            return self._tickets(words, rest, now, text)
        pages: dict[str | None, Callable[[Text], Reply]] = {
            "list": catalogue_page,
            "help": help_page,
            "status": partial(self._status, now),
        }
        if command in pages and not rest.strip():
            return pages[command](text)
        return self._asker.ask(words, now, text.language)

    def _tickets(self, words: str, rest: str, now: int, text: Text) -> Reply:
        """Return the tickets behind a number; or the number, where "tickets" is only what it counts."""
        with self._asker.facts() as frames:
            question = self._asked_behind(rest, now, text, frames)
            if question is not None:
                return tickets_behind(question, frames, now, self._asker.configuration, self._shown)
        return self._asker.ask(words, now, text.language)

    def _asked_behind(self, rest: str, now: int, text: Text, frames: Frames) -> Question | None:
        """Return the question whose tickets are asked for; None where "tickets" belongs to the question itself."""
        certain = plain(re.split(r"\W", rest.strip(), maxsplit=1)[0]) in BEHIND
        try:
            question = self._asker.understand(rest, now, text.language, frames)
        except QuestionError as error:
            if certain and error.key != "no_kpi":
                raise
            return None  # "tickets last week", or a name that begins with "tickets"
        extra = question.by or question.per or question.versus
        return question if certain or (has_tickets(CATALOGUE[question.kpi]) and not extra) else None

    def _why(self, rest: str, now: int, text: Text) -> Reply:
        if not rest.strip():
            raise QuestionError("why_what")
        with self._asker.facts() as frames:
            question = self._asker.understand(rest, now, text.language, frames)
            return explain(question, frames, now, self._asker.configuration)

    def _watch(self, rest: str, now: int, text: Text) -> Watch:
        with self._asker.facts() as frames:
            try:
                question = self._asker.understand(rest, now, text.language, frames)
                keys: tuple[str, ...] = (question.kpi,)
            except QuestionError as error:
                if error.key != "no_kpi":
                    raise
                question = self._asker.understand(f"{WATCHED[0]} {rest}", now, text.language, frames)
                keys = WATCHED
            return watch(question, keys, frames, now, self._asker.configuration)

    def _define(self, words: str, now: int, text: Text) -> tuple[Section, ...]:
        """Return what a KPI means; its words may be anything that names it in a question."""
        if not words.strip():
            raise QuestionError("define_what")
        kpi = self._asker.configuration.find(self._asker.understand(words, now, text.language).kpi)
        return (Section(heading=text(f"kpi.{kpi.key}.name"), lines=tuple(_explained(kpi, text))),)

    def _status(self, now: int, text: Text) -> tuple[Section, ...]:
        """Return how fresh the data of each helpdesk is, and how far back it goes."""
        lines = [self._covered(helpdesk, now, text) for helpdesk in self._asker.helpdesks()]
        return (Section(heading=text("status.heading"), lines=tuple(lines) or (text("status.nothing"),)),)

    def _covered(self, helpdesk: str, now: int, text: Text) -> str:
        known = self._asker.freshness([helpdesk])
        line = text(
            "status.helpdesk", helpdesk=helpdesk, freshness=freshness(known.synced_at, now, self._asker.zone, text)
        )
        if known.history_start is None:
            return line
        return f"{line} · {text('status.history', moment=text.instant(known.history_start, self._asker.zone))}"


def language_of(words: str, default: str) -> str:
    """Return the language that words are written in: the one that knows more of them, else the default.

    The keys of KPIs are said in both.
    """
    said = [word for word in re.findall(WORD, words) if plain(word) not in CATALOGUE]
    known = {
        language: sum(
            plain(word) in SUBCOMMANDS[language] or stem(plain(word)) in _vocabulary(language) for word in said
        )
        for language in LANGUAGES
    }
    best = max(known.values())
    leading = [language for language, count in known.items() if count == best]
    return leading[0] if len(leading) == 1 else default


@cache
def _vocabulary(language: str) -> frozenset[str]:
    return frozenset(word for phrase in lexicon(language).phrases() for word in phrase_key(phrase))


def help_page(text: Text) -> tuple[Section, ...]:
    """Return how to ask, with examples."""
    return tuple(
        Section(heading=text(f"help.{section}.heading"), lines=tuple(text(f"help.{section}.lines").split("\n")))
        for section in HELP_SECTIONS
    )


def catalogue_page(text: Text) -> tuple[Section, ...]:
    """Return every KPI with its key and definition."""
    return tuple(
        Section(
            heading=text("list.kpi", name=text(f"kpi.{key}.name"), key=key),
            lines=(definition(key, Reading.EVENT, text),),
        )
        for key in CATALOGUE
    )


def _explained(kpi: Listed, text: Text) -> list[str]:
    lines = [text("define.key", key=kpi.key), definition(kpi.key, Reading.EVENT, text)]
    if Reading.COHORT in kpi.readings:
        lines.append(text("define.cohort", definition=definition(kpi.key, Reading.COHORT, text)))
    lines += [
        text("answer.field", label=text(f"reference.field.{part}"), value=text(f"kpi.{kpi.key}.{part}"))
        for part in ("formula", "example")
    ]
    if isinstance(kpi, Kpi) and isinstance(kpi.measure, Duration) and kpi.measure.business is not None:
        lines.append(text("define.time"))
    lines += _bands(kpi, text)
    if kpi.higher_is_better is not None:
        lines.append(text("define.higher" if kpi.higher_is_better else "define.lower"))
    if kpi.target_range is not None:
        lowest, highest = (text.percent(target, 0) for target in kpi.target_range)
        lines.append(text("define.reference", lowest=lowest, highest=highest))
    return lines


def _bands(kpi: Listed, text: Text) -> list[str]:
    """Return where the bands of a KPI meet, and which of them make its share, as the settings have it."""
    edges, limit = edges_of(kpi), limit_of(kpi)
    if not edges:
        return []
    told = [text.band(band.lower, band.upper, days=in_days(edges)) for band in bands(edges)]
    lines = [text("define.bands", bands=" · ".join(told))]
    return lines if limit is None else [*lines, text("define.within", limit=text.duration(limit))]

"""What `/kpi` does with its words: answers a question, or shows help, the catalogue, a definition or the freshness.

The same on every surface: Slack and the terminal lay out what comes back.
"""

import re
from functools import cache

from bot.asking import Asker
from bot.render.page import Section
from bot.render.words import definition, freshness
from bot.text import Text
from kpi.catalogue import CATALOGUE, AnyKpi
from kpi.errors import QuestionError
from kpi.language.lexicon import LANGUAGES, lexicon, phrase_key, stem
from kpi.language.tokens import WORD, plain
from kpi.question import Answer, Reading, Unit

# What the first word can be instead of a question.
SUBCOMMANDS = {
    "en": {"help": "help", "?": "help", "list": "list", "define": "define", "definition": "define", "status": "status"},
    "fr": {"aide": "help", "liste": "list", "definir": "define", "statut": "status", "etat": "status"},
}
HELP_SECTIONS = ("ask", "periods", "narrow", "more")


_SUBCOMMANDS = {word: command for words in SUBCOMMANDS.values() for word, command in words.items()}

Reply = Answer | tuple[Section, ...]


class Commands:
    """Runs what people type after `/kpi`."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def run(self, words: str, now: int, text: Text) -> Reply:
        """Return an answer, or a page of sections; raises KpiError."""
        first, _, rest = words.strip().partition(" ")
        command = _SUBCOMMANDS.get(plain(first)) if first else "help"
        if command == "define":
            return self._define(rest, now, text)
        if command is None or rest.strip():
            return self._asker.ask(words, now, text.language)
        match command:
            case "list":
                return catalogue_page(text)
            case "status":
                return self._status(now, text)
            case _:
                return help_page(text)

    def _define(self, words: str, now: int, text: Text) -> tuple[Section, ...]:
        """Return what a KPI means; its words may be anything that names it in a question."""
        if not words.strip():
            raise QuestionError("define_what")
        kpi = CATALOGUE[self._asker.understand(words, now, text.language).kpi]
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


def _explained(kpi: AnyKpi, text: Text) -> list[str]:
    lines = [text("define.key", key=kpi.key), definition(kpi.key, Reading.EVENT, text)]
    if Reading.COHORT in kpi.readings:
        lines.append(text("define.cohort", definition=definition(kpi.key, Reading.COHORT, text)))
    if kpi.unit is Unit.SECONDS:
        lines.append(text("define.time"))
    if kpi.higher_is_better is not None:
        lines.append(text("define.higher" if kpi.higher_is_better else "define.lower"))
    if kpi.target_range is not None:
        lowest, highest = (text.percent(target, 0) for target in kpi.target_range)
        lines.append(text("define.reference", lowest=lowest, highest=highest))
    return lines

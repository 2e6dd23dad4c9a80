"""How a question that is being typed can go on, in the bot's own words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from bot.demo.slack.directory import BOT_NAME
from bot.slack.manifest import COMMAND
from bot.text import LANGUAGES, Text
from kpi.catalogue import CATALOGUE
from kpi.dimensions import DIMENSIONS
from kpi.language.context import Context
from kpi.language.lexicon import Lexicon, lexicon, phrase_key
from kpi.language.reader import parse
from kpi.language.tokens import plain

SHOWN = 8
LONGEST = 4
"""How many words of what was typed last may be the beginning of one phrase."""

ADDRESSED = re.compile(rf"^(?:{COMMAND}|@{BOT_NAME})\s+", re.IGNORECASE)
STEPS = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The whole line as it could be, and what the new words mean."""

    text: str
    hint: str


class Completer:
    """Suggests words; `clock` tells the time, seconds since 1970, from which periods are reckoned in `zone`."""

    def __init__(self, clock: Callable[[], float], zone: str) -> None:
        self._clock, self._zone = clock, zone

    def __call__(self, typed: str, language: str) -> list[Suggestion]:
        """Return how a line can go on; none when it isn't addressed to the bot."""
        text = Text(language)
        addressed = ADDRESSED.match(typed)
        if addressed is None:
            heads = [head for head in (COMMAND, f"@{BOT_NAME}") if typed and head.startswith(typed.casefold())]
            return [Suggestion(f"{head} ", text("demo.complete.ask")) for head in heads]
        head, said = typed[: addressed.end()], typed[addressed.end() :]
        for before, begun in _endings(said):
            found = self._going_on(before, begun, text)
            if found:
                return [Suggestion(f"{head}{before}{phrase} ", hint) for phrase, hint in found]
        return []

    def _going_on(self, before: str, begun: str, text: Text) -> list[tuple[str, str]]:
        """Return phrases that begin with what was begun, one for each KPI; none when that is a phrase and ended."""
        found: dict[str, str] = {}
        for phrase, hint in self._phrases(before, text):
            if begun.endswith(" ") and plain(phrase) == plain(begun.strip()):
                return []
            is_more = len(phrase) > len(begun) and plain(phrase).startswith(plain(begun))
            if is_more and hint not in found.values():
                found[phrase] = hint
        return list(found.items())[:SHOWN]

    def _phrases(self, before: str, text: Text) -> Iterator[tuple[str, str]]:
        """Yield what can come next, with what it means."""
        words, commands = lexicon(text.language), _commands(text)
        said = before.split()
        if not said or (len(said) == 1 and plain(said[0]) in map(plain, commands)):
            yield from _usual(words, text)
            yield from () if said else commands.items()
            yield from _kpis(words, text)
            return
        yield from self._periods(before, text)
        yield from _breakdowns(words, text)
        for earlier in _lines(text, "earlier"):
            yield f"{words.name('versus', '')} {earlier}", text("demo.complete.versus", period=earlier)
        for step in map(partial(words.name, "unit"), STEPS):
            yield f"{words.name('per', '')} {step}", text("demo.complete.trend", step=step)

    def _periods(self, before: str, text: Text) -> Iterator[tuple[str, str]]:
        """Yield periods, with their days; none when one was said already."""
        context = Context(now=int(self._clock()), zone=self._zone, language=text.language)
        known = {plain(words) for language in LANGUAGES for words in _lines(Text(language), "periods")}
        if any(f" {words} " in f" {plain(before)} " for words in known):
            return
        for words in _lines(text, "periods"):
            yield words, text.period(parse(f"volume {words}", context).period)


def _endings(said: str) -> Iterator[tuple[str, str]]:
    """Yield what was said, cut into what stands and what may be the beginning of a phrase, the longest first."""
    for word in list(re.finditer(r"\S+", said))[-LONGEST:]:
        yield said[: word.start()], said[word.start() :]
    if not said or said.endswith(" "):
        yield said, ""


def _lines(text: Text, which: Literal["commands", "earlier", "periods"]) -> list[str]:
    return text(f"demo.complete.{which}").split("\n")


def _commands(text: Text) -> dict[str, str]:
    """Return what the first word can be instead of a KPI, with what it does."""
    lines = (line.partition(" · ") for line in _lines(text, "commands"))
    return {word: hint for word, _, hint in lines}


def _usual(words: Lexicon, text: Text) -> Iterator[tuple[str, str]]:
    """Yield the KPIs that most people ask for."""
    for said in words.usual:
        key = next(term.value for term in words.terms(phrase_key(said)) if term.kind == "kpi")
        yield said, text(f"kpi.{key}.name")


def _kpis(words: Lexicon, text: Text) -> Iterator[tuple[str, str]]:
    """Yield every name of every KPI, with the one it has on the screen."""
    for key in CATALOGUE:
        for said in (key, *words.names("kpi", key)):
            yield said, text(f"kpi.{key}.name")


def _breakdowns(words: Lexicon, text: Text) -> Iterator[tuple[str, str]]:
    by = words.name("by", "")
    for key, dimension in DIMENSIONS.items():
        if not dimension.many and not dimension.dated:
            yield f"{by} {words.name('dimension', key)}", text("demo.complete.by", dimension=text(f"dimension.{key}"))

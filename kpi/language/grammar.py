"""The engine of the grammar: it matches the rules against the tokens of one text.

Of several matches at a place the longest counts, of two as long the one of the rule that stands first.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple, cast

from kpi.language.calendar import YEARS
from kpi.language.clauses import Clause
from kpi.language.lexicon import Lexicon, Term, stem
from kpi.language.rules import RULES
from kpi.language.tokens import Kind, Token

Found = dict[int, object]
"""What was matched from a place on, by where it ends."""


class Slot(NamedTuple):
    """One slot of a rule's pattern; `value` is empty where any will do."""

    kind: str
    value: str
    optional: bool
    close: bool

    @classmethod
    def of(cls, text: str) -> "Slot":
        """Return the slot that a pattern writes as `=kind:value?`."""
        kind, _, value = text.strip("=?").partition(":")
        return cls(kind, value, optional=text.endswith("?"), close=text.startswith("="))


@cache
def _rules(kind: str) -> list[tuple[list[Slot], Callable[..., object]]]:
    """Return the rules that make a kind."""
    return [([Slot.of(text) for text in rule.pattern.split()], rule.build) for rule in RULES if rule.kind == kind]


class Grammar:
    """The grammar at work on the tokens of one text.

    `lexicons` come with the preferred language first; terms of the kind `ignoring` are not heard.
    """

    def __init__(self, tokens: Sequence[Token], lexicons: Sequence[Lexicon], ignoring: str | None = None) -> None:
        self.tokens = tokens
        self.lexicons = lexicons
        self.ignoring = ignoring
        self._glue = frozenset(word for lexicon in lexicons for word in lexicon.glue)
        self._memory: dict[tuple[str, int], Found] = {}
        self._spotted: dict[int, dict[str, Found]] = {}

    def longest(self, start: int, before: int | None = None) -> tuple[int, Clause] | None:
        """Return the longest clause that starts at a token, with its end; `before` leaves those out that end there."""
        found = self.at("clause", start)
        end = max((end for end in found if before is None or end < before), default=None)
        return None if end is None else (end, cast("Clause", found[end]))

    def at(self, kind: str, start: int) -> Found:
        """Return everything of a kind that starts at a token."""
        if (kind, start) not in self._memory:
            found = dict(self._terms(start).get(kind, {}))
            for slots, build in _rules(kind):
                for end, values in self._match(slots, start, first=True):
                    if end not in found and (made := build(*values)) is not None:
                        found[end] = made
            self._memory[kind, start] = found
        return self._memory[kind, start]

    def is_glue(self, index: int) -> bool:
        """Tell whether a token can be passed over."""
        token = self.tokens[index]
        return token.kind is Kind.HYPHEN or (token.kind is Kind.WORD and stem(token.key) in self._glue)

    def _match(self, slots: list[Slot], start: int, *, first: bool = False) -> Iterator[tuple[int, list[object]]]:
        """Yield every way to fill the slots from a token on."""
        if not slots:
            yield start, []
            return
        slot, rest = slots[0], slots[1:]
        place = start
        while place < len(self.tokens):
            for end, value in self.at(slot.kind, place).items():
                if slot.value in {"", value}:
                    for last, values in self._match(rest, end):
                        yield last, [value, *values]
            if first or slot.close or not self.is_glue(place):
                break
            place += 1
        if slot.optional:
            for last, values in self._match(rest, start, first=first):
                yield last, [None, *values]

    # --- Terms: what single tokens and phrases of the lexicon are ------------------------------------------------

    def _terms(self, start: int) -> dict[str, Found]:
        if start not in self._spotted:
            found: dict[str, Found] = {}
            for kind, end, value in self._spot(start):
                found.setdefault(kind, {}).setdefault(end, value)
            self._spotted[start] = found
        return self._spotted[start]

    def _spot(self, start: int) -> Iterator[tuple[str, int, object]]:
        token = self.tokens[start]
        match token.kind:
            case Kind.NUMBER:
                yield from self._number(token, start + 1)
            case Kind.ORDINAL:
                yield from self._number(token, start + 1)
                yield from self._spoken(start)
            case Kind.YMD | Kind.DMY | Kind.DM | Kind.YM | Kind.MY:
                yield token.kind.value, start + 1, token.numbers
            case Kind.FILTER:
                yield "filter", start + 1, token
            case Kind.MENTION:
                yield "mention", start + 1, token.values[0].mention
            case Kind.TO | Kind.HYPHEN:
                yield "to", start + 1, ""
            case Kind.WORD:
                yield from self._lettered(token, start + 1)
                yield from self._spoken(start)

    def _spoken(self, start: int) -> Iterator[tuple[str, int, object]]:
        """Yield what words mean; a plural one is a kind of its own as well: `unit_plural`."""
        plural = any(self.tokens[start].key in lexicon.plurals for lexicon in self.lexicons)
        for end, term in self.phrases(start):
            if term.kind != "suffix" or self._touches_number(start):
                yield term.kind, end, term.value
            if plural and end == start + 1:
                yield f"{term.kind}_plural", end, term.value

    @staticmethod
    def _number(token: Token, end: int) -> Iterator[tuple[str, int, object]]:
        (number,) = token.numbers
        if token.kind is Kind.ORDINAL:
            yield "ordinal", end, number
        else:
            yield "number", end, number
        if number <= 99:  # noqa: PLR2004  # 32 October is a day as well: one that does not exist
            yield "day", end, number
        if number in YEARS:
            yield "year", end, number

    def _lettered(self, token: Token, end: int) -> Iterator[tuple[str, int, object]]:
        """Yield Q3, T3 and W46."""
        parts = re.fullmatch(r"([a-z]+)(\d{1,2})", token.key)
        if parts is None:
            return
        limits = {"quarter": range(1, 5), "week": range(1, 54)}
        for lexicon in self.lexicons:
            for term in lexicon.terms((parts[1],)):
                # S1 and S2 are French for half-years as well.
                half_year = parts[1] == "s" and int(parts[2]) <= 2  # noqa: PLR2004
                if term.kind == "letter" and int(parts[2]) in limits[term.value] and not half_year:
                    yield f"{term.value}_number", end, int(parts[2])

    def _touches_number(self, index: int) -> bool:
        before = self.tokens[index - 1] if index else None
        return before is not None and before.kind is Kind.NUMBER and before.end == self.tokens[index].start

    def phrases(self, start: int) -> Iterator[tuple[int, Term]]:
        """Yield the phrases of every language that start at a token, with their ends."""
        for lexicon in self.lexicons:
            for end, key in self._keys(start, lexicon):
                yield from ((end, term) for term in lexicon.terms(key) if term.kind != self.ignoring)

    def _keys(self, start: int, lexicon: Lexicon) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the words from a token on, ordinals spelled out: all of them, and all but the glue inside."""
        every: list[str] = []
        strong: list[str] = []
        for place in range(start, len(self.tokens)):
            token = self.tokens[place]
            if token.kind is Kind.HYPHEN:
                continue
            spoken = lexicon.spelled.get(token.key) if token.kind is Kind.ORDINAL else token.key
            if token.kind not in {Kind.WORD, Kind.ORDINAL} or not spoken:
                return
            if min(len(every), len(strong)) > lexicon.longest:
                return
            word = stem(spoken)
            every.append(word)
            yield place + 1, tuple(every)
            if place == start or word not in lexicon.glue:
                strong.append(word)
                if len(strong) < len(every):
                    yield place + 1, tuple(strong)

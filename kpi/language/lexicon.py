"""What words mean, read from one TOML file per language."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kpi.language.tokens import WORD, plain

LANGUAGES = ("en", "fr")

Key = tuple[str, ...]
"""A phrase as it is compared: plain words without a final s."""

_PLURAL = 5  # from this length on a final s is taken off: "days" and "mois" stay as they are
_PLURALS_APART = frozenset({"resolutions"})  # a count, where "resolution" can be a rate or a time

_PARTS = frozenset(
    {"stop", "value", "letter", "suffix", "number_word", "ordinal", "from", "open_from", "to", "and", "of_channel"}
)
"""Kinds that mean nothing alone."""


@dataclass(frozen=True, slots=True)
class Term:
    """One meaning: `kind` is the table of the lexicon it stands in, `value` its key there."""

    kind: str
    value: str


def stem(word: str) -> str:
    """Return a plain word without the s of its plural, unless the plural means something of its own."""
    if word in _PLURALS_APART:
        return word
    return word[:-1] if len(word) >= _PLURAL and word.endswith("s") and not word.endswith("ss") else word


def phrase_key(phrase: str) -> Key:
    """Return a phrase as it is compared."""
    return tuple(stem(plain(word)) for word in re.findall(WORD, phrase))


class Lexicon:
    """The words of one language.

    Attributes:
        example, offer: a question, and pieces of one, to show who was not understood.
        usual: KPIs that most people ask for, to show who named none.
        glue: words that may stand anywhere inside a phrase or between two.
        plurals: words for more than one unit of time, which ask for a number.
        spelled: ordinals in figures as words: "1st" is "first".
        longest: how many words the longest phrase has.
        instead: what to say instead of a word that is not understood.
    """

    def __init__(self, language: str) -> None:
        data = tomllib.loads(files("kpi.language").joinpath(f"{language}.toml").read_text("utf-8"))
        self.language = language
        self.example: str = data.pop("example")
        self.offer: list[str] = data.pop("offer")
        self.usual: list[str] = data.pop("usual")
        self.glue = frozenset(word for part in data.pop("glue").split() for word in phrase_key(part))
        self.plurals = frozenset(plain(word) for word in data.pop("plurals").split())
        self.spelled = {plain(figures): plain(word) for figures, word in data.pop("spelled").items()}
        self.instead: dict[str, list[str]] = data.pop("instead")
        self._names: dict[Term, list[str]] = {}
        self._terms: dict[Key, list[Term]] = {}
        for term, phrases in _entries(data):
            self._names.setdefault(term, []).extend(phrases)
            own = [term.value] if term.kind == "kpi" else []
            for phrase in (*phrases, *own):
                self._add(phrase_key(phrase), term)
        self.longest = max(map(len, self._terms))
        self._words = self.glue.union(map(stem, self.instead), *self._terms)

    def _add(self, key: Key, term: Term) -> None:
        """File a phrase as it stands, and without the glue inside it and at its end."""
        short = (*key[:1], *(word for word in key[1:] if word not in self.glue))
        if len(short) == 1 and short[0] in self.glue:
            short = key
        for form in {key, short}:
            terms = self._terms.setdefault(form, [])
            if term not in terms:
                terms.append(term)

    def knows(self, word: str) -> bool:
        """Tell whether a plain word is one of this language's."""
        return stem(word) in self._words

    def terms(self, key: Key) -> Sequence[Term]:
        """Return what a phrase means, which can be several things."""
        return self._terms.get(key, ())

    def name(self, kind: str, value: str) -> str:
        """Return the phrase by which a meaning is written; a KPI without one goes by its key."""
        return self._names.get(Term(kind, value), [value])[0]

    def names(self, kind: str, value: str) -> Sequence[str]:
        """Return every phrase of a meaning."""
        return self._names.get(Term(kind, value), ())

    def entries(self) -> Iterator[tuple[Term, str]]:
        """Yield what can be said by itself, as it is written, with its meaning."""
        for term, phrases in self._names.items():
            if term.kind not in _PARTS:
                yield from ((term, phrase) for phrase in phrases)

    def phrases(self) -> Iterator[str]:
        """Yield every phrase as it is written."""
        for phrases in self._names.values():
            yield from phrases

    def values(self, kind: str) -> list[str]:
        """Return the keys of a table."""
        return [term.value for term in self._names if term.kind == kind]


def _entries(data: Mapping[str, object]) -> Iterator[tuple[Term, list[str]]]:
    """Yield every entry: words of one meaning (`word`) are a kind each, elsewhere a table is a kind.

    A table inside a table joins both keys: `channel email`.
    """
    for kind, table in data.items():
        if isinstance(table, list):
            yield Term(kind, ""), table
        elif isinstance(table, dict):
            for value, phrases in table.items():
                if isinstance(phrases, dict):
                    yield from ((Term(kind, f"{value} {inner}"), list(found)) for inner, found in phrases.items())
                else:
                    yield Term(value, "") if kind == "word" else Term(kind, value), list(phrases)


@cache
def lexicon(language: str) -> Lexicon:
    """Return the words of a language, `en` or `fr`."""
    return Lexicon(language)


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """Return the words of every language."""
    return tuple(lexicon(language) for language in LANGUAGES)

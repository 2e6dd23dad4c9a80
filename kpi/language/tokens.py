"""Text to tokens: case, accents, typographic signs and Slack's escaped mentions are dealt with here."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kpi.errors import QuestionError

MARKS = "\u0300-\u036f"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d-"
WORD = rf"[^\W\d_](?:[^\W_]|[{MARKS}])*"

# One character for one, so that positions in what was typed stay true.
_SAME = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u2032\uff07", "'")
    | dict.fromkeys(DASHES, "-")
    | dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", " ")
    | {"\uff1a": ":", "\uff1d": "=", "\uff0c": ","}
)

_CLOSING = {
    '"': '"',
    "\u201c": '\u201d\u201c"',
    "\u201d": '\u201d"',
    "\u201e": '\u201d\u201c"',
    "\u00ab": "\u00bb",
    "'": "'",
}
_QUOTES = "".join(_CLOSING)

_TOKEN = re.compile(
    rf"""
    (?P<mention> <[@\#][^|<>\s]+(?:\|[^<>]*)?> | [@\#](?=[^\W_])[\w.-]*\w )
  | (?P<filter> (?P<name>{WORD}) (?P<before>\s*) [:=] (?P<after>\s*) )
  | (?P<ymd> \d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}} (?!\d) )
  | (?P<dmy> \d{{1,2}}(?P<between>[-/.])\d{{1,2}}(?P=between)\d{{4}} (?!\d)
           | \d{{1,2}}(?P<short>[/.])\d{{1,2}}(?P=short)\d{{2}} (?!\d) )
  | (?P<ym> \d{{4}}[-/.]\d{{1,2}} (?!\d) )
  | (?P<my> \d{{1,2}}[-/.]\d{{4}} (?!\d) )
  | (?P<dm> \d{{1,2}}/\d{{1,2}} (?!\d) )
  | (?P<ordinal> \d{{1,2}} (?:er|[eè]res?|res?|i?[eè]me|nde?|st|rd|th|e) (?!\w) )
  | (?P<number> \d+ )
  | (?P<to> \.{{2,}} | \u2026 )
  | (?P<hyphen> -+ )
  | (?P<word> {WORD} )
  | (?P<sign> \S )
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    ORDINAL = "ordinal"
    YMD = "ymd"
    DMY = "dmy"
    DM = "dm"
    YM = "ym"
    MY = "my"
    FILTER = "filter"
    MENTION = "mention"
    TO = "to"
    HYPHEN = "hyphen"
    SIGN = "sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A person (`@`) or a channel (`#`): Slack's identifier, and the name as it was typed or as Slack shows it."""

    sign: str
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a filter as it was typed; `exact` when it stood in quotes."""

    text: str
    exact: bool = False
    mention: Mention | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the text, `[start, end)`; `key` is its plain form, `numbers` and `values` what it holds."""

    kind: Kind
    start: int
    end: int
    key: str = ""
    numbers: tuple[int, ...] = ()
    values: tuple[Value, ...] = ()


def plain(text: str) -> str:
    """Return text without case, accents and ligatures."""
    text = unicodedata.normalize("NFKD", text.casefold()).replace("œ", "oe").replace("æ", "ae")
    return "".join(letter for letter in text if not unicodedata.combining(letter)).casefold()


def tokenise(words: str, is_dimension: Callable[[str], bool]) -> list[Token]:
    """Return the tokens of a text; `is_dimension` knows the plain names that may stand before a colon.

    Raises:
        QuestionError: `unclosed_quote`.
    """
    return list(_Tokeniser(words, is_dimension).tokens())


class _Tokeniser:
    def __init__(self, words: str, is_dimension: Callable[[str], bool]) -> None:
        self.words = words
        self.text = words.translate(_SAME)
        self.is_dimension = is_dimension

    def tokens(self) -> Iterator[Token]:
        position = 0
        while match := _TOKEN.search(self.text, position):
            kind, position = str(match.lastgroup), match.end()
            if kind == "filter":
                token = self._filter(match)
                position = token.end
                yield token
            elif kind == "mention":
                mention = _mention(self.words[match.start() : match.end()])
                yield Token(
                    kind=Kind.MENTION, start=match.start(), end=match.end(), values=(Value(text="", mention=mention),)
                )
            elif kind != "sign":
                yield self._simple(kind, match)
            elif _has_meaning(match.group()):
                yield Token(kind=Kind.SIGN, start=match.start(), end=match.end(), key=match.group())

    def _simple(self, kind: str, match: re.Match[str]) -> Token:
        numbers = tuple(int(digits) for digits in re.findall(r"\d+", match.group()))
        if kind == "dmy" and match["short"]:
            numbers = (*numbers[:2], 2000 + numbers[2])
        return Token(kind=Kind(kind), start=match.start(), end=match.end(), key=plain(match.group()), numbers=numbers)

    def _filter(self, match: re.Match[str]) -> Token:
        """Return a filter, or only the word when what follows the colon can't be a value of it."""
        key = plain(match["name"])
        known = self.is_dimension(key)
        apart = match["before"] or match["after"] or match.end() == len(self.text)
        if not known and apart:
            return Token(kind=Kind.WORD, start=match.start(), end=match.end("name"), key=key)
        values: list[Value] = []
        end = match.end()
        while end < len(self.text):
            value, end = self._value(end)
            if value is not None:
                values.append(value)
            following = re.compile(rf",(?=\S)|,\s+(?=[{_QUOTES}])").match(self.text, end)
            if value is None or following is None:
                break
            end = following.end()
        return Token(kind=Kind.FILTER, start=match.start(), end=end, key=key, values=tuple(values))

    def _value(self, start: int) -> tuple[Value | None, int]:
        opening = self.text[start]
        if opening in _CLOSING:
            return self._quoted(start, _CLOSING[opening])
        if escaped := re.compile(r"<([@#]|mailto:)[^<>\s|]+(?:\|[^<>]*)?>").match(self.text, start):
            raw = self.words[start : escaped.end()]
            if escaped[1] == "mailto:":
                return Value(text=raw[1:-1].removeprefix("mailto:").split("|")[-1]), escaped.end()
            return Value(text=raw, mention=_mention(raw)), escaped.end()
        bare = re.compile(r"[^\s,]*").match(self.text, start)
        raw = self.words[start : bare.end() if bare else start].rstrip(".;!?)")
        if not raw:
            return None, start
        return Value(text=raw, mention=_mention(raw) if raw[0] == "@" and raw[1:] else None), start + len(raw)

    def _quoted(self, start: int, closing: str) -> tuple[Value, int]:
        """Return what stands between quotes; a doubled `"` inside stands for one."""
        position, found = start + 1, ""
        while position < len(self.text):
            letter = self.text[position]
            if letter not in closing:
                found += self.words[position]
                position += 1
            elif letter == '"' and self.text[position : position + 2] == '""':
                found += '"'
                position += 2
            else:
                # French quotes stand apart from what they hold.
                text = found.strip() if self.text[start] == "\u00ab" else found
                return Value(text=text, exact=True), position + 1
        raise QuestionError("unclosed_quote", words=self.words[start:])


def _mention(raw: str) -> Mention:
    inside = raw[1:-1] if raw[0] == "<" else raw
    identifier, _, name = inside[1:].partition("|")
    return Mention(sign=inside[0], id=identifier, name=name or identifier)


def _has_meaning(sign: str) -> bool:
    """Tell signs that may mean something (✗, €, <) from punctuation and markup."""
    return unicodedata.category(sign)[0] not in "PMC" and sign not in "~`^\u00b4\u00a8"

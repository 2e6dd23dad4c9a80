"""Words ─▶ what was heard: KPIs, days, a time, options, filters; nothing is put together yet.

Nothing is ignored in silence and nothing is guessed: a word that isn't understood is answered by the nearest that are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from bot.digests.content import can_be_told
from bot.digests.wording import ANOMALY, OPTIONS, SHORT_DAYS, WHEN
from bot.subscriptions import Trigger
from bot.text import LANGUAGES, Text
from kpi.catalogue import CATALOGUE
from kpi.errors import QuestionError, suggest
from kpi.language.lexicon import Key, lexicon, phrase_key
from kpi.language.tokens import WORD, Kind, plain, tokenise

LONGEST = 6
"""How many words a phrase may have."""

NOON = 12
LAST_DAY = 31

GLUE = frozenset(
    {
        "on",
        "at",
        "the",
        "every",
        "each",
        "of",
        "in",
        "and",
        "with",
        "for",
        "to",
        "a",
        "an",
        "by",
        "le",
        "la",
        "les",
        "l",
        "et",
        "de",
        "du",
        "des",
        "d",
        "pour",
        "avec",
        "en",
        "au",
        "aux",
        "un",
        "une",
    }
)
"""Words that may stand anywhere, without accents."""

THROUGH = frozenset({"-", "to", "through", "au", "a", "jusqu"})
"""What stands between the first and the last of several days."""

_SIDES = {
    Trigger.BELOW: r"<=?|below|under|less than|sous|moins de|inf[ée]rieure? [àa]|en dessous de",
    Trigger.ABOVE: r">=?|above|over|more than|plus de|sup[ée]rieure? [àa]|au[- ]dessus de",
}
_UNIT = r"(?:secondes?|seconds?|sec|s|minutes?|min|m|heures?|hours?|h|jours?|j|days?|d)(?![a-zé])"
_AMOUNT = rf"[+−-]?\d+(?:[.,]\d+)?(?:\s*%|\s*{_UNIT}(?:\d\d?(?:min|m)?|\s+\d\d?\s*(?:min|m))?(?!\w))?"
_LIMIT = re.compile(
    "|".join(f"(?P<{side}>(?:{words})\\s*(?P<{side}_at>{_AMOUNT}))" for side, words in _SIDES.items()), re.IGNORECASE
)
_TIME = re.compile(
    r"(?<![\w:.])(?P<h>\d{1,2})(?:\s*[:h]\s*(?P<m>\d{2})|\s*h(?!\w)|(?=\s*[ap]m\b))(?:\s*(?P<half>[ap]m)\b)?",
    re.IGNORECASE,
)
_PIECE = re.compile(rf"{WORD}|\d+[^\W_]*|-")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|e|eme)?")


@dataclass(slots=True)
class Heard:
    """What was understood so far; `days` Monday 0."""

    kpis: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    filters: list[str] = field(default_factory=list)
    cadence: str | None = None
    days: set[int] = field(default_factory=set)
    month_day: int | None = None
    at: int | None = None
    side: Trigger | None = None
    limit: str | None = None
    is_anomaly: bool = False


def hear(words: str, text: Text, *, for_alert: bool) -> Heard:
    """Return what words say; raises QuestionError for what is not understood, or said twice."""
    heard, rest = Heard(), words
    for token in reversed(tokenise(words, lambda _: True)):
        if token.kind is Kind.FILTER:
            option = _options().get(token.key)
            if option is None:
                heard.filters.insert(0, words[token.start : token.end])
            else:
                heard.options[option] = " ".join(value.text for value in token.values)
            rest = f"{rest[: token.start]} {rest[token.end :]}"
    if for_alert:
        rest = _without_limit(rest, heard)
    rest = _without_time(rest, heard)
    pieces = _PIECE.findall(rest)
    place = 0
    while place < len(pieces):
        place += _understand(pieces[place:], heard, text, for_alert=for_alert)
    return heard


def _without_limit(words: str, heard: Heard) -> str:
    found = _LIMIT.search(words)
    if found is None:
        return words
    heard.side = next(side for side in _SIDES if found[side] is not None)
    heard.limit = found[f"{heard.side}_at"].strip()
    return f"{words[: found.start()]} {words[found.end() :]}"


def _without_time(words: str, heard: Heard) -> str:
    found = list(_TIME.finditer(words))
    if len(found) > 1:
        raise QuestionError("two_times", first=found[0][0].strip(), second=found[1][0].strip())
    for one in found:
        hour, minute, half = int(one["h"]), int(one["m"] or 0), (one["half"] or "").casefold()
        if half and not 1 <= hour <= NOON:
            raise QuestionError("no_such_time", word=one[0].strip())
        hour = hour % NOON + (NOON if half == "pm" else 0) if half else hour
        if hour > 23 or minute > 59:  # noqa: PLR2004  # of a clock
            raise QuestionError("no_such_time", word=one[0].strip())
        heard.at = hour * 60 + minute
        words = f"{words[: one.start()]} {words[one.end() :]}"
    return words


def _understand(pieces: list[str], heard: Heard, text: Text, *, for_alert: bool) -> int:
    """Understand what the pieces begin with; return how many belong to it. Raises QuestionError."""
    if len(pieces) > 2 and plain(pieces[1]) in THROUGH:  # noqa: PLR2004  # from, through, to
        first, last = (_days().get(plain(piece)) for piece in (pieces[0], pieces[2]))
        if first is not None and last is not None:
            heard.days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
            return 3
    for count in range(min(LONGEST, len(pieces)), 0, -1):
        key = phrase_key(" ".join(pieces[:count]))
        if len(key) == count and _take(key, " ".join(pieces[:count]), heard, text, for_alert=for_alert):
            return count
    word = plain(pieces[0])
    if word in _days():
        heard.days.add(_days()[word])
    elif (ordinal := _ORDINAL.fullmatch(word)) and 1 <= int(ordinal[1]) <= LAST_DAY:
        heard.month_day = int(ordinal[1])
    elif word not in GLUE and word not in THROUGH:
        raise _unknown(pieces[0], text, for_alert=for_alert)
    return 1


def _take(key: Key, phrase: str, heard: Heard, text: Text, *, for_alert: bool) -> bool:
    """Take a phrase in, if it means something."""
    when = _when().get(key)
    if when is not None:
        heard.cadence = when
        return True
    if for_alert and key in _anomaly():
        heard.is_anomaly = True
        return True
    # What the reader's language knows the other isn't asked for.
    meant = next((found for language in _preferred(text) if (found := _kpis(language).get(key))), ())
    if len(meant) > 1:
        raise QuestionError("ambiguous_kpi", word=phrase, choices=list(meant))
    heard.kpis += meant
    return bool(meant)


def _preferred(text: Text) -> list[str]:
    return sorted(LANGUAGES, key=lambda language: language != text.language)


def _unknown(word: str, text: Text, *, for_alert: bool) -> QuestionError:
    known = [phrase for phrases in WHEN[text.language].values() for phrase in phrases]
    known += [lexicon(text.language).name("weekday", str(day)) for day in range(7)]
    known += [key for key in CATALOGUE if can_be_told(key)]
    near = suggest(plain(word), {plain(one): one for one in known})
    spelled = {plain(one): one for one in known}
    key = "unknown_alert_word" if for_alert else "unknown_digest_word"
    return QuestionError(key, word=word, suggestions=[spelled[one] for one in near])


# --- What is known ---------------------------------------------------------------------------------------------------


@cache
def _when() -> Mapping[Key, str]:
    return {phrase_key(phrase): name for own in WHEN.values() for name, said in own.items() for phrase in said}


@cache
def _anomaly() -> frozenset[Key]:
    return frozenset(phrase_key(phrase) for said in ANOMALY.values() for phrase in said)


@cache
def _options() -> Mapping[str, str]:
    return {plain(word): name for own in OPTIONS.values() for name, words in own.items() for word in words}


@cache
def _days() -> Mapping[str, int]:
    found = {word: day for own in SHORT_DAYS.values() for day, words in enumerate(own) for word in words}
    for language in LANGUAGES:
        for day in range(7):
            found |= {plain(word): day for word in lexicon(language).names("weekday", str(day))}
    return found


@cache
def _kpis(language: str) -> Mapping[Key, tuple[str, ...]]:
    """Return the KPIs that each phrase means; a KPI's own key means it alone."""
    found: dict[Key, tuple[str, ...]] = {}
    for key in CATALOGUE:
        for phrase in (key, *lexicon(language).names("kpi", key)):
            name = phrase_key(phrase)
            found[name] = (*found.get(name, ()), *(() if key in found.get(name, ()) else (key,)))
    return found | {phrase_key(key): (key,) for key in CATALOGUE}

"""Filters: from what was typed to the keys that the data has, and back."""

import re
from collections.abc import Mapping, Sequence

from kpi.dimensions import DIMENSIONS
from kpi.errors import QuestionError, suggest
from kpi.language.lexicon import Lexicon, lexicons, phrase_key
from kpi.language.tokens import DASHES, Mention, Value, plain
from kpi.question import Filter

Known = Mapping[str, str]
"""The values of a dimension: key → label."""

_SHOWN = 5
_BEGINNING = 3
_EXCLUDING = f"!{DASHES}"
_COMPARED = 300  # beyond this many values only those that begin alike are suggested: comparing all takes too long
_MENTIONED = {"@": "agent", "#": "team"}


def value_key(text: str) -> str:
    """Return a value as it is compared: without case, accents and punctuation."""
    return " ".join(re.findall(r"\w+", plain(text)))


def value_text(known: Known, key: str) -> str:
    """Return what to write for a value: its label, alone or below its helpdesk, where that finds it, else its key."""
    label = known.get(key, key)
    return next((name for name in (label, _below(key, label)) if find(known, name) == [key]), key)


def quoted(text: str) -> str:
    """Return a value as it is typed; in quotes unless it is one plain word."""
    if re.fullmatch(r"[^\W_]+(?:[-_.@+][^\W_]+)*", text):
        return text
    return '"' + text.replace('"', '""') + '"'


def find(known: Known, text: str) -> list[str]:
    """Return the keys of the values that a text names in full: one, or several that it can't tell apart."""
    if text in known:
        return [text]
    if exact := [key for key, label in known.items() if label == text]:
        return exact
    wanted = value_key(text)
    names = ((key, {value_key(name) for name in (key, label, _below(key, label))}) for key, label in known.items())
    return [key for key, called in names if wanted in called] if wanted else []


def _below(key: str, label: str) -> str:
    """Return a label with the helpdesk that its key names: `helpdesk/identifier`, `label` ─▶ `helpdesk/label`."""
    helpdesk, slash, _ = key.partition("/")
    return f"{helpdesk}/{label}" if slash else label


def _spoken(dimension: str, known: Known, text: str) -> list[str]:
    """Return the keys of the values that a text names in either language: `haute` for `high`."""
    meant = _meanings(dimension, text)
    return [value for value in known if any(_means(meaning, known, value) for meaning in meant)]


def _meanings(dimension: str, text: str) -> set[str]:
    return {
        term.value
        for lexicon in lexicons()
        for term in lexicon.terms(phrase_key(text))
        if term.kind == "value" and term.value.startswith(f"{dimension} ")
    }


def _means(meaning: str, known: Known, value: str) -> bool:
    """Tell whether a value of the data is called by one of a meaning's names."""
    names = {name for lexicon in lexicons() for name in (*lexicon.names("value", meaning), meaning.partition(" ")[2])}
    keys = {phrase_key(name) for name in names}
    return phrase_key(value) in keys or phrase_key(known[value]) in keys


def _usual_channel(dimension: str, text: str) -> str | None:
    """Return the channel that every helpdesk has; "missed calls" is a question where there are no calls yet, too."""
    meant = _meanings("channel", text) if dimension == "channel" else set()
    return meant.pop().partition(" ")[2] if len(meant) == 1 else None


def _begun(known: Known, text: str) -> list[str]:
    wanted = value_key(text)
    return [
        key
        for key, label in known.items()
        if wanted and (value_key(key).startswith(wanted) or value_key(label).startswith(wanted))
    ]


def _by_mention(known: Known, mention: Mention) -> str | None:
    for name in (mention.id, mention.name):
        found = find(known, name) or _begun(known, name)
        if len(found) == 1:
            return found[0]
    return None


class Filters:
    """Reads filters against the known values; `lexicon` is the reader's, for what an error says."""

    def __init__(self, values: Mapping[str, Known], lexicon: Lexicon) -> None:
        self.values = values
        self.lexicon = lexicon

    def resolve(self, dimension: str, value: Value) -> str:
        """Return the key of one value.

        Raises:
            QuestionError: `unknown_value`, `ambiguous_value`, `unknown_person`, `unknown_channel`.
        """
        known = self.values.get(dimension, {})
        if value.mention is not None:
            return self._mentioned(known, value.mention)
        for found in (find(known, value.text), _spoken(dimension, known, value.text), _begun(known, value.text)):
            if len(found) == 1:
                return found[0]
            if found:
                raise self._error("ambiguous_value", dimension, value.text, choices=self._choices(dimension, found))
        if (channel := _usual_channel(dimension, value.text)) is not None:
            return channel
        near = suggest(value_key(value.text), self._by_text(known))
        suggestions = [self.write(dimension, self._by_text(known)[text]) for text in near]
        if not suggestions:
            suggestions = self._choices(dimension, list(known)[:_SHOWN])
        raise self._error("unknown_value", dimension, value.text, suggestions=list(dict.fromkeys(suggestions)))

    def knows(self, mention: Mention) -> bool:
        """Tell whether a mention is a known agent or team."""
        return _by_mention(self.values.get(_MENTIONED[mention.sign], {}), mention) is not None

    def _mentioned(self, known: Known, mention: Mention) -> str:
        if (found := _by_mention(known, mention)) is not None:
            return found
        raise QuestionError(
            "unknown_person" if mention.sign == "@" else "unknown_channel",
            name=f"{mention.sign}{mention.name}",
            dimension=self.lexicon.name("dimension", _MENTIONED[mention.sign]),
        )

    def mention(self, mention: Mention) -> Filter:
        """Return the filter that a mention alone is: an agent for a person, a team for a channel."""
        dimension = _MENTIONED[mention.sign]
        return Filter(dimension=dimension, values=(self._mentioned(self.values.get(dimension, {}), mention),))

    def filter(self, dimension: str, values: Sequence[Value], *, excluding: bool = False) -> Filter:
        """Return a filter from its typed values; `excluding` when a sign before it says "all but these".

        Raises:
            QuestionError: as `resolve`, and `filter_without_value`, `no_exclusion`.
        """
        if not values:
            raise QuestionError("filter_without_value", dimension=self.lexicon.name("dimension", dimension))
        if excluding or any(value.text[:1] in _EXCLUDING and not value.exact for value in values if value.text):
            raise QuestionError("no_exclusion", dimension=self.lexicon.name("dimension", dimension))
        keys = [self.resolve(dimension, value) for value in values]
        return Filter(dimension=dimension, values=tuple(dict.fromkeys(keys)))

    def write(self, dimension: str, key: str) -> str:
        """Return a filter of one value as it can be typed."""
        text = quoted(value_text(self.values.get(dimension, {}), key))
        return f"{self.lexicon.name('dimension', dimension)}:{text}"

    def in_full(self, dimension: str, text: str) -> bool:
        """Tell whether a text is all of one known value, as the data has it or as people say it."""
        known = self.values.get(dimension, {})
        return len(find(known, text) or _spoken(dimension, known, text)) == 1

    def named(self, text: str) -> list[str]:
        """Return the filters, as they can be typed, whose value a text names, or begins with some letters."""
        found = []
        # Customers are many, and not for everyone to read.
        for dimension in (key for key in DIMENSIONS if key != "customer"):
            known = self.values.get(dimension, {})
            keys = find(known, text) or _spoken(dimension, known, text)
            if not keys and len(text) >= _BEGINNING:
                keys = _begun(known, text)
            found += [self.write(dimension, key) for key in keys[:_SHOWN]]
        return found[:_SHOWN]

    def _choices(self, dimension: str, keys: Sequence[str]) -> list[str]:
        return [self.write(dimension, key) for key in keys[:_SHOWN]]

    def _error(self, key: str, dimension: str, value: str, **values: object) -> QuestionError:
        return QuestionError(key, dimension=self.lexicon.name("dimension", dimension), value=value, **values)

    def _by_text(self, known: Known) -> dict[str, str]:
        if len(known) > _COMPARED:
            return {}
        return {value_key(text): key for key, label in known.items() for text in (label, key)}


def together(filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """Return filters with those of one dimension joined: `team:a team:b` is either.

    A ticket has many tags, so two tag filters stay two: both must be there.
    """
    joined: list[Filter] = []
    for one in filters:
        place = next((i for i, other in enumerate(joined) if other.dimension == one.dimension), None)
        if place is None or DIMENSIONS[one.dimension].many:
            joined.append(one)
        else:
            values = dict.fromkeys((*joined[place].values, *one.values))
            joined[place] = Filter(dimension=one.dimension, values=tuple(values))
    return tuple(joined)

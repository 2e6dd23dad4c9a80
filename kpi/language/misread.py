"""What to tell who was not understood: the nearest that would have been."""

from collections.abc import Sequence

from kpi.dimensions import BREAKDOWNS
from kpi.errors import QuestionError, suggest
from kpi.language.filters import Filters
from kpi.language.grammar import Grammar
from kpi.language.lexicon import Lexicon, stem
from kpi.language.tokens import Kind, plain

_SHOWN = 60  # characters of what was not understood
# Below these, what is alike by letters ("digest" and "desk") has nothing to do with what was typed.
_NEAR = 0.75
_NEAR_PART = 0.8
_TELLING = 4  # letters from which a word of a phrase says which phrase is meant


class Misread:
    """Turns tokens that mean nothing into an error; `lexicon` is the reader's, for what it says."""

    def __init__(self, words: str, grammar: Grammar, filters: Filters, lexicon: Lexicon) -> None:
        self.words = words
        self.grammar = grammar
        self.filters = filters
        self.lexicon = lexicon
        self.lexicons = sorted(grammar.lexicons, key=lambda each: each is not lexicon)

    def error(self, lost: Sequence[int], *, kpi_known: bool) -> QuestionError:
        """Return the error for the first words that were not understood."""
        run = self._run(lost)
        tokens = [self.grammar.tokens[index] for index in run]
        words = self.words[tokens[0].start : tokens[-1].end]
        kinds = {term.kind for _, term in self.grammar.phrases(run[0])}
        if "versus" in kinds:
            return QuestionError("no_comparison", words=words, suggestions=self.lexicon.instead["versus"])
        if kinds & {"by", "per"} and len(run) > 1:
            return self.unknown_dimension(self.words[tokens[1].start : tokens[-1].end])
        keys = [token.key for token in tokens if token.kind is Kind.WORD]
        suggestions = self._instead(keys) or self._breakdown(run[0]) or self._values(words, keys)
        suggestions = suggestions or self._near(keys, kpi_known=kpi_known)
        if not suggestions:
            suggestions = self.lexicon.offer if kpi_known else self.lexicon.usual
        shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
        return QuestionError("unknown_word", word=shown, suggestions=suggestions, example=self.lexicon.example)

    def unknown_dimension(self, word: str) -> QuestionError:
        """Return the error for what is no dimension."""
        names = {
            plain(phrase): each.name("dimension", key)
            for each in self.lexicons
            for key in each.values("dimension")
            for phrase in each.names("dimension", key)
        }
        near = dict.fromkeys(names[name] for name in suggest(plain(word), names))
        return QuestionError("unknown_dimension", word=word, suggestions=list(near))

    def _run(self, lost: Sequence[int]) -> list[int]:
        """Return the first lost token and those that follow it with nothing understood between."""
        run = [lost[0]]
        for index in lost[1:]:
            if not all(self.grammar.is_glue(between) for between in range(run[-1] + 1, index)):
                break
            run.append(index)
        return run

    def _instead(self, keys: Sequence[str]) -> list[str]:
        for key in keys:
            for lexicon in self.lexicons:
                if key in lexicon.instead:
                    return lexicon.instead[key]
        return []

    def _breakdown(self, place: int) -> list[str]:
        """Return "by team" for a team that stands alone."""
        found = [str(key) for key in self.grammar.at("dimension", place).values()]
        by = self.lexicon.name("by", "")
        return [f"{by} {self.lexicon.name('dimension', key)}" for key in found if key in BREAKDOWNS]

    def _values(self, words: str, keys: Sequence[str]) -> list[str]:
        return self.filters.named(words) or (self.filters.named(keys[0]) if keys else [])

    def _near(self, keys: Sequence[str], *, kpi_known: bool) -> list[str]:
        """Return the phrase most like all the words, else most like the first; the reader's language goes before.

        A word alone that stands in a phrase as it is ("formation") says which is meant only where no KPI is known yet.
        """
        if not keys:
            return []
        for lexicon in self.lexicons:
            # Reversed, so that of several phrases the first stays: the usual one.
            phrases = [phrase for _, phrase in lexicon.entries()][::-1]
            whole = {plain(phrase): phrase for phrase in phrases}
            part = {plain(word): phrase for phrase in phrases for word in phrase.split() if len(word) >= _TELLING}
            for text, known, cutoff in (
                (" ".join(keys), {} if kpi_known else part, 1),
                (" ".join(keys), whole, _NEAR),
                (keys[0], whole, _NEAR),
                (keys[0], part, _NEAR_PART),
            ):
                near = suggest(text, known, cutoff=cutoff)
                if found := [known[one] for one in near if cutoff == 1 or stem(one) != stem(text)]:
                    return found[:1]
        return []

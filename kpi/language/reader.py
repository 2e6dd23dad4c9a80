"""Clauses to a question: each may stand anywhere, once."""

import re
from collections.abc import Sequence

from kpi.catalogue import CATALOGUE
from kpi.errors import QuestionError
from kpi.language.clauses import (
    By,
    Channel,
    Clause,
    Counted,
    During,
    Filtered,
    Flag,
    Kpi,
    KpiOfChannel,
    Mentioned,
    Per,
    SamePeriod,
    Versus,
)
from kpi.language.context import Context
from kpi.language.filters import Filters, find, together
from kpi.language.grammar import Grammar
from kpi.language.heard import Heard
from kpi.language.lexicon import LANGUAGES, lexicon, lexicons, phrase_key
from kpi.language.misread import Misread
from kpi.language.spans import Spans
from kpi.language.tokens import DASHES, Kind, Token, Value, tokenise
from kpi.question import Filter, Question, Reading

LIMIT = 500
"""Characters of a question."""

_WORDS_OF_A_VALUE = 6
_OWN_NAMES = {"kpi", "kpi-bot", "kpibot", "kpi_bot"}


def parse(words: str, context: Context) -> Question:
    """Return the question that words ask, in French, English or both.

    Without a period the running week is meant (`Context.default_period`); beside "vs last month" the running month,
    beside "per month" alone 12 months up to and including the running one (`spans.TREND`). "Last 7 days" are the
    seven local days up to and including today, "last month" is the calendar month before this one, "since Monday"
    runs up to and including today. What is said without its year is the latest that has begun. Nothing is ignored in
    silence but the bot's own name, and nothing is guessed: what is not understood, or could mean two things, raises
    QuestionError with what to type.

    Raises:
        QuestionError: `too_long`, `no_kpi`, `two_kpis`, `ambiguous_kpi`, `unknown_word`, `unknown_dimension`,
            `no_breakdown`, `three_breakdowns`, `two_trends`, `trend_without_step`, `two_periods`, `two_comparisons`,
            `no_comparison`, `period_without_number`, `no_such_date`, `ambiguous_period`, `reversed_period`,
            `empty_period`, `period_in_future`, `unknown_value`, `ambiguous_value`, `filter_without_value`,
            `no_exclusion`, `unknown_person`, `unknown_channel`, `unclosed_quote`.
    """
    if len(words) > LIMIT:
        raise QuestionError("too_long", length=len(words), limit=LIMIT)
    return _Reader(words, context).question()


class _Reader:
    def __init__(self, words: str, context: Context) -> None:
        self.words = words
        self.context = context
        preferred = sorted(lexicons(), key=lambda each: each.language != context.language)
        self.tokens = tokenise(words, lambda key: _dimension(key) is not None)
        self.grammar = Grammar(self.tokens, preferred)
        spoken = _spoken_language(self.tokens)
        self.language = spoken or context.language
        reader = context.language or spoken
        self.lexicon = lexicon(reader if reader in LANGUAGES else LANGUAGES[0])
        self.filters = Filters(context.values, self.lexicon)
        self.misread = Misread(words, self.grammar, self.filters, self.lexicon)
        self.spans = Spans(context, self.language)

    def question(self) -> Question:
        """Return the question; unknown words are told first, since they explain what else is missing."""
        heard = self._hear()
        if not (heard.kpis or heard.counted):
            heard = self._with_ces() or heard
        if heard.lost:
            raise self.misread.error(heard.lost, kpi_known=bool(heard.kpis or heard.counted))
        kpi, of = heard.kpi(self.lexicon)
        per = heard.step(self.lexicon)
        period = self.spans.main(heard.periods, heard.versus, per, CATALOGUE[kpi])
        return Question(
            kpi=kpi,
            of=of,
            period=period,
            reading=Reading.COHORT if "cohort" in heard.flags else Reading.EVENT,
            calendar="calendar" in heard.flags,
            by=heard.breakdown(self.lexicon),
            per=per,
            filters=together(heard.filters),
            versus=self.spans.versus(heard.versus, period),
            week_start=self.context.week_start,
        )

    # --- Clauses -------------------------------------------------------------------------------------------------

    def _hear(self) -> Heard:
        heard = Heard()
        place = 1 if self._addressed() else 0
        listing = False  # after a breakdown: "by channel and team"
        while place < len(self.tokens):
            if named := self._named_value(place):
                place, chosen = named
                heard.filters.append(chosen)
                listing = False
            elif found := self._clause(place):
                end, clause = found
                place = self._take(clause, self._slice(place, end), end, heard)
                listing = isinstance(clause, By)
            elif listing and (dimensions := self.grammar.at("dimension", place)):
                place, dimension = next(iter(dimensions.items()))
                heard.by.append(str(dimension))
            else:
                if not self.grammar.is_glue(place):
                    heard.lost.append(place)
                    listing = False
                place += 1
        return heard

    def _with_ces(self) -> Heard | None:
        """Return what is heard when "ces" is no French "these" but the customer effort score; None without it."""
        usual = self.grammar
        self.grammar = Grammar(self.tokens, usual.lexicons, ignoring="these")
        heard = self._hear()
        if heard.kpis:
            return heard
        self.grammar = usual
        return None

    def _clause(self, place: int) -> tuple[int, Clause] | None:
        """Return the longest clause from a place on; a KPI's name cuts nothing in two that begins inside it."""
        end = None
        while found := self.grammar.longest(place, end):
            end, clause = found
            inside = range(place + 1, end) if isinstance(clause, Kpi) and end < len(self.tokens) else ()
            if not any(self._cuts(place, inner, end) for inner in inside):
                return end, clause
        return None

    def _cuts(self, start: int, inner: int, end: int) -> bool:
        """Tell whether `end` cuts "agent alice martin" in two, or a KPI's name with nothing lost before it.

        What means something by itself is cut off rightly: "returning customers week" is no customer called Week.
        """
        if (named := self._named_value(inner)) is not None and named[0] > end and self.grammar.longest(end) is None:
            return True
        longest = self.grammar.longest(inner)
        goes_on = longest is not None and longest[0] > end and isinstance(longest[1], Kpi)
        return goes_on and self._is_understood(start, inner)

    def _is_understood(self, start: int, end: int) -> bool:
        """Tell whether clauses and glue reach exactly from one place to another."""
        if start == end:
            return True
        ends = [last for last in self.grammar.at("clause", start) if last <= end]
        ends += [start + 1] if self.grammar.is_glue(start) else []
        return any(self._is_understood(last, end) for last in ends)

    def _addressed(self) -> bool:
        """Tell whether the first token calls the bot; who is known as an agent, or goes by a name, is a filter."""
        mention = self.tokens[0].values[0].mention if self.tokens and self.tokens[0].kind is Kind.MENTION else None
        if mention is None or mention.sign != "@":
            return False
        unnamed = mention.name == mention.id and self.words[self.tokens[0].start] == "<"
        return (unnamed or mention.name.casefold() in _OWN_NAMES) and not self.filters.knows(mention)

    def _take(self, clause: Clause, words: str, end: int, heard: Heard) -> int:
        """Keep a clause; return where the next may begin."""
        match clause:
            case Kpi(keys):
                heard.kpis.append((keys, words))
            case Counted(key):
                heard.counted.append(key)
            case By(dimension):
                heard.by.append(dimension)
            case Per(grain):
                heard.per.append(grain)
            case During(period):
                heard.periods.append((period, words))
            case Versus() | SamePeriod():
                heard.versus.append((clause, words))
            case Flag(name):
                heard.flags.add(name)
            case KpiOfChannel(key, channel):
                heard.kpis.append(((key,), words))
                heard.filters.append(self._filter(channel, end)[0])
            case Filtered() | Mentioned() | Channel():
                chosen, end = self._filter(clause, end)
                heard.filters.append(chosen)
        return end

    def _slice(self, start: int, end: int) -> str:
        return self.words[self.tokens[start].start : self.tokens[end - 1].end]

    # --- Filters -------------------------------------------------------------------------------------------------

    def _filter(self, clause: Filtered | Mentioned | Channel, end: int) -> tuple[Filter, int]:
        """Return a filter and its end."""
        match clause:
            case Filtered(token):
                return self._typed_filter(token, end)
            case Mentioned(mention):
                return self.filters.mention(mention), end
            case Channel(name):
                return self.filters.filter("channel", [Value(text=name)]), end

    def _typed_filter(self, token: Token, end: int) -> tuple[Filter, int]:
        """Return a filter and its end; the words after belong to its value when together they name a known one."""
        dimension = _dimension(token.key)
        if dimension is None:
            raise self.misread.unknown_dimension(re.split("[:=]", self.words[token.start : token.end])[0])
        values = list(token.values)
        if values and not values[-1].exact and values[-1].mention is None:
            start = token.end - len(values[-1].text)
            for last in self._word_ends(end):
                text = self.words[start : self.tokens[last - 1].end]
                if self.filters.in_full(dimension, text):
                    values[-1], end = Value(text=text), last
                    break
        excluding = re.search(rf"(^|\s)[!{DASHES}]$", self.words[: token.start]) is not None
        return self.filters.filter(dimension, values, excluding=excluding), end

    def _named_value(self, place: int) -> tuple[int, Filter] | None:
        """Return "team billing" as a filter with its end: a dimension, then a value that is known in full."""
        for start, key in self.grammar.at("dimension", place).items():
            dimension = str(key)
            known = self.context.values.get(dimension, {})
            for end in self._word_ends(start):
                found = find(known, self._slice(start, end))
                if len(found) == 1:
                    return end, Filter(dimension=dimension, values=(found[0],))
        return None

    def _word_ends(self, start: int) -> list[int]:
        """Return where a value of several words may end, longest first."""
        ends = []
        for place in range(start, min(start + _WORDS_OF_A_VALUE, len(self.tokens))):
            if self.tokens[place].kind not in {Kind.WORD, Kind.NUMBER, Kind.HYPHEN}:
                break
            ends.append(place + 1)
        return ends[::-1]


def _dimension(word: str) -> str | None:
    """Return the dimension that a plain word names in either language."""
    terms = (term for each in lexicons() for term in each.terms(phrase_key(word)))
    return next((term.value for term in terms if term.kind == "dimension"), None)


def _spoken_language(tokens: Sequence[Token]) -> str | None:
    """Return the language that some words belong to alone; None when it can't be told."""
    found: set[str] = set()
    for token in tokens:
        knowing = {each.language for each in lexicons() if token.kind is Kind.WORD and each.knows(token.key)}
        if len(knowing) == 1:
            found |= knowing
    return found.pop() if len(found) == 1 else None

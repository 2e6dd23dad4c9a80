"""A question to words that read back as the same question."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from kpi.language.filters import quoted, value_text
from kpi.language.lexicon import Lexicon, lexicon
from kpi.period import Grain, Period
from kpi.question import Filter, Question, Reading


def write(question: Question, language: str, values: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Return the question in words of `language` (`en` or `fr`), which `parse` reads back to an equal question.

    Dates are absolute, so the words keep their meaning on another day; the zone is the reader's. Filters are written
    with the labels of `values` (as in `Context`) where these lead back to the same value, else with the keys.
    """
    return " ".join(_parts(question, lexicon(language), values or {}))


def _parts(question: Question, lexicon: Lexicon, values: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield lexicon.name("kpi", question.kpi)
    if question.of is not None:
        yield lexicon.name("kpi", question.of)
    yield period_words(question.period, lexicon)
    if question.versus is not None:
        yield f"{lexicon.name('versus', '')} {period_words(question.versus, lexicon)}"
    for dimension in question.by:
        yield f"{lexicon.name('by', '')} {lexicon.name('dimension', dimension)}"
    if question.per is not None:
        yield f"{lexicon.name('per', '')} {lexicon.name('unit', question.per)}"
    if question.reading is Reading.COHORT:
        yield lexicon.name("cohort", "")
    if question.calendar:
        yield lexicon.name("calendar", "")
    # Last, since words after a filter can belong to its value.
    for chosen in question.filters:
        yield filter_words(chosen, lexicon, values.get(chosen.dimension, {}))


def filter_words(chosen: Filter, lexicon: Lexicon, known: Mapping[str, str]) -> str:
    """Return a filter as it is typed; `known` are the labels of its dimension's values."""
    texts = ",".join(quoted(value_text(known, value)) for value in chosen.values)
    return f"{lexicon.name('dimension', chosen.dimension)}:{texts}"


def period_words(period: Period, lexicon: Lexicon) -> str:
    """Return a period by its dates, in the form that says which calendar unit it is."""
    start = period.start
    year, week, weekday = start.isocalendar()
    match period.grain:
        case Grain.DAY:
            return f"{start}"
        case Grain.WEEK:
            return f"{year}-W{week:02}" if weekday == 1 else f"{lexicon.name('starting', '')} {start}"
        case Grain.QUARTER:
            return f"{start.year}-{lexicon.name('letter', 'quarter').upper()}{(start.month + 2) // 3}"
        case Grain.MONTH | Grain.YEAR:
            return f"{start:%Y-%m}" if period.grain is Grain.MONTH else f"{start:%Y}"
        case None:
            return f"{start}..{period.end - timedelta(days=1)}"

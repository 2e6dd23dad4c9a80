"""Whatever is written reads back the same, and whatever is typed is either understood or refused."""

from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from spoken import PARIS, context

from kpi.catalogue import CATALOGUE, Projection
from kpi.dimensions import BREAKDOWNS, DIMENSIONS
from kpi.errors import QuestionError
from kpi.language import LANGUAGES, parse, write
from kpi.language.heard import EFFECTS
from kpi.language.lexicon import lexicons
from kpi.language.reader import LIMIT
from kpi.period import Grain, Period, shift
from kpi.question import Filter, Question, Reading

TODAY = date(2026, 11, 24)
USUAL = settings().max_examples
WHOLE_UNITS = (Grain.DAY, Grain.MONTH, Grain.QUARTER, Grain.YEAR)

days = st.dates(min_value=date(1970, 1, 5), max_value=TODAY)


@st.composite
def periods(draw) -> Period:
    """Draw any period that has begun: a calendar unit, a week that starts on any day, or any other days."""
    start = draw(days)
    match draw(st.sampled_from(["unit", "week", "days"])):
        case "unit":
            return Period.of(start, draw(st.sampled_from(WHOLE_UNITS)), PARIS)
        case "week":
            return Period(start=start, end=shift(start, Grain.WEEK, 1), zone=PARIS, grain=Grain.WEEK)
        case _:
            period = Period(start=start, end=start + timedelta(days=draw(st.integers(1, 800))), zone=PARIS)
            # A period that is one calendar unit says so.
            assume(all(Period.of(start, grain, PARIS).end != period.end for grain in WHOLE_UNITS))
            return period


NASTY = st.one_of(
    st.text(alphabet="aAéœ0 \"'“”«»,:;=.-_@<>#|\\’\u00a0", max_size=8),
    st.sampled_from(["week", "by team", "<@U1|x>", "@bob", "2026-10", "7d", "vs", "team:x", "..", '""', "Front desk"]),
    st.text(max_size=6),
)
known = st.dictionaries(NASTY, NASTY, min_size=1, max_size=5)


@st.composite
def questions(draw) -> tuple[Question, dict[str, dict[str, str]], int]:
    """Draw a question, the known values it filters on, and the first day of the week."""
    values = draw(st.dictionaries(st.sampled_from(sorted(DIMENSIONS)), known, max_size=3))
    filters = [
        Filter(dimension=key, values=tuple(draw(st.lists(st.sampled_from(sorted(of)), min_size=1, unique=True))))
        for key, of in values.items()
    ]
    week_start = draw(st.integers(0, 6))
    kpi = draw(st.sampled_from(sorted(CATALOGUE)))
    period = draw(periods())
    question = Question(
        kpi=kpi,
        of=draw(st.none() | st.sampled_from(sorted(set(CATALOGUE) - EFFECTS))) if kpi in EFFECTS else None,
        period=period.moved(Grain.YEAR, 3) if isinstance(CATALOGUE[kpi], Projection) else period,
        reading=draw(st.sampled_from(Reading)),
        calendar=draw(st.booleans()),
        by=tuple(draw(st.lists(st.sampled_from(BREAKDOWNS), max_size=2, unique=True))),
        per=draw(st.sampled_from([None, *Grain])),
        filters=tuple(filters),
        versus=draw(st.none() | periods()),
        week_start=week_start,
    )
    return question, values, week_start


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=2 * USUAL)
@given(drawn=questions(), labelled=st.booleans(), reader=st.sampled_from([None, *LANGUAGES]))
def test_every_question_can_be_written_and_read_back(language, drawn, labelled, reader):
    question, values, week_start = drawn
    words = write(question, language, values if labelled else None)
    assume(len(words) <= LIMIT)
    assert parse(words, context(values=values, week_start=week_start, language=reader)) == question


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kpi", sorted(CATALOGUE))
def test_every_kpi_is_written_and_read_back_in_every_reading_and_breakdown(language, kpi):
    breakdowns = [(), *((key,) for key in BREAKDOWNS), *pairwise(BREAKDOWNS)]
    readers = [context(language=reader) for reader in LANGUAGES]
    for reading, by in product(Reading, breakdowns):
        question = Question(kpi=kpi, period=Period.of(TODAY, Grain.WEEK, PARIS), reading=reading, by=by)
        words = write(question, language)
        assert all(parse(words, reader) == question for reader in readers), words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("subject", sorted(set(CATALOGUE) - EFFECTS))
def test_the_effect_on_every_kpi_is_written_and_read_back(language, subject):
    for kpi in EFFECTS & set(CATALOGUE):
        question = Question(kpi=kpi, of=subject, period=Period.of(TODAY, Grain.QUARTER, PARIS))
        assert parse(write(question, language), context()) == question


def test_a_dimension_after_another_is_no_value_of_it():
    question = Question(kpi="frt", period=Period.of(TODAY, Grain.WEEK, PARIS), by=("helpdesk", "team"))
    assert parse(write(question, "en"), context(values={"helpdesk": {"x": "by team"}})) == question


def test_a_kpi_named_after_a_dimension_keeps_its_name():
    question = Question(kpi="returning_customers", period=Period.of(date(2000, 1, 1), Grain.WEEK, PARIS, 5))
    assert parse(write(question, "en"), context(values={"customer": {"x": "week"}}, week_start=0)) == question


def test_a_written_question_means_the_same_on_another_day():
    question = parse("frt last week vs last year by team team:billing", context())
    words = write(question, "fr", {"team": {"7": "Billing"}})
    assert words == "délai de première réponse 2026-W47 vs 2025-W47 par équipe équipe:Billing"
    assert parse(words, context("2031-02-03T04:05")) == question


def test_values_are_quoted_where_they_must_be():
    question = Question(
        kpi="fcr",
        period=Period.of(TODAY, Grain.QUARTER, PARIS),
        filters=(Filter(dimension="team", values=("1", "2", "3")),),
    )
    teams = {"1": "Front desk", "2": 'The "A" team', "3": "Sales-2"}
    assert write(question, "en", {"team": teams}) == 'fcr 2026-Q4 team:"Front desk","The ""A"" team",Sales-2'
    assert write(question, "fr") == "résolution au premier contact 2026-T4 équipe:1,2,3"


def test_a_label_that_would_lead_to_another_value_is_not_written():
    question = parse("frt team:9", context())
    assert write(question, "en", {"team": {"9": "Support", "10": "support", "x": "9"}}).endswith("team:Support")
    assert write(question, "en", {"team": {"9": "Support", "10": "Support"}}).endswith("team:9")


WORDS = sorted({word for each in lexicons() for phrase in each.phrases() for word in phrase.split()})
PIECES = ["1", "15", "46", "2026", "2026-10", "2026-10-15", "3/4", "7d", "1er", "-", "..", ",", ":", "team:", "@x", '"']


def read(words: str) -> None:
    try:
        question = parse(words, context())
    except QuestionError:
        return
    assert question.kpi in CATALOGUE
    assert question.period.start < question.period.end
    for language in LANGUAGES:
        assert parse(write(question, language), context()) == question


@settings(max_examples=2 * USUAL)
@given(st.text(max_size=LIMIT + 20))
@example("frt " + "9" * 490 + " days")
@example("frt \ud800")
@example("frt ½ ² ٣ days ⅷ")
def test_any_text_is_understood_or_refused(words):
    read(words)


@settings(max_examples=2 * USUAL)
@given(st.lists(st.sampled_from(WORDS + PIECES), max_size=12), st.sampled_from(sorted(CATALOGUE)))
def test_any_words_in_any_order_are_understood_or_refused(words, kpi):
    read(" ".join([kpi, *words]))


@given(st.permutations(["frt", "last month", "by team", "per week", "vs 2026-09", "cohort", "priority:high"]))
def test_the_order_of_clauses_does_not_matter(clauses):
    expected = parse("frt last month by team per week vs 2026-09 cohort priority:high", context())
    assert parse(" ".join(clauses), context()) == expected

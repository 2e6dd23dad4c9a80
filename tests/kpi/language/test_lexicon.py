import pytest
from spoken import context

from bot.text import Text
from kpi.catalogue import CATALOGUE
from kpi.dimensions import DIMENSIONS
from kpi.language import parse
from kpi.language.lexicon import LANGUAGES, lexicon, lexicons, phrase_key
from kpi.period import Grain


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kpi_of_the_catalogue_has_names(language):
    assert set(lexicon(language).values("kpi")) == set(CATALOGUE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dimension_and_unit_has_names(language):
    assert set(lexicon(language).values("dimension")) == set(DIMENSIONS)
    for kind in ("unit", "rolling", "each"):
        assert set(lexicon(language).values(kind)) == set(Grain)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kpi", CATALOGUE)
def test_a_kpi_goes_by_its_key_and_by_the_name_that_answers_show(language, kpi):
    for words in (kpi, Text(language)(f"kpi.{kpi}.name")):
        assert parse(words, context(language=language)).kpi == kpi


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_channel_alone_names_kpis(language):
    assert set(lexicon(language).values("of_channel")) <= set(CATALOGUE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kpi_that_most_people_ask_for_is_understood(language):
    for words in lexicon(language).usual:
        assert parse(words, context(language=language)).kpi in CATALOGUE


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_several_kpis_are_called_names_kpis(language):
    for keys in lexicon(language).values("several"):
        assert len(keys.split()) > 1
        assert set(keys.split()) <= set(CATALOGUE)


def test_both_languages_have_the_same_tables():
    kinds = [{term.kind for term, _ in each.entries()} for each in lexicons()]
    # French says "semaine dernière" and has no short weekdays.
    assert kinds[0] ^ kinds[1] == {"after", "short_weekday"}


def test_no_phrase_names_two_kpis():
    meanings: dict[tuple[str, ...], set[str]] = {}
    for each in lexicons():
        for term, phrase in each.entries():
            if term.kind in {"kpi", "several", "counted"}:
                meanings.setdefault(phrase_key(phrase), set()).add(term.value)
    assert {key: values for key, values in meanings.items() if len(values) > 1} == {}


def test_no_phrase_names_two_dimensions_or_two_times():
    for kinds in ({"dimension"}, {"month"}, {"weekday"}, {"unit", "rolling"}, {"relative"}, {"before"}, {"after"}):
        meanings: dict[tuple[str, ...], set[str]] = {}
        for each in lexicons():
            for term, phrase in each.entries():
                if term.kind in kinds:
                    meanings.setdefault(phrase_key(phrase), set()).add(term.value)
        assert {key: values for key, values in meanings.items() if len(values) > 1} == {}, kinds

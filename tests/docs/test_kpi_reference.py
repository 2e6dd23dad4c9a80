"""docs/*/kpis.md is what the catalogue and the locales say now, and its examples are right."""

import re

import pytest
from arithmetic import equations
from kpi_reference import script
from spoken import context

from bot.text import LANGUAGES, Text, catalog
from kpi.catalogue import CATALOGUE, backlog, contacts, handling, inflow, resolution, surveys
from kpi.catalogue.anchors import DAY_S, HOUR_S
from kpi.effect import WINDOW
from kpi.forecast import BAND_ORIGINS, WEEKS
from kpi.history.ticket import SATISFIED_FROM
from kpi.inquiries import SALE_WINDOW_S
from kpi.language import parse
from kpi.targets import EFFICIENCY_WEIGHTS, MISSING_AT_MOST


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_what_the_catalogue_and_the_locales_say(language):
    written = script().path(language).read_text(encoding="utf-8")
    assert written == script().page(Text(language)), "stale: run `just kpis`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kpi_has_one_entry_with_formula_and_example_and_one_link_to_it(language):
    page = script().page(Text(language))
    assert sorted(re.findall(r'^<a id="(.+)"></a>$', page, re.MULTILINE)) == sorted(CATALOGUE)
    text = Text(language)
    for name in ("formula", "example"):
        assert page.count(f"- **{text(f'reference.field.{name}')}**") == len(CATALOGUE)
    contents = [line for line in page.split("\n## ")[1].splitlines() if line.startswith("- ")]
    assert sorted(re.findall(r"\(#([a-z_]+)\)", "\n".join(contents))) == sorted(CATALOGUE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_page_says_people_type_is_understood(language):
    page = script().page(Text(language))
    entries = re.split(r'^<a id="(.+)"></a>$', page, flags=re.MULTILINE)[1:]
    for key, entry in zip(entries[::2], entries[1::2], strict=True):
        called = next(line for line in entry.splitlines() if line.startswith(f"`{key}`"))
        phrases = re.findall(r"[“«]\s?(.+?)\s?[”»]", called)
        assert phrases
        for phrase in (key, *phrases):
            assert parse(phrase, context(language=language)).kpi == key


def test_words_on_what_is_left_out_or_stands_beside_are_there_for_whom_they_are_about():
    written = set(catalog("en"))
    for part, needed in (("excluded", script().narrows), ("beside", script().has_more)):
        told = {key for key in CATALOGUE if f"kpi.{key}.{part}" in written}
        assert told == {key for key, kpi in CATALOGUE.items() if needed(kpi)}


# --- Worked examples -----------------------------------------------------------------------------------------------


def example(key, language):
    return Text(language)(f"kpi.{key}.example")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", CATALOGUE)
def test_every_example_calculates_and_its_arithmetic_is_right(key, language):
    found = equations(example(key, language), language)
    assert len(found) == example(key, language).count("=") > 0
    assert [equation for equation in found if not equation.holds] == []


@pytest.mark.parametrize("key", CATALOGUE)
def test_both_languages_calculate_the_same(key):
    english, french = (equations(example(key, language), language) for language in LANGUAGES)
    assert english == french


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("so 1 + 2 × 3 = 7.", True),
        ("(1 + 2) × 3 ÷ 2 = 4.5 each", True),
        ("10 − 2 − 3 = 5", True),
        ("median (1; 9; 4) = 4 h", True),
        ("12,000 × 0.4 ÷ 500 = 9.60", True),
        ("2 ÷ 3 = 66.7%", True),
        ("2 ÷ 3 = 66.6%", False),
        ("(20 + 14) ÷ 40 = 86%", False),
        ("median (1; 9; 4) = 9 h", False),
    ],
)
def test_the_arithmetic_of_examples_follows_the_usual_rules(said, holds):
    (equation,) = equations(said, "en")
    assert equation.holds is holds


# --- The numbers in the words are those of the code ----------------------------------------------------------------


def of_bands(edges, unit_s):
    return [edge // unit_s for edge in edges if edge >= unit_s]


CONSTANTS = {
    ("abandonment_rate", "definition", "{} seconds", "{} secondes"): [contacts.SHORT_ABANDON_S],
    ("abandonment_rate", "formula", "{} seconds", "{} secondes"): [contacts.SHORT_ABANDON_S],
    ("abandonment_rate", "excluded", "{} seconds", "{} secondes"): [contacts.SHORT_ABANDON_S],
    ("service_level", "definition", "{} seconds", "{} secondes"): [
        contacts.ANSWERED_WITHIN_S,
        contacts.SHORT_ABANDON_S,
    ],
    ("service_level", "formula", "{} seconds", "{} secondes"): [contacts.ANSWERED_WITHIN_S, contacts.SHORT_ABANDON_S],
    ("service_level", "beside", "{} seconds", "{} secondes"): [contacts.SHORT_ABANDON_S],
    ("automated_rate", "definition", "{} hours", "{} heures"): [inflow.ASKED_FOR_WITHIN_S // HOUR_S],
    ("automated_rate", "formula", "{} hours", "{} heures"): [inflow.ASKED_FOR_WITHIN_S // HOUR_S],
    ("social_response_rate", "definition", "{} hours", "{} heures"): [DAY_S // HOUR_S],
    ("social_response_rate", "formula", "{} hours", "{} heures"): [DAY_S // HOUR_S],
    ("ticket_abandonment", "definition", "{} days", "{} jours"): [handling.ABANDONED_AFTER_S // DAY_S],
    ("ticket_abandonment", "formula", "{} days", "{} jours"): [handling.ABANDONED_AFTER_S // DAY_S] * 2,
    ("fcr", "definition", "{} days", "{} jours"): [resolution.FCR_WINDOW_S // DAY_S],
    ("fcr", "definition_cohort", "{} days", "{} jours"): [resolution.FCR_WINDOW_S // DAY_S],
    ("fcr", "formula", "{} days", "{} jours"): [resolution.FCR_WINDOW_S // DAY_S],
    ("resolution_rate", "definition", "{} days", "{} jours"): [resolution.RESOLVED_WITHIN_S // DAY_S] * 2,
    ("resolution_rate", "formula", "{} days", "{} jours"): [resolution.RESOLVED_WITHIN_S // DAY_S] * 2,
    ("resolution_rate", "excluded", "{} days", "{} jours"): [resolution.RESOLVED_WITHIN_S // DAY_S],
    ("reopen_rate", "definition", "{} days", "{} jours"): [resolution.REOPENED_WITHIN_S // DAY_S],
    ("reopen_rate", "formula", "{} days", "{} jours"): [resolution.REOPENED_WITHIN_S // DAY_S],
    ("conversion_rate", "definition", "{} days", "{} jours"): [SALE_WINDOW_S // DAY_S],
    ("conversion_rate", "formula", "{} days", "{} jours"): [SALE_WINDOW_S // DAY_S],
    ("assisted_sales", "definition", "{} days", "{} jours"): [SALE_WINDOW_S // DAY_S],
    ("assisted_sales", "formula", "{} days", "{} jours"): [SALE_WINDOW_S // DAY_S],
    ("response_bands", "beside", "{} hour", "{} heure"): of_bands(handling.RESPONSE_EDGES, HOUR_S),
    ("response_bands", "beside", "{} minutes", "{} minutes"): [handling.RESPONSE_EDGES[0] // 60],
    ("nps", "beside", "({} ", "({} "): [surveys.PROMOTERS_FROM, surveys.PROMOTERS_FROM - 2, 0],
    ("efficiency_index", "formula", "{}%", "{}\u202f%"): [round(100 * MISSING_AT_MOST)],
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("words", "expected"), CONSTANTS.items(), ids=lambda value: "-".join(map(str, value[:2])))
def test_the_numbers_in_the_words_are_those_of_the_code(words, expected, language):
    key, part, english, french = words
    pattern = re.escape(english if language == "en" else french).replace(r"\{\}", r"(\d+)")
    said = catalog(language)[f"kpi.{key}.{part}"]
    assert [int(number) for number in re.findall(pattern, said)] == expected


def test_every_time_in_a_definition_or_formula_is_checked_against_the_code():
    checked = {(key, part) for key, part, _, _ in CONSTANTS}
    for key in CATALOGUE:
        for part in ("definition", "definition_cohort", "formula"):
            said = catalog("en").get(f"kpi.{key}.{part}", "")
            if re.search(r"\d+ (?:seconds|minutes|hours|days)", said):
                # Of bands the widest within which the headline counts, told twice.
                assert (key, part) in checked or key == "response_bands"


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_in_letters_and_of_bands_are_those_of_the_code(language):
    words = {"en": {5: "five", 6: "six", 8: "eight", 9: "nine"}, "fr": {5: "cinq", 6: "six", 8: "huit", 9: "neuf"}}[
        language
    ]
    said = catalog(language)
    assert words[WEEKS] in said["kpi.volume_forecast.formula"]
    assert words[BAND_ORIGINS] in said["kpi.volume_forecast.formula"]
    assert words[WINDOW.days // 7] in said["kpi.training_effect.formula"]
    assert words[surveys.RESPONDENTS_FROM] in said["kpi.agent_satisfaction.excluded"]
    of_age = [int(number) for number in re.findall(r"\d+", said["kpi.backlog_age.beside"])]
    assert sorted(set(of_age)) == of_bands(backlog.AGE_EDGES, DAY_S)
    weights = [int(number) for number in re.findall(r" (\d\d)(?=[,.])", said["kpi.efficiency_index.formula"])]
    assert weights == list(EFFICIENCY_WEIGHTS.values())


def test_satisfied_is_the_top_quarter_of_a_scale_everywhere():
    assert SATISFIED_FROM == surveys.SATISFIED_FROM == 0.75

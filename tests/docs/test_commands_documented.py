"""docs/*/commands.md names every command and option, and every question in it is understood."""

import re
import shlex
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.commands import SUBCOMMANDS
from bot.terminal.commands import help_in
from bot.terminal.questions import joined
from bot.text import LANGUAGES
from kpi.catalogue import CATALOGUE
from kpi.dimensions import BREAKDOWNS, DIMENSIONS
from kpi.language import Context, parse
from kpi.language.tokens import plain
from kpi.period import Grain, Period

ROOT = Path(__file__).parents[2]
NOW = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())
PARIS = "Europe/Paris"
PROGRAM = typer.main.get_command(app)
COMMANDS = PROGRAM.commands


def page(language):
    return (ROOT / "docs" / language / "commands.md").read_text(encoding="utf-8")


def section(language, heading):
    """Return what stands under a heading of the page."""
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", page(language), re.MULTILINE | re.DOTALL)
    assert found, f"{heading} has no section"
    return found.group(1)


def options(command):
    return [name for parameter in command.params for name in parameter.opts if name.startswith("--")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_section_with_an_example_and_every_option(language, name):
    documented = section(language, name)
    assert f"$ kpi-bot {name}" in documented or f"| kpi-bot {name}" in documented
    rows = set(re.findall(r"^\| `(--[a-z-]+)", documented, re.MULTILINE))
    assert rows == set(options(COMMANDS[name])) - {"--help"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_commands_lists_every_one(language):
    assert set(re.findall(r"^\| \[`(.*?)`\]\(#", page(language), re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_section_is_of_a_command_that_there_is_not(language):
    assert set(re.findall(r"^## (.*)$", page(language), re.MULTILINE)) == {*COMMANDS, "Questions"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_options_of_the_program_itself_are_there(language):
    assert all(f"`{option}" in page(language) or f"kpi-bot {option}`" in page(language) for option in options(PROGRAM))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_has_words_for_every_command_parameter_and_placeholder_and_no_others(language):
    words = help_in(language)
    programs = {"kpi-bot": PROGRAM, **COMMANDS}
    parameters = {(name, parameter.name) for name, program in programs.items() for parameter in program.params}
    abouts = {(name, "about") for name in programs}
    said = {(name, key) for name in programs for key in words[name]}
    assert said == abouts | {(name, key) for name, key in parameters if key != "lang"}
    forms = [parameter.metavar or "" for program in programs.values() for parameter in program.params]
    forms += [PROGRAM.options_metavar, PROGRAM.subcommand_metavar]
    assert set(words["placeholders"]) == set(re.findall("[A-Z]+", " ".join(forms)))
    assert all(sentence.strip() for table in words.values() for sentence in table.values())


def test_the_help_says_the_same_things_in_both_languages():
    english, french = ({(table, key) for table, words in help_in(each).items() for key in words} for each in LANGUAGES)
    assert english == french


# --- Questions ---------------------------------------------------------------------------------------------------


def context(language):
    values = {
        "team": {"1": "Billing", "2": "Customer care", "3": "Service client"},
        "tag": {"vip": "vip"},
        "channel": {"email": "email"},
        "priority": {"high": "high", "urgent": "urgent"},
    }
    known = {key: values.get(key, {}) for key in DIMENSIONS}
    return Context(now=NOW, zone=PARIS, language=language, values=known)


def questions(language):
    """Return every question on the page, without the command in front of it."""
    text = page(language)
    found = re.findall(r"^/kpi (.+)$", text, re.MULTILINE)
    for line in re.findall(r"^\$ kpi-bot ask (.+)$", text, re.MULTILINE):
        words = shlex.split(line)
        found.append(joined(words[: next((i for i, word in enumerate(words) if word.startswith("--")), None)]))
    pages = {plain(word) for known in SUBCOMMANDS.values() for word in known}
    return [words for words in found if plain(words.split()[0]) not in pages]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_on_the_page_is_understood(language):
    assert len(questions(language)) > 10
    for words in questions(language):
        assert parse(words, context(language)).kpi in CATALOGUE


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kpi_reference_every_breakdown_every_trend_and_every_filter_is_on_the_page(language):
    documented = section(language, "Questions")
    spans = re.findall(r"`([^`\n]+)`", documented)
    heard = [
        parse(f"volume {words}", context(language)) for words in spans if words.startswith(("by ", "per ", "par "))
    ]
    assert {key for question in heard for key in question.by} >= set(BREAKDOWNS)
    assert {question.per for question in heard} >= set(Grain)
    assert "(kpis.md)" in documented  # whose own test finds every KPI there
    named = [words for words in spans if words.endswith(":")]
    assert len(named) == len(DIMENSIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_periods_on_the_page_are_those_it_says(language):
    rows = re.findall(r"^\| (`.+`) \| (.+) \|$", section(language, "Questions"), re.MULTILINE)
    heard = {
        words: parse(f"volume {words}", context(language)).period for row, _ in rows for words in row[1:-1].split("` `")
    }
    assert len(heard) > 20
    half = Period(start=date(2026, 10, 1), end=date(2026, 10, 16), zone=PARIS)
    week = {"en": "last week", "fr": "semaine dernière"}[language]
    days = {"en": "7d", "fr": "7j"}[language]
    assert heard[week] == Period(start=date(2026, 11, 16), end=date(2026, 11, 23), zone=PARIS, grain=Grain.WEEK)
    assert heard["2026-10-01..2026-10-15"] == heard["1-15 oct"] == half
    assert (heard[days].start, heard[days].end) == (date(2026, 11, 18), date(2026, 11, 25))

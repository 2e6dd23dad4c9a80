"""The privacy pages list every stored column, in both languages."""

import re
from pathlib import Path

import pytest

import bot.tables  # noqa: F401  # its tables belong to the metadata
from kpi.schema import metadata

PAGES = {language: Path(__file__).parents[2] / "docs" / language / "privacy.md" for language in ("en", "fr")}
STORED = {name: sorted(column.name for column in table.columns) for name, table in metadata.tables.items()}
PEOPLE = {
    "customer",
    "agent",
    "author",
    "actor",
    "subject",
    "created_agent",
    "first_solved_agent",
    "solved_agent",
    "rated_agent",
}


def listed(language: str) -> dict[str, list[str]]:
    """Return the columns that the page lists by table."""
    found = {}
    for part in re.split(r"^### ", PAGES[language].read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        cells = re.findall(r"^\| (`[^|]*) \|", part, re.MULTILINE)
        found[part.split("`")[1]] = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    return found


@pytest.mark.parametrize("language", PAGES)
def test_every_stored_column_is_listed_once_and_no_other(language):
    assert {name: sorted(columns) for name, columns in listed(language).items()} == STORED


@pytest.mark.parametrize(("language", "mark"), [("en", "**personal**"), ("fr", "**personnel**")])
def test_columns_about_people_are_marked(language, mark):
    for row in re.findall(r"^\| `.*\|$", PAGES[language].read_text(encoding="utf-8"), re.MULTILINE):
        columns = set(re.findall(r"`(\w+)`", row.split("|")[1]))
        assert mark in row or not columns & PEOPLE, row


def test_no_table_has_a_column_for_text():
    words = {"body", "text", "content", "comment", "description", "message"}
    assert not [name for columns in STORED.values() for name in columns if name in words]

"""docs/*/slack.md names every button, every permission and every way to set a target."""

import re
from pathlib import Path

import pytest

from bot.slack.buttons import BUTTONS
from bot.slack.manifest import BOT_SCOPES
from bot.text import LANGUAGES, Text

DOCS = Path(__file__).parents[2] / "docs"


def page(language):
    return (DOCS / language / "slack.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_is_described(language):
    named = {words.strip() for words in re.findall(r"\*\*(.+?)\*\*", page(language))}
    assert {Text(language)(f"button.{key}").strip("‹› ") for key in BUTTONS} <= named


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_permission_is_told_with_what_it_is_for(language):
    rows = re.findall(r"^\| (`[^|]+) \|", page(language), re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([\w.:]+)`", row)} >= set(BOT_SCOPES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_inside_the_page_lead_somewhere(language):
    headings = re.findall(r"^## (.+)$", page(language), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", page(language))) <= anchors

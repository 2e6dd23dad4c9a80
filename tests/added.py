"""Tries the made-up KPI of tests/adding.py in the project that it was added to."""

import json
import os

from adding import KEY, PHRASES, WORDS
from kpi_reference import script
from slack_desk import NOW, store_facts
from slow.answers import KEYS
from test_kpis_in_english import test_every_kpi_is_asked_for_in_four_ways as asked_in_english
from test_kpis_in_french import test_every_kpi_is_asked_for_in_four_ways as asked_in_french

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.asking import Asker
from bot.commands import Commands
from bot.database import open_database
from bot.render.reply import reply_csv, reply_json, reply_slack, reply_terminal
from bot.settings import Settings
from bot.text import LANGUAGES, Text
from kpi import schema

PERIOD = {"en": "last week by team", "fr": "semaine dernière par équipe"}
PAGES = {"en": ("list", "define"), "fr": ("liste", "définir")}


def write_reference(_root):
    """Do what `just kpis` does."""
    script().write()


def try_it(root):
    """Ask for the KPI in both languages, list and define it, and see that its tests and its entry are there."""
    engine = open_database(f"sqlite:///{root}/{os.getpid()}.db")
    schema.metadata.create_all(engine)
    store_facts(engine)
    commands = Commands(Asker(engine, Settings(database_url="", timezone="Europe/Paris")))
    for language in LANGUAGES:
        _ask(commands, Text(language))
        _look_up(commands, Text(language))
    asked_in_english()
    asked_in_french()
    tests = [path.read_text(encoding="utf-8") for path in sorted((root / "tests" / "soundness").glob("*.py"))]
    assert any(f'"{KEY}"' in text for text in tests), "no answer was computed by hand"
    assert KEY in KEYS, "nothing is there to compare engines with"


def _ask(commands, text):
    words = WORDS[text.language]
    for phrase in (KEY, words["name"], *PHRASES[text.language]):
        found = commands.run(f"{phrase} {PERIOD[text.language]}", NOW, text)
        assert found.question.kpi == KEY
        assert (found.figure.numerator, found.figure.denominator) == (0, 40)
    shown = reply_terminal(found, text)
    assert all(said in shown for said in (words["name"], words["definition"], "Billing"))
    assert KEY in reply_csv(found, text)
    assert reply_json(found, text)["kpi"] == KEY
    assert words["name"] in json.dumps(reply_slack(found, text), ensure_ascii=False)


def _look_up(commands, text):
    words, (listing, definition) = WORDS[text.language], PAGES[text.language]
    assert any(KEY in section.heading for section in commands.run(listing, NOW, text))
    (section,) = commands.run(f"{definition} {KEY}", NOW, text)
    assert section.heading == words["name"]
    page = script().page(text)
    assert all(page.count(said) == 1 for said in (f'<a id="{KEY}">', words["formula"], words["example"]))
    assert script().path(text.language).read_text(encoding="utf-8") == page, "the reference is stale"

"""Bands in the settings file reach whoever asks, on every surface and from an export alike."""

import pytest
from cast import DAY, HOUR, MINUTE, at
from facts import Ledger
from sample_answers import an_answer

from bot.asking import Asker
from bot.commands import Commands
from bot.database import open_database, writing
from bot.exporting import export_facts
from bot.facts import remember_rules
from bot.render.parts import Parts
from bot.render.reply import reply_csv, reply_json, reply_terminal
from bot.render.words import Wording
from bot.settings import load_settings
from bot.terminal.questions import asker
from bot.text import Text
from kpi.policies import Rulebook
from kpi.question import Figure

T0 = at("2026-11-16 08:00")
NOW = at("2026-11-24 09:26")
EN, FR = Text("en"), Text("fr")
BANDS = '[kpis.response_bands]\nbands = ["30m", "2h", "2d"]\nwithin = "2h"\n'
WORDS = "response bands last week"


@pytest.fixture
def settings(make_sqlite, tmp_path):
    """Give settings with bands, and a database of ten tickets: seven were answered within two hours."""
    (tmp_path / "kpi-bot.toml").write_text(BANDS)
    given = load_settings({"KPI_BOT_SETTINGS": str(tmp_path / "kpi-bot.toml"), "KPI_BOT_DATABASE_URL": make_sqlite()})
    ledger = Ledger()
    for wait in [10 * MINUTE, *[HOUR + 1] * 5, 2 * HOUR, *[2 * HOUR + 1] * 3]:
        ledger.turn(ledger.ticket(T0), T0, T0 + wait)
    engine = open_database(given.database_url)
    ledger.frames(engine)
    with writing(engine) as connection:
        remember_rules(connection, "desk", Rulebook())
    engine.dispose()
    return given


def test_a_question_is_told_with_the_bands_that_are_set(settings):
    told = Commands(asker(settings)).run(WORDS, NOW, EN)
    said = reply_terminal(told, EN)
    assert "\nWithin 2 h: 70.0% (7 of 10) · small sample\n" in said
    for band in ("≤ 30 min", "30 min – 2 h", "2 h – 48 h", "> 48 h"):
        assert band in said
    found = reply_json(told, EN)
    assert (found["within"], found["numerator"], list(found["parts"])) == (
        2 * HOUR,
        7,
        ["0-1800", "1800-7200", "7200-172800", "172800-"],
    )
    assert "1800-7200" in reply_csv(told, EN)
    assert "\nEn 2\u202fh au plus\xa0: 70,0\xa0% (7 sur 10) · petit échantillon\n" in reply_terminal(told, FR)


def test_tickets_and_reasons_are_of_the_limit_that_is_set(settings):
    commands = Commands(asker(settings), shown=None)
    listing = commands.run(f"tickets {WORDS}", NOW, EN)
    assert [row.success for row in listing.rows].count(True) == 7
    assert commands.run(f"why {WORDS}", NOW, EN).answer.within == 2 * HOUR


def test_an_export_is_asked_with_the_bands_that_are_set(settings, tmp_path):
    engine = open_database(settings.database_url)
    export_facts(engine, settings, tmp_path / "facts", NOW)
    told = Asker(engine, settings, remembers=False).ask(WORDS, NOW, "en")
    engine.dispose()
    assert asker(settings, str(tmp_path / "facts")).ask(WORDS, NOW, "en") == told
    assert told.within == 2 * HOUR


def test_a_definition_says_which_bands_are_set(settings):
    commands = Commands(asker(settings))
    (section,) = commands.run("define response_bands", NOW, EN)
    assert "Bands: ≤ 30 min · 30 min – 2 h · 2 h – 48 h · > 48 h" in section.lines
    assert "Headline: the share within 2 h" in section.lines
    (section,) = commands.run("définir ancienneté de l'encours", NOW, FR)
    ages = "≤ 1 j · 1 j – 3 j · 3 j – 7 j · 7 j – 14 j · 14 j – 30 j · > 30 j".replace(" j", "\u202fj")
    assert f"Tranches\xa0: {ages}" in section.lines
    (section,) = commands.run("define efficiency index", NOW, EN)
    assert any(line.startswith("What weighs here: First response SLA 25% · ") for line in section.lines)
    (section,) = commands.run("define fcr", NOW, EN)
    assert not any("Bands" in line for line in section.lines)


@pytest.mark.parametrize(("business", "band", "limit"), [(True, "24 h – 48 h", "48 h"), (False, "1 d – 2 d", "2 d")])
def test_bands_of_business_time_are_never_told_in_days(business, band, limit):
    parts = {name: Figure(value=0.5, n=10, numerator=5, denominator=10) for name in ("0-86400", "86400-172800")}
    figure = Figure(value=0.5, n=10, numerator=5, denominator=10, parts=parts)
    answer = an_answer(kpi="response_bands", figure=figure, business=business, within=2 * DAY)
    assert Parts(answer, EN).label("86400-172800") == band
    assert Wording(answer, EN).headline().startswith(f"Within {limit}: ")

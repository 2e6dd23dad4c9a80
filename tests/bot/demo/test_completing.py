import pytest

from bot.demo.completing import Completer
from bot.text import Text
from kpi.language.context import Context
from kpi.language.reader import parse

NOW = 1_795_511_160  # Tuesday 24 November 2026


@pytest.fixture
def complete():
    return Completer(lambda: NOW, "Europe/Paris")


@pytest.mark.parametrize(
    ("typed", "language", "first"),
    [
        ("/", "en", "/kpi "),
        ("@k", "en", "@kpi "),
        ("/kpi ", "en", "/kpi volume "),
        ("/kpi first con", "en", "/kpi first contact resolution "),
        ("/kpi DEL", "fr", "/kpi délai de première réponse "),
        ("/kpi fcr ", "en", "/kpi fcr today "),
        ("/kpi fcr la", "en", "/kpi fcr last week "),
        ("/kpi fcr sem", "fr", "/kpi fcr semaine "),
        ("/kpi fcr last week ", "en", "/kpi fcr last week by team "),
        ("/kpi fcr last week by pri", "en", "/kpi fcr last week by priority "),
        ("/kpi fcr semaine par ", "fr", "/kpi fcr semaine par équipe "),
        ("/kpi fcr month vs", "en", "/kpi fcr month vs last week "),
        ("/kpi w", "en", "/kpi why "),
        ("/kpi why ", "en", "/kpi why volume "),
        ("@kpi csat mo", "en", "@kpi csat month "),
    ],
)
def test_what_is_typed_is_completed(complete, typed, language, first):
    assert complete(typed, language)[0].text == first


@pytest.mark.parametrize("typed", ["", "hello", "kpi fcr", "/kpi qqq", "/other fcr"])
def test_what_the_bot_would_not_understand_is_not_completed(complete, typed):
    assert complete(typed, "en") == []


def test_a_period_shows_its_days_and_a_kpi_its_name(complete):
    assert [one.hint for one in complete("/kpi fcr last w", "en")] == ["week 47 · 16–22 Nov 2026"]
    assert [one.hint for one in complete("/kpi frt_s", "fr")] == ["SLA de première réponse"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_period_and_comparison_that_is_offered_is_understood(language):
    text, context = Text(language), Context(now=NOW, zone="Europe/Paris", language=language)
    for words in text("demo.complete.periods").split("\n"):
        parse(f"volume {words}", context)
    for words in text("demo.complete.earlier").split("\n"):
        assert parse(f"volume {words}", context).period.end <= context.today.replace(day=30)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_completed_question_is_understood(complete, language):
    context = Context(now=NOW, zone="Europe/Paris", language=language)
    for begun in ("", "volume ", "volume month ", "volume month vs", "fcr semaine par", "volume week per"):
        for one in complete(f"/kpi {begun}", language):
            said = one.text.removeprefix("/kpi ").strip()
            if said not in {line.partition(" · ")[0] for line in Text(language)("demo.complete.commands").split("\n")}:
                parse(said, context)

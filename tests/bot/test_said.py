"""A figure of a period that is over and changes afterwards is told as restated, once (KPIS.md rule 12)."""

import json
import sqlite3
from dataclasses import replace

import pytest
from cast import DAY, HOUR, Tale, at
from scripted_desk import DESK, ScriptedDesk, page, settings
from sqlalchemy import func, select

from bot.asking import Asker
from bot.database import open_database, writing
from bot.render.json import as_json
from bot.render.reply import reply_json, reply_slack, reply_terminal
from bot.render.table import as_csv
from bot.render.text import terminal
from bot.said import KEPT_S, digest
from bot.sync import sync
from bot.tables import shown_figures
from bot.text import Text
from kpi.events import Author, Status
from kpi.question import Filter

NOVEMBER_3 = at("2026-11-03 09:00")
WORDS = "fcr 2026-10"
EN, FR = Text("en"), Text("fr")


def solved(number):
    """Return a ticket that was solved with one reply at the end of October."""
    created = at("2026-10-30 08:00") + number * HOUR
    tale = Tale(created, str(number), customer=f"customer {number}")
    return tale.replies(created + HOUR).solved(created + 2 * HOUR)


TALES = [solved(number) for number in range(7)]
OCTOBER = page(0, *(tale.history for tale in TALES), seen_until=NOVEMBER_3)
REOPENED = TALES[0].asks(at("2026-11-04 09:00")).becomes(at("2026-11-04 09:00"), Status.OPEN, Author.CUSTOMER).history
LATE = page(1, REOPENED, seen_until=NOVEMBER_3 + 3 * DAY)


@pytest.fixture
def asker(engine):
    read(engine, OCTOBER)
    return Asker(engine, settings())


def read(engine, *pages):
    sync(engine, ScriptedDesk(list(pages)), settings(), DESK, clock=lambda: pages[-1].seen_until)


def remembered(engine):
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(shown_figures))


def test_a_late_reopen_changes_last_months_figure_which_is_said_once(engine, asker):
    first = asker.ask(WORDS, NOVEMBER_3, "en")
    assert first.restated is None
    read(engine, OCTOBER, LATE)
    again = asker.ask(WORDS, NOVEMBER_3 + 3 * DAY, "en")
    assert (again.figure.numerator, again.restated.figure.numerator) == (6, 7)
    assert again.restated.at == NOVEMBER_3
    assert asker.ask(WORDS, NOVEMBER_3 + 4 * DAY, "en").restated is None


def test_every_surface_says_it_in_both_languages(engine, asker):
    asker.ask(WORDS, NOVEMBER_3, "en")
    read(engine, OCTOBER, LATE)
    again = asker.ask(WORDS, NOVEMBER_3 + 3 * DAY, "en")
    english = "Restated: was 100.0% (7 tickets), as said on 3 Nov 2026 09:00"
    french = "Chiffre révisé : c’était 100,0 % (7 tickets), annoncé le 3 nov. 2026 09:00"
    assert english in terminal(again, EN)
    assert french in " ".join(terminal(again, FR).split())
    words, forms = reply_slack(again, EN)
    assert english in words
    assert all(english in json.dumps(blocks) for blocks in forms)
    assert as_json(again)["restated"] == {"value": 1.0, "n": 7, "said_at": "2026-11-03T09:00:00+00:00"}
    assert any(row.startswith("fcr,event,ratio,said_before,") for row in as_csv(again).splitlines())


@pytest.mark.parametrize("ask", [Asker.behind, Asker.why])
def test_the_tickets_behind_a_figure_and_its_why_say_it_too(engine, asker, ask):
    question = asker.understand(WORDS, NOVEMBER_3, "en")
    assert "Restated" not in reply_terminal(ask(asker, question, NOVEMBER_3), EN)
    read(engine, OCTOBER, LATE)
    again = ask(asker, question, NOVEMBER_3 + 3 * DAY)
    assert "Restated: was 100.0% (7 tickets), as said on 3 Nov 2026 09:00" in reply_terminal(again, EN)
    assert reply_json(again, EN)["restated"]["n"] == 7
    assert asker.ask(WORDS, NOVEMBER_3 + 4 * DAY, "en").restated is None


def test_a_why_of_means_leaves_what_was_said_of_the_median_to_its_answer(engine, asker):
    question = asker.understand("resolution_time 2026-10", NOVEMBER_3, "en")
    asker.answer(question, NOVEMBER_3)
    read(engine, OCTOBER, LATE)
    assert "Restated" not in reply_terminal(asker.why(question, NOVEMBER_3 + 3 * DAY), EN)
    assert asker.answer(question, NOVEMBER_3 + 3 * DAY).restated.figure.n == 7


def test_the_same_value_of_more_tickets_is_restated_too(engine, asker):
    asker.ask(WORDS, NOVEMBER_3, "en")
    read(engine, OCTOBER, page(1, solved(9).history, seen_until=NOVEMBER_3 + DAY))
    again = asker.ask(WORDS, NOVEMBER_3 + DAY, "en")
    assert (again.figure.value, again.restated.figure.value) == (1.0, 1.0)
    assert (again.figure.n, again.restated.figure.n) == (8, 7)


def test_a_figure_that_stays_is_said_without_a_word_and_stored_once(engine, asker):
    answers = [asker.ask(words, NOVEMBER_3, "en") for words in (WORDS, f"{WORDS} by team", f"{WORDS} per week", WORDS)]
    assert [answer.restated for answer in answers] == [None] * 4
    assert remembered(engine) == 1


def test_a_period_that_still_runs_is_not_remembered(engine, asker):
    asker.ask("fcr 2026-11", NOVEMBER_3, "en")
    assert remembered(engine) == 0


def test_a_period_that_the_sync_has_not_covered_is_not_remembered(engine, asker):
    asker.ask("fcr 2026-11", at("2026-12-02 09:00"), "en")
    assert remembered(engine) == 0


def test_a_question_asked_as_of_earlier_is_not_compared_with_what_was_said_later(engine, asker):
    asker.ask(WORDS, NOVEMBER_3, "en")
    read(engine, OCTOBER, LATE)
    assert asker.ask(WORDS, NOVEMBER_3 - HOUR, "en").restated is None


def test_the_order_of_filters_makes_no_other_question(asker):
    question = asker.understand(WORDS, NOVEMBER_3, "en")
    filters = (Filter(dimension="team", values=("1", "2")), Filter(dimension="channel", values=("email",)))
    turned = (filters[1], Filter(dimension="team", values=("2", "1", "1")))
    assert digest(replace(question, filters=filters)) == digest(replace(question, filters=turned))
    assert digest(replace(question, filters=filters)) != digest(question)


def test_what_nobody_asked_for_in_two_years_is_dropped(engine, asker):
    with writing(engine) as connection:
        old = {"question": "old", "figure": "{}", "shown_at": NOVEMBER_3 - KEPT_S - 1}
        connection.execute(shown_figures.insert().values(old))
    asker.ask(WORDS, NOVEMBER_3, "en")
    assert remembered(engine) == 1


def test_a_database_that_cant_be_written_answers_all_the_same(engine, asker, tmp_path):
    if engine.dialect.name != "sqlite":
        pytest.skip("a read-only file is SQLite's")
    asker.ask(WORDS, NOVEMBER_3, "en")
    read(engine, OCTOBER, LATE)
    copy = tmp_path / "copy.db"
    target, source = sqlite3.connect(copy), sqlite3.connect(engine.url.database)
    source.backup(target)
    source.close()
    target.close()
    reading = open_database(f"sqlite:///file:{copy}?mode=ro&uri=true", create=False)
    said = [Asker(reading, settings()).ask(WORDS, NOVEMBER_3 + 3 * DAY, "en").restated for _ in range(2)]
    reading.dispose()
    assert [restated.at for restated in said] == [NOVEMBER_3] * 2


def test_while_another_writes_the_answer_comes_all_the_same(engine, asker):
    with writing(engine):
        answer = asker.ask(WORDS, NOVEMBER_3, "en")
    assert answer.figure.n == 7

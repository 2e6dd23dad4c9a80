"""/kpi tickets, why and anomalies on every surface."""

import csv
import json
from io import StringIO

import pytest
from cast import DAY
from facts import Ledger
from slack_desk import NOW, store_facts
from sqlalchemy import update

from bot.asking import Asker
from bot.commands import Commands
from bot.database import open_database, writing
from bot.facts import remember_rules
from bot.render.limits import SECTION_TEXT, check
from bot.render.reply import reply_csv, reply_slack, reply_terminal
from bot.render.rows import sentence
from bot.settings import Settings
from bot.terminal.questions import ask
from bot.text import Text
from kpi import schema
from kpi.drilldown import Listing
from kpi.errors import QuestionError
from kpi.explain import Explanation
from kpi.policies import Rulebook
from kpi.question import Answer
from kpi.watch import WATCHED, Watch

EN, FR = Text("en"), Text("fr")


@pytest.fixture
def engine(make_sqlite):
    opened = open_database(make_sqlite())
    store_facts(opened)
    with opened.begin() as connection:
        connection.execute(update(schema.tickets).values(url="https://desk.example/t?a=1&b=2|3"))
    yield opened
    opened.dispose()


@pytest.fixture
def asker(engine):
    return Asker(engine, Settings(database_url="", timezone="Europe/Paris"))


@pytest.fixture
def commands(asker):
    return Commands(asker)


@pytest.mark.parametrize(
    ("words", "text", "kpi"),
    [
        ("tickets fcr last week", EN, "fcr"),
        ("tickets behind fcr last week", EN, "fcr"),
        ("tickets behind backlog", EN, "backlog"),
        ("tickets backlog", EN, "backlog"),
        ("tickets de fcr semaine dernière", FR, "fcr"),
        ("tickets derrière le délai de résolution la semaine dernière", FR, "resolution_time"),
        ("tickets solved last week", EN, "solved"),
    ],
)
def test_tickets_before_a_kpi_are_those_behind_it(commands, words, text, kpi):
    listing = commands.run(words, NOW, text)
    assert isinstance(listing, Listing)
    assert listing.answer.question.kpi == kpi
    assert len(listing.rows) == min(20, listing.total)


@pytest.mark.parametrize(
    ("words", "kpi"),
    [
        ("tickets last week", "volume"),
        ("tickets", "volume"),
        ("tickets solved last week by team", "solved"),
        ("tickets received per week", "volume"),
        ("tickets de la semaine dernière", "volume"),
    ],
)
def test_tickets_that_are_only_what_is_counted_stay_a_number(commands, words, kpi):
    answer = commands.run(words, NOW, EN)
    assert isinstance(answer, Answer)
    assert answer.question.kpi == kpi


def test_what_is_asked_for_with_certainty_is_refused_rather_than_answered_otherwise(commands):
    with pytest.raises(QuestionError, match="list_alone"):
        commands.run("tickets behind fcr last week by team", NOW, EN)
    with pytest.raises(QuestionError, match="no_tickets_behind") as refused:
        commands.run("tickets behind clearance last week", NOW, EN)
    assert "volume or solved" in EN.error(refused.value)
    with pytest.raises(QuestionError, match="why_what"):
        commands.run("why", NOW, EN)


def test_why_and_anomalies_are_asked_in_both_languages(commands):
    for words, text in (("why fcr last week by team", EN), ("pourquoi fcr semaine dernière par équipe", FR)):
        found = commands.run(words, NOW, text)
        assert isinstance(found, Explanation)
        assert text("why.nothing") in reply_terminal(found, text), "nothing was solved the week before"
    for words, text in (("anomalies", EN), ("anomalies par équipe", FR), ("anomaly fcr", EN)):
        found = commands.run(words, NOW, text)
        assert isinstance(found, Watch)
        assert {one.kpi for one in found.watched} | set(found.missing) <= set(WATCHED)
    assert commands.run("anomalies par équipe", NOW, FR).by == ("team",)


@pytest.fixture
def one_open(make_sqlite):
    """Give what answers from a single ticket that is open."""
    ledger = Ledger()
    ledger.span(ledger.ticket(NOW - DAY, channel="email"), NOW - DAY)
    opened = open_database(make_sqlite())
    ledger.frames(opened)
    with writing(opened) as connection:
        remember_rules(connection, "desk", Rulebook())
    yield Commands(Asker(opened, Settings(database_url="", timezone="Europe/Paris")))
    opened.dispose()


@pytest.mark.parametrize(("kpi", "by"), [("channel_performance", "channel"), ("backlog_age", "created")])
@pytest.mark.parametrize("text", [EN, FR])
def test_a_breakdown_that_nobody_asked_for_is_named_on_every_surface(one_open, kpi, by, text):
    found = one_open.run(f"{kpi} 2026-11", NOW, text)
    heading = sentence(text(f"dimension.{by}"))
    assert any(line.startswith(f"{heading} ") for line in reply_terminal(found, text).splitlines())
    assert all(heading in json.dumps(blocks, ensure_ascii=False) for blocks in reply_slack(found, text)[1])
    groups = [row for row in csv.DictReader(StringIO(reply_csv(found, text))) if row["row"].startswith("group")]
    assert {row["by"] for row in groups} == {by}


@pytest.mark.parametrize("text", [EN, FR], ids=["en", "fr"])
@pytest.mark.parametrize("words", ["tickets behind fcr last week", "anomalies", "why solved 2026-11-17 by team"])
def test_slack_takes_every_reply_and_nothing_in_it_pings_anyone(commands, words, text):
    said, forms = reply_slack(commands.run(words, NOW, text), text)
    assert [problem for blocks in forms for problem in check(blocks)] == []
    # Cells of a native table are plain text, whatever stands in them.
    assert "<!channel>" not in said + json.dumps(forms[-1], ensure_ascii=False)


def test_a_list_in_slack_links_each_ticket_and_says_how_many_there_are(commands):
    said, (blocks,) = reply_slack(commands.run("tickets behind fcr last week", NOW, EN), EN)
    lines = [block["text"]["text"] for block in blocks if block["type"] == "section"][-1].split("\n")
    assert len(lines) == 1 + 20
    assert lines[1].startswith("<https://desk.example/t?a=1&amp;b=2%7C3|")
    assert "20 of 40 shown · CSV has all" in said


def test_a_long_list_in_slack_is_cut_between_lines(asker):
    said = Commands(asker, shown=None).run("tickets behind solved last week", NOW, EN)
    _, (blocks,) = reply_slack(said, EN)
    sections = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert sum(words.count("<https://") for words in sections) == 40
    assert all(len(words) <= SECTION_TEXT and words.count("<") == words.count(">") for words in sections)


def test_the_terminal_shows_more_and_the_file_has_exactly_the_rows_of_the_number(asker, tmp_path):
    file = tmp_path / "fcr.csv"
    shown = ask("tickets behind fcr last week", asker, NOW, EN, csv=file)
    assert shown.count("https://") == 40
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert (len(rows), sum(int(row["success"]) for row in rows)) == (40, 30)
    assert [row["success"] for row in rows[:10]] == ["0"] * 10
    said = json.loads(ask("tickets behind fcr last week", asker, NOW, EN, json_wanted=True))
    assert (said["numerator"], said["n"], len(said["tickets"])) == (30, 40, 40)


def test_a_change_is_said_with_who_carries_it(asker):
    found = Commands(asker).run("why solved 2026-11-17 by team", NOW, EN)
    assert isinstance(found, Explanation)
    told = reply_terminal(found, EN)
    assert told.startswith("Why · Tickets solved · Tue, 17 Nov 2026")
    assert "carries most of it" in told
    rows = list(csv.DictReader(StringIO(reply_csv(found, EN))))
    total, *groups = rows
    assert float(total["effect"]) == sum(float(row["effect"]) for row in groups)
    assert {row["label"] for row in groups} == {"Billing", "Care <!channel>"}


def test_too_little_history_says_so(commands):
    assert "Nothing can be judged yet." in reply_terminal(commands.run("anomalies volume", NOW, EN), EN)
    assert "Rien ne peut encore être jugé." in reply_terminal(commands.run("anomalies volume", NOW, FR), FR)

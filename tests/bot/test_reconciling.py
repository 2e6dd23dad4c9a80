"""Our figures beside the helpdesk's own: the tickets that the KPI counts, each with the reason, in both languages."""

import csv
import re
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from cast import DAY, HOUR, MINUTE, Tale, at
from scripted_desk import DESK, page
from typer.testing import CliRunner

from bot.cli import app
from bot.database import open_database, writing
from bot.reconciling import reconcile
from bot.settings import load_settings
from bot.storage import Desk, store_page
from kpi.answer import answer
from kpi.errors import QuestionError, StorageError
from kpi.events import Figure, Quantity, Status
from kpi.frames import DatabaseFrames
from kpi.period import Period
from kpi.question import Filter, Question
from kpi.reconciliation import COMPARISONS

MONDAY = at("2026-10-05 08:00")
WEEK = Period(start=date(2026, 10, 5), end=date(2026, 10, 12), zone="UTC")
NOW = at("2026-10-20 12:00")
SETTINGS = f"""
[[helpdesks]]
key = "{DESK}"
kind = "demo"

[[schedules]]
name = "Office"
zone = "UTC"
hours = {{ mon-fri = "09:00-18:00" }}

[[policies]]
name = "Standard"
first_reply = "30m"
"""


@pytest.fixture
def settings_file(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


@pytest.fixture
def settings(settings_file):
    return load_settings({"KPI_BOT_SETTINGS": str(settings_file)})


def says(tale: Tale, **said: int):
    """Return what happened with what the helpdesk says of it; what is in business time is named `business_…`."""
    figures = tuple(
        Figure(name=Quantity(name.removeprefix("business_")), value=value, business=name.startswith("business_"))
        for name, value in said.items()
    )
    return replace(tale.history, figures=figures)


def store(engine, settings, *histories):
    where = Desk(key=DESK, kind="demo", rulebook=settings.rulebook)
    with writing(engine) as connection:
        store_page(connection, where, page(0, *histories, seen_until=NOW), NOW)


def told(engine, settings, kpi, period=WEEK):
    """Return by ticket both values and the reasons."""
    (found,) = reconcile(engine, settings, DESK, period, [kpi], now=NOW)
    assert found.needs is None
    return {one.ticket.external_id: (one.ours, one.theirs, "+".join(one.why)) for one in found.tickets}


def replied(name: str, after: int = 2 * HOUR, created: int = MONDAY, **ticket: object) -> Tale:
    return Tale(created, name, **ticket).replies(created + after)


def test_every_ticket_that_the_kpi_counts_is_compared_and_each_difference_has_its_reason(engine, settings):
    hour = {"business_first_reply_s": HOUR, "first_reply_s": 2 * HOUR}
    store(
        engine,
        settings,
        says(replied("same"), **hour),
        says(replied("seconds", 2 * HOUR + 30), **hour),
        says(replied("zone"), **hour | {"business_first_reply_s": 2 * HOUR}),
        says(replied("other"), **hour | {"business_first_reply_s": 60, "first_reply_s": 60}),
        says(replied("silent"), replies=1),
        replied("old").history,
        says(replied("later", created=MONDAY + 7 * DAY), **hour),
    )
    found = told(engine, settings, "frt")
    assert found == {
        "same": (HOUR, HOUR, "equal"),
        "seconds": (HOUR + 30, HOUR, "rounded_down"),
        "zone": (HOUR, 2 * HOUR, "other_hours"),
        "other": (HOUR, 60, "unexplained"),
        "silent": (HOUR, None, "theirs_missing"),
        "old": (HOUR, None, "unread"),
    }
    question = Question(kpi="frt", period=WEEK, filters=(Filter(dimension="helpdesk", values=(DESK,)),))
    assert answer(question, DatabaseFrames(engine), NOW).figure.n == len(found)


def test_tickets_that_only_the_helpdesk_has_are_told_with_why(engine, settings):
    first = {"first_replied_at": MONDAY + HOUR}
    store(
        engine,
        settings,
        says(replied("spam").becomes(MONDAY + DAY, Status.SPAM), **first),
        says(Tale(MONDAY, "agents", opened_by_agent=True), first_reply_s=0),
        says(Tale(MONDAY, "bot").bot_says(MONDAY + HOUR), **first),
        says(Tale(MONDAY, "nobody"), **first),
        says(Tale(MONDAY, "next week").bot_says(MONDAY + HOUR).replies(MONDAY + 8 * DAY), **first),
        says(Tale(MONDAY, "theirs next week"), first_replied_at=MONDAY + 8 * DAY),
    )
    assert told(engine, settings, "frt") == {
        "spam": (None, MONDAY + HOUR, "spam"),
        "agents": (None, 0, "agent_opened"),
        "bot": (None, MONDAY + HOUR, "machine_reply"),
        "nobody": (None, MONDAY + HOUR, "ours_missing"),
        "next week": (MONDAY + 8 * DAY, MONDAY + HOUR, "machine_reply"),
    }


def test_a_ticket_that_was_opened_again_is_not_solved_here(engine, settings):
    again = Tale(MONDAY, "again").solved(MONDAY + HOUR).becomes(MONDAY + 2 * HOUR, Status.OPEN)
    store(engine, settings, says(again, last_solved_at=MONDAY + HOUR, reopens=1))
    assert told(engine, settings, "resolution_time") == {"again": (None, MONDAY + HOUR, "not_solved")}
    assert told(engine, settings, "first_resolution_time") == {"again": (0, None, "theirs_missing")}
    assert told(engine, settings, "reopen_rate") == {"again": (1, 1, "equal")}


def test_what_nothing_explains_comes_first_then_what_differs_most(engine, settings):
    def solved(name: str, theirs: int):
        tale = Tale(MONDAY, name).becomes(MONDAY + HOUR, Status.PENDING).becomes(MONDAY + 4 * HOUR, Status.OPEN)
        return says(tale.solved(MONDAY + 6 * HOUR), full_resolution_s=theirs, business_full_resolution_s=theirs)

    store(
        engine,
        settings,
        solved("fits", 2 * HOUR),
        solved("waits", 5 * HOUR),
        solved("odd", 200 * MINUTE),
        solved("odder", 9 * HOUR),
    )
    (found,) = reconcile(engine, settings, DESK, WEEK, ["resolution_time"], now=NOW)
    assert [(one.ticket.external_id, one.why[-1].value) for one in found.tickets] == [
        ("odder", "unexplained"),
        ("odd", "unexplained"),
        ("waits", "waiting_counted"),
        ("fits", "equal"),
    ]


def test_what_cannot_be_compared_is_refused_by_name(engine, settings):
    store(engine, settings, says(replied("one")))
    with pytest.raises(QuestionError) as refused:
        reconcile(engine, settings, DESK, WEEK, ["csat"], now=NOW)
    assert (refused.value.key, refused.value.values["choices"]) == ("not_reconciled", list(COMPARISONS))
    with pytest.raises(StorageError, match="facts_stale"):
        reconcile(engine, replace(settings, schedules=()), DESK, WEEK, ["frt"], now=NOW)


# --- The command -------------------------------------------------------------------------------------------------


@pytest.fixture
def command(make_sqlite, settings, settings_file):
    """Return a function that runs the command on a desk with three tickets."""
    url = make_sqlite()
    engine = open_database(url)
    odd = {"business_first_reply_s": 4 * HOUR, "first_reply_s": 5 * HOUR, "first_reply_breached": 0}
    store(
        engine,
        settings,
        says(replied("1"), business_first_reply_s=HOUR, replies=1),
        says(replied("=2", url="=HYPERLINK(1)"), **odd),
        says(Tale(MONDAY, "3").bot_says(MONDAY + 90 * MINUTE), first_reply_s=90 * MINUTE),
    )
    engine.dispose()

    def run(*arguments):
        environment = {"KPI_BOT_SETTINGS": str(settings_file), "KPI_BOT_DATABASE_URL": url}
        return CliRunner().invoke(app, ["reconcile", *arguments], env=environment, prog_name="kpi-bot")

    return run


def test_the_command_tells_reasons_and_the_worst_with_both_values(command):
    done = command(DESK, "2026-10-05..2026-10-11", "--kpi", "frt")
    assert (done.exit_code, done.stderr) == (0, "")
    title, compared, _, header, *rows = done.stdout.splitlines()
    assert title == "First response time · desk · 5–11 Oct 2026"
    assert compared == "3 tickets compared, 1 of them alike"
    assert header.split() == ["Why", "Tickets"]
    assert {tuple(row.rsplit(maxsplit=1)) for row in rows[:3]} == {
        ("the same", "1"),
        ("unexplained", "1"),
        ("automatic messages and bots count there", "1"),
    }
    assert [row.split()[0] for row in rows[4:7]] == ["Ticket", "=2", "3"]
    assert all(part in rows[5] for part in ("1 h", "4 h", "unexplained"))
    assert all(part in rows[6] for part in ("–", "1 h 30 min", "automatic messages and bots count there"))


def test_the_command_tells_whether_each_side_calls_a_promise_kept(command):
    done = command(DESK, "2026-10-05..2026-10-11", "--kpi", "frt_sla")
    assert re.search(r"^=2 +late +in time +unexplained$", done.stdout, re.MULTILINE)


def test_the_command_speaks_french(command):
    done = command(DESK, "2026-10-05..2026-10-11", "--kpi", "frt", "--kpi", "reopen_rate", "--lang", "fr")
    assert "3 tickets comparés, concordants\N{NO-BREAK SPACE}: 1" in done.stdout
    assert "messages automatiques et bots comptent là-bas" in done.stdout
    assert "Aucun ticket sur cette période" in done.stdout


def test_without_words_every_helpdesk_and_every_kpi_is_told_for_the_running_week(command):
    done = command()
    assert done.exit_code == 0
    kpis = [section.partition(f" · {DESK} · ")[0] for section in done.stdout.strip().split("\n\n")]
    assert sum(len(re.split(", | and ", names)) for names in kpis) == len(COMPARISONS)
    assert done.stdout.count("No ticket in this period, here or there.") == 1


def test_the_csv_has_every_ticket_and_nothing_that_a_spreadsheet_runs(command, tmp_path):
    written = tmp_path / "frt.csv"
    done = command(DESK, "2026-10-05..2026-10-11", "--kpi", "frt", "--csv", str(written))
    assert "3 tickets compared" in done.stdout
    rows = {row["ticket"]: row for row in csv.DictReader(StringIO(written.read_text(encoding="utf-8-sig")))}
    assert set(rows) == {"1", "'=2", "3"}
    assert rows["'=2"] == {
        "kpi": "frt",
        "helpdesk": DESK,
        "ticket": "'=2",
        "url": "'=HYPERLINK(1)",
        "compared_by": "business",
        "ours": "3600",
        "theirs": "14400",
        "reasons": "unexplained",
    }
    only = command(DESK, "2026-10-05..2026-10-11", "--kpi", "frt", "--csv", "-")
    assert only.stdout == written.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((DESK, "last", "week", "by", "team"), "not just a helpdesk and a period"),
        (("nowhere", "last", "week"), f"Helpdesks that are read: {DESK}."),
        (("--kpi", "csat"), "can't be compared"),
    ],
)
def test_what_the_command_does_not_understand_it_says_in_one_sentence(command, words, sentence):
    done = command(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1

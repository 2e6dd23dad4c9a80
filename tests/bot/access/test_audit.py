"""Who asked what, who shared it and what was refused is written down, and costs nobody an answer."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date

import pytest
from access_desk import AS_ALICE, LEAD_OF_ALL, NOW, RULES, asker, viewer
from sqlalchemy import delete
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot.audit import Audit
from bot.cli import app
from bot.tables import audit
from kpi.errors import AccessError, QuestionError
from kpi.period import Period
from kpi.question import Question

WORDS = "frt 2026-W47"
DAY = 86_400


@pytest.fixture(scope="module")
def engine(new_engine):
    return new_engine()


@pytest.fixture(scope="module")
def asking(engine):
    return asker(engine)


@pytest.fixture
def desk(engine, asking):
    with engine.begin() as connection:
        connection.execute(delete(audit))
    return asking


def entries(engine, **wanted):
    return Audit(engine, RULES.keep_audit).entries(**wanted)


def test_a_question_is_written_down_with_who_asked_it_where(engine, desk):
    desk.ask(WORDS, NOW, "en", AS_ALICE)
    (entry,) = entries(engine)
    assert (entry.at, entry.team_id, entry.asker, entry.channel) == (NOW, "T1", "U_ALICE", "C_SUPPORT")
    assert (entry.what, entry.about, entry.reason) == ("asked", "number", None)
    assert entry.asked() == desk.understand(WORDS, NOW, "en")


def test_everything_that_can_be_asked_is(engine, desk):
    question = desk.understand(WORDS, NOW, "en")
    desk.behind(question, NOW, LEAD_OF_ALL)
    desk.why(question, NOW, LEAD_OF_ALL)
    desk.watch(question, ["frt"], NOW, LEAD_OF_ALL)
    assert [entry.about for entry in entries(engine)] == ["anomalies", "why", "tickets"]


def test_sharing_is_told_apart_from_asking(engine, desk):
    desk.ask(WORDS, NOW, "en", AS_ALICE.shared("C_TEAM"))
    (entry,) = entries(engine)
    assert (entry.what, entry.channel) == ("shared", "C_TEAM")


def test_what_is_refused_is_written_down_with_the_reason_as_it_was_asked(engine, desk):
    with pytest.raises(AccessError):
        desk.ask("frt agent:bob 2026-W47", NOW, "en", AS_ALICE)
    desk.ask("frt by agent 2026-W47", NOW, "en", AS_ALICE)
    narrowed, refused = entries(engine)
    assert (refused.what, refused.reason) == ("refused", "other_agent")
    assert (narrowed.what, narrowed.asked().filters) == ("asked", ())


def test_a_question_without_an_answer_was_asked_all_the_same(engine, desk):
    with pytest.raises(QuestionError):
        desk.why(desk.understand("frt 2026-W47 per day", NOW, "en"), NOW, AS_ALICE)
    assert [entry.what for entry in entries(engine)] == ["asked"]


def test_whoever_has_the_database_is_not_written_down(engine, desk):
    desk.ask(WORDS, NOW, "en")
    assert entries(engine) == []


def test_what_is_older_than_the_setting_is_forgotten(engine, desk):
    desk.ask(WORDS, NOW, "en", AS_ALICE)
    desk.ask(WORDS, NOW + RULES.keep_audit + 1, "en", AS_ALICE)
    assert [entry.at for entry in entries(engine)] == [NOW + RULES.keep_audit + 1]


def test_an_audit_that_cannot_be_written_costs_no_answer_and_stands_in_the_log(engine, desk, monkeypatch):
    monkeypatch.setattr("bot.audit.PATIENCE_MS", 10)
    with closing(sqlite3.connect(engine.url.database)) as other, capture_logs() as logs:
        other.execute("BEGIN IMMEDIATE")
        assert desk.ask(WORDS, NOW, "en", AS_ALICE).figure.n == 22
    assert entries(engine) == []
    (lost,) = [log for log in logs if log["event"] == "audit_not_written"]
    assert (lost["row_asker"], lost["row_what"]) == ("U_ALICE", "asked")
    desk.ask(WORDS, NOW + 1, "en", viewer("U_BOB"))
    assert [entry.asker for entry in entries(engine)] == ["U_BOB", "U_ALICE"]


def test_rows_that_wait_are_written_once_though_many_write(engine, monkeypatch):
    monkeypatch.setattr("bot.audit.PATIENCE_MS", 10)
    kept = Audit(engine, RULES.keep_audit)
    question = Question(kpi="frt", period=Period(start=date(2026, 11, 16), end=date(2026, 11, 23), zone="UTC"))

    def ask(at):
        with kept.records(AS_ALICE, question, "number", at):
            pass

    with engine.begin() as connection:
        connection.execute(delete(audit))
    with closing(sqlite3.connect(engine.url.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        for number in range(5):
            ask(NOW + number)
    monkeypatch.undo()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(ask, range(NOW + 5, NOW + 25)))
    assert sorted(entry.at for entry in entries(engine)) == list(range(NOW, NOW + 25))


def test_entries_can_be_asked_for_by_person_and_time(engine, desk):
    desk.ask(WORDS, NOW - DAY, "en", AS_ALICE)
    desk.ask(WORDS, NOW, "en", viewer("U_BOB"))
    assert [entry.asker for entry in entries(engine, asker="U_ALICE")] == ["U_ALICE"]
    assert [entry.asker for entry in entries(engine, since=NOW)] == ["U_BOB"]


# --- kpi-bot audit ---------------------------------------------------------------------------------------------------


@pytest.fixture
def run(engine, desk, monkeypatch):
    monkeypatch.setenv("KPI_BOT_DATABASE_URL", f"sqlite:///{engine.url.database}")
    monkeypatch.setattr("bot.terminal.auditing.time", lambda: NOW)
    return lambda *arguments: CliRunner().invoke(app, ["audit", *arguments])


def test_the_command_tells_who_asked_what_as_it_can_be_asked_again(desk, run):
    desk.ask("frt by team 2026-W47", NOW - DAY, "en", AS_ALICE)
    shown = run()
    assert shown.exit_code == 0
    assert all(words in shown.stdout for words in ("U_ALICE", "C_SUPPORT", "asked", "frt 2026-W47 by team"))
    assert "demandé" in run("--lang", "fr").stdout


def test_the_command_says_when_nobody_asked(desk, run):
    desk.ask("frt 2026-W40", NOW - 40 * DAY, "en", AS_ALICE)
    assert "Nobody" in run().stdout
    assert "U_ALICE" in run("--days", "60").stdout
    assert "Nobody" in run("--days", "60", "--user", "U_BOB").stdout


def test_the_command_writes_csv_whose_cells_are_no_formulas(desk, run, tmp_path):
    desk.ask(WORDS, NOW, "en", viewer("=cmd()"))
    assert run("--csv", str(tmp_path / "audit.csv")).exit_code == 0
    written = (tmp_path / "audit.csv").read_text(encoding="utf-8-sig").splitlines()
    assert written[0] == "at,team_id,asker,channel,what,about,question,reason"
    assert ",'=cmd()," in written[1]
    assert run("--csv", "-").stdout.splitlines()[0] == written[0]


def test_a_long_audit_is_cut_in_the_terminal_and_says_so(desk, run, monkeypatch):
    monkeypatch.setattr("bot.terminal.auditing.SHOWN", 1)
    desk.ask(WORDS, NOW, "en", AS_ALICE)
    desk.ask(WORDS, NOW, "en", AS_ALICE)
    assert "1 shown, the latest first" in run().stdout

import csv
import json
import logging
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import httpx2
import pytest
from demo_desk import DEMO_NOW
from sqlalchemy import text as sql
from typer.testing import CliRunner

import bot.database
from bot.cli import app
from bot.database import open_database, writing
from bot.demo.slack import StandInSlack
from bot.terminal import questions

NOW = "2026-11-24T10:26"
PROGRAM = (sys.executable, "-m", "bot")
SETTINGS = Path(bot.__file__).parent / "demo" / "settings.toml"
EVERY_COMMAND = ("run", "demo", "ask", "sync", "import", "export", "check", "migrate", "reconcile", "audit", "manifest")


def invoke(*arguments, **environment):
    """Run a command in this process; variables without their prefix."""
    variables = {f"KPI_BOT_{name.upper()}": value for name, value in environment.items()}
    result = CliRunner().invoke(app, arguments, env=variables, prog_name="kpi-bot")
    assert "Traceback" not in result.output
    return result


def environment(**variables):
    """Return the environment of another process, with nothing of a bot in it but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KPI_BOT_")}
    return kept | {f"KPI_BOT_{name.upper()}": value for name, value in variables.items()}


def execute(*arguments, said=None, **variables):
    """Run the program itself."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        input=said,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        env=environment(**variables),
        check=False,
    )


@pytest.fixture
def demo(demo_url):
    """Give the variables of a bot whose helpdesk is the demo, read as of 24 November 2026 10:26."""
    return {"settings": str(SETTINGS), "database_url": demo_url, "timezone": "Europe/Paris"}


def refusal(result):
    """Return the one sentence of a command that was refused."""
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr.strip()


# --- The program -------------------------------------------------------------------------------------------------


def test_the_program_answers_through_its_real_entry_point(demo):
    done = execute("ask", "fcr", "last", "week", "--now", NOW, **demo)
    assert (done.returncode, done.stderr) == (0, "")
    assert "First contact resolution · week 47" in done.stdout


def test_the_program_refuses_with_a_sentence_through_its_real_entry_point(demo):
    done = execute("ask", "fcrr", "week", **demo)
    assert (done.returncode, done.stdout) == (2, "")
    assert "fcrr" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_help_is_there_at_once():
    code = (
        "import sys; from bot.cli import main\ntry: main(['ask', '-h', '--lang', 'fr'])\nfinally: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    loaded = set(done.stdout.split())
    assert "typer" in loaded
    assert not {"pandas", "sqlalchemy", "slack_sdk", "slack_bolt", "narwhals", "babel", "structlog"} & loaded


def test_the_version_is_the_packages():
    assert invoke("--version").stdout == f"kpi-bot {version('helpdesk-kpi-bot')}\n"


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_the_help_of_every_command_has_an_example(command):
    assert f"kpi-bot {command}" in re.sub(r"\s+", " ", invoke(command, "--help").stdout.replace("Usage: kpi-bot", ""))


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_the_help_of_every_command_is_in_the_readers_language(command):
    french = re.sub(r"\s+", " ", invoke(command, "--help", "--lang", "fr").stdout)
    assert f"Utilisation : kpi-bot {command} [OPTIONS]" in french
    assert "Afficher cette aide." in french
    assert not re.search(r"Usage:|Show this|Example|\[default|\[required|Commands", french)
    assert "Usage: kpi-bot" in invoke(command, "--help", "--lang", "en").stdout


@pytest.mark.parametrize("arguments", [("--lang", "fr", "--help"), ("-h", "--lang=FR"), ("ask", "-h", "--lang", "fr")])
def test_the_language_of_the_help_may_stand_anywhere(arguments):
    assert "Utilisation" in invoke(*arguments).stdout
    assert "Usage" in invoke("ask", "--help", "--", "--lang", "fr").stdout


@pytest.mark.parametrize(
    ("variables", "heading"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "Utilisation"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "fr_CA.UTF-8"}, "Utilisation"),
        ({"LANG": "fr_FR.UTF-8", "KPI_BOT_LANGUAGE": "en"}, "Usage"),
        ({"LANG": "de_DE.UTF-8"}, "Usage"),
        ({}, "Usage"),
    ],
)
def test_the_terminal_speaks_the_language_of_its_locale_where_none_is_set(variables, heading):
    usual = dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANG"))
    assert heading in CliRunner().invoke(app, ["--help"], env=usual | variables).stdout


def test_the_commands_are_those():
    assert tuple(command.name or command.callback.__name__ for command in app.registered_commands) == EVERY_COMMAND


# --- ask ---------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_in_the_language_it_is_asked_in(demo):
    assert "Tickets received" in invoke("ask", "volume", "last", "month", "--now", NOW, **demo).stdout
    assert "Tickets reçus" in invoke("ask", "volume", "mois", "dernier", "--now", NOW, **demo).stdout
    assert "Tickets reçus" in invoke("ask", "volume", "last", "month", "--now", NOW, "--lang", "fr", **demo).stdout
    assert "Tickets reçus" in invoke("ask", "volume", "2026-10", "--now", NOW, language="fr", **demo).stdout


@pytest.mark.parametrize("first", ["/kpi", "/KPI"])
def test_the_slash_command_is_accepted_in_front(demo, first):
    plain = invoke("ask", "fcr", "last", "week", "--now", NOW, **demo).stdout
    assert invoke("ask", first, "fcr", "last", "week", "--now", NOW, **demo).stdout == plain
    assert invoke("ask", f"{first} fcr last week", "--now", NOW, **demo).stdout == plain


def test_words_are_put_together_as_they_were_typed_for_slack():
    assert questions.joined(["/kpi", "frt", "team:Customer care", "last month"]) == (
        'frt team:"Customer care" last month'
    )
    assert questions.joined(["frt team:Billing last month"]) == "frt team:Billing last month"
    assert questions.joined(["frt", 'team:"Customer care"', "priority:high", "vs", "2026-09"]) == (
        'frt team:"Customer care" priority:high vs 2026-09'
    )


def test_json_is_one_object_with_the_promised_keys(demo):
    result = invoke("ask", "frt", "last", "month", "by", "team", "--json", "--now", NOW, **demo)
    answer = json.loads(result.stdout)
    assert list(answer) == [
        "kpi", "reading", "unit", "kind", "value", "numerator", "denominator", "n", "interval", "level", "median",
        "p90", "mean", "maximum", "scale", "currency", "parts", "period", "previous", "change", "restated", "target",
        "target_is_usual", "standing", "within", "based_on", "left_out", "notes", "without", "data_as_of", "behind",
        "by", "breakdown", "series", "available", "needs",
    ]  # fmt: skip
    assert (answer["kpi"], answer["reading"], answer["unit"]) == ("frt", "event", "seconds")
    assert answer["period"] == {
        "start": "2026-10-01T00:00:00+02:00",
        "end": "2026-11-01T00:00:00+01:00",
        "zone": "Europe/Paris",
    }
    assert {group["label"] for group in answer["breakdown"]} == {"Orders", "Billing", "Technical", "Returns"}
    assert sum(group["n"] for group in answer["breakdown"]) == answer["n"]
    assert answer["available"] is True


def test_json_and_text_and_csv_show_the_same_number(demo, tmp_path):
    path = tmp_path / "figures.csv"
    words = ("ask", "volume", "2026-10", "per", "week", "--now", NOW)
    answer = json.loads(invoke(*words, "--json", **demo).stdout)
    said = invoke(*words, "--csv", str(path), **demo).stdout
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["row"] == "total"
    assert float(rows[0]["value"]) == answer["value"]
    assert str(answer["value"]) in said
    buckets = [float(row["value"]) for row in rows if row["row"] == "bucket"]
    assert buckets == [bucket["value"] for bucket in answer["series"]]
    assert sum(buckets) == answer["value"]


def test_csv_goes_to_standard_output_on_demand(demo):
    result = invoke("ask", "volume", "2026-10", "--csv", "-", "--now", NOW, **demo)
    assert result.stdout.startswith("kpi,reading,unit,row,")


@pytest.mark.parametrize("words", [("list",), ("help",), ("status",), ("define", "fcr")])
@pytest.mark.parametrize("options", [("--json",), ("--csv", "-")])
def test_a_page_is_no_figures(demo, words, options):
    said = refusal(invoke("ask", *words, *options, **demo))
    assert said.startswith(f"“{' '.join(words)}” is a page to read, not figures")


def test_json_and_csv_dont_both_go_to_standard_output(demo):
    assert "name a file" in refusal(invoke("ask", "fcr", "--json", "--csv", "-", **demo))
    assert "nommez un fichier" in refusal(invoke("ask", "fcr", "--json", "--csv", "-", "--lang", "fr", **demo))


def test_now_can_carry_an_offset(demo):
    paris, utc = (
        invoke("ask", "volume", "today", "--json", "--now", now, **demo) for now in (NOW, f"{NOW[:11]}09:26Z")
    )
    assert json.loads(paris.stdout) == json.loads(utc.stdout)


@pytest.mark.parametrize(
    ("words", "heading"), [("list", "Tickets received"), ("define fcr", "fcr"), ("status", "demo")]
)
def test_the_other_pages_of_the_slash_command_are_there_too(demo, words, heading):
    result = invoke("ask", *words.split(), **demo)
    assert result.exit_code == 0
    assert heading in result.stdout


# --- Bad input ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "english", "french"),
    [
        ("fcrr week", "fcr", "fcr"),
        ("volume 2031", "2031", "2031"),
        ("volume 2026-10-15..2026-10-01", "Swap", "versez"),
        ("volume week team:Bilings", "Billing", "Billing"),
        ("volume week team:zzz", "zzz", "zzz"),
        ("volume week by moon", "moon", "moon"),
    ],
)
def test_a_question_that_cant_be_answered_gets_a_sentence_in_the_readers_language(demo, words, english, french):
    arguments = ("ask", *words.split(), "--now", NOW, "--lang")
    in_english = refusal(invoke(*arguments, "en", **demo))
    in_french = refusal(invoke(*arguments, "fr", **demo))
    assert english in in_english
    assert french in in_french
    assert in_english != in_french


def test_a_question_without_words_gets_an_example(demo):
    assert "kpi-bot ask fcr week" in refusal(invoke("ask", **demo))
    assert "kpi-bot ask fcr semaine" in refusal(invoke("ask", "/kpi", "--lang", "fr", **demo))


def test_a_language_that_there_is_not_is_refused(demo):
    assert "en or fr" in refusal(invoke("ask", "fcr", "--lang", "de", **demo))
    assert "en ou fr" in refusal(invoke("ask", "fcr", "--lang", "de", language="fr", **demo))
    assert "en or fr" in refusal(invoke("manifest", "--lang", "de"))


def test_an_instant_that_is_none_is_refused(demo):
    assert "“noon”" in refusal(invoke("ask", "fcr", "--now", "noon", **demo))


def test_a_file_that_cant_be_written_is_told(demo, tmp_path):
    path = tmp_path / "missing" / "x.csv"
    assert str(path) in refusal(invoke("ask", "volume", "2026-10", "--csv", str(path), "--now", NOW, **demo))


@pytest.mark.parametrize(
    ("arguments", "english", "french"),
    [
        ("ask fcr --jsn", "Did you mean --csv, --json", "L’option --jsn n’existe pas ici"),
        ("--verbose", "no option --verbose", "« kpi-bot --help »"),
        ("sync now", "“now” is too much for “kpi-bot sync”", "« now » est de trop"),
        ("synk", "Did you mean sync?", "La commande « synk » n’existe pas. Vouliez-vous dire sync"),
        ("zzz", "no command “zzz”", "La commande « zzz » n’existe pas. « kpi-bot --help »"),
        ("--", "Say which command", "Précisez la commande"),
        ("import", "KIND is missing (“What the file", "Il manque TYPE (« Ce que contient"),
        ("ask fcr --csv", "--csv is without its value", "Il manque la valeur de --csv (« Écrire"),
        ("--version=1", "--version takes no value", "--version ne prend pas de valeur"),
        ("sync --help=1", "--help takes no value", "--help ne prend pas de valeur"),
        (
            "audit --days many",
            "--days can't take this value (“How many days",
            "--days ne peut pas prendre cette valeur",
        ),
        ("audit --days 0", "1 to 3650", "de 1 à 3650"),
        ("export fcts there", "WHAT can't take this value", "QUOI ne peut pas prendre cette valeur"),
        ("demo --terminal --port 1", "Choose the terminal", "Choisissez le terminal"),
        ("import tickets a.csv --watch b", "Leave them out", "Retirez-les"),
        ("manifest --http https://kpi.example.com --socket", "Choose one", "Choisissez entre"),
    ],
)
def test_a_command_line_that_cant_be_understood_gets_a_sentence_in_the_readers_language(arguments, english, french):
    for language, expected in (("en", english), ("fr", french)):
        said = refusal(invoke(*arguments.split(), language=language))
        assert expected in re.sub(r"\s", " ", said)
        assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TIMEZON": "UTC"}, "KPI_BOT_TIMEZONE"),
        ({"TIMEZONE": "Europe/Pariss"}, "Europe/Paris"),
        ({"HELPDESK": "request-traker"}, "request-tracker"),
        ({"HELPDESK": "request-tracker", "HELPDESK_URL": "https://rt.example"}, "KPI_BOT_HELPDESK_TOKEN"),
        ({"SETTINGS": "/nowhere/settings.toml"}, "/nowhere/settings.toml"),
        ({"LANGUAGE": "de"}, "KPI_BOT_LANGUAGE"),
        ({"DATABASE_URL": "mysql://localhost/kpi"}, "mysql"),
        ({"DATABASE_URL": "sqlite:////nowhere/kpi.db"}, "/nowhere"),
    ],
)
@pytest.mark.parametrize("command", [("ask", "fcr", "week"), ("check",), ("sync",), ("migrate",)])
def test_a_setting_that_is_wrong_is_named(command, variables, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke(*command, **({"helpdesk": "demo"} | {name.lower(): value for name, value in variables.items()}))
    assert result.exit_code == 2
    assert sentence in result.output


def test_a_settings_file_with_a_misspelt_key_gets_the_nearest(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('tets_tags = ["test"]\n', encoding="utf-8")
    assert "test_tags" in refusal(invoke("check", settings=str(path)))


# --- Databases ---------------------------------------------------------------------------------------------------


def test_a_database_that_is_missing_is_not_made_by_a_question(tmp_path):
    path = tmp_path / "kpi-bot.db"
    assert "kpi-bot sync" in refusal(invoke("ask", "fcr", database_url=f"sqlite:///{path}"))
    assert not path.exists()


def test_a_database_without_tables_asks_to_be_migrated(make_sqlite):
    url = make_sqlite(migrated=False)
    open_database(url).dispose()
    assert "kpi-bot migrate" in refusal(invoke("ask", "fcr", database_url=url))


@pytest.mark.parametrize("command", [("ask", "fcr"), ("sync",), ("migrate",)])
def test_a_database_of_a_later_version_is_left_alone(demo, demo_url, command):
    engine = open_database(demo_url)
    with writing(engine) as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = 'later'"))
    engine.dispose()
    before = Path(demo_url.removeprefix("sqlite:///")).read_bytes()
    assert "later version of the bot" in refusal(invoke(*command, **demo))
    assert Path(demo_url.removeprefix("sqlite:///")).read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, " * 100, encoding="utf-8")
    assert "not a SQLite database" in refusal(invoke("migrate", database_url=f"sqlite:///{path}"))
    assert path.read_text(encoding="utf-8").startswith("not a database")


def test_a_database_that_is_read_only_is_read_and_not_written(demo, demo_url):
    url = f"sqlite:///file:{demo_url.removeprefix('sqlite:///')}?mode=ro&uri=true"
    assert invoke("ask", "volume", "2026-10", "--now", NOW, **(demo | {"database_url": url})).exit_code == 0
    result = invoke("sync", **(demo | {"database_url": url}))
    assert result.exit_code == 2
    assert "can't be written to" in result.stderr


def test_a_database_that_another_program_locks_is_told(demo, demo_url, monkeypatch):
    monkeypatch.setattr(bot.database, "BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(demo_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    result = invoke("sync", **demo)
    other.rollback()
    other.close()
    assert result.exit_code == 2
    assert "locked by another program" in result.stderr
    assert invoke("sync", **demo).exit_code == 0


# --- sync and migrate --------------------------------------------------------------------------------------------


def test_a_sync_makes_its_database_and_says_in_one_line_what_it_read(tmp_path):
    variables = {"database_url": f"sqlite:///{tmp_path / 'kpi-bot.db'}", "helpdesk": "demo"}
    first = invoke("sync", **variables)
    assert (first.exit_code, first.stderr) == (0, "")
    assert re.fullmatch(r"demo: [45],\d{3} tickets read, up to .* \(UTC\)\.\n", first.stdout)
    again = invoke("sync", "--lang", "fr", **variables)
    assert re.fullmatch(r"demo\N{NO-BREAK SPACE}: \d tickets? lus?, jusqu’au .* \(UTC\)\.\n", again.stdout)


def test_a_sync_without_a_helpdesk_says_what_to_set(tmp_path):
    said = refusal(invoke("sync", database_url=f"sqlite:///{tmp_path / 'kpi-bot.db'}"))
    assert "KPI_BOT_HELPDESK_URL" in said
    assert "kpi-bot demo" in said


@pytest.fixture
def two_helpdesks(demo, httpserver, tmp_path):
    """Give the variables of a bot with a Request Tracker at `httpserver` and the demo after it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the stand-in's own log is none of the bot's
    path = tmp_path / "two.toml"
    tracker = f'[[helpdesks]]\nkey = "rt"\nkind = "request-tracker"\nurl = "{httpserver.url_for("")}"\ntoken = "t"\n'
    given = SETTINGS.read_text(encoding="utf-8")
    path.write_text(given.replace("[[helpdesks]]", f"{tracker}\n[[helpdesks]]", 1), encoding="utf-8")
    return demo | {"settings": str(path)}


HTML = ("<!doctype html><title>Sign in</title>", 200, "text/html")


def test_a_helpdesk_that_fails_is_told_and_the_next_one_is_read(two_helpdesks, httpserver):
    refused, missing = ("{}", 401, "application/json"), ("{}", 404, "application/json")
    for (body, status, kind), sentence in ((refused, "token"), (missing, "address"), (HTML, "web page")):
        httpserver.clear()
        httpserver.expect_request(re.compile(".*")).respond_with_data(body, status=status, content_type=kind)
        result = invoke("sync", **two_helpdesks)
        assert result.exit_code == 2
        assert result.stderr.startswith("rt: ")
        assert sentence in result.stderr
        assert result.stdout.startswith("demo: ")
        checked = invoke("check", **two_helpdesks)
        assert checked.exit_code == 2
        assert f"rt: {result.stderr.strip()[4:]}" in checked.stdout


@pytest.mark.parametrize("answer", ['{"Version": "5.0', ""])
def test_a_helpdesk_whose_answer_breaks_off_is_told(two_helpdesks, httpserver, answer):
    httpserver.expect_request(re.compile(".*")).respond_with_data(answer, content_type="application/json")
    result = invoke("check", **two_helpdesks)
    assert result.exit_code == 2
    assert "[mend]  rt: " in result.stdout


def test_a_helpdesk_that_is_down_is_told(two_helpdesks, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    path = Path(two_helpdesks["settings"])
    path.write_text(re.sub(r'url = ".*"', f'url = "http://127.0.0.1:{port}"', path.read_text("utf-8")), "utf-8")
    result = invoke("check", **two_helpdesks)
    assert result.exit_code == 2
    assert f"http://127.0.0.1:{port}" in result.stdout
    assert "demo: reached as demo" in result.stdout


def test_facts_can_be_made_again(demo):
    result = invoke("migrate", "--rebuild", **demo)
    assert result.exit_code == 0
    up_to_date, rebuilt = result.stdout.splitlines()
    assert "is up to date" in up_to_date
    assert re.fullmatch(r"demo: facts of 4,\d{3} tickets made again\.", rebuilt)


def test_migrating_tells_of_facts_made_with_other_rules(demo, tmp_path):
    shorter = tmp_path / "settings.toml"
    shorter.write_text(SETTINGS.read_text(encoding="utf-8").replace("09:00-18:00", "09:00-17:00"), encoding="utf-8")
    assert shorter.read_text(encoding="utf-8") != SETTINGS.read_text(encoding="utf-8")
    demo["settings"] = str(shorter)
    for arguments, told in ((("migrate",), True), (("migrate", "--rebuild"), False), (("migrate",), False)):
        result = invoke(*arguments, **demo)
        assert result.exit_code == 0
        assert ("kpi-bot migrate --rebuild" in result.stderr) is told


# --- check -------------------------------------------------------------------------------------------------------


def test_a_check_of_a_good_bot_says_so(demo):
    result = invoke("check", **demo)
    assert result.exit_code == 0
    assert result.stdout.endswith("\n\nEverything is in order.\n")


def test_a_check_of_a_bot_that_isnt_set_up_counts_what_to_mend(tmp_path):
    result = invoke("check", "--lang", "fr", database_url=f"sqlite:///{tmp_path / 'kpi-bot.db'}")
    assert result.exit_code == 2
    assert result.stdout.count("[à corriger]") == 1
    assert result.stdout.endswith("1 point est à corriger.\n")


def test_a_check_before_the_first_sync_is_in_order(tmp_path):
    result = invoke("check", helpdesk="demo", database_url=f"sqlite:///{tmp_path / 'kpi-bot.db'}")
    assert (result.exit_code, result.stdout.endswith("Everything is in order.\n")) == (0, True)


@pytest.mark.parametrize(("no_color", "coloured"), [(None, True), ("", True), ("1", False)])
def test_a_check_has_colours_unless_none_are_wanted(demo, no_color, coloured):
    variables = {f"KPI_BOT_{name.upper()}": value for name, value in demo.items()} | {"NO_COLOR": no_color}
    result = CliRunner().invoke(app, ["check"], env=variables, color=True)
    assert ("\x1b[" in result.stdout) is coloured


# --- manifest ----------------------------------------------------------------------------------------------------


def test_the_manifest_is_for_socket_mode_unless_an_address_is_given():
    assert json.loads(invoke("manifest").stdout) == json.loads(invoke("manifest", "--socket").stdout)
    assert json.loads(invoke("manifest").stdout)["settings"]["socket_mode_enabled"] is True
    by_http = json.loads(invoke("manifest", "--http", "https://kpi.example.com").stdout)
    assert by_http["settings"]["socket_mode_enabled"] is False
    assert by_http["features"]["slash_commands"][0]["url"] == "https://kpi.example.com/slack/events"


def test_an_address_that_slack_cant_call_is_refused():
    assert "https://" in refusal(invoke("manifest", "--http", "http://kpi.example.com"))
    assert invoke("manifest", "--http", "https://kpi.example.com", "--socket").exit_code == 2


# --- demo --------------------------------------------------------------------------------------------------------


def test_the_demo_answers_from_a_pipe_and_keeps_what_it_read(tmp_path):
    said = "/kpi fcr week\n\nfrt mois dernier par équipe\nhelp\nquit\nnever asked\n"
    done = execute("demo", "--keep", str(tmp_path / "kept"), said=said, settings="/nowhere", database_url="nonsense")
    assert done.returncode == 0
    assert "First contact resolution" in done.stdout
    assert "Délai de première réponse" in done.stdout
    assert "Orders" in done.stdout
    assert "/kpi list" in done.stdout
    assert re.search(r"demo: [45],\d{3} tickets read", done.stderr)
    assert list((tmp_path / "kept").glob("*.db"))
    again = execute("demo", "--keep", str(tmp_path / "kept"), "--lang", "fr", said="/kpi fcr week\nfcrr\n")
    assert again.returncode == 2
    assert "Résolution au premier contact" in again.stdout
    assert re.search(r"demo\N{NO-BREAK SPACE}: \d+ tickets? lus?", again.stderr)
    assert "« fcrr »" in again.stderr.replace("\N{NO-BREAK SPACE}", " ")


# --- Defects -----------------------------------------------------------------------------------------------------


@pytest.fixture
def defect(monkeypatch):
    def fail(*_, **_options):
        raise RuntimeError("broken with xoxb-123-secret")

    monkeypatch.setattr(questions, "asker", fail)


def test_a_defect_is_told_with_an_identifier_and_where_its_details_are(demo, defect, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = invoke("ask", "fcr", **demo)
    assert (result.exit_code, result.stdout) == (1, "")
    identifier = re.search(r"\(id ([0-9a-f]{6})\)", result.stderr).group(1)
    (log,) = tmp_path.glob(f"kpi-bot-{identifier}-*.log")
    assert str(log) in result.stderr
    details = log.read_text(encoding="utf-8")
    assert "RuntimeError: broken" in details
    assert "secret" not in details
    assert log.stat().st_mode & 0o077 == 0


def test_debugging_shows_the_stack_trace_instead(demo, defect):
    result = CliRunner().invoke(
        app, ["ask", "fcr"], env={f"KPI_BOT_{k.upper()}": v for k, v in (demo | {"debug": "1"}).items()}
    )
    assert isinstance(result.exception, RuntimeError)


# --- run ---------------------------------------------------------------------------------------------------------

RUN = "import sys; from bot.running import run_bot; from bot.settings import load_settings; from bot.terminal import configure_logs; configure_logs(as_json=True); run_bot(load_settings(), sys.argv[1])"  # noqa: E501


def test_a_bot_without_tokens_says_which_it_needs(demo):
    assert "KPI_BOT_SLACK_BOT_TOKEN" in refusal(invoke("run", **demo))
    assert "KPI_BOT_SLACK_APP_TOKEN" in refusal(invoke("run", slack_bot_token="xoxb-stand-in", **demo))


@pytest.mark.parametrize("way", ["http", "socket mode"])
def test_the_running_bot_answers_reads_the_helpdesk_and_ends_on_sigterm(demo, demo_url, way):
    slack = StandInSlack(signing_secret="shh", bot_token="xoxb-stand-in")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with slack.running():
        tokens = {"slack_bot_token": "xoxb-stand-in"}
        tokens |= {"slack_signing_secret": "shh"} if way == "http" else {"slack_app_token": slack.app_token}
        bot_process = subprocess.Popen(
            [sys.executable, "-c", RUN, slack.api_url],
            env=environment(port=str(port), **tokens, **demo),
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            wait_until(lambda: httpx2.get(f"http://127.0.0.1:{port}/healthz").json()["ok"] is True)
            events_at = httpx2.post(f"http://127.0.0.1:{port}/slack/events", content=b"command=%2Fkpi")
            assert events_at.status_code == (401 if way == "http" else 404), "nobody else's requests are answered"
            if way == "socket mode":
                slack.wait_for_socket()
            wait_until(lambda: synced_at(demo_url) > DEMO_NOW)
        finally:
            bot_process.send_signal(signal.SIGTERM)
            _, errors = bot_process.communicate(timeout=60)
    events = [json.loads(line) for line in errors.splitlines()]
    assert bot_process.returncode == 0
    assert events[-1]["event"] == "stopped"
    assert any(event.get("way") == way for event in events)
    assert "xoxb-stand-in" not in errors


def refused_run(demo, slack, **values):
    """Return what a bot that can't start says on stderr."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, slack.api_url],
        env=environment(slack_bot_token="xoxb-stand-in", **values, **demo),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    return done.stderr


def test_a_port_that_is_taken_is_told(demo):
    slack = StandInSlack(signing_secret="shh", bot_token="xoxb-stand-in")
    with slack.running(), socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused_run(demo, slack, port=port, slack_signing_secret="shh")
    assert f"address_unusable(host='127.0.0.1', port={port}" in said


def test_an_app_token_that_slack_refuses_is_told(demo):
    slack = StandInSlack(signing_secret="shh", bot_token="xoxb-stand-in")
    with slack.running(), socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
        free.close()
        said = refused_run(demo, slack, port=port, slack_app_token="xapp-wrong")
    assert "slack_app_token_refused" in said
    assert "xapp-wrong" not in said


def wait_until(holds, seconds=45):
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except (httpx2.TransportError, sqlite3.Error):
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)


def synced_at(url):
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return connection.execute("SELECT synced_at FROM helpdesks").fetchone()[0]
    finally:
        connection.close()

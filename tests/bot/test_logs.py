import io
import json
import logging

import pytest
import structlog

from bot.logs import HIDDEN, configure, hide, redact

BOT_TOKEN = "xoxb-1234-abcdEFGH"
SECRETS = (BOT_TOKEN, "hunter2", "dGhlIHRva2Vu")


@pytest.fixture
def written():
    """Log as JSON; give what is written, an object a line."""
    stream = io.StringIO()
    configure(as_json=True, stream=stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_of_the_running_bot_is_one_json_object_with_its_time(written):
    structlog.get_logger("bot.sync").info("synced", helpdesk="demo", tickets=3)
    (event,) = written()
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "synced", "helpdesk": "demo", "tickets": 3, "level": "info", "logger": "bot.sync"}


def test_a_single_command_logs_lines_that_people_read():
    stream = io.StringIO()
    configure(as_json=False, level=logging.WARNING, stream=stream)
    structlog.get_logger().info("not worth a line")
    structlog.get_logger().warning("retrying", helpdesk="demo")
    assert stream.getvalue() == "warning: retrying (helpdesk=demo)\n"


def test_libraries_log_the_same_way(written):
    logging.getLogger("slack_bolt").warning("missed by %s", "5 s")
    (event,) = written()
    assert (event["event"], event["logger"], event["level"]) == ("missed by 5 s", "slack_bolt", "warning")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"token={BOT_TOKEN}&x=1", "x=1"),
        (f"using {BOT_TOKEN} now", "now"),
        ("Authorization: token hunter2", "Authorization"),
        ("{'Authorization': 'Bearer hunter2', 'Accept': 'json'}", "Accept"),
        ("Authorization: Basic dGhlIHRva2Vu", "Authorization"),
        ("postgresql://bot:hunter2@db.example/kpi", "db.example/kpi"),
        ("https://hooks.slack.com/commands/T1/hunter2", "hooks.slack.com"),
        ("password = 'hunter2'", "password"),
        ("[(b'Date', b'today'), (b'Set-Cookie', b'SID=hunter2; path=/'), (b'Server', b'x')]", "Server"),
        ("Cookie: SID=hunter2", "Cookie"),
        ("wss://slack.example/link/?ticket=hunter2&app=1", "app=1"),
        ("api_key: hunter2, page 3", "page 3"),
    ],
)
def test_a_secret_in_a_text_is_hidden_and_the_rest_is_kept(text, kept):
    said = redact(text)
    assert HIDDEN in said
    assert kept in said
    assert not any(secret in said for secret in SECRETS)


@pytest.mark.parametrize("text", ["3 tickets read", "https://helpdesk.example:8443/REST/2.0", "signature", "12:30"])
def test_a_text_without_secrets_stays_as_it_is(text):
    assert redact(text) == text


def test_secrets_are_hidden_in_fields_however_deep_and_in_tracebacks(written):
    log = structlog.get_logger()
    log.info("asked", slack_bot_token="short", headers={"Authorization": "hunter2"}, tried=[f"with {BOT_TOKEN}"])
    log.error("failed", exc_info=ValueError(f"refused {BOT_TOKEN}"))
    logging.getLogger("slack_sdk").error("sent %s", {"token": "hunter2"})
    events = written()
    assert len(events) == 3
    assert events[1]["exception"].startswith("ValueError: refused")
    assert not any(secret in json.dumps(events, ensure_ascii=False) for secret in (*SECRETS, "short"))


@pytest.fixture
def known():
    """Know some secrets while the test lasts."""
    hide(["plain-hex-8f742231", 'p@ss/"wörd', "kpi"])
    yield
    hide([])


@pytest.mark.parametrize(
    "text",
    [
        "signed with plain-hex-8f742231 twice: plain-hex-8f742231",
        'p@ss/"wörd',
        "postgresql:user=bot p%40ss%2F%22w%C3%B6rd",
        '{"given": "p@ss/\\"w\\u00f6rd"}',
    ],
)
def test_a_secret_that_is_known_is_hidden_whatever_is_around_it_and_however_it_is_written(known, text):
    said = redact(text)
    assert HIDDEN in said
    assert "8f742231" not in said
    assert "ss/" not in said
    assert "ss%2F" not in said


def test_what_is_too_short_for_a_secret_garbles_nothing(known):
    assert redact("kpi-bot answers") == "kpi-bot answers"


@pytest.mark.parametrize(("level", "lines"), [(logging.INFO, 0), (logging.DEBUG, 1)])
def test_addresses_that_were_called_are_logged_only_for_who_debugs(level, lines):
    stream = io.StringIO()
    configure(as_json=True, level=level, stream=stream)
    logging.getLogger("httpx2").info("HTTP Request: GET https://helpdesk.example/?key=1")
    assert len(stream.getvalue().splitlines()) == lines

"""Webhooks as each helpdesk sends them, over HTTP, and what is marked for it."""

import base64
import hashlib
import hmac
import json
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from bot.database import open_database, writing
from bot.demo.slack import serving
from bot.helpdesks.registry import WEBHOOKS
from bot.settings import HelpdeskSettings, load_settings
from bot.settings_file import KINDS, WITHOUT_ADDRESS
from bot.tables import heard_tickets
from bot.web import create_web
from bot.webhooks import LARGEST_BODY, webhook_routes
from kpi.errors import SettingsError
from kpi.schema import helpdesks

NOW = 1_794_900_000
SECRET = "3fd8c1a77e0b4b52a1c6"
BIG = 2**53 + 1


def signature(digest, secret, message):
    return hmac.new(secret.encode(), message, digest).digest()


def zendesk(body, secret=SECRET, at=NOW):
    time = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signed = base64.b64encode(signature(hashlib.sha256, secret, time.encode() + body)).decode()
    return {"X-Zendesk-Webhook-Signature": signed, "X-Zendesk-Webhook-Signature-Timestamp": time}


def help_scout(body, secret=SECRET, event="convo.agent.reply.created"):
    signed = base64.b64encode(signature(hashlib.sha1, secret, body)).decode()
    return {"X-HelpScout-Signature": signed, "X-HelpScout-Event": event}


def hub(body, secret=SECRET):
    return {"X-Hub-Signature": f"sha1={signature(hashlib.sha1, secret, body).hex()}"}


SIGNED = {"zendesk": zendesk, "help-scout": help_scout, "intercom": hub, "zammad": hub}
UNSIGNED = ("freshdesk", "liveagent", "request-tracker")


def event(kind, ticket):
    """Return what a helpdesk says of a ticket, with what else it says along."""
    person = {"id": 5, "email": "dina@example.com"}
    return {
        "zendesk": {
            "type": "zen:event-type:ticket.status_changed",
            "subject": f"zen:ticket:{ticket}",
            "detail": {"id": str(ticket), "requester_id": "5", "subject": "Locked out"},
            "event": {"current": "SOLVED", "previous": "OPEN"},
        },
        "help-scout": {"id": ticket, "number": 12, "subject": "Locked out", "primaryCustomer": person},
        "intercom": {
            "type": "notification_event",
            "topic": "conversation.admin.replied",
            "id": "notif_1",
            "data": {"type": "notification_event_data", "item": {"type": "conversation", "id": str(ticket)}},
        },
        "zammad": {"ticket": {"id": ticket, "number": "10001", "customer": person}, "article": {"id": 3, "body": "Hi"}},
    }.get(kind, {"ticket": ticket})


def notification(topic, item):
    """Return a notification of Intercom's."""
    return {"topic": topic, "data": {"type": "notification_event_data", "item": item}}


class Helpdesks:
    """Helpdesks of all kinds that call a bot; each is named as its kind."""

    def __init__(self, url, engine, client):
        self.url, self.engine, self.client = url, engine, client

    def send(self, kind, body, headers=None, *, secret=SECRET, **said):
        """Send a body as a kind does, unless headers are given; return the answer."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signs = SIGNED.get(kind)
        if headers is None:
            headers = {} if signs is None else signs(raw, secret, **said)
        path = f"/helpdesks/{kind}" if signs else f"/helpdesks/{kind}/{secret}"
        return self.client.post(self.url + path, content=raw, headers={"content-type": "application/json"} | headers)

    def rows(self):
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(heard_tickets)).mappings()]

    def marked(self):
        """Return what is marked, as (helpdesk, ticket)."""
        return {(row["helpdesk"], row["external_id"]) for row in self.rows()}


@contextmanager
def listening(engine, desks, clock=lambda: NOW):
    """Give helpdesks that call a bot of these settings."""
    with (
        serving(create_web(None, webhook_routes(engine, desks, clock))) as url,
        httpx2.Client(trust_env=False) as client,
    ):
        yield Helpdesks(url, engine, client)


@contextmanager
def calling(engine, clock=lambda: NOW, secret=SECRET):
    """Give helpdesks of every kind that were read before and call a bot; `secret` is that of the settings."""
    secret = None if secret is None else SecretStr(secret)
    desks = [HelpdeskSettings(key=kind, kind=kind, webhook_secret=secret) for kind in KINDS]
    with writing(engine) as connection:
        connection.execute(insert(helpdesks), [{"key": kind, "kind": kind} for kind in KINDS])
    with listening(engine, desks, clock) as found:
        yield found


@pytest.fixture
def sqlite(make_sqlite):
    opened = open_database(make_sqlite())
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("webhooks") / "kpi-bot.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    with calling(engine) as found:
        yield found
    engine.dispose()


@pytest.fixture
def desks(server):
    """Give helpdesks that call a bot, with nothing marked yet."""
    with writing(server.engine) as connection:
        connection.execute(heard_tickets.delete())
    return server


every_kind = pytest.mark.parametrize("kind", [*SIGNED, *UNSIGNED])


def test_every_kind_that_can_call_is_listened_to():
    assert set(WEBHOOKS) == set(KINDS) - WITHOUT_ADDRESS == {*SIGNED, *UNSIGNED}


# --- What is heard -----------------------------------------------------------------------------------------------


@every_kind
def test_a_ticket_that_changed_is_marked_whatever_its_number(desks, kind):
    answers = [desks.send(kind, event(kind, number)) for number in (7, BIG)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b""), (200, b"")]
    assert desks.marked() == {(kind, "7"), (kind, str(BIG))}


@pytest.mark.parametrize(
    ("kind", "body", "ticket"),
    [
        ("intercom", notification("ticket.resolved", {"type": "ticket", "id": "8", "ticket_id": "2"}), "8"),
        ("intercom", notification("ticket.closed", {"ticket": {"id": "8", "ticket_id": "2"}}), "8"),
        ("intercom", notification("conversation.deleted", {"conversation_id": "8"}), "8"),
        ("zendesk", {"ticket": "8", "type": "incident"}, "8"),
        ("liveagent", {"ticket": " a1b2c3d4 "}, "a1b2c3d4"),
    ],
)
def test_other_shapes_of_an_event_are_understood(desks, kind, body, ticket):
    assert desks.send(kind, body).status_code == 200
    assert desks.marked() == {(kind, ticket)}


@pytest.mark.parametrize("sent", ["convo.deleted", "convo.merged"])
def test_a_conversation_that_was_deleted_or_merged_is_marked(desks, sent):
    assert desks.send("help-scout", {"id": 8}, event=sent).status_code == 200
    assert desks.marked() == {("help-scout", "8")}


@pytest.mark.parametrize("kind", ["zendesk", *UNSIGNED])
def test_several_tickets_of_one_event_are_marked_each_once(desks, kind):
    assert desks.send(kind, {"ticket": [7, "8", "7"]}).status_code == 200
    assert desks.marked() == {(kind, "7"), (kind, "8")}


@pytest.mark.parametrize("kind", UNSIGNED)
def test_a_form_is_as_good_as_json(desks, kind):
    form = urlencode([("ticket", 7), ("ticket", 8)]).encode()
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert desks.send(kind, form, headers).status_code == 200
    assert desks.marked() == {(kind, "7"), (kind, "8")}


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("zendesk", {"type": "zen:event-type:user.created", "detail": {"id": "7"}}, {}),
        ("help-scout", {"id": 7, "firstName": "Dina"}, {"event": "customer.updated"}),
        ("intercom", notification("contact.user.created", {"type": "contact", "id": "7"}), {}),
        ("intercom", notification("ping", {"type": "ping"}), {}),
    ],
)
def test_an_event_about_something_else_is_taken_and_marks_nothing(desks, kind, body, said):
    assert desks.send(kind, body, **said).status_code == 200
    assert desks.marked() == set()


def test_nothing_is_marked_of_a_helpdesk_that_was_never_read(sqlite):
    with calling(sqlite) as desks:
        with writing(sqlite) as connection:
            connection.execute(helpdesks.delete().where(helpdesks.c.key == "zammad"))
        assert desks.send("zammad", event("zammad", 7)).status_code == 200
        assert desks.marked() == set()


# --- Who is listened to ------------------------------------------------------------------------------------------


@every_kind
def test_another_secret_is_refused_without_a_word_why(desks, kind):
    answer = desks.send(kind, event(kind, 7), secret=SECRET[:-1] + "0")
    assert (answer.status_code, answer.text) == ((401, "Unauthorized") if kind in SIGNED else (404, "Not Found"))
    assert desks.marked() == set()


@pytest.mark.parametrize("kind", SIGNED)
def test_a_body_that_was_changed_on_the_way_is_refused(desks, kind):
    signed = SIGNED[kind](json.dumps(event(kind, 7)).encode())
    assert desks.send(kind, event(kind, 8), signed).status_code == 401
    assert desks.marked() == set()


@pytest.mark.parametrize("kind", SIGNED)
def test_a_body_that_is_not_signed_is_refused(desks, kind):
    given = [{}, *({name: wrong.encode() for name in SIGNED[kind](b"")} for wrong in ("", "sha1=", "é"))]
    assert [desks.send(kind, event(kind, 7), headers).status_code for headers in given] == [401] * 4
    assert desks.marked() == set()


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_signature_of_another_time_is_refused(desks, seconds):
    assert desks.send("zendesk", event("zendesk", 7), at=NOW + seconds).status_code == 401
    assert desks.send("zendesk", event("zendesk", 8), at=NOW + seconds // 2).status_code == 200
    assert desks.marked() == {("zendesk", "8")}


def test_where_nobody_listens_nothing_is_found(desks):
    paths = ["nobody", f"nobody/{SECRET}", "freshdesk", "freshdesk/", f"zammad/{SECRET}", "demo", f"demo/{SECRET}"]
    body = json.dumps({"ticket": {"id": 7}}).encode()
    calls = [f"{desks.url}/helpdesks/{path}" for path in paths]
    assert [desks.client.post(call, content=body, headers=hub(body)).status_code for call in calls] == [404] * 7
    assert desks.marked() == set()


def test_without_a_secret_nobody_is_listened_to(sqlite):
    with calling(sqlite, secret=None) as desks:
        answers = [desks.send(kind, event(kind, 7), secret=secret) for kind in WEBHOOKS for secret in (SECRET, "")]
        assert {answer.status_code for answer in answers} == {404}
        assert desks.marked() == set()


def test_intercom_is_told_beforehand_whether_the_address_is_right(desks):
    paths = ("intercom", f"freshdesk/{SECRET}", "freshdesk/another", "nobody")
    asked = [desks.client.head(f"{desks.url}/helpdesks/{path}").status_code for path in paths]
    assert asked == [200, 200, 404, 404]


# --- What can't be read ------------------------------------------------------------------------------------------


@every_kind
def test_a_body_that_can_not_be_read_is_told(desks, kind):
    bodies = [b"", b"\xff\xfe", b"{", b"7", b"[]", b"null", b"{}", b"[" * 100_000]
    assert {body[:9]: desks.send(kind, body).status_code for body in bodies} == {body[:9]: 400 for body in bodies}
    assert desks.marked() == set()


@every_kind
def test_what_is_no_number_of_a_ticket_is_told(desks, kind):
    numbers = ["{{ticket.id}}", "", 1.5, True, None, {}, "7\n8", "x" * 65, "٧"]
    said = {
        "zendesk": lambda number: {"ticket": number},
        "intercom": lambda n: notification("ticket.created", {"id": n}),
    }
    shaped = said.get(kind, partial(event, kind))
    assert [number for number in numbers if desks.send(kind, shaped(number)).status_code != 400] == []
    assert desks.marked() == set()


def test_a_form_that_names_no_ticket_is_told(desks):
    forms = [b"", b"tickets=7", b"ticket", b"ticket=\xff", b"ticket=%7B%7Bid%7D%7D"]
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert [form for form in forms if desks.send("freshdesk", form, headers).status_code != 400] == []
    assert desks.marked() == set()


@pytest.mark.parametrize("kind", ["zammad", "freshdesk"])
def test_a_body_that_is_too_large_is_refused(desks, kind):
    assert desks.send(kind, event(kind, 7) | {"more": "x" * LARGEST_BODY}).status_code == 413
    assert desks.marked() == set()


# --- Again and again ---------------------------------------------------------------------------------------------


def test_what_is_told_again_changes_nothing_but_the_mark(engine):
    now = [NOW]
    with calling(engine, lambda: now[0]) as desks:
        desks.send("zendesk", event("zendesk", 7))
        (first,) = desks.rows()
        now[0] += 60
        desks.send("zendesk", event("zendesk", 7))
        (second,) = desks.rows()
    assert first["mark"] != second["mark"]
    assert first | {"mark": ""} == second | {"mark": ""}
    assert first["heard_at"] == NOW


def test_a_thousand_deliveries_of_one_event_at_once_leave_one_row(engine):
    with calling(engine) as desks, ThreadPoolExecutor(20) as threads:
        sent = threads.map(lambda _: desks.send("zammad", event("zammad", 7)).status_code, range(1000))
        assert Counter(sent) == {200: 1000}
        assert desks.marked() == {("zammad", "7")}


def test_while_the_database_is_away_the_helpdesk_is_asked_to_try_again(tmp_path):
    path = tmp_path / "gone.db"
    gone = open_database(f"sqlite:///{path}")
    gone.dispose()
    path.unlink()
    path.mkdir()
    desk = HelpdeskSettings(key="zendesk", kind="zendesk", webhook_secret=SecretStr(SECRET))
    with listening(gone, [desk]) as desks:
        answer = desks.send("zendesk", event("zendesk", 7))
    assert (answer.status_code, answer.content) == (503, b"")
    assert 0 < int(answer.headers["retry-after"]) < 60, "or Zendesk won't"


def test_another_writer_is_not_waited_for_longer_than_helpdesks_wait(sqlite, monkeypatch):
    monkeypatch.setattr("bot.webhooks.PATIENCE_MS", 50)
    with calling(sqlite) as desks:
        with writing(sqlite):
            assert desks.send("zammad", event("zammad", 7)).status_code == 503
        assert desks.send("zammad", event("zammad", 7)).status_code == 200


# --- The secret --------------------------------------------------------------------------------------------------

FILE = '[[helpdesks]]\nkey = "desk"\nkind = "zendesk"\nurl = "https://desk.example.com"\n'
TOKEN = 'token_env = "MISSING"\n'


@pytest.fixture
def load(tmp_path):
    """Return the settings of a file and an environment; a secret in a file stands in `secret`."""
    (tmp_path / "secret").write_text(f"{SECRET}\n")

    def load(toml, environment=None, **how):
        path = tmp_path / "kpi-bot.toml"
        path.write_text(toml.replace("PATH", str(tmp_path / "secret")))
        given = {name: text.replace("PATH", str(tmp_path / "secret")) for name, text in (environment or {}).items()}
        return load_settings(given | {"KPI_BOT_SETTINGS": str(path)}, **how)

    return load


@pytest.mark.parametrize(
    ("toml", "environment"),
    [
        (FILE + TOKEN + f'webhook_secret = "{SECRET}"', {}),
        (FILE + TOKEN + 'webhook_secret_file = "PATH"', {}),
        (FILE + TOKEN + 'webhook_secret_env = "KPI_BOT_HOOK"', {"KPI_BOT_HOOK": SECRET}),
        ("", {"KPI_BOT_HELPDESK": "zendesk", "KPI_BOT_HELPDESK_WEBHOOK_SECRET": SECRET}),
        ("", {"KPI_BOT_HELPDESK": "zendesk", "KPI_BOT_HELPDESK_WEBHOOK_SECRET_FILE": "PATH"}),
    ],
)
def test_who_only_answers_has_the_webhook_secret_and_needs_no_token(load, toml, environment):
    settings = load(toml, environment, reads_helpdesks=False)
    assert settings.helpdesks[0].webhook_secret.get_secret_value() == SECRET
    assert settings.secrets == {SECRET}
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("toml", "key", "setting"),
    [
        (FILE + 'webhook_secret = "hush-hush"', "webhook_secret_short", "helpdesks.desk.webhook_secret"),
        (FILE + 'webhook_secret = ""', "webhook_secret_short", "helpdesks.desk.webhook_secret"),
        (FILE + 'webhook_secret_env = "KPI_BOT_HOOK"', "setting_missing", "KPI_BOT_HOOK"),
        (FILE + f'webhook_secret = "{SECRET}"\nwebhook_secret_file = "PATH"', "setting_twice", "webhook_secret"),
    ],
)
def test_a_webhook_secret_that_is_not_accepted_is_named_and_not_told(load, toml, key, setting):
    with pytest.raises(SettingsError) as refused:
        load(toml)
    assert refused.value.key == key
    assert refused.value.values["setting"].endswith(setting)
    assert not {SECRET, "hush-hush"} & {str(value) for value in refused.value.values.values()}

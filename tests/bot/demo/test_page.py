import json
from threading import Thread

import httpx2
import pytest
from shown import actions, button, field, home, menu, modal, option, section, until, words
from starlette.applications import Starlette

from bot.demo.completing import Completer
from bot.demo.page import create_page


class Page:
    """The page of one person: what it reads and what it sends."""

    def __init__(self, browser, user):
        self.browser, self.user = browser, user

    def get(self, path, **params):
        return self.browser.get(path, params=params)

    def state(self):
        return self.get("/api/page/state", user=self.user).json()

    def post(self, doing, **given):
        return self.browser.post(f"/api/page/{doing}", json={"user": self.user} | given).json()


@pytest.fixture
def page(slack, app, addresses, tmp_path, clock):
    """Give Bob's page, served with the stand-in Slack."""
    (tmp_path / "index.html").write_text("<title>Demo</title>")
    (tmp_path / "page.js").write_text("start()")

    def move(seconds):
        clock.now += seconds

    pages = create_page(slack, tmp_path, complete=Completer(clock, "Europe/Paris"), move=move)
    served, _ = addresses
    served.app = Starlette(routes=[*slack.routes(), *pages])
    with httpx2.Client(base_url=served.url, trust_env=False) as browser:
        yield Page(browser, "U_BOB")


# --- What somebody sees ----------------------------------------------------------------------------------------------


def test_the_page_and_what_it_loads_are_served(page):
    assert "Demo" in page.get("/").text
    assert page.get("/static/page.js").text == "start()"
    assert page.get("/static/../conftest.py").status_code == 404


def test_everybody_sees_what_is_theirs(page, client):
    client.chat_postMessage(channel="C_SUPPORT", text="for all", blocks=[section()])
    client.chat_postEphemeral(channel="C_SUPPORT", user="U_DINA", text="for Dina")
    client.chat_postMessage(channel="U_BOB", text="for Bob")
    bob, dina = page.state(), Page(page.browser, "U_DINA").state()
    assert [one["text"] for one in bob["messages"]["C_SUPPORT"]] == ["for all"]
    assert [one["text"] for one in bob["messages"]["D_BOB"]] == ["for Bob"]
    assert [(one["text"], one["ephemeral"]) for one in dina["messages"]["C_SUPPORT"]] == [
        ("for all", False),
        ("for Dina", True),
    ]
    assert [one["id"] for one in bob["channels"]] == ["C_SUPPORT", "C_SALES", "C_SECRET", "C_BOARD", "D_BOB"]
    assert [one["id"] for one in dina["channels"]] == ["C_SUPPORT", "C_SALES", "D_DINA"]
    assert [one["kind"] for one in dina["channels"]] == ["channel", "channel", "app"]


def test_a_message_is_shown_with_who_wrote_it_and_what_belongs_to_it(page, slack, client):
    slack.say("U_ALICE", "C_SUPPORT", "hello")
    ts = client.chat_postMessage(channel="C_SUPPORT", text="one", blocks=[section()])["ts"]
    client.chat_update(channel="C_SUPPORT", ts=ts, text="two", blocks=[section()])
    client.chat_postMessage(channel="C_SUPPORT", text="reply", thread_ts=ts)
    hers, mine, reply = page.state()["messages"]["C_SUPPORT"]
    assert (hers["name"], hers["is_bot"], mine["name"], mine["is_bot"]) == ("Alice", False, "kpi", True)
    assert (mine["text"], mine["edited"], mine["reply_count"], reply["thread_ts"]) == ("two", True, 1, ts)
    assert mine["blocks"][0]["type"] == "section"


def test_a_file_can_be_opened(page, client):
    client.files_upload_v2(channel="D_BOB", content="kpi,value\n", filename="fcr.csv")
    (message,) = page.state()["messages"]["D_BOB"]
    (file,) = message["files"]
    assert (file["name"], page.get(file["url"]).text) == ("fcr.csv", "kpi,value\n")


def test_the_state_says_when_and_where_it_is(page, clock):
    state = page.state()
    assert (state["now"], state["zone"], state["home"], state["modal"]) == (clock.now, "Europe/Paris", None, None)
    assert [(one["id"], one["role"], one["locale"]) for one in state["people"][:2]] == [
        ("U_BOB", "lead", "en-US"),
        ("U_ALICE", "agent", "fr-FR"),
    ]


def test_nobody_sees_nothing(page):
    assert page.get("/api/page/state", user="U_NOBODY").status_code == 404


def test_every_change_is_told_to_whoever_listens(page, client):
    heard = []

    def listen():
        with page.browser.stream("GET", "/api/page/changes", params={"user": "U_BOB"}) as stream:
            for line in stream.iter_lines():
                if line:
                    heard.append(json.loads(line.removeprefix("data: "))["revision"])
                if len(heard) == 2:
                    return

    listening = Thread(target=listen)
    listening.start()
    until(lambda: len(heard) == 1)
    client.chat_postMessage(channel="C_SUPPORT", text="words")
    listening.join(5)
    assert heard[1] == page.state()["revision"] > heard[0]


# --- What somebody does ----------------------------------------------------------------------------------------------


def test_a_command_is_sent_as_it_was_typed(page, app):
    heard = []

    @app.command("/kpi")
    def command(ack, command):
        ack()
        heard.append((command["user_id"], command["channel_id"], command["text"]))

    assert page.post("command", channel="C_SUPPORT", text='fcr @alice team:"R&D"') == {"ok": True}
    assert heard == [("U_BOB", "C_SUPPORT", 'fcr <@U_ALICE|Alice> team:"R&amp;D"')]


def test_a_message_reaches_the_bot_where_it_is_addressed(page, app, slack):
    heard = []
    app.event("app_mention")(lambda event: heard.append(event["text"]))
    app.event("message")(lambda event: heard.append(event["text"]))
    page.post("message", channel="C_SUPPORT", text="good morning")
    page.post("message", channel="C_SUPPORT", text="@kpi fcr week")
    page.post("message", channel="D_BOB", text="backlog")
    until(lambda: len(heard) == 2)
    assert heard == ["<@U_KPI> fcr week", "backlog"]
    assert len(page.state()["messages"]["C_SUPPORT"]) == 2


def test_a_button_and_a_menu_of_a_message_are_used(page, app, client):
    heard = []
    app.action("press")(lambda ack, action: (ack(), heard.append(action["value"])))
    app.action("pick")(lambda ack, action: (ack(), heard.append(action["selected_option"]["value"])))
    blocks = [actions(button("press", value="7"), menu("pick", "team", "agent"))]
    ts = client.chat_postMessage(channel="C_SUPPORT", text="words", blocks=blocks)["ts"]
    where = {"channel": "C_SUPPORT", "message_ts": ts, "block_id": "actions"}
    assert page.post("action", **where, action_id="press") == {"ok": True}
    assert page.post("action", **where, action_id="pick", selected_option=option("agent")) == {"ok": True}
    until(lambda: len(heard) == 2)
    assert heard == ["7", "agent"]
    assert page.post("action", **where, action_id="pick", selected_option=option("priority"))["ok"] is False
    assert page.post("action", **where, action_id="nothing")["ok"] is False


def test_a_menu_that_asks_the_bot_shows_what_it_offers(page, app, client):
    app.options("pick")(lambda ack, payload: ack(options=[option(payload["value"])]))
    blocks = [actions({"type": "external_select", "action_id": "pick"})]
    ts = client.chat_postMessage(channel="C_SUPPORT", text="words", blocks=blocks)["ts"]
    where = {"channel": "C_SUPPORT", "message_ts": ts, "block_id": "actions", "action_id": "pick"}
    assert page.post("options", **where, value="bil") == {"ok": True, "options": [option("bil")]}


@pytest.fixture
def opened(page, app, slack, client):
    """Give the id of a modal that is open on Bob's page; whatever is not 75 is refused."""

    @app.view("checked")
    def checked(ack, view):
        typed = view["state"]["values"]["value"]["value"]["value"]
        ack() if typed == "75" else ack(response_action="errors", errors={"value": "Not 75."})

    view = modal(field("value", words("value")), actions(button("press")), callback_id="checked")
    client.views_open(trigger_id=slack.workspace.permits.trigger("U_BOB"), view=view)
    return page.state()["modal"]["id"]


def filled(value):
    return {"values": {"value": {"value": {"type": "plain_text_input", "value": value}}}}


def test_a_modal_is_filled_in_refused_and_accepted(page, opened):
    assert page.post("submit", view_id=opened, state=filled("7")) == {"ok": True}
    shown = page.state()["modal"]
    assert (shown["errors"], shown["state"]["values"]["value"]["value"]["value"]) == ({"value": "Not 75."}, "7")
    assert page.post("submit", view_id=opened, state=filled("75")) == {"ok": True}
    assert page.state()["modal"] is None


def test_a_click_in_a_modal_takes_along_what_is_filled_in(page, app, opened):
    heard = []
    app.action("press")(lambda ack, body: (ack(), heard.append(body["view"]["state"]["values"]["value"]["value"])))
    page.post("action", view_id=opened, block_id="actions", action_id="press", state=filled("12"))
    assert heard[0]["value"] == "12"


def test_a_modal_is_closed(page, opened):
    assert page.post("close", view_id=opened) == {"ok": True}
    assert page.state()["modal"] is None
    assert page.post("close", view_id=opened) == {"ok": False, "error": "not_found"}


def test_the_app_home_is_opened(page, app):
    @app.event("app_home_opened")
    def show(event, client):
        client.views_publish(user_id=event["user"], view=home(section()))

    page.post("home")
    assert until(lambda: page.state()["home"])["type"] == "home"


def test_the_clock_and_the_language_are_changed(page, clock):
    before = clock.now
    assert page.post("clock", seconds=3600) == {"ok": True}
    assert page.state()["now"] == before + 3600
    page.post("locale", locale="fr-FR")
    assert page.state()["people"][0]["locale"] == "fr-FR"
    assert page.post("clock", seconds="soon")["ok"] is False


def test_words_are_completed_in_the_persons_language(page):
    def complete(user, text):
        return page.get("/api/page/complete", user=user, text=text).json()["suggestions"]

    assert complete("U_BOB", "/kpi first con")[0]["text"] == "/kpi first contact resolution "
    assert complete("U_ALICE", "/kpi résolution au pre")[0]["text"] == "/kpi résolution au premier contact "


def test_a_bot_that_fails_is_told_on_the_page(page, app):
    assert page.post("command", channel="C_SUPPORT", text="fcr")["ok"] is False
    (notice,) = page.state()["notices"]
    assert "failed" in notice["text"]


@pytest.mark.parametrize("given", [{}, {"channel": "C_NOWHERE", "text": "fcr"}, {"channel": 7, "text": "fcr"}])
def test_what_the_page_would_never_send_is_refused(page, given):
    assert page.post("command", **given)["ok"] is False


def test_no_other_site_can_act_for_somebody(page):
    response = page.browser.post("/api/page/clock", content=b'{"seconds": 1}')
    assert response.status_code == 415

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from shown import actions, button, field, home, modal, section, until, words
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.demo.slack import Fault


def say(client, channel="C_SUPPORT"):
    return client.chat_postMessage(channel=channel, text="words")


# --- Faults of the Web API -------------------------------------------------------------------------------------------


def test_a_method_fails_as_often_as_it_is_told_to(slack, client):
    slack.fail("chat.postMessage", Fault(error="not_in_channel"), Fault(error="internal_error"))
    for error in ("not_in_channel", "internal_error"):
        with pytest.raises(SlackApiError, match=error):
            say(client)
    client.auth_test()
    say(client)
    assert len(slack.posts) == 1


def test_a_rate_limit_says_how_long_to_wait(slack):
    client = WebClient("xoxb-stand-in", base_url=slack.api_url)
    slack.fail("chat.postMessage", Fault(status=429, body="{}", headers={"Retry-After": "7"}))
    with pytest.raises(SlackApiError) as refused:
        say(client)
    assert refused.value.response.headers["Retry-After"] == "7"


def test_a_cut_connection_leaves_open_whether_a_message_was_taken(slack):
    client = WebClient("xoxb-stand-in", base_url=slack.api_url, retry_handlers=[])
    for taken, posts in ((False, 0), (True, 1)):
        slack.fail("chat.postMessage", Fault(cut=True, taken=taken))
        with pytest.raises(OSError, match=r"closed|reset"):
            say(client)
        assert len(slack.posts) == posts


def test_whoever_tries_again_after_a_cut_connection_posts_twice(slack):
    client = WebClient("xoxb-stand-in", base_url=slack.api_url, retry_handlers=[ConnectionErrorRetryHandler()])
    slack.fail("chat.postMessage", Fault(cut=True, taken=True))
    say(client)
    assert len(slack.posts) == 2


def test_a_message_may_be_taken_and_the_answer_never_come(slack):
    client = WebClient("xoxb-stand-in", base_url=slack.api_url, retry_handlers=[], timeout=0.2)
    slack.fail("chat.postMessage", Fault(taken=True, delay_s=0.5))
    with pytest.raises(TimeoutError):
        say(client)
    assert len(slack.posts) == 1


def test_a_response_url_fails_as_a_method_does(slack):
    address = WebhookClient(slack.payload("fcr week")["response_url"], retry_handlers=[], timeout=1)
    slack.faults.extend([Fault(status=503, body="down"), Fault(cut=True, taken=True)])
    assert address.send(text="one").status_code == 503
    with pytest.raises(OSError, match=r"closed|reset"):
        address.send(text="two")
    assert address.send(text="three").status_code == 200
    assert [message.text for message in slack.posts] == ["two", "three"]


# --- Rate limits -----------------------------------------------------------------------------------------------------


def test_slack_takes_a_message_a_second_in_each_channel(slack, client, clock):
    client.retry_handlers.clear()
    slack.limit_rates()
    say(client)
    say(client, "C_SALES")
    with pytest.raises(SlackApiError) as refused:
        say(client)
    assert (refused.value.response["error"], refused.value.response.headers["Retry-After"]) == ("ratelimited", "1")
    clock.now += 1
    say(client)
    assert len(slack.posts) == 3


def test_slack_takes_so_many_calls_a_minute(slack, client, clock):
    client.retry_handlers.clear()
    slack.limit_rates()
    for _ in range(20):
        client.usergroups_list()
        clock.now += 1
    with pytest.raises(SlackApiError) as refused:
        client.usergroups_list()
    assert refused.value.response.headers["Retry-After"] == "40"
    clock.now += 40
    client.usergroups_list()


def test_whoever_waits_as_long_as_slack_says_is_heard(slack, clock, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: setattr(clock, "now", clock.now + seconds))
    client = WebClient("xoxb-stand-in", base_url=slack.api_url, retry_handlers=[RateLimitErrorRetryHandler()])
    slack.limit_rates()
    say(client)
    say(client)
    assert len(slack.posts) == 2


# --- Events that are not acknowledged --------------------------------------------------------------------------------


@pytest.fixture
def attempts(slack, app):
    """Give what comes of an event whose first two deliveries fail: its id, its attempt and its reason each time."""
    slack.sender.retry_after_s = (0.0, 0.01, 0.01)
    seen = []

    @app.middleware
    def failing(req, resp, next):  # noqa: A002  # Bolt's name
        seen.append((req.body["event_id"], *(req.headers.get(f"x-slack-retry-{part}") for part in ("num", "reason"))))
        if len(seen) < 3:
            resp.status = 500
            return resp
        return next()

    app.event("app_mention")(lambda: None)
    return seen


def test_an_event_that_is_not_acknowledged_comes_again_under_its_id(slack, attempts):
    assert slack.mention("U_BOB", "C_SUPPORT", "fcr week").status == 500
    until(lambda: len(attempts) == 3)
    time.sleep(0.1)
    assert len(attempts) == 3
    assert {event_id for event_id, *_ in attempts} == {attempts[0][0]}
    assert [(number, reason) for _, number, reason in attempts] == [
        (None, None),
        (["1"], ["http_error"]),
        (["2"], ["http_error"]),
    ]


def test_a_bot_that_is_not_there_is_told_to_whoever_asked(slack):
    slack.events_url = "http://127.0.0.1:9/slack/events"
    assert slack.command("fcr week", user="U_BOB").status is None
    assert slack.notices("U_BOB") == ['/kpi failed with the error "dispatch_failed"']


# --- Socket Mode -----------------------------------------------------------------------------------------------------


@pytest.fixture
def replicas(slack, client):
    """Give two Bolt apps that are connected in Socket Mode, as the two replicas of one bot are."""
    apps = [App(client=client), App(client=client)]
    handlers = [SocketModeHandler(app, slack.app_token) for app in apps]
    for handler in handlers:
        handler.connect()
    until(lambda: len(slack.sender.sockets._open) == 2)
    yield apps
    with ThreadPoolExecutor() as closing:  # each waits three seconds for a last message
        list(closing.map(lambda handler: handler.close(), handlers))
    until(lambda: not slack.sender.sockets.connected)


def listen(app, heard, served):
    """Let a bot hear everything; each time it is told something it is put among the `served`."""

    @app.middleware
    def count(next):  # noqa: A002  # Bolt's name
        served.append(app)
        next()

    app.action("press")(lambda ack, body: (ack(), heard.append(body["response_url"])))
    app.view("saved")(lambda ack: ack(response_action="errors", errors={"value": "Not a share."}))
    app.event("app_mention")(lambda event: heard.append(event["text"]))
    app.event("app_home_opened")(
        lambda event, client: client.views_publish(user_id=event["user"], view=home(section()))
    )


def test_everything_works_over_sockets_too_and_each_bot_has_its_turn(slack, client, replicas):
    heard, served = [], []
    for app in replicas:
        listen(app, heard, served)
    client.chat_postMessage(channel="C_SUPPORT", text="words", blocks=[actions(button("press"))])
    assert slack.click("U_BOB", slack.posts[0], "press").acknowledged
    slack.mention("U_BOB", "C_SUPPORT", "fcr week")
    slack.open_home("U_BOB")
    slack.wait_for(lambda: slack.home("U_BOB"))
    view = modal(field("value", words("value")), callback_id="saved")
    client.views_open(trigger_id=slack.workspace.permits.trigger("U_BOB"), view=view)
    assert slack.submit("U_BOB", values={"value": "x"}).errors == {"value": "Not a share."}
    until(lambda: len(heard) == 2)
    assert heard == [f"{slack.url}/answers/{heard[0].rpartition('/')[2]}", "<@U_KPI> fcr week"]
    assert served == replicas * 2

import pytest
from shown import actions, button, field, home, menu, modal, option, section, until, words

from bot.demo.slack import SlackError
from bot.demo.slack.permits import RESPONSE_URL_LASTS_S


@pytest.fixture
def heard(app):
    """Give what the bot is told by clicks on `press…`, by menus `pick…` and by modals `saved`."""
    found = []

    def hear(ack, body):
        ack()
        found.append(body)

    for name in ("press", "pick"):
        app.action(name)(hear)
    app.view("saved")(hear)
    app.view_closed("saved")(hear)
    return found


def post(slack, client, *blocks, channel="C_SUPPORT", **more):
    """Post a message; return it as people see it."""
    ts = client.chat_postMessage(channel=channel, text="words", blocks=list(blocks), **more)["ts"]
    return next(message for message in slack.posts if message.ts == ts)


def opening(app, view):
    """Let the bot open a modal when `open` is clicked."""

    @app.action("open")
    def open_modal(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)


def opened(slack, app, client, view, user="U_BOB"):
    """Return a modal that the bot has opened for a click."""
    opening(app, view)
    slack.click(user, post(slack, client, actions(button("open"))), "open")
    return slack.wait_for(lambda: slack.modal(user))


# --- Messages --------------------------------------------------------------------------------------------------------


def test_a_click_tells_the_bot_who_clicked_what_and_where(slack, client, heard):
    message = post(slack, client, section(), actions(button("press", value="question 7")))
    assert slack.click("U_BOB", message, "press").acknowledged
    (body,) = heard
    assert (body["user"]["id"], body["channel"]["id"]) == ("U_BOB", "C_SUPPORT")
    assert body["container"]["message_ts"] == body["message"]["ts"] == message.ts
    assert body["message"]["blocks"] == message.blocks
    (action,) = body["actions"]
    assert (action["action_id"], action["value"], action["type"]) == ("press", "question 7", "button")


def test_of_an_ephemeral_message_slack_does_not_tell_what_it_says(slack, client, heard):
    client.chat_postEphemeral(channel="C_SUPPORT", user="U_DINA", text="words", blocks=[actions(button("press"))])
    slack.click("U_DINA", slack.posts[0], "press")
    assert heard[0]["container"]["is_ephemeral"] is True
    assert "message" not in heard[0]


def test_nobody_can_click_what_only_another_sees(slack, client, heard):
    client.chat_postEphemeral(channel="C_SUPPORT", user="U_DINA", text="words", blocks=[actions(button("press"))])
    (message,) = slack.posts
    assert slack.seen_by("U_DINA", "C_SUPPORT") == [message]
    assert slack.seen_by("U_BOB", "C_SUPPORT") == []
    with pytest.raises(SlackError, match="message_not_found"):
        slack.click("U_BOB", message, "press")


def test_private_channels_are_seen_by_their_members_only(slack, client):
    post(slack, client, section(), channel="C_BOARD")
    assert len(slack.seen_by("U_BOB", "C_BOARD")) == 1
    assert slack.seen_by("U_DINA", "C_BOARD") == []


def test_what_is_not_there_cannot_be_clicked(slack, client, heard):
    message = post(slack, client, actions(button("press")))
    with pytest.raises(LookupError, match="press"):
        slack.click("U_BOB", message, "share")
    client.chat_delete(channel=message.channel, ts=message.ts)
    with pytest.raises(SlackError, match="message_not_found"):
        slack.click("U_BOB", message, "press")


def test_a_button_that_is_there_twice_is_named_with_its_block(slack, client, heard):
    message = post(
        slack,
        client,
        actions(button("press", value="1"), block_id="a"),
        actions(button("press", value="2"), block_id="b"),
    )
    with pytest.raises(LookupError, match="2 elements"):
        slack.click("U_BOB", message, "press")
    slack.click("U_BOB", message, "press", block_id="b")
    assert heard[0]["actions"][0]["value"] == "2"


def test_a_menu_offers_what_it_offers_and_remembers_the_choice_of_each_person(slack, client, heard):
    message = post(slack, client, actions(menu("pick", "team", "agent"), button("press")))
    with pytest.raises(LookupError, match="priority"):
        slack.select("U_BOB", message, "pick", "priority")
    slack.select("U_BOB", message, "pick", "agent")
    slack.click("U_BOB", message, "press")
    slack.click("U_DINA", message, "press")
    assert heard[0]["actions"][0]["selected_option"] == option("agent")
    states = [body["state"]["values"]["actions"]["pick"]["selected_option"] for body in heard]
    assert states == [option("agent"), option("agent"), None]


def test_a_bot_that_does_not_answer_a_click_in_time_is_told_to_whoever_clicked(slack, app, client, monkeypatch):
    monkeypatch.setattr(slack.sender._client, "timeout", 0.2)

    @app.action("press")
    def never(ack): ...

    delivery = slack.click("U_BOB", post(slack, client, actions(button("press"))), "press")
    assert (delivery.status, delivery.body) == (None, "operation_timeout")
    assert slack.notices("U_BOB") != []
    assert slack.notices("U_DINA") == []


# --- response_url ----------------------------------------------------------------------------------------------------


def answering(app, *answers):
    """Let the bot answer each click on `press` with the next of these messages."""
    left = list(answers)

    @app.action("press")
    def press(ack, respond):
        ack()
        respond(**left.pop(0))


@pytest.mark.parametrize("ephemeral", [True, False])
def test_a_message_can_be_replaced_and_deleted_by_its_response_url(slack, app, client, ephemeral):
    answering(
        app,
        {"text": "better", "replace_original": True, "blocks": [actions(button("press"))]},
        {"delete_original": True},
    )
    post(slack, client, actions(button("press")))
    if ephemeral:
        blocks = [actions(button("press"))]
        client.chat_postEphemeral(channel="C_SUPPORT", user="U_BOB", text="words", blocks=blocks)
    message = slack.posts[-1]
    slack.click("U_BOB", message, "press")
    slack.wait_for(lambda: slack.posts[-1].text == "better")
    assert (slack.posts[-1].ts, slack.posts[-1].ephemeral) == (message.ts, ephemeral)
    slack.click("U_BOB", message, "press")
    slack.wait_for(lambda: slack.posts[-1].deleted)


def test_a_response_url_answers_only_the_one_who_clicked_unless_it_says_otherwise(slack, app, client):
    answering(app, {"text": "for you"}, {"text": "for all", "response_type": "in_channel"})
    message = post(slack, client, actions(button("press")))
    slack.click("U_BOB", message, "press")
    slack.click("U_BOB", message, "press")
    slack.wait(3)
    assert [one.text for one in slack.seen_by("U_DINA", "C_SUPPORT")] == ["words", "for all"]
    assert [one.text for one in slack.seen_by("U_BOB", "C_SUPPORT")] == ["words", "for you", "for all"]


def test_a_response_url_works_where_the_bot_is_not(slack, app, client):
    answering(app, {"text": "here"})

    @app.command("/kpi")
    def command(ack, respond):
        ack()
        respond("here")

    slack.command("fcr", user="U_BOB", channel="C_SECRET")
    assert slack.wait(1)[0].channel == "C_SECRET"


def test_a_response_url_ends_after_half_an_hour(slack, app, client, clock):
    tried = []

    @app.action("press")
    def press(ack, respond):
        ack()
        clock.now += RESPONSE_URL_LASTS_S + 1
        tried.append(respond("late").body)

    slack.click("U_BOB", post(slack, client, actions(button("press"))), "press")
    assert until(lambda: tried) == ["expired_url"]


# --- Commands --------------------------------------------------------------------------------------------------------


def test_a_command_can_be_answered_in_its_acknowledgement(slack, app):
    @app.command("/kpi")
    def command(ack):
        ack("at once")

    slack.command("help", user="U_BOB")
    assert [one.text for one in slack.seen_by("U_BOB", "C_SUPPORT")] == ["at once"]
    assert slack.seen_by("U_DINA", "C_SUPPORT") == []


def test_an_acknowledgement_that_slack_cannot_show_is_an_error(slack, app):
    @app.command("/kpi")
    def command(ack):
        ack(text="words", blocks=[{"type": "chart"}])

    slack.command("help", user="U_BOB")
    assert slack.notices("U_BOB") == ['/kpi failed with the error "invalid_command_response"']


def test_names_reach_the_bot_as_references(slack):
    assert slack.directory.as_sent('fcr @bob @leads #support <!channel> "R&D" @nobody') == (
        'fcr <@U_BOB|Bob> <!subteam^S_LEADS|@leads> <#C_SUPPORT|support> &lt;!channel&gt; "R&amp;D" @nobody'
    )


# --- Modals ----------------------------------------------------------------------------------------------------------


def test_a_modal_is_filled_in_and_submitted(slack, app, client, heard):
    view = modal(
        field("value", words("value")),
        field("team", menu("team", "billing", "care"), optional=True),
        callback_id="saved",
        private_metadata="id 7",
    )
    opened(slack, app, client, view)
    assert slack.submit("U_BOB", values={"value": "75 %", "team": "care"}).acknowledged
    assert slack.modal("U_BOB") is None
    told = heard[-1]["view"]
    values = told["state"]["values"]
    assert (told["private_metadata"], values["value"]["value"]["value"]) == ("id 7", "75 %")
    assert values["team"]["team"]["selected_option"]["value"] == "care"
    assert "response_url" not in heard[-1]


def test_slack_itself_asks_for_what_is_missing(slack, app, client, heard):
    number = {"type": "number_input", "action_id": "share", "is_decimal_allowed": False, "max_value": "100"}
    view = modal(
        field("value", words("value", min_length=3)),
        field("share", number),
        field("mail", {"type": "email_text_input", "action_id": "mail"}, optional=True),
        callback_id="saved",
    )
    opened(slack, app, client, view)
    assert set(slack.submit("U_BOB").errors) == {"value", "share"}
    assert set(slack.submit("U_BOB", values={"value": "75", "share": "7.5", "mail": "bob"}).errors) == {
        "value",
        "share",
        "mail",
    }
    assert set(slack.submit("U_BOB", values={"value": "750", "share": "101", "mail": ""}).errors) == {"share"}
    assert len(heard) == 0
    assert slack.submit("U_BOB", values={"share": "100"}).errors == {}


def test_errors_stand_under_their_fields_and_what_was_typed_stays(slack, app, client):
    @app.view("checked")
    def checked(ack, view):
        typed = view["state"]["values"]["value"]["value"]["value"]
        ack() if typed == "75" else ack(response_action="errors", errors={"value": "Not a share: 0 to 100."})

    opened(slack, app, client, modal(field("value", words("value")), callback_id="checked"))
    assert slack.submit("U_BOB", values={"value": "750"}).errors == {"value": "Not a share: 0 to 100."}
    assert slack.modal("U_BOB").errors == {"value": "Not a share: 0 to 100."}
    assert slack.modal("U_BOB").state["value"]["value"]["value"] == "750"
    assert slack.submit("U_BOB", values={"value": "75"}).errors == {}
    assert slack.modal("U_BOB") is None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "wrong"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "explode"},
    ],
)
def test_an_answer_to_a_modal_that_slack_does_not_understand_leaves_it_open(slack, app, client, answer):
    app.view("odd")(lambda ack: ack(**answer))
    opened(slack, app, client, modal(field("value", words("value")), callback_id="odd"))
    slack.submit("U_BOB", values={"value": "75"})
    assert slack.modal("U_BOB") is not None
    assert slack.refused != []
    assert slack.notices("U_BOB") == ["We had some trouble connecting. Try again?"]


def test_a_submitted_modal_can_become_another_lie_under_one_or_take_all_away(slack, app, client):
    answers = [
        {"response_action": "update", "view": modal(section(), title="Second", callback_id="next")},
        {"response_action": "push", "view": modal(section(), title="On top", callback_id="next")},
        {"response_action": "clear"},
    ]
    app.view("next")(lambda ack: ack(**answers.pop(0)))
    opened(slack, app, client, modal(section(), title="First", callback_id="next"))
    slack.submit("U_BOB")
    assert slack.modal("U_BOB").title == "Second"
    slack.submit("U_BOB")
    assert slack.modal("U_BOB").title == "On top"
    slack.submit("U_BOB")
    assert slack.modal("U_BOB") is None


def test_the_bot_is_told_of_a_closed_modal_only_if_it_asks(slack, app, client, heard):
    view = modal(section(), callback_id="saved")
    opened(slack, app, client, view)
    slack.close("U_BOB")
    assert heard == []
    view["notify_on_close"] = True
    slack.click("U_BOB", slack.posts[0], "open")
    slack.wait_for(lambda: slack.modal("U_BOB"))
    slack.close("U_BOB")
    assert (heard[0]["type"], heard[0]["is_cleared"], slack.modal("U_BOB")) == ("view_closed", False, None)


def test_a_modal_belongs_to_one_person(slack, app, client):
    view = opened(slack, app, client, modal(section()))
    assert slack.modal("U_DINA") is None
    with pytest.raises(SlackError, match="not_found"):
        slack.submit("U_DINA", view)


def test_a_choice_in_a_modal_is_told_at_once_only_where_asked(slack, app, client, heard):
    view = modal(
        field("quiet", menu("pick", "a", "b")),
        field("loud", menu("pick", "a", "b"), dispatch_action=True),
    )
    opened(slack, app, client, view)
    slack.select("U_BOB", slack.modal("U_BOB"), "pick", "a", block_id="quiet")
    assert heard == []
    slack.select("U_BOB", slack.modal("U_BOB"), "pick", "b", block_id="loud")
    values = heard[0]["view"]["state"]["values"]
    assert [values[block]["pick"]["selected_option"]["value"] for block in ("quiet", "loud")] == ["a", "b"]


def test_a_menu_of_channels_gives_leave_to_post_there(slack, app, client, heard):
    channels = {
        "type": "conversations_select",
        "action_id": "where",
        "response_url_enabled": True,
        "default_to_current_conversation": True,
    }
    opened(slack, app, client, modal(field("where", channels), callback_id="saved"))
    slack.submit("U_BOB")
    (address,) = heard[0]["response_urls"]
    assert address["channel_id"] == "C_SUPPORT"


def test_dates_and_times_are_dates_and_times(slack, app, client):
    view = modal(
        field("day", {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-24"}),
        field("time", {"type": "timepicker", "action_id": "time"}),
    )
    opened(slack, app, client, view)
    assert slack.modal("U_BOB").state["day"]["day"]["selected_date"] == "2026-11-24"
    with pytest.raises(ValueError, match="hour"):
        slack.select("U_BOB", slack.modal("U_BOB"), "time", "25:00")


def test_of_two_offers_with_one_value_the_one_that_was_chosen_is_meant(slack, app, client, heard):
    @app.options("pick")
    def options(ack, payload):
        ack(options=[option("7", payload["value"])])

    external = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
    message = post(slack, client, actions(external))
    # Answers to what was typed may come in any order; whoever chooses sees one of them.
    (chosen,) = slack.suggest("U_BOB", message, "pick", "bill")
    slack.suggest("U_BOB", message, "pick", "bil")
    slack.select("U_BOB", message, "pick", chosen)
    slack.select("U_BOB", message, "pick", "7")
    assert [one["actions"][0]["selected_option"] for one in heard] == [option("7", "bill"), option("7", "bil")]
    with pytest.raises(LookupError, match="not offered"):
        slack.select("U_BOB", message, "pick", option("7", "billing"))


def test_a_menu_that_asks_the_bot_shows_what_it_offers(slack, app, client, heard):
    asked = []

    @app.options("pick")
    def options(ack, payload):
        asked.append(payload["value"])
        ack(options=[option("7", "Billing")])

    external = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
    message = post(slack, client, actions(external))
    with pytest.raises(LookupError):
        slack.select("U_BOB", message, "pick", "7")
    assert slack.suggest("U_BOB", message, "pick", "bil") == [option("7", "Billing")]
    slack.select("U_BOB", message, "pick", "7")
    assert (asked, heard[0]["actions"][0]["selected_option"]["value"]) == (["bil"], "7")


# --- Home and words --------------------------------------------------------------------------------------------------


def test_opening_the_app_home_lets_the_bot_show_it(slack, app, heard):
    @app.event("app_home_opened")
    def opened_home(event, client):
        client.views_publish(user_id=event["user"], view=home(section(), actions(button("press"))))

    assert slack.home("U_BOB") is None
    slack.open_home("U_BOB")
    view = slack.wait_for(lambda: slack.home("U_BOB"))
    assert slack.home("U_DINA") is None
    slack.click("U_BOB", view, "press")
    assert (heard[0]["view"]["type"], "response_url" in heard[0]) == ("home", False)


def test_a_mention_and_a_direct_message_reach_the_bot(slack, app):
    @app.event("app_mention")
    def mentioned(event, say):
        say(f"mentioned: {event['text']}", thread_ts=event["ts"])

    @app.event("message")
    def written(event, say):
        say(f"{event['channel_type']}: {event['text']}")

    slack.mention("U_BOB", "C_SUPPORT", "fcr week")
    slack.direct("U_DINA", "fcr semaine")
    texts = {message.channel: message.text for message in slack.wait(2)}
    assert texts == {"C_SUPPORT": "mentioned: <@U_KPI> fcr week", "D_DINA": "im: fcr semaine"}


def test_where_the_bot_is_not_a_mention_only_tells_how_to_invite_it(slack, app):
    assert slack.mention("U_BOB", "C_SALES", "fcr week").body == "not_in_channel"
    assert "/invite @kpi" in slack.notices("U_BOB")[0]


def test_what_is_typed_goes_where_it_belongs(slack, app):
    heard = []
    app.event("app_mention")(lambda event: heard.append(event["text"]))
    app.event("message")(lambda event: heard.append(event["text"]))
    slack.write("U_BOB", "C_SUPPORT", "hello everybody")
    slack.write("U_BOB", "C_SUPPORT", "@KPI fcr < 5")
    slack.write("U_BOB", "D_BOB", "backlog")
    until(lambda: len(heard) == 2)
    assert heard == ["<@U_KPI> fcr &lt; 5", "backlog"]

import httpx2
import pytest
from shown import actions, button, home, menu, modal, section
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.demo.slack import TRIGGER_LASTS_S, Message, StandInSlack


def refusal(call, *args, **more):
    """Return the word with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as refused:
        call(*args, **more)
    return refused.value.response["error"]


# --- Tokens and scopes -----------------------------------------------------------------------------------------------


def test_the_token_must_be_the_bots(slack):
    assert refusal(WebClient("xoxb-other", base_url=slack.api_url).auth_test) == "invalid_auth"
    assert refusal(WebClient(base_url=slack.api_url).auth_test) == "not_authed"


def test_a_method_that_does_not_exist_is_unknown(client):
    assert refusal(client.api_call, "chat.explode") == "unknown_method"


def test_a_call_needs_its_scope(slack, client):
    slack.workspace.scopes = frozenset({"commands", "chat:write"})
    client.chat_postMessage(channel="C_SUPPORT", text="words")
    for call, given in (
        (client.users_info, {"user": "U_BOB"}),
        (client.conversations_info, {"channel": "C_BOARD"}),
        (client.conversations_info, {"channel": "D_BOB"}),
    ):
        assert refusal(call, **given) == "missing_scope"
    assert refusal(client.chat_postMessage, channel="C_SALES", text="words") == "not_in_channel"
    slack.workspace.scopes |= {"chat:write.public"}
    client.chat_postMessage(channel="C_SALES", text="words")


# --- Messages --------------------------------------------------------------------------------------------------------


def test_a_message_is_posted_changed_and_taken_back(slack, client):
    said = client.chat_postMessage(
        channel="C_SUPPORT",
        text="one",
        blocks=[section()],
        metadata={"event_type": "alert", "event_payload": {"clock": 7}},
    )
    (message,) = slack.seen_by("U_BOB", "C_SUPPORT")
    assert (said["ts"], said["message"]["text"], said["message"]["bot_id"]) == (message.ts, "one", "B_KPI")
    assert message.metadata["event_payload"] == {"clock": 7}
    client.chat_update(channel="C_SUPPORT", ts=message.ts, text="two")
    (message,) = slack.seen_by("U_BOB", "C_SUPPORT")
    assert (message.text, message.blocks, message.edited is not None) == ("two", [], True)
    client.chat_delete(channel="C_SUPPORT", ts=message.ts)
    assert slack.seen_by("U_BOB", "C_SUPPORT") == []
    assert refusal(client.chat_update, channel="C_SUPPORT", ts=message.ts, text="three") == "message_not_found"


def test_a_message_to_a_person_is_a_direct_message(slack, client):
    assert client.conversations_open(users="U_BOB")["channel"]["id"] == "D_BOB"
    assert client.chat_postMessage(channel="U_BOB", text="words")["channel"] == "D_BOB"
    assert len(slack.seen_by("U_BOB", "D_BOB")) == 1
    assert slack.seen_by("U_DINA", "D_BOB") == []


def test_replies_stand_in_their_thread(slack, client):
    ts = client.chat_postMessage(channel="C_SUPPORT", text="root")["ts"]
    client.chat_postMessage(channel="C_SUPPORT", text="reply", thread_ts=ts, reply_broadcast=True)
    root, reply = slack.posts
    assert (reply.thread_ts, reply.broadcast) == (root.ts, True)
    assert slack.workspace.messages.replies(root, "U_BOB") == 1


def test_a_link_leads_to_a_message_that_all_can_see(slack, client):
    ts = client.chat_postMessage(channel="C_SUPPORT", text="words")["ts"]
    link = client.chat_getPermalink(channel="C_SUPPORT", message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/C_SUPPORT/p{ts.replace('.', '')}")


def test_ephemeral_messages_cannot_be_changed_or_taken_back_by_a_method(client):
    ts = client.chat_postEphemeral(channel="C_SUPPORT", user="U_BOB", text="words")["message_ts"]
    assert refusal(client.chat_update, channel="C_SUPPORT", ts=ts, text="other") == "message_not_found"
    assert refusal(client.chat_delete, channel="C_SUPPORT", ts=ts) == "message_not_found"


def test_nobody_elses_message_can_be_changed(slack, client):
    message = slack.say("U_BOB", "C_SUPPORT", "mine")
    assert refusal(client.chat_update, channel="C_SUPPORT", ts=message.ts, text="yours") == "cant_update_message"
    assert refusal(client.chat_delete, channel="C_SUPPORT", ts=message.ts) == "cant_delete_message"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"channel": "C_SUPPORT", "text": "", "blocks": []}, "no_text"),
        ({"channel": "C_SUPPORT", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C_SUPPORT", "text": "words", "blocks": [{"type": "header"}]}, "invalid_blocks"),
        ({"channel": "C_SUPPORT", "text": "words", "blocks": [{"type": "alert"}]}, "invalid_blocks"),
        ({"channel": "C_SUPPORT", "text": "words", "blocks": "[{"}, "invalid_blocks_format"),
        ({"channel": "C_NOWHERE", "text": "words"}, "channel_not_found"),
        ({"channel": "U_NOBODY", "text": "words"}, "channel_not_found"),
        ({"channel": "C_SECRET", "text": "words"}, "channel_not_found"),
        ({"channel": "C_SUPPORT", "text": "words", "thread_ts": "1.000001"}, "message_not_found"),
    ],
)
def test_a_message_that_slack_refuses(client, given, error):
    assert refusal(client.api_call, "chat.postMessage", json=given) == error


def test_blocks_are_refused_with_what_is_wrong(slack, client):
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="C_SUPPORT", text="words", blocks=[section("")])
    assert "blocks" not in refused.value.response["response_metadata"]["messages"][0]
    assert "text" in refused.value.response["response_metadata"]["messages"][0]
    assert slack.posts == []
    assert slack.refused != []


def test_a_workspace_may_refuse_kinds_of_blocks(slack, client):
    slack.refuses_blocks = {"header"}
    header = {"type": "header", "text": {"type": "plain_text", "text": "words"}}
    assert refusal(client.chat_postMessage, channel="C_SUPPORT", text="words", blocks=[header]) == "invalid_blocks"
    client.chat_postMessage(channel="C_SUPPORT", text="words", blocks=[section()])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"channel": "C_SUPPORT", "user": "U_NOBODY"}, "user_not_in_channel"),
        ({"channel": "C_SALES", "user": "U_DINA"}, "user_not_in_channel"),
        ({"channel": "C_SALES", "user": "U_BOB"}, "not_in_channel"),
    ],
)
def test_an_ephemeral_message_needs_both_in_the_channel(client, given, error):
    assert refusal(client.chat_postEphemeral, text="words", **given) == error


def test_an_archived_channel_takes_nothing_and_a_renamed_one_keeps_its_id(slack, client):
    slack.directory.rename("C_SUPPORT", "care")
    client.chat_postMessage(channel="C_SUPPORT", text="words")
    assert client.conversations_info(channel="C_SUPPORT")["channel"]["name"] == "care"
    slack.directory.archive("C_SUPPORT")
    assert refusal(client.chat_postMessage, channel="C_SUPPORT", text="words") == "is_archived"


# --- Who and what there is -------------------------------------------------------------------------------------------


def test_people_are_known_with_their_language_and_zone(client):
    alice = client.users_info(user="U_ALICE", include_locale=True)["user"]
    assert (alice["locale"], alice["tz"], alice["profile"]["email"]) == ("fr-FR", "Europe/Paris", "alice@example.org")
    assert "locale" not in client.users_info(user="U_ALICE")["user"]
    assert client.users_lookupByEmail(email="BOB@example.org")["user"]["id"] == "U_BOB"
    assert refusal(client.users_lookupByEmail, email="nobody@example.org") == "users_not_found"
    assert refusal(client.users_info, user="U_NOBODY") == "user_not_found"


def test_user_groups_are_known_with_their_people(client):
    assert [group["handle"] for group in client.usergroups_list()["usergroups"]] == ["leads"]
    assert client.usergroups_users_list(usergroup="S_LEADS")["users"] == ["U_BOB"]
    assert refusal(client.usergroups_users_list, usergroup="S_NONE") == "no_such_subteam"


def test_a_private_channel_is_not_there_for_a_bot_outside(client):
    assert client.conversations_info(channel="C_BOARD")["channel"]["is_private"] is True
    assert client.conversations_members(channel="C_BOARD")["members"] == ["U_BOB", "U_KPI"]
    for call in (client.conversations_info, client.conversations_members, client.conversations_join):
        assert refusal(call, channel="C_SECRET") == "channel_not_found"


def test_the_bot_joins_public_channels(client):
    assert client.conversations_info(channel="C_SALES")["channel"]["is_member"] is False
    client.conversations_join(channel="C_SALES")
    assert client.conversations_info(channel="C_SALES")["channel"]["is_member"] is True


# --- Files -----------------------------------------------------------------------------------------------------------


def test_a_file_is_uploaded_and_shown(slack, client):
    client.files_upload_v2(channel="D_BOB", content="kpi,value\n", filename="fcr.csv", title="FCR")
    (message,) = slack.seen_by("U_BOB", "D_BOB")
    (file,) = message.files
    assert (file.name, file.title, file.content) == ("fcr.csv", "FCR", b"kpi,value\n")
    assert httpx2.get(f"{slack.url}{file.path}", trust_env=False).content == b"kpi,value\n"
    assert httpx2.get(f"{slack.url}/files/F0/none", trust_env=False).status_code == 404


def test_a_file_must_come_whole_before_it_is_shown(slack, client):
    asked = client.files_getUploadURLExternal(filename="fcr.csv", length=10)
    files = [{"id": asked["file_id"]}]
    assert refusal(client.files_completeUploadExternal, files=files, channel_id="D_BOB") == "file_not_found"
    assert httpx2.post(asked["upload_url"], content=b"short", trust_env=False).status_code == 400
    assert httpx2.post(asked["upload_url"], content=b"0123456789", trust_env=False).text == "OK - 10"
    assert refusal(client.files_completeUploadExternal, files=files, channel_id="C_SALES") == "not_in_channel"
    client.files_completeUploadExternal(files=files, channel_id="D_BOB")
    assert refusal(client.files_getUploadURLExternal, filename="", length=0) == "invalid_arguments"


# --- Views -----------------------------------------------------------------------------------------------------------


def trigger(slack, view_id=None):
    return slack.workspace.permits.trigger("U_BOB", "C_SUPPORT", view_id)


def test_a_trigger_opens_one_view_within_three_seconds(slack, client, clock):
    used, late = trigger(slack), trigger(slack)
    client.views_open(trigger_id=used, view=modal(section()))
    assert refusal(client.views_open, trigger_id=used, view=modal(section())) == "exchanged_trigger_id"
    assert refusal(client.views_open, trigger_id="1.2.3", view=modal(section())) == "invalid_trigger_id"
    clock.now += TRIGGER_LASTS_S + 0.1
    assert refusal(client.views_open, trigger_id=late, view=modal(section())) == "expired_trigger_id"


def test_three_modals_lie_on_top_of_each_other_and_no_more(slack, client):
    first = client.views_open(trigger_id=trigger(slack), view=modal(section(), title="1"))["view"]
    for title in ("2", "3"):
        view = client.views_push(trigger_id=trigger(slack, first["id"]), view=modal(section(), title=title))["view"]
        assert view["root_view_id"] == first["id"]
    again = {"trigger_id": trigger(slack, first["id"]), "view": modal(section())}
    assert refusal(client.views_push, **again) == "push_limit_reached"
    slack.close("U_BOB")
    assert slack.modal("U_BOB").title == "2"


def test_a_modal_is_pushed_only_from_a_modal(slack, client):
    assert refusal(client.views_push, trigger_id=trigger(slack), view=modal(section())) == "not_found"


def test_a_view_is_changed_only_as_it_was_known(slack, client):
    view = client.views_open(trigger_id=trigger(slack), view=modal(section(), external_id="mine"))["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section(), title="Next", external_id="mine"))
    assert slack.modal("U_BOB").title == "Next"
    late = {"view_id": view["id"], "hash": view["hash"], "view": modal(section(), external_id="mine")}
    assert refusal(client.views_update, **late) == "hash_conflict"
    client.views_update(external_id="mine", view=modal(section(), title="Last", external_id="mine"))
    assert slack.modal("U_BOB").title == "Last"
    assert refusal(client.views_update, view_id="V0", view=modal(section())) == "not_found"
    again = modal(section(), external_id="mine")
    assert refusal(client.views_open, trigger_id=trigger(slack), view=again) == "duplicate_external_id"


def test_a_closed_modal_cannot_be_changed(slack, client):
    view = client.views_open(trigger_id=trigger(slack), view=modal(section()))["view"]
    slack.close("U_BOB")
    assert refusal(client.views_update, view_id=view["id"], view=modal(section())) == "not_found"


def test_what_is_filled_in_stays_while_its_element_stays(slack, client):
    def view(*values):
        return modal(actions(menu("by", *values), button("go")), title=str(len(values)))

    opened = client.views_open(trigger_id=trigger(slack), view=view("team", "agent"))["view"]
    slack.modal("U_BOB").state["actions"]["by"]["selected_option"] = {"value": "agent"}
    client.views_update(view_id=opened["id"], view=view("team", "agent", "priority"))
    assert slack.modal("U_BOB").state["actions"]["by"]["selected_option"] == {"value": "agent"}


@pytest.mark.parametrize(
    "view", [home(section()), modal(section(), title="x" * 25), modal(section()) | {"colour": "red"}, "words", None]
)
def test_a_view_that_slack_refuses(slack, client, view):
    given = {"trigger_id": trigger(slack)} | ({"view": view} if view is not None else {})
    assert refusal(client.api_call, "views.open", json=given) == "invalid_arguments"
    assert slack.modal("U_BOB") is None


def test_an_app_home_is_published_for_one_person(slack, client):
    view = client.views_publish(user_id="U_BOB", view=home(section("1")))["view"]
    client.views_publish(user_id="U_BOB", view=home(section("2")), hash=view["hash"])
    assert slack.home("U_BOB").blocks[0]["text"]["text"] == "2"
    conflict = {"user_id": "U_BOB", "view": home(section("3")), "hash": view["hash"]}
    assert refusal(client.views_publish, **conflict) == "hash_conflict"
    assert refusal(client.views_publish, user_id="U_BOB", view=modal(section())) == "invalid_arguments"


def test_messages_have_times_of_their_own_even_when_the_clock_stands_still():
    slack = StandInSlack(signing_secret="s", bot_token="t", clock=lambda: 1_795_511_160.0)
    made = [slack.say("U_BOB", "C_SUPPORT", "words") for _ in range(3)]
    assert all(isinstance(message, Message) for message in made)
    assert sorted({message.ts for message in made}) == [message.ts for message in made]

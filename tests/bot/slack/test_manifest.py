"""The rules are those of Slack's own schema: https://github.com/slackapi/manifest-schema."""

import json
from pathlib import Path

import jsonschema
import pytest

from bot.demo.slack.web_api import METHODS
from bot.slack.manifest import BOT_EVENTS, BOT_SCOPES, manifest

# What Slack's reference says each method needs: https://docs.slack.dev/reference/methods
SCOPES = {
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": None,  # optional, as the next
    "conversations.open": "im:write",
    "conversations.replies": None,
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "views.open": None,
    "views.publish": None,
}
EVENT_SCOPES = {"app_home_opened": None, "app_mention": "app_mentions:read", "message.im": "im:history"}

WEB_ADDRESS = {"type": "string", "pattern": "^https?://", "maxLength": 3000}
FLAG = {"type": "boolean"}


def words(least, most):
    return {"type": "string", "minLength": least, "maxLength": most}


def only(required=(), **properties):
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def some(items, least, most):
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


COMMAND = only(
    required=("command", "description"),
    command={"type": "string", "pattern": "^/", "minLength": 2, "maxLength": 32},
    url=WEB_ADDRESS,
    description=words(1, 2000),
    usage_hint=words(1, 1000),
    should_escape=FLAG,
)
RULES = only(
    required=("display_information",),
    _metadata=only(major_version={"type": "integer"}, minor_version={"type": "integer"}),
    display_information=only(
        required=("name",),
        name=words(1, 35),
        description=words(1, 140),
        long_description=words(175, 4000),
        background_color={"type": "string", "pattern": "^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"},
    ),
    features=only(
        app_home=only(home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG),
        bot_user=only(required=("display_name",), display_name=words(1, 80), always_online=FLAG),
        slash_commands=some(COMMAND, 1, 50),
    ),
    oauth_config=only(scopes=only(bot=some(words(1, 50), 0, 255), bot_optional=some(words(1, 50), 0, 255))),
    settings=only(
        event_subscriptions=only(request_url=WEB_ADDRESS, bot_events=some(words(1, 50), 1, 100)),
        interactivity=only(
            required=("is_enabled",),
            is_enabled=FLAG,
            request_url=WEB_ADDRESS,
            message_menu_options_url=WEB_ADDRESS,
        ),
        org_deploy_enabled=FLAG,
        socket_mode_enabled=FLAG,
        token_rotation_enabled=FLAG,
    ),
)


@pytest.mark.parametrize("public_url", [None, "https://kpi.example.org"])
def test_the_manifest_keeps_slacks_rules(public_url):
    jsonschema.validate(json.loads(json.dumps(manifest(public_url))), RULES)


def test_over_http_the_command_has_the_address_that_is_served():
    for address in ("https://kpi.example.org", "https://kpi.example.org/"):
        made = manifest(address)
        served = "https://kpi.example.org/slack/events"
        interactivity = made["settings"]["interactivity"]
        assert made["features"]["slash_commands"][0]["url"] == served
        assert made["settings"]["event_subscriptions"]["request_url"] == served
        assert interactivity["request_url"] == interactivity["message_menu_options_url"] == served
        assert made["settings"]["socket_mode_enabled"] is False


def test_in_socket_mode_there_is_no_address():
    made = manifest()
    assert "url" not in json.dumps(made)
    assert made["settings"]["socket_mode_enabled"] is True


def test_both_ways_ask_for_the_same():
    over_http, in_socket_mode = manifest("https://kpi.example.org"), manifest()
    del over_http["features"]["slash_commands"][0]["url"]
    del over_http["settings"]["event_subscriptions"]["request_url"]
    for address in ("request_url", "message_menu_options_url"):
        del over_http["settings"]["interactivity"][address]
    over_http["settings"]["socket_mode_enabled"] = True
    assert over_http == in_socket_mode


def test_names_are_escaped():
    assert manifest()["features"]["slash_commands"][0]["should_escape"] is True


def test_every_scope_is_asked_for_by_an_event_or_a_method_that_the_bot_uses():
    """The stand-in Slack of all other tests grants these alone."""
    made = manifest()
    asked = made["oauth_config"]["scopes"]["bot"]
    assert asked == list(BOT_SCOPES)
    assert made["settings"]["event_subscriptions"]["bot_events"] == list(BOT_EVENTS)
    needed = {*SCOPES.values(), *(EVENT_SCOPES[event] for event in BOT_EVENTS)} - {None}
    # The address in a profile has a scope of its own.
    assert set(asked) == needed | {"commands", "users:read.email", "chat:write.public"}


def test_what_helps_only_after_a_lost_answer_nobody_has_to_grant():
    scopes = manifest()["oauth_config"]["scopes"]
    assert scopes["bot_optional"] == ["channels:history", "groups:history"]
    assert not set(scopes["bot"]) & set(scopes["bot_optional"])


def test_the_methods_are_those_that_the_sources_call():
    bot = Path(__file__).parents[3] / "bot"
    sources = [path.read_text(encoding="utf-8") for part in ("posting", "slack") for path in (bot / part).glob("*.py")]
    called = {name for source in sources for name in METHODS if f'"{name}"' in source or f"{_python(name)}(" in source}
    assert called | {"files.getUploadURLExternal", "files.completeUploadExternal"} == set(SCOPES)


def _python(method):
    return "client." + "_".join(method.split("."))

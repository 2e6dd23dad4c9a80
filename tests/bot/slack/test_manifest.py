"""The rules are those of Slack's own schema: https://github.com/slackapi/manifest-schema."""

import json

import jsonschema
import pytest

from bot.slack.manifest import BOT_SCOPES, manifest

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
        bot_user=only(required=("display_name",), display_name=words(1, 80), always_online=FLAG),
        slash_commands=some(COMMAND, 1, 50),
    ),
    oauth_config=only(scopes=only(bot=some(words(1, 50), 0, 255))),
    settings=only(org_deploy_enabled=FLAG, socket_mode_enabled=FLAG, token_rotation_enabled=FLAG),
)


@pytest.mark.parametrize("public_url", [None, "https://kpi.example.org"])
def test_the_manifest_keeps_slacks_rules(public_url):
    jsonschema.validate(json.loads(json.dumps(manifest(public_url))), RULES)


def test_over_http_the_command_has_the_address_that_is_served():
    for address in ("https://kpi.example.org", "https://kpi.example.org/"):
        made = manifest(address)
        assert made["features"]["slash_commands"][0]["url"] == "https://kpi.example.org/slack/events"
        assert made["settings"]["socket_mode_enabled"] is False


def test_in_socket_mode_there_is_no_address():
    made = manifest()
    assert "url" not in made["features"]["slash_commands"][0]
    assert made["settings"]["socket_mode_enabled"] is True


def test_both_ways_ask_for_the_same():
    over_http, in_socket_mode = manifest("https://kpi.example.org"), manifest()
    del over_http["features"]["slash_commands"][0]["url"]
    over_http["settings"]["socket_mode_enabled"] = True
    assert over_http == in_socket_mode


def test_names_are_escaped_and_no_scope_is_asked_for_in_advance():
    made = manifest()
    assert made["features"]["slash_commands"][0]["should_escape"] is True
    assert made["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES) == ["commands"]

"""What Slack tells an app: what was typed, clicked and submitted, and what happened.

https://docs.slack.dev/reference/interaction-payloads
"""

import secrets

from bot.demo.slack.directory import APP, APP_USER, DOMAIN, TEAM, Channel, Json, Person
from bot.demo.slack.messages import Message
from bot.demo.slack.views import View


def command(person: Person, channel: Channel, name: str, text: str) -> dict[str, str]:
    """Return the fields of a slash command; the caller adds response_url and trigger_id."""
    return {
        "token": "deprecated",
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": person.id,
        "user_name": person.name.casefold(),
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
    }


def _interaction(kind: str, person: Person) -> Json:
    user = {"id": person.id, "username": person.name.casefold(), "name": person.name.casefold(), "team_id": TEAM}
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": DOMAIN},
        "user": user,
        "api_app_id": APP,
        "token": "deprecated",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def in_message(kind: str, person: Person, message: Message, channel: Channel) -> Json:
    """Return what is told of an interaction in a message; of an ephemeral one Slack doesn't tell what it says."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    found = _interaction(kind, person) | {
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
    }
    return found if message.ephemeral else found | {"message": message.as_json()}


def in_view(kind: str, person: Person, view: View) -> Json:
    """Return what is told of an interaction in a modal or in the App Home."""
    return _interaction(kind, person) | {"container": {"type": "view", "view_id": view.id}, "view": view.as_json()}


def event(given: Json, now: float) -> Json:
    """Return an event in its envelope.

    https://docs.slack.dev/apis/events-api#event-type-structure
    """
    authorization = {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": APP_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "deprecated",
        "team_id": TEAM,
        "api_app_id": APP,
        "type": "event_callback",
        "event": given,
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(now),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }

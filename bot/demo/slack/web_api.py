"""The methods of the Web API that a bot like ours uses.

https://docs.slack.dev/reference/methods
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.demo.slack import chat, conversations, uploads, view_methods
from bot.demo.slack.directory import APP, APP_USER, BOT, BOT_NAME, TEAM, Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.faults import Fault, rate_limited
from bot.demo.slack.workspace import Workspace

MINUTE_S = 60.0

# How many requests of a method Slack takes a minute.
# https://docs.slack.dev/apis/web-api/rate-limits
TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
SPECIAL = 600

JSON_ARGUMENTS = frozenset({"blocks", "view", "metadata", "files", "attachments"})
"""Arguments that come as text when the rest comes as a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method: what it does, how often a minute, and which scope it needs whatever it is asked."""

    run: Callable[[Workspace, Json], Json]
    a_minute: int
    scope: str | None = None


def _who(workspace: Workspace, _: Json) -> Json:
    who = {"team": "Demo", "team_id": TEAM, "user": BOT_NAME, "user_id": APP_USER, "bot_id": BOT, "app_id": APP}
    return {"url": f"{workspace.url}/"} | who


def _connect(workspace: Workspace, _: Json) -> Json:
    return {"url": f"{workspace.url.replace('http', 'ws', 1)}/socket"}


METHODS: Mapping[str, Method] = {
    "apps.connections.open": Method(run=_connect, a_minute=TIER_1),
    "auth.test": Method(run=_who, a_minute=SPECIAL),
    "chat.postMessage": Method(run=chat.post_message, a_minute=SPECIAL, scope="chat:write"),
    "chat.postEphemeral": Method(run=chat.post_ephemeral, a_minute=TIER_4, scope="chat:write"),
    "chat.update": Method(run=chat.update, a_minute=TIER_3, scope="chat:write"),
    "chat.delete": Method(run=chat.delete, a_minute=TIER_3, scope="chat:write"),
    "chat.getPermalink": Method(run=chat.permalink, a_minute=SPECIAL),
    "conversations.info": Method(run=conversations.info, a_minute=TIER_3),
    "conversations.history": Method(run=conversations.history, a_minute=TIER_3),
    "conversations.replies": Method(run=conversations.replies, a_minute=TIER_3),
    "conversations.members": Method(run=conversations.members, a_minute=TIER_4),
    "conversations.join": Method(run=conversations.join, a_minute=TIER_3, scope="channels:join"),
    "conversations.open": Method(run=conversations.open_direct, a_minute=TIER_3, scope="im:write"),
    "users.info": Method(run=conversations.user_info, a_minute=TIER_4, scope="users:read"),
    "users.lookupByEmail": Method(run=conversations.lookup, a_minute=TIER_3, scope="users:read.email"),
    "usergroups.list": Method(run=conversations.groups, a_minute=TIER_2, scope="usergroups:read"),
    "usergroups.users.list": Method(run=conversations.group_users, a_minute=TIER_2, scope="usergroups:read"),
    "files.getUploadURLExternal": Method(run=uploads.address, a_minute=TIER_4, scope="files:write"),
    "files.completeUploadExternal": Method(run=uploads.complete, a_minute=TIER_4, scope="files:write"),
    "views.open": Method(run=view_methods.open_view, a_minute=TIER_4),
    "views.push": Method(run=view_methods.push, a_minute=TIER_4),
    "views.update": Method(run=view_methods.update, a_minute=TIER_4),
    "views.publish": Method(run=view_methods.publish, a_minute=TIER_4),
}


async def arguments(request: Request) -> Json:
    """Return the arguments of a call: of its address, its form or its JSON."""
    given: Json = dict(request.query_params)
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        given |= json.loads(body or b"{}")
    else:
        given |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    for name in JSON_ARGUMENTS & set(given):
        if isinstance(given[name], str):
            given[name] = _parsed(given[name])
    return given


def _parsed(text: str) -> Any:  # noqa: ANN401  # anything can stand in an argument
    try:
        return json.loads(text)
    except ValueError:
        return text  # and is refused where a block is expected


def call(workspace: Workspace, name: str, given: Json) -> Json:
    """Return what a method answers; raises SlackError."""
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method")
    if method.scope is not None:
        workspace.require(method.scope)
    with workspace.changing():
        return {"ok": True} | method.run(workspace, given)


def too_much(workspace: Workspace, name: str, given: Json) -> Fault | None:
    """Return Slack's refusal of a call that comes too soon; None when it doesn't, or rate limits are off."""
    method = METHODS.get(name)
    if method is None or not workspace.limits_rates:
        return None
    wait_s = workspace.rates.wait_s(name, method.a_minute, MINUTE_S)
    if name == "chat.postMessage" and not wait_s:
        wait_s = workspace.rates.wait_s(f"{name} {given.get('channel')}", 1, 1.0)
    return rate_limited(wait_s) if wait_s else None

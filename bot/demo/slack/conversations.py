"""Who and what there is: the methods `conversations.*`, `users.*` and `usergroups.*`."""

from collections.abc import Callable

from bot.demo.slack.directory import APP_USER, Channel, Json, channel_json, group_json, person_json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.messages import Message
from bot.demo.slack.workspace import Workspace

PAGE = 100
"""How many messages Slack tells at a time, unless it is asked for more or fewer."""


def info(workspace: Workspace, given: Json) -> Json:
    """Return a conversation that the app can see."""
    return {"channel": channel_json(_visible(workspace, given))}


def members(workspace: Workspace, given: Json) -> Json:
    """Return the ids of a conversation's members."""
    channel = _visible(workspace, given)
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


def _visible(workspace: Workspace, given: Json) -> Channel:
    channel = workspace.directory.channel(str(given.get("channel")))
    workspace.require("im:read" if channel.is_im else "groups:read" if channel.is_private else "channels:read")
    if channel.is_private and APP_USER not in channel.members:
        raise SlackError("channel_not_found")
    return channel


def history(workspace: Workspace, given: Json) -> Json:
    """Return what all see in a conversation, the latest first; metadata only when asked for."""
    return _messages(workspace, given, lambda one: one.thread_ts is None or one.broadcast, newest_first=True)


def replies(workspace: Workspace, given: Json) -> Json:
    """Return a message and what was said to it, the oldest first."""
    root = workspace.messages.find(str(given.get("channel")), str(given.get("ts")))
    return _messages(workspace, given, lambda one: root.ts in {one.ts, one.thread_ts}, newest_first=False)


def _messages(workspace: Workspace, given: Json, belongs: Callable[[Message], bool], *, newest_first: bool) -> Json:
    channel = workspace.directory.channel(str(given.get("channel")))
    workspace.require("im:history" if channel.is_im else "groups:history" if channel.is_private else "channels:history")
    if APP_USER not in channel.members:
        raise SlackError("channel_not_found" if channel.is_private else "not_in_channel")
    limit, cursor = int(given.get("limit") or PAGE), int(given.get("cursor") or 0)
    oldest = float(given.get("oldest") or 0)
    found = [
        one
        for one in workspace.messages
        if one.channel == channel.id and not (one.deleted or one.ephemeral) and belongs(one) and float(one.ts) > oldest
    ]
    found.sort(key=lambda one: float(one.ts), reverse=newest_first)
    told = [one.as_json() for one in found[cursor : cursor + limit]]
    if given.get("include_all_metadata") not in {True, "true", "True", "1"}:
        told = [{name: value for name, value in one.items() if name != "metadata"} for one in told]
    after = str(cursor + limit) if cursor + limit < len(found) else ""
    return {"messages": told, "has_more": bool(after), "response_metadata": {"next_cursor": after}}


def join(workspace: Workspace, given: Json) -> Json:
    """Make the app a member of a public channel."""
    channel = workspace.directory.channel(str(given.get("channel")))
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type" if channel.is_im else "channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    workspace.directory.join(channel.id, APP_USER)
    return {"channel": channel_json(workspace.directory.channel(channel.id))}


def open_direct(workspace: Workspace, given: Json) -> Json:
    """Return the conversation with one person."""
    users = given.get("users") or ""
    found = users.split(",") if isinstance(users, str) else list(users)
    if len(found) != 1:
        raise SlackError("not_enough_users" if not found else "method_not_supported")
    return {"channel": {"id": workspace.directory.direct(found[0]).id}}


def user_info(workspace: Workspace, given: Json) -> Json:
    """Return somebody; their language only when asked for it."""
    include_locale = given.get("include_locale") in {True, "true", "1"}
    person = workspace.directory.person(str(given.get("user")))
    found = person_json(person, workspace.clock(), include_locale=include_locale)
    if not workspace.grants("users:read.email"):
        del found["profile"]["email"]
    return {"user": found}


def lookup(workspace: Workspace, given: Json) -> Json:
    """Return somebody by e-mail address."""
    email = str(given.get("email") or "").casefold()
    for person in workspace.directory.people.values():
        if email and person.email.casefold() == email:
            return {"user": person_json(person, workspace.clock(), include_locale=False)}
    raise SlackError("users_not_found")


def groups(workspace: Workspace, _: Json) -> Json:
    """Return the user groups."""
    return {"usergroups": [group_json(group) for group in workspace.directory.user_groups.values()]}


def group_users(workspace: Workspace, given: Json) -> Json:
    """Return who belongs to a user group."""
    group = workspace.directory.user_groups.get(str(given.get("usergroup")))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}

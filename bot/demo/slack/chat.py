"""Posting, changing and taking back messages: the methods `chat.*`."""

from bot.demo.slack.directory import APP_USER, Channel, Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.messages import Message, content
from bot.demo.slack.workspace import Workspace


def post_message(workspace: Workspace, given: Json) -> Json:
    """Post to a channel, or to a person by their id."""
    channel = _to(workspace, given)
    text, blocks = content(given, workspace.refuses_blocks)
    thread_ts = given.get("thread_ts")
    if thread_ts is not None:
        workspace.messages.find(channel.id, thread_ts)
    message = workspace.messages.add(
        channel=channel.id,
        user=APP_USER,
        text=text,
        blocks=blocks,
        thread_ts=thread_ts,
        broadcast=_is_true(given.get("reply_broadcast")),
        metadata=given.get("metadata"),
    )
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def post_ephemeral(workspace: Workspace, given: Json) -> Json:
    """Post for one person of a channel."""
    channel = _to(workspace, given)
    user = str(given.get("user") or "")
    if user not in workspace.directory.people or user not in channel.members:
        raise SlackError("user_not_in_channel")
    if APP_USER not in channel.members:
        raise SlackError("not_in_channel")
    text, blocks = content(given, workspace.refuses_blocks)
    message = workspace.messages.add(
        channel=channel.id, user=APP_USER, text=text, blocks=blocks, only_for=user, thread_ts=given.get("thread_ts")
    )
    return {"message_ts": message.ts}


def update(workspace: Workspace, given: Json) -> Json:
    """Put other content into a message of the app; ephemeral ones can't be changed this way."""
    message = _own(workspace, given, "cant_update_message")
    text, blocks = content(given, workspace.refuses_blocks)
    kept = {"metadata": given["metadata"]} if given.get("metadata") else {}
    changed = workspace.messages.change(message, text=text, blocks=blocks, **kept)
    return {"channel": changed.channel, "ts": changed.ts, "text": changed.text, "message": changed.as_json()}


def delete(workspace: Workspace, given: Json) -> Json:
    """Take back a message of the app."""
    message = _own(workspace, given, "cant_delete_message")
    workspace.messages.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(workspace: Workspace, given: Json) -> Json:
    """Return the address of a message."""
    channel = workspace.directory.channel(str(given.get("channel")))
    message = _find(workspace, channel.id, given.get("message_ts"))
    link = f"{workspace.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def _to(workspace: Workspace, given: Json) -> Channel:
    """Return where a message goes; raises SlackError when the app can't write there."""
    where = str(given.get("channel") or "")
    directory = workspace.directory
    channel = directory.direct(where) if where in directory.people else directory.channel(where)
    if channel.is_archived:
        raise SlackError("is_archived")
    if APP_USER in channel.members:
        return channel
    if channel.is_private:
        raise SlackError("channel_not_found")  # Slack doesn't tell of private channels
    if not workspace.grants("chat:write.public"):
        raise SlackError("not_in_channel")
    return channel


def _own(workspace: Workspace, given: Json, refusal: str) -> Message:
    channel = workspace.directory.channel(str(given.get("channel") or ""))
    message = _find(workspace, channel.id, given.get("ts"))
    if message.user != APP_USER:
        raise SlackError(refusal)
    return message


def _find(workspace: Workspace, channel: str, ts: object) -> Message:
    message = workspace.messages.find(channel, str(ts))
    if message.ephemeral:
        raise SlackError("message_not_found")
    return message


def _is_true(value: object) -> bool:
    return value in {True, "true", "1"}

"""What an app sends to a response_url.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from bot.demo.slack.directory import APP_USER, Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.messages import Message, content
from bot.demo.slack.permits import ResponseUrl
from bot.demo.slack.workspace import Workspace


def answer(workspace: Workspace, address: ResponseUrl, given: Json) -> None:
    """Take a message for whoever did something; raises SlackError."""
    original = _original(workspace, address)
    if given.get("delete_original"):
        if original is None:
            raise SlackError("message_not_found")
        workspace.messages.delete(original)
        return
    text, blocks = content(given, workspace.refuses_blocks)
    if given.get("replace_original") and original is not None:
        workspace.messages.change(original, text=text, blocks=blocks)
        return
    post(workspace, address, given)


def post(workspace: Workspace, address: ResponseUrl, given: Json) -> Message:
    """Add a message for the one who asked, or for all in the channel if it says so; raises SlackError."""
    text, blocks = content(given, workspace.refuses_blocks)
    return workspace.messages.add(
        channel=address.channel,
        user=APP_USER,
        text=text,
        blocks=blocks,
        only_for=None if given.get("response_type") == "in_channel" else address.user,
        thread_ts=given.get("thread_ts") or address.thread_ts,
        metadata=given.get("metadata"),
    )


def _original(workspace: Workspace, address: ResponseUrl) -> Message | None:
    if address.message_ts is None:
        return None
    try:
        return workspace.messages.find(address.channel, address.message_ts)
    except SlackError:
        return None

"""The one module that posts to Slack."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPException
from threading import Lock
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.posting.refusals import (
    ABOUT_CONTENT,
    SERVER_ERROR,
    TOO_MANY_REQUESTS,
    SendError,
    lost,
    refused,
    retry_handlers,
    told,
)
from bot.render.limits import Block
from bot.turns import elsewhere

__all__ = ["Message", "Poster", "SendError", "posting_once", "reply", "retry_handlers", "withdraw"]

log = structlog.get_logger(__name__)

OK = 200

KEYED = "kpi_bot_delivery"
"""The kind of metadata that holds the key of a message."""

A_MESSAGE_EVERY_S = 1.1
"""As often a channel takes a message: Slack says one a second (https://docs.slack.dev/apis/web-api/rate-limits) and
counts when they arrive, so that two sent a second apart may come too soon; the rest is for the way there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is posted; `text` is what notifications and screen readers get, and all there is without blocks."""

    text: str
    blocks: list[Block] | None = None

    @property
    def body(self) -> dict[str, Any]:
        """It as Slack takes it."""
        return {"text": self.text} if self.blocks is None else {"text": self.text, "blocks": self.blocks}


def _first_taken(messages: Iterable[Message], attempt: Callable[[Message], "_Refusal | None"]) -> None:
    """Send the first of `messages` that Slack takes; raises SendError when it takes none.

    They say the same in simpler and simpler blocks: some workspaces refuse the newer ones. Each is made only when
    those before it were refused.
    """
    refusal = _Refusal(SendError("nothing_to_send"))
    for message in messages:
        found = attempt(message)
        if found is None:
            log.info("sent")
            return
        refusal = found
        log.warning("slack_refused_message", problem=refusal.error.code)
        if not refusal.about_content:
            break
    raise refusal.error


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why Slack did not take a message; `about_content` when it may take a simpler one."""

    error: SendError
    about_content: bool = False


# --- By a response_url -----------------------------------------------------------------------------------------------


def reply(response_url: str, messages: Iterable[Message], *, replaces: bool = False, for_all: bool = False) -> None:
    """Answer a command or a click, seen by the person alone unless it is `for_all`.

    Args:
        response_url: where Slack takes answers, five times in half an hour, in any channel.
        messages: the same in simpler and simpler blocks; Slack gets the first that it takes.
        replaces: the answer stands in the place of the message that was clicked.
        for_all: everybody in the channel sees it.

    Raises SendError.

    https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
    """
    client = WebhookClient(response_url, retry_handlers=retry_handlers())
    how = {"response_type": "in_channel" if for_all else "ephemeral", "replace_original": replaces}
    _first_taken(messages, lambda message: _responded(client, {**how, **message.body}))


def withdraw(response_url: str) -> None:
    """Delete the message that was clicked; raises SendError."""
    refusal = _responded(WebhookClient(response_url, retry_handlers=retry_handlers()), {"delete_original": True})
    if refusal is not None:
        raise refusal.error


def _responded(client: WebhookClient, body: dict[str, Any]) -> _Refusal | None:
    try:
        with elsewhere():
            response = client.send_dict(body)
    except (OSError, HTTPException) as error:
        raise lost(error) from error
    problem = _problem(response)
    if problem is None:
        return None
    return _Refusal(SendError(problem, f"(status {response.status_code})"), _is_about_content(response))


def _problem(response: WebhookResponse) -> str | None:
    """Return what Slack objects to; None when it took the message. It may say so with status 200."""
    if response.status_code != OK:
        return response.body[:200] or f"status {response.status_code}"
    try:
        said = json.loads(response.body)
    except ValueError:
        return None  # "ok" in plain text
    return str(said.get("error")) if isinstance(said, dict) and said.get("ok") is False else None


def _is_about_content(response: WebhookResponse) -> bool:
    """Tell whether a simpler message may succeed: not when the address is used up or Slack itself fails."""
    if "block" in response.body:
        return True
    gone = response.status_code in {404, 410}
    return not gone and response.status_code != TOO_MANY_REQUESTS and response.status_code < SERVER_ERROR


# --- By the Web API --------------------------------------------------------------------------------------------------


def posting_once(token: str, api_url: str, every_s: float | None = None) -> "Poster":
    """Return what posts without ever repeating a request by itself: what may have arrived the outbox judges.

    Slack takes no key that would let a bot repeat a message safely.
    """
    return Poster(WebClient(token, base_url=api_url, retry_handlers=[]), every_s)


class Poster:
    """Posts as the bot: into channels, to one person, as files and views.

    `every_s` is how often a channel takes a message, by default as Slack says.
    """

    def __init__(self, client: WebClient, every_s: float | None = None) -> None:
        self._client, self._every_s = client, every_s
        self._lock = Lock()
        self._free_at: dict[str, float] = {}

    def post(
        self,
        channel: str,
        messages: Iterable[Message],
        *,
        thread: str | None = None,
        broadcast: bool = False,
        key: str | None = None,
    ) -> str:
        """Post to a channel, at most one message a second; return the message's ts. Raises SendError.

        Args:
            channel: its id.
            messages: the same in simpler and simpler blocks; Slack gets the first that it takes.
            thread: the ts of the message that it replies to.
            broadcast: a reply is also shown in the channel.
            key: what it can be found by; people don't see it.

        https://docs.slack.dev/reference/methods/chat.postMessage
        """
        posted: list[str] = []
        where: dict[str, Any] = {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        where |= {} if thread is None else {"thread_ts": thread, "reply_broadcast": broadcast}
        where |= {} if key is None else {"metadata": {"event_type": KEYED, "event_payload": {"key": key}}}
        self._wait_for(channel)
        _first_taken(messages, lambda message: self._called("chat.postMessage", {**where, **message.body}, posted))
        return posted[0]

    def find(self, channel: str, key: str, *, since: int, thread: str | None = None) -> str | None:
        """Return the ts of the message that was posted with a key since an instant; None when there is none.

        Raises SendError, `missing_scope` where the bot may not read what is written.

        https://docs.slack.dev/reference/methods/conversations.history
        """
        method, where = "conversations.history", {"channel": channel}
        if thread is not None:
            method, where = "conversations.replies", {"channel": channel, "ts": thread}
        asked: dict[str, Any] = {**where, "oldest": str(since), "include_all_metadata": True, "limit": 200}
        while True:
            with told():
                page = self._client.api_call(method, http_verb="GET", params=asked)
            for message in page.get("messages") or ():
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == KEYED and metadata.get("event_payload", {}).get("key") == key:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            asked["cursor"] = cursor

    def edit(self, channel: str, ts: str, messages: Iterable[Message]) -> None:
        """Put other content into a message of the bot; raises SendError.

        https://docs.slack.dev/reference/methods/chat.update
        """
        where = {"channel": channel, "ts": ts}
        _first_taken(messages, lambda message: self._called("chat.update", {**where, **message.body}))

    def whisper(self, channel: str, user: str, messages: Iterable[Message], *, thread: str | None = None) -> None:
        """Post to a channel what one person alone sees; raises SendError.

        https://docs.slack.dev/reference/methods/chat.postEphemeral
        """
        where = {"channel": channel, "user": user} | ({} if thread is None else {"thread_ts": thread})
        _first_taken(messages, lambda message: self._called("chat.postEphemeral", {**where, **message.body}))

    def direct(self, user: str) -> str:
        """Return the channel of direct messages with a person; raises SendError.

        https://docs.slack.dev/reference/methods/conversations.open
        """
        with told():
            return str(self._client.conversations_open(users=user)["channel"]["id"])

    def upload(self, channel: str, name: str, content: bytes, comment: str) -> None:
        """Post a file to a channel; raises SendError.

        https://docs.slack.dev/messaging/working-with-files#upload
        """
        with told():
            self._client.files_upload_v2(
                channel=channel, filename=name, title=name, content=content, initial_comment=comment
            )

    def picture(self, name: str, content: bytes, described: str) -> Block:
        """Upload a picture that only the bot's messages show; return the block that shows it. Raises SendError."""
        with told():
            uploaded = self._client.files_upload_v2(
                filename=name, title=name, content=content, alt_txt=described, request_file_info=False
            )
        return {"type": "image", "slack_file": {"id": uploaded["file"]["id"]}, "alt_text": described}

    def open(self, trigger: str, view: Block) -> str:
        """Open a modal within three seconds of a click; return its id. Raises SendError.

        https://docs.slack.dev/reference/methods/views.open
        """
        with told():
            return str(self._client.views_open(trigger_id=trigger, view=view)["view"]["id"])

    def home(self, user: str, view: Block) -> None:
        """Show the App Home to a person; raises SendError.

        https://docs.slack.dev/reference/methods/views.publish
        """
        with told():
            self._client.views_publish(user_id=user, view=view)

    def _called(self, method: str, body: dict[str, Any], posted: list[str] | None = None) -> _Refusal | None:
        try:
            response = self._client.api_call(method, json=body)
        except SlackApiError as error:
            refusal = refused(error)
            return _Refusal(refusal, refusal.code in ABOUT_CONTENT)
        except (SlackClientError, OSError, HTTPException) as error:
            raise lost(error) from error
        if posted is not None:
            posted.append(str(response["ts"]))
        return None

    def _wait_for(self, channel: str) -> None:
        """Wait until the channel takes a message again; threads that wait take turns."""
        with self._lock:
            now = time.monotonic()
            self._free_at = {name: at for name, at in self._free_at.items() if at > now}
            at = self._free_at.get(channel, now)
            self._free_at[channel] = at + (A_MESSAGE_EVERY_S if self._every_s is None else self._every_s)
        with elsewhere():
            time.sleep(at - now)

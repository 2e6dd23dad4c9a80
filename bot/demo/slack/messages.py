"""Every message there is: the app's and people's, for all to see or for one person only."""

import secrets
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from bot.demo.slack.directory import APP, APP_USER, BOT, TEAM, Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.files import File
from bot.render.limits import MESSAGE_TEXT, Block, check


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it stands now.

    Attributes:
        user: who posted it; the app is `APP_USER`.
        only_for: the one person who sees it, of an ephemeral message.
        thread_ts: the message it is a reply to.
        broadcast: whether a reply is shown in the channel too.
        edited: when it was changed last, seconds since 1970.
    """

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    only_for: str | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    files: tuple[File, ...] = ()
    edited: float | None = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        """Whether one person only sees it."""
        return self.only_for is not None

    def is_for(self, user: str) -> bool:
        """Tell whether somebody in its channel sees it."""
        return not self.deleted and self.only_for in {None, user}

    def as_json(self) -> Json:
        """Return the message as Slack tells it to the app."""
        found: Json = {"type": "message", "user": self.user, "ts": self.ts, "team": TEAM, "text": self.text}
        if self.user == APP_USER:
            found |= {"bot_id": BOT, "app_id": APP}
        parts = {"blocks": self.blocks, "thread_ts": self.thread_ts, "metadata": self.metadata}
        found |= {name: deepcopy(part) for name, part in parts.items() if part}
        if self.edited is not None:
            found["edited"] = {"user": self.user, "ts": f"{self.edited:.6f}"}
        if self.files:
            found["files"] = [file.as_json() for file in self.files]
        return found


class Messages:
    """The messages of the workspace, oldest first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._all: dict[tuple[str, str], Message] = {}
        self._last = 0

    def __iter__(self) -> Iterator[Message]:
        return iter(list(self._all.values()))

    def add(self, **parts: Any) -> Message:  # noqa: ANN401  # the fields of Message
        """Store a message under a time of its own; return it."""
        # Two messages never have the same: microseconds count up where the clock stands still.
        self._last = max(self._last + 1, int(self._clock() * 1_000_000))
        message = Message(ts=f"{self._last // 1_000_000}.{self._last % 1_000_000:06}", **parts)
        self._all[message.channel, message.ts] = message
        return message

    def find(self, channel: str, ts: str) -> Message:
        """Return a message; raises SlackError `message_not_found`."""
        message = self._all.get((channel, ts))
        if message is None or message.deleted:
            raise SlackError("message_not_found")
        return message

    def change(self, message: Message, **parts: Any) -> Message:  # noqa: ANN401  # the fields of Message
        """Put other content into a message; return it."""
        changed = replace(message, edited=self._clock(), **parts)
        self._all[message.channel, message.ts] = changed
        return changed

    def attach(self, message: Message, file: File) -> None:
        """Show a file with a message."""
        self._all[message.channel, message.ts] = replace(message, files=(*message.files, file))

    def delete(self, message: Message) -> None:
        """Take a message away; it stays in the store, marked."""
        self._all[message.channel, message.ts] = replace(message, deleted=True)

    def replies(self, message: Message, user: str) -> int:
        """Return how many replies to a message somebody sees."""
        return sum(
            one.channel == message.channel and one.thread_ts == message.ts and one.is_for(user)
            for one in self._all.values()
        )


def identified(blocks: list[Block]) -> list[Block]:
    """Return blocks with the identifiers that Slack gives to those that have none."""
    found = deepcopy(blocks)
    for block in found:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements_of(block):
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return found


def elements_of(block: Block) -> list[Block]:
    """Return what people can use in a block."""
    found = [*block.get("elements", []), block.get("accessory"), block.get("element")]
    return [one for one in found if one is not None and one["type"] not in {"mrkdwn", "plain_text", "image"}]


def content(given: Json, refused_kinds: frozenset[str]) -> tuple[str, list[Block]]:
    """Return the text and the blocks of a message that the app sends.

    Raises SlackError `no_text`, `msg_too_long` or `invalid_blocks`, the last with what is wrong.
    """
    text, blocks = given.get("text") or "", given.get("blocks") or []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    if blocks:
        kinds = {str(block.get("type")) for block in blocks}
        problems = [f"{kind} is refused here" for kind in sorted(refused_kinds & kinds)] + check(blocks)
        if problems:
            raise SlackError("invalid_blocks", problems)
    if not blocks and not text:
        raise SlackError("no_text")
    if len(text) > MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    return text, identified(blocks)

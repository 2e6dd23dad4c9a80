"""What people do in Slack, and what they see of it."""

from collections.abc import Callable
from typing import TypeVar

import httpx2

from bot.demo.slack import payloads
from bot.demo.slack.answers import post
from bot.demo.slack.directory import APP_USER, BOT_NAME, TEAM, Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.interactions import Interactions
from bot.demo.slack.messages import Message
from bot.demo.slack.permits import ResponseUrl
from bot.demo.slack.sending import TIMED_OUT, Delivery
from bot.demo.slack.views import View

Found = TypeVar("Found")


class People(Interactions):
    """The hands and eyes of everybody in the workspace."""

    # --- They ask ------------------------------------------------------------------------------------------------

    def command(self, text: str, *, user: str = "U_DINA", channel: str = "C_SUPPORT", name: str = "/kpi") -> Delivery:
        """Type a command; return what the bot answered at once. Its real answer comes as a post."""
        payload = self.payload(text, user=user, channel=channel, name=name)
        delivery = self.sender.send("command", payload)
        if not delivery.acknowledged:
            self.workspace.notice(user, f'{name} failed with the error "{_failure(delivery)}"', channel)
        elif delivery.body:
            self._answered_at_once(delivery, name, ResponseUrl(channel=channel, user=user, expires_at=0))
        return delivery

    def payload(
        self, text: str, *, user: str = "U_DINA", channel: str = "C_SUPPORT", name: str = "/kpi"
    ) -> dict[str, str]:
        """Return the fields of a command, with a response_url of its own."""
        with self.workspace.changed:
            person, where = self.workspace.directory.person(user), self.workspace.directory.channel(channel)
            return payloads.command(person, where, name, text) | {
                "response_url": self._response_url(user, channel),
                "trigger_id": self.workspace.permits.trigger(user, channel),
            }

    def _answered_at_once(self, delivery: Delivery, name: str, address: ResponseUrl) -> None:
        """Show the words or the message with which a command was acknowledged."""
        try:
            with self.workspace.changing():
                post(self.workspace, address, delivery.answer or {"text": delivery.body})
        except SlackError as refused:
            self.workspace.refused.extend(refused.messages or [refused.error])
            self.workspace.notice(address.user, f'{name} failed with the error "invalid_command_response"')

    def mention(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> Delivery:
        """Write to the app in a channel, as `@kpi text`; it is told only where it is a member."""
        said = text if f"<@{APP_USER}>" in text else f"<@{APP_USER}> {text}"
        message = self.say(user, channel, said, thread_ts=thread_ts)
        if APP_USER not in self.workspace.directory.channel(channel).members:
            self.workspace.notice(user, f"@{BOT_NAME} is not in this channel: /invite @{BOT_NAME}", channel)
            return Delivery(status=None, body="not_in_channel", seconds=0)
        return self._happened(message, {"type": "app_mention"})

    def direct(self, user: str, text: str, *, thread_ts: str | None = None) -> Delivery:
        """Write to the app in its own conversation."""
        message = self.say(user, self.workspace.directory.direct(user).id, text, thread_ts=thread_ts)
        return self._happened(message, {"type": "message", "channel_type": "im"})

    def say(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> Message:
        """Write in a channel; nobody tells the app."""
        with self.workspace.changing():
            self.workspace.directory.person(user)
            self.workspace.directory.channel(channel)
            return self.workspace.messages.add(channel=channel, user=user, text=text, thread_ts=thread_ts)

    def write(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> Delivery | None:
        """Write what was typed wherever somebody is; return what the app said when it was told."""
        where = self.workspace.directory.channel(channel)
        said = self.workspace.directory.as_sent(text)
        if where.is_im:
            return self.direct(user, said, thread_ts=thread_ts)
        if f"<@{APP_USER}>" in said:
            return self.mention(user, channel, said, thread_ts=thread_ts)
        self.say(user, channel, said, thread_ts=thread_ts)
        return None

    def open_home(self, user: str) -> Delivery:
        """Open the App Home."""
        with self.workspace.changed:
            home = self.workspace.views.homes.get(user)
            now = self.workspace.clock()
            told: Json = {"type": "app_home_opened", "user": user, "tab": "home", "event_ts": f"{now:.6f}"}
            told["channel"] = self.workspace.directory.direct(user).id
            if home is not None:
                told["view"] = home.as_json()
        return self.sender.send_event(payloads.event(told, now))

    def _happened(self, message: Message, about: Json) -> Delivery:
        told = {
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "channel": message.channel,
            "event_ts": message.ts,
            "team": TEAM,
        }
        if message.thread_ts is not None:
            told["thread_ts"] = message.thread_ts
        return self.sender.send_event(payloads.event(about | told, self.workspace.clock()))

    # --- They see ------------------------------------------------------------------------------------------------

    @property
    def posts(self) -> list[Message]:
        """What the app has posted, as it stands now and also when it was deleted since, oldest first."""
        with self.workspace.changed:
            return [message for message in self.workspace.messages if message.user == APP_USER]

    def seen_by(self, user: str, channel: str) -> list[Message]:
        """Return what somebody sees in a channel, replies in threads included."""
        with self.workspace.changed:
            if channel not in {one.id for one in self.workspace.directory.seen_by(user)}:
                return []
            return [one for one in self.workspace.messages if one.channel == channel and one.is_for(user)]

    def home(self, user: str) -> View | None:
        """Return somebody's App Home; None when the app has shown none."""
        return self.workspace.views.homes.get(user)

    def modal(self, user: str) -> View | None:
        """Return the modal in front of somebody; None when there is none."""
        with self.workspace.changed:
            return self.workspace.views.top(user)

    def notices(self, user: str) -> list[str]:
        """Return what Slack itself has told somebody."""
        return [notice.text for notice in self.workspace.notices if notice.user == user]

    def wait(self, posts: int, *, timeout_s: float = 20) -> list[Message]:
        """Return what the app has posted once it is so much; raises TimeoutError."""
        return self.wait_for(lambda: self.posts if len(self.posts) >= posts else None, timeout_s=timeout_s)

    def wait_for(self, look: Callable[[], Found | None], *, timeout_s: float = 20) -> Found:
        """Return what `look` finds as soon as it finds something; raises TimeoutError."""
        with self.workspace.changed:
            found = self.workspace.changed.wait_for(look, timeout_s)
            if not found:
                seen = [message.text[:80] for message in self.posts]
                raise TimeoutError(f"posted: {seen}; refused: {self.workspace.refused}")
            return found


def _failure(delivery: Delivery) -> str:
    if delivery.status is None:
        return TIMED_OUT if delivery.body == TIMED_OUT else "dispatch_failed"
    return "http_service_error" if httpx2.codes.is_server_error(delivery.status) else "http_client_error"

"""Telling the owner of a subscription what went wrong with it, once, and what to do."""

from collections.abc import Callable

import structlog

from bot.posting.outbox import Outbox, Outcome, Parcel, State
from bot.posting.refusals import NOT_THERE, TOKEN_REFUSED
from bot.posting.send import Message, Poster, SendError
from bot.render.mrkdwn import escape
from bot.subscriptions import Subscription, Subscriptions
from bot.text import Text

log = structlog.get_logger(__name__)

WHY = {
    "is_archived": "archived",
    "user_not_found": "gone",
    "user_disabled": "gone",
    **dict.fromkeys(TOKEN_REFUSED, "token"),
}
"""The sentence (`notice.why.<word>`) of what Slack says; of the rest that it can't be posted to, `not_there`."""


def reason(code: str) -> str:
    """Return which sentence, `notice.why.<word>`, tells what Slack's word means and what to do."""
    return WHY.get(code, "not_there") if code in NOT_THERE | TOKEN_REFUSED else "refused"


class Notices:
    """Tells owners by direct message. `clock` tells the time, seconds since 1970."""

    def __init__(
        self, outbox: Outbox, poster: Poster, subscriptions: Subscriptions, clock: Callable[[], float]
    ) -> None:
        self._outbox, self._poster, self._subscriptions, self._clock = outbox, poster, subscriptions, clock

    def undelivered(self, subscription: Subscription, parcel: Parcel, outcome: Outcome) -> None:
        """Count what Slack won't take against a subscription, pause it if that is too much, and tell its owner.

        What was only put off, or somebody else has dealt with, is nothing to tell. Raises StorageError.
        """
        if not outcome.mine or outcome.state not in {State.FAILED, State.UNSURE}:
            return
        text = Text(subscription.language)
        if outcome.state is State.UNSURE:
            self.tell(subscription, f"{parcel.key}:unsure", text("notice.unsure", what=self._what(subscription, text)))
            return
        code = outcome.error or ""
        for_good = code in NOT_THERE | TOKEN_REFUSED
        paused = self._subscriptions.failed(subscription, code, int(self._clock()), for_good=for_good)
        self.tell(subscription, f"{parcel.key}:failed", self._failed(subscription, code, text, paused=paused))

    def tell(self, subscription: Subscription, key: str, words: str) -> None:
        """Tell the owner something, once for each key; who can't be told is in the log. Raises StorageError."""
        try:
            channel = self._poster.direct(subscription.owner)
        except SendError as error:
            log.warning("owner_not_told", subscription=subscription.id, error=error.code)
            return
        parcel = Parcel(
            key=f"notice:{key}",
            team_id=subscription.team_id,
            channel=channel,
            due_at=int(self._clock()),
            subscription=subscription.id,
            repeatable=True,
        )
        self._outbox.send(parcel, lambda: [Message(text=escape(words).replace("\0", f"<#{subscription.channel}>"))])

    def _failed(self, subscription: Subscription, code: str, text: Text, *, paused: bool) -> str:
        said = text(f"notice.why.{reason(code)}", what=self._what(subscription, text), code=code)
        after = text("notice.paused" if paused else "notice.goes_on", kind=_command(subscription))
        return f"{said} {after}"

    def _what(self, subscription: Subscription, text: Text) -> str:
        if subscription.is_personal:
            return text("notice.what.own")
        # A channel is named by reference, which escaping would take apart.
        return text(f"notice.what.{subscription.kind}", channel="\0")


def _command(subscription: Subscription) -> str:
    return "digest" if subscription.kind == "digest" else "alerts"

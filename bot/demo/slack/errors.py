"""What Slack says no with."""

from collections.abc import Sequence


class SlackError(Exception):
    """A request that Slack refuses.

    Attributes:
        error: Slack's word for it.
        messages: what is wrong in detail.
        details: what else the answer says.
    """

    def __init__(self, error: str, messages: Sequence[str] = (), **details: str) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = list(messages)
        self.details = details

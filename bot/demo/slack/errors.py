"""What Slack says no with."""

from collections.abc import Sequence


class SlackError(Exception):
    """A request that Slack refuses; `error` is its word for it, `messages` say what is wrong in detail."""

    def __init__(self, error: str, messages: Sequence[str] = ()) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = list(messages)

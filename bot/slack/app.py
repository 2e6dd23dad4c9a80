"""The Slack app: what it listens to, the same over HTTP and in Socket Mode."""

import re
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog
from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.error import BoltError
from slack_sdk import WebClient

from bot.commands import Commands, language_of
from bot.render.mrkdwn import escape
from bot.render.reply import Reply, reply_slack
from bot.slack.replay import Replays
from bot.slack.send import Message, SendError, reply, retry_handlers
from bot.text import Text
from kpi.errors import KpiError, SettingsError

log = structlog.get_logger(__name__)

LISTENERS = 16
SLACK_API = "https://slack.com/api/"

# Whatever name the command was given in the app's settings: every command that reaches this app is meant for it.
ANY_COMMAND = re.compile("^/")


def create_app(
    commands: Commands,
    *,
    bot_token: str,
    signing_secret: str = "",
    language: str,
    clock: Callable[[], float],
    api_url: str = SLACK_API,
) -> App:
    """Return the app, its token checked with Slack.

    Args:
        commands: what `/kpi` does.
        bot_token: Slack's `xoxb-…`.
        signing_secret: proves that a request comes from Slack; Socket Mode needs none.
        language: the reader's, unless what he writes is in the other.
        clock: tells the time, seconds since 1970.
        api_url: where Slack is.

    Raises:
        SettingsError: `slack_refused`, `slack_unreachable`.
    """
    client = WebClient(bot_token, base_url=api_url, retry_handlers=retry_handlers())
    try:
        app = App(
            client=client,
            signing_secret=signing_secret,
            listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
        )
    except BoltError as error:
        raise SettingsError("slack_refused") from error
    except OSError as error:
        raise SettingsError("slack_unreachable", reason=str(error)) from error
    register(app, commands, language=language, clock=clock)
    return app


def register(app: App, commands: Commands, *, language: str, clock: Callable[[], float]) -> None:
    """Add every listener to the app."""
    replays = Replays(clock)

    @app.middleware
    def once(req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002  # Bolt's name
        signature = req.headers.get("x-slack-signature", [""])[0]
        if signature and not replays.is_new(signature):
            log.warning("slack_request_replayed")
            return BoltResponse(status=200)
        return next()

    @app.command(ANY_COMMAND)
    def answer(ack: Ack, command: Mapping[str, str]) -> None:
        # At once and empty: reading the question needs the database, and Slack waits three seconds only.
        ack()
        words = typed(command.get("text", ""))
        text = Text(language_of(words, language))
        # Nothing may leave this function: Bolt may then tell Slack that a command failed which was acknowledged.
        try:
            reply(command["response_url"], messages(commands.run(words, int(clock()), text), text))
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the asker is told
            tell(error, command["response_url"], text)


def tell(error: Exception, response_url: str, text: Text) -> None:
    """Tell the asker what went wrong and what to do; of a defect, a reference that is also in the log."""
    if isinstance(error, KpiError):
        said = text.error(error)
        log.info("question_refused", error=str(error))
    else:
        reference = secrets.token_hex(4)
        said = text("error.unknown", reference=reference)
        log.error("listener_failed", reference=reference, exc_info=error)
    try:
        reply(response_url, [Message(text=escape(said))])
    except SendError as lost:
        log.error("answer_lost", error=str(lost))  # noqa: TRY400  # what went wrong first is logged above


def messages(said: Reply, text: Text) -> list[Message]:
    """Return a reply as messages, in simpler and simpler blocks."""
    words, forms = reply_slack(said, text)
    return [*(Message(text=words, blocks=blocks) for blocks in forms), Message(text=words)]


def typed(text: str) -> str:
    """Return what was typed, before Slack escaped it; names of people and channels stay references."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()

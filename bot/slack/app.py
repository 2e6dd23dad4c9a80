"""The Slack app: what it listens to, the same over HTTP and in Socket Mode."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from sqlalchemy import Engine

from bot.access import Access
from bot.alerts.run import alerts_for
from bot.commands import Commands
from bot.once import Once
from bot.posting.send import Poster, posting_once, reply, retry_handlers
from bot.questions import Questions
from bot.settings import Settings
from bot.slack import actions, fields, mentions, modals
from bot.slack.answers import answer_words, tell, what_went_wrong
from bot.slack.bot import Bot, Place, Reader, Respond
from bot.slack.directory import REMEMBERED_S, SlackDirectory
from bot.slack.following import FollowingExecutor, begin, counted, reference
from bot.slack.home import home_view
from bot.slack.languages import Languages
from bot.slack.people import with_agents
from bot.slack.replay import Replays
from bot.subscriptions import Subscriptions
from bot.text import Text
from bot.turns import elsewhere, turn
from kpi.errors import SettingsError

log = structlog.get_logger(__name__)

LISTENERS = 16
SLACK_API = "https://slack.com/api/"

ANY = re.compile(".*")
# Whatever name the command was given in the app's settings: every command that reaches this app is meant for it.
ANY_COMMAND = re.compile("^/")

Payload = Mapping[str, Any]


def create_app(
    commands: Commands,
    engine: Engine,
    settings: Settings,
    *,
    clock: Callable[[], float],
    api_url: str = SLACK_API,
    profiles_last_s: float = REMEMBERED_S,
) -> App:
    """Return the app, its token checked with Slack.

    Args:
        commands: what `/kpi` does.
        engine: the database, in which every replica of the bot finds what was asked.
        settings: Slack's tokens, the language of those whose own isn't known, who may see what.
        clock: tells the time, seconds since 1970.
        api_url: where Slack is.
        profiles_last_s: for how long what Slack says of a person holds.

    Raises:
        SettingsError: `slack_refused`, `slack_unreachable`.
    """
    slack = settings.slack
    token = slack.bot_token.get_secret_value() if slack.bot_token else ""
    client = _Client(token, base_url=api_url, retry_handlers=retry_handlers())
    try:
        app = App(
            client=client,
            signing_secret=slack.signing_secret.get_secret_value() if slack.signing_secret else "",
            listener_executor=FollowingExecutor(LISTENERS, thread_name_prefix="slack"),
            process_before_response=True,  # listeners acknowledge at once, and leave the rest to these threads
        )
    except BoltError as error:
        raise SettingsError("slack_refused") from error
    except OSError as error:
        raise SettingsError("slack_unreachable", reason=str(error)) from error
    directory = SlackDirectory(client, profiles_last_s)
    bot = Bot(
        commands=commands,
        questions=Questions(engine),
        once=Once(engine),
        access=Access(settings.access, engine, directory),
        directory=directory,
        languages=Languages(engine, directory, settings.language),
        poster=Poster(client),
        subscriptions=Subscriptions(engine),
        alerts=alerts_for(engine, settings, posting_once(token, api_url), clock),
        clock=clock,
    )
    register(app, bot)
    return app


class _Client(WebClient):
    """Calls Slack while other threads work."""

    def api_call(self, *arguments: Any, **named: Any) -> SlackResponse:  # noqa: ANN401  # whatever it takes
        with elsewhere():
            return super().api_call(*arguments, **named)


def register(app: App, bot: Bot) -> None:
    """Add every listener to the app."""
    _follow(app, bot.clock)
    _refuse_replays(app, bot.clock)
    _listen_to_commands(app, bot)
    _listen_to_clicks(app, bot)
    _listen_to_events(app, bot)


def _later(app: App, do: Callable[[], None]) -> None:
    """Do something when a thread is free for it; its request is acknowledged without waiting for that."""

    def logged() -> None:
        try:
            with turn():
                do()
        except Exception:
            log.exception("listener_failed", reference=reference())

    app.listener_runner.listener_executor.submit(logged)


def _follow(app: App, clock: Callable[[], float]) -> None:
    @app.middleware
    def follow(body: Payload, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002  # Bolt's name
        begin(body, int(clock()))
        return next()


def _refuse_replays(app: App, clock: Callable[[], float]) -> None:
    replays = Replays(clock)

    @app.middleware
    def once(req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002  # Bolt's name
        signature = req.headers.get("x-slack-signature", [""])[0]
        if signature and not replays.is_new(signature):
            log.warning("slack_request_replayed")
            return BoltResponse(status=200)
        return next()


def _listen_to_commands(app: App, bot: Bot) -> None:
    @app.command(ANY_COMMAND)
    def command(ack: Ack, command: Payload) -> None:
        # At once and empty: reading the question needs the database, and Slack waits three seconds only.
        ack()
        place = Place(team_id=command["team_id"], user=command["user_id"], channel=command["channel_id"])
        respond = partial(reply, command["response_url"])
        _later(app, lambda: _reply_to(bot, command.get("text", ""), place, respond, command.get("trigger_id", "")))


def _listen_to_clicks(app: App, bot: Bot) -> None:
    @app.action(ANY)
    def click(ack: Ack, body: Payload) -> None:
        ack()
        clicked = actions.read_click(body)
        if clicked.action not in actions.ACTIONS:
            log.warning("unknown_action", action=clicked.action)  # of a message that an older version sent
            return
        do, respond = partial(actions.run, bot, clicked), partial(clicked.add, bot)
        _later(app, lambda: _telling(bot, clicked.place, do, respond))

    @app.options(ANY)
    def options(ack: Ack, body: Payload) -> None:
        place = Place(team_id=body["team"]["id"], user=body["user"]["id"])
        ack(options=modals.OFFERED[body["action_id"]](bot, place, str(body.get("value", ""))))

    @app.view(ANY)
    def submitted(ack: Ack, body: Payload) -> None:
        sent, text = fields.read_submission(body), Text(bot.languages.usual)
        try:
            text = bot.text(sent.place)
            said, after = modals.submit(bot, body["view"]["callback_id"], sent, text)
        except Exception as error:  # noqa: BLE001  # whatever went wrong, it is told in the modal
            said, after = fields.failed(sent, what_went_wrong(error, text)), None
        ack(**said)
        if after is not None:
            _later(app, lambda: _telling(bot, sent.place, lambda _: after(), modals.respond_to(bot, sent)))


def _listen_to_events(app: App, bot: Bot) -> None:
    def hear(event: Payload, body: Payload, context: BoltContext) -> None:
        if mentions.is_for_us(event):
            _later(app, lambda: _hear(bot, event, body, context.bot_user_id or ""))

    app.event("app_mention")(hear)

    @app.event("message")
    def message(event: Payload, body: Payload, context: BoltContext) -> None:
        if event.get("channel_type") == "im":
            hear(event, body, context)

    @app.event("app_home_opened")
    def home(event: Payload, body: Payload) -> None:
        # Shown again it is only fresher, so an event that is told twice does no harm.
        if event.get("tab") == "home":
            _later(app, lambda: _show_home(bot, Place(team_id=body["team_id"], user=event["user"])))


def _hear(bot: Bot, event: Payload, body: Payload, own: str) -> None:
    place = Place(team_id=body["team_id"], user=event["user"], channel=event["channel"])
    if _is_first(bot, body):
        _reply_to(bot, mentions.words_of(event, own), place, mentions.respond_to(bot, event, place))


def _show_home(bot: Bot, place: Place) -> None:
    with counted():
        bot.poster.home(place.user, home_view(bot, place, bot.text(place)))


def _is_first(bot: Bot, body: Payload) -> bool:
    """Tell whether an event was not told before, here or to another replica."""
    return bot.once.claim(body["team_id"], f"event:{body['event_id']}", bot.now)


def _reply_to(bot: Bot, said: str, place: Place, respond: Respond, trigger: str = "") -> None:
    words = typed(said)

    def answer(text: Text) -> None:
        reader = Reader(place=place, text=text, respond=respond, trigger=trigger)
        answer_words(bot, with_agents(bot, words, place), reader)

    _telling(bot, place, answer, respond, words)


def _telling(bot: Bot, place: Place, do: Callable[[Text], None], respond: Respond, words: str = "") -> None:
    """Do something in the language of the person, who is told what goes wrong.

    Nothing may leave a listener: Bolt could then tell Slack that something failed which was acknowledged.
    """
    text = Text(bot.languages.usual)
    try:
        with counted():
            text = bot.text(place, words)
            do(text)
    except Exception as error:  # noqa: BLE001  # whatever went wrong, the person is told
        tell(error, text, respond)


def typed(text: str) -> str:
    """Return what was typed, before Slack escaped it; names of people and channels stay references."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()

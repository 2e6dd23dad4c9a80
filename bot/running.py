"""The running bot: Slack in one thread or server, the ticker beside it, and a clean end."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import time
from types import FrameType

import structlog
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from sqlalchemy import Engine, text

from bot.asking import Asker
from bot.commands import Commands
from bot.database import migrate, open_database
from bot.helpdesks.registry import connect
from bot.jobs import Ticker
from bot.settings import Settings
from bot.slack.app import SLACK_API, create_app
from bot.web import create_web
from kpi.errors import SettingsError, StorageError
from kpi.frames import DatabaseFrames

log = structlog.get_logger()


def run_bot(settings: Settings, api_url: str = SLACK_API) -> None:
    """Answer Slack and keep reading the helpdesks until SIGTERM or SIGINT, then end what is under way.

    With an app token by Socket Mode, else over HTTP. Raises SettingsError for what is missing or refused by Slack,
    StorageError for a database that can't be used.
    """
    _require(settings)
    with _until_signalled() as stop, ExitStack() as ending:
        engine = open_database(settings.database_url)
        ending.callback(engine.dispose)
        migrate(engine)
        app = _app(settings, engine, api_url)
        port = None if settings.slack.app_token else ending.enter_context(_listening(settings))
        ticker = Ticker(engine, settings, connect)
        ticker.start()
        ending.callback(ticker.stop)
        if settings.slack.app_token is not None:
            _by_socket_mode(app, settings.slack.app_token.get_secret_value(), stop)
        elif port is not None:
            _by_http(app, engine, port)
        log.info("stopping")
    log.info("stopped")


@contextmanager
def _until_signalled() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set; nothing else becomes of them meanwhile."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """Give the port that Slack calls; raises SettingsError `address_unusable`."""
    host, port = settings.web_host, settings.web_port
    try:
        opened = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError("address_unusable", host=host, port=port, reason=reason) from error
    with opened:
        yield opened


def _require(settings: Settings) -> None:
    if settings.slack.bot_token is None:
        raise SettingsError("setting_missing", setting="KPI_BOT_SLACK_BOT_TOKEN")
    if settings.slack.app_token is None and settings.slack.signing_secret is None:
        raise SettingsError("slack_no_way_in")
    if not settings.helpdesks:
        raise SettingsError("no_helpdesk")


def _app(settings: Settings, engine: Engine, api_url: str) -> App:
    slack = settings.slack
    return create_app(
        Commands(Asker(DatabaseFrames(engine), settings)),
        bot_token=slack.bot_token.get_secret_value() if slack.bot_token else "",
        signing_secret=slack.signing_secret.get_secret_value() if slack.signing_secret else "",
        language=settings.language,
        clock=time,
        api_url=api_url,
    )


def _by_socket_mode(app: App, app_token: str, stop: threading.Event) -> None:
    handler = SocketModeHandler(app, app_token)
    try:
        handler.connect()  # type: ignore[no-untyped-call]  # as Bolt has it
        log.info("running", way="socket mode")
        stop.wait()
    finally:
        handler.close()  # type: ignore[no-untyped-call]  # as Bolt has it


def _by_http(app: App, engine: Engine, port: socket.socket) -> None:
    def is_well() -> bool:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except StorageError:
            return False
        return True

    config = uvicorn.Config(create_web(app, is_well), log_config=None, access_log=False)
    host, number = port.getsockname()[:2]
    log.info("running", way="http", host=host, port=number)
    # It ends on the signals by itself, after the requests that are under way, and then raises them again for us.
    uvicorn.Server(config).run(sockets=[port])

"""The running bot: Slack in one thread or server, the ticker beside it, and a clean end."""

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event
from time import time

import structlog
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError
from sqlalchemy import Engine, text
from sqlalchemy.exc import TimeoutError  # noqa: A004  # of the connection pool
from starlette.applications import Starlette

from bot.asking import Asker, memory_of
from bot.commands import Commands
from bot.database import migrate, open_database
from bot.helpdesks.registry import connect
from bot.jobs import Ticker, memory_job, sync_jobs
from bot.settings import Settings
from bot.slack.app import SLACK_API, create_app
from bot.web import create_web
from kpi.errors import SettingsError, StorageError

log = structlog.get_logger()


def run_bot(settings: Settings, api_url: str = SLACK_API) -> None:
    """Answer Slack and keep reading the helpdesks until SIGTERM or SIGINT, then end what is under way.

    With an app token by Socket Mode, else over HTTP; the web server tells in both cases whether the bot is well.
    Raises SettingsError for what is missing or refused by Slack, StorageError for a database that can't be used.
    """
    _require(settings)
    with ExitStack() as ending:
        engine = open_database(settings.database_url)
        ending.callback(engine.dispose)
        migrate(engine)
        memory = memory_of(engine, settings) if settings.memory else None
        if memory is not None:
            ending.callback(memory.close)
        app = create_app(Commands(Asker(engine, settings, memory)), engine, settings, clock=time, api_url=api_url)
        port = ending.enter_context(_listening(settings))
        stopping = Event()
        jobs = [*sync_jobs(engine, settings, connect, stopping, memory)]
        jobs += [] if memory is None else [memory_job(memory)]
        ticker = Ticker(jobs, stopping)
        ticker.start()
        ending.callback(ticker.stop)
        app_token = settings.slack.app_token
        if app_token is not None:
            ending.enter_context(_socket_mode(app, app_token.get_secret_value()))
        _serve(create_web(app if app_token is None else None, lambda: _is_well(engine)), port)
        log.info("stopping")
    log.info("stopped")


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


@contextmanager
def _socket_mode(app: App, app_token: str) -> Iterator[None]:
    """Keep a connection to Slack; raises SettingsError `slack_app_token_refused` or `slack_unreachable`."""
    handler = SocketModeHandler(app, app_token)
    try:
        handler.connect()  # type: ignore[no-untyped-call]  # as Bolt has it
    except SlackApiError as error:
        raise SettingsError("slack_app_token_refused") from error
    except OSError as error:
        raise SettingsError("slack_unreachable", reason=str(error)) from error
    log.info("running", way="socket mode")
    try:
        yield
    finally:
        handler.close()  # type: ignore[no-untyped-call]  # as Bolt has it


def _is_well(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (StorageError, TimeoutError):
        return False
    return True


def _serve(web: Starlette, port: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, and the requests under way to their end."""
    host, number = port.getsockname()[:2]
    log.info("running", way="http", host=host, port=number)
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        # Uvicorn ends on both signals and then raises them once more: nothing else must come of them.
        uvicorn.Server(uvicorn.Config(web, log_config=None, access_log=False)).run(sockets=[port])
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

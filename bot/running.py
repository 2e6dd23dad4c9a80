"""The running bot: what answers Slack, what keeps the data fresh, or both, and a clean end."""

import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from enum import StrEnum
from functools import partial
from threading import Event
from time import time
from typing import TypeVar

import stamina
import structlog
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError  # noqa: A004  # of the connection pool
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot import logs, metrics
from bot.alerts.run import alerts_for
from bot.asking import Asker, memory_of
from bot.commands import Commands
from bot.database import migrate, open_database
from bot.digests.run import digests_for
from bot.health import database_check, migrations_check, watched
from bot.helpdesks.registry import connect
from bot.jobs import Job, Ticker, heard_jobs, memory_job, sync_jobs
from bot.posting.send import posting_once, retry_handlers
from bot.settings import Settings
from bot.slack.app import SLACK_API, create_app
from bot.slack.directory import SlackDirectory
from bot.web import create_web
from bot.webhooks import webhook_routes
from kpi.errors import KpiError, SettingsError, StorageError, suggest
from kpi.frames import DatabaseFrames
from kpi.known import FOREVER
from kpi.memory import MemoryFrames

START_PATIENCE_S = 60
"""How long a start waits for a database or for Slack: they may come up later than the bot."""
PASSING = frozenset({"database_unreachable", "slack_unreachable"})
REQUESTS_END_WITHIN_S = 10

TOLD_EVERY_S = 15
"""How often it is looked what is to be told: so late it can be."""

TOKEN_TRIED_EVERY_S = 300

Started = TypeVar("Started")

log = structlog.get_logger(__name__)


class Part(StrEnum):
    """What a process of the bot does: each can have processes of its own."""

    WEB = "web"  # answers Slack, and listens to the helpdesks' webhooks
    WORKER = "worker"  # reads the helpdesks, and does all else that is done by itself


def parts_named(words: str) -> frozenset[Part]:
    """Return the parts in a list with commas; raises SettingsError `unknown_part`."""
    found = set()
    for word in filter(None, (word.strip().casefold() for word in words.split(","))):
        if word not in list(Part):
            raise SettingsError("unknown_part", part=word, suggestions=suggest(word, Part), known=list(Part))
        found.add(Part(word))
    return frozenset(found)


def run_bot(settings: Settings, api_url: str = SLACK_API, *, parts: frozenset[Part] = frozenset(Part)) -> None:
    """Do what `parts` say until SIGTERM or SIGINT, then end what is under way.

    Slack is answered by Socket Mode with an app token, else over HTTP; a web server tells in any case whether the bot
    is well. While it runs, it outlives a database and a Slack that go away.
    Raises SettingsError for what is missing or refused by Slack, StorageError for a database that can't be used.
    """
    _require(settings, parts)
    logs.hide(settings.secrets)
    try:
        with ExitStack() as ending:
            _run(settings, parts, api_url, ending)
            log.info("stopping")
    except KpiError:
        raise
    except Exception:
        log.exception("crashed")
        raise
    log.info("stopped")


def _run(settings: Settings, parts: frozenset[Part], api_url: str, ending: ExitStack) -> None:
    """Start everything, serve until a signal comes, and leave it to `ending` to end what was started, last first."""
    engine = _patiently(lambda: open_database(settings.database_url))
    ending.callback(engine.dispose)
    migrate(engine)
    if Part.WORKER in parts and not settings.helpdesks and not DatabaseFrames(engine).helpdesks():
        raise SettingsError("no_helpdesk")  # imports are told of too
    stopping, jobs = Event(), list[Job]()
    readiness = {"migrations": lambda: migrations_check(engine)}
    memory = memory_of(engine, settings) if settings.memory and Part.WEB in parts else None
    if memory is not None:
        ending.callback(memory.close)
        jobs.append(memory_job(memory))
        readiness["facts"] = lambda: "memory" if memory.is_ready else "database"
    asker = Asker(engine, settings, memory)
    if Part.WORKER in parts:
        jobs += sync_jobs(engine, settings, connect, stopping, memory)
        jobs += heard_jobs(engine, settings, connect, stopping, memory)
        jobs += _telling(engine, settings, asker, api_url, ending)
    app = None
    if Part.WEB in parts:
        app = _patiently(lambda: create_app(Commands(asker), engine, settings, clock=time, api_url=api_url))
        ending.callback(app.listener_runner.listener_executor.shutdown)  # questions that were taken get their answer
        readiness["slack"] = lambda: "ok"  # it took the token
    port = ending.enter_context(_listening(settings))
    ticker = Ticker(jobs, stopping)
    ticker.start()
    ending.callback(ticker.stop)
    ending.enter_context(_measured(engine, settings, asker, memory))
    app_token = settings.slack.app_token
    if app is not None and app_token is not None:
        readiness["slack"] = ending.enter_context(_socket_mode(app, app_token.get_secret_value()))
        app = None  # nobody else's requests are answered
    beside: list[BaseRoute] = [*watched({"database": lambda: database_check(engine)}, readiness)]
    if Part.WEB in parts:
        beside += webhook_routes(engine, settings.helpdesks)
    _serve(create_web(app, beside), port, parts)


def _telling(engine: Engine, settings: Settings, asker: Asker, api_url: str, ending: ExitStack) -> Iterator[Job]:
    """Yield the jobs that tell digests and alerts, as far as Slack's token is known."""
    token = settings.slack.bot_token
    if token is None:
        log.warning("no_digests_or_alerts", setting="KPI_BOT_SLACK_BOT_TOKEN")
        return
    client = WebClient(token.get_secret_value(), base_url=api_url, retry_handlers=retry_handlers())
    poster = posting_once(token.get_secret_value(), api_url)
    digests = digests_for(engine, settings, asker, poster=poster, people=SlackDirectory(client), clock=time)
    ending.callback(digests.stop)

    def go_on() -> None:
        """Tell again what was paused because Slack refused the token, once it takes it."""
        with suppress(SlackClientError, OSError):
            client.auth_test()
            digests.start()

    yield Job("token", go_on, TOKEN_TRIED_EVERY_S)
    yield Job("digests", digests.tick, TOLD_EVERY_S)
    yield Job("alerts", alerts_for(engine, settings, poster, time).tick, TOLD_EVERY_S)


def _require(settings: Settings, parts: frozenset[Part]) -> None:
    if Part.WEB in parts:
        if settings.slack.bot_token is None:
            raise SettingsError("setting_missing", setting="KPI_BOT_SLACK_BOT_TOKEN")
        if settings.slack.app_token is None and settings.slack.signing_secret is None:
            raise SettingsError("slack_no_way_in")


def _patiently(start: Callable[[], Started]) -> Started:
    """Return what `start` returns, once what it needs is reachable; after a minute raise what it raises."""
    for attempt in stamina.retry_context(
        on=_may_pass, attempts=None, timeout=START_PATIENCE_S, wait_initial=0.5, wait_max=5
    ):
        with attempt:
            return start()
    raise AssertionError  # pragma: no cover  # the last attempt returns or raises


def _may_pass(error: Exception) -> bool:
    passing = isinstance(error, KpiError) and error.key in PASSING
    if passing and isinstance(error, KpiError):
        log.warning("waiting", error=error.key, values=error.values)
    return passing


@contextmanager
def _measured(engine: Engine, settings: Settings, asker: Asker, memory: MemoryFrames | None) -> Iterator[None]:
    """Let metrics tell of the data while this lasts; of a database that doesn't answer, nothing."""
    stored = DatabaseFrames(engine, settings.counted_helpdesks)
    lags, ages = partial(_behind, stored), partial(_behind, asker)
    with metrics.watching(lags, ages, lambda: 0 if memory is None else memory.bytes_used):
        yield


def _behind(facts: DatabaseFrames | Asker) -> Mapping[str, float]:
    """Return how many seconds each helpdesk lies behind."""
    try:
        told = {key: facts.freshness([key]).synced_at for key in facts.helpdesks()}
    except (StorageError, TimeoutError):
        return {}
    return {key: time() - synced_at for key, synced_at in told.items() if synced_at not in {None, FOREVER}}


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


@contextmanager
def _socket_mode(app: App, app_token: str) -> Iterator[Callable[[], str]]:
    """Keep a connection to Slack, and give what tells whether there is one.

    Raises SettingsError `slack_app_token_refused` or `slack_unreachable`.
    """
    handler = SocketModeHandler(app, app_token)

    def connected() -> str:
        if not handler.client.is_connected():
            raise SettingsError("slack_unreachable", reason="no connection in Socket Mode")
        return "connected"

    try:
        _patiently(lambda: _connect(handler))
        log.info("running", way="socket mode")
        yield connected
    finally:
        handler.close()  # type: ignore[no-untyped-call]  # as Bolt has it


def _connect(handler: SocketModeHandler) -> None:
    try:
        handler.connect()  # type: ignore[no-untyped-call]  # as Bolt has it
    except SlackApiError as error:
        raise SettingsError("slack_app_token_refused") from error
    except OSError as error:
        raise SettingsError("slack_unreachable", reason=str(error)) from error


def _serve(web: Starlette, port: socket.socket, parts: frozenset[Part]) -> None:
    """Serve until SIGTERM or SIGINT, and the requests under way to their end."""
    host, number = port.getsockname()[:2]
    log.info("running", way="http", host=host, port=number, parts=sorted(parts))
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGTERM, signal.SIGINT)}
    config = uvicorn.Config(
        web, log_config=None, access_log=False, timeout_graceful_shutdown=REQUESTS_END_WITHIN_S, lifespan="off"
    )
    try:
        # Uvicorn ends on both signals and then raises them once more: nothing else must come of them.
        uvicorn.Server(config).run(sockets=[port])
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

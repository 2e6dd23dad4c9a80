"""The bot in the demo, connected to the stand-in Slack over HTTP, and the page that people there look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import structlog
from starlette.routing import BaseRoute

from bot.asking import Asker
from bot.commands import Commands
from bot.demo.completing import Completer
from bot.demo.desk import DemoDesk
from bot.demo.page import create_page
from bot.demo.slack import serving
from bot.demo.workplace import workplace
from bot.slack.app import create_app
from bot.slack.manifest import EVENTS_PATH
from bot.web import create_web
from kpi.errors import KpiError

READ_EVERY_S = 60

log = structlog.get_logger(__name__)


@contextmanager
def answering(desk: DemoDesk, bundle: Path) -> Iterator[list[BaseRoute]]:
    """Give the page, made of what is in `bundle`, with a Slack behind it where the bot answers while this lasts."""
    settings, clock = desk.settings, desk.clock
    with workplace(settings, clock).running() as slack:
        commands = Commands(Asker(desk.engine, settings))
        # On the page people change their language, and see at once what comes of it.
        app = create_app(commands, desk.engine, settings, clock=clock, api_url=slack.api_url, profiles_last_s=0)
        with serving(create_web(app)) as url, _kept_up(desk):
            slack.events_url = f"{url}{EVENTS_PATH}"
            page = create_page(slack, bundle, complete=Completer(clock, settings.timezone), move=desk.move)
            yield [*page, *slack.routes()]


@contextmanager
def _kept_up(desk: DemoDesk) -> Iterator[None]:
    """Read what is new on the helpdesk every minute."""
    stopping = Event()

    def keep_up() -> None:
        while not stopping.wait(READ_EVERY_S):
            try:
                desk.read()
            except KpiError as error:
                log.warning("demo not read", error=error.key, values=error.values)

    thread = Thread(target=keep_up, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()

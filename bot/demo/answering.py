"""The bot in the demo, connected to the stand-in Slack over HTTP, and the page that people there look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from starlette.routing import BaseRoute

from bot.asking import Asker
from bot.commands import Commands
from bot.demo.completing import Completer
from bot.demo.desk import DemoDesk
from bot.demo.page import create_page
from bot.demo.slack import serving
from bot.demo.telling import DemoTelling
from bot.demo.workplace import workplace
from bot.slack.app import create_app
from bot.slack.manifest import EVENTS_PATH
from bot.web import create_web


@contextmanager
def answering(desk: DemoDesk, bundle: Path) -> Iterator[list[BaseRoute]]:
    """Give the page, made of what is in `bundle`, with a Slack behind it where the bot answers while this lasts."""
    settings, clock = desk.settings, desk.clock
    with workplace(settings, clock).running() as slack:
        asker = Asker(desk.engine, settings)
        # On the page people change their language, and see at once what comes of it.
        app = create_app(Commands(asker), desk.engine, settings, clock=clock, api_url=slack.api_url, profiles_last_s=0)
        telling = DemoTelling(desk, asker, slack)
        with serving(create_web(app)) as url, telling.going_on():
            slack.events_url = f"{url}{EVENTS_PATH}"
            Thread(target=telling.begin, daemon=True).start()  # the page needn't wait for it
            page = create_page(slack, bundle, complete=Completer(clock, settings.timezone), move=telling.move)
            yield [*page, *slack.routes()]

"""The demo in the browser: a page that looks and behaves like Slack, and the bot itself behind it.

Made up are the helpdesk and Slack. The bot is the real one: it is called over signed HTTP, and answers over HTTP.
"""

import os
import signal
import socket
import sys
import time
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL, Popen
from threading import Thread

import typer
from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from bot.demo.keeping import directory_for
from bot.demo.slack import serving
from bot.text import Text
from kpi.errors import SettingsError

HOST = "127.0.0.1"
PORT = 8765
BUNDLE = Path(__file__).with_name("static")
"""What the page is made of; built from demo-page/."""

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def run_page(text: Text, keep: Path | None, *, port: int | None = None, opens: bool = True) -> None:
    """Serve the page until SIGTERM or Ctrl-C; it is there at once, and answers once the demo helpdesk is read.

    Args:
        text: the reader's language, and that of the lead in the demo.
        keep: where the database stays; None for nowhere.
        port: where the page is served, by default 8765; a free one when it is taken.
        opens: whether a browser is opened.

    Raises SettingsError `address_unusable`, KpiError `file_unwritable`, StorageError.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    for name in PROXIES:  # Slack's client would go through them even to this machine
        os.environ.pop(name, None)
    with suppress(KeyboardInterrupt), ExitStack() as ending:
        directory = ending.enter_context(directory_for(keep))
        with _reading_apart(directory, text.language) as reading:
            listening = ending.enter_context(_listening(PORT if port is None else port))
            front = _Front()
            address = ending.enter_context(serving(front, listening))
            typer.echo(text("demo.page", address=address))
            if opens:
                _open(address)
            # Takes as long to load as all before, and the helpdesk is read meanwhile.
            from bot.demo.answering import answering  # noqa: PLC0415
            from bot.demo.desk import demo_desk  # noqa: PLC0415

            was_read = reading.wait() == 0
        desk = ending.enter_context(demo_desk(directory, text.language))
        if not was_read:
            desk.read()  # here it is told what went wrong
        front.show(ending.enter_context(answering(desk, BUNDLE)))
        typer.echo(text("demo.ready"))
        while True:
            time.sleep(3600)


class _Front:
    """What the browser is served: the page at once, and Slack behind it as soon as it is there.

    Other names of this machine are refused, so that no page elsewhere can read along under a name of its own.
    """

    def __init__(self) -> None:
        index = FileResponse(BUNDLE / "index.html", headers={"cache-control": "no-store"})
        state = JSONResponse({"reading": True})
        self.show(
            [
                Route("/", lambda _: index),
                Mount("/static", StaticFiles(directory=BUNDLE)),
                Route("/api/page/state", lambda _: state),
            ]
        )

    def show(self, routes: Sequence[BaseRoute]) -> None:
        """Serve this from now on."""
        self._shown = TrustedHostMiddleware(Starlette(routes=routes), allowed_hosts=[HOST, "localhost"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        await self._shown(scope, receive, send)


@contextmanager
def _reading_apart(directory: Path, language: str) -> Iterator[Popen[bytes]]:
    """Give a process that reads the helpdesk; it is ended at the latest when this ends."""
    command = [sys.executable, "-P", "-m", "bot.demo.reading", str(directory), language]
    with Popen(command, stdin=DEVNULL) as process:  # noqa: S603  # our own module
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Give the port, or a free one when it is taken; raises SettingsError `address_unusable`."""
    try:
        opened = socket.create_server((HOST, port))
    except OSError:
        try:
            opened = socket.create_server((HOST, 0))
        except OSError as error:
            reason = error.strerror or str(error)
            raise SettingsError("address_unusable", host=HOST, port=port, reason=reason) from error
    with opened:
        yield opened


def _open(address: str) -> None:
    """Open a browser that has a window: one in the terminal would take the place of what is said there."""
    windows = sys.platform in {"darwin", "win32"} or bool(os.environ.keys() & {"DISPLAY", "WAYLAND_DISPLAY"})
    if windows:
        Thread(target=webbrowser.open, args=(address,), daemon=True).start()

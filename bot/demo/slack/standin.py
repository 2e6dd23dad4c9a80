"""The stand-in Slack as one thing: what it remembers, whom it tells, and what it serves."""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from bot.demo.slack.answers import answer
from bot.demo.slack.directory import LEADS, PEOPLE, SUPPORT, Channel, Directory, Person, UserGroup
from bot.demo.slack.errors import SlackError
from bot.demo.slack.faults import RESPONSE_URL, Fault
from bot.demo.slack.people import People
from bot.demo.slack.sending import Delivery, Sender
from bot.demo.slack.uploads import receive
from bot.demo.slack.web_api import arguments, call, too_much
from bot.demo.slack.workspace import Workspace

SHUTDOWN_S = 1


@contextmanager
def serving(app: ASGIApp, on: socket.socket | None = None) -> Iterator[str]:
    """Serve an application in a thread on a socket, or on a free port of this machine; give its address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=SHUTDOWN_S
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=(None if on is None else [on],), daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class StandInSlack(People):
    """A workspace with one app installed.

    Args:
        signing_secret: signs what is sent over HTTP.
        bot_token, app_token: what the Web API and Socket Mode expect.
        clock: tells the time, seconds since 1970.
        people, channels, user_groups: who and what there is.
        scopes: what the app was granted; None for everything.
    """

    def __init__(
        self,
        *,
        signing_secret: str,
        bot_token: str,
        app_token: str = "xapp-stand-in",  # noqa: S107  # opens nothing
        clock: Callable[[], float] = time.time,
        people: Iterable[Person] = PEOPLE,
        channels: Iterable[Channel] = (SUPPORT,),
        user_groups: Iterable[UserGroup] = (LEADS,),
        scopes: Collection[str] | None = None,
    ) -> None:
        workspace = Workspace(
            clock=clock,
            directory=Directory(people, channels, user_groups),
            scopes=None if scopes is None else frozenset(scopes),
        )
        super().__init__(workspace, Sender(signing_secret))
        self.bot_token = bot_token
        self.app_token = app_token
        self.app = Starlette(routes=self.routes())

    def routes(self) -> list[Route | WebSocketRoute]:
        """Return what Slack serves to the app."""
        return [
            Route("/api/{method}", self._api, methods=["GET", "POST"]),
            Route("/answers/{key}", self._respond, methods=["POST"]),
            Route("/upload/{file_id}", self._upload, methods=["POST"]),
            Route("/files/{file_id}/{name}", self._file, methods=["GET"]),
            WebSocketRoute("/socket", self.sender.sockets.serve),
        ]

    @contextmanager
    def running(self) -> Iterator["StandInSlack"]:
        """Serve this Slack while the context lasts."""
        with serving(self.app) as url:
            self.url = url
            try:
                yield self
            finally:
                self.sender.end()

    # --- How it is set up ----------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where this Slack is served."""
        return self.workspace.url

    @url.setter
    def url(self, url: str) -> None:
        self.workspace.url = url

    @property
    def api_url(self) -> str:
        """The address of the Web API, as slack_sdk's `base_url`."""
        return f"{self.url}/api/"

    @property
    def events_url(self) -> str | None:
        """The app's address; None when it has none, or uses Socket Mode."""
        return self.sender.url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self.sender.url = url

    @property
    def clock(self) -> Callable[[], float]:
        """What tells the time."""
        return self.workspace.clock

    @property
    def directory(self) -> Directory:
        """Who and what there is."""
        return self.workspace.directory

    @property
    def refused(self) -> list[str]:
        """What was wrong with what the app has sent."""
        return self.workspace.refused

    @property
    def refuses_blocks(self) -> frozenset[str]:
        """Kinds of blocks that this workspace doesn't take."""
        return self.workspace.refuses_blocks

    @refuses_blocks.setter
    def refuses_blocks(self, kinds: Collection[str]) -> None:
        self.workspace.refuses_blocks = frozenset(kinds)

    @property
    def faults(self) -> deque[Fault]:
        """The faults that the next messages to response_urls meet."""
        return self.workspace.faults.waiting[RESPONSE_URL]

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method of the Web API meet these faults."""
        self.workspace.faults.waiting[method].extend(faults)

    def limit_rates(self) -> None:
        """Take no more than Slack does from now on: a message a second in each channel, and so many calls a minute."""
        self.workspace.limits_rates = True

    # --- How it reaches the app ----------------------------------------------------------------------------------

    def signed_headers(self, body: str, *, secret: str | None = None, at: float | None = None) -> dict[str, str]:
        """Return the headers that prove a body comes from this Slack."""
        return self.sender.signed_headers(body, secret=secret, at=at)

    def deliver(self, body: str, headers: dict[str, str]) -> Delivery:
        """Send a request to the app as Slack does: three seconds and no longer."""
        return self.sender.deliver(body, headers)

    def wait_for_socket(self, *, timeout_s: float = 20) -> None:
        """Wait until a bot is connected in Socket Mode; raises TimeoutError."""
        self.sender.sockets.wait(timeout_s)

    # --- How the app reaches it ----------------------------------------------------------------------------------

    async def _api(self, request: Request) -> Response:
        name = request.path_params["method"]
        given = await arguments(request)
        fault = self.workspace.faults.next(name) or too_much(self.workspace, name, given)
        if fault is not None and not fault.taken:
            return await fault.answer(request)
        said = self._called(request, name, given)
        return JSONResponse(said) if fault is None else await fault.answer(request)

    def _called(self, request: Request, name: str, given: dict[str, Any]) -> dict[str, Any]:
        token = self.app_token if name == "apps.connections.open" else self.bot_token
        shown = request.headers.get("authorization", "").removeprefix("Bearer ") or given.get("token")
        if shown != token:
            return {"ok": False, "error": "invalid_auth" if shown else "not_authed"}
        try:
            return call(self.workspace, name, given)
        except SlackError as refused:
            if refused.messages:
                self.workspace.refused.extend(refused.messages)
            metadata = {"response_metadata": {"messages": refused.messages}} if refused.messages else {}
            return {"ok": False, "error": refused.error} | refused.details | metadata

    async def _respond(self, request: Request) -> Response:
        """Take a message by a response_url."""
        fault = self.workspace.faults.next(RESPONSE_URL)
        if fault is not None and not fault.taken:
            return await fault.answer(request)
        given = await request.json()
        try:
            with self.workspace.changing():
                address = self.workspace.permits.answered(request.path_params["key"])
                answer(self.workspace, address, given)
                address.uses += 1
        except SlackError as refused:
            self.workspace.refused.extend(refused.messages)
            status = 404 if refused.error.endswith("_url") else 400
            return PlainTextResponse(refused.error, status_code=status)
        return PlainTextResponse("ok") if fault is None else await fault.answer(request)

    async def _upload(self, request: Request) -> Response:
        content = await request.body()
        try:
            with self.workspace.changing():
                receive(self.workspace, request.path_params["file_id"], content)
        except SlackError as refused:
            return PlainTextResponse(refused.error, status_code=400)
        return PlainTextResponse(f"OK - {len(content)}")

    async def _file(self, request: Request) -> Response:
        file = self.workspace.files.get(request.path_params["file_id"])
        if file is None or file.content is None:
            return PlainTextResponse("file_not_found", status_code=404)
        name = f"attachment; filename*=UTF-8''{quote(request.path_params['name'])}"
        headers = {"content-disposition": name, "x-content-type-options": "nosniff"}
        return Response(file.content, media_type="application/octet-stream", headers=headers)

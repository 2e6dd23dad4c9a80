"""A stand-in Slack over HTTP: small, but as strict as Slack where a bot can go wrong.

It signs what it sends, waits three seconds and no longer, checks every block, keeps an answer to itself when it is
ephemeral, lets a response_url be used five times in thirty minutes, and fails on demand. No emulator does all of
this together. It serves the tests and the demo, and must never be reachable from outside this machine.
"""

import asyncio
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
import uvicorn
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.render.limits import MESSAGE_TEXT, check

ACK_WITHIN_S = 3.0
RESPONSE_URL_USES = 5
RESPONSE_URL_LASTS_S = 1800
TEAM = "T_DEMO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that Slack took; only `user` sees it when it is ephemeral."""

    channel: str
    user: str
    ephemeral: bool
    text: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a command; `status` None when the bot did not answer within three seconds."""

    status: int | None
    body: str
    seconds: float

    @property
    def acknowledged(self) -> bool:
        """Whether the asker saw no error."""
        return self.status == httpx2.codes.OK


@dataclass(slots=True, kw_only=True)
class _ResponseUrl:
    channel: str
    user: str
    expires_at: float
    uses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a response_url answers instead of taking the message."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an application in a thread on a free port of this machine; give its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class StandInSlack:
    """A workspace with one app installed.

    Args:
        signing_secret: signs commands sent over HTTP.
        bot_token, app_token: what the Web API and Socket Mode expect.
        clock: tells the time, seconds since 1970.
    """

    def __init__(
        self,
        *,
        signing_secret: str,
        bot_token: str,
        app_token: str = "xapp-stand-in",  # noqa: S107  # opens nothing
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.signing_secret = signing_secret
        self.bot_token = bot_token
        self.app_token = app_token
        self.clock = clock
        self.url = ""
        self.events_url: str | None = None
        self.posts: list[Post] = []
        self.refused: list[str] = []
        self.refuses_blocks: frozenset[str] = frozenset()
        self.faults: deque[Fault] = deque()
        self._response_urls: dict[str, _ResponseUrl] = {}
        self._changed = threading.Condition()
        self._socket: WebSocket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._acknowledged: dict[str, dict[str, Any]] = {}
        self.app = Starlette(
            routes=[
                Route("/api/{method}", self._api, methods=["POST"]),
                Route("/commands/{key}", self._respond, methods=["POST"]),
                WebSocketRoute("/socket", self._serve_socket),
            ]
        )

    @contextmanager
    def running(self) -> Iterator["StandInSlack"]:
        """Serve this Slack while the context lasts."""
        with serving(self.app) as url:
            self.url = url
            yield self

    @property
    def api_url(self) -> str:
        """The address of the Web API, as slack_sdk's `base_url`."""
        return f"{self.url}/api/"

    # --- People ask ----------------------------------------------------------------------------------------------

    def command(self, text: str, *, user: str = "U_DINA", channel: str = "C_SUPPORT", name: str = "/kpi") -> Delivery:
        """Type a command; return what the bot answered at once. Its real answer comes as a post."""
        payload = self.payload(text, user=user, channel=channel, name=name)
        if self._socket is not None:
            return self._command_over_socket(payload)
        body = urlencode(payload)
        return self.deliver(body, self.signed_headers(body))

    def payload(
        self, text: str, *, user: str = "U_DINA", channel: str = "C_SUPPORT", name: str = "/kpi"
    ) -> dict[str, str]:
        """Return the fields of a command, with a response_url of its own."""
        key = secrets.token_urlsafe(12)
        self._response_urls[key] = _ResponseUrl(
            channel=channel, user=user, expires_at=self.clock() + RESPONSE_URL_LASTS_S
        )
        return {
            "token": "deprecated",
            "team_id": TEAM,
            "team_domain": "demo",
            "channel_id": channel,
            "channel_name": "support",
            "user_id": user,
            "user_name": "dina",
            "command": name,
            "text": text,
            "api_app_id": "A_KPI",
            "is_enterprise_install": "false",
            "response_url": f"{self.url}/commands/{key}",
            "trigger_id": secrets.token_hex(8),
        }

    def signed_headers(self, body: str, *, secret: str | None = None, at: float | None = None) -> dict[str, str]:
        """Return the headers that prove a body comes from this Slack.

        https://docs.slack.dev/authentication/verifying-requests-from-slack
        """
        timestamp = str(int(self.clock() if at is None else at))
        verifier = SignatureVerifier(secret or self.signing_secret)
        signature = verifier.generate_signature(timestamp=timestamp, body=body) or ""
        return {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": signature,
        }

    def deliver(self, body: str, headers: dict[str, str]) -> Delivery:
        """Send a request to the bot as Slack does: three seconds and no longer."""
        if self.events_url is None:
            raise RuntimeError("no bot is connected")
        started = time.monotonic()
        try:
            response = httpx2.post(
                self.events_url, content=body, headers=headers, timeout=ACK_WITHIN_S, trust_env=False
            )
        except httpx2.TimeoutException:
            return Delivery(status=None, body="operation_timeout", seconds=time.monotonic() - started)
        return Delivery(status=response.status_code, body=response.text, seconds=time.monotonic() - started)

    def wait(self, posts: int, *, timeout_s: float = 20) -> list[Post]:
        """Return the messages once there are so many; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.posts) >= posts, timeout_s):
                raise TimeoutError(f"{len(self.posts)} of {posts} messages; refused: {self.refused}")
            return list(self.posts)

    def seen_by(self, user: str, channel: str) -> list[Post]:
        """Return what someone sees in a channel."""
        return [post for post in self.posts if post.channel == channel and (not post.ephemeral or post.user == user)]

    # --- The bot answers -----------------------------------------------------------------------------------------

    async def _respond(self, request: Request) -> Response:
        """Take a message for a command, by its response_url."""
        address = self._response_urls.get(request.path_params["key"])
        if address is None or address.uses >= RESPONSE_URL_USES or self.clock() > address.expires_at:
            return PlainTextResponse("expired_url" if address else "invalid_url", status_code=404)
        if self.faults:
            fault = self.faults.popleft()
            return PlainTextResponse(fault.body, status_code=fault.status, headers=fault.headers)
        message = await request.json()
        problem = self._problem(message)
        if problem is not None:
            return PlainTextResponse(problem, status_code=400)
        address.uses += 1
        ephemeral = message.get("response_type", "ephemeral") == "ephemeral"
        self._add(message, channel=address.channel, user=address.user, ephemeral=ephemeral)
        return PlainTextResponse("ok")

    async def _api(self, request: Request) -> Response:
        """Answer the methods of the Web API that the bot uses."""
        form = dict(parse_qsl((await request.body()).decode()))
        method = request.path_params["method"]
        token = self.app_token if method == "apps.connections.open" else self.bot_token
        if request.headers.get("authorization") != f"Bearer {token}" and form.get("token") != token:
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        match method:
            case "auth.test":
                who = {"team": "Demo", "team_id": TEAM, "user": "kpi", "user_id": "U_KPI", "bot_id": "B_KPI"}
                return JSONResponse({"ok": True, "url": self.url, **who})
            case "apps.connections.open":
                return JSONResponse({"ok": True, "url": f"{self.url.replace('http', 'ws', 1)}/socket"})
            case _:
                return JSONResponse({"ok": False, "error": "unknown_method"})

    def _problem(self, message: dict[str, Any]) -> str | None:
        """Return Slack's word for what is wrong with a message; None when nothing is."""
        blocks = message.get("blocks") or []
        refused = self.refuses_blocks & {block.get("type") for block in blocks}
        found = [f"{kind} is refused here" for kind in refused] + (check(blocks) if blocks else [])
        if found:
            self.refused.extend(found)
            return "invalid_blocks"
        text = message.get("text", "")
        if not blocks and not text:
            return "no_text"
        return "msg_too_long" if len(text) > MESSAGE_TEXT else None

    def _add(self, message: dict[str, Any], *, channel: str, user: str, ephemeral: bool) -> None:
        post = Post(
            channel=channel,
            user=user,
            ephemeral=ephemeral,
            text=message.get("text", ""),
            blocks=message.get("blocks") or [],
        )
        with self._changed:
            self.posts.append(post)
            self._changed.notify_all()

    # --- Socket Mode ---------------------------------------------------------------------------------------------

    async def _serve_socket(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._loop = asyncio.get_running_loop()
        with self._changed:
            self._socket = socket
            self._changed.notify_all()
        try:
            while True:
                said = json.loads(await socket.receive_text())
                with self._changed:
                    self._acknowledged[said["envelope_id"]] = said.get("payload") or {}
                    self._changed.notify_all()
        except WebSocketDisconnect:
            self._socket = None

    def wait_for_socket(self, *, timeout_s: float = 20) -> None:
        """Wait until a bot is connected in Socket Mode; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._socket is not None, timeout_s):
                raise TimeoutError("no bot has connected")

    def _command_over_socket(self, payload: dict[str, str]) -> Delivery:
        if self._socket is None or self._loop is None:
            raise RuntimeError("no bot is connected")
        envelope = secrets.token_hex(8)
        message = {
            "envelope_id": envelope,
            "type": "slash_commands",
            "payload": payload,
            "accepts_response_payload": True,
        }
        started = time.monotonic()
        asyncio.run_coroutine_threadsafe(self._socket.send_json(message), self._loop).result()
        with self._changed:
            acknowledged = self._changed.wait_for(lambda: envelope in self._acknowledged, ACK_WITHIN_S)
        seconds = time.monotonic() - started
        return Delivery(
            status=200 if acknowledged else None, body="" if acknowledged else "operation_timeout", seconds=seconds
        )

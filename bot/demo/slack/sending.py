"""How Slack reaches the app: signed requests to an address, or messages over a socket; three seconds and no longer."""

import asyncio
import json
import secrets
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2
from slack_sdk.signature import SignatureVerifier
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.demo.slack.directory import Json

ACK_WITHIN_S = 3.0
RETRY_AFTER_S = (0.0, 60.0, 300.0)
"""Slack sends an event again nearly at once, after a minute and after five."""

TIMED_OUT = "operation_timeout"

_ENVELOPES = {"command": "slash_commands", "interaction": "interactive", "event": "events_api"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of something that the app was told.

    Attributes:
        status: the answer's; None when there was none within three seconds.
        answer: what the app said to it, as JSON; empty when it said nothing.
        errors: what is shown under the fields of a modal that was not accepted, by block_id.
    """

    status: int | None
    body: str
    seconds: float
    answer: Json = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def acknowledged(self) -> bool:
        """Whether the asker saw no error."""
        return self.status == httpx2.codes.OK


class Sockets:
    """The connections of apps in Socket Mode; each message goes to one of them, in turn."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: list[tuple[WebSocket, asyncio.AbstractEventLoop]] = []
        self._acknowledged: dict[str, Json] = {}

    async def serve(self, socket: WebSocket) -> None:
        """Keep a connection until it is closed."""
        await socket.accept()
        connection = (socket, asyncio.get_running_loop())
        with self._changed:
            self._open.append(connection)
            await socket.send_json({"type": "hello", "num_connections": len(self._open)})
            self._changed.notify_all()
        try:
            while True:
                said = json.loads(await socket.receive_text())
                with self._changed:
                    self._acknowledged[said["envelope_id"]] = said.get("payload") or {}
                    self._changed.notify_all()
        except WebSocketDisconnect:
            pass
        finally:
            with self._changed:
                self._open.remove(connection)

    @property
    def connected(self) -> bool:
        """Whether an app is connected."""
        return bool(self._open)

    def wait(self, timeout_s: float) -> None:
        """Wait until an app is connected; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._open, timeout_s):
                raise TimeoutError("no bot has connected")

    def send(self, kind: str, payload: Json, more: Json) -> Delivery:
        """Tell one of the apps something, and wait until it has acknowledged it."""
        envelope = secrets.token_hex(8)
        message = {
            "envelope_id": envelope,
            "type": _ENVELOPES[kind],
            "payload": payload,
            "accepts_response_payload": kind != "event",
        }
        started = time.monotonic()
        with self._changed:
            socket, loop = self._open[0]
            self._open.append(self._open.pop(0))
        asyncio.run_coroutine_threadsafe(socket.send_json(message | more), loop).result(ACK_WITHIN_S)
        with self._changed:
            acknowledged = self._changed.wait_for(lambda: envelope in self._acknowledged, ACK_WITHIN_S)
            answer = self._acknowledged.pop(envelope, {})
        seconds = time.monotonic() - started
        if not acknowledged:
            return Delivery(status=None, body=TIMED_OUT, seconds=seconds)
        return Delivery(status=200, body=json.dumps(answer) if answer else "", seconds=seconds, answer=answer)


class Sender:
    """Tells the app what happens, over a socket if it has one, else at its address.

    Attributes:
        url: the app's address; None when it has none.
        retry_after_s: when an event that was not acknowledged is sent again, each after the last.
    """

    def __init__(self, signing_secret: str) -> None:
        self.url: str | None = None
        self.retry_after_s: Sequence[float] = RETRY_AFTER_S
        self.sockets = Sockets()
        self._secret = signing_secret
        self._ended = threading.Event()
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
        # The app is on this machine, so no certificates are loaded: that would take longer than many requests.
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._client = httpx2.Client(timeout=ACK_WITHIN_S, trust_env=False, limits=limits, verify=nobody)

    def signed_headers(self, body: str, *, secret: str | None = None, at: float | None = None) -> dict[str, str]:
        """Return the headers that prove a body comes from this Slack.

        The time is the real one, as that is what the app compares it with.

        https://docs.slack.dev/authentication/verifying-requests-from-slack
        """
        timestamp = str(int(time.time() if at is None else at))
        signature = SignatureVerifier(secret or self._secret).generate_signature(timestamp=timestamp, body=body)
        return {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": signature or "",
        }

    def deliver(self, body: str, headers: Mapping[str, str]) -> Delivery:
        """Send a request to the app's address as Slack does."""
        if self.url is None:
            raise RuntimeError("no bot is connected")
        started = time.monotonic()
        try:
            response = self._client.post(self.url, content=body.encode(), headers=dict(headers))
        except httpx2.TimeoutException:
            return Delivery(status=None, body=TIMED_OUT, seconds=time.monotonic() - started)
        except httpx2.TransportError as error:
            return Delivery(status=None, body=f"dispatch_failed: {error}", seconds=time.monotonic() - started)
        return Delivery(
            status=response.status_code,
            body=response.text,
            seconds=time.monotonic() - started,
            answer=_json(response.text),
        )

    def send(self, kind: str, payload: Json) -> Delivery:
        """Tell the app of a `command` or an `interaction`."""
        if self.sockets.connected:
            return self.sockets.send(kind, payload, {})
        body = urlencode(payload if kind == "command" else {"payload": json.dumps(payload)})
        return self.deliver(body, self.signed_headers(body))

    def send_event(self, payload: Json) -> Delivery:
        """Tell the app of an event; again later, under the same event_id, when it isn't acknowledged."""
        first = self._send_event(payload, 0, "")
        if not first.acknowledged:
            threading.Thread(target=self._retry, args=(payload, first), daemon=True).start()
        return first

    def _retry(self, payload: Json, last: Delivery) -> None:
        for number, seconds in enumerate(self.retry_after_s, start=1):
            if self._ended.wait(seconds):
                return
            last = self._send_event(payload, number, "http_timeout" if last.status is None else "http_error")
            if last.acknowledged:
                return

    def _send_event(self, payload: Json, attempt: int, reason: str) -> Delivery:
        if self.sockets.connected:
            return self.sockets.send("event", payload, {"retry_attempt": attempt, "retry_reason": reason})
        body = json.dumps(payload)
        headers = self.signed_headers(body) | {"content-type": "application/json"}
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason}
        return self.deliver(body, headers)

    def end(self) -> None:
        """Send nothing more."""
        self._ended.set()
        self._client.close()


def _json(body: str) -> Json:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}

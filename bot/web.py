"""The web server: what Slack calls, and what others ask of the bot."""

from collections.abc import Awaitable, Callable, Sequence

from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.slack.manifest import EVENTS_PATH

LARGEST_BODY = 1_000_000
"""Slack sends nothing larger."""


def create_web(app: App | None, beside: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the server: `POST /slack/events` for Slack, and what is served beside it.

    Args:
        app: answers Slack's requests; None when they come another way, so that nobody else's are answered.
        beside: other routes.
    """
    slack = [] if app is None else [Route(EVENTS_PATH, _slack_events(app), methods=["POST"])]
    return Starlette(routes=[*beside, *slack])


def _slack_events(app: App) -> Callable[[Request], Awaitable[Response]]:
    async def slack_events(request: Request) -> Response:
        body = await read_body(request, LARGEST_BODY)
        if body is None:
            return Response(status_code=413)
        try:
            asked = to_bolt_request(request, body)
        except UnicodeDecodeError:
            return Response(status_code=400)
        # dispatch waits for the listener's ack: on the event loop it would hold up every other request.
        return to_starlette_response(await run_in_threadpool(app.dispatch, asked))

    return slack_events


async def read_body(request: Request, largest: int) -> bytes | None:
    """Return the body; None when it has more bytes than it may, before it fills the memory."""
    body = bytearray()
    async for chunk in request.stream():
        body.extend(chunk)
        if len(body) > largest:
            return None
    return bytes(body)

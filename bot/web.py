"""The web server: what Slack calls, and whether the bot is well."""

from collections.abc import Awaitable, Callable

from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.slack.manifest import EVENTS_PATH

LARGEST_BODY = 1_000_000


def create_web(app: App | None, is_well: Callable[[], bool]) -> Starlette:
    """Return the server: `POST /slack/events` for Slack, `GET /healthz` for whoever watches.

    Args:
        app: answers Slack's requests; None when they come another way, so that nobody else's are answered.
        is_well: tells whether questions can be answered; may block.
    """

    async def healthz(_: Request) -> Response:
        well = await run_in_threadpool(is_well)
        return JSONResponse({"ok": well}, status_code=200 if well else 503)

    routes = [Route("/healthz", healthz, methods=["GET"])]
    if app is not None:
        routes.append(Route(EVENTS_PATH, _slack_events(app), methods=["POST"]))
    return Starlette(routes=routes)


def _slack_events(app: App) -> Callable[[Request], Awaitable[Response]]:
    async def slack_events(request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return Response(status_code=413)
        try:
            asked = to_bolt_request(request, body)
        except UnicodeDecodeError:
            return Response(status_code=400)
        # dispatch waits for the listener's ack: on the event loop it would hold up every other request.
        return to_starlette_response(await run_in_threadpool(app.dispatch, asked))

    return slack_events


async def _read(request: Request) -> bytes | None:
    """Return the body; None when it is larger than anything Slack sends, before it fills the memory."""
    body = bytearray()
    async for chunk in request.stream():
        body.extend(chunk)
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)

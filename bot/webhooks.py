"""What helpdesks call when something happens: the tickets that they tell of are marked, to be read again at once."""

from asyncio import Lock
from collections.abc import Callable, Sequence
from time import time

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError  # noqa: A004  # of the connection pool
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.heard import mark
from bot.helpdesks.reading import UNREADABLE
from bot.helpdesks.registry import WEBHOOKS
from bot.helpdesks.webhook import Webhook, is_same
from bot.settings import HelpdeskSettings
from bot.web import read_body
from kpi.errors import StorageError

PATH = "/helpdesks"

LARGEST_BODY = 4_000_000
"""Zammad sends a whole article along, of up to 1.5 million characters."""

PATIENCE_MS = 3000
"""How long another writer may take: Intercom waits five seconds for an answer."""

RETRY_AFTER_S = 30
"""When a helpdesk may try again; Zendesk does so only when it is told, and for less than a minute."""

log = structlog.get_logger(__name__)


def webhook_routes(
    engine: Engine, helpdesks: Sequence[HelpdeskSettings], clock: Callable[[], float] = time
) -> list[Route]:
    """Return the routes `/helpdesks/{key}` of helpdesks that sign, and `/helpdesks/{key}/{secret}` of the others.

    They answer 200 once the tickets are marked, and to what is about none; 401 without the right signature, 404 without
    the right secret in the address or any in the settings, 413 to a body that is too large, 400 to one that can't be
    read, and 503 while the database can't be written. HEAD tells whether the address is right.
    """
    known = {
        desk.key: (WEBHOOKS[desk.kind], desk.webhook_secret.get_secret_value().encode())
        for desk in helpdesks
        if desk.webhook_secret is not None and desk.kind in WEBHOOKS
    }
    turn = Lock()  # many at once would only wait for each other, with the threads and connections that Slack needs

    async def hear(request: Request) -> Response:
        key = request.path_params["key"]
        if key not in known:
            return Response(status_code=404)
        try:
            tickets = await _tickets(request, *known[key], clock())
            if tickets:
                async with turn:
                    await run_in_threadpool(mark, engine, key, tickets, int(clock()), PATIENCE_MS)
        except HTTPException as refused:
            log.warning("webhook refused", helpdesk=key, status=refused.status_code)
            raise
        except (StorageError, TimeoutError) as error:
            log.warning("webhook not kept", helpdesk=key, error=getattr(error, "key", "busy"))
            return Response(status_code=503, headers={"retry-after": str(RETRY_AFTER_S)})
        return Response()

    return [
        Route(path, hear, methods=["HEAD", "POST"]) for path in (f"{PATH}/{{key}}", f"{PATH}/{{key}}/{{secret:path}}")
    ]


async def _tickets(request: Request, webhook: Webhook, secret: bytes, now: float) -> frozenset[str]:
    """Return the tickets that a request tells of; raises HTTPException."""
    in_address = secret if webhook.is_signed is None else b""
    if not is_same(in_address, request.path_params.get("secret")):
        raise HTTPException(404)
    if request.method == "HEAD":  # Intercom asks so before it takes an address
        return frozenset()
    body = await read_body(request, LARGEST_BODY)
    if body is None:
        raise HTTPException(413)
    try:
        if webhook.is_signed is not None and not webhook.is_signed(request.headers, body, secret, now):
            raise HTTPException(401)
        return webhook.read(request.headers, body)
    except UNREADABLE:
        raise HTTPException(400) from None

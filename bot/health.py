"""For whoever watches the bot: whether it works, whether it can answer, and what it counted."""

from collections.abc import Callable, Mapping

from prometheus_client.exposition import choose_encoder
from sqlalchemy import Engine, text
from sqlalchemy.exc import TimeoutError  # noqa: A004  # of the connection pool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.database import is_current, shown
from bot.metrics import REGISTRY
from kpi.errors import KpiError, StorageError

Checks = Mapping[str, Callable[[], str]]
"""By part: what says in a word how it is, and raises KpiError when it isn't well; it may block."""

UNAVAILABLE = 503


def watched(health: Checks, readiness: Checks) -> list[Route]:
    """Return the routes `/healthz`, `/readyz` and `/metrics`.

    Both of the first answer `{"ok": …}` with a word for each part, and status 503 when one of them isn't well: then the
    word is the key of its error.

    Args:
        health: what must hold while the process runs.
        readiness: what must hold besides for questions to be answered.
    """
    return [
        Route("/healthz", _told(health), methods=["GET"]),
        Route("/readyz", _told({**health, **readiness}), methods=["GET"]),
        Route("/metrics", _metrics, methods=["GET"]),
    ]


def database_check(engine: Engine) -> str:
    """Say that the database answers; raises StorageError."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return "ok"


def migrations_check(engine: Engine) -> str:
    """Say whether the tables are this version's; raises StorageError for older ones.

    A later version's are no reason to send nobody here any more: while versions change, both run.
    """
    try:
        current = is_current(engine)
    except StorageError as error:
        if error.key != "database_newer":
            raise
        return "newer"
    if not current:
        raise StorageError("database_not_migrated", database=shown(engine.url))
    return "ok"


def _told(checks: Checks) -> Callable[[Request], Response]:
    # No coroutine, so that Starlette runs it in a thread.
    def told(_: Request) -> Response:
        words = {name: _word(check) for name, check in checks.items()}
        well = all(is_well for is_well, _ in words.values())
        said = {"ok": well} | {name: word for name, (_, word) in words.items()}
        return JSONResponse(said, status_code=200 if well else UNAVAILABLE)

    return told


def _word(check: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, check()
    except KpiError as error:
        return False, error.key
    except TimeoutError:
        return False, "busy"


def _metrics(request: Request) -> Response:
    encode, kind = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(REGISTRY), headers={"content-type": kind})

"""Logs: JSON for a running bot, readable lines for a single command, secrets in neither."""

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, TextIO
from urllib.parse import quote, unquote

import structlog
from structlog.typing import Processor

HIDDEN = "•••"

TALKATIVE = ("alembic", "httpx2")
"""Libraries that say at every step what they do, httpx2 with whole addresses: only who debugs wants to know."""

SHORTEST = 6
"""A secret that is shorter is no secret, and hiding it would garble what else is written."""

# What a field is called that holds a secret, whatever stands in it.
_SECRET_FIELDS = re.compile(r"token|secret|password|authorization|cookie|api[-_]?key|signature", re.IGNORECASE)

# Secrets in running text: Slack's tokens and hooks, credentials in headers and addresses, name=value pairs.
_SECRETS_IN_TEXT = (
    (re.compile(r"\bx(?:ox[a-z]|app)-[\w.%-]+", re.IGNORECASE), HIDDEN),
    (re.compile(r"(https://hooks\.slack(?:-gov)?\.com/)[^\s\"'<>]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (
        re.compile(r"(\bauthorization['\"]?\s*[:=]\s*['\"]?)(?:(?:token|bearer|basic)\s+)?[^\s'\",}]+", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"(\bcookie['\"]?\s*[:=,]\s*(?:b?['\"])?)[^'\"\n]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"([?&]ticket=)[^\s&'\"]+"), rf"\1{HIDDEN}"),  # opens Slack's socket
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+(@)"), rf"\1{HIDDEN}\2"),
    (
        re.compile(
            r"((?:token|secret|password|api[-_]?key|signature)['\"]?\s*[:=]\s*(?:SecretStr\()?['\"]?)[^\s&'\",;)}\]]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)


_known: re.Pattern[str] | None = None


def hide(secrets: Iterable[str]) -> None:
    """Hide these from now on wherever they stand, whatever is around them: what is known needs no guess."""
    global _known  # noqa: PLW0603  # logs are one for the process
    shapes = {shape for secret in secrets for shape in _shapes(secret) if len(shape) >= SHORTEST}
    longest_first = sorted(shapes, key=len, reverse=True)
    _known = re.compile("|".join(map(re.escape, longest_first))) if shapes else None


def _shapes(secret: str) -> set[str]:
    """Return a secret as it is written plainly, in addresses and in quotes."""
    return {secret, unquote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}


def redact(text: str) -> str:
    """Return a text without the secrets that it may hold."""
    if _known is not None:
        text = _known.sub(HIDDEN, text)
    for pattern, instead in _SECRETS_IN_TEXT:
        text = pattern.sub(instead, text)
    return text


def _redacted(value: object) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: HIDDEN if _SECRET_FIELDS.search(str(key)) else _redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(item) for item in value]
    if value is None or isinstance(value, int | float):
        return value
    return redact(str(value))


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return a log event without secrets: the last step before it is written, after tracebacks have become text."""
    for key, value in event.items():
        event[key] = HIDDEN if _SECRET_FIELDS.search(key) else _redacted(value)
    return event


def configure(*, as_json: bool, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Write our logs and those of every library to `stream` (stderr), one line an event.

    Args:
        as_json: JSON with a time, for machines; else short lines, for whoever typed a command.
        level: what is less grave is left out.
        stream: where to, by default stderr.
    """
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    if as_json:
        common.append(structlog.processors.TimeStamper(fmt="iso", utc=True))
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        hide_secrets,
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else _line,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setLevel(level)  # some libraries give their own loggers a level
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=common, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(level if level <= logging.DEBUG else max(level, logging.WARNING))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """Return an event as `warning: what happened (name=value)`, its traceback below."""
    level, what = event.pop("level", "info"), event.pop("event", "")
    traceback = event.pop("exception", None)
    event.pop("logger", None)
    event.pop("timestamp", None)
    details = ", ".join(f"{name}={value}" for name, value in event.items())
    line = f"{level}: {what}" + (f" ({details})" if details else "")
    return f"{line}\n{traceback}" if traceback else line

"""What all commands share: the reader's language, logs, and what is said of a defect."""

import logging
import os
import re
import secrets
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.text import Text

LANGUAGE = "KPI_BOT_LANGUAGE"
LANGUAGES = ("en", "fr")  # those of bot.text, which takes long to load
DEBUG = "KPI_BOT_DEBUG"
REFUSED, FAILED = 2, 1
"""Exit status: something a person can mend; a defect."""


def language_asked(arguments: Sequence[str]) -> str | None:
    """Return the word after `--lang`, wherever it stands; None without one."""
    options = list(takewhile(lambda word: word != "--", arguments))
    words = [word.removeprefix("--lang=") for word in options if word.startswith("--lang=")]
    words += [word for option, word in pairwise(options) if option == "--lang"]
    return words[-1].casefold() if words else None


def language(ctx: typer.Context) -> str:
    """Return the reader's language: that of `--lang`, else of KPI_BOT_LANGUAGE, else of the locale, else English."""
    asked: str | None = ctx.find_root().obj
    if asked is not None:
        return asked
    said = next(filter(None, map(os.environ.get, (LANGUAGE, "LC_ALL", "LC_MESSAGES", "LANG"))), "")
    usual = re.split(r"[_.@]", said.strip().casefold())[0]
    return usual if usual in LANGUAGES else "en"


def reader(ctx: typer.Context) -> "Text":
    """Return the words of the reader's language."""
    from bot.text import Text  # noqa: PLC0415  # `--help` needs few words

    return Text(language(ctx))


def chosen_language(ctx: typer.Context) -> str | None:
    """Return the language that `--lang` asks for; None when the words decide."""
    chosen: str | None = ctx.find_root().obj
    return chosen


def complain(sentence: str) -> None:
    """Write a sentence to stderr."""
    typer.echo(sentence, err=True)


def is_debugging(environment: Mapping[str, str] | None = None) -> bool:
    """Tell whether KPI_BOT_DEBUG asks for stack traces and more logs."""
    said = (os.environ if environment is None else environment).get(DEBUG, "")
    return said.strip().casefold() not in {"", "0", "no", "false", "off"}


def configure_logs(*, as_json: bool = False) -> None:
    """Log to stderr: JSON while the bot runs; for a single command only what went wrong."""
    from bot.logs import configure  # noqa: PLC0415  # `--help` logs nothing

    usual = logging.INFO if as_json else logging.WARNING
    configure(as_json=as_json, level=logging.DEBUG if is_debugging() else usual)


def tolerate_any_output() -> None:
    """Let a terminal that can't show a character show another one instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def unexpected(error: Exception, text: "Text") -> str:
    """Return what to say of a defect; its details go to a file, under the identifier in the sentence."""
    from bot.logs import redact  # noqa: PLC0415  # as above

    identifier = secrets.token_hex(3)
    details = redact("".join(traceback.format_exception(error)))
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix=f"kpi-bot-{identifier}-", suffix=".log", delete=False
        ) as log:
            log.write(details)
    except OSError:
        return text("cli.unexpected_unlogged", id=identifier, error=type(error).__name__)
    return text("cli.unexpected", id=identifier, log=log.name)

"""What all commands share: the reader's language, and sentences instead of stack traces."""

import errno
import logging
import os
import secrets
import sys
import tempfile
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from kpi.errors import KpiError

if TYPE_CHECKING:
    from bot.text import Text

LANGUAGE = "KPI_BOT_LANGUAGE"
DEBUG = "KPI_BOT_DEBUG"
REFUSED, FAILED = 2, 1
"""Exit status: something a person can mend; a defect."""


class Commands(TyperGroup):
    """A group of commands of which none ends in a stack trace, unless KPI_BOT_DEBUG is set."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer doesn't export its context's base
        """Run the command; what goes wrong is told in the reader's language on stderr."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except KpiError as error:
            if is_debugging():
                raise
            complain(reader(ctx).error(error))
            raise typer.Exit(REFUSED) from error
        except Exception as error:
            if is_debugging() or (isinstance(error, OSError) and error.errno == errno.EPIPE):
                raise
            complain(unexpected(error, reader(ctx)))
            raise typer.Exit(FAILED) from error


class ImportCommand(TyperCommand):
    """The command that lists the kinds of files with their columns at the end of its help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # as above
        """Write the help."""
        from bot.importing.template import columns_in_help  # noqa: PLC0415  # only here is it needed

        self.epilog = columns_in_help()
        super().format_help(ctx, formatter)


def language_option(ctx: typer.Context, value: str | None) -> str | None:
    """Remember `--lang` before anything else is read, so that every refusal is already in that language."""
    if value is not None:
        ctx.find_root().obj = value.casefold()
    return value


def reader(ctx: typer.Context) -> "Text":
    """Return the words of the reader's language: `--lang`, else KPI_BOT_LANGUAGE, else English.

    Raises SettingsError `unknown_language` when `--lang` asks for another.
    """
    from bot.text import LANGUAGES, Text  # noqa: PLC0415  # `--help` needs no words

    root = ctx.find_root()
    asked: str | None = root.obj
    if asked is None:
        usual = os.environ.get(LANGUAGE, "").strip().casefold()
        return Text(usual if usual in LANGUAGES else "en")
    if asked not in LANGUAGES:
        root.obj = None  # the refusal itself is told in a language that there is
    return Text(asked)


def chosen_language(ctx: typer.Context) -> str | None:
    """Return the language that `--lang` asks for; None when the words decide."""
    return reader(ctx).language if ctx.find_root().obj is not None else None


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

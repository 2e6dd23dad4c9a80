"""Typer's commands in the reader's language: their help, what they refuse, and what goes wrong in them."""

import errno
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

import typer
from typer._click.exceptions import (  # typer exports only one of them
    BadOptionUsage,
    BadParameter,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
    UsageError,
)
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from bot.terminal import (
    FAILED,
    LANGUAGES,
    REFUSED,
    complain,
    configure_logs,
    is_debugging,
    language,
    language_asked,
    reader,
    unexpected,
)
from kpi.errors import CommandError, KpiError, SettingsError, suggest


@cache
def help_in(language: str) -> dict[str, dict[str, str]]:
    """Return what the help says: a table for each command, and those that all have in common."""
    return tomllib.loads(files("bot").joinpath("locales", f"help.{language}.toml").read_text(encoding="utf-8"))


class Command(TyperCommand):
    """A command whose help is in the reader's language."""

    allow_extra_args = True  # refused here rather than by Typer, in English

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer doesn't export its context's base
        """Read the arguments; raises CommandError when there are too many, Typer's UsageError when they are wrong."""
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise CommandError("too_many_words", words=" ".join(rest), command=ctx.command_path)
        return rest

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # as above
        """Run the command."""
        configure_logs()
        return super().invoke(ctx)

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # as above
        """Write how the command is used, at the top of its help."""
        _format_usage(self, ctx, formatter)


class ImportCommand(Command):
    """The command that lists the kinds of files with their columns at the end of its help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # as above
        """Write the help."""
        from bot.importing.template import columns_in_help  # noqa: PLC0415  # only here is it needed

        self.epilog = columns_in_help(reader(ctx))
        super().format_help(ctx, formatter)


class Commands(TyperGroup):
    """A group of commands of which none ends in a stack trace, unless KPI_BOT_DEBUG is set."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **extra: Any) -> Any:  # noqa: ANN401  # typer's
        """Run what the arguments say; the reader's language is sought first, as help and refusals need it."""
        return super().main(args, *others, obj=language_asked(sys.argv[1:] if args is None else args), **extra)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # as above
        """Read the arguments in front of the command."""
        with _told(ctx):
            asked = ctx.obj
            if asked not in {None, *LANGUAGES}:
                ctx.obj = None  # the refusal itself is told in a language that there is
                raise SettingsError(
                    "unknown_language", word=asked, languages=LANGUAGES, suggestions=suggest(asked, LANGUAGES)
                )
            for command in (self, *self.commands.values()):
                _speak(command, ctx)
            return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  # as above
        """Return the command that is named; raises CommandError when there is none."""
        if args[0] not in self.commands and not ctx.resilient_parsing:
            raise CommandError("unknown_command", word=args[0], suggestions=suggest(args[0], self.commands))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # as above
        """Run the command; what goes wrong is told in the reader's language on stderr."""
        with _told(ctx):
            return super().invoke(ctx)

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # as above
        """Write how the program is used, at the top of its help."""
        _format_usage(self, ctx, formatter)


def _speak(command: Any, ctx: Any) -> None:  # noqa: ANN401  # as above
    """Give a command, its parameters and its placeholders their words."""
    words = help_in(language(ctx))

    def filled(form: str | None) -> Any:  # noqa: ANN401  # as above
        return form and re.sub("[A-Z]+", lambda found: words["placeholders"][found[0]], form)

    said = words["every"] | words[command.name]
    command.help = said["about"]
    command.options_metavar = filled(command.options_metavar)
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = filled(command.subcommand_metavar)
    command.get_help_option(ctx).help = said["help"]
    for parameter in command.params:
        parameter.help = said[parameter.name]
        parameter.metavar = filled(parameter.metavar)


def _format_usage(command: Any, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # as above
    """Write the first line of a help, and give what Typer adds below it its words: it asks for them afterwards."""
    from typer import rich_utils  # noqa: PLC0415  # only a help needs it

    words = help_in(language(ctx))
    for name, title in words["typer"].items():
        setattr(rich_utils, name, title)
    formatter.write_usage(ctx.command_path, " ".join(command.collect_usage_pieces(ctx)), words["every"]["usage"])


@contextmanager
def _told(ctx: Any) -> Iterator[None]:  # noqa: ANN401  # as above
    """Tell what goes wrong in one sentence on stderr, and end with the exit status that is meant for it."""
    try:
        yield
    except (typer.Exit, typer.Abort, NoArgsIsHelpError):
        raise
    except UsageError as error:
        complain(reader(ctx).error(_refusal(error, ctx)))
        raise typer.Exit(REFUSED) from error
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


def _refusal(error: UsageError, ctx: Any) -> CommandError:  # noqa: ANN401  # as above
    """Return what Typer refuses as an error that has a sentence in every language."""
    name = ctx.invoked_subcommand
    path = f"{ctx.command_path} {name}" if name else ctx.command_path
    match error:
        case NoSuchOption(option_name=option, possibilities=near):
            return CommandError("unknown_option", option=option, suggestions=sorted(near or ()), command=path)
        case BadOptionUsage(option_name=option):
            parameters = (ctx.command.commands[name] if name else ctx.command).params
            incomplete = next((each for each in parameters if option in each.opts and not each.is_flag), None)
            if incomplete is None:
                return CommandError("option_takes_no_value", option=option)
            return CommandError("option_without_value", option=option, help=incomplete.help)
        case MissingParameter(param=TyperArgument(metavar=given, help=what)):
            return CommandError("argument_missing", argument=given, help=what, command=path)
        case BadParameter(param=TyperArgument(metavar=given, help=what) | TyperOption(opts=[given, *_], help=what)):
            return CommandError("value_refused", given=given, help=what, command=path)
        case _:
            return CommandError("no_command", command=path)

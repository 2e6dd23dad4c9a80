"""The demo in the terminal: the made-up helpdesk is read like a real one, then questions are answered."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import typer

from bot.asking import Asker
from bot.commands import Commands
from bot.demo.desk import KEY, DemoDesk, demo_desk
from bot.demo.keeping import directory_for
from bot.terminal import complain
from bot.terminal.questions import language_for, without_command, written
from bot.terminal.upkeep import progress_bar, summary
from bot.text import Text
from kpi.errors import KpiError

PROMPT = "kpi> "
ENDS = frozenset({"quit", "exit", "quitter", "bye", ":q"})


def run_prompt(text: Text, chosen: str | None, keep: Path | None) -> bool:
    """Read the demo helpdesk, then answer what is typed until it ends; tell whether every question was understood.

    Args:
        text: the reader's language.
        chosen: the language to answer in, whatever a question is written in; None when the question decides.
        keep: where the database stays; None for nowhere.
    """
    with directory_for(keep) as directory, demo_desk(directory, text.language) as desk:
        is_watched = sys.stdin.isatty()
        if is_watched:
            typer.echo(text("demo.reading"), err=True)
        with progress_bar(KEY) as progress:
            report = desk.read(progress)
        typer.echo(summary(report, desk.settings, text), err=True)
        if is_watched:
            typer.echo(text("demo.welcome"))
        return _converse(desk, text, chosen)


def _converse(desk: DemoDesk, text: Text, chosen: str | None) -> bool:
    commands, understood = Commands(Asker(desk.engine, desk.settings)), True
    for words in _questions():
        spoken = language_for(words, chosen, text.language)
        try:
            typer.echo(written(commands.run(words, int(desk.clock()), spoken), spoken))
        except KpiError as error:
            complain(spoken.error(error))
            understood = False
        typer.echo()
    return understood


def _questions() -> Iterator[str]:
    """Yield what is typed, without `/kpi`, until it ends; shows a prompt only to a person."""
    if not sys.stdin.isatty():
        lines: Iterator[str] = iter(sys.stdin)
    else:
        lines = _typed()
    for line in lines:
        words = line.strip()
        if words.casefold() in ENDS:
            return
        if words:
            yield without_command(words)


def _typed() -> Iterator[str]:
    with suppress(ImportError):  # arrow keys; missing on some systems
        import readline  # noqa: F401, PLC0415
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            typer.echo()
            return

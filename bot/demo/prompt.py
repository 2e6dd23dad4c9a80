"""The demo in the terminal: the made-up helpdesk is read like a real one, then questions are answered."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time

import typer

from bot.asking import Asker
from bot.commands import Commands
from bot.helpdesks.demo import DemoHelpdesk
from bot.helpdesks.demo.story import ZONE
from bot.settings import Settings, load_settings
from bot.sync import sync
from bot.terminal import complain
from bot.terminal.questions import language_for, without_command, written
from bot.terminal.upkeep import open_to_write, progress_bar, summary
from bot.text import Text
from kpi.errors import KpiError

PROMPT = "kpi> "
ENDS = frozenset({"quit", "exit", "quitter", "bye", ":q"})


def run_demo(text: Text, chosen: str | None, keep: Path | None) -> bool:
    """Read the demo helpdesk, then answer what is typed until it ends; tell whether every question was understood.

    Args:
        text: the reader's language.
        chosen: the language to answer in, whatever a question is written in; None when the question decides.
        keep: where the database stays; None for nowhere.
    """
    with _directory(keep) as directory:
        settings = demo_settings(directory, text.language)
        engine = open_to_write(settings)
        is_watched = sys.stdin.isatty()
        if is_watched:
            typer.echo(text("demo.reading"), err=True)
        with progress_bar("demo") as progress:
            report = sync(engine, DemoHelpdesk(), settings, "demo", progress=progress)
        typer.echo(summary(report, settings, text), err=True)
        if is_watched:
            typer.echo(text("demo.welcome"))
        try:
            return _converse(Asker(engine, settings), text, chosen)
        finally:
            engine.dispose()


def _converse(answerer: Asker, text: Text, chosen: str | None) -> bool:
    commands, understood = Commands(answerer), True
    for words in _questions():
        spoken = language_for(words, chosen, text.language)
        try:
            typer.echo(written(commands.run(words, int(time()), spoken), spoken))
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


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with TemporaryDirectory(prefix="kpi-bot-demo-") as directory:
            yield Path(directory)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KpiError("file_unwritable", path=str(keep), reason=error.strerror or str(error)) from error
    yield keep


def demo_settings(directory: Path, language: str) -> Settings:
    """Return the packaged settings over a database in `directory`, whatever the environment says."""
    with as_file(files("bot.demo").joinpath("settings.toml")) as path:
        return load_settings(
            {
                "KPI_BOT_SETTINGS": str(path),
                "KPI_BOT_DATABASE_URL": f"sqlite:///{directory / 'kpi-bot-demo.db'}",
                "KPI_BOT_TIMEZONE": ZONE,
                "KPI_BOT_LANGUAGE": language,
            }
        )

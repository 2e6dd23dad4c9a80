"""A check on the command line."""

import os
from time import time

import typer

from bot.checking import SLACK_URL, Check, State
from bot.helpdesks.registry import connect
from bot.settings import Settings
from bot.text import Text

COLOURS = {State.GOOD: typer.colors.GREEN, State.NOTE: typer.colors.YELLOW, State.BAD: typer.colors.RED}


def check_all(settings: Settings, text: Text, slack_url: str = SLACK_URL) -> bool:
    """Print every finding of a check as it comes; tell whether nothing must be mended."""
    bad = 0
    for finding in Check(settings, text, int(time()), connect=connect, slack_url=slack_url).findings():
        bad += finding.state is State.BAD
        mark = text(f"check.state.{finding.state}")
        typer.echo(f"{_coloured(mark, finding.state)}  {finding.sentence}")
    typer.echo()
    typer.echo(text.plural("cli.check_bad", bad) if bad else text("cli.check_good"))
    return not bad


def _coloured(mark: str, state: State) -> str:
    """Return the mark in its colour, unless NO_COLOR (https://no-color.org) asks for none."""
    return mark if os.environ.get("NO_COLOR") else typer.style(mark, fg=COLOURS[state])

"""Reads the demo helpdesk in a process of its own, while the bot is loaded in another.

python -m bot.demo.reading DIRECTORY LANGUAGE
"""

import signal
import sys
from pathlib import Path

import typer

from bot.demo.desk import KEY, demo_desk
from bot.terminal import configure_logs
from bot.terminal.upkeep import progress_bar, summary
from bot.text import Text


def read(directory: Path, text: Text) -> None:
    """Read what is new into the database in a directory, and say so on stderr."""
    with demo_desk(directory, text.language) as desk:
        with progress_bar(KEY) as progress:
            report = desk.read(progress)
        typer.echo(summary(report, desk.settings, text), err=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches both processes, and one of them says goodbye
    configure_logs()
    read(Path(sys.argv[1]), Text(sys.argv[2]))

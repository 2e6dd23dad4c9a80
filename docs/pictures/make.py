"""Draws the README's picture: a question typed at the demo's prompt, and the answer as the terminal shows it."""

import re
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text as Line

from bot.demo.prompt import PROMPT, demo_settings
from bot.helpdesks.demo import DemoHelpdesk
from bot.sync import sync
from bot.terminal.questions import ask, asker
from bot.terminal.upkeep import open_to_write
from bot.text import Text

NOW = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())
QUESTION = "frt last month by team"
COLUMNS = 96


def draw(path: Path) -> None:
    """Write the picture as SVG."""
    with TemporaryDirectory() as directory:
        settings = demo_settings(Path(directory), "en")
        engine = open_to_write(settings)
        sync(engine, DemoHelpdesk(clock=lambda: NOW), settings, "demo")
        answer = ask(QUESTION, asker(engine, settings), NOW, Text("en"))
        engine.dispose()
    console = Console(record=True, width=COLUMNS, file=StringIO(), highlight=False)
    console.print(Line.assemble((PROMPT, "green"), (f"/kpi {QUESTION}", "bold")))
    console.print(Line(answer))
    picture = console.export_svg(title="kpi-bot demo", theme=MONOKAI, unique_id="answer")
    # No font from elsewhere: the reader's own monospaced one will do.
    path.write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("answer.svg"))

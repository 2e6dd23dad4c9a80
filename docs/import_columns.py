"""Writes the tables of columns into `docs/*/import.md`; a test fails when they are stale.

Run as `python docs/import_columns.py`.
"""

import re
from pathlib import Path

from bot.importing.kinds import KINDS
from bot.importing.template import columns_table
from bot.text import LANGUAGES, Text

PAGES = {language: Path(__file__).parent / language / "import.md" for language in LANGUAGES}
PLACE = re.compile(
    r"(?<=^### `)(?P<kind>[a-z-]+)(?P<heading>`[^\n]*\n\n(?:[^|#\n][^\n]*\n\n)*)(?P<table>(?:\|[^\n]*\n)*\n?)",
    re.MULTILINE,
)


def with_tables(page: str, language: str) -> str:
    """Return a page with the table of each kind under its heading, after the words that stand there."""
    text = Text(language)

    def written(match: re.Match[str]) -> str:
        return f"{match['kind']}{match['heading']}{columns_table(KINDS[match['kind']], text)}\n\n"

    return PLACE.sub(written, page).rstrip("\n") + "\n"


if __name__ == "__main__":
    for language, path in PAGES.items():
        path.write_text(with_tables(path.read_text(encoding="utf-8"), language), encoding="utf-8")

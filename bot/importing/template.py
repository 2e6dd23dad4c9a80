"""What a kind's columns look like to people: an example file and a table, both from their one description."""

import csv
import io
from datetime import date, datetime

from bot.importing.columns import Column, Kind, Need, Type
from bot.importing.kinds import KINDS
from bot.importing.words import written
from bot.text import Text

_SEPARATORS = {"en": ",", "fr": ";"}


def template(kind: Kind, text: Text) -> str:
    """Return a CSV file with the header and two rows, as a spreadsheet of the reader's language writes it."""
    file = io.StringIO()
    rows = csv.writer(file, delimiter=_SEPARATORS[text.language])
    rows.writerow([column.header(text.language) for column in kind.columns])
    for number in (0, 1):
        rows.writerow([cell(column, column.examples[number], text.language) for column in kind.columns])
    return file.getvalue()


def cell(column: Column, value: object, language: str) -> str:
    """Return a value as people of a language write it in a cell."""
    french = language == "fr"
    if isinstance(value, bool):
        return written("flag", str(int(value)), language)
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M:%S" if french else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        day = "" if column.type is Type.MONTH else "%d/" if french else "-%d"
        return value.strftime(f"{day}%m/%Y" if french else f"%Y-%m{day}")
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", "," if french else ".")
    if isinstance(value, int) and column.type is Type.DURATION:
        return f"{value // 3600:02}:{value // 60 % 60:02}:{value % 60:02}"
    word = "" if value is None else str(value)
    return written(column.words, word, language) if column.type is Type.WORD else word


def columns_in_help(text: Text) -> str:
    """Return every kind with its columns for the help of the command; those with a star must be there."""
    lines = [text("import.columns_in_help")]
    for kind in KINDS.values():
        names = [
            column.header(text.language) + ("\\*" if column.need is not Need.NONE else "") for column in kind.columns
        ]
        lines.append(f"**{kind.key}**: {', '.join(names)}")
    return "\n\n".join(lines)


def columns_table(kind: Kind, text: Text) -> str:
    """Return a Markdown table of a kind's columns; those in bold must be there."""
    names = [text(f"import.table.{part}") for part in ("column", "what", "cell", "also")]
    lines = [f"| {' | '.join(names)} |", "|---|---|---|---|"]
    for column in kind.columns:
        title = f"`{column.header(text.language)}`"
        title = title if column.need is Need.NONE else f"**{title}**"
        shown = next((cell(column, value, text.language) for value in column.examples if value is not None), "")
        holds = text(f"import.type.{column.type}")
        kind_of_cell = text("import.table.example", type=holds, example=shown) if shown else holds
        other = column.name if text.language == "fr" else column.french
        also = dict.fromkeys((other, *column.also))
        lines.append(f"| {title} | {described(column, text)} | {kind_of_cell} | {', '.join(also)} |")
    return "\n".join(lines)


def described(column: Column, text: Text) -> str:
    """Return what a column holds."""
    return text(f"import.field.{column.name}")

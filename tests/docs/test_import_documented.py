"""docs/*/import.md lists every kind with its columns, and its mapping is the one that the tests use."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from bot.importing.folder import DONE, FAILED, REJECTED, SETTLED_S, TEMPORARY
from bot.importing.kinds import KINDS
from bot.importing.mapping import Mapping, ready_made
from bot.text import LANGUAGES

ROOT = Path(__file__).parents[2]
with_tables = runpy.run_path(str(ROOT / "docs" / "import_columns.py"))["with_tables"]


def page(language):
    return (ROOT / "docs" / language / "import.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_heading_and_the_table_of_its_columns(language):
    assert re.findall(r"^### `([a-z-]+)`", page(language), re.MULTILINE) == list(KINDS)
    assert with_tables(page(language), language) == page(language), "run python docs/import_columns.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_a_mapping_is_the_one_that_is_tested(language):
    (example,) = re.findall(r"```toml\n(.*?)```", page(language), re.DOTALL)
    tested = (ROOT / "tests" / "bot" / "importing" / "italian_helpdesk.toml").read_text(encoding="utf-8")
    assert tomllib.loads(example) == tomllib.loads(tested)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_a_mapping_is_described(language):
    named = {name.strip("[]").split(".")[0] for row in re.findall(r"^\| (`[^|]*) \|", page(language), re.MULTILINE)
             for name in re.findall(r"`([^`]+)`", row)}  # fmt: skip
    assert set(Mapping.model_fields) <= named


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_watched_folder_does_with_files_is_told(language):
    told = page(language)
    assert re.search(rf"\b{SETTLED_S}\s(seconds|secondes)", told)
    assert {f"`{ending}`" for ending in TEMPORARY} <= set(re.findall(r"`\.\w+`", told))
    assert all(f"`{place}/`" in told for place in (DONE, REJECTED, FAILED))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_import_that_a_page_tells_is_one_that_there_is(language):
    command = get_command(app).commands["import"]
    known = {option for parameter in command.params for option in parameter.opts}
    watched = set()
    for name in ("import", "other-helpdesks", "running"):
        text = (ROOT / "docs" / language / f"{name}.md").read_text(encoding="utf-8")
        for said in re.findall(r"(?:kpi-bot|command:) import ([^`\n#>]+)", text):
            kind, *words = said.split()
            if kind in {"KIND", "…"}:
                continue
            assert set(filter(lambda word: word.startswith("--"), words)) <= known, said
            mapping = words[words.index("--mapping") + 1] if "--mapping" in words else "own.toml"
            assert mapping.endswith(".toml") or mapping in ready_made(KINDS[kind]), said
            if "--watch" in words:
                watched.add((name, kind))
    assert watched == {(name, "tickets") for name in ("import", "other-helpdesks", "running")}

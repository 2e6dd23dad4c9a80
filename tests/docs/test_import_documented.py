"""docs/*/import.md lists every kind with its columns, and its mapping is the one that the tests use."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from bot.importing.kinds import KINDS
from bot.importing.mapping import Mapping
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

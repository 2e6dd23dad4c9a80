import json
import re
from pathlib import Path

import pytest
from sample_answers import fcr_week

from bot.render.json import as_json
from bot.render.table import COLUMNS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {language: (DOCS / language / "json.md").read_text(encoding="utf-8") for language in ("en", "fr")}


@pytest.mark.parametrize("language", PAGES)
def test_the_example_is_what_is_printed(language):
    (example,) = re.findall(r"```json\n(.*?)```", PAGES[language], re.DOTALL)
    assert json.loads(example) == as_json(fcr_week())


@pytest.mark.parametrize("language", PAGES)
def test_every_key_is_described_and_no_other(language):
    described = [
        re.findall(r"`(\w+)`", row.split("|")[1]) for row in re.findall(r"^\| `.*$", PAGES[language], re.MULTILINE)
    ]
    assert [key for keys in described for key in keys] == list(as_json(fcr_week()))


@pytest.mark.parametrize("language", PAGES)
def test_every_column_of_the_csv_is_named(language):
    (columns,) = re.findall(r"(?:columns|colonnes)\s?: (.*?)\.\n", PAGES[language], re.DOTALL)
    assert tuple(re.findall(r"`(\w+)`", columns)) == COLUMNS

"""CONTRIBUTING.md's list of what a new KPI touches is true: with these files it is there, without any of them not."""

import re
from fnmatch import fnmatch
from pathlib import Path
from shutil import copytree, ignore_patterns

import adding

from kpi.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "docs", "kpi", "migrations", "tests")
PATHS = (*adding.EDITS, *adding.GENERATED)


def listed(heading):
    """Return the paths that a section's numbered steps name, as patterns."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {heading}$(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL).group(1)
    steps = "\n".join(re.findall(r"^\d\. .+$", section, re.MULTILINE))
    paths = re.findall(r"`([a-z]+/[^`]+)`", steps)
    return [re.sub(r"<[^>]+>", "*", path) + ("*" if path.endswith("/") else "") for path in paths]


def test_the_list_names_the_files_that_a_new_kpi_touches():
    patterns = listed("Add a KPI")
    assert [path for path in PATHS if not any(fnmatch(path, pattern) for pattern in patterns)] == []
    assert [pattern for pattern in patterns if not any(fnmatch(path, pattern) for path in PATHS)] == []


def test_a_new_kpi_is_there_once_these_files_are_touched_and_without_any_of_them_something_is_missing(tmp_path):
    for package in PACKAGES:
        copytree(ROOT / package, tmp_path / package, ignore=ignore_patterns("__snapshots__"))
    outcomes = adding.run(tmp_path)
    assert outcomes[""] is None
    assert [path for path in PATHS if outcomes[path] is None] == []


def test_every_kpi_of_the_catalogue_has_an_answer_computed_by_hand():
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "soundness").glob("*.py"))
    assert [key for key in CATALOGUE if f'"{key}"' not in tests and f" {key} " not in tests] == []

"""docs/*/running.md names every part, every metric with its labels, and every part of health."""

import re
from pathlib import Path

import pytest

from bot import metrics
from bot.jobs import STOPPED_WITHIN_S
from bot.running import Part
from bot.slack.following import SURFACES
from bot.text import LANGUAGES

DOCS = Path(__file__).parents[2] / "docs"
SUFFIX = {"counter": "_total"}


def page(language):
    return (DOCS / language / "running.md").read_text(encoding="utf-8")


def rows(language, first):
    """Return the cells of the rows whose first one looks like this."""
    found = re.findall(rf"^\| `({first})` \|(.+)\|$", page(language), re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in found}


def told():
    """Return the bot's own metrics: by name, the type and the labels."""
    own = {}
    with metrics.watching(lambda: {"desk": 1.0}, lambda: {"desk": 1.0}, lambda: 1):
        for family in metrics.REGISTRY.collect():
            if family.name.startswith("kpi_bot_"):
                own[family.name + SUFFIX.get(family.type, "")] = family.type
    return own


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_is_listed_with_its_type_and_no_other(language):
    assert {name: cells[0] for name, cells in rows(language, r"kpi_bot_\w+").items()} == told()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_is_listed_with_its_labels(language):
    collectors = {name: one for one, names in metrics.REGISTRY._collector_to_names.items() for name in names}
    for name, cells in rows(language, r"kpi_bot_\w+").items():
        labels = getattr(collectors.get(name), "_labelnames", ("helpdesk",) if "seconds" in name else ())
        assert tuple(re.findall(r"`(\w+)`", cells[1])) == tuple(labels), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_surface_that_answers_are_timed_on_is_named(language):
    named = set(re.findall(r"`([a-z ]+)`", rows(language, r"kpi_bot_\w+")["kpi_bot_answer_seconds"][2]))
    assert {"command", *SURFACES.values()} - {"menu"} == named - {"told", "refused", "failed"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_is_described(language):
    described = rows(language, "|".join(Part))
    assert set(described) == set(Part)
    assert all(f"kpi-bot run --only {part}" in page(language) for part in Part)


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_long_the_end_waits_is_told(language):
    assert re.search(rf"{STOPPED_WITHIN_S}\s(seconds|secondes)", page(language))

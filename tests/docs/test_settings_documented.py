"""The settings pages name every variable and key, in both languages, and their examples work."""

import re
from pathlib import Path
from typing import get_args

import pytest

from bot.settings import SECRETS, Environment, load_settings, variable
from bot.settings_file import KINDS, SettingsFile, SettingsTable, When

ROOT = Path(__file__).parents[2]
PAGES = {language: ROOT / "docs" / language / "settings.md" for language in ("en", "fr")}
TABLE_ROW = re.compile(r"^\| `([A-Za-z_.]+)` \|", re.MULTILINE)
EXAMPLE = re.compile(r"```toml\n(.*?)```", re.DOTALL)


def tables_in(annotation) -> list[type[SettingsTable]]:
    """Return the tables that a field can hold."""
    if isinstance(annotation, type) and issubclass(annotation, SettingsTable):
        return [annotation]
    return [table for part in get_args(annotation) for table in tables_in(part)]


def keys(table: type[SettingsTable], prefix: str = "") -> set[str]:
    """Return the dotted keys of a table and of those in it; conditions are described once for all."""
    found = set()
    for name, field in table.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        found.add(key)
        for inner in tables_in(field.annotation):
            found |= set() if inner is When else keys(inner, f"{key}.")
    return found


def page(language: str) -> str:
    return PAGES[language].read_text(encoding="utf-8")


@pytest.mark.parametrize("language", PAGES)
def test_every_variable_and_key_is_described_once_and_no_other(language):
    described = TABLE_ROW.findall(page(language))
    expected = {variable(name) for name in Environment.model_fields} | keys(SettingsFile) | keys(When, "when.")
    assert sorted(described) == sorted(expected)


@pytest.mark.parametrize("language", PAGES)
def test_every_variable_that_can_be_a_file_is_named(language):
    named = set(re.findall(r"`(KPI_BOT_\w+_FILE)`", page(language)))
    assert named == {f"{variable(name)}_FILE" for name in SECRETS}


@pytest.mark.parametrize("language", PAGES)
def test_every_kind_of_helpdesk_is_named(language):
    assert all(f"`{kind}`" in page(language) for kind in KINDS)


@pytest.mark.parametrize("language", PAGES)
def test_the_defaults_are_the_real_ones(language):
    rows = dict(re.findall(r"^\| `(KPI_BOT_\w+)` \| (?:`([^`]*)`)? ?\|", page(language), re.MULTILINE))
    given = {name: default for name, default in rows.items() if default}
    assert load_settings(given) == load_settings({})
    for name, field in Environment.model_fields.items():
        assert bool(rows[variable(name)]) == (field.default is not None), name


@pytest.mark.parametrize("language", PAGES)
def test_the_example_works(language, tmp_path):
    (example,) = EXAMPLE.findall(page(language))
    (tmp_path / "token").write_text("secret")
    path = tmp_path / "kpi-bot.toml"
    path.write_text(example.replace("/run/secrets/rt_token", str(tmp_path / "token")), encoding="utf-8")
    settings = load_settings({"KPI_BOT_SETTINGS": str(path)})
    assert (len(settings.helpdesks), len(settings.schedules), len(settings.policies)) == (1, 2, 2)
    assert settings.targets.of_team([])["fcr"] == 0.75


def test_the_example_environment_names_every_variable_and_is_accepted():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assigned = dict(re.findall(r"^(?:# )?(KPI_BOT_\w+)=(.*)$", "\n".join(lines), re.MULTILINE))
    assert {name for name in assigned if not name.endswith("_FILE")} == {variable(n) for n in Environment.model_fields}
    active = dict(line.split("=", 1) for line in lines if line.startswith("KPI_BOT_"))
    settings = load_settings(active | {"KPI_BOT_HELPDESK_TOKEN": "secret"})
    assert settings.helpdesks[0].kind == "request-tracker"

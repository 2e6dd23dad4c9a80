"""`[access]` in the settings file: Slack's identifiers, sizes and times, each refused with what is accepted."""

import pytest

from bot.settings import load_settings
from bot.settings_access import AccessTable
from bot.text import LANGUAGES, Text
from kpi.errors import SettingsError

DAY = 86_400


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "kpi-bot.toml"
        path.write_text(text, encoding="utf-8")
        return load_settings({"KPI_BOT_SETTINGS": str(path)})

    return load


def refusal(load, text):
    with pytest.raises(SettingsError) as caught:
        load(text)
    assert all(Text(language).error(caught.value) for language in LANGUAGES)
    return caught.value.key, caught.value.values["setting"]


def test_without_the_table_nobody_leads_and_a_year_is_kept():
    access = load_settings({}).access
    assert access == AccessTable()
    assert (access.leads, access.teams, access.people, access.channels) == ((), {}, {}, ())
    assert (access.smallest_group, access.keep_audit) == (5, 365 * DAY)


def test_everything_can_be_set(load):
    access = load("""
        [access]
        leads = ["U012BOB", "S012LEADS"]
        channels = "C012LEADS"
        smallest_group = 8
        keep_audit = "90d"

        [access.teams]
        "Customer care" = "U012CHLOE"

        [access.people]
        U012ALICE = ["support/alice", "shop/alice"]
    """).access
    assert (access.leads, access.channels) == (("U012BOB", "S012LEADS"), ("C012LEADS",))
    assert (access.teams, access.smallest_group) == ({"Customer care": ("U012CHLOE",)}, 8)
    assert access.people == {"U012ALICE": ("support/alice", "shop/alice")}
    assert access.keep_audit == 90 * DAY


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('leads = ["@bob"]', "setting_not_slack_people"),
        ('leads = ["bob@example.com"]', "setting_not_slack_people"),
        ('leads = ["C012LEADS"]', "setting_not_slack_people"),
        ("leads = []", "setting_not_words"),
        ('teams = { Billing = "bob" }', "setting_not_slack_people"),
        ('people = { bob = "bob" }', "setting_not_a_slack_user"),
        ('people = { S012LEADS = "bob" }', "setting_not_a_slack_user"),
        ('channels = "#leads"', "setting_not_a_slack_channel"),
        ('channels = "D012BOB"', "setting_not_a_slack_channel"),
        ("smallest_group = 4", "setting_not_a_group_size"),
        ("smallest_group = true", "setting_not_a_group_size"),
        ('smallest_group = "many"', "setting_not_a_group_size"),
        ("keep_audit = 90", "setting_not_a_duration"),
        ('leeds = "U012BOB"', "unknown_setting"),
    ],
)
def test_what_is_not_accepted_is_refused_by_name(load, line, key):
    found, setting = refusal(load, f"[access]\n{line}")
    assert (found, setting.split(".")[0]) == (key, "access")


def test_teams_that_have_leads_are_among_those_that_the_check_looks_for(load):
    settings = load('[access.teams]\nBilling = "U012BOB"')
    assert settings.teams_mentioned() == {"Billing"}

"""What an operator sets is read whole, and whatever is unknown or not accepted is refused by name."""

import pytest
from cast import HOUR, MINUTE, at
from hypothesis import given
from hypothesis import strategies as st

from bot import text as words
from bot.helpdesks.registry import CONNECTORS
from bot.settings import LANGUAGES, SECRETS, Environment, load_settings, variable
from bot.settings_file import KINDS
from bot.settings_values import duration
from bot.text import Text
from kpi.catalogue import CATALOGUE
from kpi.configuration import edges_of, limit_of, weights_of
from kpi.errors import SettingsError
from kpi.events import Status
from kpi.hours import Schedule, Week
from kpi.policies import Condition, Escalation, Metric, OwnRules, Target
from kpi.targets import EFFICIENCY_WEIGHTS

RT = {
    "KPI_BOT_HELPDESK": "request-tracker",
    "KPI_BOT_HELPDESK_URL": "https://support.example.com/rt/",
    "KPI_BOT_HELPDESK_TOKEN": "1-14-sekret",
}
DAY_OPEN = ((9 * HOUR, 12 * HOUR + 30 * MINUTE), (13 * HOUR + 30 * MINUTE, 18 * HOUR))


@pytest.fixture
def load(tmp_path):
    """Load settings from the text of a settings file."""

    def loaded(toml, **environment):
        path = tmp_path / "kpi-bot.toml"
        path.write_text(toml, encoding="utf-8")
        return load_settings({"KPI_BOT_SETTINGS": str(path), **environment})

    return loaded


@pytest.fixture
def refused(load):
    """Load settings that are refused, and return the error; its sentence must exist in both languages."""

    def error(toml="", environment=None, **variables):
        with pytest.raises(SettingsError) as caught:
            load(toml, **(environment or {}), **variables)
        for language in LANGUAGES:
            assert Text(language).error(caught.value)
        return caught.value

    return error


# --- The environment ---------------------------------------------------------------------------------------------


def test_nothing_needs_to_be_set():
    settings = load_settings({})
    assert settings.database_url == "sqlite:///kpi-bot.db"
    assert (settings.timezone, settings.language, settings.week_start) == ("UTC", "en", 0)
    assert (settings.helpdesks, settings.keep_subjects, settings.sync_every_s) == ((), False, 300)
    assert (settings.web_host, settings.web_port) == ("127.0.0.1", 3000)
    assert settings.slack.bot_token is None


def test_one_helpdesk_needs_the_environment_alone():
    (helpdesk,) = load_settings(RT).helpdesks
    assert (helpdesk.key, helpdesk.kind) == ("request-tracker", "request-tracker")
    assert helpdesk.url == "https://support.example.com/rt"
    assert helpdesk.token.get_secret_value() == "1-14-sekret"


def test_the_demo_needs_neither_address_nor_token():
    assert load_settings({"KPI_BOT_HELPDESK": "demo"}).helpdesks[0].kind == "demo"


def test_every_variable_is_read(tmp_path):
    settings = load_settings(
        RT
        | {
            "KPI_BOT_DATABASE_URL": "postgresql://bot:pw@db/kpi",
            "KPI_BOT_TIMEZONE": "europe/paris",
            "KPI_BOT_LANGUAGE": "FR",
            "KPI_BOT_KEEP_SUBJECTS": "yes",
            "KPI_BOT_SYNC_EVERY": "90s",
            "KPI_BOT_SLACK_BOT_TOKEN": "xoxb-1",
            "KPI_BOT_SLACK_SIGNING_SECRET": "abc",
            "KPI_BOT_SLACK_APP_TOKEN": "xapp-1",
            "KPI_BOT_HOST": "::",
            "KPI_BOT_PORT": "8080",
        }
    )
    assert settings.database_url == "postgresql://bot:pw@db/kpi"
    assert (settings.timezone, settings.language) == ("Europe/Paris", "fr")
    assert (settings.keep_subjects, settings.sync_every_s) == (True, 90)
    assert settings.slack.bot_token.get_secret_value() == "xoxb-1"
    assert settings.slack.signing_secret.get_secret_value() == "abc"
    assert settings.slack.app_token.get_secret_value() == "xapp-1"
    assert (settings.web_host, settings.web_port) == ("::", 8080)


def test_an_empty_variable_counts_as_not_set():
    assert load_settings({"KPI_BOT_TIMEZONE": " ", "KPI_BOT_SLACK_BOT_TOKEN": ""}) == load_settings({})


def test_variables_of_others_are_none_of_our_business():
    assert load_settings({"PATH": "/bin", "KPI_BOTANY": "roses"}) == load_settings({})


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_can_stand_in_a_file(tmp_path, name):
    secret = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}.get(name, "sqlite:///secret.db")
    (tmp_path / "secret").write_text(f"{secret}\n")
    others = {key: value for key, value in RT.items() if key != variable(name)}
    by_file = load_settings(others | {f"{variable(name)}_FILE": str(tmp_path / "secret")})
    assert by_file == load_settings(others | {variable(name): secret})


def test_a_secret_is_given_once(tmp_path, refused):
    (tmp_path / "token").write_text("x")
    error = refused(environment=RT, KPI_BOT_HELPDESK_TOKEN_FILE=str(tmp_path / "token"))
    assert error.key == "setting_twice"
    assert error.values == {"setting": "KPI_BOT_HELPDESK_TOKEN", "other": "KPI_BOT_HELPDESK_TOKEN_FILE"}


def test_a_secret_file_that_is_missing_or_empty_is_named(tmp_path, refused):
    missing = refused(KPI_BOT_SLACK_SIGNING_SECRET_FILE=str(tmp_path / "nowhere"))
    assert (missing.key, missing.values["setting"]) == ("secret_file_unreadable", "KPI_BOT_SLACK_SIGNING_SECRET_FILE")
    (tmp_path / "empty").write_text("\n")
    assert refused(KPI_BOT_SLACK_SIGNING_SECRET_FILE=str(tmp_path / "empty")).key == "secret_file_empty"


def test_secrets_are_shown_nowhere(tmp_path, load):
    settings = load(
        '[[helpdesks]]\nkey = "rt"\nkind = "request-tracker"\nurl = "https://rt.example.com"\ntoken = "hush-file"',
        KPI_BOT_DATABASE_URL="postgresql://bot:hush-db@db/kpi",
        KPI_BOT_SLACK_BOT_TOKEN="xoxb-hush",
        KPI_BOT_SLACK_SIGNING_SECRET="hush",
    )
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "toml"),
    [
        ({"KPI_BOT_SLACK_BOT_TOKEN": "hush"}, ""),
        ({"KPI_BOT_HELPDESK_URL": "https://bot:hush@example.com"}, ""),
        ({"KPI_BOT_HELPDESK_TOKEN": "hush"}, ""),
        ({}, '[[helpdesks]]\nkey = "rt"\nkind = "request-tracker"\nurl = 5\ntoken = "hush"'),
        ({}, '[[helpdesks]]\nkey = "rt"\nkind = "request-tracker"\ntoken = "hush" oops'),
        ({}, '[[helpdesks]]\nkey = "rt"\nkind = "request-tracker"\ntoken = ["hush"]'),
    ],
)
def test_no_error_tells_a_secret(refused, variables, toml):
    error = refused(toml, **variables)
    assert "hush" not in repr(error)
    assert error.__cause__ is None or "hush" not in repr(error.__cause__)
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("KPI_BOT_HELPDESK_TOKN", ["KPI_BOT_HELPDESK_TOKEN"]),
        ("KPI_BOT_TIME_ZONE", ["KPI_BOT_TIMEZONE"]),
        ("KPI_BOT_SLACK_SIGNING_SECRETFILE", ["KPI_BOT_SLACK_SIGNING_SECRET_FILE"]),
        ("KPI_BOT_TIMEZONE_FILE", ["KPI_BOT_TIMEZONE"]),
        ("KPI_BOT_XYZZY", []),
    ],
)
def test_a_misspelt_variable_is_named_with_the_nearest(refused, name, near):
    error = refused(**{name: "x"})
    assert (error.key, error.values) == ("unknown_variable", {"variable": name, "suggestions": near})


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("KPI_BOT_TIMEZONE", "Paris/Europe", "setting_not_a_zone"),
        ("KPI_BOT_LANGUAGE", "de", "setting_not_a_choice"),
        ("KPI_BOT_HELPDESK", "hubspot", "setting_not_a_choice"),
        ("KPI_BOT_HELPDESK_URL", "support.example.com", "setting_not_a_url"),
        ("KPI_BOT_HELPDESK_URL", "https://", "setting_not_a_url"),
        ("KPI_BOT_HELPDESK_URL", "https://rt.example.com:port", "setting_not_a_url"),
        ("KPI_BOT_HELPDESK_URL", "https://rt.example.com?a=b", "setting_not_a_url"),
        ("KPI_BOT_KEEP_SUBJECTS", "perhaps", "setting_not_yes_or_no"),
        ("KPI_BOT_SYNC_EVERY", "300", "setting_not_a_duration"),
        ("KPI_BOT_SYNC_EVERY", "0m", "setting_not_a_duration"),
        ("KPI_BOT_PORT", "0", "setting_not_a_port"),
        ("KPI_BOT_PORT", "65536", "setting_not_a_port"),
        ("KPI_BOT_PORT", "http", "setting_not_a_port"),
        ("KPI_BOT_SLACK_BOT_TOKEN", "xapp-1", "slack_token_kind"),
        ("KPI_BOT_SLACK_APP_TOKEN", "xoxb-1", "slack_token_kind"),
    ],
)
def test_a_value_that_is_not_accepted_names_its_variable(refused, name, value, key):
    error = refused(**{name: value})
    assert (error.key, error.values["setting"]) == (key, name)


def test_a_city_is_enough_to_be_told_its_zone(refused):
    assert refused(KPI_BOT_TIMEZONE="paris").values["suggestions"][0] == "Europe/Paris"


@pytest.mark.parametrize("missing", RT)
def test_a_part_of_a_helpdesk_that_is_missing_is_named(refused, missing):
    error = refused(environment={name: value for name, value in RT.items() if name != missing})
    assert (error.key, error.values) == ("setting_missing", {"setting": missing})


# --- Helpdesks in the file ---------------------------------------------------------------------------------------

TWO = """
[[helpdesks]]
key = "rt"
kind = "request-tracker"
url = "https://rt.example.com"
token_env = "KPI_BOT_RT_TOKEN"
options = { bots = ["alerts"] }

[[helpdesks]]
key = "old-rt"
kind = "request-tracker"
url = "http://old.example.com:8080/rt"
token_file = "TOKEN_FILE"
"""


def test_several_helpdesks_stand_in_the_file(tmp_path, load):
    (tmp_path / "token").write_text("two\n")
    settings = load(TWO.replace("TOKEN_FILE", str(tmp_path / "token")), KPI_BOT_RT_TOKEN="one")
    first, second = settings.helpdesks
    assert (first.key, first.token.get_secret_value(), first.options) == ("rt", "one", {"bots": ["alerts"]})
    assert (second.key, second.token.get_secret_value()) == ("old-rt", "two")


def test_the_helpdesk_of_the_environment_comes_first(load):
    settings = load('[[helpdesks]]\nkey = "demo"\nkind = "demo"', **RT)
    assert [helpdesk.key for helpdesk in settings.helpdesks] == ["request-tracker", "demo"]


DEMO = '[[helpdesks]]\nkey = "demo"\nkind = "demo"\n'


@pytest.mark.parametrize(
    ("toml", "key", "setting"),
    [
        (TWO, "setting_missing", "KPI_BOT_RT_TOKEN"),
        (DEMO + 'urll = "x"', "unknown_setting", "helpdesks.demo.urll"),
        (DEMO + DEMO, "setting_name_twice", "helpdesks"),
        ('[[helpdesks]]\nkind = "demo"', "setting_missing", "helpdesks.#1.key"),
        ('[[helpdesks]]\nkey = "My desk"\nkind = "demo"', "setting_not_a_key", "helpdesks.My desk.key"),
        ('[[helpdesks]]\nkey = "rt"\nkind = "request-tracker"', "setting_missing", "helpdesks.rt.url"),
        (DEMO + 'token = "a"\ntoken_env = "B"', "setting_twice", "helpdesks.demo.token"),
        ('[helpdesks]\nkey = "demo"', "setting_not_a_list", "helpdesks"),
        (DEMO + "options = 5", "setting_not_a_table", "helpdesks.demo.options"),
    ],
)
def test_a_helpdesk_that_is_not_accepted_is_named(refused, toml, key, setting):
    error = refused(toml)
    assert (error.key, error.values["setting"]) == (key, setting)


def test_every_kind_has_a_connector():
    assert set(KINDS) == set(CONNECTORS)


def test_the_languages_are_those_there_are_words_for():
    assert LANGUAGES == words.LANGUAGES


# --- Schedules ---------------------------------------------------------------------------------------------------


def schedule(load, toml, **environment):
    (assignment,) = load(f'[[schedules]]\nname = "Office"\n{toml}', **environment).schedules
    return assignment


def test_a_schedule_has_hours_per_weekday(load):
    assignment = schedule(
        load,
        """
        zone = "Europe/Paris"
        holidays = [2026-12-24, "2026-12-31"]
        country = "FR"
        subdivision = "57"
        when = { team = "Support", priority = ["high", "urgent"] }
        [schedules.hours]
        mon-thu = ["09:00-12:30", "13:30-18:00"]
        fri = "09:00-12:30"
        """,
    )
    found = assignment.schedule
    assert (found.key, found.zone, found.country, found.subdivision) == ("Office", "Europe/Paris", "FR", "57")
    assert found.weeks[0].days == (DAY_OPEN,) * 4 + (DAY_OPEN[:1], (), ())
    assert sorted(day.isoformat() for day in found.holidays) == ["2026-12-24", "2026-12-31"]
    assert assignment.when == (
        Condition(field="team", values=("Support",)),
        Condition(field="priority", values=("high", "urgent")),
    )


def test_a_shift_can_go_over_midnight_and_the_clock(load):
    found = schedule(load, 'hours = { sat-sun = ["22:00-06:00"], wed = "00:00-24:00" }').schedule
    assert found.weeks[0].days[5] == ((22 * HOUR, 30 * HOUR),)
    assert found.weeks[0].days[2] == ((0, 24 * HOUR),)


def test_days_can_be_listed_and_wrap_around_the_week(load):
    found = schedule(load, 'hours = { "sat-mon, Wednesday" = "09:00-10:00" }').schedule
    assert [bool(day) for day in found.weeks[0].days] == [True, False, True, False, False, True, True]


def test_always_is_around_the_clock(load):
    found = schedule(load, "always = true").schedule
    assert found.elapsed(at("2026-03-28 00:00"), at("2026-03-30 00:00")) == 48 * HOUR


def test_hours_change_from_a_date_on(load):
    found = schedule(
        load,
        'hours = { mon-fri = "09:00-18:00" }\nchanges = [{ from = 2026-09-01, hours = { mon-fri = "08:00-17:00" } }]',
    ).schedule
    assert [week.since.isoformat() for week in found.weeks] == [Week(days=()).since.isoformat(), "2026-09-01"]
    assert found.elapsed(at("2026-08-31 08:00"), at("2026-08-31 10:00")) == HOUR
    assert found.elapsed(at("2026-09-01 08:00"), at("2026-09-01 10:00")) == 2 * HOUR


def test_a_schedule_without_a_zone_is_in_the_reporting_zone(load):
    assert schedule(load, "always = true", KPI_BOT_TIMEZONE="Asia/Kolkata").schedule.zone == "Asia/Kolkata"


OFFICE = '[[schedules]]\nname = "Office"\n'


@pytest.mark.parametrize(
    ("toml", "key", "setting"),
    [
        ("", "schedule_hours_or_always", "schedules.Office"),
        ('always = true\nhours = { mon = "09:00-10:00" }', "schedule_hours_or_always", "schedules.Office"),
        ('hours = { mo = "09:00-10:00" }', "setting_not_a_weekday", "schedules.Office.hours.mo"),
        ('hours = { mon-fry = "09:00-10:00" }', "setting_not_a_weekday", "schedules.Office.hours.mon-fry"),
        ('hours = { mon-fri = "09:00-10:00", fri = "09:00-12:00" }', "setting_day_twice", "schedules.Office.hours.fri"),
        ('hours = { mon = ["9-18"] }', "setting_not_hours", "schedules.Office.hours.mon"),
        ('hours = { mon = "09:00-09:00" }', "setting_not_hours", "schedules.Office.hours.mon"),
        ('hours = { mon = "09:60-10:00" }', "setting_not_hours", "schedules.Office.hours.mon"),
        ('hours = { mon = "24:00-10:00" }', "setting_not_hours", "schedules.Office.hours.mon"),
        ("hours = { mon = 9 }", "setting_not_hours", "schedules.Office.hours.mon"),
        ('hours = "09:00-18:00"', "setting_not_a_table", "schedules.Office.hours"),
        ('always = true\nzone = "Mars/Base"', "setting_not_a_zone", "schedules.Office.zone"),
        ('always = true\nholidays = ["Christmas"]', "setting_not_a_date", "schedules.Office.holidays.#1"),
        ("always = true\nholidays = 5", "setting_not_a_list", "schedules.Office.holidays"),
        ('always = true\nwhen = { teem = "x" }', "unknown_setting", "schedules.Office.when.teem"),
        ("always = true\nwhen = { team = [] }", "setting_not_words", "schedules.Office.when.team"),
        ("always = true\nwhen = { team = 5 }", "setting_not_words", "schedules.Office.when.team"),
        ('always = "often"', "setting_not_yes_or_no", "schedules.Office.always"),
        ("always = true\nchanges = [{ from = 2026-09-01 }]", "setting_missing", "schedules.Office.changes.#1.hours"),
    ],
)
def test_a_schedule_that_is_not_accepted_is_named(refused, toml, key, setting):
    error = refused(OFFICE + toml)
    assert (error.key, error.values["setting"]) == (key, setting)


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ('always = true\ncountry = "Narnia"', "schedule_unknown_country"),
        ('always = true\ncountry = "FR"\nsubdivision = "ZZ"', "schedule_unknown_subdivision"),
        ("hours = { mon = [] }", "schedule_never_opens"),
        ('hours = { mon = ["09:00-12:00", "11:00-13:00"] }', "schedule_openings_overlap"),
    ],
)
def test_a_schedule_that_can_not_be_is_refused_when_the_settings_are_read(refused, toml, key):
    assert refused(OFFICE + toml).key == key


def test_two_schedules_need_two_names(refused):
    error = refused((OFFICE + "always = true\n") * 2)
    assert (error.key, error.values) == ("setting_name_twice", {"setting": "schedules", "name": "Office"})


# --- Policies ----------------------------------------------------------------------------------------------------

PROMISE = '[[policies]]\nname = "Promise"\n'


def policy(load, toml, **environment):
    (found,) = load(PROMISE + toml, **environment).policies
    return found


def test_a_policy_promises_by_metric_and_priority(load):
    found = policy(
        load,
        """
        when = { channel = "email" }
        first_reply = "4h"
        next_reply = "1h 30m"
        resolution = "2d"
        business = false
        pauses = ["pending"]
        from = 2026-01-01
        until = 2027-01-01
        [policies.priorities.urgent]
        first_reply = "30m"
        """,
        KPI_BOT_TIMEZONE="Europe/Paris",
    )
    assert found.key == "Promise"
    assert found.when == (Condition(field="channel", values=("email",)),)
    assert found.targets == (
        Target(metric=Metric.FIRST_REPLY, seconds=4 * HOUR, business=False),
        Target(metric=Metric.NEXT_REPLY, seconds=90 * MINUTE, business=False),
        Target(metric=Metric.RESOLUTION, seconds=48 * HOUR, business=False),
        Target(metric=Metric.FIRST_REPLY, seconds=30 * MINUTE, business=False, priority="urgent"),
    )
    assert found.pauses == {Status.PENDING}
    assert found.since == at("2026-01-01 00:00", "Europe/Paris")
    assert found.until == at("2027-01-01 00:00", "Europe/Paris")


def test_a_policy_counts_business_time_and_pauses_while_waiting_by_default(load):
    found = policy(load, 'resolution = "4h"')
    assert found.targets[0].business
    assert found.pauses == {Status.PENDING, Status.HOLD}
    assert found.in_force(0)


def test_a_policy_may_not_pause_at_all(load):
    assert policy(load, 'resolution = "4h"\npauses = []').pauses == frozenset()


@pytest.mark.parametrize(
    ("toml", "key", "setting"),
    [
        ("", "policy_promises_nothing", "policies.Promise"),
        ('first_reply = "4 hours"', "setting_not_a_duration", "policies.Promise.first_reply"),
        ("first_reply = 4", "setting_not_a_duration", "policies.Promise.first_reply"),
        ('first_replay = "4h"', "unknown_setting", "policies.Promise.first_replay"),
        ('resolution = "4h"\npauses = ["closed"]', "setting_not_a_choice", "policies.Promise.pauses"),
        ('priorities = { high = { first = "1h" } }', "unknown_setting", "policies.Promise.priorities.high.first"),
        ('priorities = { high = "1h" }', "setting_not_a_table", "policies.Promise.priorities.high"),
        ('resolution = "4h"\nfrom = "soon"', "setting_not_a_date", "policies.Promise.from"),
        (
            'resolution = "4h"\nfrom = 2026-02-01\nuntil = 2026-02-01',
            "policy_never_in_force",
            "policies.Promise",
        ),
    ],
)
def test_a_policy_that_is_not_accepted_is_named(refused, toml, key, setting):
    error = refused(PROMISE + toml)
    assert (error.key, error.values["setting"]) == (key, setting)


# --- The rest ----------------------------------------------------------------------------------------------------


def test_targets_are_in_the_unit_of_their_kpi(load):
    settings = load('[targets]\nfcr = "75%"\nfrt = "1h 30m"\nbacklog = 20\ncsat = "82.5 %"')
    assert settings.targets.general == {"fcr": 0.75, "frt": 5400, "backlog": 20, "csat": 0.825}


def test_every_kind_of_kpi_can_have_a_target(load):
    settings = load("[targets]\nnps = -5\ncsat_score = 4.2\ncost_per_contact = 12.5\nreplies_per_ticket = 2")
    assert settings.targets.general == {"nps": -5, "csat_score": 4.2, "cost_per_contact": 12.5, "replies_per_ticket": 2}


def test_what_may_exceed_a_hundred_per_cent_can_aim_above_it(load):
    settings = load('[targets]\nclearance = "105%"\nutilization = "80%"\nsocial_engagement = "120 %"')
    assert settings.targets.general == {"clearance": 1.05, "utilization": 0.8, "social_engagement": 1.2}


def test_a_team_has_targets_of_its_own_by_name_or_identifier(load):
    settings = load('[targets]\nfcr = "75%"\n[targets.teams.Billing]\nfcr = "80%"\n[targets.teams."17"]\nfrt = "1h"')
    assert settings.targets.of_team(["Billing"])["fcr"] == 0.8
    assert settings.targets.of_team(["17", "Orders"]) == {"fcr": 0.75, "frt": 3600}
    assert settings.targets.of_team(["4", "billing"]) == {"fcr": 0.8}
    assert settings.teams_mentioned() == {"Billing", "17"}


@pytest.mark.parametrize(
    ("toml", "key", "setting"),
    [
        ('fcr = "75"', "setting_not_a_percentage", "targets.fcr"),
        ("fcr = 0.75", "setting_not_a_percentage", "targets.fcr"),
        ('fcr = "101%"', "setting_not_a_percentage", "targets.fcr"),
        ('clearance = "105"', "setting_not_a_ratio", "targets.clearance"),
        ('frt = "fast"', "setting_not_a_duration", "targets.frt"),
        ('backlog = "few"', "setting_not_a_count", "targets.backlog"),
        ("backlog = -1", "setting_not_a_count", "targets.backlog"),
        ('fcrr = "75%"', "unknown_setting", "targets.fcrr"),
        ("nps = 130", "setting_not_a_net_score", "targets.nps"),
        ("volume_forecast = 100", "unknown_setting", "targets.volume_forecast"),
        ('[targets.teams.Billing]\nfcrr = "75%"', "unknown_setting", "targets.teams.Billing.fcrr"),
        ('[targets.teams.Billing]\nfcr = "75"', "setting_not_a_percentage", "targets.teams.Billing.fcr"),
        ('teams = "Billing"', "setting_not_a_table", "targets.teams"),
    ],
)
def test_a_target_that_is_not_accepted_is_named(refused, toml, key, setting):
    error = refused(f"[targets]\n{toml}")
    assert (error.key, error.values["setting"]) == (key, setting)


def test_bands_are_set_by_kpi_and_what_is_not_set_stays(load):
    configuration = load('[kpis.response_bands]\nbands = ["30m", "2h", "1d"]\nwithin = "2h"').configuration
    responses, age = configuration.find("response_bands"), configuration.find("backlog_age")
    assert (edges_of(responses), limit_of(responses)) == ((30 * MINUTE, 2 * HOUR, 24 * HOUR), 2 * HOUR)
    assert age is CATALOGUE["backlog_age"]


def test_bands_or_the_limit_can_be_set_alone(load):
    limited = load('[kpis.response_bands]\nwithin = "4h"').configuration.find("response_bands")
    assert (edges_of(limited), limit_of(limited)) == (edges_of(CATALOGUE["response_bands"]), 4 * HOUR)
    parted = load('[kpis.response_bands]\nbands = ["1h"]').configuration.find("response_bands")
    assert (edges_of(parted), limit_of(parted)) == ((HOUR,), HOUR)
    assert edges_of(load('[kpis.backlog_age]\nbands = ["12h", "1d 12h"]').configuration.find("backlog_age")) == (
        12 * HOUR,
        36 * HOUR,
    )


NOTHING_WEIGHS = "{ frt_sla = 0, csat = 0, fcr = 0, resolution_time = 0, backlog_age = 0 }"


def test_what_weighs_in_the_efficiency_index_is_set_and_what_is_not_named_weighs_as_before(load):
    configuration = load("[kpis.efficiency_index]\nweights = { csat = 40, backlog_age = 0 }").configuration
    index = configuration.find("efficiency_index")
    assert weights_of(index) == {"frt_sla": 25, "csat": 40, "fcr": 20, "resolution_time": 15, "backlog_age": 0}
    unset = load("[kpis.efficiency_index]").configuration.find("efficiency_index")
    assert weights_of(unset) == EFFICIENCY_WEIGHTS


def test_a_kpi_that_is_set_is_made_once_since_engines_remember_it(load):
    settings = load('[kpis.backlog_age]\nbands = ["2d"]')
    assert settings.configuration.find("backlog_age") is settings.configuration.find("backlog_age")


@pytest.mark.parametrize(
    ("toml", "key", "setting"),
    [
        ("[kpis.response_bands]\nbands = []", "setting_no_limits", "kpis.response_bands.bands"),
        ('[kpis.response_bands]\nbands = "1h"', "setting_not_a_list", "kpis.response_bands.bands"),
        ('[kpis.response_bands]\nbands = ["1h", 5]', "setting_not_a_duration", "kpis.response_bands.bands.#2"),
        ('[kpis.backlog_age]\nbands = ["0d", "1d"]', "setting_not_a_duration", "kpis.backlog_age.bands.#1"),
        ('[kpis.backlog_age]\nbands = ["-1d"]', "setting_not_a_duration", "kpis.backlog_age.bands.#1"),
        ('[kpis.backlog_age]\nbands = ["3d", "1d"]', "setting_limits_not_rising", "kpis.backlog_age.bands.#2"),
        ('[kpis.backlog_age]\nbands = ["1d", "24h"]', "setting_limits_not_rising", "kpis.backlog_age.bands.#2"),
        ('[kpis.backlog_age]\nwithin = "1d"', "unknown_setting", "kpis.backlog_age.within"),
        ('[kpis.backlog_age]\nedges = ["1d"]', "unknown_setting", "kpis.backlog_age.edges"),
        ('[kpis.backlog_ages]\nbands = ["1d"]', "unknown_setting", "kpis.backlog_ages"),
        ('[kpis.frt]\nlimit = "1h"', "unknown_setting", "kpis.frt"),
        ('[kpis.response_bands]\nwithin = "2h"', "setting_no_limit_of_bands", "kpis.response_bands.within"),
        ('[kpis.response_bands]\nbands = ["2h"]', "setting_no_limit_of_bands", "kpis.response_bands.within"),
        ('[kpis.response_bands]\nwithin = "soon"', "setting_not_a_duration", "kpis.response_bands.within"),
        (
            "[kpis.efficiency_index]\nweights = { csat = -1 }",
            "setting_not_a_count",
            "kpis.efficiency_index.weights.csat",
        ),
        (
            "[kpis.efficiency_index]\nweights = { csat = true }",
            "setting_not_a_count",
            "kpis.efficiency_index.weights.csat",
        ),
        (
            "[kpis.efficiency_index]\nweights = { csat = inf }",
            "setting_not_a_count",
            "kpis.efficiency_index.weights.csat",
        ),
        ("[kpis.efficiency_index]\nweights = { nps = 5 }", "unknown_setting", "kpis.efficiency_index.weights.nps"),
        ("[kpis.efficiency_index]\nweights = 5", "setting_not_a_table", "kpis.efficiency_index.weights"),
        ('[kpis.efficiency_index]\nbands = ["1h"]', "unknown_setting", "kpis.efficiency_index.bands"),
        ("[kpis.backlog_age]\nweights = { csat = 1 }", "unknown_setting", "kpis.backlog_age.weights"),
        (f"[kpis.efficiency_index]\nweights = {NOTHING_WEIGHS}", "setting_no_weight", "kpis.efficiency_index.weights"),
        ("kpis = 5", "setting_not_a_table", "kpis"),
        ("[kpis]\nbacklog_age = 5", "setting_not_a_table", "kpis.backlog_age"),
    ],
)
def test_bands_that_are_not_accepted_are_named(refused, toml, key, setting):
    error = refused(toml)
    assert (error.key, error.values["setting"]) == (key, setting)


def test_a_limit_of_no_band_is_refused_with_those_there_are(refused):
    error = refused('[kpis.response_bands]\nbands = ["30m", "1h 30m"]')
    assert Text("en").error(error) == (
        "kpis.response_bands.within is 1h, at which no band ends. Set it to 30m or 1h 30m, or add 1h to bands."
    )


def test_an_unknown_key_is_named_with_the_nearest_and_with_what_can_stand_there(refused):
    error = refused('[[polices]]\nname = "x"')
    assert (error.key, error.values["setting"], error.values["suggestions"]) == (
        "unknown_setting",
        "polices",
        ["policies"],
    )
    assert error.values["known"] == [
        *("helpdesks", "schedules", "policies", "escalation", "targets", "kpis", "access", "test_tags", "week_start")
    ]


@pytest.mark.parametrize(("word", "number"), [("monday", 0), ("sun", 6), ("Saturday", 5)])
def test_a_week_starts_on_any_day(load, word, number):
    assert load(f'week_start = "{word}"').week_start == number


def test_a_week_starts_on_no_other_word(refused):
    error = refused('week_start = "mardi"')
    assert (error.key, error.values["setting"]) == ("setting_not_a_weekday", "week_start")


def test_a_rulebook_holds_everything_that_facts_depend_on(load):
    settings = load(OFFICE + "always = true\n" + PROMISE + 'first_reply = "1h"\nwhen = { team = "Support" }')
    rules = settings.rulebook("desk", {"1": "Support"}, OwnRules())
    assert isinstance(rules.schedule({}, 0), Schedule)
    assert rules.promise(Metric.FIRST_REPLY, {"team": "1"}, 0) is not None
    assert settings.teams_mentioned() == {"Support"}
    assert load('test_tags = ["test"]').rules.test_tags == {"test"}


def test_what_is_an_escalation_can_be_set_in_part(load):
    settings = load('[escalation]\ntiers = ["Support", ["Expert", "Legal"]]\npriorities = []')
    wanted = Escalation(tiers=(("Support",), ("Expert", "Legal")), priorities=frozenset())
    assert settings.rules.escalation == wanted
    assert settings.teams_mentioned() == {"Support", "Expert", "Legal"}
    assert load("").rules.escalation == Escalation()


@pytest.mark.parametrize("content", [b"key = ", b"\xff\xfe", b"[[helpdesks]\n"])
def test_a_file_that_is_not_toml_is_named(tmp_path, content):
    path = tmp_path / "kpi-bot.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings({"KPI_BOT_SETTINGS": str(path)})
    assert (caught.value.key, caught.value.values["path"]) == ("settings_file_not_toml", str(path))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError) as caught:
        load_settings({"KPI_BOT_SETTINGS": str(tmp_path / "nowhere.toml")})
    assert caught.value.key == "settings_file_unreadable"


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 99))
def test_a_duration_is_the_sum_of_its_parts(days, hours, minutes):
    assert duration(f"{days}d {hours}h{minutes}m") == days * 86_400 + hours * 3600 + minutes * 60


@given(st.dictionaries(st.sampled_from(sorted(map(variable, Environment.model_fields))), st.text(max_size=20)))
def test_whatever_is_set_is_read_or_refused_with_a_sentence(environment):
    said = "read"
    try:
        load_settings(environment)
    except SettingsError as error:
        said = Text("fr").error(error)
    assert said

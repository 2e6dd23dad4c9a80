"""What an operator sets: the environment under `KPI_BOT_`, secrets also as files, and one TOML file for the rest.

Every variable and key is described in `docs/en/settings.md`. Whatever is unknown or not accepted is refused by name.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import SecretStr, ValidationError

from bot.settings_access import AccessTable
from bot.settings_file import WITHOUT_ADDRESS, HelpdeskEntry, Kind, SettingsFile, read_settings_file
from bot.settings_kpis import configured
from bot.settings_values import Duration, Port, SettingsTable, Url, Zone, explain, one_of
from kpi.catalogue import Listed
from kpi.configuration import Configuration
from kpi.errors import SettingsError, suggest
from kpi.policies import Assignment, Escalation, OwnRules, Policy, Rulebook
from kpi.targets import Targets

PREFIX = "KPI_BOT_"
LANGUAGES = ("en", "fr")
SECRETS = (
    "database_url",
    "helpdesk_token",
    "helpdesk_webhook_secret",
    "slack_bot_token",
    "slack_signing_secret",
    "slack_app_token",
)
"""Variables that may hold a secret: each can name a file instead, as `<VARIABLE>_FILE`."""

SHORTEST_WEBHOOK_SECRET = 16
"""Fewer characters can be guessed."""

_NO_TOKEN = SecretStr("")
_PASSWORD = re.compile(r"://[^:/@]*:(.+)@")


class Environment(SettingsTable):
    """The variables, without their prefix."""

    settings: Path | None = None
    database_url: SecretStr = SecretStr("sqlite:///kpi-bot.db")
    timezone: Zone = "UTC"
    language: Annotated[str, one_of(LANGUAGES)] = "en"
    helpdesk: Kind | None = None
    helpdesk_url: Url | None = None
    helpdesk_token: SecretStr | None = None
    helpdesk_webhook_secret: SecretStr | None = None
    keep_subjects: bool = False
    sync_every: Duration = 300
    memory: bool = True
    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    host: str = "127.0.0.1"
    port: Port = 3000
    debug: bool = False  # bot.terminal reads it, before and whatever else is set


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpdeskSettings:
    """One helpdesk; `options` are the connector's own. Without a webhook secret its webhooks aren't listened to.

    `rules` says whose opening hours and SLA policies hold for it, one of `bot.settings_file.RULES`.
    """

    key: str
    kind: str
    url: str = ""
    token: SecretStr = _NO_TOKEN
    webhook_secret: SecretStr | None = None
    rules: str = "both"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """What Slack gave; a signing secret serves HTTP, an app token Socket Mode."""

    bot_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    app_token: SecretStr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything set, checked.

    `week_start` counts from Monday 0; `sync_every_s` seconds. `kpis` are those that the catalogue has otherwise.
    """

    database_url: str = field(repr=False)  # its password
    timezone: str = "UTC"
    language: str = "en"
    week_start: int = 0
    helpdesks: tuple[HelpdeskSettings, ...] = ()
    slack: SlackSettings = field(default_factory=SlackSettings)
    targets: Targets = field(default_factory=Targets)
    kpis: Mapping[str, Listed] = field(default_factory=dict, repr=False)
    schedules: tuple[Assignment, ...] = ()
    policies: tuple[Policy, ...] = ()
    escalation: Escalation = field(default_factory=Escalation)
    test_tags: frozenset[str] = frozenset()
    keep_subjects: bool = False
    sync_every_s: int = 300
    memory: bool = True
    access: AccessTable = field(default_factory=AccessTable)
    web_host: str = "127.0.0.1"
    web_port: int = 3000

    @property
    def counted_helpdesks(self) -> tuple[str, ...] | None:
        """The keys of the helpdesks that count; None for all there are."""
        return tuple(helpdesk.key for helpdesk in self.helpdesks) or None

    @property
    def secrets(self) -> frozenset[str]:
        """All secrets there are, so that no log shows one."""
        of_slack = (self.slack.bot_token, self.slack.signing_secret, self.slack.app_token)
        of_helpdesks = (secret for desk in self.helpdesks for secret in (desk.token, desk.webhook_secret))
        given = {secret.get_secret_value() for secret in (*of_slack, *of_helpdesks) if secret}
        password = _PASSWORD.search(self.database_url)
        return frozenset(given if password is None else given | {password[1]})

    @property
    def configuration(self) -> Configuration:
        """What answers depend on besides the question and the facts."""
        return Configuration(targets=self.targets, kpis=self.kpis)

    @property
    def rules(self) -> Rulebook:
        """What these settings have facts depend on."""
        return Rulebook(
            schedules=self.schedules,
            policies=self.policies,
            escalation=self.escalation,
            test_tags=self.test_tags,
        )

    def rulebook(self, helpdesk: str, team_names: Mapping[str, str], own: OwnRules) -> Rulebook:
        """Return what a helpdesk's facts depend on; `team_names` are by identifier.

        `own` are the rules that it has itself: they come after those set here.
        """
        source = next((desk.rules for desk in self.helpdesks if desk.key == helpdesk), "both")
        ours = self.rules if source != "helpdesk" else replace(self.rules, schedules=(), policies=())
        theirs = own if source != "settings" else OwnRules()
        return replace(
            ours,
            schedules=(*ours.schedules, *theirs.schedules),
            policies=(*ours.policies, *theirs.policies),
            team_names=team_names,
        )

    def teams_mentioned(self) -> frozenset[str]:
        """Return the teams of rules, targets and leads, by name or identifier as they were written."""
        return self.rules.teams_mentioned() | self.targets.teams.keys() | self.access.teams.keys()


def load_settings(environment: Mapping[str, str] | None = None, *, reads_helpdesks: bool = True) -> Settings:
    """Return the settings of an environment, by default the process's own; raises SettingsError.

    Unless it `reads_helpdesks`, the process needs no address and no token of any, and looks at none; webhook secrets it
    has in any case.
    """
    environment = os.environ if environment is None else environment
    path = environment.get(variable("settings"), "").strip()
    file = read_settings_file(Path(path)) if path else SettingsFile()
    _refuse_unknown(environment, file)
    given = _read(environment)
    slack = SlackSettings(
        bot_token=_slack_token(given.slack_bot_token, "slack_bot_token", "xoxb-"),
        signing_secret=given.slack_signing_secret,
        app_token=_slack_token(given.slack_app_token, "slack_app_token", "xapp-"),
    )
    _refuse_doubles("schedules", [entry.name for entry in file.schedules])
    _refuse_doubles("policies", [entry.name for entry in file.policies])
    return Settings(
        database_url=given.database_url.get_secret_value(),
        timezone=given.timezone,
        language=given.language,
        week_start=file.week_start,
        helpdesks=_helpdesks(given, file, environment, reads=reads_helpdesks),
        slack=slack,
        targets=file.targets,
        kpis=configured(file.kpis),
        schedules=tuple(entry.assignment(given.timezone) for entry in file.schedules),
        policies=tuple(entry.policy(given.timezone) for entry in file.policies),
        escalation=file.escalation.escalation(),
        test_tags=frozenset(file.test_tags),
        keep_subjects=given.keep_subjects,
        sync_every_s=given.sync_every,
        memory=given.memory,
        access=file.access,
        web_host=given.host,
        web_port=given.port,
    )


def variable(name: str) -> str:
    """Return the variable of a field of the environment."""
    return f"{PREFIX}{name.upper()}"


def _read(environment: Mapping[str, str]) -> Environment:
    """Return the variables that are set; an empty one counts as not set. Raises SettingsError."""
    values = {name: environment.get(variable(name), "").strip() for name in Environment.model_fields}
    for name in SECRETS:
        setting = variable(name)
        if path := environment.get(f"{setting}_FILE", "").strip():
            if values[name]:
                raise SettingsError("setting_twice", setting=setting, other=f"{setting}_FILE")
            values[name] = _secret_file(f"{setting}_FILE", Path(path))
    try:
        return Environment.model_validate({name: text for name, text in values.items() if text})
    except ValidationError as error:
        raise explain(error, lambda location: variable(str(location[0]))) from None


def _secret_file(setting: str, path: Path) -> str:
    """Return the secret in a file without the line's end; raises SettingsError."""
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:  # no text, or a path with a NUL
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError("secret_file_unreadable", setting=setting, path=str(path), reason=reason) from None
    if not secret:
        raise SettingsError("secret_file_empty", setting=setting, path=str(path))
    return secret


def _refuse_unknown(environment: Mapping[str, str], file: SettingsFile) -> None:
    """Refuse variables with our prefix that nothing reads: most are misspelt."""
    known = {variable(name) for name in Environment.model_fields} | {f"{variable(name)}_FILE" for name in SECRETS}
    known |= {name for entry in file.helpdesks for name in (entry.token_env, entry.webhook_secret_env) if name}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            by_suffix = {word.removeprefix(PREFIX).casefold(): word for word in known}
            near = [by_suffix[word] for word in suggest(name.removeprefix(PREFIX), by_suffix, limit=1)]
            raise SettingsError("unknown_variable", variable=name, suggestions=near)


def _refuse_doubles(setting: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SettingsError("setting_name_twice", setting=setting, name=name)


def _slack_token(token: SecretStr | None, name: str, prefix: str) -> SecretStr | None:
    """Refuse the other kind of token: they are easily swapped."""
    if token is not None and not token.get_secret_value().startswith(prefix):
        raise SettingsError("slack_token_kind", setting=variable(name), prefix=prefix)
    return token


def _helpdesks(
    given: Environment, file: SettingsFile, environment: Mapping[str, str], *, reads: bool
) -> tuple[HelpdeskSettings, ...]:
    """Return the helpdesk of the environment, if one is set there, then those of the file."""
    found = []
    if given.helpdesk is not None:
        entry = HelpdeskEntry(
            key=given.helpdesk,
            kind=given.helpdesk,
            url=given.helpdesk_url,
            token=given.helpdesk_token,
            webhook_secret=given.helpdesk_webhook_secret,
        )
        found.append(_helpdesk(entry, environment, lambda part: variable(f"helpdesk_{part}"), reads=reads))
    elif reads and (given.helpdesk_url is not None or given.helpdesk_token is not None):
        raise SettingsError("setting_missing", setting=variable("helpdesk"))
    found += [
        _helpdesk(entry, environment, f"helpdesks.{entry.key}.{{}}".format, reads=reads) for entry in file.helpdesks
    ]
    _refuse_doubles("helpdesks", [helpdesk.key for helpdesk in found])
    return tuple(found)


def _helpdesk(
    entry: HelpdeskEntry, environment: Mapping[str, str], name: Callable[[str], str], *, reads: bool
) -> HelpdeskSettings:
    """Return a helpdesk that has all its kind needs, which is no address and no token unless somebody `reads` it.

    `name` gives a part the name people know it by.
    """
    webhook_secret = _secret(entry, "webhook_secret", environment)
    if webhook_secret is not None and len(webhook_secret.get_secret_value()) < SHORTEST_WEBHOOK_SECRET:
        raise SettingsError("webhook_secret_short", setting=name("webhook_secret"), shortest=SHORTEST_WEBHOOK_SECRET)
    known = HelpdeskSettings(key=entry.key, kind=entry.kind, webhook_secret=webhook_secret, rules=entry.rules)
    if not reads:
        return known
    token = _secret(entry, "token", environment)
    if entry.kind not in WITHOUT_ADDRESS:
        if not entry.url:
            raise SettingsError("setting_missing", setting=name("url"))
        if token is None or not token.get_secret_value():
            raise SettingsError("setting_missing", setting=name("token"))
    return replace(known, url=entry.url or "", token=token or _NO_TOKEN, options=entry.options)


def _secret(entry: HelpdeskEntry, name: str, environment: Mapping[str, str]) -> SecretStr | None:
    """Return a secret of a helpdesk: it stands there, in a file or in a variable. Raises SettingsError."""
    place = f"helpdesks.{entry.key}"
    given = {way: getattr(entry, way) for way in (name, f"{name}_file", f"{name}_env")}
    ways = [way for way, value in given.items() if value is not None]
    if len(ways) > 1:
        raise SettingsError("setting_twice", setting=f"{place}.{ways[0]}", other=f"{place}.{ways[1]}")
    if (path := given[f"{name}_file"]) is not None:
        return SecretStr(_secret_file(f"{place}.{name}_file", path))
    if (variable_name := given[f"{name}_env"]) is not None:
        secret = environment.get(variable_name, "").strip()
        if not secret:
            raise SettingsError("setting_missing", setting=variable_name)
        return SecretStr(secret)
    secret_itself: SecretStr | None = given[name]
    return secret_itself

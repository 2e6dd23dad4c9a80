"""The settings file: helpdesks, opening hours, SLA policies, targets and bands, in TOML.

Every key is described in `docs/en/settings.md`; a test holds that page against these models.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, ValidationError, model_validator

from bot.settings_access import AccessTable
from bot.settings_kpis import KpiTables, Targeted
from bot.settings_values import (
    Anything,
    Day,
    Duration,
    Key,
    Openings,
    Pauses,
    SettingsTable,
    Url,
    Weekday,
    Words,
    Zone,
    explain,
    one_of,
    place,
    refusal,
)
from kpi.errors import SettingsError
from kpi.events import WAITING
from kpi.hours import AROUND_THE_CLOCK, Schedule, Week
from kpi.period import midnight
from kpi.policies import CONDITION_FIELDS, Assignment, Condition, Escalation, Metric, Policy, Target
from kpi.targets import Targets

KINDS = ("demo", "freshdesk", "help-scout", "intercom", "liveagent", "request-tracker", "zammad", "zendesk")
"""The helpdesks there are; `bot.helpdesks.registry` connects to them."""

WITHOUT_ADDRESS = frozenset({"demo"})
"""Kinds that need neither an address nor a token."""

RULES = ("both", "settings", "helpdesk")
"""Whose opening hours and SLA policies hold for a helpdesk: the settings' and, after them, its own, or one of them."""

Kind = Annotated[str, one_of(KINDS)]


class HelpdeskEntry(SettingsTable):
    """One helpdesk; each of its secrets stands here, in a file or in a variable of any name."""

    key: Key
    kind: Kind
    url: Url | None = None
    token: SecretStr | None = None
    token_file: Path | None = None
    token_env: str | None = None
    rules: Annotated[str, one_of(RULES)] = "both"
    webhook_secret: SecretStr | None = None
    webhook_secret_file: Path | None = None
    webhook_secret_env: str | None = None
    options: Anything = Field(default_factory=dict)


class When(SettingsTable):
    """What a ticket must be: for each key given, one of its words."""

    team: Words | None = None
    priority: Words | None = None
    level: Words | None = None
    type: Words | None = None
    channel: Words | None = None
    brand: Words | None = None

    def conditions(self) -> tuple[Condition, ...]:
        """Return it as conditions that must all hold."""
        given = {field: getattr(self, field) for field in CONDITION_FIELDS}
        return tuple(Condition(field=field, values=words) for field, words in given.items() if words)


class ScheduleChange(SettingsTable):
    """Other opening hours from a date on."""

    since: Day = Field(alias="from")
    hours: Openings


class ScheduleEntry(SettingsTable):
    """Opening hours, and which tickets are under them."""

    name: str
    zone: Zone | None = None
    hours: Openings | None = None
    always: bool = False
    changes: tuple[ScheduleChange, ...] = ()
    holidays: tuple[Day, ...] = ()
    country: str | None = None
    subdivision: str | None = None
    when: When = When()

    @model_validator(mode="after")
    def _hours_or_always(self) -> Self:
        if self.always == (self.hours is not None):
            raise refusal("schedule_hours_or_always")
        return self

    def assignment(self, zone: str) -> Assignment:
        """Return the schedule with its conditions; `zone` holds when it names none. Raises SettingsError."""
        first = AROUND_THE_CLOCK if self.hours is None else Week(days=self.hours)
        schedule = Schedule(
            key=self.name,
            zone=self.zone or zone,
            weeks=(first, *(Week(days=change.hours, since=change.since) for change in self.changes)),
            holidays=frozenset(self.holidays),
            country=self.country,
            subdivision=self.subdivision,
        )
        return Assignment(schedule=schedule, when=self.when.conditions())


class Promises(SettingsTable):
    """What an SLA policy promises."""

    first_reply: Duration | None = None
    next_reply: Duration | None = None
    resolution: Duration | None = None

    def targets(self, *, business: bool, priority: str | None) -> list[Target]:
        """Return them as targets for one priority, or for all."""
        promised = {metric: getattr(self, metric.value) for metric in Metric}
        return [
            Target(metric=metric, seconds=seconds, business=business, priority=priority)
            for metric, seconds in promised.items()
            if seconds is not None
        ]


class PolicyEntry(Promises):
    """An SLA policy."""

    name: str
    when: When = When()
    priorities: dict[str, Promises] = Field(default_factory=dict)
    business: bool = True
    pauses: Pauses = WAITING
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _promises_something(self) -> Self:
        if not self.promised():
            raise refusal("policy_promises_nothing")
        if self.since and self.until and self.until <= self.since:
            raise refusal("policy_never_in_force")
        return self

    def promised(self) -> tuple[Target, ...]:
        """Return every target, for all priorities and for each."""
        targets = self.targets(business=self.business, priority=None)
        for priority, promises in self.priorities.items():
            targets += promises.targets(business=self.business, priority=priority)
        return tuple(targets)

    def policy(self, zone: str) -> Policy:
        """Return the policy; its dates begin at midnight in `zone`."""
        return Policy(
            key=self.name,
            targets=self.promised(),
            when=self.when.conditions(),
            pauses=self.pauses,
            since=None if self.since is None else midnight(self.since, zone),
            until=None if self.until is None else midnight(self.until, zone),
        )


class EscalationTable(SettingsTable):
    """What makes a ticket escalated."""

    tiers: tuple[Words, ...] = ()
    tags: tuple[str, ...] = tuple(sorted(Escalation().tags))
    priorities: tuple[str, ...] = tuple(sorted(Escalation().priorities))

    def escalation(self) -> Escalation:
        """Return it as the rules take it."""
        return Escalation(tiers=self.tiers, tags=frozenset(self.tags), priorities=frozenset(self.priorities))


class SettingsFile(SettingsTable):
    """The whole file."""

    helpdesks: tuple[HelpdeskEntry, ...] = ()
    schedules: tuple[ScheduleEntry, ...] = ()
    policies: tuple[PolicyEntry, ...] = ()
    escalation: EscalationTable = EscalationTable()
    targets: Targeted = Targets()
    kpis: KpiTables = Field(default_factory=dict)
    access: AccessTable = AccessTable()
    test_tags: tuple[str, ...] = ()
    week_start: Weekday = 0


def read_settings_file(path: Path) -> SettingsFile:
    """Return the file's content; raises SettingsError for what can't be read or isn't accepted."""
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError("settings_file_not_toml", path=str(path), reason=str(error)) from None
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError("settings_file_unreadable", path=repr(str(path)), reason=reason) from error
    try:
        return SettingsFile.model_validate(document)
    except ValidationError as error:
        raise explain(error, lambda location: place(location, document)) from None

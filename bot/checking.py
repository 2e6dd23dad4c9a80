"""What is configured, reachable and missing, each in a sentence that names the fix."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse
from sqlalchemy import Engine, func, select
from sqlalchemy import text as sql

from bot.database import is_current, open_database, shown, writing
from bot.facts import needs_rebuild, own_rules
from bot.helpdesks.connector import Connector
from bot.helpdesks.registry import WEBHOOKS
from bot.settings import HelpdeskSettings, Settings
from bot.tables import refused_tickets
from bot.text import Text
from bot.told import active_line, problem_lines, told
from bot.webhooks import PATH
from kpi.errors import HelpdeskError, KpiError, StorageError, suggest
from kpi.frames import IMPORTED
from kpi.memory import BYTES_PER_TICKET
from kpi.schema import helpdesks, teams, ticket_facts

SLACK_URL = "https://slack.com/api/"
SKEW_MATTERS_S = 60
MISSED_SYNCS = 3
"""How many syncs may be missed before the data counts as old."""
ATTEMPT_S = 10

Connect = Callable[[HelpdeskSettings], Connector]


class State(StrEnum):
    """How good a finding is."""

    GOOD = "good"
    NOTE = "note"  # works, but somebody may want to know
    BAD = "bad"  # something must be mended


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found, in a sentence."""

    state: State
    sentence: str


class Check:
    """Looks at everything that the settings name.

    Args:
        settings: what is checked.
        text: the reader's language.
        now: epoch seconds.
        connect: makes a helpdesk's connector.
        slack_url: where Slack's methods are.
    """

    def __init__(
        self, settings: Settings, text: Text, now: int, *, connect: Connect, slack_url: str = SLACK_URL
    ) -> None:
        self.settings, self.text, self.now = settings, text, now
        self._connect = connect
        self._slack_url = slack_url
        self._own_schedules = self._own_policies = False

    def findings(self) -> Iterator[Finding]:
        """Yield what is found, each as soon as it is known; whatever fails becomes a finding of its own."""
        yield from self._configured()
        engine = None
        try:
            engine = open_database(self.settings.database_url, create=False)
            yield from self._database(engine)
        except KpiError as error:
            yield self._to_be_made(error) if error.key == "database_missing" else self._failed(error)
        yield from self._unset()
        for helpdesk in self.settings.helpdesks:
            yield from self._helpdesk(helpdesk)
            yield from self._webhooks(helpdesk)
        yield from self._slack()
        if engine is not None:
            engine.dispose()

    # --- Settings ------------------------------------------------------------------------------------------------

    def _configured(self) -> Iterator[Finding]:
        settings = self.settings
        yield self._good(
            "settings", zone=settings.timezone, schedules=len(settings.schedules), policies=len(settings.policies)
        )
        if not settings.helpdesks:
            yield self._bad("no_helpdesk")

    def _unset(self) -> Iterator[Finding]:
        """Find what neither the settings nor a helpdesk has."""
        if not (self.settings.schedules or self._own_schedules):
            yield self._note("no_schedule")
        if not (self.settings.policies or self._own_policies):
            yield self._note("no_policy")

    # --- Database ------------------------------------------------------------------------------------------------

    def _database(self, engine: Engine) -> Iterator[Finding]:
        name = shown(engine.url)
        if not is_current(engine):
            yield self._bad("database_old", database=name)
            return
        with writing(engine) as connection:
            # Only a statement that writes finds out whether one may; this one changes nothing.
            connection.execute(sql("UPDATE alembic_version SET version_num = version_num"))
        yield self._good("database", database=name)
        for helpdesk in self.settings.helpdesks:
            yield self._freshness(engine, helpdesk.key)
            yield from self._stale_facts(engine, helpdesk.key)
            yield from self._refused(engine, helpdesk.key)
            yield from self._own_rules(engine, helpdesk)
        yield from self._not_counted(engine)
        yield self._memory(engine)
        yield from self._teams(engine)
        yield from self._told(engine)

    def _to_be_made(self, error: KpiError) -> Finding:
        """Return what a missing SQLite file means: nothing to mend where the first sync can make it."""
        path = str(error.values["path"])
        if os.access(Path(path).parent, os.W_OK | os.X_OK):
            return self._note("database_to_be_made", database=path)
        return self._bad("database_cant_be_made", database=path)

    def _freshness(self, engine: Engine, key: str) -> Finding:
        with engine.connect() as connection:
            synced_at = connection.scalar(select(helpdesks.c.synced_at).where(helpdesks.c.key == key))
        if synced_at is None:
            return self._bad("never_synced", helpdesk=key)
        moment = self.text.instant(synced_at, self.settings.timezone)
        age = self.now - synced_at
        if age > MISSED_SYNCS * self.settings.sync_every_s:
            return self._note("stale", helpdesk=key, moment=moment, age=self.text.duration(age))
        return self._good("fresh", helpdesk=key, moment=moment)

    def _stale_facts(self, engine: Engine, key: str) -> Iterator[Finding]:
        """Find facts made with other rules than the settings have: every question about them is refused."""
        with engine.connect() as connection:
            stale = needs_rebuild(connection, key, self.settings)
        if stale:
            yield self._failed(StorageError("facts_stale", helpdesk=key))

    def _own_rules(self, engine: Engine, helpdesk: HelpdeskSettings) -> Iterator[Finding]:
        """Find the opening hours and policies that a helpdesk tells now, unless the settings keep them out."""
        if helpdesk.rules == "settings":
            return
        with engine.connect() as connection:
            told = own_rules(connection, helpdesk.key)
        hours = (rule.schedule for rule in told.schedules if rule.until is None)
        schedules = dict.fromkeys(schedule.key for schedule in hours if schedule is not None)
        if schedules:
            yield self._good("own_schedules", helpdesk=helpdesk.key, schedules=list(schedules))
        policies = dict.fromkeys(policy.key for policy in told.policies if policy.until is None and policy.targets)
        if policies:
            yield self._good("own_policies", helpdesk=helpdesk.key, policies=list(policies))
        self._own_schedules |= bool(schedules)
        self._own_policies |= bool(policies)

    def _not_counted(self, engine: Engine) -> Iterator[Finding]:
        """Find helpdesks that were read once and that the settings no longer name; what was imported counts."""
        named = {helpdesk.key for helpdesk in self.settings.helpdesks}
        with engine.connect() as connection:
            read = select(helpdesks.c.key).where(helpdesks.c.kind != IMPORTED).order_by(helpdesks.c.key)
            stored = list(connection.scalars(read))
        for key in stored if named else ():
            if key not in named:
                yield self._note("not_counted", helpdesk=key)

    def _memory(self, engine: Engine) -> Finding:
        """Tell how much memory the running bot takes for the facts."""
        if not self.settings.memory:
            return self._note("memory_off")
        with engine.connect() as connection:
            n = connection.scalar(select(func.count()).select_from(ticket_facts)) or 0
        size = self.text.number(n * BYTES_PER_TICKET / 1e6)
        return Finding(state=State.GOOD, sentence=self.text.plural("check.memory", n, size=size))

    def _refused(self, engine: Engine, key: str) -> Iterator[Finding]:
        count = select(func.count()).select_from(refused_tickets).where(refused_tickets.c.helpdesk == key)
        with engine.connect() as connection:
            n = connection.scalar(count) or 0
        if n:
            yield Finding(state=State.NOTE, sentence=self.text.plural("check.refused", n, helpdesk=key))

    def _teams(self, engine: Engine) -> Iterator[Finding]:
        """Find teams that rules ask for and no helpdesk has: most are misspelt, and their rules would never hold."""
        with engine.connect() as connection:
            rows = connection.execute(select(teams.c.external_id, teams.c.name)).all()
        known = {word.casefold(): name for external_id, name in rows for word in (external_id, name)}
        if not known:
            return
        for word in sorted(self.settings.teams_mentioned()):
            if word.casefold() not in known:
                near = list(dict.fromkeys(known[name] for name in suggest(word, known)))
                key = "unknown_team" if near else "unknown_team_none"
                yield self._bad(key, team=word, suggestions=near)

    def _told(self, engine: Engine) -> Iterator[Finding]:
        """Find what is told by the bot itself, and what of it isn't."""
        with engine.connect() as connection:
            found = told(connection, self.now)
        if found.is_wanted:
            yield Finding(state=State.GOOD, sentence=active_line(found, self.text))
        if found.active and self.settings.slack.bot_token is None:
            yield self._bad("nothing_told")
        for line in problem_lines(found, self.text, named=True):
            yield Finding(state=State.NOTE, sentence=line)

    # --- Helpdesks -----------------------------------------------------------------------------------------------

    def _helpdesk(self, helpdesk: HelpdeskSettings) -> Iterator[Finding]:
        try:
            account = self._connect(helpdesk).check()
        except KpiError as error:
            yield self._failed(error, helpdesk=helpdesk.key if isinstance(error, HelpdeskError) else None)
            return
        version = account.version or "?"
        key = "helpdesk" if account.version else "helpdesk_unversioned"
        yield self._good(key, helpdesk=helpdesk.key, account=account.name, version=version)
        if abs(account.clock_skew_s) > SKEW_MATTERS_S:
            key = "clock_ahead" if account.clock_skew_s > 0 else "clock_behind"
            yield self._note(key, helpdesk=helpdesk.key, skew=self.text.duration(account.clock_skew_s))
        for key, values in account.warnings:
            yield Finding(state=State.NOTE, sentence=f"{helpdesk.key}: {self.text(f'warning.{key}', **values)}")

    def _webhooks(self, helpdesk: HelpdeskSettings) -> Iterator[Finding]:
        """Tell whether a helpdesk's webhooks are listened to, and what to enter there."""
        webhook = WEBHOOKS.get(helpdesk.kind)
        if webhook is None:
            return
        if helpdesk.webhook_secret is None:
            yield self._note("webhooks_off", helpdesk=helpdesk.key)
            return
        key = "webhooks_by_address" if webhook.is_signed is None else "webhooks_signed"
        yield self._good(key, helpdesk=helpdesk.key, path=f"{PATH}/{helpdesk.key}")

    # --- Slack ---------------------------------------------------------------------------------------------------

    def _slack(self) -> Iterator[Finding]:
        slack = self.settings.slack
        if slack.bot_token is None:
            alone = slack.signing_secret is not None or slack.app_token is not None
            yield self._bad("slack_no_bot_token") if alone else self._note("slack_none")
            return
        if slack.signing_secret is None and slack.app_token is None:
            yield self._bad("slack_no_way_in")
        client = WebClient(token=slack.bot_token.get_secret_value(), base_url=self._slack_url, timeout=ATTEMPT_S)
        yield self._asked_slack("bot", client.auth_test)
        if slack.app_token is not None:
            token = slack.app_token.get_secret_value()
            yield self._asked_slack("app", lambda: client.apps_connections_open(app_token=token))

    def _asked_slack(self, token: str, call: Callable[[], SlackResponse]) -> Finding:
        """Return what Slack says of a token: the `bot` one or the `app` one."""
        try:
            said = call()
        except SlackApiError as error:
            return self._bad(f"slack_refuses_{token}", error=str(error.response["error"]))
        except (SlackClientError, OSError) as error:
            return self._bad("slack_unreachable", reason=type(error).__name__)
        return self._good(f"slack_{token}", workspace=said.get("team"), user=said.get("user"))

    # --- Findings ------------------------------------------------------------------------------------------------

    def _good(self, key: str, **values: object) -> Finding:
        return Finding(state=State.GOOD, sentence=self.text(f"check.{key}", **values))

    def _note(self, key: str, **values: object) -> Finding:
        return Finding(state=State.NOTE, sentence=self.text(f"check.{key}", **values))

    def _bad(self, key: str, **values: object) -> Finding:
        return Finding(state=State.BAD, sentence=self.text(f"check.{key}", **values))

    def _failed(self, error: KpiError, helpdesk: str | None = None) -> Finding:
        said = self.text.error(error)
        return Finding(state=State.BAD, sentence=said if helpdesk is None else f"{helpdesk}: {said}")

"""Who a Slack user is, and whom that person leads: by the settings, by Slack's user groups, by the e-mail address."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import Generic, Protocol, TypeVar

import structlog
from sqlalchemy import ColumnElement, Engine, and_, func, or_, select

from bot.access.viewer import Viewer
from bot.settings_access import USER_GROUP, AccessTable
from bot.turns import elsewhere
from kpi import schema
from kpi.dimensions import Identity

log = structlog.get_logger(__name__)

REMEMBERED_S = 300
"""For how long what Slack said of a group or a person holds: so long somebody who left a group still leads."""

ASKED_AGAIN_S = 30
"""After how long Slack is asked again when it could not tell: not every question waits for it."""

Said = TypeVar("Said")


class Directory(Protocol):
    """What Slack knows of people; raises OSError when it can't tell at the moment, or the app may not ask."""

    def members(self, team_id: str, group: str) -> Collection[str]:
        """Return the users in a user group."""
        ...

    def email(self, team_id: str, user: str) -> str | None:
        """Return the confirmed address of a member of the workspace; None when there is none to rely on."""
        ...


class Access:
    """Tells who a Slack user is, and whom that person leads.

    Args:
        rules: the settings.
        engine: where the helpdesks' agents are.
        directory: what Slack knows of people.
        clock: tells the time in seconds, from whenever.
    """

    def __init__(
        self, rules: AccessTable, engine: Engine, directory: Directory, clock: Callable[[], float] = monotonic
    ) -> None:
        self._rules, self._engine = rules, engine
        self._members = _Remembered(directory.members, clock)
        self._emails = _Remembered(lambda team_id, user: directory.email(team_id, user) or "", clock)

    def viewer(self, team_id: str, user: str, channel: str | None = None) -> Viewer:
        """Return the person who asks in a channel, and who alone reads the answer; `Viewer.shared` for all to read.

        What Slack can't tell at the moment counts as no. Raises StorageError.
        """
        lists = (self._rules.leads, *self._rules.teams.values())
        groups = {one for people in lists for one in people if one.startswith(USER_GROUP)}
        members = {group: self._members(team_id, group) for group in groups}
        called = {user, *(group for group, users in members.items() if users is not None and user in users)}
        email = None if user in self._rules.people else self._emails(team_id, user)
        return Viewer(
            team_id=team_id,
            user=user,
            channel=channel,
            agents=self._agents(user, email),
            leads_all=not called.isdisjoint(self._rules.leads),
            leads=frozenset(team for team, people in self._rules.teams.items() if not called.isdisjoint(people)),
            unsure=None in members.values() or (email is None and user not in self._rules.people),
        )

    @property
    def knows_leads(self) -> bool:
        """Whether the settings say who leads anybody."""
        return bool(self._rules.leads or self._rules.teams)

    def _agents(self, user: str, email: str | None) -> tuple[Identity, ...]:
        """Return who a user is in the helpdesks: as the settings say, else who is known there by the e-mail address."""
        agents = schema.agents.c
        if user in self._rules.people:
            return tuple(sorted({identity for word in self._rules.people[user] for identity in self._named(word)}))
        # By the whole address: what stands before the @ may be somebody else at another firm.
        return self._read(func.lower(agents.external_id) == email.strip().lower()) if email else ()

    def _named(self, word: str) -> tuple[Identity, ...]:
        """Return the agent called `identifier` or `helpdesk/identifier`; nobody when several are."""
        agents = schema.agents.c
        helpdesk, slash, identifier = word.partition("/")
        whole = agents.external_id == word
        of_one = and_(agents.helpdesk == helpdesk, agents.external_id == identifier)
        found = self._read(or_(whole, of_one) if slash else whole)
        return found if len(found) == 1 else ()

    def _read(self, condition: ColumnElement[bool]) -> tuple[Identity, ...]:
        agents = schema.agents.c
        query = select(agents.helpdesk, agents.external_id).where(condition)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(agents.helpdesk, agents.external_id))
            return tuple((row.helpdesk, row.external_id) for row in rows)


@contextmanager
def _alone(lock: Lock) -> Iterator[None]:
    """Hold a lock, and wait for it without a turn: whoever holds it needs one again after Slack's answer."""
    with elsewhere():
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


class _Remembered(Generic[Said]):
    """What Slack says of something in a workspace; None when it can't tell. Both hold for a while."""

    def __init__(self, ask: Callable[[str, str], Said], clock: Callable[[], float]) -> None:
        self._ask, self._clock = ask, clock
        self._said: dict[tuple[str, str], tuple[float, Said | None]] = {}
        self._asking: dict[tuple[str, str], Lock] = {}

    def __call__(self, team_id: str, name: str) -> Said | None:
        key = (team_id, name)
        # One asks for all who wait: many people ask at once, and Slack allows few calls a minute.
        with _alone(self._asking.setdefault(key, Lock())):
            if key in self._said and self._clock() < self._said[key][0]:
                return self._said[key][1]
            told: Said | None = None
            lasts = REMEMBERED_S
            try:
                told = self._ask(team_id, name)
            except OSError as error:
                log.warning("slack_cannot_tell", about=name, error=str(error))
                lasts = ASKED_AGAIN_S
            self._said[key] = (self._clock() + lasts, told)
            return told

"""Who may see what: whom a question comes from, and what of its answer that person may see (KPIS.md rule 14).

Figures about one person are for that person and for those who lead. What a reader may not see never leaves the query.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol

from kpi.dimensions import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A person in Slack, and what that person may see.

    Attributes:
        team_id: the Slack workspace.
        user: the Slack user.
        channel: where the question was asked; None of a direct message or a place that is no channel.
        public: everybody in the channel reads the answer, not the person alone.
        agents: who the person is in the helpdesks; empty when that is not known.
        leads_all: the person leads every team.
        leads: the teams that the person leads, as the settings call them.
        unsure: Slack could not tell whether the person leads; so the person counts as leading nobody.
    """

    team_id: str
    user: str
    channel: str | None = None
    public: bool = False
    agents: tuple[Identity, ...] = ()
    leads_all: bool = False
    leads: frozenset[str] = frozenset()
    unsure: bool = False

    def shared(self, channel: str | None = None) -> "Viewer":
        """Return the same person, whose answer everybody in the channel reads: that of the question, or another."""
        return replace(self, public=True, channel=channel or self.channel)


class Directory(Protocol):
    """What Slack knows of people; raises OSError when it can't tell."""

    def members(self, team_id: str, group: str) -> Collection[str]:
        """Return the users in a user group."""
        ...

    def email(self, team_id: str, user: str) -> str | None:
        """Return the address of a user; None when there is none to read."""
        ...


class Access:
    """Tells who a Slack user is, and what the settings let that person see."""

    def viewer(self, team_id: str, user: str, channel: str | None = None) -> Viewer:
        """Return the person who asks in a channel, and who alone reads the answer; `Viewer.shared` for all to read."""
        return Viewer(team_id=team_id, user=user, channel=channel)

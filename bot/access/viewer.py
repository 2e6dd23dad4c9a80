"""Somebody in Slack who asks."""

from dataclasses import dataclass, replace

from kpi.dimensions import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A person in Slack, and what that person may see.

    Attributes:
        team_id: the Slack workspace.
        user: the Slack user.
        channel: where the question was asked; None where that is no channel.
        public: everybody in the channel reads the answer, not the person alone.
        agents: who the person is in the helpdesks; empty when that is not known.
        leads_all: the person leads every team.
        leads: the teams that the person leads, as the settings call them.
        unsure: Slack could not tell all of it; what it didn't tell the person may not see.
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

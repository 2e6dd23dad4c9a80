"""Conversations read whole: each with its parts, and whom they name."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.helpdesks.connector import Gone, TicketResult
from bot.helpdesks.intercom.client import ApiClient
from bot.helpdesks.intercom.directory import LiveDirectory
from bot.helpdesks.intercom.history import authors, read_history
from bot.helpdesks.intercom.mapping import Mapper
from bot.helpdesks.reading import UNREADABLE, Mentioned, changed_values, unread, unreadable
from kpi.errors import HelpdeskError
from kpi.events import Author, Field, History


@dataclass(slots=True)
class Reader(Mentioned):
    """Reads conversations and notes whom they name."""

    client: ApiClient
    directory: LiveDirectory
    mapper: Mapper

    def read(self, name: str) -> TicketResult:
        """Return one conversation whole, or what became of it; raises HelpdeskError when it isn't about this one."""
        try:
            record = self.client.conversation(name)
            history = read_history(self.mapper, record)
            self.directory.meet(authors(record))
            self._mention(history)
        except HelpdeskError as error:
            return self._unreadable(name, error)
        except UNREADABLE as error:
            return unreadable(name, error)
        return history

    def _unreadable(self, name: str, error: HelpdeskError) -> TicketResult:
        if error.key == "helpdesk_not_found":
            return Gone(external_id=name)
        return unread(name, error, self.client.me)

    def _mention(self, history: History) -> None:
        ticket = history.ticket
        acted = [(c.actor, c.actor_kind) for c in history.changes] + [
            (m.author, m.author_kind) for m in history.messages
        ]
        self._mention_agents(
            [ticket.agent, *changed_values(history, Field.AGENT), *(rating.agent for rating in history.ratings)]
        )
        self._mention_agents(who for who, role in acted if role is not Author.CUSTOMER)
        customers = {ticket.customer, *(who for who, role in acted if role is Author.CUSTOMER)} - {None}
        self.customers |= {str(who): self.directory.customer(str(who)) for who in customers}
        teams = {ticket.team, *changed_values(history, Field.TEAM)} - {None}
        self.teams |= {str(team): self.directory.team(str(team)) for team in teams}

    def _mention_agents(self, names: Iterable[str | None]) -> None:
        self.agents |= {name: self.directory.agent(name) for name in names if name is not None}

"""Tickets read whole: the record with its updates, and whom they name."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.helpdesks.connector import Gone, TicketResult
from bot.helpdesks.reading import UNREADABLE, Mentioned, changed_values, unread, unreadable
from bot.helpdesks.zendesk.audits import read_audit
from bot.helpdesks.zendesk.client import ApiClient, Record
from bot.helpdesks.zendesk.directory import LiveDirectory
from bot.helpdesks.zendesk.events import EventWalk
from bot.helpdesks.zendesk.history import explains, is_chat, is_deleted, read_history
from bot.helpdesks.zendesk.mapping import Mapper
from kpi.errors import HelpdeskError
from kpi.events import Author, Field, History


@dataclass(slots=True)
class Reader(Mentioned):
    """Reads tickets and notes whom they name."""

    client: ApiClient
    directory: LiveDirectory
    mapper: Mapper

    def ticket(self, name: str) -> TicketResult:
        """Return one ticket whole; a deleted one isn't found."""
        try:
            record, users = self.client.ticket(name)
        except HelpdeskError as error:
            return self._unreadable(name, error)
        self.directory.meet(users)
        return self.read(record, None)

    def read(self, record: Record, walk: EventWalk | None) -> TicketResult:
        """Return a ticket whose record is there, with its updates from the walk where that has all of them."""
        name = str(record["id"])
        try:
            history = self._history(name, record, walk)
            self._mention(history)
        except HelpdeskError as error:
            return self._unreadable(name, error)
        except UNREADABLE as error:
            return unreadable(name, error)
        return history

    def _history(self, name: str, record: Record, walk: EventWalk | None) -> History:
        deleted, exported = is_deleted(record), not is_chat(self.mapper, record)
        if walk is not None and (deleted or not exported):
            walk.skip(name)
        if deleted:  # its audits aren't found any more
            return read_history(self.mapper, record, [])
        audits = walk.take(record) if walk is not None and exported else None
        if audits is None or not explains(record, audits):
            audits = [read_audit(row) for row in self.client.audits(name)]
        return read_history(self.mapper, record, audits)

    def _unreadable(self, name: str, error: HelpdeskError) -> TicketResult:
        """Return what became of a ticket that can't be read; raises the error when it isn't about this ticket."""
        if error.key == "helpdesk_not_found":
            return Gone(external_id=name)
        return unread(name, error, self.client.me)

    def _mention(self, history: History) -> None:
        ticket = history.ticket
        self.mention_agents([ticket.agent, *changed_values(history, Field.AGENT)])
        self.mention_agents(change.actor for change in history.changes if change.actor_kind is not Author.CUSTOMER)
        self.mention_agents(said.author for said in history.messages if said.author_kind is not Author.CUSTOMER)
        said = {message.author for message in history.messages if message.author_kind is Author.CUSTOMER}
        self.mention_customers([ticket.customer, *said])
        teams = {ticket.team, *changed_values(history, Field.TEAM)} - {None}
        self.teams |= {str(team): self.directory.team(str(team)) for team in teams}

    def mention_agents(self, names: Iterable[str | None]) -> None:
        """Note agents by number."""
        self.agents |= {name: self.directory.agent(name) for name in names if name is not None}

    def mention_customers(self, names: Iterable[str | None]) -> None:
        """Note customers by number."""
        self.customers |= {name: self.directory.customer(name) for name in names if name is not None}

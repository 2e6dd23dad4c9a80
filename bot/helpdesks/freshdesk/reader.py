"""Tickets read whole: the record with its conversations, and whom they name."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.helpdesks.connector import Gone, TicketResult
from bot.helpdesks.freshdesk.client import ApiClient
from bot.helpdesks.freshdesk.directory import LiveDirectory
from bot.helpdesks.freshdesk.history import gone_status, read_history
from bot.helpdesks.freshdesk.mapping import Mapper, Record
from bot.helpdesks.http import HelpdeskClient
from bot.helpdesks.reading import UNREADABLE, UNSEEN, Mentioned, unread, unreadable
from kpi.errors import HelpdeskError
from kpi.events import Author, History, Person


@dataclass(slots=True)
class Reader(Mentioned):
    """Reads tickets and notes whom they name."""

    client: ApiClient
    directory: LiveDirectory
    mapper: Mapper

    @property
    def http(self) -> HelpdeskClient:
        """The client's client, which knows the time there."""
        return self.client.http

    def ticket(self, name: str) -> TicketResult:
        """Return one ticket whole; what isn't among the tickets may be archived."""
        try:
            return self.read(self.client.ticket(name))
        except HelpdeskError as error:
            if error.key != "helpdesk_not_found":
                return self._unreadable(name, error)
        try:
            return self.read(self.client.archived(name), archived=True)
        except HelpdeskError as error:
            # A plan without archives refuses.
            return Gone(external_id=name) if error.key in UNSEEN else self._unreadable(name, error)

    def read(self, record: Record, *, archived: bool = False) -> TicketResult:
        """Return a ticket whose record is there; one that counts in no KPI, without its conversations."""
        name = str(record["id"])
        try:
            said = [] if gone_status(record) else self.client.conversations(name, archived=archived)
        except HelpdeskError as error:
            # It may have been deleted, or archived, since it was listed.
            return (
                self.ticket(name)
                if error.key == "helpdesk_not_found" and not archived
                else self._unreadable(name, error)
            )
        try:
            history = read_history(self.mapper, record, said)
            self._mention(history, record)
        except UNREADABLE as error:
            return unreadable(name, error)
        return history

    def _unreadable(self, name: str, error: HelpdeskError) -> TicketResult:
        """Return what became of a ticket that can't be read; raises the error when it isn't about this ticket."""
        return unread(name, error, self.client.me)

    def _mention(self, history: History, record: Record) -> None:
        ticket = history.ticket
        customer = record.get("requester") or {}
        if ticket.customer is not None:
            self.customers[ticket.customer] = Person(external_id=ticket.customer, name=customer.get("name") or None)
        if ticket.team is not None:
            self.teams[ticket.team] = self.directory.team(int(ticket.team))
        self.mention_agents([ticket.agent])
        for message in history.messages:
            if message.author is None:
                continue
            if message.author_kind is not Author.CUSTOMER:
                self.mention_agents([message.author])
            elif message.author not in self.customers:
                self.customers[message.author] = Person(external_id=message.author)

    def mention_agents(self, names: Iterable[str | None]) -> None:
        """Note agents by number."""
        self.agents |= {name: self.directory.agent(int(name)) for name in names if name is not None}

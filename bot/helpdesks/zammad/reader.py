"""Tickets read whole: the record with its history, articles and time, and whom they name."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.helpdesks.connector import Gone, TicketResult
from bot.helpdesks.reading import UNREADABLE, Mentioned, changed_values, seen, unread, unreadable
from bot.helpdesks.zammad.client import ApiClient
from bot.helpdesks.zammad.directory import LiveDirectory
from bot.helpdesks.zammad.history import read_history
from bot.helpdesks.zammad.mapping import Mapper, Record
from kpi.errors import HelpdeskError
from kpi.events import Author, Field, History, Person


@dataclass(slots=True)
class Reader(Mentioned):
    """Reads tickets and notes whom they name."""

    client: ApiClient
    directory: LiveDirectory
    mapper: Mapper

    def ticket(self, name: str) -> TicketResult:
        """Return one ticket whole, or what became of it."""
        try:
            record = self.client.ticket(name)
        except HelpdeskError as error:
            return self._unreadable(name, error)
        return self.read(record)

    def read(self, record: Record) -> TicketResult:
        """Return a ticket whose record is there, whole."""
        name = str(record["id"])
        try:
            history = self._history(name, record)
            self._mention(history)
        except HelpdeskError as error:
            return self._unreadable(name, error)
        except UNREADABLE as error:
            return unreadable(name, error)
        return history

    def _history(self, name: str, record: Record) -> History:
        said = self.client.history(name)
        articles = self.client.articles(name)
        self.directory.meet((said.get("assets") or {}).get("User"))
        self.directory.meet_group(record.get("group_id"), record.get("group"))
        for entry in said["history"]:
            if entry.get("attribute") == "group":
                self.directory.meet_group(entry.get("id_from"), entry.get("value_from"))
        return read_history(self.mapper, record, said, articles, self._work(name, record))

    def _work(self, name: str, record: Record) -> list[Record]:
        """Return the time entries of a ticket that has any; none where the account may not change its group."""
        if not float(record.get("time_unit") or 0):
            return []
        return seen(lambda: self.client.time_entries(name), [])

    def _unreadable(self, name: str, error: HelpdeskError) -> TicketResult:
        """Return what became of a ticket that can't be read; raises the error when it isn't about this ticket."""
        if error.key == "helpdesk_not_found" and self._is_gone(name):
            return Gone(external_id=name)
        return unread(name, error, self.client.me)

    def _is_gone(self, name: str) -> bool:
        """Tell whether a ticket itself isn't there: it was deleted, maybe since it was listed."""
        try:
            self.client.ticket(name)
        except HelpdeskError as error:
            return error.key == "helpdesk_not_found"
        return False

    def _mention(self, history: History) -> None:
        ticket = history.ticket
        acted = [(change.actor, change.actor_kind) for change in history.changes]
        wrote = [(said.author, said.author_kind) for said in history.messages]
        staff = {name for name, role in (*acted, *wrote) if role is not Author.CUSTOMER}
        outside = {name for name, role in (*acted, *wrote) if role is Author.CUSTOMER}
        self.agents |= self._people(
            {*staff, ticket.agent, *changed_values(history, Field.AGENT), *(one.agent for one in history.work)}
        )
        self.customers |= self._people({*outside, ticket.customer})
        teams = {ticket.team, *changed_values(history, Field.TEAM)} - {None}
        self.teams |= {str(team): self.directory.team(str(team)) for team in teams}

    def _people(self, names: Iterable[str | None]) -> dict[str, Person]:
        return {name: self.directory.person(name) for name in names if name is not None}

"""Conversations read whole: the record with its threads, and whom they name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.helpdesks.connector import Gone, Moved, Refused, TicketResult
from bot.helpdesks.helpscout.changes import action, entities
from bot.helpdesks.helpscout.client import ApiClient
from bot.helpdesks.helpscout.directory import LiveDirectory
from bot.helpdesks.helpscout.history import read_history, said
from bot.helpdesks.helpscout.mapping import Mapper, Record, identifier, person_name
from bot.helpdesks.reading import BROKEN, UNREADABLE, UNSEEN, Mentioned, changed_values, unread, unreadable
from kpi.errors import HelpdeskError
from kpi.events import Author, Field, History, Person

MERGED = "merged"
"""The action on the conversation that another one was merged into."""

_ADDRESS = re.compile(r"/conversations/(\d+)/?$")


@dataclass(slots=True)
class Reader(Mentioned):
    """Reads conversations and notes whom they name."""

    client: ApiClient
    directory: LiveDirectory
    mapper: Mapper

    def ticket(self, name: str) -> list[TicketResult]:
        """Return one conversation whole, or what became of it, and after it those that were merged into it."""
        try:
            record = self.client.conversation(name)
        except HelpdeskError as error:
            return [self._left(name, error)]
        return [Gone(external_id=name)] if record.get("state") == "draft" else self.read(record)

    def read(self, record: Record) -> list[TicketResult]:
        """Return a conversation whose record is there; the same as `ticket`."""
        name = str(record["id"])
        try:
            threads = self._threads(record)
        except HelpdeskError as error:
            # It may have been deleted or merged since it was listed.
            return self.ticket(name) if error.key == "helpdesk_not_found" else [self._left(name, error)]
        except UNREADABLE as error:
            return [unreadable(name, error)]
        try:
            history = read_history(self.mapper, record, threads)
            self._mention(history, record, threads)
        except UNREADABLE as error:
            return [unreadable(name, error)]
        return [history, *self._merged(threads)]

    def _threads(self, record: Record) -> list[Record]:
        """Return a conversation's threads: those that came with it, unless some are missing."""
        embedded = (record.get("_embedded") or {}).get("threads")
        if embedded is None or len(said(embedded)) < int(record.get("threads") or 0):
            return self.client.threads(str(record["id"]))
        return list(embedded)

    def _merged(self, threads: Iterable[Record]) -> list[TicketResult]:
        """Return the conversations that were merged into this one, as far as Help Scout itself leads from them here."""
        others = {number for thread in threads if action(thread) == MERGED for number in entities(thread)}
        return [one for one in map(self._moved, sorted(others)) if isinstance(one, Moved)]

    def _moved(self, name: str) -> Moved | None:
        try:
            self.client.conversation(name)
        except HelpdeskError as error:
            if error.key == "helpdesk_moved":
                found = self._left(name, error)
                return found if isinstance(found, Moved) else None
            if error.key not in UNSEEN | BROKEN:
                raise
        return None

    def _left(self, name: str, error: HelpdeskError) -> TicketResult:
        """Return what became of a conversation that can't be read; raises the error when it isn't about this one."""
        if error.key == "helpdesk_moved":
            found = _ADDRESS.search(str(error.values.get("target")))
            return Moved(external_id=name, into=found[1]) if found else Refused(external_id=name, reason=error.key)
        if error.key == "helpdesk_not_found":
            return Gone(external_id=name)
        return unread(name, error, self.client.me)

    def _mention(self, history: History, record: Record, threads: Iterable[Record]) -> None:
        people = [record.get("assignee"), record.get("createdBy"), record.get("closedByUser")]
        people += [thread.get(key) for thread in threads for key in ("assignedTo", "createdBy")]
        names = {str(person["id"]): person_name(person) for person in people if person and person.get("id")}
        customers = [record.get("primaryCustomer"), *(thread.get("customer") for thread in threads)]
        called = {str(one["id"]): person_name(one) for one in customers if one and one.get("id")}
        spoke = [(message.author, message.author_kind) for message in history.messages]
        did = [(change.actor, change.actor_kind) for change in history.changes]
        users = {name for name, role in (*spoke, *did) if role in {Author.AGENT, Author.BOT}}
        for number in sorted((users | changed_values(history, Field.AGENT) | {history.ticket.agent}) - {None}, key=str):
            self.mention_agent(number, names.get(str(number)))
        wrote = {name for name, role in spoke if role is Author.CUSTOMER} | {history.ticket.customer}
        for customer in sorted(filter(None, wrote)):
            self.customers[customer] = Person(external_id=customer, name=called.get(customer) or names.get(customer))
        for team in sorted(filter(None, changed_values(history, Field.TEAM) | {history.ticket.team})):
            self.teams[team] = self.directory.team(team)

    def mention_agent(self, number: str | None, name: str | None = None) -> None:
        """Note a user by number."""
        if number is not None:
            self.agents[number] = self.directory.agent(number, name)

    def mention_rater(self, record: Record) -> None:
        """Note the user that a rating is about."""
        self.mention_agent(identifier(record.get("ratingUserId") or None), record.get("ratingUserName") or None)

"""Tickets read whole: their records, messages, histories, calls and levels."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from bot.helpdesks.connector import Gone, Moved, TicketResult
from bot.helpdesks.liveagent.client import ApiClient, Record
from bot.helpdesks.liveagent.conversation import CALL_WITHIN_S, CALLS, Conversation
from bot.helpdesks.liveagent.history import read_history
from bot.helpdesks.liveagent.mapping import Mapper
from bot.helpdesks.reading import UNREADABLE, Mentioned, changed_values, seen, unread, unreadable
from kpi.errors import HelpdeskError
from kpi.events import MACHINES, Author, Field, History, Person, Team


@dataclass(kw_only=True)
class Reader(Mentioned):
    """Reads tickets whole, and notes whom they name."""

    client: ApiClient
    mapper: Mapper

    def read(self, records: Iterable[Record]) -> list[TicketResult]:
        """Return these tickets whole, or what became of them."""
        return [self._read(str(record["id"]), record) for record in records]

    def read_one(self, name: str) -> TicketResult:
        """Return one ticket whole, or what became of it."""
        return self._read(name, None)

    def _read(self, name: str, record: Record | None) -> TicketResult:
        try:
            known = self.client.ticket(name) if record is None else record
            if str(known["id"]) != name:
                return Moved(external_id=name, into=str(known["id"]))
            history = self._history(known)
        except HelpdeskError as error:
            return self._unreadable(name, error)
        except UNREADABLE as error:
            return unreadable(name, error)
        self._mention(history, known)
        return history

    def _history(self, record: Record) -> History:
        name, directory = str(record["id"]), self.mapper.directory
        # The record comes first, then what surrounds it: whatever happens in between is in that.
        groups = self.client.groups(name)
        segments = [] if "history" in directory.unavailable else self.client.segments(name)
        level = self._level(name) if directory.levels else None
        talk = Conversation(mapper=self.mapper, record=record, groups=groups, calls=self._calls(groups))
        history = read_history(talk, segments, level)
        code = history.ticket.merged_into
        return history if code is None else replace(history, ticket=replace(history.ticket, merged_into=self._id(code)))

    def _level(self, name: str) -> str | None:
        """Return the name of a ticket's SLA level; a ticket without one may be answered with an error."""
        level = seen(lambda: self.client.level(name), None)
        return level and str(self.mapper.directory.levels.get(level, {}).get("name") or level)

    def _calls(self, groups: list[Record]) -> list[Record]:
        found: dict[str, Record] = {}
        for group in groups:
            at = self.mapper.instant(group.get("datecreated"))
            if str(group.get("type")) in CALLS and at is not None:
                between = self.mapper.between(at - CALL_WITHIN_S, at + CALL_WITHIN_S)
                calls = self.mapper.directory.optional("calls", partial(self.client.calls, between))
                found |= {str(call["id"]): call for call in calls}
        return list(found.values())

    def _id(self, code: str) -> str | None:
        """Return the identifier of the ticket with a code; None when it can't be read."""
        return seen(lambda: str(self.client.ticket(code)["id"]), None)

    def _unreadable(self, name: str, error: HelpdeskError) -> TicketResult:
        """Return what became of a ticket that can't be read; raises the error when it isn't about this ticket."""
        if error.key == "helpdesk_not_found" and self._is_gone(name):
            return Gone(external_id=name)
        return unread(name, error, partial(self.client.by_change, latest=True))

    def _is_gone(self, name: str) -> bool:
        """Tell whether a ticket itself isn't there, and not only something of it."""
        try:
            self.client.ticket(name)
        except HelpdeskError as error:
            return error.key == "helpdesk_not_found"
        return False

    def _mention(self, history: History, record: Record) -> None:
        ticket = history.ticket
        people = [
            *((message.author, message.author_kind) for message in history.messages),
            *((change.actor, change.actor_kind) for change in history.changes),
            *((contact.agent, Author.AGENT) for contact in history.contacts),
            *((rating.agent, Author.AGENT) for rating in history.ratings),
            *((agent, Author.AGENT) for agent in (ticket.agent, *changed_values(history, Field.AGENT))),
        ]
        known = self.mapper.directory.agents
        for user, role in people:
            if user is not None and role in {Author.AGENT, *MACHINES} and role is not Author.SYSTEM:
                self.agents[user] = Person(external_id=user, name=known.get(user, {}).get("name") or None)
        if ticket.customer is not None:
            name = str(record.get("owner_name") or "").strip()
            # Without a real name LiveAgent has the e-mail address there, and none is kept.
            named = name if name and "@" not in name else None
            self.customers[ticket.customer] = Person(external_id=ticket.customer, name=named)
        for team in {ticket.team, *changed_values(history, Field.TEAM)} - {None}:
            department = self.mapper.directory.departments.get(str(team), {})
            self.teams[str(team)] = Team(external_id=str(team), name=str(department.get("name") or f"#{team}"))

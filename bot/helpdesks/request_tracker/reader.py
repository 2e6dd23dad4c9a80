"""Tickets read whole: their records, transactions and mail headers, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.helpdesks.connector import Gone, Moved, Refused, TicketResult
from bot.helpdesks.reading import BROKEN, UNREADABLE, Mentioned, changed_values, unread, unreadable
from bot.helpdesks.request_tracker.client import RestClient
from bot.helpdesks.request_tracker.directory import LiveDirectory
from bot.helpdesks.request_tracker.history import read_history
from bot.helpdesks.request_tracker.mapping import Mapper, Record, number
from kpi.errors import HelpdeskError
from kpi.events import Author, Field, History, Person, Team


@dataclass(slots=True)
class Reader(Mentioned):
    """Reads tickets whole, each once as long as nothing newer happened to it."""

    client: RestClient
    directory: LiveDirectory
    mapper: Mapper
    read_to: dict[str, int] = field(default_factory=dict)

    def read_touched(self, rows: Sequence[Record]) -> list[TicketResult]:
        """Return the tickets that these transactions touched, unless they were read past them."""
        touched = {str(row["ObjectId"]): number(row) for row in rows}
        return self.read([name for name, last in touched.items() if self.read_to.get(name, 0) < last])

    def read(self, ids: Sequence[str]) -> list[TicketResult]:
        """Return these tickets whole, in the order of their numbers; reminders and approvals are none."""
        if not ids:
            return []
        results: dict[str, TicketResult] = {}
        records = {str(record["id"]): record for record in self.client.tickets(ids)}
        for name in ids:
            if name not in records:
                try:
                    records[name] = self.client.ticket(name)
                except HelpdeskError as error:
                    results[name] = self._unreadable(name, error)
        records = {name: record for name, record in records.items() if record.get("Type", "ticket") == "ticket"}
        # The history is read after the ticket: whatever happens in between is in it.
        rows, failed = self.client.histories(sorted(records, key=int))
        headers = self.client.headers(rows)
        by_ticket: dict[str, list[Record]] = {name: [] for name in records}
        for row in rows:
            self.directory.learn(row.get("Creator"))
            by_ticket[str(row["ObjectId"])].append(row)
        queues = self._queues_of_merged(records)
        for name, record in records.items():
            own = by_ticket[name]
            if name in failed:
                results[name] = Refused(external_id=name, reason="helpdesk_server_error")
                continue
            self.read_to[name] = number(own[-1]) if own else 0
            results[name] = self._history(name, record, own, headers, queues)
        return [results[name] for name in sorted(results, key=int)]

    def _history(
        self, name: str, record: Record, own: list[Record], headers: dict[str, str], queues: dict[str, str]
    ) -> TicketResult:
        try:
            for reference in (record["Creator"], record.get("Owner"), *(record.get("Requestor") or ())):
                self.directory.learn(reference)
            if str(record["id"]) != name:
                if not own:
                    return Moved(external_id=name, into=str(record["id"]))
                record = _before_merge(name, record, own, queues.get(name))
            history = read_history(self.mapper, record, own, headers)
            self._mention(history)
        except HelpdeskError as error:  # of a person or a field that it names
            if error.key not in BROKEN:
                raise
            return self._unreadable(name, error)
        except (*UNREADABLE, StopIteration) as error:
            return unreadable(name, error)
        return history

    def _unreadable(self, name: str, error: HelpdeskError) -> TicketResult:
        """Return what became of a ticket that can't be read; raises the error when it isn't about this ticket."""
        if error.key == "helpdesk_not_found":
            return Gone(external_id=name)
        return unread(name, error, self.client.version)

    def _mention(self, history: History) -> None:
        """Note the people and teams that a history names, with their names."""
        ticket = history.ticket
        for author, role in [
            *((message.author, message.author_kind) for message in history.messages),
            *((change.actor, change.actor_kind) for change in history.changes),
        ]:
            if author is not None and role is not Author.SYSTEM:
                self._person(author, self.customers if role is Author.CUSTOMER else self.agents)
        owners = {ticket.agent, *changed_values(history, Field.AGENT), *(entry.agent for entry in history.work)}
        for agent in owners - {None}:
            self._person(str(agent), self.agents)
        if ticket.customer is not None:
            self._person(ticket.customer, self.customers)
        for team in {ticket.team, *changed_values(history, Field.TEAM)} - {None}:
            self.teams[str(team)] = Team(external_id=str(team), name=self.directory.queue(str(team)))

    def _person(self, identifier: str, people: dict[str, Person]) -> None:
        if identifier not in people:
            user = self.directory.user(identifier)
            # A customer's login is an e-mail address: without a real name, none is kept.
            name = user.name if people is self.customers else user.name or user.login
            people[identifier] = Person(external_id=identifier, name=name)

    def _queues_of_merged(self, records: dict[str, Record]) -> dict[str, str]:
        """Return the queue of each merged ticket, which only a search of transactions still tells."""
        targets = {name: record for name, record in records.items() if str(record["id"]) != name}
        if not targets:
            return {}
        likely = [str(record["Queue"]["id"]) for record in targets.values() if record.get("Queue")]
        found: dict[str, str] = {}
        for queue in dict.fromkeys([*likely, *(str(record["id"]) for record in self.client.queues())]):
            missing = [name for name in targets if name not in found]
            if not missing:
                break
            found |= dict.fromkeys(self.client.in_queue(missing, queue), queue)
        return found


def _merged_into(name: str, own: Sequence[Record]) -> str | None:
    """Return the ticket that the link of its merge names; later that one may itself be merged into another."""
    links = (str(row.get("NewValue")) for row in own if (row["Type"], row.get("Field")) == ("AddLink", "MergedInto"))
    # The link stands in the target's history too, where it names the target itself.
    return next((target for link in links if (target := link.rsplit("/", 1)[-1]) != name), None)


def _before_merge(name: str, target: Record, own: list[Record], queue: str | None) -> Record:
    """Return a merged ticket's own record as far as its transactions tell it; REST2 gives only its target's."""
    created = next(row for row in own if row["Type"] == "Create")
    by_customer = any(
        created["Creator"].get("Name") == requester.get("id") for requester in target.get("Requestor") or ()
    )
    return {
        "id": name,
        "Status": "new",
        "Created": created["Created"],
        "Creator": created["Creator"],
        "Requestor": [created["Creator"]] if by_customer else [],
        "Queue": {"id": queue or target["Queue"]["id"]},
        "MergedInto": _merged_into(name, own) or str(target["id"]),
        "LastUpdated": target.get("LastUpdated"),
    }

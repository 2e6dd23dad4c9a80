"""The updates of many tickets at once, from the export of ticket events: a thousand a request."""

from collections import defaultdict

from bot.helpdesks.reading import instant
from bot.helpdesks.zendesk.audits import Audit, read_event
from bot.helpdesks.zendesk.client import ApiClient, Record

SETTLED_S = 600
"""What changed less long ago may not be in the export yet: a ticket's own audits are sure."""


class EventWalk:
    """The updates of tickets created since an instant, read along with the export of tickets.

    Both exports go by time, so that a ticket's updates are all there when its last change is reached; then they are
    handed out and forgotten. Those of tickets created before are not all there, and those of a ticket that was handed
    out before neither: their own audits tell them.
    """

    def __init__(self, client: ApiClient, since: int) -> None:
        self._client = client
        self._since = self._until = since
        self._ended_at: int | None = None
        self._stuck = False
        self._kept: defaultdict[str, dict[int, Audit]] = defaultdict(dict)
        self._spent: set[str] = set()

    def take(self, record: Record) -> list[Audit] | None:
        """Return all updates of a ticket; None where the export can't tell them. Raises HelpdeskError."""
        name = str(record["id"])
        created_at, changed_at = instant(record["created_at"]) or 0, int(record["generated_timestamp"])
        if created_at < self._since:
            return None
        self._read(changed_at)
        self._spent.add(name)
        audits = self._kept.pop(name, {})
        return list(audits.values()) if audits and self._reaches(changed_at) else None

    def skip(self, name: str) -> None:
        """Forget a ticket whose updates nobody needs."""
        self._spent.add(name)
        self._kept.pop(name, None)

    def _reaches(self, changed_at: int) -> bool:
        if self._ended_at is not None:
            return changed_at < self._ended_at - SETTLED_S
        return changed_at < self._until

    def _read(self, until: int) -> None:
        """Read on until everything up to an instant is there, or the export can't go further."""
        while self._until <= until and self._ended_at is None and not self._stuck:
            asked_at = self._client.http.now()
            page = self._client.ticket_events(self._until)
            for row in page.rows:
                self._keep(row)
            # A page that ends in the second in which it began would come for ever.
            self._stuck = page.end <= self._until
            self._ended_at = asked_at if page.done else None
            self._until = max(self._until, page.end)

    def _keep(self, row: Record) -> None:
        name = str(row.get("ticket_id"))
        if name in self._spent:
            return
        try:
            audit = read_event(row)
        except (KeyError, TypeError, ValueError, AttributeError):
            self.skip(name)
            return
        self._kept[name][audit.number] = audit

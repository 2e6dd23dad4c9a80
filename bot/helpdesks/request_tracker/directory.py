"""Who and what Request Tracker's identifiers are, asked once a run."""

import structlog

from bot.helpdesks.reading import UNSEEN, seen
from bot.helpdesks.request_tracker.client import RestClient, quoted
from bot.helpdesks.request_tracker.mapping import NOBODY, SYSTEM, Record, User
from kpi.errors import HelpdeskError

log = structlog.get_logger()


class LiveDirectory:
    """Answers from what records brought along, and asks Request Tracker for the rest."""

    def __init__(self, client: RestClient) -> None:
        self._client = client
        self._users: dict[str, User] = {}
        self._names: dict[str, tuple[str, str | None]] = {}
        self._logins: dict[str, str] = {}
        self._privileged: frozenset[str] | None = None
        self._asked_groups = False
        self._fields: dict[str, Record | None] = {}
        self._ends: dict[str, bool | None] = {}
        self._queues: dict[str, str] = {}

    def learn(self, reference: object) -> None:
        """Remember a user that came expanded: `{"id": 63, "Name": …, "RealName": …}`."""
        if isinstance(reference, dict) and reference.get("Name"):
            login, number = str(reference["Name"]), str(reference["id"])
            self._names[login] = (number, reference.get("RealName") or None)
            self._logins[number] = login

    def user(self, identifier: str) -> User:
        """Return a user by login or number; one that can't be read is nobody's agent."""
        known = self._users.get(identifier)
        if known is None:
            known = self._learned(self._logins.get(identifier, identifier)) or self._fetched(identifier)
            for key in (identifier, known.login, known.number):
                self._users[key] = known
        return known

    def _learned(self, login: str) -> User | None:
        if login not in self._names:
            return None
        if not self._asked_groups:
            self._privileged, self._asked_groups = self._client.privileged(), True
        if self._privileged is None and login not in {SYSTEM, NOBODY}:
            return None
        number, name = self._names[login]
        return User(number=number, login=login, name=name, privileged=login in (self._privileged or ()))

    def _fetched(self, identifier: str) -> User:
        try:
            record = self._client.user(identifier)
        except HelpdeskError as error:
            if error.key not in UNSEEN:
                raise
            log.warning("user_unreadable", reason=error.key)  # the identifier may be an e-mail address
            return User(number=identifier, login=identifier, name=None, privileged=False)
        links = record.get("_hyperlinks") or ()
        number = next((str(link["id"]) for link in links if link.get("ref") == "self"), str(record.get("id")))
        return User(
            number=number,
            login=str(record["Name"]),
            name=record.get("RealName") or None,
            privileged=str(record.get("Privileged")) == "1",
        )

    def custom_field(self, number: str) -> str | None:
        """Return a custom field's name by its number; None when it can't be seen."""
        record = self._field(number)
        return None if record is None else str(record.get("Name"))

    def scale(self, number: str) -> float | None:
        """Return the highest number among a custom field's values; None when it has none."""
        record = self._field(number) or {}
        values = [str(value.get("name") if isinstance(value, dict) else value) for value in record.get("Values") or ()]
        return max((float(value) for value in values if value.isdecimal()), default=None)

    def _field(self, number: str) -> Record | None:
        if number not in self._fields:
            self._fields[number] = seen(lambda: self._client.custom_field(number), None)
        return self._fields[number]

    def ends(self, status: str) -> bool | None:
        """Tell whether Request Tracker itself counts a status as inactive; None when no ticket has it now."""
        if status not in self._ends:
            ended = self._client.count(f"Status = '{quoted(status)}' AND Status = '__Inactive__'")
            active = 0 if ended else self._client.count(f"Status = '{quoted(status)}' AND Status = '__Active__'")
            self._ends[status] = True if ended else False if active else None
            log.warning("status_unknown", status=status, taken_as="solved" if ended else "open")
        return self._ends[status]

    def queue(self, number: str) -> str:
        """Return a queue's name."""
        if number not in self._queues:
            queue: Record = seen(lambda: self._client.queue(number), {})
            self._queues[number] = str(queue.get("Name") or f"#{number}")
        return self._queues[number]

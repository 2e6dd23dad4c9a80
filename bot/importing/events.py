"""A row of a ticket's history ─▶ what it says happened, as `imported_rows` keeps it."""

from collections.abc import Sequence
from typing import Any

from bot.event_rows import storable
from bot.importing.columns import Values
from bot.importing.header import Header
from bot.importing.mapping import Activity, Mapping, OfColumn
from bot.importing.rows import Fault, RowRejectedError
from bot.importing.ticket_kinds import ABOUT
from bot.importing.words import meaning
from kpi.errors import FileError, suggest
from kpi.events import Author, Field

Content = dict[str, Any]
"""`at`, then as far as the row tells: `set` new values by field, `now` the values after it, `about` the ticket,
`message`, `by` whom and in which `role`."""

FIELDS = tuple(field.value for field in Field)
SAID = frozenset({"message", "note"})


class EventReader:
    """Reads what rows of one file say happened; raises RowRejectedError for those that don't make sense."""

    def __init__(self, header: Header, mapping: Mapping) -> None:
        self._header, self._mapping = header, mapping
        self._tracked = FIELDS if mapping.tracked is None else mapping.tracked
        titles = {bound.column.name: bound.title for bound in header.bound}
        self._title = titles.get("event", "event")

    def content(self, values: Values, cells: Sequence[str]) -> Content:
        """Return what a row says happened."""
        about = {name: value for name in ABOUT if name != "subject" and (value := values.get(name)) is not None}
        about |= {
            name: value for name in FIELDS if name not in self._tracked and (value := values.get(name)) is not None
        }
        if values.get("created_at") is not None:
            about["created_at"] = values["created_at"]
        content: Content = {
            "at": values["at"],
            "now": {name: value for name in self._tracked if (value := values.get(name)) is not None},
            "about": about,
            "by": values.get("author"),
            "role": values.get("role"),
        }
        try:
            content |= self._happening(values, cells, content)
        except FileError as error:
            raise RowRejectedError([Fault(self._title, error)]) from error
        return {name: value for name, value in content.items() if value not in (None, {})}

    def _happening(self, values: Values, cells: Sequence[str], content: Content) -> Content:
        word = values.get("event")
        if word is None:
            return {}
        if self._mapping.activities:
            return self._activity(word, values, cells)
        event = meaning("event", word)
        if event == "created":
            arrival = {"created_at": values["at"]}
            by_agent = {"opened_by_agent": 1} if values.get("role") == Author.AGENT else {}
            return {"about": content["about"] | arrival | by_agent}
        if event in SAID:
            return {"message": _message(values, values.get("role"), public=event == "message", automatic=False)}
        return {"set": {event: self._value(event, values.get("value"))}}

    def _activity(self, word: str, values: Values, cells: Sequence[str]) -> Content:
        activity = self._mapping.activity(word)
        if activity is None:
            near = suggest(word, self._mapping.activities, limit=1)
            raise FileError("activity_unknown", cell=word, suggestions=near)
        changes = {name: self._assigned(name, value, cells) for name, value in activity.changes().items()}
        return {"set": changes} | self._said(activity, values)

    def _said(self, activity: Activity, values: Values) -> Content:
        if activity.message is None:
            return {}
        message = _message(values, activity.message, public=activity.public, automatic=activity.automatic)
        return {"message": message, "role": activity.message}

    def _assigned(self, name: str, value: str | OfColumn, cells: Sequence[str]) -> str | None:
        if not isinstance(value, OfColumn):
            return value
        index = self._header.others[value.column]
        cell = storable(cells[index]).strip() if index < len(cells) else ""
        return self._value(name, cell or None)

    def _value(self, field: str, cell: str | None) -> str | None:
        meant = self._mapping.meaning(field, cell or "")
        value = cell if meant is None else meant
        if field != Field.STATUS:
            return value
        if value is None:
            raise FileError("row_needs_other", column=self._title, other="value")
        return meaning("status", value)


def _message(values: Values, role: str | None, *, public: bool, automatic: bool) -> Content:
    if role is None:
        raise FileError("row_needs_other", column="event", other="role")
    said_public, said_automatic = values.get("public"), values.get("automatic")
    return {
        "public": int(public) if said_public is None else said_public,
        "automatic": int(automatic) if said_automatic is None else said_automatic,
        "length": values.get("length"),
    }

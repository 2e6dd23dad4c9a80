"""One ticket with its history, articles and time entries ─▶ `kpi.events.History`. Pure, but for the directory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.helpdesks.zammad.figures import read_figures
from bot.helpdesks.zammad.mapping import (
    NOBODY,
    NOTE,
    SENDERS,
    Mapper,
    Record,
    author,
    identifier,
    instant,
    length,
    milliseconds,
)
from kpi.events import ENDED, MACHINES, Author, Change, Field, History, Message, Status, Ticket, Work

FIELDS = {"state": Field.STATUS, "group": Field.TEAM, "owner": Field.AGENT, "priority": Field.PRIORITY}
"""The attributes of tickets whose changes count; that of their type is an option."""

TOGETHER_MS = 3000
"""An update is dated before the article that was written with it: what one person did so quickly was one thing."""

IMPORTED_AFTER_S = 60
"""A ticket that was closed when it was made is closed by then."""

BY_HAND = frozenset({"Macro"})
"""What changes a ticket because somebody chose it; triggers, schedulers and filters do so by themselves."""

Entry = tuple[int, int, Record]
"""What happened: when, in milliseconds, its number, and the record."""


def read_history(
    mapper: Mapper, record: Record, said: Record, articles: Sequence[Record], work: Sequence[Record]
) -> History:
    """Return everything known of a ticket.

    Args:
        mapper: what numbers mean in this Zammad.
        record: the ticket as it is now, read before the rest.
        said: its history, as `ApiClient.history` returns it.
        articles: its articles, in any order.
        work: its time entries.
    """
    reading = _Reading(mapper=mapper, record=record, entries=_ordered(said["history"]), articles=_ordered(articles))
    return reading.read(work)


def _ordered(rows: Sequence[Record]) -> list[Entry]:
    dated = [(milliseconds(row.get("created_at")), int(row["id"]), row) for row in rows]
    return sorted(((at, number, row) for at, number, row in dated if at is not None), key=lambda entry: entry[:2])


@dataclass(kw_only=True)
class _Reading:
    """One ticket that is read."""

    mapper: Mapper
    record: Record
    entries: list[Entry]
    articles: list[Entry]

    def read(self, work: Sequence[Record]) -> History:
        changes = tuple(self._changes())
        # The history was read after the record.
        now = self._present() | {change.field: change.new for change in changes}
        sender = SENDERS.get(str(self.record.get("create_article_sender")).casefold())
        kind = self.record.get("create_article_type")
        name = str(self.record["id"])
        ticket = Ticket(
            helpdesk=self.mapper.helpdesk,
            external_id=name,
            created_at=self._created_at,
            status=Status(now[Field.STATUS] or Status.OPEN),
            customer=identifier(self.record.get("customer_id")),
            opened_by_agent=sender is Author.AGENT,
            team=now[Field.TEAM],
            agent=now[Field.AGENT],
            priority=now[Field.PRIORITY],
            type=now[Field.TYPE],
            channel=self.mapper.channel(kind, sender),
            tags=self._tags(),
            subject=self.record.get("title") or None,
            url=f"{self.mapper.web}/#ticket/zoom/{name}",
            merged_into=self._merged_into(),
            as_of=instant(self.record.get("updated_at")),
        )
        return History(
            ticket=ticket,
            changes=changes,
            messages=tuple(self._messages()),
            work=tuple(self._work(work)),
            figures=read_figures(self.record),
        )

    @property
    def _created_at(self) -> int:
        at = instant(self.record["created_at"])
        if at is None:
            raise ValueError("created_at")
        return at

    @cached_property
    def _sides(self) -> dict[Author, set[str | None]]:
        """Who wrote as what in this ticket."""
        return {side: {author(row) for *_, row in self.articles if self.mapper.sender(row) is side} for side in Author}

    def _present(self) -> dict[Field, str | None]:
        record = self.record
        return {
            Field.STATUS: self.mapper.status(record.get("state_id")).value,
            Field.TEAM: _text(record.get("group_id")),
            Field.AGENT: identifier(record.get("owner_id")),
            Field.PRIORITY: self.mapper.priority(record.get("priority_id"), record.get("priority")),
            Field.TYPE: _text(record.get(self.mapper.options.type_field)),
        }

    # --- Changes ---

    def _changes(self) -> Iterator[Change]:
        """Yield changes in their order, each from the value that the one before left."""
        values: dict[Field, str | None] = {}
        updates = [(at, number, row) for at, number, row in self.entries if self._field(row)]
        for closing in self._imported(updates):
            values[Field.STATUS] = closing.new
            yield closing
        at = 0
        for updated_at, number, row in updates:
            field = self._field(row)
            if field is None:
                continue
            at = max(at, self._moment(updated_at, row))
            new = self._value(field, row, "to")
            old = values.get(field, self._value(field, row, "from"))
            values[field] = new
            if new == old:
                continue
            actor = identifier(row.get("created_by_id"))
            role = self._actor(row, actor)
            yield Change(
                external_id=str(number),
                at=at // 1000,
                position=self._position(at, number, change=True),
                field=field,
                old=old,
                new=new,
                actor=None if role is Author.SYSTEM else actor,
                actor_kind=role,
            )

    def _field(self, row: Record) -> Field | None:
        """Return which field an entry changed; None for all that isn't such a change."""
        if row.get("object") != "Ticket" or row.get("type") != "updated":
            return None
        name = str(row.get("attribute"))
        return Field.TYPE if name == self.mapper.options.type_field else FIELDS.get(name)

    def _value(self, field: Field, row: Record, end: str) -> str | None:
        number, said = row.get(f"id_{end}"), row.get(f"value_{end}")
        if field is Field.STATUS:
            return self.mapper.status(number).value
        if field is Field.PRIORITY:
            return self.mapper.priority(number, said)
        if field is Field.AGENT:
            return identifier(number)
        return _text(number if field is Field.TEAM else said)

    def _moment(self, at: int, row: Record) -> int:
        """Return when an update counts: with the article that the same person wrote right after it."""
        by = row.get("created_by_id")
        after = [
            written
            for written, _, article in self.articles
            if at <= written <= at + TOGETHER_MS and article.get("created_by_id") == by != NOBODY
        ]
        return min(after, default=at)

    def _imported(self, updates: Sequence[Entry]) -> Iterator[Change]:
        """Yield the closing of a ticket that was closed before Zammad kept its history: in another helpdesk."""
        steps = [(at, row) for at, _, row in updates if self._field(row) is Field.STATUS]
        first = self._value(Field.STATUS, steps[0][1], "from") if steps else self._present()[Field.STATUS]
        known = (
            self.record.get("close_at") if steps else self.record.get("last_close_at") or self.record.get("close_at")
        )
        closed_at = milliseconds(known)
        if first not in ENDED or closed_at is None or closed_at // 1000 - self._created_at <= IMPORTED_AFTER_S:
            return
        if steps and closed_at >= steps[0][0]:
            return
        yield Change(
            external_id="closed",
            at=closed_at // 1000,
            position=self._position(closed_at, 0, change=True),
            field=Field.STATUS,
            old=Status.OPEN.value,
            new=first,
        )

    def _actor(self, row: Record, actor: str | None) -> Author:
        """Return in which role somebody made a change: as a customer only who is one in this very ticket."""
        if actor is None or row.get("sourceable_type") not in {None, *BY_HAND}:
            return Author.SYSTEM
        if actor in self.mapper.options.bots:
            return Author.BOT
        customers = self._sides[Author.CUSTOMER] | {identifier(self.record.get("customer_id"))}
        return Author.CUSTOMER if actor in customers - self._sides[Author.AGENT] else Author.AGENT

    @staticmethod
    def _position(at: int, number: int, *, change: bool) -> int:
        """Return the place within a second: by the millisecond, an article before the update it came with."""
        return (at % 1000 * 2 + change) * 1_000_000 + number % 1_000_000

    # --- What else is told ---

    def _messages(self) -> Iterator[Message]:
        for at, number, row in self.articles:
            sender = self.mapper.sender(row)
            note = str(row.get("type")).casefold() == NOTE
            yield Message(
                external_id=str(number),
                at=at // 1000,
                position=self._position(at, number, change=False),
                author=None if sender is Author.SYSTEM else author(row),
                author_kind=sender,
                # What a customer writes in Zammad itself is a note, too.
                public=not row.get("internal") and (sender is Author.CUSTOMER or not note),
                automatic=sender in MACHINES or _is_automatic(row),
                channel=self.mapper.channel(row.get("type"), sender),
                length=length(row),
            )

    def _work(self, rows: Sequence[Record]) -> Iterator[Work]:
        for row in rows:
            seconds = round(float(row.get("time_unit") or 0) * self.mapper.options.time_unit)
            at = instant(row.get("created_at"))
            if seconds and at is not None:
                agent = identifier(row.get("created_by_id"))
                yield Work(external_id=str(row["id"]), at=at, agent=agent, seconds=seconds)

    def _tags(self) -> tuple[str, ...]:
        """Return the tags that were added and not removed since."""
        found: dict[str, None] = {}
        for _, _, row in self.entries:
            if row.get("attribute") != "tag":
                continue
            tag = str(row.get("value_to") or row.get("value_from"))
            if row.get("type") == "added":
                found[tag] = None
            else:
                found.pop(tag, None)
        return tuple(found)

    def _merged_into(self) -> str | None:
        if self.mapper.status(self.record.get("state_id")) is not Status.MERGED:
            return None
        into = [row.get("id_to") for *_, row in self.entries if row.get("type") == "merged_into"]
        return _text(into[-1]) if into else None


def _text(said: object) -> str | None:
    return None if said is None or said == "" else str(said)


def _is_automatic(article: Record) -> bool:
    """Tell whether Zammad took a mail for an out-of-office note or the like, by its headers."""
    preferences = article.get("preferences")
    return isinstance(preferences, dict) and preferences.get("is-auto-response") is True

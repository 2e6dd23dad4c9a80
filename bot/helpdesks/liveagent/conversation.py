"""What was said in a ticket: its groups of messages as messages, answers to surveys, and calls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.helpdesks.liveagent.client import Record
from bot.helpdesks.liveagent.mapping import Mapper, author, identifier
from kpi.events import Author, Contact, Message, Rating

MAILS = frozenset("345MOQ7")
"""Groups that are one message each, whatever number of parts it is in."""

TALKS = frozenset("CFWY68IUZ")
"""Groups whose parts are messages, each with its own author: chats, posts, notes."""

CALLS = {"P": "in", "V": "out"}
"""Calls with customers, by direction; agents' calls among themselves (1) are none."""

CALL_WITHIN_S = 60
"""A call and its group in the ticket may begin a moment apart."""

PRIVATE = frozenset("IUZOQ")
"""Notes, and what is forwarded to a third party and comes back from there."""

OUTGOING = frozenset("4V")
"""What only agents send."""

ELSEWHERE = frozenset("SM")
"""Groups that were split off or merged: the ticket they went to tells them."""

MERGED = "2"
PARTS = frozenset("MYN")
NOTE = "N"
RANKINGS = {"W": 1, "P": 0}
CHANNELS = {
    "3": "email",
    "4": "email",
    "5": "web",
    "M": "web",
    "C": "chat",
    "P": "phone",
    "V": "phone",
    "F": "social",
    "W": "social",
    "Y": "social",
    "6": "messaging",  # whatsapp
    "8": "messaging",
}


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """A ticket's record with its groups, and the calls that stand in them."""

    mapper: Mapper
    record: Record
    groups: Sequence[Record]
    calls: Sequence[Record] = ()

    @cached_property
    def told(self) -> list[Record]:
        """The groups that belong to this ticket, oldest first."""
        own = [group for group in self.groups if str(group.get("status")) not in ELSEWHERE]
        return sorted(own, key=lambda group: (self._at(group), int(group.get("sort_order") or 0), str(group["id"])))

    @property
    def merge_note(self) -> str | None:
        """What the last merge says, which names the other ticket; None without a merge."""
        merges = [group for group in self.told if str(group.get("type")) == MERGED]
        if not merges:
            return None
        return next((str(part.get("message") or "") for part in _parts(merges[-1], frozenset(MERGED))), "")

    @property
    def channel(self) -> str | None:
        """The way in which the first message came."""
        return next((CHANNELS[kind] for group in self.told if (kind := str(group.get("type"))) in CHANNELS), None)

    @property
    def came_by_form(self) -> bool:
        """Whether the ticket began with an offline form, which the button of a chat turns into when nobody is there."""
        return self.channel == "web"

    def messages(self) -> tuple[Message, ...]:
        """Return the messages, oldest first."""
        found = (message for group in self.told for message in self._of_group(group))
        return tuple(replace(message, position=position) for position, message in enumerate(found))

    def _of_group(self, group: Record) -> Iterator[Message]:
        kind = str(group.get("type"))
        if kind in MAILS:
            parts = list(_parts(group, PARTS))
            yield self._message(group, parts[0] if parts else group, name=str(group["id"]))
        elif kind in TALKS:
            for part in _parts(group, PARTS):
                yield self._message(group, part, name=str(part["id"]))
        elif kind in CALLS:
            yield from self._spoken(group)

    def _message(self, group: Record, part: Record, *, name: str) -> Message:
        user, kind = author(part, group), str(group.get("type"))
        role = self.role(user, outgoing=kind in OUTGOING)
        return Message(
            external_id=name,
            at=self._at(part) or self._at(group),
            position=0,
            author=user,
            author_kind=role,
            public=kind not in PRIVATE and str(part.get("type")) != NOTE,
            automatic=role in {Author.SYSTEM, Author.BOT},
            channel=CHANNELS.get(kind),
        )

    def role(self, user: str | None, *, outgoing: bool = False) -> Author:
        """Return a user's role in this ticket: an agent who asked for it is its customer."""
        role = Author.CUSTOMER if user is None else self.mapper.kind(user)
        if role is Author.AGENT and not outgoing and self._asked(str(user)):
            return Author.CUSTOMER
        return Author.AGENT if role is Author.CUSTOMER and outgoing else role

    def _asked(self, user: str) -> bool:
        own = str(self.mapper.directory.agents.get(user, {}).get("email") or "").casefold()
        return bool(own) and own == str(self.record.get("owner_email") or "").casefold()

    # --- Calls ---

    def _spoken(self, group: Record) -> Iterator[Message]:
        """Yield a call as what it was: somebody called, and whoever answered replied at that moment."""
        call = self.call(group)
        contact = None if call is None else self._contact(group, call)
        if contact is None:
            return  # without the call itself nobody can say whether it was answered
        called = Message(
            external_id=str(group["id"]),
            at=contact.queued_at,
            position=0,
            author=contact.customer if contact.direction == "in" else contact.agent,
            author_kind=Author.CUSTOMER if contact.direction == "in" else Author.AGENT,
            public=True,
            channel="phone",
        )
        if contact.direction == "in" or contact.answered_at is not None:
            yield called
        if contact.direction == "in" and contact.answered_at is not None:
            yield Message(
                external_id=f"{group['id']}/answered",
                at=contact.answered_at,
                position=0,
                author=contact.agent,
                author_kind=Author.AGENT,
                public=True,
                channel="phone",
            )

    def contacts(self) -> tuple[Contact, ...]:
        """Return the calls with customers."""
        found = [(group, self.call(group)) for group in self.told if str(group.get("type")) in CALLS]
        contacts = [self._contact(group, call) for group, call in found if call is not None]
        return tuple({contact.external_id: contact for contact in contacts if contact is not None}.values())

    def call(self, group: Record) -> Record | None:
        """Return the call of a group: of those in this ticket the one that began with it."""
        begun = self._at(group)
        mine = (call for call in self.calls if str(call.get("ticket_id")) == str(self.record["id"]))
        apart = [(abs(self._at(call, "date_created") - begun), str(call["id"]), call) for call in mine]
        return min((one for one in apart if one[0] <= CALL_WITHIN_S), default=(None, None, None))[2]

    def _contact(self, group: Record, call: Record) -> Contact | None:
        queued_at = self.mapper.instant(call.get("date_created"))
        if queued_at is None:
            return None
        answered_at = self.mapper.instant(call.get("date_answered"))
        ended_at = self.mapper.instant(call.get("date_finished"))
        direction = CALLS[str(group["type"])]
        agents = (author(part, group) for part in (group, *_parts(group)))
        return Contact(
            external_id=str(call["id"]),
            channel="phone",
            queued_at=queued_at,
            answered_at=answered_at,
            ended_at=ended_at,
            direction=direction,
            talk_s=None if answered_at is None or ended_at is None else ended_at - answered_at,
            abandoned=direction == "in" and answered_at is None and ended_at is not None,
            agent=next((user for user in agents if user and self.mapper.kind(user) is Author.AGENT), None),
            team=identifier(self.record.get("departmentid")),
            customer=identifier(self.record.get("owner_contactid")),
        )

    # --- Satisfaction ---

    def ratings(self) -> tuple[Rating, ...]:
        """Return the answers to the survey: a group's last ranking; its comment alone is none."""
        return tuple(rating for group in self.told if (rating := self._rating(group)) is not None)

    def _rating(self, group: Record) -> Rating | None:
        said = list(_parts(group, frozenset(RANKINGS)))
        if not said:
            return None
        last = max(said, key=lambda part: (self._at(part), str(part["id"])))
        user = identifier(group.get("userid"))
        return Rating(
            external_id=f"{group['id']}/ranking",
            at=self._at(last) or self._at(group),
            score=RANKINGS[str(last["type"])],
            lowest=0,
            highest=1,
            customer=identifier(self.record.get("owner_contactid")),
            agent=user if user is not None and self.mapper.kind(user) is Author.AGENT else None,
        )

    def _at(self, record: Record, key: str = "datecreated") -> int:
        return self.mapper.instant(record.get(key)) or 0


def _parts(group: Mapping[str, object], kinds: frozenset[str] | None = None) -> Iterator[Record]:
    """Yield a group's messages of some types, or all."""
    messages = group.get("messages")
    for part in messages if isinstance(messages, list) else ():
        if isinstance(part, dict) and (kinds is None or str(part.get("type")) in kinds):
            yield part

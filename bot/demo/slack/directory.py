"""Who and what there is in the workspace: people, channels and user groups."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.slack.errors import SlackError

Json = dict[str, Any]

TEAM = "T_DEMO"
DOMAIN = "demo"
APP = "A_KPI"
APP_USER = "U_KPI"
BOT = "B_KPI"
BOT_NAME = "kpi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account; `locale` is the language of their Slack, `role` what the demo calls them."""

    id: str
    name: str
    email: str = ""
    locale: str = "en-US"
    tz: str = "Europe/Paris"
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A conversation; one with `is_im` is between the app and one person."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    """People who can be mentioned together, by `@handle`."""

    id: str
    handle: str
    name: str = ""
    users: tuple[str, ...] = ()


BOB = Person(id="U_BOB", name="Bob", email="bob@example.org", role="lead")
ALICE = Person(id="U_ALICE", name="Alice", email="alice@example.org", locale="fr-FR", role="agent")
DINA = Person(id="U_DINA", name="Dina", email="dina@example.org")
PEOPLE = (BOB, ALICE, DINA)
SUPPORT = Channel(id="C_SUPPORT", name="support", members=frozenset({APP_USER, *(person.id for person in PEOPLE)}))
LEADS = UserGroup(id="S_LEADS", handle="leads", name="Leads", users=(BOB.id,))


class Directory:
    """Finds people, channels and groups; raises SlackError in Slack's words for what there is not."""

    def __init__(self, people: Iterable[Person], channels: Iterable[Channel], user_groups: Iterable[UserGroup]) -> None:
        self.people = {person.id: person for person in people}
        self.channels = {channel.id: channel for channel in channels}
        self.user_groups = {group.id: group for group in user_groups}

    def person(self, user: str) -> Person:
        """Return somebody by id; raises SlackError `user_not_found`."""
        if user not in self.people:
            raise SlackError("user_not_found")
        return self.people[user]

    def channel(self, channel: str) -> Channel:
        """Return a conversation by id; raises SlackError `channel_not_found`."""
        if channel in self.channels:
            return self.channels[channel]
        user = f"U{channel[1:]}"
        if channel.startswith("D") and user in self.people:
            return self.direct(user)
        raise SlackError("channel_not_found")

    def direct(self, user: str) -> Channel:
        """Return the conversation of the app with somebody."""
        person = self.person(user)
        members = frozenset({person.id, APP_USER})
        return Channel(id=f"D{user[1:]}", name=person.id, is_private=True, is_im=True, members=members)

    def join(self, channel: str, user: str) -> None:
        """Make somebody a member."""
        found = self.channels[channel]
        self.channels[channel] = replace(found, members=found.members | {user})

    def rename(self, channel: str, name: str) -> None:
        """Give a channel another name; its id stays."""
        self.channels[channel] = replace(self.channels[channel], name=name)

    def speak(self, user: str, locale: str) -> None:
        """Give somebody another language."""
        self.people[user] = replace(self.person(user), locale=locale)

    def archive(self, channel: str) -> None:
        """Close a channel for new messages."""
        self.channels[channel] = replace(self.channels[channel], is_archived=True)

    def seen_by(self, user: str) -> list[Channel]:
        """Return the conversations that somebody can open: public ones, their own private ones, and the app's."""
        found = [one for one in self.channels.values() if not one.is_private or user in one.members]
        return [*found, self.direct(user)]

    def as_sent(self, typed: str) -> str:
        """Return what somebody typed as Slack sends it: escaped, known names of people, groups and channels as ids.

        https://docs.slack.dev/interactivity/implementing-slash-commands#escaping
        """
        names = {f"@{BOT_NAME}": f"<@{APP_USER}>"}
        names |= {f"@{person.name.casefold()}": f"<@{person.id}|{person.name}>" for person in self.people.values()}
        names |= {f"@{group.handle}": f"<!subteam^{group.id}|@{group.handle}>" for group in self.user_groups.values()}
        names |= {f"#{one.name.casefold()}": f"<#{one.id}|{one.name}>" for one in self.channels.values()}
        escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"[@#][\w-]+", lambda found: names.get(found[0].casefold(), found[0]), escaped)


def person_json(person: Person, now: float, *, include_locale: bool) -> Json:
    """Return somebody as `users.info` tells them."""
    offset = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(person.tz)).utcoffset()
    profile = {"real_name": person.name, "display_name": person.name, "email": person.email}
    found: Json = {
        "id": person.id,
        "team_id": TEAM,
        "name": person.name.casefold(),
        "real_name": person.name,
        "deleted": False,
        "is_bot": False,
        "tz": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "profile": profile,
    }
    return found | {"locale": person.locale} if include_locale else found


def channel_json(channel: Channel) -> Json:
    """Return a conversation as `conversations.info` tells it."""
    if channel.is_im:
        return {"id": channel.id, "is_im": True, "is_archived": False, "user": channel.name, "is_open": True}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": True,
        "is_im": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": APP_USER in channel.members,
    }


def group_json(group: UserGroup) -> Json:
    """Return a user group as `usergroups.list` tells it."""
    return {
        "id": group.id,
        "team_id": TEAM,
        "is_usergroup": True,
        "handle": group.handle,
        "name": group.name or group.handle,
        "user_count": len(group.users),
        "users": list(group.users),
        "date_delete": 0,
    }

"""What `/kpi digest` and `/kpi alerts` have in common: their verbs, who may, and what there is in a channel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.alerts.wording import sla_words
from bot.digests.wording import digest_words, kpi_alert_words
from bot.render.elements import actions, button
from bot.render.limits import Block
from bot.render.page import Section
from bot.slack.bot import Bot, Place, Reader
from bot.subscriptions import ASKED, OWNER_GONE, Kind, SlaWanted, Subscription, Wanted
from bot.targeting import leads
from bot.text import Text
from kpi.errors import AccessError, QuestionError, suggest
from kpi.language.tokens import plain

VERBS = {
    "on": ("on", "activer", "ajouter"),
    "off": ("off", "stop", "arreter", "desactiver"),
    "list": ("list", "liste"),
    "now": ("now", "maintenant"),
    "test": ("test", "essai", "essayer"),
    "edit": ("edit", "modifier"),
    "pause": ("pause", "suspendre"),
    "resume": ("resume", "reprendre"),
    "snooze": ("snooze", "reporter"),
}
"""What people say that is to happen, in both languages, without accents; the first is what help pages say."""

IN_MODALS = frozenset({Kind.DIGEST, Kind.SLA})
"""What is made and changed in modals too: their actions are `<kind>_new` and `<kind>_edit`."""

EDITED = 10
"""How many of a list have a button."""

_VERB_OF = {word: verb for verb, words in VERBS.items() for word in words}

WRITTEN: Mapping[Kind, Callable[[Any, Text, Mapping[str, Mapping[str, str]]], str]] = {
    Kind.DIGEST: lambda wanted, text, values: f"/kpi digest on {digest_words(wanted, text, values)}",
    Kind.SLA: lambda wanted, text, values: text("alerts.on", words=sla_words(wanted, text, values)),
    Kind.KPI: lambda wanted, text, values: text("alerts.on", words=kpi_alert_words(wanted, text, values)),
}
"""The command that makes each kind of subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is replied to a command that only Slack knows: words, and a row of elements below them."""

    sections: tuple[Section, ...]
    below: Sequence[Block] = ()


View = Callable[[Bot, Place, Text, Subscription | None], Block]
"""Gives the modal of a subscription, or of a new one for a place."""

Do = Callable[[Bot, str, Reader], Page]
"""What a command does with the words after its verb."""


def perform(name: str, known: Mapping[str, Do], bot: Bot, words: str, reader: Reader) -> Page:
    """Do what the first word says; a list is what is wanted without any.

    Raises QuestionError `unknown_verb` with the nearest that there are, and whatever the verb raises.
    """
    first, _, rest = words.strip().partition(" ")
    verb = _VERB_OF.get(plain(first)) if first else "list"
    if verb is None or verb not in known:
        words_known = [word for each in known for word in VERBS[each]]
        near = [_VERB_OF[word] for word in suggest(plain(first), words_known)]
        raise QuestionError(
            "unknown_verb", word=first, command=name, suggestions=list(dict.fromkeys(near)), known=list(known)
        )
    return known[verb](bot, rest.strip(), reader)


def may_subscribe(bot: Bot, place: Place) -> bool:
    """Tell whether a person may decide what is told in a place: one's own, or a channel's by who leads.

    Where nobody is known to lead, everybody may.
    """
    return place.is_direct or not bot.access.knows_leads or leads(bot.viewer(place))


def check_subscribing(bot: Bot, place: Place) -> None:
    """Raise AccessError `subscriptions_for_leads` when a person may not decide what is told in a place."""
    if not may_subscribe(bot, place):
        raise AccessError("subscriptions_for_leads")


def may_change(bot: Bot, place: Place, subscription: Subscription) -> bool:
    """Tell whether a person may change or end a subscription: one's own always, nobody else's personal one."""
    if subscription.owner == place.user:
        return True
    return not subscription.is_personal and may_subscribe(bot, replace(place, channel=subscription.channel))


def changeable(bot: Bot, place: Place, key: str) -> Subscription:
    """Return a subscription that a person may change, by its id; raises QuestionError and AccessError as `chosen`."""
    found = bot.subscriptions.find(place.team_id, key)
    if found is None:
        raise QuestionError("nothing_subscribed")
    if not may_change(bot, place, found):
        raise AccessError("subscriptions_for_leads")
    return found


# --- What there is ---------------------------------------------------------------------------------------------------


def found(bot: Bot, place: Place, kinds: Sequence[Kind]) -> list[Subscription]:
    """Return what is told in a place; in the App Home all that a person has made."""
    if place.channel:
        return bot.subscriptions.of_channel(place.team_id, place.channel, *kinds)
    return [one for one in bot.subscriptions.of_owner(place.team_id, place.user) if one.kind in kinds]


def chosen(bot: Bot, words: str, reader: Reader, kinds: Sequence[Kind]) -> list[Subscription]:
    """Return those that words mean: all, or the one of a number in the list, its id, or its kind.

    Raises:
        QuestionError: `nothing_subscribed`, `unknown_subscription`.
        AccessError: `subscriptions_for_leads`.
    """
    place, word = reader.place, plain(words)
    there = found(bot, place, kinds)
    if not there:
        raise QuestionError("nothing_subscribed")
    wanted = [one for number, one in enumerate(there, 1) if word in {"", str(number), one.id, one.kind.value}]
    if not wanted:
        raise QuestionError("unknown_subscription", word=words)
    if not all(may_change(bot, place, one) for one in wanted):
        raise AccessError("subscriptions_for_leads")
    return wanted


def written(bot: Bot, wanted: Wanted, kind: Kind, place: Place, text: Text) -> str:
    """Return the command that makes a subscription like this one, with the names that a reader there may see."""
    viewer = bot.viewer(place)
    values = {chosen.dimension: bot.commands.asker.values(chosen.dimension, viewer) for chosen in wanted.filters}
    return WRITTEN[kind](wanted, text, values)


def line(bot: Bot, subscription: Subscription, place: Place, text: Text) -> str:
    """Return a subscription in one line: what makes it, when it comes next or why it doesn't, whose it is."""
    said = [written(bot, subscription.wanted, subscription.kind, place, text)]
    if subscription.is_paused:
        said.append(paused(subscription, text))
    elif subscription.next_at is not None and not isinstance(subscription.wanted, SlaWanted):
        moment = text.instant(subscription.next_at, subscription.wanted.recurrence.zone)
        said.append(text("subscription.next", moment=moment))
    if not subscription.is_personal:
        said.append(text("subscription.by", name=bot.name(subscription.team_id, subscription.owner)))
    return " · ".join(said)


def paused(subscription: Subscription, text: Text) -> str:
    """Return that nothing is told, and why."""
    if subscription.paused_for in {None, ASKED}:
        return text("subscription.paused")
    return text("subscription.paused_for", reason=subscription.paused_for)


def listed(bot: Bot, reader: Reader, kinds: Sequence[Kind], heading: str, how: str) -> Page:
    """Return what is told in a place, numbered, how to make more, and buttons for what is made in modals."""
    text, place = reader.text, reader.place
    there = found(bot, place, kinds)
    lines = [f"{number}. {line(bot, one, place, text)}" for number, one in enumerate(there, 1)]
    if not lines:
        lines = [text("subscription.nothing")]
    below = _buttons(bot, there, kinds, place, text) if may_subscribe(bot, place) else []
    return Page(sections=(Section(heading=heading, lines=(*lines, how)),), below=below)


def _buttons(bot: Bot, there: Sequence[Subscription], kinds: Sequence[Kind], place: Place, text: Text) -> list[Block]:
    """Return buttons that make something, and one for each that somebody may change."""
    edits = [
        button(text("subscription.edit", number=number), f"{one.kind}_edit.{one.id}", one.id)
        for number, one in enumerate(there, 1)
        if one.kind in IN_MODALS and may_change(bot, place, one)
    ]
    new = [button(text(f"button.{kind}_new"), f"{kind}_new", "new") for kind in kinds if kind in IN_MODALS]
    return actions([*new, *edits[:EDITED]])


def edit(bot: Bot, words: str, reader: Reader, kinds: Sequence[Kind], view: View) -> None:
    """Open the modal of what words mean, unless that is several or nothing that has one. Raises as `chosen`."""
    wanted = [one for one in chosen(bot, words, reader, kinds) if one.kind in IN_MODALS]
    if len(wanted) == 1 and reader.trigger:
        bot.poster.open(reader.trigger, view(bot, reader.place, reader.text, wanted[0]))


def made(bot: Bot, wanted: Wanted, reader: Reader, language: str | None = None) -> Subscription:
    """Return a subscription of a person for a place, not stored yet: a channel, or one's own direct messages."""
    place = reader.place
    spoken = bot.languages.chosen(place.team_id, place.channel) or reader.text.language
    return Subscription(
        id="",
        team_id=place.team_id,
        channel=place.channel or bot.poster.direct(place.user),
        owner=place.user,
        language=language or spoken,
        wanted=wanted,
        created_at=bot.now,
    )


def stored(bot: Bot, subscription: Subscription) -> Subscription:
    """Store a new subscription. Raises StorageError."""
    return bot.subscriptions.add(
        subscription.wanted,
        team_id=subscription.team_id,
        channel=subscription.channel,
        owner=subscription.owner,
        language=subscription.language,
        now=bot.now,
    )


# --- What becomes of it ----------------------------------------------------------------------------------------------


def end(bot: Bot, words: str, reader: Reader, kinds: Sequence[Kind]) -> Page:
    """End what words mean; say what ended, and how to get it back. Raises as `chosen`."""
    text = reader.text
    ended = chosen(bot, words, reader, kinds)
    lines = [line(bot, one, reader.place, text) for one in ended]
    for one in ended:
        bot.subscriptions.remove(one.id)
    return Page(sections=(Section(heading=text("subscription.ended"), lines=(*lines, text("subscription.back"))),))


def pause(bot: Bot, words: str, reader: Reader, kinds: Sequence[Kind]) -> Page:
    """Stop telling what words mean for the time being. Raises as `chosen`."""
    stopped = [bot.subscriptions.pause(one, ASKED, bot.now) for one in chosen(bot, words, reader, kinds)]
    return _changed(bot, stopped, reader)


def resume(bot: Bot, words: str, reader: Reader, kinds: Sequence[Kind]) -> Page:
    """Tell again what words mean; what somebody left behind becomes the person's own. Raises as `chosen`."""
    going = [resumed(bot, one, reader.place) for one in chosen(bot, words, reader, kinds)]
    return _changed(bot, going, reader)


def resumed(bot: Bot, subscription: Subscription, place: Place) -> Subscription:
    """Return a subscription that is told again; one whose owner is gone is the person's from now on."""
    is_left = subscription.paused_for == OWNER_GONE
    return bot.subscriptions.resume(replace(subscription, owner=place.user) if is_left else subscription, bot.now)


def _changed(bot: Bot, subscriptions: Sequence[Subscription], reader: Reader) -> Page:
    lines = tuple(line(bot, one, reader.place, reader.text) for one in subscriptions)
    return Page(sections=(Section(heading=reader.text("subscription.changed"), lines=lines),))

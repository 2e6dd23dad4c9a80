"""What the modals of digests and of SLA alerts have in common: where it is told, its filters, and how it is stored."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from bot.posting.forms import forms
from bot.recurrence import known_zone
from bot.render.limits import Block
from bot.slack.bot import Bot, Place, Reader
from bot.slack.fields import Outcome, Submitted, errors, field, menu, modal, words_field
from bot.slack.subscribing import check_subscribing, line, made, may_change, stored
from bot.subscriptions import SlaWanted, Subscription, Wanted
from bot.text import LANGUAGES, Text
from kpi.errors import AccessError, KpiError, QuestionError
from kpi.language.lexicon import lexicon
from kpi.language.writer import filter_words
from kpi.question import Filter

Read = Callable[[Bot, Place, Submitted, Text], Wanted]
"""What the fields of a modal want in a place; raises WrongField."""


class WrongField(Exception):  # noqa: N818  # it says what it is
    """What is wrong, and in which field."""

    def __init__(self, name: str, error: KpiError) -> None:
        super().__init__(name, error)
        self.name, self.error = name, error


@contextmanager
def filled_in(name: str) -> Iterator[None]:
    """Raise what is wrong with what stands in a field as WrongField."""
    try:
        yield
    except (AccessError, QuestionError) as error:
        raise WrongField(name, error) from error


# --- What is shown ---------------------------------------------------------------------------------------------------


def subscription_view(
    name: str, place: Place, text: Text, subscription: Subscription | None, fields: Sequence[Block]
) -> Block:
    """Return a modal with these fields, of a subscription or of a new one for the place; in the App Home, one's own."""
    channel = place.channel if subscription is None else subscription.channel
    blocks = [*([] if not channel or channel.startswith("D") else [_channel(channel, text)]), *fields]
    return modal(name, text, blocks, {"channel": place.channel, "id": subscription.id if subscription else ""})


def _channel(channel: str, text: Text) -> Block:
    return field("channel", text, channel_menu(channel))


def channel_menu(chosen: str | None) -> Block:
    """Return a select of channels."""
    made: Block = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return made if chosen is None else {**made, "initial_conversation": chosen}


def filters_field(bot: Bot, filters: Sequence[Filter], place: Place, text: Text) -> Block:
    """Return a line for filters, which are named as far as somebody there may read what they are called."""
    spoken, asker, viewer = lexicon(text.language), bot.commands.asker, bot.viewer(place)
    words = " ".join(filter_words(chosen, spoken, asker.values(chosen.dimension, viewer)) for chosen in filters)
    return field("filter", text, words_field(words), optional=True, hint=True)


def zone_field(zone: str, text: Text) -> Block:
    """Return a line for a time zone."""
    return field("zone", text, words_field(zone), hint=True)


def language_field(subscription: Subscription | None, text: Text) -> Block:
    """Return a menu of the languages that it can be told in."""
    language = text.language if subscription is None else subscription.language
    return field("language", text, menu({each: text(f"language.{each}") for each in LANGUAGES}, text, language))


# --- What was filled in ----------------------------------------------------------------------------------------------


def submit(bot: Bot, sent: Submitted, text: Text, read: Read) -> Outcome:
    """Store what was filled in, and then tell whoever did so what makes it, and when it comes first."""
    try:
        subscription = _stored(bot, read_subscription(bot, sent, text, read), sent)
    except WrongField as wrong:
        return errors(**{wrong.name: text.error(wrong.error)}), None
    except (AccessError, QuestionError) as error:
        return errors(**{next(iter(sent.values)): text.error(error)}), None

    def say() -> None:
        # Where it is a channel's, its owner alone is told: nobody else has asked.
        said = f"{text(f'{subscription.kind}.made')}: {line(bot, subscription, sent.place, text)}"
        bot.poster.post(bot.poster.direct(sent.place.user), forms((), text, bot.poster, above=said))

    return {}, say


def read_subscription(bot: Bot, sent: Submitted, text: Text, read: Read) -> Subscription:
    """Return what a modal's fields make, not stored; raises WrongField."""
    place = replace(sent.place, channel=sent.values.get("channel") or str(sent.behind.get("channel") or ""))
    reader = Reader(place=place, text=text, respond=lambda _: None)
    return made(bot, read(bot, place, sent, text), reader, sent.values.get("language") or text.language)


def _stored(bot: Bot, filled: Subscription, sent: Submitted) -> Subscription:
    check_subscribing(bot, replace(sent.place, channel=filled.channel))
    if not sent.behind.get("id"):
        return stored(bot, filled)
    before = bot.subscriptions.find(sent.place.team_id, str(sent.behind["id"]))
    if before is None:
        raise QuestionError("nothing_subscribed")
    if not may_change(bot, sent.place, before):
        raise AccessError("subscriptions_for_leads")
    # Whoever changed it last answers for what it shows.
    changed = replace(
        before, channel=filled.channel, owner=filled.owner, language=filled.language, wanted=filled.wanted
    )
    if not _is_about_the_same(before.wanted, filled.wanted):
        changed = replace(changed, created_at=bot.now)  # what was late before it was asked for isn't told
    return bot.subscriptions.change(changed, bot.now)


def _is_about_the_same(before: Wanted, after: Wanted) -> bool:
    if not isinstance(before, SlaWanted) or not isinstance(after, SlaWanted):
        return True
    return (before.filters, before.metrics) == (after.filters, after.metrics)


def read_zone(sent: Submitted) -> str:
    """Return the time zone; raises WrongField."""
    with filled_in("zone"):
        return known_zone(sent.values["zone"])


def read_filters(bot: Bot, place: Place, sent: Submitted, text: Text) -> tuple[Filter, ...]:
    """Return the filters; raises WrongField."""
    words = sent.values.get("filter", "")
    if not words.strip():
        return ()
    with filled_in("filter"):
        question = bot.commands.asker.understand(f"volume {words}", bot.now, text.language, viewer=bot.viewer(place))
        if question.kpi != "volume" or question.by or question.per or question.versus:
            raise QuestionError("filters_only", words=words)
    return question.filters

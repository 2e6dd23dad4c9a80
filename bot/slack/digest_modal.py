"""The modal in which a digest is made or changed."""

from dataclasses import replace

from bot.digests.content import can_be_told
from bot.digests.wording import day_name
from bot.posting.forms import forms
from bot.recurrence import WORKING_DAYS, Cadence, Recurrence, clock, known_calendar, known_zone
from bot.render.elements import actions, button, option
from bot.render.limits import Block
from bot.slack.bot import Bot, Place, Reader
from bot.slack.fields import Outcome, Submitted, errors, field, kpis_menu, menu, modal, words_field
from bot.slack.subscribing import check_subscribing, line, made, may_change, stored
from bot.subscriptions import DigestWanted, Subscription
from bot.text import LANGUAGES, Text
from kpi.catalogue import CATALOGUE
from kpi.errors import AccessError, KpiError, QuestionError
from kpi.language.lexicon import lexicon
from kpi.language.writer import filter_words
from kpi.question import Filter

USUAL = DigestWanted(recurrence=Recurrence(at=510, zone="UTC", weekdays=WORKING_DAYS))

LAST_DAY = 31


def digest_view(bot: Bot, place: Place, text: Text, subscription: Subscription | None = None) -> Block:
    """Return the modal of a digest, or of a new one for the place: in the App Home, a personal one."""
    wanted = replace(USUAL, recurrence=replace(USUAL.recurrence, zone=bot.zone(place)))
    if subscription is not None and isinstance(subscription.wanted, DigestWanted):
        wanted = subscription.wanted
    recurrence = wanted.recurrence
    language = text.language if subscription is None else subscription.language
    cadences = {str(each): text(f"modal.cadence.{each}") for each in Cadence}
    blocks = [
        *_where(place, text, subscription),
        field("kpis", text, kpis_menu(filter(can_be_told, CATALOGUE), wanted.kpis, text), optional=True, hint=True),
        field("at", text, {"type": "timepicker", "initial_time": clock(recurrence.at)}),
        field("cadence", text, menu(cadences, text, str(recurrence.cadence))),
        field("weekdays", text, _weekdays(recurrence, text), optional=True, hint=True),
        field("month_day", text, _month_day(recurrence), optional=True, hint=True),
        field("zone", text, words_field(recurrence.zone), hint=True),
        field("filter", text, words_field(_filters(bot, wanted.filters, place, text)), optional=True, hint=True),
        field("holidays", text, words_field(recurrence.calendar or ""), optional=True, hint=True),
        field("language", text, menu({each: text(f"language.{each}") for each in LANGUAGES}, text, language)),
        *actions([button(text("button.digest_test"), "digest_test", "test")]),
    ]
    return modal("digest", text, blocks, {"channel": place.channel, "id": subscription.id if subscription else ""})


def _where(place: Place, text: Text, subscription: Subscription | None) -> list[Block]:
    """Return the choice of the channel; none for what one person alone reads."""
    channel = place.channel if subscription is None else subscription.channel
    if not channel or channel.startswith("D"):
        return []
    chooses: Block = {
        "type": "conversations_select",
        "initial_conversation": channel,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return [field("channel", text, chooses)]


def _weekdays(recurrence: Recurrence, text: Text) -> Block:
    options = [option(day_name(day, text.language), str(day)) for day in range(7)]
    made: Block = {"type": "checkboxes", "options": options}
    initial = [options[day] for day in sorted(recurrence.weekdays)]
    return {**made, "initial_options": initial} if initial else made


def _month_day(recurrence: Recurrence) -> Block:
    made: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": str(LAST_DAY)}
    return {**made, "initial_value": str(recurrence.month_day)}


def _filters(bot: Bot, filters: tuple[Filter, ...], place: Place, text: Text) -> str:
    spoken, asker, viewer = lexicon(text.language), bot.commands.asker, bot.viewer(place)
    return " ".join(filter_words(chosen, spoken, asker.values(chosen.dimension, viewer)) for chosen in filters)


# --- What was filled in ----------------------------------------------------------------------------------------------


class WrongField(Exception):  # noqa: N818  # it says what it is
    """What is wrong, and in which field."""

    def __init__(self, name: str, error: KpiError) -> None:
        super().__init__(name, error)
        self.name, self.error = name, error


def submit_digest(bot: Bot, sent: Submitted, text: Text) -> Outcome:
    """Store what was filled in, and then say when it comes first."""
    try:
        subscription = _stored(bot, sent, text)
    except WrongField as wrong:
        return errors(**{wrong.name: text.error(wrong.error)}), None
    except (AccessError, QuestionError) as error:
        return errors(**{_first(sent): text.error(error)}), None

    def say() -> None:
        # Where it is a channel's, its owner alone is told: nobody else has asked.
        said = f"{text('digest.made')}: {line(bot, subscription, sent.place, text)}"
        bot.poster.post(bot.poster.direct(sent.place.user), forms((), text, bot.poster, above=said))

    return {}, say


def _first(sent: Submitted) -> str:
    return "channel" if "channel" in sent.values else "kpis"


def _stored(bot: Bot, sent: Submitted, text: Text) -> Subscription:
    filled = read_digest_view(bot, sent, text)
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
    return bot.subscriptions.change(changed, bot.now)


def read_digest_view(bot: Bot, sent: Submitted, text: Text) -> Subscription:
    """Return the digest that a modal's fields make, not stored; raises WrongField."""
    values = sent.values
    channel = values.get("channel") or str(sent.behind.get("channel") or "")
    place = replace(sent.place, channel=channel)
    reader = Reader(place=place, text=text, respond=lambda _: None)
    wanted = DigestWanted(
        recurrence=_recurrence(sent),
        kpis=tuple(values.get("kpis", "").split()),
        filters=_read_filters(bot, place, values.get("filter", ""), text),
    )
    return made(bot, wanted, reader, values.get("language") or text.language)


def _recurrence(sent: Submitted) -> Recurrence:
    values = sent.values
    cadence = Cadence(values["cadence"])
    hours, minutes = map(int, values["at"].split(":"))
    days = frozenset(map(int, values.get("weekdays", "").split()))
    if cadence is not Cadence.MONTHLY and not days:
        raise WrongField("weekdays", QuestionError("no_weekday"))
    if cadence is Cadence.WEEKLY and len(days) > 1:
        raise WrongField("weekdays", QuestionError("one_weekday"))
    try:
        zone = known_zone(values["zone"])
    except QuestionError as error:
        raise WrongField("zone", error) from error
    try:
        calendar = known_calendar(values["holidays"]) if values.get("holidays") else None
    except QuestionError as error:
        raise WrongField("holidays", error) from error
    return Recurrence(
        at=hours * 60 + minutes,
        zone=zone,
        cadence=cadence,
        weekdays=days or WORKING_DAYS,
        month_day=int(values.get("month_day") or 1),
        calendar=calendar,
    )


def _read_filters(bot: Bot, place: Place, words: str, text: Text) -> tuple[Filter, ...]:
    if not words.strip():
        return ()
    try:
        question = bot.commands.asker.understand(f"volume {words}", bot.now, text.language, viewer=bot.viewer(place))
    except (AccessError, QuestionError) as error:
        raise WrongField("filter", error) from error
    if question.kpi != "volume" or question.by or question.per or question.versus:
        raise WrongField("filter", QuestionError("filters_only", words=words))
    return question.filters

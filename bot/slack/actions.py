"""What a click does: `ACTIONS` holds every button and select of every surface by its action.

What follows a dot in an action only tells several of one kind apart.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.commands import Said
from bot.posting.forms import forms
from bot.posting.send import Message, SendError, reply, withdraw
from bot.questions import Stored, renewed
from bot.render.mrkdwn import escape
from bot.render.reply import reply_csv
from bot.slack import modals, sla_alerts
from bot.slack.answers import answer_asked, answer_words
from bot.slack.bot import Bot, Place, Reader
from bot.slack.buttons import BUTTONS, buttons_for_all
from bot.slack.digest import show
from bot.slack.digest_modal import digest_view, read_digest_view
from bot.slack.fields import Submitted, read_view
from bot.slack.home import home_view
from bot.slack.sla_modal import sla_view
from bot.slack.subscribing import View, changeable, resumed
from bot.slack.subscription_modal import WrongField, read_subscription
from bot.subscriptions import ASKED, Kind
from bot.text import Text
from kpi.catalogue import CATALOGUE
from kpi.errors import QuestionError

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that a file is UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A button that was pressed or an option that was chosen.

    Attributes:
        action: which, without what only tells several of one kind apart.
        value: what it carries.
        place: who clicked, and where.
        trigger: opens a modal, for three seconds.
        response_url: where an answer goes; None in the App Home.
        is_own: the message is the person's alone, so the reply takes its place.
        view: what stands in the modal that was clicked in; None elsewhere.
    """

    action: str
    value: str
    place: Place
    trigger: str
    response_url: str | None
    is_own: bool
    view: Submitted | None = None

    def respond(self, bot: Bot, messages: Iterable[Message]) -> None:
        """Reply in the place of the person's own message, else to the person alone. Raises SendError."""
        if self.response_url is None:
            bot.poster.post(bot.poster.direct(self.place.user), messages)
        else:
            reply(self.response_url, messages, replaces=self.is_own)

    def add(self, bot: Bot, messages: Iterable[Message]) -> None:
        """Tell the person something beside the message, which stays. Raises SendError."""
        if self.response_url is None:
            self.respond(bot, messages)
        else:
            reply(self.response_url, messages)


def read_click(payload: Mapping[str, Any]) -> Click:
    """Return a click as Slack tells it.

    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    (told, *_) = payload["actions"]
    container = payload.get("container", {})
    place = Place(
        team_id=payload["team"]["id"],
        user=payload["user"]["id"],
        channel=payload.get("channel", {}).get("id") or container.get("channel_id") or "",
    )
    return Click(
        action=str(told["action_id"]).partition(".")[0],
        value=str(told.get("value") or told.get("selected_option", {}).get("value") or ""),
        place=place,
        trigger=payload.get("trigger_id", ""),
        response_url=payload.get("response_url"),
        is_own=bool(container.get("is_ephemeral")) or place.is_direct,
        view=read_view(payload, payload["view"]) if payload.get("view", {}).get("type") == "modal" else None,
    )


def run(bot: Bot, click: Click, text: Text) -> None:
    """Do what a click asks for. Raises KpiError and SendError."""
    act = ACTIONS[click.action]
    if click.is_own and click.response_url is not None and click.action not in ONCE:
        act(bot, click, text)  # twice the same in the same place is once
        return
    with bot.first_click(click.place, f"{click.action}:{click.value}") as is_first:
        if is_first:
            act(bot, click, text)


# --- What was asked is asked otherwise -------------------------------------------------------------------------------


def _follow(bot: Bot, click: Click, text: Text) -> None:
    """Answer what the button asks next, as of the instant of the answer it stands below: figures that agree."""
    stored, chosen = _stored(bot, click)
    following = BUTTONS[click.action].next
    if following is None:
        raise LookupError(click.action)
    answer_asked(
        bot, following(stored.asked, chosen), _reader(bot, click, _language(stored, click, text)), stored.asked_at
    )


def _stored(bot: Bot, click: Click) -> tuple[Stored, str]:
    """Return the question that a button belongs to, and what was chosen; raises QuestionError `question_forgotten`."""
    key, _, chosen = click.value.partition(" ")
    stored = bot.questions.find(click.place.team_id, key)
    if stored is None:
        raise QuestionError("question_forgotten")
    return stored, chosen


def _language(stored: Stored, click: Click, text: Text) -> Text:
    """Return the language a person asked in, for that person."""
    return Text(stored.language) if stored.asker == click.place.user else text


def _reader(bot: Bot, click: Click, text: Text) -> Reader:
    return Reader(place=click.place, text=text, respond=lambda messages: click.respond(bot, messages))


# --- What was asked goes somewhere -----------------------------------------------------------------------------------


def _share(bot: Bot, click: Click, _: Text) -> None:
    """Post an answer for the whole channel, as far as it may be seen there, in place of the person's own."""
    stored = _stored(bot, click)[0]
    place = click.place
    spoken = bot.languages.channel(place.team_id, place.channel, stored.language)
    viewer = bot.viewer(place).shared(place.channel)
    said = Said(reply=bot.commands.tell(stored.asked, stored.asked_at, spoken, viewer), asked=stored.asked)
    row = buttons_for_all(stored.asked, said.reply, stored.id, spoken, place)
    note = spoken("share.by", name=bot.name(place.team_id, place.user))

    def messages() -> Iterable[Message]:
        return forms(said.reply, spoken, bot.poster, row, first=stored.asked.first, note=note)

    with bot.once.doing(place.team_id, f"share:{stored.id}:{place.channel}", bot.now) as is_first:
        if is_first:
            _post(bot, click, messages)
    if click.is_own and click.response_url is not None:
        withdraw(click.response_url)


def _post(bot: Bot, click: Click, messages: Callable[[], Iterable[Message]]) -> None:
    try:
        bot.poster.post(click.place.channel, messages())
    except SendError as error:
        # A response_url reaches channels that the bot is no member of.
        if not error.is_not_there or click.response_url is None:
            raise
        reply(click.response_url, messages(), for_all=True)


def _csv(bot: Bot, click: Click, text: Text) -> None:
    """Send all that an answer rests on as a file, to the person alone."""
    stored, _ = _stored(bot, click)
    place, spoken = click.place, _language(stored, click, text)
    told = bot.commands.tell(stored.asked, stored.asked_at, spoken, bot.viewer(place), whole=True)
    if isinstance(told, tuple):
        raise QuestionError("figures_only", words=stored.asked.question.kpi)
    question = stored.asked.question
    name = f"{question.kpi}-{stored.asked.about}-{question.period.start}.csv"
    content = BYTE_ORDER_MARK + reply_csv(told, spoken)
    channel = bot.poster.direct(place.user)
    bot.poster.upload(channel, name, content.encode(), escape(spoken("csv.comment", name=name)))
    if channel != place.channel:
        click.add(bot, [Message(text=escape(spoken("csv.sent")))])


# --- Everything else ------------------------------------------------------------------------------------------------


def _ask(bot: Bot, click: Click, text: Text) -> None:
    """Answer what a button of the menu names, as if it had been typed."""
    answer_words(bot, click.value, _reader(bot, click, text))


def _again(bot: Bot, click: Click, text: Text) -> None:
    """Answer a question of the past as it is asked today."""
    stored, _ = _stored(bot, click)
    now = bot.now
    answer_asked(bot, renewed(stored.asked, stored.asked_at, now), _reader(bot, click, text), now)


def _build(bot: Bot, click: Click, text: Text) -> None:
    bot.poster.open(click.trigger, modals.build_view(text, click.place, click.response_url, is_own=click.is_own))


def _target(bot: Bot, click: Click, text: Text) -> None:
    bot.poster.open(click.trigger, modals.target_view(text))


def _take(bot: Bot, click: Click, text: Text) -> None:
    """Let the person take care of an alert; who comes second is told who was first."""
    _tell(bot, click, sla_alerts.acknowledge(bot, click.value, click.place, text))


def _mute(bot: Bot, click: Click, text: Text) -> None:
    _tell(bot, click, sla_alerts.mute(bot, click.value, click.place, text))


def _snooze(bot: Bot, click: Click, _: Text) -> None:
    message, choice = click.value.split(" ")
    sla_alerts.snooze_one(bot, message, choice, click.place)


def _tell(bot: Bot, click: Click, words: str | None) -> None:
    if words is not None:
        click.add(bot, [Message(text=words)])


# --- What is told again and again -------------------------------------------------------------------------------------


def _look(bot: Bot, click: Click, text: Text) -> None:
    """Answer what stands behind a figure of a digest or an alert, beside it."""
    stored, kpi = _stored(bot, click)
    if kpi not in CATALOGUE:
        raise QuestionError("question_forgotten")
    asked = replace(stored.asked, question=replace(stored.asked.question, kpi=kpi))
    answer_asked(bot, asked, _beside(bot, click, text), stored.asked_at)


def _beside(bot: Bot, click: Click, text: Text) -> Reader:
    return Reader(place=click.place, text=text, respond=lambda messages: click.add(bot, messages))


VIEWS: Mapping[Kind, View] = {Kind.DIGEST: digest_view, Kind.SLA: sla_view}


def _edit(bot: Bot, click: Click, text: Text) -> None:
    subscription = changeable(bot, click.place, click.value)
    bot.poster.open(click.trigger, VIEWS[subscription.kind](bot, click.place, text, subscription))


def _new(bot: Bot, click: Click, text: Text) -> None:
    kind = Kind(click.action.removesuffix("_new"))
    bot.poster.open(click.trigger, VIEWS[kind](bot, click.place, text, None))


def _test_digest(bot: Bot, click: Click, text: Text) -> None:
    """Show what a modal makes, as a direct message. Raises KpiError for what is wrong in a field."""
    if click.view is None:
        return
    try:
        wanted = read_subscription(bot, click.view, text, read_digest_view)
    except WrongField as wrong:
        raise wrong.error from wrong
    show(bot, wanted, _beside(bot, click, text))


def _pause(bot: Bot, click: Click, text: Text) -> None:
    bot.subscriptions.pause(changeable(bot, click.place, click.value), ASKED, bot.now)
    _show_home(bot, click, text)


def _resume(bot: Bot, click: Click, text: Text) -> None:
    resumed(bot, changeable(bot, click.place, click.value), click.place)
    _show_home(bot, click, text)


def _show_home(bot: Bot, click: Click, text: Text) -> None:
    bot.poster.home(click.place.user, home_view(bot, replace(click.place, channel=""), text))


Action = Callable[[Bot, Click, Text], None]

ACTIONS: Mapping[str, Action] = {
    **{key: _follow for key, one in BUTTONS.items() if one.next is not None},
    "share": _share,
    "csv": _csv,
    "ask": _ask,
    "show": _ask,
    "again": _again,
    "build": _build,
    "target": _target,
    "alert_ack": _take,
    "alert_mute": _mute,
    "alert_snooze": _snooze,
    "digest_kpi": _look,
    "digest_edit": _edit,
    "sla_edit": _edit,
    "digest_new": _new,
    "sla_new": _new,
    "digest_test": _test_digest,
    "subscription_pause": _pause,
    "subscription_resume": _resume,
}

ONCE = frozenset({"share", "csv", "build", "target", "digest_edit", "sla_edit", "digest_new", "sla_new", "digest_test"})
"""What would be done twice by two clicks even in a message of one's own."""

"""Modals: a target, and a question put together from menus. What is wrong in one is told at its field."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.posting.send import Message, reply
from bot.render.blocks import section
from bot.render.elements import option, plain
from bot.render.limits import OPTION_TEXT, OPTIONS, VIEW_TITLE, Block
from bot.render.mrkdwn import escape
from bot.render.page import page_blocks
from bot.slack.answers import answer_asked
from bot.slack.bot import Bot, Place, Reader, Respond
from bot.targeting import set_target, targets_page
from bot.targets import can_be_aimed_at, read_target
from bot.text import Text
from kpi.catalogue import CATALOGUE
from kpi.dimensions import BREAKDOWNS
from kpi.errors import AccessError, KpiError, QuestionError
from kpi.language.tokens import plain as without_accents
from kpi.period import Grain

LABEL = 2000

PERIODS = ("today", "week", "last_week", "month", "last_month", "quarter", "last_quarter", "year", "last_30_days")
"""The periods that can be chosen: each said in English to the parser, which everybody asks through."""

ERROR = 2000
"""How long an error at a field may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A modal that was sent: who sent it, what stands in its fields, and what the bot wrote behind it."""

    place: Place
    values: Mapping[str, str]
    behind: Mapping[str, Any]


Outcome = tuple[dict[str, Any], Callable[[], None] | None]
"""What is said to Slack at once, and what is to be done after that."""


def read_submission(payload: Mapping[str, Any]) -> Submitted:
    """Return a modal as Slack tells it.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    view = payload["view"]
    values = {}
    for block, elements in view["state"]["values"].items():
        (element,) = elements.values()
        values[block] = str(element.get("value") or (element.get("selected_option") or {}).get("value") or "")
    place = Place(team_id=payload["team"]["id"], user=payload["user"]["id"])
    return Submitted(place=place, values=values, behind=json.loads(view.get("private_metadata") or "{}"))


def submit(bot: Bot, name: str, sent: Submitted, text: Text) -> Outcome:
    """Return what becomes of a modal that was sent."""
    return MODALS[name](bot, sent, text)


def respond_to(bot: Bot, sent: Submitted) -> Respond:
    """Return how the reply goes: in the place of the menu that the modal was opened from, else as a direct message."""
    response_url = sent.behind.get("response_url")

    def respond(messages: Iterable[Message]) -> None:
        if response_url is None:
            bot.poster.post(bot.poster.direct(sent.place.user), messages)
        else:
            reply(response_url, messages, replaces=bool(sent.behind.get("is_own")))

    return respond


def failed(sent: Submitted, said: str) -> dict[str, Any]:
    """Return what is said at the first field when nothing else can be done with a modal."""
    return _errors(**{next(iter(sent.values)): said})


def _errors(**said: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {field: words[:ERROR] for field, words in said.items()}}


def _modal(name: str, text: Text, blocks: list[Block], behind: Mapping[str, Any] | None = None) -> Block:
    return {
        "type": "modal",
        "callback_id": name,
        "title": plain(text(f"modal.{name}.title"), VIEW_TITLE),
        "submit": plain(text(f"modal.{name}.submit"), VIEW_TITLE),
        "close": plain(text("modal.close"), VIEW_TITLE),
        "private_metadata": json.dumps(behind or {}),
        "blocks": blocks,
    }


def _input(field: str, text: Text, element: Block, *, optional: bool = False, hint: bool = False) -> Block:
    made = {
        "type": "input",
        "block_id": field,
        "label": plain(text(f"modal.{field}"), LABEL),
        "element": {**element, "action_id": field},
        "optional": optional,
    }
    return {**made, "hint": plain(text(f"modal.{field}.hint"), LABEL)} if hint else made


def _kpi_menu(keys: Iterable[str], text: Text) -> Block:
    names = sorted((text(f"kpi.{key}.name"), key) for key in keys)
    options = [option(name, key) for name, key in names[:OPTIONS]]
    return {"type": "static_select", "placeholder": plain(text("modal.choose"), OPTION_TEXT), "options": options}


def _menu(values: Mapping[str, str], text: Text, initial: str | None = None) -> Block:
    options = [option(words, value) for value, words in values.items()]
    made: Block = {"type": "static_select", "placeholder": plain(text("modal.choose"), OPTION_TEXT), "options": options}
    return made if initial is None else {**made, "initial_option": option(values[initial], initial)}


# --- A target --------------------------------------------------------------------------------------------------------


def target_view(text: Text) -> Block:
    """Return the modal that sets a target."""
    aimed = [key for key, kpi in CATALOGUE.items() if can_be_aimed_at(kpi)]
    teams = {
        "type": "external_select",
        "placeholder": plain(text("modal.all_teams"), OPTION_TEXT),
        "min_query_length": 0,
    }
    value = {"type": "plain_text_input", "max_length": 40}
    blocks = [
        _input("kpi", text, _kpi_menu(aimed, text)),
        _input("team", text, teams, optional=True),
        _input("value", text, value, optional=True, hint=True),
    ]
    return _modal("target", text, blocks)


def teams_like(bot: Bot, typed: str) -> list[Block]:
    """Return the teams whose name holds what was typed, as choices."""
    wanted = without_accents(typed)
    names = sorted((name, team) for team, name in bot.commands.asker.values("team").items())
    return [option(name or team, team) for name, team in names if wanted in without_accents(name)][:OPTIONS]


def _submit_target(bot: Bot, sent: Submitted, text: Text) -> Outcome:
    """Set the target, or take it away where no value stands; then show what holds in place of the fields."""
    kpi, asker = CATALOGUE[sent.values["kpi"]], bot.commands.asker
    teams = [sent.values["team"]] if sent.values.get("team") else []
    value = sent.values.get("value", "").strip()
    try:
        target = read_target(value, kpi) if value else None
    except QuestionError as error:
        return _errors(value=text.error(error)), None
    try:
        set_target(asker, kpi, teams, target, now=bot.now, viewer=bot.viewer(sent.place))
    except AccessError as error:
        return _errors(**{"team" if teams else "kpi": text.error(error)}), None
    except KpiError as error:
        return _errors(kpi=text.error(error)), None
    shown = _modal("target", text, page_blocks(targets_page(asker, asker.values("team"), text, kpi)))
    del shown["submit"]
    return {"response_action": "update", "view": shown}, None


# --- A question ------------------------------------------------------------------------------------------------------


def build_view(text: Text, place: Place, response_url: str | None, *, is_own: bool) -> Block:
    """Return the modal that a question is put together in; its answer takes the place of the menu behind it."""
    periods = {key: text(f"modal.period.{key}") for key in PERIODS}
    dimensions = {key: text("button.by_dimension", dimension=text(f"dimension.{key}")) for key in BREAKDOWNS}
    grains = {str(grain): text("asked.per", grain=text(f"grain.{grain}")) for grain in Grain}
    blocks = [
        section(escape(text("modal.build.hint"))),
        _input("kpi", text, _kpi_menu(CATALOGUE, text)),
        _input("period", text, _menu(periods, text, "week"), optional=True),
        _input("by", text, _menu(dimensions, text), optional=True),
        _input("per", text, _menu(grains, text), optional=True),
        _input("filter", text, {"type": "plain_text_input", "max_length": 200}, optional=True, hint=True),
    ]
    behind = {"channel": place.channel, "response_url": response_url, "is_own": is_own}
    return _modal("build", text, blocks, behind)


def _submit_build(bot: Bot, sent: Submitted, text: Text) -> Outcome:
    """Read the fields as the words they stand for; then answer where the menu was."""
    place = Place(team_id=sent.place.team_id, user=sent.place.user, channel=str(sent.behind.get("channel") or ""))
    chosen = sent.values
    words = [chosen["kpi"], chosen.get("period", "").replace("_", " "), chosen.get("filter", "")]
    words += [f"by {chosen['by']}"] if chosen.get("by") else []
    words += [f"per {chosen['per']}"] if chosen.get("per") else []
    now, kpi = bot.now, CATALOGUE[chosen["kpi"]]
    by = chosen.get("by")
    if by and kpi.dimensions is not None and by not in kpi.dimensions:
        known = sorted(kpi.dimensions)
        error = QuestionError("dimension_unknown_here", kpi=kpi.key, dimension=by, choices=known)
        return _errors(by=text.error(error)), None
    try:
        asked = bot.commands.read(" ".join(filter(None, words)), now, text, bot.viewer(place))
    except KpiError as error:
        field = "filter" if chosen.get("filter") else "period"
        return _errors(**{field: text.error(error)}), None
    reader = Reader(place=place, text=text, respond=respond_to(bot, sent))
    return {}, lambda: answer_asked(bot, asked, reader, now)


MODALS: Mapping[str, Callable[[Bot, Submitted, Text], Outcome]] = {
    "target": _submit_target,
    "build": _submit_build,
}
"""What becomes of each modal, by its callback_id."""

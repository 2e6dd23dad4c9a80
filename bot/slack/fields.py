"""Modals: their fields, and what was filled in."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.render.elements import option, plain
from bot.render.limits import OPTION_TEXT, OPTIONS, VIEW_TITLE, Block
from bot.slack.bot import Place
from bot.text import Text
from kpi.language.tokens import plain as without_accents

LABEL = 2000

ERROR = 2000
"""How long an error at a field may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A modal that was sent: who sent it, what stands in its fields, and what the bot wrote behind it.

    Several choices in one field stand apart by spaces.
    """

    place: Place
    values: Mapping[str, str]
    behind: Mapping[str, Any]


Outcome = tuple[dict[str, Any], Callable[[], None] | None]
"""What is said to Slack at once, and what is to be done after that."""


def read_submission(payload: Mapping[str, Any]) -> Submitted:
    """Return a modal that was sent, as Slack tells it.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    return read_view(payload, payload["view"])


def read_view(payload: Mapping[str, Any], view: Mapping[str, Any]) -> Submitted:
    """Return what stands in a modal at this moment."""
    values = {}
    for block, elements in view["state"]["values"].items():
        (element,) = elements.values()
        values[block] = _filled_in(element)
    place = Place(team_id=payload["team"]["id"], user=payload["user"]["id"])
    return Submitted(place=place, values=values, behind=json.loads(view.get("private_metadata") or "{}"))


def _filled_in(element: Mapping[str, Any]) -> str:
    """Return what stands in an element, whichever kind it is."""
    several = element.get("selected_options")
    if several is not None:
        return " ".join(str(one["value"]) for one in several)
    one = (element.get("selected_option") or {}).get("value")
    found = (element.get(name) for name in ("value", "selected_time", "selected_conversation"))
    return str(one or next((value for value in found if value), ""))


def failed(sent: Submitted, said: str) -> dict[str, Any]:
    """Return what is said at the first field when nothing else can be done with a modal."""
    return errors(**{next(iter(sent.values)): said})


def errors(**said: str) -> dict[str, Any]:
    """Return what is wrong, said at the fields where it is."""
    return {"response_action": "errors", "errors": {field: words[:ERROR] for field, words in said.items()}}


def modal(name: str, text: Text, blocks: list[Block], behind: Mapping[str, Any] | None = None) -> Block:
    """Return a modal whose words are `modal.<name>.title` and `.submit`; `behind` comes back with it."""
    return {
        "type": "modal",
        "callback_id": name,
        "title": plain(text(f"modal.{name}.title"), VIEW_TITLE),
        "submit": plain(text(f"modal.{name}.submit"), VIEW_TITLE),
        "close": plain(text("modal.close"), VIEW_TITLE),
        "private_metadata": json.dumps(behind or {}),
        "blocks": blocks,
    }


def field(name: str, text: Text, element: Block, *, optional: bool = False, hint: bool = False) -> Block:
    """Return an element with its label `modal.<name>`, and `.hint` below it."""
    made = {
        "type": "input",
        "block_id": name,
        "label": plain(text(f"modal.{name}"), LABEL),
        "element": {**element, "action_id": name},
        "optional": optional,
    }
    return {**made, "hint": plain(text(f"modal.{name}.hint"), LABEL)} if hint else made


def kpi_menu(keys: Iterable[str], text: Text) -> Block:
    """Return a select of KPIs by name."""
    return _select("static_select", kpi_options(keys, text), text)


def kpis_menu(keys: Iterable[str], chosen: Sequence[str], text: Text) -> Block:
    """Return a select of several KPIs by name, some of them chosen."""
    options = kpi_options(keys, text)
    made = _select("multi_static_select", options, text)
    initial = [one for one in options if one["value"] in chosen]
    return {**made, "initial_options": initial} if initial else made


def kpi_options(keys: Iterable[str], text: Text) -> list[Block]:
    """Return KPIs as choices, by name."""
    return named({key: text(f"kpi.{key}.name") for key in keys})


def named(names: Mapping[str, str], typed: str = "") -> list[Block]:
    """Return values as choices by name, é beside e; only those whose name holds what was typed."""
    keys = {value: without_accents(name) for value, name in names.items()}
    found = sorted((key, value) for value, key in keys.items() if without_accents(typed) in key)
    return [option(names[value] or value, value) for _, value in found[:OPTIONS]]


def _select(kind: str, options: Sequence[Block], text: Text) -> Block:
    return {"type": kind, "placeholder": plain(text("modal.choose"), OPTION_TEXT), "options": list(options)}


def words_field(initial: str = "", longest: int = 200) -> Block:
    """Return a line to write in."""
    made: Block = {"type": "plain_text_input", "max_length": longest}
    return {**made, "initial_value": initial} if initial else made


def checkboxes(values: Mapping[str, str], ticked: Iterable[str]) -> Block:
    """Return boxes, each with its words, some of them ticked."""
    options = {value: option(words, value) for value, words in values.items()}
    made: Block = {"type": "checkboxes", "options": list(options.values())}
    initial = [options[value] for value in ticked]
    return {**made, "initial_options": initial} if initial else made


def menu(values: Mapping[str, str], text: Text, initial: str | None = None) -> Block:
    """Return a select of values, each with its words."""
    made = _select("static_select", [option(words, value) for value, words in values.items()], text)
    return made if initial is None else {**made, "initial_option": option(values[initial], initial)}

"""What people choose and fill in, as Slack tells it: each kind of element has its own word for its value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, time
from typing import Any

from bot.demo.slack.directory import Json
from bot.demo.slack.messages import elements_of
from bot.render.limits import Block

# The word for the value of each kind of element. Buttons have a value, but no state.
VALUE = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
WITHOUT_STATE = frozenset({"button", "overflow"})

LONGEST_INPUT = 3000

State = dict[str, dict[str, Json]]
"""What stands in each element: by block_id, then by action_id."""


def find(blocks: Sequence[Block], action_id: str, block_id: str | None) -> tuple[Block, Block]:
    """Return a block and the element in it; raises LookupError when there is none, or more than one."""
    found = [
        (block, element)
        for block in blocks
        if block_id in {None, block["block_id"]}
        for element in elements_of(block)
        if element["action_id"] == action_id
    ]
    if len(found) != 1:
        there = sorted(element["action_id"] for block in blocks for element in elements_of(block))
        raise LookupError(f"{len(found)} elements {action_id!r}; there are {there}")
    return found[0]


def initial_state(blocks: Sequence[Block], before: State, channel: str | None) -> State:
    """Return what stands in every element at first; what was filled in before stays where its element stays."""
    found: State = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in WITHOUT_STATE or element["type"] not in VALUE:
                continue
            action_id = element["action_id"]
            known = before.get(block["block_id"], {}).get(action_id, {})
            kept = known if known.get("type") == element["type"] else _initial(element, channel)
            found.setdefault(block["block_id"], {})[action_id] = kept
    return found


def _initial(element: Block, channel: str | None) -> Json:
    word = VALUE[element["type"]]
    value = deepcopy(element.get(word.replace("selected_", "initial_") if word != "value" else "initial_value"))
    if value is None and element.get("default_to_current_conversation"):
        value = channel if word == "selected_conversation" else [channel]
    if value is None and word == "selected_options":
        value = []
    return {"type": element["type"], word: value}


def chosen(element: Block, value: object, suggested: Sequence[Json]) -> Json:
    """Return a choice as Slack tells it.

    Args:
        element: what is used.
        value: words, a date, an id; an option or its `value` alone (of several that have it, the one offered last),
            or several in a list; None to empty it.
        suggested: the options that the app has offered for it, of a menu that asks the app.

    Raises LookupError for an option that is not offered, ValueError for what is no date or time.
    """
    kind = element["type"]
    word = VALUE[kind]
    if value is None or value == "":
        return {"type": kind, word: [] if word == "selected_options" else None}
    if word in {"selected_option", "selected_options"}:
        offered = [*_options(element), *suggested]
        wanted = value if isinstance(value, list | tuple) else [value]
        options = [deepcopy(_meant(one, offered)) for one in wanted]
        return {"type": kind, word: options if word == "selected_options" else options[0]}
    if kind == "datepicker":
        date.fromisoformat(str(value))
    if kind == "timepicker":
        time.fromisoformat(str(value))
    return {"type": kind, word: value}


def _meant(wanted: object, offered: Sequence[Json]) -> Json:
    for option in reversed(offered):
        if wanted in (option, option["value"]):
            return option
    raise LookupError(f"{wanted} is not offered, but {sorted({option['value'] for option in offered})}")


def _options(element: Block) -> Iterator[Json]:
    yield from element.get("options", [])
    for group in element.get("option_groups", []):
        yield from group["options"]


def complaints(blocks: Sequence[Block], state: State) -> dict[str, str]:
    """Return what Slack itself objects to before it submits a modal, by block_id."""
    found = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        word = VALUE[element["type"]]
        complaint = _complaint(block, element, state[block["block_id"]][element["action_id"]][word])
        if complaint is not None:
            found[block["block_id"]] = complaint
    return found


def _complaint(block: Block, element: Block, value: Any) -> str | None:  # noqa: ANN401  # whatever was filled in
    if value in (None, "", []):
        return None if block.get("optional") else "Please complete this required field."
    check = _COMPLAINTS.get(element["type"])
    return check(element, value) if check is not None else None


def _text_complaint(element: Block, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", LONGEST_INPUT)
    return None if least <= len(value) <= most else f"Please enter {least} to {most} characters."


def _number_complaint(element: Block, value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Please enter a whole number."
    if number < float(element.get("min_value", "-inf")) or number > float(element.get("max_value", "inf")):
        return f"Please enter a number from {element.get('min_value', '…')} to {element.get('max_value', '…')}."
    return None


def _email_complaint(_: Block, value: str) -> str | None:
    return None if "@" in value else "Please enter a valid email address."


def _url_complaint(_: Block, value: str) -> str | None:
    return None if value.startswith(("http://", "https://")) else "Please enter a valid URL."


_COMPLAINTS: Mapping[str, Callable[[Block, str], str | None]] = {
    "plain_text_input": _text_complaint,
    "number_input": _number_complaint,
    "email_text_input": _email_complaint,
    "url_text_input": _url_complaint,
}

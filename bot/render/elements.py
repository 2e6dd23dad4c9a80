"""Slack's interactive elements, as plain dicts."""

from collections.abc import Sequence

from bot.render.limits import ACTIONS, BUTTON_TEXT, OPTION_TEXT, Block, cut


def plain(words: str, length: int) -> Block:
    """Return plain text, cut where it is too long; colons never turn into emoji."""
    return {"type": "plain_text", "text": cut(words, length), "emoji": False}


def button(words: str, action: str, value: str, *, style: str | None = None) -> Block:
    """Return a button; `value` comes back with the click."""
    made = {"type": "button", "action_id": action, "value": value, "text": plain(words, BUTTON_TEXT)}
    return made if style is None else {**made, "style": style}


def option(words: str, value: str) -> Block:
    """Return a choice of a select."""
    return {"text": plain(words, OPTION_TEXT), "value": value}


def select(words: str, action: str, options: Sequence[Block], chosen: str | None = None) -> Block:
    """Return a select among options; `chosen` is the value that is selected, if it is among them."""
    made = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(words, OPTION_TEXT),
        "options": list(options),
    }
    initial = next((one for one in options if one["value"] == chosen), None)
    return made if initial is None else {**made, "initial_option": initial}


def actions(elements: Sequence[Block], block_id: str | None = None) -> list[Block]:
    """Return a row of elements as one block; none without any."""
    if not elements:
        return []
    made: Block = {"type": "actions", "elements": list(elements[:ACTIONS])}
    return [made if block_id is None else {**made, "block_id": block_id}]

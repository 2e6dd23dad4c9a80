"""Blocks and views for tests of the stand-in Slack, and patience."""

import time


def plain(text):
    return {"type": "plain_text", "text": text}


def option(value, text=None):
    return {"text": plain(text or value), "value": value}


def button(action_id, text="Press", **more):
    return {"type": "button", "action_id": action_id, "text": plain(text)} | more


def menu(action_id, *values, **more):
    return {"type": "static_select", "action_id": action_id, "options": [option(value) for value in values]} | more


def actions(*elements, block_id="actions"):
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def section(text="words", **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}} | more


def field(block_id, element, **more):
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element} | more


def words(action_id, **more):
    return {"type": "plain_text_input", "action_id": action_id} | more


def modal(*blocks, title="Target", **more):
    return {"type": "modal", "title": plain(title), "submit": plain("Save"), "blocks": list(blocks)} | more


def home(*blocks):
    return {"type": "home", "blocks": list(blocks)}


def until(look, *, timeout_s=10):
    """Wait until `look` finds something in the bot, and return it; of the stand-in Slack use `slack.wait_for`."""
    ends = time.monotonic() + timeout_s
    while not (found := look()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.01)
    return found

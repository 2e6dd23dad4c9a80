"""Our check and an independent, validating builder take and refuse the same, wherever both know the rule."""

import pytest
import slackblocks
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from kit_strategies import ALERT, BLOCKS, ELEMENTS, MESSAGES, VIEWS
from other_builder import build, build_element, build_message, build_view
from shown import actions, button, field, modal, option, plain, section, words

from bot.render.limits import check, check_view

FIELDS_ONLY = {"plain_text_input", "number_input", "email_text_input", "url_text_input", "datetimepicker"}


def theirs(make, given):
    """Tell whether the builder takes it."""
    try:
        make(given)
    except (slackblocks.InvalidUsageError, ValueError):
        return False
    return True


def holding(element):
    """Return a modal that an element can stand in."""
    if element["type"] in FIELDS_ONLY:
        return modal(field("field", element))
    return modal(section(accessory=element))


def ours(element):
    return check_view(holding(element)) == []


@pytest.mark.parametrize("kind", ELEMENTS)
@given(data=st.data())
@settings(max_examples=25)
def test_an_element_is_taken_by_both_or_by_neither(kind, data):
    element = data.draw(ELEMENTS[kind])
    assert ours(element) == theirs(build_element, element), check_view(holding(element))


@pytest.mark.parametrize("kind", BLOCKS)
@given(data=st.data())
@settings(max_examples=25)
def test_a_block_is_taken_by_both_or_by_neither(kind, data):
    block = data.draw(BLOCKS[kind])
    assert (check([block]) == []) == theirs(build, block), check([block])


@pytest.mark.parametrize(("kind", "draw"), [*ELEMENTS.items(), *BLOCKS.items()])
def test_of_every_kind_some_are_taken_and_some_refused(kind, draw):
    make = build_element if kind in ELEMENTS else build
    first = settings(max_examples=300, phases=[Phase.generate])
    for taken in (True, False):
        find(draw, lambda given, taken=taken: theirs(make, given) == taken, settings=first)


@given(ALERT)
def test_an_alert_is_taken_by_both_or_by_neither(alert):
    assert (check_view(modal(alert)) == []) == theirs(build, alert), check_view(modal(alert))


@given(MESSAGES)
def test_a_message_is_taken_by_both_or_by_neither(blocks):
    assert (check(blocks) == []) == theirs(build_message, blocks), check(blocks)


@given(VIEWS)
def test_a_view_is_taken_by_both_or_by_neither(view):
    assert (check_view(view) == []) == theirs(build_view, view), check_view(view)


# --- Where they differ, and why --------------------------------------------------------------------------------------

SAYS = {"type": "mrkdwn", "text": "words"}
CELL = {"type": "raw_text", "text": "a"}
PICK = {"type": "static_select", "options": [option("a")]}
TICKS = {"type": "checkboxes", "options": [option("a")]}

# Slack refuses these, or its reference says so; the builder doesn't look, or makes something else of them.
ONLY_WE_REFUSE = {
    "a button has one of two styles": actions(button("a", style="loud")),
    "a header is plain; the builder makes it so": {"type": "header", "text": SAYS},
    "an option of a menu is plain; so it does here": actions(
        {"type": "overflow", "options": [{"text": SAYS, "value": "a"}]}
    ),
    "a menu needs something to offer": actions({"type": "static_select"}),
    "only an overflow menu's options lead somewhere": actions(
        PICK | {"options": [option("a") | {"url": "https://a.b"}]}
    ),
    "what is chosen at first is offered": actions(PICK | {"initial_option": option("b")}),
    "what is ticked at first is offered": actions(TICKS | {"initial_options": [option("b")]}),
    "nothing ticked is left out": actions(TICKS | {"initial_options": []}),
    "a moment has ten digits": actions({"type": "datetimepicker", "initial_date_time": 7}),
    "an address is not empty": actions(button("a", url="")),
    "an identifier of a block is not empty": section(block_id=""),
    "a row of buttons has one": actions(),
    "small print has words": {"type": "context", "elements": []},
    "Markdown has words": {"type": "markdown", "text": ""},
    "a field stands in an input": actions(words("a")),
    "a menu of several stands in a section or an input": actions({"type": "multi_users_select"}),
    "a picture is not clicked": actions({"type": "image", "image_url": "https://a.b", "alt_text": "a"}),
    "an action_id is there once in its block": actions(button("a"), button("a")),
    "a row has cells": {"type": "table", "rows": [[]]},
    "a cell has words": {"type": "table", "rows": [[CELL | {"text": ""}]]},
    "a number can be written in JSON": {
        "type": "data_table",
        "caption": "a",
        "rows": [[CELL], [{"type": "raw_number", "value": float("inf"), "text": "∞"}]],
    },
}
ONLY_WE_REFUSE_TOGETHER = {
    "a message of blocks has one": [],
    "a message has one plain table": [{"type": "table", "rows": [[CELL]]}] * 2,
    "a block_id is there once": [section(block_id="a"), section(block_id="a")],
}
# The builder asks for a whole group, which Slack does not know as a choice.
ONLY_THEY_REFUSE = {
    "a choice among groups is an option": actions(
        {"type": "static_select", "option_groups": [{"label": plain("All"), "options": [option("a")]}]}
        | {"initial_option": option("a")}
    ),
}


@pytest.mark.parametrize("why", ONLY_WE_REFUSE)
def test_what_only_we_refuse(why):
    assert check([ONLY_WE_REFUSE[why]]) != []
    assert theirs(build, ONLY_WE_REFUSE[why])


@pytest.mark.parametrize("why", ONLY_WE_REFUSE_TOGETHER)
def test_what_only_we_refuse_in_a_message(why):
    assert check(ONLY_WE_REFUSE_TOGETHER[why]) != []
    assert theirs(build_message, ONLY_WE_REFUSE_TOGETHER[why])


@pytest.mark.parametrize("why", ONLY_THEY_REFUSE)
def test_what_only_the_builder_refuses(why):
    assert check([ONLY_THEY_REFUSE[why]]) == []
    assert not theirs(build, ONLY_THEY_REFUSE[why])


@pytest.mark.parametrize("kind", ["card", "carousel", "container", "file", "plan", "rich_text", "task_card", "video"])
def test_blocks_that_the_bot_never_sends_are_not_known(kind):
    assert "does not match" in check([{"type": kind}])[0]

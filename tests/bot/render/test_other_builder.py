"""Our plain dicts compared with what an independent, validating builder makes of the same content."""

import json

import pytest
from other_builder import build
from sample_answers import ANSWERS

from bot.render.blocks import answer_blocks
from bot.text import Text

# What the builder always adds, and what it leaves out when it is false.
ADDED = {"block_id": None, "row_header_column_index": 0, "emoji": False}


def comparable(part):
    if isinstance(part, dict):
        return {
            key: comparable(value)
            for key, value in part.items()
            if key not in ADDED or (key != "block_id" and value != ADDED[key])
        }
    return [comparable(inner) for inner in part] if isinstance(part, list) else part


@pytest.mark.parametrize("name", ANSWERS)
def test_an_independent_builder_makes_the_same_blocks(name):
    for block in answer_blocks(ANSWERS[name](), Text("en")):
        assert comparable(json.loads(repr(build(block)))) == comparable(block)

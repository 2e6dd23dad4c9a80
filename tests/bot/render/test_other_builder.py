"""Our plain dicts compared with what an independent, validating builder makes of the same content."""

import json

import pytest
import slackblocks
from sample_answers import ANSWERS
from slackblocks import AxisConfig, DataPoint, DataSeries, LineChart, RawNumber, RawText

from bot.render.blocks import answer_blocks
from bot.text import Text

# What the builder always adds, and what it leaves out when it is false.
ADDED = {"block_id": None, "row_header_column_index": 0, "emoji": False}


def header(block):
    return slackblocks.HeaderBlock(block["text"]["text"])


def text(words):
    return slackblocks.Text(words["text"], verbatim=words["verbatim"])


def section(block):
    if "fields" in block:
        return slackblocks.SectionBlock(fields=[text(field) for field in block["fields"]])
    return slackblocks.SectionBlock(text(block["text"]))


def context(block):
    return slackblocks.ContextBlock([text(element) for element in block["elements"]])


def cell(part):
    return RawText(part["text"]) if part["type"] == "raw_text" else RawNumber(part["value"], part["text"])


def data_table(block):
    rows = [[cell(part) for part in row] for row in block["rows"]]
    return slackblocks.DataTableBlock(rows, block["caption"], page_size=block["page_size"])


def chart(block):
    series = [
        DataSeries(one["name"], [DataPoint(point["label"], point["value"]) for point in one["data"]])
        for one in block["chart"]["series"]
    ]
    axis = block["chart"]["axis_config"]
    lines = LineChart(series, AxisConfig(axis["categories"], y_label=axis.get("y_label")))
    return slackblocks.DataVisualizationBlock(block["title"], lines)


BUILDERS = {
    "header": header,
    "section": section,
    "context": context,
    "data_table": data_table,
    "data_visualization": chart,
}


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
        built = json.loads(repr(BUILDERS[block["type"]](block)))
        assert comparable(built) == comparable(block)

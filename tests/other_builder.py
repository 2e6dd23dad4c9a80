"""What an independent, validating builder makes of our plain dicts: it is given their content, and may refuse it."""

import slackblocks as sb

TEXTS = {"mrkdwn": sb.Markdown, "plain_text": sb.PlainText}
ELEMENTS = {
    "button": sb.Button,
    "overflow": sb.OverflowMenu,
    "checkboxes": sb.CheckboxGroup,
    "radio_buttons": sb.RadioButtonGroup,
    "static_select": sb.StaticSelectMenu,
    "multi_static_select": sb.StaticMultiSelectMenu,
    "external_select": sb.ExternalSelectMenu,
    "multi_external_select": sb.ExternalMultiSelectMenu,
    "users_select": sb.UserSelectMenu,
    "multi_users_select": sb.UserMultiSelectMenu,
    "conversations_select": sb.ConversationSelectMenu,
    "multi_conversations_select": sb.ConversationMultiSelectMenu,
    "channels_select": sb.ChannelSelectMenu,
    "multi_channels_select": sb.ChannelMultiSelectMenu,
    "datepicker": sb.DatePicker,
    "timepicker": sb.TimePicker,
    "datetimepicker": sb.DateTimePicker,
    "plain_text_input": sb.PlainTextInput,
    "number_input": sb.NumberInput,
    "email_text_input": sb.EmailInput,
    "url_text_input": sb.URLInput,
}
CHARTS = {"line": sb.LineChart, "bar": sb.BarChart, "area": sb.AreaChart}
BLOCKS = {
    "actions": sb.ActionsBlock,
    "alert": sb.AlertBlock,
    "context": sb.ContextBlock,
    "data_table": sb.DataTableBlock,
    "data_visualization": sb.DataVisualizationBlock,
    "divider": sb.DividerBlock,
    "header": sb.HeaderBlock,
    "image": sb.ImageBlock,
    "input": sb.InputBlock,
    "markdown": sb.MarkdownBlock,
    "section": sb.SectionBlock,
    "table": sb.TableBlock,
}
# What the builder asks for although it may be left out.
ASKED = {"checkboxes": {"action_id": None}, "multi_static_select": {"action_id": None, "options": None}} | {
    kind: {"action_id": None} for kind in ("overflow", "radio_buttons")
}
RENAMED = {"initial_date_time": "initial_datetime"}


def build(block):
    """Return a block as the builder has it; raises its InvalidUsageError, or another error, for what it refuses."""
    return BLOCKS[block["type"]](**_parts(block))


def build_element(element):
    """Return an element, or a text; raises as `build`."""
    kind = element["type"]
    if kind in TEXTS:
        return TEXTS[kind](**{name: part for name, part in element.items() if name != "type"})
    if kind == "image":
        return sb.Image(**_parts(element))
    return ELEMENTS[kind](**ASKED.get(kind, {}) | _parts(element))


def build_view(view):
    """Return a view; raises as `build`."""
    kind = sb.ModalView if view["type"] == "modal" else sb.HomeTabView
    return kind(**_parts(view))


def build_message(blocks):
    """Return a message of blocks; raises as `build`."""
    return sb.Message(channel="C1", blocks=[build(block) for block in blocks])


def _parts(whole):
    return {RENAMED.get(name, name): _part(name, part) for name, part in whole.items() if name != "type"}


def _part(name, part):
    builder = PARTS.get(name)
    if builder is not None:
        return [builder(one) for one in part] if isinstance(part, list) else builder(part)
    return build_element(part) if isinstance(part, dict) else part


def _row(cells):
    return [(sb.RawText if cell["type"] == "raw_text" else sb.RawNumber)(**_parts(cell)) for cell in cells]


def _chart(chart):
    if chart["type"] == "pie":
        return sb.PieChart([sb.ChartSegment(**segment) for segment in chart["segments"]])
    series = [sb.DataSeries(one["name"], [sb.DataPoint(**point) for point in one["data"]]) for one in chart["series"]]
    return CHARTS[chart["type"]](series, sb.AxisConfig(**chart["axis_config"]))


PARTS = {
    "axis_config": lambda part: sb.AxisConfig(**part),
    "blocks": build,
    "chart": _chart,
    "column_settings": lambda part: None if part is None else sb.ColumnSettings(**part),
    "confirm": lambda part: sb.ConfirmationDialogue(**_parts(part)) if "title" in part else build_element(part),
    "dispatch_action_config": lambda part: sb.DispatchActionConfiguration(**part),
    "elements": build_element,
    "fields": build_element,
    "filter": lambda part: sb.ConversationFilter(**part),
    "initial_option": lambda part: sb.Option(**_parts(part)),
    "initial_options": lambda part: sb.Option(**_parts(part)),
    "option_groups": lambda part: sb.OptionGroup(**_parts(part)),
    "options": lambda part: sb.Option(**_parts(part)),
    "rows": _row,
}

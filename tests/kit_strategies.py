"""Blocks and elements around the limits: most parts fit, some are one too long, too short, too many or too few."""

from hypothesis import strategies as st


def around(most, least=1):
    """Draw a size that mostly fits, often just so, and is sometimes beyond either end."""
    usual = st.integers(least, min(most, least + 3))
    return usual | usual | usual | st.sampled_from([least, most, most]) | st.sampled_from([max(least - 1, 0), most + 1])


def words(most, least=1):
    return around(most, least).map(lambda size: "x" * size)


@st.composite
def many(draw, one, most, least=1):
    """Draw a list; all but the first are the same, as drawing a hundred of each takes long."""
    size = draw(around(most, least))
    return [draw(one), *[draw(one)] * (size - 1)] if size else []


def shape(kind=None, /, optional=None, **required):
    """Draw an object of a type, each of the optional parts there or not."""
    fixed = {} if kind is None else {"type": st.just(kind)}
    return st.fixed_dictionaries(fixed | required, optional=optional or {})


def plain(most):
    return shape("plain_text", text=words(most), optional={"emoji": st.booleans()})


def mrkdwn(most):
    return shape("mrkdwn", text=words(most), optional={"verbatim": st.booleans()})


def text(most):
    return mrkdwn(most) | plain(most)


def option(most=75, texts=plain):
    return shape(text=texts(most), value=words(150, 0), optional={"description": texts(75)})


YES_OR_NO = st.booleans()
ACTION_ID = words(255)
STYLE = st.sampled_from(["primary", "danger", "loud"])
CONFIRM = shape(title=plain(100), text=text(300), confirm=plain(30), deny=plain(30), optional={"style": STYLE})
NAMED = {"action_id": ACTION_ID}
CONFIRMED = NAMED | {"confirm": CONFIRM}
WHEN = shape(
    trigger_actions_on=st.lists(st.sampled_from(["on_enter_pressed", "on_character_entered", "on_blur"]), max_size=3)
)
FOCUSED = CONFIRMED | {"focus_on_load": YES_OR_NO}
MENU = FOCUSED | {"placeholder": plain(150)}
SEVERAL = MENU | {"max_selected_items": st.integers(0, 3)}
QUERY = {"min_query_length": st.integers(-1, 3)}
IDS = st.lists(words(9), max_size=2)
FILLED = NAMED | {"placeholder": plain(150), "focus_on_load": YES_OR_NO}
TYPED = FILLED | {"dispatch_action_config": WHEN, "initial_value": words(9)}
DATES = st.sampled_from(["2026-11-24", "2028-02-29", "2026-02-30", "24/11/2026", "2026-1-1", "soon"])
TIMES = st.sampled_from(["08:30", "23:59", "00:00", "24:00", "8:30", "08:60", "soon"])
FILTER = shape(
    optional={
        "include": st.lists(st.sampled_from(["im", "mpim", "private", "public", "secret"]), max_size=2),
        "exclude_external_shared_channels": YES_OR_NO,
        "exclude_bot_users": YES_OR_NO,
    }
)
CHANNEL = {"initial_channel": words(9), "response_url_enabled": YES_OR_NO}
CONVERSATION = {"initial_conversation": words(9), "response_url_enabled": YES_OR_NO}
CHANNELS = {"default_to_current_conversation": YES_OR_NO, "filter": FILTER}
NUMBERS = st.sampled_from(["0", "-3", "2.5", "1e2", ".5", "7."] * 2 + ["", "x", "1,5", "0x1"])
GROUP = shape(label=plain(75), options=many(option(), 100))
ALL = {"type": "plain_text", "text": "All"}
SMALL_GROUP = st.just({"label": ALL, "options": [{"text": ALL, "value": "all"}]})
GROUPS = GROUP.map(lambda group: [group]) | many(SMALL_GROUP, 100)


@st.composite
def radio_buttons(draw):
    """Draw radio buttons, one of them often ticked: mostly one that is there."""
    found = draw(shape("radio_buttons", options=many(option(texts=text), 10), optional=FOCUSED))
    other = {"text": ALL, "value": "other"}
    ticked = draw(st.none() | st.sampled_from(found["options"] or [None]) | st.just(other))
    return found if ticked is None else found | {"initial_option": ticked}


@st.composite
def menu(draw, kind, parts):
    """Draw a menu of options, or of groups of them."""
    offered = draw(shape(options=many(option(), 100)) | shape(option_groups=GROUPS))
    return draw(shape(kind, optional=parts)) | offered


ELEMENTS = {
    "button": shape(
        "button",
        text=plain(75),
        optional=CONFIRMED
        | {
            "value": words(2000, 0),
            "url": words(3000).filter(bool),
            "style": st.sampled_from(["primary", "danger"]),
            "accessibility_label": words(75, 0),
        },
    ),
    "overflow": shape("overflow", options=many(option(), 5), optional=CONFIRMED),
    "checkboxes": shape("checkboxes", options=many(option(texts=text), 10), optional=FOCUSED),
    "radio_buttons": radio_buttons(),
    "static_select": menu("static_select", MENU),
    "multi_static_select": menu("multi_static_select", SEVERAL),
    "external_select": shape("external_select", optional=MENU | QUERY | {"initial_option": option()}),
    "multi_external_select": shape("multi_external_select", optional=SEVERAL | QUERY),
    "users_select": shape("users_select", optional=MENU | {"initial_user": words(9)}),
    "multi_users_select": shape("multi_users_select", optional=SEVERAL | {"initial_users": IDS}),
    "conversations_select": shape(
        "conversations_select",
        optional=MENU | CHANNELS | CONVERSATION,
    ),
    "multi_conversations_select": shape(
        "multi_conversations_select",
        optional=SEVERAL | CHANNELS | {"initial_conversations": IDS},
    ),
    "channels_select": shape("channels_select", optional=MENU | CHANNEL),
    "multi_channels_select": shape("multi_channels_select", optional=SEVERAL | {"initial_channels": IDS}),
    "datepicker": shape("datepicker", optional=MENU | {"initial_date": DATES}),
    "timepicker": shape("timepicker", optional=MENU | {"initial_time": TIMES, "timezone": st.just("Europe/Paris")}),
    "datetimepicker": shape(
        "datetimepicker",
        optional=FOCUSED | {"initial_date_time": st.integers(10**9, 10**10 - 1)},
    ),
    "plain_text_input": shape(
        "plain_text_input",
        optional=TYPED | {"multiline": YES_OR_NO, "min_length": around(3000, 0), "max_length": around(3000)},
    ),
    "number_input": shape(
        "number_input", is_decimal_allowed=YES_OR_NO, optional=TYPED | {"min_value": NUMBERS, "max_value": NUMBERS}
    ),
    "email_text_input": shape("email_text_input", optional=TYPED),
    "url_text_input": shape("url_text_input", optional=TYPED),
}

# A part of an element that stands in a block whose own parts are tried: any valid one will do.
ALIGN = st.sampled_from(["left", "right", "up"])
URL = words(3000).filter(bool)
BUTTON = st.just({"type": "button", "text": {"type": "plain_text", "text": "Press"}})
INPUT = st.just({"type": "plain_text_input"})
IMAGE = shape("image", image_url=URL, alt_text=words(2000))
NAME = words(20)
NUMBER = st.integers(-5, 5) | st.floats(-5, 5)
CELL = shape("raw_text", text=words(3)) | shape("raw_number", value=NUMBER, text=words(3))


@st.composite
def table_rows(draw, cell, rows, least):
    """Draw rows, mostly of the same length."""
    columns = draw(around(20).filter(bool))
    found = draw(around(rows, least))
    row = draw(st.lists(cell, min_size=columns, max_size=columns))
    last = draw(st.just(row) | st.just(row) | st.just(row) | st.lists(cell, min_size=1, max_size=3))
    return [row] * (found - 1) + [last] if found else []


@st.composite
def graphs(draw):
    """Draw a chart over categories, mostly with one point for each."""
    categories = draw(around(20).flatmap(lambda n: st.just([f"c{i}" for i in range(n)])))
    names = draw(around(12).flatmap(lambda n: st.just([f"s{i}" for i in range(n)])))
    odd = draw(st.sampled_from(["", "", "", "twice", "missing", "named twice", "long", "empty", "moved"]))
    labels = list(categories)
    if odd == "missing":
        labels = labels[1:]
    if odd == "moved":
        labels = labels[::-1]
    if odd == "twice" and categories:
        categories = labels = [*categories[:-1], categories[0]]
    if odd == "named twice" and names:
        names = [*names[:-1], names[0]]
    if odd in {"long", "empty"} and names:
        names = [*names[:-1], "x" * 21 if odd == "long" else ""]
    series = [
        {"name": name, "data": [{"label": label, "value": draw(NUMBER)} for label in labels[:25]]} for name in names
    ]
    axis = draw(shape(optional={"x_label": words(50, 0), "y_label": words(50, 0)}))
    return {
        "type": draw(st.sampled_from(["line", "bar", "area"])),
        "series": series,
        "axis_config": {"categories": categories} | axis,
    }


PIES = shape("pie", segments=many(shape(label=NAME, value=st.integers(0, 5) | st.floats(0.1, 5)), 12))
BLOCK_ID = {"block_id": words(255).filter(bool)}
BLOCKS = {
    "actions": shape("actions", elements=many(BUTTON, 25).filter(bool), optional=BLOCK_ID),
    "context": shape("context", elements=many(text(3000) | IMAGE, 10).filter(bool), optional=BLOCK_ID),
    "data_table": shape(
        "data_table",
        caption=words(9),
        rows=table_rows(CELL, 201, 2),
        optional=BLOCK_ID | {"page_size": around(100), "row_header_column_index": st.integers(-1, 2)},
    ),
    "data_visualization": shape("data_visualization", title=words(50), chart=graphs() | PIES, optional=BLOCK_ID),
    "divider": shape("divider", optional=BLOCK_ID),
    "header": shape("header", text=plain(150), optional=BLOCK_ID),
    "image": shape("image", image_url=URL, alt_text=words(2000), optional=BLOCK_ID | {"title": plain(2000)}),
    "input": shape(
        "input",
        label=plain(2000),
        element=INPUT,
        optional=BLOCK_ID | {"hint": plain(2000), "optional": YES_OR_NO, "dispatch_action": YES_OR_NO},
    ),
    "section": shape(
        "section",
        optional=BLOCK_ID | {"text": text(3000), "fields": many(text(2000), 10).filter(bool), "accessory": BUTTON},
    ),
    "table": shape(
        "table",
        rows=table_rows(shape("raw_text", text=words(3).filter(bool)), 100, 1),
        optional=BLOCK_ID
        | {
            "column_settings": st.lists(
                st.none() | shape(optional={"align": st.sampled_from(["left", "right", "up"])}), max_size=3
            )
        },
    ),
}
ALERT = shape(
    "alert",
    text=text(200),
    optional=BLOCK_ID | {"level": st.sampled_from(["default", "info", "warning", "error", "success", "loud"])},
)
SIMPLE = st.sampled_from(
    [
        {"type": "divider"},
        {"type": "section", "text": {"type": "mrkdwn", "text": "words"}},
        {"type": "markdown", "text": "x" * 5000},
        {"type": "alert", "text": {"type": "mrkdwn", "text": "words"}},
        {"type": "input", "label": {"type": "plain_text", "text": "Words"}, "element": {"type": "plain_text_input"}},
        {
            "type": "data_visualization",
            "title": "FCR",
            "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]},
        },
        {"type": "data_table", "caption": "FCR", "rows": [[{"type": "raw_text", "text": "x" * 4000}]] * 2},
    ]
)
PLAIN_BLOCK = SIMPLE.filter(lambda block: block["type"] in {"divider", "section"})
MESSAGES = st.lists(SIMPLE, min_size=1, max_size=4) | many(PLAIN_BLOCK, 50).filter(bool)
AROUND_VIEW = {"private_metadata": words(3000, 0), "callback_id": words(255, 0), "external_id": words(255, 0)}
VIEW_BLOCKS = st.lists(SIMPLE, max_size=3) | many(PLAIN_BLOCK, 100, 0)
VIEWS = shape(
    "modal",
    title=plain(24),
    blocks=VIEW_BLOCKS,
    optional=AROUND_VIEW
    | {"submit": plain(24), "close": plain(24), "clear_on_close": YES_OR_NO, "notify_on_close": YES_OR_NO},
) | shape("home", blocks=VIEW_BLOCKS, optional=AROUND_VIEW)

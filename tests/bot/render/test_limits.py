import pytest
import shown

from bot.render.limits import check, check_suggestions, check_view, cut


def mrkdwn(text="words"):
    return {"type": "mrkdwn", "text": text}


def section(text="words", **more):
    return {"type": "section", "text": mrkdwn(text)} | more


def cell(text="a"):
    return {"type": "raw_text", "text": text}


def data_table(**changes):
    rows = [[cell("Team"), cell("Value")], [cell("Billing"), {"type": "raw_number", "value": 3, "text": "3"}]]
    return {"type": "data_table", "caption": "By team", "rows": rows} | changes


def chart(categories=("Mon", "Tue"), series=None, **changes):
    data = [{"label": label, "value": 1} for label in categories]
    line = {
        "type": "line",
        "series": series or [{"name": "Value", "data": data}],
        "axis_config": {"categories": list(categories)},
    }
    return {"type": "data_visualization", "title": "FCR", "chart": line} | changes


ACCEPTED = {
    "section": section("x" * 3000),
    "fields": {"type": "section", "fields": [mrkdwn("x" * 2000)] * 10},
    "header": {"type": "header", "text": {"type": "plain_text", "text": "x" * 150}},
    "context": {"type": "context", "elements": [mrkdwn()] * 10},
    "divider": {"type": "divider"},
    "data_table": data_table(),
    "largest data_table": data_table(rows=[[cell()] * 20] * 201, page_size=100),
    "table": {"type": "table", "rows": [[cell()] * 20] * 100},
    "chart": chart(),
    "widest chart": chart(categories=[f"{i:020}" for i in range(20)], title="x" * 50),
}

REFUSED = {
    "unknown type": {"type": "chart"},
    "no type": {},
    "section without words": {"type": "section"},
    "empty section": section(""),
    "long section": section("x" * 3001),
    "eleven fields": {"type": "section", "fields": [mrkdwn()] * 11},
    "long field": {"type": "section", "fields": [mrkdwn("x" * 2001)]},
    "header in mrkdwn": {"type": "header", "text": mrkdwn()},
    "long header": {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
    "empty context": {"type": "context", "elements": []},
    "eleven notes": {"type": "context", "elements": [mrkdwn()] * 11},
    "data_table without caption": data_table(caption=""),
    "data_table without rows": {"type": "data_table", "caption": "By team"},
    "data_table with only a header": data_table(rows=[[cell()]]),
    "too many rows": data_table(rows=[[cell()]] * 202),
    "too many columns": data_table(rows=[[cell()] * 21] * 2),
    "uneven rows": data_table(rows=[[cell()], [cell(), cell()]]),
    "empty cell": data_table(rows=[[cell()], [cell("")]]),
    "unknown cell": data_table(rows=[[cell()], [{"type": "link", "text": "x"}]]),
    "infinite cell": data_table(rows=[[cell()], [{"type": "raw_number", "value": float("inf"), "text": "∞"}]]),
    "too many characters": data_table(rows=[[cell("x" * 10_001)], [cell("x" * 10_000)]]),
    "page of none": data_table(page_size=0),
    "101 rows": {"type": "table", "rows": [[cell()]] * 101},
    "chart without title": chart(title=""),
    "long chart title": chart(title="x" * 51),
    "unknown chart": chart(chart={"type": "scatter"}),
    "no categories": chart(categories=()),
    "21 categories": chart(categories=[str(i) for i in range(21)]),
    "categories twice": chart(categories=("Mon", "Mon")),
    "long category": chart(categories=("x" * 21, "Tue")),
    "series twice": chart(
        series=[{"name": "Value", "data": [{"label": "Mon", "value": 1}, {"label": "Tue", "value": 1}]}] * 2
    ),
    "long series name": chart(
        series=[{"name": "x" * 21, "data": [{"label": "Mon", "value": 1}, {"label": "Tue", "value": 1}]}]
    ),
    "a point missing": chart(series=[{"name": "Value", "data": [{"label": "Mon", "value": 1}]}]),
    "a point without number": chart(
        series=[{"name": "Value", "data": [{"label": "Mon", "value": None}, {"label": "Tue", "value": 1}]}]
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_slack_takes_has_no_problem(name):
    assert check([ACCEPTED[name]]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_slack_refuses_has_a_problem(name):
    assert check([REFUSED[name]])


def test_a_message_has_one_to_fifty_blocks():
    assert check([]) != []
    assert check([section()] * 50) == []
    assert check([section()] * 51) != []


def test_a_message_has_at_most_two_charts_and_one_table():
    table = {"type": "table", "rows": [[cell()]]}
    assert check([chart()] * 2) == []
    assert check([chart()] * 3) != []
    assert check([table] * 2) != []


def test_block_ids_are_unique_and_not_too_long():
    assert check([section(block_id="a"), section(block_id="b")]) == []
    assert check([section(block_id="a"), section(block_id="a")]) != []
    assert check([section(block_id="x" * 256)]) != []


def test_words_that_are_too_long_end_with_an_ellipsis():
    assert cut("seven", 5) == "seven"
    assert cut("eleven", 5) == "elev…"


# --- Elements and views ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "problem",
    [
        {"type": "actions", "elements": [shown.button("a", "x" * 76)]},
        {"type": "actions", "elements": [shown.button("a", value="x" * 2001)]},
        {"type": "actions", "elements": [shown.button("a"), shown.button("a")]},
        {"type": "actions", "elements": [shown.button(str(i)) for i in range(26)]},
        {"type": "actions", "elements": [shown.menu("a", *map(str, range(101)))]},
        {"type": "actions", "elements": [shown.words("a")]},
        {"type": "alert", "text": mrkdwn()},
        section(colour="red"),
        section(accessory=None),
        section() | {"text": mrkdwn() | {"emoji": True}},
    ],
)
def test_an_element_that_slack_refuses_has_a_problem(problem):
    assert check([problem]) != []


def test_a_problem_says_where_and_what():
    (problem,) = check([section(), {"type": "actions", "elements": [shown.button("a", "x" * 76)]}])
    assert problem.startswith("1.actions.elements.0.button.text")
    assert "76 characters, not 75 at most" in problem


def test_a_row_has_at_most_twenty_five_buttons():
    assert check([shown.actions(*(shown.button(str(i)) for i in range(25)))]) == []


def test_a_modal_takes_a_hundred_blocks_and_no_charts():
    assert check_view(shown.modal(*[section()] * 100)) == []
    assert check_view(shown.modal(*[section()] * 101)) != []
    assert check_view(shown.modal(chart())) != []
    assert check_view(shown.modal({"type": "alert", "text": mrkdwn(), "level": "warning"})) == []
    assert check_view(shown.home(chart(), data_table())) == []
    assert check_view(shown.home({"type": "alert", "text": mrkdwn()})) != []


def test_a_modal_with_a_field_can_be_submitted():
    view = shown.modal(shown.field("value", shown.words("value")))
    assert check_view(view) == []
    del view["submit"]
    assert "an input, but no submit" in check_view(view)[0]


@pytest.mark.parametrize(
    "part", [{"title": shown.plain("x" * 25)}, {"submit": shown.plain("x" * 25)}, {"private_metadata": "x" * 3001}]
)
def test_the_parts_of_a_modal_have_their_limits(part):
    assert check_view(shown.modal(section()) | part) != []


def test_what_a_menu_is_offered_is_options_or_groups_of_them():
    assert check_suggestions({"options": []}) == []
    assert check_suggestions({"options": [shown.option("a")] * 100}) == []
    assert check_suggestions({"options": [shown.option("a")] * 101}) != []
    assert check_suggestions({"option_groups": [{"label": shown.plain("All"), "options": [shown.option("a")]}]}) == []
    assert check_suggestions({}) != []

"""What a bot may show, and what people do with it, in the browser: by mouse and by keyboard."""

import re
from itertools import pairwise

import pytest
from shown import actions, button, field, home, menu, modal, option, plain, section, until, words


@pytest.fixture
def told(app):
    """Give what the app is told of people's doings, all of it acknowledged."""
    told = []

    @app.action(re.compile(".*"))
    def acted(ack, action):
        ack()
        told.append(action)

    return told


@pytest.fixture
def show(page, client, app):
    """Give a function that posts blocks in #support, and returns the message on Bob's page."""

    def post(*blocks, text="words"):
        ts = client.chat_postMessage(channel="C_SUPPORT", text=text, blocks=list(blocks))["ts"]
        message = page.locator(f'[data-ts="{ts}"]')
        message.wait_for()
        return message

    return post


def only(told):
    return until(lambda: told and told.pop())


# --- What only shows -------------------------------------------------------------------------------------------------


def test_what_was_escaped_is_shown_and_means_nothing(show):
    said = "*Tickets* &lt;!channel&gt; &lt;https://x.example|y&gt; R&amp;D &amp;lt; <https://example.org|the ticket>"
    message = show({"type": "section", "text": {"type": "mrkdwn", "text": said, "verbatim": True}})
    assert "Tickets <!channel> <https://x.example|y> R&D &lt; the ticket" in message.inner_text()
    assert message.locator("strong").inner_text() == "Tickets"
    (link,) = message.get_by_role("link").all()
    assert (link.get_attribute("href"), link.get_attribute("target")) == ("https://example.org", "_blank")


def test_times_are_no_emoji_and_emoji_are(show):
    for said in ("until 05:54: 57.6%", "jusqu’à 05:54\N{NO-BREAK SPACE}: 57,6"):
        assert f"{said} 👋" in show(section(f"{said} :wave:")).inner_text()


def test_a_word_without_end_is_broken(show, page):
    show(section("a" * 3000), text="b" * 3000)
    assert page.evaluate(
        "[...document.querySelectorAll('.messages, .message')].every(e => e.scrollWidth <= e.clientWidth)"
    )


def table(rows, page_size=5):
    head = [{"type": "raw_text", "text": title} for title in ("Team", "Median")]
    cells = [
        [{"type": "raw_text", "text": name}, {"type": "raw_number", "value": value, "text": f"{value} min"}]
        for name, value in rows
    ]
    return {"type": "data_table", "caption": "First response", "rows": [head, *cells], "page_size": page_size}


def first_column(message):
    return message.locator("tbody td:first-child").all_inner_texts()


def test_a_table_sorts_by_its_numbers_and_its_words(show):
    message = show(table([("Orders", 90), ("Élan", 100), ("Billing", 9)]))
    shown = message.get_by_role("table", name="First response")
    assert first_column(shown) == ["Orders", "Élan", "Billing"]
    shown.get_by_role("button", name="Median").click()
    assert first_column(shown) == ["Élan", "Orders", "Billing"]
    assert shown.get_by_role("columnheader", name="Median").get_attribute("aria-sort") == "descending"
    shown.get_by_role("button", name="Team").press("Enter")
    assert first_column(shown) == ["Billing", "Élan", "Orders"]


def test_a_long_table_has_pages(show):
    message = show(table([(f"Team {number}", number) for number in range(1, 8)]))
    assert "1–5 of 7" in message.inner_text()
    message.get_by_role("button", name="Next rows").click()
    assert first_column(message) == ["Team 6", "Team 7"]
    assert message.get_by_role("button", name="Next rows").is_disabled()


MONTHS = [f"Month {number} of 2026" for number in range(1, 13)]


def chart(kind):
    if kind == "pie":
        return {"type": "pie", "segments": [{"label": "e-mail", "value": 3}, {"label": "phone", "value": 1}]}
    series = [
        {"name": name, "data": [{"label": month, "value": value(at)} for at, month in enumerate(MONTHS)]}
        for name, value in (("Median", lambda at: at * 7 % 5 - 1), ("Target", lambda _: 2))
    ]
    return {"type": kind, "series": series, "axis_config": {"categories": MONTHS, "y_label": "hours"}}


@pytest.mark.parametrize("kind", ["line", "area", "bar", "pie"])
def test_a_chart_is_told_in_words_and_can_be_read_as_a_table(show, kind):
    message = show({"type": "data_visualization", "title": "By month", "chart": chart(kind)})
    described = message.get_by_role("img").get_attribute("aria-label")
    assert "By month" in described
    assert ("e-mail 75%" if kind == "pie" else "Month 12 of 2026 1") in described
    message.get_by_role("button", name="Show as table").click()
    shown = message.get_by_role("table", name="By month")
    assert shown.get_by_role("row").count() == (3 if kind == "pie" else 13)


def test_the_names_under_a_chart_dont_overlap(show):
    message = show({"type": "data_visualization", "title": "By month", "chart": chart("line")})
    names = [name.bounding_box() for name in message.locator("text.category").all()]
    assert len(names) > 1
    assert all(left["x"] + left["width"] < right["x"] for left, right in pairwise(names))
    assert message.locator("text.category").last.text_content() == MONTHS[-1]


def test_a_block_that_the_page_doesnt_know_is_told(show, slack, page, monkeypatch):
    monkeypatch.setattr("bot.demo.slack.messages.check", lambda _: [])
    assert "This page cannot show a hologram." in show({"type": "hologram"}).inner_text()


# --- What acts -------------------------------------------------------------------------------------------------------


def test_a_button_tells_the_app_its_value_by_mouse_and_by_keyboard(show, told):
    message = show(actions(button("press", "Share", value="q1")))
    message.get_by_role("button", name="Share").click()
    assert only(told)["value"] == "q1"
    # While the first press is under way, the button takes no other.
    message.get_by_role("button", name="Share", disabled=False).press("Enter")
    assert only(told)["action_id"] == "press"


def test_what_wants_to_be_confirmed_is(show, told, page):
    sure = {"title": plain("Sure?"), "text": plain("All will see it."), "confirm": plain("Yes"), "deny": plain("No")}
    message = show(actions(button("press", "Share", confirm=sure)))
    message.get_by_role("button", name="Share").click()
    page.get_by_role("dialog", name="Sure?").get_by_role("button", name="No").click()
    message.get_by_role("button", name="Share").click()
    page.keyboard.press("Escape")
    assert told == []
    message.get_by_role("button", name="Share").click()
    page.keyboard.press("Enter")
    assert only(told)["action_id"] == "press"
    assert page.get_by_role("dialog").count() == 0


def test_a_menu_is_narrowed_by_typing_and_used_by_keyboard_alone(show, told, page):
    message = show(actions(menu("by", "team", "agent", "priority", placeholder=plain("By …"))))
    box = message.get_by_role("combobox", name="By …")
    box.focus()
    page.keyboard.press("ArrowDown")
    assert message.get_by_role("option").count() == 3
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert only(told)["selected_option"]["value"] == "agent"
    assert box.input_value() == "agent"
    page.keyboard.type("PRÏ")
    assert message.get_by_role("option").all_inner_texts() == ["priority"]
    page.keyboard.press("Escape")
    assert box.input_value() == "agent"
    assert told == []


def test_what_has_more_actions_shows_them(show, told, page):
    more = {"type": "overflow", "action_id": "more", "options": [option("define", "Definition"), option("why", "Why")]}
    message = show(section(accessory=more))
    message.get_by_role("button", name="More actions").press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent") == "Why"
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert only(told)["selected_option"]["value"] == "define"
    assert message.get_by_role("menu").count() == 0


def test_days_times_boxes_and_choices_are_told_as_slack_tells_them(show, told):
    boxes = {"type": "checkboxes", "action_id": "boxes", "options": [option("weekends"), option("holidays")]}
    radio = {"type": "radio_buttons", "action_id": "radio", "options": [option("daily"), option("weekly")]}
    day, time = {"type": "datepicker", "action_id": "day"}, {"type": "timepicker", "action_id": "time"}
    message = show(actions(day, time, boxes, radio))
    message.locator("input[type=date]").fill("2026-11-24")
    assert only(told)["selected_date"] == "2026-11-24"
    message.locator("input[type=time]").fill("08:30")
    assert only(told)["selected_time"] == "08:30"
    message.get_by_role("checkbox", name="weekends").check()
    only(told)
    message.get_by_role("checkbox", name="holidays").check()
    assert [one["value"] for one in only(told)["selected_options"]] == ["weekends", "holidays"]
    message.get_by_role("radio", name="weekly").press("Space")
    assert only(told)["selected_option"]["value"] == "weekly"


def test_people_channels_and_several_of_them_are_chosen_by_name(show, told, page):
    where = {"type": "conversations_select", "action_id": "where", "placeholder": plain("Where")}
    who = {"type": "multi_users_select", "action_id": "who", "placeholder": plain("Who")}
    message = show(section("Where", accessory=where), section("Who", accessory=who))
    message.get_by_role("combobox", name="Where").click()
    message.get_by_role("option", name="#sales").click()
    assert only(told)["selected_conversation"] == "C_SALES"
    message.get_by_role("combobox", name="Who").click()
    for name in ("Bob", "Alice"):
        message.get_by_role("option", name=name).click()
        only(told)
    message.get_by_role("button", name="Remove Bob").click()
    assert only(told)["selected_users"] == ["U_ALICE"]


def test_a_menu_that_asks_the_app_shows_what_it_offers(show, app, told):
    @app.options("team")
    def teams(ack, payload):
        ack(options=[option("1", f"{payload['value']}ing")])

    team = {"type": "external_select", "action_id": "team", "min_query_length": 2, "placeholder": plain("Team")}
    message = show(actions(team))
    box = message.get_by_role("combobox", name="Team")
    box.click()
    assert "Type at least 2 characters" in message.inner_text()
    box.press_sequentially("Bill")
    message.get_by_role("option", name="Billing", exact=True).click()
    assert only(told)["selected_option"] == option("1", "Billing")
    assert box.input_value() == "Billing"


# --- Modals and App Home ---------------------------------------------------------------------------------------------


TARGET = modal(
    field("aim", words("aim", placeholder=plain("75%"), min_length=2)),
    field(
        "teams", {"type": "multi_static_select", "action_id": "teams", "options": [option("Orders"), option("Returns")]}
    ),
    field("from", {"type": "datepicker", "action_id": "from"}, optional=True),
)


@pytest.fixture
def opened(app, show, page):
    """Give a modal that a button opened, and what is submitted in it; an aim of 7% is refused."""
    submitted = []

    @app.action("open")
    def open_it(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=TARGET)

    @app.view("")
    def submit(ack, view):
        values = view["state"]["values"]
        if values["aim"]["aim"]["value"] == "7%":
            ack(response_action="errors", errors={"aim": "Too little. Aim at 50% or more."})
            return
        ack()
        submitted.append(values)

    show(actions(button("open", "Set a target"))).get_by_role("button", name="Set a target").click()
    dialog = page.get_by_role("dialog", name="Target")
    dialog.wait_for()
    return dialog, submitted


def test_a_modal_is_filled_in_by_keyboard_alone(opened, page):
    dialog, submitted = opened
    page.keyboard.type("75%")
    page.keyboard.press("Tab")
    for key in ("ArrowDown", "Enter", "ArrowDown", "Enter", "Escape"):
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    page.keyboard.type("11242026")
    dialog.get_by_role("button", name="Save").press("Enter")
    dialog.wait_for(state="detached")
    (values,) = submitted
    assert values["aim"]["aim"]["value"] == "75%"
    assert [one["value"] for one in values["teams"]["teams"]["selected_options"]] == ["Orders", "Returns"]
    assert values["from"]["from"]["selected_date"] == "2026-11-24"
    assert page.evaluate("document.activeElement.textContent") == "Set a target"


def test_the_focus_stays_in_a_modal(opened, page):
    dialog, _ = opened
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
        )
    assert dialog.is_visible()


def test_what_is_missing_or_refused_is_told_under_its_field(opened, page):
    dialog, submitted = opened
    dialog.get_by_role("button", name="Save").click()
    assert dialog.get_by_role("alert").all_inner_texts() == ["Please complete this required field."] * 2
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    page.keyboard.type("7%")
    dialog.get_by_role("combobox").click()
    dialog.get_by_role("option", name="Orders").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_text("Too little. Aim at 50% or more.").wait_for()
    assert dialog.get_by_role("textbox").first.input_value() == "7%"
    assert submitted == []
    dialog.get_by_role("textbox").first.fill("70%")
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="detached")
    assert submitted[0]["aim"]["aim"]["value"] == "70%"


def test_escape_closes_a_modal(opened, page, slack):
    dialog, _ = opened
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert slack.modal("U_BOB") is None


def test_the_app_home_is_shown_and_acts(app, page, client, told):
    client.views_publish(user_id="U_BOB", view=home(section("All is well"), actions(button("refresh", "Refresh"))))
    page.get_by_role("navigation").get_by_role("button", name="kpi").click()
    panel = page.get_by_role("tabpanel", name="Home")
    panel.get_by_role("button", name="Refresh").click()
    assert only(told)["action_id"] == "refresh"
    page.get_by_role("tab", name="Home").press("ArrowRight")
    assert page.get_by_role("tabpanel", name="Messages").is_visible()


# --- What goes wrong, who sees what ----------------------------------------------------------------------------------


def test_an_app_that_fails_is_told_as_slack_tells_it(page, slack):
    slack.events_url = "http://127.0.0.1:9/nobody"
    box = page.get_by_role("textbox", name="Message #support")
    box.fill("/kpi fcr")
    box.press("Enter")
    notice = page.locator(".notice")
    notice.get_by_text('/kpi failed with the error "dispatch_failed"').wait_for()
    assert notice.count() == 1
    notice.get_by_role("button", name="Dismiss").click()
    notice.wait_for(state="detached")


def test_another_command_is_no_command(page):
    box = page.get_by_role("textbox", name="Message #support")
    box.fill("/remind me")
    box.press("Enter")
    assert "/remind is not a valid command" in page.locator(".notice").inner_text()
    assert box.input_value() == "/remind me"


def test_only_whom_it_is_for_sees_an_ephemeral_message(page, client):
    client.chat_postEphemeral(channel="C_SUPPORT", user="U_BOB", text="for Bob")
    message = page.locator(".message.ephemeral")
    assert "Only visible to you" in message.inner_text()
    page.get_by_role("radio", name="Bob").press("ArrowRight")
    page.get_by_role("heading", name="Ici commence").wait_for()
    assert page.locator(".message").count() == 0


def test_a_thread_is_opened_read_and_written_in(page, client, show, slack):
    message = show(section("the digest"))
    ts = message.get_attribute("data-ts")
    client.chat_postMessage(channel="C_SUPPORT", thread_ts=ts, text="team by team")
    message.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    thread.get_by_text("team by team").wait_for()
    assert page.get_by_role("main").get_by_text("team by team").count() == 0
    thread.get_by_role("textbox").fill("thank you")
    page.keyboard.press("Enter")
    thread.get_by_text("thank you").wait_for()
    assert slack.seen_by("U_DINA", "C_SUPPORT")[-1].thread_ts == ts
    page.keyboard.press("Escape")
    thread.wait_for(state="detached")


def test_a_file_can_be_kept(page, client):
    client.files_upload_v2(channel="C_SUPPORT", content="key,value\nfcr,0.75\n", filename="fcr.csv", title="fcr.csv")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download fcr.csv").click()
    assert kept.value.suggested_filename == "fcr.csv"
    assert kept.value.path().read_text() == "key,value\nfcr,0.75\n"


def test_a_channel_where_something_came_is_marked(page, client):
    client.chat_postMessage(channel="C_BOARD", text="for the board")
    unread = page.get_by_role("button", name="board")
    until(lambda: "unread" in (unread.get_attribute("class") or ""))
    unread.click()
    page.get_by_text("for the board").wait_for()
    assert "unread" not in unread.get_attribute("class")

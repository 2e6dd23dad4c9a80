"""The demo as people try it: the bot itself behind the page, on the made-up helpdesk of 24 November 2026, 10:26."""

import re
import sqlite3
from time import sleep

import httpx2
import pytest
from demo_desk import DEMO_NOW
from sqlalchemy import make_url
from starlette.applications import Starlette

from bot.demo.answering import answering
from bot.demo.browser import BUNDLE
from bot.demo.desk import DemoDesk
from bot.demo.desk import demo_settings as settings_of_the_demo
from bot.demo.slack import serving


@pytest.fixture(scope="module")
def demo(demo_template, tmp_path_factory):
    """Give the address of the demo, whose clock stands still until it is moved."""
    directory = tmp_path_factory.mktemp("demo")
    with sqlite3.connect(str(make_url(demo_template).database)) as source:
        with sqlite3.connect(directory / "kpi-bot-demo.db") as copy:
            source.backup(copy)
        copy.close()
    source.close()
    desk = DemoDesk(settings_of_the_demo(directory, "en"), really=lambda: DEMO_NOW)
    with answering(desk, BUNDLE) as routes, serving(Starlette(routes=routes)) as url:
        _wait_for_the_digest(url)
        yield url
    desk.engine.dispose()


def _wait_for_the_digest(url):
    for _ in range(200):
        state = httpx2.get(f"{url}/api/page/state", params={"user": "U_BOB"}).json()
        if any(message["thread_ts"] for message in state["messages"]["C_SUPPORT"]):
            return
        sleep(0.1)
    raise TimeoutError("no digest")


@pytest.fixture
def bob(demo, browse):
    return browse(f"{demo}/#U_BOB/C_SUPPORT")


@pytest.fixture
def alice(demo, browse):
    return browse(f"{demo}/#U_ALICE/C_SUPPORT")


def box(page):
    return page.get_by_role("main").get_by_role("textbox", name=re.compile("^(Message|Envoyer)"))


def ask(page, words):
    """Ask, and return the answer's message."""
    before = page.locator(".message").count()
    box(page).fill(words)
    box(page).press("Enter")
    answer = page.locator(".message").nth(before)
    answer.wait_for()
    return answer


def test_a_question_is_completed_and_answered_by_keyboard_alone(bob):
    box(bob).focus()
    bob.keyboard.type("/k")
    bob.get_by_role("option", name="/kpi").wait_for()
    bob.keyboard.press("Tab")
    bob.keyboard.type("first contact")
    option = bob.get_by_role("option", name="/kpi first contact resolution")
    option.first.wait_for()
    bob.keyboard.press("ArrowDown")
    assert option.first.get_attribute("aria-selected") == "true"
    bob.keyboard.press("Enter")
    bob.keyboard.type("last w")
    bob.get_by_role("option", name="last week").first.wait_for()
    bob.keyboard.press("Tab")
    assert box(bob).input_value() == "/kpi first contact resolution last week "
    bob.keyboard.press("Escape")
    assert bob.get_by_role("option").count() == 0
    bob.keyboard.press("Enter")
    answer = bob.locator(".message").last
    answer.get_by_text("week 47 · 16–22 Nov 2026").first.wait_for()
    assert "Only visible to you" in answer.inner_text()
    assert box(bob).input_value() == ""
    bob.keyboard.press("ArrowUp")
    assert box(bob).input_value() == "/kpi first contact resolution last week"


def test_an_answer_has_its_chart_its_table_and_its_buttons(bob):
    answer = ask(bob, "/kpi frt last month by team")
    assert answer.get_by_role("img", name="First response time").is_visible()
    assert answer.get_by_role("table").get_by_role("row").count() == 5
    for name in ("Share", "Trend", "Tickets", "CSV", "Definition"):
        assert answer.get_by_role("button", name=name, exact=True).is_visible()


def test_what_is_shared_is_seen_by_all(bob, alice):
    answer = ask(bob, "/kpi csat 2026-09")
    answer.get_by_role("button", name="Share").click()
    shared = alice.locator(".message:not(.ephemeral)", has_text="Customer satisfaction · September 2026").first
    shared.wait_for()
    assert "Bob Keller" in shared.inner_text()
    bob.locator(".message:not(.ephemeral)", has_text="Customer satisfaction · September 2026").first.wait_for()
    bob.locator(".message.ephemeral", has_text="Customer satisfaction · September 2026").wait_for(state="detached")


def test_everybody_is_answered_in_the_language_of_their_slack(bob):
    bob.get_by_text("Alice").click()
    bob.get_by_text("Ici commence").wait_for()
    said = ask(bob, "/kpi fcr 2026-10").inner_text()
    assert "Résolution au premier contact" in said
    assert re.search(r"\d,\d\N{NO-BREAK SPACE}%", said)
    bob.get_by_text("EN", exact=True).click()
    bob.get_by_text("This is the very beginning").wait_for()
    assert "First contact resolution" in ask(bob, "/kpi fcr 2026-10").inner_text()
    bob.get_by_text("FR", exact=True).click()
    bob.get_by_text("Ici commence").wait_for()


def test_an_agent_sees_no_other_agents(alice):
    said = ask(alice, "/kpi frt 2026-10 par agent").inner_text()
    assert "Chloé" not in said
    assert "Bob" not in said


def test_a_question_is_put_together_in_a_modal(bob):
    menu = ask(bob, "/kpi")
    menu.get_by_role("button", name="Build a question").click()
    dialog = bob.get_by_role("dialog", name="Build a question")
    dialog.get_by_role("combobox", name="KPI").fill("tickets rec")
    bob.keyboard.press("Enter")
    dialog.get_by_role("button", name="Ask").click()
    dialog.wait_for(state="detached")
    bob.locator(".message", has_text="Tickets received").first.wait_for()


def test_sla_alerts_are_made_in_a_modal_that_tells_what_is_wrong_where_it_is(bob):
    ask(bob, "/kpi alerts").get_by_role("button", name="New SLA alerts").click()
    dialog = bob.get_by_role("dialog", name="SLA alerts")
    dialog.get_by_role("checkbox", name="First reply").check()
    dialog.get_by_role("textbox", name="How long before").fill("soon")
    dialog.get_by_role("textbox", name="Escalate when nobody has taken it for").fill("20m")
    dialog.get_by_role("combobox", name="Escalate to a user group").click()
    dialog.get_by_role("option", name="@leads").click()
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_text("is no lead time").wait_for()
    dialog.get_by_role("textbox", name="How long before").fill("45m")
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="detached")
    assert "/kpi alerts on sla first reply lead 45m escalate 20m" in ask(bob, "/kpi alerts list").inner_text()


def test_the_app_is_asked_in_plain_words(bob):
    bob.get_by_role("navigation").get_by_role("button", name="kpi", exact=True).click()
    home = bob.get_by_role("tabpanel", name="Home")
    home.get_by_role("button").first.wait_for()
    bob.get_by_role("tab", name="Messages").click()
    before = bob.locator(".message").count()
    box(bob).fill("How fast did we answer e-mails last week?")
    bob.keyboard.press("Enter")
    bob.locator(".message").nth(before + 1).get_by_text("Reply time").first.wait_for()
    assert "How fast did we answer" in bob.locator(".message").nth(before).inner_text()


def test_rows_come_as_a_file_in_the_conversation_with_the_app(bob):
    ask(bob, "/kpi volume 2026-10 by team").get_by_role("button", name="CSV").click()
    bob.get_by_role("navigation").get_by_role("button", name="kpi", exact=True).click()
    bob.get_by_role("tab", name="Messages").click()
    with bob.expect_download() as kept:
        bob.get_by_role("link", name=re.compile("Download .*csv")).last.click()
    assert kept.value.path().read_text(encoding="utf-8-sig").startswith("kpi,")


def test_the_channel_has_its_digest_with_a_chart_and_the_teams_in_its_thread(bob):
    digest = bob.locator(".message").filter(has_text="Digest ·").first
    assert "Digest" in digest.inner_text()
    assert "Missed their target" in digest.inner_text()
    digest.get_by_role("button", name="1 reply").click()
    bob.get_by_text("By team").first.wait_for()


def test_as_time_passes_alerts_come_and_somebody_takes_one(bob, alice):
    late = re.compile("at risk|late, still waiting")
    for _ in range(8):
        if alice.locator(".message").filter(has_text=late).get_by_role("button", name="I'll take it").count():
            break
        bob.get_by_role("button", name="Move the clock forward").click()
        bob.get_by_role("menuitem", name="1 hour").click()
        alice.wait_for_timeout(1500)
    alert = alice.locator(".message").filter(has_text=late).last
    alert.get_by_role("button", name=re.compile("I'll take it|Je m’en occupe")).click()
    alice.get_by_text(re.compile("Taken by .*Alice Martin")).wait_for()
    assert bob.get_by_text(re.compile("Taken by .*Alice Martin")).count() == 1


def test_the_clock_goes_forward_and_the_helpdesk_with_it(bob):
    answer = ask(bob, "/kpi volume today").inner_text()
    assert "10:26" in answer
    assert bob.get_by_role("timer").inner_text() == "Tue, Nov 24 · 10:26 AM"
    bob.get_by_role("button", name="Move the clock forward").click()
    bob.get_by_role("menuitem", name="To 9:00 in the morning").click()
    bob.get_by_text("Wed, Nov 25").wait_for()
    assert bob.get_by_role("timer").inner_text() == "Wed, Nov 25 · 9:00 AM"
    later = ask(bob, "/kpi volume today").inner_text()
    assert "25 Nov 2026" in later
    assert "data as of 09:00" in later


def test_narrow_screens_have_the_channels_behind_a_button(demo, browse):
    phone = browse(f"{demo}/#U_BOB/C_SUPPORT", viewport={"width": 375, "height": 700})
    assert not phone.get_by_role("navigation").is_visible()
    phone.get_by_role("button", name="Show channels").click()
    phone.get_by_role("navigation").get_by_role("button", name="orders").click()
    phone.get_by_role("heading", name="orders", level=1).wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

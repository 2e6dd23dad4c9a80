"""The buttons below an answer, clicked as people click them."""

import csv
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import StringIO

import pytest
from slack_desk import NOW, SECRET, TOKEN, asked, buttons, choice, connected, replica, seen, settings
from sqlalchemy import func, insert, select, update

from bot.asking import Asker
from bot.commands import Commands
from bot.database import writing
from bot.demo.slack import Channel, Fault, StandInSlack
from bot.demo.slack.errors import SlackError
from bot.questions import KEPT_S, Questions
from bot.tables import asked_questions
from kpi import schema

FCR = "75.0% (30 of 40)"


def test_an_answer_has_the_buttons_that_it_can_follow(slack):
    answer = asked(slack, "fcr last week", FCR)
    assert buttons(answer) == ["share", "by", "trend", "tickets", "csv", "define"]


def test_what_is_not_available_can_only_be_defined(slack):
    assert buttons(asked(slack, "csat last week", "Not available")) == ["define"]


def test_by_asks_the_same_by_a_dimension_in_the_place_of_the_answer(slack):
    answer = asked(slack, "fcr last week", FCR)
    slack.select("U_BOB", answer, "by", choice(answer, "by", " team"))
    by_team = seen(slack, "18 of 20")
    assert by_team.ts == answer.ts
    assert by_team.only_for == "U_BOB"
    assert len(slack.posts) == 1
    assert "back" in buttons(by_team)
    assert {block["type"] for block in by_team.blocks} >= {"data_table", "data_visualization"}


def test_back_leads_to_where_it_began(slack):
    answer = asked(slack, "fcr last week", FCR)
    slack.click("U_BOB", answer, "trend")
    trend = seen(slack, "31 Aug")
    slack.click("U_BOB", trend, "define")
    definition = seen(slack, "In a question: fcr")
    assert buttons(definition) == ["back", "share"]
    slack.click("U_BOB", definition, "back")
    assert seen(slack, FCR).ts == answer.ts


def test_a_trend_shows_as_many_units_as_trends_usually_have(slack):
    answer = asked(slack, "volume last week", "40")
    slack.click("U_BOB", answer, "trend")
    title = seen(slack, "31 Aug").text.splitlines()[0]
    assert title.startswith("Tickets received · 31 Aug")
    assert title.endswith("22 Nov 2026")


def test_tickets_are_shown_in_pages_that_say_how_many_there_are(slack):
    answer = asked(slack, "fcr last week", FCR)
    slack.click("U_BOB", answer, "tickets")
    first = seen(slack, "20 of 40 shown · CSV has all")
    assert buttons(first) == ["back", "next", "share", "csv"]
    slack.click("U_BOB", first, "next")
    second = seen(slack, "21–40 of 40 shown · CSV has all")
    assert buttons(second) == ["back", "previous", "share", "csv"]
    slack.click("U_BOB", second, "previous")
    assert seen(slack, "20 of 40 shown · CSV has all").text == first.text


def test_csv_comes_as_a_direct_message_with_every_row(slack):
    answer = asked(slack, "tickets fcr last week", "20 of 40 shown")
    slack.click("U_BOB", answer, "csv")
    sent = seen(slack, "all rows", channel="D_BOB")
    (file,) = sent.files
    assert file.name == "fcr-tickets-2026-11-16.csv"
    assert len(file.content.decode("utf-8-sig").splitlines()) == 41
    assert seen(slack, "in your direct messages").only_for == "U_BOB"
    assert slack.seen_by("U_DINA", "D_BOB") == []


def test_the_figures_of_a_file_are_those_of_the_screen(slack):
    answer = asked(slack, "fcr last week", FCR)
    slack.click("U_BOB", answer, "csv")
    (file,) = seen(slack, "all rows", channel="D_BOB").files
    total, *_ = csv.DictReader(StringIO(file.content.decode("utf-8-sig")))
    assert (total["row"], total["value"], total["numerator"], total["denominator"]) == ("total", "0.75", "30", "40")


# --- Share -----------------------------------------------------------------------------------------------------------


def test_share_posts_for_everybody_and_takes_the_persons_own_away(slack):
    answer = asked(slack, "fcr last week", FCR)
    slack.click("U_BOB", answer, "share")
    shared = seen(slack, FCR, user="U_DINA")
    assert shared.only_for is None
    assert "Shared by Bob" in shared.text
    assert "<@" not in str(shared.blocks)
    assert buttons(shared) == ["by", "trend", "tickets", "csv", "define"]
    slack.wait_for(lambda: [one.ts for one in slack.seen_by("U_BOB", "C_SUPPORT")] == [shared.ts])


def test_a_button_below_a_shared_answer_replies_to_the_one_who_clicked_alone(slack):
    slack.click("U_BOB", asked(slack, "fcr last week", FCR), "share")
    shared = seen(slack, "Shared by", user="U_DINA")
    slack.click("U_DINA", shared, "tickets")
    assert seen(slack, "20 of 40 shown", user="U_DINA").only_for == "U_DINA"
    slack.wait_for(lambda: [one.ts for one in slack.seen_by("U_BOB", "C_SUPPORT")] == [shared.ts])


def test_each_reads_a_shared_answers_followings_in_their_own_language(slack):
    slack.click("U_BOB", asked(slack, "fcr last week", FCR), "share")
    slack.click("U_ALICE", seen(slack, "Shared by", user="U_ALICE"), "define")
    assert seen(slack, "Dans une question", user="U_ALICE").only_for == "U_ALICE"


def test_a_channel_without_the_bot_is_reached_too(engine, commands):
    private = Channel(id="C_PRIVATE", name="private", is_private=True, members=frozenset({"U_BOB", "U_DINA"}))
    slack = StandInSlack(signing_secret=SECRET, bot_token=TOKEN, channels=[private])
    with connected(commands, engine, slack=slack):
        slack.click("U_BOB", asked(slack, "fcr last week", FCR, channel="C_PRIVATE"), "share")
        assert seen(slack, "Shared by", user="U_DINA", channel="C_PRIVATE").only_for is None


def test_figures_about_persons_are_not_shared_where_no_setting_opens_it(slack):
    answer = asked(slack, "fcr last week by agent", FCR)
    slack.click("U_BOB", answer, "share")
    said = slack.wait_for(lambda: next((one for one in slack.posts if one.ts != answer.ts), None))
    assert said.only_for == "U_BOB"
    assert slack.seen_by("U_DINA", "C_SUPPORT") == []


def test_a_share_that_slack_did_not_take_can_be_tried_again(slack, monkeypatch):
    monkeypatch.setattr("bot.posting.refusals.RETRIES", 0)
    answer = asked(slack, "fcr last week", FCR)
    slack.fail("chat.postMessage", Fault(error="internal_error"))
    slack.click("U_BOB", answer, "share")
    seen(slack, "went wrong")
    slack.click("U_BOB", answer, "share")
    assert seen(slack, "Shared by", user="U_DINA")


# --- Once ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "posts"), [("share", 2), ("csv", 3), ("tickets", 1)])
def test_a_button_that_is_clicked_many_times_at_once_does_it_once(slack, action, posts):
    answer = asked(slack, "fcr last week", FCR)
    with ThreadPoolExecutor(5) as fingers:
        list(fingers.map(lambda _: _click_if_there(slack, answer, action), range(5)))
    slack.wait(posts)
    asked(slack, "backlog", "Backlog")  # whatever was still to come has come
    assert len(slack.posts) == posts + 1


def _click_if_there(slack, answer, action):
    """Click, unless the first click already took the message away."""
    with suppress(SlackError):
        slack.click("U_BOB", answer, action)


def test_a_click_that_reaches_two_replicas_does_it_once(slack, engine, commands):
    answer = asked(slack, "fcr last week", FCR)
    with replica(slack, Commands(commands.asker), engine) as other:
        slack.click("U_BOB", answer, "csv")
        slack.events_url = other
        slack.click("U_BOB", answer, "csv")
        slack.wait(3)
        asked(slack, "backlog", "Backlog")
    assert len(slack.seen_by("U_BOB", "D_BOB")) == 1


def test_buttons_work_twenty_minutes_later_after_a_restart(engine, commands):
    now = [float(NOW)]
    slack = StandInSlack(signing_secret=SECRET, bot_token=TOKEN, clock=lambda: now[0])
    with slack.running():
        with replica(slack, commands, engine, clock=lambda: now[0]) as slack.events_url:
            answer = asked(slack, "backlog", "Backlog")
        now[0] += 1200
        again = Commands(Asker(engine, settings()))
        with replica(slack, again, engine, clock=lambda: now[0]) as slack.events_url:
            slack.click("U_BOB", answer, "define")
            assert seen(slack, "In a question: backlog").ts == answer.ts


def test_what_follows_has_the_figures_as_of_the_answer(slack, engine):
    answer = asked(slack, "volume week", "Tickets received")
    key = answer.blocks[-1]["elements"][0]["value"]
    stored = Questions(engine).find("T_DEMO", key)
    slack.click("U_BOB", answer, "trend")
    trend = seen(slack, "7 Sep")
    following = Questions(engine).find("T_DEMO", trend.blocks[-1]["elements"][0]["value"])
    assert following.asked_at == stored.asked_at == NOW
    assert following.asked.origin == stored.asked


def test_a_question_that_was_forgotten_is_told(slack, engine):
    answer = asked(slack, "fcr last week", FCR)
    with writing(engine) as connection:
        connection.execute(update(asked_questions).values(id="another"))
    slack.click("U_BOB", answer, "tickets")
    assert "ask again" in seen(slack, "no longer know").text


def test_another_workspace_does_not_find_a_question(slack, engine):
    answer = asked(slack, "fcr last week", FCR)
    assert Questions(engine).find("T_OTHER", answer.blocks[-1]["elements"][0]["value"]) is None


def test_questions_are_forgotten_after_ninety_days(slack, engine):
    asked(slack, "fcr last week", FCR)
    with writing(engine) as connection:
        connection.execute(update(asked_questions).values(asked_at=NOW - KEPT_S - 1))
    asked(slack, "backlog", "Backlog")
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(asked_questions)) == 1


def test_an_answer_comes_without_buttons_when_the_database_takes_nothing(slack, engine, monkeypatch):
    monkeypatch.setattr("bot.questions.PATIENCE_MS", 50)
    monkeypatch.setattr("bot.audit.PATIENCE_MS", 50)
    monkeypatch.setattr("bot.said.PATIENCE_MS", 50)
    with writing(engine) as connection:
        connection.execute(insert(schema.teams), {"helpdesk": "desk", "external_id": "9", "name": "Night"})
        answer = asked(slack, "fcr last week", FCR)
    assert buttons(answer) == []


def test_a_team_with_markup_in_its_name_pings_nobody_when_it_is_shared(slack):
    slack.click("U_BOB", asked(slack, "fcr last week by team", "12 of 20"), "share")
    shared = seen(slack, "Shared by", user="U_DINA")
    assert "<!channel>" not in shared.text

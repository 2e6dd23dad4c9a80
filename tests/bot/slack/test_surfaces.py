"""The menu, mentions, direct messages and the App Home."""

import json

from slack_desk import NOW, asked, buttons, connected, replica, seen

from bot.commands import Commands
from bot.demo.slack import StandInSlack
from bot.questions import Questions, renewed
from bot.text import Text

FCR = "75.0% (30 of 40)"


# --- Menu ------------------------------------------------------------------------------------------------------------


def test_no_words_offer_the_usual_kpis_as_buttons(slack):
    menu = asked(slack, "", "What would you like to know?")
    assert menu.only_for == "U_BOB"
    assert buttons(menu) == ["ask"] * 8 + ["build", "show", "show"]
    slack.click("U_BOB", menu, "ask.backlog")
    answer = seen(slack, "Backlog ·")
    assert answer.ts == menu.ts
    assert "share" in buttons(answer)


def test_what_is_asked_most_in_a_channel_is_offered_first(slack):
    for _ in range(2):
        asked(slack, "clearance last week", "Clearance", user="U_DINA")
    menu = asked(slack, "", "What would you like to know?")
    assert menu.blocks[1]["elements"][0]["value"] == "clearance"
    elsewhere = asked(slack, "", "What would you like to know?", channel="D_BOB")
    assert elsewhere.blocks[1]["elements"][0]["value"] == "volume"


def test_the_menu_leads_to_the_list_and_the_help(slack):
    menu = asked(slack, "", "What would you like to know?")
    slack.click("U_BOB", menu, "show.list")
    seen(slack, "Backlog (backlog)")
    again = asked(slack, "", "What would you like to know?")
    slack.click("U_BOB", again, "show.help")
    seen(slack, "/kpi fcr week")


def test_the_menu_is_in_the_language_of_the_persons_slack(slack):
    asked(slack, "", "Que voulez-vous savoir", user="U_ALICE")


def test_the_list_of_all_kpis_fits_a_message(slack):
    listed = asked(slack, "list", "Backlog (backlog)")
    assert listed.blocks
    assert slack.refused == []


# --- Mentions and direct messages ------------------------------------------------------------------------------------


def test_a_mention_is_answered_to_the_one_who_asked_alone(slack):
    slack.mention("U_BOB", "C_SUPPORT", "what was our fcr last week?")
    answer = seen(slack, FCR)
    assert answer.only_for == "U_BOB"
    assert "share" in buttons(answer)
    slack.click("U_BOB", answer, "share")
    assert seen(slack, "Shared by", user="U_DINA")


def test_a_mention_in_a_thread_is_answered_there(slack):
    root = slack.say("U_BOB", "C_SUPPORT", "How are we doing?")
    slack.mention("U_BOB", "C_SUPPORT", "<@U_KPI> fcr last week", thread_ts=root.ts)
    assert seen(slack, FCR).thread_ts == root.ts


def test_a_mention_without_words_gets_the_menu(slack):
    slack.mention("U_BOB", "C_SUPPORT", "<@U_KPI>")
    seen(slack, "What would you like to know?")


def test_a_direct_message_is_answered_by_a_message_whose_buttons_stay_in_it(slack):
    slack.direct("U_ALICE", "quel était le fcr la semaine dernière ?")
    answer = seen(slack, "75,0", user="U_ALICE", channel="D_ALICE")
    assert answer.only_for is None
    assert buttons(answer) == ["by", "trend", "tickets", "csv", "define"]
    slack.click("U_ALICE", answer, "define")
    assert seen(slack, "Dans une question", user="U_ALICE", channel="D_ALICE").ts == answer.ts


def test_what_is_not_understood_is_told_in_the_conversation(slack):
    slack.direct("U_BOB", "fcrr last week")
    assert "fcr" in seen(slack, "fcrr", channel="D_BOB").text


def test_an_event_that_is_told_again_to_another_replica_is_answered_once(slack, engine, commands):
    told = []
    send = slack.sender.send_event
    slack.sender.send_event = lambda event: told.append(event) or send(event)
    slack.mention("U_BOB", "C_SUPPORT", "fcr last week")
    seen(slack, FCR)
    with replica(slack, Commands(commands.asker), engine) as other:
        slack.events_url = other
        assert send(told[0]).acknowledged
        asked(slack, "backlog", "Backlog")
    assert sum(FCR in post.text for post in slack.posts) == 1


def test_the_bot_does_not_answer_itself_nor_an_edit(slack):
    for changed in ({"bot_id": "B_KPI", "user": "U_KPI"}, {"subtype": "message_changed"}):
        event = {
            "type": "message",
            "channel_type": "im",
            "channel": "D_BOB",
            "user": "U_BOB",
            "text": "fcr",
            "ts": "1.1",
        }
        body = {
            "type": "event_callback",
            "team_id": "T_DEMO",
            "event_id": f"Ev{len(changed)}",
            "authorizations": [{"team_id": "T_DEMO", "user_id": "U_KPI", "is_bot": True}],
            "event": event | changed,
        }
        assert slack.sender.send_event(json.loads(json.dumps(body))).acknowledged
    asked(slack, "backlog", "Backlog")
    assert len(slack.posts) == 1


def test_a_person_who_is_named_is_the_agent_with_the_same_address(slack):
    slack.command("fcr last week <@U_ALICE|alice>", user="U_BOB")
    said = seen(slack, "alice")
    assert "@alice" in said.text  # nobody at this desk, and told as such


# --- App Home --------------------------------------------------------------------------------------------------------


def test_the_home_shows_whether_the_data_is_fresh_and_what_one_asked(slack):
    asked(slack, "fcr last week by team", "12 of 20")
    slack.open_home("U_BOB")
    home = slack.wait_for(lambda: slack.home("U_BOB"))
    shown = json.dumps(home.blocks, ensure_ascii=False)
    assert "desk: data as of 10:25" in shown
    assert "First contact resolution · week 47 · 16–22 Nov 2026 · by team" in shown
    assert "Set a target" in shown


def test_the_home_names_no_period_of_what_has_none(slack):
    asked(slack, "define csat", "Customer satisfaction")
    assert "back" not in buttons(asked(slack, "anomalies", "Out of the ordinary"))
    slack.open_home("U_BOB")
    shown = str(slack.wait_for(lambda: slack.home("U_BOB")).blocks)
    assert "'text': 'Definition of Customer satisfaction'" in shown
    assert "'text': 'Out of the ordinary'" in shown


def test_only_who_leads_is_offered_to_set_a_target(slack):
    slack.open_home("U_DINA")
    home = slack.wait_for(lambda: slack.home("U_DINA"))
    assert "Set a target" not in str(home.blocks)


def test_the_home_is_in_the_language_of_the_persons_slack(slack):
    slack.open_home("U_ALICE")
    assert "Les KPI du support" in str(slack.wait_for(lambda: slack.home("U_ALICE")).blocks)


def test_a_question_of_the_home_is_answered_in_a_direct_message_as_of_today(slack):
    asked(slack, "fcr last week", FCR)
    slack.open_home("U_BOB")
    home = slack.wait_for(lambda: slack.home("U_BOB"))
    (again,) = [block["accessory"] for block in home.blocks if "accessory" in block]
    slack.click("U_BOB", home, again["action_id"])
    assert FCR in seen(slack, "16–22 Nov", channel="D_BOB").text


def test_a_question_built_in_the_home_is_answered_in_a_direct_message(slack):
    slack.open_home("U_BOB")
    slack.click("U_BOB", slack.wait_for(lambda: slack.home("U_BOB")), "build")
    slack.wait_for(lambda: slack.modal("U_BOB"))
    assert slack.submit("U_BOB", None, {"kpi": "fcr", "period": "last_week"}).errors == {}
    assert "share" not in buttons(seen(slack, FCR, channel="D_BOB"))


def test_last_week_is_another_week_a_week_later(slack, engine):
    answer = asked(slack, "fcr last week vs same period last year", "First contact")
    stored = Questions(engine).find("T_DEMO", answer.blocks[-1]["elements"][0]["value"])
    week = 7 * 86_400
    later = renewed(stored.asked, NOW, NOW + week).question
    assert (later.period.start - stored.asked.question.period.start).days == 7
    assert (later.versus.start - stored.asked.question.versus.start).days == 7
    assert renewed(stored.asked, NOW, NOW) == stored.asked


def test_dates_stay_dates_and_running_days_run_on(commands):
    for words, days in (("volume 2026-09", 0), ("volume 7d", 7), ("volume 2026-10-01..2026-10-15", 0)):
        said = commands.read(words, NOW, Text("en"))
        later = renewed(said, NOW, NOW + 7 * 86_400).question.period
        assert (later.end - said.question.period.end).days == days


def test_a_home_that_slack_does_not_take_is_in_the_log(engine, commands):
    slack = StandInSlack(signing_secret="8f742231b10e8888abcd99yyyzzz85a5", bot_token="xoxb-stand-in")
    with connected(commands, engine, slack=slack):
        assert slack.open_home("U_BOB").acknowledged

"""`/kpi digest` and `/kpi alerts`: what is told in a place, made, listed, ended."""

from dataclasses import replace

import pytest
from cast import at
from slack_desk import NOW, TOKEN, asked, buttons, choice, settings
from slack_sdk import WebClient
from sqlalchemy import insert

from bot.database import writing
from bot.demo.slack import Fault
from bot.digests.run import digests_for
from bot.posting.send import posting_once
from bot.recurrence import WORKING_DAYS, Recurrence
from bot.slack.directory import SlackDirectory
from bot.subscriptions import DigestWanted, Kind, Subscriptions
from kpi import schema
from kpi.question import Filter

PARIS = "Europe/Paris"
MORNING = Recurrence(at=510, zone=PARIS, weekdays=WORKING_DAYS, calendar="FR")


@pytest.fixture
def subscriptions(engine):
    return Subscriptions(engine)


def subscribed(subscriptions, *kpis, owner="U_BOB", channel="C_SUPPORT"):
    wanted = DigestWanted(recurrence=MORNING, kpis=kpis or ("fcr", "csat"))
    return subscriptions.add(wanted, team_id="T_DEMO", channel=channel, owner=owner, language="en", now=NOW)


def test_what_is_told_in_a_channel_is_listed_with_its_next_time_and_zone(slack, subscriptions):
    subscribed(subscriptions)
    said = asked(slack, "digest", "Digests here").text
    assert "1. /kpi digest on weekdays 08:30 zone:Europe/Paris holidays:FR fcr csat" in said
    assert "next 25 Nov 2026 08:30 (Europe/Paris) · by Bob" in said


def test_a_list_speaks_the_readers_language(slack, subscriptions):
    subscribed(subscriptions)
    said = asked(slack, "digest liste", "Digests ici").text
    assert "/kpi digest on jours ouvrés 08:30 zone:Europe/Paris fériés:FR fcr csat" in said


def test_a_customer_in_a_filter_is_named_to_those_who_lead(slack, engine, subscriptions):
    with writing(engine) as connection:
        customer = {"helpdesk": "desk", "external_id": "dina1", "name": "Dina Moreau"}
        connection.execute(insert(schema.customers), customer)
    of_dina = (Filter(dimension="customer", values=("dina1",)),)
    for channel, owner in (("C_SUPPORT", "U_BOB"), ("D_DINA", "U_DINA")):
        wanted = DigestWanted(recurrence=MORNING, filters=of_dina)
        subscriptions.add(wanted, team_id="T_DEMO", channel=channel, owner=owner, language="en", now=NOW)
    assert 'customer:"Dina Moreau"' in asked(slack, "digest", "Digests here").text
    assert "customer:dina1" in asked(slack, "digest", "Digests here", user="U_DINA").text
    assert "customer:dina1" in str(home(slack, "My digests and alerts", "U_DINA").blocks)


def test_off_says_what_ended_and_how_to_get_it_back(slack, subscriptions):
    subscribed(subscriptions)
    said = asked(slack, "digest off", "Ended").text
    assert "/kpi digest on weekdays 08:30" in said
    assert subscriptions.every(Kind.DIGEST) == []


def test_one_of_several_goes_by_its_number(slack, subscriptions):
    subscribed(subscriptions, "fcr")
    kept = subscribed(subscriptions, "csat")
    first = subscriptions.every()[0]
    number = 1 if first.id != kept.id else 2
    asked(slack, f"digest off {number}", "Ended")
    assert [one.id for one in subscriptions.every()] == [kept.id]


def test_pause_and_resume_are_shown(slack, subscriptions):
    subscribed(subscriptions)
    assert "paused" in asked(slack, "digest pause", "Changed").text
    (paused,) = subscriptions.every()
    assert paused.paused_for == "asked"
    assert asked(slack, "digest resume", "next 25 Nov")


def test_who_leads_nobody_changes_nothing_in_a_channel_but_their_own(slack, subscriptions):
    subscribed(subscriptions)
    assert asked(slack, "digest off", "Only leads", user="U_DINA")
    subscribed(subscriptions, "volume", owner="U_DINA", channel="DU_DINA")
    assert len(subscriptions.every()) == 2


def test_a_word_that_is_no_verb_gets_the_nearest(slack):
    assert "/kpi digest off" in asked(slack, "digest of", "There is no").text


def test_alerts_of_both_kinds_are_listed_in_one_place(slack):
    assert "Nothing yet" in asked(slack, "alerts list", "Alerts here").text


# --- Made by command -------------------------------------------------------------------------------------------------


def shown(slack, words, user="U_BOB", channel="C_SUPPORT"):
    """Return the message that somebody sees once it says these words, wherever it stands."""

    def look():
        return next((one for one in slack.seen_by(user, channel) if words in one.text), None)

    return slack.wait_for(look)


def test_on_shows_what_it_would_say_and_when_it_comes_first(slack, subscriptions):
    page = asked(slack, "digest on weekdays 08:30 fcr holidays:FR", "It will come")
    assert "next 25 Nov 2026 08:30 (Europe/Paris)" in page.text
    preview = shown(slack, "this is what it would say now")
    assert "Digest · Mon, 23 Nov 2026" in preview.text
    assert preview.only_for == "U_BOB"
    (made,) = subscriptions.every()
    assert made.wanted == DigestWanted(recurrence=MORNING, kpis=("fcr",))
    assert (made.channel, made.owner, made.language) == ("C_SUPPORT", "U_BOB", "en")


def test_alerts_are_listed_as_the_reader_would_make_them(slack):
    asked(slack, "alerts on csat < 80% weekly", "told")
    asked(slack, "alerts list", "1. /kpi alerts on csat &lt; 80% weekly")
    asked(slack, "alertes liste", "1. /kpi alertes on csat &lt; 80\N{NO-BREAK SPACE}% hebdomadaire")


def test_on_in_french_speaks_french(slack, subscriptions):
    asked(slack, "digest on jours ouvrés 8h30 fcr fériés:FR", "Il arrivera")
    (made,) = subscriptions.every()
    assert (made.wanted.recurrence, made.language) == (MORNING, "fr")


def test_the_zone_is_the_persons_unless_it_is_said(slack, subscriptions):
    slack.directory.people["U_BOB"] = replace(slack.directory.people["U_BOB"], tz="America/New_York")
    asked(slack, "digest on daily 9:00 fcr", "It will come")
    assert subscriptions.every()[0].wanted.recurrence.zone == "America/New_York"


def test_a_word_that_is_not_understood_gets_the_nearest_and_an_example(slack, subscriptions):
    said = asked(slack, "digest on weekdys fcr", "I don't understand").text
    assert "Did you mean weekdays" in said
    assert "/kpi digest on weekdays 08:30" in said
    assert subscriptions.every() == []


def test_only_leads_make_a_channels_digest(slack, subscriptions):
    assert asked(slack, "digest on fcr", "Only leads", user="U_DINA")
    assert subscriptions.every() == []


def test_everybody_makes_their_own_in_a_direct_message(slack, subscriptions):
    slack.command("digest on weekdays fcr", user="U_DINA", channel="D_DINA")
    shown(slack, "It will come", user="U_DINA", channel="D_DINA")
    (made,) = subscriptions.every()
    assert (made.channel, made.owner, made.is_personal) == ("D_DINA", "U_DINA", True)


def test_now_posts_it_for_everybody(slack, subscriptions):
    subscribed(subscriptions, "fcr")
    asked(slack, "digest now", "Posted for everybody")
    posted = shown(slack, "Digest · Mon, 23 Nov 2026", user="U_DINA")
    assert posted.only_for is None


def test_now_where_the_bot_is_not_tells_what_to_do(slack, subscriptions):
    subscribed(subscriptions, "fcr")
    slack.fail("chat.postMessage", Fault(error="not_in_channel"))
    assert "/invite" in asked(slack, "digest now", "I can't write in that channel").text


def test_a_test_is_seen_by_the_asker_alone(slack, subscriptions):
    subscribed(subscriptions, "fcr")
    asked(slack, "digest test", "Digests here")
    assert all("Digest ·" not in one.text for one in slack.seen_by("U_DINA", "C_SUPPORT"))


def test_who_resumes_what_somebody_left_behind_owns_it(slack, subscriptions):
    left = subscribed(subscriptions, owner="U_GONE")
    subscriptions.failed(left, "owner_gone", NOW, for_good=True)
    asked(slack, "digest resume", "next 25 Nov")
    assert subscriptions.every()[0].owner == "U_BOB"


# --- Alerts on KPIs --------------------------------------------------------------------------------------------------


def test_an_alert_on_a_kpi_says_what_it_would_have_told(slack, subscriptions):
    page = asked(slack, "alerts on fcr < 80% weekly", "Alerts here")
    assert "next 30 Nov 2026 08:30 (Europe/Paris)" in page.text
    assert "The last period would have been told: First contact resolution is below 80%." in page.text
    assert "75.0% (30 of 40)" in shown(slack, "First contact resolution is below 80%").text
    assert subscriptions.every()[0].wanted.threshold == 0.8


def test_an_alert_that_has_nothing_to_tell_says_why(slack):
    assert "within the threshold" in asked(slack, "alerts on fcr < 50% weekly", "Alerts here").text
    assert "rests on 40, and fewer than 50" in asked(slack, "alerts on fcr < 80% min:50", "rests on 40").text


def test_alerts_off_ends_both_kinds(slack, subscriptions):
    asked(slack, "alerts on fcr < 80% weekly", "Alerts here")
    asked(slack, "alerts on sla team:billing", "/kpi alerts on sla")
    assert len(subscriptions.every(Kind.SLA, Kind.KPI)) == 2
    asked(slack, "alerts off", "Ended")
    assert subscriptions.every() == []


# --- The buttons of a digest -----------------------------------------------------------------------------------------


@pytest.fixture
def posted(slack, commands, engine, subscriptions):
    """Give the digest that was posted when it was due, and the subscription."""
    one = subscribed(subscriptions, "fcr", "volume")
    morning = at("2026-11-18 08:30", PARIS)
    subscriptions.change(one, morning - 60)
    poster = posting_once(TOKEN, slack.api_url)
    people = SlackDirectory(WebClient(TOKEN, base_url=slack.api_url))
    digests = digests_for(engine, settings(), commands.asker, poster=poster, people=people, clock=lambda: morning)
    digests.tick()
    digests.stop()
    return shown(slack, "Digest ·"), one


def test_a_choice_below_a_digest_answers_that_figure_for_the_person_alone(slack, posted):
    message, _ = posted
    slack.click("U_DINA", message, "digest_kpi", value=choice(message, "digest_kpi", " fcr"))
    answer = shown(slack, "First contact resolution · Tue, 17 Nov 2026", user="U_DINA")
    assert "75.0% (30 of 40)" in answer.text
    assert answer.only_for == "U_DINA"


def test_edit_below_a_digest_is_for_those_who_may(slack, posted):
    message, _ = posted
    slack.click("U_DINA", message, "digest_edit")
    assert shown(slack, "Only leads", user="U_DINA")
    slack.click("U_BOB", message, "digest_edit")
    assert slack.wait_for(lambda: slack.modal("U_BOB"))


# --- In a modal ------------------------------------------------------------------------------------------------------


@pytest.fixture
def modal(slack):
    """Give the modal of a new digest, opened by Bob."""
    slack.click("U_BOB", asked(slack, "digest", "Digests here"), "digest_new")
    return slack.wait_for(lambda: slack.modal("U_BOB"))


FILLED = {"kpis": ["fcr", "csat"], "at": "09:15", "weekdays": ["0", "2"], "zone": "europe/paris", "holidays": "fr"}


def test_a_digest_is_made_in_a_modal(slack, modal, subscriptions):
    assert all(day in str(modal.blocks) for day in ("Monday", "Sunday"))
    assert slack.submit("U_BOB", modal, FILLED).errors == {}
    shown(slack, "It will come", channel="D_BOB")
    (made,) = subscriptions.every()
    days = frozenset({0, 2})
    assert made.wanted.recurrence == Recurrence(at=555, zone=PARIS, weekdays=days, calendar="FR")
    assert (made.wanted.kpis, made.channel) == (("fcr", "csat"), "C_SUPPORT")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"zone": "Paris"}, "zone"),
        ({"holidays": "ZZ"}, "holidays"),
        ({"filter": "team:nowhere"}, "filter"),
        ({"filter": "per week"}, "filter"),
        ({"weekdays": []}, "weekdays"),
        ({"cadence": "weekly", "weekdays": ["0", "1"]}, "weekdays"),
    ],
)
def test_what_is_wrong_in_the_modal_is_told_at_its_field(slack, modal, subscriptions, fields, wrong):
    assert list(slack.submit("U_BOB", modal, FILLED | fields).errors) == [wrong]
    assert subscriptions.every() == []


def test_the_test_button_of_the_modal_shows_it_without_storing_it(slack, modal, subscriptions):
    slack.click("U_BOB", modal, "digest_test")
    assert shown(slack, "this is what it would say now", channel="D_BOB")
    assert subscriptions.every() == []


def test_edit_opens_the_modal_as_it_was_and_changes_it(slack, subscriptions):
    one = subscribed(subscriptions, "fcr")
    asked(slack, "digest edit", "Digests here")
    opened = slack.wait_for(lambda: slack.modal("U_BOB"))
    assert slack.submit("U_BOB", opened, {"at": "10:00"}).errors == {}
    (changed,) = slack.wait_for(lambda: [each for each in subscriptions.every() if each.wanted.recurrence.at == 600])
    assert changed.id == one.id
    assert changed.wanted == replace(one.wanted, recurrence=replace(MORNING, at=600))


def test_who_changes_somebody_elses_digest_answers_for_what_it_shows(slack, subscriptions):
    subscribed(subscriptions, "fcr", owner="U_ALICE")
    asked(slack, "digest edit", "Digests here")
    slack.submit("U_BOB", slack.wait_for(lambda: slack.modal("U_BOB")), {"at": "10:00"})
    assert slack.wait_for(lambda: subscriptions.every()[0].owner == "U_BOB")


def test_who_leads_nobody_gets_no_button_to_make_one(slack):
    assert buttons(asked(slack, "digest", "Digests here", user="U_DINA")) == []


# --- The App Home ----------------------------------------------------------------------------------------------------


def home(slack, words, user="U_BOB"):
    slack.open_home(user)
    return slack.wait_for(lambda: (view := slack.home(user)) and words in str(view.blocks) and view)


def test_the_app_home_shows_ones_own_with_the_next_time_in_ones_zone(slack, subscriptions):
    slack.directory.people["U_BOB"] = replace(slack.directory.people["U_BOB"], tz="America/New_York")
    subscribed(subscriptions, "fcr")
    assert "next 25 Nov 2026 02:30 (America/New_York)" in str(home(slack, "My digests and alerts").blocks)


def test_the_app_home_pauses_and_resumes(slack, subscriptions):
    one = subscribed(subscriptions, "fcr")
    slack.click("U_BOB", home(slack, "C_SUPPORT"), f"subscription_pause.{one.id}")
    view = slack.wait_for(lambda: (found := slack.home("U_BOB")) and "paused" in str(found.blocks) and found)
    slack.click("U_BOB", view, f"subscription_resume.{one.id}")
    assert slack.wait_for(lambda: not subscriptions.every()[0].is_paused)


def test_the_app_home_shows_failures(slack, subscriptions):
    subscriptions.failed(subscribed(subscriptions, "fcr"), "no_text", NOW, for_good=False)
    assert home(slack, "failed 1 time")


def test_a_personal_digest_is_made_from_the_app_home(slack, subscriptions):
    slack.click("U_DINA", home(slack, "My digests and alerts", "U_DINA"), "digest_new")
    opened = slack.wait_for(lambda: slack.modal("U_DINA"))
    assert "channel" not in {block.get("block_id") for block in opened.blocks}
    assert slack.submit("U_DINA", opened, {"kpis": ["fcr"]}).errors == {}
    (made,) = slack.wait_for(subscriptions.every)
    assert (made.channel, made.owner) == ("D_DINA", "U_DINA")

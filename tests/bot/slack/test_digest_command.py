"""`/kpi digest` and `/kpi alerts`: what is told in a place, made, listed, ended."""

import pytest
from slack_desk import NOW, asked

from bot.recurrence import WORKING_DAYS, Recurrence
from bot.subscriptions import DigestWanted, Kind, Subscriptions

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
    assert "/kpi digest on jours ouvrés 08:30 zone:Europe/Paris feries:FR fcr csat" in said


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

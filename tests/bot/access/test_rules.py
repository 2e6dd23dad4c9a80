"""Figures about persons are for those persons and for those who lead (KPIS.md rule 14)."""

import json

import pytest
from access_desk import (
    AS_ALICE,
    LEAD_OF_ALL,
    LEAD_OF_BILLING,
    MONDAY,
    NOBODY,
    NOW,
    RULES,
    asker,
    ledger,
    viewer,
)
from cast import ALICE, BOB, CHLOE, HOUR
from facts import Ledger
from sqlalchemy import update

from bot.render.reply import reply_csv, reply_slack, reply_terminal
from bot.text import LANGUAGES, Text
from kpi.errors import AccessError, QuestionError
from kpi.question import Narrowed
from kpi.schema import ticket_facts

WEEK = "2026-W47"
EN = Text("en")


@pytest.fixture(scope="module")
def desk(new_engine):
    return asker(new_engine())


@pytest.fixture
def engine(new_engine):
    return new_engine()


def groups(answer):
    return {group.keys: group.figure.n for group in answer.groups}


def refusal(ask, *arguments):
    with pytest.raises(AccessError) as caught:
        ask(*arguments)
    for language in LANGUAGES:
        assert Text(language).error(caught.value)
    return caught.value.key


def asked(desk, words, who):
    return desk.ask(f"{words} {WEEK}", NOW, "en", who)


def understood(desk, words, who=None):
    return desk.understand(f"{words} {WEEK}", NOW, "en", viewer=who)


# --- Agents ----------------------------------------------------------------------------------------------------------


def test_whoever_has_the_database_sees_everybody(desk):
    assert set(groups(asked(desk, "frt by agent", None))) == {(ALICE,), (BOB,), (CHLOE,)}


def test_an_agent_sees_only_the_own_row_and_is_told_so(desk):
    answer = asked(desk, "frt by agent", AS_ALICE)
    assert groups(answer) == {(ALICE,): 11}
    assert answer.figure.n == 11
    assert answer.narrowed is Narrowed.OWN
    assert EN("narrowed.own") in reply_terminal(answer, EN)


def test_an_agent_may_ask_for_the_own_figure_by_name(desk):
    answer = asked(desk, "frt agent:alice", AS_ALICE)
    assert (answer.figure.n, answer.narrowed) == (11, None)


def test_another_agents_figure_is_refused(desk):
    assert refusal(asked, desk, "frt agent:bob", AS_ALICE) == "other_agent"
    assert refusal(asked, desk, "frt agent:alice,bob", AS_ALICE) == "other_agent"
    assert refusal(asked, desk, "frt agent:bob by agent", AS_ALICE) == "other_agent"


def test_two_breakdowns_are_narrowed_as_one(desk):
    assert groups(asked(desk, "frt by team by agent", AS_ALICE)) == {("1", ALICE): 6, ("2", ALICE): 5}


def test_who_is_no_agent_and_leads_nobody_learns_how_leads_are_set(desk):
    with pytest.raises(AccessError) as caught:
        asked(desk, "frt by agent", NOBODY)
    assert caught.value.key == "agent_unknown"
    assert 'leads = ["U_DINA"]' in EN.error(caught.value)


def test_what_tells_no_person_apart_is_for_everybody(desk):
    assert groups(asked(desk, "frt by team", NOBODY)) == {("1",): 10, ("2",): 12}
    assert asked(desk, "frt team:billing", NOBODY).figure.n == 10


# --- Leads -----------------------------------------------------------------------------------------------------------


def test_a_lead_of_every_team_sees_everybody(desk):
    answer = asked(desk, "frt by agent", LEAD_OF_ALL)
    assert groups(answer) == {(ALICE,): 11, (BOB,): 4, (CHLOE,): 7}
    assert answer.narrowed is None


def test_a_lead_sees_the_agents_of_the_led_teams_in_their_rows_alone(desk):
    answer = asked(desk, "frt by agent", LEAD_OF_BILLING)
    assert groups(answer) == {(ALICE,): 6, (BOB,): 4}
    assert answer.narrowed is Narrowed.TEAMS
    assert [chosen.dimension for chosen in answer.named_filters] == ["team"]


def test_an_agent_of_another_team_has_no_rows_for_a_lead(desk):
    answer = asked(desk, "frt agent:chloé", LEAD_OF_BILLING)
    assert (answer.figure.n, answer.narrowed) == (0, Narrowed.TEAMS)
    assert asked(desk, "frt agent:alice", LEAD_OF_BILLING).figure.n == 6


def test_a_lead_sees_the_own_figure_in_every_team(desk):
    assert asked(desk, "frt agent:bob", LEAD_OF_BILLING).narrowed is None


def test_asking_for_a_team_that_one_does_not_lead_is_refused(desk):
    assert refusal(asked, desk, "frt by agent team:care", LEAD_OF_BILLING) == "not_your_team"
    assert groups(asked(desk, "frt by agent team:care,billing", LEAD_OF_BILLING)) == {(ALICE,): 6, (BOB,): 4}


def test_a_lead_of_a_team_that_no_helpdesk_has_sees_nobody(desk):
    assert refusal(asked, desk, "frt by agent", viewer(leads=frozenset({"sales"}))) == "not_your_team"


def test_a_kpi_without_teams_shows_a_lead_of_one_the_own_row_only(engine):
    told = ledger(records=True)
    told.shift(NOW - 6 * 86_400, NOW - 6 * 86_400 + 3600, BOB)
    told.shift(NOW - 6 * 86_400, NOW - 6 * 86_400 + 3600, ALICE)
    told.work(NOW - 6 * 86_400, 60, agent=BOB)
    desk = asker(engine, told=told)
    assert groups(asked(desk, "utilization by agent", LEAD_OF_BILLING)) == {(BOB,): 1}
    alone = viewer(leads=frozenset({"billing"}))
    assert refusal(asked, desk, "utilization by agent", alone) == "teams_untold"


def test_when_slack_could_not_tell_who_leads_nothing_is_shown_and_it_is_said(desk):
    assert refusal(asked, desk, "frt by agent", viewer(unsure=True)) == "leads_unsure"


# --- Why, lists, anomalies, effects ----------------------------------------------------------------------------------


def test_why_by_agent_is_narrowed_too(desk):
    why = desk.why(understood(desk, "frt by agent"), NOW, LEAD_OF_BILLING)
    assert {effect.key for effect in why.effects} <= {(ALICE,), (BOB,)}
    assert why.answer.narrowed is Narrowed.TEAMS
    assert refusal(desk.why, understood(desk, "frt by agent"), NOW, NOBODY) == "agent_unknown"


def test_why_splits_by_agent_what_has_no_teams_only_for_those_who_may(desk):
    assert refusal(desk.why, understood(desk, "utilization"), NOW, NOBODY) == "agent_unknown"


def test_a_list_of_tickets_of_another_agent_is_refused(desk):
    assert refusal(desk.behind, understood(desk, "frt agent:bob"), NOW, AS_ALICE) == "other_agent"
    assert desk.behind(understood(desk, "frt agent:alice"), NOW, AS_ALICE).total == 11


def test_ratings_one_by_one_are_for_those_who_lead(desk):
    assert refusal(desk.behind, understood(desk, "csat"), NOW, AS_ALICE) == "judgements_for_leads"
    assert desk.behind(understood(desk, "csat"), NOW, LEAD_OF_BILLING).total == 10
    assert desk.behind(understood(desk, "csat"), NOW, LEAD_OF_ALL).total == 22


def test_reviews_one_by_one_are_for_those_who_lead(engine):
    told = ledger(records=True)
    told.review("r1", NOW - 6 * 86_400, "greeting", 50, ticket=1)
    desk = asker(engine, told=told)
    assert refusal(desk.behind, understood(desk, "qa_score"), NOW, AS_ALICE) == "judgements_for_leads"
    assert desk.behind(understood(desk, "qa_score"), NOW, LEAD_OF_BILLING).total == 1


def test_anomalies_by_agent_are_narrowed_too(desk):
    watch = desk.watch(understood(desk, "frt by agent"), ["frt"], NOW, AS_ALICE)
    assert {one.labels for one in watch.watched} == {("Alice Martin",)}
    assert EN("narrowed.own") in reply_terminal(watch, EN)


def test_the_effect_of_a_training_is_for_those_who_lead_every_team(desk):
    words = "effect of training on frt"
    assert refusal(asked, desk, words, AS_ALICE) == "effect_for_leads"
    assert refusal(asked, desk, words, LEAD_OF_BILLING) == "effect_for_leads"
    assert asked(desk, words, LEAD_OF_ALL) is not None


# --- Customers -------------------------------------------------------------------------------------------------------


def test_customers_are_told_apart_for_leads_alone(desk):
    assert refusal(asked, desk, "volume by customer", AS_ALICE) == "customer_for_leads"
    assert len(asked(desk, "solved by customer", LEAD_OF_BILLING).groups) == 3
    assert asked(desk, "solved by customer", LEAD_OF_BILLING).figure.value == 10


def test_not_even_a_misspelt_customer_tells_who_there_is(desk):
    assert refusal(asked, desk, "solved customer:din", AS_ALICE) == "customer_for_leads"
    with pytest.raises(QuestionError, match="Dina"):
        asked(desk, "solved customer:din", LEAD_OF_ALL)


def test_what_customers_are_called_is_read_by_leads_alone(desk):
    assert desk.values("customer", AS_ALICE) == {}
    assert len(desk.values("customer", LEAD_OF_BILLING)) > 0
    assert desk.values("team", AS_ALICE) == desk.values("team", LEAD_OF_ALL)


# --- Channels --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["frt by agent", "frt agent:alice", "solved by customer", "solved customer:dina1"])
@pytest.mark.parametrize("who", [AS_ALICE, LEAD_OF_BILLING, LEAD_OF_ALL])
def test_nothing_about_persons_is_shown_to_a_channel(desk, words, who):
    assert refusal(asked, desk, words, who.shared()) == "not_in_channel"


def test_a_channel_that_the_settings_open_shows_what_the_sharer_may_see(desk):
    assert groups(asked(desk, "frt by agent", LEAD_OF_BILLING.shared("C_LEADS"))) == {(ALICE,): 6, (BOB,): 4}
    assert refusal(asked, desk, "frt by agent", NOBODY.shared("C_LEADS")) == "agent_unknown"


def test_what_tells_no_person_apart_is_shown_to_any_channel(desk):
    assert asked(desk, "frt by team", NOBODY.shared()).figure.n == 22


def test_ratings_one_by_one_are_shown_to_no_channel(desk):
    assert refusal(desk.behind, understood(desk, "csat"), NOW, LEAD_OF_ALL.shared()) == "not_in_channel"


# --- Small groups ----------------------------------------------------------------------------------------------------


def test_opinions_of_fewer_than_five_about_a_person_or_team_are_withheld(desk):
    answer = asked(desk, "csat by agent", LEAD_OF_ALL)
    told = {group.keys[0]: group.figure for group in answer.groups}
    assert (told[BOB].value, told[BOB].numerator, told[BOB].n) == (None, None, 4)
    assert told[ALICE].value == 1
    assert answer.has_withheld
    assert EN("answer.withheld", smallest="5") in reply_terminal(answer, EN)
    assert asked(desk, "csat agent:bob", LEAD_OF_ALL).figure.value is None
    assert "fewer than 5" in reply_terminal(asked(desk, "csat agent:bob", LEAD_OF_ALL), EN)


def test_a_larger_group_can_be_asked_for(engine):
    desk = asker(engine, RULES.model_copy(update={"smallest_group": 11}))
    told = {group.keys[0]: group.figure for group in asked(desk, "csat by team", NOBODY).groups}
    assert (told["1"].value, told["2"].value) == (None, 1)


def test_opinions_of_few_are_withheld_in_trends_comparisons_lists_and_whys(desk):
    trend = asked(desk, "csat agent:bob per day", LEAD_OF_ALL)
    assert {bucket.figure.value for bucket in trend.buckets} == {None}
    compared = desk.ask("csat agent:bob 2026-W48 vs 2026-W47", NOW, "en", LEAD_OF_ALL)
    assert (compared.compared_figure.value, compared.change) == (None, None)
    assert desk.behind(understood(desk, "csat agent:bob"), NOW, LEAD_OF_ALL).rows == ()
    with pytest.raises(QuestionError, match="why_too_few"):
        desk.why(understood(desk, "csat by agent"), NOW, LEAD_OF_ALL)


def test_a_list_of_small_opinions_in_csv_has_no_value(desk):
    lines = reply_csv(asked(desk, "csat by agent", LEAD_OF_ALL), EN).splitlines()
    (bob,) = [line for line in lines if ",bob," in line]
    assert ",,,4," in bob  # neither value nor numerator nor denominator


def test_what_was_said_to_one_who_may_see_more_is_not_told_as_restated(engine):
    desk = asker(engine)
    assert asked(desk, "csat agent:bob", None).figure.value == 0
    with engine.begin() as connection:
        connection.execute(update(ticket_facts).values(rated_agent=BOB))
    now_many = asked(desk, "csat agent:bob", LEAD_OF_ALL)
    assert (now_many.figure.n, now_many.restated) == (22, None)
    with engine.begin() as connection:
        connection.execute(update(ticket_facts).where(ticket_facts.c.ticket_id > 4).values(rated_agent=ALICE))
    assert asked(desk, "csat agent:bob", LEAD_OF_ALL).restated is None
    assert asked(desk, "csat agent:bob", None).restated.figure.n == 22


def test_a_time_of_a_person_that_rests_on_few_is_withheld_in_a_breakdown_but_not_ones_own(desk):
    told = {group.keys[0]: group.figure for group in asked(desk, "frt by agent", LEAD_OF_ALL).groups}
    assert (told[BOB].value, told[ALICE].value) == (None, 3600)
    counted = {group.keys[0]: group.figure.value for group in asked(desk, "solved by agent", LEAD_OF_ALL).groups}
    assert counted[BOB] == 4


def test_agents_whose_intervals_overlap_are_not_ranked(desk):
    assert [group.labels[0] for group in asked(desk, "csat_score by agent", None).groups] == [
        "Alice Martin",
        "Bob",
        "Chloé",
    ]


def test_agents_whose_intervals_are_all_apart_are_ranked_the_worst_first(engine):
    told = Ledger()
    for agent, hours in ((ALICE, 1), (BOB, 3), (CHLOE, 2)):
        told.name("agents", agent, agent)
        for number in range(20):
            ticket = told.ticket(MONDAY + number * 600)
            told.turn(ticket, MONDAY + number * 600, MONDAY + number * 600 + hours * HOUR + number, agent=agent)
    desk = asker(engine, told=told)
    assert [group.keys[0] for group in asked(desk, "frt by agent", None).groups] == [BOB, CHLOE, ALICE]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_narrowed_answer_says_so_in_slack(desk, language):
    text = Text(language)
    words, forms = reply_slack(asked(desk, "frt by agent", AS_ALICE), text)[:2]
    assert text("narrowed.own") in words
    assert all(text("narrowed.own") in json.dumps(blocks, ensure_ascii=False) for blocks in forms)

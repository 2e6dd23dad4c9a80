"""Where a ticket went, who or what had a part in it, and when it was first answered, solved and asked about again."""

from dataclasses import replace

import pytest
from cast import ALICE, BOB, CHLOE, MINUTE, Tale, at

from kpi.events import Author, Field, Status
from kpi.history import fold
from kpi.policies import Escalation, Rulebook

NO_RULES = Rulebook()
T0 = at("2026-10-05 08:00")  # a Monday


# --- Moves and escalation ----------------------------------------------------------------------------------------


def moved(*teams: str | None, **ticket: object):
    """Return the facts of a ticket that went from team to team, one a minute."""
    told = Tale(T0, **ticket)
    for minute, team in enumerate(teams, 1):
        told.change(T0 + minute * MINUTE, Field.TEAM, team)
    return told


@pytest.mark.parametrize(
    ("first", "teams", "count"),
    [
        ("support", ("billing", "support"), 2),
        (None, ("support",), 0),  # the first team it gets
        ("support", (None, "support"), 0),
        ("support", (None, "billing"), 1),
        (None, ("support", "billing"), 1),
    ],
)
def test_a_transfer_is_from_one_team_to_another(first, teams, count):
    assert fold(moved(*teams, team=first).history, NO_RULES).ticket["transfers"] == count


def test_a_transfer_after_the_last_solve_or_on_arrival_is_none():
    told = Tale(T0).change(T0, Field.TEAM, "billing").solved(T0 + 60).change(T0 + 60, Field.TEAM, "legal")
    assert fold(told.history, NO_RULES).ticket["transfers"] == 0
    told.becomes(T0 + 70, Status.OPEN).solved(T0 + 80)
    assert fold(told.history, NO_RULES).ticket["transfers"] == 1


TIERS = Rulebook(escalation=Escalation(tiers=(("Support", "billing"), ("Expert",))), team_names={"7": "expert"})


@pytest.mark.parametrize(
    ("first", "teams", "escalated"),
    [
        ("support", ("7",), 1),
        ("support", ("elsewhere", "7"), 1),
        ("7", ("support", "7"), 1),
        ("7", ("support",), 0),
        (None, ("7",), 0),  # routing
        ("elsewhere", ("7",), 0),  # a team of no tier is below none
        ("support", ("billing",), 0),
    ],
)
def test_a_move_to_a_higher_tier_is_an_escalation(first, teams, escalated):
    assert fold(moved(*teams, team=first).history, TIERS).ticket["escalated"] == escalated
    assert fold(moved(*teams, team=first).history, NO_RULES).ticket["escalated"] == 0


@pytest.mark.parametrize(
    ("first", "then", "escalated"),
    [("normal", "Urgent", 1), ("urgent", "normal", 0), (None, "urgent", 0), ("normal", "high", 0)],
)
def test_raising_to_urgent_is_an_escalation_and_arriving_so_is_none(first, then, escalated):
    told = Tale(T0, priority=first).change(T0 + 60, Field.PRIORITY, then)
    assert fold(told.history, NO_RULES).ticket["escalated"] == escalated
    on_arrival = Tale(T0, priority=first).change(T0, Field.PRIORITY, then)
    assert fold(on_arrival.history, NO_RULES).ticket["escalated"] == 0


def test_a_tag_says_that_a_ticket_was_escalated():
    told = Tale(T0).now(tags=("vip", "Escaladé"))
    assert fold(told.history, NO_RULES).ticket["escalated"] == 1
    only_vip = Rulebook(escalation=Escalation(tags=frozenset({"VIP"})))
    assert fold(told.history, only_vip).ticket["escalated"] == 1
    assert fold(told.history, Rulebook(escalation=Escalation(tags=frozenset()))).ticket["escalated"] == 0


# --- Machines ----------------------------------------------------------------------------------------------------


def automation(told: Tale) -> tuple[object, object]:
    row = fold(told.history, NO_RULES).ticket
    return row["automation_acted"], row["solved_automatically"]


def test_a_bot_that_answers_and_solves_acted_and_solved():
    told = Tale(T0).bot_says(T0 + 60)
    assert automation(told) == (1, 0)
    assert automation(told.becomes(T0 + 90, Status.SOLVED, kind=Author.BOT)) == (1, 1)
    told.becomes(T0 + 100, Status.OPEN).solved(T0 + 200)
    assert automation(told) == (1, 0), "the last solve was an agent's"


def test_an_agent_alone_is_no_automation_even_when_a_machine_speaks_afterwards():
    told = Tale(T0).replies(T0 + 60).solved(T0 + 90)
    assert automation(told) == (0, 0)
    assert automation(told.bot_says(T0 + 120)) == (0, 0)


def test_a_rule_that_routes_acts_after_the_arrival_but_not_within_it():
    assert automation(Tale(T0).change(T0, Field.TEAM, "billing", kind=Author.SYSTEM)) == (0, 0)
    assert automation(Tale(T0).change(T0 + 1, Field.TEAM, "billing", kind=Author.SYSTEM)) == (1, 0)


def test_a_bot_that_solves_in_the_second_of_the_creation_solved_it():
    told = Tale(T0).becomes(T0, Status.SOLVED, kind=Author.BOT)
    assert automation(told) == (1, 1)
    assert [row["automatic"] for row in fold(told.history, NO_RULES).solves] == [1]
    assert automation(Tale(T0).solved(T0)) == (0, 0)


def test_a_ticket_that_a_machine_opened_was_not_acted_on_by_it():
    opened = Tale(T0).history
    alarm = replace(opened.messages[0], author="monitoring", author_kind=Author.BOT)
    assert fold(replace(opened, messages=(alarm,)), NO_RULES).ticket["automation_acted"] == 0


# --- First and last times ----------------------------------------------------------------------------------------


def test_the_first_reply_is_known_even_after_the_solve():
    told = Tale(T0, opened_by_agent=True).notes(T0 + 10).bot_says(T0 + 20).solved(T0 + 30)
    assert fold(told.history, NO_RULES).ticket["first_replied_at"] is None
    assert fold(told.replies(T0 + 40).replies(T0 + 50).history, NO_RULES).ticket["first_replied_at"] == T0 + 40


def test_every_solve_is_a_row_with_whose_the_ticket_was_then():
    told = Tale(T0, agent=ALICE, priority="high").solved(T0 + 10).becomes(T0 + 20, Status.OPEN)
    told.change(T0 + 30, Field.AGENT, CHLOE).change(T0 + 30, Field.TEAM, "billing").solved(T0 + 40)
    told.change(T0 + 50, Field.AGENT, BOB)
    facts = fold(told.history, NO_RULES)
    shown = [(row["solve"], row["solved_at"] - T0, row["team"], row["agent"]) for row in facts.solves]
    assert shown == [(1, 10, "support", ALICE), (2, 40, "billing", CHLOE)]
    row = facts.ticket
    assert (row["first_solved_team"], row["first_solved_agent"], row["first_solved_priority"]) == (
        "support",
        ALICE,
        "high",
    )
    assert (row["solved_team"], row["solved_agent"]) == ("billing", CHLOE)
    closed = fold(Tale(T0).becomes(T0 + 5, Status.CLOSED).history, NO_RULES)
    assert (closed.solves, closed.ticket["first_solved_agent"]) == ([], None)


def test_the_first_reopen_is_measured_from_the_first_solve_and_the_fastest_from_the_solve_before_it():
    told = Tale(T0).solved(T0 + 100).asks(T0 + 150, automatic=True)
    told.becomes(T0 + 151, Status.OPEN, kind=Author.CUSTOMER).solved(T0 + 200)
    assert fold(told.history, NO_RULES).ticket["first_reopen_s"] is None
    told.becomes(T0 + 260, Status.OPEN)
    row = fold(told.history, NO_RULES).ticket
    assert (row["first_reopen_s"], row["fastest_reopen_s"]) == (160, 60)


def test_a_deleted_ticket_that_is_recovered_was_not_reopened():
    told = Tale(T0).solved(T0 + 100).becomes(T0 + 200, Status.DELETED).becomes(T0 + 300, Status.OPEN)
    row = fold(told.history, NO_RULES).ticket
    assert (row["first_reopen_s"], row["asked_again_at"], row["solves"]) == (None, None, 1)


def test_asking_again_is_a_message_or_a_reopen_after_the_last_solve():
    told = Tale(T0).asks(T0 + 10).solved(T0 + 100)
    assert fold(told.history, NO_RULES).ticket["asked_again_at"] is None
    told.asks(T0 + 110, automatic=True).becomes(T0 + 111, Status.OPEN, kind=Author.CUSTOMER)
    assert fold(told.history, NO_RULES).ticket["asked_again_at"] is None, "an absence notice asks nothing"
    told.solved(T0 + 200).becomes(T0 + 300, Status.OPEN)
    assert fold(told.history, NO_RULES).ticket["asked_again_at"] == T0 + 300
    told.solved(T0 + 400).asks(T0 + 500).becomes(T0 + 501, Status.OPEN, kind=Author.CUSTOMER)
    assert fold(told.history, NO_RULES).ticket["asked_again_at"] == T0 + 500
    assert fold(Tale(T0).asks(T0 + 10).history, NO_RULES).ticket["asked_again_at"] is None


def test_a_rating_keeps_its_scale():
    row = fold(Tale(T0).solved(T0 + 10).rated(T0 + 20, 0, lowest=0, highest=1).history, NO_RULES).ticket
    assert (row["rating"], row["rating_lowest"], row["rating_highest"]) == (0, 0, 1)

"""What a ticket's history says, case by case; the numbers in VECTORS.md are those of its list of mistakes."""

import itertools
import json
from datetime import date

import pytest
from cast import ALICE, BOB, CHLOE, DAY, DINA, HOUR, MINUTE, Tale, at

from kpi.events import Author, Contact, Field, Status
from kpi.history import fold
from kpi.hours import Schedule, Week
from kpi.policies import Assignment, Condition, Metric, Policy, Rulebook, Target

NINE_TO_SIX = ((9 * HOUR, 18 * HOUR),)
BERLIN = Schedule(key="berlin", zone="Europe/Berlin", weeks=(Week(days=(NINE_TO_SIX,) * 7),))
PARIS_WEEK = Schedule(key="paris", zone="Europe/Paris", weeks=(Week(days=(NINE_TO_SIX,) * 5 + ((),) * 2),))
NO_RULES = Rulebook()
T0 = at("2026-10-05 08:00")  # a Monday


def promises(*targets: Target, schedule: Schedule | None = None, **policy: object) -> Rulebook:
    schedules = (Assignment(schedule=schedule),) if schedule else ()
    return Rulebook(schedules=schedules, policies=(Policy(key="standard", targets=targets, **policy),))


def first_reply_within(seconds: int, **target: object) -> Target:
    return Target(metric=Metric.FIRST_REPLY, seconds=seconds, **target)


def clock(facts, metric: str = "first_reply") -> dict[str, object]:
    return next(row for row in facts.clocks if row["metric"] == metric)


# --- Replies and turns -------------------------------------------------------------------------------------------


def test_the_first_response_is_the_first_public_reply_of_an_agent():
    told = Tale(T0).bot_says(T0 + 5).notes(T0 + 60).asks(T0 + 120).replies(T0 + 300).replies(T0 + 400)
    facts = fold(told.history, NO_RULES)
    assert [(turn["turn"], turn["started_at"], turn["reply_calendar_s"]) for turn in facts.turns] == [(1, T0, 300)]
    assert facts.ticket["replies"] == 2
    assert facts.turns[0]["reply_s"] is None, "without a schedule there is no business time"


def test_a_reply_by_the_requester_is_no_reply():
    told = Tale(T0, customer=ALICE).replies(T0 + 60, author=ALICE).replies(T0 + 300, author=BOB)
    facts = fold(told.history, NO_RULES)
    assert (facts.turns[0]["reply_calendar_s"], facts.turns[0]["agent"]) == (300, BOB)
    assert facts.ticket["customer_messages"] == 1


def test_an_automatic_message_in_an_agents_name_is_no_reply():
    facts = fold(Tale(T0).replies(T0 + 1, automatic=True).history, NO_RULES)
    assert facts.turns[0]["replied_at"] is None


def test_a_turn_starts_at_the_oldest_unanswered_message():  # mistake 10
    told = Tale(T0).replies(T0 + 60).asks(T0 + 1000).asks(T0 + 5000).replies(T0 + 6000)
    facts = fold(told.history, NO_RULES)
    assert [turn["reply_calendar_s"] for turn in facts.turns] == [60, 5000]


def test_a_reply_is_credited_to_its_author_and_team_of_that_moment():  # mistake 12
    told = Tale(T0, agent=ALICE).replies(T0 + 60, author=CHLOE).change(T0 + 90, Field.TEAM, "billing")
    turn = fold(told.history, NO_RULES).turns[0]
    assert (turn["agent"], turn["team"]) == (CHLOE, "support")


def test_an_agent_opened_ticket_that_nobody_answered_has_no_first_response():  # mistake 3
    told = Tale(T0, opened_by_agent=True)
    facts = fold(told.history, promises(first_reply_within(HOUR)))
    assert (facts.turns, facts.clocks, facts.ticket["replies"]) == ([], [], 0)


def test_a_question_on_an_agent_opened_ticket_is_a_turn_of_its_own():
    told = Tale(T0, opened_by_agent=True).replies(T0 + 60).asks(T0 + 100).replies(T0 + 400)
    rules = promises(first_reply_within(HOUR), Target(metric=Metric.NEXT_REPLY, seconds=HOUR))
    facts = fold(told.history, rules)
    assert [turn["reply_calendar_s"] for turn in facts.turns] == [300]
    assert [row["metric"] for row in facts.clocks] == ["next_reply"]


def test_thanks_on_a_solved_ticket_is_neither_a_turn_nor_a_reopen():  # mistake 11
    told = Tale(T0).replies(T0 + 60).solved(T0 + 100).asks(T0 + 200)
    facts = fold(told.history, NO_RULES)
    assert len(facts.turns) == 1
    assert (facts.ticket["reopens"], facts.ticket["customer_messages"]) == (0, 0)


def test_a_question_that_reopens_starts_a_turn_when_it_was_asked():
    told = Tale(T0).replies(T0 + 60).solved(T0 + 100).asks(T0 + 200)
    told.becomes(T0 + 201, Status.OPEN, kind=Author.CUSTOMER).replies(T0 + 500)
    facts = fold(told.history, NO_RULES)
    assert [turn["started_at"] - T0 for turn in facts.turns] == [0, 200]
    assert facts.turns[1]["reply_calendar_s"] == 300
    assert (facts.ticket["reopens"], facts.ticket["fastest_reopen_s"]) == (1, 101)


def test_an_answer_on_a_solved_ticket_makes_the_message_before_it_a_turn():
    told = Tale(T0).replies(T0 + 60).solved(T0 + 100).asks(T0 + 200).replies(T0 + 260)
    assert [turn["reply_calendar_s"] for turn in fold(told.history, NO_RULES).turns] == [60, 60]


def test_a_question_left_unanswered_at_a_solve_is_still_the_oldest_one_after_a_reopen():
    told = Tale(T0).replies(T0 + 60).asks(T0 + 100).solved(T0 + 200)
    assert fold(told.history, NO_RULES).turns[1]["ended_at"] == T0 + 200
    told.asks(T0 + 900).becomes(T0 + 901, Status.OPEN, kind=Author.CUSTOMER).replies(T0 + 1000)
    turns = fold(told.history, NO_RULES).turns
    assert [(turn["started_at"] - T0, turn["reply_calendar_s"], turn["ended_at"]) for turn in turns] == [
        (0, 60, None),
        (100, 900, None),
    ]


def test_a_reply_that_reopens_a_solved_ticket_stops_its_clock_from_the_original_start():
    told = Tale(T0).solved(T0 + 100).replies(T0 + HOUR + 1)
    rules = promises(first_reply_within(HOUR))
    before = clock(fold(told.history, rules))
    assert (before["stopped_by"], before["breached"]) == ("solve", 0)
    told.becomes(T0 + HOUR + 1, Status.OPEN, kind=Author.SYSTEM)
    facts = fold(told.history, rules)
    assert (clock(facts)["stopped_by"], clock(facts)["elapsed_s"], clock(facts)["breached"]) == ("reply", HOUR + 1, 1)
    assert facts.turns[0]["ended_at"] is None


def test_the_first_response_stays_owed_across_a_solve():
    owed = Tale(T0).solved(T0 + 100)
    assert fold(owed.history, NO_RULES).turns[0]["ended_at"] == T0 + 100
    owed.becomes(T0 + 200, Status.OPEN).replies(T0 + 300)
    turn = fold(owed.history, NO_RULES).turns[0]
    assert (turn["replied_at"], turn["ended_at"], turn["reply_calendar_s"]) == (T0 + 300, None, 300)


def test_an_open_turn_goes_on_after_a_deletion_is_taken_back():
    told = Tale(T0).replies(T0 + 60).asks(T0 + 100).becomes(T0 + 200, Status.DELETED)
    assert fold(told.history, NO_RULES).ticket["left_out"] == "deleted"
    told.becomes(T0 + 300, Status.OPEN).replies(T0 + 400)
    facts = fold(told.history, NO_RULES)
    assert facts.turns[1]["reply_calendar_s"] == 300
    assert facts.ticket["left_out"] is None
    edges = {span["started_by"] for span in facts.spans}, {span["ended_by"] for span in facts.spans}
    assert edges == ({"opened", "change", "recovered"}, {"gone", "change", None})


# --- Solves, reopens and spans -----------------------------------------------------------------------------------


def test_a_reopened_ticket_that_is_still_open_counts_as_reopened():  # mistake 2
    told = Tale(T0).solved(T0 + 100).becomes(T0 + 200, Status.OPEN)
    row = fold(told.history, NO_RULES).ticket
    assert (row["reopens"], row["solves"], row["is_solved"], row["last_solved_at"]) == (1, 1, 0, T0 + 100)


def test_an_automatic_message_that_reopens_is_counted_apart():
    told = Tale(T0).replies(T0 + 50).solved(T0 + 100).asks(T0 + 150, automatic=True)
    told.becomes(T0 + 151, Status.OPEN, kind=Author.CUSTOMER).solved(T0 + 900)
    row = fold(told.history, NO_RULES).ticket
    assert (row["reopens"], row["automatic_reopens"], row["fastest_reopen_s"]) == (0, 1, None)
    assert row["customer_messages"] == 0


def test_an_agent_who_reopens_after_an_automatic_message_reopens():
    told = Tale(T0).solved(T0 + 100).asks(T0 + 150, automatic=True).becomes(T0 + 151, Status.OPEN)
    assert fold(told.history, NO_RULES).ticket["reopens"] == 1


def test_closing_a_solved_ticket_is_no_second_solve_and_closing_an_open_one_is_none():
    solved = fold(Tale(T0).solved(T0 + 100).becomes(T0 + 900, Status.CLOSED).history, NO_RULES).ticket
    assert (solved["solves"], solved["is_solved"], solved["last_solved_at"], solved["closed_at"]) == (
        1,
        1,
        T0 + 100,
        None,
    )
    rejected = fold(Tale(T0).becomes(T0 + 100, Status.CLOSED).history, NO_RULES).ticket
    assert (rejected["solves"], rejected["is_solved"], rejected["closed_at"]) == (0, 0, T0 + 100)


def test_resolution_leaves_out_pending_time_and_the_full_one_counts_it():
    told = Tale(T0).becomes(T0 + 600, Status.PENDING).becomes(T0 + 2400, Status.OPEN).solved(T0 + 3000)
    told.becomes(T0 + 4000, Status.OPEN).solved(T0 + 5000)
    row = fold(told.history, NO_RULES).ticket
    assert row["first_resolution_calendar_s"] == 1200  # 3000 less half an hour
    assert row["resolution_calendar_s"] == 3200  # 5000 less the same: it was not resolved for the customer meanwhile
    assert row["full_resolution_calendar_s"] == 5000


def test_flags_follow_time_whatever_the_order_of_the_rows():  # mistake 1
    told = Tale(T0).becomes(T0 + 10, Status.OPEN).replies(T0 + 20).solved(T0 + 30).asks(T0 + 40)
    told.becomes(T0 + 40, Status.OPEN, kind=Author.CUSTOMER).replies(T0 + 50).solved(T0 + 50)
    for order in ([3, 1, 2], [9, 8, 7, 6, 5, 4, 3, 2, 1]):
        assert fold(told.shuffled(order), NO_RULES) == fold(told.history, NO_RULES)


def test_the_time_open_is_split_where_team_agent_priority_or_status_change():
    told = Tale(T0).change(T0 + 10, Field.AGENT, ALICE).change(T0 + 20, Field.TEAM, "billing")
    told.becomes(T0 + 30, Status.PENDING).solved(T0 + 40)
    spans = fold(told.history, NO_RULES).spans
    assert [(s["started_at"] - T0, s["ended_at"] - T0, s["status"], s["team"], s["ended_by"]) for s in spans] == [
        (0, 10, "new", "support", "change"),
        (10, 20, "new", "support", "change"),
        (20, 30, "new", "billing", "change"),
        (30, 40, "pending", "billing", "solve"),
    ]


def test_routing_in_the_creation_second_belongs_to_the_creation():
    told = Tale(T0).change(T0, Field.TEAM, "billing", kind=Author.SYSTEM)
    facts = fold(told.history, NO_RULES)
    assert (facts.ticket["created_team"], facts.ticket["teams"], len(facts.spans)) == ("billing", 1, 1)


def test_team_agent_and_priority_are_those_of_the_solve():
    told = Tale(T0, agent=ALICE, priority="high").change(T0 + 5, Field.TEAM, "billing").solved(T0 + 10)
    told.change(T0 + 20, Field.TEAM, "legal").change(T0 + 20, Field.AGENT, CHLOE)
    row = fold(told.history, NO_RULES).ticket
    assert (row["created_team"], row["solved_team"], row["solved_agent"], row["solved_priority"]) == (
        "support",
        "billing",
        ALICE,
        "high",
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": Status.SPAM}, "spam"),
        ({"status": Status.MERGED}, "merged"),
        ({"status": Status.DELETED, "merged_into": "7"}, "merged"),
        ({"tags": ("vip", "qa")}, "test"),
        ({"tags": ("vip",)}, None),
    ],
)
def test_a_ticket_that_counts_nowhere_says_why(values, reason):
    told = Tale(T0).now(**values)
    assert fold(told.history, Rulebook(test_tags=frozenset({"qa"}))).ticket["left_out"] == reason


def test_a_call_in_which_it_was_solved():
    call = Contact(external_id="1", channel="phone", queued_at=T0, answered_at=T0 + 30, ended_at=T0 + 300, wrap_up_s=60)
    during = Tale(T0).called(call).solved(T0 + 350)
    assert fold(during.history, NO_RULES).ticket["solved_in_contact"] == 1
    after = Tale(T0).called(call).solved(T0 + 361)
    assert fold(after.history, NO_RULES).ticket["solved_in_contact"] == 0


# --- Ratings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "lowest", "highest", "positive"),
    [
        (4, 1, 5, 1),
        (3, 1, 5, 0),
        (6, 1, 7, 1),
        (5, 1, 7, 0),
        (1, 0, 1, 1),
        (0, 0, 1, 0),
        (3, 1, 3, 1),
        (2, 1, 3, 0),
        (1, 1, 1, None),  # a scale of one value tells nothing
    ],
)
def test_what_counts_as_satisfied(score, lowest, highest, positive):
    told = Tale(T0).solved(T0 + 10).rated(T0 + 20, score, lowest=lowest, highest=highest)
    assert fold(told.history, NO_RULES).ticket["rating_positive"] == positive


def test_the_latest_rating_counts_for_whoever_solved_it():
    told = Tale(T0, agent=ALICE).solved(T0 + 10).change(T0 + 15, Field.AGENT, CHLOE)
    told.rated(T0 + 20, 1).rated(T0 + 30, 5).rated(T0 + 40, None).rated(T0 + 50, 2, survey="ces")
    row = fold(told.history, NO_RULES).ticket
    assert (row["rated_at"], row["rating"], row["rating_positive"], row["rated_agent"]) == (T0 + 30, 5, 1, ALICE)


# --- Clocks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "breached"), [(HOUR, 0), (HOUR + 1, 1)])
@pytest.mark.parametrize("business", [True, False])
def test_elapsed_equal_to_the_target_is_in_time(seconds, breached, business):  # mistake 7
    start = at("2026-10-05 10:00", "Europe/Paris")
    rules = promises(first_reply_within(HOUR, business=business), schedule=PARIS_WEEK)
    row = clock(fold(Tale(start).replies(start + seconds).history, rules))
    assert (row["breached"], row["stopped_by"], row["elapsed_s"]) == (breached, "reply", seconds)


def test_a_running_clock_knows_when_it_is_due_and_when_it_is_late():  # mistake 6
    start = at("2026-10-05 16:00", "Europe/Paris")
    row = clock(fold(Tale(start).history, promises(first_reply_within(2 * HOUR), schedule=PARIS_WEEK)))
    assert (row["state"], row["breached"], row["elapsed_s"]) == ("running", None, None)
    assert row["due_at"] == at("2026-10-05 18:00", "Europe/Paris")
    assert row["late_after"] == at("2026-10-06 09:00", "Europe/Paris"), "closed in between, no time passes"


def test_a_priority_change_measures_from_the_original_start():  # mistake 8
    targets = (first_reply_within(8 * HOUR), first_reply_within(HOUR, priority="urgent"))
    told = Tale(T0, priority="normal").change(T0 + 2 * HOUR, Field.PRIORITY, "urgent")
    row = clock(fold(told.history, promises(*targets)))
    assert (row["target_s"], row["due_at"], row["late_after"]) == (HOUR, T0 + HOUR, T0 + HOUR)
    late = fold(told.replies(T0 + 2 * HOUR + 60).history, promises(*targets))
    assert (clock(late)["breached"], clock(late)["elapsed_s"]) == (1, 2 * HOUR + 60)


def test_a_priority_change_after_the_reply_changes_no_clock():
    targets = (first_reply_within(8 * HOUR), first_reply_within(HOUR, priority="urgent"))
    told = Tale(T0, priority="normal").replies(T0 + 2 * HOUR).change(T0 + 3 * HOUR, Field.PRIORITY, "urgent")
    assert clock(fold(told.history, promises(*targets)))["breached"] == 0


def test_the_policy_is_the_one_in_force_when_the_clock_started():
    old = Policy(key="old", targets=(first_reply_within(8 * HOUR),), until=T0 + 100)
    new = Policy(key="new", targets=(first_reply_within(HOUR),), since=T0 + 100)
    for created, key in ((T0, "old"), (T0 + 100, "new")):
        facts = fold(Tale(created).replies(T0 + 2 * HOUR).history, Rulebook(policies=(old, new)))
        assert clock(facts)["policy"] == key


def test_an_exclusive_policy_leaves_nothing_to_those_after_it_and_others_leave_what_they_dont_promise():
    resolution = Target(metric=Metric.RESOLUTION, seconds=DAY)
    for exclusive, metrics in ((True, ["first_reply"]), (False, ["first_reply", "resolution"])):
        first = Policy(key="first", targets=(first_reply_within(HOUR, business=False),), exclusive=exclusive)
        rules = Rulebook(policies=(first, Policy(key="second", targets=(first_reply_within(60), resolution))))
        found = {row["metric"]: row["policy"] for row in fold(Tale(T0).history, rules).clocks}
        assert found == dict(zip(metrics, ("first", "second"), strict=False))


def test_conditions_take_the_teams_name_or_its_identifier():
    policy = Policy(
        key="vip", targets=(first_reply_within(HOUR),), when=(Condition(field="team", values=("Billing",)),)
    )
    rules = Rulebook(policies=(policy,), team_names={"7": "billing"})
    assert clock(fold(Tale(T0, team="7").history, rules))["policy"] == "vip"
    assert fold(Tale(T0, team="8").history, rules).clocks == []


def test_a_ticket_solved_unreplied_before_the_first_business_hour_keeps_its_clock():  # mistake 9
    start = at("2026-10-05 06:00", "Europe/Paris")
    told = Tale(start).solved(start + HOUR)
    row = clock(fold(told.history, promises(first_reply_within(HOUR), schedule=PARIS_WEEK)))
    assert (row["state"], row["stopped_by"], row["elapsed_s"], row["breached"]) == ("stopped", "solve", 0, 0)


def test_a_reopened_unreplied_ticket_runs_on_from_its_original_start():
    told = Tale(T0).solved(T0 + 10).becomes(T0 + 20, Status.OPEN)
    row = clock(fold(told.history, promises(first_reply_within(HOUR))))
    assert (row["state"], row["stopped_at"], row["due_at"]) == ("running", None, T0 + HOUR)


def test_each_later_turn_has_its_own_clock():
    told = Tale(T0).replies(T0 + 60).asks(T0 + 100).replies(T0 + 5000).asks(T0 + 6000)
    rules = promises(first_reply_within(HOUR), Target(metric=Metric.NEXT_REPLY, seconds=HOUR))
    rows = [row for row in fold(told.history, rules).clocks if row["metric"] == "next_reply"]
    assert [(row["instance"], row["state"], row["breached"]) for row in rows] == [
        (2, "stopped", 1),
        (3, "running", None),
    ]


PENDING, OPEN, SOLVED = Status.PENDING, Status.OPEN, Status.SOLVED


@pytest.mark.parametrize(
    ("walk", "minutes"),
    [  # VECTORS.md, Europe/Berlin, target 120 minutes, created 09:00Z, hours in UTC
        ([("10:00", PENDING), ("10:30", OPEN), ("12:00", SOLVED)], 150),
        ([("09:00", PENDING), ("12:00", SOLVED)], 0),
        ([("09:00", PENDING), ("10:30", OPEN), ("11:00", PENDING), ("12:00", SOLVED)], 30),
    ],
)
def test_the_resolution_clock_stands_still_while_pending(walk, minutes):
    told = Tale(at("2013-06-04 09:00"))
    for time, status in walk:
        told.becomes(at(f"2013-06-04 {time}"), status)
    rules = promises(Target(metric=Metric.RESOLUTION, seconds=120 * MINUTE), schedule=BERLIN)
    row = clock(fold(told.history, rules), "resolution")
    assert row["elapsed_s"] == minutes * MINUTE
    assert row["breached"] == int(minutes > 120)


def test_a_due_time_on_closing_time_is_that_instant():
    told = Tale(at("2013-06-04 09:00")).becomes(at("2013-06-04 10:00"), PENDING).becomes(at("2013-06-04 15:00"), OPEN)
    rules = promises(Target(metric=Metric.RESOLUTION, seconds=120 * MINUTE), schedule=BERLIN)
    row = clock(fold(told.history, rules), "resolution")
    assert row["due_at"] == at("2013-06-04 16:00")
    assert row["late_after"] == at("2013-06-05 07:00")


def test_the_resolution_clock_is_paused_stopped_and_resumed():
    rules = promises(Target(metric=Metric.RESOLUTION, seconds=HOUR))
    told = Tale(T0).becomes(T0 + 600, PENDING)
    row = clock(fold(told.history, rules), "resolution")
    assert (row["state"], row["elapsed_s"], row["due_at"], row["late_after"]) == ("paused", 600, None, None)
    told.becomes(T0 + 900, OPEN).solved(T0 + 1200)
    row = clock(fold(told.history, rules), "resolution")
    assert (row["stopped_by"], row["elapsed_s"], row["breached"]) == ("solve", 900, 0)
    told.becomes(T0 + DAY, OPEN)
    row = clock(fold(told.history, rules), "resolution")
    assert (row["state"], row["stopped_at"], row["due_at"]) == ("running", None, T0 + DAY + HOUR - 900)


def test_a_policy_that_pauses_nowhere_counts_pending_time():
    rules = promises(Target(metric=Metric.RESOLUTION, seconds=HOUR), pauses=frozenset())
    told = Tale(T0).becomes(T0 + 600, PENDING).solved(T0 + 2 * HOUR)
    assert clock(fold(told.history, rules), "resolution")["breached"] == 1


@pytest.mark.parametrize(
    ("status", "by"), [(Status.CLOSED, "closed"), (Status.DELETED, "gone"), (Status.SOLVED, "solve")]
)
def test_what_stopped_a_clock(status, by):
    rules = promises(Target(metric=Metric.RESOLUTION, seconds=HOUR), first_reply_within(HOUR))
    facts = fold(Tale(T0).becomes(T0 + 60, status).history, rules)
    assert [row["stopped_by"] for row in facts.clocks] == [by, by]


def test_business_time_follows_the_schedule_the_ticket_was_under():
    mornings = Schedule(
        key="m", zone="UTC", weeks=(Week(days=(((8 * HOUR, 12 * HOUR),),) * 7, since=date(2000, 1, 1)),)
    )
    evenings = Schedule(
        key="e", zone="UTC", weeks=(Week(days=(((18 * HOUR, 20 * HOUR),),) * 7, since=date(2000, 1, 1)),)
    )
    in_billing = (Condition(field="team", values=("billing",)),)
    rules = Rulebook(schedules=(Assignment(schedule=evenings, when=in_billing), Assignment(schedule=mornings)))
    told = Tale(T0).change(T0 + HOUR, Field.TEAM, "billing").replies(at("2026-10-05 19:30"))
    assert fold(told.history, rules).turns[0]["reply_s"] == HOUR + 90 * MINUTE


def test_opening_hours_that_were_changed_count_from_that_instant_though_nothing_happened_to_the_ticket():
    monday = T0 - 8 * HOUR
    half_days = Schedule(key="desk", zone="UTC", weeks=(Week(days=(((9 * HOUR, 12 * HOUR),),) * 7),))
    whole_days = Schedule(key="desk", zone="UTC", weeks=(Week(days=(NINE_TO_SIX,) * 7),))
    changed = monday + 2 * DAY
    rules = Rulebook(
        schedules=(Assignment(schedule=half_days, until=changed), Assignment(schedule=whole_days, since=changed))
    )
    told = Tale(T0).replies(monday + 3 * DAY)
    assert fold(told.history, rules).turns[0]["reply_s"] == (3 + 3 + 9) * HOUR


def test_facts_are_plain_values():
    told = Tale(T0).replies(T0 + 60).solved(T0 + 100).rated(T0 + 200, 5)
    facts = fold(told.history, promises(first_reply_within(HOUR), schedule=PARIS_WEEK))
    for row in itertools.chain(*facts.by_table().values()):
        assert json.loads(json.dumps(row)) == row
    assert facts.ticket["customer"] == DINA

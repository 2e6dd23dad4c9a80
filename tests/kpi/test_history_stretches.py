"""When a customer was waiting and when a clock was overdue, stretch by stretch."""

from cast import ALICE, HOUR, Tale, at

from kpi.events import Author, Field, Status
from kpi.history import fold
from kpi.hours import Schedule, Week
from kpi.policies import Assignment, Metric, Policy, Rulebook, Target

NINE_TO_SIX = ((9 * HOUR, 18 * HOUR),)
PARIS_WEEK = Schedule(key="paris", zone="Europe/Paris", weeks=(Week(days=(NINE_TO_SIX,) * 5 + ((),) * 2),))
T0 = at("2026-10-05 08:00")  # a Monday
NO_RULES = Rulebook()


def promises(*targets: Target, schedule: Schedule | None = None) -> Rulebook:
    schedules = (Assignment(schedule=schedule),) if schedule else ()
    return Rulebook(schedules=schedules, policies=(Policy(key="standard", targets=targets),))


def first_reply_within(seconds: int, priority: str | None = None) -> Target:
    return Target(metric=Metric.FIRST_REPLY, seconds=seconds, priority=priority)


# --- Waiting -----------------------------------------------------------------------------------------------------


def waits(told: Tale) -> list[tuple[int, int | None, int | None]]:
    """Return (start, end, waiting since) of each span, in seconds after T0."""
    edges = ("started_at", "ended_at", "waiting_since")
    spans = fold(told.history, NO_RULES).spans
    return [tuple(None if span[name] is None else span[name] - T0 for name in edges) for span in spans]


def test_spans_are_parted_where_the_customer_starts_and_stops_waiting():
    told = Tale(T0).asks(T0 + 10).replies(T0 + 60).notes(T0 + 70).asks(T0 + 100).asks(T0 + 200).replies(T0 + 300)
    assert waits(told) == [(0, 60, 0), (60, 100, None), (100, 300, 100), (300, None, None)]


def test_a_question_left_open_at_a_solve_waits_again_from_the_reopen_since_it_was_asked():
    told = Tale(T0).replies(T0 + 60).asks(T0 + 100).solved(T0 + 200)
    assert waits(told)[-1] == (100, 200, 100)
    told.becomes(T0 + 500, Status.OPEN)
    assert waits(told)[2:] == [(100, 200, 100), (500, None, 100)]


def test_a_question_that_reopens_waits_from_the_reopen_and_an_answered_one_does_not():
    told = Tale(T0).replies(T0 + 60).solved(T0 + 60).asks(T0 + 90).becomes(T0 + 100, Status.OPEN, kind=Author.CUSTOMER)
    assert waits(told) == [(0, 60, 0), (100, None, 90)]
    answered = Tale(T0).replies(T0 + 60).solved(T0 + 60).asks(T0 + 90).replies(T0 + 95).becomes(T0 + 100, Status.OPEN)
    assert waits(answered) == [(0, 60, 0), (100, None, None)]


def test_nobody_waits_on_a_ticket_that_an_agent_opened_until_the_customer_writes():
    assert waits(Tale(T0, opened_by_agent=True).asks(T0 + 50)) == [(0, 50, None), (50, None, 50)]


# --- Overdue -----------------------------------------------------------------------------------------------------


def overdue(told: Tale, rules: Rulebook) -> list[tuple[object, ...]]:
    """Return (metric, stretch, start, end, team) of each stretch, in seconds after T0."""
    return [
        (
            row["metric"],
            row["stretch"],
            row["started_at"] - T0,
            None if row["ended_at"] is None else row["ended_at"] - T0,
            row["team"],
        )
        for row in fold(told.history, rules).overdue
    ]


def test_a_clock_is_overdue_from_its_last_instant_in_time_to_its_reply():
    rules = promises(first_reply_within(HOUR))
    assert overdue(Tale(T0), rules) == [("first_reply", 1, HOUR, None, "support")], "it will be late then"
    assert overdue(Tale(T0).replies(T0 + HOUR), rules) == []
    assert overdue(Tale(T0).replies(T0 + HOUR + 1), rules) == [("first_reply", 1, HOUR, HOUR + 1, "support")]


def test_an_overdue_clock_belongs_to_the_team_of_each_moment():
    told = Tale(T0).change(T0 + 60, Field.AGENT, ALICE).change(T0 + 2 * HOUR, Field.TEAM, "billing")
    assert overdue(told, promises(first_reply_within(HOUR))) == [
        ("first_reply", 1, HOUR, 2 * HOUR, "support"),
        ("first_reply", 2, 2 * HOUR, None, "billing"),
    ]


def test_a_paused_clock_is_not_overdue_and_is_again_when_it_goes_on():
    told = Tale(T0).becomes(T0 + 2 * HOUR, Status.PENDING).becomes(T0 + 3 * HOUR, Status.OPEN).solved(T0 + 4 * HOUR)
    rules = promises(Target(metric=Metric.RESOLUTION, seconds=HOUR))
    assert overdue(told, rules) == [
        ("resolution", 1, HOUR, 2 * HOUR, "support"),
        ("resolution", 2, 3 * HOUR, 4 * HOUR, "support"),
    ]
    assert overdue(Tale(T0).becomes(T0 + 60, Status.PENDING), rules) == []


def test_nothing_is_overdue_while_the_ticket_is_solved_even_if_a_reopen_goes_on_from_the_start():
    told = Tale(T0).solved(T0 + 60).becomes(T0 + 3 * HOUR, Status.OPEN)
    assert overdue(told, promises(first_reply_within(HOUR))) == [("first_reply", 1, 3 * HOUR, None, "support")]
    late = Tale(T0).solved(T0 + 2 * HOUR).becomes(T0 + 3 * HOUR, Status.OPEN)
    assert overdue(late, promises(first_reply_within(HOUR))) == [
        ("first_reply", 1, HOUR, 2 * HOUR, "support"),
        ("first_reply", 2, 3 * HOUR, None, "support"),
    ]


def test_a_clock_of_business_time_is_overdue_once_the_office_has_opened_again():
    start = at("2026-10-05 16:00", "Europe/Paris")
    (row,) = fold(Tale(start).history, promises(first_reply_within(2 * HOUR), schedule=PARIS_WEEK)).overdue
    assert row["started_at"] == at("2026-10-06 09:00", "Europe/Paris")


def test_a_clock_is_overdue_by_what_was_promised_for_the_priority_of_each_moment():
    """KPIS.md rule 11: what is urgent today was in time yesterday, when nobody had raised it."""
    rules = promises(first_reply_within(8 * HOUR), first_reply_within(HOUR, priority="urgent"))
    raised = Tale(T0, priority="normal").change(T0 + 2 * HOUR, Field.PRIORITY, "urgent")
    assert overdue(raised, rules) == [("first_reply", 1, 2 * HOUR, None, "support")]
    lowered = Tale(T0, priority="urgent").change(T0 + 2 * HOUR, Field.PRIORITY, "low").replies(T0 + 9 * HOUR)
    assert overdue(lowered, rules) == [
        ("first_reply", 1, HOUR, 2 * HOUR, "support"),
        ("first_reply", 2, 8 * HOUR, 9 * HOUR, "support"),
    ]


def test_a_resolution_clock_is_overdue_by_what_was_promised_for_the_priority_of_each_moment():
    targets = (
        Target(metric=Metric.RESOLUTION, seconds=8 * HOUR),
        Target(metric=Metric.RESOLUTION, seconds=HOUR, priority="urgent"),
    )
    # Four of its hours it was pending: the urgent hour is over at 5 h, the eight hours at 12 h.
    told = Tale(T0, priority="normal").becomes(T0 + 60, Status.PENDING).becomes(T0 + 4 * HOUR + 60, Status.OPEN)
    raised = told.change(T0 + 7 * HOUR, Field.PRIORITY, "urgent").change(T0 + 10 * HOUR, Field.PRIORITY, "normal")
    assert overdue(raised.solved(T0 + 13 * HOUR), promises(*targets)) == [
        ("resolution", 1, 7 * HOUR, 10 * HOUR, "support"),
        ("resolution", 2, 12 * HOUR, 13 * HOUR, "support"),
    ]

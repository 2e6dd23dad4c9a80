"""Why a helpdesk's own figure is another one than ours: a case for each reason, worked out by hand."""

import pytest
from cast import DAY, HOUR, MINUTE, Tale, at

from kpi.events import Author, Field, Quantity, Status
from kpi.history import fold
from kpi.history.story import tell
from kpi.hours import Schedule, Week
from kpi.otherwise import Cause
from kpi.policies import Assignment, Condition, Metric, Policy, Rulebook, Target
from kpi.reconciliation import COMPARISONS, Reason, agreed, explain_difference

T0 = at("2026-10-05 08:00")  # a Monday
NINE_TO_SIX = Schedule(key="day", zone="UTC", weeks=(Week(days=(((9 * HOUR, 18 * HOUR),),) * 5 + ((),) * 2),))
HOURS = Rulebook(schedules=(Assignment(schedule=NINE_TO_SIX),))
NO_RULES = Rulebook()
METRICS = {"frt_sla": Metric.FIRST_REPLY, "resolution_sla": Metric.RESOLUTION}


def why(kpi: str, tale: Tale, rules: Rulebook = NO_RULES, **said: int) -> tuple[str, ...]:
    """Return the reasons; what the helpdesk says in business time is named `business_…`."""
    comparison = COMPARISONS[kpi]
    figures = {
        (Quantity(name.removeprefix("business_")), name.startswith("business_")): value for name, value in said.items()
    }
    facts = fold(tale.history, rules)
    clocks = {clock["metric"]: clock for clock in facts.clocks}
    turn = facts.turns[0] if facts.turns else {}
    row = clocks[METRICS[kpi]] if kpi in METRICS else turn if kpi == "frt" else facts.ticket
    ours = {basis: row[column] for basis, column in comparison.columns.items() if row.get(column) is not None}
    theirs = comparison.theirs(figures)
    if (reason := agreed(ours, theirs)) is not None:
        return (reason.value,)
    causes = explain_difference(ours, theirs, comparison.otherwise(tell(tale.history, rules), rules))
    return tuple(cause.value for cause in causes)


# --- Equal, or as good as ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "reason"),
    [(150, "equal"), (120, "rounded_down"), (180, "rounded_up"), (60, "unexplained"), (149, "unexplained")],
)
def test_whole_minutes_are_told_apart_by_their_direction(theirs, reason):
    assert why("frt", Tale(T0).replies(T0 + 150), first_reply_s=theirs) == (reason,)


@pytest.mark.parametrize(("apart", "reason"), [(0, "equal"), (2, "a_moment"), (-2, "a_moment"), (3, "unexplained")])
def test_what_is_noted_a_moment_later_is_the_same(apart, reason):
    assert why("frt", Tale(T0).replies(T0 + 150), first_replied_at=T0 + 150 + apart) == (reason,)


def test_business_time_is_compared_where_both_know_it():
    told = Tale(T0).replies(T0 + 90 * MINUTE)  # from 8:00 to 9:30: half an hour after opening
    assert why("frt", told, HOURS, business_first_reply_s=1800, first_reply_s=1) == ("equal",)
    assert why("frt", told, NO_RULES, business_first_reply_s=1, first_reply_s=5400) == ("equal",)


# --- Hours -------------------------------------------------------------------------------------------------------


def test_other_opening_hours_show_by_the_same_calendar_time():
    told = Tale(T0).replies(T0 + 90 * MINUTE)
    assert why("frt", told, HOURS, business_first_reply_s=5400, first_reply_s=5400) == ("other_hours",)
    assert why("frt", told, HOURS, business_first_reply_s=5400, first_replied_at=T0 + 5400) == ("other_hours",)
    assert why("frt", told, HOURS, business_first_reply_s=5400, first_reply_s=60) == ("unexplained",)


def test_business_time_without_a_schedule_here_cannot_be_compared():
    told = Tale(T0).replies(T0 + 90 * MINUTE)
    assert why("frt", told, NO_RULES, business_first_reply_s=1800) == ("no_schedule",)


def week(*minutes: tuple[int, int]) -> Week:
    """Return openings in minutes of the day, on every day."""
    return Week(days=(tuple((start * MINUTE, end * MINUTE) for start, end in minutes),) * 7)


def test_a_schedule_that_changed_on_the_way_is_measured_by_its_last_one_there():
    # dbt_zendesk's decision log, in minutes since Sunday: A is open 3600–4440 and 5040–5880, that is Tuesday and
    # Wednesday 12:00–02:00 of the next day; B 3780–4350 and 5220–5790, that is 15:00–00:30.
    first = Schedule(key="a", zone="UTC", weeks=(week((720, 1560)),))
    second = Schedule(key="b", zone="UTC", weeks=(week((900, 1470)),))
    rules = Rulebook(
        schedules=(
            Assignment(schedule=first, when=(Condition(field="team", values=("support",)),)),
            Assignment(schedule=second),
        )
    )
    created, switched, replied = (at(f"2021-03-{moment}") for moment in ("02 17:01:38", "03 19:01:25", "03 19:01:46"))
    told = Tale(created).change(switched, Field.TEAM, "billing").replies(replied)
    (turn,) = fold(told.history, rules).turns
    assert turn["reply_s"] == 57_608  # 960.1333 minutes: 538 min 22 s + 421 min 25 s + 21 s
    theirs = {"first_reply_s": replied - created, "business_first_reply_s": 690 * MINUTE}  # 690.1333, in whole minutes
    assert why("frt", told, rules, **theirs) == ("schedule_change",)
    assert why("frt", told, rules, **theirs | {"business_first_reply_s": 691 * MINUTE}) == ("schedule_change",)
    assert why("frt", told, rules, **theirs | {"business_first_reply_s": 700 * MINUTE}) == ("other_hours",)


# --- Definitions: the first reply --------------------------------------------------------------------------------


def test_they_take_a_machines_answer_for_the_first():
    told = Tale(T0).bot_says(T0 + 60).replies(T0 + 600)
    assert why("frt", told, first_reply_s=60) == ("machine_reply",)
    assert why("frt", Tale(T0).bot_says(T0 + 60), first_reply_s=60) == ("machine_reply",), "also where we have none"


def test_they_take_a_note_for_the_first_reply():
    assert why("frt", Tale(T0).notes(T0 + 120).replies(T0 + 600), first_reply_s=120) == ("internal_note",)


def test_they_take_what_an_agent_opened_the_ticket_with_for_the_first_reply():
    assert why("frt", Tale(T0, opened_by_agent=True), first_replied_at=T0) == ("opening_message",)


def test_they_take_a_machines_answer_and_have_other_hours():
    told = Tale(T0).bot_says(T0 + 90 * MINUTE).replies(T0 + 5 * HOUR)
    theirs = {"business_first_reply_s": 3600, "first_reply_s": 5400}  # 30 minutes by our hours
    assert why("frt", told, HOURS, **theirs) == ("machine_reply", "other_hours")


# --- Definitions: the resolution ---------------------------------------------------------------------------------


def resolved() -> Tale:
    """Return a ticket: an hour open, two pending, three on hold, one open; solved, a day later again, then closed."""
    told = Tale(T0).becomes(T0 + HOUR, Status.PENDING).becomes(T0 + 3 * HOUR, Status.HOLD)
    told.becomes(T0 + 6 * HOUR, Status.OPEN).solved(T0 + 7 * HOUR)
    told.asks(T0 + DAY).becomes(T0 + DAY, Status.OPEN, kind=Author.CUSTOMER)
    return told.solved(T0 + DAY + HOUR).becomes(T0 + 5 * DAY, Status.CLOSED)


@pytest.mark.parametrize(
    ("hours", "reasons"),
    [
        (20, ["equal"]),  # 25 h less 5 h that it waited
        (25, ["waiting_counted"]),
        (23, ["hold_counted"]),
        (3, ["solved_left_out"]),  # 1 + 1 + 1
        (2, ["first_solve"]),
        (7, ["first_solve", "waiting_counted"]),
        (115, ["closing"]),
        (120, ["closing", "waiting_counted"]),
        (19, ["unexplained"]),
    ],
)
def test_what_a_resolution_lasts_depends_on_what_waits_and_where_it_ends(hours, reasons):
    assert why("resolution_time", resolved(), full_resolution_s=hours * HOUR) == tuple(reasons)


def test_the_whole_resolution_and_the_first_one_are_compared_with_theirs():
    assert why("full_resolution_time", resolved(), full_resolution_s=25 * HOUR) == ("equal",)
    assert why("full_resolution_time", resolved(), full_resolution_s=20 * HOUR) == ("waiting_left_out",)
    assert why("first_resolution_time", resolved(), first_resolution_s=7 * HOUR) == ("waiting_counted",)
    assert why("first_resolution_time", resolved(), first_solved_at=T0 + DAY + HOUR) == ("last_solve",)


# --- Definitions: numbers ----------------------------------------------------------------------------------------


def test_they_count_reopens_that_we_tell_apart():
    told = Tale(T0).solved(T0 + HOUR).asks(T0 + 2 * HOUR, automatic=True)
    told.becomes(T0 + 2 * HOUR, Status.OPEN, kind=Author.SYSTEM)
    assert why("reopen_rate", told, reopens=1) == ("machine_reopen",)
    assert why("reopen_rate", told, reopens=0) == ("equal",)
    rejected = Tale(T0).becomes(T0 + HOUR, Status.CLOSED).becomes(T0 + 2 * HOUR, Status.OPEN)
    assert why("reopen_rate", rejected, reopens=1) == ("without_solve",)


@pytest.mark.parametrize(
    ("theirs", "reasons"),
    [
        (1, ["equal"]),
        (2, ["machine_reply"]),
        (3, ["after_solve"]),
        (4, ["machine_reply", "after_solve"]),
        (7, ["unexplained"]),
    ],
)
def test_which_replies_they_count(theirs, reasons):
    told = Tale(T0).bot_says(T0 + 60).replies(T0 + 120).solved(T0 + HOUR)
    told.replies(T0 + 2 * HOUR).replies(T0 + 3 * HOUR)
    assert why("replies_per_ticket", told, replies=theirs) == tuple(reasons)


# --- Definitions: promises ---------------------------------------------------------------------------------------


def promised(seconds: int, *, business: bool = True) -> Rulebook:
    targets = tuple(Target(metric=metric, seconds=seconds, business=business) for metric in Metric)
    return Rulebook(schedules=HOURS.schedules, policies=(Policy(key="standard", targets=targets),))


def test_a_promise_is_due_at_the_same_instant_or_promises_the_same():
    told = Tale(T0).replies(T0 + 2 * HOUR)
    assert why("frt_sla", told, promised(HOUR), first_reply_due_at=at("2026-10-05 10:00")) == ("equal",)
    assert why("frt_sla", told, promised(HOUR), business_first_reply_target_s=HOUR) == ("equal",)
    assert why("frt_sla", told, promised(HOUR), business_first_reply_target_s=2 * HOUR) == ("other_target",)


def test_their_promise_counts_around_the_clock_or_in_business_time():
    told = Tale(T0).replies(T0 + 2 * HOUR)
    ten = at("2026-10-05 10:00")
    assert why("frt_sla", told, promised(HOUR), first_reply_due_at=T0 + HOUR) == ("around_the_clock",)
    assert why("frt_sla", told, promised(HOUR, business=False), first_reply_due_at=ten) == ("in_business_time",)


def test_where_they_say_whether_a_promise_was_broken_that_is_compared():
    late = Tale(T0).replies(T0 + 3 * HOUR)
    rules = promised(HOUR)  # until 10:00, and it was 11:00
    assert why("frt_sla", late, rules, first_reply_breached=1, first_reply_due_at=T0) == ("equal",)
    assert why("frt_sla", late, rules, first_reply_breached=0, first_reply_target_s=4 * HOUR) == ("other_target",)
    running = Tale(T0)
    assert why("frt_sla", running, rules, first_reply_breached=1, first_reply_due_at=T0 + 2 * HOUR) == ("equal",)


def test_a_promise_that_only_they_call_broken_has_to_be_due_when_theirs_was():
    kept = Tale(T0).replies(T0 + 2 * HOUR)
    broken = {"first_reply_breached": 1, "business_first_reply_target_s": HOUR}
    assert why("frt_sla", kept, promised(HOUR), first_reply_due_at=T0 + HOUR, **broken) == ("around_the_clock",)
    assert why("frt_sla", kept, promised(HOUR), first_reply_due_at=T0 + HOUR + 60, **broken) == ("unexplained",)


def test_a_promise_that_only_they_call_kept_was_kept_by_what_they_take_for_a_reply():
    told = Tale(T0).bot_says(T0 + 90 * MINUTE).replies(T0 + 5 * HOUR)
    kept = {"first_reply_breached": 0, "business_first_reply_target_s": HOUR}
    assert why("frt_sla", told, promised(HOUR), **kept) == ("machine_reply",)
    assert why("frt_sla", Tale(T0).replies(T0 + 5 * HOUR), promised(HOUR), **kept) == ("unexplained",)


def test_their_promise_is_due_at_the_next_opening_in_place_of_closing_time():
    told = Tale(T0).replies(T0 + HOUR)  # nine hours are promised: until 18:00, or until Tuesday 9:00
    assert why("frt_sla", told, promised(9 * HOUR), first_reply_due_at=at("2026-10-06 09:00")) == ("next_opening",)


def test_their_promise_does_not_wait_for_the_customer():
    told = Tale(T0).becomes(T0 + 2 * HOUR, Status.PENDING).becomes(T0 + 5 * HOUR, Status.OPEN).solved(T0 + 9 * HOUR)
    # Two hours from 9:00: 11:00 without the pause; with it an hour until 10:00 and one from 13:00.
    rules = promised(2 * HOUR)
    assert why("resolution_sla", told, rules, resolution_due_at=at("2026-10-05 14:00")) == ("equal",)
    assert why("resolution_sla", told, rules, due_at=at("2026-10-05 11:00")) == ("waiting_counted",)


# --- Nothing to go by --------------------------------------------------------------------------------------------


def test_what_we_do_not_have_is_missing_unless_something_explains_theirs():
    assert why("frt", Tale(T0), first_reply_s=60) == ("ours_missing",)


def test_every_reason_has_its_own_name():
    assert not {one.value for one in Reason} & {one.value for one in Cause}

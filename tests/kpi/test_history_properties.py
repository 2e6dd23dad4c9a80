from collections import Counter
from dataclasses import replace
from itertools import pairwise

from cast import DAY, HOUR, Tale
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import Told
from strategies import CLOSES, OPENED, histories, rulebooks

from kpi.events import UNSOLVED, Author, Status
from kpi.history import fold
from kpi.policies import Metric, Policy, Rulebook, Target

USUAL = settings().max_examples
ALL_HISTORIES = st.one_of(histories(nasty=False), histories(nasty=True))
INSTANTS = st.integers(OPENED - DAY, CLOSES + DAY)


def seen(found: list[dict], expected: list[dict]) -> list[dict]:
    """Return the found rows with only what the reference tells."""
    return [{name: row[name] for name in told} for row, told in zip(found, expected, strict=True)]


def in_order(clocks: list[dict]) -> list[dict]:
    return sorted(clocks, key=lambda clock: (clock["metric"], clock["started_at"], clock["stopped_at"] or CLOSES))


@given(ALL_HISTORIES, rulebooks())
@settings(max_examples=5 * USUAL)
def test_facts_are_what_the_reference_says(history, rules):
    found, told = fold(history, rules), Told(history, rules)
    for rows, expected in (
        ([found.ticket], [told.ticket_row()]),
        (found.turns, told.turn_rows()),
        (in_order(found.clocks), in_order(told.clock_rows())),
        (found.solves, told.solve_rows()),
    ):
        assert seen(rows, expected) == expected


def at_instant(rows: list[dict], instant: int) -> list[dict]:
    """Return the rows of stretches that were there at an instant, as a backlog counts them."""
    return [
        row for row in rows if row["started_at"] < instant and (row["ended_at"] is None or row["ended_at"] >= instant)
    ]


@given(st.data(), ALL_HISTORIES, rulebooks())
@settings(max_examples=2 * USUAL)
def test_at_any_instant_the_same_customers_wait_and_the_same_clocks_are_overdue_as_in_the_reference(
    data, history, rules
):
    found, told = fold(history, rules), Told(history, rules)
    edges = [row[name] for row in (*found.spans, *found.overdue) for name in ("started_at", "ended_at")]
    near = [edge + step for edge in edges if edge is not None for step in (0, 1)]
    for instant in [*data.draw(st.lists(st.sampled_from(near), max_size=8) if near else st.just([])), CLOSES + 1]:
        waiting = [span["waiting_since"] for span in at_instant(found.spans, instant)]
        assert waiting == [told.waiting_since(instant)] * len(waiting)
        overdue = told.overdue(instant)
        assert in_turn(seen(in_turn(at_instant(found.overdue, instant)), in_turn(overdue))) == in_turn(overdue)


def in_turn(clocks: list[dict]) -> list[dict]:
    return sorted(clocks, key=lambda clock: (clock["metric"], clock["instance"]))


@given(ALL_HISTORIES, rulebooks(), INSTANTS)
def test_the_overdue_clocks_of_an_instant_are_those_that_run_and_have_passed_their_last_instant_in_time(
    history, rules, instant
):
    facts = fold(history, rules)
    now = CLOSES + 1 + instant % (20 * DAY)
    late = {(c["metric"], c["instance"]) for c in facts.clocks if c["state"] == "running" and c["late_after"] < now}
    open_rows = [row for row in facts.overdue if row["started_at"] < now and row["ended_at"] is None]
    assert sorted((row["metric"], row["instance"]) for row in open_rows) == sorted(late)
    assert all(row["ended_at"] is None or row["started_at"] < row["ended_at"] for row in facts.overdue)
    assert len({(row["metric"], row["instance"], row["stretch"]) for row in facts.overdue}) == len(facts.overdue)


@given(ALL_HISTORIES, rulebooks(), INSTANTS)
def test_a_ticket_is_in_one_span_exactly_when_it_is_open(history, rules, instant):
    state = Told(history, rules).state(instant)
    open_spans = [
        span
        for span in fold(history, rules).spans
        if span["started_at"] < instant and (span["ended_at"] is None or span["ended_at"] >= instant)
    ]
    if state is None or state["status"] not in UNSOLVED:
        assert open_spans == []
    else:
        seen = [{name: span[name] for name in ("status", "team", "agent", "priority")} for span in open_spans]
        assert seen == [{name: state[name] for name in ("status", "team", "agent", "priority")}]


@given(st.data(), ALL_HISTORIES, rulebooks())
def test_the_order_of_rows_changes_nothing(data, history, rules):
    shuffled = replace(
        history,
        changes=tuple(data.draw(st.permutations(history.changes))),
        messages=tuple(data.draw(st.permutations(history.messages))),
        ratings=tuple(data.draw(st.permutations(history.ratings))),
    )
    assert fold(shuffled, rules) == fold(history, rules)


@given(ALL_HISTORIES, rulebooks())
def test_folding_twice_changes_nothing(history, rules):
    assert fold(history, rules) == fold(history, rules)


@given(ALL_HISTORIES, rulebooks())
def test_every_clock_is_achieved_breached_running_or_paused(history, rules):
    clocks = fold(history, rules).clocks
    states = Counter(
        clock["state"] if clock["state"] != "stopped" else ("breached" if clock["breached"] else "achieved")
        for clock in clocks
    )
    assert set(states) <= {"achieved", "breached", "running", "paused"}
    assert states.total() == len(clocks)
    for clock in clocks:
        stopped = clock["state"] == "stopped"
        assert (clock["stopped_at"] is not None) == (clock["stopped_by"] is not None) == stopped
        assert (clock["breached"] is None) == (clock["elapsed_s"] is None) == (clock["state"] == "running")
        never_ran = stopped and clock["elapsed_s"] == 0
        assert clock["due_at"] is not None or clock["state"] == "paused" or never_ran
        assert clock["due_at"] is None or clock["state"] != "paused"
        if clock["breached"] is not None:
            assert clock["breached"] == int(clock["elapsed_s"] > clock["target_s"])
        if clock["due_at"] is not None:
            assert clock["due_at"] <= clock["late_after"]


@given(ALL_HISTORIES, rulebooks())
def test_a_stopped_reply_clock_is_late_exactly_when_it_stopped_after_its_last_instant_in_time(history, rules):
    for clock in fold(history, rules).clocks:
        if clock["state"] == "stopped" and clock["metric"] != "resolution":
            assert clock["breached"] == int(clock["stopped_at"] > clock["late_after"])


@given(ALL_HISTORIES, rulebooks(), st.booleans())
def test_a_clock_that_stops_at_its_very_target_is_in_time_and_a_second_more_is_late(history, rules, business):
    def promising(seconds: int) -> Rulebook:
        targets = tuple(Target(metric=metric, seconds=seconds, business=business) for metric in Metric)
        return replace(rules, policies=(Policy(key="only", targets=targets),))

    for clock in fold(history, promising(HOUR)).clocks:
        if clock["state"] != "stopped" or clock["elapsed_s"] == 0:
            continue
        for seconds, late in ((clock["elapsed_s"], 0), (clock["elapsed_s"] - 1, 1)):
            clocks = fold(history, promising(seconds)).clocks
            told = next(c for c in clocks if all(c[name] == clock[name] for name in ("metric", "instance")))
            assert told["breached"] == late
            assert not late or told["stopped_at"] > told["late_after"]


def test_an_automatic_message_before_the_solve_reopens_nothing_after_it():
    ticket = Tale(OPENED).replies(OPENED + HOUR).bot_says(OPENED + HOUR).solved(OPENED + 2 * HOUR)
    ticket.becomes(OPENED + 3 * HOUR, Status.OPEN, Author.CUSTOMER)
    facts = fold(ticket.history, Rulebook()).ticket
    assert (facts["reopens"], facts["automatic_reopens"], facts["fastest_reopen_s"]) == (1, 0, HOUR)


@given(ALL_HISTORIES, rulebooks())
def test_business_time_is_calendar_time_at_most(history, rules):
    facts = fold(history, rules)
    pairs = [
        (facts.ticket[f"{prefix}_s"], facts.ticket[f"{prefix}_calendar_s"])
        for prefix in ("resolution", "full_resolution", "first_resolution")
    ] + [(turn["reply_s"], turn["reply_calendar_s"]) for turn in facts.turns]
    for business, calendar in pairs:
        assert business is None or 0 <= business <= calendar


@given(st.lists(ALL_HISTORIES, min_size=1, max_size=4), rulebooks(), INSTANTS, st.integers(1, 9 * DAY))
def test_the_backlog_moves_by_what_opens_and_what_ends(told, rules, before, later):
    spans = [span for history in told for span in fold(history, rules).spans]
    after = before + later

    def backlog(instant: int) -> int:
        return sum(
            span["started_at"] < instant and (span["ended_at"] is None or span["ended_at"] >= instant) for span in spans
        )

    def moved(when: str, why: str) -> Counter:
        return Counter(
            span[why]
            for span in spans
            if span[when] is not None and before <= span[when] < after and span[why] != "change"
        )

    came, went = moved("started_at", "started_by"), moved("ended_at", "ended_by")
    assert set(came) <= {"opened", "reopened", "recovered"}
    assert set(went) <= {"solve", "closed", "gone"}
    assert backlog(after) == backlog(before) + came.total() - went.total()


@given(ALL_HISTORIES, rulebooks())
def test_spans_follow_each_other(history, rules):
    spans = fold(history, rules).spans
    for span, following in pairwise(spans):
        assert span["ended_at"] is not None
        assert span["started_at"] <= span["ended_at"] <= following["started_at"]
        assert (span["ended_by"] == "change") == (following["started_by"] == "change")

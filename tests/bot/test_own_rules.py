"""Opening hours and policies that a helpdesk has itself: kept with their past, and followed by facts."""

import json
from dataclasses import replace
from datetime import date

import pytest
from cast import DAY, HOUR, Tale, at
from hypothesis import given
from scripted_desk import DESK, START, ScriptedDesk, dump, page, settings
from sqlalchemy import select
from strategies import rulebooks

from bot.database import writing
from bot.facts import needs_rebuild, own_rules, store_own_rules
from bot.facts.own_rules import plain, read_rules
from bot.sync import sync
from bot.tables import told_rules
from kpi import schema
from kpi.hours import AROUND_THE_CLOCK, Schedule, Week
from kpi.policies import Assignment, Condition, Metric, OwnRules, Policy, Target

OFFICE = Schedule(key="Office", zone="Europe/Paris", weeks=(Week(days=(((9 * HOUR, 17 * HOUR),),) * 5 + ((),) * 2),))
FRIDAY = at("2026-03-27 15:30", "Europe/Paris")  # the clocks are turned on Sunday


def promising(hours: int, schedule: Schedule | None = OFFICE) -> OwnRules:
    target = Target(metric=Metric.FIRST_REPLY, seconds=hours * HOUR)
    schedules = () if schedule is None else (Assignment(schedule=schedule),)
    return OwnRules(schedules=schedules, policies=(Policy(key="Support", targets=(target,), exclusive=True),))


def read(engine, *pages, now, configured=None):
    return sync(engine, ScriptedDesk(list(pages)), configured or settings(), DESK, clock=lambda: now)


def clocks(engine):
    tickets, facts = schema.tickets.c, schema.clock_facts.c
    query = select(tickets.external_id, facts.policy, facts.target_s, facts.due_at).join_from(
        schema.tickets, schema.clock_facts, facts.ticket_id == tickets.id
    )
    with engine.connect() as connection:
        return {row.external_id: tuple(row)[1:] for row in connection.execute(query)}


@given(rulebooks())
def test_rules_are_read_back_as_they_were_kept(book):
    rules = OwnRules(schedules=book.schedules, policies=book.policies)
    assert read_rules(json.dumps(plain(rules))) == rules


def test_facts_follow_what_the_helpdesk_promises_from_the_first_page_on(engine):
    asked = Tale(FRIDAY).replies(FRIDAY + 3 * DAY).history
    report = read(engine, page(0, asked, rules=promising(4)), now=FRIDAY + 4 * DAY)
    # 1 h 30 min are left on Friday, 2 h 30 min from Monday at nine, by the clocks of summer.
    assert clocks(engine) == {"1": ("Support", 4 * HOUR, at("2026-03-30 11:30", "Europe/Paris"))}
    assert report.rebuilt == 0
    with engine.connect() as connection:
        assert not needs_rebuild(connection, DESK, settings())


def test_a_promise_that_is_changed_leaves_clocks_as_they_were(engine):
    before, after = Tale(FRIDAY, "before").history, Tale(FRIDAY + 3 * DAY, "after").history
    seen = FRIDAY + HOUR
    read(engine, page(0, before, rules=promising(4)), now=FRIDAY + 60)
    report = read(engine, page(0), page(1, rules=promising(2)), page(2, after), now=seen)
    assert report.rebuilt == 2
    assert {key: clock[1] for key, clock in clocks(engine).items()} == {"before": 4 * HOUR, "after": 2 * HOUR}
    with engine.connect() as connection:
        (first, later) = own_rules(connection, DESK).policies
        assert (first.since, first.until, later.since, later.until) == (None, seen, seen, None)
        assert not needs_rebuild(connection, DESK, settings())


def test_opening_hours_and_holidays_that_are_changed_count_from_then_on(engine):
    closed = replace(OFFICE, holidays=frozenset({date.fromisoformat("2026-03-27"), date.fromisoformat("2026-03-30")}))
    read(engine, page(0, Tale(FRIDAY).history, rules=promising(4)), now=FRIDAY + 60)
    read(engine, page(0), page(1, rules=promising(4, closed)), now=FRIDAY + HOUR)
    # One hour had passed before the rest of Friday and Monday were known to be off.
    assert clocks(engine)["1"][2] == at("2026-03-31 12:00", "Europe/Paris")


def test_rules_that_are_told_again_and_those_that_are_not_told_write_nothing(engine):
    read(engine, page(0, Tale(FRIDAY).history, rules=promising(4)), now=FRIDAY + 60)
    before = dump(engine)
    with writing(engine) as connection:
        store_own_rules(connection, DESK, promising(4), FRIDAY + DAY)
    read(engine, page(0, rules=None), now=FRIDAY + 60)
    assert dump(engine) == before
    with engine.connect() as connection:
        assert connection.execute(select(told_rules.c.since)).scalars().all() == [0]


def test_the_rules_told_last_hold_though_the_clock_was_put_back(engine):
    read(engine, page(0, Tale(FRIDAY).history, rules=promising(4)), now=FRIDAY)
    with writing(engine) as connection:
        for hours, now in ((2, FRIDAY + DAY), (1, FRIDAY)):
            store_own_rules(connection, DESK, promising(hours), now)
        *_, last = own_rules(connection, DESK).policies
    assert (last.targets[0].seconds, last.until) == (HOUR, None)


@pytest.mark.parametrize(
    ("source", "promised"),
    [("both", {"Ours": 1, "Support": 4}), ("settings", {"Ours": 1}), ("helpdesk", {"Support": 4})],
)
def test_whose_rules_hold_can_be_chosen(source, promised):
    ours = Policy(key="Ours", targets=(Target(metric=Metric.RESOLUTION, seconds=HOUR),))
    configured = replace(settings(), policies=(ours,))
    configured = replace(configured, helpdesks=(replace(configured.helpdesks[0], rules=source),))
    book = configured.rulebook(DESK, {}, promising(4))
    found = [book.promise(metric, {}, START) for metric in (Metric.RESOLUTION, Metric.FIRST_REPLY)]
    assert {policy.key: target.seconds // HOUR for policy, target in filter(None, found)} == promised


def test_what_is_promised_in_business_time_counts_for_tickets_under_opening_hours():
    own = promising(4, schedule=None)
    always = Schedule(key="always", zone="UTC", weeks=(AROUND_THE_CLOCK,))
    of_support = (Condition(field="team", values=("support",)),)
    for schedules, promised in (
        ((), []),
        ((Assignment(schedule=always),), ["support", "billing"]),
        ((Assignment(schedule=always, when=of_support),), ["support"]),
    ):
        book = replace(settings(), schedules=schedules).rulebook(DESK, {}, own)
        found = {team: book.promise(Metric.FIRST_REPLY, {"team": team}, START) for team in ("support", "billing")}
        assert [team for team, promise in found.items() if promise] == promised


def test_once_nobody_tells_the_opening_hours_any_more_no_night_counts_as_promised(engine):
    before, after = Tale(FRIDAY, "before").history, Tale(FRIDAY + 3 * DAY, "after").history
    read(engine, page(0, before, rules=promising(4)), now=FRIDAY + 60)
    read(engine, page(0), page(1, rules=promising(4, schedule=None)), page(2, after), now=FRIDAY + HOUR)
    assert list(clocks(engine)) == ["before"]

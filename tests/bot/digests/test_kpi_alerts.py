"""Alerts on KPIs: told when the figure of the last period is beyond its threshold or unusual, once for each period."""

from dataclasses import replace

import pytest
from cast import PARIS, Tale, at
from digest_desk import MORNING, SUPPORT, a_monday

from bot.demo.slack import Fault
from bot.recurrence import Cadence
from bot.subscriptions import KpiWanted, Trigger
from kpi.question import Filter

WEEKLY = replace(MORNING, cadence=Cadence.WEEKLY, weekdays=frozenset({0}))
BELOW = KpiWanted(recurrence=WEEKLY, kpi="fcr", trigger=Trigger.BELOW, threshold=0.8, fewest=10)
DAY = 86_400
# Monday the 23rd: 20 of 40 at first contact.
MONDAY = a_monday(23, at_once=20)


def said(desk):
    return [root.text.splitlines()[0] for root in desk.roots()]


def alerted(desk, wanted, *tales, on="30 08:30"):
    desk.tell(*tales)
    desk.subscribe(wanted)
    desk.at(on)
    return said(desk)


def test_a_figure_below_its_threshold_is_told_with_its_answer(desk):
    assert alerted(desk, BELOW, *MONDAY) == ["First contact resolution is below 80%"]
    (root,) = desk.roots()
    assert "First contact resolution · week 48 · 23–29 Nov 2026" in root.text
    assert "50.0% (20 of 40)" in root.text
    assert "header" in {block["type"] for block in root.blocks}


def test_a_figure_on_its_threshold_is_not_told(desk):
    assert alerted(desk, replace(BELOW, threshold=0.5), *MONDAY) == []


def test_above_works_the_other_way(desk):
    slow = KpiWanted(recurrence=WEEKLY, kpi="frt", trigger=Trigger.ABOVE, threshold=300.0)
    assert alerted(desk, slow, *MONDAY) == ["First response time is above 5 min"]


def test_what_rests_on_too_few_is_not_told(desk):
    assert alerted(desk, BELOW, *a_monday(23, at_once=0, of=9)) == []


def test_a_count_rests_on_itself(desk):
    few = KpiWanted(recurrence=WEEKLY, kpi="volume", trigger=Trigger.BELOW, threshold=5.0)
    assert alerted(desk, few, *a_monday(23, at_once=0, of=3)) == ["Tickets received is below 5"]


def test_without_any_figure_nothing_is_told(desk):
    assert alerted(desk, BELOW) == []


def test_it_is_told_once_for_each_period(desk):
    alerted(desk, BELOW, *MONDAY)
    desk.at("30 08:31")
    other = desk.worker()
    desk.tick(other)
    other.stop()
    assert len(said(desk)) == 1


def test_weeks_in_a_row_are_counted(desk):
    weeks = [
        Tale(at("2026-11-02 10:00", PARIS) + day * DAY + n * 60, f"{day}-{n}")
        for day in (0, 7, 14, 28)
        for n in range(20)
    ]
    for tale in weeks:
        start = tale.history.ticket.created_at
        tale.replies(start + 60).asks(start + 120).replies(start + 180).solved(start + 300)
    desk.now = at("2026-11-08 12:00", PARIS)
    desk.tell(*weeks)
    desk.subscribe(BELOW)
    for day in ("09", "16", "23", "30"):
        desk.at(f"{day} 08:30")
    first = "First contact resolution is below 80%"
    assert said(desk) == [first, f"{first} — 2 weeks in a row", f"{first} — 3 weeks in a row"]
    desk.now = at("2026-12-07 08:30", PARIS)
    desk.sync()
    desk.tick()
    assert said(desk)[3:] == [first]


def test_filters_narrow_the_figure(desk):
    support = replace(BELOW, filters=(Filter(dimension="team", values=("support",)),))
    alerted(desk, support, *MONDAY)
    assert "50.0% (7 of 14)" in desk.roots()[0].text


def test_an_unusual_week_is_told_once(desk):
    weeks = []
    for week in range(15):
        start = at("2026-08-10 10:00", PARIS) + week * 7 * DAY
        weeks += [Tale(start + n * 60, f"{week}-{n}") for n in range(60 if week == 14 else 12)]
    desk.tell(*weeks)
    desk.now = at("2026-11-22 12:00", PARIS)
    desk.subscribe(KpiWanted(recurrence=MORNING, kpi="volume", trigger=Trigger.ANOMALY))
    for day in (23, 24, 25):
        desk.at(f"{day} 08:30")
    (line,) = said(desk)
    assert "60" in line


def test_after_an_outage_the_last_period_alone_is_told(desk):
    daily = replace(BELOW, recurrence=replace(MORNING, weekdays=frozenset(range(7))))
    desk.tell(*MONDAY, *a_monday(25, at_once=0))
    desk.subscribe(daily)
    desk.at("26 10:00")
    for _ in range(3):
        desk.tick()
    assert len(said(desk)) == 1
    assert "25 Nov 2026" in desk.roots()[0].text


def test_a_filter_that_fits_nothing_any_more_is_told_to_the_owner(desk):
    gone = replace(BELOW, filters=(Filter(dimension="team", values=("dissolved",)),))
    assert alerted(desk, gone, *MONDAY) == []
    (told,) = desk.direct()
    assert "dissolved" in told


def test_where_it_may_not_be_shown_the_owner_is_told(desk):
    personal = replace(BELOW, filters=(Filter(dimension="agent", values=("alice",)),))
    assert alerted(desk, personal, *MONDAY) == []
    assert len(desk.direct()) == 1


def test_where_it_can_not_be_posted_it_is_paused(desk):
    desk.slack.fail("chat.postMessage", Fault(error="not_in_channel"))
    alerted(desk, BELOW, *MONDAY)
    assert desk.subscriptions.every()[0].paused_for == "not_in_channel"
    assert "KPI alert" in desk.direct()[0]


@pytest.mark.parametrize(("language", "words"), [("en", "is below 80%"), ("fr", "est sous 80")])
def test_it_speaks_the_language_of_the_subscription(desk, language, words):
    desk.tell(*MONDAY)
    desk.subscribe(BELOW, language=language)
    desk.at("30 08:30")
    assert words in desk.roots(SUPPORT)[0].text

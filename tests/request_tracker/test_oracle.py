"""The bot's answers about a real Request Tracker against the same KPIs counted from its own tables.

Any history will do: the seeds of the test instance, or a copy of a real one.
"""

import pytest
from request_tracker.oracle import RESPONSE, SOLUTION, Oracle, local, percentile

pytestmark = pytest.mark.request_tracker

PERIODS = {
    "october 2026": ("2026-10-01", "2026-11-01"),
    "2026-W43": ("2026-10-19", "2026-10-26"),
    "2026-W44": ("2026-10-26", "2026-11-02"),
    "2026-W45": ("2026-11-02", "2026-11-09"),
    "2026-W46": ("2026-11-09", "2026-11-16"),
    "2026-10-25": ("2026-10-25", "2026-10-26"),
    "from 2026-10-01 to 2026-11-30": ("2026-10-01", "2026-12-01"),
}


@pytest.fixture(scope="session")
def oracle(rt_file) -> Oracle:
    return Oracle(rt_file)


@pytest.fixture(params=PERIODS)
def period(request):
    start, end = PERIODS[request.param]
    return request.param, local(start), local(end)


def parts(answer):
    return answer.figure.numerator, answer.figure.denominator


def durations(answer):
    figure = answer.figure
    return [figure.n, figure.median, figure.p90, figure.mean]


def expected(values):
    if not values:
        return [0, None, None, None]
    mean = sum(values) / len(values)
    return pytest.approx([len(values), percentile(values, 0.5), percentile(values, 0.9), mean])


def test_volume_and_what_it_leaves_out(synced, oracle, period):
    words, start, end = period
    answer = synced.ask(f"volume {words}")
    assert answer.figure.value == oracle.volume(start, end)
    assert answer.left_out == oracle.left_out(start, end)


def test_volume_by_team(synced, oracle, period):
    words, start, end = period
    groups = synced.ask(f"volume {words} by team").groups
    assert {group.labels[0]: group.figure.value for group in groups} == oracle.volume_by_queue(start, end)


def test_solved_in_all_by_team_and_by_agent(synced, oracle, period):
    words, start, end = period
    assert synced.ask(f"solved {words}").figure.value == len(oracle.solved(start, end))
    by_team = synced.ask(f"solved {words} by team").groups
    assert {group.labels[0]: group.figure.value for group in by_team} == oracle.solved_by_queue(start, end)
    by_agent = synced.ask(f"solved {words} by agent").groups
    counted = {group.keys[0] or "Nobody": group.figure.value for group in by_agent}
    assert counted == oracle.solved_by_owner(start, end)


def test_backlog_at_the_end_of_the_period(synced, oracle, period):
    words, _, end = period
    assert synced.ask(f"backlog {words}").figure.value == oracle.backlog(min(end, synced.now))


def test_first_response_time_in_business_and_calendar_time(synced, oracle, period):
    words, start, end = period
    assert durations(synced.ask(f"frt {words}")) == expected(oracle.frt(start, end))
    assert durations(synced.ask(f"frt {words} calendar")) == expected(oracle.frt(start, end, calendar=True))
    assert durations(synced.ask(f"frt {words} cohort")) == expected(oracle.frt_cohort(start, end))


def test_reply_time_over_all_turns(synced, oracle, period):
    words, start, end = period
    assert durations(synced.ask(f"reply_time {words}")) == expected(oracle.reply_time(start, end))
    calendar = oracle.reply_time(start, end, calendar=True)
    assert durations(synced.ask(f"reply_time {words} calendar")) == expected(calendar)


def test_resolution_time_without_the_time_stalled(synced, oracle, period):
    words, start, end = period
    assert durations(synced.ask(f"resolution_time {words}")) == expected(oracle.resolution_time(start, end))
    calendar = oracle.resolution_time(start, end, calendar=True)
    assert durations(synced.ask(f"resolution_time {words} calendar")) == expected(calendar)


def test_first_contact_resolution_of_the_solved_and_of_the_received(synced, oracle, period):
    words, start, end = period
    assert parts(synced.ask(f"fcr {words}")) == oracle.fcr(start, end)
    assert parts(synced.ask(f"fcr {words} cohort")) == oracle.fcr_cohort(start, end)


def test_satisfaction(synced, oracle, period):
    words, start, end = period
    assert parts(synced.ask(f"csat {words}")) == oracle.csat(start, end)


def test_service_levels(synced, oracle, period):
    words, start, end = period
    assert parts(synced.ask(f"frt_sla {words}")) == oracle.frt_sla(start, end)
    assert parts(synced.ask(f"resolution_sla {words}")) == oracle.resolution_sla(start, end)


def test_due_dates_are_those_that_request_tracker_computed(synced, oracle):
    schedule = synced.settings.schedules[0].schedule
    for ticket, due in oracle.first_due_dates():
        # A ticket that an agent opened owes no response any more, but the solution.
        seconds, in_business = (SOLUTION if ticket.by_agent else RESPONSE)[ticket.level]
        computed = schedule.add(ticket.created, seconds) if in_business else ticket.created + seconds
        assert computed == due, ticket.id

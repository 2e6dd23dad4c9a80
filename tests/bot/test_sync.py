"""Reading a helpdesk: from page to page, one process at a time, whatever fails."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Thread

import pytest
from cast import DAY, HOUR, Tale
from scripted_desk import DESK, NOW, START, ScriptedDesk, dump, page, settings, story
from sqlalchemy import select

from bot import sync as syncing
from bot.database import open_database
from bot.helpdesks.connector import Gone, Refused
from bot.jobs import Ticker, sync_jobs
from bot.sync import helpdesk_lock, refresh, sync
from bot.tables import facts_rules, refused_tickets, sync_cursors
from kpi import schema
from kpi.errors import HelpdeskError, StorageError
from kpi.hours import AROUND_THE_CLOCK, Schedule, Week
from kpi.policies import Assignment, Condition


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(syncing, "LOCK_PATIENCE_S", 0.2)


def run(engine, connector, now=NOW, configured=None, **options):
    return sync(engine, connector, configured or settings(), DESK, clock=lambda: now, **options)


def found(engine, column):
    with engine.connect() as connection:
        return list(connection.scalars(select(column).order_by(column)))


def with_rules(**rules):
    return replace(settings(), **rules)


ALWAYS = Assignment(schedule=Schedule(key="always", zone="UTC", weeks=(AROUND_THE_CLOCK,)))


class Failing(ScriptedDesk):
    """Fails after some pages."""

    after = 3

    def pages(self, cursor):
        for number, told in enumerate(super().pages(cursor)):
            if number == self.after:
                raise HelpdeskError("helpdesk_down")
            yield told


def test_a_sync_reads_everything_and_says_what_it_did(engine):
    told = story(seed=1, pages=10)
    steps = []
    report = run(engine, ScriptedDesk(told), progress=lambda done, left: steps.append((done, left)))
    refused = sum(isinstance(result, Refused) for each in told for result in each.tickets)
    assert report.helpdesk == DESK
    assert report.pages == 10
    assert report.tickets == sum(len(each.tickets) for each in told) - refused == steps[-1][0]
    assert [left for _, left in steps] == list(range(9, -1, -1))
    assert report.refused == refused > 0
    assert report.rebuilt == 0
    assert report.seen_until == told[-1].seen_until
    assert report.duration_s > 0


def test_how_much_is_left_follows_from_how_far_it_saw_where_the_helpdesk_does_not_say(engine):
    told = [
        page(number, Tale(START + number * DAY, str(number)).history, done=number == 9, seen_until=START + number * DAY)
        for number in range(10)
    ]
    left = []
    run(engine, ScriptedDesk(told), now=START + 9 * DAY, progress=lambda done, more: left.append((done, more)))
    assert left == [(1, None), *((done, 10 - done) for done in range(2, 11))]


def test_the_next_sync_goes_on_where_the_last_one_was(engine):
    told = story(seed=1, pages=6)
    run(engine, ScriptedDesk(told[:4]))
    assert run(engine, ScriptedDesk(told)).pages == 2
    assert run(engine, ScriptedDesk(told)).pages == 0


def test_a_full_sync_reads_everything_again_and_changes_nothing(engine):
    told = story(seed=1, pages=6)
    run(engine, ScriptedDesk(told))
    before = dump(engine)
    assert run(engine, ScriptedDesk(told), full=True).pages == 6
    assert dump(engine) == before


def test_a_helpdesk_that_fails_loses_nothing_that_was_read(engine, make_database):
    told = story(seed=1, pages=6)
    with pytest.raises(HelpdeskError):
        run(engine, Failing(told))
    assert run(engine, ScriptedDesk(told)).pages == 3
    after_failure = dump(engine)
    undisturbed = open_database(make_database())
    run(undisturbed, ScriptedDesk(told))
    assert after_failure == dump(undisturbed)
    undisturbed.dispose()


def test_a_helpdesk_whose_clock_is_ahead_never_makes_data_look_fresher_than_now(engine):
    report = run(engine, ScriptedDesk([page(0, seen_until=NOW + 6 * HOUR)]))
    assert report.seen_until == NOW
    assert found(engine, schema.helpdesks.c.synced_at) == [NOW]
    run(engine, ScriptedDesk([page(0), page(1, seen_until=NOW + 6 * HOUR)]), now=NOW + HOUR)
    assert found(engine, schema.helpdesks.c.synced_at) == [NOW + HOUR]


def test_it_stops_after_a_whole_page_when_asked_to(engine):
    told = story(seed=1, pages=6)
    assert run(engine, ScriptedDesk(told), stopping=lambda: True).pages == 1
    assert run(engine, ScriptedDesk(told)).pages == 5


def test_subjects_kept_earlier_are_deleted_once_the_setting_is_off(engine):
    told = [page(0, Tale(START, subject="My invoice").history)]
    run(engine, ScriptedDesk(told), configured=settings(KPI_BOT_KEEP_SUBJECTS="true"))
    assert found(engine, schema.tickets.c.subject) == ["My invoice"]
    run(engine, ScriptedDesk(told))
    assert found(engine, schema.tickets.c.subject) == [None]


# --- Refused tickets ---------------------------------------------------------------------------------------------


def test_a_refused_ticket_never_stops_the_stream_and_is_tried_again_when_its_time_has_come(engine):
    desk = ScriptedDesk([page(0, Refused(external_id="1", reason="truncated"), Tale(START, "2").history)])
    desk.single["1"] = Tale(START).history
    assert run(engine, desk).refused == 1
    assert desk.asked == []
    assert found(engine, schema.tickets.c.external_id) == ["2"]
    report = run(engine, desk, now=NOW + HOUR - 1)
    assert (report.tickets, report.refused) == (1, 0)
    assert found(engine, schema.tickets.c.external_id) == ["1", "2"]


def test_a_ticket_refused_again_and_again_waits_longer_each_time(engine):
    desk = ScriptedDesk([page(0, Refused(external_id="1", reason="truncated"))])
    desk.single["1"] = Refused(external_id="1", reason="still truncated")
    run(engine, desk)
    waits, now = [], NOW
    for _ in range(12):
        (due,) = found(engine, refused_tickets.c.next_try_at)
        waits.append(due - now)
        now = due
        run(engine, desk, now=now)
    assert waits[:4] == [300, 600, 1200, 2400]
    assert waits[-1] == DAY
    assert found(engine, refused_tickets.c.reason) == ["still truncated"]
    assert len(desk.asked) == 12


def test_a_refused_ticket_that_turns_out_to_be_gone_is_tried_no_more(engine):
    desk = ScriptedDesk([page(0, Refused(external_id="1", reason="truncated"))])
    desk.single["1"] = Gone(external_id="1")
    run(engine, desk)
    assert run(engine, desk, now=NOW + HOUR).refused == 0


def test_a_ticket_read_at_a_later_try_brings_its_people_and_teams_along(engine):
    desk = ScriptedDesk([page(0, Refused(external_id="1", reason="truncated"), teams=(), agents=())])
    desk.single["1"] = Tale(START).history
    run(engine, desk)
    run(engine, desk, now=NOW + HOUR)
    assert "Support" in found(engine, schema.teams.c.name)
    assert "Alice" in found(engine, schema.agents.c.name)


def test_a_ticket_whose_events_make_no_sense_is_refused_and_the_others_count(engine):
    in_microseconds = START * 1000 * 1000
    nonsense = Tale(in_microseconds, "1").replies(in_microseconds + HOUR).history
    hours = Schedule(key="office", zone="Europe/Paris", weeks=(Week(days=(((9 * HOUR, 18 * HOUR),),) * 7),))
    configured = replace(settings(), schedules=(Assignment(schedule=hours),))
    told = [page(0, nonsense, Tale(START, "2").history), page(1, Tale(START, "3").history)]
    report = run(engine, ScriptedDesk(told), configured=configured)
    assert (report.pages, report.refused) == (2, 1)
    assert found(engine, refused_tickets.c.reason) == ["facts_failed"]
    assert len(found(engine, schema.ticket_facts.c.ticket_id)) == 2


# --- One at a time -----------------------------------------------------------------------------------------------


def test_two_syncs_of_one_helpdesk_never_interleave(engine):
    reading, go_on = Event(), Event()

    class Slow(ScriptedDesk):
        def pages(self, cursor):
            for told in super().pages(cursor):
                reading.set()
                go_on.wait(10)
                yield told

    told = story(seed=1, pages=3)
    other = open_database(engine.url.render_as_string(hide_password=False))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run, engine, Slow(told))
        assert reading.wait(10)
        with pytest.raises(StorageError) as caught:
            run(other, ScriptedDesk(told))
        assert caught.value.key == "sync_running"
        go_on.set()
        assert first.result().pages == 3
    assert run(other, ScriptedDesk(told)).pages == 0
    other.dispose()


def test_two_helpdesks_are_synced_at_the_same_time(engine):
    with helpdesk_lock(engine, "other"):
        assert run(engine, ScriptedDesk(story(seed=1, pages=2))).pages == 2


def test_the_lock_is_free_again_after_a_failure(engine):
    with pytest.raises(RuntimeError), helpdesk_lock(engine, DESK):
        raise RuntimeError
    with helpdesk_lock(engine, DESK) as still_held:
        still_held()


def test_a_sync_waits_a_little_for_the_one_before(engine, monkeypatch):
    monkeypatch.setattr(syncing, "LOCK_PATIENCE_S", 10)
    held, release = Event(), Event()

    def hold():
        with helpdesk_lock(engine, DESK):
            held.set()
            release.wait(10)

    thread = Thread(target=hold)
    thread.start()
    held.wait(10)
    release.set()
    assert run(engine, ScriptedDesk(story(seed=1, pages=1))).pages == 1
    thread.join()


# --- Rules that change -------------------------------------------------------------------------------------------


def test_changed_rules_are_applied_to_what_was_read_before(engine, make_database):
    told = story(seed=1, pages=6)
    changed = with_rules(schedules=(ALWAYS,), test_tags=frozenset({"test"}))
    run(engine, ScriptedDesk(told))
    report = run(engine, ScriptedDesk(told), configured=changed)
    assert (report.pages, report.rebuilt) == (0, len(found(engine, schema.tickets.c.id)))
    fresh = open_database(make_database())
    run(fresh, ScriptedDesk(told), configured=changed)
    assert dump(engine) == dump(fresh)
    assert run(engine, ScriptedDesk(told), configured=changed).rebuilt == 0
    fresh.dispose()


def test_facts_can_be_refreshed_without_a_helpdesk(engine):
    run(engine, ScriptedDesk(story(seed=1, pages=2)))
    count = len(found(engine, schema.tickets.c.id))
    assert refresh(engine, settings(), DESK) == 0
    assert refresh(engine, settings(), DESK, force=True) == count
    assert refresh(engine, with_rules(schedules=(ALWAYS,)), DESK) == count
    assert refresh(engine, with_rules(schedules=(ALWAYS,)), DESK) == 0


def test_a_helpdesk_that_was_never_synced_has_nothing_to_refresh(engine):
    assert refresh(engine, settings(), DESK) == 0
    assert refresh(engine, settings(), DESK, force=True) == 0


def test_a_team_whose_name_comes_late_is_still_found_by_the_rules(engine):
    by_name = Condition(field="team", values=("Support",))
    configured = with_rules(schedules=(replace(ALWAYS, when=(by_name,)),))
    tale = Tale(START).replies(START + HOUR)
    told = [page(0, tale.history, teams=()), page(1)]
    assert run(engine, ScriptedDesk(told), configured=configured).rebuilt == 1
    assert found(engine, schema.turn_facts.c.reply_s) == [HOUR]


def test_the_rules_are_remembered_per_helpdesk(engine):
    run(engine, ScriptedDesk(story(seed=1, pages=1)))
    assert found(engine, facts_rules.c.helpdesk) == [DESK]


# --- The ticker --------------------------------------------------------------------------------------------------


def tick(engine, connect, every_s=3600):
    configured = replace(settings(), sync_every_s=every_s)
    stopping = Event()
    ticker = Ticker([*sync_jobs(engine, configured, connect, stopping)], stopping)
    ticker.start()
    return ticker


def test_the_ticker_syncs_at_once_and_again(engine):
    done = Event()
    told = story(seed=1, pages=2)
    runs = []

    def connect(helpdesk):
        runs.append(helpdesk.key)
        if len(runs) == 2:
            done.set()
        return ScriptedDesk(told)

    ticker = tick(engine, connect, every_s=1)
    assert done.wait(20)
    ticker.stop()
    assert runs[:2] == [DESK, DESK]
    assert found(engine, schema.helpdesks.c.synced_at) == [told[-1].seen_until]


@pytest.mark.parametrize("failure", [HelpdeskError("helpdesk_down"), RuntimeError("a defect")])
def test_a_failed_sync_does_not_end_the_ticker(engine, failure):
    done = Event()
    runs = []

    def connect(_helpdesk):
        runs.append(1)
        if len(runs) == 1:
            raise failure
        done.set()
        return ScriptedDesk([])

    ticker = tick(engine, connect, every_s=1)
    assert done.wait(20)
    ticker.stop()


def test_stopping_waits_for_the_page_under_way_and_no_longer(engine):
    reading = Event()

    class Endless(ScriptedDesk):
        def pages(self, cursor):
            reading.set()
            number = cursor["page"] if cursor else 0
            while True:
                yield page(number, Tale(START, str(number)).history)
                number += 1

    ticker = tick(engine, lambda _helpdesk: Endless([]))
    assert reading.wait(20)
    ticker.stop()
    stored = len(found(engine, schema.tickets.c.id))
    assert stored >= 1
    assert found(engine, sync_cursors.c.cursor) == [f'{{"page": {stored}}}']

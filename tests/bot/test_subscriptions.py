"""What people want to be told: stored, due, over, failed, paused; on both databases."""

from dataclasses import replace

import pytest
from cast import PARIS, at
from sqlalchemy import update

from bot.database import writing
from bot.recurrence import WORKING_DAYS, Recurrence
from bot.subscriptions import (
    ASKED,
    DigestWanted,
    Kind,
    KpiWanted,
    Quiet,
    SlaWanted,
    Subscriptions,
    Trigger,
)
from bot.tables import subscriptions as table
from kpi.question import Filter

NOW = at("2026-11-24 09:26")
MORNING = Recurrence(at=510, zone=PARIS, weekdays=WORKING_DAYS, calendar="FR")
DIGEST = DigestWanted(recurrence=MORNING, kpis=("fcr",), filters=(Filter(dimension="team", values=("1",)),))
TOKEN = ("token_revoked", "invalid_auth")


@pytest.fixture
def store(engine):
    return Subscriptions(engine)


def made(store, wanted=DIGEST, channel="C_SUPPORT", owner="U_BOB", now=NOW):
    return store.add(wanted, team_id="T_DEMO", channel=channel, owner=owner, language="fr", now=now)


@pytest.mark.parametrize(
    "wanted",
    [
        DIGEST,
        SlaWanted(zone=PARIS, metrics=("first_reply",), escalate_to="S_LEADS", quiet=Quiet(start=1320, end=420)),
        KpiWanted(recurrence=MORNING, kpi="csat", trigger=Trigger.BELOW, threshold=0.8, fewest=20),
    ],
)
def test_what_is_wanted_comes_back_as_it_was(store, wanted):
    assert store.find("T_DEMO", made(store, wanted).id).wanted == wanted


def test_another_workspace_does_not_see_it(store):
    assert store.find("T_OTHER", made(store).id) is None


def test_it_is_due_at_its_next_time_and_not_before(store):
    subscription = made(store)
    assert subscription.next_at == at("2026-11-25 08:30", PARIS)
    assert store.due(subscription.next_at - 1) == []
    assert store.due(subscription.next_at) == [subscription]


def test_who_is_due_longest_comes_first(store):
    late = made(store, replace(DIGEST, recurrence=replace(MORNING, at=600)))
    early = made(store)
    assert [one.id for one in store.due(NOW + 2 * 86_400)] == [early.id, late.id]


def test_what_follows_tickets_is_never_due(store):
    made(store, SlaWanted(zone=PARIS))
    assert store.due(NOW + 10**9) == []


def test_an_occurrence_is_over_once_and_none_after_it_is_skipped(store):
    subscription = made(store)
    assert store.advance(subscription)
    assert not store.advance(subscription)
    (coming,) = store.every()
    assert coming.next_at == at("2026-11-26 08:30", PARIS)


def test_what_is_paused_is_not_due_and_resumed_from_then_on(store):
    paused = store.pause(made(store), ASKED, NOW)
    assert store.due(NOW + 10**9) == []
    assert store.resume(paused, NOW + 7 * 86_400).next_at == at("2026-12-02 08:30", PARIS)


def test_what_was_paused_for_the_token_is_due_since_then(store):
    asked, revoked = made(store), made(store)
    store.pause(asked, ASKED, NOW)
    store.failed(revoked, "token_revoked", NOW, for_good=True)
    assert store.resume_all(TOKEN) == 1
    assert {one.id: one.next_at for one in store.every()} == {asked.id: None, revoked.id: revoked.next_at}


def test_the_third_permanent_failure_in_a_row_pauses(store):
    subscription = made(store)
    assert not store.failed(subscription, "restricted_action", NOW, for_good=False)
    assert not store.failed(subscription, "restricted_action", NOW, for_good=False)
    assert store.failed(subscription, "restricted_action", NOW, for_good=False)
    (found,) = store.every()
    assert (found.paused_for, found.paused_at, found.next_at) == ("restricted_action", NOW, None)


def test_a_success_between_them_forgets_failures(store):
    subscription = made(store)
    store.failed(subscription, "msg_too_long", NOW, for_good=False)
    (failed,) = store.every()
    store.succeeded(failed)
    assert store.every()[0].failures == 0


def test_where_the_bot_cannot_post_the_first_failure_pauses(store):
    assert store.failed(made(store), "is_archived", NOW, for_good=True)


def test_a_change_is_due_anew_and_forgets_failures(store):
    subscription = made(store)
    store.failed(subscription, "msg_too_long", NOW, for_good=False)
    changed = store.change(replace(subscription, wanted=replace(DIGEST, recurrence=replace(MORNING, at=720))), NOW)
    assert changed.next_at == at("2026-11-24 12:00", PARIS)
    assert store.every() == [changed]


def test_they_are_found_by_channel_kind_and_owner(store):
    digest, alert = made(store), made(store, SlaWanted(zone=PARIS), owner="U_ALICE")
    elsewhere = made(store, channel="C_OTHER")
    assert store.of_channel("T_DEMO", "C_SUPPORT", Kind.SLA) == [alert]
    assert set(store.of_channel("T_DEMO", "C_SUPPORT")) == {digest, alert}
    assert set(store.of_owner("T_DEMO", "U_BOB")) == {digest, elsewhere}


def test_what_another_version_wanted_is_left_alone(store, engine):
    made(store)
    with writing(engine) as connection:
        connection.execute(update(table).values(wanted='{"kpis": 3}'))
    assert store.every() == []

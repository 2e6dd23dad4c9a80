"""One message for each promise: posted once, edited as the ticket goes on, with a thread for what is new."""

import pytest
from alert_desk import ALERTED, BILLING, TUESDAY, AlertDesk
from cast import ALICE, HOUR, MINUTE, PARIS, Tale, at

from bot.demo.slack.faults import Fault, rate_limited
from bot.subscriptions import Quiet
from kpi.events import Field, Status
from kpi.question import Filter


def dinas(external_id="1", created="09:30", **ticket):
    """Return a ticket of Dina's; its first reply is due four hours of opening time later."""
    return Tale(at(f"2026-11-24 {created}", PARIS), external_id, subject="Printer <!channel>", **ticket)


def test_a_ticket_far_from_due_is_not_told(desk):
    desk.subscribe()
    desk.tell(dinas())
    desk.at("12:29")
    assert desk.roots() == []


def test_it_is_told_an_hour_before_it_is_due(desk):
    desk.subscribe()
    desk.tell(dinas(priority="high"))
    desk.at("12:30")
    (root,) = desk.roots()
    assert "First reply at risk" in root.text
    assert "24 Nov 2026 13:30 (Europe/Paris)" in root.text.replace("\u202f", " ")
    assert "Support · high" in root.text
    assert "promised within 4 h 00 min (opening hours)" in root.text.replace("\u202f", " ") or "4 h" in root.text


def test_what_a_customer_writes_pings_nobody(desk):
    desk.subscribe()
    desk.tell(dinas())
    desk.at("12:30")
    (root,) = desk.roots()
    assert "<!channel>" not in root.text
    assert "&lt;!channel&gt;" in root.text


def test_it_is_told_once_however_often_it_is_looked_at(desk):
    desk.subscribe()
    desk.tell(dinas())
    for minute in range(30, 45):
        desk.at(f"12:{minute}")
    assert len(desk.posted("C_SUPPORT")) == 1


def test_the_next_lead_time_and_the_breach_are_told_in_the_thread(desk):
    desk.subscribe()
    desk.tell(dinas())
    for wall in ("12:30", "13:15", "13:20", "13:30", "13:30:01", "14:00"):
        desk.at(wall)
    (root,) = desk.roots()
    soon, late = desk.replies(root)
    assert "due in 15 min" in soon.text.replace("\u202f", " ").replace("15 min 00 s", "15 min")
    assert "is late" in late.text
    assert (soon.broadcast, late.broadcast) == (False, True)
    assert "First reply late, still waiting" in root.text


def test_a_reply_in_time_is_shown_and_nothing_more_is_told(desk):
    desk.subscribe()
    tale = dinas()
    desk.tell(tale)
    desk.at("12:30")
    tale.replies(at("2026-11-24 12:40", PARIS), ALICE)
    desk.tell(tale)
    for wall in ("12:41", "13:15", "13:31"):
        desk.at(wall)
    (root,) = desk.roots()
    assert "Answered in time" in root.text
    assert desk.replies(root) == []
    assert not [block for block in root.blocks if block["type"] == "actions"]


def test_a_late_reply_says_how_late(desk):
    desk.subscribe()
    tale = dinas()
    desk.tell(tale)
    desk.at("12:30")
    desk.at("13:31")
    tale.replies(at("2026-11-24 13:42", PARIS), ALICE)
    desk.tell(tale)
    desk.at("13:43")
    (root,) = desk.roots()
    assert "Answered 12 min late" in root.text.replace("\u202f", " ").replace("12 min 00 s", "12 min")


def test_who_answers_before_it_is_told_hears_nothing(desk):
    desk.subscribe()
    tale = dinas()
    desk.tell(tale)
    tale.replies(at("2026-11-24 10:00", PARIS), ALICE)
    desk.tell(tale)
    desk.at("13:31")
    assert desk.posted("C_SUPPORT") == []


def test_what_was_late_before_the_subscription_is_not_told(desk):
    desk.tell(dinas())
    desk.now = at("2026-11-24 15:00", PARIS)
    desk.subscribe()
    desk.at("15:01")
    assert desk.roots() == []


def test_business_time_stops_at_night_and_so_do_alerts(desk):
    desk.subscribe()
    desk.tell(dinas(created="14:30"))  # due on Wednesday at 9:30
    desk.at("17:29")
    assert desk.roots() == []
    desk.at("17:30")
    (root,) = desk.roots()
    assert "25 Nov 2026 09:30" in root.text.replace("\u202f", " ")
    for wall in ("18:30", "23:59", "2026-11-25 08:59"):
        desk.at(wall)
    assert desk.replies(root) == []
    desk.at("2026-11-25 09:15")
    assert len(desk.replies(root)) == 1


def test_a_ticket_that_comes_at_night_is_told_at_the_opening(desk):
    desk.subscribe(leads_s=(5 * HOUR,))
    desk.tell(dinas(created="20:00"))
    desk.at("20:01")
    assert desk.roots() == []
    desk.at("2026-11-25 09:00")
    assert len(desk.roots()) == 1


def test_quiet_hours_hold_back_what_still_matters_at_their_end(desk):
    desk.subscribe(quiet=Quiet(start=12 * 60, end=14 * 60))
    desk.tell(dinas("1"), dinas("2", created="09:20"))
    desk.at("12:30")
    assert desk.roots() == []
    answered = dinas("2", created="09:20").replies(at("2026-11-24 13:00", PARIS))
    desk.tell(answered)
    desk.at("14:00")
    (root,) = desk.roots()
    assert "ticket 1" in root.text
    assert "late" in root.text


def test_only_tickets_of_the_team_are_told_and_one_that_moves_takes_its_alert_along(desk):
    desk.subscribe(filters=(Filter(dimension="team", values=("support",)),))
    desk.subscribe(filters=(Filter(dimension="team", values=("billing",)),), channel=BILLING)
    tale = dinas()
    desk.tell(tale)
    desk.at("12:30")
    assert (len(desk.roots()), len(desk.roots(BILLING))) == (1, 0)
    tale.change(at("2026-11-24 12:35", PARIS), Field.TEAM, "billing")
    desk.tell(tale)
    desk.at("12:36")
    (here,), (there,) = desk.roots(), desk.roots(BILLING)
    assert "has moved" in here.text
    assert "at risk" in there.text
    desk.at("13:31")
    assert desk.replies(here) == []
    assert len(desk.replies(there)) == 1


def test_two_subscriptions_of_one_channel_tell_a_ticket_once(desk):
    desk.subscribe()
    desk.subscribe(filters=(Filter(dimension="priority", values=("urgent",)),))
    desk.tell(dinas(priority="urgent"))
    desk.at("12:30")
    assert len(desk.roots()) == 1


def test_six_at_once_are_one_message_that_follows_all_of_them(desk):
    desk.subscribe()
    tales = [dinas(str(number)) for number in range(1, 8)]
    desk.tell(*tales)
    desk.at("12:30")
    (root,) = desk.roots()
    assert "7 promises at risk or late" in root.text
    tales[0].replies(at("2026-11-24 12:40", PARIS))
    desk.tell(tales[0])
    desk.at("12:41")
    (root,) = desk.roots()
    assert "6 at risk and 1 kept" in root.text
    desk.at("13:31")
    (late,) = desk.replies(desk.roots()[0])
    assert late.text.count("is late") == 6


def test_acknowledged_means_one_reminder_shortly_before_it_is_due(desk):
    order = desk.subscribe()
    desk.tell(dinas())
    desk.at("12:30")
    (message,) = desk.alerts.book.messages(order.id)
    assert desk.alerts.book.acknowledge(message, "U_ALICE", desk.now) is None
    assert desk.alerts.book.acknowledge(message, "U_BOB", desk.now) == "U_ALICE"
    desk.at("12:31")
    (root,) = desk.roots()
    assert "Taken by <@U_ALICE>" in root.text
    for wall in ("13:15", "13:16", "13:20"):
        desk.at(wall)
    (reminder,) = desk.replies(root)
    assert "<@U_ALICE>" in reminder.text


def test_snoozed_is_silent_until_then(desk):
    order = desk.subscribe()
    desk.tell(dinas())
    desk.at("12:30")
    (message,) = desk.alerts.book.messages(order.id)
    desk.alerts.book.snooze(message, "U_ALICE", at("2026-11-24 14:00", PARIS), desk.now)
    for wall in ("13:15", "13:31", "13:59"):
        desk.at(wall)
    (root,) = desk.roots()
    assert "late, still waiting" in root.text
    assert desk.replies(root) == []
    desk.at("14:00")
    (over,) = desk.replies(root)
    assert "snooze is over" in over.text
    desk.at("14:30")
    assert len(desk.replies(root)) == 1


def test_muted_is_silent_but_still_shows_what_becomes_of_it(desk):
    order = desk.subscribe()
    tale = dinas()
    desk.tell(tale)
    desk.at("12:30")
    (message,) = desk.alerts.book.messages(order.id)
    desk.alerts.book.mute(message, "U_ALICE", desk.now)
    desk.at("13:31")
    tale.replies(at("2026-11-24 13:32", PARIS))
    desk.tell(tale)
    desk.at("13:33")
    (root,) = desk.roots()
    assert "late" in root.text
    assert desk.replies(root) == []


def test_what_nobody_acknowledges_is_escalated_once(desk):
    desk.subscribe(escalate_after_s=20 * MINUTE, escalate_to="S_LEADS")
    desk.tell(dinas())
    for wall in ("12:30", "12:49", "12:50", "12:51", "13:00"):
        desk.at(wall)
    (root,) = desk.roots()
    (told,) = desk.replies(root)
    assert "<!subteam^S_LEADS>" in told.text


def test_an_escalation_to_a_channel_names_the_ticket_there(desk):
    desk.subscribe(escalate_after_s=20 * MINUTE, escalate_to=BILLING)
    desk.tell(dinas())
    desk.at("12:30")
    desk.at("12:50")
    (there,) = desk.roots(BILLING)
    assert "ticket 1" in there.text


def test_an_escalation_that_cannot_be_told_is_its_owners_to_mend_and_holds_up_nothing(desk):
    order = desk.subscribe(escalate_after_s=20 * MINUTE, escalate_to=BILLING)
    desk.slack.directory.archive(BILLING)
    desk.tell(dinas())
    for wall in ("12:30", "12:50", "13:31"):
        desk.at(wall)
    assert desk.subscriptions.find("T1", order.id).paused_for is None
    assert len(desk.replies(desk.roots()[0])) == 2
    (told,) = desk.direct()
    assert "is_archived" in told


def test_a_ticket_reopened_goes_on_in_its_message(desk):
    desk.subscribe(metrics=("resolution",))
    tale = dinas()
    desk.tell(tale)
    desk.at("2026-11-25 15:30")  # 16 hours of opening time end at 16:30
    tale.solved(at("2026-11-25 15:40", PARIS))
    desk.tell(tale)
    desk.at("2026-11-25 15:41")
    (root,) = desk.roots()
    assert "Solved in time" in root.text
    tale.becomes(at("2026-11-25 15:50", PARIS), Status.OPEN)
    desk.tell(tale)
    desk.at("2026-11-25 15:51")
    (root,) = desk.roots()
    assert "at risk" in root.text
    (again,) = desk.replies(root)
    assert "Open again." in again.text


def test_a_pause_is_shown_and_takes_the_risk_away(desk):
    desk.subscribe(metrics=("resolution",))
    tale = dinas()
    desk.tell(tale)
    desk.at("2026-11-25 15:30")
    tale.becomes(at("2026-11-25 15:40", PARIS), Status.PENDING)
    desk.tell(tale)
    desk.at("2026-11-25 15:41")
    (root,) = desk.roots()
    assert "on hold" in root.text
    desk.at("2026-11-25 17:00")
    assert desk.replies(root) == []


def test_a_deleted_ticket_is_told_to_count_no_longer(desk):
    desk.subscribe()
    tale = dinas()
    desk.tell(tale)
    desk.at("12:30")
    tale.becomes(at("2026-11-24 12:40", PARIS), Status.DELETED)
    desk.tell(tale)
    desk.at("13:31")
    (root,) = desk.roots()
    assert "no longer counts" in root.text
    assert desk.replies(root) == []


def test_a_helpdesk_that_cannot_be_read_is_not_guessed_about(desk):
    desk.subscribe()
    desk.tell(dinas())
    desk.at("12:00")
    desk.at("12:30", synced=False)
    desk.at("13:31", synced=False)
    assert desk.roots() == []
    (told,) = desk.direct()
    assert "held back" in told
    desk.at("13:32")
    (root,) = desk.roots()
    assert "late" in root.text


def test_after_downtime_only_what_still_matters_is_told(desk):
    desk.subscribe()
    first, second = dinas("1"), dinas("2")
    desk.tell(first, second)
    first.replies(at("2026-11-24 13:45", PARIS))
    desk.now = at("2026-11-25 10:00", PARIS)
    desk.tell(first)
    desk.at("2026-11-25 10:00")
    (root,) = desk.roots()
    assert "ticket 2" in root.text


# --- What goes wrong in Slack ---


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=500, taken=True),
        Fault(error="internal_error", taken=True),
        Fault(cut=True),
        Fault(cut=True, taken=True),
        rate_limited(1),
    ],
    ids=["500", "500 after it was posted", "failed after it was posted", "cut", "cut after it was posted", "429"],
)
def test_whatever_fails_on_the_way_the_alert_is_there_once(desk, fault):
    desk.subscribe()
    desk.tell(dinas())
    desk.slack.fail("chat.postMessage", fault)
    desk.at("12:30")
    for wall in ("12:30:30", "12:31", "12:32"):
        desk.at(wall)
    assert len(desk.roots()) == 1


def test_one_channel_that_fails_does_not_keep_others_from_being_told(desk):
    desk.slack.directory.archive("C_SUPPORT")
    order = desk.subscribe()
    desk.subscribe(channel=BILLING)
    desk.tell(dinas())
    desk.at("12:30")
    assert len(desk.roots(BILLING)) == 1
    paused = desk.subscriptions.find("T1", order.id)
    assert paused.paused_for == "is_archived"
    (told,) = desk.direct()
    assert "archived" in told


def test_a_message_that_somebody_deleted_is_left_alone(desk):
    desk.subscribe()
    tale = dinas()
    desk.tell(tale)
    desk.at("12:30")
    desk.slack.workspace.messages.delete(desk.roots()[0])
    tale.replies(at("2026-11-24 12:40", PARIS))
    desk.tell(tale)
    desk.at("12:41")
    desk.at("12:42")
    assert desk.roots() == []


def test_a_promise_late_for_months_is_forgotten_and_not_told_anew(desk):
    order = desk.subscribe()
    desk.tell(dinas())
    desk.at("12:30")
    desk.at("13:31")
    for day in ("2027-01-05", "2027-02-02", "2027-02-03", "2027-05-04"):
        desk.at(f"{day} 10:00")
    assert len(desk.roots()) == 1
    assert desk.alerts.book.messages(order.id) == []


def test_two_workers_tell_a_ticket_once(desk):
    desk.subscribe()
    desk.tell(dinas(), dinas("2"))
    other = desk.worker()
    desk.at("12:30")
    other.tick()
    desk.at("13:31")
    other.tick()
    assert len(desk.roots()) == 2
    assert len([one for one in desk.posted("C_SUPPORT") if one.thread_ts]) == 2


def test_a_subscription_that_ends_while_it_is_looked_at_keeps_no_other_from_being_told(desk, monkeypatch):
    ended = desk.subscribe()
    desk.subscribe(channel=BILLING)
    desk.tell(dinas())
    every = desk.alerts._subscriptions.every

    def and_then_it_ends(*kinds):
        found = every(*kinds)
        desk.subscriptions.remove(ended.id)
        return found

    monkeypatch.setattr(desk.alerts._subscriptions, "every", and_then_it_ends)
    desk.at("12:30")
    assert len(desk.roots(BILLING)) == 1


def test_it_is_told_within_the_tick(desk):
    desk.subscribe()
    desk.tell(dinas())
    desk.at("12:30")
    assert desk.delays == [0]


def test_how_late_it_is_told_counts_from_the_lead_time_and_from_when_it_was_late(desk):
    desk.subscribe()
    desk.tell(dinas())
    for wall in ("12:30:40", "13:15:20", "13:30:11"):
        desk.at(wall)
    assert desk.delays == [40, 20, 10]


def test_of_what_was_told_by_then_nothing_is_late(desk):
    desk.subscribe()
    desk.tell(dinas())
    for wall in ("12:30", "12:40", "13:00"):
        desk.at(wall)
    assert desk.delays == [0]


def test_while_nobody_is_at_work_nothing_is_late(desk):
    desk.subscribe()
    desk.tell(dinas(created="14:30"))  # due Wednesday at 9:30: half an hour is left when they close
    desk.at("17:30")
    desk.at("18:00")
    desk.at("2026-11-25 09:15:30")
    assert desk.delays == [0, 30]


def test_quiet_hours_make_nothing_late(desk):
    desk.subscribe(quiet=Quiet(start=12 * 60, end=13 * 60))
    desk.tell(dinas())
    desk.at("12:30")
    desk.at("13:00:20")
    assert desk.delays == [20]


def test_what_was_made_late_is_late_from_then_on(desk):
    desk.tell(dinas())
    desk.now = at("2026-11-24 13:00", PARIS)
    desk.subscribe()
    desk.at("13:00:05")
    assert desk.delays == [5]


def test_a_click_that_is_told_is_no_delay(desk):
    desk.subscribe()
    desk.tell(dinas())
    desk.at("12:30")
    (message,) = desk.alerts.book.messages(desk.subscriptions.every()[0].id)
    desk.alerts.book.acknowledge(message, "U_ALICE", desk.now)
    desk.at("12:35")
    assert desk.delays == [0]


def test_a_desk_without_subscriptions_is_not_looked_at(engine, slack):
    AlertDesk(engine, slack, now=TUESDAY).alerts.tick()


def test_the_usual_leads_are_an_hour_and_a_quarter():
    assert ALERTED.leads_s == (3600, 900)


@pytest.mark.parametrize(
    ("dimension", "value", "ticket"),
    [
        ("brand", "lamps", {"brand": "lamps"}),
        ("priority", "high", {"priority": "high"}),
        ("channel", "email", {"channel": "email"}),
        ("type", "incident", {"type": "incident"}),
        ("tag", "vip", {"tags": ("vip",)}),
        ("helpdesk", "desk", {}),
    ],
)
def test_every_dimension_chooses_tickets(desk, dimension, value, ticket):
    desk.subscribe(filters=(Filter(dimension=dimension, values=(value,)),))
    desk.tell(dinas("1", **ticket), dinas("2"))
    desk.at("12:30")
    told = [root.text for root in desk.roots()]
    assert any("ticket 1" in text for text in told)
    assert len(told) == (2 if dimension == "helpdesk" else 1)

"""What is particular to LiveAgent, over HTTP against the small one of this folder: a test for each pitfall."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from contract.desks import QUICK, UNLIMITED, la_settings, serve
from contract.fake_liveagent import ALICE, BOB, DINA, EMIL, GONE, START, SYSTEM, FakeLiveAgent
from contract.test_connectors import told
from sqlalchemy import select
from werkzeug import Response

from bot.checking import Check, State
from bot.helpdesks.budget import RateLimit
from bot.helpdesks.connector import Gone, Moved, Refused
from bot.helpdesks.http import Patience
from bot.helpdesks.liveagent import LiveAgent
from bot.settings import load_settings
from bot.sync import sync
from bot.text import Text
from kpi import schema
from kpi.errors import HelpdeskError, SettingsError
from kpi.events import Author, Field, Status


@pytest.fixture
def la():
    return FakeLiveAgent()


@pytest.fixture
def url(httpserver, la):
    return serve(httpserver, la)


@pytest.fixture
def connect(url):
    return lambda **options: LiveAgent(la_settings(url, **options), QUICK, UNLIMITED)


def pages(la, connector, cursor=None):
    """Return the pages of a sync that begins a minute after the last thing happened."""
    la.tick()
    return list(connector.pages(cursor))


def read(la, connect, ticket, **options):
    return told(pages(la, connect(**options)))[ticket]


def of(history, field):
    return [(change.old, change.new) for change in history.changes if change.field is field]


def paths(la):
    return [request.path.removeprefix("/api/v3/") for request in la.asked]


# --- Lists ---


def test_an_empty_liveagent_gives_one_page(la, connect):
    (page,) = pages(la, connect())
    assert (page.tickets, page.done) == ((), True)


def test_pages_of_ten_are_never_taken_for_all(la, connect):
    ticket = la.create()
    for _ in range(60):
        la.reply(ticket)
        la.write(ticket)
    assert len(read(la, connect, ticket).messages) == 121
    assert all("_perPage" in request.args for request in la.asked if request.path.endswith(("tickets", "messages")))


@pytest.mark.parametrize("cap", [1, 7, 50])
def test_a_page_shorter_than_asked_for_is_not_the_last(la, connect, cap):
    tickets = {la.create() for _ in range(23)}
    la.page_cap = cap
    assert set(told(pages(la, connect()))) == tickets


@pytest.mark.parametrize(("cap", "count"), [(100, 150), (10, 40)])
def test_a_ticket_that_changes_while_pages_are_read_hides_no_other(la, connect, cap, count):
    tickets = [la.create() for _ in range(count)]
    la.page_cap = cap
    changed = []

    def change_one(request):
        if request.args.get("_page") == "2" and request.path.endswith("/tickets") and not changed:
            changed.append(tickets[0])
            la.write(tickets[0])  # all others move up by one

    la.faults = [change_one] * 40
    first = pages(la, connect())
    assert changed
    rest = pages(la, connect(), first[-1].cursor)
    assert set(told([*first, *rest])) == set(tickets)


def test_a_bulk_edit_of_one_second_is_read_whole(la, connect):
    for _ in range(130):
        la.create()
    for ticket in la.tickets.values():
        ticket.changed = la.now
    assert set(told(pages(la, connect()))) == set(la.tickets)


def test_years_without_tickets_cost_few_requests(la, connect):
    la.create()
    la.tick(3 * 365 * 86_400)
    la.create()
    pages(la, connect())
    assert paths(la).count("tickets") < 50


def test_reading_again_costs_few_requests(la, connect):
    la.create()
    last = pages(la, connect())[-1]
    la.asked.clear()
    pages(la, connect(), last.cursor)
    assert len(la.asked) <= 3


# --- The boundary between two syncs ---


def test_a_change_in_the_second_in_which_a_sync_ended_is_read_by_the_next(la, connect):
    first, second = la.create(), la.create()
    last = list(connect().pages(None))[-1]
    la.group(second, "3", DINA)  # still in the second in which the ticket was made
    la.tickets[first].changed = la.now
    found = told(pages(la, connect(), last.cursor))
    assert set(found) == {first, second}
    assert len(found[second].messages) == 2


@pytest.mark.parametrize("late_s", [1, 60, 170])
def test_a_change_that_is_committed_late_is_read_by_the_next_sync(la, connect, late_s):
    ticket, slow = la.create(), la.create()
    hidden = la.tickets.pop(slow)
    la.tick(late_s)
    la.write(ticket)
    last = pages(la, connect())[-1]
    la.tickets[slow] = hidden
    assert set(told(pages(la, connect(), last.cursor))) == {slow}


def test_what_the_overlap_brings_again_is_not_told_again(la, connect):
    la.create()
    last = pages(la, connect())[-1]
    other = la.create()
    assert set(told(pages(la, connect(), last.cursor))) == {other}


# --- Dates without a zone ---


@pytest.mark.parametrize("zone", ["UTC", "Europe/Bratislava", "America/New_York", "Asia/Kathmandu"])
def test_dates_are_read_and_asked_for_in_the_servers_zone(la, connect, zone):
    la.zone = zone
    ticket = la.create()
    history = read(la, connect, ticket, timezone=zone)
    assert history.ticket.created_at == START + 60
    asked = json.loads(next(request.args["_filters"] for request in la.asked if "_filters" in request.args))
    assert [operator for _, operator, _ in asked] == ["D>=", "D<="]
    assert asked[1][2] == la.date(la.now - 2)


def test_nothing_is_lost_in_the_hour_that_occurs_twice(la, connect):
    la.now = int(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp())  # 2:30, and once more an hour later
    cursor, tickets, found = None, [], {}
    for _ in range(12):
        tickets.append(la.create())
        la.tick(540)
        read = pages(la, connect(), cursor)
        cursor = json.loads(json.dumps(read[-1].cursor))
        found |= told(read)
    assert set(found) == set(tickets)


def test_a_sync_over_the_end_of_summer_time_loses_nothing(la, connect):
    la.now = int(datetime(2026, 10, 24, 20, tzinfo=UTC).timestamp())
    first = la.create()
    last = pages(la, connect())[-1]
    later = {la.create() for _ in range(3)}
    for _ in range(40):
        la.tick(600)
        later.add(la.create())
    assert set(told(pages(la, connect(), last.cursor))) == later
    assert first not in later


def test_server_time_is_asked_for_where_the_api_takes_an_offset(la, connect):
    ticket = la.create(kind="", channel="C")
    la.call(ticket)
    read(la, connect, ticket)
    asked = [request for request in la.asked if request.path.endswith(("history", "calls"))]
    assert {request.path.rsplit("/", 1)[-1] for request in asked} == {"history", "calls"}
    assert {request.args.get("_timezone_offset") for request in asked} == {"0"}


# --- How often one may ask ---


def test_a_full_minute_is_waited_out(la, url):
    la.limit = 12
    tickets = {la.create() for _ in range(12)}
    patience = Patience(attempts=8, first_wait_s=0.05, longest_wait_s=0.4, jitter_s=0.01)
    assert set(told(pages(la, LiveAgent(la_settings(url), patience, UNLIMITED)))) == tickets
    assert la.refused > 0


def test_the_budget_of_the_account_is_not_used_up(la, url):
    la.limit, la.window_s = 60, 1
    tickets = {la.create() for _ in range(12)}
    assert set(told(pages(la, LiveAgent(la_settings(url), QUICK, RateLimit(requests=60, window_s=1))))) == tickets
    assert la.refused == 0


# --- Statuses, teams and agents over time ---


def test_every_status_letter_has_its_meaning(la, connect):
    meant = {}
    for letter in "INTPCAWRLXB":
        ticket = la.create()
        la.end(ticket, letter)
        meant[ticket] = letter
    found = told(pages(la, connect()))
    assert {letter: found[ticket].ticket.status.value for ticket, letter in meant.items()} == {
        "I": "new",
        "N": "new",
        "T": "open",
        "P": "open",
        "C": "open",
        "A": "pending",
        "W": "hold",
        "R": "solved",
        "L": "closed",
        "X": "deleted",
        "B": "spam",
    }


def test_deleted_tickets_and_spam_stay_in_the_list_and_are_told_with_their_history(la, connect):
    deleted, spam = la.create(), la.create()
    la.end(deleted, "X")
    la.end(spam, "B")
    found = told(pages(la, connect()))
    assert of(found[deleted], Field.STATUS) == [("new", "deleted")]
    assert of(found[spam], Field.STATUS) == [("new", "spam")]


def test_segments_are_the_changes_of_status_department_and_agent(la, connect):
    ticket = la.create()
    la.reply(ticket, ALICE)
    la.write(ticket)
    la.transfer(ticket, "billing1", BOB)
    la.end(ticket, "R", BOB)
    history = read(la, connect, ticket)
    assert of(history, Field.STATUS) == [("new", "pending"), ("pending", "open"), ("open", "solved")]
    assert of(history, Field.TEAM) == [("default", "billing1")]
    assert of(history, Field.AGENT) == [(None, ALICE), (ALICE, BOB)]
    assert (history.ticket.team, history.ticket.agent, history.ticket.status) == ("billing1", BOB, Status.SOLVED)


def test_who_changed_something_is_who_left_a_trace_in_that_second(la, connect):
    ticket = la.create()
    la.reply(ticket, ALICE)
    la.write(ticket)
    la.end(ticket, "R", SYSTEM)
    changes = [change for change in read(la, connect, ticket).changes if change.field is Field.STATUS]
    assert [(change.actor, change.actor_kind) for change in changes] == [
        (ALICE, Author.AGENT),
        (DINA, Author.CUSTOMER),
        (SYSTEM, Author.SYSTEM),
    ]


def test_a_status_younger_than_the_segments_is_a_change_of_its_own(la, connect):
    ticket = la.create()
    la.end(ticket, "R")
    la.tickets[ticket].segments.pop()
    history = read(la, connect, ticket)
    assert of(history, Field.STATUS) == [("new", "solved")]
    assert history.changes[-1].at == la.tickets[ticket].resolved


# --- Messages ---


def test_an_author_among_the_agents_is_an_agent_and_anybody_else_a_customer(la, connect):
    ticket = la.create()
    la.reply(ticket, BOB)
    la.write(ticket, EMIL)
    la.note(ticket, ALICE)
    messages = read(la, connect, ticket).messages
    assert [(m.author_kind.value, m.public) for m in messages] == [
        ("customer", True),
        ("agent", True),
        ("customer", True),
        ("agent", False),
    ]


def test_a_deleted_agent_stays_an_agent(la, connect):
    ticket = la.create()
    la.reply(ticket, GONE)
    la.tick()
    (page,) = connect().pages(None)
    assert page.tickets[0].messages[-1].author_kind is Author.AGENT
    assert {person.external_id: person.name for person in page.agents} == {GONE: "Chloé Gone"}


def test_what_leaves_by_mail_was_sent_by_an_agent_whoever_it_was(la, connect):
    ticket = la.create()
    la.reply(ticket, "unknown1")
    assert read(la, connect, ticket).messages[-1].author_kind is Author.AGENT


def test_an_agent_who_asks_for_help_is_a_customer(la, connect):
    own, others = la.create("alicecon", by=ALICE), la.create(kind="4", by=ALICE)
    found = told(pages(la, connect()))
    assert (found[own].messages[0].author_kind, found[own].ticket.opened_by_agent) == (Author.CUSTOMER, False)
    assert (found[others].messages[0].author_kind, found[others].ticket.opened_by_agent) == (Author.AGENT, True)


def test_system00_is_the_system_and_its_mails_are_automatic(la, connect):
    ticket = la.create()
    la.tick()
    la.group(ticket, "4", SYSTEM)
    message = read(la, connect, ticket).messages[-1]
    assert (message.author_kind, message.public, message.automatic) == (Author.SYSTEM, True, True)


def test_a_bots_messages_are_automatic_and_no_replies(la, connect):
    ticket = la.create()
    la.reply(ticket, BOB)
    message = read(la, connect, ticket, bots=[BOB]).messages[-1]
    assert (message.author_kind, message.automatic) == (Author.BOT, True)


def test_a_mail_in_many_parts_is_one_message_and_a_chat_one_for_each_line(la, connect):
    mail, chat = la.create(), la.create(kind="", channel="B")
    la.tickets[mail].groups[0]["messages"].append(la.part("M", DINA))
    lines = (("S", SYSTEM), ("M", DINA), ("M", ALICE), ("M", DINA), ("N", ALICE), ("D", DINA))
    la.group(chat, "C", DINA, parts=lines)
    found = told(pages(la, connect()))
    assert len(found[mail].messages) == 1
    assert [(m.author_kind.value, m.public) for m in found[chat].messages] == [
        ("customer", True),
        ("agent", True),
        ("customer", True),
        ("agent", False),
    ]


def test_what_is_forwarded_to_a_third_party_is_no_reply(la, connect):
    ticket = la.create()
    la.tick()
    la.group(ticket, "O", ALICE)
    la.group(ticket, "Q", "partner1")
    assert [message.public for message in read(la, connect, ticket).messages] == [True, False, False]


def test_a_message_is_never_kept_with_its_text(la, connect):
    ticket = la.create()
    la.tickets[ticket].groups[0]["messages"][2]["message"] = "very private words"
    assert "very private words" not in repr(read(la, connect, ticket))


@pytest.mark.parametrize(
    ("letter", "kind", "channel"),
    [
        ("E", "3", "email"),
        ("M", "5", "web"),
        ("B", "C", "chat"),
        ("B", "5", "web"),
        ("I", "C", "chat"),
        ("C", "", "phone"),
        ("W", "", "phone"),
        ("F", "F", "social"),
        ("A", "8", "social"),
        ("T", "W", "social"),
        ("?", "6", "messaging"),
        ("?", "G", None),
    ],
)
def test_channels_have_common_names(la, connect, letter, kind, channel):
    ticket = la.create(kind=kind, channel=letter)
    assert read(la, connect, ticket).ticket.channel == channel


def test_an_unknown_channel_or_status_can_be_explained(la, connect):
    ticket = la.create(channel="v")
    la.end(ticket, "Z")
    history = read(la, connect, ticket, channels={"v": "viber"}, statuses={"Z": "hold"})
    assert (history.ticket.channel, history.ticket.status) == ("viber", Status.HOLD)


# --- Satisfaction ---


def test_rewards_and_punishments_are_the_answers_and_a_comment_is_none(la, connect):
    liked, disliked, mute = la.create(), la.create(), la.create()
    for ticket, kind in ((liked, "W"), (disliked, "P"), (mute, "C")):
        la.reply(ticket, BOB)
        la.rank(ticket, kind)
    la.rank(liked, "C")
    found = told(pages(la, connect()))
    scores = {name: [(r.score, r.lowest, r.highest, r.agent) for r in found[name].ratings] for name in found}
    assert scores == {liked: [(1, 0, 1, BOB)], disliked: [(0, 0, 1, BOB)], mute: []}


def test_an_answer_that_was_thought_over_counts_as_given_last(la, connect):
    ticket = la.create()
    group = la.reply(ticket)
    la.rank(ticket, "P", group)
    before = read(la, connect, ticket).ratings
    la.rank(ticket, "W", group)
    after = read(la, connect, ticket).ratings
    assert [(r.external_id, r.score) for r in before] == [(after[0].external_id, 0)]
    assert [r.score for r in after] == [1]


# --- Calls ---


def test_calls_are_contacts_with_their_wait_and_talk(la, connect):
    ticket = la.create(kind="", channel="C")
    name = la.call(ticket, wait=20, talk=300)
    (contact,) = read(la, connect, ticket).contacts
    assert (contact.external_id, contact.channel, contact.direction) == (name, "phone", "in")
    assert (contact.answered_at - contact.queued_at, contact.talk_s, contact.abandoned) == (20, 300, False)
    assert (contact.agent, contact.team, contact.customer) == (ALICE, "default", DINA)


def test_a_call_that_nobody_answered_is_abandoned_and_its_caller_waits(la, connect):
    ticket = la.create(kind="", channel="C")
    la.call(ticket, talk=None)
    history = read(la, connect, ticket)
    assert [(c.abandoned, c.answered_at, c.agent) for c in history.contacts] == [(True, None, None)]
    assert [m.author_kind for m in history.messages] == [Author.CUSTOMER]


def test_an_answered_call_is_a_reply_at_the_moment_it_was_answered(la, connect):
    ticket = la.create(kind="", channel="C")
    la.call(ticket, wait=45)
    caller, answer = read(la, connect, ticket).messages
    assert (caller.author_kind, answer.author_kind, answer.author) == (Author.CUSTOMER, Author.AGENT, ALICE)
    assert answer.at - caller.at == 45


def test_calls_out_are_the_agents_and_calls_among_agents_are_none(la, connect):
    out, inside = la.create(), la.create()
    la.call(out, "O")
    la.call(inside, "T")
    found = told(pages(la, connect()))
    assert [(c.direction, c.abandoned) for c in found[out].contacts] == [("out", False)]
    assert found[out].messages[-1].author_kind is Author.AGENT
    assert (found[inside].contacts, len(found[inside].messages)) == ((), 1)


def test_calls_are_read_past_the_first_cursor(la, connect):
    others = [la.create() for _ in range(30)]
    ticket = la.create(kind="", channel="C")
    la.page_cap = 7
    for other in others:
        la.calls.append(
            {"id": f"x{other}", "ticket_id": other, "date_created": la.date(la.now + 60), "date_answered": None}
        )
    la.call(ticket)
    assert len(read(la, connect, ticket).contacts) == 1
    assert [request.args["_cursor"] for request in la.asked if "_cursor" in request.args] == ["p7", "p14", "p21", "p28"]


# --- Merged and split ---


def test_a_merged_ticket_names_its_target_and_is_not_merely_deleted(la, connect):
    source, target = la.create(), la.create(EMIL)
    la.merge(source, into=target)
    found = told(pages(la, connect()))
    assert (found[source].ticket.status, found[source].ticket.merged_into) == (Status.MERGED, target)
    assert of(found[source], Field.STATUS) == [("new", "merged")]
    assert (found[target].ticket.status, found[target].ticket.merged_into) == (Status.NEW, None)
    assert len(found[target].messages) == 1


def test_a_merge_into_a_ticket_that_is_gone_is_a_merge_all_the_same(la, connect):
    source, target = la.create(), la.create(EMIL)
    la.merge(source, into=target)
    del la.tickets[target]
    history = read(la, connect, source)
    assert (history.ticket.status, history.ticket.merged_into) == (Status.MERGED, None)


def test_what_was_split_off_is_told_by_the_new_ticket_alone(la, connect):
    ticket = la.create()
    moved = la.write(ticket)
    new = la.split(ticket, moved)
    found = told(pages(la, connect()))
    assert [len(found[name].messages) for name in (ticket, new)] == [1, 1]
    assert found[new].messages[0].external_id == moved["id"]


def test_a_ticket_asked_for_by_its_code_has_moved_to_its_identifier(la, connect):
    ticket = la.create()
    code = la.tickets[ticket].code
    assert connect().ticket(code).tickets[0] == Moved(external_id=code, into=ticket)


# --- Levels, tags, fields, people ---


def test_a_ticket_has_the_level_the_tags_and_the_type_by_their_names(la, connect):
    ticket = la.create(level="gold", tags=["ab12", "unlisted"], fields={"reason": "Delivery"})
    history = read(la, connect, ticket, type_field="reason")
    assert (history.ticket.level, history.ticket.type) == ("Gold", "Delivery")
    assert history.ticket.tags == ("refund", "unlisted")


def test_customers_are_known_by_identifier_and_never_by_their_address(la, connect):
    la.create(DINA)
    la.create(EMIL)
    (page,) = pages(la, connect())
    assert {(p.external_id, p.name) for p in page.customers} == {(DINA, "Dina Customer"), (EMIL, None)}
    assert "@" not in repr(page)


# --- What isn't to be had ---


@pytest.mark.parametrize("how", ["forbidden", "missing"])
@pytest.mark.parametrize("name", ["history", "slas", "calls", "tags", "departments"])
def test_an_optional_list_that_isnt_to_be_had_is_a_warning_and_stops_nothing(la, connect, name, how):
    tickets = {la.create(level="gold") for _ in range(3)}
    la.call(min(tickets))
    getattr(la, how).add(name)
    la.tick()
    assert connect().check().warnings == ((f"liveagent_no_{name}", {}),)
    assert set(told(connect().pages(None))) == tickets


@pytest.fixture
def sync_all(engine, la, connect):
    """Return a function that syncs what happened."""

    def run():
        la.tick()
        return sync(engine, connect(), load_settings({}), "la", clock=lambda: la.now)

    return run


def facts(engine, ticket, *columns):
    tickets, rows = schema.tickets.c, schema.ticket_facts.c
    query = select(*(rows[name] for name in columns)).join(schema.tickets, tickets.id == rows.ticket_id)
    with engine.connect() as connection:
        return tuple(connection.execute(query.where(tickets.external_id == ticket)).one())


def test_without_histories_a_solve_is_dated_and_reopens_are_seen_from_sync_to_sync(la, engine, sync_all):
    la.forbidden.add("history")
    ticket = la.create()
    la.reply(ticket)
    la.end(ticket, "R")
    solved_at = la.now
    sync_all()
    assert facts(engine, ticket, "last_solved_at", "solves", "reopens", "is_solved") == (solved_at, 1, 0, 1)
    la.write(ticket)
    sync_all()
    assert facts(engine, ticket, "solves", "reopens", "is_solved") == (1, 1, 0)
    la.end(ticket, "R")
    sync_all()
    sync_all()
    assert facts(engine, ticket, "last_solved_at", "solves", "reopens", "is_solved") == (
        la.tickets[ticket].resolved,
        2,
        1,
        1,
    )


def test_without_histories_a_closed_ticket_was_solved_before_if_it_was_resolved(la, engine, sync_all):
    la.forbidden.add("history")
    ticket, never = la.create(), la.create()
    la.end(ticket, "R")
    la.end(ticket, "L")
    la.end(never, "L")
    sync_all()
    assert facts(engine, ticket, "solves", "last_solved_at") == (1, la.tickets[ticket].resolved)
    assert facts(engine, never, "solves", "last_solved_at") == (0, None)


def test_only_without_histories_nothing_from_before_the_first_sync_is_sure(la, connect):
    la.create()
    assert {page.observes for page in pages(la, connect())} == {False}
    la.forbidden.add("history")
    assert {page.observes for page in pages(la, connect())} == {True}


def test_a_ticket_that_moves_to_another_level_was_under_the_one_before(la, engine, sync_all):
    ticket = la.create(level="norm")
    sync_all()
    la.tickets[ticket].level = "gold"
    la.write(ticket)
    sync_all()
    with engine.connect() as connection:
        changes = schema.ticket_changes.c
        query = select(changes.old, changes.new, changes.at).where(changes.field == "level")
        assert [tuple(row) for row in connection.execute(query)] == [("Normal", "Gold", la.now - 60)]


def test_one_ticket_that_is_closed_to_the_key_doesnt_make_histories_unavailable(la, connect):
    ticket, newest = la.create(), la.create()
    la.reply(ticket)
    la.tickets[newest].changed = la.now + 30
    la.closed.add(newest)
    assert of(read(la, connect, ticket), Field.STATUS) == [("new", "pending")]


def test_without_calls_nobody_is_said_to_wait_for_a_call(la, connect):
    la.forbidden.add("calls")
    ticket = la.create(kind="", channel="C")
    la.call(ticket)
    history = read(la, connect, ticket)
    assert (history.contacts, history.messages) == ((), ())


def test_one_ticket_that_is_closed_to_the_key_is_refused_and_the_others_are_read(la, connect):
    shut, other = la.create(), la.create()
    la.closed.add(shut)
    found = told(pages(la, connect()))
    assert found[shut] == Refused(external_id=shut, reason="helpdesk_refused")
    assert found[other].messages


@pytest.mark.parametrize("part", ["messages", "history"])
def test_a_ticket_of_which_something_isnt_found_is_refused_and_not_gone(la, connect, part):
    ticket, other = la.create(), la.create()
    la.tick()

    def not_found(request):
        return Response("{}", 404, content_type="application/json") if f"{ticket}/{part}" in request.path else None

    la.faults = [not_found] * 100
    found = told(connect().pages(None))
    assert found[ticket] == Refused(external_id=ticket, reason="helpdesk_not_found")
    assert found[other].messages


def test_a_ticket_that_went_between_the_list_and_its_messages_is_gone(la, connect):
    ticket, other = la.create(), la.create()
    connector = connect()

    def remove(request):
        if f"/{ticket}/" in request.path:
            la.tickets.pop(ticket, None)

    la.faults = [remove] * 100
    found = told(pages(la, connector))
    assert found[ticket] == Gone(external_id=ticket)
    assert found[other].messages


# --- What check says ---


def findings(la, url, **options):
    """Return what `kpi-bot check` says of the helpdesk, apart from that it answers."""
    la.tick()
    settings = replace(load_settings({}), database_url="sqlite:///nowhere.db", helpdesks=(la_settings(url, **options),))
    check = Check(settings, Text("en"), la.now, connect=lambda given: LiveAgent(given, QUICK, UNLIMITED))
    return [finding for finding in check.findings() if finding.sentence.startswith("la: ")]


def test_a_good_key_gets_no_warning(la, connect):
    la.create()
    la.tick()
    account = connect().check()
    assert (account.name, account.warnings) == ("localhost", ())


@pytest.mark.parametrize("refusal", [401, 403])
def test_a_wrong_key_is_said_in_one_sentence(la, url, refusal):
    la.token, la.refusal = "another", refusal
    found, _webhooks_are_off = findings(la, url)
    assert found.state is State.BAD
    assert "key" in found.sentence or "token" in found.sentence
    assert "a1b2c3" not in found.sentence


@pytest.mark.parametrize("path", ["/wiki", "/help/index.html"])
def test_a_wrong_address_is_said_in_one_sentence(la, url, path):
    found, _webhooks_are_off = findings(la, url + path)
    assert found.state is State.BAD
    assert "address" in found.sentence


@pytest.mark.parametrize("suffix", ["", "/", "/api/v3", "/api/v3/", "/api", "/agent"])
def test_any_way_of_writing_the_address_works(la, url, suffix):
    la.create()
    la.tick()
    assert LiveAgent(la_settings(url + suffix), QUICK, UNLIMITED).check().name == "localhost"


def test_a_zone_that_puts_changes_into_the_future_is_said_in_one_sentence_and_nothing_is_read(la, url, connect):
    la.create()
    found, _webhooks_are_off = findings(la, url, timezone="America/New_York")
    assert found.state is State.BAD
    assert "America/New_York" in found.sentence
    with pytest.raises(HelpdeskError) as raised:
        list(connect(timezone="America/New_York").pages(None))
    assert raised.value.key == "liveagent_zone_wrong"


def test_one_ticket_that_was_imported_with_a_date_to_come_holds_nothing_up(la, connect):
    odd, *others = (la.create() for _ in range(4))
    la.tickets[odd].changed = la.now + 86_400
    assert set(told(pages(la, connect()))) == set(others)


def test_segments_of_one_second_are_in_the_order_in_which_they_ended(la, connect):
    ticket = la.create()
    kept = la.tickets[ticket]
    la.tick()
    for status in "ACR":
        la._set(ticket, status=status)
    names = [segment["id"] for segment in kept.segments]
    for segment, name in zip(kept.segments, reversed(names), strict=True):
        segment["id"] = name
    assert read(la, connect, ticket).ticket.status is Status.SOLVED


def test_a_zone_that_makes_everything_old_is_doubted(la, url):
    la.create()
    found = findings(la, url, timezone="Asia/Tokyo")
    assert [one.state for one in found if "Asia/Tokyo" in one.sentence] == [State.NOTE]


def test_a_clock_that_is_wrong_is_told_apart_from_a_wrong_zone(la, connect):
    la.create()
    la.tick()
    la.skew_s = 0
    before = connect().check().clock_skew_s
    la.now += 1800
    assert connect().check().clock_skew_s - before == pytest.approx(1800, abs=30)


def test_unknown_letters_are_named(la, connect):
    la.end(la.create(channel="v"), "Z")
    la.tick()
    assert connect().check().warnings == (
        ("liveagent_unknown_status", {"letter": "Z"}),
        ("liveagent_unknown_channel", {"letter": "v"}),
    )


def test_a_liveagent_without_tickets_is_told(la, connect):
    assert connect().check().warnings == (("liveagent_no_tickets", {}),)


@pytest.mark.parametrize(
    ("options", "setting"),
    [({"timezone": "Paris"}, "timezone"), ({"statuses": {"W": "paused"}}, "statuses.W"), ({"zone": "UTC"}, "zone")],
)
def test_an_option_that_is_not_accepted_is_named(url, options, setting):
    with pytest.raises(SettingsError) as raised:
        LiveAgent(la_settings(url, **options))
    assert raised.value.values["setting"] == f"helpdesks.la.options.{setting}"

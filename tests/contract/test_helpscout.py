"""What is particular to Help Scout, over HTTP against the small one of this folder: a test for each pitfall."""

import json
from dataclasses import replace

import pytest
from contract.desks import QUICK, UNLIMITED, hs_settings, serve
from contract.fake_helpscout import (
    ALICE,
    ANYONE,
    APP,
    BILLING,
    BOB,
    DAY,
    DINA,
    EMIL,
    GREAT,
    NOT_GOOD,
    OKAY,
    ROBOT,
    SECRET,
    START,
    SUPPORT,
    TIER_TWO,
    FakeHelpScout,
)
from contract.test_connectors import told
from sqlalchemy import select
from structlog.testing import capture_logs
from werkzeug import Response

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.checking import Check, State
from bot.helpdesks.budget import Budget
from bot.helpdesks.connector import Gone, Moved, Refused
from bot.helpdesks.helpscout import LIMIT, HelpScout, streams
from bot.helpdesks.helpscout.client import ApiClient
from bot.settings import load_settings
from bot.sync import sync
from bot.text import Text
from kpi import schema
from kpi.errors import HelpdeskError, SettingsError
from kpi.events import Author, Field, History, Status


@pytest.fixture
def hs():
    return FakeHelpScout()


@pytest.fixture
def url(httpserver, hs):
    return serve(httpserver, hs)


@pytest.fixture
def connect(url):
    return lambda **options: HelpScout(hs_settings(url, **options), QUICK, UNLIMITED)


def pages(hs, connector, cursor=None):
    """Return the pages of a sync that begins some minutes after the last thing happened."""
    hs.tick(300)
    return list(connector.pages(cursor))


def read(hs, connect, ticket, **options):
    return told(pages(hs, connect(**options)))[str(ticket)]


def changes(history, field):
    """Return the changes of a field as (minutes since the creation, old, new, who)."""
    found = sorted((c for c in history.changes if c.field is field), key=lambda c: (c.at, c.position))
    return [((c.at - history.ticket.created_at) // 60, c.old, c.new, c.actor) for c in found]


def roles(history):
    """Return who said what, oldest first, as (role, public, automatic)."""
    said = sorted(history.messages, key=lambda message: (message.at, message.position))
    return [(message.author_kind, message.public, message.automatic) for message in said]


def apart(found):
    return [one for page in found for one in page.apart]


def lists(hs):
    return [path for path in hs.asked if path.startswith("GET /v2/conversations?")]


@pytest.fixture
def sync_all(engine, hs, url):
    """Return a function that syncs what happened."""

    def run(**options):
        hs.tick(300)
        desk = hs_settings(url)
        settings = replace(load_settings({}), helpdesks=(desk,))
        return sync(engine, HelpScout(desk, QUICK, UNLIMITED), settings, "hs", clock=lambda: hs.now, **options)

    return run


def facts(engine, ticket, *columns):
    tickets, rows = schema.tickets.c, schema.ticket_facts.c
    query = select(*(rows[name] for name in columns)).join(schema.tickets, tickets.id == rows.ticket_id)
    with engine.connect() as connection:
        return tuple(connection.execute(query.where(tickets.external_id == str(ticket))).one())


# --- The token -------------------------------------------------------------------------------------------------------


def signed_in(hs):
    return len([path for path in hs.asked if path.startswith("POST /v2/oauth2/token")])


def test_one_token_serves_a_whole_run(hs, connect):
    for _ in range(60):
        hs.create()
    pages(hs, connect())
    assert signed_in(hs) == 1


def test_a_token_that_ended_is_renewed_and_nothing_is_lost(hs, connect):
    hs.page_size = 5
    names = {str(hs.create()) for _ in range(20)}
    hs.faults = [lambda _: None] * 20 + [lambda _: hs.revoke()]
    assert set(told(pages(hs, connect()))) == names
    assert signed_in(hs) == 2


def test_a_token_is_renewed_before_it_ends(hs, url):
    now = [0.0]
    client = ApiClient(url, APP, SECRET, patience=QUICK, clock=lambda: now[0])
    client.me()
    now[0] = 0.89 * 172_800
    client.me()
    assert signed_in(hs) == 1
    now[0] = 0.91 * 172_800
    client.me()
    assert signed_in(hs) == 2


def test_a_token_that_is_refused_at_once_is_not_asked_for_again_and_again(hs, connect):
    hs.active = False
    with pytest.raises(HelpdeskError) as caught:
        pages(hs, connect())
    assert caught.value.key == "helpdesk_wrong_token"
    assert signed_in(hs) == 1


def test_neither_the_secret_nor_a_token_is_logged_or_told(hs, connect, caplog):
    hs.create()
    hs.faults = [lambda _: Response("{}", 503), lambda _: None, lambda _: Response("{}", 503)]
    with capture_logs() as log:
        pages(hs, connect())
        hs.token = "another"
        with pytest.raises(HelpdeskError) as caught:
            connect().check()
    said = f"{log}{caplog.text}{caught.value}{Text('en').error(caught.value)}{caught.value.__cause__}"
    assert len(log) >= 2
    assert SECRET not in said
    assert not [token for token in hs.tokens if token in said]


def test_the_next_page_is_asked_where_the_helpdesk_is_whatever_the_link_says(hs, connect):
    hs.page_size = 4
    tickets = [hs.create() for _ in range(10)]
    for ticket in tickets:
        hs.conversations[ticket]["userUpdatedAt"] = hs.conversations[ticket]["createdAt"] = "2011-01-01T00:00:00Z"
    assert set(told(pages(hs, connect()))) == set(map(str, tickets))


# --- Lists -----------------------------------------------------------------------------------------------------------


def test_an_empty_list_has_nothing_embedded(hs, connect):
    hs.users, hs.teams, hs.inboxes = {ROBOT: "KPI Bot"}, {}, {}
    last = pages(hs, connect())[-1]
    assert (last.tickets, last.done, last.observes) == ((), True, False)


@pytest.mark.parametrize(
    ("word", "status"),
    [("active", Status.OPEN), ("pending", Status.PENDING), ("closed", Status.SOLVED), ("spam", Status.SPAM)],
)
def test_conversations_of_every_status_are_read_and_not_only_active_ones(hs, connect, word, status):
    ticket = hs.create()
    hs.become(ticket, word)
    assert read(hs, connect, ticket).ticket.status is status
    assert all("status=all" in path for path in lists(hs))


def test_pages_are_followed_by_their_link_and_not_by_their_number(hs, connect):
    hs.page_size = 3
    names = {str(hs.create()) for _ in range(11)}
    for ticket in hs.conversations:
        hs.conversations[ticket] |= {"userUpdatedAt": "2011-01-01T00:00:00Z", "createdAt": "2011-01-01T00:00:00Z"}
    found = pages(hs, connect())
    assert set(told(found)) == names
    assert sum(len(page.tickets) for page in found) == 11


def test_rows_that_shift_while_paging_lose_no_conversation(hs, connect):
    hs.page_size = 5
    names = [hs.create() for _ in range(30)]
    hs.while_paging = lambda: [hs.note(ticket) for ticket in names[:4]]
    assert set(told(pages(hs, connect()))) == set(map(str, names))


def test_rows_that_shift_where_only_tags_changed_lose_no_conversation(hs, connect):
    hs.page_size = 5
    names = [hs.create() for _ in range(30)]
    first = pages(hs, connect())
    hs.tick(DAY)
    for ticket in names:
        hs.tag(ticket, "vip")
    hs.while_paging = lambda: [hs.tag(ticket, "more") for ticket in names[:3]]
    found = told(pages(hs, connect(), first[-1].cursor))
    assert {name: history.ticket.tags[0] for name, history in found.items()} == dict.fromkeys(map(str, names), "vip")
    assert found[str(names[0])].ticket.tags == ("vip", "more")


def test_a_walk_that_was_cut_among_shifting_rows_goes_back_when_it_goes_on(hs, connect):
    hs.page_size = 5
    names = [hs.create() for _ in range(30)]
    first = pages(hs, connect())
    hs.tick(DAY)
    for ticket in names:
        hs.tag(ticket, "vip")
    hs.tick(300)
    hs.while_paging = lambda: [hs.tag(ticket, "more") for ticket in names[:3]]
    stream = connect().pages(first[-1].cursor)
    begun = [next(stream) for _ in range(4)]
    cursor = json.loads(json.dumps(begun[-1].cursor))
    rest = list(connect().pages(cursor))
    assert set(told([*begun, *rest])) == set(map(str, names))


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_walk_that_was_cut_anywhere_reads_once_more_what_shifted(hs, connect, cut):
    hs.page_size = 5
    names = [hs.create() for _ in range(20)]
    hs.tick(DAY)
    first = list(connect().pages(None))
    for ticket in names[:8]:
        hs.tag(ticket, "vip")
    for ticket in names[8:]:
        hs.tick(600)
        hs.note(ticket)
    hs.tick(300)
    # Between the first page, of tags, and the second one row moves to the end: the sixth is on neither.
    hs.while_paging = lambda: hs.tag(names[0], "more")
    begun = [page for page, _ in zip(connect().pages(first[-1].cursor), range(cut), strict=False)]
    rest = list(connect().pages(json.loads(json.dumps(begun[-1].cursor)))) if not begun[-1].done else []
    assert set(told([*begun, *rest])) == set(map(str, names))


def test_a_conversation_told_as_it_is_is_not_told_again_within_the_overlap(hs, connect):
    hs.create()
    first = pages(hs, connect())
    assert told(connect().pages(first[-1].cursor)) == {}
    hs.asked.clear()
    list(connect().pages(first[-1].cursor))
    assert len(lists(hs)) == 1
    assert len(hs.asked) <= 6


def test_a_change_in_the_second_of_the_last_read_is_told_next_time(hs, connect):
    ticket = hs.create()
    first = list(connect().pages(None))
    hs.conversations[ticket]["mailboxId"] = BILLING  # in the same second, after it was read
    again = told(pages(hs, connect(), first[-1].cursor))
    assert again[str(ticket)].ticket.team == str(BILLING)


def test_the_next_run_overlaps_the_last_by_minutes(hs, connect):
    early = hs.create()
    hs.tick(60)
    first = list(connect().pages(None))
    # As if the index had learnt of it later than of what came after.
    hs.conversations[early]["subject"] = "Another"
    hs.tick(DAY)
    found = told(connect().pages(first[-1].cursor))
    assert found[str(early)].ticket.subject == "Another"


def test_how_long_somebody_waits_is_no_change(hs, connect):
    hs.create()
    first = pages(hs, connect())
    assert told(connect().pages(first[-1].cursor)) == {}


def test_what_the_cursor_keeps_does_not_grow_with_the_account(hs, connect, monkeypatch):
    monkeypatch.setattr(streams, "KEPT", 7)
    for _ in range(40):
        hs.create()
    found = pages(hs, connect())
    assert max(len(page.cursor["conversations"]["seen"]) for page in found if "conversations" in page.cursor) == 7


def test_a_cursor_stays_as_it_was_given(hs, connect):
    hs.page_size = 4
    for _ in range(20):
        hs.create()
    hs.tick(300)
    kept = [(page.cursor, json.dumps(page.cursor)) for page in connect().pages(None)]
    assert all(json.dumps(cursor) == text for cursor, text in kept)


def test_threads_come_with_their_conversations_and_cost_no_request(hs, connect):
    for _ in range(20):
        hs.reply(hs.create())
    found = pages(hs, connect())
    assert all(len(history.messages) == 2 for history in told(found).values())
    assert not [path for path in hs.asked if "/threads" in path]


def test_threads_that_did_not_all_come_along_are_read_apart(hs, connect):
    hs.embedded, hs.page_size = 3, 4
    ticket = hs.create()
    for _ in range(10):
        hs.reply(ticket)
    assert len(read(hs, connect, ticket).messages) == 11


def test_a_conversation_that_breaks_its_page_is_refused_alone(hs, connect):
    odd, other = hs.create(), hs.create()
    hs.broken = {odd}
    found = told(pages(hs, connect()))
    assert found[str(odd)] == Refused(external_id=str(odd), reason="helpdesk_server_error")
    assert len(found[str(other)].messages) == 1


@pytest.mark.parametrize("field", ["createdAt", "userUpdatedAt"])
def test_a_record_that_makes_no_sense_is_refused_alone(hs, connect, field):
    odd, other = hs.create(), hs.create()
    hs.conversations[odd][field] = "yesterday"
    found = told(pages(hs, connect()))
    assert found[str(odd)] == Refused(external_id=str(odd), reason="helpdesk_record_unreadable")
    assert isinstance(found[str(other)], History)


def test_a_draft_of_a_conversation_is_none_until_it_is_sent(hs, connect):
    ticket = hs.create(by=ALICE, state="draft")
    first = pages(hs, connect())
    assert told(first) == {}
    assert connect().ticket(str(ticket)).tickets == (Gone(external_id=str(ticket)),)
    hs.conversations[ticket]["state"] = "published"
    hs.note(ticket)
    assert str(ticket) in told(pages(hs, connect(), first[-1].cursor))


# --- What was said ---------------------------------------------------------------------------------------------------


def test_a_draft_is_no_reply(hs, connect):
    ticket = hs.create()
    hs.reply(ticket, state="draft")
    hs.reply(ticket, state="review")
    assert roles(read(hs, connect, ticket)) == [(Author.CUSTOMER, True, False)]


def test_a_reply_that_was_hidden_later_stays_one(hs, connect):
    ticket = hs.create()
    hs.reply(ticket, state="hidden")
    assert roles(read(hs, connect, ticket))[-1] == (Author.AGENT, True, False)


def test_an_auto_reply_is_a_line_item_and_no_reply(hs, engine, sync_all):
    ticket = hs.create()
    hs._line(ticket, "automatic-workflow", ALICE)
    sync_all()
    assert facts(engine, ticket, "first_replied_at") == (None,)


@pytest.mark.parametrize(
    "how", [{"source": {"type": "workflows", "via": "user"}}, {"action": {"type": "automatic-workflow"}}]
)
def test_a_reply_of_a_workflow_is_automatic(hs, connect, how):
    ticket = hs.create()
    hs.reply(ticket, **how)
    assert roles(read(hs, connect, ticket))[-1] == (Author.AGENT, True, True)


def test_a_note_is_private(hs, connect):
    ticket = hs.create()
    hs.note(ticket)
    hs.note(ticket, type="forwardparent")
    assert [public for _, public, _ in roles(read(hs, connect, ticket))] == [True, False, False]


@pytest.mark.parametrize(
    ("author", "options", "role"),
    [
        ({"id": ALICE, "type": "user"}, {}, Author.AGENT),
        ({"id": ALICE, "type": "system_user"}, {}, Author.BOT),
        ({"id": ROBOT, "type": "user"}, {"bots": [str(ROBOT)]}, Author.BOT),
        ({"id": DINA, "type": "customer"}, {}, Author.CUSTOMER),
        ({}, {}, Author.SYSTEM),
    ],
)
def test_who_wrote_is_told_by_the_type_of_the_creator(hs, connect, author, options, role):
    ticket = hs.create()
    hs.reply(ticket, createdBy=author)
    assert roles(read(hs, connect, ticket, **options))[-1][0] is role


def test_what_an_agent_enters_for_a_customer_is_the_customers(hs, connect):
    ticket = hs.create()
    said = hs.ask(ticket, EMIL, createdBy={"id": ALICE, "type": "user"}, customer={"id": EMIL, "first": "Emil"})
    history = read(hs, connect, ticket)
    (message,) = [message for message in history.messages if message.external_id == str(said)]
    assert (message.author, message.author_kind) == (str(EMIL), Author.CUSTOMER)


@pytest.mark.parametrize(("kind", "by_agent"), [("message", True), ("customer", False), ("phone", True)])
def test_a_conversation_by_a_user_is_opened_by_an_agent_unless_a_mail_was_brought_in(hs, connect, kind, by_agent):
    ticket = hs.create(by=ALICE)
    hs.threads[ticket][0]["type"] = kind
    assert read(hs, connect, ticket).ticket.opened_by_agent is by_agent


def test_a_text_is_as_long_as_it_is_read_and_is_not_kept(hs, connect):
    ticket = hs.create()
    history = read(hs, connect, ticket)
    assert [message.length for message in history.messages] == [len("Hello & bye")]
    assert "Hello" not in str(pages(hs, connect()))


@pytest.mark.parametrize(
    ("kind", "source", "channel"),
    [
        ("email", "email", "email"),
        ("email", "emailfwd", "email"),
        ("email", "web", "email"),
        ("email", "beacon-v2", "web"),
        ("email", "channel", "social"),
        ("email", "heymarket", "messaging"),
        ("chat", "beacon-v2", "chat"),
        ("phone", "web", "phone"),
    ],
)
def test_the_channel_is_told_by_type_and_source(hs, connect, kind, source, channel):
    ticket = hs.create(kind=kind, source=source)
    assert read(hs, connect, ticket).ticket.channel == channel


def test_a_source_can_be_given_another_channel(hs, connect):
    ticket = hs.create(source="api")
    assert read(hs, connect, ticket, channels={"API": "web"}).ticket.channel == "web"


# --- What changed ----------------------------------------------------------------------------------------------------


def test_line_items_tell_when_the_status_changed_and_who_did_it(hs, connect):
    ticket = hs.create()
    hs.become(ticket, "pending", ALICE)
    hs.become(ticket, "closed", BOB)
    assert changes(read(hs, connect, ticket), Field.STATUS) == [
        (1, "open", "pending", str(ALICE)),
        (2, "pending", "solved", str(BOB)),
    ]


def test_a_reply_that_closes_and_a_question_that_reopens_tell_so_themselves(hs, engine, sync_all):
    ticket = hs.create()
    hs.reply(ticket, status="closed")
    solved_at = hs.now
    hs.ask(ticket)
    sync_all()
    assert facts(engine, ticket, "first_replied_at", "solves", "reopens", "is_solved") == (solved_at, 1, 1, 0)


def test_a_thread_without_a_change_of_status_changes_none(hs, connect):
    ticket = hs.create()
    hs.become(ticket, "closed")
    hs.note(ticket)
    assert len(changes(read(hs, connect, ticket), Field.STATUS)) == 1


def test_a_close_that_no_thread_tells_is_dated_by_the_record(hs, connect):
    ticket = hs.create()
    hs.tick(600)
    hs._become(hs.conversations[ticket], "closed", BOB)
    hs.tick(DAY)
    hs.note(ticket)
    assert changes(read(hs, connect, ticket), Field.STATUS) == [(10, "open", "solved", str(BOB))]


def test_a_conversation_that_began_closed_was_solved_then(hs, engine, sync_all):
    ticket = hs.create(by=ALICE, status="closed")
    began_at = hs.now
    sync_all()
    assert facts(engine, ticket, "last_solved_at", "solves") == (began_at, 1)


def test_line_items_tell_to_whom_it_was_assigned(hs, connect):
    ticket = hs.create()
    hs.assign(ticket, ALICE)
    hs.assign(ticket, BOB)
    hs.assign(ticket, None)
    history = read(hs, connect, ticket)
    assert changes(history, Field.AGENT) == [
        (1, None, str(ALICE), str(BOB)),
        (2, str(ALICE), str(BOB), str(BOB)),
        (3, str(BOB), None, str(BOB)),
    ]
    assert history.ticket.agent is None


def test_an_assignment_that_names_nobody_is_none(hs, connect):
    ticket = hs.create()
    hs.assign(ticket, ALICE)
    hs.assign(ticket, None)
    hs.threads[ticket][-1].pop("assignedTo")
    hs.conversations[ticket].pop("assignee")
    assert changes(read(hs, connect, ticket), Field.AGENT)[-1][1:3] == (str(ALICE), None)


@pytest.mark.parametrize("number", [ANYONE, 0])
def test_anyone_is_nobody(hs, connect, number):
    ticket = hs.create(assignee={"id": number, "type": "user", "first": "Anyone", "last": ""})
    assert read(hs, connect, ticket).ticket.agent is None


@pytest.mark.parametrize("kind", ["team", "user"])
def test_a_team_is_no_agent_also_where_its_type_is_not_told(hs, connect, kind):
    ticket = hs.create()
    hs.assign(ticket, TIER_TWO)
    hs.conversations[ticket]["assignee"]["type"] = kind
    assert read(hs, connect, ticket).ticket.agent is None


def test_an_inbox_is_a_team_and_moves_are_its_changes(hs, connect):
    ticket = hs.create()
    hs.move(ticket, BILLING)
    hs.move(ticket, SUPPORT)
    found = pages(hs, connect())
    history = told(found)[str(ticket)]
    assert changes(history, Field.TEAM) == [
        (1, str(SUPPORT), str(BILLING), str(BOB)),
        (2, str(BILLING), str(SUPPORT), str(BOB)),
    ]
    assert {team.name for page in found for team in page.teams} == {"Support", "Billing"}


@pytest.mark.parametrize("listed", [True, False])
def test_a_move_is_from_the_inbox_among_the_numbers_that_it_names(hs, connect, listed):
    ticket = hs.create()
    hs.move(ticket, BILLING)
    about = {"to": BILLING, "mailbox": SUPPORT, **({"user": BOB} if not listed else {"a": BOB})}
    hs.threads[ticket][-1]["action"]["associatedEntities"] = about if not listed else dict(reversed(about.items()))
    if not listed:
        hs.refused = {"mailboxes"}
    assert changes(read(hs, connect, ticket), Field.TEAM) == [(1, str(SUPPORT), str(BILLING), str(BOB))]


def test_a_move_that_names_no_inbox_is_from_an_unknown_one(hs, connect):
    ticket = hs.create()
    hs.move(ticket, BILLING)
    hs.threads[ticket][-1]["action"]["associatedEntities"] = {}
    assert changes(read(hs, connect, ticket), Field.TEAM) == [(1, None, str(BILLING), str(BOB))]


# --- Merged, deleted, spam -------------------------------------------------------------------------------------------


def test_a_merged_conversation_is_found_by_the_line_item_on_the_other(hs, engine, sync_all):
    kept, other = hs.create(), hs.create()
    sync_all()
    hs.merge(other, into=kept)
    sync_all()
    assert facts(engine, other, "left_out") == ("merged",)
    assert facts(engine, kept, "left_out") == (None,)


def test_a_merged_conversation_that_is_asked_for_has_moved(hs, connect):
    kept, other = hs.create(), hs.create()
    hs.merge(other, into=kept)
    assert connect().ticket(str(other)).tickets == (Moved(external_id=str(other), into=str(kept)),)
    first, *rest = connect().ticket(str(kept)).tickets
    assert (first.ticket.external_id, rest) == (str(kept), [Moved(external_id=str(other), into=str(kept))])


def test_a_number_in_a_merge_that_leads_nowhere_merges_nothing(hs, connect):
    kept, other = hs.create(), hs.create()
    hs._line(kept, "merged", BOB, {"user": other, "originalConversation": 99})
    found = told(pages(hs, connect()))
    assert {type(result) for result in found.values()} == {History}


def test_a_deleted_conversation_counts_no_more_until_it_is_restored(hs, engine, sync_all):
    ticket = hs.create()
    hs.become(ticket, "closed")
    sync_all()
    hs.delete(ticket)
    sync_all()
    assert facts(engine, ticket, "left_out") == ("deleted",)
    hs.restore(ticket)
    sync_all()
    assert facts(engine, ticket, "left_out", "solves", "reopens") == (None, 1, 0)


def test_a_conversation_deleted_for_good_is_gone(hs, connect):
    ticket = hs.create()
    hs.erased.add(ticket)
    assert connect().ticket(str(ticket)).tickets == (Gone(external_id=str(ticket)),)


def test_spam_is_left_out(hs, engine, sync_all):
    ticket = hs.create()
    hs.become(ticket, "spam")
    sync_all()
    assert facts(engine, ticket, "left_out") == ("spam",)


# --- Whom and what conversations name --------------------------------------------------------------------------------


def test_whom_conversations_name_comes_with_them(hs, connect):
    ticket = hs.create(EMIL)
    hs.reply(ticket, BOB)
    found = pages(hs, connect())
    assert {(one.external_id, one.name) for page in found for one in page.agents} == {(str(BOB), "Bob Lead")}
    assert {(one.external_id, one.name) for page in found for one in page.customers} == {(str(EMIL), "Emil O'Neil")}


def test_a_user_who_left_has_the_name_that_stands_in_the_conversation(hs, connect):
    ticket = hs.create()
    hs.reply(ticket, ALICE)
    del hs.users[ALICE]
    assert [one.name for page in pages(hs, connect()) for one in page.agents] == ["Alice Agent"]


def test_an_email_address_in_place_of_a_name_is_not_kept(hs, connect):
    hs.customers[DINA] = "dina@example.com"
    hs.create(DINA)
    found = pages(hs, connect())
    assert [one.name for page in found for one in page.customers] == [None]
    assert "@" not in str(found)


def test_a_conversation_has_its_tags_and_its_address(hs, connect):
    ticket = hs.create()
    hs.tag(ticket, "vip")
    kept = read(hs, connect, ticket).ticket
    assert kept.tags == ("vip",)
    assert kept.url.endswith(f"/conversation/{ticket}/1")


@pytest.mark.parametrize(
    "address", ["https://api.helpscout.net", "https://secure.helpscout.net/", "https://api.helpscout.net/v2"]
)
def test_people_and_programs_have_addresses_of_their_own(address):
    client = ApiClient(address, APP, SECRET)
    assert (client.http.url, client.web) == ("https://api.helpscout.net", "https://secure.helpscout.net")


# --- Ratings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "score"), [(GREAT, 3), (OKAY, 2), (NOT_GOOD, 1)])
def test_ratings_of_every_kind_are_read_for_the_user_whose_reply_was_rated(hs, connect, value, score):
    ticket = hs.create()
    hs.reply(ticket, BOB)
    hs.assign(ticket, ALICE)
    hs.rate(ticket, value)
    (one,) = apart(pages(hs, connect()))
    assert (one.ticket, one.event.score, one.event.highest, one.event.agent) == (str(ticket), score, 3, str(BOB))


def test_a_rating_of_unknown_kind_is_none(hs, connect):
    ticket = hs.create()
    hs.reply(ticket)
    hs.rate(ticket, 0)
    assert apart(pages(hs, connect())) == []


def test_ratings_are_read_to_their_last_page(hs, connect):
    hs.page_size = 3
    for _ in range(10):
        ticket = hs.create()
        hs.reply(ticket)
        hs.rate(ticket, GREAT)
    assert len(apart(pages(hs, connect()))) == 10


def test_a_rating_that_is_changed_later_replaces_the_first(hs, engine, sync_all):
    ticket = hs.create()
    thread = hs.reply(ticket)
    hs.rate(ticket, NOT_GOOD)
    sync_all()
    hs.tick(2 * DAY)
    hs.rate(ticket, GREAT, thread)
    hs.tick(2 * DAY)
    sync_all()
    with engine.connect() as connection:
        assert connection.execute(select(schema.ratings.c.score)).all() == [(3,)]


def test_a_first_sync_asks_for_ratings_since_there_is_help_scout_and_later_ones_for_the_last(hs, connect):
    first = pages(hs, connect())
    starts = [path.partition("start=")[2][:10] for path in hs.asked if "happiness" in path]
    assert starts[0] == "2011-01-01"
    hs.asked.clear()
    later = pages(hs, connect(), first[-1].cursor)
    assert [path.partition("start=")[2][:16] for path in hs.asked if "happiness" in path] == ["2026-10-19T08:00"]
    hs.tick(3600)
    hs.asked.clear()
    pages(hs, connect(), later[-1].cursor)
    assert [path.partition("start=")[2][:10] for path in hs.asked if "happiness" in path] == ["2026-10-05"]


def test_how_far_back_is_looked_is_a_fortnight():
    assert (streams.OVERLAP_S, streams.LOOK_BACK_S, streams.LOOK_BACK_EVERY_S) == (300, 14 * DAY, 3600)


# --- What check says -------------------------------------------------------------------------------------------------


def spoken(hs, url, **options):
    """Return what `kpi-bot check` says of the helpdesk, apart from its clock."""
    desk = hs_settings(url, **options)
    settings = replace(load_settings({}), helpdesks=(desk,))
    check = Check(settings, Text("en"), hs.now, connect=lambda given: HelpScout(given, QUICK, UNLIMITED))
    return [(found.state, found.sentence) for found in check._helpdesk(desk) if "clock" not in found.sentence]


@pytest.mark.parametrize("wrong", ["token", "app"])
def test_check_says_in_one_sentence_that_app_and_secret_are_not_accepted(hs, url, wrong):
    setattr(hs, wrong, "another")
    ((state, sentence),) = spoken(hs, url)
    assert state is State.BAD
    assert "app_id" in sentence
    assert APP in sentence
    assert SECRET not in sentence


def test_check_says_in_one_sentence_that_the_apps_user_is_not_active(hs, url):
    hs.active = False
    ((state, sentence),) = spoken(hs, url)
    assert state is State.BAD
    assert "active user" in sentence


@pytest.mark.parametrize("path", ["/elsewhere", "/conversations/12"])
def test_check_says_in_one_sentence_that_the_address_is_wrong(hs, url, path):
    ((state, sentence),) = spoken(hs, url + path)
    assert state is State.BAD
    assert "no helpdesk of this kind" in sentence


def test_check_says_that_a_user_sees_only_some_inboxes(hs, url):
    hs.role = "user"
    (_, (state, sentence)) = spoken(hs, url)
    assert state is State.NOTE
    assert "KPI Bot" in sentence
    assert "administrator" in sentence


@pytest.mark.parametrize(
    ("path", "warning"),
    [
        ("reports/happiness/ratings", "helpscout_no_ratings"),
        ("teams", "helpscout_no_teams"),
        ("users", "helpscout_no_users"),
        ("mailboxes", "helpscout_no_inboxes"),
    ],
)
@pytest.mark.parametrize("refusal", [403, 404])
def test_what_is_not_on_the_plan_is_a_warning_and_stops_nothing(hs, connect, path, warning, refusal):
    ticket = hs.create()
    hs.reply(ticket)
    hs.rate(ticket, GREAT)

    def refuse(request):
        return Response("{}", refusal, content_type="application/json") if request.path == f"/v2/{path}" else None

    hs.faults = [refuse] * 100
    assert connect().check().warnings == ((warning, {}),)
    found = pages(hs, connect())
    assert roles(told(found)[str(ticket)])[-1] == (Author.AGENT, True, False)
    assert found[-1].done


def test_a_good_app_gets_no_warning(connect):
    account = connect().check()
    assert (account.name, account.version, account.warnings) == ("KPI Bot", None, ())


# --- Options ---------------------------------------------------------------------------------------------------------


def test_without_an_app_the_option_is_named(url):
    desk = replace(hs_settings(url), options={})
    with pytest.raises(SettingsError) as caught:
        HelpScout(desk, QUICK)
    assert caught.value.values["setting"] == "helpdesks.hs.options.app_id"


def test_an_option_that_is_not_known_is_refused(url):
    with pytest.raises(SettingsError) as caught:
        HelpScout(hs_settings(url, appid="x"), QUICK)
    assert caught.value.values["suggestions"] == ["app_id"]


# --- The rate --------------------------------------------------------------------------------------------------------


def test_the_pause_that_help_scout_asks_for_is_waited_out(hs, connect):
    hs.create()
    hs.limit = 4
    assert len(told(pages(hs, connect()))) == 1


def test_the_budget_learns_what_the_plan_allows_from_its_headers(hs, url):
    hs.limit = 400
    budget = Budget(LIMIT, clock=lambda: 0.0, sleep=lambda _: None)
    ApiClient(url, APP, SECRET, patience=QUICK, budget=budget).me()
    assert budget._requests == 400


def test_two_accounts_at_the_same_address_have_budgets_of_their_own(url):
    one, same, other = (HelpScout(hs_settings(url, app_id=app)) for app in ("a", "a", "b"))
    assert one._client.http._budget is same._client.http._budget
    assert one._client.http._budget is not other._client.http._budget


def test_times_begin_when_the_conversation_does(hs, connect):
    ticket = hs.create()
    assert read(hs, connect, ticket).ticket.created_at == START + 60

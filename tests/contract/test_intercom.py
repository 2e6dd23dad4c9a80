"""What is particular to Intercom, over HTTP against the small one of this folder: a test for each pitfall."""

from pathlib import Path

import httpx2
import pytest
import yaml
from contract.desks import QUICK, UNLIMITED, ic_settings, serve
from contract.fake_intercom import (
    ALICE,
    BILLING,
    BOB,
    DAY,
    DINA,
    EMIL,
    LARGEST_PAGE,
    MOST_PARTS,
    START,
    SUPPORT,
    TOKEN,
    WORKSPACE,
    FakeIntercom,
)
from contract.test_connectors import told
from jsonschema import Draft4Validator
from sqlalchemy import select
from werkzeug import Response

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.checking import Check, State
from bot.helpdesks.budget import RateLimit
from bot.helpdesks.connector import Gone, Refused
from bot.helpdesks.intercom import LIMIT, Intercom
from bot.helpdesks.intercom.client import ApiClient
from bot.helpdesks.intercom.mapping import inbox_address
from bot.settings import load_settings
from bot.sync import sync
from bot.text import Text
from kpi import schema
from kpi.errors import HelpdeskError, SettingsError
from kpi.events import Author, Field, Status

SPECIFICATION = Path(__file__).parents[3] / "shared" / "helpdesks" / "specs" / "intercom" / "2.15.yaml"


@pytest.fixture
def ic():
    return FakeIntercom()


@pytest.fixture
def url(httpserver, ic):
    return serve(httpserver, ic)


@pytest.fixture
def connect(url):
    return lambda **options: Intercom(ic_settings(url, **options), QUICK, UNLIMITED)


@pytest.fixture
def settings(tmp_path, url):
    path = tmp_path / "settings.toml"
    path.write_text(
        f'[[helpdesks]]\nkey = "ic"\nkind = "intercom"\nurl = "{url}"\ntoken = "{TOKEN}"\n', encoding="utf-8"
    )
    return load_settings({"KPI_BOT_SETTINGS": str(path)})


@pytest.fixture
def sync_all(engine, ic, settings):
    """Return a function that syncs what happened."""

    def run(**options):
        ic.tick(120)
        connector = Intercom(settings.helpdesks[0], QUICK, UNLIMITED)
        return sync(engine, connector, settings, "ic", clock=lambda: ic.now, **options)

    return run


def pages(ic, connector, cursor=None):
    """Return the pages of a sync that begins well after the last thing happened."""
    ic.tick(60)
    return list(connector.pages(cursor))


def read(ic, connect, conversation, **options):
    return told(pages(ic, connect(**options)))[str(conversation)]


def of(history, field):
    return [(change.old, change.new) for change in history.changes if change.field is field]


def said(history):
    return [(message.author_kind, message.public) for message in history.messages]


# --- Asking ---


def test_every_request_asks_for_version_2_15(ic, connect):
    read(ic, connect, ic.create())
    connect().check()
    assert ic.versions == {"2.15"}


def test_a_search_asks_for_no_more_than_150_at_once_and_for_the_first_updates_first(ic, connect):
    ic.create()
    pages(ic, connect())
    assert {asked["pagination"]["per_page"] for asked in ic.searched} == {LARGEST_PAGE}
    assert all(asked["sort"] == {"field": "updated_at", "order": "ascending"} for asked in ic.searched)


def test_ten_thousand_requests_a_minute_are_counted_in_windows_of_ten_seconds():
    assert (LIMIT.requests * 6, LIMIT.window_s, LIMIT.total) == (9996, 10, "X-RateLimit-Limit")


def test_too_many_requests_without_retry_after_are_waited_out_until_the_reset(ic, connect, url):
    for _ in range(6):
        ic.create()
    whole = told(pages(ic, connect()))
    ic.requests = 4
    blind = RateLimit(requests=1_000_000, total="-", remaining="-")  # so that nothing but the reset makes it wait
    assert told(Intercom(ic_settings(url), QUICK, blind).pages(None)) == whole
    assert 1 <= ic.limited <= 3  # each wait lasts until requests are allowed again, so no try is in vain twice


@pytest.mark.parametrize("includes_itself", [True, False])
def test_the_instants_of_a_search_are_exact_whatever_greater_means(ic, connect, includes_itself):
    ic.includes_itself = includes_itself
    one = ic.create()
    first = pages(ic, connect())
    assert list(told(first)) == [str(one)]
    two = ic.create()
    ic.tick(60)
    assert set(told(connect().pages(first[-1].cursor))) == {str(two)}


def test_what_is_updated_while_pages_are_read_moves_the_others_and_none_is_lost(ic, connect):
    ic.page_size = 3
    numbers = [ic.create() for _ in range(12)]
    ic.tick(60)
    ic.while_searching = lambda: ic.ask(numbers[0])
    found = list(connect().pages(None))
    later = pages(ic, connect(), found[-1].cursor)
    assert {str(number) for number in numbers} <= set(told([*found, *later]))


@pytest.mark.parametrize("includes_itself", [True, False])
def test_a_second_that_may_not_be_over_is_left_to_the_next_run(ic, connect, includes_itself):
    ic.includes_itself = includes_itself
    one = ic.create()
    ic.tick(1)
    first = list(connect().pages(None))
    assert told(first) == {}
    assert set(told(pages(ic, connect(), first[-1].cursor))) == {str(one)}


def test_a_run_ends_at_the_second_in_which_it_began(ic, connect):
    ic.page_size = 2
    numbers = [ic.create() for _ in range(6)]
    ic.tick(60)
    began = ic.now
    ic.while_searching = lambda: ic.ask(numbers[-1])
    found = list(connect().pages(None))
    assert found[-1].seen_until < began
    ends = {one["value"] for asked in ic.searched for one in asked["query"]["value"] if one["operator"] == "<"}
    assert len(ends) == 1


@pytest.mark.parametrize("includes_itself", [True, False])
def test_more_updates_in_one_second_than_fill_a_page_are_all_read(ic, connect, includes_itself):
    ic.includes_itself = includes_itself
    ic.page_size = 3
    numbers = [ic.create() for _ in range(10)]
    for number in numbers[1:9]:
        ic.conversations[number]["updated_at"] = ic.now
    assert set(told(pages(ic, connect()))) == {str(number) for number in numbers}


def test_going_on_in_the_middle_of_a_second_loses_none_of_it(ic, connect):
    numbers = [ic.create() for _ in range(25)]
    for number in numbers:
        ic.conversations[number]["updated_at"] = ic.now
    ic.tick(60)
    begun = next(connect().pages(None))
    assert not begun.done
    rest = list(connect().pages(begun.cursor))
    assert set(told([begun, *rest])) == {str(number) for number in numbers}
    assert not set(told([begun])) & set(told(rest))


def test_a_change_that_a_search_finds_late_is_read(ic, connect):
    ic.create()
    late = ic.create()
    hidden = ic.conversations.pop(late)
    ic.create()
    first = pages(ic, connect())
    ic.conversations[late] = hidden
    assert set(told(connect().pages(first[-1].cursor))) == {str(late)}


def test_answers_out_of_order_stop_the_run_in_place_of_losing_some(ic, connect):
    ic.sorts = False
    ic.create()
    ic.create()
    ic.tick(60)
    with pytest.raises(HelpdeskError) as caught:
        list(connect().pages(None))
    assert caught.value.key == "intercom_unsorted"


def test_searches_have_no_parts_so_each_conversation_is_asked_for(ic, connect):
    one = ic.create()
    ic.reply(one)
    assert len(read(ic, connect, one).messages) == 2
    assert ic.asked.count(f"conversations/{one}") == 1


def test_a_conversation_deleted_meanwhile_is_gone(ic, connect):
    one = ic.create()
    ic.delete(one)
    assert read(ic, connect, one) == Gone(external_id=str(one))


def test_a_conversation_that_is_refused_stops_no_others(ic, connect):
    one, two = ic.create(), ic.create()
    ic.refused.add(one)
    found = told(pages(ic, connect()))
    assert found[str(one)] == Refused(external_id=str(one), reason="helpdesk_refused")
    assert found[str(two)].ticket.external_id == str(two)


def test_a_conversation_that_makes_no_sense_stops_no_others(ic, connect):
    one, two = ic.create(), ic.create()
    ic.reply(one)
    ic.conversations[one]["parts"][0]["created_at"] = "yesterday"
    found = told(pages(ic, connect()))
    assert found[str(one)] == Refused(external_id=str(one), reason="helpdesk_record_unreadable")
    assert len(found) == 2
    assert str(two) in found


def test_tickets_are_not_read_beside_the_conversations_that_hold_them(ic, connect):
    read(ic, connect, ic.create())
    assert not [path for path in ic.asked if path.startswith("tickets")]


def test_a_poll_when_nothing_happened_takes_two_requests(ic, connect):
    ic.create()
    cursor = pages(ic, connect())[-1].cursor
    ic.asked.clear()
    pages(ic, connect(), cursor)
    assert ic.asked == ["me", "conversations/search"]


# --- Who said what ---


@pytest.mark.parametrize("kind", ["user", "lead", "contact"])
def test_users_leads_and_contacts_are_customers(ic, connect, kind):
    one = ic.create(by=ic.customer(DINA, kind))
    ic.ask(one, kind=kind)
    assert said(read(ic, connect, one)) == [(Author.CUSTOMER, True)] * 2


def test_comments_are_public_and_notes_are_not(ic, connect):
    one = ic.create()
    ic.reply(one)
    ic.note(one)
    ic.part(one, "note_and_reopen", ic.admin(BOB), "Again")
    assert said(read(ic, connect, one)) == [
        (Author.CUSTOMER, True),
        (Author.AGENT, True),
        (Author.AGENT, False),
        (Author.AGENT, False),
    ]


def test_what_is_said_along_with_closing_or_assigning_is_a_message(ic, connect):
    one = ic.create()
    ic.assign(one, ALICE)
    ic.assign(one, BOB, body="Let me pass you over")
    ic.become(one, "close", body="Bye")
    history = read(ic, connect, one)
    assert said(history) == [(Author.CUSTOMER, True), (Author.AGENT, True), (Author.AGENT, True)]
    assert [message.length for message in history.messages] == [8, 20, 3]


def test_parts_that_only_tell_of_an_event_are_no_messages(ic, connect):
    one = ic.create()
    for kind in ("participant_added", "conversation_rating_remark_added", "conversation_attribute_updated_by_admin"):
        ic.part(one, kind, ic.admin(ALICE), "Great service")
    assert len(read(ic, connect, one).messages) == 1


@pytest.mark.parametrize(
    "author", [{}, {"type": "admin", "from_ai_agent": False}, {"type": "admin", "is_ai_answer": False}]
)
def test_answers_of_the_ai_agent_are_a_bots_whoever_signs_them(ic, connect, author):
    one = ic.create()
    ic.answer(one, **author)
    answer = read(ic, connect, one).messages[-1]
    assert (answer.author_kind, answer.automatic, answer.public) == (Author.BOT, True, True)


def test_the_ai_agents_answer_is_no_first_response(ic, engine, sync_all):
    one = ic.create()
    ic.answer(one)
    ic.tick(600)
    ic.reply(one)
    sync_all()
    turns = schema.turn_facts.c
    with engine.connect() as connection:
        (row,) = connection.execute(select(turns.started_at, turns.replied_at)).all()
    assert row.replied_at - row.started_at == 60 + 600 + 60


def test_an_admin_that_is_an_integration_can_be_named_a_bot(ic, connect):
    one = ic.create()
    ic.reply(one, BOB)
    assert said(read(ic, connect, one, bots=[BOB]))[-1] == (Author.BOT, True)


@pytest.mark.parametrize("delivered_as", ["automated", "campaigns_initiated", "operator_initiated"])
def test_what_was_delivered_by_itself_is_no_admins_message(ic, connect, delivered_as):
    one = ic.create(by=ic.admin(ALICE), delivered_as=delivered_as)
    history = read(ic, connect, one)
    assert said(history) == [(Author.BOT, True)]
    assert not history.ticket.opened_by_agent


def test_a_conversation_that_an_admin_began_is_opened_by_an_agent(ic, connect):
    history = read(ic, connect, ic.create(EMIL, by=ic.admin(ALICE), delivered_as="admin_initiated"))
    assert history.ticket.opened_by_agent
    assert history.ticket.customer == EMIL
    assert said(history) == [(Author.AGENT, True)]


def test_a_workflow_that_began_without_a_word_is_no_message(ic, connect):
    assert read(ic, connect, ic.create(by=ic.bot(), delivered_as="operator_initiated", body="")).messages == ()


def test_lengths_are_those_of_plain_text(ic, connect):
    assert read(ic, connect, ic.create()).messages[0].length == len("It broke")


def test_people_have_the_names_they_wrote_under_and_e_mail_addresses_are_not_kept(ic, connect):
    one = ic.create(EMIL)
    ic.create(DINA)
    ic.assign(one, ALICE)
    ic.assign(one, team=SUPPORT)
    found = pages(ic, connect())
    people = {person.external_id: person.name for page in found for person in (*page.customers, *page.agents)}
    assert people == {EMIL: None, DINA: "Dina Customer", ALICE: "Alice Agent"}
    assert {team.name for page in found for team in page.teams} == {"Support"}


# --- History ---


def test_closing_and_a_customers_reply_are_a_solve_and_a_reopen(ic, connect):
    one = ic.create()
    ic.become(one, "close")
    closed_at = ic.now
    ic.ask(one)
    history = read(ic, connect, one)
    assert of(history, Field.STATUS) == [("open", "solved"), ("solved", "open")]
    assert [change.at for change in history.changes] == [closed_at, closed_at + 60]
    assert [(change.actor, change.actor_kind) for change in history.changes] == [
        (ALICE, Author.AGENT),
        (DINA, Author.CUSTOMER),
    ]


def test_an_opening_that_no_part_tells_is_dated_by_the_next_part(ic, connect):
    one = ic.create()
    ic.become(one, "close")
    ic.touch(one, state="open")
    ic.note(one)
    seen_at = ic.now
    ic.note(one)
    *_, opened = read(ic, connect, one).changes
    assert (opened.old, opened.new, opened.at) == ("solved", "open", seen_at)


def test_parts_need_not_tell_the_state_there_was(ic, connect):
    ic.tells_states = False
    one = ic.create()
    ic.become(one, "close")
    ic.ask(one)
    ic.reply(one)
    ic.become(one, "snoozed")
    statuses = [("open", "solved"), ("solved", "open"), ("open", "pending")]
    assert of(read(ic, connect, one), Field.STATUS) == statuses


@pytest.mark.parametrize("ends", ["unsnoozed", "timer_unsnooze", "note_and_unsnooze", "open"])
def test_snoozed_is_pending_until_it_ends(ic, connect, ends):
    one = ic.create()
    ic.become(one, "snoozed")
    ic.become(one, ends, ic.bot())
    assert of(read(ic, connect, one), Field.STATUS) == [("open", "pending"), ("pending", "open")]


@pytest.mark.parametrize("word", ["hold", "open"])
def test_what_snoozed_means_can_be_set(ic, connect, word):
    one = ic.create()
    ic.become(one, "snoozed")
    assert read(ic, connect, one, snoozed=word).ticket.status is Status(word)


def test_an_option_that_is_not_accepted_is_named(connect):
    with pytest.raises(SettingsError) as caught:
        connect(snoozed="solved")
    assert "snoozed" in str(caught.value.values)


@pytest.mark.parametrize("kind", ["assign_and_reopen", "assign_and_unsnooze"])
def test_one_part_can_assign_and_open(ic, connect, kind):
    one = ic.create()
    ic.become(one, "snoozed")
    ic.assign(one, BOB, kind=kind)
    history = read(ic, connect, one)
    assert of(history, Field.STATUS)[-1] == ("pending", "open")
    assert of(history, Field.AGENT) == [(None, BOB)]


@pytest.mark.parametrize("kind", ["assignment", "away_mode_assignment", "default_assignment", "workflow_assignment"])
def test_assignments_of_every_kind_tell_admin_and_team(ic, connect, kind):
    one = ic.create()
    ic.assign(one, team=SUPPORT, kind=kind)
    ic.assign(one, ALICE, kind=kind)
    ic.assign(one, team=BILLING, kind=kind)
    ic.assign(one, kind=kind)
    history = read(ic, connect, one)
    assert of(history, Field.TEAM) == [(None, SUPPORT), (SUPPORT, BILLING)]
    assert of(history, Field.AGENT) == [(None, ALICE), (ALICE, None)]


def test_an_admin_who_is_gone_without_a_part_went_with_the_last_assignment(ic, connect):
    one = ic.create()
    ic.assign(one, ALICE)
    ic.assign(one, team=BILLING)
    moved_at = ic.now
    ic.ask(one)
    ic.touch(one, admin=None)
    *_, last = (change for change in read(ic, connect, one).changes if change.field is Field.AGENT)
    assert (last.old, last.new, last.at) == (ALICE, None, moved_at)


def test_a_conversation_that_began_assigned_was_so_from_its_beginning(ic, connect):
    one = ic.create(by=ic.admin(ALICE), delivered_as="admin_initiated")
    ic.touch(one, admin=ALICE)
    (change,) = read(ic, connect, one).changes
    assert (change.field, change.new, change.at) == (Field.AGENT, ALICE, START + 60)


@pytest.mark.parametrize("kind", ["priority_changed", "priority_changed_by_rule"])
def test_each_change_of_priority_is_from_one_of_two_to_the_other(ic, connect, kind):
    one = ic.create()
    ic.prioritise(one, kind)
    ic.prioritise(one, kind)
    ic.prioritise(one, kind)
    history = read(ic, connect, one)
    assert of(history, Field.PRIORITY) == [("normal", "high"), ("high", "normal"), ("normal", "high")]
    assert history.ticket.priority == "high"


def test_of_a_long_conversation_the_first_reply_is_told_by_its_statistics(ic, connect):
    one = ic.create()
    ic.assign(one, ALICE)
    ic.reply(one)
    replied_at = ic.now
    for _ in range(MOST_PARTS):
        ic.ask(one)
    history = read(ic, connect, one)
    assert len(history.messages) == 1 + 1 + MOST_PARTS
    reply = history.messages[1]
    assert (reply.at, reply.author, reply.author_kind) == (replied_at, None, Author.AGENT)
    (change,) = (change for change in history.changes if change.field is Field.AGENT)
    assert (change.new, change.at) == (ALICE, replied_at - 60)


def test_of_a_long_conversation_with_the_ai_agent_the_first_reply_stays_unknown(ic, connect):
    one = ic.create()
    ic.answer(one)
    ic.reply(one)
    for _ in range(MOST_PARTS):
        ic.ask(one)
    assert Author.AGENT not in {kind for kind, _ in said(read(ic, connect, one))}


def test_of_a_conversation_that_is_whole_statistics_tell_nothing_more(ic, connect):
    one = ic.create()
    ic.reply(one)
    for _ in range(MOST_PARTS - 1):
        ic.ask(one)
    messages = read(ic, connect, one).messages
    assert len(messages) == 1 + MOST_PARTS
    assert all(message.external_id != "first_admin_reply" for message in messages)


def test_what_was_read_before_a_conversation_grew_long_goes_on_with_what_is_given(ic, engine, sync_all):
    one = ic.create()
    ic.assign(one, ALICE)
    ic.become(one, "close")
    sync_all()
    ic.ask(one)
    reopened_at = ic.now
    ic.assign(one)
    for _ in range(MOST_PARTS - 2):
        ic.ask(one)
    sync_all()
    facts, changes = schema.ticket_facts.c, schema.ticket_changes.c
    with engine.connect() as connection:
        (row,) = connection.execute(select(facts.reopens, facts.is_solved)).all()
        moved = connection.execute(select(changes.at, changes.field, changes.new).order_by(changes.at)).all()
        kept = len(connection.execute(select(schema.messages.c.external_id)).all())
    assert (row.reopens, row.is_solved) == (1, 0)
    assert (reopened_at, "status", "open") in [tuple(one) for one in moved]
    assert (reopened_at + 60, "agent", None) in [tuple(one) for one in moved]
    assert kept == 1 + 1 + MOST_PARTS - 2


def test_check_says_how_many_conversations_have_lost_their_beginning(ic, connect):
    one = ic.create()
    for _ in range(MOST_PARTS + 2):
        ic.ask(one)
    assert dict(connect().check().warnings) == {"intercom_long_conversations": {"count": 1, "parts": MOST_PARTS}}


# --- What else a conversation has ---


def test_a_rating_is_an_answer_from_one_to_five_when_it_was_given(ic, connect):
    one = ic.create()
    ic.request_rating(one)
    asked_at = ic.conversations[one]["rating"]["created_at"]
    ic.rate(one, 4)
    answered_at = ic.conversations[one]["rating"]["updated_at"]
    (rating,) = read(ic, connect, one).ratings
    assert (rating.score, rating.lowest, rating.highest) == (4, 1, 5)
    assert (rating.sent_at, rating.at) == (asked_at, answered_at)
    assert (rating.customer, rating.agent) == (DINA, ALICE)


def test_a_rating_that_was_only_asked_for_has_no_score(ic, connect):
    one = ic.create()
    ic.request_rating(one, admin=None)
    (rating,) = read(ic, connect, one).ratings
    assert (rating.score, rating.at, rating.agent) == (None, rating.sent_at, None)


def test_an_sla_tells_its_name_and_neither_target_nor_time(ic, connect):
    one = ic.create()
    ic.touch(one, sla={"type": "conversation_sla_summary", "sla_name": "VIP", "sla_status": "missed"})
    assert read(ic, connect, one).ticket.level == "VIP"


@pytest.mark.parametrize(
    ("source", "channel"),
    [
        ("conversation", "chat"),
        ("email", "email"),
        ("whatsapp", "messaging"),
        ("phone_call", "phone"),
        ("instagram", "social"),
        ("carrier_pigeon", "carrier_pigeon"),
    ],
)
def test_source_types_are_channels(ic, connect, source, channel):
    assert read(ic, connect, ic.create(type=source)).ticket.channel == channel


def test_tags_subject_and_channel_of_ones_own(ic, connect):
    one = ic.create(type="sms", subject="Bill")
    ic.touch(one, tags=["refund"])
    ticket = read(ic, connect, one, channels={"sms": "phone"}).ticket
    assert (ticket.tags, ticket.subject, ticket.channel) == (("refund",), "Bill", "phone")


@pytest.mark.parametrize(
    ("api", "inbox"),
    [
        ("https://api.intercom.io", "https://app.intercom.com"),
        ("https://api.eu.intercom.io", "https://app.eu.intercom.com"),
        ("https://api.au.intercom.io", "https://app.au.intercom.com"),
    ],
)
def test_the_link_is_that_of_the_inbox_in_the_region(api, inbox):
    assert inbox_address(api, WORKSPACE) == f"{inbox}/a/inbox/{WORKSPACE}/inbox/conversation"


def test_a_conversation_links_to_itself(ic, connect):
    one = ic.create()
    assert read(ic, connect, one).ticket.url.endswith(f"/a/inbox/{WORKSPACE}/inbox/conversation/{one}")


def test_a_conversation_read_twice_is_stored_once_and_later_parts_are_added(ic, engine, sync_all):
    one = ic.create()
    ic.reply(one)
    sync_all()
    ic.tick(DAY)
    ic.become(one, "close")
    sync_all()
    facts = schema.ticket_facts.c
    with engine.connect() as connection:
        assert len(connection.execute(select(schema.messages.c.external_id)).all()) == 2
        (row,) = connection.execute(select(facts.first_solved_at, facts.created_at)).all()
    assert row.first_solved_at - row.created_at > DAY


# --- kpi-bot check ---


def spoken(settings, ic):
    """Return what `kpi-bot check` says of the helpdesk."""
    check = Check(settings, Text("en"), ic.now, connect=lambda one: Intercom(one, QUICK, UNLIMITED))
    return [(found.state, found.sentence) for found in check._helpdesk(settings.helpdesks[0])]


def test_check_says_in_one_sentence_that_the_token_is_wrong(ic, settings):
    ic.token = "another"
    ((state, sentence),) = spoken(settings, ic)
    assert state is State.BAD
    assert "token" in sentence
    assert TOKEN not in sentence


@pytest.mark.parametrize("how", ["forbidden", "missing"])
def test_check_says_in_one_sentence_that_the_token_may_not_read_conversations(ic, settings, how):
    getattr(ic, how).add("conversations/search")
    ((state, sentence),) = spoken(settings, ic)
    assert state is State.BAD
    assert "Acme" in sentence
    assert "permission to read conversations" in sentence


@pytest.mark.parametrize(
    "answer",
    [
        Response("<!DOCTYPE html><title>Intercom</title>", content_type="text/html"),
        Response('{"type": "error.list", "errors": [{"code": "not_found"}]}', 404, content_type="application/json"),
        Response('{"type": "admin", "id": "1"}', content_type="application/json"),
        Response("null", content_type="application/json"),
    ],
)
def test_check_says_in_one_sentence_that_the_address_is_wrong(ic, settings, answer):
    ic.faults = [lambda _: answer]
    ((state, sentence),) = spoken(settings, ic)
    assert state is State.BAD
    assert "no helpdesk of this kind" in sentence


@pytest.mark.parametrize("how", ["forbidden", "missing"])
@pytest.mark.parametrize(("path", "key"), [("admins", "intercom_no_admins"), ("teams", "intercom_no_teams")])
def test_lists_that_are_not_to_be_had_are_a_warning_and_all_else_is_read(ic, connect, how, path, key):
    getattr(ic, how).add(path)
    one = ic.create()
    ic.assign(one, team=SUPPORT)
    ic.reply(one, BOB)
    assert connect().check().warnings == ((key, {}),)
    assert len(read(ic, connect, one).messages) == 2


def test_all_is_well_without_a_warning(ic, settings, connect):
    ic.create()
    assert connect().check().warnings == ()
    assert [state for state, _ in spoken(settings, ic) if state is State.BAD] == []


# --- The stand-in is as the specification says ---


@pytest.fixture(scope="module")
def specification():
    if not SPECIFICATION.exists():
        pytest.skip("needs Intercom's own specification beside the checkout")
    return nullable(yaml.load(SPECIFICATION.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def nullable(shape):
    """Return a specification in which what may be blank also is to JSON Schema, which doesn't know that word."""
    if isinstance(shape, list):
        return [nullable(one) for one in shape]
    if not isinstance(shape, dict):
        return shape
    found = {name: nullable(value) for name, value in shape.items() if name not in {"example", "examples"}}
    return {"anyOf": [found, {"enum": [None]}]} if shape.get("nullable") is True else found


def eventful(ic):
    one = ic.create(subject="Bill")
    ic.answer(one)
    ic.assign(one, team=SUPPORT)
    ic.assign(one, ALICE)
    ic.reply(one)
    ic.become(one, "snoozed")
    ic.touch(one, sla={"type": "conversation_sla_summary", "sla_name": "VIP", "sla_status": "hit"}, tags=["refund"])
    ic.become(one, "close", body="Bye")
    ic.request_rating(one)
    ic.rate(one, 5)
    return one


def without_blanks(said):
    """Return an answer without its nulls: that a field may be blank is written of few of those that are."""
    if isinstance(said, dict):
        return {name: without_blanks(value) for name, value in said.items() if value is not None}
    return [without_blanks(value) for value in said] if isinstance(said, list) else said


def complaints(specification, shape, content):
    validator = Draft4Validator({**shape, "components": specification["components"]})
    return [error.json_path + ": " + error.message[:200] for error in validator.iter_errors(content)]


def answered(specification, path, method="get", status="200"):
    content = specification["paths"][path][method]["responses"][status]["content"]
    return content["application/json"]["schema"]


@pytest.fixture
def client(url, ic):
    with ApiClient(url, TOKEN).http as http:
        yield http


@pytest.mark.parametrize("path", ["/me", "/admins", "/teams", "/conversations/{conversation_id}"])
def test_the_stand_ins_answers_are_as_intercoms_own_specification_has_them(ic, client, specification, path):
    one = eventful(ic)
    answer = without_blanks(client.get(path.strip("/").replace("{conversation_id}", str(one))))
    assert complaints(specification, answered(specification, path), answer) == []


def test_what_is_searched_and_found_is_as_intercoms_own_specification_has_it(ic, connect, client, specification):
    eventful(ic)
    ic.create()
    pages(ic, connect())
    connect().check()
    asked = specification["components"]["schemas"]["search_request"]
    assert [complaints(specification, asked, body) for body in ic.searched] == [[]] * len(ic.searched)
    ic.page_size = 1
    found = without_blanks(client.search("conversations/search", ic.searched[0]))
    assert found["pages"]["next"]["starting_after"]
    assert complaints(specification, answered(specification, "/conversations/search", "post"), found) == []


def test_what_is_searched_by_can_be_searched_by(ic, connect, specification):
    ic.create()
    pages(ic, connect())
    connect().check()
    described = specification["paths"]["/conversations/search"]["post"]["description"]
    fields = {one["field"] for asked in ic.searched for one in asked["query"]["value"]}
    assert fields == {"updated_at", "statistics.count_conversation_parts"}
    assert {field for field in fields if f"| {field} " not in described} == set()


def test_refusals_are_as_intercoms_own_specification_has_them(ic, url, specification):
    ic.token = "another"
    answer = httpx2.get(f"{url}/admins").json()
    assert complaints(specification, answered(specification, "/admins", status="401"), without_blanks(answer)) == []

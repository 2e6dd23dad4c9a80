"""What is particular to Zendesk, over HTTP against the small one of this folder: a test for each pitfall."""

import json
from pathlib import Path

import pytest
import yaml
from contract.desks import QUICK, UNLIMITED, serve, zd_settings
from contract.fake_zendesk import (
    ALICE,
    BILLING,
    BOB,
    DAY,
    DINA,
    EMAIL,
    EMIL,
    KEY,
    ROBOT,
    START,
    SUPPORT,
    FakeZendesk,
    via,
)
from contract.test_connectors import told
from jsonschema import Draft4Validator
from sqlalchemy import select
from werkzeug import Response

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.checking import Check, State
from bot.helpdesks.budget import RateLimit
from bot.helpdesks.connector import Gone, Refused
from bot.helpdesks.zendesk import Zendesk
from bot.settings import load_settings
from bot.sync import sync
from bot.text import Text
from kpi import schema
from kpi.errors import HelpdeskError, SettingsError
from kpi.events import Author, Field, History, Status

VENDOR = Path(__file__).parents[3] / "shared" / "helpdesks"
SPECIFICATION = VENDOR / "specs" / "zendesk" / "oas.yaml"
SAMPLES = VENDOR / "samples" / "zendesk_real_shapes"


@pytest.fixture
def zd():
    return FakeZendesk()


@pytest.fixture
def url(httpserver, zd):
    return serve(httpserver, zd)


@pytest.fixture
def connect(url):
    return lambda **options: Zendesk(zd_settings(url, **options), QUICK, UNLIMITED, UNLIMITED)


@pytest.fixture
def settings(tmp_path, url):
    path = tmp_path / "settings.toml"
    path.write_text(
        f'[[helpdesks]]\nkey = "zd"\nkind = "zendesk"\nurl = "{url}"\ntoken = "{KEY}"\n'
        f'[helpdesks.options]\nemail = "{EMAIL}"\n',
        encoding="utf-8",
    )
    return load_settings({"KPI_BOT_SETTINGS": str(path)})


@pytest.fixture
def sync_all(engine, zd, settings):
    """Return a function that syncs what happened."""

    def run(**options):
        zd.tick(120)
        connector = Zendesk(settings.helpdesks[0], QUICK, UNLIMITED, UNLIMITED)
        return sync(engine, connector, settings, "zd", clock=lambda: zd.now, **options)

    return run


def pages(zd, connector, cursor=None):
    """Return the pages of a sync that begins well after the last thing happened."""
    zd.tick(1200)
    return list(connector.pages(cursor))


def read(zd, connect, ticket, **options):
    return told(pages(zd, connect(**options)))[str(ticket)]


def soon(zd, connect, cursor):
    """Return what a sync tells that begins two minutes after the last thing happened."""
    zd.tick(120)
    return list(connect().pages(cursor))


def apart(found):
    return [one for page in found for one in page.apart]


def asked(zd, part):
    return [path for path in zd.asked if part in path]


def of(history, field):
    return [(change.old, change.new) for change in history.changes if change.field is field]


def roles(history):
    return [(said.author_kind, said.public, said.automatic) for said in history.messages]


# --- Pitfall 1: the last minute ------------------------------------------------------------------------------------


def test_an_empty_zendesk_gives_a_last_page(zd, connect):
    last = pages(zd, connect())[-1]
    assert (last.done, last.tickets) == (True, ())


def test_what_happened_within_the_last_minute_is_told_by_the_next_sync(zd, connect):
    old = zd.create()
    zd.tick(61)
    new = zd.create()
    first = list(connect().pages(None))
    assert set(told(first)) == {str(old)}
    assert first[-1].seen_until == pytest.approx(zd.now - 60, abs=2)
    assert set(told(soon(zd, connect, first[-1].cursor))) == {str(new)}


def test_no_export_is_asked_to_begin_within_the_last_minute(zd, connect):
    zd.create()
    last = pages(zd, connect())[-1]
    zd.tick(3 * DAY)
    zd.create()
    assert soon(zd, connect, last.cursor)[-1].done  # the small one would refuse


# --- Pitfall 2: generated_timestamp, not updated_at ----------------------------------------------------------------


def test_a_change_that_does_not_move_updated_at_is_read(zd, connect):
    ticket = zd.create()
    zd.set(ticket, status="solved")
    last = pages(zd, connect())[-1]
    before = zd.tickets[ticket]["updated_at"]
    zd.system(ticket, tags=["vip"])
    assert zd.tickets[ticket]["updated_at"] == before
    assert told(soon(zd, connect, last.cursor))[str(ticket)].ticket.tags == ("vip",)


def test_the_cursor_of_every_page_is_kept_and_gone_on_from(zd, connect):
    zd.page_size = 3
    tickets = [str(zd.create()) for _ in range(10)]
    found = pages(zd, connect())
    cursors = [page.cursor["tickets"]["after"] for page in found if page.tickets]
    assert len(set(cursors)) == 4
    zd.asked.clear()
    middle = next(page for page in found if page.tickets)
    rest = told(connect().pages(json.loads(json.dumps(middle.cursor))))
    assert [name for name in tickets if name not in rest] == tickets[:3]
    assert cursors[0] in asked(zd, "incremental/tickets/cursor")[0]


def test_what_is_included_is_asked_for_with_every_cursor(zd, connect):
    zd.page_size = 2
    for _ in range(7):
        zd.create()
    pages(zd, connect())
    exports = asked(zd, "incremental/tickets/cursor")
    assert len(exports) == 4
    assert all("include=users" in path and "support_type_scope=agent" in path for path in exports)


# --- Pitfall 3: a ticket several times -----------------------------------------------------------------------------


def test_of_a_ticket_that_comes_twice_the_last_one_holds(zd, connect):
    ticket, other = zd.create(), zd.create()
    stale = dict(zd.tickets[ticket])
    zd.set(ticket, tags=["vip"])
    zd.tickets[10**9] = stale  # the export holds it twice
    found = pages(zd, connect())
    named = [h.ticket.external_id for page in found for h in page.tickets]
    assert sorted(named) == [str(ticket), str(other)]
    assert told(found)[str(ticket)].ticket.tags == ("vip",)


def test_a_ticket_that_changes_while_it_is_exported_is_told_again_and_whole(zd, connect):
    zd.page_size = 2
    tickets = [zd.create(group_id=None) for _ in range(5)]
    zd.reply(tickets[0])
    zd.tick(DAY)
    # What it does then would by itself lead to what the ticket is.
    zd.while_exporting = lambda: (zd.reply(tickets[1], status="open"), zd.tick(1200))
    found = list(connect().pages(None))
    assert len([1 for page in found for h in page.tickets if h.ticket.external_id == str(tickets[1])]) == 2
    assert len(told(found)[str(tickets[1])].messages) == 2


# --- Pitfall 5: deleted tickets, via that is no object -------------------------------------------------------------


def test_a_deleted_ticket_is_told_and_its_updates_are_not_asked_for(zd, connect):
    ticket = zd.create()
    last = pages(zd, connect())[-1]
    zd.delete(ticket)
    zd.asked.clear()
    history = told(soon(zd, connect, last.cursor))[str(ticket)]
    assert history.ticket.status is Status.DELETED
    assert not asked(zd, "audits")


def test_a_deleted_ticket_is_deleted_at_its_moment_and_counts_again_when_restored(zd, engine, sync_all):
    ticket = zd.create()
    zd.reply(ticket, status="open")
    sync_all()
    zd.delete(ticket)
    deleted_at = zd.now
    sync_all()
    rows, tickets = schema.ticket_changes.c, schema.tickets.c
    query = select(rows.at).join(schema.tickets, tickets.id == rows.ticket_id).where(rows.new == "deleted")
    with engine.connect() as connection:
        assert connection.scalars(query).all() == [deleted_at]
    zd.set(ticket, status="open")
    sync_all()
    with engine.connect() as connection:
        assert connection.scalar(select(tickets.status)) == "open"


def test_a_ticket_asked_for_that_is_deleted_is_gone(zd, connect):
    ticket = zd.create()
    zd.delete(ticket)
    assert connect().ticket(str(ticket)).tickets == (Gone(external_id=str(ticket)),)


def test_a_ticket_that_is_deleted_while_it_is_read_is_gone(zd, connect):
    ticket = zd.create()
    last = pages(zd, connect())[-1]
    zd.reply(ticket)
    zd.while_exporting = lambda: zd.delete(ticket)
    assert told(soon(zd, connect, last.cursor)) == {str(ticket): Gone(external_id=str(ticket))}


@pytest.mark.parametrize("odd", [None, 8, 99, "Rule", [], {"channel": None}, {"channel": 8}, {"source": "?"}])
def test_via_may_be_anything(zd, connect, odd):
    ticket = zd.create(channel="email")
    zd.tickets[ticket]["via"] = odd
    history = read(zd, connect, ticket)
    assert history.ticket.channel in {None, "rule"}


# --- Pitfall 6: pages that come for ever ---------------------------------------------------------------------------


def test_the_export_of_events_ends_at_its_end_though_it_names_a_next_page(zd, connect):
    zd.create()
    pages(zd, connect())
    assert len(asked(zd, "ticket_events")) == 1


def test_a_second_that_fills_a_page_of_events_is_not_waited_for_for_ever(zd, connect):
    zd.page_size = 5
    tickets = [zd.create() for _ in range(4)]
    zd.tick()
    for _ in range(3):
        for ticket in tickets:
            zd.update(
                ticket, ALICE, comment={"author_id": ALICE, "body": "x", "public": True, "rel": None, "kind": "Comment"}
            )
    found = told(pages(zd, connect()))
    assert {name: len(history.messages) for name, history in found.items()} == dict.fromkeys(map(str, tickets), 4)
    assert len(asked(zd, "ticket_events")) < 5


def test_an_export_that_gives_the_same_cursor_again_ends(zd, connect):
    zd.create()
    zd.tick(1200)
    same = json.dumps({"tickets": [], "users": [], "after_cursor": "MQ==", "end_of_stream": False})
    zd.faults = [
        lambda request: Response(same, content_type="application/json") if "tickets/cursor" in request.path else None
    ] * 50
    assert list(connect().pages(None))[-1].done
    assert len(asked(zd, "tickets/cursor")) == 2


def test_calls_end_with_an_empty_page_though_it_names_a_next_one(zd, connect):
    zd.call(zd.create())
    pages(zd, connect())
    assert len(asked(zd, "calls")) == 2


# --- Pitfall 7: archived tickets -----------------------------------------------------------------------------------


def test_an_archived_ticket_is_read_though_its_updates_have_no_pages(zd, connect):
    zd.list_size = 2
    ticket = zd.create()
    for _ in range(7):
        zd.reply(ticket)
    zd.archived.add(ticket)
    assert len(connect().ticket(str(ticket)).tickets[0].messages) == 8


def test_a_ticket_without_a_subject_or_text_is_read(zd, connect):
    ticket = zd.create()
    zd.tickets[ticket] |= {"subject": None, "description": "", "requester_id": None}
    history = read(zd, connect, ticket)
    assert (history.ticket.subject, history.ticket.customer) == (None, None)


# --- Pitfall 8: merges and follow-ups ------------------------------------------------------------------------------


def test_a_merged_ticket_names_the_one_it_went_into(zd, connect):
    target, source = zd.create(), zd.create()
    zd.merge(source, target)
    found = told(pages(zd, connect()))
    merged = found[str(source)]
    assert (merged.ticket.status, merged.ticket.merged_into) == (Status.MERGED, str(target))
    assert of(merged, Field.STATUS) == [("new", "merged")]
    assert found[str(target)].ticket.status is Status.NEW


def test_the_notes_of_a_merge_are_no_replies(zd, connect):
    target, source = zd.create(), zd.create()
    zd.merge(source, target)
    found = told(pages(zd, connect()))
    assert roles(found[str(target)])[-1] == (Author.AGENT, True, True)
    assert roles(found[str(source)])[-1] == (Author.AGENT, False, True)


def test_a_follow_up_is_a_ticket_of_its_own(zd, connect):
    closed = zd.create()
    zd.set(closed, status="closed")
    follow = zd.create(via_followup_source_id=closed)
    zd.tickets[follow]["via"] = via("email", "follow_up")
    found = told(pages(zd, connect()))
    assert (found[str(closed)].ticket.status, found[str(follow)].ticket.status) == (Status.CLOSED, Status.NEW)
    assert found[str(follow)].ticket.merged_into is None


# --- Pitfalls 11, 12, 13: words and numbers ------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["new", "open", "pending", "hold", "solved", "closed"])
def test_a_status_is_the_category_of_a_custom_one(zd, connect, status):
    ticket = zd.create()
    zd.set(ticket, status=status, custom_status_id=987_654_321)
    assert read(zd, connect, ticket).ticket.status.value == status


def test_priority_and_type_may_be_unset(zd, connect):
    history = read(zd, connect, zd.create())
    assert (history.ticket.priority, history.ticket.type) == (None, None)
    assert history.changes == ()


def test_an_answer_that_was_only_offered_is_none(zd, connect):
    ticket = zd.create()
    zd.rate(ticket, "offered")
    assert apart(pages(zd, connect())) == []


def test_numbers_beyond_32_bits_are_kept(zd, engine, sync_all):
    zd.reply(zd.create(number=9_515_133_612_047))
    sync_all()
    with engine.connect() as connection:
        assert connection.scalar(select(schema.tickets.c.external_id)) == "9515133612047"
        assert set(connection.scalars(select(schema.messages.c.author))) == {str(DINA), str(ALICE)}


# --- Pitfall 15: AI agents' tickets --------------------------------------------------------------------------------


def test_tickets_of_ai_agents_are_asked_for_when_the_option_says_so(zd, connect):
    zd.create()
    pages(zd, connect(ai_agent_tickets=True))
    exports = [path for path in asked(zd, "incremental") if "voice" not in path]
    assert len(exports) == 2
    assert all("support_type_scope=all" in path for path in exports)


# --- Pitfall 16: two shapes of an update ---------------------------------------------------------------------------


def eventful(zd):
    """Let all happen to a ticket that its history tells, and return it."""
    ticket = zd.create(type="question", priority="low")
    zd.reply(ticket, status="open", assignee_id=ALICE, then={"priority": "high"})
    zd.note(ticket)
    zd.set(ticket, group_id=BILLING, assignee_id=BOB)
    zd.trigger(ticket, status="hold")
    zd.set(ticket, BOB, type="incident", assignee_id=None)
    zd.reply(ticket, BOB, status="solved", assignee_id=BOB, then={"status": "pending"})
    zd.ask(ticket)
    return ticket


def test_both_shapes_of_an_update_tell_the_same(zd, connect):
    ticket = str(eventful(zd))
    exported = told(pages(zd, connect()))[ticket]
    assert not asked(zd, "audits")
    assert connect().ticket(ticket).tickets == (exported,)
    assert asked(zd, "audits")
    assert of(exported, Field.STATUS) == [
        ("new", "open"), ("open", "hold"), ("hold", "solved"), ("solved", "pending"), ("pending", "open"),
    ]  # fmt: skip
    assert of(exported, Field.AGENT) == [(None, str(ALICE)), (str(ALICE), str(BOB)), (str(BOB), None), (None, str(BOB))]
    assert of(exported, Field.TEAM) == [(str(SUPPORT), str(BILLING))]
    assert of(exported, Field.PRIORITY) == [("low", "high")]
    assert of(exported, Field.TYPE) == [("question", "incident")]


def test_who_changed_something_is_the_updates_author_unless_a_rule_did(zd, connect):
    history = read(zd, connect, eventful(zd))
    made = {(change.new, change.actor, change.actor_kind) for change in history.changes}
    assert {
        ("open", str(ALICE), Author.AGENT),
        ("open", str(DINA), Author.CUSTOMER),
        ("high", None, Author.SYSTEM),
        ("hold", None, Author.SYSTEM),
        ("pending", None, Author.SYSTEM),
    } <= made


def test_a_row_that_can_not_be_read_makes_one_request_more(zd, connect, monkeypatch):
    ticket, other = eventful(zd), zd.create()
    whole = told(pages(zd, connect()))
    event = zd._event
    spoilt = lambda one, **how: event(one, **how) | ({"child_events": "?"} if one["ticket"] == ticket else {})  # noqa: E731
    monkeypatch.setattr(zd, "_event", spoilt)
    zd.asked.clear()
    assert told(connect().pages(None)) == whole
    assert len(asked(zd, "audits")) == 1
    assert str(other) in whole


@pytest.mark.parametrize("missing", ["status", "group_id", "assignee_id", "priority", "type"])
def test_a_change_that_the_export_does_not_tell_is_looked_for_in_the_audits(zd, connect, monkeypatch, missing):
    ticket = eventful(zd)
    whole = told(pages(zd, connect()))
    event = zd._event

    def without(one, **how):
        row = event(one, **how)
        children = [child for child in row["child_events"] if missing not in child or child["event_type"] != "Change"]
        return row | {"child_events": children}

    monkeypatch.setattr(zd, "_event", without)
    zd.asked.clear()
    assert told(connect().pages(None)) == whole
    assert asked(zd, f"tickets/{ticket}/audits")


def test_unknown_events_change_nothing(zd, connect, monkeypatch):
    ticket = eventful(zd)
    whole = told(pages(zd, connect()))
    event = zd._event
    odd = [
        {"id": 1, "event_type": "Sparkle"},
        {"id": 2, "event_type": "Change", "brand_id": "7", "previous_value": None},
        {"id": 3},
    ]

    def with_odd_ones(one, **how):
        row = event(one, **how)
        return row | {"child_events": [*odd, *row["child_events"]]}

    monkeypatch.setattr(zd, "_event", with_odd_ones)
    assert told(connect().pages(None)) == whole
    assert not asked(zd, f"tickets/{ticket}/audits")


# --- How many requests ---------------------------------------------------------------------------------------------


def test_a_first_sync_costs_a_request_for_a_thousand_tickets_and_one_for_a_thousand_updates(zd, connect):
    for _ in range(60):
        zd.reply(zd.create(), status="solved")
    zd.page_size = 30
    found = told(pages(zd, connect()))
    assert len(found) == 60
    assert all(len(history.messages) == 2 for history in found.values())
    assert len(asked(zd, "tickets/cursor")) == 2
    assert len(asked(zd, "ticket_events")) <= 6
    assert not asked(zd, "audits")


def test_a_poll_when_nothing_happened_costs_few_requests_and_one_export(zd, connect):
    zd.create()
    last = pages(zd, connect())[-1]
    zd.asked.clear()
    soon(zd, connect, last.cursor)
    assert len(asked(zd, "incremental/ticket")) == 1
    assert len(zd.asked) <= 8


def test_a_poll_reads_the_audits_of_what_changed(zd, connect):
    tickets = [zd.create() for _ in range(5)]
    last = pages(zd, connect())[-1]
    zd.reply(tickets[2])
    zd.asked.clear()
    assert set(told(soon(zd, connect, last.cursor))) == {str(tickets[2])}
    assert len(asked(zd, "audits")) == 1
    assert not asked(zd, "ticket_events")


def test_after_days_only_tickets_from_before_cost_a_request_each(zd, connect):
    old = [zd.create(group_id=None) for _ in range(3)]
    last = pages(zd, connect())[-1]
    zd.tick(3 * DAY)
    new = [zd.create() for _ in range(6)]
    zd.reply(old[0], status="open")
    zd.asked.clear()
    found = told(pages(zd, connect(), last.cursor))
    assert set(found) == {str(name) for name in (old[0], *new)}
    assert len(asked(zd, "audits")) == 1
    assert len(found[str(old[0])].messages) == 2


def test_the_export_of_events_is_not_asked_for_tickets_from_before_it(zd, connect):
    ticket = zd.create()
    last = pages(zd, connect())[-1]
    zd.tick(3 * DAY)
    zd.reply(ticket)
    zd.asked.clear()
    pages(zd, connect(), last.cursor)
    assert not asked(zd, "ticket_events")


def test_lists_are_read_to_their_last_page(zd, connect):
    zd.list_size = 2
    zd.agents |= {number: f"Agent {number}" for number in range(1, 6)}
    ticket = zd.create()
    for agent in (1, 2, 3, 4, 5):
        zd.reply(ticket, agent)
        zd.rate(zd.create(), "good")
    zd.tick(1200)
    assert len(apart(connect().pages(None))) == 5
    said = roles(connect().ticket(str(ticket)).tickets[0])
    assert said == [(Author.CUSTOMER, True, False), *[(Author.AGENT, True, False)] * 5]


def test_an_export_of_events_that_lags_behind_loses_no_update(zd, connect):
    ticket = zd.create()
    zd.tick(DAY)
    zd.reply(ticket)
    zd.late_s = 300
    zd.tick(120)
    assert len(told(connect().pages(None))[str(ticket)].messages) == 2


def test_a_first_sync_that_is_cut_and_gone_on_with_tells_every_ticket_whole(zd, connect):
    zd.page_size = 3
    tickets = [zd.create() for _ in range(9)]
    for ticket in reversed(tickets):
        zd.reply(ticket)
    whole = told(pages(zd, connect()))
    assert all(len(history.messages) == 2 for history in whole.values())
    for cut in pages(zd, connect()):
        assert told(connect().pages(cut.cursor)).items() <= whole.items()


# --- Limits --------------------------------------------------------------------------------------------------------


def test_ten_exports_a_minute_are_kept_to_whatever_else_is_allowed(zd, url):
    zd.page_size = 2
    for _ in range(24):
        zd.create()
    zd.tick(1200)
    zd.exports, zd.window_s = 20, 1.0  # a minute takes a second, and twenty are allowed in it
    connector = Zendesk(
        zd_settings(url), QUICK, UNLIMITED, RateLimit(requests=20, window_s=1, total="", remaining="", used="")
    )
    assert len(told(connector.pages(None))) == 24
    assert len(asked(zd, "incremental")) > 20
    assert zd.refused == 0


def test_a_refusal_for_asking_too_much_is_waited_out(zd, connect):
    ticket = zd.create()
    zd.tick(1200)
    zd.faults = [lambda _: Response("{}", 429, headers={"Retry-After": "0"})] * 2
    assert str(ticket) in told(connect().pages(None))


def test_an_export_that_takes_too_long_is_asked_for_fewer(zd, connect):
    zd.most_at_once = 300
    tickets = {str(zd.create()) for _ in range(3)}
    assert set(told(pages(zd, connect()))) == tickets
    sizes = [path.split("per_page=")[1].split("&")[0] for path in asked(zd, "tickets/cursor")]
    assert list(dict.fromkeys(sizes)) == ["1000", "500", "250"]


def test_an_export_that_always_takes_too_long_is_said(zd, connect):
    zd.most_at_once = 1
    zd.tick(1200)
    with pytest.raises(HelpdeskError) as caught:
        list(connect().pages(None))
    assert caught.value.values["status"] == 504


@pytest.mark.parametrize("status", [500, 502, 503])
def test_errors_that_pass_are_waited_out(zd, connect, status):
    ticket = zd.create()
    zd.tick(1200)
    zd.faults = [lambda _: Response("{}", status, content_type="application/json")] * 2
    assert str(ticket) in told(connect().pages(None))


# --- Who wrote -----------------------------------------------------------------------------------------------------


def test_who_wrote_is_told_by_who_is_an_agent(zd, connect):
    ticket = zd.create()
    zd.reply(ticket)
    zd.note(ticket)
    zd.reply(ticket, EMIL)
    assert roles(read(zd, connect, ticket)) == [
        (Author.CUSTOMER, True, False),
        (Author.AGENT, True, False),
        (Author.AGENT, False, False),
        (Author.CUSTOMER, True, False),
    ]


def test_an_agent_who_asked_speaks_as_a_customer(zd, connect):
    ticket = zd.create(BOB)
    zd.ask(ticket)
    assert {role for role, _, _ in roles(read(zd, connect, ticket))} == {Author.CUSTOMER}


@pytest.mark.parametrize("trace", ["assigned", "note"])
def test_a_reply_stays_an_agents_when_the_agent_has_left(zd, connect, trace):
    ticket = zd.create()
    zd.set(ticket, BOB, assignee_id=BOB) if trace == "assigned" else zd.note(ticket, BOB)
    zd.reply(ticket, BOB)
    del zd.agents[BOB]
    assert roles(read(zd, connect, ticket))[-1] == (Author.AGENT, True, False)


def test_an_agent_who_left_no_trace_can_be_named(zd, connect):
    ticket = zd.create()
    zd.reply(ticket, BOB)
    del zd.agents[BOB]
    assert roles(read(zd, connect, ticket, agents=[str(BOB)]))[-1] == (Author.AGENT, True, False)


def test_what_a_rule_or_an_integration_writes_is_no_reply(zd, connect):
    ticket = zd.create()
    zd.reply(ticket, -1, channel="rule")
    zd.reply(ticket, ROBOT, channel="api")
    found = roles(read(zd, connect, ticket, bots=[str(ROBOT)]))
    assert found[1:] == [(Author.SYSTEM, True, True), (Author.BOT, True, True)]


def test_a_ticket_that_an_agent_opens_for_a_customer_is_the_agents(zd, connect):
    ticket, own = zd.create(by=ALICE), zd.create()
    found = told(pages(zd, connect()))
    assert found[str(ticket)].ticket.opened_by_agent
    assert not found[str(own)].ticket.opened_by_agent
    assert roles(found[str(ticket)]) == [(Author.AGENT, True, False)]


def test_an_outgoing_call_is_a_ticket_that_an_agent_opened(zd, connect):
    ticket = zd.create()
    zd.tickets[ticket]["via"] = via("voice", "outbound")
    history = read(zd, connect, ticket)
    assert (history.ticket.opened_by_agent, history.ticket.channel) == (True, "phone")


def test_a_chat_is_told_message_by_message_and_its_transcript_is_no_reply(zd, connect):
    ticket = zd.create(channel="chat")
    began = zd.now
    zd.chat(ticket, ("end-user", None), ("agent", BOB), ("system", None), ("end-user", None))
    history = read(zd, connect, ticket)
    chatted = [(said.at - began, said.author, said.author_kind, said.automatic) for said in history.messages[1:]]
    assert chatted[:-1] == [
        (20, str(DINA), Author.CUSTOMER, False),
        (40, str(BOB), Author.AGENT, False),
        (60, None, Author.SYSTEM, True),
        (80, str(DINA), Author.CUSTOMER, False),
    ]
    assert chatted[-1][1:] == (str(ALICE), Author.AGENT, True)
    assert len({said.external_id for said in history.messages}) == 6


def test_the_first_response_in_a_chat_is_its_first_message_by_an_agent(zd, engine, sync_all):
    ticket = zd.create(channel="native_messaging")
    zd.chat(ticket, ("end-user", None), ("agent", BOB))
    sync_all()
    with engine.connect() as connection:
        turn = connection.execute(select(schema.turn_facts)).first()
    assert turn.replied_at - turn.started_at == 40


@pytest.mark.parametrize(
    ("channel", "common"),
    [("email", "email"), ("web", "web"), ("whatsapp", "messaging"), ("voice", "phone"), ("twitter", "social"),
     ("api", "api"), ("chat", "chat"), ("something_new", "something_new")],
)  # fmt: skip
def test_channels_have_common_names(zd, connect, channel, common):
    assert read(zd, connect, zd.create(channel=channel)).ticket.channel == common


def test_a_channel_can_be_named(zd, connect):
    ticket = zd.create(channel="something_new")
    assert read(zd, connect, ticket, channels={"Something_New": "chat"}).ticket.channel == "chat"


def test_no_text_of_a_message_leaves_the_connector(zd, connect):
    ticket = zd.create()
    zd.reply(ticket, text="Keep this to yourself")
    found = pages(zd, connect())
    assert "Keep this" not in repr(found)
    assert told(found)[str(ticket)].messages[-1].length == len("Keep this to yourself")


def test_whom_tickets_name_comes_with_them(zd, connect):
    ticket = zd.create()
    zd.reply(ticket, assignee_id=ALICE)
    zd.create(EMIL)
    named = pages(zd, connect())
    people = {one.external_id: one.name for page in named for one in (*page.agents, *page.customers)}
    assert people == {str(ALICE): "Alice Agent", str(DINA): "Dina Customer", str(EMIL): None}  # an address is no name
    assert {team.name for page in named for team in page.teams} == {"Support"}


def test_zendesk_closing_a_ticket_by_itself_is_its_end(zd, connect):
    ticket = zd.create()
    zd.reply(ticket, status="solved")
    zd.system(ticket, status="closed")
    history = read(zd, connect, ticket)
    assert of(history, Field.STATUS) == [("new", "solved"), ("solved", "closed")]
    assert not asked(zd, "audits")


# --- Answers to surveys, and calls ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("score", "value"), [("good", 1), ("bad", 0)])
def test_a_rating_is_good_or_bad(zd, connect, score, value):
    ticket = zd.create(assignee_id=ALICE)
    zd.rate(ticket, score)
    (found,) = apart(pages(zd, connect()))
    assert (found.ticket, found.event.agent) == (str(ticket), str(ALICE))
    assert (found.event.score, found.event.lowest, found.event.highest) == (value, 0, 1)


@pytest.mark.parametrize(("category", "value"), [("good", 1), ("neutral", 0.5), ("bad", 0)])
def test_an_answer_to_the_newer_survey_is_as_good_as_its_category(zd, connect, category, value):
    ticket = zd.create()
    zd.not_on_plan.add("satisfaction_ratings")
    zd.survey(ticket, category)
    (found,) = apart(pages(zd, connect()))
    assert (found.ticket, found.event.score, found.event.customer) == (str(ticket), value, str(DINA))


def test_a_skipped_question_is_no_answer(zd, connect):
    zd.survey(zd.create(), None)
    assert apart(pages(zd, connect())) == []


def test_a_rating_that_is_changed_later_is_read_again(zd, engine, sync_all):
    ticket = zd.create()
    zd.rate(ticket, "bad")
    sync_all()
    zd.tick(3 * DAY)
    zd.rate(ticket, "good")
    sync_all()
    with engine.connect() as connection:
        assert connection.scalars(select(schema.ratings.c.score)).all() == [1]


def test_answers_are_read_from_the_last_ones_on_and_a_fortnight_back_each_hour(zd, connect):
    zd.create()
    last = pages(zd, connect())[-1]
    zd.asked.clear()
    last = soon(zd, connect, last.cursor)[-1]
    zd.tick(7200)
    list(connect().pages(last.cursor))
    near, far = (int(path.split("start_time=")[1].split("&")[0]) for path in asked(zd, "satisfaction_ratings"))
    assert near > START
    assert far < START - 13 * DAY


def test_a_call_is_a_contact_with_its_wait_and_talk(zd, engine, sync_all):
    ticket = zd.create()
    zd.call(ticket, wait=20, talk=300)
    sync_all()
    with engine.connect() as connection:
        call = connection.execute(select(schema.contacts)).one()
        owner = connection.scalar(select(schema.tickets.c.id))
    assert (call.ticket_id, call.channel, call.direction, call.agent) == (owner, "phone", "in", str(ALICE))
    assert (call.answered_at - call.queued_at, call.ended_at - call.queued_at) == (20, 320)
    assert (call.talk_s, call.hold_s, call.wrap_up_s, call.abandoned) == (300, 5, 30, 0)


def test_a_caller_who_hung_up_without_a_ticket_is_an_abandoned_contact(zd, engine, sync_all):
    zd.create()
    zd.call(None, "abandoned_in_queue", wait=90, talk=0)
    sync_all()
    with engine.connect() as connection:
        call = connection.execute(select(schema.contacts)).one()
    assert (call.ticket_id, call.abandoned, call.answered_at) == (None, 1, None)


def test_calls_are_read_from_the_last_ones_on(zd, connect):
    zd.call(None)
    last = pages(zd, connect())[-1]
    second = zd.call(None)
    found = {one.event.external_id for one in apart(soon(zd, connect, last.cursor))}
    assert str(second) in found


# --- Tokens, plans and addresses -----------------------------------------------------------------------------------


def test_a_good_token_gets_no_warning(zd, connect):
    account = connect().check()
    assert (account.name, account.version, account.warnings) == ("KPI Bot", None, ())


def test_without_an_email_the_token_is_an_oauth_one(zd, connect):
    assert connect(email=None).check().name == "KPI Bot"


@pytest.mark.parametrize(
    ("paths", "warnings"),
    [
        ({"satisfaction_ratings"}, []),  # the newer survey is there
        ({"satisfaction_ratings", "guide/survey_responses"}, ["zendesk_no_ratings"]),
        ({"channels/voice/stats/incremental/calls"}, ["zendesk_no_calls"]),
        ({"groups", "brands"}, []),
    ],
)
def test_what_is_not_on_the_plan_is_a_warning_and_stops_nothing(zd, connect, paths, warnings):
    ticket = zd.create()
    zd.reply(ticket)
    zd.not_on_plan |= paths
    assert [key for key, _ in connect().check().warnings] == warnings
    found = pages(zd, connect())
    assert len(told(found)[str(ticket)].messages) == 2
    assert found[-1].done


def spoken(settings, zd):
    """Return what `kpi-bot check` says of the helpdesk."""
    check = Check(settings, Text("en"), zd.now, connect=lambda one: Zendesk(one, QUICK, UNLIMITED, UNLIMITED))
    return [(found.state, found.sentence) for found in check._helpdesk(settings.helpdesks[0])]


def test_check_says_in_one_sentence_that_the_token_is_wrong(zd, settings):
    zd.token = "another"
    ((state, sentence),) = spoken(settings, zd)
    assert state is State.BAD
    assert "token" in sentence
    assert KEY not in sentence


def test_check_says_in_one_sentence_that_nobody_is_known_by_the_token(zd, settings):
    anonymous = json.dumps({"user": {"id": None, "name": "Anonymous user", "role": "end-user"}})
    zd.faults = [lambda _: Response(anonymous, content_type="application/json")]
    ((state, sentence),) = spoken(settings, zd)
    assert (state, "token" in sentence) == (State.BAD, True)


def test_check_says_in_one_sentence_that_the_token_is_no_administrators(zd, settings, connect):
    zd.role = "agent"
    ((state, sentence),) = spoken(settings, zd)
    assert state is State.BAD
    assert "KPI Bot" in sentence
    assert "administrator" in sentence
    with pytest.raises(HelpdeskError) as caught:
        list(connect().pages(None))
    assert caught.value.key == "zendesk_not_admin"


def test_check_says_in_one_sentence_that_the_exports_are_refused(zd, settings):
    zd.not_on_plan.add("incremental/tickets/cursor")
    ((state, sentence),) = spoken(settings, zd)
    assert (state, "exports" in sentence) == (State.BAD, True)


@pytest.mark.parametrize(
    "answer",
    [
        Response('{"error": {"title": "No help desk at acm.zendesk.com"}}', 404, content_type="application/json"),
        Response("<!DOCTYPE html><title>Oops</title>", 404, content_type="text/html"),
        Response('{"user": null}', content_type="application/json"),
        Response("[]", content_type="application/json"),
    ],
)
def test_check_says_in_one_sentence_that_the_subdomain_is_wrong(zd, settings, answer):
    zd.faults = [lambda _: answer]
    ((state, sentence),) = spoken(settings, zd)
    assert state is State.BAD
    assert "no helpdesk of this kind" in sentence


@pytest.mark.parametrize("suffix", ["", "/", "/api/v2", "/api/v2/", "/agent"])
def test_any_way_of_writing_the_address_works(zd, url, suffix):
    assert Zendesk(zd_settings(url + suffix), QUICK, UNLIMITED, UNLIMITED).check().name == "KPI Bot"


def test_an_option_that_is_not_known_is_refused(url):
    with pytest.raises(SettingsError) as caught:
        Zendesk(zd_settings(url, rate_shar=0.5), QUICK)
    assert caught.value.values["suggestions"] == ["rate_share"]


# --- What can't be read --------------------------------------------------------------------------------------------


def test_a_record_that_makes_no_sense_is_refused_alone(zd, connect):
    odd, other = zd.create(), zd.create()
    zd.tickets[odd]["created_at"] = "?"
    found = told(pages(zd, connect()))
    assert found[str(odd)] == Refused(external_id=str(odd), reason="helpdesk_record_unreadable")
    assert isinstance(found[str(other)], History)


def test_a_ticket_that_this_user_may_not_read_is_refused_alone(zd, connect):
    closed, other = zd.create(), zd.create()
    last = pages(zd, connect())[-1]
    zd.closed.add(closed)
    zd.reply(closed)
    zd.reply(other)
    found = told(soon(zd, connect, last.cursor))
    assert found[str(closed)] == Refused(external_id=str(closed), reason="helpdesk_refused")
    assert isinstance(found[str(other)], History)


# --- The small one is like the real one -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def specification():
    if not SPECIFICATION.exists():
        pytest.skip("needs Zendesk's own specification beside the checkout")
    return yaml.load(SPECIFICATION.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def without_blanks(said):
    """Return an answer without its nulls: that a field may be blank is written of few of those that are."""
    if isinstance(said, dict):
        return {name: without_blanks(value) for name, value in said.items() if value is not None}
    return [without_blanks(value) for value in said] if isinstance(said, list) else said


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("users/me", {}),
        ("users", {}),
        ("groups", {}),
        ("brands", {}),
        ("incremental/tickets/cursor", {"start_time": 0}),
        ("incremental/ticket_events", {"start_time": 0}),
        ("tickets/{ticket_id}", {}),
        ("tickets/{ticket_id}/audits", {}),
        ("satisfaction_ratings", {}),
    ],
)
def test_the_small_zendesk_answers_as_the_specification_says(zd, url, specification, path, query):
    ticket = eventful(zd)
    zd.rate(ticket, "good")
    zd.tick(1200)
    operation = specification["paths"][f"/api/v2/{path}"]["get"]
    schema_of = operation["responses"]["200"]["content"]["application/json"]["schema"]
    client = Zendesk(zd_settings(url), QUICK, UNLIMITED, UNLIMITED)._client.http
    answer = without_blanks(client.get(path.format(ticket_id=ticket), query))
    validator = Draft4Validator({**schema_of, "components": specification["components"]})
    assert [error.json_path + ": " + error.message[:200] for error in validator.iter_errors(answer)] == []
    assert set(answer) & set(resolved(specification, schema_of)["properties"])


def test_the_small_zendesks_metric_events_are_as_the_specification_says(zd, specification):
    zd.slas = dict.fromkeys(("reply_time", "requester_wait_time", "agent_work_time"), (60, False))
    ticket = eventful(zd)
    rows = [row for rows in zd._clocks(ticket)["metric_events"].values() for row in rows]
    said = ("Base", "Breach", "SLA", "UpdateStatus")
    shapes = [resolved(specification, {"$ref": f"/TicketMetricEvent{kind}Object"})["properties"] for kind in said]
    properties = dict(item for shape in shapes for item in shape.items())
    assert {name for row in rows for name in row} == set(properties)
    validator = Draft4Validator({"properties": properties})
    assert [error.message for row in rows for error in validator.iter_errors(row)] == []


def resolved(specification, shape):
    """Return the shape that a reference leads to; of several together, their properties."""
    if "$ref" in shape:
        *_, name = shape["$ref"].split("/")
        return resolved(specification, specification["components"]["schemas"][name])
    parts = [resolved(specification, part) for part in shape.get("allOf", ())]
    properties = {name: value for part in parts for name, value in part.get("properties", {}).items()}
    return shape | {"properties": properties | shape.get("properties", {})}


def test_parameters_that_are_asked_with_are_in_the_specification(zd, connect, specification):
    zd.rate(eventful(zd), "good")
    last = pages(zd, connect())[-1]
    zd.reply(1)
    soon(zd, connect, last.cursor)
    said = specification["components"]["parameters"]
    listed = {
        "/api/v2/incremental/tickets/cursor": {"include"},
        "/api/v2/incremental/ticket_events": {"include"},
    }
    for request in zd.asked:
        path, _, query = request.partition("?")
        if path not in listed:
            continue
        place = specification["paths"][path]
        known = [*place.get("parameters", ()), *place["get"].get("parameters", ())]
        names = {(said[one["$ref"].split("/")[-1]] if "$ref" in one else one)["name"] for one in known}
        # Written of in words alone: sideloads, and which agents' tickets.
        assert {part.split("=")[0] for part in query.split("&")} <= names | listed[path] | {
            "per_page",
            "support_type_scope",
        }


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs the samples beside the checkout")
def test_real_records_are_read(zd, connect):
    rows = json.loads((SAMPLES / "incremental_tickets_cursor_page.json").read_text(encoding="utf-8"))["tickets"]
    comment = json.loads((SAMPLES / "ticket_event_child_comment.json").read_text(encoding="utf-8"))
    zd.tickets = {row["id"]: row for row in rows}
    zd.now = max(row["generated_timestamp"] for row in rows) + DAY
    zd._event = lambda one, **_: one
    zd.updates = [
        {
            "id": comment["audit_id"],
            "ticket_id": 146,
            "at": zd.now - DAY,
            "created_at": comment["created_at"],
            "updater_id": comment["author_id"],
            "via": "Web form",
            "child_events": [{"event_type": "Create", "status": "open", "priority": "low", "id": 1}, comment],
        }
    ]
    zd._of_ticket = lambda *_: zd._json({"audits": [], "count": 0})
    zd.agents[comment["author_id"]] = "An Agent"
    found = told(pages(zd, connect()))
    tickets = {name: history.ticket for name, history in found.items()}
    assert {name: (one.status.value, one.channel, one.priority) for name, one in tickets.items()} == {
        "1": ("closed", "web", "normal"),
        "145": ("new", "phone", "low"),
        "146": ("open", "web", "low"),
    }
    assert tickets["146"].opened_by_agent
    (said,) = found["146"].messages
    assert (said.author_kind, said.public, said.channel, said.length) == (
        Author.AGENT,
        True,
        "web",
        len("test message"),
    )


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs the samples beside the checkout")
def test_the_small_zendesk_has_every_field_of_a_real_ticket(zd):
    real = json.loads((SAMPLES / "incremental_tickets_cursor_page.json").read_text(encoding="utf-8"))["tickets"]
    ticket = zd.tickets[zd.create()]
    rare = {"forum_topic_id", "problem_id", "ticket_form_id"}
    assert {name for row in real for name in row} - rare <= ticket.keys()
    kinds = {name: {type(row[name]) for row in real if row[name] is not None} for name in real[0]}
    wrong = {
        name
        for name, value in ticket.items()
        if value is not None and kinds.get(name) and type(value) not in kinds[name]
    }
    assert wrong == set()

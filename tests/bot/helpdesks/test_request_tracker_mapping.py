"""What Request Tracker's records mean, one ticket at a time, without a helpdesk."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from cast import at
from hypothesis import given
from hypothesis import strategies as st

from bot.helpdesks.request_tracker.history import read_history
from bot.helpdesks.request_tracker.mail import automatic, parse_headers
from bot.helpdesks.request_tracker.mapping import Mapper, User, instant
from bot.helpdesks.request_tracker.options import Options
from bot.text import Text
from kpi.errors import SettingsError
from kpi.events import Author, Field, Status

USERS = {
    "RT_System": ("1", False),
    "Nobody": ("6", False),
    "alice": ("31", True),
    "bob": ("33", True),
    "formbot": ("35", True),
    "dina@example.com": ("51", False),
}
FIELDS = {"2": "Channel", "3": "CSAT", "4": "Category"}


@dataclass
class FakeDirectory:
    """Knows the cast, three custom fields, and that `done` ends a ticket."""

    users: dict = field(default_factory=lambda: dict(USERS))

    def user(self, identifier):
        login = next(name for name, (number, _) in self.users.items() if identifier in {name, number})
        number, privileged = self.users[login]
        return User(number=number, login=login, name=None, privileged=privileged)

    def custom_field(self, number):
        return FIELDS.get(number)

    def scale(self, number):
        return 5.0 if number == "3" else None

    def ends(self, status):
        return {"done": True, "waiting": False}.get(status)


DINA = "dina@example.com"


class Log:
    """Transactions in the order they happened, a minute apart."""

    def __init__(self):
        self.rows = []
        self.headers = {}

    def add(self, kind, by="alice", headers=None, **values):
        number = str(len(self.rows) + 1)
        created = f"2026-11-02T09:{len(self.rows):02d}:00Z"
        row = {"Field": "", "OldValue": "", "NewValue": "", "TimeTaken": "0"} | values
        self.rows.append({"id": number, "Type": kind, "Creator": {"id": by}, "Created": created, **row})
        if headers is not None:
            self.headers[number] = headers
        return self

    def created(self, by="dina@example.com", headers="X-RT-Interface: Email"):
        return self.add("Create", by, headers)

    def set(self, name, old, new, kind="Set", by="alice"):
        return self.add(kind, by, Field=name, OldValue=old, NewValue=new)


def history(log, *, options=None, **record):
    fields = record.pop("fields", {})
    ticket = {
        "id": 7,
        "Status": "new",
        "Queue": {"id": "3"},
        "Owner": {"id": "Nobody"},
        "Creator": {"id": "dina@example.com"},
        "Requestor": [{"id": "dina@example.com"}],
        "Created": "2026-11-02T09:00:00Z",
        "LastUpdated": "2026-11-02T09:00:00Z",
        "Priority": "0",
        "SLA": None,
        "Subject": "x",
        "CustomFields": [
            {"id": number, "name": name, "values": [fields[name]] if name in fields else []}
            for number, name in FIELDS.items()
        ],
    } | record
    mapper = Mapper(
        helpdesk="rt", web="https://rt.example.org", options=options or Options(), directory=FakeDirectory()
    )
    return read_history(mapper, ticket, log.rows, log.headers)


def walk(found, wanted):
    return [(change.old, change.new) for change in found.changes if change.field is wanted]


# --- The ticket ---


def test_a_ticket_is_read_with_its_address_for_people():
    ticket = history(Log().created()).ticket
    assert (ticket.external_id, ticket.created_at, ticket.status) == ("7", at("2026-11-02 09:00"), Status.NEW)
    assert (ticket.team, ticket.agent, ticket.customer) == ("3", None, "51")
    assert ticket.url == "https://rt.example.org/Ticket/Display.html?id=7"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("new", Status.NEW),
        ("open", Status.OPEN),
        ("stalled", Status.PENDING),
        ("resolved", Status.SOLVED),
        ("rejected", Status.CLOSED),
        ("deleted", Status.DELETED),
        ("done", Status.SOLVED),
        ("waiting", Status.OPEN),
        ("never heard of", Status.OPEN),
    ],
)
def test_every_status_means_one_of_ours(said, meant):
    assert history(Log().created(), Status=said).ticket.status is meant


@pytest.mark.parametrize(
    ("number", "word"),
    [("-3", "low"), ("0", "low"), ("49", "low"), ("50", "normal"), ("80", "normal"), ("100", "high")],
)
def test_a_priority_is_the_word_it_has_reached(number, word):
    assert history(Log().created(), Priority=number).ticket.priority == word


def test_priorities_can_have_other_words():
    options = Options.read({"priorities": {"routine": 0, "urgent": 75}}, "rt")
    assert history(Log().created(), options=options, Priority="80").ticket.priority == "urgent"


def test_a_priority_that_keeps_its_word_is_no_change():
    found = history(Log().created().set("Priority", "0", "20").set("Priority", "20", "60"), Priority="60")
    assert walk(found, Field.PRIORITY) == [("low", "normal")]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Email", "email"),
        ("E-Mail", "email"),
        ("Courriel", "email"),
        ("Téléphone", "phone"),
        ("Chat", "chat"),
        ("Fax", "fax"),
    ],
)
def test_a_channel_has_one_common_name(said, meant):
    assert history(Log().created(), fields={"Channel": said}).ticket.channel == meant


def test_a_channel_can_be_renamed():
    options = Options.read({"channels": {"Hotline Nord": "phone"}}, "rt")
    assert history(Log().created(), options=options, fields={"Channel": "Hotline Nord"}).ticket.channel == "phone"


@pytest.mark.parametrize(
    ("by", "interface", "channel"),
    [
        ("dina@example.com", "Email", "email"),
        ("dina@example.com", "Web", "web"),
        ("dina@example.com", "REST", None),
        ("alice", "Email", "email"),
        ("alice", "Web", None),
    ],
)
def test_without_the_field_the_channel_is_the_way_the_opening_message_came(by, interface, channel):
    found = history(Log().created(by, f"X-RT-Interface: {interface}"), Creator={"id": by})
    assert found.ticket.channel == channel


# --- Who ---


def test_an_agent_who_writes_for_a_customer_opened_the_ticket():
    found = history(Log().created("alice"), Creator={"id": "alice"})
    assert found.ticket.opened_by_agent
    assert found.ticket.customer == "51"
    assert found.messages[0].author_kind is Author.AGENT


def test_a_reply_by_the_requester_is_a_customers_even_when_privileged():
    log = Log().created("alice").add("Correspond", "alice").add("Correspond", "bob")
    found = history(log, Creator={"id": "alice"}, Requestor=[{"id": "alice"}])
    assert not found.ticket.opened_by_agent
    assert [(m.author, m.author_kind) for m in found.messages] == [
        ("31", Author.CUSTOMER),
        ("31", Author.CUSTOMER),
        ("bob", Author.AGENT),
    ]


@pytest.mark.parametrize(
    ("between", "requesters", "kinds"),
    [
        (("AddWatcher", "Requestor", "", "31"), [DINA, "alice"], ["agent", "customer"]),
        (("DelWatcher", "Requestor", "31", ""), [DINA], ["customer", "agent"]),
        (("AddLink", "MergedInto", "", "fsck.com-rt://rt/ticket/7"), [DINA, "alice"], ["agent", "customer"]),
        (("AddWatcher", "Cc", "", "31"), [DINA], ["agent", "agent"]),
    ],
)
def test_whether_an_agent_replies_or_asks_goes_by_the_requesters_of_that_moment(between, requesters, kinds):
    kind, name, old, new = between
    log = Log().created().add("Correspond", "alice").set(name, old, new, kind=kind, by="bob").add("Correspond", "alice")
    found = history(log, Requestor=[{"id": name} for name in requesters])
    assert [message.author_kind.value for message in found.messages[1:]] == kinds


def test_the_customer_of_a_merge_target_is_its_own():
    requesters = [{"id": "formbot"}, {"id": "dina@example.com"}]
    assert history(Log().created(), Requestor=requesters).ticket.customer == "51"


def test_a_comment_is_private_and_a_correspondence_public():
    found = history(Log().created().add("Comment").add("Correspond"))
    assert [message.public for message in found.messages] == [True, False, True]


def test_what_the_system_says_is_automatic():
    message = history(Log().created().add("Correspond", "RT_System")).messages[-1]
    assert (message.author_kind, message.automatic) == (Author.SYSTEM, True)


# --- Changes ---


def test_an_owner_is_set_by_two_transactions_and_changes_once():
    log = Log().created()
    for kind in ("Set", "SetWatcher"):
        log.set("Owner", "6", "31", kind)
    for kind in ("Set", "SetWatcher"):
        log.set("Owner", "31", "33", kind, "bob")
    found = history(log, Owner={"id": "bob"})
    assert walk(found, Field.AGENT) == [(None, "alice"), ("alice", "bob")]
    assert [change.external_id for change in found.changes] == ["2/agent", "4/agent"]


def test_queues_levels_and_types_have_their_history():
    log = Log().created().set("Queue", "3", "4").set("SLA", "standard", "urgent").set("4", "", "Bug", "CustomField")
    found = history(log, Queue={"id": "4"}, SLA="urgent", fields={"Category": "Bug"})
    assert walk(found, Field.TEAM) == [("3", "4")]
    assert walk(found, Field.LEVEL) == [("standard", "urgent")]
    assert walk(found, Field.TYPE) == [(None, "Bug")]


def test_dates_and_unknown_fields_are_no_changes():
    log = Log().created().set("Due", "1970-01-01 00:00:00", "2026-11-03 09:00:00").set("99", "", "x", "CustomField")
    assert history(log).changes == ()


def test_a_change_says_who_made_it_in_which_role():
    log = (
        Log().created().set("Status", "new", "open", "Status", "RT_System").set("Status", "open", "resolved", "Status")
    )
    found = history(log, Status="resolved")
    assert [(c.actor, c.actor_kind) for c in found.changes] == [("RT_System", Author.SYSTEM), ("alice", Author.AGENT)]


def test_a_change_that_left_no_transaction_is_told_as_of_the_last_update():
    log = Log().created().set("Priority", "0", "60")
    found = history(log, Priority="100", LastUpdated="2026-11-05T09:00:00Z")
    assert walk(found, Field.PRIORITY) == [("low", "normal"), ("normal", "high")]
    assert (found.changes[-1].at, found.changes[-1].external_id) == (at("2026-11-05 09:00"), "7/priority")


def test_what_happened_while_the_ticket_was_read_stands():
    log = Log().created().set("Status", "new", "resolved", "Status")
    found = history(log, Status="new")  # read a minute before
    assert found.ticket.status is Status.SOLVED
    assert walk(found, Field.STATUS) == [("new", "solved")]


# --- Ratings and work ---


def rated(log, **values):
    return history(log, **values).ratings


def test_a_rating_is_the_last_one_given():
    log = Log().created().set("3", "", "2", "CustomField").set("3", "2", "5", "CustomField")
    (rating,) = rated(log, fields={"CSAT": "5"})
    assert (rating.external_id, rating.score, rating.lowest, rating.highest) == ("7/csat", 5, 1, 5)
    assert rating.at == at("2026-11-02 09:02")
    assert rating.customer == "51"


def test_a_rating_that_was_taken_back_has_no_score():
    log = Log().created().set("3", "", "2", "CustomField").set("3", "2", "", "CustomField")
    (rating,) = rated(log)
    assert (rating.external_id, rating.score) == ("7/csat", None)


def test_a_ticket_that_was_never_rated_has_no_rating():
    assert rated(Log().created()) == ()


def test_a_rating_given_with_the_ticket_is_as_old_as_the_ticket():
    (rating,) = rated(Log().created(), fields={"CSAT": "4"})
    assert rating.at == at("2026-11-02 09:00")


def test_words_are_no_score():
    assert rated(Log().created().set("3", "", "super", "CustomField"), fields={"CSAT": "super"}) == ()


def test_time_taken_is_work_in_seconds():
    log = Log().created().add("Comment", TimeTaken="12").add("Correspond", TimeTaken="0").add("Set", TimeTaken="-2")
    assert [(entry.agent, entry.seconds) for entry in history(log).work] == [("alice", 720), ("alice", -120)]


# --- Mail ---


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied",
        "auto-submitted: AUTO-GENERATED; owner=x",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "Precedence: bulk",
        "Subject: x\nPrecedence: Auto_Reply",
        "Subject: a long\n one\nAuto-Submitted:\n auto-replied",
    ],
)
def test_a_machines_mail_is_known_by_its_headers(headers):
    assert automatic(parse_headers(headers))
    assert history(Log().created().add("Correspond", "dina@example.com", headers)).messages[-1].automatic


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Auto-Submitted: no",
        "Precedence: list",
        "Precedence: normal",
        "Subject: Auto-Submitted: auto-replied",
        "nonsense",
    ],
)
def test_a_persons_mail_is_not_automatic(headers):
    assert not automatic(parse_headers(headers))


# --- Dates ---


@pytest.mark.parametrize("text", [None, "", "1970-01-01T00:00:00Z", "1970-01-01 00:00:00"])
def test_an_unset_date_is_none(text):
    assert instant(text) is None


def test_a_date_without_a_zone_is_utc():
    assert instant("2026-10-25 01:30:00") == instant("2026-10-25T01:30:00Z") == at("2026-10-25 01:30")


# --- Whatever happens ---

steps = st.lists(
    st.one_of(
        st.tuples(st.just("Status"), st.sampled_from(["new", "open", "stalled", "resolved", "rejected", "deleted"])),
        st.tuples(st.just("Owner"), st.sampled_from(["6", "31", "33"])),
        st.tuples(st.just("Queue"), st.sampled_from(["3", "4", "5"])),
        st.tuples(st.just("Priority"), st.integers(-5, 120).map(str)),
        st.tuples(st.just("SLA"), st.sampled_from(["", "standard", "urgent"])),
    ),
    max_size=25,
)


@given(steps)
def test_changes_always_lead_into_the_present(happened):
    log, record = Log().created(), {"Status": "new", "Owner": "6", "Queue": "3", "Priority": "0", "SLA": ""}
    for name, value in happened:
        kinds = {"Status": ["Status"], "Owner": ["Set", "SetWatcher"]}.get(name, ["Set"])
        for kind in kinds:
            log.set(name, record[name], value, kind)
        record[name] = value
    record |= {"Owner": {"id": record["Owner"]}, "Queue": {"id": record["Queue"]}}
    found = history(log, **record)
    for wanted in Field:
        changes = walk(found, wanted)
        assert all(before[1] == after[0] for before, after in pairwise(changes))
        assert all(old != new for old, new in changes)
        if changes:
            assert changes[-1][1] == getattr(found.ticket, wanted.value)


# --- Options ---


@pytest.mark.parametrize(
    ("given_options", "mentioned"),
    [
        ({"chanel_field": "x"}, "channel_field"),
        ({"statuses": {"waiting": "paused"}}, "statuses.waiting"),
        ({"priorities": {}}, "priorities"),
        ({"bots": 3}, "bots"),
        ({"csat_highest": "five"}, "csat_highest"),
    ],
)
def test_a_wrong_option_is_refused_by_name(given_options, mentioned):
    with pytest.raises(SettingsError) as caught:
        Options.read(given_options, "rt")
    assert mentioned in Text("en").error(caught.value)

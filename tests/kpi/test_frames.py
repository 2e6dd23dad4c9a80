"""Reading facts from a database: exact, windowed, and knowing what is there."""

import pytest
from cast import HOUR, at
from facts import ALWAYS_SYNCED, Ledger
from sqlalchemy import event, select, text

from bot.database import open_database
from kpi.catalogue import CATALOGUE, Kpi
from kpi.dimensions import DIMENSIONS
from kpi.frames import DatabaseFrames, Freshness
from kpi.period import Span
from kpi.schema import FACTS

T0 = at("2026-10-12 08:00")


def rows(frame) -> list[dict]:
    return frame.collect().rows(named=True)


def test_a_window_is_half_open_and_knows_null_from_zero(engine):
    ledger = Ledger()
    exact = 2**53 + 1  # the first integer that a floating-point column would lose
    ledger.ticket(T0 - 1)
    ledger.ticket(T0, last_solved_at=exact, fastest_reopen_s=0, rating=4.5, created_team="1")
    ledger.ticket(T0 + 1, fastest_reopen_s=None)
    ledger.ticket(T0 + 2)
    columns = {"created_at", "last_solved_at", "fastest_reopen_s", "rating", "created_team"}
    frame = ledger.frames(engine).window("ticket_facts", columns, "created_at", Span(T0, T0 + 2), {})
    assert rows(frame) == [
        {
            "created_at": T0,
            "last_solved_at": exact,
            "fastest_reopen_s": 0,
            "rating": 4.5,
            "created_team": "1",
        },
        {"created_at": T0 + 1, "last_solved_at": None, "fastest_reopen_s": None, "rating": None, "created_team": None},
    ]


def test_an_empty_window_has_columns_of_the_same_types_as_a_full_one(engine):
    ledger = Ledger()
    ledger.ticket(T0)
    frames = ledger.frames(engine)
    columns = [column.name for column in FACTS["ticket_facts"].c]
    schemas = [
        frames.window("ticket_facts", columns, "created_at", Span(T0, end), {}).collect_schema() for end in (T0, T0 + 1)
    ]
    assert schemas[0] == schemas[1]


def test_a_window_can_be_narrowed_to_values(engine):
    ledger = Ledger()
    ticket = ledger.ticket(T0)
    for metric in ("first_reply", "resolution"):
        ledger.clock(ticket, metric)
    window = ("clock_facts", {"metric"}, "created_at", Span(T0, T0 + 1))
    assert rows(ledger.frames(engine).window(*window, {"metric": "resolution"})) == [{"metric": "resolution"}]


@pytest.mark.parametrize(
    ("fact", "instant", "where"),
    [
        ("rating_facts", "at", {"survey": "nps"}),
        ("rating_facts", "sent_at", {}),
        ("contact_facts", "queued_at", {"direction": "in"}),
        ("contact_facts", "answered_at", {"direction": "in"}),
        ("work_facts", "at", {}),
        ("criterion_facts", "at", {"criterion": "flexibility"}),
        ("shift_facts", "started_at", {}),
        ("solved_facts", "last_solved_at", {}),
        ("cost_facts", "month", {}),
        ("social_facts", "day", {}),
    ],
)
def test_a_window_of_what_happened_is_found_by_an_index(make_sqlite, fact, instant, where):
    opened, asked = open_database(make_sqlite()), []
    event.listen(opened, "before_cursor_execute", lambda *arguments: asked.append(arguments[2:4]))
    DatabaseFrames(opened).window(fact, {instant}, instant, Span(T0, T0 + HOUR), where)
    statement, parameters = asked[-1]
    with opened.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert plan[0].detail.startswith("SEARCH")
    assert f"{instant}>? AND {instant}<?" in plan[0].detail
    opened.dispose()


def test_spans_are_read_when_open_at_some_instant_or_at_the_end(engine):
    ledger = Ledger()
    ticket = ledger.ticket(T0)
    for start, end in ((0, 9), (0, 10), (5, 15), (12, None), (20, None), (19, 25)):
        ledger.span(ticket, T0 + start, None if end is None else T0 + end)
    found = ledger.frames(engine).stretches(
        "span_facts", {"span"}, ("started_at", "ended_at"), Span(T0 + 10, T0 + 20), {}
    )
    # The first was over before 10; the second still counts at 10; the fifth begins at 20, which is the next period's.
    assert sorted(row["span"] for row in rows(found)) == [2, 3, 4, 6]


def test_every_window_is_read_through_an_index(make_sqlite):
    engine = open_database(make_sqlite())
    of_facts = [kpi for kpi in CATALOGUE.values() if isinstance(kpi, Kpi) and kpi.fact in FACTS]
    for kpi in (shown for listed in of_facts for shown in (listed, *listed.beside.values())):
        for reading in kpi.readings:
            table = FACTS[kpi.fact].c
            instant = table[kpi.anchor(reading).instant]
            narrowed = [table[name] == value for name, value in kpi.where.items()]
            plan = _plan(engine, select(table.ticket_id).where(instant >= 1, instant < 2, *narrowed))
            assert instant.name in plan, f"{kpi.key} {reading}: {plan}"
    engine.dispose()


def _plan(engine, statement) -> str:
    """Return how SQLite would run a statement; PostgreSQL rightly reads tables as small as a test's whole."""
    written = statement.compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        return " ".join(row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {written}")))


def test_only_the_needed_columns_are_read(engine):
    ledger = Ledger()
    ledger.ticket(T0)
    frames = ledger.frames(engine)
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    frames.window("ticket_facts", {"created_at", "replies"}, "created_at", Span(T0, T0 + 1), {}).collect()
    read = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(read) == 1
    assert read[0].split("FROM")[0].split() == ["SELECT", "ticket_facts.created_at,", "ticket_facts.replies"]


# --- What there is -----------------------------------------------------------------------------------------------


def test_an_empty_database_has_nothing(engine):
    frames = DatabaseFrames(engine)
    assert frames.available() == frozenset()
    assert frames.freshness() == Freshness(history_start=None, synced_at=None)
    assert frames.helpdesks() == ()
    assert frames.values("team") == {}


def test_tickets_alone_have_neither_messages_nor_ratings_nor_policies(engine):
    ledger = Ledger(has=())
    ledger.covers(None, None)
    ledger.ticket(T0)
    assert ledger.frames(engine).available() == {"tickets"}


def test_all_data_there_is_is_available(engine):
    ledger = Ledger()
    ledger.clock(ledger.ticket(T0), "resolution")
    assert ledger.frames(engine).available() == {"tickets", "first_replies", "messages", "ratings", "sla_policies"}


def test_a_helpdesk_that_was_read_and_is_empty_has_tickets_none(engine):
    assert Ledger().frames(engine).available() == {"tickets"}


def test_several_helpdesks_cover_what_each_of_them_covers(engine):
    ledger = Ledger(("rt", "zendesk"))
    ledger.covers(T0, T0 + 9 * HOUR, "rt")
    ledger.covers(T0 + HOUR, T0 + 8 * HOUR, "zendesk")
    frames = ledger.frames(engine)
    assert frames.freshness() == Freshness(history_start=T0 + HOUR, synced_at=T0 + 8 * HOUR, behind="zendesk")
    assert frames.freshness(["rt"]) == Freshness(history_start=T0, synced_at=T0 + 9 * HOUR)


def test_a_helpdesk_that_was_never_read_leaves_nothing_covered(engine):
    ledger = Ledger(("rt", "zendesk"))
    ledger.covers(None, None, "zendesk")
    frames = ledger.frames(engine)
    assert frames.freshness() == Freshness(history_start=None, synced_at=None, behind="zendesk")
    assert frames.freshness(["rt"]).synced_at == ALWAYS_SYNCED


# --- Names -------------------------------------------------------------------------------------------------------


def test_labels_are_names_by_helpdesk_and_identifier(engine):
    ledger = Ledger(("rt", "zendesk"))
    ledger.name("teams", "1", "Support", "rt")
    ledger.name("teams", "1", "Billing", "zendesk")
    ledger.name("customers", "dina", None, "rt")
    frames = ledger.frames(engine)
    assert frames.labels("teams", ["1", "2"]) == {("rt", "1"): "Support", ("zendesk", "1"): "Billing"}
    assert frames.labels("customers", ["dina"]) == {("rt", "dina"): "dina"}, "without a name, the identifier"
    assert frames.labels("customers", []) == {}


def test_labels_of_very_many_are_read_in_pieces(engine):
    ledger = Ledger()
    many = [str(number) for number in range(1001)]
    for number in many:
        ledger.name("customers", number, f"Customer {number}")
    assert len(ledger.frames(engine).labels("customers", many)) == len(many)


def test_values_are_what_can_be_filtered_on(engine):
    ledger = Ledger()
    ledger.name("teams", "1", "Support")
    ledger.ticket(T0, channel="web", type="bug", brand=None, tags="|vip|beta|", created_priority="high")
    ledger.ticket(T0, channel="email", tags="|beta|", solved_priority="urgent")
    frames = ledger.frames(engine)
    expected = {
        "team": {"1": "Support"},
        "channel": {"email": "email", "web": "web"},
        "type": {"bug": "bug"},
        "brand": {},
        "tag": {"beta": "beta", "vip": "vip"},
        "priority": {"high": "high", "urgent": "urgent"},
        "helpdesk": {"desk": "desk"},
    }
    assert {key: frames.values(key) for key in expected} == expected
    assert set(frames.values("status")) == {"new", "open", "pending", "hold", "solved", "closed"}


def test_values_are_read_again_after_a_sync(engine):
    frames = Ledger().frames(engine)
    assert frames.values("team") == {}
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO teams (helpdesk, external_id, name) VALUES ('desk', '1', 'Support')"))
        connection.execute(text("UPDATE helpdesks SET synced_at = synced_at + 1"))
    assert frames.values("team") == {"1": "Support"}


@pytest.mark.parametrize("key", DIMENSIONS)
def test_every_dimension_has_values(engine, key):
    assert isinstance(DatabaseFrames(engine).values(key), dict)


def test_a_snapshot_does_not_see_what_a_sync_writes_meanwhile(engine):
    ledger = Ledger()
    ledger.ticket(T0)
    frames = ledger.frames(engine)
    window = ("ticket_facts", {"created_at"}, "created_at", Span(T0, T0 + 1), {})
    with frames.snapshot() as facts:
        assert rows(facts.window(*window)) == [{"created_at": T0}]
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM ticket_facts"))
        assert rows(facts.window(*window)) == [{"created_at": T0}]
    assert rows(frames.window(*window)) == []

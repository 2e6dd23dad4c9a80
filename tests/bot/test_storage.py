"""Pages into the database: whole, once, in any order, with the facts that follow from them."""

from dataclasses import replace

import pytest
from cast import ALICE, DAY, DINA, HOUR, MINUTE, Tale, at
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scripted_desk import DESK, NOW, START, TEAMS, dump, page, story
from sqlalchemy import event, select

from bot.database import upsert, writing
from bot.facts import facts_are_stale, fingerprint, read_histories, rebuild, refold
from bot.helpdesks.connector import Gone, Moved, Refused
from bot.storage import Desk, read_cursor_text, store_page
from bot.tables import refused_tickets
from kpi import schema
from kpi.events import Contact, Field, History, Message, Person, Status, Team, Work
from kpi.history import fold
from kpi.hours import AROUND_THE_CLOCK, Schedule
from kpi.policies import Assignment, Condition, Escalation, Metric, Policy, Rulebook, Target

HOURS = Schedule(key="always", zone="UTC", weeks=(AROUND_THE_CLOCK,))
PROMISE = Policy(key="promise", targets=(Target(metric=Metric.FIRST_REPLY, seconds=HOUR),))


RULES = [
    Rulebook(),
    Rulebook(test_tags=frozenset({"test"})),
    Rulebook(schedules=(Assignment(schedule=HOURS),)),
    Rulebook(schedules=(Assignment(schedule=replace(HOURS, zone="Asia/Kolkata")),)),
    Rulebook(escalation=Escalation(tiers=(("Support",), ("Billing",)))),
    Rulebook(escalation=Escalation(tags=frozenset({"boss"}))),
    Rulebook(policies=(PROMISE,)),
    Rulebook(policies=(replace(PROMISE, since=5),)),
    Rulebook(policies=(replace(PROMISE, when=(Condition(field="team", values=("Support",)),)),)),
]


def desk(rules=RULES[0], **options):
    return Desk(key=DESK, kind="demo", rulebook=lambda _, names, _own: replace(rules, team_names=names), **options)


def store(engine, *pages, where=None, now=NOW):
    for each in pages:
        with writing(engine) as connection:
            store_page(connection, where or desk(), each, now)


def rows(engine, table, *columns):
    with engine.connect() as connection:
        return connection.execute(select(*(table.c[name] for name in columns))).all()


def one(engine, table, *columns):
    (found,) = rows(engine, table, *columns)
    return tuple(found)


def solved_ticket(external_id="1", created=START, **ticket):
    return Tale(created, external_id, **ticket).replies(created + HOUR).solved(created + HOUR)


# --- Once --------------------------------------------------------------------------------------------------------


def test_a_page_is_stored_with_its_facts_and_its_cursor(engine):
    store(engine, page(0, solved_ticket().history))
    assert one(engine, schema.tickets, "helpdesk", "external_id", "status") == (DESK, "1", "solved")
    assert one(engine, schema.ticket_facts, "replies", "is_solved", "solved_team") == (1, 1, "support")
    assert one(engine, schema.turn_facts, "turn", "replied_at") == (1, START + HOUR)
    assert one(engine, schema.helpdesks, "kind", "history_start", "synced_at") == ("demo", None, START)
    with engine.connect() as connection:
        assert read_cursor_text(connection, DESK) == '{"page": 1}'


def test_the_same_page_again_writes_nothing(engine):
    told = story(seed=5, pages=6)
    store(engine, *told)
    written = []

    def note(connection, _cursor, statement, _parameters, context, _many):
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and context.cursor.rowcount > 0:
            written.append(statement)

    event.listen(engine, "after_cursor_execute", note)
    store(engine, told[-1])
    event.remove(engine, "after_cursor_execute", note)
    assert written == []


def test_a_story_told_twice_is_stored_once(engine):
    told = story(seed=7, pages=8)
    store(engine, *told)
    before = dump(engine)
    store(engine, *told)
    assert dump(engine) == before


@given(st.randoms(use_true_random=False), st.integers(0, 1000))
@hypothesis_settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_order_in_which_tickets_and_their_events_are_told_changes_nothing(engine, random, seed):
    whole = _last_words(story(seed=seed, pages=5))
    _forget(engine)
    store(engine, page(0, *whole))
    before = dump(engine)
    _forget(engine)
    shuffled = [replace(h, messages=_mixed(h.messages, random), changes=_mixed(h.changes, random)) for h in whole]
    half = len(shuffled) // 2
    mixed = _mixed(shuffled, random)
    store(engine, page(0, *mixed[half:]), page(0, *mixed[:half]))
    assert dump(engine) == before


def _mixed(items, random):
    return tuple(random.sample(list(items), len(items)))


def _last_words(pages):
    told = {}
    for each in pages:
        told |= {h.ticket.external_id: h for h in each.tickets if isinstance(h, History)}
    return list(told.values())


def _forget(engine):
    with writing(engine) as connection:
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(table.delete())


def test_a_ticket_told_twice_on_one_page_is_as_told_last(engine):
    tale = Tale(START)
    early = tale.history
    store(engine, page(0, early, tale.solved(START + HOUR).history))
    assert one(engine, schema.tickets, "status") == ("solved",)


def test_rows_and_cursor_are_kept_or_lost_together(engine):
    broken = replace(solved_ticket("2").history, messages=(object(),))
    store(engine, page(0, solved_ticket().history))
    before = dump(engine)
    with pytest.raises(TypeError):
        store(engine, page(1, solved_ticket("3").history, broken))
    assert dump(engine) == before


def test_text_that_a_database_refuses_is_stored_without_what_it_refuses(engine):
    strange = Tale(START, "1", priority="hi\0gh", brand="half \ud83d").history
    store(engine, page(0, strange, teams=(Team(external_id="support", name="Sup\0port"),)))
    assert one(engine, schema.tickets, "priority", "brand") == ("high", "half ?")
    assert one(engine, schema.teams, "name") == ("Support",)


def test_what_was_read_stays_read(engine):
    store(engine, page(5, solved_ticket(created=START).history, seen_until=START + 5 * DAY, history_start=START))
    store(engine, page(0, solved_ticket("2", START + DAY).history, seen_until=START + DAY, history_start=START))
    assert one(engine, schema.helpdesks, "history_start", "synced_at") == (START, START + 5 * DAY)


def test_a_page_that_does_not_know_how_far_it_reaches_says_nothing_of_it(engine):
    store(engine, page(0, solved_ticket().history, seen_until=None))
    assert one(engine, schema.helpdesks, "synced_at") == (None,)


def test_no_subject_is_stored_unless_the_setting_says_so(engine):
    told = page(0, Tale(START, subject="My invoice").history)
    store(engine, told)
    assert one(engine, schema.tickets, "subject") == (None,)
    store(engine, told, where=desk(keep_subjects=True))
    assert one(engine, schema.tickets, "subject") == ("My invoice",)


def test_tags_are_stored_in_one_order(engine):
    store(engine, page(0, Tale(START).now(tags=("vip", "beta", "vip")).history))
    assert one(engine, schema.tickets, "tags") == ("|beta|vip|",)
    assert one(engine, schema.ticket_facts, "tags") == ("|beta|vip|",)


def test_a_mention_without_a_name_does_not_take_the_name_away(engine):
    store(engine, page(0, agents=(Person(external_id=ALICE, name="Alice", joined_at=5),)))
    store(engine, page(1, agents=(Person(external_id=ALICE, left_at=9),)))
    assert one(engine, schema.agents, "name", "joined_at", "left_at") == ("Alice", 5, 9)


def test_a_renamed_team_is_renamed(engine):
    store(engine, page(0, teams=TEAMS), page(1, teams=(Team(external_id="billing", name="Invoices"),)))
    assert set(rows(engine, schema.teams, "name")) == {("Support",), ("Invoices",)}


def test_everything_told_comes_back_as_it_was(engine):
    tale = (
        solved_ticket()
        .rated(START + DAY, 5, customer=DINA, sent_at=START)
        .called(Contact(external_id="k", channel="phone", queued_at=START, abandoned=True))
        .bot_says(START + 2 * DAY)
        .now(tags=("a", "b"), opened_by_agent=True)
    )
    told = replace(tale.history, work=(Work(external_id="w", at=START, agent=ALICE, seconds=60),))
    store(engine, page(0, told))
    with engine.connect() as connection:
        (stored,) = read_histories(connection, [row.id for row in connection.execute(select(schema.tickets))]).values()
    assert stored == replace(told, changes=stored.changes, messages=stored.messages)
    assert set(stored.messages) == set(told.messages)
    assert set(stored.changes) == set(told.changes)
    assert {type(message) for message in stored.messages} == {Message}


# --- Facts -------------------------------------------------------------------------------------------------------


def test_stored_facts_are_those_of_the_fold(engine):
    told = story(seed=3, pages=10)
    rules = Rulebook(schedules=(Assignment(schedule=HOURS),), policies=(PROMISE,), test_tags=frozenset({"test"}))
    store(engine, *told, where=desk(rules))
    with engine.connect() as connection:
        ids = [row.id for row in connection.execute(select(schema.tickets))]
        for ticket_id, history in read_histories(connection, ids).items():
            facts = fold(history, replace(rules, team_names={team.external_id: team.name for team in TEAMS}))
            for name, expected in facts.by_table().items():
                table = schema.FACTS[name]
                query = select(table).where(table.c.ticket_id == ticket_id)
                found = [dict(row) for row in connection.execute(query).mappings()]
                for row in found:
                    for made_elsewhere in ("next_contact_at", "previous_contact_at", "version"):
                        row.pop(made_elsewhere, None)
                wanted = [row | {"ticket_id": ticket_id} for row in expected]
                told = [{column: row[column] for column in found[0]} for row in wanted]
                assert sorted(found, key=repr) == sorted(told, key=repr)


def test_facts_that_no_longer_hold_are_deleted(engine):
    tale = Tale(START).asks(START + HOUR).replies(START + 2 * HOUR).asks(START + 3 * HOUR)
    store(engine, page(0, tale.history))
    assert len(rows(engine, schema.turn_facts, "turn")) == 2
    # The last question turns out to be an automatic answer.
    (*messages, last) = tale.history.messages
    store(engine, page(1, replace(tale.history, messages=(*messages, replace(last, automatic=True)))))
    assert len(rows(engine, schema.turn_facts, "turn")) == 1


def test_what_was_imported_counts_when_a_page_touches_the_ticket(engine):
    store(engine, page(0, solved_ticket().history))
    with writing(engine) as connection:
        ticket_id = connection.scalar(select(schema.tickets.c.id))
        rating = {"helpdesk": DESK, "external_id": "csv-1", "ticket_id": ticket_id, "at": START + DAY}
        scale = {"survey": "csat", "score": 5.0, "lowest": 1.0, "highest": 5.0}
        upsert(connection, schema.ratings, [rating | scale])
    store(engine, page(1, solved_ticket().history))
    assert one(engine, schema.ticket_facts, "rated_at", "rating") == (START + DAY, 5.0)


def test_a_rating_that_moves_to_another_ticket_changes_both(engine):
    rated = solved_ticket("1").rated(START + DAY, 5)
    store(engine, page(0, rated.history, solved_ticket("2").history))
    moved = replace(solved_ticket("2").history, ratings=rated.history.ratings)
    store(engine, page(1, moved))
    assert set(rows(engine, schema.ticket_facts, "rating")) == {(None,), (5.0,)}
    store(engine, page(2, rated.history))
    store(engine, page(2, Tale(START, "3").history))
    assert len(rows(engine, schema.ratings, "external_id")) == 1


# --- Gone, merged, refused ---------------------------------------------------------------------------------------


def test_a_deleted_ticket_counts_no_more_and_its_end_is_known(engine):
    store(engine, page(0, Tale(START).history), page(1, Gone(external_id="1", at=START + DAY)))
    assert one(engine, schema.tickets, "status") == ("deleted",)
    assert one(engine, schema.ticket_changes, "field", "old", "new", "at") == ("status", "new", "deleted", START + DAY)
    assert one(engine, schema.ticket_facts, "left_out") == ("deleted",)
    assert one(engine, schema.span_facts, "ended_at", "ended_by") == (START + DAY, "gone")


def test_being_told_twice_that_a_ticket_is_gone_changes_nothing(engine):
    store(engine, page(0, Tale(START).history), page(1, Gone(external_id="1", at=START + DAY)))
    before = dump(engine)
    store(engine, page(1, Gone(external_id="1", at=START + DAY)))
    assert dump(engine) == before


def test_a_ticket_that_went_at_an_unknown_time_is_left_out_all_the_same(engine):
    store(engine, page(0, Tale(START).history), page(1, Gone(external_id="1")))
    assert one(engine, schema.ticket_facts, "left_out") == ("deleted",)
    assert rows(engine, schema.ticket_changes, "at") == []


def test_a_deleted_ticket_that_comes_back_counts_again(engine):
    told = page(0, Tale(START).history)
    store(engine, told)
    before = dump(engine)
    store(engine, page(0, Gone(external_id="1", at=START + DAY)), told)
    assert dump(engine) == before


def test_a_merged_ticket_is_left_out_and_names_the_other(engine):
    store(engine, page(0, Tale(START).history, Tale(START, "2").history), page(1, Moved(external_id="1", into="2")))
    assert set(rows(engine, schema.tickets, "status", "merged_into")) == {("merged", "2"), ("new", None)}
    assert set(rows(engine, schema.ticket_facts, "left_out")) == {("merged",), (None,)}


def test_what_is_gone_or_merged_before_it_was_ever_read_leaves_no_trace(engine):
    store(engine, page(0, Gone(external_id="8", at=START), Moved(external_id="9", into="8")))
    assert rows(engine, schema.tickets, "id") == []


def test_a_refused_ticket_is_recorded_once_and_forgotten_when_it_can_be_read(engine):
    refused = page(0, Refused(external_id="1", reason="truncated"))
    store(engine, refused)
    store(engine, refused, now=NOW + DAY)
    first_try = (DESK, "1", "truncated", 1, NOW + 300)
    assert one(engine, refused_tickets, "helpdesk", "external_id", "reason", "attempts", "next_try_at") == first_try
    store(engine, page(1, Tale(START).history))
    assert rows(engine, refused_tickets, "external_id") == []


# --- The next contact --------------------------------------------------------------------------------------------


def next_contacts(engine):
    with engine.connect() as connection:
        tickets, facts = schema.tickets, schema.ticket_facts
        query = select(tickets.c.external_id, facts.c.next_contact_at).join(facts, facts.c.ticket_id == tickets.c.id)
        return {external_id: at for external_id, at in connection.execute(query) if at is not None}


def test_the_next_contact_is_the_first_new_ticket_of_the_customer_for_the_same_reason(engine):
    first = solved_ticket("1", type="question")
    others = [
        Tale(START + 30 * MINUTE, "before-the-solve", type="question"),
        Tale(START + 2 * HOUR, "of-another-customer", type="question", customer="emil"),
        Tale(START + 2 * HOUR, "for-another-reason", type="incident"),
        Tale(START + 2 * HOUR, "for-no-known-reason"),
        Tale(START + 2 * HOUR, "not-counted", type="question").now(status=Status.SPAM),
        Tale(START + 2 * DAY, "later", type="question"),
        Tale(START + DAY, "next", type="question"),
    ]
    store(engine, page(0, first.history), page(1, *(tale.history for tale in others)))
    assert next_contacts(engine) == {"1": START + DAY}


def test_without_a_reason_no_ticket_is_a_repetition(engine):
    store(engine, page(0, solved_ticket("1").history, Tale(START + DAY, "2").history))
    assert next_contacts(engine) == {}


def test_a_next_contact_that_is_deleted_or_relabelled_is_none(engine):
    tale = Tale(START + DAY, "2", type="question")
    store(engine, page(0, solved_ticket("1", type="question").history, tale.history))
    assert next_contacts(engine) == {"1": START + DAY}
    store(engine, page(1, tale.change(START + DAY, Field.TYPE, "incident").history))
    assert next_contacts(engine) == {}
    store(engine, page(2, tale.change(START + DAY, Field.TYPE, "question").history))
    assert next_contacts(engine) == {"1": START + DAY}
    store(engine, page(3, Gone(external_id="2")))
    assert next_contacts(engine) == {}


def test_a_ticket_that_loses_its_reason_or_is_solved_again_forgets_its_next_contact(engine):
    tale = solved_ticket("1", type="question")
    store(engine, page(0, tale.history, Tale(START + DAY, "2", type="question").history))
    again = solved_ticket("1", type="question").becomes(START + DAY, Status.OPEN).solved(START + 2 * DAY)
    store(engine, page(1, again.history))
    assert next_contacts(engine) == {}
    store(engine, page(2, tale.history))
    without = replace(again.history.ticket, type=None)
    store(engine, page(3, replace(again.history, ticket=without, changes=tale.history.changes)))
    assert next_contacts(engine) == {}


def test_next_contacts_of_a_story_are_those_of_a_plain_search(engine):
    store(engine, *story(seed=11, pages=15))
    with engine.connect() as connection:
        facts = connection.execute(select(schema.ticket_facts)).mappings().all()
    expected = {}
    for fact in facts:
        later = [
            other["created_at"]
            for other in facts
            if fact["type"] is not None
            and fact["last_solved_at"] is not None
            and (other["customer"], other["type"]) == (fact["customer"], fact["type"])
            and other["created_at"] > fact["last_solved_at"]
            and other["ticket_id"] != fact["ticket_id"]
            and other["left_out"] is None
        ]
        expected[fact["ticket_id"]] = min(later, default=None)
    assert any(expected.values())
    assert {fact["ticket_id"]: fact["next_contact_at"] for fact in facts} == expected


# --- Rules that change -------------------------------------------------------------------------------------------


def test_every_change_of_a_rule_changes_the_fingerprint():
    assert len({fingerprint(rules) for rules in RULES}) == len(RULES)
    assert fingerprint(replace(RULES[1], test_tags=frozenset({"test"}))) == fingerprint(RULES[1])


def test_a_team_that_no_rule_asks_for_changes_nothing():
    named, plain = RULES[-1], RULES[0]
    assert fingerprint(replace(plain, team_names={"1": "Support"})) == fingerprint(plain)
    assert fingerprint(replace(named, team_names={"2": "Other"})) == fingerprint(named)
    assert fingerprint(replace(named, team_names={"1": "support"})) != fingerprint(named)


def test_a_rebuild_makes_the_facts_that_the_rules_would_have_made_from_the_start(make_database, engine):
    told = story(seed=2, pages=10)
    rules = Rulebook(schedules=(Assignment(schedule=HOURS),), policies=(PROMISE,), test_tags=frozenset({"test"}))
    store(engine, *told, where=desk(rules))
    expected = dump(engine)
    _forget(engine)
    store(engine, *told)
    assert dump(engine) != expected
    with engine.connect() as connection:
        assert facts_are_stale(connection, DESK, rules)
        assert not facts_are_stale(connection, DESK, Rulebook())
    steps = []
    count = rebuild(engine, DESK, rules, lambda done, left: steps.append((done, left)))
    assert dump(engine) == expected
    assert steps[-1] == (count, 0)
    with engine.connect() as connection:
        assert not facts_are_stale(connection, DESK, rules)


def test_a_rebuild_that_was_cut_short_is_not_taken_for_done(engine, monkeypatch):
    store(engine, *story(seed=2, pages=5))

    def killed(*_args):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(engine, DESK, RULES[1], killed)
    with engine.connect() as connection:
        assert facts_are_stale(connection, DESK, RULES[1])
        assert facts_are_stale(connection, DESK, RULES[0])


def test_folding_again_writes_nothing(engine):
    store(engine, *story(seed=4, pages=5))
    before = dump(engine)
    with writing(engine) as connection:
        refold(connection, Rulebook(), list(connection.scalars(select(schema.tickets.c.id))))
    assert dump(engine) == before


def test_the_ids_of_a_big_helpdesk_fit(engine):
    big = "9515133612047" * 3
    store(engine, page(0, Tale(at("2038-02-01 00:00"), big).history))
    with writing(engine) as connection:
        row = {"id": 9515133612047, "helpdesk": DESK, "external_id": "x", "created_at": 0, "status": "new"}
        upsert(connection, schema.tickets, [row])
        refold(connection, Rulebook(), [9515133612047])
    assert (9515133612047,) in rows(engine, schema.ticket_facts, "ticket_id")

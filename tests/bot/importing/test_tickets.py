"""Ticket histories from files: rows ─▶ changes and messages ─▶ the same figures as a helpdesk's."""

import random

import pytest
from importer import utc
from sqlalchemy import text as sql

from bot.database import open_database
from bot.tables import imported_rows
from kpi import schema

STORY = """ticket,at,event,value,author,role,team,customer,priority
1,2026-11-03 09:00,created,,dina,customer,support,dina,normal
1,2026-11-03 10:00,message,,alice,agent,support,dina,normal
1,2026-11-03 11:00,status,pending,alice,agent,support,dina,high
1,2026-11-03 15:00,message,,dina,customer,support,dina,high
1,2026-11-03 15:00:30,status,open,,system,billing,dina,high
1,2026-11-03 16:00,note,,chloe,agent,billing,dina,high
1,2026-11-03 17:00,status,solved,chloe,agent,billing,dina,high
2,2026-11-04 09:00,created,,emil,customer,support,emil,normal
"""

MAPPING = """
kind = "events"
tracked = ["priority"]
[columns]
ticket = "Dossier"
at = "Le"
event = "Action"
author = "Par"
priority = "Gravité"
team = "Groupe"
customer = "Demandeur"
[constants]
role = "agent"
[values.priority]
"1 - Bloquant" = "urgent"
"2 - Gênant" = "high"
[activities]
"Ouverture" = {}
"Prise en charge" = { status = "open", agent = { column = "Par" } }
"Réponse" = { message = "agent" }
"Relance client" = { message = "customer" }
"Clôture" = { status = "solved" }
"""

FRENCH = """Dossier;Le;Action;Par;Gravité;Groupe;Demandeur;Texte
D1;03/11/2026 09:00;Ouverture;;2 - Gênant;Paie;dina;Bonjour, …
D1;03/11/2026 09:30;Prise en charge;alice;2 - Gênant;Paie;dina;
D1;03/11/2026 10:00;Réponse;alice;1 - Bloquant;Paie;dina;Merci
D1;23/11/2026 11:00;Clôture;alice;1 - Bloquant;Paie;dina;
"""


def changes(door):
    rows = sorted(door.rows(schema.ticket_changes), key=lambda row: (row["ticket_id"], row["at"], row["position"]))
    return [(row["field"], row["old"], row["new"], row["actor_kind"]) for row in rows]


def test_a_history_of_events_makes_a_ticket_s_facts(door):
    said = door.good("events", door.write("e.csv", STORY))
    assert "8 new" in said
    assert "2 tickets have a new or changed history" in said
    assert changes(door) == [
        ("priority", "normal", "high", "agent"),
        ("status", "new", "pending", "agent"),
        ("team", "support", "billing", "system"),
        ("status", "pending", "open", "system"),
        ("status", "open", "solved", "agent"),
    ]
    first, second = sorted(door.rows(schema.ticket_facts), key=lambda row: row["created_at"])
    assert (first["replies"], first["customer_messages"], first["teams"], first["is_solved"]) == (1, 1, 2, 1)
    assert (first["created_team"], first["solved_team"]) == ("support", "billing")
    assert first["resolution_calendar_s"] == 4 * 3600 - 30  # 8 hours, less 4 and 30 seconds pending
    assert (utc(second["created_at"]), second["is_solved"]) == ("2026-11-04 08:00:00", 0)
    assert {row["external_id"]: row["name"] for row in door.rows(schema.teams)} == {
        "support": "support",
        "billing": "billing",
    }
    (source,) = door.rows(schema.helpdesks)
    assert (source["key"], source["kind"]) == ("desk", "import")
    assert (utc(source["history_start"]), utc(source["synced_at"])) == ("2026-11-03 08:00:00", "2026-11-04 08:00:00")


def test_figures_can_be_filtered_by_customers_and_by_agents_who_only_replied(door_on_sqlite):
    door_on_sqlite.good("events", door_on_sqlite.write("e.csv", STORY))
    assert "\n1\n" in door_on_sqlite.ask("volume 2026-11 customer:dina", "2026-11-05T09:00")
    assert "\n1 ticket · small sample\n" in door_on_sqlite.ask("frt 2026-11 agent:alice", "2026-11-05T09:00")


def test_rows_can_stand_anywhere_in_any_number_of_files(door, make_database):
    door.good("events", door.write("e.csv", STORY))
    whole = facts(door)
    header, *rows = STORY.splitlines()
    door.url = make_database()
    random.Random(7).shuffle(rows)  # noqa: S311  # an order, not a secret
    for number, part in enumerate((rows[:3], rows[3:5], rows[5:])):
        door.good("events", door.write(f"{number}.csv", "\n".join([header, *part])))
    assert facts(door) == whole


def facts(door):
    return {name: rows for name, rows in door.dump().items() if name.endswith("_facts")}


def test_importing_a_history_twice_changes_nothing_and_folds_nothing(door):
    path = door.write("e.csv", STORY)
    door.good("events", path)
    before = door.dump()
    said = door.good("events", path)
    assert "0 new, 0 changed, 8 unchanged" in said
    assert "0 tickets have" in said
    assert door.dump() == before


def test_a_corrected_event_replaces_what_it_said_before(door):
    numbered = "\n".join(f"{line},{number or 'id'}" for number, line in enumerate(STORY.splitlines()))
    door.good("events", door.write("e.csv", numbered))
    corrected = numbered.splitlines()[7].replace("solved", "closed")
    said = door.good("events", door.write("f.csv", f"{numbered.splitlines()[0]}\n{corrected}"))
    assert "1 changed" in said
    assert ("status", "open", "closed", "agent") in changes(door)
    assert ("status", "open", "solved", "agent") not in changes(door)
    assert sorted(row["is_solved"] for row in door.rows(schema.ticket_facts)) == [0, 0]


def test_a_rejected_event_mended_later_takes_its_place_in_the_history(door):
    door.good("events", door.write("e.csv", STORY))
    whole = facts(door)
    engine = open_database(door.url)
    with engine.begin() as connection:
        for table in ("imported_rows", *(row for row in facts(door)), "ticket_changes", "messages", "tickets"):
            connection.execute(sql(f"DELETE FROM {table}"))  # noqa: S608  # our own names
    engine.dispose()
    broken = STORY.replace("status,pending", "status,pnding")
    result = door.bad("events", door.write("broken.csv", broken))
    assert "line 4: event: “pnding” isn't known (did you mean pending?)" in result.stderr
    assert facts(door) != whole
    rejected = door.directory / "broken-rejected.csv"
    rejected.write_text(rejected.read_text("utf-8-sig").replace("pnding", "pending"))
    door.good("events", rejected)
    assert facts(door) == whole


def test_a_mapping_tells_what_columns_and_activities_mean_and_is_remembered(door):
    mapping = door.write("m.toml", MAPPING)
    said = door.good("events", door.write("e.csv", FRENCH, "cp1252"), "--mapping", mapping, "--lang", "fr")
    assert "le fichier de correspondance, retenu pour la prochaine fois" in said
    assert "Dossier → ticket" in said
    assert "Non lues : Texte" in said
    assert changes(door) == [
        ("agent", None, "alice", "agent"),
        ("status", "new", "open", "agent"),
        ("priority", "high", "urgent", "agent"),
        ("status", "open", "solved", "agent"),
    ]
    (ticket,) = door.rows(schema.tickets)
    assert (ticket["team"], ticket["customer"], ticket["priority"], ticket["agent"]) == (
        "Paie",
        "dina",
        "urgent",
        "alice",
    )
    more = FRENCH.splitlines()[0] + "\nD2;24/11/2026 09:00;Ouverture;;2 - Gênant;Paie;emil;\n"
    assert "la correspondance retenue" in door.good("events", door.write("f.csv", more), "--lang", "fr")
    assert len(door.rows(schema.tickets)) == 2


def test_an_activity_that_the_mapping_lacks_rejects_its_rows(door_on_sqlite):
    mapping = door_on_sqlite.write("m.toml", MAPPING)
    text = FRENCH + "D1;24/11/2026 11:00;Clôtures;alice;1 - Bloquant;Paie;dina;\n"
    result = door_on_sqlite.bad("events", door_on_sqlite.write("e.csv", text), "--mapping", mapping)
    assert "the mapping doesn't say what “Clôtures” means" in result.stderr


def test_another_mapping_changes_what_was_imported_instead_of_doubling_it(door):
    mapping = door.write("m.toml", MAPPING)
    path = door.write("e.csv", FRENCH)
    door.good("events", path, "--mapping", mapping)
    mapping.write_text(
        MAPPING.replace('"Clôture" = { status = "solved" }', '"Clôture" = { status = "closed" }'), "utf-8"
    )
    assert "0 new, 1 changed, 3 unchanged" in door.good("events", path, "--mapping", mapping)
    assert len(door.rows(imported_rows)) == 4
    assert door.rows(schema.tickets)[0]["status"] == "closed"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('kind = "events"', 'kind = "tickets"'), "This mapping is for tickets, not for events"),
        (('ticket = "Dossier"', 'tiket = "Dossier"'), "Did you mean ticket?"),
        (('ticket = "Dossier"', 'ticket = "Dosier"'), "names a column “Dosier” that the file doesn't have"),
        (('status = "open"', 'status = "opened"'), "open"),
        (('tracked = ["priority"]', 'tracked = ["prority"]'), "priority"),
        (('tracked = ["priority"]', 'trakced = ["priority"]'), "tracked"),
        (("[columns]", "[columns"), "isn't valid TOML"),
        (('"Par" }', '"Pour" }'), "names a column “Pour”"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused_by_name(door_on_sqlite, change, sentence):
    mapping = door_on_sqlite.write("m.toml", MAPPING.replace(*change))
    refused = door_on_sqlite.bad("events", door_on_sqlite.write("e.csv", FRENCH), "--mapping", mapping).stderr
    assert sentence in refused
    assert door_on_sqlite.rows(schema.tickets) == []


# --- One row a ticket --------------------------------------------------------------------------------------------

TICKETS = """ticket;créé le;première réponse;première résolution;rouvert le;résolu le;fermé le;statut;équipe;agent;client;canal;étiquettes;note;noté le;note minimale;note maximale;objet
1;03/11/2026 09:00;03/11/2026 09:30;03/11/2026 12:00;04/11/2026 09:00;04/11/2026 15:00;18/11/2026 15:00;fermé;support;alice;dina;courriel;vip, retours;5;05/11/2026 10:00;1;5;Ma lampe
2;03/11/2026 10:00;;;;;04/11/2026 10:00;clos;support;;emil;formulaire;;;;;;Rien
3;23/11/2026 11:00;;;;;;en attente;billing;alice;emil;téléphone;;;;;;Facture
"""  # noqa: E501  # a row is a line


def test_a_row_a_ticket_tells_as_much_of_its_life_as_its_dates_do(door):
    door.good("tickets", door.write("t.csv", TICKETS, "cp1252"))
    assert changes(door) == [
        ("status", "new", "solved", "system"),
        ("status", "solved", "open", "system"),
        ("status", "open", "solved", "system"),
        ("status", "solved", "closed", "system"),
        ("status", "new", "closed", "system"),
    ]
    first, second, third = sorted(door.rows(schema.ticket_facts), key=lambda row: row["created_at"])
    assert (first["solves"], first["reopens"], first["replies"], first["rating"], first["tags"]) == (
        2,
        1,
        1,
        5,
        "|retours|vip|",
    )
    assert (utc(first["first_replied_at"]), utc(first["last_solved_at"])) == (
        "2026-11-03 08:30:00",
        "2026-11-04 14:00:00",
    )
    assert (second["is_solved"], utc(second["closed_at"]), second["channel"]) == (0, "2026-11-04 09:00:00", "web")
    assert (third["status"], third["is_solved"]) == ("pending", 0)
    assert [row["subject"] for row in door.rows(schema.tickets)] == [None, None, None]


def test_a_corrected_row_replaces_the_whole_history_that_it_told(door):
    door.good("tickets", door.write("t.csv", TICKETS))
    header, first = TICKETS.splitlines()[:2]
    corrected = first.replace("03/11/2026 12:00;04/11/2026 09:00", ";").replace("5;05/11/2026 10:00;1;5", ";;;")
    door.good("tickets", door.write("u.csv", f"{header}\n{corrected}\n"))
    (facts, *_) = sorted(door.rows(schema.ticket_facts), key=lambda row: row["created_at"])
    assert (facts["solves"], facts["reopens"], facts["rating"]) == (1, 0, None)
    assert door.rows(schema.ratings) == []


def test_a_helpdesk_that_is_no_longer_used_holds_up_no_figure(door_on_sqlite):
    """The old desk ended in November; the new one is told up to December."""
    door = door_on_sqlite
    old, new = door.write("old.csv", TICKETS), door.write("new.csv", DATES.replace("11-03", "12-03"))
    words, now = "created 2026-12-04..2026-12-07 --lang en", "2026-12-08T12:00+01:00"
    door.good("tickets", new, "--source", "new", "--until", "2026-12-08")
    door.good("tickets", old, "--source", "old")
    assert "data as of 23 Nov 2026 11:00 (old)" in door.ask(words, now)
    assert "The period ends after the last sync" in door.ask(words, now)
    said = door.good("tickets", old, "--source", "old", "--until", "END")
    assert "Covers everything from 3 Nov 2026 09:00 (Europe/Paris), and nothing follows" in said
    assert "data as of 00:00 (new)" in door.ask(words, now)
    assert "incomplete" not in door.ask(words, now)
    assert "the data is complete, nothing follows" in door.ask(f"{words} helpdesk:old", now)
    door.good("tickets", old, "--source", "old")
    assert "(old)" in door.ask(words, now)


def test_subjects_are_kept_only_while_the_setting_says_so(door):
    path = door.write("t.csv", TICKETS)
    door.good("tickets", path, keep_subjects="1")
    assert sorted(row["subject"] for row in door.rows(schema.tickets)) == ["Facture", "Ma lampe", "Rien"]
    door.good("tickets", path)
    assert {row["subject"] for row in door.rows(schema.tickets)} == {None}
    assert {row["subject"] for row in door.rows(imported_rows)} == {None}


def test_events_of_a_ticket_go_before_its_dates(door):
    door.good("tickets", door.write("t.csv", TICKETS))
    events = "ticket,at,event,value\n1,2026-11-03 09:00,created,\n1,2026-11-03 13:00,status,solved\n"
    door.good("events", door.write("e.csv", events))
    (facts, *_) = sorted(door.rows(schema.ticket_facts), key=lambda row: row["created_at"])
    assert (facts["solves"], utc(facts["last_solved_at"]), facts["customer"]) == (1, "2026-11-03 12:00:00", "dina")


def test_a_helpdesk_that_is_read_takes_no_histories_from_a_file(door_on_sqlite):
    path = door_on_sqlite.write("t.csv", TICKETS)
    refused = door_on_sqlite.bad("tickets", path, "--source", "demo", helpdesk="demo").stderr
    assert "demo is read from the helpdesk itself by kpi-bot sync" in refused
    work = door_on_sqlite.write("w.csv", "at,agent,duration\n2026-11-03,alice,60\n")
    assert "into the helpdesk demo" in door_on_sqlite.run("work", work, helpdesk="demo").stdout


POLICY = """
[[policies]]
name = "everybody"
first_reply = "1h"
next_reply = "2h"
resolution = "8h"
"""
DATES = "ticket,created\n1,2026-11-03 09:00\n2,2026-11-03 10:00\n"
REPLIES = DATES.replace("created\n", "created,first reply\n").replace("10:00\n", "10:00,2026-11-03 10:30\n")
CONVERSATION = """ticket,at,event,role
2,2026-11-03 10:00,created,customer
2,2026-11-03 10:30,message,agent
2,2026-11-03 11:00,message,customer
"""


def test_replies_are_overdue_only_once_the_history_tells_replies(door):
    def clocks():
        return sorted((row["metric"], row["state"]) for row in door.rows(schema.clock_facts))

    def overdue():
        return sorted(row["metric"] for row in door.rows(schema.overdue_facts))

    policy = {"settings": str(door.write("settings.toml", POLICY))}
    resolutions = [("resolution", "running")] * 2
    door.good("tickets", door.write("dates.csv", DATES), **policy)
    assert (clocks(), overdue()) == (resolutions, ["resolution"] * 2)
    door.good("tickets", door.write("replies.csv", REPLIES), **policy)
    replies = [("first_reply", "running"), ("first_reply", "stopped")]
    assert (clocks(), overdue()) == (replies + resolutions, ["first_reply"] + ["resolution"] * 2)
    door.good("events", door.write("events.csv", CONVERSATION), **policy)
    assert clocks() == [*replies, ("next_reply", "running"), *resolutions]
    assert overdue() == ["first_reply", "next_reply", "resolution", "resolution"]
    before = door.dump()
    door.good("events", door.write("events.csv", CONVERSATION), **policy)
    assert door.dump() == before

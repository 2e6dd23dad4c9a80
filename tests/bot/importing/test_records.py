"""Files of calls, time, ratings and the like: what is stored, what is rejected, and what a second import changes."""

import gzip

import openpyxl
import pytest
from importer import cells, utc

from bot.tables import awaited_tickets
from kpi import schema

CALLS = """Canal;Date d’appel;Décroché;Fin;Conversation;Agent;Client;Commentaire
téléphone;23/11/2026 09:14:05;23/11/2026 09:14:17;23/11/2026 09:19:47;5 min 30;Zoé;dina;merci à l’équipe
téléphone;03/11/2026 14:02;;03/11/2026 14:04;;;emil;
chat;03/11/2026 14:02;03/11/2026 14:03;03/11/2026 14:20;17 min;Zoé;dina;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_a_french_spreadsheet_s_csv_is_read_as_it_is(door_on_sqlite, encoding):
    path = door_on_sqlite.write("appels.csv", CALLS, encoding)
    said = door_on_sqlite.good("contacts", path, "--lang", "fr")
    assert "Lignes lues : 3 ; 3 nouvelles, 0 modifiée, 0 inchangée et 0 rejetée" in said
    assert "jour avant le mois" in said
    assert "Non lues : Commentaire" in said
    first, second, third = sorted(
        door_on_sqlite.rows(schema.contacts), key=lambda row: (-row["queued_at"], row["channel"])
    )
    assert utc(first["queued_at"]) == "2026-11-23 08:14:05"
    assert (first["channel"], first["talk_s"], first["abandoned"], first["agent"]) == ("phone", 330, 0, "Zoé")
    assert (second["channel"], second["abandoned"]) == ("chat", 0)
    assert (third["answered_at"], third["abandoned"], third["direction"]) == (None, 1, "in")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_recognised(door_on_sqlite, separator):
    text = CALLS.replace(";", separator)
    door_on_sqlite.good("contacts", door_on_sqlite.write("calls.csv", text))
    assert len(door_on_sqlite.rows(schema.contacts)) == 3


def test_excel_s_own_first_line_names_the_separator(door_on_sqlite):
    rejected = door_on_sqlite.bad(
        "work", door_on_sqlite.write("w.csv", "sep=|\nat|agent|duration\n2026-11-03|alice|x, y; z\n")
    )
    assert "line 3: duration: “x, y; z” is no duration" in rejected.stderr


def test_gzip_and_standard_input_are_read_too(door_on_sqlite):
    path = door_on_sqlite.directory / "calls.csv.gz"
    path.write_bytes(gzip.compress(CALLS.encode()))
    assert "3 new" in door_on_sqlite.good("contacts", path)


def test_a_workbook_is_read_with_its_dates_times_and_numbers(door_on_sqlite):
    from datetime import datetime, time  # noqa: PLC0415  # as Excel has them

    book = openpyxl.Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Appels")
    sheet.append(["canal", "arrivée", "décroché", "conversation", "agent", "identifiant"])
    begun = datetime(2026, 11, 3, 9, 14, 5)  # noqa: DTZ001  # Excel knows no zones
    sheet.append(["téléphone", begun, begun.replace(minute=15), time(0, 5, 30), "zoé", 1001])
    sheet.append(["téléphone", "03/11/2026 10:00", None, None, None, 1002])
    path = door_on_sqlite.directory / "calls.xlsx"
    book.save(path)
    said = door_on_sqlite.good("contacts", path, "--sheet", "Appels", "--date-order", "dmy")
    assert "XLSX, “Appels”" in said
    first, second = sorted(door_on_sqlite.rows(schema.contacts), key=lambda row: row["external_id"])
    assert (utc(first["queued_at"]), first["talk_s"], first["external_id"]) == ("2026-11-03 08:14:05", 330, "1001")
    assert utc(second["queued_at"]) == "2026-11-03 09:00:00"
    refused = door_on_sqlite.bad("contacts", path, "--sheet", "Apels").stderr
    assert "Did you mean Appels?" in refused


def test_importing_twice_changes_nothing(door):
    # Two equal rows are two calls.
    path = door.write("calls.csv", CALLS + CALLS.splitlines()[2] + "\n")
    door.good("contacts", path)
    before = door.dump()
    assert len(before["contacts"]) == 4
    assert "0 new, 0 changed, 4 unchanged and 0 rejected" in door.good("contacts", path)
    assert door.dump() == before


def test_a_corrected_row_replaces_the_one_with_its_identifier(door):
    door.good("work", door.write("w.csv", "id,at,agent,duration\n1,2026-11-03 09:00,alice,330\n"))
    said = door.good("work", door.write("w.csv", "id,at,agent,duration\n1,2026-11-03 09:00,alice,660\n"))
    assert "0 new, 1 changed" in said
    assert [row["seconds"] for row in door.rows(schema.work)] == [660]


def test_rejected_rows_are_told_written_mended_and_imported_with_the_same_command(door):
    text = (
        "id;date;agent;durée;note\n"
        "1;03/11/2026 09:00;zoé;5 min;à l’équipe « bleue »\n"
        '2;13/11/2026 09:00;zoé;longtemps;"=1+2; œuf"\n'
        "3;;;10 min;\n"
        "4;31/11/2026 09:00;zoé;10 min;\n"
    )
    path = door.write("temps.csv", text, "cp1252")
    result = door.bad("work", path, "--lang", "fr")
    assert "1 nouvelle, 0 modifiée, 0 inchangée et 3 rejetées" in result.stdout
    told = result.stderr.splitlines()
    assert told[0].startswith("ligne 3 : durée : « longtemps » n’est pas une durée")
    assert told[1].startswith("ligne 4 : date : la cellule est vide")
    assert "agent : la cellule est vide" in told[1]
    assert told[2].startswith("ligne 5 : date : « 31/11/2026 09:00 » n’est pas une date")
    rejected = door.directory / "temps-rejected.csv"
    assert (
        told[3]
        == f"Les lignes rejetées sont dans {rejected}. Corrigez-les là et importez ce fichier avec la même commande."
    )
    header, second, third, fourth = cells(rejected, "cp1252", ";")
    assert header == ["id", "date", "agent", "durée", "note", "motif du rejet"]
    assert second[:5] == ["2", "13/11/2026 09:00", "zoé", "longtemps", "=1+2; œuf"]
    assert "durée" in second[5]
    assert third[0] == "3"
    assert fourth[1] == "31/11/2026 09:00"
    mended = (
        rejected.read_text("cp1252")
        .replace("longtemps", "1 h")
        .replace("31/11", "03/11")
        .replace("3;;;", "3;03/11/2026;zoé;")
    )
    rejected.write_text(mended, "cp1252")
    assert "3 new, 0 changed, 0 unchanged and 0 rejected" in door.good("work", rejected)
    assert {row["external_id"]: row["seconds"] for row in door.rows(schema.work)} == {
        "1": 300,
        "2": 3600,
        "3": 600,
        "4": 600,
    }


def test_only_some_rejected_rows_are_shown(door_on_sqlite):
    rows = "".join(f"{number},2026-11-03,alice,?\n" for number in range(25))
    result = door_on_sqlite.bad("work", door_on_sqlite.write("w.csv", f"id,at,agent,duration\n{rows}"))
    assert "… and 5 more" in result.stderr
    assert len(result.stderr.splitlines()) == 22
    assert len(cells(door_on_sqlite.directory / "w-rejected.csv")) == 26


def test_a_dry_run_says_what_would_happen_and_writes_nothing(door):
    door.good("work", door.write("a.csv", "id,at,agent,duration\n1,2026-11-03,alice,60\n2,2026-11-03,alice,60\n"))
    before = door.dump()
    text = (
        "id,at,agent,duration\n1,2026-11-03,alice,60\n2,2026-11-03,alice,90\n3,2026-11-04,alice,60\n4,2026-11-04,,60\n"
    )
    result = door.bad("work", door.write("b.csv", text), "--dry-run")
    assert "Rows read: 4; would be 1 new, 1 changed, 1 unchanged and 1 rejected" in result.stdout
    assert "Covers 3 Nov 2026 00:00 – 4 Nov 2026 00:00 (Europe/Paris)" in result.stdout
    assert "Nothing was written" in result.stdout
    assert "line 5: agent" in result.stderr
    assert not (door.directory / "b-rejected.csv").exists()
    assert door.dump() == before


def test_a_dry_run_makes_no_database(door_on_sqlite):
    door_on_sqlite.url = f"sqlite:///{door_on_sqlite.directory}/none.db"
    assert "3 new" in door_on_sqlite.good("contacts", door_on_sqlite.write("c.csv", CALLS), "--dry-run")
    assert not (door_on_sqlite.directory / "none.db").exists()


# --- What a file alone doesn't tell ------------------------------------------------------------------------------


def test_days_and_months_are_never_guessed(door_on_sqlite):
    path = door_on_sqlite.write("w.csv", "date;agent;durée\n03/04/2026;zoé;60\n05/06/2026;zoé;60\n")
    refused = door_on_sqlite.bad("work", path).stderr
    assert "In the column “date”, 03/04/2026 can be read with the day or with the month first" in refused
    assert "--date-order dmy" in refused
    assert door_on_sqlite.rows(schema.work) == []
    door_on_sqlite.good("work", path, "--date-order", "mdy")
    assert {utc(row["at"]) for row in door_on_sqlite.rows(schema.work)} == {
        "2026-03-03 23:00:00",
        "2026-05-05 22:00:00",
    }


def test_one_row_decides_for_all_and_the_next_file_of_the_source_remembers(door_on_sqlite):
    rows = "".join("03/04/2026;zoé;60\n" for _ in range(50))
    door_on_sqlite.good("work", door_on_sqlite.write("w.csv", f"date;agent;durée\n{rows}25/04/2026;zoé;60\n"))
    assert {utc(row["at"]) for row in door_on_sqlite.rows(schema.work)} == {
        "2026-04-02 22:00:00",
        "2026-04-24 22:00:00",
    }
    door_on_sqlite.good("work", door_on_sqlite.write("next.csv", "date;agent;durée\n01/02/2027;zoé;60\n"))
    assert max(utc(row["at"]) for row in door_on_sqlite.rows(schema.work)) == "2027-01-31 23:00:00"


def test_dates_in_different_orders_are_refused_until_the_person_decides(door_on_sqlite):
    path = door_on_sqlite.write("w.csv", "date;agent;durée\n25/04/2026;zoé;60\n04/26/2026;zoé;60\n")
    assert "different orders: 25/04/2026 and 04/26/2026" in door_on_sqlite.bad("work", path).stderr
    assert "line 3: date: “04/26/2026” is no date" in door_on_sqlite.bad("work", path, "--date-order", "dmy").stderr


def test_thousands_and_decimals_are_never_guessed(door_on_sqlite):
    path = door_on_sqlite.write("s.csv", 'id,date,montant,devise\n1,2026-11-03,"1,234",EUR\n')
    assert "--decimal" in door_on_sqlite.bad("sales", path).stderr
    door_on_sqlite.good("sales", path, "--decimal", ".")
    assert [row["amount"] for row in door_on_sqlite.rows(schema.sales)] == [1234]
    other = 'id,date,montant\n1,2026-11-03,"1,234 €"\n2,2026-11-03,"0,5 €"\n'
    door_on_sqlite.good("sales", door_on_sqlite.write("t.csv", other))
    assert sorted(row["amount"] for row in door_on_sqlite.rows(schema.sales)) == [0.5, 1.234]


def test_a_quotation_mark_that_nothing_closes_is_found_before_anything_is_stored(door_on_sqlite):
    rows = "".join(f"{number},2026-11-03,alice,60\n" for number in range(9))
    text = f'id,at,agent,duration\n{rows}10,2026-11-03,"alice,60\n{rows}'
    refused = door_on_sqlite.bad("work", door_on_sqlite.write("w.csv", text)).stderr
    assert "opens on line 11 is never closed" in refused
    assert door_on_sqlite.rows(schema.work) == []


def test_a_header_that_lacks_a_column_is_refused_with_what_was_found(door_on_sqlite):
    refused = door_on_sqlite.bad(
        "work", door_on_sqlite.write("w.csv", "Date;Qui\n2026-11-03;zoé\n"), "--lang", "fr"
    ).stderr
    assert "Il manque au fichier une colonne pour agent et durée" in refused
    assert "Trouvées : Date et Qui" in refused


def test_two_columns_for_one_field_are_refused_unless_one_has_the_very_name(door_on_sqlite):
    usual = door_on_sqlite.write("w.csv", "time,timestamp,agent,duration\n2026-11-03,2026-11-04,a,60\n")
    assert "More than one column can be “at”: time and timestamp" in door_on_sqlite.bad("work", usual).stderr
    two = door_on_sqlite.write("w.csv", "date,agent,agent,duration\n2026-11-03,a,b,60\n")
    assert "More than one column can be “agent”" in door_on_sqlite.bad("work", two).stderr
    own = door_on_sqlite.write("w.csv", "at,timestamp,agent,duration\n2026-11-03,2026-11-04,a,60\n")
    assert "Not read: timestamp" in door_on_sqlite.good("work", own)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("wrok", "w.csv"), "Did you mean work?"),
        (("work",), "Which file?"),
        (("work", "none.csv", "--source", "desk"), "none.csv can't be read"),
        (("work", "w.csv", "--source", "Mon outil"), "can't name a source"),
        (("work", "w.csv"), "Add --source"),
        (("events", "w.csv"), "Add --source with a name of your choice"),
        (("work", "w.csv", "--source", "desk", "--zone", "Europe/Pari"), "Did you mean Europe/Paris?"),
        (("work", "w.csv", "--source", "desk", "--date-order", "dym"), "--date-order “dym” isn't understood"),
        (("work", "w.csv", "--source", "desk", "--encoding", "utf-9"), "no encoding called “utf-9”"),
        (("work", "w.csv", "--source", "desk", "--encoding", "ascii"), "isn't written in ascii"),
        (("work", "w.csv", "--source", "desk", "--separator", ";;"), "can't separate cells"),
        (("work", "w.csv", "--source", "desk", "--until", "soon"), "--until “soon” is no date"),
        (("work", "w.csv", "--source", "desk", "--rejected", "w.csv"), "the file that is imported"),
        (("work", "old.xls", "--source", "desk"), "old XLS format"),
        (("work", "empty.csv", "--source", "desk"), "is empty"),
    ],
)
def test_what_can_t_be_done_is_said_in_one_sentence(door_on_sqlite, monkeypatch, arguments, sentence):
    monkeypatch.chdir(door_on_sqlite.directory)
    door_on_sqlite.write("w.csv", "at,agent,duration\n2026-11-03,zoé,60\n")
    door_on_sqlite.write("empty.csv", "")
    (door_on_sqlite.directory / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    result = door_on_sqlite.run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


# --- Rows that contradict themselves -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("contacts", "channel,queued_at,answered_at\nphone,2026-11-03,2026-11-02\n", "answered_at is before queued_at"),
        ("contacts", "channel,date,answered,abandoned\nphone,2026-11-03,2026-11-03,yes\n", "answered and abandoned"),
        ("shifts", "agent,started_at,ended_at\na,2026-11-03 10:00,2026-11-03 10:00\n", "ended_at is before started_at"),
        ("ratings", "score,at,lowest,highest\n6,2026-11-03,1,5\n", "the score 6.0 isn't between 1.0 and 5.0"),
        ("ratings", "score,at\n4,2026-11-03\n", "lowest is missing"),
        ("ratings", "score,lowest,highest\n4,1,5\n", "at and sent_at are both empty"),
        ("sales", "at,amount\n2026-11-03,12.50\n", "the amount has no currency"),
        ("social", "day,received,answered_24h\n2026-11-03,4,5\n", "answered_24h is more than received"),
        ("agents", "id,joined_at,left_at\na,2026-11-03,2025-11-03\n", "left_at is before joined_at"),
        ("tickets", "ticket,created_at,solved_at\n1,2026-11-03,2026-11-02\n", "solved_at is before created_at"),
        ("tickets", "ticket,created_at,status\n1,2026-11-03,solved\n", "status needs solved_at"),
        ("tickets", "ticket,created_at,solved_at,status\n1,2026-11-02,2026-11-03,open\n", "contradicts the dates"),
        ("work", "at,agent,duration\n2026-11-03,a,60,70\n", "the row has 4 cells for 3 columns"),
    ],
)  # fmt: skip
def test_a_row_that_contradicts_itself_is_rejected(door_on_sqlite, kind, text, reason):
    result = door_on_sqlite.bad(kind, door_on_sqlite.write("rows.csv", text))
    assert reason in result.stderr
    assert "1 rejected" in result.stdout


def test_of_nps_the_scale_is_known(door_on_sqlite):
    door_on_sqlite.good("ratings", door_on_sqlite.write("r.csv", "id,survey,score,at\n1,NPS,9,2026-11-03\n"))
    (row,) = door_on_sqlite.rows(schema.ratings)
    assert (row["survey"], row["lowest"], row["highest"]) == ("nps", 0, 10)


# --- Tickets that rows name --------------------------------------------------------------------------------------

TICKET = "ticket,created_at,solved_at,customer\n4711,2026-11-03 09:00,2026-11-03 17:00,dina\n"
RATING = "id,at,score,lowest,highest,ticket\nr1,2026-11-04 10:00,5,1,5,4711\nr2,2026-11-04 11:00,1,1,5,nowhere\n"


@pytest.mark.parametrize("first", ["tickets", "ratings"])
def test_a_rating_counts_for_its_ticket_whichever_comes_first(door, first):
    files = {"tickets": door.write("t.csv", TICKET), "ratings": door.write("r.csv", RATING)}
    for kind in (first, *(files.keys() - {first})):
        door.good(kind, files[kind])
    (facts,) = door.rows(schema.ticket_facts)
    assert (facts["rating"], facts["rating_positive"], utc(facts["rated_at"])) == (5, 1, "2026-11-04 09:00:00")
    linked = {row["external_id"]: row["ticket_id"] for row in door.rows(schema.ratings)}
    assert linked == {"r1": facts["ticket_id"], "r2": None}
    assert [(row["data"], row["ticket"]) for row in door.rows(awaited_tickets)] == [("ratings", "nowhere")]


def test_a_rating_that_moves_to_another_ticket_leaves_the_first(door):
    door.good("tickets", door.write("t.csv", TICKET + "4712,2026-11-03 09:00,2026-11-03 17:00,dina\n"))
    door.good("ratings", door.write("r.csv", RATING))
    door.good("ratings", door.write("r.csv", RATING.replace("4711", "4712")))
    numbers = {row["id"]: row["external_id"] for row in door.rows(schema.tickets)}
    rated = {numbers[row["ticket_id"]]: row["rating"] for row in door.rows(schema.ticket_facts)}
    assert rated == {"4711": None, "4712": 5}


def test_what_the_data_covers_is_widened_by_each_import(door):
    door.good(
        "work", door.write("w.csv", "id,at,agent,duration\n1,2026-11-03 10:00,alice,60\n2,2026-11-05 10:00,alice,60\n")
    )
    door.good("work", door.write("w.csv", "id,at,agent,duration\n3,2026-11-01 10:00,alice,60\n"))
    door.good("costs", door.write("c.csv", "month,label,amount\n2026-10,salaries,100 EUR\n"))
    door.good("social", door.write("s.csv", "day,received\n2026-10-24,4\n2026-10-25,5\n"))
    covered = {row["data"]: (utc(row["covered_from"]), utc(row["covered_until"])) for row in door.rows(schema.coverage)}
    assert covered == {
        "work": ("2026-11-01 09:00:00", "2026-11-05 09:00:00"),
        "costs": ("2026-09-30 22:00:00", "2026-10-31 23:00:00"),
        "social": ("2026-10-23 22:00:00", "2026-10-25 23:00:00"),
    }
    door.good(
        "work", door.write("w.csv", "id,at,agent,duration\n3,2026-11-01 10:00,alice,60\n"), "--until", "2026-12-01"
    )
    assert max(utc(row["covered_until"]) for row in door.rows(schema.coverage)) == "2026-11-30 23:00:00"


def test_a_column_that_a_file_lacks_leaves_what_is_known(door):
    door.good("agents", door.write("a.csv", "id,name\nalice,Alice Martin\n"))
    door.good("agents", door.write("b.csv", "id,arrivée\nalice,17/03/2025\n"))
    (alice,) = door.rows(schema.agents)
    assert (alice["name"], utc(alice["joined_at"])) == ("Alice Martin", "2025-03-16 23:00:00")


def test_local_times_are_those_of_the_zone_asked_for(door_on_sqlite):
    path = door_on_sqlite.write(
        "w.csv", "id,at,agent,duration\n1,2026-11-03 10:00,alice,60\n2,2026-10-25 02:30,alice,60\n"
    )
    said = door_on_sqlite.good("work", path)
    assert "1 local time stands twice or not at all on the clock" in said
    door_on_sqlite.good("work", path, "--zone", "america/montreal")
    assert utc(max(row["at"] for row in door_on_sqlite.rows(schema.work))) == "2026-11-03 15:00:00"


def test_the_same_cells_mean_the_same_in_every_row_and_each_unclear_time_is_counted(door_on_sqlite):
    lines = "".join(f"{number},2026-10-25 02:30,alice,5 min 30\n" for number in range(3))
    path = door_on_sqlite.write("w.csv", f"id,at,agent,duration\n{lines}9,2026-10-25 03:30,alice,5 mon\n")
    refused = door_on_sqlite.bad("work", path)
    assert "3 local times" in refused.stdout
    assert [row["seconds"] for row in door_on_sqlite.rows(schema.work)] == [330, 330, 330]


def test_an_amount_that_a_mapping_gives_to_every_row_carries_its_currency(door_on_sqlite):
    mapping = door_on_sqlite.write("m.toml", 'kind = "sales"\n[constants]\namount = "12,50 €"\n')
    door_on_sqlite.good("sales", door_on_sqlite.write("s.csv", "id,at\n1,2026-11-03\n"), "--mapping", mapping)
    (row,) = door_on_sqlite.rows(schema.sales)
    assert (row["amount"], row["currency"]) == (12.5, "EUR")

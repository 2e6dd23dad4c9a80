import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_answers import ANSWERS, csat_by_team, csat_not_available, fcr_nothing, fcr_week, sla_per_week

from bot.render.json import as_json
from bot.render.table import COLUMNS, as_csv, neutral


def read(answer):
    return list(csv.DictReader(StringIO(as_csv(answer))))


def test_the_total_and_the_previous_period_are_rows():
    total, previous = read(fcr_week())
    assert (total["row"], total["numerator"], total["denominator"]) == ("total", "42", "58")
    assert (total["start"], total["end"]) == ("2026-11-09T00:00:00+01:00", "2026-11-16T00:00:00+01:00")
    assert (previous["row"], previous["numerator"], previous["start"]) == (
        "previous",
        "34",
        "2026-11-02T00:00:00+01:00",
    )


def test_every_group_is_there_even_those_the_screen_cuts():
    assert [row["row"] for row in read(csat_by_team())].count("group") == 34


def test_a_bucket_in_which_nothing_happened_has_an_empty_value():
    buckets = [row for row in read(sla_per_week()) if row["row"] == "bucket"]
    assert [row["value"] for row in buckets] == ["0.9", "0.6", "", "0.8333333333333334", "0.6666666666666666"]


def test_what_did_not_happen_is_empty_and_never_zero():
    assert read(fcr_nothing())[0]["value"] == ""


def test_an_unavailable_kpi_has_a_header_and_no_rows():
    assert as_csv(csat_not_available()) == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize("name", ANSWERS)
def test_the_file_and_the_object_hold_the_same_figures(name):
    answer = ANSWERS[name]()
    said = as_json(answer)
    rows = read(answer)
    groups = [row for row in rows if row["row"] == "group"]
    for found, told in zip(groups, said["breakdown"], strict=True):
        assert found["value"] == ("" if told["value"] is None else str(told["value"]))
        assert found["n"] == str(told["n"])


@pytest.mark.parametrize("label", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_a_name_that_a_spreadsheet_would_run_is_neutralised(label):
    assert neutral(label) == f"'{label}"


@given(st.text())
def test_no_name_starts_a_formula(label):
    assert not (neutral(label) or "").lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_an_ordinary_name_stays_as_it_is():
    assert neutral("Customer care") == "Customer care"
    assert neutral(None) is None

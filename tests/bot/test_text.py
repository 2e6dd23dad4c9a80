from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import Text
from kpi.errors import QuestionError, SettingsError
from kpi.period import Grain, Period
from kpi.question import Change, Unit

PARIS = "Europe/Paris"
EN, FR = Text("en"), Text("fr")
NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"


def test_a_language_we_do_not_speak_is_refused_with_those_we_do():
    with pytest.raises(SettingsError) as refused:
        Text("de")
    assert EN.error(refused.value) == "I don't speak “de”. Set KPI_BOT_LANGUAGE (or --lang) to en or fr."


def test_a_key_that_does_not_exist_is_an_error_not_a_gap():
    with pytest.raises(KeyError):
        EN("no.such.key")


def test_a_value_that_is_missing_is_an_error_not_a_gap():
    with pytest.raises(KeyError):
        EN("answer.so_far")


def test_a_value_may_be_called_key_or_n():
    assert EN("define.key", key="fcr") == "In a question: fcr"


@pytest.mark.parametrize(
    ("seconds", "english", "french"),
    [
        (0, "0 s", "0_s"),
        (45, "45 s", "45_s"),
        (60, "1 min", "1~min"),
        (570, "9 min 30 s", "9~min 30_s"),
        (599.7, "10 min", "10~min"),
        (3_599, "1 h", "1_h"),
        (3_900, "1 h 05 min", "1_h 05~min"),
        (86_399, "1 d", "1_j"),
        (93_600, "1 d 2 h", "1_j 2_h"),
        (3_000_000, "34 d 17 h", "34_j 17_h"),
    ],
)
def test_durations_show_their_two_largest_units(seconds, english, french):
    assert EN.duration(seconds) == english
    assert FR.duration(seconds) == french.replace("_", NARROW).replace("~", NBSP)


def test_business_time_never_becomes_days():
    assert EN.duration(93_600, days=False) == "26 h"
    assert EN.value(360_000, Unit.SECONDS, business=True) == "100 h"


@given(st.integers(0, 10_000_000))
def test_a_duration_has_at_most_two_parts_and_never_sixty_minutes(seconds):
    said = EN.duration(seconds)
    assert len(said.split()) in {2, 4}
    assert "60 " not in said or "60 d" in said
    assert "24 h" not in said


def test_numbers_follow_the_language():
    assert (EN.number(12_345), FR.number(12_345)) == ("12,345", f"12{NARROW}345")
    assert (EN.number(-3.14, 1), FR.number(-3.14, 1)) == ("-3.1", "-3,1")
    assert (EN.percent(0.724137), FR.percent(0.724137)) == ("72.4%", f"72,4{NBSP}%")
    assert (EN.percent(0.75, 0), FR.percent(0.75, 0)) == ("75%", f"75{NBSP}%")


def test_a_number_chooses_the_form_of_its_word():
    assert [EN.plural("unit.tickets", n) for n in (0, 1, 2)] == ["0 tickets", "1 ticket", "2 tickets"]
    assert [FR.plural("unit.tickets", n) for n in (0, 1, 2)] == ["0 ticket", "1 ticket", "2 tickets"]
    assert FR.plural("unit.tickets", 2_000_000).endswith("tickets")


def test_a_clear_change_says_which_way_and_how_far():
    assert EN.change(Change(value=0.031, clear=True), Unit.RATIO) == "up 3.1 points, a clear change"
    assert EN.change(Change(value=-0.01, clear=True), Unit.RATIO) == "down 1.0 point, a clear change"
    assert EN.change(Change(value=-400, clear=True), Unit.SECONDS) == "down 6 min 40 s, a clear change"
    assert EN.change(Change(value=12, clear=True), Unit.COUNT) == "up 12, a clear change"
    assert FR.change(Change(value=0.031, clear=True), Unit.RATIO) == "en hausse de 3,1 points, changement net"


def test_an_unclear_change_says_so_and_nothing_more():
    assert EN.change(Change(value=0.2, clear=False), Unit.RATIO) == "no clear change"
    assert FR.change(Change(value=0.2, clear=False), Unit.RATIO) == "pas de changement net"


@pytest.mark.parametrize(
    ("grain", "english", "french"),
    [
        (Grain.DAY, "Mon, 9 Nov 2026", "lun. 9 nov. 2026"),
        (Grain.WEEK, "week 46 · 9–15 Nov 2026", "semaine 46 · 9–15 nov. 2026"),
        (Grain.MONTH, "November 2026", "novembre 2026"),
        (Grain.QUARTER, "Q4 2026", "T4 2026"),
        (Grain.YEAR, "2026", "2026"),
    ],
)
def test_periods_are_named_as_people_name_them(grain, english, french):
    period = Period.of(date(2026, 11, 9), grain, PARIS)
    assert (EN.period(period), FR.period(period)) == (english, french)


def test_days_in_a_row_show_the_first_and_the_last():
    across_years = Period(start=date(2025, 12, 29), end=date(2026, 1, 9), zone=PARIS)
    assert EN.period(across_years).replace(THIN, " ") == "29 Dec 2025 – 8 Jan 2026"
    assert FR.period(Period(start=date(2026, 11, 9), end=date(2026, 11, 16), zone=PARIS)) == "9–15 nov. 2026"


def test_a_week_that_starts_on_sunday_has_no_iso_number():
    assert EN.period(Period.of(date(2026, 11, 9), Grain.WEEK, PARIS, week_start=6)) == "8–14 Nov 2026"


def test_the_first_iso_week_may_start_in_the_year_before():
    assert EN.period(Period.of(date(2026, 1, 1), Grain.WEEK, PARIS)).startswith("week 1 · 29 Dec 2025")


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(Grain), st.sampled_from((EN, FR)))
def test_every_bucket_fits_a_category_of_a_chart(day, grain, text):
    assert 1 <= len(text.bucket(Period.of(day, grain, PARIS))) <= 20


def test_instants_carry_their_zone():
    at = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())
    assert EN.instant(at, PARIS) == "24 Nov 2026 10:26 (Europe/Paris)"
    assert FR.instant(at, "Asia/Kolkata") == "24 nov. 2026 14:56 (Asia/Kolkata)"
    assert EN.clock(at, PARIS) == "10:26"
    assert (EN.day(date(2026, 11, 9)), FR.day(date(2026, 11, 9))) == ("9 November 2026", "9 novembre 2026")


def test_lists_in_a_sentence_are_joined():
    assert EN("answer.filter", dimension="team", values=["A", "B", "C"]) == "team: A, B or C"
    assert FR("answer.filter", dimension="équipe", values=("A", "B")) == f"équipe{NBSP}: A ou B"
    assert EN.join(["a", "b", "c"]) == "a, b and c"


def test_an_error_about_an_empty_list_uses_its_own_sentence_where_there_is_one(monkeypatch):
    sentences = {"error.lost": "Did you mean {suggestions}?", "error.lost.none": "Try help."}
    text = Text("en")
    monkeypatch.setattr(text, "_catalog", sentences)
    assert text.error(QuestionError("lost", suggestions=["fcr", "frt"])) == "Did you mean fcr or frt?"
    assert text.error(QuestionError("lost", suggestions=[])) == "Try help."

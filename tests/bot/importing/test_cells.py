"""What stands in cells: dates, durations, amounts and words as people write them in both languages."""

from datetime import UTC, datetime

import pytest

from bot.importing.moments import Moments, order_of
from bot.importing.numbers import amount, count, duration, mark_of, number
from bot.importing.words import meaning
from kpi.errors import FileError

PARIS = "Europe/Paris"
NARROW, WIDE = "\u202f", "\u00a0"


def utc(instant):
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("31/12/2026 14:05", "2026-12-31 13:05:00"),
        ("31/12/2026 14h05", "2026-12-31 13:05:00"),
        ("le 31 décembre 2026 à 14:05", "2026-12-31 13:05:00"),
        ("31 déc. 2026", "2026-12-30 23:00:00"),
        ("1er janvier 2026", "2025-12-31 23:00:00"),
        ("lundi 2 mars 2026 09:15", "2026-03-02 08:15:00"),
        ("3 juil. 2026 08:00", "2026-07-03 06:00:00"),
        ("December 31, 2026 2:05 PM", "2026-12-31 13:05:00"),
        ("31-Dec-2026 12:05 am", "2026-12-30 23:05:00"),
        ("2026-12-31T14:05:00Z", "2026-12-31 14:05:00"),
        ("2026-12-31t14:05:00z", "2026-12-31 14:05:00"),
        ("2026-12-31T14:05:00.123+05:30", "2026-12-31 08:35:00"),
        ("2026-12-31 14:05:00 UTC", "2026-12-31 14:05:00"),
        ("2012/10/09 14:50:17.000", "2012-10-09 12:50:17"),
        ("31-12-26", "2026-12-30 23:00:00"),
        ("31.12.2026", "2026-12-30 23:00:00"),
        ("20261231", "2026-12-30 23:00:00"),
    ],
)
def test_a_moment_is_read_as_people_and_machines_write_it(cell, expected):
    assert utc(Moments(PARIS, "dmy").instant(cell)) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "yesterday",
        "30/02/2026",
        "2026-13-01",
        "12:30",
        "31 foo 2026",
        "2026-01-01 25:00",
        "2026-01-01 10:60",
        "2026-01-01 10:00 +24:00",
        "2026-01-01 10:00 11:00",
        "3 jui 2026",
        "1/1/1",
        "",
        "45123",
    ],
)
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(FileError, match="cell_not_a_date"):
        Moments(PARIS, "dmy").instant(cell)


def test_a_zero_date_of_a_database_is_no_date():
    assert Moments(PARIS).instant("0000-00-00 00:00:00") is None


def test_the_order_decides_between_march_and_april():
    assert utc(Moments("UTC", "dmy").instant("03/04/2026")) == "2026-04-03 00:00:00"
    assert utc(Moments("UTC", "mdy").instant("03/04/2026")) == "2026-03-04 00:00:00"
    assert utc(Moments("UTC", "ymd").instant("03/04/26")) == "2003-04-26 00:00:00"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("03/04/2026", "either"),
        ("13/04/2026 10:00", "dmy"),
        ("04/13/2026", "mdy"),
        ("05/05/2026", None),
        ("2026-03-04", None),
        ("3 avril 2026", None),
    ],
)
def test_a_cell_shows_its_order_or_doesn_t(cell, shown):
    assert order_of(cell) == shown


def test_a_time_that_stands_twice_is_the_first_and_one_that_doesn_t_exist_is_as_long_after_the_change():
    moments = Moments(PARIS, "dmy")
    assert utc(moments.instant("25/10/2026 02:30")) == "2026-10-25 00:30:00"
    assert utc(moments.instant("29/03/2026 02:30")) == "2026-03-29 01:30:00"  # 3:30 there
    assert utc(moments.instant("29/03/2026 03:30")) == "2026-03-29 01:30:00"
    assert moments.unclear == 2
    assert utc(moments.instant("25/10/2026 01:59:59")) == "2026-10-24 23:59:59"
    assert utc(moments.instant("25/10/2026 03:00")) == "2026-10-25 02:00:00"
    assert moments.unclear == 2  # the same day, but clear
    moments.instant("25/10/2026 02:30")
    assert moments.unclear == 3  # every cell counts


def test_other_formats_are_those_that_a_mapping_names():
    assert utc(Moments("UTC", None, "%d%m%y %H%M").instant("311226 1405")) == "2026-12-31 14:05:00"
    assert utc(Moments("UTC", None, "epoch").instant("1798725900")) == "2026-12-31 14:05:00"


@pytest.mark.parametrize("cell", ["2026-11", "11/2026", "nov. 2026", "Novembre 2026", "15/11/2026"])
def test_a_month_is_told_as_such_or_as_one_of_its_days(cell):
    assert utc(Moments(PARIS, "dmy").month(cell)) == "2026-11-01 00:00:00"


def test_a_day_is_the_local_one():
    assert utc(Moments(PARIS, "dmy").day("2026-11-22T23:30:00Z")) == "2026-11-23 00:00:00"


@pytest.mark.parametrize(
    "cell", ["00:05:30", "5 min 30", "5 min 30 s", "330", "5m30s", "PT5M30S", "5,5 min", f"330{WIDE}s", "5'30"]
)
def test_five_minutes_and_a_half_are_written_in_many_ways(cell):
    assert duration(cell, ",") == 330


def test_a_duration_in_hours():
    assert [duration(cell, ",") for cell in ("1 h 05", "1h05", "1,5 h", "2 heures", "30:00:00")] == [
        *(3900, 3900, 5400, 7200, 108_000)
    ]


def test_two_numbers_are_a_duration_only_if_the_mapping_says_which():
    with pytest.raises(FileError, match="cell_duration_unclear"):
        duration("05:30", ",")
    assert duration("05:30", ",", "mm:ss") == 330
    assert duration("05:30", ",", "hh:mm") == 19_800
    assert duration("5,5", ",", "min") == 330


@pytest.mark.parametrize("cell", ["soon", "-5", "min", "5 apples", ""])
def test_what_is_no_duration_is_refused(cell):
    with pytest.raises(FileError, match="cell_not_a_duration"):
        duration(cell, ",")


@pytest.mark.parametrize(
    ("cell", "value", "mark"),
    [
        (f"1{NARROW}234,56", 1234.56, ","),
        (f"1{WIDE}234,56", 1234.56, ","),
        ("1.234,56", 1234.56, ","),
        ("1,234.56", 1234.56, "."),
        ("1’234.5", 1234.5, "."),
        ("1.234.567", 1234567, ","),
        ("12,5", 12.5, ","),
        ("0,125", 0.125, ","),
        ("-3.2", -3.2, "."),
        ("−3", -3, None),
        ("85 %", 85, None),
    ],
)
def test_a_number_tells_its_own_mark(cell, value, mark):
    assert number(cell, "." if mark == "," else ",") == value
    assert mark_of(cell) == mark


def test_a_number_that_doesn_t_is_read_with_the_column_s():
    assert mark_of("1,234") == "either"
    assert number("1,234", ",") == 1.234
    assert number("1,234", ".") == 1234


def test_an_amount_carries_its_currency():
    assert amount("12,50 €", ",") == (12.5, "EUR")
    assert amount("$1,234.56", ",") == (1234.56, "USD")
    assert amount("chf 1’200.00", ".") == (1200, "CHF")
    assert amount("12", ",") == (12, None)
    with pytest.raises(FileError, match="cell_not_an_amount"):
        amount("free", ",")


def test_a_count_is_whole_and_not_negative():
    assert [count(cell, ",") for cell in ("1,234", "1.234", "12", "0")] == [1234, 1234, 12, 0]
    for cell in ("1,5", "-1", "many"):
        with pytest.raises(FileError, match="cell_not_a_count"):
            count(cell, ",")


def test_words_mean_the_same_in_both_languages():
    assert [meaning("flag", word) for word in ("Oui", "yes", "VRAI", "1", "non", "False", "0")] == list("1111000")
    assert [meaning("status", word) for word in ("En cours", "Résolue", "clos", "On Hold")] == [
        *("open", "solved", "closed", "hold")
    ]
    assert [meaning("channel", word) for word in ("Téléphone", "courriel", "Fax")] == ["phone", "email", "Fax"]
    with pytest.raises(FileError, match="cell_not_a_choice"):
        meaning("status", "limbo")

"""What people type to be told something again and again, in English and in French, and what it is written back as."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from cast import PARIS
from digest_desk import DigestDesk, a_monday, digest_settings, digest_slack
from hypothesis import given
from hypothesis import strategies as st

from bot.asking import Asker
from bot.commands import language_of, subcommand
from bot.database import open_database
from bot.digests.reading import read_digest, read_kpi_alert
from bot.digests.wording import digest_words, kpi_alert_words
from bot.recurrence import DAYS_OF_WEEK, WORKING_DAYS, Cadence, Recurrence
from bot.subscriptions import DigestWanted, KpiWanted, Trigger
from bot.text import Text
from kpi.catalogue import CATALOGUE, Composite, Kpi
from kpi.errors import QuestionError
from kpi.question import Filter, Unit

NOW = 1_795_000_000
EN, FR = Text("en"), Text("fr")
MORNING = Recurrence(at=510, zone=PARIS, weekdays=WORKING_DAYS)
BILLING = (Filter(dimension="team", values=("billing",)),)


@pytest.fixture(scope="module")
def asker(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("reading") / "desk.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    with digest_slack().running() as slack:
        desk = DigestDesk(engine, slack)
        desk.tell(*a_monday(23, at_once=2, of=4))
        desk.digests.stop()
    yield Asker(engine, digest_settings())
    engine.dispose()


def digest(asker, words, text=EN):
    return read_digest(words, asker, NOW, text, zone=PARIS, viewer=None)


def alert(asker, words, text=EN):
    return read_kpi_alert(words, asker, NOW, text, zone=PARIS, viewer=None)[0]


@pytest.mark.parametrize(
    ("words", "recurrence"),
    [
        ("", MORNING),
        ("weekdays 08:30", MORNING),
        ("on weekdays at 8:30 am", MORNING),
        ("daily 9pm", replace(MORNING, at=1260, weekdays=DAYS_OF_WEEK)),
        ("every day 12 am", replace(MORNING, at=0, weekdays=DAYS_OF_WEEK)),
        ("weekly", replace(MORNING, cadence=Cadence.WEEKLY, weekdays=frozenset({0}))),
        ("weekly on friday 17:00", replace(MORNING, at=1020, cadence=Cadence.WEEKLY, weekdays=frozenset({4}))),
        ("tuesdays 9:00", replace(MORNING, at=540, cadence=Cadence.WEEKLY, weekdays=frozenset({1}))),
        ("mon, wed and fri 9h", replace(MORNING, at=540, weekdays=frozenset({0, 2, 4}))),
        ("mon-thu", replace(MORNING, weekdays=frozenset({0, 1, 2, 3}))),
        ("friday to monday", replace(MORNING, weekdays=frozenset({4, 5, 6, 0}))),
        ("monthly", replace(MORNING, cadence=Cadence.MONTHLY, weekdays=DAYS_OF_WEEK, month_day=1)),
        ("monthly on the 31st", replace(MORNING, cadence=Cadence.MONTHLY, weekdays=DAYS_OF_WEEK, month_day=31)),
        ("weekdays zone:america/new_york", replace(MORNING, zone="America/New_York")),
        ("weekdays holidays:fr", replace(MORNING, calendar="FR")),
    ],
)
def test_when_in_english(asker, words, recurrence):
    assert digest(asker, words)[0] == DigestWanted(recurrence=recurrence)


@pytest.mark.parametrize(
    ("words", "recurrence"),
    [
        ("jours ouvrés 8h30", MORNING),
        ("tous les jours à 9h", replace(MORNING, at=540, weekdays=DAYS_OF_WEEK)),
        ("quotidien 08:30", replace(MORNING, weekdays=DAYS_OF_WEEK)),
        ("hebdomadaire", replace(MORNING, cadence=Cadence.WEEKLY, weekdays=frozenset({0}))),
        ("le vendredi 17h", replace(MORNING, at=1020, cadence=Cadence.WEEKLY, weekdays=frozenset({4}))),
        ("du lundi au jeudi", replace(MORNING, weekdays=frozenset({0, 1, 2, 3}))),
        ("mensuel le 1er", replace(MORNING, cadence=Cadence.MONTHLY, weekdays=DAYS_OF_WEEK, month_day=1)),
        ("chaque mois le 15", replace(MORNING, cadence=Cadence.MONTHLY, weekdays=DAYS_OF_WEEK, month_day=15)),
        ("jours ouvrés fuseau:Europe/Paris fériés:FR", replace(MORNING, calendar="FR")),
    ],
)
def test_when_in_french(asker, words, recurrence):
    assert digest(asker, words, FR)[0] == DigestWanted(recurrence=recurrence)


@pytest.mark.parametrize(
    ("words", "text", "kpis"),
    [
        ("fcr csat", EN, ("fcr", "csat")),
        ("csat, fcr and csat", EN, ("csat", "fcr")),
        ("first response time and backlog weekdays", EN, ("frt", "backlog")),
        ("frt_sla", EN, ("frt_sla",)),
        ("résolution au premier contact et satisfaction client", FR, ("fcr", "csat")),
    ],
)
def test_which_kpis(asker, words, text, kpis):
    assert digest(asker, words, text)[0].kpis == kpis


def test_filters_are_those_of_questions(asker):
    assert digest(asker, 'weekdays fcr team:"Billing <!channel>" 9:00')[0] == DigestWanted(
        recurrence=replace(MORNING, at=540), kpis=("fcr",), filters=BILLING
    )


def test_a_language_may_be_wished_for(asker):
    assert digest(asker, "weekdays lang:fr")[1] == "fr"
    assert digest(asker, "weekdays")[1] is None


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("csat < 80% weekly", ("csat", Trigger.BELOW, 0.8, 10)),
        ("csat below 75,5 % min:20", ("csat", Trigger.BELOW, 0.755, 20)),
        ("frt > 4h", ("frt", Trigger.ABOVE, 14_400, 10)),
        ("frt above 1h30 weekly 9h", ("frt", Trigger.ABOVE, 5_400, 10)),
        ("volume > 100 daily", ("volume", Trigger.ABOVE, 100, 10)),
        ("frt sous 30 min", ("frt", Trigger.BELOW, 1_800, 10)),
        ("csat anomaly", ("csat", Trigger.ANOMALY, None, 10)),
        ("csat anomalie", ("csat", Trigger.ANOMALY, None, 10)),
    ],
)
def test_alerts_on_kpis(asker, words, wanted):
    found = alert(asker, words)
    assert (found.kpi, found.trigger, found.threshold, found.fewest) == wanted


def test_an_alert_is_weekly_unless_it_says_otherwise(asker):
    weekly = replace(MORNING, cadence=Cadence.WEEKLY, weekdays=frozenset({0}))
    assert alert(asker, "csat < 80%").recurrence == weekly
    assert alert(asker, "csat < 80% daily").recurrence == replace(MORNING, weekdays=DAYS_OF_WEEK)
    assert alert(asker, "frt > 4h weekly 9h").recurrence == replace(weekly, at=540)


# --- What is not understood ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("weekdys", "unknown_digest_word"),
        ("weekdays csta", "unknown_digest_word"),
        ("weekdays 25:00", "no_such_time"),
        ("weekdays 13pm", "no_such_time"),
        ("weekdays 8:00 9:00", "two_times"),
        ("weekdays zone:Paris/Europe", "unknown_zone"),
        ("weekdays holidays:ZZ", "unknown_holidays"),
        ("weekdays lang:de", "unknown_language_wanted"),
        ("monthly friday", "days_or_month"),
        ("weekly 15", "days_or_month"),
        ("weekdays volume_forecast", "not_in_digest"),
        ("weekdays team:nobody", "unknown_value"),
        ("weekdays colour:red", "unknown_dimension"),
    ],
)
def test_what_is_not_understood_is_told(asker, words, error):
    with pytest.raises(QuestionError) as refused:
        digest(asker, words)
    assert refused.value.key == error
    assert EN.error(refused.value)
    assert FR.error(refused.value)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("what", "unknown_alert_word"),
        ("csta < 80%", "unknown_alert_word"),
        ("csat", "alert_without_threshold"),
        ("< 80%", "alert_on_one_kpi"),
        ("csat fcr < 80%", "alert_on_one_kpi"),
        ("csat < 80", "target_not_a_percentage"),
        ("frt > 80%", "target_not_a_duration"),
        ("csat < 80% min:few", "not_a_minimum"),
    ],
)
def test_what_is_no_alert_is_told(asker, words, error):
    with pytest.raises(QuestionError) as refused:
        alert(asker, words)
    assert refused.value.key == error
    assert EN.error(refused.value)
    assert FR.error(refused.value)


def test_the_nearest_is_offered(asker):
    with pytest.raises(QuestionError) as refused:
        digest(asker, "weekdys fcr")
    assert "weekdays" in refused.value.values["suggestions"]
    with pytest.raises(QuestionError) as refused:
        digest(asker, "weekdays zone:europe/pariss")
    assert refused.value.values["suggestions"] == ["Europe/Paris"]


# --- What is written back --------------------------------------------------------------------------------------------

TOLD = [key for key, kpi in CATALOGUE.items() if isinstance(kpi, Kpi | Composite)]
DAILY = st.builds(
    Recurrence,
    at=st.integers(0, 1439),
    zone=st.sampled_from(["Europe/Paris", "America/Argentina/Buenos_Aires", "UTC"]),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    calendar=st.sampled_from([None, "FR", "DE-BY"]),
)
RECURRENCES = st.one_of(
    DAILY,
    DAILY.map(lambda one: replace(one, cadence=Cadence.WEEKLY, weekdays=frozenset({min(one.weekdays)}))),
    st.builds(
        lambda one, day: replace(one, cadence=Cadence.MONTHLY, weekdays=DAYS_OF_WEEK, month_day=day),
        DAILY,
        st.integers(1, 31),
    ),
)
FILTERS = st.sampled_from([(), BILLING])
VALUES = {"team": {"billing": "Billing <!channel>", "support": "Support"}}


@given(RECURRENCES, st.lists(st.sampled_from(TOLD), unique=True, max_size=4), FILTERS, st.sampled_from([EN, FR]))
def test_the_words_of_a_digest_make_the_same_digest(asker, recurrence, kpis, filters, text):
    wanted = DigestWanted(recurrence=recurrence, kpis=tuple(kpis), filters=filters)
    assert digest(asker, digest_words(wanted, text, VALUES), text)[0] == wanted


def alert_of(recurrence, kpi, trigger, amount, fewest):
    limits = {Unit.RATIO: amount / 100, Unit.COUNT: float(amount), Unit.SECONDS: amount * 60.0}
    threshold = None if trigger is Trigger.ANOMALY else limits[CATALOGUE[kpi].unit]
    return KpiWanted(recurrence=recurrence, kpi=kpi, trigger=trigger, threshold=threshold, fewest=fewest)


ALERTS = st.builds(
    alert_of,
    RECURRENCES,
    st.sampled_from([key for key in TOLD if CATALOGUE[key].unit in {Unit.RATIO, Unit.COUNT, Unit.SECONDS}]),
    st.sampled_from(Trigger),
    st.integers(1, 99),
    st.integers(0, 50),
)


@given(ALERTS, st.sampled_from([EN, FR]))
def test_the_words_of_an_alert_make_the_same_alert(asker, wanted, text):
    assert alert(asker, kpi_alert_words(wanted, text, VALUES), text) == wanted


# --- What help and documentation say ---------------------------------------------------------------------------------

DOCS = Path(__file__).parents[3] / "docs"


def examples(language):
    """Return every command that the documentation and the help give as an example, without `/kpi`."""
    text = Text(language)
    help_lines = "\n".join(text(f"help.{topic}.{part}") for topic in ("digest", "alerts") for part in ("lines", "more"))
    words = f"{(DOCS / language / 'slack.md').read_text(encoding='utf-8')}\n{help_lines}"
    found = re.findall(r"/kpi ((?:digest|alertes|alerts) on [^\n·]+?)(?=\s*(?:$|·|\n))", words, re.MULTILINE)
    return [words for words in found if "on sla" not in words]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_example_is_understood(asker, language):
    assert len(examples(language)) >= 10
    for words in examples(language):
        _, rest = subcommand(words)
        read = read_digest if words.startswith("digest") else read_kpi_alert
        known = rest.removeprefix("on ").replace("facturation", "billing")
        assert read(known, asker, NOW, Text(language), zone=PARIS, viewer=None)
        assert language_of(words, language) == language

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from slack_desk import store_facts

from bot.asking import Asker
from bot.commands import Commands, catalogue_page, help_page, language_of
from bot.database import open_database
from bot.render.page import Section, page_blocks, page_fallback, page_terminal
from bot.settings import HelpdeskSettings, Settings
from bot.text import Text
from kpi.catalogue import CATALOGUE
from kpi.errors import QuestionError, StorageError
from kpi.question import Answer
from kpi.targets import Targets

NOW = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())
EN, FR = Text("en"), Text("fr")


@pytest.fixture
def commands(make_sqlite):
    engine = open_database(make_sqlite())
    store_facts(engine)
    targets = Targets(general={"fcr": 0.8})
    yield Commands(Asker(engine, Settings(database_url="", timezone="Europe/Paris", targets=targets)))
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("fcr week", "en"),
        ("fcr semaine", "fr"),
        ("frt last month by agent priority:high", "en"),
        ("délai de première réponse la semaine dernière", "fr"),
        ("csat 2026-10 vs 2026-09", None),
        ("backlog", None),
        ("", None),
        ("help", "en"),
        ("aide", "fr"),
        ("define fcr", "en"),
        ("définir fcr", "fr"),
        ("DÉFINIR FCR", "fr"),
        ("xyzzy", None),
    ],
)
def test_the_language_is_the_one_that_knows_more_of_the_words(words, language):
    assert language_of(words, "en") == (language or "en")
    assert language_of(words, "fr") == (language or "fr")


def test_a_question_is_an_answer_with_the_targets_that_were_set(commands):
    answer = commands.run("fcr last week", NOW, EN)
    assert isinstance(answer, Answer)
    assert answer.target == 0.8


def test_a_word_that_opens_a_question_too_is_no_command_there(commands):
    assert isinstance(commands.run("status:solved volume month", NOW, EN), Answer)


def test_the_list_has_every_kpi_with_what_it_means():
    for text in (EN, FR):
        page = catalogue_page(text)
        assert [section.heading.split("(")[1].rstrip(")") for section in page] == list(CATALOGUE)
        assert all(section.lines[0] for section in page)


@pytest.mark.parametrize("text", [EN, FR], ids=["en", "fr"])
@pytest.mark.parametrize("key", CATALOGUE)
def test_every_kpi_can_be_defined_by_its_key(commands, key, text):
    (section,) = commands.run(f"define {key}", NOW, text)
    assert section.heading == text(f"kpi.{key}.name")


def test_a_definition_names_reading_direction_and_reference(commands):
    (section,) = commands.run("define fcr", NOW, EN)
    assert section.lines[0] == "In a question: fcr"
    assert section.lines[2].startswith("With “cohort”: ")
    assert section.lines[-2:] == ("Higher is better.", "Reference: 70% to 79%")


def test_a_definition_has_its_formula_and_a_worked_example(commands):
    (section,) = commands.run("définir taux d'abandon", NOW, FR)
    assert section.lines[2].startswith("Calcul\xa0: appels et chats abandonnés avant d’être pris ÷ (")
    assert section.lines[3].startswith("Exemple\xa0: Sur 205 appels")


@pytest.mark.parametrize(("kpi", "said"), [("frt", True), ("backlog_age", False), ("wait_time", False), ("aht", False)])
def test_business_time_is_promised_where_it_counts_only(commands, kpi, said):
    (section,) = commands.run(f"define {kpi}", NOW, EN)
    assert (EN("define.time") in section.lines) is said


def test_a_kpi_that_does_not_exist_cannot_be_defined(commands):
    with pytest.raises(QuestionError):
        commands.run("define happiness index", NOW, EN)


def test_the_status_of_a_bot_that_read_nothing_says_what_to_do(make_sqlite):
    engine = open_database(make_sqlite())
    commands = Commands(Asker(engine, Settings(database_url="")))
    (section,) = commands.run("status", NOW, EN)
    engine.dispose()
    assert section.lines == ("No helpdesk has been read yet. Run “kpi-bot sync”.",)


def test_a_page_reads_the_same_on_every_surface():
    page = (Section(heading="A & B", lines=("one <two>", "three")), Section(heading="C"))
    assert page_terminal(page) == "A & B\n  one <two>\n  three\n\nC"
    assert page_fallback(page) == "*A &amp; B*\none &lt;two&gt;\nthree\n\n*C*"
    (block,) = page_blocks(page)
    assert block["text"]["text"] == page_fallback(page)


def test_the_help_is_as_long_in_both_languages():
    assert [len(section.lines) for section in help_page(EN)] == [len(section.lines) for section in help_page(FR)]


def test_as_many_questions_at_once_as_slack_has_threads_are_all_answered(commands):
    asked = ["fcr last week by team"] * 32
    with ThreadPoolExecutor(16) as threads:
        told = list(threads.map(lambda words: commands.run(words, NOW, EN).figure, asked))
    assert all(figure == told[0] for figure in told)


def test_a_helpdesk_that_the_settings_no_longer_name_is_not_counted(make_sqlite):
    engine = open_database(make_sqlite())
    store_facts(engine)

    def solved(*names):
        desks = tuple(HelpdeskSettings(key=name, kind="demo") for name in names)
        asker = Asker(engine, Settings(database_url="", timezone="Europe/Paris", helpdesks=desks))
        return asker.ask("solved last week", NOW, "en").figure

    assert solved("desk").value == 40
    assert solved("renamed").n == 0
    engine.dispose()


def test_figures_made_with_other_rules_are_refused_rather_than_shown(make_sqlite):
    engine = open_database(make_sqlite())
    store_facts(engine)
    changed = Settings(database_url="", test_tags=frozenset({"qa"}))
    with pytest.raises(StorageError) as refused:
        Commands(Asker(engine, changed)).run("fcr week", NOW, EN)
    assert refused.value.key == "facts_stale"
    assert "kpi-bot migrate --rebuild" in EN.error(refused.value)
    engine.dispose()

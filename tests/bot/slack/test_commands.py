import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_desk import NOW, FailingCommands, SlowCommands, connected
from structlog.testing import capture_logs

from bot.commands import IN_SLACK, subcommand
from bot.pages import HELP_SECTIONS, topic_page
from bot.render.json import as_json
from bot.text import Text
from kpi.errors import StorageError


def the_answer(slack):
    (post,) = slack.wait(1)
    return post


# --- Answers ---------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_with_the_number_and_what_it_rests_on(slack):
    delivery = slack.command("fcr last week")
    assert (delivery.acknowledged, delivery.body) == (True, "")
    post = the_answer(slack)
    assert post.blocks[0]["text"]["text"] == "First contact resolution · week 47 · 16–22 Nov 2026"
    assert "75.0% (30 of 40)" in post.blocks[1]["text"]["text"]
    for words in ("75.0% (30 of 40)", "Europe/Paris", "data as of 10:25"):
        assert words in post.text


def test_the_answer_is_the_one_every_surface_gives(slack, commands):
    slack.command("fcr last week by team")
    groups = as_json(commands.run("fcr last week by team", NOW, Text("en")))["breakdown"]
    assert [(group["label"], group["numerator"], group["n"]) for group in groups] == [
        ("Care <!channel>", 12, 20),
        ("Billing", 18, 20),
    ]
    text = the_answer(slack).text
    assert "12 of 20" in text
    assert "18 of 20" in text


def test_only_the_asker_sees_the_answer(slack):
    slack.command("fcr last week", user="U_DINA")
    slack.wait(1)
    assert len(slack.seen_by("U_DINA", "C_SUPPORT")) == 1
    assert slack.seen_by("U_BOB", "C_SUPPORT") == []


def test_a_team_called_channel_pings_nobody(slack):
    slack.command("fcr last week by team")
    post = the_answer(slack)
    assert "&lt;!channel&gt;" in post.text
    assert "<!channel>" not in post.text


def test_french_is_answered_in_french(slack):
    slack.command("fcr semaine dernière par équipe")
    assert the_answer(slack).blocks[0]["text"]["text"].startswith("Résolution au premier contact · semaine 47")


@pytest.mark.parametrize(
    ("user", "title"), [("U_ALICE", "Résolution au premier contact"), ("U_BOB", "First contact resolution")]
)
def test_words_of_both_languages_are_answered_in_the_language_of_the_persons_slack(slack, user, title):
    slack.command("fcr 2026-W47", user=user)
    assert the_answer(slack).text.startswith(title)


def test_mon_is_french_for_a_french_reader(slack):
    slack.command("mon fcr", user="U_ALICE")
    assert "Essayez par agent" in the_answer(slack).text


def test_words_are_answered_in_their_own_language_whatever_the_persons_slack_is_in(slack):
    slack.command("fcr last week", user="U_ALICE")
    assert the_answer(slack).text.startswith("First contact resolution")


def test_what_slack_escapes_is_read_as_it_was_typed(slack):
    slack.command('fcr last week team:"Care &lt;!channel&gt;"')
    assert "12 of 20" in the_answer(slack).text


def test_a_kpi_without_its_data_says_what_is_missing(slack):
    slack.command("csat last week")
    assert "Not available: needs customers’ ratings" in the_answer(slack).text


# --- Help ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["help", "?"])
def test_help_shows_how_to_ask(slack, asked):
    slack.command(asked)
    assert "/kpi fcr week" in the_answer(slack).text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("aide", "/kpi fcr semaine"),
        ("list", "Backlog (backlog)"),
        ("liste", "Encours (backlog)"),
        ("define fcr", "solved with one reply"),
        ("define first contact resolution", "With “cohort”"),
        ("définir fcr", "résolus en une seule réponse"),
        ("status", "desk: data as of 10:25"),
        ("statut", "desk\u00a0: dernière lecture"),
    ],
)
def test_a_word_shows_a_page(slack, asked, expected):
    slack.command(asked)
    assert expected in the_answer(slack).text


def test_define_alone_asks_which(slack):
    slack.command("define")
    assert the_answer(slack).text.startswith("Define which KPI?")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_example_of_the_help_is_understood(commands, language):
    text = Text(language)
    pages = [commands.run("", NOW, text), *(topic_page(topic, text) for topic in HELP_SECTIONS)]
    lines = [line for page in pages for one in page for line in one.lines]
    examples = {example for line in lines for example in re.findall(r"/kpi ([^·;\n]+?)(?: ·| ?;|   |$)", line)}
    assert len(examples) >= 20
    for example in examples:
        if subcommand(example)[0] not in IN_SLACK:
            commands.run(example.replace("Customer care", "Billing").replace("Service client", "Billing"), NOW, text)


# --- What goes wrong -------------------------------------------------------------------------------------------------


def test_an_unknown_kpi_gets_the_nearest_and_not_a_shrug(slack):
    assert slack.command("fcrr last week").acknowledged
    assert "fcr" in the_answer(slack).text


def test_an_error_is_told_in_the_language_of_the_question(slack):
    slack.command("fcr la semaine prochaine")
    assert "période" in the_answer(slack).text


def test_a_database_that_fails_is_a_sentence(engine):
    error = StorageError("database_locked", database="sqlite:///kpi-bot.db", reason="database is locked")
    with connected(FailingCommands(error), engine) as slack:
        assert slack.command("fcr week").acknowledged
        assert the_answer(slack).text == Text("en").error(error)


def test_a_defect_shows_a_reference_that_is_also_in_the_log(engine):
    with (
        capture_logs() as logs,
        connected(FailingCommands(ZeroDivisionError("a defect nobody foresaw")), engine) as slack,
    ):
        assert slack.command("fcr week").acknowledged
        said = the_answer(slack).text
    (entry,) = [entry for entry in logs if entry["event"] == "listener_failed"]
    assert entry["reference"] in said
    assert "Traceback" not in said
    assert "ZeroDivisionError" not in said


# --- Three seconds ---------------------------------------------------------------------------------------------------


def test_slack_is_answered_at_once_however_long_the_question_takes(commands, engine):
    with connected(SlowCommands(commands, seconds=3.5), engine) as slack:
        delivery = slack.command("fcr last week")
        assert delivery.acknowledged
        assert slack.posts == []
        assert "30 of 40" in the_answer(slack).text


def test_slow_questions_do_not_wait_for_each_other(commands, engine):
    with connected(SlowCommands(commands, seconds=1), engine) as slack, ThreadPoolExecutor(12) as people:
        started = time.monotonic()
        deliveries = list(people.map(lambda _: slack.command("fcr last week"), range(12)))
        slack.wait(12)
        assert time.monotonic() - started < 6
        assert all(delivery.acknowledged for delivery in deliveries)

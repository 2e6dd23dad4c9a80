from dataclasses import replace

import pytest
from sample_answers import (
    ANSWERS,
    fcr_three_of_four,
    fcr_week,
    frt_by_agent,
    frt_running_week,
    volume_by_team_per_week,
)

from bot.render.blocks import answer_blocks
from bot.render.text import fallback, terminal
from bot.text import Text

EN = Text("en")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_in_the_terminal_reads_as_before(name, language, snapshot):
    assert terminal(ANSWERS[name](), Text(language)) == snapshot


def test_an_answer_says_all_that_makes_it_trustworthy():
    said = terminal(fcr_week(), EN)
    for words in (
        "week 46 · 9–15 Nov 2026",
        "72.4% (42 of 58)",
        "up 3.0 points, a clear change (week 45 · 2–8 Nov 2026: 69.4%)",
        "Target 75%: missed by 2.6 points",
        "58 tickets",
        "59.8% – 82.2%",
        "Europe/Paris",
        "data as of 10:25",
        "Left out: 1 deleted and 7 opened by agents",
        "may still change",
    ):
        assert words in said


def test_fewer_than_five_are_counted_and_not_turned_into_a_percentage():
    said = terminal(fcr_three_of_four(), EN)
    assert "3 of 4 · small sample" in said
    assert "75.0%" not in said
    assert "95% interval" not in said


def test_a_median_of_one_is_not_shown():
    assert "Bob 1 ticket – – 1" in " ".join(terminal(frt_by_agent(), EN).split())


def test_a_running_period_is_compared_with_the_same_part_of_the_one_before():
    assert "until 17 Nov 2026 10:26" in terminal(frt_running_week(), EN)


def test_business_time_is_named_and_has_no_days():
    said = terminal(frt_running_week(), EN)
    assert "p90 27 h" in said
    assert "in business time" in said


def test_what_the_sources_call_usual_is_not_called_a_target():
    usual = replace(fcr_week(), target_is_usual=True)
    assert "Usual value 75%: worse by 2.6 points" in terminal(usual, EN)
    assert "Usual value 70%: reached" in terminal(replace(usual, target=0.7), EN)
    assert "Usual value 75%\n" in terminal(replace(fcr_three_of_four(), target_is_usual=True), EN)
    assert "Target" not in terminal(usual, EN)


@pytest.mark.parametrize("say", [terminal, fallback])
def test_a_breakdown_and_a_trend_asked_for_together_are_both_there(say):
    said = say(volume_by_team_per_week(), EN)
    assert said.index("Billing") < said.index("Orders") < said.index("Week")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ANSWERS)
def test_the_fallback_has_every_figure_that_the_blocks_have(name, language):
    text = Text(language)
    answer = ANSWERS[name]()
    words = fallback(answer, text)
    for block in answer_blocks(answer, text):
        if block["type"] == "data_table":
            assert all(cell["text"].rstrip() in words for row in block["rows"] for cell in row[1:])
        if block["type"] == "section" and "fields" in block:
            assert all(field["text"].split("\n")[1] in words for field in block["fields"])

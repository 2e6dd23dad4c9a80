import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_answers import (
    ANSWERS,
    an_answer,
    count,
    csat_by_team,
    fcr_week,
    frt_running_week,
    ratio,
    sla_per_week,
    volume_by_team_per_week,
    volume_per_day,
)
from syrupy.extensions.json import JSONSnapshotExtension

from bot.render.blocks import answer_blocks, simple_blocks
from bot.render.limits import check
from bot.render.text import fallback
from bot.text import Text
from kpi.question import Filter, Group

EN, FR = Text("en"), Text("fr")
FORMS = {"full": answer_blocks, "simple": simple_blocks}


@pytest.fixture
def snapshot_json(snapshot):
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_in_blocks_reads_as_before(name, language, snapshot_json):
    assert answer_blocks(ANSWERS[name](), Text(language)) == snapshot_json


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ANSWERS)
def test_slack_takes_every_answer(name, form, language):
    assert check(FORMS[form](ANSWERS[name](), Text(language))) == []


def test_the_simple_form_uses_only_blocks_that_every_workspace_has():
    kinds = {block["type"] for make in ANSWERS.values() for block in simple_blocks(make(), EN)}
    assert kinds == {"header", "section", "context"}


def test_names_from_the_helpdesk_cannot_ping_anyone():
    for make in (csat_by_team, frt_running_week):
        said = make()
        for words in (mrkdwn(simple_blocks(said, EN)), mrkdwn(answer_blocks(said, EN)), fallback(said, EN)):
            assert "<!" not in words
        assert "&lt;!" in fallback(said, EN)


def test_a_name_cannot_end_the_fixed_width_block():
    assert fallback(csat_by_team(), EN).count("```") == 2


def test_a_percentage_in_a_table_sorts_by_its_number():
    table = next(block for block in answer_blocks(volume_per_day(), EN) if block["type"] == "data_table")
    assert table["rows"][1][1] == {"type": "raw_number", "value": 10, "text": "10"}


def test_a_breakdown_and_a_trend_asked_for_together_are_both_there():
    blocks = answer_blocks(volume_by_team_per_week(), EN)
    assert [b["caption"].rpartition(" · ")[2] for b in blocks if b["type"] == "data_table"] == ["Team", "Week"]
    assert mrkdwn(simple_blocks(volume_by_team_per_week(), EN)).count("```") == 4


def test_a_chart_doesnt_call_a_target_what_is_only_usual():
    blocks = answer_blocks(replace(sla_per_week(), target_is_usual=True), EN)
    chart = next(block for block in blocks if block["type"] == "data_visualization")
    assert [series["name"] for series in chart["chart"]["series"]][1:] == ["Usual value"]


def test_a_trend_of_a_month_by_day_says_how_much_the_chart_shows():
    blocks = answer_blocks(volume_per_day(), EN)
    chart = next(block for block in blocks if block["type"] == "data_visualization")
    assert len(chart["chart"]["axis_config"]["categories"]) == 20
    assert blocks[-1]["elements"][0]["text"].startswith("chart: 20 of 31")


def test_more_groups_than_are_shown_says_how_many_there_are():
    assert "20 of 34 shown · CSV has all" in mrkdwn(answer_blocks(csat_by_team(), EN))


def test_the_title_is_short_enough_however_long_the_period_is_named():
    assert len(answer_blocks(fcr_week(), FR)[0]["text"]["text"]) <= 150


ANY_NAME = st.text(max_size=200)


@given(names=st.lists(ANY_NAME, min_size=1, max_size=200), filtered=ANY_NAME)
def test_slack_takes_whatever_teams_are_called_and_however_many_there_are(names, filtered):
    said = an_answer(
        figure=ratio(1, 10, (0.1, 0.2)),
        question={"by": ("team",), "filters": (Filter(dimension="team", values=(filtered,)),)},
        groups=tuple(Group(keys=(str(i),), labels=(name,), figure=ratio(1, 10)) for i, name in enumerate(names)),
        left_out={"spam": 3},
        target=0.5,
    )
    for form in FORMS.values():
        blocks = form(said, EN)
        assert check(blocks) == []
        assert "<!" not in mrkdwn(blocks)
        json.dumps(blocks)
    assert "<!" not in fallback(said, EN)


@given(st.integers(0, 10**12))
def test_slack_takes_any_count(n):
    assert check(answer_blocks(an_answer(kpi="volume", unit="count", figure=count(n)), EN)) == []


def mrkdwn(blocks):
    """Return everything in blocks that Slack reads as markup."""

    def texts(part):
        if isinstance(part, dict):
            if part.get("type") == "mrkdwn":
                yield part["text"]
            for inner in part.values():
                yield from texts(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from texts(inner)

    return "\n".join(texts(blocks))

"""Targets and languages that are chosen in Slack, and the modals."""

import pytest
from slack_desk import NOW, asked, buttons, seen

from bot.access import Viewer
from bot.slack.fields import named
from bot.targets import TargetsSet
from bot.text import Text
from kpi.errors import AccessError, QuestionError
from kpi.targets import Targets

EN = Text("en")
FCR = "75.0% (30 of 40)"


@pytest.fixture
def targets(engine):
    return TargetsSet(engine)


# --- In words --------------------------------------------------------------------------------------------------------


def test_a_lead_sets_a_target_that_the_next_answer_stands_to(slack):
    asked(slack, "target fcr 80%", "All teams: 80%")
    assert "Target 80%: missed by 5.0 points" in asked(slack, "fcr last week", FCR).text
    asked(slack, "target fcr 70 %", "All teams: 70%")
    assert "Target 70%: reached" in asked(slack, "fcr last week", FCR).text


def test_a_target_of_a_team_is_the_teams_alone(slack):
    asked(slack, "target fcr 95% team:billing", "Billing: 95%")
    by_team = asked(slack, "fcr last week by team", "18 of 20").text
    care, billing = [line for line in by_team.splitlines() if line.startswith(("Care", "Billing"))]
    assert "95%" in billing
    assert "95%" not in care


def test_a_target_is_taken_away_and_the_settings_one_holds_again(commands, targets):
    commands.run("target fcr 80%", NOW, EN)
    assert targets.over(Targets(general={"fcr": 0.6})).general == {"fcr": 0.8}
    commands.run("target fcr off", NOW, EN)
    assert targets.over(Targets(general={"fcr": 0.6})).general == {"fcr": 0.6}


def test_targets_are_shown_to_everybody(slack):
    asked(slack, "target fcr 80%", "All teams: 80%")
    page = asked(slack, "targets", "First contact resolution (fcr)", user="U_DINA")
    assert buttons(page) == []
    assert buttons(asked(slack, "target", "First contact resolution (fcr)")) == ["target"]


def test_who_leads_nobody_sets_no_target(slack):
    assert "Only leads" in asked(slack, "target fcr 80%", "Only leads", user="U_DINA").text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("target frt 4h", "4 h"),
        ("target frt 1h30", "1 h 30 min"),
        ("target frt 30 min", "30 min"),
        ("objectif délai de première réponse 1 h 30", "1 h 30 min"),
        ("target backlog 40", "40"),
        ("target nps -5", "−5"),
        ("target clearance 105%", "105%"),
        ("objectif fcr 75,5 %", "75.5%"),
    ],
)
def test_targets_are_written_as_people_write_them(commands, words, shown):
    page = commands.run(words, NOW, EN)
    assert page[0].lines == (f"All teams: {shown}",)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("target fcr 75", "target_not_a_percentage"),
        ("target fcr 120%", "target_not_a_percentage"),
        ("target frt 75%", "target_not_a_duration"),
        ("target frt 1h90", "target_not_a_duration"),
        ("target nps 200", "target_not_a_net_score"),
        ("target backlog 4h", "target_not_a_number"),
        ("target fcr 75% 80%", "two_targets"),
        ("target 75%", "target_of_what"),
        ("target fcr 75% by team", "target_of_one_kpi"),
        ("target fcr 75% priority:high", "target_of_one_kpi"),
        ("target volume 40", "no_target_for"),
        ("language fr", "only_in_slack"),
        ("help xyzzy", "unknown_topic"),
        ("tickets fcr last week newest", "tickets_in_another_order"),
    ],
)
def test_what_is_no_target_is_told_with_what_is(commands, words, error):
    with pytest.raises(QuestionError) as refused:
        commands.run(words, NOW, EN)
    assert refused.value.key == error
    for language in ("en", "fr"):
        assert "{" not in Text(language).error(refused.value)


def test_a_lead_of_some_teams_aims_for_these_alone(commands, slack):
    chloe = Viewer(team_id="T", user="U", leads=frozenset({"billing"}))
    commands.run("target fcr 80% team:Billing", NOW, EN, chloe)
    for words in ("target fcr 80%", 'target fcr 80% team:"Care <!channel>"'):
        with pytest.raises(AccessError):
            commands.run(words, NOW, EN, chloe)


def test_the_oldest_of_the_backlog_can_be_asked_for(commands):
    assert commands.read("tickets backlog oldest", NOW, EN).order == "oldest"
    assert commands.read("tickets encours les plus anciens", NOW, Text("fr")).order == "oldest"


def test_help_on_a_topic_says_more_of_it_and_of_a_kpi_what_it_means(commands):
    (periods,) = commands.run("help periods", NOW, EN)
    assert periods.heading == "Periods"
    assert len(periods.lines) > 1
    (filters,) = commands.run("aide filtres", NOW, Text("fr"))
    assert "priorité" in " ".join(filters.lines)
    (fcr,) = commands.run("help fcr", NOW, EN)
    assert fcr.lines[0] == "In a question: fcr"


# --- In a modal ------------------------------------------------------------------------------------------------------


@pytest.fixture
def modal(slack):
    """Give the modal for a target, opened by Bob."""
    slack.click("U_BOB", asked(slack, "target", "Nobody has set a target"), "target")
    return slack.wait_for(lambda: slack.modal("U_BOB"))


def test_a_target_is_set_in_a_modal_that_then_shows_it(slack, modal, targets):
    (billing,) = [team["value"] for team in slack.suggest("U_BOB", modal, "team", "bil")]
    sent = slack.submit("U_BOB", modal, {"kpi": "fcr", "team": billing, "value": "90%"})
    assert sent.errors == {}
    assert "Billing: 90%" in str(slack.modal("U_BOB").blocks)
    assert targets.over(Targets()).teams == {billing: {"fcr": 0.9}}


def test_what_is_wrong_in_a_modal_is_told_at_its_field(slack, modal, targets):
    sent = slack.submit("U_BOB", modal, {"kpi": "fcr", "value": "soon"})
    assert list(sent.errors) == ["value"]
    assert "75%" in sent.errors["value"]
    assert targets.over(Targets()).general == {}
    assert slack.submit("U_BOB", slack.modal("U_BOB"), {"kpi": "fcr", "value": "80%"}).errors == {}


def test_a_modal_that_is_sent_twice_sets_the_same_target(slack, modal, targets):
    slack.submit("U_BOB", modal, {"kpi": "fcr", "value": "80%"})
    assert targets.over(Targets()).general == {"fcr": 0.8}


def test_who_leads_nobody_any_more_is_told_at_the_field(slack, modal, monkeypatch, targets):
    monkeypatch.setattr("bot.targeting.may_aim", lambda *_: False)
    sent = slack.submit("U_BOB", modal, {"kpi": "fcr", "value": "80%"})
    assert "Only leads" in sent.errors["kpi"]


def test_a_defect_behind_a_modal_is_told_in_it(slack, modal, monkeypatch):
    monkeypatch.setattr("bot.slack.modals.set_target", lambda *_, **__: 1 / 0)
    sent = slack.submit("U_BOB", modal, {"kpi": "fcr", "value": "80%"})
    assert "in the log under" in sent.errors["kpi"]


def test_a_question_is_put_together_in_a_modal_and_answered_in_place_of_the_menu(slack):
    menu = asked(slack, "", "What would you like to know?")
    slack.click("U_BOB", menu, "build")
    slack.wait_for(lambda: slack.modal("U_BOB"))
    sent = slack.submit("U_BOB", None, {"kpi": "fcr", "period": "last_week", "by": "team"})
    assert sent.errors == {}
    answer = seen(slack, "18 of 20")
    assert (answer.ts, slack.modal("U_BOB")) == (menu.ts, None)


@pytest.mark.parametrize(
    ("fields", "wrong"), [({"filter": "team:nowhere"}, "filter"), ({"by": "team", "kpi": "agent_retention"}, "by")]
)
def test_what_has_no_answer_is_told_at_its_field(slack, fields, wrong):
    slack.click("U_BOB", asked(slack, "", "What would you like to know?"), "build")
    slack.wait_for(lambda: slack.modal("U_BOB"))
    sent = slack.submit("U_BOB", None, {"kpi": "fcr"} | fields)
    assert list(sent.errors) == [wrong]


def test_the_answer_to_a_question_put_together_at_home_is_told_to_come_as_a_direct_message(slack):
    slack.open_home("U_BOB")
    slack.click("U_BOB", slack.wait_for(lambda: slack.home("U_BOB")), "build")
    view = slack.wait_for(lambda: slack.modal("U_BOB"))
    assert "The answer comes as a direct message." in str(view.blocks)


def test_menus_are_ordered_as_a_reader_looks_names_up():
    names = {"a": "Durée", "b": "Délai", "c": "demandes", "d": "Coût"}
    assert [one["value"] for one in named(names)] == ["d", "b", "c", "a"]
    assert [one["value"] for one in named(names, "DÉ")] == ["b", "c"]


# --- Language of a channel -------------------------------------------------------------------------------------------


def test_a_channel_is_written_to_in_the_language_that_was_chosen_for_it(slack):
    asked(slack, "language fr", "Language of this channel")
    answer = asked(slack, "fcr last week", FCR)
    slack.click("U_BOB", answer, "share")
    assert "Résolution au premier contact" in seen(slack, "Partagé par Bob", user="U_DINA").text


def test_the_language_of_a_channel_is_chosen_by_leads(slack):
    asked(slack, "langue fr", "responsables", user="U_ALICE")
    assert "None is chosen" in asked(slack, "language", "Language of this channel").text


def test_a_language_that_there_is_not_is_told(slack):
    asked(slack, "language klingon", "klingon")


def test_a_language_that_was_chosen_is_given_up_again(slack):
    asked(slack, "language fr", "in French")
    asked(slack, "language auto", "None is chosen")

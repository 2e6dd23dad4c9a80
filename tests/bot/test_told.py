"""How things stand with what the bot tells by itself."""

import pytest
from alert_desk import AlertDesk, alert_slack
from cast import PARIS, at
from slack_desk import settings
from sqlalchemy import insert

from bot.asking import Asker
from bot.commands import Commands
from bot.database import open_database, writing
from bot.recurrence import WORKING_DAYS, Recurrence
from bot.subscriptions import ASKED, OWNER_GONE, DigestWanted, SlaWanted, Subscriptions
from bot.tables import deliveries
from bot.text import LANGUAGES, Text
from bot.told import problem_lines, told

NOW = at("2026-11-24 09:00", PARIS)
DAY = 86_400
DIGEST = DigestWanted(recurrence=Recurrence(at=510, zone=PARIS, weekdays=WORKING_DAYS))
ALERTS = SlaWanted(zone=PARIS)


@pytest.fixture
def engine(make_sqlite):
    engine = open_database(make_sqlite())
    yield engine
    engine.dispose()


def subscribed(engine, wanted=DIGEST, channel="C_SUPPORT", paused=None):
    store = Subscriptions(engine)
    made = store.add(wanted, team_id="T1", channel=channel, owner="U_BOB", language="en", now=NOW)
    return made if paused is None else store.pause(made, paused, NOW)


def delivered(engine, key, state, error=None, due_at=NOW - DAY):
    row = {"key": key, "team_id": "T1", "channel": "C_SUPPORT", "state": state, "error": error, "due_at": due_at}
    with writing(engine) as connection:
        connection.execute(insert(deliveries).values(**row, attempts=1))


def problems(engine, language="en", now=NOW, *, named=True):
    with engine.connect() as connection:
        return list(problem_lines(told(connection, now), Text(language), named=named))


def status(engine, language="en"):
    return Commands(Asker(engine, settings())).status(NOW, Text(language))


def test_the_status_says_how_many_digests_and_alerts_are_told(engine):
    subscribed(engine)
    subscribed(engine, ALERTS)
    subscribed(engine, ALERTS, paused=ASKED)
    _, section = status(engine)
    assert section.heading == "Digests and alerts"
    assert section.lines[0] == "Posted automatically: 1 digest, 1 alert."


def test_the_status_says_nothing_of_digests_where_nobody_wants_any(engine):
    assert len(status(engine)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_status_names_no_channel_as_whoever_asks_may_not_be_in_it(engine, language):
    subscribed(engine, channel="C_SECRET", paused="not_in_channel")
    _, section = status(engine, language)
    assert any("not_in_channel" in line for line in section.lines)
    assert not any("C_SECRET" in line for line in section.lines)


def test_what_is_paused_is_told_with_its_channels_and_what_to_do(engine):
    for channel in ("C_ONE", "C_TWO", "C_ONE"):
        subscribed(engine, channel=channel, paused="not_in_channel")
    (line,) = problems(engine)
    assert line == (
        "3 digests (C_ONE, C_TWO) can't be posted: the bot may not write there (not_in_channel). Type /invite in that"
        " channel and choose the bot. Then “/kpi digest resume” there goes on."
    )


@pytest.mark.parametrize(
    ("why", "wanted", "said"),
    [
        (ASKED, DIGEST, "1 digest (C_SUPPORT) paused by somebody: “/kpi digest resume”"),
        (ASKED, ALERTS, "1 alert (C_SUPPORT) paused by somebody: “/kpi alerts resume”"),
        (OWNER_GONE, DIGEST, "whoever made it has left. “/kpi digest resume” in that channel makes it yours"),
        ("is_archived", ALERTS, "the channel is archived. Unarchive it, or choose another channel. Then “/kpi alerts"),
        ("user_disabled", DIGEST, "the person it is for is no longer in this workspace"),
        ("invalid_arguments", DIGEST, "1 digest (C_SUPPORT) was not taken by Slack (invalid_arguments). Then"),
    ],
)
def test_each_reason_is_told_in_its_words(engine, why, wanted, said):
    subscribed(engine, wanted, paused=why)
    (line,) = problems(engine)
    assert said in line


def test_what_a_refused_token_paused_needs_no_command_to_go_on(engine):
    subscribed(engine, paused="token_revoked")
    (line,) = problems(engine)
    assert line.endswith("Whoever hosts the bot must install the app again.")


def test_no_more_than_a_few_channels_are_named(engine):
    for number in range(7):
        subscribed(engine, channel=f"C_{number}", paused=ASKED)
    (line,) = problems(engine)
    assert line.startswith("7 digests (C_0, C_1, C_2, C_3, C_4, …) paused")


def test_what_nobody_tells_for_an_hour_is_overdue(engine):
    due = subscribed(engine).next_at
    assert problems(engine, now=due + 3600) == []
    (line,) = problems(engine, now=due + 3601)
    assert line.startswith("1 digest or alert is overdue by more than an hour.")
    assert "KPI_BOT_SLACK_BOT_TOKEN" in line


def test_alerts_that_nobody_looks_after_for_minutes_are_told_until_a_worker_ticks(engine):
    subscribed(engine, ALERTS)
    assert problems(engine, now=NOW + 360) == []
    (line,) = problems(engine, now=NOW + 361)
    assert line.startswith("1 SLA alert has not been looked after for more than 5 minutes")
    with alert_slack().running() as slack:
        desk = AlertDesk(engine, slack)
        desk.now = NOW + 361
        desk.alerts.tick()
        assert problems(engine, now=desk.now) == []
        (watched,) = desk.subscriptions.every()
        desk.subscriptions.pause(watched, ASKED, desk.now)
        desk.alerts.tick()
        (line,) = problems(engine, now=desk.now + 3600)
        assert "paused by somebody" in line


def test_what_did_not_get_through_in_the_last_week_is_counted(engine):
    delivered(engine, "digest:1", "failed", "not_in_channel")
    delivered(engine, "digest:2", "failed", "is_archived")
    delivered(engine, "digest:3", "unsure", "TimeoutError")
    delivered(engine, "digest:4", "missed")
    delivered(engine, "digest:5", "sent")
    delivered(engine, "digest:6", "failed", "is_archived", due_at=NOW - 8 * DAY)
    failed, unsure, missed = problems(engine)
    assert failed.startswith("2 messages of the last 7 days were not taken by Slack (is_archived, not_in_channel)")
    assert unsure.startswith("1 message of the last 7 days may not have arrived (TimeoutError)")
    assert missed.startswith("1 digest of the last 7 days was not told within its day")


def test_it_is_told_in_french(engine):
    subscribed(engine, ALERTS, paused="not_in_channel")
    delivered(engine, "digest:1", "missed")
    paused, missed = (line.replace("\u00a0", " ") for line in problems(engine, "fr"))
    assert paused.startswith("1 alerte (C_SUPPORT) : publication impossible")
    assert paused.endswith("Ensuite, « /kpi alertes reprendre » dans ce canal relance l’envoi.")
    assert missed == "1 digest des 7 derniers jours n’a pas été publié dans sa journée ; le suivant le dit."

"""SLA alerts as people meet them: the command that makes them, and the buttons below their messages."""

from contextlib import contextmanager

import pytest
from alert_desk import BILLING, SUPPORT, AlertDesk, alert_settings, alert_slack
from cast import PARIS, Tale, at
from pydantic import SecretStr
from slack_desk import LEADS, SECRET, TOKEN, buttons

from bot.asking import Asker
from bot.commands import Commands
from bot.demo.slack import serving
from bot.settings import SlackSettings
from bot.slack.app import create_app
from bot.web import create_web
from kpi.question import Filter


class Connected(AlertDesk):
    """An alert desk whose Slack is answered by the bot."""

    def ask(self, words, says, user="U_BOB"):
        assert self.slack.command(words, user=user, channel=SUPPORT).acknowledged
        return self.wait(lambda: self._seen(says, user))

    def click(self, root, action, user="U_ALICE", value=None):
        self.slack.click(user, root, action, value=value)

    def _seen(self, says, user):
        found = [one for one in self.slack.seen_by(user, SUPPORT) if says in one.text]
        return found[-1] if found else None

    def wait(self, look):
        return self.slack.wait_for(look)

    def alerted(self):
        """Let Dina's ticket come due within the hour; return the message."""
        self.tell(Tale(at("2026-11-24 09:30", PARIS), "1"))
        self.at("12:30")
        (root,) = self.roots()
        return root

    def now_reads(self, words):
        return self.wait(lambda: next((root for root in self.roots() if words in root.text), None))


@contextmanager
def connected(engine):
    settings = alert_settings(
        slack=SlackSettings(bot_token=SecretStr(TOKEN), signing_secret=SecretStr(SECRET)), access=LEADS
    )
    with alert_slack().running() as slack:
        desk = Connected(engine, slack, settings)
        commands = Commands(Asker(engine, settings))
        app = create_app(commands, engine, settings, clock=desk.clock, api_url=slack.api_url)
        with serving(create_web(app)) as url:
            slack.events_url = f"{url}/slack/events"
            yield desk


@pytest.fixture
def desk(engine):
    with connected(engine) as made:
        yield made


def test_a_lead_subscribes_a_channel(desk):
    desk.tell(Tale(at("2026-11-24 09:00", PARIS), "9", priority="high"))
    answer = desk.ask("alerts on sla team:billing priority:high lead 2h,30m quiet 20:00-8h no broadcast", "Alerts here")
    assert "lead 2h,30m" in answer.text
    (order,) = desk.subscriptions.of_channel("T_STANDIN", SUPPORT) or desk.subscriptions.every()
    wanted = order.wanted
    assert wanted.leads_s == (7200, 1800)
    assert {one.dimension: one.values for one in wanted.filters} == {"team": ("billing",), "priority": ("high",)}
    assert (wanted.quiet.start, wanted.quiet.end, wanted.broadcast) == (20 * 60, 8 * 60, False)


def test_in_french(desk):
    desk.ask("alertes on sla équipe:billing avant 30min escalader 20m <!subteam^S_LEADS|@leads>", "Alertes")
    (order,) = desk.subscriptions.every()
    assert order.wanted.leads_s == (1800,)
    assert (order.wanted.escalate_after_s, order.wanted.escalate_to) == (1200, "S_LEADS")
    assert order.wanted.filters == (Filter(dimension="team", values=("billing",)),)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("alerts on sla lead soon", "lead 60m,15m"),
        ("alerts on sla quiet at night", "quiet 20:00-08:00"),
        ("alerts on sla escalate 20m somebody", "escalate 20m @leads"),
        ("alerts on sla team:biling", "Billing"),
        ("alerts on sla by team", "team:billing"),
        ("alerts on sla zone:Europe/Pari", "Europe/Paris"),
        ("alerts on what", "alerts on sla"),
        ("alerts snooze 2h", "no alert here"),
    ],
)
def test_what_is_not_understood_is_told_with_an_example(desk, words, says):
    assert says in desk.ask(words, says).text
    assert desk.subscriptions.every() == []


def test_an_agent_does_not_subscribe_a_channel(desk):
    desk.ask("alerts on sla", "lead", user="U_ALICE")
    assert desk.subscriptions.every() == []


def test_alerts_begin_with_what_comes_due_after_the_command(desk):
    desk.ask("alerts on sla", "Alerts here")
    assert "First reply at risk" in desk.alerted().text


def test_who_takes_it_is_shown_and_a_second_click_says_who_was_first(desk):
    desk.ask("alerts on sla", "Alerts here")
    root = desk.alerted()
    assert buttons(root) == ["alert_ack", "alert_snooze", "alert_mute"]
    desk.click(root, "alert_ack")
    root = desk.now_reads("Taken by <@U_ALICE>")
    assert buttons(root) == ["alert_snooze", "alert_mute"]
    desk.slack.workspace.messages.change(root, blocks=[*root.blocks[:-1], _with_ack(root)])
    desk.click(desk.roots()[0], "alert_ack", user="U_BOB")
    assert desk.wait(lambda: desk._seen("taken care of it already", "U_BOB"))


def _with_ack(root):
    """Return the buttons as somebody saw them a moment before."""
    (row,) = [block for block in root.blocks if block["type"] == "actions"]
    value = row["elements"][-1]["value"]
    words = {"type": "plain_text", "text": "I'll take it"}
    return {**row, "elements": [{"type": "button", "action_id": "alert_ack", "value": value, "text": words}]}


def test_snoozed_until_the_next_opening(desk):
    desk.ask("alerts on sla", "Alerts here")
    root = desk.alerted()
    (row,) = [block for block in root.blocks if block["type"] == "actions"]
    (select,) = [element for element in row["elements"] if element["action_id"] == "alert_snooze"]
    (value,) = [option["value"] for option in select["options"] if option["value"].endswith("opening")]
    desk.click(root, "alert_snooze", value=value)
    assert "25 Nov 2026 09:00" in desk.now_reads("Snoozed by").text.replace("\u202f", " ")


def test_muted_takes_the_buttons_away(desk):
    desk.ask("alerts on sla", "Alerts here")
    desk.click(desk.alerted(), "alert_mute")
    assert buttons(desk.now_reads("Muted by <@U_ALICE>")) == []


def test_all_of_a_channel_are_snoozed_by_command(desk):
    desk.ask("alerts on sla", "Alerts here")
    desk.alerted()
    desk.ask("alerts snooze 2h", "silent until")
    desk.at("12:31")
    assert "14:30" in desk.now_reads("Snoozed by").text


def test_off_ends_them(desk):
    desk.ask("alerts on sla", "Alerts here")
    desk.ask("alerts off", "Ended")
    desk.tell(Tale(at("2026-11-24 09:30", PARIS), "1"))
    desk.at("12:30")
    assert desk.roots() == []


# --- In a modal ------------------------------------------------------------------------------------------------------


def opened(desk, message, action, user="U_BOB"):
    desk.click(message, action, user=user)
    return desk.wait(lambda: desk.slack.modal(user))


FILLED = {
    "metrics": ["first_reply", "resolution"],
    "filter": "team:billing",
    "leads": "2h, 30m",
    "broadcast": [],
    "escalate_after": "20m",
    "escalate_group": "S_LEADS",
    "quiet": "20:00-8h",
    "zone": "europe/london",
    "language": "fr",
}


def confirmed(desk, user="U_BOB", times=1):
    """Return what somebody was told of the last modal they sent, once they were told so often."""
    told = desk.wait(lambda: (found := desk.posted(desk.slack.directory.direct(user).id))[times - 1 :] and found)
    return told[-1].text


@pytest.fixture
def modal(desk):
    """Give the modal of new SLA alerts for the channel, in which the user groups have been asked for."""
    shown = opened(desk, desk.ask("alerts", "Alerts here"), "sla_new")
    assert [group["text"]["text"] for group in desk.slack.suggest("U_BOB", shown, "escalate_group", "lead")] == [
        "@leads"
    ]
    return shown


def test_sla_alerts_are_made_in_a_modal_as_by_command(desk, modal):
    assert desk.slack.submit("U_BOB", modal, FILLED).errors == {}
    (made,) = desk.subscriptions.every()
    assert (made.channel, made.owner, made.language) == (SUPPORT, "U_BOB", "fr")
    desk.ask(
        "alerts on sla first reply resolution team:billing lead 2h,30m no broadcast quiet 20:00-8h "
        "escalate 20m <!subteam^S_LEADS|@leads> zone:Europe/London",
        "/kpi alerts on sla first reply resolution",
    )
    _, by_command = desk.subscriptions.every()
    assert made.wanted == by_command.wanted
    assert "from now on are told: /kpi alerts on sla first reply resolution lead 2h,30m" in confirmed(desk)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"leads": "soon"}, "leads"),
        ({"leads": "60m, soon"}, "leads"),
        ({"quiet": "at night"}, "quiet"),
        ({"zone": "Paris"}, "zone"),
        ({"filter": "team:biling"}, "filter"),
        ({"filter": "by team"}, "filter"),
        ({"escalate_after": "later"}, "escalate_after"),
        ({"escalate_after": None}, "escalate_after"),
        ({"escalate_group": None}, "escalate_group"),
        ({"escalate_channel": SUPPORT}, "escalate_channel"),
    ],
)
def test_what_is_wrong_in_the_modal_is_told_at_its_field(desk, modal, fields, wrong):
    assert list(desk.slack.submit("U_BOB", modal, FILLED | fields).errors) == [wrong]
    assert desk.subscriptions.every() == []


def test_edit_opens_the_modal_as_it_was_and_what_was_told_stays_told(desk):
    desk.ask("alerts on sla lead 1h quiet 20:00-08:00 escalate 20m <!subteam^S_LEADS|@leads>", "Alerts here")
    (before,) = desk.subscriptions.every()
    desk.alerted()
    listed = desk.ask("alerts edit", "1. /kpi alerts on sla")
    shown = desk.wait(lambda: desk.slack.modal("U_BOB"))
    assert desk.slack.submit("U_BOB", shown, {}).errors == {}
    assert [(one.wanted, one.created_at) for one in desk.subscriptions.every()] == [(before.wanted, before.created_at)]
    shown = opened(desk, listed, f"sla_edit.{before.id}")
    assert desk.slack.submit("U_BOB", shown, {"metrics": ["first_reply"], "leads": "90m"}).errors == {}
    (after,) = desk.subscriptions.every()
    assert (after.id, after.created_at, after.wanted.leads_s) == (before.id, desk.now, (5400,))
    assert "lead 90m" in confirmed(desk, times=2)
    desk.at("12:31")
    assert len(desk.roots()) == 1


@pytest.mark.parametrize("is_closed", [False, True])
def test_alerts_that_move_go_on_where_they_were_told_and_begin_where_they_are_told_now(desk, is_closed):
    desk.ask("alerts on sla first reply lead 1h", "Alerts here")
    root = desk.alerted()
    desk.ask("alerts edit", "1. /kpi alerts on sla")
    shown = desk.wait(lambda: desk.slack.modal("U_BOB"))
    assert desk.slack.submit("U_BOB", shown, {"channel": BILLING}).errors == {}
    if is_closed:
        desk.slack.directory.archive(SUPPORT)
    desk.tell(Tale(at("2026-11-24 10:00", PARIS), "2"))
    desk.at("13:31")
    assert len(desk.replies(root)) == (0 if is_closed else 1)
    (begun,) = desk.posted(BILLING)
    assert "at risk" in begun.text
    assert [one.is_paused for one in desk.subscriptions.every()] == [False]


def test_personal_sla_alerts_are_made_from_the_app_home_in_french(desk):
    desk.slack.open_home("U_ALICE")
    home = desk.wait(lambda: desk.slack.home("U_ALICE"))
    shown = opened(desk, home, "sla_new", user="U_ALICE")
    assert "Combien de temps avant" in str(shown.blocks)
    assert "channel" not in {block.get("block_id") for block in shown.blocks}
    assert desk.slack.submit("U_ALICE", shown, {}).errors == {}
    (made,) = desk.subscriptions.every()
    assert (made.is_personal, made.owner, made.language, made.wanted.leads_s) == (True, "U_ALICE", "fr", (3600, 900))
    assert "Les engagements" in confirmed(desk, "U_ALICE")
    desk.slack.open_home("U_ALICE")
    home = desk.wait(lambda: (view := desk.slack.home("U_ALICE")) and "sla_edit" in str(view.blocks) and view)
    assert opened(desk, home, f"sla_edit.{made.id}", user="U_ALICE")

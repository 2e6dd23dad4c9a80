"""What a digest says of a desk whose figures are worked out by hand: the worst first, each with what it rests on."""

import re
from dataclasses import replace

import pytest
from cast import PARIS, Tale, at
from digest_desk import BILLING, MORNING, SUPPORT, WANTED, a_monday, open_ticket, solved
from sqlalchemy import insert

from bot.database import writing
from bot.recurrence import Cadence
from bot.render.limits import check
from kpi import schema
from kpi.question import Filter

# FCR: on Monday the 16th 36 of 40 = 90.0 %, on the 23rd 20 of 40 = 50.0 %.
BEFORE, AFTER = a_monday(16, at_once=36), a_monday(23, at_once=20)


@pytest.fixture
def digest(desk):
    """Give the digest of Tuesday the 24th."""

    def make(*tales, wanted=WANTED, **given):
        desk.tell(*BEFORE, *AFTER, *tales)
        desk.subscribe(wanted, **given)
        desk.at("24 08:30")
        (root,) = desk.roots(given.get("channel", "C_SUPPORT"))
        return root

    return make


def heading(text, words):
    """Return the lines below a heading."""
    found = re.search(rf"^\*{words}\*\n(.*?)(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return found.group(1).splitlines() if found else None


def aim(desk, target, team=()):
    desk.asker.targets_set.aim("fcr", team, target, by=("", ""), now=desk.now)


def test_a_missed_target_comes_first_with_its_change_in_words(desk, digest):
    aim(desk, 0.8)
    text = digest().text
    assert text.index("Missed their target") < text.index("No clear change")
    (line,) = heading(text, "Missed their target")
    assert line == (
        "• *First contact resolution*: 50.0% (20 of 40) · Target 80%: missed by 30.0 points"
        " · down 40.0 points, a clear change (Mon, 16 Nov 2026: 90.0%)"
    )


def test_a_clear_change_for_the_worse_is_called_so(digest):
    (line,) = heading(digest().text, "Clearly worse")
    assert line.endswith("50.0% (20 of 40) · down 40.0 points, a clear change (Mon, 16 Nov 2026: 90.0%)")


def test_a_clear_change_for_the_better_is_called_so(desk):
    desk.tell(*a_monday(16, at_once=20), *a_monday(23, at_once=36))
    desk.subscribe()
    desk.at("24 08:30")
    (line,) = heading(desk.roots()[0].text, "Clearly better")
    assert "90.0% (36 of 40) · up 40.0 points, a clear change (Mon, 16 Nov 2026: 50.0%)" in line


def test_a_change_that_is_neither_is_only_different(desk):
    desk.tell(*a_monday(16, at_once=10, of=10), *a_monday(23, at_once=40))
    desk.subscribe()
    desk.at("24 08:30")
    (line,) = heading(desk.roots()[0].text, "Clearly changed")
    assert line == "• *Tickets received*: 40 · up 30, a clear change (Mon, 16 Nov 2026: 10)"


def test_the_rest_has_a_line_each_with_what_it_rests_on(digest):
    lines = heading(digest(wanted=replace(WANTED, kpis=("volume", "frt", "fcr"))).text, "No clear change")
    assert lines == [
        "• *Tickets received*: 40",
        "• *First response time*: 10 min (median) (40 tickets)",
    ]


def test_what_the_data_does_not_tell_is_said_once_and_short(digest):
    text = digest().text
    assert "Not available: Customer satisfaction." in text
    assert "• *Customer satisfaction*" not in text


def test_period_comparison_zone_freshness_and_next_run_are_printed(digest):
    assert digest().text.splitlines()[-1] == (
        "Mon, 23 Nov 2026, compared with Mon, 16 Nov 2026 · times in Europe/Paris · data as of 08:30"
        " · next: 25 Nov 2026 08:30 (Europe/Paris)"
    )


def test_the_sla_of_today_counts_and_names_what_is_late_and_what_comes_due(digest):
    # First replies within four business hours (9 to 18), resolutions within sixteen.
    late = [open_ticket(f"late{n}", at(f"2026-11-23 0{8 + n // 2}:00", PARIS)) for n in range(4)]
    today = open_ticket("today", at("2026-11-24 08:00", PARIS), team="billing")
    yesterday = open_ticket("yesterday", at("2026-11-23 17:00", PARIS))
    assert heading(digest(*late, today, yesterday).text, "SLA today") == [
        "4 promises are late",
        "    #late0 · First reply · due 23 Nov 2026 13:00 · Support",
        "    #late1 · First reply · due 23 Nov 2026 13:00 · Support",
        "    #late2 · First reply · due 23 Nov 2026 13:00 · Support",
        "    and 1 more",
        "6 are due before the day ends",
        "    #yesterday · First reply · due 12:00 · Support",
        "    #today · First reply · due 13:00 · Billing &lt;!channel&gt;",
        "    #late0 · Resolution · due 16:00 · Support",
        "    and 3 more",
    ]


def test_what_people_wrote_pings_nobody_and_leads_where_the_helpdesk_is(digest):
    late = open_ticket("5", at("2026-11-23 09:00", PARIS), subject="<!here> help", url="https://desk.example/5")
    root = digest(late)
    assert "<https://desk.example/5|#5> · First reply" in root.text
    assert "&lt;!here&gt; help" in root.text
    assert "<!" not in root.text


def test_filters_narrow_everything_and_are_told(digest):
    wanted = replace(WANTED, filters=(Filter(dimension="team", values=("billing",)),))
    late = [open_ticket(f"late-{team}", at("2026-11-23 09:00", PARIS), team=team) for team in ("support", "billing")]
    text = digest(*late, wanted=wanted).text
    # Two thirds of 40 are 26; those solved at once are 13 of the first 20.
    assert "*First contact resolution*: 50.0% (13 of 26)" in text
    assert "1 promise is late" in text
    assert "#late-billing" in text
    assert "team: Billing &lt;!channel&gt;" in text


def test_a_figure_that_was_said_otherwise_before_is_told_as_restated(desk):
    desk.tell(*BEFORE, *AFTER)
    desk.subscribe(kpis=("volume",))
    desk.subscribe(kpis=("volume",), recurrence=replace(MORNING, at=540), channel=BILLING)
    desk.at("24 08:30")
    desk.tell(solved(90, 23, at_once=True))
    desk.at("24 09:00")
    (line,) = heading(desk.roots(BILLING)[0].text, "No clear change")
    assert line == "• *Tickets received*: 41 · Restated: was 40, as said on 24 Nov 2026 08:30"


def test_digests_of_one_moment_say_the_same_each_as_its_reader_may_see_it(desk):
    desk.tell(*BEFORE, *AFTER)
    desk.at("24 08:30")
    desk.asker.ask("volume 2026-11-23", desk.now, "en")
    with writing(desk.engine) as connection:
        connection.execute(insert(schema.customers), {"helpdesk": "desk", "external_id": "dina", "name": "Dina"})
    of_dina = (Filter(dimension="customer", values=("dina",)),)
    places = [(SUPPORT, "U_BOB", ()), (BILLING, "U_BOB", ())]
    places += [(desk.slack.directory.direct(user).id, user, of_dina) for user in ("U_BOB", "U_DINA")]
    for channel, owner, filters in places:
        nine = replace(MORNING, at=540)
        desk.subscribe(kpis=("volume",), recurrence=nine, channel=channel, owner=owner, filters=filters)
    desk.tell(solved(90, 23, at_once=True))
    desk.at("24 09:00")
    in_support, in_billing, of_bob, of_dina_herself = (desk.posted(channel)[0].text for channel, _, _ in places)
    assert "41 · Restated: was 40" in in_support
    assert in_billing == in_support
    assert "*Tickets received*: 41" in of_bob
    assert "Tickets received is left out" in of_dina_herself


def test_the_thread_has_the_figures_by_team_and_the_channel_has_one_message(desk, digest):
    root = digest()
    (reply,) = desk.replies(root)
    # Of Support's 14 the first 7 were solved at once, of Billing's 26 the first 13.
    rows = [line.split() for line in reply.text.splitlines() if line.startswith(("Billing", "Support"))]
    assert rows == [
        ["Billing", "&lt;!channel&gt;", "50.0%*", "(26)", "26"],
        ["Support", "50.0%*", "(14)", "14"],
    ]
    assert "small sample" in reply.text


def test_the_thread_says_why_a_teams_satisfaction_is_not_shown(desk, digest):
    teams = ("support",) * 4 + ("billing",) * 3
    rated = [solved(50 + number, 23, at_once=True, team=team) for number, team in enumerate(teams)]
    for number, tale in enumerate(rated):
        tale.rated(at("2026-11-23 17:00", PARIS), 5.0, external_id=f"survey {number}")
    (reply,) = desk.replies(digest(*rated))
    assert "n/a: what rests on fewer than 5 about persons is not shown" in reply.text


def test_a_chart_shows_how_the_figure_that_matters_came_about(desk, digest):
    root = digest()
    (drawn,) = [block for block in root.blocks if block["type"] == "data_visualization"]
    assert drawn["title"] == "First contact resolution"
    assert [point["value"] for point in drawn["chart"]["series"][0]["data"]] == [90.0, 50.0]


def test_where_nothing_stands_out_there_is_no_chart(desk):
    desk.tell(*a_monday(16, at_once=20), *a_monday(23, at_once=20))
    desk.subscribe()
    desk.at("24 08:30")
    assert "data_visualization" not in {block["type"] for block in desk.roots()[0].blocks}


def test_a_weekly_digest_tells_the_week_before_against_the_one_before_that(desk):
    desk.tell(*BEFORE, *AFTER)
    weekly = replace(MORNING, cadence=Cadence.WEEKLY, weekdays=frozenset({0}))
    desk.subscribe(recurrence=weekly)
    desk.at("30 08:30")
    text = desk.roots()[0].text
    assert "week 48 · 23–29 Nov 2026, compared with week 47 · 16–22 Nov 2026" in text
    assert "50.0% (20 of 40)" in text


def test_monday_tells_the_days_since_friday_against_the_same_days(desk):
    desk.tell(*BEFORE, *AFTER)
    desk.subscribe()
    desk.now = at("2026-11-28 12:00", PARIS)
    desk.subscriptions.change(desk.subscriptions.every()[0], desk.now)
    desk.at("30 08:30")
    assert "27–29 Nov 2026, compared with 20–22 Nov 2026" in desk.roots()[0].text


def test_a_digest_in_french(digest):
    (line,) = heading(digest(language="fr").text, "Nettement moins bien")
    assert "50,0 % (20 sur 40) · en baisse de 40,0 points" in line.replace("\u202f", " ").replace("\xa0", " ")


def test_what_may_not_be_shown_in_a_channel_is_left_out_and_said(digest):
    wanted = replace(WANTED, kpis=("fcr",), filters=(Filter(dimension="agent", values=("alice",)),))
    text = digest(wanted=wanted).text
    assert "First contact resolution is left out" in text
    assert "50.0%" not in text


def test_every_block_is_one_that_slack_takes(desk, digest):
    aim(desk, 0.8)
    root = digest(*(open_ticket(f"late{n}", at("2026-11-23 09:00", PARIS), subject="&" * 200) for n in range(9)))
    assert check(root.blocks) == []
    assert all(check(reply.blocks) == [] for reply in desk.replies(root))
    assert desk.slack.refused == []


def busy(week, count):
    start = at("2026-08-10 10:00", PARIS) + week * 7 * 86_400
    return [Tale(start + n * 60, f"{week}-{n}").replies(start + n * 60 + 30) for n in range(count)]


def test_an_anomaly_is_told_by_the_first_digest_of_the_week_alone(desk):
    desk.tell(*(tale for week in range(15) for tale in busy(week, 60 if week == 14 else 12)))
    desk.now = at("2026-11-22 12:00", PARIS)
    desk.subscribe(kpis=("volume",))
    desk.at("23 08:30")
    desk.at("24 08:30")
    monday, tuesday = (root.text for root in desk.roots())
    assert heading(tuesday, "Out of the ordinary last week") is None
    (line,) = heading(monday, "Out of the ordinary last week")
    assert "Tickets received" in line
    assert "60" in line

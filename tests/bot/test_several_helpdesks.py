"""Two helpdesks that number, name and staff alike, and an imported one, in one database: each keeps what is its own."""

import json
import logging
import time

import pytest
from contract import fake_freshdesk as freshdesk
from contract import fake_zendesk as zendesk
from contract.desks import serve
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from bot.cli import app

SETTINGS = """
[[helpdesks]]
key = "care"
kind = "zendesk"
url = "{care}"
token = "{care_token}"
options = {{ email = "{email}" }}

[[helpdesks]]
key = "shop"
kind = "freshdesk"
url = "{shop}"
token = "{shop_token}"
"""
HOUR, DAY = 3600, 86_400


@pytest.fixture(scope="module")
def care():
    """Give a Zendesk with tickets 1 to 3 of two days ago, of which two were answered once and solved."""
    desk = zendesk.FakeZendesk(now=int(time.time()) - 2 * DAY)
    for number in (1, 2, 3):
        desk.create(zendesk.DINA, group_id=zendesk.SUPPORT, assignee_id=zendesk.ALICE)
        desk.reply(number)
        if number < 3:
            desk.set(number, status="solved")
    desk.now = int(time.time())
    return desk


@pytest.fixture(scope="module")
def shop():
    """Give a Freshdesk with tickets 1 and 2, with the very same people and team, of which one was solved."""
    desk = freshdesk.FakeFreshdesk(
        now=int(time.time()) - 2 * DAY,
        agents={zendesk.ALICE: "Alice Agent", freshdesk.ROBOT: "KPI Bot"},
        contacts={zendesk.DINA: "Dina Customer"},
        groups={zendesk.SUPPORT: "Support"},
    )
    for number in (1, 2):
        desk.create(zendesk.DINA, group_id=zendesk.SUPPORT, responder_id=zendesk.ALICE)
        desk.reply(number, zendesk.ALICE)
    desk.become(1, freshdesk.RESOLVED)
    desk.now = int(time.time())
    return desk


@pytest.fixture(scope="module")
def addresses(care, shop):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the stand-ins' own log is none of the bot's
    with HTTPServer("127.0.0.1") as first, HTTPServer("127.0.0.1") as second:
        yield serve(first, care), serve(second, shop)


@pytest.fixture(scope="module")
def run(tmp_path_factory, addresses, care, shop):
    """Give what runs a command of a bot of both, that was synced once: so many exports a minute are all there are."""
    tmp_path = tmp_path_factory.mktemp("several")
    path = tmp_path / "both.toml"
    tokens = {"care_token": care.token, "shop_token": shop.token, "email": zendesk.EMAIL}
    path.write_text(SETTINGS.format(care=addresses[0], shop=addresses[1], **tokens), encoding="utf-8")
    environment = {"KPI_BOT_SETTINGS": str(path), "KPI_BOT_DATABASE_URL": f"sqlite:///{tmp_path / 'both.db'}"}
    environment |= {"NO_PROXY": "127.0.0.1"}

    def command(words):
        return CliRunner().invoke(app, words.split(), env=environment, prog_name="kpi-bot")

    synced = command("sync")
    assert synced.exit_code == 0, synced.output
    export = tmp_path / "old.csv"
    export.write_text(f"ticket,created_at,status,team\n1,{zendesk.iso(care.now - 3 * DAY)},new,Support\n")
    assert command(f"import tickets {export} --source old").exit_code == 0
    return command


def figures(run, words):
    """Return the figure of each group of an answer, by its key."""
    told = json.loads(run(f"ask {words} --json").stdout)
    return {group["key"]: (group["numerator"], group["n"]) for group in told["breakdown"]}


def test_each_keeps_its_tickets_teams_and_people(run, addresses):
    care, shop = addresses
    alice, dina, team = (f"care/{number}" for number in (zendesk.ALICE, zendesk.DINA, zendesk.SUPPORT))
    assert figures(run, "fcr 7 days by helpdesk") == {"care": (2, 2), "shop": (1, 1)}
    volumes = {"care": 3, "shop": 2, "old": 1}

    def told(dimension):
        return {key: n for key, (_, n) in figures(run, f"volume 7 days by {dimension}").items()}

    assert told("helpdesk") == volumes
    assert told("team") == {team: 3, team.replace("care", "shop"): 2, "old/Support": 1}
    assert told("customer") == {dina: 3, dina.replace("care", "shop"): 2, None: 1}
    assert figures(run, "frt 7 days by agent").keys() == {alice, alice.replace("care", "shop")}

    listed = json.loads(run("ask tickets volume 7 days --json").stdout)["tickets"]
    assert {(one["helpdesk"], one["ticket"], one["url"]) for one in listed} == {
        *(("care", str(number), f"{care}/agent/tickets/{number}") for number in (1, 2, 3)),
        *(("shop", str(number), f"{shop}/a/tickets/{number}") for number in (1, 2)),
        ("old", "1", None),
    }
    rows = run("ask tickets volume 7 days").stdout
    assert "Helpdesk  Ticket" in rows
    assert all(rows.count(f"\n{key} ") == n for key, n in volumes.items())


def test_a_team_that_several_have_is_asked_about_and_named_below_its_helpdesk(run):
    refused = run("ask volume 7 days team:Support")
    assert refused.exit_code == 2
    for helpdesk, n in (("care", 3), ("shop", 2), ("old", 1)):
        said = f'team:"{helpdesk}/Support"'
        assert said in refused.stderr
        assert json.loads(run(f"ask volume 7 days {said} --json").stdout)["value"] == n


def test_one_that_fails_is_told_and_the_other_stays_fresh(run, care, shop):
    care.token = "another"
    shop.now = int(time.time())
    assert run("sync").exit_code == 2
    later = zendesk.iso(int(time.time()) + 3 * HOUR)
    status = run(f"ask status --now {later}").stdout.splitlines()
    late = {line.strip().partition(":")[0] for line in status if "late by" in line}
    assert late == {"care", "shop"}  # an import is as fresh as its last file
    checked = run("check")
    assert checked.exit_code == 2
    assert "[mend]  care:" in checked.stdout
    assert "[ok]    shop: read up to" in checked.stdout
    assert "  old: " not in checked.stdout  # it counts, though no setting names it

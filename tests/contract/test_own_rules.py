"""Opening hours and SLA policies as each helpdesk tells them, over HTTP, down to the clocks of its tickets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from alert_desk import SUPPORT, AlertDesk, alert_slack
from cast import DAY, HOUR, MINUTE, at
from contract import fake_freshdesk as freshdesk
from contract import fake_liveagent as liveagent
from contract import fake_zammad as zammad
from contract import fake_zendesk as zendesk
from contract.desks import QUICK, UNLIMITED, fd_settings, la_settings, serve, zammad_settings, zd_settings
from scripted_desk import dump
from sqlalchemy import select

from bot.checking import Check
from bot.facts import own_rules
from bot.helpdesks.connector import Connector
from bot.helpdesks.freshdesk import Freshdesk
from bot.helpdesks.liveagent import LiveAgent
from bot.helpdesks.own_rules import schedule
from bot.helpdesks.zammad import Zammad
from bot.helpdesks.zendesk import Zendesk
from bot.settings import HelpdeskSettings, Settings
from bot.sync import sync
from bot.text import LANGUAGES, Text
from kpi import schema
from kpi.events import Status
from kpi.policies import Metric, OwnRules

PARIS = "Europe/Paris"
FRIDAY = at("2026-10-23 15:30", PARIS)  # the clocks are put back on Sunday
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A helpdesk open from 9 to 17 on weekdays, in Paris.

    `promise` has it promise a first reply within so many minutes of business time, `close` gives it a holiday;
    `hide` makes it refuse to tell its rules. `create` opens a ticket that falls under the promise.
    """

    settings: HelpdeskSettings
    fake: Any
    connector: Callable[..., Connector]
    promise: Callable[[int], None]
    close: Callable[[str], None]
    hide: Callable[[], None]
    create: Callable[..., object]

    @property
    def here(self) -> Settings:
        """Our settings, which have no rules."""
        return Settings(database_url="", helpdesks=(self.settings,))

    def connect(self, **options: object) -> Connector:
        changed = replace(self.settings, options={**self.settings.options, **options})
        return self.connector(changed)

    def sync(self, engine, **options):
        self.fake.tick(3 * MINUTE)
        return sync(engine, self.connect(**options), self.here, self.settings.key, clock=lambda: self.fake.now)

    def rules(self, engine) -> OwnRules:
        self.sync(engine)
        with engine.connect() as connection:
            return own_rules(connection, self.settings.key)

    def check(self, **options: object) -> list[tuple[str, dict]]:
        return list(self.connect(**options).check().warnings)

    def reset(self, to: int) -> None:
        self.fake.tick(to - self.fake.now - MINUTE)  # whatever people do there takes a minute


def zendesk_desk(url: str, fake: zendesk.FakeZendesk) -> Desk:
    # Minutes since Sunday; Paris as Rails calls it.
    days = [{"start_time": day * 1440 + 9 * 60, "end_time": day * 1440 + 17 * 60} for day in range(1, 6)]
    fake.schedules = [{"id": 7, "name": "Office", "time_zone": "Paris", "intervals": days}]

    def promise(minutes: int) -> None:
        metric = {"priority": "normal", "metric": "first_reply_time", "target": minutes, "business_hours": True}
        rest = {"id": 9, "title": "Everybody", "position": 9, "filter": {"all": [], "any": []}}
        fake.policies = [{**rest, "policy_metrics": [metric]}]

    def close(day: str) -> None:
        fake.holidays[7] = [{"id": 1, "name": "Off", "start_date": day, "end_date": day}]

    return Desk(
        settings=zd_settings(url),
        fake=fake,
        connector=lambda settings: Zendesk(settings, QUICK, UNLIMITED, UNLIMITED),
        promise=promise,
        close=close,
        hide=lambda: fake.not_on_plan.add("slas/policies"),
        create=lambda **values: fake.create(**{"priority": "normal", "type": "question", **values}),
    )


def freshdesk_desk(url: str, fake: freshdesk.FakeFreshdesk) -> Desk:
    days = {day: {"start_time": "9:00 am", "end_time": "5:00 pm"} for day in WEEK}
    fake.hours = [{"id": 7, "name": "Default", "is_default": True, "time_zone": "Paris", "business_hours": days}]

    def promise(minutes: int) -> None:
        target = {"respond_within": minutes * 60, "next_respond_within": None, "business_hours": True}
        rest = {"id": 9, "name": "Everybody", "is_default": True, "active": True, "position": 1, "applicable_to": {}}
        fake.policies = [{**rest, "sla_target": {f"priority_{number}": target for number in range(1, 5)}}]

    def close(day: str) -> None:
        fake.hours[0]["list_of_holidays"] = [{"holiday_name": "Off", "holiday_date": day}]

    return Desk(
        settings=fd_settings(url),
        fake=fake,
        connector=lambda settings: Freshdesk(settings, QUICK, UNLIMITED),
        promise=promise,
        close=close,
        hide=lambda: fake.not_on_plan.add("sla_policies"),
        create=fake.create,
    )


def zammad_calendar(number: int, name: str, *, default: bool, start: str = "09:00") -> dict[str, Any]:
    hours = {
        day: {"active": day not in {"sat", "sun"}, "timeframes": [[start, "17:00"]]}
        for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    }
    return {
        "id": number,
        "name": name,
        "default": default,
        "timezone": PARIS,
        "business_hours": hours,
        "public_holidays": {},
    }


def zammad_sla(name: str, minutes: int, calendar: int = 1, **condition: dict[str, Any]) -> dict[str, Any]:
    asked = {f"ticket.{field}": said for field, said in condition.items()}
    times = {"first_response_time": minutes, "response_time": None, "update_time": None, "solution_time": None}
    return {"name": name, "calendar_id": calendar, "created_at": "2026-01-01", "condition": asked, **times}


def zammad_desk(url: str, fake: zammad.FakeZammad) -> Desk:
    fake.calendars = [zammad_calendar(1, "Office", default=True)]

    def promise(minutes: int) -> None:
        fake.slas = [zammad_sla("Everybody", minutes)]

    def close(day: str) -> None:
        fake.calendars[0]["public_holidays"] = {
            day: {"active": True, "summary": "Off"},
            "2026-10-27": {"active": False, "summary": "No day off"},
            "2026-10-28": {"active": True, "removed": True, "summary": "No day off either"},
        }

    return Desk(
        settings=zammad_settings(url),
        fake=fake,
        connector=lambda settings: Zammad(settings, QUICK),
        promise=promise,
        close=close,
        hide=lambda: fake.permissions.discard("admin.sla"),
        create=fake.create,
    )


def liveagent_desk(url: str, fake: liveagent.FakeLiveAgent) -> Desk:
    hours: dict[str, Any] = {day: {"start": "09:00", "end": "17:00"} for day in WEEK} | {"timezone": PARIS}

    def promise(minutes: int) -> None:
        fake.promises["gold"] = {"values": {"first_answer": minutes, "chat_answer": 1}, "business_hours": hours}

    def close(day: str) -> None:
        hours["exclude_holidays"] = [day]

    return Desk(
        settings=la_settings(url, sla_unit="1m"),
        fake=fake,
        connector=lambda settings: LiveAgent(settings, QUICK, UNLIMITED),
        promise=promise,
        close=close,
        hide=lambda: fake.forbidden.add("slas"),
        create=lambda **values: fake.create(**{"level": "gold", **values}),
    )


DESKS = {
    "zendesk": (zendesk_desk, zendesk.FakeZendesk),
    "freshdesk": (freshdesk_desk, freshdesk.FakeFreshdesk),
    "zammad": (zammad_desk, zammad.FakeZammad),
    "liveagent": (liveagent_desk, liveagent.FakeLiveAgent),
}


@pytest.fixture
def make(httpserver):
    def made(kind: str) -> Desk:
        desk, fake = DESKS[kind][0], DESKS[kind][1]()
        return desk(serve(httpserver, fake), fake)

    return made


@pytest.fixture(params=DESKS)
def desk(request, make):
    return make(request.param)


def clocks(engine, column="due_at") -> dict[str, Any]:
    """Return what the first-reply clocks have in a column, by ticket."""
    tickets, facts = schema.tickets.c, schema.clock_facts.c
    query = select(tickets.external_id, facts[column]).join_from(schema.tickets, schema.clock_facts)
    with engine.connect() as connection:
        return dict(connection.execute(query.where(facts.metric == "first_reply")).all())


def promise_of(rules: OwnRules, metric: Metric = Metric.FIRST_REPLY, **attributes: str) -> tuple[str, int] | None:
    """Return the policy of a ticket like this, with the seconds that it promises."""
    settings = Settings(database_url="")
    found = settings.rulebook("desk", {}, rules).promise(metric, attributes, FRIDAY)
    return None if found is None else (found[0].key, found[1].seconds)


# --- Of every helpdesk -------------------------------------------------------------------------------------------


def test_a_reply_is_due_when_it_is_due_there_over_the_weekend_on_which_clocks_change(engine, desk):
    desk.promise(240)
    desk.reset(FRIDAY)
    desk.create()
    desk.sync(engine)
    # Until five on Friday 1 h 30 min, from nine on Monday 2 h 30 min.
    assert list(clocks(engine).values()) == [at("2026-10-26 11:30", PARIS)]
    assert not {"own_rules_unseen", "own_rules_unreadable", "policy_left_out"} & {key for key, _ in desk.check()}


def test_a_holiday_there_is_one_here(engine, desk):
    desk.promise(240)
    desk.close("2026-10-26")
    desk.reset(FRIDAY)
    desk.create()
    desk.sync(engine)
    assert list(clocks(engine).values()) == [at("2026-10-27 11:30", PARIS)]


def test_a_promise_that_is_changed_there_leaves_old_clocks_as_they_were_and_nothing_new_writes_nothing(engine, desk):
    desk.promise(240)
    desk.reset(FRIDAY)
    first = str(desk.create())
    desk.sync(engine)
    before = dump(engine)
    desk.sync(engine)
    told = {name: rows for name, rows in dump(engine).items() if name not in {"helpdesks", "sync_cursors"}}
    assert told == {name: before[name] for name in told}
    desk.promise(120)
    desk.sync(engine)
    second = str(desk.create())
    desk.sync(engine)
    assert clocks(engine, "target_s") == {first: 4 * HOUR, second: 2 * HOUR}


def test_alerts_come_at_the_minute_that_the_hours_and_promises_there_say(engine, make):
    desk = make("zendesk")
    desk.promise(120)
    desk.close("2026-10-26")
    desk.reset(FRIDAY)
    desk.create()
    desk.sync(engine)
    with alert_slack().running() as slack:
        worker = AlertDesk(engine, slack, desk.here, now=FRIDAY)
        worker.subscribe(leads_s=(60 * MINUTE, 15 * MINUTE))
        # Due half an hour after the opening on Tuesday: an hour before it is half past four on Friday.
        told = {}
        for wall in (
            *("2026-10-23 16:29", "2026-10-23 16:30", "2026-10-24 12:00", "2026-10-26 12:00"),
            *("2026-10-27 09:14", "2026-10-27 09:15", "2026-10-27 09:30", "2026-10-27 09:31"),
        ):
            worker.at(wall)
            told[wall] = len(worker.posted(SUPPORT))
            if wall.startswith("2026-10-24"):  # what they promise from now on is nothing to who waits already
                desk.promise(240)
                desk.fake.tick(worker.now - desk.fake.now)
                assert desk.sync(engine).rebuilt == 1
        assert list(told.values()) == [0, 1, 1, 1, 1, 2, 2, 3]
        (root,) = worker.roots()
        assert "27 Oct 2026 09:30" in root.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_rules_are_not_to_be_had_the_rest_is_read_and_what_they_were_stays(engine, desk, language):
    desk.promise(240)
    desk.reset(FRIDAY)
    desk.create()
    desk.sync(engine)
    known = clocks(engine)
    desk.hide()
    desk.create()
    assert desk.sync(engine).tickets == 1
    assert known.items() <= clocks(engine).items()
    (said,) = [warning for warning in desk.check() if warning[0] in {"own_rules_unseen", "liveagent_no_slas"}]
    assert Text(language)(f"warning.{said[0]}", **said[1])


def test_rules_that_are_not_made_as_expected_stop_nothing(engine, desk):
    desk.promise("soon")
    desk.create()
    assert desk.sync(engine).tickets == 1
    assert clocks(engine) == {}
    assert ("own_rules_unreadable", {}) in desk.check()


def test_what_was_told_is_named_by_the_check(engine, desk):
    desk.promise(240)
    desk.create()
    desk.sync(engine)
    settings = Settings(database_url=str(engine.url.render_as_string(hide_password=False)), helpdesks=(desk.settings,))
    check = Check(settings, Text("en"), desk.fake.now, connect=desk.connector, slack_url="http://localhost:1/")
    sentences = [finding.sentence for finding in check.findings()]
    name = "Gold" if desk.settings.kind == "liveagent" else "Everybody"
    assert f"{desk.settings.key} tells SLA policies of its own, which count here: {name}." in sentences
    assert not any("no helpdesk tells its own" in sentence for sentence in sentences)


# --- Zendesk -----------------------------------------------------------------------------------------------------


def policy(title: str, position: int, *metrics: tuple[str, int], **filters: list[tuple[str, str, object]]) -> dict:
    return {
        "id": position,
        "title": title,
        "position": position,
        "filter": {
            way: [{"field": field, "operator": operator, "value": value} for field, operator, value in said]
            for way, said in {"all": [], "any": [], **filters}.items()
        },
        "policy_metrics": [
            {"priority": "normal", "metric": metric, "target": minutes, "business_hours": False}
            for metric, minutes in metrics
        ],
    }


REPLY = ("first_reply_time", 60)
NORMAL = {"priority": "normal"}


def test_zendesk_what_may_be_under_a_policy_that_cant_be_told_is_promised_nothing(engine, make):
    desk = make("zendesk")
    billing = str(zendesk.BILLING)
    desk.fake.policies = [
        policy("Others", 2, ("first_reply_time", 90)),  # told first, tried last
        policy("Partners", 1, REPLY, all=[("group_id", "is", billing), ("organization_id", "is", "5")]),
    ]
    rules = desk.rules(engine)
    assert promise_of(rules, team=billing, **NORMAL) is None
    assert promise_of(rules, team=str(zendesk.SUPPORT), **NORMAL) == ("Others", 90 * MINUTE)
    assert ("policy_left_out", {"policy": "Partners", "conditions": ["organization_id"]}) in desk.check()


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        (("group_id", "includes", [zendesk.SUPPORT, 5]), {"team": str(zendesk.SUPPORT)}, {"team": "6"}),
        (("brand_id", "is", str(zendesk.BRAND)), {"brand": "Acme"}, {"brand": "Else"}),
        (("type", "is", "incident"), {"type": "incident"}, {"type": "task"}),
        (("priority", "is", "normal"), NORMAL, {"priority": "urgent"}),
    ],
)
def test_zendesk_conditions_ask_for_what_tickets_carry(engine, make, condition, holds, fails):
    desk = make("zendesk")
    desk.fake.policies = [policy("Some", 1, REPLY, all=[condition]), policy("Others", 2, REPLY)]
    rules = desk.rules(engine)
    assert promise_of(rules, **NORMAL | holds) == ("Some", HOUR)
    assert promise_of(rules, **NORMAL | fails) != ("Some", HOUR)


@pytest.mark.parametrize(
    "condition", [("group_id", "is_not", "5"), ("type", "is", ""), ("current_tags", "includes", "vip")]
)
def test_zendesk_other_conditions_leave_their_policy_out(engine, make, condition):
    desk = make("zendesk")
    desk.fake.policies = [policy("Some", 1, REPLY, any=[condition, ("type", "is", "task")])]
    assert promise_of(desk.rules(engine), **NORMAL, type="task") is None
    assert ("policy_left_out", {"policy": "Some", "conditions": [condition[0]]}) in desk.check()


def test_zendesk_any_of_several_conditions_is_enough(engine, make):
    desk = make("zendesk")
    either = [("type", "is", "incident"), ("group_id", "is", str(zendesk.BILLING))]
    desk.fake.policies = [policy("Some", 1, REPLY, all=[("brand_id", "is", str(zendesk.BRAND))], any=either)]
    rules = desk.rules(engine)
    for attributes, promised in (
        ({"type": "incident"}, True),
        ({"team": str(zendesk.BILLING)}, True),
        ({"type": "task"}, False),
    ):
        assert (promise_of(rules, **NORMAL, **attributes, brand="Acme") is not None) is promised


def test_zendesk_one_target_ends_with_the_solve_and_stands_still_where_it_does_there(engine, make):
    desk = make("zendesk")
    desk.fake.policies = [
        policy("Waits", 1, ("agent_work_time", 60), ("requester_wait_time", 90), all=[("type", "is", "task")]),
        policy(
            "Totals", 2, ("total_resolution_time", 30), ("periodic_update_time", 5), all=[("type", "is", "problem")]
        ),
        policy("Works", 3, ("agent_work_time", 10)),
    ]
    found = {policy.key: (policy.targets[0].seconds, policy.pauses) for policy in desk.rules(engine).policies}
    assert found == {
        "Waits": (90 * MINUTE, {Status.PENDING}),
        "Totals": (30 * MINUTE, frozenset()),
        "Works": (10 * MINUTE, {Status.PENDING, Status.HOLD}),
    }
    warnings = desk.check()
    assert ("targets_left_out", {"policy": "Waits", "targets": ["agent_work_time"]}) in warnings
    assert ("targets_left_out", {"policy": "Totals", "targets": ["periodic_update_time"]}) in warnings


def test_zendesk_of_several_schedules_none_is_taken_for_granted(engine, make):
    desk = make("zendesk")
    desk.promise(60)
    desk.fake.schedules.append({**desk.fake.schedules[0], "id": 8, "name": "Nights"})
    rules = desk.rules(engine)
    assert (rules.schedules, promise_of(rules, **NORMAL)) == ((), None)
    assert ("zendesk_schedules", {"schedules": ["Office", "Nights"]}) in desk.check()


# --- Freshdesk ---------------------------------------------------------------------------------------------------


def test_freshdesk_policies_are_tried_in_their_order_the_default_last_and_inactive_ones_never(engine, make):
    desk = make("freshdesk")
    desk.promise(240)
    billing = [freshdesk.BILLING]
    (default,) = desk.fake.policies

    def other(name: str, position: int, minutes: int, **values: Any) -> dict[str, Any]:
        targets = {"priority_4": {"respond_within": minutes * 60, "resolve_within": None, "business_hours": False}}
        return {**default, "name": name, "position": position, "is_default": False, "sla_target": targets, **values}

    desk.fake.policies = [
        default,
        other("Retired", 2, 1, active=False),
        other("Partners", 4, 2, applicable_to={"company_ids": [5], "group_ids": billing}),
        other("Incidents", 3, 3, applicable_to={"ticket_types": ["Incident"], "group_ids": billing, "sources": []}),
    ]
    rules = desk.rules(engine)
    billed = {"team": str(freshdesk.BILLING)}
    assert promise_of(rules, **billed, type="Incident", priority="urgent") == ("Incidents", 3 * MINUTE)
    assert promise_of(rules, **billed, type="Incident", priority="low") is None
    assert promise_of(rules, **billed, type="Question", priority="urgent") is None
    assert promise_of(rules, type="Incident", priority="low") == ("Everybody", 4 * HOUR)
    assert ("policy_left_out", {"policy": "Partners", "conditions": ["company_ids"]}) in desk.check()


def test_freshdesk_groups_have_business_hours_of_their_own(engine, make):
    desk = make("freshdesk")
    desk.close("--12-24")
    desk.fake.hours.append(
        {**desk.fake.hours[0], "id": 8, "name": "Nights", "is_default": False, "list_of_holidays": []}
    )
    desk.fake.hours_of = {freshdesk.BILLING: 8, freshdesk.SUPPORT: 7}
    book = Settings(database_url="").rulebook("fd", {}, desk.rules(engine))
    assert book.schedule({"team": str(freshdesk.BILLING)}, FRIDAY).key == "Nights"
    usual = book.schedule({"team": str(freshdesk.SUPPORT)}, FRIDAY)
    assert usual.key == "Default"
    assert [usual.is_holiday(date(2026, 12, day)) for day in (23, 24)] == [False, True]


# --- Zammad ------------------------------------------------------------------------------------------------------


def test_zammad_slas_are_tried_by_name_and_the_last_without_conditions_is_for_the_rest(engine, make):
    desk = make("zammad")
    billing = {"operator": "is", "value": [str(zammad.BILLING)]}
    desk.fake.slas = [
        zammad_sla("Z rest", 9),
        zammad_sla("A rest", 1),
        zammad_sla("Urgent", 2, priority_id={"operator": "is", "value": "3"}),
        {**zammad_sla("Billing", 3, group_id=billing, state_id={"operator": "is", "value": "2"}), "update_time": 60},
    ]
    rules = desk.rules(engine)
    assert promise_of(rules, priority="high") == ("Urgent", 2 * MINUTE)
    assert promise_of(rules, priority="normal") == ("Z rest", 9 * MINUTE)
    assert promise_of(rules, team=str(zammad.BILLING), priority="high") is None
    warnings = desk.check()
    assert ("policy_left_out", {"policy": "Billing", "conditions": ["ticket.state_id"]}) in warnings
    assert ("targets_left_out", {"policy": "Billing", "targets": ["update_time"]}) in warnings


def test_zammad_each_sla_has_its_calendar_and_that_of_one_that_cant_be_told_is_not_guessed(engine, make):
    desk = make("zammad")
    desk.fake.calendars.append(zammad_calendar(2, "Late", default=False, start="12:00"))
    desk.fake.slas = [
        zammad_sla("Billing", 3, 2, group_id={"operator": "is", "value": str(zammad.BILLING)}),
        zammad_sla(
            "High", 3, 2, priority_id={"operator": "is", "value": "3"}, tags={"operator": "contains", "value": "x"}
        ),
    ]
    book = Settings(database_url="").rulebook("zm", {}, desk.rules(engine))
    found = [book.schedule(said, FRIDAY) for said in ({"team": str(zammad.BILLING)}, {"priority": "high"}, {})]
    assert [each and each.key for each in found] == ["Late", None, "Office"]


def test_zammad_conditions_of_its_expert_mode(engine, make):
    desk = make("zammad")
    leaf = {"name": "ticket.type", "operator": "is", "value": ["Incident"]}
    for operator, promised in (("AND", ("All", MINUTE)), ("OR", None)):
        desk.fake.slas = [{**zammad_sla("All", 1), "condition": {"operator": operator, "conditions": [leaf]}}]
        assert promise_of(desk.rules(engine), type="Incident") == promised


# --- LiveAgent ---------------------------------------------------------------------------------------------------


def test_liveagent_levels_promise_replies_but_not_to_chats_and_calls(engine, make):
    desk = make("liveagent")
    desk.promise(240)
    desk.fake.promises["norm"] = {"values": {"first_answer": 0, "next_answer": 30}, "business_hours": None}
    rules = desk.rules(engine)
    assert promise_of(rules, level="Gold", channel="email") == ("Gold", 4 * HOUR)
    assert promise_of(rules, level="Gold", channel="chat") is None
    assert promise_of(rules, level="Normal") is None
    assert promise_of(rules, Metric.NEXT_REPLY, level="Normal") == ("Normal", 30 * MINUTE)
    book = Settings(database_url="").rulebook("la", {}, rules)
    assert [book.schedule({"level": level}, FRIDAY) is None for level in ("Gold", "Normal")] == [False, True]
    assert ("targets_left_out", {"policy": "Gold", "targets": ["chat_answer"]}) in desk.check()


def test_liveagent_promises_nothing_before_it_is_known_what_its_numbers_count(engine, make):
    desk = make("liveagent")
    desk.promise(240)
    desk.sync(engine, sla_unit=None)
    with engine.connect() as connection:
        assert own_rules(connection, "la") == OwnRules()
    assert ("liveagent_sla_unit", {}) in desk.check(sla_unit=None)
    assert promise_of(desk.rules(engine), level="Gold") == ("Gold", 4 * HOUR)


# --- Zones -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("New Caledonia", "Pacific/Noumea"),
        ("Samoa", "Pacific/Apia"),
        ("Magadan", "Asia/Magadan"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("Europe/Paris", "Europe/Paris"),
        ("UTC", "UTC"),
    ],
)
def test_zones_by_the_names_that_rails_has_for_them(zone, name):
    assert schedule("s", zone, [[(0, DAY)]] * 7, ()).zone == name

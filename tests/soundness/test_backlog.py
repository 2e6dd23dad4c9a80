"""What is open at an instant by hand: what can be worked on, how old it is, who waits and what is late."""

from datetime import date

import pytest
from cast import DAY, HOUR, MINUTE, PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.period import Grain, Period
from kpi.question import Figure, Question, Sample, Unit

NOW = at("2026-11-24 12:00")
OCTOBER = Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
END = at("2026-10-31 23:00")  # midnight in Paris, already in winter time


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def opened(ledger: Ledger, age_s: int, **facts: object) -> int:
    """Add a ticket that was created so long before the end of October and is open still."""
    ticket = ledger.ticket(END - age_s, **facts)
    ledger.span(ticket, END - age_s)
    return ticket


def counts(figure: Figure) -> dict[str, float | None]:
    return {name: part.value for name, part in figure.parts.items()}


# --- Actionable --------------------------------------------------------------------------------------------------


def test_new_and_open_tickets_can_be_worked_on_and_waiting_ones_can_not(engine):
    ledger = Ledger()
    for status in ("new", "open", "open", "pending", "hold"):
        ledger.span(ledger.ticket(END - DAY), END - DAY, status=status)
    frames = ledger.frames(engine)
    assert answer(ask("backlog"), frames, NOW).figure.value == 5
    assert answer(ask("actionable"), frames, NOW).figure.value == 3


def test_the_status_that_counts_is_the_one_at_that_instant(engine):
    ledger = Ledger()
    # Pending from 10 to 20 October; the ticket is solved now.
    ticket = ledger.ticket(at("2026-10-01 08:00"), status="solved")
    ledger.span(ticket, at("2026-10-01 08:00"), at("2026-10-10 08:00"), status="open", ended_by="change")
    ledger.span(ticket, at("2026-10-10 08:00"), at("2026-10-20 08:00"), status="pending", started_by="change")
    ledger.span(ticket, at("2026-10-20 08:00"), at("2026-11-05 08:00"), status="open", started_by="change")
    told = answer(ask("actionable", per=Grain.DAY), ledger.frames(engine), NOW)
    values = {bucket.period.start.day: bucket.figure.value for bucket in told.buckets}
    assert [values[day] for day in (1, 9, 10, 19, 20, 31)] == [1, 1, 0, 0, 1, 1]
    assert told.figure.value == 1


# --- Age ---------------------------------------------------------------------------------------------------------


def test_the_age_of_the_backlog_is_counted_from_creation_to_the_end_of_the_period(engine):
    ledger = Ledger()
    for hours in (1, 2, 3, 4, 100):
        opened(ledger, hours * HOUR)
    figure = answer(ask("backlog_age"), ledger.frames(engine), NOW).figure
    # Sorted 1, 2, 3, 4, 100: median 3; p90 at position 4 × 0.9 = 3.6, 4 + 0.6 × 96 = 61.6; mean 110 ÷ 5 = 22.
    assert (figure.value, figure.median, figure.maximum, figure.n) == (3 * HOUR, 3 * HOUR, 100 * HOUR, 5)
    assert (figure.p90, figure.mean) == (pytest.approx(61.6 * HOUR), pytest.approx(22 * HOUR))
    assert (figure.interval, figure.sample) == (None, Sample.SMALL)


def test_a_ticket_has_one_age_however_often_it_was_reopened(engine):
    ledger = Ledger()
    ticket = ledger.ticket(END - 20 * DAY)
    ledger.span(ticket, END - 20 * DAY, END - 19 * DAY)
    ledger.span(ticket, END - 2 * DAY, None, started_by="reopened")
    figure = answer(ask("backlog_age"), ledger.frames(engine), NOW).figure
    assert (figure.value, figure.n, figure.sample) == (20 * DAY, 1, Sample.COUNTS_ONLY)


def test_bands_of_age_include_their_upper_edge(engine):
    ledger = Ledger()
    for days in (1, 3, 7, 14, 30):
        for second in (-1, 0, 1):
            opened(ledger, days * DAY + second)
    figure = answer(ask("backlog_age"), ledger.frames(engine), NOW).figure
    # On the edge and a second younger are within; a second older belongs to the next band, which has its own two.
    assert counts(figure) == {
        "0-86400": 2,
        "86400-259200": 3,
        "259200-604800": 3,
        "604800-1209600": 3,
        "1209600-2592000": 3,
        "2592000-": 1,
    }
    assert sum(counts(figure).values()) == figure.n == 15
    assert {part.unit for part in figure.parts.values()} == {Unit.COUNT}


def test_a_ticket_of_the_last_second_is_in_the_first_band(engine):
    ledger = Ledger()
    ledger.span(ledger.ticket(END - 1), END - 1)
    ledger.span(ledger.ticket(END), END)  # November's
    figure = answer(ask("backlog_age"), ledger.frames(engine), NOW).figure
    assert (figure.value, figure.n, counts(figure)["0-86400"]) == (1, 1, 1)


def test_the_backlog_of_a_running_period_is_as_old_as_it_is_now(engine):
    ledger = Ledger()
    ledger.span(ledger.ticket(NOW - 36 * HOUR), NOW - 36 * HOUR)
    november = Period.of(date(2026, 11, 1), Grain.MONTH, PARIS)
    assert answer(ask("backlog_age", november), ledger.frames(engine), NOW).figure.value == 36 * HOUR


def test_days_of_age_are_of_24_hours_whatever_the_clocks_did(engine):
    ledger = Ledger()
    # From 24 October 00:00 to 1 November 00:00 in Paris are 8 local days, one of 25 hours: 8 × 24 + 1 hours.
    created = at("2026-10-24 00:00", PARIS)
    ledger.span(ledger.ticket(created), created)
    assert answer(ask("backlog_age"), ledger.frames(engine), NOW).figure.value == (8 * 24 + 1) * HOUR


def test_what_is_left_out_has_no_age_and_is_told(engine):
    ledger = Ledger()
    opened(ledger, DAY)
    for reason in ("deleted", "spam", "merged", "test"):
        opened(ledger, DAY, left_out=reason)
    told = answer(ask("backlog_age"), ledger.frames(engine), NOW)
    assert (told.figure.n, told.left_out) == (1, {"deleted": 1, "spam": 1, "merged": 1, "test": 1})


def test_the_age_is_shown_by_month_of_creation_newest_last(engine):
    ledger = Ledger()
    # 30 September 22:00Z is midnight in Paris, so already October there.
    for created in ("2025-12-31 22:59", "2026-09-30 21:59", "2026-09-30 22:00", "2026-10-31 22:00"):
        ledger.span(ledger.ticket(at(created)), at(created))
    told = answer(ask("backlog_age"), ledger.frames(engine), NOW)
    assert [(group.keys[0], group.figure.n) for group in told.groups] == [
        ("2025-12", 1),
        ("2026-09", 1),
        ("2026-10", 2),
    ]
    assert told.groups[2].figure.maximum == END - at("2026-09-30 22:00")


@pytest.mark.parametrize(
    ("zone", "month"), [("Europe/Paris", "2026-10"), ("America/New_York", "2026-09"), ("Asia/Kolkata", "2026-10")]
)
def test_the_month_of_creation_is_the_zones(engine, zone, month):
    ledger = Ledger()
    ledger.span(ledger.ticket(at("2026-09-30 22:00")), at("2026-09-30 22:00"))
    october = Period.of(date(2026, 10, 1), Grain.MONTH, zone)
    told = answer(ask("backlog_age", october), ledger.frames(engine), NOW)
    assert [group.keys for group in told.groups] == [(month,)]


def test_another_breakdown_takes_the_place_of_the_month_of_creation(engine):
    ledger = Ledger()
    opened(ledger, DAY)
    told = answer(ask("backlog_age", by=("channel",)), ledger.frames(engine), NOW)
    assert [group.keys for group in told.groups] == [("email",)]


def test_an_empty_backlog_has_no_age(engine):
    ledger = Ledger()
    ledger.span(ledger.ticket(END - DAY), END - DAY, END - HOUR)
    told = answer(ask("backlog_age"), ledger.frames(engine), NOW)
    assert (told.figure, told.groups) == (Figure(value=None, n=0), ())


@pytest.mark.parametrize(
    ("zone", "age_h"),
    # The month ends at 23:00Z in Paris, at 4:00Z of 1 November in New York, at 18:30Z in Kolkata.
    [("Europe/Paris", 23), ("America/New_York", 28), ("Asia/Kolkata", 18.5)],
)
def test_the_end_of_the_month_is_the_zones(engine, zone, age_h):
    ledger = Ledger()
    ledger.span(ledger.ticket(at("2026-10-31 00:00")), at("2026-10-31 00:00"))
    month = Period.of(date(2026, 10, 1), Grain.MONTH, zone)
    assert answer(ask("backlog_age", month), ledger.frames(engine), NOW).figure.value == age_h * HOUR


# --- Unanswered --------------------------------------------------------------------------------------------------


def test_unanswered_are_open_tickets_whose_customer_waits(engine):
    ledger = Ledger()
    for waiting_since in (END - 3 * HOUR, END - 50 * HOUR, None):
        ledger.span(ledger.ticket(END - 3 * DAY), END - 3 * DAY, waiting_since=waiting_since)
    ledger.span(ledger.ticket(END - 9 * DAY), END - 9 * DAY, END - HOUR, waiting_since=END - 9 * DAY)  # solved since
    figure = answer(ask("unanswered"), ledger.frames(engine), NOW).figure
    assert (figure.value, figure.n) == (2, 2)
    assert figure.parts == {"longest": Figure(value=50 * HOUR, n=2, unit=Unit.SECONDS)}


def test_a_reply_ends_the_waiting_and_the_ticket_stays_open(engine):
    ledger = Ledger()
    ticket = ledger.ticket(END - 2 * DAY)
    replied = END - DAY
    ledger.span(ticket, END - 2 * DAY, replied, waiting_since=END - 2 * DAY, ended_by="change")
    ledger.span(ticket, replied, None, waiting_since=None, started_by="change")
    told = answer(ask("unanswered", per=Grain.DAY), ledger.frames(engine), NOW)
    assert told.figure == Figure(value=0, n=0)
    # Asked at midnight after the 29th, which is the 30th's; answered at midnight after the 30th, which is the 31st's.
    assert [bucket.figure.value for bucket in told.buckets[-3:]] == [0, 1, 0]


def test_each_team_has_its_own_longest_wait(engine):
    ledger = Ledger()
    for team, waited in (("support", 2 * HOUR), ("support", 5 * MINUTE), ("billing", 3 * HOUR)):
        ledger.span(ledger.ticket(END - DAY), END - DAY, team=team, waiting_since=END - waited)
    told = answer(ask("unanswered", by=("team",)), ledger.frames(engine), NOW)
    found = [(group.keys[0], group.figure.value, group.figure.parts["longest"].value) for group in told.groups]
    assert found == [("support", 2, 2 * HOUR), ("billing", 1, 3 * HOUR)]


def test_unanswered_needs_messages(engine):
    ledger = Ledger(has=())
    opened(ledger, DAY)
    assert answer(ask("unanswered"), ledger.frames(engine), NOW).needs == "messages"


# --- Overdue -----------------------------------------------------------------------------------------------------


def test_overdue_are_clocks_that_are_late_at_the_end_of_the_period(engine):
    ledger = Ledger()
    ticket = ledger.ticket(END - 3 * DAY)
    ledger.clock(ticket, "first_reply")
    ledger.overdue(ticket, "first_reply", END - DAY)  # late since yesterday
    ledger.overdue(ticket, "resolution", END - 1)  # late after that second
    other = ledger.ticket(END - 3 * DAY)
    ledger.overdue(other, "resolution", END - 2 * DAY, END)  # stopped exactly at the end: late until then
    ledger.overdue(ledger.ticket(END - DAY), "next_reply", END)  # due at the end: in time
    ledger.overdue(ledger.ticket(END - DAY), "next_reply", END - HOUR, END - 1)  # answered before
    figure = answer(ask("overdue"), ledger.frames(engine), NOW).figure
    assert (figure.value, counts(figure)) == (3, {"first_reply": 1, "next_reply": 0, "resolution": 2})


def test_a_paused_clock_is_late_only_while_it_ran(engine):
    ledger = Ledger()
    ticket = ledger.ticket(at("2026-10-01 08:00"))
    ledger.clock(ticket, "resolution")
    ledger.overdue(ticket, "resolution", at("2026-10-02 08:00"), at("2026-10-04 08:00"))
    ledger.overdue(ticket, "resolution", at("2026-10-06 08:00"), None)
    told = answer(ask("overdue", per=Grain.DAY), ledger.frames(engine), NOW)
    assert [bucket.figure.value for bucket in told.buckets[:7]] == [0, 1, 1, 0, 0, 1, 1]
    assert told.figure.value == 1


def test_overdue_needs_policies(engine):
    ledger = Ledger()
    opened(ledger, DAY)
    told = answer(ask("overdue"), ledger.frames(engine), NOW)
    assert (told.figure, told.needs) == (None, "sla_policies")

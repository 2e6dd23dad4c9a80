"""A ticket without a reply and one whose replies nobody told look the same: only told ones count."""

from datetime import date

import pytest
from cast import PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.period import Grain, Period
from kpi.question import Filter, Question

T0 = at("2026-10-05")
NOW = at("2026-11-05")
DAY = 86_400
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 11, 1), zone=PARIS, grain=Grain.MONTH)


def two_helpdesks(messages: str | None) -> Ledger:
    """One helpdesk tells its conversations, four of five solved in one contact; the other has 95 tickets besides."""
    ledger = Ledger(("told", "untold"))
    ledger.helpdesks[1]["messages"] = messages
    for number in range(5):
        ledger.solved(T0, T0 + DAY, helpdesk="told", replies=1 if number else 2)
    for _ in range(95):
        ledger.solved(T0, T0 + DAY, helpdesk="untold", replies=0 if messages is None else 1)
    return ledger


@pytest.mark.parametrize("messages", [None, "first"])
def test_first_contact_resolution_leaves_out_helpdesks_that_tell_no_conversations(engine, messages):
    told = answer(Question(kpi="fcr", period=OCTOBER), two_helpdesks(messages).frames(engine), NOW)
    assert (told.figure.numerator, told.figure.denominator) == (4, 5)
    assert told.without == ("untold",)


def test_what_needs_no_conversations_counts_every_helpdesk(engine):
    told = answer(Question(kpi="solved", period=OCTOBER), two_helpdesks(None).frames(engine), NOW)
    assert (told.figure.value, told.without) == (100, ())


@pytest.mark.parametrize(("messages", "available"), [(None, False), ("first", True)])
def test_first_replies_are_known_without_the_rest(engine, messages, available):
    alone = (Filter(dimension="helpdesk", values=("untold",)),)
    frames = two_helpdesks(messages).frames(engine)
    assert answer(Question(kpi="ticket_abandonment", period=OCTOBER, filters=alone), frames, NOW).available is available
    assert answer(Question(kpi="fcr", period=OCTOBER, filters=alone), frames, NOW).needs == "messages"

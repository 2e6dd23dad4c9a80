"""Answers of every shape, for what shows answers."""

from dataclasses import replace
from datetime import UTC, date, datetime

from kpi.catalogue import find
from kpi.checked import things
from kpi.period import Grain, Period
from kpi.question import Answer, Bucket, Change, Figure, Filter, Group, Question, Reading, Said, Unit

ZONE = "Europe/Paris"
NOW = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())
WEEK = Period.of(date(2026, 11, 9), Grain.WEEK, ZONE)
RUNNING_WEEK = Period.of(date(2026, 11, 24), Grain.WEEK, ZONE)
MONTH = Period.of(date(2026, 10, 1), Grain.MONTH, ZONE)


def ratio(numerator, denominator, interval=None):
    value = numerator / denominator if denominator else None
    return Figure(
        value=value, n=denominator, numerator=numerator, denominator=denominator, interval=interval if value else None
    )


def duration(median, p90, mean, n, interval=None):
    return Figure(value=median, n=n, median=median, p90=p90, mean=mean, interval=interval)


def count(n):
    return Figure(value=n, n=n)


def an_answer(kpi="fcr", period=WEEK, figure=None, unit=Unit.RATIO, question=None, **more):
    asked = Question(kpi=kpi, period=period, **(question or {}))
    before = period.previous()
    defaults = {
        "compared": before,
        "compared_span": before.elapsed_part(period, NOW),
        "data_as_of": NOW - 60,
        "higher_is_better": True,
        "things": things(find(kpi)),
        "by": asked.by,
    }
    return Answer(question=asked, unit=unit, span=period.span(NOW), now=NOW, figure=figure, **(defaults | more))


def fcr_week():
    """A ratio with everything beside it."""
    return an_answer(
        figure=ratio(42, 58, (0.5981, 0.8225)),
        compared_figure=ratio(34, 49, (0.5521, 0.8049)),
        change=Change(value=0.0303, clear=True),
        beside={"cohort": ratio(40, 63, (0.5113, 0.7427))},
        left_out={"deleted": 1, "agent_opened": 7, "spam": 0},
        notes={"provisional": 4},
        target=0.75,
    )


def frt_running_week():
    """A duration in business time in a week that still runs, with a filter."""
    return an_answer(
        kpi="frt",
        period=RUNNING_WEEK,
        unit=Unit.SECONDS,
        figure=duration(5_400, 97_200, 14_700, 31, (3_600, 9_000)),
        compared_figure=duration(7_200, 90_000, 15_000, 40),
        change=Change(value=-1_800, clear=False),
        question={"filters": (Filter(dimension="team", values=("1", "2")),)},
        named_filters=(Filter(dimension="team", values=("Billing", "R&D <!channel>")),),
        higher_is_better=False,
        business=True,
        target=7_200,
    )


def csat_by_team():
    """A breakdown: a small group, a group with no name, one with nothing, and more groups than are shown."""
    groups = [
        Group(keys=("1",), labels=("Billing",), figure=ratio(45, 50, (0.7864, 0.9565))),
        Group(keys=("2",), labels=("Support <!here> ```",), figure=ratio(8, 12, (0.3906, 0.8619))),
        Group(keys=(None,), labels=(None,), figure=ratio(3, 4)),
        Group(keys=("9",), labels=("=HYPERLINK(1)",), figure=ratio(0, 0)),
        *(Group(keys=(f"t{i}",), labels=(f"Team {i}",), figure=ratio(9, 30, (0.1664, 0.4788))) for i in range(30)),
    ]
    return an_answer(
        kpi="csat",
        period=MONTH,
        figure=ratio(326, 966, (0.3084, 0.3679)),
        compared_figure=ratio(0, 0),
        question={"by": ("team",)},
        groups=tuple(groups),
    )


def frt_by_agent():
    """A breakdown of a duration in calendar time."""
    return an_answer(
        kpi="frt",
        period=MONTH,
        unit=Unit.SECONDS,
        figure=duration(93_600, 200_000, 120_000, 60, (80_000, 100_000)),
        question={"by": ("agent",), "reading": Reading.COHORT},
        higher_is_better=False,
        groups=(
            Group(keys=("a",), labels=("Alice",), figure=duration(3_900, 7_200, 4_000, 50, (3_000, 5_000))),
            Group(keys=("b",), labels=("Bob",), figure=duration(45, 45, 45, 1)),
        ),
    )


def volume_per_day():
    """A trend of a whole month by day: more points than a chart can hold."""
    buckets = tuple(Bucket(period=day, figure=count(10 + i % 7)) for i, day in enumerate(MONTH.buckets(Grain.DAY)))
    return an_answer(
        kpi="volume",
        period=MONTH,
        unit=Unit.COUNT,
        figure=count(400),
        compared_figure=count(350),
        change=Change(value=50, clear=True),
        question={"per": Grain.DAY},
        buckets=buckets,
        higher_is_better=None,
    )


def volume_by_team_per_week():
    """A breakdown and a trend in one question."""
    return an_answer(
        kpi="volume",
        period=MONTH,
        unit=Unit.COUNT,
        figure=count(50),
        question={"by": ("team",), "per": Grain.WEEK},
        groups=(
            Group(keys=("1",), labels=("Billing",), figure=count(30)),
            Group(keys=("2",), labels=("Orders",), figure=count(20)),
        ),
        buckets=tuple(Bucket(period=week, figure=count(8 + i)) for i, week in enumerate(MONTH.buckets(Grain.WEEK))),
        higher_is_better=None,
    )


def sla_per_week():
    """A trend with a target, and a week in which nothing happened."""
    weeks = MONTH.buckets(Grain.WEEK)
    figures = [ratio(9, 10), ratio(18, 30), ratio(0, 0), ratio(25, 30), ratio(20, 30)]
    return an_answer(
        kpi="frt_sla",
        period=MONTH,
        figure=ratio(72, 100, (0.6252, 0.7989)),
        question={"per": Grain.WEEK},
        buckets=tuple(Bucket(period=week, figure=figure) for week, figure in zip(weeks, figures, strict=True)),
        beside={"running_overdue": count(3)},
        target=0.9,
    )


def resolution_per_week():
    """A trend of a duration."""
    weeks = MONTH.buckets(Grain.WEEK)
    return an_answer(
        kpi="resolution_time",
        period=MONTH,
        unit=Unit.SECONDS,
        figure=duration(9_000, 80_000, 20_000, 200, (8_000, 10_000)),
        question={"per": Grain.WEEK},
        buckets=tuple(
            Bucket(period=week, figure=duration(6_000 + 1_000 * i, 80_000, 20_000, 40)) for i, week in enumerate(weeks)
        ),
        higher_is_better=False,
        target=14_400,
    )


def backlog_nothing_synced():
    """A count without any sync."""
    return an_answer(
        kpi="backlog", unit=Unit.COUNT, figure=count(0), data_as_of=None, uncovered="not_synced", higher_is_better=False
    )


def fcr_nothing():
    """A ratio of nothing."""
    return an_answer(figure=ratio(0, 0), target=0.75)


def fcr_three_of_four():
    """A ratio of too few for a percentage."""
    return an_answer(figure=ratio(3, 4, (0.3006, 0.9544)), target=0.75, uncovered="before_history")


def csat_not_available():
    """A KPI whose data is missing."""
    return an_answer(kpi="csat", needs="ratings")


def fcr_restated():
    """A ratio that was another one when it was last said."""
    return replace(fcr_week(), restated=Said(figure=ratio(40, 56), at=NOW - 7 * 86_400))


def fcr_by_team_with_targets():
    """A breakdown by teams that stand differently to targets of their own."""
    groups = (
        Group(keys=("1",), labels=("Billing",), figure=ratio(90, 100, (0.8256, 0.9448)), target=0.8),
        Group(keys=("2",), labels=("Orders",), figure=ratio(74, 100, (0.6464, 0.8160)), target=0.75),
        Group(keys=("3",), labels=("Returns",), figure=ratio(3, 4), target=0.75),
        Group(keys=(None,), labels=(None,), figure=ratio(5, 30, (0.0734, 0.3356))),
    )
    return an_answer(
        period=MONTH, figure=ratio(172, 234, (0.675, 0.788)), question={"by": ("team",)}, groups=groups, target=0.75
    )


def volume_by_team_and_channel():
    """Two dimensions in one table."""
    counted = {("Billing", "email"): 30, ("Billing", "phone"): 4, ("Orders", "email"): 12}
    groups = tuple(Group(keys=labels, labels=labels, figure=count(n)) for labels, n in counted.items())
    return an_answer(
        kpi="volume",
        period=MONTH,
        unit=Unit.COUNT,
        figure=count(46),
        question={"by": ("team", "channel")},
        groups=groups,
        higher_is_better=None,
    )


def nps_month():
    """A net score with its three shares."""
    shares = {"promoters": ratio(60, 100), "passives": ratio(22, 100), "detractors": ratio(18, 100)}
    parts = {name: replace(share, unit=Unit.RATIO) for name, share in shares.items()}
    return an_answer(
        kpi="nps",
        period=MONTH,
        unit=Unit.NET,
        figure=Figure(value=42, n=100, mean=42, interval=(26.5, 57.5), parts=parts),
        change=Change(value=-8, clear=True),
        compared_figure=Figure(value=50, n=90, mean=50),
        target=45,
    )


def effort_of_few():
    """A score of a small sample on its scale."""
    easy = replace(ratio(6, 8), unit=Unit.RATIO)
    figure = Figure(value=5.5, n=8, mean=5.5, interval=(4.4, 6.6), scale=(1, 7), parts={"easy": easy})
    return an_answer(kpi="ces", period=MONTH, unit=Unit.SCORE, figure=figure, is_mean=True)


def sales_per_week():
    """Money, week by week."""
    weeks = enumerate(MONTH.buckets(Grain.WEEK), 1)
    return an_answer(
        kpi="assisted_sales",
        period=MONTH,
        unit=Unit.MONEY,
        figure=Figure(value=14_204.89, n=44, currency="EUR"),
        question={"per": Grain.WEEK},
        buckets=tuple(Bucket(period=week, figure=Figure(value=2_000.5 * n, n=8, currency="EUR")) for n, week in weeks),
    )


def handle_time():
    """A mean of durations that has no percentiles, by what was handled."""
    parts = {"calls": (480, 100), "chats": (900, 200), "tickets": (1_500, 3)}
    figures = {name: Figure(value=mean, n=n, mean=mean) for name, (mean, n) in parts.items()}
    figure = Figure(value=1_056, n=303, mean=1_056, parts=figures)
    return an_answer(kpi="aht", period=MONTH, unit=Unit.SECONDS, figure=figure, is_mean=True, higher_is_better=False)


def side_by_side(volume, frt, csat, share=None):
    """Return the figure of a channel, or of all without a share."""
    parts = {"volume": count(volume), "frt": frt, "csat": csat}
    units = {"volume": Unit.COUNT, "frt": Unit.SECONDS, "csat": Unit.RATIO}
    told = {name: replace(part, unit=units[name]) for name, part in parts.items()}
    shares = {} if share is None else {"share": replace(ratio(volume, share), unit=Unit.RATIO)}
    return replace(count(volume), parts=told | shares)


def channels():
    """Several KPIs side by side, by channel."""
    email = side_by_side(240, duration(5_400, 30_000, 9_000, 231), ratio(41, 56), 300)
    phone = side_by_side(60, duration(80, 200, 100, 60), ratio(2, 3), 300)
    return an_answer(
        kpi="channel_performance",
        period=MONTH,
        unit=Unit.COUNT,
        figure=side_by_side(300, duration(4_000, 28_000, 7_000, 291), ratio(43, 59)),
        by=("channel",),
        groups=(
            Group(keys=("email",), labels=("email",), figure=email),
            Group(keys=("phone",), labels=("phone",), figure=phone),
        ),
        business=True,
        higher_is_better=None,
    )


def index_withheld():
    """An index without enough behind it."""
    kept = replace(ratio(81, 100), unit=Unit.RATIO)
    reached = Figure(value=0.9, n=100, unit=Unit.RATIO, parts={"figure": kept})
    missing = Figure(value=None, n=0, unit=Unit.RATIO)
    parts = {"frt_sla": reached, "csat": missing, "fcr": missing}
    figure = Figure(value=None, n=100, scale=(0, 100), parts=parts)
    return an_answer(kpi="efficiency_index", period=MONTH, unit=Unit.SCORE, figure=figure)


ANSWERS = {
    make.__name__: make
    for make in (
        fcr_week,
        frt_running_week,
        csat_by_team,
        frt_by_agent,
        volume_per_day,
        volume_by_team_per_week,
        sla_per_week,
        resolution_per_week,
        backlog_nothing_synced,
        fcr_nothing,
        fcr_three_of_four,
        csat_not_available,
        fcr_restated,
        fcr_by_team_with_targets,
        volume_by_team_and_channel,
        nps_month,
        effort_of_few,
        sales_per_week,
        handle_time,
        channels,
        index_withheld,
    )
}

"""Statistics by hand: net scores, means, quotients, forecasts, control charts, effects and the efficiency index."""

from datetime import date, timedelta

import pytest

from kpi.anomaly import Direction, judge_count, judge_duration, judge_ratio
from kpi.forecast import forecast
from kpi.intervals import mean, net, quotient
from kpi.targets import Component, efficiency_index
from kpi.training import training_effect
from kpi.why import why_count, why_quotient

# --- Intervals ---------------------------------------------------------------------------------------------------


def test_the_interval_of_a_net_score_of_a_hundred_answers():
    # 50 promoters, 30 passives, 20 detractors: p − d = 0.3; variance (0.5 + 0.2 − 0.09) ÷ 100 = 0.0061, its root
    # 0.078102; 0.3 ± 1.959964 · 0.078102 = 0.3 ± 0.153078
    assert net(50, 30, 20) == pytest.approx((14.6922, 45.3078), abs=5e-4)


def test_the_interval_of_a_net_score_of_ten_answers_is_adjusted():
    # 6, 3 and 1 become 6.75, 4.5 and 1.75 of 13: p = 0.519231, d = 0.134615, p − d = 0.384615
    # variance (0.653846 − 0.147929) ÷ 13 = 0.038917, its root 0.197273; · 1.959964 = 0.386649. The score stays 50.
    assert net(6, 3, 1) == pytest.approx((-0.2034, 77.1264), abs=5e-4)


def test_the_interval_of_a_mean_is_students():
    # 4, 5, 5, 3, 4, 5, 2, 4, 5, 3: n = 10, sum 40, squares 170, mean 4, variance (170 − 160) ÷ 9 = 1.1111
    # standard error √(1.1111 ÷ 10) = 0.333333; t of 9 degrees 2.262157; 4 ± 0.754052
    assert mean(10, 40, 170) == pytest.approx((3.245948, 4.754052), abs=1e-6)


def test_the_interval_of_solved_by_received():
    # 17 solved, 9 received: Wilson of 17 of 26 is [0.4622, 0.8059]; as odds 0.4622 ÷ 0.5378 and 0.8059 ÷ 0.1941
    assert quotient(17, 9) == pytest.approx((0.8594, 4.1520), abs=2e-3)


# --- Forecast ----------------------------------------------------------------------------------------------------

MONDAY = date(2026, 8, 3)


def test_december_2026_is_laid_out_by_its_weekdays_and_christmas():
    # 16 weeks from 3 August: 20 tickets a workday, 5 on Saturday, 1 on Sunday. All Saints' would be a Sunday, so 11
    # November, a Wednesday, is the only holiday: 4 tickets instead of 20, a ratio of 0.2.
    daily = {
        day: (20, 20, 20, 20, 20, 5, 1)[day.weekday()]
        for day in (MONDAY + timedelta(days=number) for number in range(16 * 7))
    } | {date(2026, 11, 11): 4}
    holidays = {date(2026, 11, 11), date(2026, 12, 25)}
    found = forecast(daily, date(2026, 12, 1), date(2027, 1, 1), holidays, date(2026, 11, 23))
    # December 2026 has 23 workdays, 4 Saturdays and 4 Sundays: 22 · 20 + 0.2 · 20 (Friday 25) + 4 · 5 + 4 · 1
    assert found.value == pytest.approx(440 + 4 + 20 + 4)
    assert found.holiday_ratio == pytest.approx(0.2)
    # Earlier forecasts had six weeks of history from 14 September on, and the month they were about, 8 to 38 days
    # ahead, was over by 22 November if they were made by 12 October: five Mondays. The last two were about 11
    # November, too.
    assert (found.origins, found.low) == (5, None)
    assert found.typical_error == 0


def test_the_band_is_what_nine_weeks_before_were_off_by():
    # Tickets on Mondays only: six weeks of 100, then nine whose forecasts are checked.
    mondays = [100] * 6 + [110, 90, 100, 100, 120, 100, 80, 100, 100]
    start = date(2026, 1, 5)
    daily = {start + timedelta(weeks=week, days=day): 0 for week in range(15) for day in range(7)}
    daily |= {start + timedelta(weeks=week): tickets for week, tickets in enumerate(mondays)}
    as_of = start + timedelta(weeks=15)
    found = forecast(daily, as_of, as_of + timedelta(weeks=1), (), as_of)
    # The mean of the last six: (100 + 120 + 100 + 80 + 100 + 100) ÷ 6 = 100
    # Foreseen and come: 100→110, 101.667→90, 100→100, 100→100, 100→120, 103.333→100, 103.333→80, 98.333→100,
    # 98.333→100. The tenth percentile of nine at rank 0.1 · 10 = 1 is the smallest, the ninetieth at 9 the largest.
    errors = [10 / 100, -11.6667 / 101.6667, 0, 0, 20 / 100, -3.3333 / 103.3333, -23.3333 / 103.3333]
    errors += [1.6667 / 98.3333, 1.6667 / 98.3333]
    assert found.value == pytest.approx(100)
    assert (found.low, found.high) == pytest.approx((100 - 22.5806, 120), abs=1e-3)
    # The median of 0, 0, 1.695, 1.695, 3.226, 10, 11.475, 20, 22.581 percent
    assert found.typical_error == pytest.approx(sorted(map(abs, errors))[4], abs=1e-5)
    assert found.typical_error == pytest.approx(0.03226, abs=1e-5)


# --- Anomalies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "direction"), [(22, None), (21, Direction.BELOW), (892, None), (893, Direction.ABOVE)]
)
def test_a_week_of_tickets_after_weeks_of_99_and_199_in_turn(week, direction):
    # One added, the logs of 100 and 200: middle ln √20,000 = 4.951744, each ln 2 = 0.693147 from the next.
    # 0.693147 · 3 ÷ 1.128 = 1.843476: exp(3.108268) − 1 = 21.382 and exp(6.795220) − 1 = 892.566
    found = judge_count([99, 199] * 6, week)
    assert (found.expected, found.low, found.high) == pytest.approx((140.421, 21.382, 892.566), abs=0.01)
    assert found.direction is direction


def test_a_median_after_weeks_of_one_and_four_hours_in_turn():
    # A second added, 3,600 and 14,400: middle 7,200, ranges ln 4 = 1.386294; · 3 ÷ 1.128 = 3.686952, whose exp is
    # 39.9231: 7,200 ÷ 39.9231 − 1 = 179.35 s and 7,200 · 39.9231 − 1 = 287,445 s
    found = judge_duration([3_599, 14_399] * 6, 3 * 86_400)
    assert (found.expected, found.low, found.high) == pytest.approx((7_199, 179.35, 287_445), rel=1e-4)
    assert not found.is_anomaly


@pytest.mark.parametrize(
    ("satisfied", "direction"), [(247, None), (246, Direction.BELOW), (353, None), (354, Direction.ABOVE)]
)
def test_a_week_of_400_ratings_after_weeks_of_80_and_70_percent_of_100(satisfied, direction):
    # p̄ = 0.75; σ of 100 = √(0.1875 ÷ 100) = 0.0433013; z = ±0.05 ÷ 0.0433013 = ±1.154701, each 2.309401 from the
    # next; σz = 2.309401 ÷ 1.128 = 2.047341; σ of 400 = 0.0216506; 0.75 ± 3 · 0.0216506 · 2.047341 = 0.75 ± 0.132979
    found = judge_ratio([(80, 100), (70, 100)] * 6, (satisfied, 400))
    assert (found.expected, found.low, found.high) == pytest.approx((0.75, 0.617021, 0.882979), abs=1e-6)
    assert found.direction is direction


# --- Why ---------------------------------------------------------------------------------------------------------


def test_fcr_fell_because_there_were_more_calls_although_calls_became_better():
    # 110 of 200 = 55 %, then 100 of 200 = 50 %: −5 points. R̄ = 0.525.
    mail, phone = why_quotient(
        {"mail": (80, 100), "phone": (30, 100)},
        {"mail": (40, 50), "phone": (60, 150)},
    )
    # Mail: 80 % both, so no rate effect; its share fell from ½ to ¼: −0.25 · (0.8 − 0.525)
    assert (mail.key, mail.rate, mail.mix) == ("mail", pytest.approx(0), pytest.approx(-0.06875))
    # Phone: 30 % to 40 % at a mean share of 0.625; its share rose by ¼: 0.25 · (0.35 − 0.525)
    assert (phone.rate, phone.mix) == pytest.approx((0.0625, -0.04375))
    assert mail.total + phone.total == pytest.approx(-0.05)


def test_a_mean_of_seconds_can_fall_with_no_group_any_faster():
    # (1,000 + 3,000) ÷ 20 = 200 s, then (3,000 + 3,000) ÷ 40 = 150 s; R̄ = 175
    slow, quick = why_quotient({"quick": (1_000, 10), "slow": (3_000, 10)}, {"quick": (3_000, 30), "slow": (3_000, 10)})
    # ¼ less of 300 s and ¼ more of 100 s: −0.25 · 125 and 0.25 · −75
    assert (slow.key, slow.rate, slow.mix) == ("slow", pytest.approx(0), pytest.approx(-31.25))
    assert (quick.rate, quick.mix) == pytest.approx((0, -18.75))


def test_a_volume_changed_by_what_each_channel_did():
    effects = why_count({"mail": 90, "phone": 20}, {"mail": 80, "chat": 30})
    assert [(effect.key, effect.total) for effect in effects] == [("chat", 30), ("phone", -20), ("mail", -10)]


# --- Training and efficiency -------------------------------------------------------------------------------------


def test_a_training_is_worth_ten_points_of_what_rose_by_fifteen():
    # Trained +20 and +10 points, a mean of 15; untrained +5 and +5. Drawn again, the trained are +10, +15 or +20 with
    # 1, 2 and 1 chances of 4, so 95 % takes all of them: 5 to 15 points more than the untrained.
    found = training_effect([(0.60, 0.80), (0.50, 0.60)], [(0.60, 0.65), (0.70, 0.75)])
    assert (found.value, *found.interval) == pytest.approx((0.10, 0.05, 0.15))


def test_an_efficiency_index_without_the_age_of_the_backlog():
    hour = 3_600
    parts = [
        ("frt_sla", 25, 0.81, 0.90, True),  # 0.9
        ("csat", 25, 0.84, 0.80, True),  # more than aimed at: 1
        ("fcr", 20, 0.63, 0.70, True),  # 0.9
        ("resolution_time", 15, 10 * hour, 8 * hour, False),  # 0.8
        ("backlog_age", 15, None, 48 * hour, False),
    ]
    found = efficiency_index(
        tuple(
            Component(kpi=kpi, weight=weight, value=value, target=target, higher_is_better=higher)
            for kpi, weight, value, target, higher in parts
        )
    )
    # (22.5 + 25 + 18 + 12) ÷ 85
    assert found.value == pytest.approx(77.5 / 85)
    assert found.missing == pytest.approx(0.15)

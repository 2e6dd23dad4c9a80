import json

import pytest
from sample_answers import (
    ANSWERS,
    csat_by_team,
    csat_not_available,
    fcr_nothing,
    fcr_week,
    frt_by_agent,
    frt_running_week,
    sla_per_week,
)

from bot.render.json import as_json

FIGURE = {
    *("value", "numerator", "denominator", "n", "interval", "level", "median", "p90", "mean", "maximum", "scale"),
    *("currency", "parts"),
}
KEYS = FIGURE | {
    "kpi",
    "reading",
    "unit",
    "kind",
    "period",
    "previous",
    "change",
    "restated",
    "target",
    "target_is_usual",
    "standing",
    "within",
    "based_on",
    "without",
    "by",
    "left_out",
    "notes",
    "data_as_of",
    "behind",
    "breakdown",
    "series",
    "available",
    "needs",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_object_has_exactly_its_documented_keys(name):
    said = json.loads(json.dumps(as_json(ANSWERS[name]())))
    assert set(said) == KEYS
    assert set(said["period"]) == {"start", "end", "zone"}
    assert said["previous"] is None or set(said["previous"]) == FIGURE | {"period"}
    assert said["change"] is None or set(said["change"]) == {"value", "clear"}
    identity = {"key", "label"} | ({"key_2", "label_2"} if len(said["by"]) == 2 else set())
    assert all(set(group) == FIGURE | identity | {"target", "standing"} for group in said["breakdown"])
    assert all(set(bucket) == FIGURE | {"start", "end"} for bucket in said["series"])


def test_a_ratio():
    said = as_json(fcr_week())
    assert (said["kpi"], said["reading"], said["unit"]) == ("fcr", "event", "ratio")
    assert (said["value"], said["numerator"], said["denominator"], said["n"]) == (42 / 58, 42, 58, 58)
    assert said["interval"] == [0.5981, 0.8225]
    assert said["period"] == {
        "start": "2026-11-09T00:00:00+01:00",
        "end": "2026-11-16T00:00:00+01:00",
        "zone": "Europe/Paris",
    }
    assert said["previous"]["value"] == 34 / 49
    assert said["change"] == {"value": 0.0303, "clear": True}
    assert said["left_out"] == {"deleted": 1, "agent_opened": 7, "spam": 0}
    assert said["data_as_of"] == "2026-11-24T10:25:00+01:00"
    assert said["available"] is True


def test_a_running_period_ends_now_and_is_compared_with_as_much():
    said = as_json(frt_running_week())
    assert said["period"]["end"] == "2026-11-24T10:26:00+01:00"
    assert said["previous"]["period"]["end"] == "2026-11-17T10:26:00+01:00"
    assert (said["unit"], said["value"], said["median"], said["p90"]) == ("seconds", 5_400, 5_400, 97_200)


def test_a_breakdown_has_every_group():
    groups = as_json(csat_by_team())["breakdown"]
    assert len(groups) == 34
    assert groups[2]["key"] is None
    assert as_json(frt_by_agent())["breakdown"][0] == {
        "key": "a",
        "label": "Alice",
        "value": 3_900,
        "numerator": None,
        "denominator": None,
        "n": 50,
        "interval": [3_000, 5_000],
        "level": 0.95,
        "median": 3_900,
        "p90": 7_200,
        "mean": 4_000,
        "maximum": None,
        "scale": None,
        "currency": None,
        "parts": {},
        "target": None,
        "standing": None,
    }


def test_a_trend_is_cut_at_the_edges_of_the_period_and_knows_summer_time():
    series = as_json(sla_per_week())["series"]
    assert (series[0]["start"], series[0]["end"]) == ("2026-10-01T00:00:00+02:00", "2026-10-05T00:00:00+02:00")
    assert series[-1]["end"] == "2026-11-01T00:00:00+01:00"


def test_nothing_is_null_and_not_zero():
    said = as_json(fcr_nothing())
    assert (said["value"], said["n"], said["denominator"]) == (None, 0, 0)


def test_missing_data_is_named():
    said = as_json(csat_not_available())
    assert (said["available"], said["needs"], said["value"]) == (False, "ratings", None)

"""Dimensions: which column, which filter, which name."""

import narwhals as nw
import pandas as pd
import pytest

from kpi.catalogue import CATALOGUE, Kpi
from kpi.dimensions import BREAKDOWNS, DIMENSIONS, any_identity, any_value, dimension, split
from kpi.errors import QuestionError
from kpi.sources import SOURCES

TEXT = pd.StringDtype("python", na_value=pd.NA)


def kept(condition: nw.Expr, **columns: list[str | None]) -> list[int]:
    """Return the numbers of the rows for which a condition holds."""
    rows = pd.DataFrame({name: pd.array(found, dtype=TEXT) for name, found in columns.items()})
    rows["number"] = range(len(rows))
    return list(nw.from_native(rows).lazy().filter(condition).collect()["number"])


def test_team_agent_and_priority_are_those_of_the_moment():
    assert dimension("team").column("solved_") == "solved_team"
    assert dimension("channel").column("solved_") == "channel"
    assert dimension("tag").column("solved_") == "tags"


MEASURED = [kpi for kpi in CATALOGUE.values() if isinstance(kpi, Kpi)]


@pytest.mark.parametrize("kpi", MEASURED, ids=lambda kpi: kpi.key)
def test_every_kpi_has_the_columns_of_its_dimensions(kpi):
    kinds = [kind for key, kind in DIMENSIONS.items() if kpi.dimensions is None or key in kpi.dimensions]
    for reading in kpi.readings:
        for kind in (*kinds, *kpi.by):
            assert kind.column(kpi.anchor(reading).prefix) in SOURCES[kpi.fact].c, kind.key


def test_a_filter_keeps_rows_with_one_of_its_values_and_none_without_a_value():
    assert kept(any_value(dimension("channel"), "", ["web", "phone"]), channel=["web", "email", None, "phone"]) == [
        0,
        3,
    ]


def test_a_tag_is_found_whole_and_not_inside_another():
    tags = ["|vip|", "|not-vip|", "|a|vip|b|", "", "|vip2|", "|a.c|", "|abc|"]
    assert kept(any_value(dimension("tag"), "", ["vip"]), tags=tags) == [0, 2]
    assert kept(any_value(dimension("tag"), "", ["a.c", "vip2"]), tags=tags) == [4, 5], "a dot is a dot"


def test_a_team_is_a_helpdesk_and_an_identifier():
    rows = {"helpdesk": ["rt", "rt", "zendesk", "zendesk"], "solved_team": ["1", "2", "1", None]}
    assert kept(any_identity(dimension("team"), "solved_", [("rt", "1"), ("zendesk", "2")]), **rows) == [0]
    assert kept(any_identity(dimension("team"), "solved_", [("rt", "2"), ("zendesk", "1")]), **rows) == [1, 2]


def test_a_value_names_its_helpdesk_only_when_there_are_several():
    team, channel = dimension("team"), dimension("channel")
    assert team.name("rt", "1", ["rt"]) == "1"
    assert team.name("rt", "1", ["rt", "zendesk"]) == "rt/1"
    assert team.name(None, None, ["rt", "zendesk"]) is None
    assert channel.name(None, "web", ["rt", "zendesk"]) == "web"


def test_a_slash_belongs_to_the_identifier_unless_a_helpdesk_stands_before_it():
    assert split("rt/1", ["rt"]) == ("rt", "1")
    assert split("it/hardware", ["rt"]) == (None, "it/hardware")
    assert split("rt/it/hardware", ["rt"]) == ("rt", "it/hardware")


def test_what_can_hold_several_values_is_no_breakdown():
    assert set(DIMENSIONS) - set(BREAKDOWNS) == {"tag"}


def test_an_unknown_dimension_is_refused_with_the_nearest():
    with pytest.raises(QuestionError, match=r"unknown_dimension.*\['channel'\]"):
        dimension("chanel")

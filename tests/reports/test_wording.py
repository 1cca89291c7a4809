from __future__ import annotations

import numpy as np
import pytest

import report_town
from abate.estimate import Estimate
from abate.reports import wording
from abate.reports.stories import Figure


def test_the_summary_adds_up():
    told = report_town.story(top=3)
    seen = int(told.hotspots["incidents"].sum())
    words = wording.summary(told)
    assert words.startswith("The 3 places with the most incidents (3 of 576 places: squares 150 m wide; 0.07 km²) saw ")
    assert f"saw {seen:,} of {told.incidents:,} located incidents ({seen / told.incidents:.1%})" in words
    assert words.endswith("recorded by Lanternmouth Police, March 2021 to March 2022.")


def test_missing_months_are_missing_and_not_zero():
    one, two = report_town.story(), report_town.story(missing_months=("2021-08", "2022-01"), without_place=0)
    assert wording.gaps(one) == (
        "No data are held for August 2021: this month is missing, not zero.",
        "31 further incidents could not be put in any place and cannot be ranked.",
    )
    assert wording.gaps(two) == (
        "No data are held for August 2021 and January 2022: these months are missing, not zero.",
    )


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("share", "31.0% (95% interval: 30.0% to 33.0%)"),
        ("number", "0.31 (95% interval: 0.3 to 0.33)"),
    ],
)
def test_a_figure_is_printed_in_its_unit(unit, expected):
    assert wording.figure(Figure("Share", Estimate(0.31, 0.30, 0.33, 0.95, "counts"), unit)) == expected


def test_what_is_not_known_is_not_told():
    told = report_town.story()
    bare = told.hotspots[["place_id", "name", "rank", "incidents", "share", "probability_top"]]
    assert [what for what, _ in wording.facts(told, bare.to_dict("records")[0])] == [
        "Incidents",
        "Chance it belongs on the list",
    ]
    place = {**told.hotspots.to_dict("records")[0], "trend_ratio": float("nan"), "harm": None, "trend": np.nan}
    told_of = dict(wording.facts(told, place))
    assert "Harm" not in told_of
    assert "Trend" not in told_of


def test_one_event_that_makes_most_of_the_harm_is_told():
    told = report_town.story()
    first, second = told.hotspots.to_dict("records")[:2]
    assert "one event" not in wording.harm_words(first)
    assert wording.harm_words(second).endswith("one event makes more than half of it")


def test_neighbours_that_are_hotspots_are_named_and_the_others_counted():
    told = report_town.story()
    assert dict(wording.facts(told, told.hotspots.to_dict("records")[3]))["Next to"] == (
        "near Harbour Road and 2 other places with incidents"
    )


def test_chance_is_never_said_to_be_certain():
    assert wording.chance(1.0) == "over 99%"
    assert wording.chance(0.0) == "under 1%"


def test_the_map_is_told_to_those_who_cannot_see_it():
    words = wording.description(report_town.story(top=12))
    assert "12 numbered hotspots" in words
    assert "1: near Lantern Road, 108 incidents" in words
    assert words.endswith("and 2 more in the table.")

"""The monthly return: its figures by hand, and that whatever is split adds up."""

from __future__ import annotations

import dataclasses
from math import fsum

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import month_records
from abate.patrols import logbooks, returns
from abate.patrols.sitetotals import ALL_CRIME
from abate.tables import ATTENDED_VISITS, RETURNS


def by_hand() -> logbooks.Logbook:
    """Three visits of a pair for 15 minutes: 1.5 person-hours, of which a third by wardens."""
    seen = month_records.visits(count=3).assign(
        site_id=["s0", "s0", "s1"],
        minutes=[15.0, 15.0, 8.0],
        low=[14.0, 14.0, 7.0],
        high=[16.0, 16.0, 9.0],
        officers=2,
        officer_minutes=[30.0, 30.0, 30.0],
        team=["P1", "P1", "W1"],
    )
    teams = pd.DataFrame(
        {"team": ["P1", "W1"], "role": ["officer", "warden"], "funding_stream": ["fund", ""], "officers": [2, 2]}
    )
    done = pd.DataFrame(
        {
            "date": seen["start"].dt.tz_localize(None).dt.normalize(),
            "site_id": seen["site_id"],
            "role": ["officer", "officer", "warden"],
            "funding_stream": ["fund", "fund", ""],
            "officers": 2,
            "minutes": 15.0,
            "arrests": [1, 0, 0],
            "searches": [0, 3, 0],
            "weapons": [0, 1, 0],
            "powers": ["dispersal", "dispersal; warning x2", ""],
            "source": "app",
        }
    )  # fmt: skip
    return logbooks.lay(
        "2026-10",
        month_records.sites(),
        {"visits.csv": seen},
        planned=month_records.plan(seen),
        activity=done,
        teams=teams,
        today=month_records.TODAY,
    )


def test_a_month_added_up_by_hand():
    listed = month_records.sites()
    made = returns.make(by_hand(), recorded=month_records.recorded(), standing=month_records.standing(listed))
    expected = {
        "visits scheduled": 4,
        "scheduled visits attended": 3,
        "compliance": 0.75,
        "visits attended": 3,
        "visits of 10 minutes or more": 2,
        "sites visited": 2,
        "sites on the list": 3,
        "hours of presence": 0.6,
        "person-hours": 1.5,
        "arrests": 1,
        "weapons seized": 1,
        "powers used": 4,
        "person-hours that no visit shows": 0,
        "sites with a problem plan": 1,
        "sites without a problem plan": 2,
        "responses overdue": 1,
    }
    assert {item: made.value(item) for item in expected} == expected
    assert made.within("person-hours by kind of staff") == {
        "police": 1.0,
        "partner or warden": 0.5,
        "role not recorded": 0,
    }
    assert made.within("person-hours by role") == {"officer": 1.0, "warden": 0.5}
    assert made.within("person-hours by funding stream") == {"fund": 1.0, "funding not recorded": 0.5}
    assert made.within("person-hours by site") == {"s0": 1.0, "s1": 0.5, "s2": 0}
    assert made.within("powers used by kind") == {"dispersal": 2, "warning": 2}
    assert made.within("incidents in sites") == {ALL_CRIME: 33, "robbery": 9}
    assert made.within("incidents in the rest of the force area, same month a year before") == {
        ALL_CRIME: 13,
        "robbery": 5,
    }
    assert made.within("stop and searches") == {"all sites": 3}
    assert made.value("stop and searches per 100 patrol hours", "all sites") == 200
    assert made.notes == ("2 of 2 site-days with a visit have an activity record",)


def test_published_figures_of_a_force_go_through_unchanged():
    """Nottinghamshire, May 2025: 1,196 hours, 17 arrests, 14 searches."""
    seen = month_records.visits(count=1196).assign(officer_minutes=60.0, team=None)
    done = month_records.activity(seen).iloc[:31].reset_index(drop=True)
    done = done.assign(arrests=[1] * 17 + [0] * 14, searches=[0] * 17 + [1] * 14)
    book = logbooks.lay("2026-10", month_records.sites(), {"v.csv": seen}, activity=done, today=month_records.TODAY)
    made = returns.make(book)
    assert (made.value("person-hours"), made.value("arrests")) == (1196, 17)
    assert made.value("stop and searches", "all sites") == 14
    row = made.table[made.table["item"] == "stop and searches per 100 patrol hours"].iloc[0]
    assert (row["value"], row["low"], row["high"]) == (1.17, 0.64, 1.96)


@pytest.mark.slow
@settings(max_examples=15)
@given(some.integers(0, 10**6), some.integers(1, 150), some.integers(1, 9), some.booleans(), some.integers(0, 4))
def test_whatever_is_split_adds_up(seed: int, count: int, places: int, areas: bool, funds: int):
    book = month_records.book(seed=seed, count=count, places=places, areas=areas, funds=funds)
    made = returns.make(book, recorded=month_records.recorded(places))
    RETURNS.check(made.table)
    total = made.value("person-hours")
    assert total is not None
    assert total == pytest.approx(fsum(book.visits["officer_minutes"]) / 60, abs=0.05 + 1e-9)
    splits = [item for item in made.table["item"].unique() if item.startswith("person-hours by ")]
    assert len(splits) == 6
    for item in [*splits, "patrol hours beside searches"]:
        assert fsum(value or 0 for value in made.within(item).values()) == pytest.approx(total, abs=1e-9), item
    assert book.activity is not None
    for item, column in (("arrests", "arrests"), ("weapons seized", "weapons")):
        assert made.value(item) == book.activity[column].sum() == sum(made.within(f"{item} by site").values())  # type: ignore[arg-type]
    assert sum(made.within("stop and searches").values()) == book.activity["searches"].sum()  # type: ignore[arg-type]
    assert sum(made.within("powers used by kind").values()) == made.value("powers used")  # type: ignore[arg-type]
    assert sum(made.within("visits attended by what shows them").values()) == len(book.visits)  # type: ignore[arg-type]
    by_site = made.within("incidents by site, robbery").values()
    assert sum(by_site) == made.value("incidents in sites", "robbery")  # type: ignore[arg-type]


def test_a_month_that_the_record_lacks_is_blank_and_not_nought():
    made = returns.make(month_records.book(), recorded=month_records.recorded(months=("2026-10",)))
    assert made.value("incidents in sites, same month a year before", ALL_CRIME) is None
    row = made.table[made.table["item"] == "incidents in sites, same month a year before"].iloc[0]
    assert row["note"] == "the record does not hold 2025-10"
    assert made.sites["incidents_before"].isna().all()


def test_sites_without_an_outline_are_not_counted():
    bare = dataclasses.replace(month_records.recorded(), outlined=("s0",))
    made = returns.make(month_records.book(), recorded=bare)
    assert made.sites["incidents"].isna().tolist() == [False, True, True]
    none = returns.make(month_records.book(), recorded=dataclasses.replace(bare, outlined=()))
    assert none.value("incidents in sites", ALL_CRIME) is None


def test_without_activity_nothing_is_said_of_searches():
    seen = month_records.visits()
    made = returns.make(logbooks.lay("2026-10", month_records.sites(), {"v.csv": seen}, today=month_records.TODAY))
    assert not made.table["item"].str.contains("arrests|weapons|powers|stop and search").any()
    assert made.value("patrol hours beside searches", "all sites") == made.value("person-hours")
    assert "no activity records were given" in made.notes[0]
    assert "the role is not recorded for" in made.notes[1]
    assert made.value("visits scheduled") is None


def test_searches_have_no_total_where_there_are_areas():
    made = returns.make(month_records.book(areas=True))
    assert list(made.within("stop and searches")) == ["north", "south"]
    assert (made.table.loc[made.table["item"].str.contains("search"), "group"] != "all").all()


def test_nothing_in_a_return_names_a_team():
    made = returns.make(month_records.book())
    words = " ".join(made.table[["item", "group", "note"]].to_numpy().ravel())
    assert not any(team in words.split() for team in ("P0", "P1", "P2", "P3"))
    assert "team" not in made.sites.columns


def test_the_same_records_in_another_order_give_the_same_return():
    seen = month_records.visits()
    listed = month_records.sites()
    ways = [
        returns.make(
            logbooks.lay(
                "2026-10", listed, {"v.csv": rows}, activity=month_records.activity(seen), today=month_records.TODAY
            )
        )
        for rows in (seen, ATTENDED_VISITS.check(seen.iloc[::-1].reset_index(drop=True)))
    ]
    pd.testing.assert_frame_equal(ways[0].table, ways[1].table)

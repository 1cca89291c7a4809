"""The chosen crimes, and the other kinds behind them."""

from __future__ import annotations

from datetime import date

import pandas as pd
import shapely

from abate.hotspots.histories import History, Window
from abate.jobs.chains import link

PLACES = pd.DataFrame({"place_id": ["a", "b"], "area_km2": 1.0, "easting": [0.0, 1.0], "northing": 0.0})
SPAN = Window(date(2025, 1, 1), date(2025, 1, 31))


def linked(*kinds: tuple[str, int, bool]) -> History:
    rows = pd.DataFrame(
        [(kind, count, chosen) for kind, count, chosen in kinds], columns=["crime_type", "incidents", "chosen"]
    ).assign(place_id="a", easting=0.0, northing=0.0, period=pd.Timestamp("2025-01-01"))
    places = PLACES.assign(shape=[shapely.Point(0, 0)] * 2)
    return link(rows, places, span=SPAN, unit="month", unit_m=1.0)


def behind(past: History) -> list[int]:
    return [] if past.related is None else [int(past.related.incidents.sum()), *behind(past.related)]


def test_the_other_kinds_follow_the_commonest_first() -> None:
    past = linked(("Robbery", 1, True), ("Burglary", 2, False), ("Shoplifting", 9, False), ("Vehicle crime", 5, False))
    assert past.totals().tolist() == [1, 0]
    assert behind(past) == [9, 5, 2]


def test_what_patrols_find_is_no_related_kind_but_may_be_chosen() -> None:
    assert behind(linked(("Robbery", 1, True), ("Drugs", 7, False), ("Possession of weapons", 4, False))) == []
    found = linked(("Drugs", 7, True), ("Robbery", 1, False))
    assert found.totals().tolist() == [7, 0]
    assert behind(found) == [1]

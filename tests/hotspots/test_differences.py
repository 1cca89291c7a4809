"""What changes in a list made another way."""

from __future__ import annotations

import pandas as pd

from abate.hotspots.differences import differ


def listed(*places: str) -> pd.DataFrame:
    return pd.DataFrame({"place_id": list(places), "rank": range(1, len(places) + 1)})


def test_who_enters_leaves_and_stays_in_the_order_of_their_lists():
    told = differ(listed("a", "b", "c"), listed("d", "c", "e"), counted=1000, counted_otherwise=1100)
    assert told.entering == ("d", "e")
    assert told.leaving == ("a", "b")
    assert told.staying == ("c",)
    assert str(told) == "100 more incidents (10.0% of those counted now), and 2 of 3 places would be others"


def test_fewer_incidents_and_the_same_places_in_another_order():
    told = differ(listed("a", "b"), listed("b", "a"), counted=100, counted_otherwise=90)
    assert str(told) == "10 fewer incidents (10.0% of those counted now), and the same 2 places"
    assert told.entering == ()

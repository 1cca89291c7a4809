"""Ranking: in order, ties broken on purpose, cut where asked, and said so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError, TableError
from abate.hotspots.ranking import complete, rank
from conftest import table
from hotspots.grounds import counts_of, month_list, row_of_places

MONTHS = month_list(4)

squares = st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=8)


@settings(max_examples=40)
@given(squares, st.integers(1, 8))
def test_it_agrees_with_sorting_by_hand(listed: list[list[int]], top: int) -> None:
    ids = "hgfedcba"[: len(listed)]
    incidents = dict(zip(ids, listed, strict=True))
    by_hand = sorted(
        (place for place in ids if sum(incidents[place])),
        key=lambda place: (-sum(incidents[place]), -sum(n > 0 for n in incidents[place]), place),
    )
    chosen = rank(counts_of(np.array(listed), ids, MONTHS), row_of_places(ids), top=top)
    total = sum(map(sum, listed))
    assert chosen.hotspots["place_id"].tolist() == by_hand[:top]
    assert chosen.hotspots["rank"].tolist() == list(range(1, len(by_hand[:top]) + 1))
    assert chosen.hotspots["share"].tolist() == pytest.approx([sum(incidents[p]) / total for p in by_hand[:top]])
    if len(chosen.hotspots):
        assert chosen.hotspots["cumulative_share"].iloc[-1] == pytest.approx(
            sum(sum(incidents[p]) for p in by_hand[:top]) / total
        )
    assert (chosen.places, chosen.incidents) == (len(ids), total)


def test_equal_numbers_go_to_more_months_then_to_the_first_name() -> None:
    weekly = table("""
        place_id  period      incidents
        a         2023-01-01  3
        b         2023-01-01  2
        b         2023-02-01  1
        c         2023-03-01  2
        c         2023-04-01  1
    """)
    two = rank(weekly, row_of_places("cba"), top=2)
    assert two.hotspots["place_id"].tolist() == ["b", "c"]
    assert two.left_out == "1 place with as many incidents as the last on the list (3) came after it in the order"


def test_twenty_places_unless_told_otherwise() -> None:
    ids = [f"p{number:02d}" for number in range(30)]
    seen = counts_of(np.arange(1, 31)[:, None], ids, MONTHS[:1])
    chosen = rank(seen, row_of_places(ids))
    assert len(chosen.hotspots) == 20
    assert (chosen.rule, chosen.left_out) == ("the first 20", None)


def test_an_area_is_filled_in_order_and_never_over() -> None:
    seen = counts_of(np.array([[9], [8], [7], [6]]), "abcd", MONTHS[:1])
    places = row_of_places("abcd").assign(area_km2=[0.5, 0.4, 0.3, 0.05])
    exact = rank(seen, places, area_km2=0.9)
    assert exact.hotspots["place_id"].tolist() == ["a", "b"]
    assert exact.left_out == "c (rank 3) did not fit: it would go 0.3 km² over 0.9 km²"
    assert rank(seen, places, area_km2=5).hotspots["place_id"].tolist() == list("abcd")
    assert rank(seen, places, area_km2=5).left_out is None
    with pytest.raises(OptionError, match=r"the hottest place alone \(a, 0.5 km²\) is larger than 0.2 km²"):
        rank(seen, places, area_km2=0.2)


def test_ten_tenths_fill_the_area_of_one() -> None:
    ids = [f"p{number:02d}" for number in range(12)]
    seen = counts_of(np.full((12, 1), 2), ids, MONTHS[:1])
    assert len(rank(seen, row_of_places(ids, area_km2=0.1), area_km2=1.0).hotspots) == 10


def test_limits_that_cannot_be_are_all_told() -> None:
    seen, places = counts_of(np.array([[1]]), "a", MONTHS[:1]), row_of_places("a")
    with pytest.raises(OptionError) as fault:
        rank(seen, places, top=0, area_km2=-1)
    assert len(fault.value.faults) == 3
    with pytest.raises(TableError, match="the first is 'a'"):
        rank(seen, row_of_places("b"))


def test_no_incident_makes_no_hotspot() -> None:
    seen = counts_of(np.array([[1]]), "a", MONTHS[:1])
    none = rank(seen.head(0), row_of_places("ab"))
    assert none.hotspots.empty
    assert none.incidents == 0


def test_the_whole_table_carries_names_and_chances() -> None:
    chosen = rank(counts_of(np.array([[2], [5]]), "ab", MONTHS[:1]), row_of_places("ab"), top=2)
    names = table("""
        place_id  name
        a         near A6
        b         near Mill Way
    """)
    chances = table("""
        place_id  probability_top
        a         0.4
        b         1.0
    """)
    whole = complete(chosen, names, chances)
    assert whole[["place_id", "name", "probability_top"]].values.tolist() == [
        ["b", "near Mill Way", 1.0],
        ["a", "near A6", 0.4],
    ]
    with pytest.raises(TableError, match="name"):
        complete(chosen, names.head(1), chances)

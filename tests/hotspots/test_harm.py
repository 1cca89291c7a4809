"""Harm beside counts."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.hotspots.harm import weigh
from hotspots.grounds import placed_of

weights = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([None, 1.0, 10.0, 365.0]), st.integers(1, 4)))


@settings(max_examples=40)
@given(weights)
def test_it_agrees_with_weighing_one_by_one(listed: list[tuple[str, float | None, int]]) -> None:
    if not listed:
        return
    placed = placed_of([(place, None, n) for place, _, n in listed])
    told = weigh(placed.assign(harm=pd.Series([harm for _, harm, _ in listed], dtype="float64"))).set_index("place_id")
    for place in {place for place, _, _ in listed}:
        events = [harm for where, harm, n in listed for _ in range(n) if where == place]
        known = sorted(harm for harm in events if harm is not None)
        row = told.loc[place]
        assert row["harm_unknown"] == len(events) - len(known)
        if known:
            assert row["harm"] == pytest.approx(sum(known))
            assert row["harm_median"] == pytest.approx(pd.Series(known).median())
            assert row["harm_top_share"] == pytest.approx(known[-1] / sum(known))
            assert row["harm_one_event"] == (known[-1] / sum(known) > 0.5)
        else:
            assert pd.isna(row["harm"])
            assert not row["harm_one_event"]


def test_half_is_not_more_than_half() -> None:
    placed = placed_of([("a", None, 2)]).assign(harm=7.0)
    assert weigh(placed)["harm_one_event"].tolist() == [False]


def test_weights_of_nothing_make_no_share() -> None:
    told = weigh(placed_of([("a", None, 2)]).assign(harm=0.0))
    assert told["harm"].tolist() == [0.0]
    assert told["harm_top_share"].isna().all()

"""Persistence: plain overlap, what chance alone does, and how many months it takes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError, TableError
from abate.hotspots.persistence import Persistence, persist, unbroken
from hotspots.grounds import counts_of, month_list, planted_rates, row_of_places, scattered

TWO_YEARS = month_list(24)


def persisted(incidents: np.ndarray, months: list[str], *, top: int, seed: int = 1, draws: int = 60) -> Persistence:
    ids = [f"p{number:04d}" for number in range(len(incidents))]
    return persist(
        counts_of(incidents, ids, months), row_of_places(ids), months=months, top=top, seed=seed, draws=draws
    )


@settings(max_examples=20)
@given(
    st.lists(st.integers(0, 99), min_size=6, max_size=6, unique=True),
    st.lists(st.integers(0, 99), min_size=6, max_size=6, unique=True),
    st.integers(1, 5),
)
def test_it_agrees_with_two_lists_laid_side_by_side(before: list[int], after: list[int], top: int) -> None:
    incidents = np.zeros((6, 24), dtype=int)
    incidents[:, 3], incidents[:, 20] = before, after
    first = set(sorted(range(6), key=lambda place: -before[place])[:top])
    second = set(sorted(range(6), key=lambda place: -after[place])[:top])
    row = persisted(incidents, TWO_YEARS, top=top).years.iloc[0]
    assert row["kept"] == pytest.approx(len(first & second) / top)
    assert row["low"] <= row["kept"] + 1e-9
    assert row["high"] >= row["kept"] - 1e-9
    assert row["by_chance"] == pytest.approx(top / 6)
    difference = np.argsort(np.argsort(before)) - np.argsort(np.argsort(after))
    assert row["rank_correlation"] == pytest.approx(1 - 6 * (difference**2).sum() / (6 * 35))


def test_places_tied_at_the_cut_share_its_slots() -> None:
    incidents = np.zeros((4, 24), dtype=int)
    incidents[:, 0], incidents[:, 12] = [9, 5, 5, 1], [9, 5, 1, 1]
    assert persisted(incidents, TWO_YEARS, top=2).years["kept"].iloc[0] == pytest.approx((1 + 0.5) / 2)


def test_it_says_how_many_months_it_needs() -> None:
    found = persisted(np.ones((5, 13), dtype=int), month_list(13, "2021-03"), top=2)
    assert found.needs == (
        "Persistence from year to year needs 24 full months in a row; 13 are held (2021-03 to 2022-03), "
        "so 11 more are needed."
    )
    assert found.years.empty
    assert found.halves["first"].tolist() == ["2021-04 to 2021-09"]
    assert found.halves["second"].tolist() == ["2021-10 to 2022-03"]
    assert "a weaker measure than years" in str(found)
    short = persisted(np.ones((5, 4), dtype=int), month_list(4), top=2)
    assert short.halves.empty
    assert str(short).endswith("so 20 more are needed.")


def test_a_month_that_is_missing_breaks_the_run() -> None:
    held = [month for month in TWO_YEARS if month != "2023-08"]
    assert unbroken(held) == month_list(17 - 1, "2023-09")
    found = persisted(np.ones((5, 23), dtype=int), held, top=2)
    assert found.needs is not None
    assert "16 are held (2023-09 to 2024-12), so 8 more are needed" in found.needs


def test_three_years_are_two_steps_counted_from_the_latest() -> None:
    found = persisted(np.ones((5, 38), dtype=int), month_list(38), top=2)
    assert found.years["first"].tolist() == ["2023-03 to 2024-02", "2024-03 to 2025-02"]
    assert found.years["second"].tolist() == ["2024-03 to 2025-02", "2025-03 to 2026-02"]
    assert found.needs is None
    assert found.halves.empty


def test_no_more_places_than_saw_anything_are_compared() -> None:
    incidents = np.zeros((9, 24), dtype=int)
    incidents[:3] = 1
    row = persisted(incidents, TWO_YEARS, top=8).years.iloc[0]
    assert (row["top"], row["kept"]) == (3, 1.0)
    with pytest.raises(TableError, match="no incident in any place in 2023-01 to 2023-12"):
        persisted(np.zeros((2, 24), dtype=int), TWO_YEARS, top=1)
    with pytest.raises(OptionError, match="at least 1, not 0"):
        persisted(incidents, TWO_YEARS, top=0)


def test_it_is_plain_enough_for_json_and_the_seed_decides() -> None:
    incidents = np.random.default_rng(1).poisson(1.0, (40, 24))
    first, again = (persisted(incidents, TWO_YEARS, top=5) for _ in range(2))
    assert json.dumps(first.plain()) == json.dumps(again.plain())
    assert first.years["top"].tolist() == [5]


@pytest.mark.slow
def test_rates_that_stay_fall_within_what_chance_alone_does_and_others_below() -> None:
    inside, below, expected, seen = 0, 0, [], []
    for repeat in range(20):
        generator = np.random.default_rng([5, repeat])
        rates = planted_rates("gamma", 400, generator)
        stay = scattered(rates, incidents=3000, months=24, burst=1.3, generator=generator)
        row = persisted(stay, TWO_YEARS, top=20, seed=repeat).years.iloc[0]
        inside += row["if_unchanged_low"] - 1e-9 <= row["kept"] <= row["if_unchanged_high"] + 1e-9
        expected.append(row["if_unchanged"])
        seen.append(row["kept"])
        moved = np.hstack([stay[:, :12], stay[generator.permutation(400), 12:]])
        row = persisted(moved, TWO_YEARS, top=20, seed=repeat).years.iloc[0]
        below += row["kept"] < row["if_unchanged_low"]
    assert inside >= 16
    assert below >= 18
    assert np.mean(seen) == pytest.approx(np.mean(expected), abs=0.06)


@pytest.mark.slow
def test_the_interval_of_the_share_covers_what_is_expected() -> None:
    rates = planted_rates("gamma", 300, np.random.default_rng(6))
    rows = [
        persisted(
            scattered(rates, incidents=2000, months=24, burst=1, generator=np.random.default_rng([7, repeat])),
            TWO_YEARS,
            top=20,
        ).years.iloc[0]
        for repeat in range(40)
    ]
    for value, low, high in (("kept", "low", "high"), ("rank_correlation", "rank_low", "rank_high")):
        expected = np.mean([row[value] for row in rows])
        covered = np.mean([row[low] <= expected <= row[high] for row in rows])
        assert covered > 0.85, value

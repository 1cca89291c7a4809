"""Balance: counts against a plain loop, expectations against what is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.trials import balance, schemes
from abate.trials.schemes import Scheme

STARTS = date(2025, 1, 6)
SITES = pd.DataFrame({"site_id": list("dcba"), "area": ["x", "x", "y", "y"]})


def plain_runs(days: list[bool]) -> list[int]:
    text = "".join("P" if on else "u" for on in days)
    return [len(run) for run in text.split("u") if run]


def test_counts_are_those_of_a_plain_loop():
    scheme = Scheme(STARTS, 28, treat=2)
    drawn = schemes.draw(scheme, SITES, seed=5)[0]
    found = balance.weigh(scheme, SITES, seed=5, redraws=50)
    assert found.sites["site_id"].tolist() == list("abcd")
    assert found.sites["patrol"].tolist() == drawn.sum(axis=0)[::-1].tolist()
    assert found.areas["patrol"].tolist() == [int(drawn[:, :2].sum()), int(drawn[:, 2:].sum())]
    assert found.weekdays["patrol"].tolist() == [8] * 7
    assert found.weekdays["least_a_site"].tolist() == [int(drawn[day::7].sum(axis=0).min()) for day in range(7)]
    runs = [length for site in range(4) for length in plain_runs(drawn[:, site].tolist())]
    listed = dict(zip(found.runs["run_days"], found.runs["patrol"], strict=True))
    assert {length: runs.count(length) for length in set(runs)} == {k: v for k, v in listed.items() if v}
    assert f"the longest run of patrol days is {max(runs)}" in found.sentence


def test_expected_figures_are_the_known_ones_and_ranges_hold_what_they_say():
    scheme = Scheme(STARTS, 40, treat=1)
    outside, weighed = 0, 0
    for seed in range(40):
        found = balance.weigh(scheme, SITES, seed=seed, redraws=200).sites
        np.testing.assert_allclose(found["expected"], 10, atol=0.9)
        outside += int(((found["patrol"] < found["low"]) | (found["patrol"] > found["high"])).sum())
        weighed += len(found)
    assert 0.0 < outside / weighed < 0.1


def test_a_weekday_block_is_seen_as_even():
    scheme = Scheme(STARTS, 56, treat=1, block=("weekday",))
    found = balance.weigh(scheme, SITES, seed=1, redraws=20)
    assert found.weekdays["least_a_site"].tolist() == [2] * 7
    assert found.weekdays["most_a_site"].tolist() == [2] * 7


def test_without_areas_there_is_no_table_of_them():
    found = balance.weigh(Scheme(STARTS, 3, treat=1), SITES[["site_id"]], seed=1, redraws=5)
    assert len(found.areas) == 0
    assert set(found.plain()) == {"redraws", "sites", "weekdays", "areas", "runs"}


def test_runs_reach_over_the_whole_time_and_none_is_lost():
    drawn = np.ones((2, 5, 1), dtype=bool)
    assert balance.run_counts(drawn).tolist() == [[0, 0, 0, 0, 1]] * 2
    with pytest.raises(OptionError, match="at least 1 redraw"):
        balance.weigh(Scheme(STARTS, 3, treat=1), SITES, seed=1, redraws=0)

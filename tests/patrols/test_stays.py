"""Stays of devices put together: who came together, who came after, who drove."""

from __future__ import annotations

import numpy as np
import pytest

from abate.patrols import stays
from abate.space.sojourns import Sojourns


def sojourns(rows: list[tuple[int, int, float, float, float]], *, width: float = 15.0, noise: float = 2.0) -> Sojourns:
    """Stays given as track, fence, begin, end, speed."""
    table = np.array(rows, dtype=float)
    count = len(rows)
    return Sojourns(
        table[:, 0].astype(np.int64),
        table[:, 1].astype(np.int64),
        table[:, 2:4],
        np.full((count, 2), width),
        np.full((count, 2), noise),
        np.zeros((count, 2)),
        np.full(count, 40, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
        np.full(count, 39, dtype=np.int64),
        table[:, 4],
        np.zeros(count, dtype=bool),
    )


def test_those_who_came_together_agree_on_one_moment() -> None:
    found = stays.gather(sojourns([(0, 0, 100, 1000, 1), (1, 0, 108, 1004, 1)]), ["T1", "T1"], gap=120)
    row = found.iloc[0]
    assert len(found) == 1
    assert (row["officers"], row["begins"], row["ends"]) == (2, pytest.approx(104), pytest.approx(1002))
    alone = stays.gather(sojourns([(0, 0, 100, 1000, 1)]), ["T1"], gap=120).iloc[0]
    assert row["high"] - row["low"] < alone["high"] - alone["low"]


def test_one_after_the_other_leaves_out_what_neither_covers() -> None:
    found = stays.gather(sojourns([(0, 0, 0, 600, 1), (1, 0, 660, 1200, 1)]), ["T1", "T1"], gap=120)
    assert len(found) == 1
    assert found["minutes"][0] == pytest.approx(19)
    assert found["officer_minutes"][0] == pytest.approx(19)
    apart = stays.gather(sojourns([(0, 0, 0, 600, 1), (1, 0, 800, 1200, 1)]), ["T1", "T1"], gap=120)
    assert len(apart) == 2


def test_teams_places_and_vehicles_are_kept_apart() -> None:
    rows = [(0, 0, 0, 600, 1.0), (1, 0, 0, 600, 1.0), (2, 1, 0, 600, 1.0), (3, 0, 0, 60, 9.0)]
    found = stays.gather(sojourns(rows), ["T1", None, "T1", "T1"], gap=120)
    assert len(found) == 4
    assert sorted(found["kind"]) == ["foot", "foot", "foot", "vehicle"]
    assert found["team"].isna().sum() == 1


def test_the_interval_is_that_of_two_even_stretches() -> None:
    row = stays.gather(sojourns([(0, 0, 0, 900, 1)], width=60.0, noise=0.0), ["T1"], gap=120).iloc[0]
    generator = np.random.default_rng(1)
    drawn = (generator.uniform(-30, 30, 200_000) - generator.uniform(-30, 30, 200_000)) / 60
    assert (row["high"] - row["low"]) / 2 == pytest.approx(np.quantile(np.abs(drawn), 0.95), rel=0.02)
    assert stays.gather(
        sojourns([(0, 0, 0, 9, 1)]).__class__(*[each[:0] for each in vars(sojourns([(0, 0, 0, 9, 1)])).values()]),
        [],
        gap=1,
    ).empty

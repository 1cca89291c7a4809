"""Windows of a site lie a gap apart and are as many as visits are attainable."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import rota_makers
from abate.patrols import windows, workings


def test_windows_of_a_site_lie_a_gap_apart() -> None:
    working = workings.work(rota_makers.problem(sites=6, teams=1))
    found = windows.cut(working)
    for site in range(6):
        mine = [window for window in found if window.site == site]
        assert len(mine) == int(working.most[site])
        assert all(b.first - a.last >= 15 + 120 for a, b in pairwise(mine))
        assert all(np.diff([window.worth for window in mine]) <= 0)


def test_within_windows_only_their_minutes_are_open() -> None:
    working = workings.work(rota_makers.problem(sites=3, teams=1))
    opened = int((windows.within(working).unit > 0).sum())
    assert opened == sum(window.last - window.first + 1 for window in windows.cut(working))

"""Designs that are tried: what goes together, and how they are drawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.trials import designs, schemes
from abate.trials.designs import Design

STARTS = date(2026, 1, 5)
SITES = pd.DataFrame({"site_id": [f"S{number:02d}" for number in range(20)]})


def test_the_daily_design_is_drawn_as_real_schedules_are():
    design = Design(STARTS, 90, treat=8)
    drawn = designs.draw(design, SITES, seed=7, draws=3)
    assert (drawn == schemes.draw(schemes.Scheme(STARTS, 90, treat=8), SITES, seed=7, draws=3)).all()
    assert drawn[0].sum() == 720


def test_pairs_are_neighbours_in_how_busy_they_are():
    paired, left = designs.match_pairs(SITES, np.arange(20.0))
    assert left == ()
    assert paired.groupby("pair")["site_id"].apply(list).loc["pair 1"] == ["S18", "S19"]
    drawn = designs.draw(Design(STARTS, 30, kind="pairs"), paired, seed=1, draws=20)
    assert (drawn.sum(axis=2) == 10).all()
    assert (drawn == drawn[:, :1]).all()


def test_all_faults_are_told_at_once():
    with pytest.raises(OptionError) as caught:
        Design(STARTS, 90, kind="stepped", treat=3, carry_over=(1.5,), compliance=0)
    assert len(caught.value.faults) == 3
    with pytest.raises(OptionError, match="either --treat"):
        Design(STARTS, 90)
    with pytest.raises(OptionError, match="--waves goes with"):
        Design(STARTS, 90, treat=2, steps=3)


def test_ways_and_waves():
    assert designs.ways(Design(STARTS, 90, kind="parallel", treat=2), 6) == 15
    assert designs.ways(Design(STARTS, 90, treat=2), 6) == float("inf")
    drawn = designs.draw(Design(STARTS, 90, kind="stepped"), SITES, seed=1, draws=1)
    assert drawn[0, -1].all()
    assert not drawn[0, 0].any()

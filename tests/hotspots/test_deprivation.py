"""The index of deprivation made anew: with all domains the published ranks come back, without crime they move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.hotspots import deprivation
from abate.sources import deprivation as published

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def made_up(areas: int, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ranks = {name: rng.permutation(areas) + 1 for name in deprivation.WEIGHTS}
    return pd.DataFrame({"area_code": [f"E01{number:06d}" for number in range(areas)], **ranks})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "most"),
    [("imd2025-england-lsoa2021.csv.gz", 1), ("imd2019-england-lsoa2011-ranks-deciles.csv.gz", 2)],
)
def test_with_all_seven_domains_the_published_ranks_and_deciles_come_back(
    shared: Callable[[str], Path], file: str, most: int
):
    """Published: 33,755 areas of 2025 and 32,844 of 2019; every decile, and every rank to the places of its ties."""
    path = shared(f"deprivation/{file}")
    ours = deprivation.index(published.read(path), without=())
    theirs = pd.read_csv(path).rename(columns=lambda name: "area_code" if name.startswith("lsoa") else name)
    both = ours.merge(theirs, on="area_code", validate="one_to_one")
    assert len(both) == len(theirs)
    assert (both["decile"] == both["IMD_decile"]).all()
    assert (both["rank"] - both["IMD_rank"]).abs().max() <= most
    if "IMD_score" in both:
        published_sum = sum(deprivation.WEIGHTS.values())
        assert (both["score"] * published_sum - both["IMD_score"]).abs().max() < 0.001


def test_without_crime_the_crime_rank_changes_nothing():
    one = made_up(200)
    other = one.assign(crime=one["crime"].to_numpy()[::-1])
    pd.testing.assert_frame_equal(deprivation.index(one), deprivation.index(other))
    assert not deprivation.index(one, without=())["rank"].equals(deprivation.index(other, without=())["rank"])


def test_a_tenth_of_the_areas_is_in_each_decile_and_the_first_is_the_most_deprived():
    told = deprivation.index(made_up(1000))
    assert told["decile"].value_counts().tolist() == [100] * 10
    assert told.loc[told["decile"] == 1, "score"].min() > told.loc[told["decile"] == 2, "score"].max()


def test_the_bend_lets_no_domain_make_up_for_another():
    """A most and a least deprived domain together weigh more than two in the middle: the score is 100 at the top."""
    alike = made_up(1000).assign(**dict.fromkeys(deprivation.WEIGHTS, np.arange(1, 1001)))
    score = deprivation.index(alike).sort_values("rank")["score"].to_numpy()
    assert score[0] == pytest.approx(100.0)
    assert score[500] < 16
    assert score[0] + score[-1] > 2 * score[500]


def test_a_part_of_england_is_refused_with_what_would_be_right():
    with pytest.raises(OptionError, match=r"381 areas with ranks up to .* a decile is a tenth of all England"):
        deprivation.index(made_up(33_755).head(381))


def test_unknown_domains_and_none_at_all_are_refused():
    with pytest.raises(OptionError, match="called weather: known are income"):
        deprivation.index(made_up(10), without=("weather",))
    with pytest.raises(OptionError, match="at least one domain"):
        deprivation.index(made_up(10), without=tuple(deprivation.WEIGHTS))

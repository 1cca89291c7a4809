import numpy as np
import pytest
from scipy import stats
from scipy.spatial import cKDTree

from abate.sample import happenings


def _knox(incidents, *, within_m, within_days, draws, seed):
    """Count close pairs, and the same with the days shuffled: the slow and obvious way."""
    pairs = cKDTree(incidents[["x", "y"]].to_numpy()).query_pairs(within_m, output_type="ndarray")
    days = (
        incidents["began"]
        .dt.tz_convert("Europe/London")
        .dt.tz_localize(None)
        .to_numpy()
        .astype("datetime64[D]")
        .astype(int)
    )
    rng = np.random.default_rng(seed)

    def close(these):
        return int((np.abs(these[pairs[:, 0]] - these[pairs[:, 1]]) <= within_days).sum())

    return close(days), np.array([close(rng.permutation(days)) for _ in range(draws)])


@pytest.mark.parametrize("crime_type", ["Burglary", "Vehicle crime", "Criminal damage and arson"])
def test_near_repeats_come_back_as_many_as_were_planted(town, crime_type):
    own = (town.truth.made["town"] == town.name) & (town.truth.made["setting"] != "stand-in")
    chosen = (town.incidents["crime_type"] == crime_type) & own.to_numpy()
    planted = town.truth.near_repeats.set_index("crime_type").loc[crime_type]
    seen, chance = _knox(
        town.incidents[chosen],
        within_m=planted["within_m"],
        within_days=planted["within_days"],
        draws=99,
        seed=1,
    )
    assert seen > chance.max()
    expected = planted["share"] * chosen.sum()
    assert 0.75 * expected < seen - chance.mean() < 1.6 * expected


def test_the_quiet_town_has_no_near_repeats(town):
    quiet = (town.truth.made["town"] == town.quiet_name).to_numpy()
    seen, chance = _knox(town.incidents[quiet], within_m=150, within_days=10, draws=199, seed=1)
    assert abs(seen - chance.mean()) < 3 * chance.std()


def test_a_repeat_is_near_its_first(town):
    made = town.truth.made
    repeats = made[made["repeat_of"].notna()]
    firsts = made.set_index("source_row").loc[repeats["repeat_of"].astype(int)]
    assert (firsts["segment_id"].to_numpy() == repeats["segment_id"].to_numpy()).all()
    incidents = town.incidents.set_index("source_row")
    one, other = incidents.loc[repeats["source_row"]], incidents.loc[firsts.index]
    assert (one["crime_type"].to_numpy() == other["crime_type"].to_numpy()).all()
    apart = np.hypot(one["x"].to_numpy() - other["x"].to_numpy(), one["y"].to_numpy() - other["y"].to_numpy())
    near = town.streets.loc[town.streets["town"] == town.name, "length_m"].max() + 24
    assert apart.max() < near
    assert np.quantile(apart, 0.95) < happenings.REPEAT_WITHIN_M
    days = np.abs(one["began"].to_numpy() - other["began"].to_numpy()) / np.timedelta64(1, "D")
    assert days.max() <= happenings.REPEAT_DAYS + 1.05


def test_days_near_a_day_keep_to_the_planted_days():
    rng = np.random.default_rng(5)
    shares = rng.dirichlet(np.full(30, 3.0))
    firsts = rng.choice(30, 40_000, p=shares)
    near = happenings._near(firsts, shares, rng)
    assert np.abs(near - firsts).max() <= happenings.REPEAT_DAYS
    assert stats.chisquare(np.bincount(near, minlength=30), shares * len(near)).pvalue > 0.001
    assert (near != firsts).mean() > 0.3


def test_folding_keeps_what_is_even_even():
    rng = np.random.default_rng(6)
    folded = happenings._folded(rng.random(50_000) + rng.normal(0, 0.4, 50_000))
    assert stats.kstest(folded, "uniform").pvalue > 0.001

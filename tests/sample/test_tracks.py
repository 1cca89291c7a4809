"""Made-up tracks: the same seed gives the same, the truth is true, the noise is what was asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

import patrol_tracks
from abate.sample import tracks


def made(seed: int = 1, *, faults: bool = False) -> tuple[pd.DataFrame, pd.DataFrame, tracks.SimulatedTracks]:
    sites = patrol_tracks.sites(6)
    plan = patrol_tracks.plan(sites, teams=3, visits=4)
    return sites, plan, tracks.tracks(sites, plan, seed=seed, noise_m=5, attended=1.0, faults=faults)


def test_the_same_seed_gives_the_same_tracks() -> None:
    for faults in (False, True):
        one, other = made(faults=faults)[2], made(faults=faults)[2]
        pd.testing.assert_frame_equal(one.fixes, other.fixes)
        pd.testing.assert_frame_equal(one.truth, other.truth)
    assert not made(seed=2)[2].fixes.equals(made(seed=1)[2].fixes)


def test_positions_lie_in_the_site_while_the_truth_says_so() -> None:
    sites, plan, found = made()
    assert len(found.truth) == len(plan)
    shapes = dict(zip(sites["site_id"], sites["shape"], strict=True))
    team_of = dict(zip(found.devices["device"], found.devices["team"], strict=True))
    teams = found.fixes["device"].map(team_of)
    for visit in found.truth.to_dict("records"):
        ends = visit["start"] + pd.Timedelta(minutes=visit["minutes"])
        rows = found.fixes[
            (teams == visit["team"]) & (found.fixes["moment"] > visit["start"]) & (found.fixes["moment"] < ends)
        ]
        away = shapely.distance(shapely.points(rows["easting"], rows["northing"]), shapes[visit["site_id"]])
        assert len(rows) > 20
        assert np.quantile(away, 0.95) < 15


def test_a_visit_that_was_not_made_is_not_in_the_truth() -> None:
    sites, plan, _ = made()
    none = tracks.tracks(sites, plan, seed=1, attended=0.0)
    assert none.truth.empty
    assert len(none.fixes) > 100


def test_neighbouring_errors_are_alike() -> None:
    drawn = tracks.noise(np.arange(0, 60_000, 5.0), 8.0, np.random.default_rng(1), lasts=25)
    assert drawn.std() == pytest.approx(8, rel=0.05)
    alike = np.corrcoef(drawn[1:, 0], drawn[:-1, 0])[0, 1]
    assert alike == pytest.approx(np.exp(-5 / 25), abs=0.02)


def test_passing_stays_nowhere() -> None:
    sites = patrol_tracks.sites(6)
    past = tracks.passing(sites, seed=1, teams=2, hours=2, noise_m=0.1)
    assert past["device"].nunique() == 2
    inside = [shapely.contains_xy(shape, past["easting"], past["northing"]).mean() for shape in tracks.outlines(sites)]
    assert 0 < sum(inside) < 0.5


def test_files_have_the_rows() -> None:
    fixes = made()[2].fixes.head(50)
    assert tracks.as_csv(fixes).count("\n") == 51
    assert tracks.as_gpx(fixes).count("<trkpt") == 50
    assert tracks.as_gpx(fixes).count("<trk>") == fixes["device"].nunique()

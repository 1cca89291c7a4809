"""Positions put in order: repeats, jumps, clocks, devices that stand there twice."""

from __future__ import annotations

import numpy as np
import pandas as pd

import patrol_tracks
from abate.patrols import movement
from abate.sample import tracks


def test_repeats_jumps_and_twins_are_counted_and_dropped() -> None:
    one = patrol_tracks.stand("a", "2026-11-02T14:00Z", 20, (530_000.0, 180_000.0))
    thrown = one.assign(northing=np.where(np.arange(len(one)) == 60, one["northing"] + 900, one["northing"]))
    rows = pd.concat([thrown, one.assign(device="z"), thrown.iloc[:5]], ignore_index=True)
    found = movement.clean(rows, teams={"a": "T1", "z": "T1"})
    assert (found.repeats, found.twins) == (5, 1)
    assert found.jumps == 1
    assert found.kept + found.repeats + found.jumps + found.twin_rows == len(rows)
    assert found.teams == ("T1",)
    assert len(found.notes()) == 3
    assert not any("'a'" in note or "'z'" in note for note in found.notes())


def test_two_officers_who_walk_together_are_two() -> None:
    sites = patrol_tracks.sites(4)
    made = tracks.tracks(sites, patrol_tracks.plan(sites, teams=2, visits=3), seed=1, faults=False)
    assert movement.clean(made.fixes).twins == 0


def test_a_clock_that_runs_ahead_is_put_right() -> None:
    one = patrol_tracks.stand("a", "2026-11-02T14:00Z", 5, (530_000.0, 180_000.0))
    plain, ahead = movement.clean(one), movement.clean(one, clocks={"a": 37.0})
    assert np.allclose(plain.tracks.seconds - 37.0, ahead.tracks.seconds)


def test_the_order_of_the_rows_does_not_matter() -> None:
    sites = patrol_tracks.sites(4)
    fixes = tracks.tracks(sites, patrol_tracks.plan(sites, teams=2, visits=3), seed=1).fixes
    shuffled = fixes.sample(frac=1, random_state=1).reset_index(drop=True)
    one, other = movement.clean(fixes), movement.clean(shuffled)
    assert np.array_equal(one.tracks.seconds, other.tracks.seconds)
    assert one.kept == other.kept

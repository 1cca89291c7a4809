"""The faults put into made-up tracks, each found again."""

from __future__ import annotations

import pandas as pd

import patrol_tracks
from abate.patrols import movement
from abate.sample import trackfaults, tracks


def test_each_fault_is_there_and_is_found() -> None:
    sites = patrol_tracks.sites(6)
    plan = patrol_tracks.plan(sites, teams=3, visits=6)
    whole = tracks.tracks(sites, plan, seed=3, faults=False)
    spoilt = tracks.tracks(sites, plan, seed=3)
    assert trackfaults.TWIN in set(spoilt.fixes["device"])
    assert spoilt.devices["clock_seconds"].max() == trackfaults.CLOCK_SECONDS
    ahead = spoilt.devices.set_index("device")["clock_seconds"].idxmax()
    later = (
        spoilt.fixes[spoilt.fixes["device"] == ahead]["moment"].min()
        - whole.fixes[whole.fixes["device"] == ahead]["moment"].min()
    )
    assert later >= pd.Timedelta(seconds=trackfaults.CLOCK_SECONDS)
    found = movement.clean(spoilt.fixes)
    assert found.twins == 1
    assert found.repeats > 0
    assert found.jumps > 0
    assert found.kept < len(whole.fixes)

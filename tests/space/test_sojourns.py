"""Stays whose beginning and end are known exactly, and their order in the record."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from abate.space import geofences, sojourns

FENCES = geofences.build(
    np.array([shapely.box(0, 0, 200, 200), shapely.box(1000, 0, 1200, 200)], dtype=object), margin=20.0
)


def walk(every: float, start: float, noise: float = 0.0, seed: int = 1) -> sojourns.Tracks:
    """In at second 600 from the west at 1.3 m/s, about the middle until 1500, out to the west."""
    seconds = np.arange(start, 2400, every)
    x = np.interp(seconds, [0, 600, 677, 1423, 1500, 2400], [-780, 0, 100, 100, 0, -1170])
    errors = np.random.default_rng(seed).normal(0, noise, (2, len(seconds)))
    return sojourns.Tracks(np.zeros(len(seconds), np.int64), seconds, x + errors[0], 100 + errors[1])


@pytest.mark.parametrize("every", [5.0, 15.0, 60.0])
def test_over_all_phases_of_the_clock_the_estimate_has_no_lean(every: float) -> None:
    ends = [
        sojourns.find(walk(every, start), FENCES, gap=120.0, sd=2.0, lasts=20.0).ends[0]
        for start in np.linspace(0, every, 21)[:-1]
    ]
    assert np.mean(ends, axis=0) == pytest.approx([600, 1500], abs=1.5)
    assert np.abs(np.array(ends) - [600, 1500]).max() <= every / 2 + 2


def test_noise_scatters_and_does_not_shift() -> None:
    found = [sojourns.find(walk(5.0, 0.0, 8.0, seed), FENCES, gap=120.0, sd=8.0, lasts=2.0) for seed in range(60)]
    ends = np.array([each.ends[0] for each in found])
    assert {len(each.track) for each in found} == {1}
    assert ends.mean(axis=0) == pytest.approx([600, 1500], abs=4)
    told = np.mean([each.noise[0] for each in found])
    assert ends.std(axis=0).mean() == pytest.approx(told, rel=0.5)


def test_a_silence_longer_than_a_stay_bridges_divides_it_and_is_told() -> None:
    whole = walk(15.0, 0.0)
    silent = whole.take((whole.seconds < 900) | (whole.seconds > 1260))
    found = sojourns.find(silent, FENCES, gap=120.0, sd=2.0, lasts=20.0)
    assert found.ends[:, 0].tolist() == pytest.approx([600, 1260], abs=16)
    assert found.unseen[0, 1] == pytest.approx(375, abs=16)
    short = whole.take((whole.seconds < 900) | (whole.seconds > 1000))
    assert len(sojourns.find(short, FENCES, gap=120.0, sd=2.0, lasts=20.0).track) == 1


def test_who_stays_in_the_margin_is_counted_from_the_margin() -> None:
    seconds = np.arange(0, 2000, 15.0)
    inside = (seconds >= 300) & (seconds < 1200)
    x = np.where(inside, 210.0, 900.0)
    found = sojourns.find(
        sojourns.Tracks(np.zeros(len(x), np.int64), seconds, x, np.full(len(x), 100.0)),
        FENCES,
        gap=120.0,
        sd=3.0,
        lasts=20.0,
    )
    assert bool(found.margin[0])
    assert found.ends[0, 1] - found.ends[0, 0] == pytest.approx(900, abs=16)


def test_a_record_that_begins_inside_begins_the_stay_with_it() -> None:
    seconds = np.arange(0, 600, 15.0)
    record = sojourns.Tracks(
        np.zeros(len(seconds), np.int64), seconds, np.full(len(seconds), 1100.0), np.full(len(seconds), 100.0)
    )
    found = sojourns.find(record, FENCES, gap=120.0, sd=3.0, lasts=20.0)
    assert found.fence.tolist() == [1]
    assert found.ends[0].tolist() == [0.0, 585.0]
    assert np.isinf(found.unseen[0]).all()


def test_driving_is_faster_than_walking() -> None:
    seconds = np.arange(0, 200, 5.0)
    drive = sojourns.Tracks(
        np.zeros(len(seconds), np.int64), seconds, -500 + 9.0 * seconds, np.full(len(seconds), 100.0)
    )
    assert sojourns.find(drive, FENCES, gap=120.0, sd=3.0, lasts=20.0).speed[0] == pytest.approx(9.0, rel=0.05)

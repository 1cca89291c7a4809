"""The background's map: what leaves a place arrives in another, and no event speaks for itself."""

from __future__ import annotations

import numpy as np
import pytest

from abate.hotspots import backgrounds
from hotspots.squares import even, laid


def test_what_spills_stays_in_the_square_or_is_lost_at_its_edge():
    past = even(300, 1)
    spill = backgrounds.spill(past.middles_m, np.full(400, 22500.0), spread=200.0).toarray()
    rows = spill.sum(axis=1).reshape(20, 20)
    assert rows[8:12, 8:12] == pytest.approx(1.0, abs=0.001)
    assert rows[0, 0] == pytest.approx(0.41, abs=0.03)
    assert rows[0, 10] == pytest.approx(0.64, abs=0.03)
    assert rows.max() <= 1.0 + 1e-12
    assert spill == pytest.approx(spill.T, abs=1e-6)


def test_steps_between_squares_are_those_of_many_simulated_ones():
    generator = np.random.default_rng(1)
    start, step = generator.uniform(-75, 75, (2, 400_000)), generator.normal(0, 60, (2, 400_000))
    ends = start + step
    spill = backgrounds.spill(even(300, 1).middles_m, np.full(400, 22500.0), spread=60.0)
    home = 210
    for across, up in ((0, 0), (1, 0), (1, 1), (0, 2)):
        there = (np.abs(ends[0] - 150 * across) < 75) & (np.abs(ends[1] - 150 * up) < 75)
        assert spill[home, home + 20 * across + up] == pytest.approx(there.mean(), abs=0.002)


def test_small_steps_stay_at_home_and_areas_of_any_size_share_out_all():
    middles = even(300, 1).middles_m
    assert backgrounds.spill(middles, np.full(400, 22500.0), spread=5.0).diagonal().min() > 0.9
    pair = backgrounds.spill(np.array([[0.0, 0.0], [150.0, 0.0]]), np.array([40000.0, 10000.0]), spread=40.0)
    assert pair[0, 1] * 40000 == pytest.approx(pair[1, 0] * 10000)


def test_an_address_is_told_from_its_cell_and_each_event_is_left_out_of_its_own_map():
    generator = np.random.default_rng(2)
    x, y = generator.uniform(0, 3000, (2, 300))
    x[:60], y[:60] = 1210.0, 1810.0
    ground = backgrounds.ground(laid(x, y, generator.integers(0, 400, 300), days=400), lag_days=60)
    found = backgrounds.lay(ground, np.ones(300))
    home = (ground.points == [1210.0, 1810.0]).all(axis=1)
    assert home.sum() == 60
    assert found.share.sum() == pytest.approx(1.0)
    assert found.share.max() > 20 / 400
    alone = np.bincount(ground.address)[ground.address] == 1
    assert found.density[home].min() > 50 * np.median(found.density[alone])
    assert ground.address_pull < 100


def test_even_ground_is_found_to_be_even():
    past = even(4_000, 3)
    found = backgrounds.lay(backgrounds.ground(past, lag_days=60), np.ones(4_000))
    assert found.pull > 4_000
    assert found.share == pytest.approx(1 / 400, rel=0.35)
    assert found.known.sum() == pytest.approx(4_000 + found.pull)


def test_the_pull_grows_as_places_grow_alike():
    generator = np.random.default_rng(5)
    pulls = []
    for spread in (0.3, 1.0, 30.0):
        rates = generator.gamma(spread, size=400)
        place = generator.choice(400, 3_000, p=rates / rates.sum())
        x, y = (part * 150 + generator.uniform(0, 150, 3_000) for part in np.divmod(place, 20))
        past = laid(x, y, generator.integers(0, 90, 3_000), days=90)
        pulls.append(backgrounds.lay(backgrounds.ground(past, lag_days=60), np.ones(3_000)).pull / 400)
    assert pulls[0] < pulls[1] < pulls[2]
    assert pulls[:2] == pytest.approx([0.3, 1.0], rel=1.0)


def test_the_density_is_that_of_the_others_one_by_one():
    generator = np.random.default_rng(6)
    points = generator.integers(1, 20, (60, 2)) * 25.0
    ground = backgrounds.ground(laid(*points.T, generator.integers(0, 90, 60), days=90, side=4), lag_days=60)
    chance = generator.uniform(0.2, 1, len(ground.place))
    found = backgrounds.lay(ground, chance)
    for event in range(len(ground.place)):
        rest = np.arange(len(ground.place)) != event
        here = rest & (ground.place == ground.place[event])
        smooth = ground.smooth[backgrounds.SMOOTHED_M.index(found.smoothed_m)].toarray()
        about = sum(chance[other] * smooth[ground.place[other], ground.place[event]] for other in np.flatnonzero(rest))
        everywhere = sum(chance * smooth.sum(axis=1)[ground.place])
        prior = (1 - found.even_part) * about * chance.sum() / everywhere / chance[rest].sum() + found.even_part / 16
        share = (chance[here].sum() + found.pull * prior) / (chance[rest].sum() + found.pull)
        assert found.density[event] == pytest.approx(share * ground.own[event] / ground.footprint[event])


def test_an_address_is_judged_by_what_came_long_before_or_after():
    generator = np.random.default_rng(6)
    points = generator.integers(1, 20, (200, 2)) // 4 * 100.0 + 5
    day = generator.integers(0, 300, 200)
    ground = backgrounds.ground(laid(*points.T, day, days=300, side=4), lag_days=60)
    for event in range(200):
        far = np.abs(ground.day - ground.day[event]) > 60
        alike, here = far & (ground.address == ground.address[event]), far & (ground.place == ground.place[event])
        number = 22500 / ground.footprint[event]
        assert ground.own[event] == pytest.approx(
            (alike.sum() + ground.address_pull / number) / (here.sum() + ground.address_pull)
        )


def test_addresses_that_never_repeat_by_chance_stand_for_next_to_nothing():
    generator = np.random.default_rng(7)
    x, y = generator.uniform(0, 600, (2, 2_000))
    day = generator.integers(0, 400, 2_000)
    free = backgrounds.ground(laid(x, y, day, days=400, side=4), lag_days=60)
    listed = backgrounds.ground(laid(x // 30 * 30 + 1, y // 30 * 30 + 1, day, days=400, side=4), lag_days=60)
    assert free.footprint.max() < 1.0
    assert listed.footprint == pytest.approx(900.0, rel=0.15)


def test_what_is_far_off_in_time_is_counted_as_one_by_one():
    generator = np.random.default_rng(8)
    group, day = generator.integers(0, 4, 60), generator.integers(0, 30, 60)
    slow = [int(((group == one) & (np.abs(day - then) > 7)).sum()) for one, then in zip(group, day, strict=True)]
    assert backgrounds._far(group, day, 7).tolist() == slow

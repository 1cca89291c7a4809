"""Schemes: the published counts, what is equally likely, and one draw that is the same in any batch."""

from __future__ import annotations

import time
from datetime import date
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from abate.errors import OptionError
from abate.trials import schemes
from abate.trials.schemes import Exclusion, Scheme

STARTS = date(2020, 11, 9)


def listed(number: int, **more: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"site_id": [f"H{place + 1:02d}" for place in range(number)], **more})


def test_southend_and_bedfordshire_come_out_exactly():
    southend = schemes.draw(Scheme(date(2020, 7, 20), 90, treat=8), listed(20), seed=1)[0]
    bedfordshire = schemes.draw(Scheme(STARTS, 90, treat=7), listed(21), seed=7)[0]
    assert (int(southend.sum()), int((~southend).sum())) == (720, 1080)
    assert (int(bedfordshire.sum()), int((~bedfordshire).sum())) == (630, 1260)
    assert (southend.sum(axis=1) == 8).all()
    assert (bedfordshire.sum(axis=1) == 7).all()


EVERY_WAY = [
    Scheme(STARTS, 20, treat=3),
    Scheme(STARTS, 20, treat=3, block=("area",)),
    Scheme(STARTS, 20, treat=3, block=("weekday",)),
    Scheme(STARTS, 20, treat=3, block=("weekday", "area"), longest_run=3),
    Scheme(STARTS, 20, treat=3, longest_run=2, rest=2),
    Scheme(STARTS, 20, treat=3, longest_run=2, rest=2, excluded=(Exclusion(STARTS, "H03"),)),
    Scheme(STARTS, 20, chance=0.3, longest_run=2),
    Scheme(STARTS, 20, kind="parallel", treat=3),
    Scheme(STARTS, 20, kind="parallel", treat=3, block=("area",)),
    Scheme(STARTS, 20, kind="pairs"),
    Scheme(STARTS, 20, kind="stepped", waves=3),
    Scheme(STARTS, 20, kind="stepped", begins=(2, 2, 5, 5, 9, 9, 20, 20), excluded=(Exclusion(STARTS, "H03"),)),
]
SITES = listed(8, area=["a", "a", "a", "b", "b", "b", "b", "b"], pair=list("ppqqrrss"))


@pytest.mark.parametrize("scheme", EVERY_WAY, ids=lambda scheme: schemes.describe(scheme)[:60])
def test_the_first_draw_of_any_batch_and_any_order_of_sites_is_the_schedule(scheme, monkeypatch):
    one = schemes.draw(scheme, SITES, seed=5)
    many = schemes.draw(scheme, SITES, seed=5, draws=300)
    turned = np.random.default_rng(1).permutation(len(SITES))
    assert one.shape == (1, 20, 8)
    assert (many[0] == one[0]).all()
    assert (schemes.draw(scheme, SITES, seed=5, draws=120) == many[:120]).all()
    assert (schemes.draw(scheme, SITES.iloc[turned].reset_index(drop=True), seed=5)[0] == one[0][:, turned]).all()
    assert not (schemes.draw(scheme, SITES, seed=6, draws=300) == many).all()
    monkeypatch.setattr(schemes, "_TOGETHER", 1000)
    assert (schemes.draw(scheme, SITES, seed=5, draws=300) == many).all()


def test_place_days_and_pairs_of_sites_have_the_chances_of_8_of_20():
    draws, days, sites, treat = 4000, 15, 20, 8
    drawn = schemes.draw(Scheme(STARTS, days, treat=treat), listed(sites), seed=11, draws=draws)
    trials, chance = draws, treat / sites
    spread = ((drawn.sum(axis=0) - trials * chance) ** 2 / (trials * chance * (1 - chance))).sum()
    freedom = days * (sites - 1)
    assert 0.001 < chi2.cdf(spread * (sites - 1) / sites, freedom) < 0.999
    flat = drawn.reshape(-1, sites).astype(np.int64)
    together = (flat.T @ flat)[np.triu_indices(sites, 1)]
    both = treat * (treat - 1) / (sites * (sites - 1))
    z = (together - len(flat) * both) / np.sqrt(len(flat) * both * (1 - both))
    assert abs(z).max() < 4.2
    assert 0.8 < z.std() < 1.2


def test_runs_have_the_lengths_that_independent_days_give():
    from abate.trials.balance import run_counts

    days, chance = 30, 0.4
    drawn = schemes.draw(Scheme(STARTS, days, treat=8), listed(20), seed=3, draws=2000)
    seen = run_counts(drawn).mean(axis=0) / 20
    exact = [chance**length * (2 * (1 - chance) + (days - length - 1) * (1 - chance) ** 2) for length in range(1, 6)]
    np.testing.assert_allclose(seen[:5], exact, rtol=0.04)


@settings(max_examples=40)
@given(
    sites=st.integers(3, 7),
    treat=st.integers(1, 3),
    run=st.none() | st.integers(1, 3),
    rest=st.integers(0, 3),
    washout=st.integers(0, 2),
    block=st.sampled_from([(), ("weekday",), ("area",)]),
    seed=st.integers(0, 50),
)
def test_every_draw_keeps_every_rule_or_the_conflict_is_named(sites, treat, run, rest, washout, block, seed):
    scheme = Scheme(STARTS, 10, treat=treat, longest_run=run, rest=rest, washout=washout, block=block)
    ground = listed(sites, area=["a" if place % 2 else "b" for place in range(sites)])
    try:
        drawn = schemes.draw(scheme, ground, seed=seed, draws=3)
    except OptionError as fault:
        told = str(fault)
    else:
        told = ""
    if told:
        assert "--treat" in told
        assert treat >= sites or run is not None or max(rest, washout) > 1
        return
    assert (drawn.sum(axis=2) == treat).all()
    for schedule in drawn:
        for site in range(sites):
            days = "".join("P" if on else "u" for on in schedule[:, site])
            assert run is None or "P" * (run + 1) not in days
            assert all(len(gap) == 0 or len(gap) >= max(rest, washout) for gap in days.strip("u").split("P"))


def test_an_excluded_place_day_is_not_drawn_and_the_others_share_its_chance():
    left_out = (Exclusion(STARTS), Exclusion(date(2020, 11, 10), "H02"))
    scheme = Scheme(STARTS, 3, treat=2, excluded=left_out)
    drawn = schemes.draw(scheme, listed(5), seed=1, draws=4000)
    assert not drawn[:, 0].any()
    assert not drawn[:, 1, 1].any()
    assert schemes.drawable(scheme, listed(5)).sum(axis=1).tolist() == [0, 4, 5]
    chances = schemes.chances(scheme, listed(5))
    assert chances[0].tolist() == [0] * 5
    assert chances[1].tolist() == [0.5, 0, 0.5, 0.5, 0.5]
    np.testing.assert_allclose(drawn.mean(axis=0), chances, atol=0.03)


@pytest.mark.parametrize("scheme", EVERY_WAY, ids=lambda scheme: schemes.describe(scheme)[:60])
def test_chances_are_those_of_the_draws(scheme):
    found = schemes.chances(scheme, SITES, draws=3000)
    np.testing.assert_allclose(schemes.draw(scheme, SITES, seed=99, draws=3000).mean(axis=0), found, atol=0.05)


def test_areas_get_their_part_each_day_and_every_site_the_same_chance():
    scheme = Scheme(STARTS, 12, treat=3, block=("area",))
    drawn = schemes.draw(scheme, SITES, seed=2, draws=3000)
    in_a = drawn[:, :, :3].sum(axis=2)
    assert set(np.unique(in_a)) == {1, 2}
    np.testing.assert_allclose(drawn.mean(axis=(0, 1)), 3 / 8, atol=0.01)


def test_parallel_and_pairs_hold_throughout():
    parallel = schemes.draw(Scheme(STARTS, 9, kind="parallel", treat=3), SITES, seed=1, draws=2000)
    assert (parallel == parallel[:, :1]).all()
    assert (parallel[:, 0].sum(axis=1) == 3).all()
    assert len({tuple(row) for row in parallel[:, 0].tolist()}) == comb(8, 3)
    pairs = schemes.draw(Scheme(STARTS, 9, kind="pairs"), SITES, seed=1, draws=2000)
    assert (pairs[:, 0].reshape(-1, 4, 2).sum(axis=2) == 1).all()
    assert len({tuple(row) for row in pairs[:, 0].tolist()}) == 2**4


def test_a_stepped_roll_out_says_how_it_is_drawn_and_what_it_needs():
    scheme = Scheme(STARTS, 20, kind="stepped", waves=3)
    assert schemes.way(scheme, SITES) == "in waves"
    assert "8 sites, each patrolled from its turn on, in 3 waves" in schemes.describe(scheme, sites=8)
    assert "waves" not in Scheme(STARTS, 20, treat=3).plain()
    for wrong, told in (
        ({"treat": 2, "waves": 3}, "neither --treat nor --chance"),
        ({}, "--waves (in how many waves sites begin) is needed"),
        ({"waves": 1}, "at least 2 would be right"),
        ({"begins": (-1, 2)}, "not on day -1"),
        ({"waves": 2, "washout": 1}, "--scheme stepped and --washout"),
    ):
        with pytest.raises(OptionError) as caught:
            Scheme(STARTS, 20, kind="stepped", **wrong)
        assert told in str(caught.value)
    with pytest.raises(OptionError, match="goes with --scheme stepped"):
        Scheme(STARTS, 20, treat=3, waves=2)
    with pytest.raises(OptionError, match="3 days on which sites begin, for 8 sites"):
        schemes.draw(Scheme(STARTS, 20, kind="stepped", begins=(1, 2, 3)), SITES, seed=1)


def test_pairs_may_stand_in_the_column_area():
    ground = listed(4, area=list("xyxy"))
    drawn = schemes.draw(Scheme(STARTS, 2, kind="pairs"), ground, seed=4)[0, 0]
    assert drawn[0] != drawn[2]
    assert drawn[1] != drawn[3]


def test_washout_marks_usual_days_after_a_run():
    scheme = Scheme(STARTS, 6, treat=1, washout=2)
    drawn = np.array([[1, 1, 0, 0, 0, 1]], dtype=bool).T
    assert schemes.washed(scheme, drawn)[:, 0].tolist() == [False, False, True, True, False, False]
    assert schemes.washed(scheme, np.stack([drawn, ~drawn])).shape == (2, 6, 1)


def test_the_fewest_rules_in_conflict_are_named_with_what_would_do():
    scheme = Scheme(STARTS, 90, treat=15, longest_run=2, rest=1, excluded=(Exclusion(STARTS),))
    with pytest.raises(OptionError) as caught:
        schemes.draw(scheme, listed(20), seed=1)
    told = str(caught.value)
    assert "--treat 15 of 20 sites a day; --longest-run 2" in told
    assert "--rest" not in told
    assert "--exclude" not in told
    assert "at most 13 a day" in told
    assert schemes.draw(Scheme(STARTS, 90, treat=13, longest_run=2, rest=1), listed(20), seed=1).any()


def test_a_conflict_that_can_only_be_tried_says_so():
    scheme = Scheme(STARTS, 30, treat=5, longest_run=1, rest=2, block=("weekday",))
    with pytest.raises(OptionError, match=r"was found in \d+ tries: --treat 5 of 8 sites a day"):
        schemes.draw(scheme, SITES, seed=1)


@pytest.mark.parametrize("scheme", EVERY_WAY, ids=lambda scheme: schemes.describe(scheme)[:60])
def test_a_scheme_survives_json(scheme):
    import json

    assert schemes.parse(json.loads(json.dumps(scheme.plain()))) == scheme


def test_a_scheme_that_is_none_is_refused():
    plain = Scheme(STARTS, 9, treat=2).plain()
    with pytest.raises(OptionError, match="a scheme has no 'treats'"):
        schemes.parse({**plain, "treats": 2})
    with pytest.raises(OptionError, match="says its days"):
        schemes.parse({key: value for key, value in plain.items() if key != "days"})
    with pytest.raises(OptionError, match="cannot be read"):
        schemes.parse({**plain, "starts": "soon"})


def test_how_it_is_drawn_is_said():
    assert schemes.way(EVERY_WAY[0], SITES) == "each day by itself"
    assert schemes.way(EVERY_WAY[4], SITES) == "counted"
    assert schemes.way(EVERY_WAY[5], SITES) == "in turn"
    assert schemes.way(EVERY_WAY[6], SITES) == "by coin"
    told = schemes.describe(Scheme(STARTS, 9, kind="pairs", excluded=(Exclusion(STARTS),)), sites=8)
    assert told.startswith("one site of each pair (4 pairs), drawn once and patrolled on every day")
    assert "1 day or site-day left out" in told


def test_wrong_draws_are_refused():
    with pytest.raises(OptionError, match="draws are at least 1"):
        schemes.draw(EVERY_WAY[0], SITES, seed=1, draws=0)
    with pytest.raises(OptionError, match="2 to 5,000 sites, not 1"):
        schemes.draw(EVERY_WAY[0], listed(1), seed=1)


@pytest.mark.slow
def test_ten_thousand_redraws_of_20_by_90_take_about_a_second():
    scheme, ground = Scheme(date(2020, 7, 20), 90, treat=8), listed(20)
    schemes.draw(scheme, ground, seed=1)
    taken = []
    for _ in range(3):
        began = time.process_time()
        schemes.draw(scheme, ground, seed=1, draws=10_000)
        taken.append(time.process_time() - began)
    assert min(taken) < 2


@pytest.mark.long
def test_a_schedule_drawn_under_rules_is_uniform(proof):
    from collections import Counter

    scheme, ground = Scheme(STARTS, 6, treat=2, longest_run=2, rest=2), listed(5)
    drawn = schemes.draw(scheme, ground, seed=1, draws=400_000)
    seen = Counter(schedule.tobytes() for schedule in drawn)
    expected = len(drawn) / len(seen)
    spread = sum((count - expected) ** 2 / expected for count in seen.values())
    p = float(chi2.sf(spread, len(seen) - 1))
    proof(
        f"chi-squared test that {len(seen):,} schedules under a run and a rest are equally likely",
        f"p {p:.3f}",
        "above 0.001",
    )
    assert p > 0.001

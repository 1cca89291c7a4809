"""The scan: finds what was planted, where and when it was; finds nothing where nothing is; says what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.errors import OptionError, TableError
from abate.hotspots.histories import Window
from abate.hotspots.scanning import Scope, scan
from hotspots.squares import FIRST, even, laid

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("at", ["places", "points"])
def test_a_planted_cluster_is_found_where_and_when_it_is(at: str):
    past = even(1200, 1, extra=25)
    found = scan(past, scope=Scope(at=at), draws=99, seed=1)  # type: ignore[arg-type]
    top = found.clusters.iloc[0]
    assert np.hypot(top["easting"] - 1200, top["northing"] - 1800) < 200
    assert 100 <= top["radius_m"] <= 400
    assert abs((top["first"] - (FIRST + timedelta(days=290))).days) <= 3
    assert top["last"] == FIRST + timedelta(days=299)
    assert 20 <= top["observed"] <= 30
    assert top["ratio"] == pytest.approx(top["observed"] / top["expected"])
    assert top["p"] == 0.01
    assert top["p_gumbel"] < 1e-6
    assert len(found.surprising) == 1
    assert "the most striking has" in str(found)


def test_clusters_share_no_place_and_come_in_order():
    found = scan(even(800, 2, extra=20), draws=19, seed=1, most=6).clusters
    assert list(found["cluster"]) == list(range(1, len(found) + 1))
    assert (np.diff(found["llr"]) <= 1e-9).all()
    places = [place for ids in found["place_ids"] for place in ids]
    assert len(places) == len(set(places)) > 5


def test_a_past_cluster_is_found_only_by_looking_at_any_time():
    past = even(1200, 3, extra=25).until(FIRST + timedelta(days=299))
    longer = replace(past, span=Window(FIRST, FIRST + timedelta(days=399)))
    week = {"step_days": 5, "longest_days": 30}
    any_time = scan(longer, scope=Scope(when="any", **week), draws=19, seed=1).clusters.iloc[0]
    assert np.hypot(any_time["easting"] - 1200, any_time["northing"] - 1800) < 200
    assert abs((any_time["first"] - date(2023, 10, 18)).days) <= 5
    assert abs((any_time["last"] - date(2023, 10, 27)).days) <= 5
    now = scan(longer, scope=Scope(when="now", **week), draws=19, seed=1)
    assert not len(now.surprising)


def test_a_place_that_is_always_busy_is_no_cluster_but_stands_out_from_its_area():
    generator = np.random.default_rng(4)
    x, y = generator.uniform(0, 3000, (2, 900))
    x[:300], y[:300] = 1200, 1800
    past = laid(x, y, generator.integers(0, 300, 900), days=300)
    usual = scan(past, draws=99, seed=1, scope=Scope(when="any", step_days=30, longest_days=90, most_share=0.5))
    assert not len(usual.surprising)
    by_area = Scope(when="any", step_days=30, longest_days=150, model="poisson", most_share=0.5)
    assert scan(past, draws=99, seed=1, scope=by_area).clusters.iloc[0]["p"] == 0.01
    known = past.totals() + 0.5
    assert not len(scan(past, draws=99, seed=1, scope=by_area, baseline=known).surprising)


def test_the_same_seed_gives_the_same_bytes():
    past = even(400, 5)
    first, second = (scan(past, draws=29, seed=8) for _ in range(2))
    assert first.heights.tobytes() == second.heights.tobytes()
    assert first.clusters.to_csv() == second.clusters.to_csv()


def test_a_circle_holds_no_more_than_its_share():
    past = even(600, 6, extra=60)
    narrow = scan(past, scope=Scope(most_share=0.05), draws=9, seed=1).clusters
    for ids in narrow["place_ids"]:
        held = past.totals()[[past.place_ids.index(place) for place in ids]].sum() / past.totals().sum()
        assert len(ids) == 1 or held <= 0.05


def test_what_cannot_be_scanned_is_said_all_at_once():
    with pytest.raises(OptionError, match="at least 20 events with a location, not 10"):
        scan(even(10, 1))
    with pytest.raises(OptionError, match="at least 3 steps of 200 days"):
        scan(even(100, 1), scope=Scope(step_days=200, longest_days=200))
    with pytest.raises(OptionError) as raised:
        Scope(most_share=0.9, least=1, step_days=9, longest_days=5)
    assert len(raised.value.faults) == 3
    past = even(100, 1)
    with pytest.raises(OptionError, match="needs no baseline"):
        scan(past, baseline=np.ones(400))
    poisson = Scope(model="poisson")
    with pytest.raises(OptionError, match="one number a place: 400, not 3"):
        scan(past, scope=poisson, baseline=np.ones(3))
    with pytest.raises(OptionError, match="numbers of 0 or more"):
        scan(past, scope=poisson, baseline=np.full(400, np.nan))
    with pytest.raises(TableError, match="saw events and have a baseline of 0: c"):
        scan(past, scope=poisson, baseline=np.arange(400) % 2)


def test_months_can_be_scanned_too():
    past = even(900, 7, days=365)
    starts = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30])
    month = np.searchsorted(starts, past.day, side="right") - 1
    monthly = replace(past, unit="month", day=starts[month].astype(np.int64))
    top = scan(monthly, scope=Scope(longest_days=61), draws=19, seed=1).clusters.iloc[0]
    assert top["last"] == date(2023, 12, 31)
    assert top["first"].day == 1


@pytest.mark.long
@pytest.mark.parametrize("model", ["permutation", "poisson"])
def test_without_a_cluster_p_is_even(model: str, proof: Callable[[str, str, str], None]):
    p = []
    for seed in range(400):
        scope = Scope(model=model, least=2)  # type: ignore[arg-type]
        p.append(scan(even(250, seed, days=120, side=10), scope=scope, draws=99, seed=seed).clusters.iloc[0])
    for name in ("p", "p_gumbel"):
        called = float(np.mean([row[name] <= 0.05 for row in p]))
        proof(f"scan without a cluster, {model}, {name} at most 0.05", f"{called:.1%} of 400", "2.8% to 7.5%")
        assert 0.028 <= called <= 0.075


@pytest.mark.long
def test_how_often_planted_clusters_are_found(proof: Callable[[str, str, str], None]):
    hit, days = [], []
    for seed in range(60):
        top = scan(even(1200, seed, extra=12), draws=99, seed=seed).clusters.iloc[0]
        hit.append(top["p"] <= 0.05 and np.hypot(top["easting"] - 1200, top["northing"] - 1800) < 300)
        days.append(abs((top["first"] - (FIRST + timedelta(days=290))).days) if hit[-1] else np.nan)
    proof("12 planted among 1,200 events, found in place", f"{np.mean(hit):.0%} of 60", "at least 80%")
    proof("their first day, missed by", f"{np.nanmedian(days):.0f} days (median)", "at most 2")
    assert np.mean(hit) >= 0.8
    assert np.nanmedian(days) <= 2

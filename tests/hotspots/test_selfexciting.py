"""The self-exciting process on places: finds its own rates, foretells its own future, and knows nothing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.special import gammaln

from abate.errors import OptionError
from abate.hotspots import selfexciting
from abate.hotspots.histories import History, Window
from abate.stats.branching import grow
from abate.stats.excitation import Rates
from hotspots.squares import FIRST, even, laid

if TYPE_CHECKING:
    from collections.abc import Callable

TRUE = Rates(background=12.0, near=0.25, same=0.2, decay=0.15, spread=80.0)


@cache
def excited(seed: int, *, days: int = 430) -> History:
    """A square of 20 by 20 cells, hotter in the middle, with followed incidents by the day."""
    generator = np.random.default_rng(seed)
    count = generator.poisson(TRUE.background * days)
    x, y = 1500 + 1499 * (generator.beta(3, 3, (2, count)) * 2 - 1)
    grown = grow(
        x,
        y,
        generator.integers(0, days, count).astype(float),
        rates=TRUE,
        reach=300.0,
        lag=60.0,
        until=days - 1.0,
        generator=generator,
        step=1.0,
    )
    return laid(grown.x, grown.y, grown.t.astype(np.int64), days=days)


CUT = FIRST + timedelta(days=399)
NEXT = Window(CUT + timedelta(days=1), CUT + timedelta(days=30))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["direct", "em"])
def test_its_own_rates_come_back_with_the_map_unknown(method: str):
    found = selfexciting.fit(excited(1), method=method).rates  # type: ignore[arg-type]
    assert found.same == pytest.approx(TRUE.same, rel=0.1)
    assert found.decay == pytest.approx(TRUE.decay, rel=0.1)
    assert found.spread == pytest.approx(TRUE.spread, rel=0.15)
    assert TRUE.near - 0.05 < found.near < TRUE.near + 0.15


@pytest.mark.slow
def test_the_forecast_is_the_mean_of_many_runs_of_the_process():
    past = excited(1).until(CUT)
    found = selfexciting.fit(past)
    for window in (NEXT, Window(CUT + timedelta(days=15), CUT + timedelta(days=21))):
        told = selfexciting.foretell(found, past, window)
        runs = selfexciting.simulate(found, past, window, draws=300, seed=1)
        total = runs.sum(axis=1)
        assert told["expected"].sum() == pytest.approx(
            total.mean(), abs=4 * total.std() / 300**0.5 + 0.01 * total.mean()
        )
        off = (runs.mean(axis=0) - told["expected"]) / np.sqrt(np.maximum(runs.var(axis=0), 0.05) / 300)
        assert abs(off.mean()) < 0.5
        assert (off**2).mean() < 2.5
        variance = told["expected"] + told["expected"] ** 2 / told["size"]
        steady = found.rates.background * window.days * found.background.share / (1 - found.rates.followers)
        from_the_map = (steady**2 / found.background.known).sum()
        assert variance.sum() - from_the_map == pytest.approx(runs.var(axis=0, ddof=1).sum(), rel=0.1)


@pytest.mark.slow
def test_it_beats_plain_counts_on_what_it_was_made_for():
    gains = []
    for seed in (1, 2):
        past = excited(seed).until(CUT)
        window = Window(CUT + timedelta(days=1), CUT + timedelta(days=7))
        seen = excited(seed).during(window)
        told = selfexciting.forecast(past, window)["expected"].to_numpy()
        plain = (past.totals() + 0.5) / past.span.days * window.days
        plain *= told.sum() / plain.sum()
        gains.append(score(seen, told) - score(seen, plain))
    assert np.mean(gains) > 0.02


def score(seen: np.ndarray, expected: np.ndarray) -> float:
    return float((seen * np.log(expected) - expected - gammaln(seen + 1)).sum() / seen.sum())


@pytest.mark.slow
def test_it_knows_nothing_of_what_comes_later():
    whole = excited(1)
    cut = whole.until(CUT)
    kept = whole.day < 400
    changed = replace(whole, easting=np.where(kept, whole.easting, 1.0), northing=np.where(kept, whole.northing, 1.0))
    first, second = (selfexciting.forecast(one, NEXT) for one in (cut, changed.until(CUT)))
    assert first.to_csv() == second.to_csv()
    with pytest.raises(OptionError, match="inside the record, which ends on"):
        selfexciting.forecast(whole, NEXT)


def test_a_fresh_cluster_raises_its_neighbourhood_and_no_other():
    past = excited(1).until(CUT)
    found = selfexciting.fit(past)
    burst = np.full(15, 1510.0)
    fresh = replace(
        past,
        place=np.append(past.place, np.full(15, past.place_ids.index("c10_10"))),
        day=np.append(past.day, np.full(15, 399)),
        incidents=np.append(past.incidents, np.ones(15, dtype=np.int64)),
        easting=np.append(past.easting, burst),
        northing=np.append(past.northing, burst),
    )
    rise = (
        selfexciting.foretell(found, fresh, NEXT)["expected"] - selfexciting.foretell(found, past, NEXT)["expected"]
    ).to_numpy()
    assert int(rise.argmax()) == past.place_ids.index("c10_10")
    assert rise[past.place_ids.index("c10_11")] > 0.05
    assert abs(float(rise[past.place_ids.index("c01_01")])) < 1e-9
    followers = found.rates.followers
    assert 0.8 * 15 * followers < rise.sum() < 15 * followers / (1 - followers)


def test_an_even_scatter_is_forecast_evenly():
    past = even(3_000, 9, days=400)
    found = selfexciting.fit(past)
    assert found.rates.followers < 0.1
    told = selfexciting.foretell(found, past, NEXT)["expected"]
    assert told.sum() == pytest.approx(3_000 / 400 * 30, rel=0.05)
    assert told.max() < 3 * told.mean()


def test_what_it_cannot_do_is_said():
    past = even(199, 1)
    with pytest.raises(OptionError, match="at least 200 incidents, not 199"):
        selfexciting.forecast(past, NEXT)
    monthly = replace(even(300, 1, days=365), unit="month")
    with pytest.raises(OptionError, match="the record has months, not days"):
        selfexciting.forecast(monthly, Window(date(2024, 1, 1), date(2024, 1, 31)))
    with pytest.raises(OptionError, match="not 0 m and 60 days"):
        selfexciting.fit(even(300, 1), reach_m=0)
    runaway = replace(selfexciting.fit(even(300, 1)), rates=Rates(1.0, 0.9, 0.2, 0.1, 50.0))
    with pytest.raises(OptionError, match="need not end"):
        selfexciting.simulate(runaway, even(300, 1), NEXT, draws=1, seed=1)


def test_the_sentence_says_how_many_follow_and_how_soon():
    said = str(replace(selfexciting.fit(even(300, 1)), rates=Rates(1.0, 0.253, 0.101, 0.1, 50.0)))
    assert said == (
        "One incident is followed by 0.25 others within 300 m and 60 days, and by 0.10 at its own address; "
        "half of them come within 6.9 days."
    )


@pytest.mark.long
def test_rates_with_the_map_unknown_over_many_seeds(proof: Callable[[str, str, str], None]):
    found = np.array(
        [
            [rates.near, rates.same, rates.decay, rates.spread]
            for rates in (selfexciting.fit(excited(100 + seed)).rates for seed in range(20))
        ]
    )
    away = np.median(found, axis=0) / [TRUE.near, TRUE.same, TRUE.decay, TRUE.spread] - 1
    said = ", ".join(
        f"{name} {miss:+.1%}" for name, miss in zip(("near", "same", "decay", "spread"), away, strict=True)
    )
    proof("self-exciting rates with the map unknown, 20 towns, median", said, "near 30%, spread 20%, the others 5%")
    assert (np.abs(away) < [0.3, 0.05, 0.05, 0.2]).all()


@pytest.mark.slow
def test_the_rates_come_with_their_errors():
    errors = selfexciting.fit(excited(1, days=200)).errors
    assert all(0 < error < np.inf for error in (errors.background, errors.near, errors.decay, errors.spread))

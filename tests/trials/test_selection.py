"""The fall that comes of choosing alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.trials import trial_panels

from abate.errors import OptionError, TableError
from abate.trials import selection


def test_the_expected_fall_is_the_one_that_happens():
    rng, held, gaps = np.random.default_rng(1), [], []
    for _ in range(80):
        rates = rng.gamma(1.2, 4.0, 400)
        before, after = rng.poisson(rates), rng.poisson(rates)
        chosen = np.zeros(400, dtype=bool)
        chosen[np.argsort(-before, kind="stable")[:20]] = True
        found = selection.expect(before, chosen, draws=2000)
        held.append(found.low <= after[chosen].sum() <= found.high)
        gaps.append(after[chosen].sum() / found.expected)
        assert found.share > 0
    assert np.mean(gaps) == pytest.approx(1.0, abs=0.025)
    assert 0.88 < np.mean(held) <= 1.0


def test_places_that_do_not_differ_fall_to_the_mean():
    counts = np.tile([4, 5, 6], 30)
    found = selection.expect(counts, counts == 6)
    assert found.expected == pytest.approx(150, rel=0.02)
    assert found.share == pytest.approx(1 / 6, abs=0.02)


def test_no_choice_no_fall():
    for chosen in (np.ones(5, dtype=bool), np.zeros(5, dtype=bool)):
        with pytest.raises(OptionError, match="that were chosen and of those that were not"):
            selection.expect(np.arange(5), chosen)


def test_unequal_days_are_allowed_for():
    rng, gaps = np.random.default_rng(2), []
    for _ in range(60):
        rates, days = rng.gamma(1.2, 0.05, 300), rng.integers(30, 200, 300).astype(float)
        before = rng.poisson(rates * days)
        chosen = np.zeros(300, dtype=bool)
        chosen[np.argsort(-before / days, kind="stable")[:20]] = True
        ahead = np.full(20, 90.0)
        found = selection.expect(before, chosen, days=days, ahead=ahead, draws=500)
        gaps.append(rng.poisson(rates[chosen] * 90).sum() / found.expected)
    assert np.mean(gaps) == pytest.approx(1.0, abs=0.03)


def candidates(panel, *, others=30, days=100.0, seed=3):
    rng = np.random.default_rng(seed)
    counts = np.sort(rng.poisson(rng.gamma(2.0, 8.0, len(panel.sites) + others)))[::-1]
    names = [*panel.sites, *(f"other {place}" for place in range(others))]
    return pd.DataFrame({"site_id": names, "incidents": counts, "days": days})


@pytest.fixture(scope="module")
def panel():
    return trial_panels.trial(np.random.default_rng(4), sites=10, days=40, treat=4)


def test_usual_days_are_held_against_the_fall(panel):
    table = candidates(panel)
    told = selection.compare(panel, table.sample(frac=1, random_state=1))
    usual = ~panel.patrol
    assert told.usual == selection.Stretch(int(panel.incidents[usual].sum()), float(usual.sum()))
    assert told.before.rate == pytest.approx(100 * table["incidents"][:10].sum() / 1000)
    assert told.fall.low < told.fall.expected < told.fall.high
    assert told.expected_rate < told.before.rate
    again = selection.compare(panel, table)
    assert (told.fall.expected, told.fall.low) == (pytest.approx(again.fall.expected), again.fall.low)
    assert f"among {len(table)} candidates" in str(told)


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        (0.0, "lower than choosing explains"),
        (1.0, "what choosing alone would bring"),
        (9.0, "higher than choosing leaves"),
    ],
)
def test_the_sentence_says_what_it_comes_to(panel, scale, said):
    told = selection.compare(panel, candidates(panel))
    seen = selection.Stretch(round(told.fall.expected * scale), told.usual.place_days)
    assert said in str(replace(told, usual=seen))


def test_without_days_only_the_fall_is_told(panel):
    told = selection.compare(panel, candidates(panel, days=np.nan))
    assert (told.interval, told.before.rate, told.expected_rate) == (None, None, None)
    assert "How many days that was is not said" in str(told)


def test_what_cannot_be_compared_is_refused_at_once(panel):
    table = candidates(panel, others=3).iloc[2:].assign(incidents=0)
    with pytest.raises(TableError) as fault:
        selection.compare(panel, table)
    lacking, others, none = fault.value.faults
    assert "not among the candidates: 'site 00', 'site 01'" in lacking
    assert others.startswith("3 candidates were not chosen, and at least 5 are needed")
    assert "no candidate had an incident" in none

"""The fall that comes of choosing alone."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
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

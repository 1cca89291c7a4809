"""A doubter's prior and what the trial makes of it."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from abate.errors import OptionError
from abate.trials import bayes
from abate.trials.effects import Effect


def effect(value: float = 0.6, error: float = 0.15) -> Effect:
    return Effect("incidents", "rate ratio", "x", value, 0.4, 0.9, 0.95, 0.01, "Nothing.", error=error)


def test_the_posterior_is_that_of_a_fine_grid():
    prior = bayes.Prior(0.05, 0.2, "made up")
    found = bayes.update(effect(), prior)
    logs = np.linspace(-3, 3, 200_001)
    density = np.exp(-0.5 * ((logs - 0.05) / 0.2) ** 2 - 0.5 * ((logs - np.log(0.6)) / 0.15) ** 2)
    shares = np.cumsum(density) / density.sum()
    for share, value in ((0.5, found.value), (0.025, found.low), (0.975, found.high)):
        assert np.log(value) == pytest.approx(np.interp(share, shares, logs), abs=1e-4)
    assert found.fewer == pytest.approx(np.interp(0.0, logs, shares), abs=1e-4)
    assert found.fewer_by_tenth == pytest.approx(np.interp(np.log(0.9), logs, shares), abs=1e-4)


def test_the_doubter_gives_a_twentieth_to_the_published_effect():
    prior = bayes.SCEPTICAL
    published = 0.102 * np.pi / np.sqrt(3)
    assert NormalDist(prior.centre, prior.spread).cdf(-published) == pytest.approx(0.05)
    assert "Braga" in prior.source


def test_a_trial_that_says_nothing_leaves_the_prior_and_a_large_one_overrides_it():
    vague, sharp = bayes.update(effect(error=50.0)), bayes.update(effect(error=0.001))
    assert vague.value == pytest.approx(1.0, abs=1e-3)
    assert vague.weight < 1e-4
    assert sharp.value == pytest.approx(0.6, abs=1e-3)
    assert "the chance that patrol days had fewer is 100%" in str(sharp)


def test_what_has_no_ratio_or_error_is_refused():
    for wrong in (replace(effect(), error=None), replace(effect(), measure="difference"), effect(value=0.0)):
        with pytest.raises(OptionError, match="rate ratio above 0"):
            bayes.update(wrong)
    with pytest.raises(OptionError, match="spread is above 0"):
        bayes.Prior(0, 0, "x")
    with pytest.raises(OptionError, match=r"between 0 and 0\.5"):
        bayes.sceptical(0.1, chance=0.7, source="x")

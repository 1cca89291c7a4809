"""Simulated panels, resampled areas and areas left out: what errors they give, and when they are refused."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import factordraws, methods
from abate.impact.effects import Setting
from abate.impact.factorfits import FORCES
from impact.forces import forced


def setting(kind: str = "bootstrap", **options: object) -> Setting:
    return Setting("ife", inference=(kind,), draws=150, options={"r": 1, **options})


def test_errors_of_noise_alone_are_those_of_a_forecast():
    """Without factors the variance is known: noise of 6 periods after, 14 before, of 3 areas and 97 controls."""
    panel = forced(1, areas=100, factors=0, lean=0.0, noise=1.0)
    known = np.sqrt((1 / 3 + 1 / 97) * (1 / 6 + 1 / 14))
    found = methods.estimate(panel, Setting("ife", inference=("bootstrap",), draws=400, options={"r": 0}))
    assert found.se == pytest.approx(known, rel=0.12)


def test_the_same_seed_gives_the_same_and_another_another():
    panel = forced(2)
    first, again = (methods.estimate(panel, setting()) for _ in range(2))
    other = methods.estimate(panel, Setting("ife", inference=("bootstrap",), draws=150, seed=2, options={"r": 1}))
    assert (first.se, first.low) == (again.se, again.low)
    assert first.se != other.se
    assert first.se == pytest.approx(other.se, rel=0.4)


def test_draws_do_not_depend_on_how_many_are_made_at_once(monkeypatch: pytest.MonkeyPatch):
    panel = forced(2)
    whole = methods.estimate(panel, setting())
    monkeypatch.setattr(factordraws, "_CELLS", 20_000)
    parcels = methods.estimate(panel, setting())
    assert parcels.se == pytest.approx(whole.se, rel=0.35)


def test_the_jackknife_is_that_of_plain_runs():
    panel = forced(3, areas=12)
    found = methods.estimate(panel, setting("jackknife"))
    values = []
    for out in range(12):
        kept = np.arange(12) != out
        values.append(methods.estimate(panel.only(kept), Setting("ife", options={"r": 1})).value)
    spread = np.sqrt(11 / 12 * np.sum((np.array(values) - np.mean(values)) ** 2))
    assert found.se == pytest.approx(spread, rel=1e-3)


def test_areas_are_drawn_again_when_asked():
    found = methods.estimate(forced(4, areas=40, first=(14,) * 12), setting(bootstrap="areas"))
    told = found.diagnostics["inference"]["bootstrap"]
    assert (told["kind"], told["runs"]) == ("areas", 150)
    other = methods.estimate(forced(4, areas=40, first=(14,) * 12), setting())
    assert found.se == pytest.approx(other.se, rel=0.6)


def test_gaps_are_borne_and_starts_may_differ():
    panel = forced(5, first=(9, 12, 16))
    panel.outcomes[[3, 10, 0, 1], [2, 15, 4, 18]] = np.nan
    found = methods.estimate(panel, setting())
    assert found.se > 0
    assert found.band is not None
    assert np.isfinite(found.band[0]).all()
    assert len(found.aggregations["dynamic"].by) == 27


def test_too_few_controls_are_refused():
    with pytest.raises(OptionError, match="needs 5 controls or more; there are 4"):
        methods.estimate(forced(1, areas=6, first=(14, 14)), setting())
    with pytest.raises(OptionError, match="with 6 treated areas"):
        methods.estimate(forced(1, areas=12, first=(14,) * 6), setting())


def test_gaps_of_a_panel_are_those_of_the_estimate():
    panel = forced(6, slope=1.0)
    gaps = factordraws.gaps_of(panel, covariates=("x",), rank=1, force=FORCES["two-way"])
    effect = methods.estimate(panel, Setting("ife", covariates=("x",), options={"r": 1}))
    assert gaps[panel.treated].mean() == pytest.approx(effect.value, abs=1e-3)
    assert np.isnan(gaps[~panel.ever]).all()

"""The event study as a table, with bands where they were drawn."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import eventstudies, methods
from abate.impact.effects import Effect, Setting
from impact.rollouts import rollout


def test_the_table_runs_from_before_the_start_to_after() -> None:
    panel = rollout(1, effect=lambda group, since: -2.0 * (since + 1), noise=0.1)
    table = eventstudies.tabulate(methods.estimate(panel, Setting("cs")))
    assert list(table.columns) == list(eventstudies.COLUMNS)
    assert list(table["event_time"]) == list(range(-5, 5))
    np.testing.assert_allclose(table["value"], np.minimum(0, -2.0 * (table["event_time"] + 1)), atol=0.15)
    assert table["band_low"].isna().all()


def test_after_a_bootstrap_a_band_holds_all_and_is_wider() -> None:
    effect = methods.estimate(rollout(2), Setting("cs", inference=("bootstrap",), draws=500))
    table = eventstudies.tabulate(effect)
    assert (table["band_low"] < table["low"]).all()
    assert (table["band_high"] > table["high"]).all()
    wide = effect.diagnostics["band_errors"]["dynamic"]
    np.testing.assert_allclose(table["band_high"] - table["value"], wide * table["se"])


def test_the_base_period_of_a_universal_base_is_0_without_error() -> None:
    table = eventstudies.tabulate(methods.estimate(rollout(3), Setting("cs", options={"base": "universal"})))
    base = table.set_index("event_time").loc[-1]
    assert base["value"] == 0
    assert np.isnan(base["se"])


def test_a_method_without_event_times_is_told_so() -> None:
    with pytest.raises(OptionError, match="did has no effects by time since the start"):
        eventstudies.tabulate(Effect(Setting("did"), rollout(4), 0.0))

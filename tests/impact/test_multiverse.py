"""Every way of asking in one table: nothing left out, and what could not be run is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import joblib
import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.impact import effects, methods, multiverse
from abate.impact.effects import Effect, Setting
from impact.rollouts import rollout

if TYPE_CHECKING:
    from abate.impact.panels import Panel


def fallen(seed: int, name: str) -> Panel:
    panel = rollout(seed, areas=80, effect=lambda group, since: -3.0)
    return replace(panel, outcomes=panel.outcomes + 20, outcome=name)


PANELS = {"with injury, forces": fallen(1, "with injury"), "without, forces": fallen(2, "without injury")}
SETTINGS = {
    "groups": Setting("cs"),
    "groups, not yet": Setting("cs", controls="notyet", inference=("bootstrap",), draws=50),
    "groups by wealth": Setting("cs", covariates=("wealth",)),
}
WINDOWS: dict[str, multiverse.Window] = {"whole": (None, None), "before 2006": (None, "2005"), "late": ("2007", None)}


def test_every_combination_has_a_row_in_the_order_asked() -> None:
    table = multiverse.run(PANELS, SETTINGS, WINDOWS)
    asked = [(panel, window, name) for panel in PANELS for window in WINDOWS for name in SETTINGS]
    assert list(table[["panel", "window", "estimator"]].itertuples(index=False, name=None)) == asked
    assert list(table.columns) == [*multiverse.ASKED, *multiverse.FOUND, *multiverse.SAID]
    assert set(table["outcome"]) == {"with injury", "without injury"}


def test_a_row_is_what_the_method_says_on_that_panel() -> None:
    table = multiverse.run(PANELS, SETTINGS, WINDOWS).set_index(["panel", "window", "estimator"])
    effect = methods.estimate(PANELS["without, forces"].until(5), SETTINGS["groups, not yet"])
    row = table.loc["without, forces", "before 2006", "groups, not yet"]
    assert tuple(row[["value", "low", "high", "p"]]) == (effect.value, effect.low, effect.high, effect.p)
    assert tuple(row[["prevented", "prevented_low", "prevented_high"]]) == effects.prevented(effect)
    assert tuple(row[["areas", "treated", "periods", "begins", "ends"]]) == (80, 20, 5, "2001", "2005")
    assert effect.counterfactual is not None
    cells = np.isfinite(effect.counterfactual)
    expected = effect.panel.outcomes[cells].sum() / effect.counterfactual[cells].sum() - 1
    assert row["per_cent"] == pytest.approx(100 * expected)
    assert row["problem"] == ""
    assert row["notes"] == " ".join(effect.notes)


def test_what_could_not_be_run_is_there_with_the_sentence() -> None:
    table = multiverse.run(PANELS, SETTINGS, {**WINDOWS, "odd": ("2090", None), "turned": ("2005", "2002")})
    problems = table.set_index(["window", "estimator"])["problem"].groupby(level=[0, 1]).first()
    assert problems["whole", "groups by wealth"] == "cs, covariate 'wealth': no such column in the panel. Known are: x."
    assert problems["odd", "groups"].startswith("window '2090': no such period in the panel.")
    assert problems["turned", "groups"] == "window '2005' to '2002': ends before it begins"
    assert "is left that began the programme after" in problems["late", "groups"]
    without = table[table["problem"] != ""]
    assert without[list(multiverse.FOUND)].isna().all(axis=None)
    assert table.loc[table["problem"] == "", "value"].notna().all()


def test_the_table_does_not_depend_on_the_workers() -> None:
    alone = multiverse.run(PANELS, SETTINGS, WINDOWS)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        pd.testing.assert_frame_equal(multiverse.run(PANELS, SETTINGS, WINDOWS), alone)


def test_without_joblib_the_runs_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = multiverse.run(PANELS, SETTINGS)

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(multiverse, "import_module", missing)
    pd.testing.assert_frame_equal(multiverse.run(PANELS, SETTINGS), alone)


def test_a_window_moves_the_starts_with_it() -> None:
    panel = replace(fallen(3, "violence"), exposure=np.ones((80, 8)))
    cut = multiverse.within(panel, "2003", "2006")
    assert cut.times == ("2003", "2004", "2005", "2006")
    assert set(cut.first.tolist()) == {1, 3, 4}
    np.testing.assert_array_equal(cut.outcomes, panel.outcomes[:, 2:6])
    np.testing.assert_array_equal(cut.covariates["x"], panel.covariates["x"][:, 2:6])
    assert cut.exposure is not None
    assert cut.exposure.shape == (80, 4)
    assert multiverse.within(panel, "2005", None).first.min() == 0


@pytest.mark.parametrize(("method", "value", "expected"), [("its", 0.8, -20.0), ("fepois", -0.2, -20.0)])
def test_a_rate_ratio_is_a_per_cent(method: str, value: float, expected: float) -> None:
    assert multiverse.per_cent(Effect(Setting(method), PANELS["without, forces"], value)) == pytest.approx(expected)


def test_the_sentence_counts_all_runs() -> None:
    rows = {
        "method": ["cs", "its", "its", "cs", "sc", "cs"],
        "low": [-4.0, 0.7, 1.1, -1.0, np.nan, np.nan],
        "high": [-1.0, 0.9, 1.4, 1.0, np.nan, np.nan],
        "per_cent": [-9.0, -20.0, 25.0, np.nan, np.nan, np.nan],
        "problem": ["", "", "", "", "", "cs: no area"],
    }
    assert multiverse.sentence(pd.DataFrame(rows)) == (
        "5 of 6 runs could be made: 2 a clear fall, 1 a clear rise, 1 not clear, 1 without an interval. In per cent "
        "of what was expected from -20.0 to 25.0, half of them below -9.0."
    )
    assert multiverse.sentence(pd.DataFrame(rows).iloc[5:]) == "None of 1 runs could be made."


def test_nothing_asked_gets_a_sentence() -> None:
    with pytest.raises(OptionError, match="nothing is asked"):
        multiverse.run({}, SETTINGS)

"""Effects: what a method found, with the panel and the setting it was found in, so that it can be found again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from abate.impact.panels import Panel

    Real = NDArray[np.float64]

PER = 100_000.0
"""A rate's unit: so many of the exposure, such as people."""
RATIOS = ("fepois", "its")
"""Methods whose value is a rate ratio (its) or a rate ratio less 1 (fepois), and whose panel holds counts."""

Inference = Literal["placebo", "jackknife", "bootstrap", "conformal", "analytic"]


@dataclass(frozen=True)
class Setting:
    """How an effect is to be found: the method, what it uses, and how its uncertainty is reckoned.

    `covariates` name those of the panel that the method shall use; `controls` are areas that never had the programme,
    or also those that do not have it yet; `draws` is the number of placebo or bootstrap draws where all cannot be run;
    `options` are those of one method alone, by name, as its module tells.
    """

    method: str
    covariates: tuple[str, ...] = ()
    controls: Literal["never", "notyet"] = "never"
    inference: tuple[Inference, ...] = ()
    level: float = 0.95
    draws: int = 200
    seed: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise OptionError(f"--level {self.level}: an interval's level lies between 0 and 1, such as 0.95")


@dataclass(frozen=True)
class GroupEffect:
    """The effect on the areas that began in the period `group`, seen in the period `time` (places from 0)."""

    group: int
    time: int
    att: float
    se: float | None


@dataclass(frozen=True)
class Aggregate:
    """Group effects put together: one value, and one for each event time, group or period where there are several.

    Each of `by` is a mapping of `at` (event time, or the label of a group or period), `value`, `se`, `low`, `high`.
    """

    value: float
    se: float | None
    by: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Effect:
    """What a programme did, by one method: `value` is the mean effect per treated area and period after the start.

    `value` is in the outcome's unit (for `its` a rate ratio, for `fepois` a rate ratio less 1). `counterfactual` has
    the panel's shape: what would have been expected without the programme, NaN where the method does not say; before
    the start it is the fit. `weights` are those of the control areas (for several treated areas their mean);
    `intervals` are by name of the inference, (low, high); `low`, `high`, `se` and `p` are those of the first inference
    asked for. `diagnostics` holds plain values that print as JSON; `notes` are sentences for the reader.
    """

    setting: Setting
    panel: Panel
    value: float
    se: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    counterfactual: Real | None = None
    band: tuple[Real, Real] | None = None
    """Low and high ends of the gap of the treated areas' mean, one a period; NaN where there is none."""
    weights: Mapping[str, float] = field(default_factory=dict)
    pre_rmse: float | None = None
    groups: tuple[GroupEffect, ...] = ()
    aggregations: Mapping[str, Aggregate] = field(default_factory=dict)
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def gaps(self) -> Real | None:
        """Give observed less counterfactual, in the panel's shape; None where the method has no counterfactual."""
        if self.counterfactual is None:
            return None
        found: Real = self.panel.outcomes - self.counterfactual
        return found


@dataclass(frozen=True)
class Path:
    """The treated areas' mean by period: observed, expected without the programme, and the gap; NaN where unknown."""

    observed: Real
    counterfactual: Real
    gap: Real


def path(effect: Effect) -> Path | None:
    """Give the mean path of the areas that had the programme; None where the method has no counterfactual.

    The mean is over areas of which both the outcome and the counterfactual are known in that period.
    """
    if effect.counterfactual is None:
        return None
    ever = effect.panel.ever
    observed, expected = effect.panel.outcomes[ever], effect.counterfactual[ever]
    known = np.isfinite(observed) & np.isfinite(expected)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [np.where(known, values, 0.0).sum(axis=0) / count for values in (observed, expected)]
    return Path(means[0], means[1], means[0] - means[1])


def prevented(effect: Effect) -> tuple[float, float | None, float | None] | None:
    """Give how many the programme prevented in all treated areas and periods, with the interval's ends.

    It is the fall: a positive number is fewer. Where the outcome was made a rate (`PER` of the panel's exposure) each
    area's own exposure makes it a number again. A rate ratio is turned on what was observed: what would have been, less
    what was; a method that reckons that itself tells it in `diagnostics["prevented"]`. None where nothing was observed
    under the programme.
    """
    panel = effect.panel
    cells = panel.treated & np.isfinite(panel.outcomes)
    if not cells.any():
        return None
    if (told := effect.diagnostics.get("prevented")) is not None:
        return told["value"], told["low"], told["high"]
    if effect.setting.method in RATIOS:
        plus = 1.0 if effect.setting.method == "fepois" else 0.0
        seen = float(panel.outcomes[cells].sum())
        value, low, high = (
            None if ratio is None or ratio + plus <= 0 else seen / (ratio + plus) - seen
            for ratio in (effect.value, effect.high, effect.low)
        )
        return None if value is None else (value, low, high)
    size = float(cells.sum()) if panel.exposure is None else float(panel.exposure[cells].sum()) / PER
    gaps = effect.gaps
    known = gaps is not None and bool(np.isfinite(gaps[cells]).all())
    weighted = gaps[cells] * panel.exposure[cells] / PER if gaps is not None and panel.exposure is not None else None
    value = -float(weighted.sum()) if known and weighted is not None else -effect.value * size
    low = None if effect.high is None else value - (effect.high - effect.value) * size
    high = None if effect.low is None else value + (effect.value - effect.low) * size
    return value, low, high

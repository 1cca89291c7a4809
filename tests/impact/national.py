"""The sample country as panels, and every estimator run on many of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.impact import effects, methods
from abate.impact.effects import Setting
from abate.impact.panels import Panel
from abate.sample import nations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abate.sample.nations import Nation, Picking

HEADLINE = nations.ENDS + 1
COUNTED = ("fepois", "its")
ESTIMATORS: Mapping[str, Setting] = {
    "recommended": Setting("recommended"),
    "recommended, alike = level": Setting("recommended", options={"alike": "level"}),
    "recommended, alike = none": Setting("recommended", options={"alike": "none"}),
    "did": Setting("did"),
    "cs": Setting("cs"),
    "fepois": Setting("fepois"),
    "sdid": Setting("sdid", inference=("jackknife",)),
    "sc": Setting("sc", inference=("placebo",), draws=25, options={"intercept": True}),
    "ascm": Setting("ascm", inference=("placebo",), draws=25),
    "ife": Setting("ife", inference=("bootstrap",), draws=20),
    "mc": Setting("mc", inference=("bootstrap",), draws=20),
    "its": Setting("its", options={"season": "harmonics:2"}),
}


def panel(made: Nation, outcome: str, *, counts: bool = False, until: int = HEADLINE) -> Panel:
    """Give one outcome of the country up to a period: as a rate of the population, or as counts."""
    people = np.repeat(made.population[:, None], len(made.quarters), axis=1)
    values = made.counts[outcome].astype(np.float64)
    whole = Panel(
        made.areas,
        made.quarters,
        values if counts else values / people * effects.PER,
        made.first.astype(np.int64),
        exposure=people,
        outcome=outcome,
    )
    return whole.until(until)


def summed(one: Panel) -> Panel:
    """Give the treated areas' counts as a single series, which an interrupted time series takes."""
    own = one.ever
    assert one.exposure is not None
    return replace(
        one,
        units=("areas with the programme",),
        outcomes=one.outcomes[own].sum(axis=0, keepdims=True),
        exposure=one.exposure[own].sum(axis=0, keepdims=True),
        first=np.array([one.start]),
    )


def one(made: Nation, outcome: str, setting: Setting) -> tuple[float, float, float]:
    """Give offences prevented to September 2020 by one estimator, with the ends of its interval."""
    built = panel(made, outcome, counts=setting.method in COUNTED)
    effect = methods.estimate(summed(built) if setting.method == "its" else built, setting)
    total = effects.prevented(effect)
    assert total is not None
    return tuple(np.nan if value is None else float(value) for value in total)  # type: ignore[return-value]


def study(
    names: Sequence[str], seeds: range, picked: Picking, *, planted: Mapping[str, int] = nations.PLANTED
) -> pd.DataFrame:
    """Run estimators on one country a seed: one row an estimator, outcome and seed."""
    rows: list[dict[str, Any]] = []
    for seed in seeds:
        made = nations.nation(seed, picked=picked, planted=planted)
        for outcome in nations.OUTCOMES:
            truth = planted.get(outcome, 0)
            for name in names:
                value, low, high = one(made, outcome, ESTIMATORS[name])
                rows.append(
                    {"estimator": name, "outcome": outcome, "truth": truth, "value": value, "low": low, "high": high}
                )
    return pd.DataFrame(rows)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Bias with its Monte-Carlo error, RMSE, cover, and the share of panels whose interval leaves out 0."""

    def of(part: pd.DataFrame) -> pd.Series:
        error = part["value"] - part["truth"]
        seen = (part["low"] > 0) | (part["high"] < 0)
        return pd.Series(
            {
                "panels": len(part),
                "bias": error.mean(),
                "error": error.std(ddof=1) / np.sqrt(len(part)),
                "rmse": np.sqrt((error**2).mean()),
                "cover": ((part["low"] <= part["truth"]) & (part["truth"] <= part["high"])).mean(),
                "seen": seen.mean(),
                "fall": (part["low"] > 0).mean(),
            }
        )

    return found.groupby(["estimator", "outcome"], sort=False).apply(of, include_groups=False)

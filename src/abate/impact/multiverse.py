"""Every defensible way of asking in one table, so that nobody can quote only the best.

Which offences, which areas, which years and which method are choices, and each choice moves the answer. Here all of
them are run, and every run has its row: also the one that could not be made, with the sentence that says why (Steegen,
Tuerlinckx, Gelman and Vanpaemel 2016, *Perspectives on Psychological Science* 11, 702-712).
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import AbateError, OptionError, nearest
from abate.impact import effects, methods, wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abate.impact.effects import Effect, Setting
    from abate.impact.panels import Panel

    Window = tuple[str | None, str | None]

ASKED = ("panel", "outcome", "window", "begins", "ends", "estimator", "method", "areas", "treated", "periods")
FOUND = ("value", "se", "low", "high", "p", "per_cent", "prevented", "prevented_low", "prevented_high")
SAID = ("problem", "notes")
WHOLE: Mapping[str, Window] = {"whole": (None, None)}


def run(
    panels: Mapping[str, Panel], settings: Mapping[str, Setting], windows: Mapping[str, Window] = WHOLE
) -> pd.DataFrame:
    """Run every setting on every panel in every window of periods: one row a combination, and none left out.

    `panels` are by name, such as one for each outcome and kind of area; `windows` are first and last period as they
    stand in the panel, both counted, None for its own end. The columns are `panel`, `outcome`, `window`, `begins`,
    `ends`, `estimator` (the setting's name), `method`, `areas`, `treated`, `periods` (what was asked); `value`, `se`,
    `low`, `high`, `p`, `per_cent` (of what was expected), `prevented`, `prevented_low`, `prevented_high` (a positive
    number is fewer; all of them NaN where they cannot be said); `problem`, the sentence why it could not be run, else
    blank; and `notes`. Rows stand in the order asked. Where joblib is installed its
    `parallel_config` says where the runs are made; a row depends on its own setting and seed alone.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> outcomes = np.array([[5.0, 5.0, 2.0], [6.0, 6.0, 5.0], [4.0, 4.0, 4.0], [7.0, 7.0, 9.0]])
    >>> panel = Panel(("a", "b", "c", "d"), ("1", "2", "3"), outcomes, np.array([2, 2, 3, 3]))
    >>> table = run({"violence": panel}, {"groups": Setting("cs")}, {"all": (None, None), "early": (None, "2")})
    >>> table["value"].tolist()
    [-3.0, nan]
    >>> table["problem"].tolist()
    ['', 'cs: no area of the panel ever had the programme']
    """
    asked = list(product(panels.items(), windows.items(), settings.items()))
    if not asked:
        raise OptionError("nothing is asked: a panel, a setting and a window are needed, one of each at least")
    frame = pd.DataFrame(_rows([(panel, window, setting) for (_, panel), (_, window), (_, setting) in asked]))
    for place, column in enumerate(("panel", "window", "estimator")):
        frame[column] = [one[place][0] for one in asked]
    return frame[[*ASKED, *FOUND, *SAID]].astype(dict.fromkeys(FOUND, "float64"))


def within(panel: Panel, begins: str | None, ends: str | None) -> Panel:
    """Give the panel of some periods; an area that began before them has the programme from their first on.

    Raises `OptionError`, naming what is nearest, for a period that is not in the panel, and where none is left.
    """
    faults = [
        f"window '{label}': no such period in the panel. {nearest(label, panel.times)}"
        for label in (begins, ends)
        if label is not None and label not in panel.times
    ]
    if faults:
        raise OptionError(*faults)
    low = 0 if begins is None else panel.times.index(begins)
    high = len(panel.times) if ends is None else panel.times.index(ends) + 1
    if low >= high:
        raise OptionError(f"window '{begins}' to '{ends}': ends before it begins")
    shorter = panel.until(high)
    return replace(
        shorter,
        times=shorter.times[low:],
        outcomes=shorter.outcomes[:, low:],
        first=np.maximum(shorter.first - low, 0),
        covariates={name: values[:, low:] for name, values in shorter.covariates.items()},
        exposure=None if shorter.exposure is None else shorter.exposure[:, low:],
    )


def _rows(asked: Sequence[tuple[Panel, Window, Setting]]) -> list[dict[str, Any]]:
    try:
        joblib: Any = import_module("joblib")
    except ImportError:
        return [_row(*one) for one in asked]
    found: list[dict[str, Any]] = joblib.Parallel()(joblib.delayed(_row)(*one) for one in asked)
    return found


def _row(panel: Panel, window: Window, setting: Setting) -> dict[str, Any]:
    begins, ends = (
        own if label is None else label for label, own in zip(window, (panel.times[0], panel.times[-1]), strict=True)
    )
    row: dict[str, Any] = {"outcome": panel.outcome, "begins": begins, "ends": ends, "method": setting.method}
    row |= {"areas": len(panel.units), "treated": 0, "periods": 0, "problem": "", "notes": ""}
    row |= dict.fromkeys(FOUND, np.nan)
    try:
        shorter = within(panel, *window)
        row |= {"treated": int(shorter.ever.sum()), "periods": len(shorter.times)}
        effect = methods.estimate(shorter, setting)
    except AbateError as error:
        return row | {"problem": " ".join(error.faults)}
    return row | _numbers(effect)


def _numbers(effect: Effect) -> dict[str, Any]:
    total = effects.prevented(effect) or (None, None, None)
    found = (effect.value, effect.se, effect.low, effect.high, effect.p, per_cent(effect), *total)
    numbers = [np.nan if one is None else float(one) for one in found]
    return dict(zip(FOUND, numbers, strict=True)) | {"notes": " ".join(effect.notes)}


def per_cent(effect: Effect) -> float | None:
    """Give the effect in per cent of what was expected, a fall below 0; None where the method does not say it."""
    if effect.setting.method in effects.RATIOS:
        plus = 1.0 if effect.setting.method == "fepois" else 0.0
        return 100 * (effect.value + plus - 1)
    share = wording.share_of_expected(effect)
    return None if share is None else 100 * share


def sentence(table: pd.DataFrame) -> str:
    """Say how the runs of a table came out, all together.

    >>> import textwrap
    >>> rows = {"value": [-1.0, -2.0], "low": [-2.0, -4.0], "high": [0.5, -1.0], "per_cent": [-5.0, -9.0]}
    >>> print(textwrap.fill(sentence(pd.DataFrame({**rows, "method": "cs", "problem": ""})), 110))
    2 of 2 runs could be made: 1 a clear fall, 0 a clear rise, 1 not clear. In per cent of what was expected from
    -9.0 to -5.0, half of them below -7.0.
    """
    made = table[table["problem"] == ""]
    if made.empty:
        return f"None of {len(table):,} runs could be made."
    none = (made["method"] == "its").astype(float)
    falls, rises = int((made["high"] < none).sum()), int((made["low"] > none).sum())
    bare = int(made["low"].isna().sum())
    without = f", {bare:,} without an interval" if bare else ""
    said = (
        f"{len(made):,} of {len(table):,} runs could be made: {falls:,} a clear fall, {rises:,} a clear rise, "
        f"{len(made) - falls - rises - bare:,} not clear{without}."
    )
    shares = made["per_cent"].dropna()
    if shares.empty:
        return said
    return (
        f"{said} In per cent of what was expected from {shares.min():.1f} to {shares.max():.1f}, half of them below "
        f"{shares.median():.1f}."
    )

"""Made-up areas that follow common movements, for tests of methods and for their calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.impact.panels import Panel, starts

if TYPE_CHECKING:
    from pathlib import Path


def published(file: Path, columns: tuple[str, str, str], treated: str, begins: str) -> Panel:
    """Read a published panel: the columns of the area, the period and the outcome, and who began when."""
    unit, time, outcome = columns
    frame = pd.read_csv(file, dtype={unit: str, time: str}).pivot(index=unit, columns=time, values=outcome)
    frame = frame[sorted(frame.columns, key=float)]
    units, times = tuple(frame.index), tuple(frame.columns)
    return Panel(units, times, frame.to_numpy(float), starts(units, times, treated=[treated], begins=begins))


def panel(
    seed: int,
    *,
    areas: int = 30,
    before: int = 24,
    after: int = 8,
    treated: int = 1,
    worst: int = 0,
    carried: float = 0.0,
    effect: float = 0.0,
) -> Panel:
    """Make areas with two common movements and noise of differing size; the treated ones get `effect`.

    With `worst` periods the treated areas are those with the highest mean in so many periods before the start,
    otherwise the first ones, which is at random. `carried` is the share of noise that lasts into the next period.
    """
    generator = np.random.default_rng(seed)
    periods = before + after
    common = np.cumsum(generator.normal(0, 1, (2, periods)), axis=1)
    noise = generator.normal(size=(areas, periods))
    for time in range(1, periods):
        noise[:, time] = carried * noise[:, time - 1] + np.sqrt(1 - carried**2) * noise[:, time]
    sizes = generator.uniform(0.5, 2, (areas, 1))
    outcomes = 50 + generator.uniform(0, 2, (areas, 2)) @ common + generator.normal(0, 1, (areas, 1)) + sizes * noise
    chosen = np.arange(treated)
    if worst:
        chosen = np.argsort(-outcomes[:, before - worst : before].mean(axis=1), kind="stable")[:treated]
    first = np.full(areas, periods)
    first[chosen] = before
    outcomes[chosen, before:] += effect
    names = tuple(f"area {one:02d}" for one in range(areas))
    return Panel(names, tuple(str(1 + time) for time in range(periods)), outcomes, first)

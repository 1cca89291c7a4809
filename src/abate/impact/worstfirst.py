"""Regression to the mean: what the same picking would have shown where nothing was done.

Areas are chosen for a programme because they stand worst, and part of being worst is a bad spell that passes by itself.
Here the picking is done again where there was no programme: at earlier starts among all areas, and at the real start
among the areas that were not picked. Each time the worst are taken as treated and the same method is run. What it finds
there on average is what it finds of itself; a method that matches levels and movements before the start should find
next to nothing, and a plain comparison with the areas' own past falls.

Source: the argument is Galton's; Barnett, van der Pols and Dobson 2005, International Journal of Epidemiology 34,
215-220, for health data; Ashenfelter 1978, Review of Economics and Statistics 60, 47-57, for programmes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from abate.errors import OptionError
from abate.impact import methods

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Effect, Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]

_LEAST_BEFORE = 4


@dataclass(frozen=True)
class Repeat:
    """One picking where nothing was done: which areas were worst, when, what the method found, and the plain change.

    `change` is the picked areas' mean after the start less that in the window before it, less the same of the others:
    what a before-and-after comparison would have shown.
    """

    where: Literal["earlier", "others"]
    begins: str
    picked: tuple[str, ...]
    value: float
    change: float


@dataclass(frozen=True)
class Check:
    """The real picking, and the same picking where nothing was done.

    `rank_share` says how far up the treated areas stood in the window before the start: 1 when they were the very
    worst, about 0.5 when they were picked at random. `change` is the real before-and-after change less that of the
    others. `value` and `expected` are the real effect and the mean of the repeats at earlier starts.
    """

    value: float
    change: float
    rank_share: float
    window: int
    repeats: tuple[Repeat, ...]

    @property
    def expected(self) -> float | None:
        """What the method finds of itself: its mean over earlier starts; None where there is no room for any."""
        found = [one.value for one in self.repeats if one.where == "earlier"]
        return float(np.mean(found)) if found else None

    @property
    def expected_change(self) -> float | None:
        """The plain change that picking the worst gives by itself: the mean over earlier starts."""
        found = [one.change for one in self.repeats if one.where == "earlier"]
        return float(np.mean(found)) if found else None


def redo(effect: Effect, *, window: int | None = None, most: int = 8) -> Check:
    """Pick the worst again at earlier starts and among the other areas, and run the effect's method on each.

    `window` is the number of periods before the start by whose mean the worst were picked (all there are in the first
    half of the time before the start, 4 at most, unless said). At earlier starts, no more than `most` of them evenly
    spread, what follows is as long as the real time after the start or what is left before it. Raises `OptionError`
    where the time before the start is too short for any repeat.
    """
    panel, setting = effect.panel, replace(effect.setting, inference=())
    start, number = panel.start, int(panel.ever.sum())
    wide = min(4, max(1, start // 2)) if window is None else window
    if not 0 < wide <= start:
        raise OptionError(f"a window of {wide} periods to pick by: there are {start} before the start")
    first = max(wide, _LEAST_BEFORE, start // 3)
    if first >= start or number >= len(panel.units):
        raise OptionError(
            f"regression to the mean cannot be checked: {start} periods before the start are too few to begin earlier"
        )
    after = len(panel.times) - start
    places = np.unique(np.linspace(first, max(first, start - min(after, start - first)), most).round().astype(int))
    repeats = [
        _repeat(
            panel.until(min(int(at) + after, start)), int(at), "earlier", number=number, window=wide, setting=setting
        )
        for at in places
    ]
    others = panel.only(~panel.ever)
    if len(others.units) > 2 * number:
        repeats.append(_repeat(others, start, "others", number=number, window=wide, setting=setting))
    return Check(
        effect.value,
        _change(panel.outcomes, panel.ever, start, wide),
        _standing(panel, wide),
        wide,
        tuple(repeats),
    )


def _repeat(
    panel: Panel, start: int, where: Literal["earlier", "others"], *, number: int, window: int, setting: Setting
) -> Repeat:
    level = panel.outcomes[:, start - window : start].mean(axis=1)
    worst = np.zeros(len(panel.units), dtype=bool)
    worst[np.argsort(-level, kind="stable")[:number]] = True
    made = panel.begun(np.where(worst, start, len(panel.times)))
    return Repeat(
        where,
        panel.times[start],
        tuple(unit for unit, taken in zip(panel.units, worst, strict=True) if taken),
        methods.estimate(made, setting).value,
        _change(panel.outcomes, worst, start, window),
    )


def _change(outcomes: Real, picked: NDArray[np.bool_], start: int, window: int) -> float:
    moved = outcomes[:, start:].mean(axis=1) - outcomes[:, start - window : start].mean(axis=1)
    return float(moved[picked].mean() - moved[~picked].mean())


def _standing(panel: Panel, window: int) -> float:
    """Give the share of other areas that stood below each treated area before the start, as the mean of these."""
    level = panel.outcomes[:, panel.start - window : panel.start].mean(axis=1)
    below = [(level[~panel.ever] < level[at]).mean() for at in np.flatnonzero(panel.ever)]
    return float(np.mean(below)) if (~panel.ever).any() else 1.0

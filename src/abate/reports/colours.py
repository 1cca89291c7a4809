"""The colours of the maps: classes of incidents from light to dark, told apart by eyes that see fewer colours too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.reports import wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLOURS = ("#fde4c4", "#f8bd7f", "#ec8a4d", "#cf4f34", "#8c1d2c")
QUIET_PLACE, LAND, SEA, OUTLINE, STREET = "#f4f1ec", "#fbfaf8", "#eceff1", "#0b2a4a", "#6f7780"
_NICE = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)


@dataclass(frozen=True)
class Class:
    """One colour of the map: from how many to how many incidents."""

    low: int
    high: int
    colour: str

    @property
    def words(self) -> str:
        """The class as the legend writes it."""
        low, high = wording.count(self.low), wording.count(self.high)
        return low if self.low == self.high else f"{low} to {high}"


def classes(incidents: NDArray[np.int64], *, most: int = 5) -> tuple[Class, ...]:
    """Cut the numbers of incidents into at most five classes, each about as many times the one before.

    Counts by place are many small ones and few large ones, so equal steps would put nearly all into one colour.

    >>> [each.words for each in classes(np.array([0, 1, 2, 9, 40, 150]))]
    ['1 to 3', '4 to 8', '9 to 20', '21 to 60', '61 to 150']
    """
    peak = int(incidents.max(initial=0))
    if peak < 1:
        return ()
    nice = np.array([step * 10**power for power in range(9) for step in _NICE])
    wanted = [peak ** (part / most) for part in range(1, most)]
    cuts = {int(nice[np.abs(np.log(nice / each)).argmin()]) for each in wanted}
    if peak <= most:
        cuts = set(range(1, peak))
    highs = [*sorted(cut for cut in cuts if cut < peak), peak]
    lows = [1, *(high + 1 for high in highs[:-1])]
    shades = np.linspace(0, len(COLOURS) - 1, len(highs)).round().astype(int) if len(highs) > 1 else [3]
    return tuple(Class(low, high, COLOURS[shade]) for low, high, shade in zip(lows, highs, shades, strict=True))

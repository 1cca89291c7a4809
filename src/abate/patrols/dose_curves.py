"""What a visit is worth by how long it lasts, and what a second and third visit in a day add.

Koper (1995) watched what followed after officers had left: a stay of ten minutes and more kept a place quiet for longer
than a drive-through, most so at about 14 to 15 minutes, and longer stays added little. His paper gives the turning
points, not a curve for planning. The points here go through those turning points in straight lines, and can be replaced
in the rota. What a further visit on the same day adds has not been measured; the factors of `RETURNS` are a convention.

Source: Koper 1995, Just enough police presence, Justice Quarterly 12(4), https://doi.org/10.1080/07418829500096231.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from abate.errors import OptionError

RETURNS = 0.8
KOPER_SOURCE = "Koper 1995, https://doi.org/10.1080/07418829500096231: turning points at 10 and 16 minutes"


@dataclass(frozen=True)
class DoseCurve:
    """The worth of one visit by its minutes: points joined by straight lines, flat after the last.

    `minutes` rise from 0; `worth` does not fall and is 1 for a visit that counts in full.

    >>> KOPER.at(15), KOPER.at(5), KOPER.at(60) == KOPER.at(30)
    (1.0, 0.1, True)
    """

    minutes: tuple[float, ...]
    worth: tuple[float, ...]
    source: str

    def __post_init__(self) -> None:
        faults = []
        if len(self.minutes) != len(self.worth) or len(self.minutes) < 2:
            faults.append(
                f"a dose curve has as many minutes as worths, two or more, not {len(self.minutes)} and "
                f"{len(self.worth)}"
            )
        if not self.minutes or self.minutes[0] != 0 or any(one >= other for one, other in pairwise(self.minutes)):
            faults.append(f"the minutes of a dose curve rise from 0, not {', '.join(f'{m:g}' for m in self.minutes)}")
        if any(one > other for one, other in pairwise(self.worth)) or any(each < 0 for each in self.worth):
            faults.append(f"the worth of a dose curve never falls: {', '.join(f'{w:g}' for w in self.worth)}")
        if faults:
            raise OptionError(*faults)

    def at(self, minutes: float) -> float:
        """Give the worth of a visit of so many minutes."""
        return float(np.interp(minutes, self.minutes, self.worth))


KOPER = DoseCurve(
    minutes=(0, 5, 10, 12, 14, 15, 16, 20, 30),
    worth=(0, 0.1, 0.55, 0.8, 0.95, 1.0, 1.02, 1.05, 1.08),
    source=KOPER_SOURCE,
)


def returns(visits: int, *, factor: float = RETURNS) -> tuple[float, ...]:
    """Give what the first, second, ... visit of a day to a site is worth: each `factor` times the one before.

    Raises `OptionError` unless the factor lies above 0 and at most at 1.

    >>> returns(3, factor=0.5)
    (1.0, 0.5, 0.25)
    """
    if not 0 < factor <= 1:
        raise OptionError(f"a further visit adds a part of the one before: above 0, at most 1, not {factor:g}")
    return tuple(factor**place for place in range(visits))

"""A number about the world, with how uncertain it is and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from abate.errors import OptionError


@dataclass(frozen=True)
class Estimate:
    """A value, the interval it lies in, the interval's level, and what it was made from.

    `value`, `low` and `high` share one unit; `level` is between 0 and 1; `basis` says in words where the number
    comes from. Two estimates are not added: that needs their joint draws.

    >>> print(Estimate(0.41, 0.37, 0.45, 0.95, "bootstrap over 13 months"))
    0.41 (95% interval: 0.37 to 0.45)
    """

    value: float
    low: float
    high: float
    level: float
    basis: str

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise OptionError(f"an interval's level lies between 0 and 1, not at {self.level}")
        if self.low > self.high:
            raise OptionError(f"an interval runs from low to high, not from {self.low} to {self.high}")

    def scaled(self, factor: float) -> Estimate:
        """Give the same estimate in another unit.

        >>> print(Estimate(0.5, 0.25, 0.75, 0.95, "counts").scaled(100))
        50 (95% interval: 25 to 75)
        """
        low, high = sorted((self.low * factor, self.high * factor))
        return Estimate(self.value * factor, low, high, self.level, self.basis)

    def __str__(self) -> str:
        return f"{self.value:.3g} ({self.level:.0%} interval: {self.low:.3g} to {self.high:.3g})"

"""Decimal numbers as whole numbers of one small unit, so that sums and comparisons with an edge are exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

FINEST = 9
_ROUNDED = 6
_LARGEST = 2.0**53


@dataclass(frozen=True)
class Units:
    """Several arrays counted in one unit, which is 10 to the power of minus `decimals`; `rounded` when not exact."""

    values: tuple[Whole, ...]
    decimals: int
    rounded: bool


def whole(*values: Real) -> Units:
    """Count numbers in the largest power of ten of which all are whole multiples.

    A number with up to nine decimals stands for the decimal that it is written as, so that 0.1 + 0.2 equals 0.3.
    Numbers that are no such decimals (they come out of a projection) are rounded to six decimals, and so are numbers
    that would be too large. Finite numbers only.

    >>> exact = whole(np.array([0.1, 0.2]), np.array([0.3]))
    >>> [array.tolist() for array in exact.values], exact.decimals, exact.rounded
    ([[1, 2], [3]], 1, False)
    >>> whole(np.array([1 / 3])).values[0].tolist()
    [333333]
    """
    for decimals in range(FINEST + 1):
        counted = [np.rint(array * 10.0**decimals) for array in values]
        if all(_same(array, count, decimals) for array, count in zip(values, counted, strict=True)):
            return Units(tuple(count.astype(np.int64) for count in counted), decimals, rounded=False)
    coarse = tuple(np.rint(array * 10.0**_ROUNDED).astype(np.int64) for array in values)
    return Units(coarse, _ROUNDED, rounded=True)


def _same(array: Real, counted: Real, decimals: int) -> bool:
    """Tell whether whole multiples of the unit, written as decimals, are the numbers themselves."""
    small = bool((np.abs(counted) < _LARGEST).all())
    return small and bool((counted / 10.0**decimals == array).all())

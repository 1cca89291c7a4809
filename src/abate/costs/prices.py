"""Prices: one year's money said in another's, and years ahead said in today's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

_YEAR = re.compile(r"(\d{4})[-/](\d{2})(\d{2})?")
ODD_YEAR = "2020-21"
"""Public output was measured otherwise in the pandemic, so that this year's index stands out."""


@dataclass(frozen=True)
class Deflator:
    """An index of prices by financial year (such as 2019-20), the release it was read in, and the file it came from."""

    index: Mapping[str, float]
    release: str
    name: str

    def factor(self, start: str, end: str) -> float:
        """Give what money of one financial year has to be multiplied by to be money of another.

        Raises `OptionError` naming the years that the file lacks.

        >>> Deflator({"2015-16": 80.0, "2019-20": 88.0}, "June 2026", "gdp.csv").factor("2015-16", "2019-20")
        1.1
        """
        lacking = [year for year in (start, end) if year not in self.index]
        if lacking:
            years = sorted(self.index)
            raise OptionError(
                f"{self.name}: has no index for {' and '.join(lacking)}; it runs from {years[0]} to {years[-1]}. Give "
                "a release that holds both years"
            )
        return self.index[end] / self.index[start]


def financial_year(said: str) -> str:
    """Write a financial year in one way.

    Raises `OptionError` for what is not one.

    >>> financial_year("2019/20"), financial_year("2019-2020")
    ('2019-20', '2019-20')
    """
    found = _YEAR.fullmatch(said.strip())
    if found:
        first, end = int(found[1]), int(found[3] or found[2])
        if (first + 1) % 100 == end:
            return f"{first}-{end:02d}"
    raise OptionError(f"'{said}' is not a financial year; it should be like 2019-20")


def present(amount: float, *, year: int, rate: float) -> float:
    """Give what an amount of the programme's n-th year is worth in its first, whose own amounts stay whole.

    >>> round(present(1035.0, year=2, rate=0.035), 6)
    1000.0
    """
    return amount / (1 + rate) ** (year - 1)

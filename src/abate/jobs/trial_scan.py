"""The cut between before and after at which two series part most, from a file of counts by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@dataclass(frozen=True)
class Options:
    """What the person asked for: the file, the fewest periods on either side of a cut, how often to draw anew."""

    file: Path
    least: int = 2
    draws: int = 999
    seed: int = 1

    def __post_init__(self) -> None:
        faults = []
        if self.least < 1:
            faults.append(f"--least {self.least}: at least 1 period on either side of a cut would be right")
        if self.draws < 19:
            faults.append(f"--draws {self.draws}: 19 or more would be right; the smallest p is 1 over one more")
        if faults:
            raise OptionError(*faults)


@dataclass(frozen=True)
class Found:
    """The answer: the first period after the best cut, what it is worth, and a row a cut.

    `p` is the chance of a largest |z| as large over all cuts, if the treated area's share never changed. `table` has
    `cut` (the first period after, as written), `wdd`, `se` and `z`.
    """

    cut: int | str
    z: float
    p: float
    table: pd.DataFrame
    periods: int
    draws: int

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate trial scan --json`."""
        rows = [
            {"cut": plain(row["cut"]), **{name: float(row[name]) for name in ("wdd", "se", "z")}}
            for row in self.table.to_dict("records")
        ]
        return {
            "sentence": self.sentence,
            "cut": self.cut,
            "z": self.z,
            "p": self.p,
            "table": rows,
            "periods": self.periods,
            "draws": self.draws,
        }

    @property
    def sentence(self) -> str:
        """Say the answer in two sentences."""
        row = self.table.loc[self.table["cut"].map(plain) == self.cut].iloc[0]
        way = "fewer" if row["wdd"] < 0 else "more"
        told = f"{abs(row['wdd']):.2f} {way} a period" if row["wdd"] else "no difference"
        verdict = "is unlikely" if self.p <= 0.05 else "is not unlikely"
        return (
            f"The two areas part most from period {self.cut} on: {told} in the treated area, weighed against the "
            f"control (z {self.z:+.2f}). The cut was looked for, and over {len(self.table):,} cuts a parting as large "
            f"by chance alone {verdict} (p {self.p:.3f}, {self.draws:,} redraws)."
        )


def trial_scan(options: Options) -> Found:
    """Find the cut at which the treated area's counts part most from its control's, and what it is worth.

    Raises `AbateError` with a sentence a fault when the file or the options will not do.
    """
    from abate.sources import period_counts
    from abate.trials import displacement

    counts = period_counts.read(options.file)
    if len(counts) < 2 * options.least:
        raise OptionError(
            f"{options.file.name}: {len(counts)} periods are too few for --least {options.least} on either side of a "
            f"cut; at least {2 * options.least} periods, or a smaller --least, would be right"
        )
    treated, control = (counts[area].to_numpy(dtype=np.float64) for area in ("treated", "control"))
    found = displacement.scan(treated, control, least=options.least, draws=options.draws, seed=options.seed)
    table = found.table.assign(cut=counts["period"].iloc[found.table["cut"]].to_numpy())
    cut = plain(counts["period"].iloc[found.cut])
    return Found(cut, found.z, found.p, table, len(counts), options.draws)


def plain(period: str) -> int | str:
    """Give a period that is a number as one.

    >>> plain("7"), plain("2026-01")
    (7, '2026-01')
    """
    return int(period) if period.isdigit() else period

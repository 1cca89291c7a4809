"""A design that is tried before it is used: how places would be drawn, over how many days, and what would spoil it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import comb
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from abate.errors import OptionError, nearest
from abate.trials import schemes, waves

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from abate.trials.schemes import Block

Plan = Literal["daily", "parallel", "pairs", "stepped"]
PLANS: tuple[str, ...] = get_args(Plan)


@dataclass(frozen=True)
class Design:
    """A trial as it might be run.

    `kind` is `daily` (`treat` of the places each day), `parallel` (`treat` of them throughout), `pairs` (one of each
    pair throughout) or `stepped` (all of them in the end, in `steps` waves). `block`, `longest_run` and `rest` are the
    rules of a daily scheme. `carry_over` is the share of a patrol's effect that is left a day later (its square after
    two days, and so on), one or several to be tried; `compliance` the share of patrols that take place.

    Raises `OptionError` with everything that does not go together.
    """

    starts: date
    days: int
    kind: Plan = "daily"
    treat: int | None = None
    steps: int | None = None
    block: tuple[Block, ...] = ()
    longest_run: int | None = None
    rest: int = 0
    carry_over: tuple[float, ...] = (0.0,)
    compliance: float = 1.0

    def __post_init__(self) -> None:
        faults = []
        if self.kind not in PLANS:
            faults.append(f"--scheme {self.kind}: {nearest(self.kind, PLANS)}")
        if self.steps is not None and self.kind != "stepped":
            faults.append("--waves goes with --scheme stepped")
        if self.kind == "stepped" and (self.treat or self.block or self.longest_run or self.rest):
            faults.append("--scheme stepped: all places are patrolled in the end; give --waves, and no rules of days")
        faults += [
            f"--carry-over {share:g}: a share from 0 (gone the next day) to 1 (it stays) would be right"
            for share in self.carry_over
            if not 0 <= share <= 1
        ]
        if not self.carry_over:
            faults.append("--carry-over: at least one share is needed; 0 is none")
        if not 0 < self.compliance <= 1:
            faults.append(f"--compliance {self.compliance:g}: a share above 0 and at most 1 would be right")
        if faults:
            raise OptionError(*faults)
        if self.kind != "stepped":
            self.scheme()

    @property
    def throughout(self) -> bool:
        """Whether a place keeps the arm that it was drawn for."""
        return self.kind in {"parallel", "pairs"}

    def scheme(self) -> schemes.Scheme:
        """Give the scheme that `abate patrols randomise` would draw from; a stepped roll-out has none."""
        if self.kind == "stepped":
            raise OptionError("a stepped roll-out is drawn in waves, not by a scheme of days")
        return schemes.Scheme(
            self.starts,
            self.days,
            kind=self.kind,
            treat=self.treat,
            block=self.block,
            longest_run=self.longest_run,
            rest=self.rest,
        )

    def lasting(self, days: int) -> Design:
        """Give the same design over another number of days."""
        return replace(self, days=days)

    def plain(self) -> dict[str, Any]:
        """Give the design as plain values, fit for JSON."""
        return {
            "kind": self.kind,
            "starts": self.starts.isoformat(),
            "days": self.days,
            "treat": self.treat,
            "waves": self.steps,
            "block": list(self.block),
            "longest_run": self.longest_run,
            "rest": self.rest,
            "carry_over": list(self.carry_over),
            "compliance": self.compliance,
        }


def draw(design: Design, sites: pd.DataFrame, *, seed: int, draws: int) -> NDArray[np.bool_]:
    """Draw the design: draws x days x sites, True where a place is meant to be patrolled.

    Every kind but the stepped one is drawn by the function that draws real schedules.
    """
    if design.kind == "stepped":
        steps = design.steps or most_waves(design.days, len(sites))
        return waves.draw(design.days, len(sites), waves=steps, seed=seed, draws=draws)
    return schemes.draw(design.scheme(), sites, seed=seed, draws=draws)


def most_waves(days: int, sites: int) -> int:
    """Say how many waves a stepped roll-out has where none were asked for: a wave a place, each of a week at least.

    >>> most_waves(90, 20), most_waves(365, 8)
    (11, 8)
    """
    return max(2, min(sites, days // 7 - 1))


def ways(design: Design, sites: int) -> float:
    """Count the ways in which places can be drawn, which decides how small a p-value can be.

    >>> from datetime import date
    >>> ways(Design(date(2026, 1, 1), 90, kind="pairs"), 6)
    8.0
    """
    match design.kind:
        case "parallel":
            return float(comb(sites, design.treat or 1))
        case "pairs":
            return float(2 ** (sites // 2))
        case _:
            return float("inf")


def match_pairs(sites: pd.DataFrame, rates: NDArray[np.float64]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Pair places that are equally busy: the two busiest, the next two, and so on.

    Gives the places that have a partner with the column `pair`, in their order, and those left over (the quietest).

    >>> import pandas as pd
    >>> paired, left = match_pairs(pd.DataFrame({"site_id": ["a", "b", "c"]}), np.array([0.1, 0.5, 0.4]))
    >>> paired["pair"].tolist(), left
    (['pair 1', 'pair 1'], ('a',))
    """
    order = np.lexsort((sites["site_id"].to_numpy(str), -rates))
    pair = np.empty(len(sites), dtype=np.int64)
    pair[order] = np.arange(len(sites)) // 2
    alone = pair == len(sites) // 2
    named = sites.assign(pair=[f"pair {number + 1}" for number in pair])
    left = tuple(map(str, sites.loc[alone, "site_id"]))
    return named[~alone].reset_index(drop=True), left

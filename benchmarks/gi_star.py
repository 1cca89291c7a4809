"""Gi*: p-values by conditional permutation for a grid of cells, ours beside esda, in turn, in one run.

Both get the same values on the same queen neighbours and make as many permutations. Ours draws one set of
neighbourhoods that serves all cells; esda draws for each cell. The p-values compared are the one-sided ones of esda
(`p_sim`, ours `directed`). Both simulate, so two right answers differ by about sqrt(2 p (1 - p) / permutations): up to
0.007 as a standard error, a few times that at the most of many cells. What ours differs from a run of its own with a
hundred times as many draws is given beside it. Compiled kernels of both are warm; ours costs about 2 s once when it is
compiled, then nothing, since it is kept on the disk.

Run: python benchmarks/gi_star.py
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
import warnings
from typing import TYPE_CHECKING, Any

import measuring
import numpy as np

from abate.space import autocorrelation, conditioning, neighbours

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def grid(side: int) -> neighbours.Neighbours:
    column, row = (index.ravel() for index in np.meshgrid(np.arange(side), np.arange(side)))
    return neighbours.cells(column, row)


def ours(values: NDArray[np.float64], around: neighbours.Neighbours, draws: int, seed: int) -> NDArray[np.float64]:
    autocorrelation.gi(values, around)
    return conditioning.tails(values, around, draws=draws, seed=seed).directed


def peer(values: NDArray[np.float64], weights: Any, draws: int) -> NDArray[np.float64]:
    import esda

    found = esda.G_Local(values, weights, transform="B", star=True, permutations=draws, keep_simulations=False, seed=1)
    return np.asarray(found.p_sim)


def lattice(side: int) -> Any:
    import libpysal

    return libpysal.weights.lat2W(side, side, rook=False)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--side", type=int, default=316)
    options.add_argument("--draws", type=int, default=9_999)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--peer-repeats", type=int, default=1)
    chosen = options.parse_args()
    warnings.simplefilter("ignore")
    values = np.random.default_rng(20261122).gamma(1.0, 1.0, chosen.side**2)
    around, small = grid(chosen.side), grid(20)
    ours(values[:400], small, 99, 1)
    peer(values[:400], lattice(20), 99)
    weights = lattice(chosen.side)
    mine, theirs, found, expected = [], [], np.zeros(0), np.zeros(0)
    for repeat in range(chosen.repeats):
        seconds, found = timed(lambda: ours(values, around, chosen.draws, 1))
        mine.append(seconds)
        if repeat < chosen.peer_repeats:
            seconds, expected = timed(lambda: peer(values, weights, chosen.draws))
            theirs.append(seconds)
    many = conditioning.tails(values, around, draws=100 * chosen.draws, seed=2).directed
    gap = np.abs(found - expected)
    cells = chosen.side**2
    measuring.keep(
        "gi_star",
        {
            "ours s": [round(value, 3) for value in mine],
            "peer s": [round(value, 1) for value in theirs],
            "cells": cells,
            "draws": chosen.draws,
            "p apart from esda, mean": round(float(gap.mean()), 5),
            "p apart from esda, 99 in 100 cells at most": round(float(np.quantile(gap, 0.99)), 5),
            "p apart from esda, most": round(float(gap.max()), 5),
            "p of ours apart from ours with 100 times the draws, most": round(float(np.abs(found - many).max()), 5),
            "p of esda apart from ours with 100 times the draws, most": round(float(np.abs(expected - many).max()), 5),
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "summary": [
                measuring.row(
                    f"Gi*, {chosen.draws:,} conditional permutations, {cells:,} cells",
                    "esda",
                    measuring.span(mine, digits=2),
                    measuring.span(theirs),
                    round(statistics.median(mine) / statistics.median(theirs), 4),
                    "0.2 s; p within 0.01",
                )
            ],
        },
    )


if __name__ == "__main__":
    main()

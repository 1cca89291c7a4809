"""Weights for 9,642 blocks and 58 totals, alone and with 250 random groups and the jackknife.

The time of reading is left out. Beside them an interior-point solver (clarabel) on the same problem; the figure for R's
microsynth is the one recorded with the data.

Run: python benchmarks/calibration_weights.py
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import measuring
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.blockdesigns import BlockDesign, Blocks

    Real = NDArray[np.float64]

OURS = """
import json, resource, sys, time
sys.path.insert(0, sys.argv[1])
import calibration_weights
from abate.impact import calibration, ladders
import numpy as np
blocks, design = calibration_weights.seattle()
ladder = ladders.build(blocks.times, range(12), blocks.outcomes, blocks.covariates, places=len(blocks.ids))
used = np.ones(len(blocks.ids), dtype=bool)
ladders.weigh(ladder, blocks.treated, used)
began = time.perf_counter()
ladders.build(blocks.times, range(12), blocks.outcomes, blocks.covariates, places=len(blocks.ids))
built = time.perf_counter() - began
began = time.perf_counter()
weighed = ladders.weigh(ladder, blocks.treated, used)
weights = time.perf_counter() - began
began = time.perf_counter()
found = calibration.estimate(blocks, design)
whole = time.perf_counter() - began
print(json.dumps({"built": built, "weights": weights, "whole": whole, "found": weighed.weights.tolist(),
                  "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
"""


def seattle() -> tuple[Blocks, BlockDesign]:
    """Read the blocks and the design of the published example."""
    from abate.impact.blockdesigns import BlockDesign
    from abate.sources import block_counts

    folder = measuring.SHARED / "data" / "evaluation" / "seattle-dmi"
    told = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    design = BlockDesign(
        ("1", "12"),
        ("13", "16"),
        tuple(told["match_outcomes"]),
        tuple(told["match_covariates"]),
        test="lower",
        id="ID",
        absent="zero",
    )
    return block_counts.read(folder / "blocks.csv", folder / "counts_nonzero.csv", design), design


def peer(blocks: Blocks) -> tuple[float, Real]:
    """Give the seconds and the weights of an interior-point solver."""
    from importlib import import_module

    from scipy import sparse

    from abate.impact import ladders

    clarabel: Any = import_module("clarabel")
    ladder = ladders.build(blocks.times, range(12), blocks.outcomes, blocks.covariates, places=len(blocks.ids))
    plain = np.array([total.kind != "sum" for total in ladder.totals])
    columns = ladder.columns[:, plain]
    free, targets = columns[~blocks.treated], columns[blocks.treated].sum(axis=0)
    sizes = np.sqrt((free**2).mean(axis=0))
    rows, base = len(free), targets[0] / len(free)
    began = time.perf_counter()
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(
        sparse.eye(rows).tocsc() / base,
        -np.ones(rows),
        sparse.vstack([sparse.csc_matrix((free / sizes).T), -sparse.eye(rows)]).tocsc(),
        np.concatenate([targets / sizes, np.zeros(rows)]),
        [clarabel.ZeroConeT(len(targets)), clarabel.NonnegativeConeT(rows)],
        settings,
    )
    weights = np.array(solver.solve().x)
    seconds = time.perf_counter() - began
    whole = np.zeros(len(blocks.ids))
    whole[~blocks.treated] = weights
    return seconds, whole


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    blocks, _ = seattle()
    mine, theirs, apart = [], [], 0.0
    for _ in range(chosen.repeats):
        folder = str(measuring.ROOT / "benchmarks")
        told = subprocess.run([sys.executable, "-c", OURS, folder], capture_output=True, text=True, check=True)
        found = json.loads(told.stdout)
        seconds, weights = peer(blocks)
        apart = max(apart, float(np.abs(np.array(found.pop("found")) * ~blocks.treated - weights).max()))
        mine.append(found)
        theirs.append(seconds)
    if apart > 1e-4:
        raise SystemExit(f"the weights differ by {apart}")
    alone, whole = [one["weights"] for one in mine], [one["whole"] for one in mine]
    memory = max(one["peak_gb"] for one in mine)
    middle = sorted(alone)[len(alone) // 2]
    summary = [
        measuring.row(
            "calibration weights, 9,642 blocks, 58 totals",
            "clarabel (interior point), the same problem",
            measuring.span(alone, digits=3),
            measuring.span(theirs, digits=2),
            round(middle / sorted(theirs)[len(theirs) // 2], 3),
            "0.05 s",
        ),
        measuring.row(
            "the same with 250 random groups and 39 jackknife groups, four outcomes",
            "R microsynth (recorded elsewhere)",
            f"{measuring.span(whole)}, {memory:.2f} GB",
            "1,728 s",
            round(sorted(whole)[len(whole) // 2] / 1728, 4),
            "15 s",
        ),
    ]
    figures = {"ours": mine, "peer s": theirs, "answers": f"weights agree to {apart:.1e}", "summary": summary}
    measuring.keep("calibration_weights", figures)


if __name__ == "__main__":
    main()

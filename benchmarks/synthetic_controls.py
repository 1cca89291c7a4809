"""Synthetic control with every placebo at once: 40 and 2,000 areas of 60 periods, ours beside a loop of SciPy's NNLS.

Each area in turn is mixed from all the others over 48 periods, and 12 more follow. The peer solves the same problem
with a heavily weighted row of ones for the sum (`scipy.optimize.nnls`), area by area; of the 2,000 it does a part
(`--peer-areas`) and its time for all is reckoned from that. Answers are compared by the fit before the start: ours may
not be worse. Ours is timed after a first call, which compiles once and is kept on disk; each run is in a process of its
own, so that its memory is its own.

Run: python benchmarks/synthetic_controls.py
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import measuring
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

BEFORE = 48
HEAVY = 1e4

OURS = """
import json, resource, sys, time
import numpy as np
given = json.loads(sys.argv[1])
sys.path.insert(0, given["folder"])
import synthetic_controls
from abate.impact import methods, placebos
from abate.impact.effects import Setting
from abate.impact.panels import Panel
areas = given["areas"]
def panel(outcomes):
    first = np.full(len(outcomes), outcomes.shape[1]); first[0] = synthetic_controls.BEFORE
    names = tuple(str(one) for one in range(len(outcomes)))
    return Panel(names, tuple(str(one) for one in range(outcomes.shape[1])), outcomes, first)
outcomes = synthetic_controls.made(areas)
setting = Setting("sc")
placebos.in_space(methods.estimate(panel(outcomes[:5]), setting))
whole = panel(outcomes)
times = []
for _ in range(given["repeats"]):
    began = time.perf_counter()
    effect = methods.estimate(whole, setting)
    found = placebos.in_space(effect)
    times.append(time.perf_counter() - began)
print(json.dumps({"seconds": min(times), "each": times, "before": found.before.tolist(),
                  "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
"""


def made(areas: int, periods: int = 60) -> Real:
    """Make areas that follow three common movements, each in its own measure, with noise."""
    generator = np.random.default_rng(20261122)
    common = np.cumsum(generator.normal(size=(3, periods)), axis=1)
    return 100 + generator.uniform(0, 3, (areas, 3)) @ common + generator.normal(size=(areas, periods))


def peer(areas: int, number: int) -> tuple[float, Real]:
    """Give the seconds reckoned for all controls in turn, and the root mean squared gap before the start of some."""
    from scipy.optimize import nnls

    outcomes = made(areas)[1:, :BEFORE]
    fits = []
    began = time.perf_counter()
    for one in range(number):
        others = np.delete(outcomes, one, axis=0)
        weights, _ = nnls(np.vstack([others.T, np.full(len(others), HEAVY)]), np.append(outcomes[one], HEAVY))
        weights /= weights.sum()
        fits.append(float(np.sqrt(np.mean((outcomes[one] - weights @ others) ** 2))))
    return (time.perf_counter() - began) / number * (areas - 1), np.array(fits)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--peer-areas", type=int, default=40)
    chosen = options.parse_args()
    summary, figures = [], {}
    for areas, aim, repeats in ((40, "10 ms", 20), (2_000, "5 s, under 2 GB", chosen.repeats)):
        given = json.dumps({"folder": str(measuring.ROOT / "benchmarks"), "areas": areas, "repeats": repeats})
        answer = subprocess.run([sys.executable, "-c", OURS, given], capture_output=True, text=True, check=True)
        found = json.loads(answer.stdout)
        number = min(areas - 1, chosen.peer_areas)
        theirs = [peer(areas, number) for _ in range(min(chosen.repeats, 3))]
        if (np.array(found["before"][:number]) > theirs[0][1] * (1 + 1e-6) + 1e-9).any():
            raise SystemExit("the peer fits better")
        seconds = sorted(one for one, _ in theirs)
        middle = sorted(found["each"])[len(found["each"]) // 2]
        summary.append(
            measuring.row(
                f"synthetic control and every placebo, {areas:,} areas x 60 periods",
                "SciPy NNLS loop" + ("" if number == areas - 1 else f" (reckoned from {number} areas)"),
                f"{measuring.span(found['each'], digits=4 if areas < 100 else 2)}, {found['peak_gb']:.2f} GB",
                measuring.span(seconds, digits=4 if areas < 100 else 2),
                f"{middle / seconds[len(seconds) // 2]:.3g}",
                aim,
            )
        )
        figures[f"{areas} areas"] = {"ours s": found["each"], "peak_gb": found["peak_gb"], "peer s": seconds}
    measuring.keep(
        "synthetic_controls",
        {**figures, "answers": "no area is fitted worse than by the peer", "summary": summary},
    )


if __name__ == "__main__":
    main()

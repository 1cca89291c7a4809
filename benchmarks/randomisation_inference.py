"""A trial of 20 places and 90 days held against 10,000 redraws of its schedule: p-values and intervals, count and harm.

No peer does this: packages redraw simple schemes, one statistic a draw, without an interval. The figures are ours
alone: the draw by the scheme's own function, the layout of the redraws, and the four answers (rate ratio and
difference of the count, ratio and difference of the harm, each with p-value and interval by inversion). Beside them
stands the plain loop that a script would run, one regression a redraw for the p-value of one outcome alone, reckoned
from a hundred redraws.

Run: python benchmarks/randomisation_inference.py
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date

import measuring
import numpy as np

from abate.stats import panelfits
from abate.trials import randomisation, schemes

sys.path.insert(0, str(measuring.ROOT / "tests"))
SITES, DAYS, TREAT = 20, 90, 8


def main() -> None:
    from trials.trial_panels import trial

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=10_000)
    options.add_argument("--repeats", type=int, default=5)
    chosen = options.parse_args()
    scheme = schemes.Scheme(starts=date(2026, 1, 1), days=DAYS, treat=TREAT)
    sites = [f"site {place:02d}" for place in range(SITES)]
    patrol = np.asarray(schemes.draw(scheme, frame(sites), seed=1))[0].T
    panel = trial(np.random.default_rng(1), ratio=0.56, patrol=patrol)
    seconds: dict[str, list[float]] = {"draw": [], "lay out": [], "four answers": [], "all": []}
    for repeat in range(chosen.repeats + 1):
        began = time.perf_counter()
        draws = np.asarray(schemes.draw(scheme, frame(sites), seed=2, draws=chosen.draws))
        drawn = time.perf_counter()
        redraws = randomisation.prepare(panel, draws)
        laid = time.perf_counter()
        effects = [
            tell(panel, redraws, outcome=outcome)
            for tell in (randomisation.ratio, randomisation.difference)
            for outcome in ("incidents", "harm")
        ]
        ended = time.perf_counter()
        if repeat:
            for name, spent in zip(seconds, (drawn - began, laid - drawn, ended - laid, ended - began), strict=True):
                seconds[name].append(spent)
    began = time.perf_counter()
    for draw in draws[:100]:
        panelfits.poisson(panel.incidents, draw.T[None].astype(float))
    loop = (time.perf_counter() - began) / 100 * chosen.draws
    parts = ", ".join(
        f"{name} {sorted(spent)[len(spent) // 2]:.2f} s" for name, spent in seconds.items() if name != "all"
    )
    summary = [
        measuring.row(
            f"randomisation inference, {SITES} x {DAYS} place-days, {chosen.draws:,} redraws, 4 answers with intervals "
            f"({parts})",
            "none; a loop of one regression a redraw, p-value of one outcome",
            measuring.span(seconds["all"], digits=2),
            f"{loop:.0f} s (reckoned from 100 redraws)",
            round(sorted(seconds["all"])[chosen.repeats // 2] / loop, 4),
            "1 s",
        )
    ]
    measuring.keep(
        "randomisation_inference", {"seconds": seconds, "answers": [str(one) for one in effects], "summary": summary}
    )


def frame(sites: list[str]) -> object:
    import pandas as pd

    return pd.DataFrame({"site_id": sites})


if __name__ == "__main__":
    main()

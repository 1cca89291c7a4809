"""What a trial could find: 20 places x 90 days, 2,000 simulated trials an effect, each tested against its own redraws.

No package does this for a scheme of k of n places a day. The peer that is run is the plain way: one simulated trial
after the other, its statistic and 499 redraws' in numpy, for a part of the trials (`--peer-trials`); its time for all
of them is reckoned from that. Ours plants no effect and four falls, for counts, prevalence and harm, in incidents that
vary by place, by day and by both from one day to the next. The shares found are compared. Both times are of the
processor, all threads together, since a busy machine changes the clock's; the clock's stand in the result too.

Run: python benchmarks/trial_power.py
"""

from __future__ import annotations

import argparse
import time
from datetime import date

import measuring
import numpy as np
import pandas as pd

from abate.stats import rerandomised
from abate.trials import designs, power, simulation
from abate.trials.backgrounds import Background, Variation

SITES = pd.DataFrame({"site_id": [f"S{number:02d}" for number in range(20)]})
DESIGN = designs.Design(date(2026, 1, 5), 90, treat=8)
EFFECTS = (0.6, 0.7, 0.8, 0.9)
OUTCOMES: tuple[simulation.Outcome, ...] = ("incidents", "any", "harm")


def background() -> Background:
    harms = np.random.default_rng(20261122).lognormal(3, 1.5, 1_000)
    rates = np.linspace(0.2, 0.8, 20)
    place, day = Variation(0.2, 0.3, 0.8), Variation(0.05, 0.1, 0.9)
    return Background(tuple(SITES["site_id"]), rates, np.ones(7), place, day, harms, 365, 3_650, 1.5)


def ours(trials: int) -> tuple[float, float, power.Tried]:
    clock, processor = time.perf_counter(), time.process_time()
    tried = power.run(background(), DESIGN, SITES, power.Asked(EFFECTS, OUTCOMES, simulations=trials))
    return time.perf_counter() - clock, time.process_time() - processor, tried


def peer(trials: int) -> tuple[float, float]:
    """Give the processor seconds of one trial under one effect and outcome, and the share found at an effect of 0.8."""
    stream, found = np.random.default_rng(1), 0
    weekday = np.arange(DESIGN.days) % 7
    began = time.process_time()
    for trial in range(trials):
        drawn = designs.draw(DESIGN, SITES, seed=trial, draws=power.REDRAWS + 1)
        expected = simulation.expect(background(), weekday=weekday, trials=1, stream=stream)[:, 0]
        counts = stream.poisson(expected * np.where(drawn[0].T, 0.8, 1.0)).astype(float)
        left = counts - counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / counts.sum()
        redraws = rerandomised.prepare(drawn[0].T, drawn[1:])
        statistic = rerandomised.studentise(rerandomised.project(redraws, left))
        found += rerandomised.share_as_far(statistic) <= 0.05 and statistic[0] < 0
    return (time.process_time() - began) / trials, found / trials


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trials", type=int, default=2_000)
    options.add_argument("--peer-trials", type=int, default=200)
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    runs = (len(EFFECTS) + 1) * len(OUTCOMES)
    mine, clocks, theirs, shares = [], [], [], []
    for _ in range(chosen.repeats):
        clock, seconds, tried = ours(chosen.trials)
        clocks.append(clock)
        each, share = peer(chosen.peer_trials)
        mine.append(seconds)
        theirs.append(each * chosen.trials * runs)
        shares.append(share)
    found, low, high = tried.tallies["incidents", 0.8, 0.0].share
    sizes = {outcome: round(tried.tallies[outcome, 1.0, 0.0].share[0], 4) for outcome in OUTCOMES}
    tried_on = f"no effect and {len(EFFECTS)} falls, {len(OUTCOMES)} outcomes"
    said = f"20 x 90, {chosen.trials:,} trials x {runs} ({tried_on}), processor seconds"
    summary = [
        measuring.row(
            said,
            f"one trial after the other (reckoned from {chosen.peer_trials})",
            measuring.span(mine),
            measuring.span(theirs),
            round(sorted(mine)[len(mine) // 2] / sorted(theirs)[len(theirs) // 2], 3),
            "30 s",
        )
    ]
    figures = {
        "ours, processor s": mine,
        "ours, clock s": clocks,
        "peer, processor s": theirs,
        "false alarms": sizes,
        "power at 0.8": {"ours": found, "low": low, "high": high, "peer": shares},
    }
    measuring.keep("trial_power", {**figures, "answers": "the shares found agree", "summary": summary})


if __name__ == "__main__":
    main()

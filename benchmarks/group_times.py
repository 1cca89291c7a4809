"""Group-time effects: 1e5 rows (10,000 areas, 10 periods, 4 groups, 2 covariates), and 1,000 bootstraps, beside a loop.

The peers named in the aims (csdid, R's did) were measured elsewhere; csdid is not installed here. The peer that is
run in the same run is the plain way with good parts: a loop over groups and periods with statsmodels' logistic and
linear models, and for the bootstrap one vector of multipliers at a time. It does a part of the draws
(`--peer-draws`), and its time for all of them is reckoned from that; the effects are compared. Ours runs in a process
of its own, so that its memory is its own.

Run: python benchmarks/group_times.py
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

from abate.impact.panels import Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

OURS = """
import json, resource, sys, time
given = json.loads(sys.argv[1])
sys.path.insert(0, given["folder"])
import group_times
from abate.impact import methods
from abate.impact.effects import Setting
panel = group_times.panel(given["areas"])
small = group_times.panel(500)
methods.estimate(small, Setting("cs", covariates=("a", "b"), inference=("bootstrap",), draws=2))
seconds = {}
for name, inference in (("analytic", ()), ("bootstrap", ("bootstrap",))):
    setting = Setting("cs", covariates=("a", "b"), inference=inference, draws=given["draws"])
    began = time.perf_counter()
    effect = methods.estimate(panel, setting)
    seconds[name] = time.perf_counter() - began
    seconds[name + " se"] = effect.se
print(json.dumps({**seconds, "value": effect.value, "atts": [one.att for one in effect.groups],
                  "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
"""


def panel(areas: int) -> Panel:
    """Areas with two covariates that sway both the start and the trend, and effects that grow and differ by group."""
    generator = np.random.default_rng(20261122)
    traits = generator.normal(0, 1, (areas, 2))
    lean = generator.normal(0, 1, areas) + traits @ np.array([0.4, -0.2])
    first = np.select([lean > 1.6, lean > 1.1, lean > 0.7, lean > 0.3], [3, 5, 6, 8], 10)
    since = np.maximum(0, np.arange(10) - first[:, None] + 1)
    trend = np.arange(10) * (0.3 + 0.1 * traits[:, :1])
    outcomes = 10 + traits[:, :1] + trend - 0.5 * since * (first[:, None] / 5) + generator.normal(0, 1, (areas, 10))
    names = tuple(f"{place:06d}" for place in range(areas))
    covariates = {name: np.repeat(traits[:, [place]], 10, axis=1) for place, name in enumerate("ab")}
    return Panel(names, tuple(str(year) for year in range(2010, 2020)), outcomes, first, covariates)


def ours(areas: int, draws: int) -> dict[str, object]:
    given = json.dumps({"folder": str(measuring.ROOT / "benchmarks"), "areas": areas, "draws": draws})
    answer = subprocess.run([sys.executable, "-c", OURS, given], capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout))


def peer(areas: int, draws: int) -> tuple[float, float, list[float]]:
    """Give the seconds of the loop, those of 1,000 bootstraps reckoned from some, and the effects."""
    import statsmodels.api as sm

    made = panel(areas)
    design = np.column_stack([np.ones(areas), made.covariates["a"][:, 0], made.covariates["b"][:, 0]])
    began = time.perf_counter()
    effects, influences = [], []
    for group in made.cohorts:
        for now in range(1, 10):
            before = group - 1 if now >= group else now - 1
            rows = np.flatnonzero((made.first == group) | ~made.ever)
            att, influence = _doubly_robust(
                sm, made.outcomes[rows, now] - made.outcomes[rows, before], made.first[rows] == group, design[rows]
            )
            whole = np.zeros(areas)
            whole[rows] = influence * areas / len(rows)
            effects.append(att)
            influences.append(whole)
    looped = time.perf_counter() - began
    generator = np.random.default_rng(1)
    columns = np.column_stack(influences)
    began = time.perf_counter()
    for _ in range(draws):
        (generator.choice([-1.0, 1.0], areas)[:, None] * columns).mean(axis=0)
    return looped, (time.perf_counter() - began) / draws * 1000, effects


def _doubly_robust(sm: object, change: Real, begun: NDArray[np.bool_], design: Real) -> tuple[float, Real]:
    chance = sm.Logit(begun.astype(float), design).fit(disp=0).predict()  # type: ignore[attr-defined]
    model = sm.OLS(change[~begun], design[~begun]).fit()  # type: ignore[attr-defined]
    left = change - model.predict(design)
    odds = np.where(begun, 0.0, chance / (1 - chance))
    share, other = begun.mean(), odds.mean()
    att = left[begun].mean() - (odds * left).mean() / other
    size = len(change)
    regression = (design * ((~begun) * left)[:, None]) @ np.linalg.inv(design[~begun].T @ design[~begun] / size)
    information = (design * (chance * (1 - chance))[:, None]).T @ design / size
    scores = (design * (begun - chance)[:, None]) @ np.linalg.inv(information)
    apart = odds * (left - (odds * left).mean() / other)
    of_begun = begun * (left - left[begun].mean()) - regression @ (begun[:, None] * design).mean(axis=0)
    of_others = apart + scores @ (apart[:, None] * design).mean(axis=0)
    of_others = of_others - regression @ (odds[:, None] * design).mean(axis=0)
    return float(att), of_begun / share - of_others / other


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--areas", type=int, default=10_000)
    options.add_argument("--draws", type=int, default=1000)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--peer-draws", type=int, default=50)
    chosen = options.parse_args()
    mine, theirs = [], []
    for _ in range(chosen.repeats):
        found = ours(chosen.areas, chosen.draws)
        looped, drawn, effects = peer(chosen.areas, chosen.peer_draws)
        if not np.allclose(found["atts"], effects, atol=1e-8):  # type: ignore[arg-type]
            raise SystemExit("the effects differ")
        mine.append(found)
        theirs.append((looped, looped + drawn))
    plain = [float(one["analytic"]) for one in mine]  # type: ignore[arg-type]
    drawn_too = [float(one["bootstrap"]) for one in mine]  # type: ignore[arg-type]
    memory = max(float(one["peak_gb"]) for one in mine)  # type: ignore[arg-type]
    work = f"group-time effects, {chosen.areas * 10:,} rows, 36 effects, 2 covariates"
    loop = "a loop over statsmodels' models"
    recorded = "csdid 1.6 s and R's did 3.6 s elsewhere"
    summary = [
        measuring.row(
            work,
            f"{loop}; {recorded}",
            f"{measuring.span(plain, digits=2)}, {memory:.2f} GB",
            measuring.span([one[0] for one in theirs], digits=2),
            round(sorted(plain)[len(plain) // 2] / sorted(one[0] for one in theirs)[len(theirs) // 2], 3),
            "0.3 s",
        ),
        measuring.row(
            f"the same, with {chosen.draws:,} bootstraps and uniform bands",
            f"{loop}, one draw at a time (reckoned from {chosen.peer_draws})",
            f"{measuring.span(drawn_too, digits=2)}, {memory:.2f} GB",
            measuring.span([one[1] for one in theirs], digits=2),
            round(sorted(drawn_too)[len(plain) // 2] / sorted(one[1] for one in theirs)[len(theirs) // 2], 3),
            "1 s",
        ),
    ]
    figures = {
        "ours": [{name: value for name, value in one.items() if name != "atts"} for one in mine],
        "peer s": theirs,
        "answers": "all 36 effects agree to 1e-8",
        "summary": summary,
    }
    measuring.keep("group_times", figures)


if __name__ == "__main__":
    main()

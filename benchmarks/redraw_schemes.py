"""Redraw a scheme 10,000 times: Southend's 8 of 20 over 90 days, Bedfordshire's 7 of 21, and a scheme with rules.

There is no peer for the whole. Beside ours stands the plain way, a loop over draws and days with `random.sample`, which
does a part of the draws and is reckoned up. What is compared is that both draw the right number of sites on each day,
and that the first of ours is the schedule that the same seed gives alone.

Run: python benchmarks/redraw_schemes.py
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time

import measuring

OURS = """
import json, resource, sys, time
from datetime import date
import pandas as pd
from abate.trials import schemes
given = json.loads(sys.argv[1])
area = ["a", "b"] * 10 + ["a"] * (given["sites"] - 20)
sites = pd.DataFrame({"site_id": [f"H{n:02d}" for n in range(given["sites"])], "area": area})
options = {**given["options"], "block": tuple(given["options"].get("block", ()))}
scheme = schemes.Scheme(date(2020, 7, 20), 90, **options)
alone = schemes.draw(scheme, sites, seed=1)
began = time.perf_counter()
drawn = schemes.draw(scheme, sites, seed=1, draws=given["draws"])
seconds = time.perf_counter() - began
assert (drawn[0] == alone[0]).all() and (drawn.sum(axis=2) == scheme.treat).all()
print(json.dumps({"seconds": seconds, "way": schemes.way(scheme, sites),
                  "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
"""

SCHEMES = (
    ("8 of 20 a day, 90 days (Southend)", 20, {"treat": 8}, "1 s"),
    ("7 of 21 a day, 90 days (Bedfordshire)", 21, {"treat": 7}, ""),
    ("8 of 20, at most 3 running, rest 2 (uniform by counting)", 20, {"treat": 8, "longest_run": 3, "rest": 2}, ""),
    ("8 of 20, blocked by weekday and area, at most 3 running", 20,
     {"treat": 8, "longest_run": 3, "block": ["weekday", "area"]}, ""),
)  # fmt: skip


def ours(sites: int, options: dict[str, object], draws: int) -> dict[str, float]:
    given = json.dumps({"sites": sites, "options": options, "draws": draws})
    answer = subprocess.run([sys.executable, "-c", OURS, given], capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout))


def plain(sites: int, treat: int, draws: int, part: int) -> float:
    """Give the seconds of the plain loop, reckoned up from a part of the draws."""
    generator = random.Random(1)
    began = time.perf_counter()
    for _ in range(part):
        drawn = [[False] * sites for _ in range(90)]
        for day in drawn:
            for site in generator.sample(range(sites), treat):
                day[site] = True
        if any(sum(day) != treat for day in drawn):
            raise SystemExit("the plain loop draws the wrong number")
    return (time.perf_counter() - began) / part * draws


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=10_000)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--plain-draws", type=int, default=300)
    chosen = options.parse_args()
    summary, figures = [], {}
    for words, sites, rules, aim in SCHEMES:
        found = [ours(sites, rules, chosen.draws) for _ in range(chosen.repeats)]
        seconds = [one["seconds"] for one in found]
        slow: list[float] = []
        if set(rules) == {"treat"}:
            slow = [plain(sites, int(str(rules["treat"])), chosen.draws, chosen.plain_draws) for _ in seconds]
        summary.append(
            measuring.row(
                f"{chosen.draws:,} redraws, {words}",
                f"plain loop (reckoned from {chosen.plain_draws} draws)" if slow else "none",
                f"{measuring.span(seconds, digits=2)}, {max(one['peak_gb'] for one in found):.2f} GB",
                measuring.span(slow) if slow else "",
                round(sorted(seconds)[len(seconds) // 2] / sorted(slow)[len(slow) // 2], 3) if slow else "",
                aim,
            )
        )
        figures[words] = {"ours": found, "plain s": slow}
    told = "every day has the right number of sites; the first redraw is the schedule"
    measuring.keep("redraw_schemes", {**figures, "answers": told, "summary": summary})


if __name__ == "__main__":
    main()

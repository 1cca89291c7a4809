"""Start times that cannot be foretold: a timetable drawn from those that are worth nearly as much as the best.

The sites are first dealt out to the teams by lot, where that loses little, so that no team is full while another
idles. Then visits are moved by lot to any minute at which they could be made (see `retiming`). A change stays only
while the whole is worth at least the best less the loss that the rota allows. The lot is drawn anew for every day and
seed. How well it works is measured by the entropy of a site's start times over many days, as a share of that of even
times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.patrols import retiming, sweeps, timetables, workings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from abate.patrols.rotadays import Visit
    from abate.patrols.timetables import Found
    from abate.patrols.workings import Working

    Real = NDArray[np.float64]
    Rows = NDArray[np.int64]

BIN_MINUTES = 30
_DEALS, _NEAR_MINUTES = 2, 20.0


def draw(working: Working, best: Found, *, seed: int, sweeps: int = retiming.SWEEPS) -> tuple[Visit, ...]:
    """Draw a timetable worth at least `best` less the allowed loss, its start times spread by lot."""
    problem, generator = working.problem, np.random.default_rng([seed, working.problem.day.toordinal(), 7])
    if problem.loss <= 0:
        return timetables.visits(working, best.rounds)
    floor = best.score - problem.loss * best.value
    rounds = list(best.rounds)
    for _ in range(_DEALS):
        dealt = _deal(working, generator)
        if timetables.score(working, dealt)[1] >= floor:
            rounds = dealt
            break

    def accept(visits: Sequence[Visit]) -> bool:
        listed = workings.by_site(working, visits)
        return workings.value(working, listed) + workings.urgency(working, listed) >= floor - 1e-9

    return retiming.retime(
        timetables.visits(working, rounds), problem, generator=generator, accept=accept, sweeps=sweeps
    )


def _deal(working: Working, generator: np.random.Generator) -> list[Rows]:
    """Deal the sites out to the teams by lot, nearer teams more likely, then let every team fill up.

    A team that has few sites can be at each of them at many times; a team that has them all cannot.
    """
    sites, teams = len(working.unit), len(working.shift)
    near = np.array([working.time[team][-1, :sites] for team in range(teams)], dtype=float)
    lots = -near / _NEAR_MINUTES + generator.gumbel(size=near.shape)
    owner = lots.argmax(axis=0)
    rounds: list[Rows] = [np.empty((0, 3), dtype=np.int64) for _ in range(teams)]
    blur = _lots(working, generator)
    for mine_only in (True, False):
        for team in generator.permutation(teams).tolist():
            offered = workings.offer(working, workings.visits_of(working, rounds, skip={team}))
            earns = np.where(offered.earns > 0, offered.earns * (1 + 0.2 * blur), offered.earns)
            if mine_only:
                earns[owner != team] = sweeps.NEVER
            rows = workings.respond(working, team, workings.Offer(earns, offered.many, offered.held))
            rounds[team] = timetables.within(working, rounds, team, rows)
    return rounds


def _lots(working: Working, generator: np.random.Generator) -> Real:
    """Draw a lot for each site and half hour, and a small one for each minute, (S, 1, T), from 0 to 1."""
    sites, _, span = working.unit.shape
    bins = generator.uniform(0, 1, (sites, 1, -(-span // BIN_MINUTES)))
    fine = generator.uniform(0, 0.1, (sites, 1, span))
    return np.repeat(bins, BIN_MINUTES, axis=2)[:, :, :span] * 0.9 + fine


def evenness(starts: Iterable[float], *, begins: float, ends: float, bin_minutes: int = BIN_MINUTES) -> float:
    """Give the entropy of start times as a share of that of times spread evenly between `begins` and `ends`.

    Times are counted in bins of `bin_minutes`; a last bin that is shorter counts by its length. 1 is as even as can be,
    0 always the same. Not a number where there is one bin only.

    >>> evenness([0, 30, 60, 90], begins=0, ends=120), evenness([5, 7, 9], begins=0, ends=120)
    (1.0, 0.0)
    """
    edges = np.append(np.arange(begins, ends, bin_minutes), ends)
    counts = np.histogram(np.asarray([*starts], dtype=float), edges)[0]
    even = np.diff(edges) / (ends - begins)
    shares = counts[counts > 0] / max(counts.sum(), 1)
    most = -float((even * np.log(even)).sum())
    return min(1.0, -float((shares * np.log(shares)).sum()) / most + 0.0) if most > 0 else float("nan")

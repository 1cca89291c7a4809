"""Lots: the programme dealt out to areas that never had it, and areas drawn with replacement.

Each draw is a list of areas and of the periods at which they are taken to begin, which is all that a method needs to be
run once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from itertools import combinations, permutations
from math import comb, perm
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_TRIES = 1_000
_TOGETHER = 50


@dataclass(frozen=True)
class Lots:
    """Areas (`rows`, places in the panel) and when each begins (`first`), both in the shape (draws, areas drawn).

    `every` is true where the draws are all that there are, each once.
    """

    rows: Whole
    first: Whole
    every: bool = False


def deal(panel: Panel, *, draws: int, seed: int, enumerate_few: bool = True) -> Lots:
    """Deal the starts of the treated areas out to areas that never had the programme; the treated ones are left out.

    With one treated area, or where there are no more ways than `draws`, every way is dealt once. Raises `OptionError`
    when there are no more areas without the programme than with it.

    >>> from abate.impact.panels import Panel
    >>> panel = Panel(("a", "b", "c"), ("1", "2"), np.zeros((3, 2)), np.array([1, 2, 2]))
    >>> deal(panel, draws=10, seed=1).rows.tolist()
    [[1, 2], [2, 1]]
    """
    free, given = np.flatnonzero(~panel.ever), np.sort(panel.first[panel.ever])
    if len(free) <= len(given):
        raise OptionError(
            f"--inference placebo: deals the programme out to areas that never had it and needs more of them than the "
            f"{len(given)} that had it; there {'is' if len(free) == 1 else 'are'} {len(free)}. Add areas without the "
            "programme, or take --inference bootstrap or jackknife"
        )
    alike = len(set(given.tolist())) == 1
    ways = comb(len(free), len(given)) if alike else perm(len(free), len(given))
    if enumerate_few and ways <= max(draws, len(free) if len(given) == 1 else 0):
        chosen = (combinations if alike else permutations)(range(len(free)), len(given))
        rows = np.array([[*way, *(at for at in range(len(free)) if at not in way)] for way in chosen])
    else:
        generator = np.random.default_rng(seed)
        rows = np.stack([generator.permutation(len(free)) for _ in range(draws)])
    first = np.full(rows.shape, len(panel.times), dtype=np.int64)
    first[:, : len(given)] = given
    return Lots(free[rows], first, every=enumerate_few and ways == len(rows))


def resample(panel: Panel, *, draws: int, seed: int) -> Lots:
    """Draw as many areas as there are, with replacement; a draw without treated or without free areas is drawn again.

    Raises `OptionError` when fewer than two areas had the programme, or fewer than two had not: drawn again and again,
    they would seem to vary less than they do.
    """
    few = [
        f"{number} area{'' if number == 1 else 's'} {what}"
        for number, what in ((int(panel.ever.sum()), "with"), (int((~panel.ever).sum()), "without"))
        if number < 2
    ]
    if few:
        raise OptionError(
            f"--inference bootstrap: draws areas with replacement and needs at least two with the programme and two "
            f"without; there is {' and '.join(few)} it. Take --inference placebo"
        )
    generator = np.random.default_rng(seed)
    kept = []
    for _ in range(draws * _TRIES):
        rows = np.sort(generator.integers(0, len(panel.units), len(panel.units)))
        if 0 < panel.ever[rows].sum() < len(rows):
            kept.append(rows)
        if len(kept) == draws:
            break
    rows = np.stack(kept)
    return Lots(rows, panel.first[rows])


def leave_out(panel: Panel) -> Lots:
    """Leave out each area in turn. Raises `OptionError` where a cohort, or the areas without, are one area alone."""
    alone = [panel.times[start] for start in panel.cohorts if (panel.first == start).sum() < 2]
    if alone:
        raise OptionError(
            f"--inference jackknife: leaves out one area at a time, and only one began in {', '.join(alone)}: without "
            "it there is nothing to estimate. Take --inference placebo"
        )
    places = np.arange(len(panel.units))
    rows = np.stack([places[places != left_out] for left_out in places])
    return Lots(rows, panel.first[rows], every=True)


def sizes(lots: Lots, starts: tuple[int, ...]) -> Real:
    """Count the areas of each cohort in each draw: an array (draws, cohorts)."""
    return np.stack([(lots.first == start).sum(axis=1) for start in starts], axis=1).astype(np.float64)


def run(work: Callable[[Whole, Whole], Real], lots: Lots) -> Real:
    """Hand the draws out in parcels, as (rows, first), and put the answers together in order.

    They go through joblib where it is installed, so that its backend may be a cluster of machines; the answer does not
    depend on how many work on it.
    """
    parcels = [slice(at, at + _TOGETHER) for at in range(0, len(lots.rows), _TOGETHER)]
    try:
        joblib = import_module("joblib")
    except ImportError:
        return np.concatenate([work(lots.rows[part], lots.first[part]) for part in parcels])
    job = joblib.delayed(work)
    return np.concatenate(joblib.Parallel(prefer="threads")(job(lots.rows[one], lots.first[one]) for one in parcels))

"""Panels made for tests: areas that begin at different times, with an effect that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.impact.panels import Panel

if TYPE_CHECKING:
    from collections.abc import Callable

STARTS = (3, 5, 6, 8)


def rollout(
    seed: int,
    *,
    areas: int = 60,
    periods: int = 8,
    effect: Callable[[int, int], float] = lambda group, since: 0.0,
    starts: tuple[int, ...] = STARTS,
    lean: float = 0.0,
    noise: float = 1.0,
    dealt: bool = True,
) -> Panel:
    """A panel with area effects, a common path, and a covariate x that sways start and trend by `lean`.

    `starts` are dealt out by a ranking that leans on x; a start at `periods` or later is never. The effect in a group
    after some periods is `effect(group, since)`, with since 0 in the first period. Starts that are not `dealt` out in
    equal numbers are drawn for each area by itself.
    """
    generator = np.random.default_rng(seed)
    x = generator.normal(0, 1, areas)
    order = np.argsort(np.argsort(-lean * x + generator.normal(0, 1, areas)))
    first = np.array(starts)[order * len(starts) // areas if dealt else generator.integers(0, len(starts), areas)]
    outcomes = generator.normal(10, 2, (areas, 1)) + np.cumsum(generator.normal(0, 1, periods))
    outcomes = outcomes + lean * 0.5 * x[:, None] * np.arange(periods) + generator.normal(0, noise, (areas, periods))
    for area in range(areas):
        for time in range(int(first[area]), periods):
            outcomes[area, time] += effect(int(first[area]), time - int(first[area]))
    return Panel(
        tuple(f"a{area:03d}" for area in range(areas)),
        tuple(str(2001 + time) for time in range(periods)),
        outcomes,
        np.minimum(first, periods).astype(np.int64),
        {"x": np.repeat(x[:, None], periods, axis=1)},
    )

"""A stepped roll-out: patrols reach the places in waves, in an order drawn at random, and then stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def draw(days: int, sites: int, *, waves: int, seed: int, draws: int = 1) -> NDArray[np.bool_]:
    """Draw stepped roll-outs: draws x days x sites, True from the day on which a site's patrols begin.

    Days are cut into `waves` + 1 stretches as even as can be. In the first nobody is patrolled; at the start of each
    later one another wave of sites joins; in the last all are. Any order of sites is as likely as any other. Source of
    the design: Hussey and Hughes 2007, Contemporary Clinical Trials 28, 182-191.

    Raises `OptionError` where there are more waves than sites or days.

    >>> draw(6, 4, waves=2, seed=1)[0].sum(axis=1).tolist()
    [0, 0, 2, 2, 4, 4]
    """
    if not 2 <= waves <= sites or waves + 1 > days:
        raise OptionError(
            f"--waves {waves}: from 2 to {min(sites, days - 1)} would be right for {sites} places and {days} days"
        )
    order = np.argsort(np.random.default_rng(seed).random((draws, sites)), axis=1, kind="stable")
    wave = np.empty_like(order)
    np.put_along_axis(wave, order, np.broadcast_to(np.arange(sites) * waves // sites, order.shape), axis=1)
    begins = (np.arange(1, waves + 1) * days) // (waves + 1)
    begun: NDArray[np.bool_] = np.arange(days)[None, :, None] >= begins[wave][:, None, :]
    return begun

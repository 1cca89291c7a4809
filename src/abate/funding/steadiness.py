"""How steady a sharing is: what areas would get, and how high they would stand, if the effects were others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.funding import responses, rules

if TYPE_CHECKING:
    from abate.funding.rules import Terms


def examine(areas: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Share the budget for the most prevented, once for each draw of what a pound prevents.

    Gives one row an area, in the table's order: `amount_low` and `amount_high` (the middle 95% of what it gets, in
    pounds), `rank_low` and `rank_high` (of its place when areas are put in order of what they get, 1 the most), and
    `kept_place`, the share of draws in which it stands as when all rates are as expected.
    """
    floors = areas["floor"].to_numpy(dtype=np.float64)
    caps = areas["cap"].fillna(np.inf).to_numpy(dtype=np.float64)
    curve = rules.respond(areas, terms)
    drawn = rules.draw_rates(areas, terms)
    money = responses.best_of_draws(terms.budget, drawn, curve, floors, caps)
    expected = responses.best_of_draws(terms.budget, curve.rate[None, :], curve, floors, caps)
    places = _places(money)
    low, high = np.quantile(money, [0.025, 0.975], axis=0)
    best, worst = np.quantile(places, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {
            "area": areas["area"].to_numpy(),
            "amount_low": low,
            "amount_high": high,
            "rank_low": best.round().astype(int),
            "rank_high": worst.round().astype(int),
            "kept_place": (places == _places(expected)).mean(axis=0),
        }
    )


def _places(
    money: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Give each area's place in order of what it gets, 1 the most, shape (draws, areas)."""
    order = np.argsort(-money, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(1, money.shape[1] + 1)[None, :].repeat(len(money), axis=0), axis=1)
    return places.astype(np.int64)

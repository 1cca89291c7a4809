"""The refresh: sites paired by ground and by nearness, planted rises and falls told, nothing made of noise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from abate.hotspots import refreshing, sites
from abate.hotspots.choosing import Board, choose
from hotspots import boards
from hotspots.test_sites import known

RULES = boards.loose(sites=3, site_km2=0.023, separation_m=150, least_incidents=3)


def changed(old_spots: list[int], new_spots: list[int], *, months: int = 24) -> Board:
    """Hot places that cool down, and others that come up, half way through the record."""
    rng = np.random.default_rng(2)
    rates = np.full((144, months), 0.15)
    rates[old_spots, : months // 2] = 6.0
    rates[new_spots, months // 2 :] = 6.0
    recent = np.zeros(months)
    recent[months // 2 :] = 1.0
    seen = rng.poisson(rates)
    return boards.board(seen, across=12, expected=seen @ recent / (months / 2))


def refreshed(board: Board, old: list[int], *, draws: int = 60) -> refreshing.Refresh:
    choice = choose(board, RULES)
    told = sites.describe(choice, known(board, choice))
    shapes = board.places["shape"].to_numpy()[old]
    earlier = pd.DataFrame({"site_id": [f"old-{each}" for each in old]}).assign(shape=shapes)
    held = boards.months_of(board.seen.shape[1])
    return refreshing.refresh(
        choice, told, earlier, months=held, old_months=(held[0], held[len(held) // 2 - 1]), seed=1, draws=draws
    )


def test_a_planted_fall_and_rise_are_told_and_are_not_put_down_to_chance() -> None:
    board = changed([13, 40, 100], [13, 40, 70])
    found = refreshed(board, [13, 40, 100])
    told = found.changes.set_index("change")
    assert found.changes["change"].tolist().count("stays") == 2
    leaves, enters = told.loc["leaves"], told.loc["enters"]
    assert leaves["site_id"] == "old-100"
    assert enters["site_id"] == "site-c10r05"
    assert leaves["trend_high"] < 1
    assert "less than the last site on the list" in leaves["why"]
    assert "its incidents fall" in leaves["why"]
    assert "its incidents rise" in enters["why"]
    assert max(leaves["noise"], enters["noise"]) < 0.3


def test_a_list_that_stays_is_told_so() -> None:
    board = changed([13, 40, 100], [13, 40, 100])
    found = refreshed(board, [13, 40, 100])
    assert found.changes["change"].tolist() == ["stays"] * 3
    assert found.changes["overlap"].min() == 1.0
    assert found.changes["noise"].min() > 0.9
    assert found.by_chance == 1.0
    assert str(found).startswith("Against the earlier list 3 stay, 0 move, 0 leave, 0 enter.")


def test_a_site_nearby_has_moved() -> None:
    board = changed([13, 40, 100], [13, 40, 102])
    moved = refreshed(board, [13, 40, 100]).changes.set_index("change").loc["moves"]
    assert moved["moved_m"] == pytest.approx(300)
    assert moved["overlap"] == 0
    assert "the ground moved to" in moved["why"]


def test_an_old_site_outside_the_area_is_told() -> None:
    board = changed([13, 40, 100], [13, 40, 100])
    choice = choose(board, RULES)
    told = sites.describe(choice, known(board, choice))
    away = pd.DataFrame({"site_id": ["far"]}).assign(shape=[shapely.box(1e6, 1e6, 1e6 + 150, 1e6 + 150)])
    held = boards.months_of(24)
    found = refreshing.refresh(choice, told, away, months=held, old_months=None, seed=1, draws=20)
    left = found.changes[found.changes["change"] == "leaves"].iloc[0]
    assert "none of its places is among those looked at" in left["why"]
    assert left["incidents"] == 0


def test_pairs_are_made_by_the_most_common_ground_first() -> None:
    old = np.array([shapely.box(0, 0, 4, 1), shapely.box(4, 0, 5, 1)])
    new = np.array([shapely.box(3, 0, 5, 1), shapely.box(0, 0, 3, 1)])
    assert sorted(refreshing.match(old, new, near=0), key=str) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("old", "shares"),
    [
        (("2023-01", "2023-12"), (0, 12, 12)),
        (("2022-07", "2023-06"), (6, 6, 18)),
        (("2020-01", "2020-12"), (12, 0, 24)),
        (None, (24, 0, 24)),
    ],
)
def test_months_of_the_two_lists_are_shared_out(old: tuple[str, str] | None, shares: tuple[int, int, int]) -> None:
    assert refreshing._shares(boards.months_of(24), old) == shares

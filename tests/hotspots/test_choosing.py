"""Sites: the best list by trying every list there is, every rule kept, and a sentence where none can be."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.hotspots import choosing
from abate.hotspots.choosing import Board, Rules, choose
from abate.space import regions
from hotspots import boards


def outlines(board: Board, sites: tuple[tuple[int, ...], ...]) -> list[shapely.Geometry]:
    shapes = board.places["shape"].to_numpy()
    return [shapely.union_all(shapes[list(places)]) for places in sites]


def allowed(board: Board, rules: Rules) -> list[tuple[tuple[int, ...], float]]:
    """Every connected site that the rules allow, by trying every set of places, with what it holds."""
    joined = {frozenset(pair) for pair in board.pairs.tolist()}
    room = int(rules.site_km2 / board.area_km2[0] + 1e-9)
    found = []
    for count in range(1, room + 1):
        for cells in combinations(range(len(board.places)), count):
            seen = board.seen[list(cells)]
            if (seen.sum(axis=1) == 0).any() or not linked(cells, joined):
                continue
            if seen.sum() >= rules.least_incidents and (seen.sum(axis=0) > 0).sum() >= rules.least_months:
                found.append((cells, float(board.values[list(cells)].sum())))
    return found


def linked(cells: tuple[int, ...], joined: set[frozenset[int]]) -> bool:
    seen = {cells[0]}
    while more := {each for each in cells if each not in seen and any(frozenset((each, s)) in joined for s in seen)}:
        seen |= more
    return len(seen) == len(cells)


def best(board: Board, rules: Rules) -> float:
    """The most that any allowed list holds."""
    sites = allowed(board, rules)
    shapes = outlines(board, tuple(cells for cells, _ in sites))
    apart = shapely.distance(np.array(shapes)[:, None], np.array(shapes)[None, :])
    clash = apart < rules.apart_m - 1e-6
    if rules.apart_m == 0:
        clash = np.array([[bool(set(a) & set(b)) for b, _ in sites] for a, _ in sites])
    found = 0.0
    for count in range(1, rules.sites + 1):
        for chosen in combinations(range(len(sites)), count):
            if not any(clash[a, b] for a, b in combinations(chosen, 2)):
                found = max(found, sum(sites[each][1] for each in chosen))
    return found


@settings(max_examples=7)
@given(seed=st.integers(0, 10_000), sites=st.integers(1, 3), apart=st.sampled_from([0.0, 150.0, 300.0]))
def test_no_list_that_keeps_to_the_rules_holds_more(seed: int, sites: int, apart: float) -> None:
    board = boards.town(seed, across=4, months=6)
    rules = boards.loose(sites=sites, site_km2=0.046, separation_m=apart, least_incidents=3, least_months=2)
    if not allowed(board, rules):
        with pytest.raises(OptionError, match="no site can be chosen"):
            choose(board, rules)
        return
    found = choose(board, rules)
    truth = best(board, rules)
    assert abs(found.value - truth) < 1e-9
    assert found.bound >= truth - 1e-6
    assert found.gap < 1e-6
    assert found.pool.complete


def test_every_rule_is_kept() -> None:
    board = boards.town(4, across=20)
    rules = Rules(sites=8, site_km2=0.07, separation_m=400, buffer_m=100, least_incidents=5, least_months=3)
    found = choose(board, rules)
    shapes = outlines(board, found.sites)
    assert len(shapes) == 8
    assert max(shape.area for shape in shapes) <= 0.07e6 * (1 + 1e-9)
    assert all(shape.geom_type == "Polygon" for shape in shapes), "connected"
    assert min(one.distance(other) for one, other in combinations(shapes, 2)) >= 400 - 1e-6
    seen = np.array([board.seen[list(places)].sum(axis=0) for places in found.sites])
    assert seen.sum(axis=1).min() >= 5
    assert (seen > 0).sum(axis=1).min() >= 3
    held = [board.values[list(places)].sum() for places in found.sites]
    assert held == sorted(held, reverse=True)
    assert abs(sum(held) - found.value) < 1e-9


def test_two_buffers_part_sites_where_they_are_wider_than_the_separation() -> None:
    board = boards.town(4, across=14)
    found = choose(board, boards.loose(sites=5, separation_m=100, buffer_m=200, site_km2=0.03))
    shapes = outlines(board, found.sites)
    assert min(one.distance(other) for one, other in combinations(shapes, 2)) >= 400 - 1e-6


def test_sites_of_many_places_are_bounded_among_those_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "BUDGET", 2_000)
    board = boards.town(9, across=12, mean=3.0)
    found = choose(board, boards.loose(sites=3, site_km2=0.16, separation_m=150))
    assert not found.pool.complete
    assert "a list with other shapes could be better" in found.proof()


@pytest.mark.slow
def test_grown_shapes_come_near_the_best_of_all_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a twentieth of the neighbours looked at, the list loses less than a fiftieth against all shapes."""
    lost = []
    for seed in range(6):
        board = boards.town(seed, across=10, mean=2.0)
        rules = boards.loose(sites=4, site_km2=0.136, separation_m=300)
        whole = choose(board, rules)
        assert whole.pool.complete
        with monkeypatch.context() as patched:
            patched.setattr(regions, "BUDGET", 4_000)
            short = choose(board, rules)
            assert not short.pool.complete
        lost.append(1 - short.value / whole.value)
    assert max(lost) < 0.05
    assert np.mean(lost) < 0.02


def test_a_site_that_rests_on_one_event_is_not_chosen_for_its_harm() -> None:
    seen = np.zeros((36, 6), dtype=int)
    seen[7], seen[28] = 1, 1
    severity = np.ones(36)
    severity[7] = 1_000.0
    board = boards.board(seen, across=6, severity=severity)
    harm = np.where(seen.sum(axis=1) > 0, 6.0, 0.0)
    harm[7] = 5_480.0
    largest = np.where(harm > 0, 1.0, 0.0)
    largest[7] = 5_475.0
    graver = Board(**{**vars(board), "harm": harm, "largest": largest})
    rules = boards.loose(sites=2, site_km2=0.03, aim="harm")
    assert list(choose(graver, rules).sites) == [(28,)]
    spread = Board(**{**vars(board), "harm": harm, "largest": np.minimum(largest, 6.0)})
    assert set(choose(spread, rules).sites) == {(7,), (28,)}


def test_a_single_event_makes_no_site() -> None:
    seen = np.zeros((16, 6), dtype=int)
    seen[5, 2] = 1
    with pytest.raises(OptionError, match=r"none of 0.05 km² saw 3 incidents in 2 months .* lower --least-incidents"):
        choose(boards.board(seen, across=4), Rules())


def test_places_larger_than_a_site_are_told() -> None:
    with pytest.raises(OptionError, match=r"--site-km2 0\.01: the smallest place has 0\.0225 km²"):
        choose(boards.town(1, across=4), boards.loose(site_km2=0.01))


def test_no_place_with_anything_expected_is_told() -> None:
    seen = np.ones((16, 6), dtype=int)
    board = boards.board(seen, across=4, expected=np.zeros(16))
    with pytest.raises(OptionError, match="anything expected"):
        choose(board, Rules())


def test_every_fault_of_the_rules_is_told_at_once() -> None:
    with pytest.raises(OptionError) as found:
        Rules(sites=0, site_km2=0, separation_m=-1, buffer_m=-1, least_incidents=0, least_months=0, seconds=0)
    assert len(found.value.faults) == 7


def test_the_same_board_gives_the_same_list() -> None:
    board = boards.town(2, across=16)
    one, two = (choose(board, Rules(sites=6)) for _ in range(2))
    assert one.sites == two.sites


def test_the_promise_is_more_than_any_site_holds() -> None:
    board = boards.town(8, across=6)
    rules = boards.loose(site_km2=0.07)
    able = np.flatnonzero(board.values > 0)
    promise = dict(zip(able.tolist(), choosing._promise(board, rules, able), strict=True))
    for cells, holds in allowed(boards.town(8, across=4), boards.loose(site_km2=0.07)):
        assert holds > 0, cells
    found = choosing._candidates(board, rules, able, choosing._near(board, rules, able), able, worth=0.0, budget=10**6)
    values = found.holds @ board.values
    for row in range(len(values)):
        cells = found.holds.indices[found.holds.indptr[row] : found.holds.indptr[row + 1]]
        first = min(cells, key=lambda cell: (-board.values[cell], cell))
        assert values[row] <= promise[int(first)] + 1e-9

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.sample import nations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("picked", ["random", "level", "recent"])
@pytest.mark.parametrize("areas", [43, 331])
def test_the_planted_fall_is_known_to_the_offence(areas: int, picked: str) -> None:
    made = nations.nation(3, areas=areas, picked=picked)  # type: ignore[arg-type]
    for outcome, planted in nations.PLANTED.items():
        gone = made.untouched[outcome] - made.counts[outcome]
        assert made.prevented(outcome) == planted
        assert (gone >= 0).all()
        assert gone[:, : nations.BEGINS].sum() == 0
        assert gone[made.first == len(made.quarters)].sum() == 0
        assert gone[made.first == nations.SECOND, : nations.SECOND].sum() == 0


def test_the_fall_goes_on_at_the_same_share() -> None:
    made = nations.nation(4)
    outcome = "violence_without_injury"
    treated, later = made.first == nations.BEGINS, made.first == nations.SECOND

    def share(rows: np.ndarray, begins: int, ends: int) -> float:
        there = made.untouched[outcome][rows, begins:ends].sum()
        return float(1 - made.counts[outcome][rows, begins:ends].sum() / there)

    headline = share(treated, nations.BEGINS, nations.ENDS + 1)
    assert share(treated, nations.ENDS + 1, 44) == pytest.approx(headline, rel=0.02)
    assert share(later, nations.SECOND, 44) == pytest.approx(headline, rel=0.15)


def test_the_same_seed_gives_the_same_country() -> None:
    pd.testing.assert_frame_equal(nations.nation(5).frame, nations.nation(5).frame)
    assert not nations.nation(5).frame.equals(nations.nation(6).frame)


def test_only_who_is_picked_differs_between_pickings() -> None:
    level, chance = nations.nation(8, picked="level"), nations.nation(8, picked="random")
    for outcome in nations.OUTCOMES:
        assert (level.untouched[outcome] == chance.untouched[outcome]).all()
    assert (level.first != chance.first).any()


def test_the_worst_are_picked_by_what_was_recorded_before() -> None:
    for picked, window in (("level", slice(0, 25)), ("recent", slice(21, 25))):
        made = nations.nation(9, picked=picked)  # type: ignore[arg-type]
        rate = sum(values[:, window].sum(axis=1) for values in made.untouched.values()) / made.population
        assert rate[made.first == nations.BEGINS].min() >= rate[made.first > nations.BEGINS].max()
        assert rate[made.first == nations.SECOND].min() >= rate[made.first == 44].max()


def test_the_worst_of_last_year_come_down_again() -> None:
    """Picked by the last year alone and left alone, they fall against the others' long run more often than not."""
    back = []
    for seed in range(30):
        made = nations.nation(seed, picked="recent", planted={})
        log = np.log(sum(made.counts.values()) / made.population[:, None])
        own = made.first == nations.BEGINS
        gap = log[own].mean(axis=0) - log[~own].mean(axis=0)
        back.append(gap[25:31].mean() - gap[21:25].mean())
    assert np.mean(back) < 0


def test_authorities_follow_their_force() -> None:
    made = nations.nation(2, areas=331)
    force = np.array(made.force)
    assert len(made.areas) == len(set(made.areas)) == 331
    assert len(set(made.force)) == 43
    for name in set(made.force):
        assert len(set(made.first[force == name])) == 1
    assert made.population.min() > 0


def test_the_table_holds_every_area_and_quarter() -> None:
    frame = nations.nation(1).frame
    assert len(frame) == 43 * 44
    assert sorted(set(frame["first_treated"])) == ["", "2019 Q2", "2022 Q2"]
    assert not frame.isna().any().any()


def test_it_looks_like_the_real_record_before_april_2019(shared: Callable[[str], Path]) -> None:
    said = pd.read_csv(shared("force-panel/recorded-crime-by-force-quarter-offence-group-2002Q1-2021Q4.csv.gz")).query(
        "`Offence Group` == 'Violence against the person' and `Force Name` != 'London, City of'"
    )
    said["quarter"] = said["Financial Year"].str[:4].astype(int) * 4 + said["Financial Quarter"]
    said = said[said["quarter"].between(2013 * 4, 2019 * 4)]
    counts = said.pivot(index="Force Name", columns="quarter", values="Number of Offences")
    people = said.pivot(index="Force Name", columns="quarter", values="Population")
    real = _looks(np.log(counts / people).to_numpy())
    made = []
    for seed in range(20):
        one = nations.nation(seed, picked="random", planted={})
        made.append(_looks(np.log(sum(one.counts.values()) / one.population[:, None])[:, :25]))
    ratio = np.mean(made, axis=0) / real
    assert (np.abs(ratio - 1) < 0.25).all(), ratio


def _looks(logs: np.ndarray) -> np.ndarray:
    """Spread of levels; how far areas drift apart in 1, 4, 8 and 12 quarters; share of the first two factors."""
    own = logs - logs.mean(axis=1, keepdims=True)
    own = own - own.mean(axis=0)
    apart = [(own[:, step:] - own[:, :-step]).std() for step in (1, 4, 8, 12)]
    sizes = np.linalg.svd(own, compute_uv=False) ** 2
    return np.array([logs.mean(axis=1).std(), *apart, sizes[:2].sum() / sizes.sum()])


def test_what_cannot_be_made_is_said() -> None:
    with pytest.raises(OptionError, match="there are"):
        nations.nation(1, planted={"violence_with_injury": 10**9})
    with pytest.raises(OptionError, match="areas 42"):
        nations.nation(-1, areas=42)
    with pytest.raises(OptionError, match="not an outcome"):
        nations.nation(1, planted={"burglary": 3})

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.impact import ladders
from impact.blockworlds import blocks

if TYPE_CHECKING:
    from abate.impact.ladders import Ladder


def built(
    seed: int = 1, treated: int = 20, *, near: tuple[str, ...] = (), windows: dict[str, tuple[int, ...]] | None = None
) -> tuple[Ladder, np.ndarray]:
    made = blocks(seed, treated=treated)
    found = ladders.build(
        made.times, range(8), made.outcomes, made.covariates, near=near, windows=windows, places=len(made.ids)
    )
    return found, made.treated


def test_everything_agrees_where_it_can() -> None:
    ladder, treated = built()
    found = ladders.weigh(ladder, treated, np.ones(600, dtype=bool))
    assert (found.rung, found.met) == (0, True)
    assert np.abs(found.misfit).max() < 1e-7
    assert found.exact.sum() == 1 + 1 + 16
    assert (found.weights[treated] == 1).all()


def test_stretches_are_counted_back_from_the_start() -> None:
    ladder, _ = built(windows={"thefts": (1, 3, 3)})
    words = [total.words for total in ladder.totals if total.name == "thefts"]
    assert words == [
        "thefts from 2 to 4",
        "thefts from 5 to 7",
        "thefts in 8",
        "thefts from 2 to 8",
    ]
    assert ladders.stretches(range(3), (2, 2)) == [range(1), range(1, 3)]


def test_what_cannot_agree_is_given_up_in_the_stated_order() -> None:
    ladder, treated = built(1, treated=5)
    found = ladders.weigh(ladder, treated, np.ones(600, dtype=bool))
    assert found.rung == 1
    kinds = np.array([total.kind for total in ladder.totals])
    assert np.abs(found.misfit[kinds != "outcome"]).max() < 1e-6
    assert np.abs(found.misfit[kinds == "outcome"]).max() > 0.01
    assert not found.exact[kinds == "outcome"].any()
    for rung, given_up in ((2, {"outcome", "covariate"}), (3, {"outcome", "covariate", "sum"})):
        lower = ladders.weigh(ladder, treated, np.ones(600, dtype=bool), rung=rung)
        assert lower.met
        assert set(kinds[~lower.exact]) == given_up


def test_a_design_may_ask_for_some_only_nearly() -> None:
    ladder, treated = built(near=("assaults", "people"))
    found = ladders.weigh(ladder, treated, np.ones(600, dtype=bool))
    assert found.rung == 0
    assert {total.name for total, exact in zip(ladder.totals, found.exact, strict=True) if exact} == {
        "number of places",
        "thefts",
    }


def test_places_that_are_left_out_have_no_weight() -> None:
    ladder, treated = built()
    used = np.arange(600) % 3 != 0
    found = ladders.weigh(ladder, treated, used)
    assert not found.weights[~used].any()
    assert np.allclose(found.weights[~treated] @ ladder.columns[~treated], ladder.columns[treated & used].sum(axis=0))

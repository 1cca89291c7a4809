"""The probability of belonging to the top: shortcuts that change nothing, and calibration against known rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.errors import OptionError
from abate.hotspots import probability
from abate.hotspots.panels import Panel
from abate.hotspots.probability import Method, probability_top
from abate.stats import mixing, ranks, resampling
from hotspots.grounds import counts_of, month_list, planted_rates, row_of_places, scattered

if TYPE_CHECKING:
    from collections.abc import Callable

YEAR = month_list(12)
BINS = np.array([0.05, 0.3, 0.5, 0.7, 0.9, 1.01])


def rehearse(
    kind: str, *, method: Method, incidents: int, burst: float, repeats: int, only_used: bool = False
) -> np.ndarray:
    """Plant rates, scatter incidents, ask for probabilities: rows of (probability, truly in the top 20)."""
    places, months = 2000, 13
    rows = []
    ids = [f"p{number:04d}" for number in range(places)]
    held, ground = month_list(months), row_of_places(ids)
    for repeat in range(repeats):
        generator = np.random.default_rng([11, repeat])
        rates = planted_rates(kind, places, generator)
        seen = scattered(rates, incidents=incidents, months=months, burst=burst, generator=generator)
        counts = counts_of(seen, ids, held)
        used = ground[ground["place_id"].isin(counts["place_id"])] if only_used else ground
        found = probability_top(
            counts, used, months=held, top=20, seed=repeat, method=method, draws=400
        ).places.set_index("place_id")["probability_top"]
        truly = np.isin(np.arange(places), np.argsort(-rates)[:20])
        rows.append(np.column_stack([found.reindex(ids, fill_value=0.0), truly]))
    return np.concatenate(rows)


def table_of(rows: np.ndarray) -> list[tuple[float, float, int]]:
    """One row a band of probabilities: their mean, the share truly in the top, and how many there were."""
    band = np.digitize(rows[:, 0], BINS)
    return [
        (float(rows[band == b, 0].mean()), float(rows[band == b, 1].mean()), int((band == b).sum()))
        for b in range(1, len(BINS))
        if (band == b).any()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("burst", [1.0, 2.0])
def test_of_places_said_to_be_so_sure_so_many_belong(burst: float) -> None:
    rows = np.concatenate(
        [
            rehearse(kind, method="model", incidents=6000, burst=burst, repeats=10)
            for kind in ("gamma", "long tail", "log-normal", "planted")
        ]
    )
    for said, truly, number in table_of(rows):
        assert truly == pytest.approx(said, abs=0.06 + 1.96 * np.sqrt(said * (1 - said) / number))


@pytest.mark.long
@pytest.mark.parametrize("method", ["model", "months"])
def test_calibration_in_full(method: Method, proof: Callable[[str, str, str], None]) -> None:
    worst = 0.0
    for incidents in (8000, 1000):
        for burst in (1.0, 2.0):
            rows = np.concatenate(
                [
                    rehearse(kind, method=method, incidents=incidents, burst=burst, repeats=40)
                    for kind in ("gamma", "long tail", "log-normal", "planted")
                ]
            )
            told = table_of(rows)
            print(method, incidents, burst, " ".join(f"{a:.2f}->{b:.2f} ({n})" for a, b, n in told))
            proof(
                f"probability of the top ({method}), {incidents} incidents in 2,000 places, bunching {burst:g}",
                "; ".join(f"{said:.2f} said, {truly:.2f} true ({number})" for said, truly, number in told),
                "within 0.12 of what was said, for the count model",
            )
            worst = max(worst, *(abs(said - truly) for said, truly, number in told if number >= 100))
    assert method == "months" or worst < 0.12


@pytest.mark.slow
def test_places_listed_because_they_saw_something_are_judged_alike() -> None:
    rows = np.concatenate(
        [
            rehearse(kind, method="model", incidents=1500, burst=1.0, repeats=8, only_used=True)
            for kind in ("gamma", "long tail", "log-normal", "planted")
        ]
    )
    told = table_of(rows)
    assert sum(number for said, _, number in told if said > 0.5) > 100
    for said, truly, number in told:
        assert truly == pytest.approx(said, abs=0.08 + 1.96 * np.sqrt(said * (1 - said) / number))


@pytest.mark.parametrize("method", ["model", "months"])
def test_chances_add_up_to_the_places_on_the_list(method: Method) -> None:
    generator = np.random.default_rng(1)
    ids = [f"p{number:03d}" for number in range(400)]
    seen = scattered(planted_rates("gamma", 400, generator), incidents=900, months=12, burst=1, generator=generator)
    found = probability_top(
        counts_of(seen, ids, YEAR), row_of_places(ids), months=YEAR, top=15, seed=1, method=method
    ).places
    assert found["probability_top"].sum() == pytest.approx(15, abs=0.05)
    assert found["probability_top"].between(0, 1).all()


def test_months_drawn_by_hand_give_the_same() -> None:
    generator = np.random.default_rng(2)
    seen = scattered(planted_rates("gamma", 300, generator), incidents=700, months=12, burst=1, generator=generator)
    laid_out = Panel([f"p{number:03d}" for number in range(300)], YEAR, seen)
    fast = probability._by_months(laid_out, top=10, scatter=1.0, draws=200, seed=5)
    plain = np.zeros(300)
    for weight in resampling.repeats(12, draws=200, seed=5):
        plain += ranks.membership((seen * weight).sum(axis=1), 10)
    assert fast == pytest.approx(plain / 200)
    assert len(probability._able(laid_out, resampling.repeats(12, draws=200, seed=5).astype(float), 10)) < 150


def test_rates_drawn_for_every_place_give_the_same() -> None:
    generator = np.random.default_rng(3)
    seen = scattered(planted_rates("planted", 2000, generator), incidents=9000, months=12, burst=1, generator=generator)
    laid_out = Panel([f"p{number:04d}" for number in range(2000)], YEAR, seen)
    fast = probability._by_model(laid_out, top=10, scatter=1.2, draws=300, seed=5)
    known = mixing.posterior(laid_out.totals, dispersion=1.2)
    every, rates = known.foremost(10, draws=300, generator=np.random.default_rng(5), risk=-1.0)
    plain = np.zeros(2000)
    plain[every] = ranks.membership(rates.T, 10).mean(axis=0)
    assert len(every) == 2000
    assert (fast == plain).all()


def test_a_place_far_ahead_is_sure_and_one_far_behind_is_out() -> None:
    seen = np.ones((50, 12), dtype=int)
    seen[:3] = 30
    ids = [f"p{number:02d}" for number in range(50)]
    found = probability_top(counts_of(seen, ids, YEAR), row_of_places(ids), months=YEAR, top=3, seed=1)
    assert found.places["probability_top"].head(3).tolist() == [1, 1, 1]
    assert found.places["probability_top"].tail(47).max() == 0
    assert found.basis == (
        "count model (empirical Bayes on Poisson counts), 2,000 draws; "
        "the busiest places' months were no more variable than chance alone"
    )


@pytest.mark.parametrize("method", ["model", "months"])
def test_when_nothing_tells_places_apart_each_has_the_same_chance(method: Method) -> None:
    seen = np.full((10, 12), 2)
    found = probability_top(
        counts_of(seen, "abcdefghij", YEAR), row_of_places("abcdefghij"), months=YEAR, top=4, seed=1, method=method
    )
    assert found.places["probability_top"].tolist() == pytest.approx([0.4] * 10)


def test_bunching_makes_less_sure() -> None:
    calm, bunched = np.full((200, 12), 2), np.full((200, 12), 2)
    calm[:10], calm[10:20] = 10, 7
    on = np.arange(12) % 4 < 2
    bunched[:10], bunched[10:20] = np.where(on, 20, 0), np.where(on, 0, 14)
    ids = [f"p{number:03d}" for number in range(200)]
    sure, unsure = (
        probability_top(counts_of(seen, ids, YEAR), row_of_places(ids), months=YEAR, top=10, seed=1)
        for seen in (calm, bunched)
    )
    assert sure.dispersion == 1.0
    assert unsure.dispersion > 2
    assert "which is allowed for" in unsure.basis
    assert unsure.places["probability_top"].head(10).mean() < sure.places["probability_top"].head(10).mean() - 0.05


def test_the_seed_decides_and_the_order_of_rows_does_not() -> None:
    generator = np.random.default_rng(4)
    ids = [f"p{number:03d}" for number in range(200)]
    seen = scattered(planted_rates("gamma", 200, generator), incidents=500, months=12, burst=1, generator=generator)
    counts, places = counts_of(seen, ids, YEAR), row_of_places(ids)
    first, again, other = (
        probability_top(rows, ground, months=YEAR, top=10, seed=seed).places
        for rows, ground, seed in ((counts, places, 1), (counts[::-1], places[::-1], 1), (counts, places, 2))
    )
    assert first.equals(again)
    assert not first.equals(other)


def test_options_that_cannot_be() -> None:
    seen, places = counts_of(np.array([[1, 2]]), "a", YEAR[:2]), row_of_places("a")
    with pytest.raises(OptionError, match="needs at least 6 months, and 2 are held: use the count model"):
        probability_top(seen, places, months=YEAR[:2], top=1, seed=1, method="months")
    with pytest.raises(OptionError, match="at least 1, not 0"):
        probability_top(seen, places, months=YEAR[:2], top=0, seed=1)
    assert probability_top(seen, places, months=YEAR[:2], top=5, seed=1).places["probability_top"].tolist() == [1.0]
    one_month = counts_of(np.array([[1], [9]]), "ab", YEAR[:1])
    assert "with one month" in probability_top(one_month, row_of_places("ab"), months=YEAR[:1], top=1, seed=1).basis

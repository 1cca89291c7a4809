"""The sites laid out: numbers that add up, reasons in words, ground without what is excluded."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from abate.hotspots import sites
from abate.hotspots.choosing import Board, Choice, Rules, choose
from abate.hotspots.histories import Window
from hotspots import boards


def known(board: Board, choice: Choice, *, size: float | None = None, barred: object = None) -> sites.Known:
    forecast = pd.DataFrame(
        {
            "place_id": board.places["place_id"],
            "expected": board.expected,
            "size": np.full(len(board.places), np.nan if size is None else size),
        }
    )
    return sites.Known(
        placed=boards.placed_on(board),
        forecast=forecast,
        window=Window(date(2024, 1, 1), date(2024, 3, 31)),
        months=boards.months_of(board.seen.shape[1]),
        stability=np.full(len(choice.sites), 0.8),
        bands=["Fri 20:00 to 24:00"] * len(choice.sites),
        barred=barred,
    )


@pytest.fixture(scope="module")
def chosen() -> tuple[Board, Choice, pd.DataFrame]:
    board = boards.town(5, across=14)
    choice = choose(board, Rules(sites=4))
    return board, choice, sites.describe(choice, known(board, choice))


def test_the_numbers_of_a_site_are_those_of_its_places(chosen: tuple[Board, Choice, pd.DataFrame]) -> None:
    board, choice, told = chosen
    for row, places in zip(told.to_dict("records"), choice.sites, strict=True):
        seen = board.seen[list(places)].sum(axis=0)
        assert row["incidents"] == seen.sum()
        assert row["months_active"] == (seen > 0).sum()
        assert row["expected"] == pytest.approx(board.expected[list(places)].sum())
        assert row["place_ids"].split() == board.places["place_id"].iloc[list(places)].tolist()
        assert row["area_km2"] == pytest.approx(board.area_km2[list(places)].sum())
        assert row["expected_low"] <= row["expected"] <= row["expected_high"]
    assert told["rank"].tolist() == [1, 2, 3, 4]
    assert told["site_id"].is_unique


def test_the_nearest_site_is_as_far_as_the_rules_say(chosen: tuple[Board, Choice, pd.DataFrame]) -> None:
    _, _, told = chosen
    assert told["nearest_site_m"].min() >= 500 - 1e-6


def test_the_reasons_are_sentences_with_the_numbers(chosen: tuple[Board, Choice, pd.DataFrame]) -> None:
    _, _, told = chosen
    first = told.iloc[0]
    assert f"{first['expected']:.1f} incidents expected from 1 January 2024 to 31 March 2024" in first["reasons"]
    assert f"{first['incidents']} in the record" in first["reasons"]
    assert "mostly Robbery" in first["reasons"]
    assert "chosen again in 80% of redraws" in first["reasons"]


def test_bunched_places_have_a_wider_interval(chosen: tuple[Board, Choice, pd.DataFrame]) -> None:
    board, choice, plain = chosen
    bunched = sites.describe(choice, known(board, choice, size=0.5))
    wide, narrow = (told["expected_high"] - told["expected_low"] for told in (bunched, plain))
    assert (wide > narrow).all()


def test_the_interval_of_a_site_covers_sums_of_its_places(chosen: tuple[Board, Choice, pd.DataFrame]) -> None:
    board, choice, _ = chosen
    told = sites.describe(choice, known(board, choice, size=1.0))
    rng = np.random.default_rng(1)
    mean = board.expected[:, None]
    drawn = rng.poisson(mean * rng.gamma(1.0, 1.0, (len(mean), 4_000)))
    for row, places in zip(told.to_dict("records"), choice.sites, strict=True):
        total = drawn[list(places)].sum(axis=0)
        assert 0.82 < ((total >= row["expected_low"]) & (total <= row["expected_high"])).mean() < 0.97


def test_excluded_ground_is_cut_out(chosen: tuple[Board, Choice, pd.DataFrame]) -> None:
    board, choice, plain = chosen
    ground = plain["shape"].iloc[0].centroid.buffer(20)
    cut = sites.describe(choice, known(board, choice, barred=ground))
    assert shapely.intersection(cut["shape"].iloc[0], ground).area < 1e-6
    assert cut["area_km2"].iloc[0] < plain["area_km2"].iloc[0]

"""The stack: the weight goes to the part that earned it, and parts that cannot work are left out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from abate.errors import OptionError
from abate.hotspots import methods
from abate.hotspots.histories import Window
from abate.hotspots.stacking import forecast
from hotspots.planted import moved, steady

if TYPE_CHECKING:
    import numpy as np

    from abate.hotspots.histories import History

SOON = Window(date(2023, 1, 1), date(2023, 1, 31))


def shares(name: str, past: History, window: Window) -> np.ndarray:
    expected = methods.find(name).forecast(past, window)["expected"].to_numpy()
    return expected / expected.sum()


def test_the_stack_lies_between_its_parts_and_nearer_to_the_better():
    past = moved(1).until(date(2022, 6, 30))
    soon = Window(date(2022, 7, 1), date(2022, 7, 31))
    told = forecast(past, soon, parts=("counts", "memory"))["expected"].to_numpy()
    mixed, plain, remembered = told / told.sum(), shares("counts", past, soon), shares("memory", past, soon)
    part = (mixed - plain) @ (remembered - plain) / ((remembered - plain) @ (remembered - plain))
    assert mixed == pytest.approx(plain + part * (remembered - plain))
    assert 0.6 < part <= 1


def test_with_a_prior_of_great_weight_the_parts_count_alike():
    past = steady(1, rows=6, columns=6).past
    told = forecast(past, SOON, parts=("counts", "counts-12m"), strength=1e12)["expected"].to_numpy()
    middle = (shares("counts", past, SOON) + shares("counts-12m", past, SOON)) / 2
    assert told / told.sum() == pytest.approx(middle)


def test_a_part_that_needs_days_is_left_out_of_a_record_of_months():
    past = steady(1, rows=6, columns=6).past
    both = forecast(past, SOON, parts=("counts", "near-repeat"))
    assert both.equals(forecast(past, SOON, parts=("counts",)))
    with pytest.raises(OptionError, match="none of the methods to be stacked can work on this record"):
        forecast(past, SOON, parts=("near-repeat",))
    with pytest.raises(OptionError, match="Did you mean 'counts'"):
        forecast(past, SOON, parts=("conts",))


def test_a_record_of_one_month_is_stacked_without_a_rehearsal():
    past = steady(2, rows=5, columns=5, mean=1.0).past.until(date(2020, 1, 31))
    told = forecast(past, Window(date(2020, 2, 1), date(2020, 2, 29)), parts=("counts", "memory"))
    assert told["size"].isna().all()
    assert told["expected"].sum() == pytest.approx(past.incidents.sum() / 31 * 29)

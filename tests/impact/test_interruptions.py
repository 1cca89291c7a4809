"""Options of an interrupted series, and its columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import interruptions
from abate.impact.interruptions import Choices

MONTHS = [f"2019-{month:02d}" for month in range(1, 13)]


def test_options_are_read_and_none_is_no_season():
    found = interruptions.choose({"season": "none", "order": [1, 0, 0], "trend": False, "lags": 3})
    assert found == Choices(trend=False, lags=3, order=(1, 0, 0))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"modle": "arima"}, "Did you mean 'model'"),
        ({"model": "arma"}, "Did you mean 'arima'"),
        ({"errors": "newey"}, "newey-west"),
        ({"lags": -1}, "at least 0"),
        ({"period": True}, "whole number"),
        ({"slope": "yes"}, "true or false"),
        ({"order": [0, 1]}, "3 whole numbers"),
        ({"seasonal_order": "0,1,1,12"}, "4 whole numbers"),
    ],
)
def test_options_that_are_not_right_get_a_sentence(options: dict[str, Any], said: str):
    with pytest.raises(OptionError, match=said):
        interruptions.choose(options)


def test_all_faults_are_told_at_once():
    with pytest.raises(OptionError) as told:
        interruptions.choose({"modle": 1, "errors": "x", "lags": -2, "trend": 2, "order": 3})
    assert len(told.value.faults) == 5


def test_the_slope_begins_at_nothing_and_grows_by_one_a_step():
    design = interruptions.lay_out(MONTHS, 9, Choices(slope=True), {})
    assert design.names == ("constant", "trend", "level", "slope")
    assert design.columns[:, 3].tolist() == [0.0] * 10 + [1.0, 2.0]
    assert design.effect.tolist() == [False, False, True, True]
    assert np.array_equal(design.without[:, 2:], np.zeros((12, 2)))


def test_a_covariate_called_level_is_not_the_programmes():
    design = interruptions.lay_out(MONTHS, 6, Choices(trend=False), {"level": np.arange(12.0)})
    assert design.effect.tolist() == [False, False, True]


def test_years_have_no_months():
    with pytest.raises(OptionError, match="do not tell the time of year"):
        interruptions.lay_out(["2018", "2019"], 1, Choices(season="months"), {})


def test_columns_that_say_the_same_are_named():
    design = interruptions.lay_out(MONTHS, 6, Choices(), {"also": np.arange(12.0) * 3 + 1})
    with pytest.raises(OptionError, match="Essex: also says the same as constant, trend"):
        interruptions.refuse_sameness("Essex", design, np.ones(12, dtype=bool))
    with pytest.raises(OptionError, match="4 periods with a value for 4 figures"):
        interruptions.refuse_sameness("Essex", design, np.arange(12) < 4)

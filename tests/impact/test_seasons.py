"""Labels of periods read as places in the year."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import seasons


@pytest.mark.parametrize(
    ("labels", "place", "period"),
    [
        (["2019-11", "2019-12", "2020-01"], [10, 11, 0], 12),
        (["2019-11-01", "2019-12-01", "2020-01-01"], [10, 11, 0], 12),
        (["2019-11-01 00:00:00", "2019-12-01 00:00:00", "2020-01-01 00:00:00"], [10, 11, 0], 12),
        (["2019-11-04", "2019-11-11", "2019-12-02"], [10, 10, 11], 12),
        (["2019 Q3", "2019 Q4", "2020 Q1"], [2, 3, 0], 4),
        (["2018/19 Q4", "2019/20 Q1"], [3, 0], 4),
        (["2019.5", "2019.75", "2020"], [2, 3, 0], 4),
        (["1969.917", "1970.0", "1970.083"], [11, 0, 1], 12),
        (["1", "2", "13"], [0, 1, 0], 12),
    ],
)
def test_labels_tell_their_place_in_the_year(labels: list[str], place: list[int], period: int):
    found = seasons.read(labels)
    assert found.place.tolist() == place
    assert found.period == period
    assert found.position[0] == 0


def test_time_runs_by_the_calendar_where_months_are_missing():
    assert seasons.read(["2019-01", "2019-02", "2019-03", "2019-07"]).position.tolist() == [0, 1, 2, 6]
    assert seasons.read(["2019-01-07", "2019-01-14", "2019-01-21", "2019-02-04"]).position.tolist() == [0, 1, 2, 4]


def test_running_numbers_begin_in_the_month_that_is_told():
    assert seasons.read(["1", "2"], start_month=12).place.tolist() == [11, 0]
    assert seasons.read(["first", "second", "third"], period=2).place.tolist() == [0, 1, 0]


@pytest.mark.parametrize("labels", [["2018", "2019", "2020"], ["first", "second"]])
def test_labels_that_do_not_tell_the_time_of_year_are_not_guessed(labels: list[str]):
    assert seasons.read(labels) is None


def test_as_many_waves_as_the_year_holds_span_what_its_months_span():
    calendar = seasons.read([str(at) for at in range(1, 37)])
    _, months = seasons.columns(calendar, "months")
    _, waves = seasons.columns(calendar, "harmonics:6")
    assert months.shape == waves.shape == (36, 11)
    assert np.linalg.matrix_rank(np.column_stack([np.ones(36), months, waves])) == 12


@pytest.mark.parametrize(
    ("season", "said"), [("harmonics:7", "harmonics:6"), ("weeks", "months"), ("harmonics:0", "months")]
)
def test_a_season_that_cannot_be_gets_a_sentence(season: str, said: str):
    with pytest.raises(OptionError, match=said):
        seasons.columns(seasons.read(["1", "2"]), season)

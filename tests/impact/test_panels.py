from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import panels
from abate.impact.panels import Panel

PANEL = Panel(
    ("a", "b", "c"),
    ("1", "2", "3"),
    np.arange(9.0).reshape(3, 3),
    np.array([1, 3, 2]),
    {"x": np.ones((3, 3))},
    np.full((3, 3), 10.0),
)


def test_who_is_treated_when_follows_from_the_starts() -> None:
    assert PANEL.treated.tolist() == [[False, True, True], [False, False, False], [False, False, True]]
    assert (PANEL.ever.tolist(), PANEL.start, PANEL.cohorts) == ([True, False, True], 1, (1, 2))


def test_fewer_areas_or_periods_keep_everything_together() -> None:
    few = PANEL.only(np.array([True, False, True])).until(2)
    assert (few.units, few.times, few.first.tolist()) == (("a", "c"), ("1", "2"), [1, 2])
    assert few.outcomes.tolist() == [[0, 1], [6, 7]]
    assert few.exposure is not None
    assert few.exposure.shape == few.covariates["x"].shape == (2, 2)


def test_other_starts_make_a_placebo() -> None:
    assert PANEL.begun(np.array([3, 1, 3])).ever.tolist() == [False, True, False]


def test_arrays_of_another_shape_are_refused() -> None:
    with pytest.raises(OptionError, match="outcomes has the shape"):
        Panel(("a",), ("1", "2"), np.ones((2, 2)), np.array([2]))
    with pytest.raises(OptionError, match="first has 2 entries for 1"):
        Panel(("a",), ("1",), np.ones((1, 1)), np.array([1, 1]))


def test_gaps_are_named_for_methods_that_need_every_value() -> None:
    gappy = np.arange(9.0).reshape(3, 3)
    gappy[1, 2] = np.nan
    panel = Panel(("a", "b", "c"), ("1", "2", "3"), gappy, np.array([1, 3, 3]), outcome="robbery")
    with pytest.raises(OptionError, match="robbery is missing for b in 3: leave"):
        panel.whole("sc")
    PANEL.whole("sc")


def test_starts_are_found_by_name() -> None:
    assert panels.starts(["a", "b"], ["1", "2"], treated=["b"], begins="2").tolist() == [2, 1]


@pytest.mark.parametrize(
    ("treated", "begins", "words"),
    [
        (["Esex"], "2019", "--treated 'Esex': no such area in the panel. Did you mean 'Essex'"),
        (["Essex"], "2017", "no such period in the panel, which runs from 2018 to 2019"),
        (["Essex"], "2018", "there is nothing before it to go by"),
    ],
)
def test_a_start_that_cannot_be_is_told(treated: list[str], begins: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        panels.starts(["Essex", "Kent"], ["2018", "2019"], treated=treated, begins=begins)


def test_areas_that_share_no_period_under_the_programme_cannot_be_compared() -> None:
    gone = np.array([[9.0, 5.0, 4.0], [8.0, np.nan, np.nan], [8.0, 7.0, np.nan]])
    panel = Panel(("Essex", "Kent", "Dorset"), ("2017", "2018", "2019"), gone, np.array([1, 3, 3]), outcome="violence")
    panels.overlap(panel)
    with pytest.raises(
        OptionError, match="have violence in 2018 to 2019, those without it only in 2017: they share no"
    ):
        panels.overlap(panel.only(np.array([True, True, False])))

"""Designs against a panel: what they gather, and what a panel cannot bear."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import designs
from abate.impact.designs import Design, Predictor, Window
from abate.impact.panels import Panel

NAN = float("nan")
PANEL = Panel(
    ("Essex", "Kent", "Surrey"),
    ("2016", "2017", "2018", "2019"),
    np.array([[9.0, 8, 7, 3], [5.0, 6, 7, 8], [1.0, 2, 2, 2]]),
    np.array([3, 4, 4]),
    {"income": np.array([[NAN, 2, 4, 9], [1.0, NAN, 5, 9], [3.0, 3, NAN, 9]]), "empty": np.full((3, 4), NAN)},
    outcome="violence",
)


def of(column: str, first: str, last: str, **more: object) -> Predictor:
    return Predictor(column, Window(first, last), **more)  # type: ignore[arg-type]


def test_summaries_are_of_the_values_that_are_there() -> None:
    design = Design(
        (
            of("income", "2016", "2018"),
            of("income", "2016", "2018", summary="change"),
            of("income", "2016", "2018", summary="median"),
            of("violence", "2017", "2017", summary="value", training=Window("2016", "2016")),
        )
    )
    designs.check(design, PANEL)
    assert designs.gather(design, PANEL).tolist() == [[3.0, 2, 3, 8], [3.0, 4, 3, 6], [3.0, 0, 3, 2]]
    assert designs.gather(design, PANEL, training=True)[:, 3].tolist() == [9.0, 5.0, 1.0]
    assert design.columns == ("income", "violence")


def test_a_period_is_found_by_its_number_too() -> None:
    assert designs.span(Window("2016.0", "2018"), PANEL) == slice(0, 3)


def test_every_fault_is_told_at_once() -> None:
    design = Design(
        (
            of("incme", "2016", "2018"),
            of("empty", "2016", "2017"),
            of("income", "2018", "2016"),
            of("income", "2011", "2019", summary="sum"),
            of("violence", "2016", "2019", weight=1.0),
            of("violence", "2016", "2018", summary="value", weight=NAN),
        ),
        Window("2016", "2019"),
    )
    with pytest.raises(OptionError) as caught:
        designs.check(design, PANEL)
    said = [
        "the predictor 'incme': no such column in the panel. Did you mean 'income'?",
        "empty 2016 to 2017, mean: empty has no value from 2016 to 2017 for Essex, Kent, Surrey: take other",
        "income 2018 to 2016, mean: the window is empty, since it ends (2016) before it begins (2018)",
        "income 2011 to 2019, sum: no summary 'sum'. Known are: mean, median, value, change.",
        "income 2011 to 2019, sum: no period '2011' in the panel, which runs from 2016 to 2019",
        "violence 2016 to 2019, mean: the window ends in 2019, when the programme had begun (2019): only",
        "violence 2016 to 2018, value: a value is of one period, so from and to are the same",
        "violence 2016 to 2018, value: the weight nan is not a number of 0 or more",
        "a weight is given for some predictors and not for incme 2016 to 2018, mean, empty 2016 to 2017, mean",
        "the fit window: the window ends in 2019, when the programme had begun (2019): only periods before",
    ]
    assert len(caught.value.faults) == len(said)
    assert all(fault.startswith(words) for fault, words in zip(caught.value.faults, said, strict=True))


def test_no_predictor_and_weights_of_nothing_are_refused() -> None:
    with pytest.raises(OptionError, match="names no predictor"):
        designs.check(Design(()), PANEL)
    with pytest.raises(OptionError, match="all 0"):
        designs.check(Design((of("income", "2016", "2018", weight=0.0),)), PANEL)


def test_the_usual_design_has_means_and_three_earlier_outcomes() -> None:
    design = designs.usual(PANEL, ["income"])
    assert [one.name for one in design.predictors] == [
        "income 2016 to 2018, mean",
        "violence 2018",
        "violence 2017",
        "violence 2016",
    ]
    designs.check(design, PANEL)

from dataclasses import replace

import pytest

from abate.errors import OptionError
from abate.impact import inferences, methods
from abate.impact.effects import Setting
from impact import regions


def test_the_first_inference_that_has_a_figure_gives_it() -> None:
    panel = regions.panel(1, areas=25)
    both = methods.estimate(panel, Setting("sc", inference=("jackknife", "placebo")))
    jackknife = methods.estimate(panel, Setting("sc", inference=("jackknife",)))
    placebo = methods.estimate(panel, Setting("sc", inference=("placebo",)))
    assert (both.low, both.high) == (jackknife.low, jackknife.high)
    assert (both.se, both.p) == (placebo.se, placebo.p)
    assert both.diagnostics["intervals"] == {
        "jackknife": [jackknife.low, jackknife.high],
        "placebo": [placebo.low, placebo.high],
    }


def test_what_a_method_does_not_have_is_said() -> None:
    with pytest.raises(OptionError, match=r"--inference analytic: sc does not have it. Known are"):
        methods.estimate(regions.panel(1, areas=25), Setting("sc", inference=("analytic",)))


def test_what_is_the_methods_own_is_left_to_it() -> None:
    effect = methods.estimate(regions.panel(1, areas=25), Setting("sc"))
    asked = replace(effect, setting=Setting("sc", inference=("analytic",)))
    assert inferences.fill(asked, own={"analytic": "closed form"}) == asked

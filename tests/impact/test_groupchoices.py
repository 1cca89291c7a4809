"""The options of group-time effects: what is wrong is said, all at once, with what would be right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact.effects import Setting
from abate.impact.groupchoices import Choices, choose
from impact.rollouts import rollout


def test_without_options_the_estimate_is_doubly_robust_with_a_varying_base() -> None:
    panel = rollout(1)
    assert choose(Setting("cs"), panel) == Choices("dr", "varying", 0, "drop", "none", None, "mammen", None)
    exposed = replace(panel, exposure=np.ones(panel.outcomes.shape))
    assert choose(Setting("cs"), exposed).weights == "none"
    options = {"weights": "exposure", "anticipation": "1"}
    assert choose(Setting("cs", options=options), exposed) == Choices(anticipation=1, weights="exposure")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"estimater": "dr"}, "cs has no option 'estimater'. Did you mean 'estimator'?"),
        ({"estimator": "drr"}, "cs, estimator 'drr': no such choice. Did you mean 'dr'? Known are: dr, reg, ipw."),
        ({"anticipation": -1}, "cs, anticipation '-1': is a whole number of periods, 0 or more"),
        ({"anticipation": "soon"}, "cs, anticipation 'soon': is a whole number of periods, 0 or more"),
        ({"balance": 1.5}, "cs, balance '1.5': is a whole number of periods, 0 or more"),
        ({"weights": "exposure"}, "the panel has no exposure: name its column with --exposure"),
        ({"clusters": "y"}, "cs, covariate 'y': no such column in the panel. Known are: x."),
    ],
)
def test_a_wrong_option_gets_a_sentence(options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        choose(Setting("cs", options=options), rollout(1))
    assert said in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    setting = Setting("cs", covariates=("z",), inference=("placebo",), options={"base": "none", "gap": "drop"})
    with pytest.raises(OptionError) as caught:
        choose(setting, rollout(1))
    assert len(caught.value.faults) == 4
    assert "--inference placebo: the errors of cs come from influence functions" in str(caught.value)

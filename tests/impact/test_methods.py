from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import methods
from abate.impact.effects import Setting
from abate.impact.panels import Panel


@pytest.mark.parametrize("name", methods.METHODS)
def test_every_method_stands_where_it_is_said(name: str) -> None:
    assert callable(import_module(f"abate.impact.{methods.METHODS[name]}").estimate)


def test_a_mistyped_method_is_answered_with_the_nearest() -> None:
    panel = Panel(("a",), ("1",), np.ones((1, 1)), np.array([1]))
    with pytest.raises(OptionError, match="Did you mean 'sdid'"):
        methods.estimate(panel, Setting("sdidd"))

"""The methods by name, and the one function that runs any: a placebo is then the same run on another panel."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from abate.impact.effects import Effect, Setting
    from abate.impact.panels import Panel

METHODS = {
    "sc": "synthetic",
    "sc-predictors": "predictors",
    "ascm": "augmented",
    "sdid": "weighteddifferences",
    "did": "differences",
    "cs": "grouptimes",
    "ife": "interactive",
    "mc": "completion",
    "fepois": "poissonpanels",
    "its": "interrupted",
    "recommended": "recommended",
    "calibrate": "calibrated",
}


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate what a programme did, by the method that the setting names.

    Raises `OptionError` for a method that is not there, or a panel that the method cannot work on.
    """
    if setting.method not in METHODS:
        raise OptionError(f"--method '{setting.method}': no such method. {nearest(setting.method, list(METHODS))}")
    found: Effect = import_module(f"abate.impact.{METHODS[setting.method]}").estimate(panel, setting)
    return found

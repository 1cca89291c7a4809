"""What can be chosen for group-time effects beside the setting: a wrong option gets a sentence.

`estimator`: `dr` (doubly robust, the default), `reg` (outcome regression) or `ipw` (inverse probability weighting).
`base`: `varying` (the default: before the start each period is compared with the one before it, after the start with
the last one before it) or `universal` (always with the last period before the start). `anticipation`: how many periods
before the start areas may already have reacted. `gaps`: `drop` leaves out areas that lack a value in any period (the
default), `pairs` uses for each effect the areas that have both its periods. `weights`: `none` counts all areas
alike (the default), `exposure` counts each by the panel's exposure. `clusters`: a covariate that numbers the
clusters, such as regions, in which areas move together. `multiplier`: `mammen` or `rademacher`, for the bootstrap.
`balance`: average the event times only over groups seen at least that many periods after their start.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from abate.impact.effects import Setting
    from abate.impact.panels import Panel
    from abate.stats.bands import Multiplier
    from abate.stats.doublyrobust import How

Base = Literal["varying", "universal"]
Gaps = Literal["drop", "pairs"]
Weights = Literal["exposure", "none"]

_WHOLE = ("anticipation", "balance")
_WORDS = {
    "estimator": ("dr", "reg", "ipw"),
    "base": ("varying", "universal"),
    "gaps": ("drop", "pairs"),
    "weights": ("exposure", "none"),
    "multiplier": ("mammen", "rademacher"),
}
_INFERENCE = ("analytic", "bootstrap")


@dataclass(frozen=True)
class Choices:
    """The options of group-time effects, as the module tells them."""

    estimator: How = "dr"
    base: Base = "varying"
    anticipation: int = 0
    gaps: Gaps = "drop"
    weights: Weights = "none"
    clusters: str | None = None
    multiplier: Multiplier = "mammen"
    balance: int | None = None


def choose(setting: Setting, panel: Panel) -> Choices:
    """Read the options of a setting; raises `OptionError` with a sentence for each that is not right.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> import numpy as np
    >>> panel = Panel(("Essex", "Kent"), ("1", "2"), np.ones((2, 2)), np.array([1, 2]))
    >>> choose(Setting("cs", options={"gaps": "pair"}), panel)
    Traceback (most recent call last):
    abate.errors.OptionError: cs, gaps 'pair': no such choice. Did you mean 'pairs'? Known are: drop, pairs.
    """
    known = [one.name for one in fields(Choices)]
    faults = [
        f"cs has no option '{name}'. {nearest(name, known)}" for name in setting.options if name not in known
    ] + _unknown(setting, panel)
    given: dict[str, Any] = {name: value for name, value in setting.options.items() if name in known}
    for name, value in dict(given).items():
        if name in _WHOLE:
            whole = _whole(value)
            faults += [] if whole is not None else [f"cs, {name} '{value}': is a whole number of periods, 0 or more"]
            given[name] = whole
        elif name in _WORDS and value not in _WORDS[name]:
            faults.append(f"cs, {name} '{value}': no such choice. {nearest(str(value), _WORDS[name])}")
    if given.get("weights") == "exposure" and panel.exposure is None:
        faults.append("cs, weights 'exposure': the panel has no exposure: name its column with --exposure")
    if faults:
        raise OptionError(*faults)
    return Choices(**given)


def _unknown(setting: Setting, panel: Panel) -> list[str]:
    clusters = setting.options.get("clusters")
    named = [*setting.covariates, *([] if clusters is None else [str(clusters)])]
    return [
        f"cs, covariate '{name}': no such column in the panel. {nearest(name, list(panel.covariates))}"
        for name in named
        if name not in panel.covariates
    ] + [
        f"--inference {name}: the errors of cs come from influence functions: analytic or bootstrap"
        for name in setting.inference
        if name not in _INFERENCE
    ]


def _whole(value: Any) -> int | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number >= 0 and number.is_integer() else None

"""An effect in sentences that carry their interval; a null is said as plainly as a success."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.impact import effects

if TYPE_CHECKING:
    from abate.impact.effects import Effect


def sentences(effect: Effect) -> list[str]:
    """Say what a programme did: the mean effect, in per cent of what was expected, and in all."""
    return [line for line in (headline(effect), in_all(effect), fitted(effect)) if line]


def headline(effect: Effect) -> str:
    """Say the effect with its interval, and whether it is clear.

    A rate ratio is said as a change in per cent; another effect in the outcome's unit and, where the method says what
    was expected, in per cent of that.
    """
    whose = effect.panel.outcome + _where(effect)
    if effect.setting.method in effects.RATIOS:
        plus = 1.0 if effect.setting.method == "fepois" else 0.0
        ratio, low, high = (None if one is None else one + plus for one in (effect.value, effect.low, effect.high))
        said = f"{_change(ratio)}{_interval(low, high, effect, change=True)}"
        clear = low is not None and high is not None and (low > 1 or high < 1)
        return f"{whose}: {said}. {_verdict(low, clear=clear)}"
    share = share_of_expected(effect)
    per_cent = "" if share is None else f", {abs(share):.1%} {'fewer' if share < 0 else 'more'} than expected"
    said = (
        f"{_signed(effect.value)} a period and area{per_cent}{_interval(effect.low, effect.high, effect, change=False)}"
    )
    clear = effect.low is not None and effect.high is not None and (effect.low > 0 or effect.high < 0)
    return f"{whose}: {said}. {_verdict(effect.low, clear=clear)}"


def share_of_expected(effect: Effect) -> float | None:
    """Give the effect as a share of what was expected in the treated areas and periods; None where that is not said.

    Outcomes below zero, such as logarithms, have no shares.
    """
    if effect.counterfactual is None:
        return None
    cells = effect.panel.treated & np.isfinite(effect.panel.outcomes) & np.isfinite(effect.counterfactual)
    expected = float(effect.counterfactual[cells].sum())
    if not cells.any() or expected <= 0 or float(effect.panel.outcomes[cells].min()) < 0:
        return None
    return float(effect.panel.outcomes[cells].sum()) / expected - 1


def in_all(effect: Effect) -> str:
    """Say how many were prevented in all treated areas and periods; nothing for outcomes that do not add up."""
    total = effects.prevented(effect)
    if total is None or float(np.nanmin(effect.panel.outcomes)) < 0:
        return ""
    value, low, high = total
    word = "fewer" if value >= 0 else "more"
    between = "" if low is None or high is None else f" ({_range(low, high)}, {effect.setting.level:.0%} interval)"
    return f"In all {abs(value):,.0f} {word} than expected{between}."


def fitted(effect: Effect) -> str:
    """Say how well the time before is met, where the method meets it."""
    if effect.pre_rmse is None:
        return ""
    return f"Before the start the fit is off by {_signed(effect.pre_rmse).lstrip('+')} a period (root mean square)."


def _where(effect: Effect) -> str:
    names = [unit for unit, had in zip(effect.panel.units, effect.panel.ever, strict=True) if had]
    if names == [effect.panel.outcome]:
        return ""
    return f" in {names[0]}" if len(names) == 1 else f" in {len(names):,} areas"


def _change(ratio: float | None) -> str:
    if ratio is None:
        return "not known"
    return f"{abs(ratio - 1):.1%} {'fewer' if ratio < 1 else 'more'} (rate ratio {ratio:.3f})"


def _interval(low: float | None, high: float | None, effect: Effect, *, change: bool) -> str:
    if low is None or high is None:
        return ""
    level = f"{effect.setting.level:.0%} interval"
    if change:
        ends = " to ".join(f"{abs(end - 1):.1%} {'fewer' if end < 1 else 'more'}" for end in (low, high))
        return f", {level} {ends}"
    return f" ({level} {_signed(low)} to {_signed(high)})"


def _signed(value: float) -> str:
    """Say a change to four figures, or whole from a thousand on.

    >>> _signed(-32.7912), _signed(1334.6)
    ('-32.79', '+1,335')
    """
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.4g}"


def _range(low: float, high: float) -> str:
    if low >= 0:
        return f"{low:,.0f} to {high:,.0f} fewer"
    if high <= 0:
        return f"{-high:,.0f} to {-low:,.0f} more"
    return f"{-low:,.0f} more to {high:,.0f} fewer"


def _verdict(low: float | None, *, clear: bool) -> str:
    if low is None:
        return "How sure this is was not reckoned."
    return "This is a clear difference." if clear else "This is not a clear difference: none at all is possible too."

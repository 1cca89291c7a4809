"""What a trial found, in words: the paragraph that is read aloud, and rows of tables."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abate.trials.analyses import Analysis, AsDrawn
    from abate.trials.effects import Effect
    from abate.trials.schemes import Scheme

NOUNS = {"incidents": "incidents", "any": "days with any incident", "harm": "harm"}


def paragraph(analysis: Analysis, scheme: Scheme) -> str:
    """Say what was found as it could be read aloud: the result, how sure, and what stands beside it."""
    lines = [_setting(analysis, scheme), _result(analysis)]
    lines.append(analysis.carry_over.advice)
    if analysis.buffers is not None:
        lines.append(analysis.buffers.verdict)
    if analysis.harm is not None:
        lines.append(_harm(analysis.harm))
    if analysis.dose is not None and analysis.dose.complier is not None:
        comply = analysis.dose.compliance
        lines.append(
            f"{comply.drawn_visited:.0%} of place-days drawn for patrol had a visit, and {comply.usual_visited:.0%} of "
            f"the others; a visit that took place went with {analysis.dose.complier.ratio}."
        )
    return " ".join(lines)


def _setting(analysis: Analysis, scheme: Scheme) -> str:
    sizes = analysis.sizes
    how = {
        "daily": "Chance decided each day which places were patrolled",
        "parallel": "Chance decided which places were patrolled throughout",
        "pairs": "Chance decided which place of each pair was patrolled",
    }[scheme.kind]
    return (
        f"{how}: {sizes['treated']:,} of {sizes['place_days']:,} place-days, with {sizes['events']:,} incidents in all."
    )


def _result(analysis: Analysis) -> str:
    """Say the primary outcome's effect; a null as plainly as a success."""
    asked = analysis.asked
    p: float | None
    if asked.primary == "any":
        told, p = analysis.risk, analysis.risk.p
        what = f"The chance of any incident on a place-day drawn for patrol: {points(told)}"
    else:
        drawn = analysis.harm if asked.primary == "harm" and analysis.harm is not None else analysis.incidents
        told = headline(drawn)
        p = drawn.p
        noun = NOUNS[drawn.outcome]
        what = f"{noun.capitalize()} on place-days drawn for patrol, beside the others: {told}"
    how = "by the model" if asked.primary == "any" else f"from {analysis.draws:,} redraws of the schedule"
    clear = "a clear difference" if told.clear else "no clear difference"
    return f"{what}: {clear} (p {chance(p)} {how})."


def headline(drawn: AsDrawn) -> Effect:
    """Choose the effect that stands for an outcome: the ratio of incidents, the difference of harm.

    Where one side had no incident there is no ratio, and the difference stands.
    """
    if drawn.outcome == "harm":
        return drawn.redrawn_difference
    return drawn.ratio if isfinite(drawn.ratio.value) else drawn.redrawn_difference


def _harm(harm: AsDrawn) -> str:
    told = harm.redrawn_difference
    p = "" if told.p is None else f" (p {chance(told.p)})"
    return f"Harm: {told}{p}."


def points(effect: Effect) -> str:
    """Say a difference of chances in percentage points.

    >>> from abate.trials.effects import Effect
    >>> points(Effect("any incident", "risk difference", "x", -0.04, -0.07, 0.01, 0.95, 0.1, "x"))
    '4.0 points lower, 95% interval 7.0 points lower to 1.0 points higher'
    """
    if not isfinite(effect.value):
        return "cannot be reckoned from these data"
    return f"{_point(effect.value)}, {effect.level:.0%} interval {_point(effect.low)} to {_point(effect.high)}"


def _point(share: float) -> str:
    if not isfinite(share):
        return "no bound"
    told = f"{abs(share) * 100:.1f}"
    return "no change" if float(told) == 0 else f"{told} points {'higher' if share > 0 else 'lower'}"


def chance(p: float | None) -> str:
    """Say a p-value.

    >>> chance(0.0312), chance(0.00003), chance(None)
    ('0.031', 'below 0.001', 'not reckoned')
    """
    if p is None or not isfinite(p):
        return "not reckoned"
    return f"{p:.3f}" if p >= 0.0005 else "below 0.001"


def said(effect: Effect) -> str:
    """Say an effect in the words of its measure."""
    return points(effect) if effect.measure == "risk difference" else str(effect)

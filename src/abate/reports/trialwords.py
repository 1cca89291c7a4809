"""What a trial found, in words: the paragraph that is read aloud, and rows of tables."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abate.trials.analyses import Analysis, AsDrawn
    from abate.trials.buffers import Buffers
    from abate.trials.carryover import CarryOver
    from abate.trials.effects import Effect
    from abate.trials.schemes import Scheme

NOUNS = {"incidents": "incidents", "any": "days with any incident", "harm": "harm"}


def paragraph(analysis: Analysis, scheme: Scheme) -> str:
    """Say what was found as a commander can read it aloud: three to five plain sentences, a null like a success."""
    lines = [_setting(scheme), _result(analysis), _lasting(analysis.carry_over)]
    if analysis.buffers is not None:
        lines.append(_rings(analysis.buffers))
    elif analysis.harm is not None and analysis.asked.primary != "harm":
        lines.append(f"Harm a place-day on days drawn for patrol: {analysis.harm.redrawn_difference}.")
    return " ".join(lines)


def _setting(scheme: Scheme) -> str:
    how = {
        "daily": "Chance decided each day which places were patrolled",
        "parallel": "Chance decided which places were patrolled throughout",
        "pairs": "Chance decided which place of each pair was patrolled",
        "stepped": "Chance decided in which order patrols began, and they then stayed",
    }[scheme.kind]
    return f"{how}, for {scheme.days} days."


def _result(analysis: Analysis) -> str:
    """Say the primary outcome's effect and how sure it is; a null as plainly as a success."""
    told, p, noun = primary(analysis)
    return f"{noun.capitalize()} on days drawn for patrol, beside other days: {said(told)}. {_verdict(told, p)}"


def primary(analysis: Analysis) -> tuple[Effect, float | None, str]:
    """Give the effect that decides the trial, its p-value, and what is counted."""
    if analysis.asked.primary == "any":
        return analysis.risk, analysis.risk.p, "the chance of any incident"
    drawn = analysis.harm if analysis.asked.primary == "harm" and analysis.harm is not None else analysis.incidents
    return headline(drawn), drawn.p, NOUNS[drawn.outcome]


def _verdict(told: Effect, p: float | None) -> str:
    if not isfinite(told.value):
        return "So this trial cannot say what patrols did."
    chances = "" if p is None else f"; were patrols to do nothing, chance alone would show as much {odds(p)}"
    sure = p is None or p < 1 - told.level
    if told.clear and sure:
        return f"That is a clear difference{chances}."
    if told.clear or (p is not None and sure):
        return f"That is a difference on the edge, on which two ways of reckoning do not agree{chances}."
    return f"That is no clear difference: this trial does not show that patrols changed anything{chances}."


def odds(p: float) -> str:
    """Say a p-value as so many times in so many.

    >>> odds(0.31), odds(0.004), odds(0.0001), odds(0.996)
    ('about 31 times in 100', 'about 4 times in 1,000', 'fewer than 1 time in 1,000', 'nearly always')
    """
    if p >= 0.995:
        return "nearly always"
    if p < 0.0005:
        return "fewer than 1 time in 1,000"
    many = 100 if p >= 0.0095 else 1000
    times = round(p * many)
    return f"about {times} time{'' if times == 1 else 's'} in {many:,}"


def _lasting(carry: CarryOver) -> str:
    p = carry.p if carry.p_redraws is None else carry.p_redraws
    if carry.adjusted is None or p is None:
        return "Whether patrol lasts into later days, this design cannot tell."
    if p < 1 - carry.raw.level:
        return f"Patrol lasted into later days; allowing for that, patrol days had: {carry.adjusted}."
    return "There was no clear sign that patrol lasts into later days."


def _rings(buffers: Buffers) -> str:
    ring = buffers.ring
    if not ring.clear:
        meant = "no clear sign that crime moved there, nor that the benefit spread"
    elif ring.value > 1:
        meant = "some crime moved there" if buffers.site.value < 1 else "more there too"
    else:
        meant = "the benefit spread there" if buffers.site.value < 1 else "fewer there"
    return f"In the rings about the places incidents were {ring}: {meant}."


def headline(drawn: AsDrawn) -> Effect:
    """Choose the effect that stands for an outcome: the ratio of incidents, the difference of harm.

    Where one side had no incident there is no ratio, and the difference stands.
    """
    if drawn.outcome == "harm":
        return drawn.redrawn_difference
    return drawn.ratio if isfinite(drawn.ratio.value) else drawn.redrawn_difference


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

"""What calibration weights found, in words and rows that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abate.impact.calibrated import GIVEN_UP

if TYPE_CHECKING:
    from abate.impact.calibration import Calibration, Outcome

HEADINGS = ("Outcome", "Observed", "Expected", "Change", "Interval", "p lin.", "p clust.", "p perm.", "p jack.")
_CLOSE = 1e-6
_ODD = 0.05
_FEW_TREATED = 10
_FEW_EFFECTIVE = 10


def sentences(found: Calibration) -> list[str]:
    """Say each outcome's answer, summed to the last end, and what all say together."""
    results, design = found.results[-1], found.design
    said = [_sentence(name, one, design.level) for name, one in results.outcomes.items()]
    together = results.omnibus.p_permutation
    if len(results.outcomes) > 1 and together is not None:
        said.append(
            f"All outcomes together: permutation p {together:.3g} ({found.placebos:,} random groups of blocks)."
        )
    return said


def _sentence(name: str, one: Outcome, level: float) -> str:
    counts = f"{name}: {one.observed:,.0f} seen where {one.expected:,.1f} were to be expected"
    if one.change is None:
        return f"{counts}; no ratio can be given."
    way = "fewer" if one.change < 0 else "more"
    between = "" if one.low is None or one.high is None else f", {level:.0%} interval {one.low:+.1%} to {one.high:+.1%}"
    chance = "" if one.p_permutation is None else f"; permutation p {one.p_permutation:.3g}"
    return f"{counts}, {abs(one.change):.1%} {way}{between}{chance}."


def rows(found: Calibration) -> list[tuple[str, ...]]:
    """Give a row an outcome, summed to the last end, and one for all together."""
    results = found.results[-1]
    told = [
        (
            name,
            f"{one.observed:,.0f}",
            f"{one.expected:,.2f}",
            "" if one.change is None else f"{one.change:+.1%}",
            "" if one.low is None or one.high is None else f"{one.low:+.1%} to {one.high:+.1%}",
            *(_p(value) for value in (one.p_linear, one.p_clustered, one.p_permutation, one.p_jackknife)),
        )
        for name, one in results.outcomes.items()
    ]
    all_of = results.omnibus
    chances = (all_of.p_linear, all_of.p_clustered, all_of.p_permutation, all_of.p_jackknife)
    return [*told, ("all together", "", "", "", "", *(_p(value) for value in chances))]


def _p(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def balance(found: Calibration) -> list[dict[str, Any]]:
    """Give each total before the start: of the treated, of the weighted others, and of all scaled to the treated.

    `exact` tells whether it had to agree; totals that were not asked for on the rung reached are left out, save sums.
    """
    treated, columns = found.blocks.treated, found.ladder.columns
    share = float(treated.sum()) / len(treated)
    return [
        {
            "total": total.words,
            "kind": total.kind,
            "treated": float(columns[treated, place].sum()),
            "weighted": float(columns[treated, place].sum() + found.weighed.misfit[place]),
            "all_scaled": float(columns[:, place].sum() * share),
            "exact": bool(found.weighed.exact[place]),
        }
        for place, total in enumerate(found.ladder.totals)
        if total.kind != "sum" or found.weighed.exact[place]
    ]


def relaxed(found: Calibration) -> list[str]:
    """Name the totals that came out only nearly, with by how much."""
    scale = np.maximum(np.abs(found.ladder.columns[found.blocks.treated].sum(axis=0)), 1.0)
    return [
        f"{total.words}: off by {gap:+.3g}"
        for total, gap, size in zip(found.ladder.totals, found.weighed.misfit, scale, strict=True)
        if total.kind != "sum" and abs(gap) > _CLOSE * size
    ]


def notes(found: Calibration) -> tuple[str, ...]:
    """Say what a reader has to know before using the figures."""
    said = []
    own = int(found.blocks.treated.sum())
    if found.weighed.rung:
        said.append(
            f"No weights of 0 or more match everything: {GIVEN_UP[found.weighed.rung]}. Totals that do not agree: "
            f"{'; '.join(relaxed(found)[:5]) or 'none worth naming'}."
        )
    if own < _FEW_TREATED:
        said.append(f"Only {own} treated blocks: linearised errors are too small then; go by the permutation p.")
    if found.effective < _FEW_EFFECTIVE:
        said.append(f"The weights scatter like {found.effective:.1f} blocks of equal weight: few blocks carry them.")
    if found.placebos_relaxed:
        said.append(
            f"{found.placebos_relaxed:,} of {found.placebos:,} random groups could not be matched as strictly as the "
            "treated blocks; they are ranked all the same."
        )
    if found.jackknife_relaxed:
        said.append(
            f"{found.jackknife_relaxed:,} of {found.jackknife_groups:,} jackknife groups could not be matched as "
            "strictly: do not go by the jackknife here."
        )
    said += [
        f"{name}: when a block's periods count as one draw, p is {one.p_clustered:.3f}, not {one.p_linear:.3f}. The "
        "linearised figure holds only where single blocks have no lasting ups and downs: go by the permutation p."
        for name, one in found.results[-1].outcomes.items()
        if one.p_linear is not None and one.p_clustered is not None and one.p_linear < _ODD <= one.p_clustered
    ]
    return tuple(said)

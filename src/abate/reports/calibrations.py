"""A comparison by calibration weights as a report: outcomes, what agreed before the start, weights, how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.impact import calibrationwords
from abate.reports.chapters import WORKING_COPY, Bullets, Chapter, Paragraph, Report, Table, kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from abate.impact.calibration import Calibration

_TESTS = {"lower": "a fall", "upper": "a rise", "twosided": "any change"}


def report(found: Calibration, *, made: Sequence[tuple[str, str]], made_on: date) -> Report:
    """Lay the comparison out in chapters; `made` are pairs of how it was made, as provenance gives them."""
    notes = calibrationwords.notes(found)
    chapters = (
        Chapter("outcomes", "What was seen and what was to be expected", _outcomes(found)),
        Chapter("balance", "What agreed before the start", _balance(found)),
        Chapter("known", "What has to be known", (Bullets(notes),)) if notes else None,
        Chapter("method", "How the figures came about", _method(found)),
        Chapter("made", "How this was made", (Table("How this was made", "", (), tuple(made)),)),
    )
    return Report(
        "What a programme in small areas did",
        WORKING_COPY,
        " ".join(calibrationwords.sentences(found)),
        kept(chapters),
        ("A comparison with weighted places, not a trial: places were not drawn by lot.",),
        made_on,
    )


def tables(found: Calibration) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Give the tables that go with the report: weights above 0, outcomes by end, and the balance."""
    held = found.weighed.weights
    weights = [
        {"block": found.blocks.ids[at], "treated": int(found.blocks.treated[at]), "weight": float(held[at])}
        for at in np.flatnonzero(held > 0)
    ]
    outcomes = [
        {
            "end": results.end,
            "outcome": name,
            "observed": one.observed,
            "expected": one.expected,
            "change": one.change,
            "low": one.low,
            "high": one.high,
            "p_linear": one.p_linear,
            "p_clustered": one.p_clustered,
            "p_permutation": one.p_permutation,
            "p_jackknife": one.p_jackknife,
        }
        for results in found.results
        for name, one in results.outcomes.items()
    ]
    return {"weights.csv": weights, "outcomes.csv": outcomes, "balance.csv": calibrationwords.balance(found)}


def _outcomes(found: Calibration) -> tuple[Paragraph | Table, ...]:
    design = found.design
    return (
        Paragraph(
            f"Summed from the start to {found.results[-1].end}. The tests ask for {_TESTS[design.test]}; the interval "
            f"({design.level:.0%}) is linearised, on the ratio."
        ),
        Table(
            "Outcomes",
            "Four p-values: linearised, the same with a block's periods as one draw, random groups, jackknife.",
            calibrationwords.HEADINGS,
            tuple(calibrationwords.rows(found)),
            frozenset(range(1, len(calibrationwords.HEADINGS))),
        ),
    )


def _balance(found: Calibration) -> tuple[Paragraph | Table, ...]:
    rows = tuple(
        (
            str(row["total"]),
            f"{row['treated']:,.1f}",
            f"{row['weighted']:,.1f}",
            f"{row['all_scaled']:,.1f}",
            "exactly" if row["exact"] else "nearly",
        )
        for row in calibrationwords.balance(found)
    )
    held = found.weighed.weights[~found.blocks.treated]
    return (
        Paragraph(
            f"{int((held > 0).sum()):,} of {len(held):,} untreated blocks have a weight above 0; they scatter like "
            f"{found.effective:,.0f} blocks of equal weight. The largest weight is {held.max():.2f}, where a treated "
            "block has 1."
        ),
        Table(
            "Totals before the start",
            "The last but one column is all blocks, scaled to the number treated.",
            ("Total", "Treated", "Weighted", "All, scaled", "Had to agree"),
            rows,
            frozenset({1, 2, 3}),
        ),
    )


def _method(found: Calibration) -> tuple[Paragraph, ...]:
    return (
        Paragraph(
            "Untreated blocks get weights of 0 or more that reproduce the treated blocks' totals before the start and "
            "otherwise lie as close to equal as they can. What they show after the start, weighted, is what would have "
            "been expected, if blocks that were alike before would have stayed alike."
        ),
        Paragraph(
            f"Random groups: {found.placebos:,}, each of as many blocks as were treated and weighed anew. Jackknife: "
            f"{found.jackknife_groups:,} groups left out in turn."
        ),
    )

"""The chapter on visits that took place: how far they followed the draw, what one does, what goes with longer stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.reports import trialcharts, trialwords
from abate.reports.chapters import Chapter, Figure, Paragraph, Table

if TYPE_CHECKING:
    from abate.reports.chapters import Block, Lines
    from abate.trials.analyses import Analysis, Dose

KOPER = (10.0, 16.0, "10 to 16 minutes")


def chapter(analysis: Analysis, lines: Lines) -> Chapter | None:
    """Tell of visits; None where nothing is known of them."""
    dose = analysis.dose
    if dose is None:
        return None
    comply = dose.compliance
    blocks: list[Block] = [
        Paragraph(
            f"{comply.drawn_visited:.0%} of place-days drawn for patrol had a visit of at least "
            f"{analysis.asked.least_minutes:g} minutes, and {comply.usual_visited:.0%} of the others ({dose.source})."
        )
    ]
    if dose.complier is not None:
        ratio = dose.complier.ratio
        blocks.append(
            Paragraph(lines.point(ratio.assumes, f"With the draw as instrument, visits that took place: {ratio}."))
        )
        if dose.measured:
            tens = dose.complier.per_ten_minutes
            blocks.append(Paragraph(lines.point(tens.assumes, f"Ten minutes of presence: {tens}.")))
    blocks += _stays(dose, lines)
    return Chapter("dose", "What visits did that took place", tuple(blocks))


def _stays(dose: Dose, lines: Lines) -> list[Block]:
    """Show ratios against minutes of stay: observed, with the shape of Koper's finding marked and not assumed."""
    if not dose.bands:
        return []
    rows = [trialcharts.Row(band.label, band.effect.value, band.effect.low, band.effect.high) for band in dose.bands]
    minutes = tuple(band.minutes for band in dose.bands)
    axis = trialcharts.Axis(minutes, tuple(f"{each:.0f}" for each in minutes), "mean minutes of the stay", KOPER)
    drawn = trialcharts.profile(rows, axis, name="stays", title="Ratio by length of stay")
    caption = (
        "Ratio to place-days without a stay. Observed, not drawn: days with longer stays may differ from others in "
        "ways that nobody recorded. Grey: the stay that Koper (1995) found best, shown and not assumed."
    )
    listed = tuple(
        (
            band.label,
            f"{band.minutes:.1f}",
            trialwords.said(band.effect),
            f"{band.place_days:,}",
            lines.point(band.effect.assumes),
        )
        for band in dose.bands
    )
    told = (
        "Place-days by length of stay against those with none. Descriptive: no shape is assumed, and none is shown to "
        "be caused."
    )
    headings = ("Stay", "Mean minutes", "Effect", "Place-days", "Assumes")
    return [
        Figure(drawn, trialcharts.spoken(rows), caption),
        Table("Length of stay", told, headings, listed, numbers=frozenset({1, 3})),
    ]

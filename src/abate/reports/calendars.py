"""Small pictures of what is there by month, as SVG: a row of squares a force, and bars with the gaps left open."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from abate import periods
from abate.reports import charts, wording

if TYPE_CHECKING:
    import pandas as pd

_STATUS = {
    "present": ("#5b7c99", "held"),
    "suspicious": ("#e0a526", "held, fewer than half of usual"),
    "missing": ("#ffffff", "missing"),
}
_SQUARE, _ROW, _LABEL, _BROAD = 16.0, 22.0, 150.0, 1180.0
_GAP = "#b3402a"


def coverage(rows: pd.DataFrame, *, name: str) -> str:
    """Draw a row of squares a force, one square a month: held, held with few rows, or missing.

    `rows` is one kind's part of the table `coverage`. A missing month is an empty square with a cross.
    """
    months = periods.months(str(rows["month"].min()), str(rows["month"].max()))
    forces = sorted(str(force) for force in rows["force"].unique())
    step = max(9.0, min(_SQUARE, (_BROAD - _LABEL) / len(months)))
    place = {month: index for index, month in enumerate(months)}
    row_of = {force: index for index, force in enumerate(forces)}
    squares = "".join(
        _square(_LABEL + place[str(row.month)] * step, 20 + row_of[str(row.force)] * _ROW, str(row.status), step - 2)
        for row in rows.itertuples()
    )
    labels = "".join(_text(0, 20 + index * _ROW + 12, force, size=13) for force, index in row_of.items())
    bottom = 20 + len(forces) * _ROW
    legend, width = _legend(bottom + 8)
    gaps = rows[rows["status"] == "missing"]
    told = (
        f"{len(forces)} forces from {wording.month(months[0])} to {wording.month(months[-1])};"
        f" {len(gaps)} months missing, {int((rows['status'] == 'suspicious').sum())} with few rows."
    )
    return charts.svg(
        _years(months, _LABEL, step, 12) + squares + labels + legend,
        width=max(_LABEL + len(months) * step, width) + 8,
        height=bottom + 34,
        name=name,
        told=told,
        title="Months held by force",
    )


def volume(rows: pd.DataFrame, *, name: str) -> str:
    """Draw one force's incidents by month as bars; a month that is not there is left open and marked.

    `rows` has `month` and `incidents`.
    """
    counts = dict(zip(rows["month"].astype(str), rows["incidents"].astype(int), strict=True))
    months = periods.months(min(counts), max(counts))
    peak = max(*counts.values(), 1)
    left, base, top = 60.0, 104.0, 14.0
    step = max(9.0, min(22.0, 470 / len(months)))
    drawn = "".join(
        _bar(left + index * step, step, base, (base - top) * counts[month] / peak)
        if month in counts
        else _open(left + index * step, step, base)
        for index, month in enumerate(months)
    )
    scale = _text(left - 6, top + 5, f"{peak:,}", anchor="end") + _text(left - 6, base, "0", anchor="end")
    rule = f'<path d="M{left:g} {base:g}h{len(months) * step:g}" stroke="{charts.QUIET}"/>'
    ruled = f'<path d="M{left:g} {top:g}h{len(months) * step:g}" stroke="{charts.RULE}" stroke-dasharray="2 3"/>'
    missing = [month for month in months if month not in counts]
    told = ", ".join(f"{wording.month(month)} {counts[month]:,}" for month in months if month in counts)
    left_out = f"; missing: {', '.join(wording.month(month) for month in missing)}" if missing else ""
    return charts.svg(
        ruled + drawn + rule + scale + _years(months, left, step, base + 16),
        width=left + len(months) * step + 8,
        height=base + 24,
        name=name,
        told=f"{told}{left_out}.",
        title="Incidents by month",
    )


def _square(x: float, y: float, status: str, side: float = _SQUARE - 2) -> str:
    colour = _STATUS[status][0]
    edge = charts.QUIET if status != "missing" else _GAP
    box = f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" fill="{colour}" stroke="{edge}"/>'
    if status == "missing":
        cross = f"M{x + 3:g} {y + 3:g}l{side - 6:g} {side - 6:g}m0 {6 - side:g}l{6 - side:g} {side - 6:g}"
        return f'{box}<path d="{cross}" stroke="{_GAP}" stroke-width="1.5"/>'
    if status == "suspicious":
        return f'{box}<path d="M{x:g} {y + side:g}l{side:g} {-side:g}" stroke="{charts.INK}"/>'
    return box


def _legend(y: float) -> tuple[str, float]:
    drawn, x = "", 0.0
    for status, (_, words) in _STATUS.items():
        drawn += _square(x, y, status) + _text(x + _SQUARE + 4, y + 12, words)
        x += _SQUARE + 18 + len(words) * 6.4
    return drawn, x


def _bar(x: float, step: float, base: float, tall: float) -> str:
    return (
        f'<rect x="{x + step * 0.1:.1f}" y="{base - tall:.1f}" width="{step * 0.8:.1f}" height="{tall:.1f}"'
        f' fill="{charts.BAR}"/>'
    )


def _open(x: float, step: float, base: float) -> str:
    return f'<path d="M{x + step * 0.15:.1f} {base - 3:g}h{step * 0.7:.1f}" stroke="{_GAP}" stroke-width="3"/>'


def _years(months: list[str], left: float, step: float, y: float) -> str:
    """Write a year where it begins, or where the picture does if there is room before the next."""
    starts = [index for index, month in enumerate(months) if index == 0 or month.endswith("-01")]
    told = ""
    for place, index in enumerate(starts):
        following = starts[place + 1] if place + 1 < len(starts) else len(months) + 2
        if (following - index) * step >= 32:
            told += _text(left + index * step, y, months[index][:4])
    return told


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: float = 12) -> str:
    told: dict[str, Any] = {"x": f"{x:g}", "y": f"{y:g}", "font-size": f"{size:g}", "text-anchor": anchor}
    written = " ".join(f'{key}="{value}"' for key, value in told.items())
    return f'<text {written} fill="{charts.INK}">{escape(words)}</text>'

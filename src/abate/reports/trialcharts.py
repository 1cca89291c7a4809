"""Ratios with their intervals as SVG: a row each, on a scale on which half and double are as far from no change."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import exp, isfinite, log
from typing import TYPE_CHECKING

from abate.reports.charts import INK, PEAK, QUIET, RULE, svg

if TYPE_CHECKING:
    from collections.abc import Sequence

_LABELS, _WIDE, _ROW, _TOP, _SAID = 236.0, 300.0, 26.0, 12.0, 70.0
_MARKS = (0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
_WIDEST = log(20)


@dataclass(frozen=True)
class Row:
    """One line of the chart: its label, the ratio with its interval, and whether it is the one that decides."""

    label: str
    value: float
    low: float
    high: float
    main: bool = False


def forest(rows: Sequence[Row], *, name: str, title: str) -> str:
    """Draw ratios as points with their intervals; 1 is no change, an interval that runs on has an arrow.

    >>> drawn = forest([Row("all", 0.8, 0.6, 1.1)], name="f", title="Ratios")
    >>> "all: 0.80, 0.60 to 1.10" in drawn
    True
    """
    shown = [row for row in rows if isfinite(row.value) and row.value > 0]
    least, most = _ends(shown)
    height = _TOP + _ROW * len(shown)
    body = [_frame(least, most, height)]
    body += [_line(row, _TOP + _ROW * (place + 0.5), least, most) for place, row in enumerate(shown)]
    told = "; ".join(f"{row.label}: {row.value:.2f}, {_bound(row.low)} to {_bound(row.high)}" for row in shown)
    width = _LABELS + _WIDE + _SAID
    return svg("".join(body), width=width, height=height + 44, name=name, told=f"{told}.", title=title)


def _ends(rows: Sequence[Row]) -> tuple[float, float]:
    """Give the logarithms between which the chart runs: round no change, wide enough for the intervals, not wider."""
    ends = [log(end) for row in rows for end in (row.low, row.value, row.high) if isfinite(end) and end > exp(-_WIDEST)]
    low, high = min([*ends, log(0.8)]), max([*ends, log(1.25)])
    return max(low, -_WIDEST) - 0.08, min(high, _WIDEST) + 0.08


def _frame(least: float, most: float, height: float) -> str:
    marks = [mark for mark in _MARKS if least <= log(mark) <= most]
    apart = 34 / _WIDE * (most - least)
    kept: list[float] = [1.0]
    for mark in sorted(marks, key=lambda each: abs(log(each))):
        if all(abs(log(mark) - log(other)) >= apart for other in kept):
            kept.append(mark)
    told = []
    for mark in sorted(kept):
        x = _x(log(mark), least, most)
        colour, width = (QUIET, 1.2) if mark == 1.0 else (RULE, 0.8)
        told.append(f'<path d="M{x:.1f} {_TOP:g}V{height:.1f}" stroke="{colour}" stroke-width="{width:g}"/>')
        told.append(_text(x, height + 16, f"{mark:g}", anchor="middle", fill=QUIET))
    told.append(_text(_x(0, least, most) - 8, height + 36, "fewer with patrol", anchor="end", fill=QUIET))
    told.append(_text(_x(0, least, most) + 8, height + 36, "more", anchor="start", fill=QUIET))
    return "".join(told)


def _line(row: Row, y: float, least: float, most: float) -> str:
    low = max(log(row.low), least) if row.low > 0 else least
    high = min(log(row.high), most) if isfinite(row.high) else most
    ends = _x(low, least, most), _x(high, least, most)
    colour, thick, radius = (PEAK, 2.4, 5.0) if row.main else (INK, 1.6, 4.0)
    arrows = ""
    if not row.low > 0 or log(row.low) < least:
        arrows += f'<path d="M{ends[0] + 6:.1f} {y - 4:.1f}l-6 4l6 4" fill="none" stroke="{colour}"/>'
    if not isfinite(row.high) or log(row.high) > most:
        arrows += f'<path d="M{ends[1] - 6:.1f} {y - 4:.1f}l6 4l-6 4" fill="none" stroke="{colour}"/>'
    point = min(max(log(row.value), least), most)
    return (
        _text(_LABELS - 12, y + 4, row.label, anchor="end", fill=INK)
        + f'<path d="M{ends[0]:.1f} {y:.1f}H{ends[1]:.1f}" stroke="{colour}" stroke-width="{thick:g}"/>'
        + arrows
        + f'<circle cx="{_x(point, least, most):.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}"/>'
        + _text(_LABELS + _WIDE + 12, y + 4, f"{row.value:.2f}", anchor="start", fill=INK)
    )


def _x(logarithm: float, least: float, most: float) -> float:
    return _LABELS + (logarithm - least) / (most - least) * _WIDE


def _bound(end: float) -> str:
    return f"{end:.2f}" if isfinite(end) else "no bound"


def _text(x: float, y: float, words: str, *, anchor: str, fill: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="{fill}" text-anchor="{anchor}">{escape(words)}</text>'

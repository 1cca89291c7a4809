"""Ratios with their intervals as SVG, on a scale on which half and double are as far from no change.

`forest` has a row for each ratio; `profile` sets them against days or minutes.
"""

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
_LEFT, _RIGHT, _FOOT = 52.0, 590.0, 240.0


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
    shown = _shown(rows)
    least, most = _ends(shown)
    height = _TOP + _ROW * len(shown)
    body = [_frame(least, most, height)]
    body += [_line(row, _TOP + _ROW * (place + 0.5), least, most) for place, row in enumerate(shown)]
    width = _LABELS + _WIDE + _SAID
    return svg("".join(body), width=width, height=height + 44, name=name, told=spoken(rows), title=title)


def spoken(rows: Sequence[Row]) -> str:
    """Say in words what a chart of ratios shows."""
    told = (f"{row.label}: {row.value:.2f}, {_bound(row.low)} to {_bound(row.high)}" for row in _shown(rows))
    return f"{'; '.join(told)}."


def _shown(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if isfinite(row.value) and row.value > 0]


@dataclass(frozen=True)
class Axis:
    """What lies along a profile: where each ratio stands, what is written there, what it is, and a stretch to shade.

    `marks` are written at `at`; `shade` is from where to where, with its words.
    """

    at: tuple[float, ...]
    marks: tuple[str, ...]
    words: str
    shade: tuple[float, float, str] | None = None


def profile(rows: Sequence[Row], axis: Axis, *, name: str, title: str) -> str:
    """Draw ratios upwards against what lies along the axis, a row of `rows` for each place of it.

    >>> drawn = profile([Row("patrol day", 0.7, 0.5, 0.9)], Axis((0.0,), ("0",), "days since"), name="p", title="Days")
    >>> "days since" in drawn
    True
    """
    pairs = [
        (row, at, mark)
        for row, at, mark in zip(rows, axis.at, axis.marks, strict=True)
        if isfinite(row.value) and row.value > 0
    ]
    least, most = _ends([row for row, _, _ in pairs])
    low = min([at for _, at, _ in pairs] + ([axis.shade[0]] if axis.shade else []), default=0.0)
    high = max([at for _, at, _ in pairs] + ([axis.shade[1]] if axis.shade else []), default=1.0)
    plot = _Plot(low - 0.09 * (high - low or 1), high + 0.09 * (high - low or 1), least, most)
    body = [_shaded(axis, plot), _levels(plot)]
    for row, at, mark in pairs:
        body.append(_upright(row, plot.x(at), plot))
        body.append(_text(plot.x(at), _FOOT + 18, mark, anchor="middle", fill=QUIET))
    middle = (_LEFT + _RIGHT) / 2
    body.append(_text(middle, _FOOT + 40, axis.words, anchor="middle", fill=INK))
    return svg("".join(body), width=_RIGHT + 14, height=_FOOT + 48, name=name, told=spoken(rows), title=title)


@dataclass(frozen=True)
class _Plot:
    """The field of a profile: from where to where along and, in logarithms, up."""

    low: float
    high: float
    least: float
    most: float

    def x(self, at: float) -> float:
        return _LEFT + (at - self.low) / (self.high - self.low) * (_RIGHT - _LEFT)

    def y(self, logarithm: float) -> float:
        held = min(max(logarithm, self.least), self.most)
        return _FOOT - (held - self.least) / (self.most - self.least) * (_FOOT - _TOP)


def _shaded(axis: Axis, plot: _Plot) -> str:
    if axis.shade is None:
        return ""
    left, right = plot.x(axis.shade[0]), plot.x(axis.shade[1])
    return (
        f'<rect x="{left:.1f}" y="{_TOP:g}" width="{right - left:.1f}" height="{_FOOT - _TOP:.1f}" fill="#e8ecef"/>'
        + _text((left + right) / 2, _FOOT - 8, axis.shade[2], anchor="middle", fill=QUIET)
    )


def _levels(plot: _Plot) -> str:
    apart = 22 / (_FOOT - _TOP) * (plot.most - plot.least)
    told = []
    for mark in _apart([mark for mark in _MARKS if plot.least <= log(mark) <= plot.most], apart):
        y = plot.y(log(mark))
        colour, width = (QUIET, 1.2) if mark == 1.0 else (RULE, 0.8)
        told.append(f'<path d="M{_LEFT:g} {y:.1f}H{_RIGHT:g}" stroke="{colour}" stroke-width="{width:g}"/>')
        told.append(_text(_LEFT - 8, y + 4, f"{mark:g}", anchor="end", fill=QUIET))
    return "".join(told)


def _upright(row: Row, x: float, plot: _Plot) -> str:
    ends = (
        plot.y(log(row.low) if row.low > 0 else plot.least),
        plot.y(log(row.high) if isfinite(row.high) else plot.most),
    )
    colour, thick, radius = (PEAK, 2.4, 5.0) if row.main else (INK, 1.6, 4.0)
    arrows = ""
    if not row.low > 0 or log(row.low) < plot.least:
        arrows += f'<path d="M{x - 4:.1f} {ends[0] - 6:.1f}l4 6l4 -6" fill="none" stroke="{colour}"/>'
    if not isfinite(row.high) or log(row.high) > plot.most:
        arrows += f'<path d="M{x - 4:.1f} {ends[1] + 6:.1f}l4 -6l4 6" fill="none" stroke="{colour}"/>'
    return (
        f'<path d="M{x:.1f} {ends[0]:.1f}V{ends[1]:.1f}" stroke="{colour}" stroke-width="{thick:g}"/>{arrows}'
        f'<circle cx="{x:.1f}" cy="{plot.y(log(row.value)):.1f}" r="{radius:g}" fill="{colour}"/>'
        + _text(x + 9, plot.y(log(row.value)) + 4, f"{row.value:.2f}", anchor="start", fill=INK)
    )


def _ends(rows: Sequence[Row]) -> tuple[float, float]:
    """Give the logarithms between which the chart runs: round no change, wide enough for the intervals, not wider."""
    ends = [log(end) for row in rows for end in (row.low, row.value, row.high) if isfinite(end) and end > exp(-_WIDEST)]
    low, high = min([*ends, log(0.8)]), max([*ends, log(1.25)])
    return max(low, -_WIDEST) - 0.08, min(high, _WIDEST) + 0.08


def _frame(least: float, most: float, height: float) -> str:
    marks = [mark for mark in _MARKS if least <= log(mark) <= most]
    apart = 34 / _WIDE * (most - least)
    told = []
    for mark in _apart(marks, apart):
        x = _x(log(mark), least, most)
        colour, width = (QUIET, 1.2) if mark == 1.0 else (RULE, 0.8)
        told.append(f'<path d="M{x:.1f} {_TOP:g}V{height:.1f}" stroke="{colour}" stroke-width="{width:g}"/>')
        told.append(_text(x, height + 16, f"{mark:g}", anchor="middle", fill=QUIET))
    told.append(_text(_x(0, least, most) - 8, height + 36, "fewer with patrol", anchor="end", fill=QUIET))
    told.append(_text(_x(0, least, most) + 8, height + 36, "more", anchor="start", fill=QUIET))
    return "".join(told)


def _apart(marks: Sequence[float], apart: float) -> list[float]:
    """Keep no change and as many marks as stand apart in their logarithms."""
    kept: list[float] = [1.0]
    for mark in sorted(marks, key=lambda each: abs(log(each))):
        if all(abs(log(mark) - log(other)) >= apart for other in kept):
            kept.append(mark)
    return sorted(kept)


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

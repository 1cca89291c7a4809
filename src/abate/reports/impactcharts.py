"""Charts of impact: the path with what was expected, the gap with its band, weights, and every way of asking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from abate.reports import charts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

_WIDTH, _HEIGHT = 640.0, 266.0
_LEFT, _RIGHT, _TOP, _BASE = 62.0, 16.0, 14.0, 224.0
_EXPECTED = "#8a5a00"
_TICKS = 5
_LETTER = 5.6
"""About how wide a letter of 11 points is."""


@dataclass(frozen=True)
class _Plot:
    """Where values and periods lie in the picture."""

    periods: int
    low: float
    high: float

    def x(self, place: float) -> float:
        """Give the way across of a period's place."""
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (place / max(self.periods - 1, 1))

    def y(self, value: float) -> float:
        """Give the way down of a value."""
        return _BASE - (_BASE - _TOP) * (value - self.low) / ((self.high - self.low) or 1.0)


def path(times: Sequence[str], observed: Real, expected: Real, *, start: int, name: str, title: str) -> str:
    """Draw what was observed and what was expected, one value a period (NaN where unknown); `start` is marked.

    >>> path(["1", "2", "3"], np.array([3.0, 4, 2]), np.array([3.0, 4, 4]), start=2, name="p", title="t").count("<path")
    2
    """
    plot = _plot(times, [observed, expected], zero=True)
    body = _frame(plot, times, start)
    body += _line(plot, expected, _EXPECTED, dash="5 3") + _line(plot, observed, charts.INK)
    body += _key([("observed", charts.INK, ""), ("expected without the programme", _EXPECTED, "5 3")])
    told = f"From {times[start]} on {_apart((observed - expected)[start:])}."
    return charts.svg(body, width=_WIDTH, height=_HEIGHT, name=name, told=told, title=title)


def amount(value: float) -> str:
    """Say a number to four figures, or whole from a thousand on.

    >>> amount(19579.4), amount(-32.7912), amount(0.93961)
    ('19,579', '-32.79', '0.9396')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _apart(gap: Real) -> str:
    """Say how far the observed lies from the expected, on average over periods in which both are known."""
    known = gap[np.isfinite(gap)]
    if not len(known):
        return "nothing is known of both"
    mean = float(known.mean())
    return f"the observed lies {amount(abs(mean))} {'below' if mean < 0 else 'above'} the expected on average"


def gaps(times: Sequence[str], gap: Real, band: tuple[Real, Real] | None, *, start: int, name: str, title: str) -> str:
    """Draw observed less expected by period, with its band where there is one.

    >>> gaps(["1", "2"], np.array([0.0, -2]), (np.array([-1.0, -3]), np.array([1.0, -1])), start=1, name="g",
    ...      title="t").count("<polygon")
    1
    """
    plot = _plot(times, [gap, *(band or ())], zero=True)
    shade = "" if band is None else _band(plot, *band)
    body = shade + _frame(plot, times, start) + _line(plot, gap, charts.INK)
    known = np.isfinite(gap)
    told = (
        f"The gap is {amount(float(gap[known][-1]))} in {times[int(np.flatnonzero(known)[-1])]}."
        if known.any()
        else "Not known."
    )
    return charts.svg(body, width=_WIDTH, height=_HEIGHT, name=name, told=told, title=title)


def bars(rows: Sequence[tuple[str, float]], *, name: str, title: str) -> str:
    """Draw weights as bars, longest first as given.

    >>> bars([("Utah", 0.4), ("Nevada", 0.2)], name="w", title="t").count("<rect")
    2
    """
    most = max((abs(value) for _, value in rows), default=1.0) or 1.0
    body = ""
    for place, (label, value) in enumerate(rows):
        y = 8 + 20 * place
        long = 300 * abs(value) / most
        body += (
            f'<text x="172" y="{y + 11}" text-anchor="end" font-size="12" fill="{charts.INK}">{escape(label)}</text>'
            f'<rect x="180" y="{y}" width="{long:.1f}" height="14" fill="{charts.BAR if value >= 0 else charts.PEAK}"/>'
            f'<text x="{186 + long:.1f}" y="{y + 11}" font-size="12" fill="{charts.QUIET}">{value:.3f}</text>'
        )
    told = "; ".join(f"{label} {value:.3f}" for label, value in rows)
    return charts.svg(body, width=560, height=20 * len(rows) + 12, name=name, told=told, title=title)


def ways(table: pd.DataFrame, *, name: str, title: str) -> str:
    """Draw every way of asking that gave an answer in per cent: one line a run, in order of size, with its interval.

    `table` has `per_cent`, `value`, `low`, `high`, `estimator`, `panel`, `window` as `multiverse.run` gives them.
    """
    known = table[table["per_cent"].notna()].sort_values("per_cent", kind="stable").reset_index(drop=True)
    scale = known["per_cent"] / known["value"].where(known["value"] != 0)
    low, high = (known[end] * scale for end in ("low", "high"))
    ends = [*known["per_cent"], *low.dropna(), *high.dropna(), 0.0]
    least, most = min(ends), max(ends)
    span = (most - least) or 1.0
    labels = [f"{row.estimator}, {row.panel}, {row.window}" for row in known.itertuples()]
    left = 16 + _LETTER * max(map(len, labels), default=0)

    def x(value: float) -> float:
        return float(left + 320 * (value - least) / span)

    body = f'<line x1="{x(0):.1f}" y1="4" x2="{x(0):.1f}" y2="{18 * len(known) + 8}" stroke="{charts.RULE}"/>'
    for place, row in enumerate(known.itertuples()):
        y = 16 + 18 * place
        words = escape(labels[place])
        body += (
            f'<text x="{left - 8:.0f}" y="{y + 4}" text-anchor="end" font-size="11" fill="{charts.INK}">{words}</text>'
        )
        if np.isfinite(low[place]) and np.isfinite(high[place]):
            one, two = sorted((x(low[place]), x(high[place])))
            body += f'<line x1="{one:.1f}" y1="{y}" x2="{two:.1f}" y2="{y}" stroke="{charts.BAR}" stroke-width="2"/>'
        body += f'<circle cx="{x(float(str(row.per_cent))):.1f}" cy="{y}" r="3.5" fill="{charts.INK}"/>'
    for end in sorted({least, 0.0, most}):
        body += (
            f'<text x="{x(end):.1f}" y="{18 * len(known) + 22}" text-anchor="middle" font-size="11" '
            f'fill="{charts.QUIET}">{end:+.0f}%</text>'
        )
    told = (
        f"{len(known)} runs, from {known['per_cent'].min():+.1f}% to {known['per_cent'].max():+.1f}%."
        if len(known)
        else "None."
    )
    return charts.svg(body, width=round(left) + 350, height=18 * len(known) + 30, name=name, told=told, title=title)


def _plot(times: Sequence[str], lines: Sequence[Real], *, zero: bool) -> _Plot:
    known = np.concatenate([line[np.isfinite(line)] for line in lines])
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if zero and low > 0 and low < 0.6 * high:
        low = 0.0
    if zero and low <= 0 <= high:
        low, high = min(low, 0.0), max(high, 0.0)
    edge = 0.04 * ((high - low) or 1.0)
    return _Plot(len(times), low - (0 if low == 0 else edge), high + edge)


def _frame(plot: _Plot, times: Sequence[str], start: int) -> str:
    body = ""
    for value in _ticks(plot.low, plot.high):
        y = plot.y(value)
        body += (
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}" stroke="{charts.RULE}" '
            f'stroke-width="0.6"/><text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" font-size="11" '
            f'fill="{charts.QUIET}">{value:,.10g}</text>'
        )
    if plot.low < 0 < plot.high:
        zero = f'y1="{plot.y(0):.1f}" x2="{_WIDTH - _RIGHT}" y2="{plot.y(0):.1f}"'
        body += f'<line x1="{_LEFT}" {zero} stroke="{charts.QUIET}"/>'
    step = max(1, -(-len(times) // 8))
    for place in range(0, len(times), step):
        body += (
            f'<text x="{plot.x(place):.1f}" y="{_BASE + 18}" text-anchor="middle" font-size="11" '
            f'fill="{charts.QUIET}">{escape(times[place])}</text>'
        )
    at = plot.x(start - 0.5)
    return (
        body
        + f'<line x1="{at:.1f}" y1="{_TOP}" x2="{at:.1f}" y2="{_BASE}" stroke="{charts.PEAK}" stroke-dasharray="2 3"/>'
    )


def _ticks(low: float, high: float) -> list[float]:
    """Give round values within a range, about five of them.

    >>> _ticks(-99.6, 51.6)
    [-80.0, -40.0, 0.0, 40.0]
    """
    rough = (high - low) / _TICKS or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 4, 5, 10) if size * power >= rough)
    return [place * step for place in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _line(plot: _Plot, values: Real, colour: str, *, dash: str = "") -> str:
    """Draw a line through the known values; a gap in them is a gap in the line."""
    steps, pen = [], "M"
    for place, value in enumerate(values):
        if not np.isfinite(value):
            pen = "M"
            continue
        steps.append(f"{pen}{plot.x(place):.1f} {plot.y(float(value)):.1f}")
        pen = "L"
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{" ".join(steps)}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>'


def _band(plot: _Plot, low: Real, high: Real) -> str:
    known = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    if not len(known):
        return ""
    there = [f"{plot.x(int(place)):.1f},{plot.y(float(high[place])):.1f}" for place in known]
    back = [f"{plot.x(int(place)):.1f},{plot.y(float(low[place])):.1f}" for place in known[::-1]]
    return f'<polygon points="{" ".join([*there, *back])}" fill="{charts.BAR}" fill-opacity="0.22"/>'


def _key(entries: Sequence[tuple[str, str, str]]) -> str:
    body, x = "", _LEFT
    for label, colour, dash in entries:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        body += (
            f'<line x1="{x}" y1="252" x2="{x + 24}" y2="252" stroke="{colour}" stroke-width="2"{dashed}/>'
            f'<text x="{x + 30}" y="256" font-size="12" fill="{charts.INK}">{escape(label)}</text>'
        )
        x += 50 + 7 * len(label)
    return body

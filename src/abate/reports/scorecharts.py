"""Charts of a score as SVG: hit rate by flagged area, expected beside seen, and the transform that should be even."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from abate.reports import wording
from abate.reports.charts import INK, QUIET, RULE, svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Real = NDArray[np.float64]

SHADES = ("#0b2a4a", "#b3402a", "#3f7d58", "#a97708", "#7a4f9a", "#2f8f9d", "#8a3a5c", "#5d6b78")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "12 4", "4 2", "1 2", "6 2 1 2")
_LEFT, _TOP, _WIDE, _HIGH = 58.0, 14.0, 420.0, 240.0


@dataclass(frozen=True)
class Line:
    """A method's hits in one window at rising flagged areas, of all origins together, and the events there were."""

    window: str
    method: str
    areas: Real
    hits: Real
    events: int


@dataclass(frozen=True)
class Reliability:
    """What a method expected and what was seen in ten groups of places, and its transform counted in ten steps."""

    window: str
    method: str
    expected: Real
    seen: Real
    pit: Real
    places: int


def colours(methods: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give each method its colour and its dashes, so that lines are told apart without colour too.

    >>> colours(["counts"])
    {'counts': ('#0b2a4a', '')}
    """
    return {name: (SHADES[at % len(SHADES)], DASHES[at % len(DASHES)]) for at, name in enumerate(methods)}


def hit_curves(
    lines: Sequence[Line], styles: Mapping[str, tuple[str, str]], *, unit: str, asked: Sequence[float], name: str
) -> str:
    """Draw the hit rate of each method against the flagged area, with the areas that were asked for marked."""
    most = max((float(line.areas[-1]) for line in lines), default=1.0)
    top = _ceiling(max((float(line.hits.max()) / line.events for line in lines if line.events), default=1.0))
    body = [_frame(top, most, f"flagged area, {unit}", "hit rate", percent=True)]
    for area in asked:
        x = _LEFT + area / most * _WIDE
        body.append(f'<path d="M{x:.1f} {_TOP:g}v{_HIGH:g}" stroke="{QUIET}" stroke-width="1" stroke-dasharray="1 3"/>')
    body += [
        _polyline(line.areas / most, line.hits / line.events / top, styles[line.method])
        for line in lines
        if line.events
    ]
    return _chart(body, name=name, told=_curve_words(lines, asked, unit), title="Hit rate by flagged area")


def _curve_words(lines: Sequence[Line], asked: Sequence[float], unit: str) -> str:
    told = []
    for line in lines:
        if line.events:
            at = [
                f"{wording.share(float(np.interp(area, line.areas, line.hits)) / line.events)} at {area:g} {unit}"
                for area in asked
            ]
            told.append(f"{line.method}: {', '.join(at)}")
    return f"{'; '.join(told)}." if told else "Nothing happened in these windows."


def calibration(groups: Sequence[Reliability], styles: Mapping[str, tuple[str, str]], *, name: str) -> str:
    """Draw incidents seen over incidents expected in ten groups of places, quietest first; right forecasts lie at 1."""
    ratios = {
        one.method: np.divide(one.seen, one.expected, out=np.full(10, np.nan), where=one.expected > 0) for one in groups
    }
    held = [ratio[np.isfinite(ratio)] for ratio in ratios.values()]
    top = _ceiling(max([1.5, *(float(ratio.max()) for ratio in held if len(ratio))]))
    body = [_frame(top, 10, "tenths of what was expected, quietest places first", "seen over expected", percent=False)]
    level = _TOP + _HIGH - _HIGH / top
    body.append(f'<path d="M{_LEFT:g} {level:.1f}h{_WIDE:g}" stroke="{QUIET}" stroke-dasharray="5 4"/>')
    for method, ratio in ratios.items():
        known = np.flatnonzero(np.isfinite(ratio))
        body.append(_polyline((known + 0.5) / 10, ratio[known] / top, styles[method]))
        body += [_dot((at + 0.5) / 10, float(ratio[at]) / top, styles[method][0]) for at in known.tolist()]
    told = "; ".join(
        f"{one.method}: {one.expected.sum():,.0f} expected, {one.seen.sum():,.0f} seen in its places" for one in groups
    )
    return _chart(body, name=name, told=f"{told}.", title="Expected beside seen")


def transforms(groups: Sequence[Reliability], styles: Mapping[str, tuple[str, str]], *, name: str) -> str:
    """Draw the randomised transform in ten steps; right forecasts lie level at a tenth."""
    shares = {one.method: one.pit / max(1, one.places) for one in groups}
    top = _ceiling(max((float(share.max()) for share in shares.values()), default=0.1))
    body = [_frame(top, 1.0, "randomised transform of what was seen", "share of places", percent=True)]
    y = _TOP + _HIGH - 0.1 / top * _HIGH
    body.append(f'<path d="M{_LEFT:g} {y:.1f}h{_WIDE:g}" stroke="{QUIET}" stroke-dasharray="5 4"/>')
    edges = np.repeat(np.arange(11) / 10, 2)[1:-1]
    body += [_polyline(edges, np.repeat(share, 2) / top, styles[method]) for method, share in shares.items()]
    told = "; ".join(
        f"{method}: {share.min():.1%} to {share.max():.1%} a step, 10% when right" for method, share in shares.items()
    )
    return _chart(body, name=name, told=f"{told}.", title="Are the stated probabilities true?")


def _chart(body: Sequence[str], *, name: str, told: str, title: str) -> str:
    return svg("".join(body), width=_LEFT + _WIDE + 26, height=_TOP + _HIGH + 52, name=name, told=told, title=title)


def _ceiling(value: float) -> float:
    """Round up to 1, 2, 2.5 or 5 times a power of ten, for a scale with round marks.

    >>> _ceiling(0.31), _ceiling(173)
    (0.4, 200.0)
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 2.5, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9)))


def _frame(top: float, most: float, along: str, up: str, *, percent: bool) -> str:
    told = []
    for part in (0, 0.25, 0.5, 0.75, 1):
        x, y = _LEFT + part * _WIDE, _TOP + _HIGH - part * _HIGH
        told.append(f'<path d="M{_LEFT:g} {y:g}h{_WIDE:g}" stroke="{RULE}" stroke-width="0.8"/>')
        told.append(_text(_LEFT - 8, y + 4, _mark(part * top, percent=percent), anchor="end"))
        told.append(_text(x, _TOP + _HIGH + 18, _mark(part * most, percent=False), anchor="middle"))
    told.append(_text(_LEFT + _WIDE / 2, _TOP + _HIGH + 40, along, anchor="middle", fill=INK))
    middle = _TOP + _HIGH / 2
    told.append(
        f'<text x="14" y="{middle:g}" font-size="13" fill="{INK}" text-anchor="middle" '
        f'transform="rotate(-90 14 {middle:g})">{escape(up)}</text>'
    )
    return "".join(told)


def _mark(value: float, *, percent: bool) -> str:
    if percent:
        return f"{100 * value:.3g}%"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _polyline(across: Real, up: Real, style: tuple[str, str]) -> str:
    points = " ".join(
        f"{_LEFT + x * _WIDE:.1f},{_TOP + _HIGH - y * _HIGH:.1f}" for x, y in zip(across, up, strict=True)
    )
    dashes = f' stroke-dasharray="{style[1]}"' if style[1] else ""
    return (
        f'<polyline points="{points}" fill="none" stroke="{style[0]}" stroke-width="2.2" '
        f'stroke-linejoin="round"{dashes}/>'
    )


def _dot(across: float, up: float, colour: str) -> str:
    x, y = _LEFT + across * _WIDE, _TOP + _HIGH - up * _HIGH
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}" fill-opacity="0.75"/>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = QUIET) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="{fill}" text-anchor="{anchor}">{escape(words)}</text>'

"""The curve of power as SVG: how often each fall is found, with its Monte-Carlo interval, one line a carry-over."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from abate.reports.charts import INK, QUIET, RULE, svg
from abate.reports.scorecharts import DASHES, SHADES
from abate.trials import power

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abate.trials.power import Tally, Tried

_LEFT, _TOP, _WIDE, _HIGH = 58.0, 14.0, 440.0, 240.0


def curve(tried: Tried, outcome: str, *, level: float) -> str:
    """Draw the share of trials that find each fall, from none to the strongest tried.

    The dashed line is the power aimed at, the dotted one the share of false alarms that the level allows. With no
    effect, findings in either direction count.
    """
    lines = {share: _falls(tried, outcome, share) for share in tried.design.carry_over}
    most = max((1 - effect for points in lines.values() for effect, _ in points), default=0.5) or 0.5
    body = [_frame(most), _level(power.TARGET, "6 4"), _level(1 - level, "1 3")]
    for place, points in enumerate(lines.values()):
        body += _line(points, most, SHADES[place % len(SHADES)], DASHES[place % len(DASHES)])
    return svg(
        "".join(body),
        width=_LEFT + _WIDE + 26,
        height=_TOP + _HIGH + 52,
        name=f"power-{outcome}",
        told=_words(lines),
        title=f"Power by fall: {outcome}",
    )


def legend(carry_overs: Sequence[float]) -> str:
    """Draw the key to the lines, as items of a list."""
    told = []
    for place, share in enumerate(carry_overs):
        colour, pattern = SHADES[place % len(SHADES)], DASHES[place % len(DASHES)]
        dashes = f' stroke-dasharray="{pattern}"' if pattern else ""
        line = f'<path d="M0 6h36" stroke="{colour}" stroke-width="2.5"{dashes}/>'
        told.append(f'<li><svg width="36" height="12" aria-hidden="true">{line}</svg> carry-over {share:g}</li>')
    return "".join(told)


def _falls(tried: Tried, outcome: str, carry_over: float) -> list[tuple[float, Tally]]:
    return [(effect, tally) for effect, tally in power.curve(tried, outcome, carry_over) if effect <= 1]


def _line(points: Sequence[tuple[float, Tally]], most: float, colour: str, dashes: str) -> list[str]:
    placed = [(_x(1 - effect, most), *map(_y, tally.share)) for effect, tally in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in placed)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    marks = [
        f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}" stroke-width="1.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
        for x, y, low, high in placed
    ]
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2"{dashed}/>', *marks]


def _x(fall: float, most: float) -> float:
    return _LEFT + fall / most * _WIDE


def _y(share: float) -> float:
    return _TOP + (1 - share) * _HIGH


def _level(share: float, dashes: str) -> str:
    return f'<path d="M{_LEFT:g} {_y(share):.1f}h{_WIDE:g}" stroke="{QUIET}" stroke-dasharray="{dashes}"/>'


def _frame(most: float) -> str:
    told = []
    for part in (0, 0.2, 0.4, 0.6, 0.8, 1):
        told.append(f'<path d="M{_LEFT:g} {_y(part):.1f}h{_WIDE:g}" stroke="{RULE}" stroke-width="0.8"/>')
        told.append(_text(_LEFT - 8, _y(part) + 4, f"{part:.0%}", anchor="end"))
    step = 0.1 if most > 0.25 else 0.05
    marks = [place * step for place in range(int(most / step + 1e-9) + 1)]
    told += [_text(_x(mark, most), _TOP + _HIGH + 18, f"{mark:.0%}", anchor="middle") for mark in marks]
    told.append(_text(_LEFT + _WIDE / 2, _TOP + _HIGH + 40, "planted fall", anchor="middle", fill=INK))
    middle = _TOP + _HIGH / 2
    told.append(
        f'<text x="14" y="{middle:g}" font-size="13" fill="{INK}" text-anchor="middle" '
        f'transform="rotate(-90 14 {middle:g})">trials that find it</text>'
    )
    return "".join(told)


def _words(lines: dict[float, list[tuple[float, Tally]]]) -> str:
    told = []
    for share, points in lines.items():
        found = ", ".join(f"{1 - effect:.0%} fall {tally.share[0]:.0%}" for effect, tally in points)
        told.append(f"carry-over {share:g}: {found}")
    return f"Share of trials that find each planted fall. {'; '.join(told)}."


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = QUIET) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="{fill}" text-anchor="{anchor}">{escape(words)}</text>'

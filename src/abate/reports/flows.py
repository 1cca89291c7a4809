"""A flow of places and days as a picture: boxes from above, what was left out beside them, branches side by side."""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from abate.reports.charts import INK, QUIET, svg

if TYPE_CHECKING:
    from abate.reports.chapters import Box, Flow

_WIDE, _GAP, _APART, _LINE, _PAD = 620.0, 26.0, 20.0, 17.0, 9.0
_LETTER = 6.4


def picture(flow: Flow, *, name: str) -> str:
    """Draw a flow: the boxes one below another, a line to what was left out, and each branch in a column of its own."""
    told: list[str] = []
    half = (_WIDE - _APART) / 2
    width = half * 1.2 if flow.aside else _WIDE * 0.7
    left = 0.0 if flow.aside else (_WIDE - width) / 2
    stem = left + width / 2
    y = 1.0
    for place, box in enumerate(flow.before):
        high = _height(box, width)
        told.append(_box(box, left, y, width))
        last = place == len(flow.before) - 1
        if flow.aside and last:
            told.append(_beside(flow.aside, left + width, y, high))
            high = max(high, _height(flow.aside, _WIDE - left - width - _GAP))
        told += [] if last else [_arrow(stem, y + _height(box, width), y + high + _GAP)]
        y += high + _GAP
    foot = 1.0 if not flow.before else y - _GAP
    if flow.before:
        foot = _foot(flow, width)
    y, drawn = _branches(flow, stem, foot, y + 6)
    return svg("".join(told) + drawn, width=_WIDE, height=round(y, 1), name=name, told=spoken(flow), title=flow.label)


def spoken(flow: Flow) -> str:
    """Say a flow in words, box by box."""
    boxes = [*flow.before, *([flow.aside] if flow.aside else []), *(box for branch in flow.branches for box in branch)]
    return " ".join(f"{box.title}: {'; '.join(box.lines)}." for box in boxes)


def _foot(flow: Flow, width: float) -> float:
    """Give where the last of the boxes above the branches ends."""
    high = [_height(box, width) for box in flow.before]
    return 1.0 + sum(high) + _GAP * (len(high) - 1)


def _branches(flow: Flow, stem: float, foot: float, top: float) -> tuple[float, str]:
    """Draw the branches; gives where they end, too."""
    count = len(flow.branches)
    wide = (_WIDE - _APART * (count - 1)) / max(count, 1)
    told, ends = [], [top]
    middles = [place * (wide + _APART) + wide / 2 for place in range(count)]
    bend = top - 16
    told.append(f'<path d="M{stem:.1f} {foot:.1f}V{bend:.1f}" stroke="{QUIET}" fill="none"/>')
    for place, branch in enumerate(flow.branches):
        told.append(f'<path d="M{stem:.1f} {bend:.1f}H{middles[place]:.1f}" stroke="{QUIET}" fill="none"/>')
        y = top
        told.append(_arrow(middles[place], bend, y))
        for step, box in enumerate(branch):
            rows = [_height(each[step], wide) for each in flow.branches if step < len(each)]
            high = max(rows)
            told.append(_box(box, place * (wide + _APART), y, wide, high=high))
            if step + 1 < len(branch):
                told.append(_arrow(middles[place], y + high, y + high + _GAP - 6))
            y += high + _GAP - 6
        ends.append(y)
    return max(ends) - _GAP + 8, "".join(told)


def _beside(box: Box, x: float, y: float, high: float) -> str:
    left = x + _GAP
    line = f'<path d="M{x:.1f} {y + high / 2:.1f}h{_GAP - 1:.1f}" stroke="{QUIET}" stroke-dasharray="4 3"/>'
    return line + _box(box, left, y, _WIDE - left, dashed=True)


def _height(box: Box, width: float) -> float:
    return 2 * _PAD + _LINE * (1 + len(_lines(box, width))) - 3


def _lines(box: Box, width: float) -> list[str]:
    most = int((width - 2 * _PAD) / _LETTER)
    return [part for line in box.lines for part in wrap(line, most)]


def _box(box: Box, x: float, y: float, width: float, *, high: float | None = None, dashed: bool = False) -> str:
    height = _height(box, width) if high is None else high
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    told = [
        (
            f'<rect x="{x + 0.5:.1f}" y="{y:.1f}" width="{width - 1:.1f}" height="{height:.1f}" fill="#ffffff" '
            f'stroke="{QUIET}"{dash}/>'
        ),
        _text(x + _PAD, y + _PAD + 11, box.title, bold=True),
    ]
    told += [_text(x + _PAD, y + _PAD + 11 + _LINE * row, line) for row, line in enumerate(_lines(box, width), start=1)]
    return "".join(told)


def _arrow(x: float, above: float, below: float) -> str:
    return (
        f'<path d="M{x:.1f} {above:.1f}V{below - 1:.1f}" stroke="{QUIET}" fill="none"/>'
        f'<path d="M{x - 4:.1f} {below - 7:.1f}l4 6l4 -6" stroke="{QUIET}" fill="none"/>'
    )


def _text(x: float, y: float, words: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="{INK}"{weight}>{escape(words)}</text>'

"""Charts drawn as SVG: bars by month, bars by kind, the concentration curve. Text in, text out; no chart library."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from abate.reports import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

INK, QUIET, RULE, BAR, PEAK = "#1d2733", "#56616d", "#c9d0d6", "#5b7c99", "#b3402a"


def svg(body: str, *, width: float, height: float, name: str, told: str, title: str) -> str:
    """Wrap drawn shapes as an SVG picture with a title and a description that a screen reader speaks.

    `name` must be unique on a page. Lengths are in the picture's own unit.

    >>> svg("", width=10, height=5, name="a", told="Nothing.", title="Empty")[:47]
    '<svg xmlns="http://www.w3.org/2000/svg" id="a" '
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-labelledby="{name}-title {name}-desc" font-family="Libertinus Serif">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(told)}</desc>{body}</svg>'
    )


def month_bars(
    counts: Sequence[int], months: Sequence[str], *, missing: Sequence[str] = (), name: str, width: float = 300
) -> str:
    """Draw incidents by month as bars, the year under its first month; a missing month is a gap with a cross.

    `counts` has one number for each of `months`.

    >>> month_bars([1, 3], ["2021-12", "2022-01"], name="bars").count("<rect")
    2
    """
    height, base, top = 92.0, 72.0, 16.0
    seen = dict(zip(months, counts, strict=True))
    months = sorted({*months, *missing})
    peak = max([*counts, 1])
    step = width / len(months)
    bars = "".join(
        _bar(index * step, step, base, (base - top) * seen[month] / peak)
        if month in seen
        else _text((index + 0.5) * step, base - 3, "×", anchor="middle", fill=QUIET)
        for index, month in enumerate(months)
    )
    high = max(range(len(months)), key=lambda index: (seen.get(months[index], -1), -index))
    anchor = "start" if high * step < 20 else "end" if high * step > width - 30 else "middle"
    x = {"start": 0.0, "end": width, "middle": (high + 0.5) * step}[anchor]
    told = _text(x, top - 4, wording.count(max(counts)), anchor=anchor, fill=INK)
    rule = f'<path d="M0 {base:g}H{width:g}" stroke="{QUIET}" stroke-width="1"/>'
    body = bars + rule + told + _years(months, step, base, width)
    words = months_words(counts, list(seen), missing=missing)
    return svg(body, width=width, height=height, name=name, told=words, title="Incidents by month")


def months_words(counts: Sequence[int], months: Sequence[str], *, missing: Sequence[str] = ()) -> str:
    """Say what the bars by month show.

    >>> months_words([1, 3], ["2021-12", "2022-02"], missing=["2022-01"])
    'December 2021 1, January 2022 no data, February 2022 3.'
    """
    seen = {**dict.fromkeys(missing, "no data"), **dict(zip(months, map(str, counts), strict=True))}
    return ", ".join(f"{wording.month(month)} {seen[month]}" for month in sorted(seen)) + "."


def _bar(left: float, step: float, base: float, high: float) -> str:
    return (
        f'<rect x="{left + step * 0.1:.1f}" y="{base - high:.1f}" width="{step * 0.8:.1f}" '
        f'height="{high:.1f}" fill="{BAR}"/>'
    )


def _years(months: Sequence[str], step: float, base: float, width: float) -> str:
    """Write each year under its first month, and a tick where it begins."""
    told, start = [], 0
    for year, members in groupby(months, key=lambda each: each[:4]):
        length = len(list(members))
        if start:
            told.append(f'<path d="M{start * step:.1f} {base:g}v6" stroke="{QUIET}" stroke-width="1"/>')
        if length * step >= 26 or len(months) < 4:
            told.append(_text(start * step + 2, base + 14, year, fill=QUIET))
        elif start and (start + length) == len(months):
            told.append(_text(width, base + 14, year, anchor="end", fill=QUIET))
        start += length
    return "".join(told)


def type_bars(by_type: Mapping[str, int], *, name: str, width: float = 300) -> str:
    """Draw incidents by kind as bars, most frequent first, with the kind and the number written above each bar.

    >>> "Robbery" in type_bars({"Robbery": 2}, name="kinds")
    True
    """
    kinds = sorted(by_type.items(), key=lambda each: (-each[1], each[0]))
    peak = max([*by_type.values(), 1])
    row = 28.0
    body = "".join(
        _text(0, index * row + 13, kind, fill=INK)
        + _text(width, index * row + 13, wording.count(seen), anchor="end", fill=INK)
        + f'<rect x="0" y="{index * row + 17:g}" width="{width:g}" height="5" fill="#e8ecef"/>'
        + f'<rect x="0" y="{index * row + 17:g}" width="{max(width * seen / peak, 1):.1f}" height="5" fill="{BAR}"/>'
        for index, (kind, seen) in enumerate(kinds)
    )
    spoken = ", ".join(f"{kind} {seen}" for kind, seen in kinds)
    height = max(len(kinds), 1) * row
    return svg(body, width=width, height=height, name=name, told=f"{spoken}.", title="Incidents by kind")


def concentration_curve(points: pd.DataFrame, *, place_kind: str, name: str = "curve") -> str:
    """Draw the share of incidents in the busiest share of places, beside the straight line of places all alike.

    `points` has the columns `places` and `incidents`, both shares from 0 to 1, busiest places first.
    """
    left, top, side, wide = 58.0, 12.0, 240.0, 340.0
    across = left + points["places"].to_numpy(dtype=float) * wide
    up = top + side - points["incidents"].to_numpy(dtype=float) * side
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True))
    fill = f'<polygon points="{left:g},{top + side:g} {line} {left + wide:g},{top + side:g}" fill="#f3e3dd"/>'
    curve = f'<polyline points="{line}" fill="none" stroke="{PEAK}" stroke-width="2.5" stroke-linejoin="round"/>'
    even = (
        f'<path d="M{left:g} {top + side:g}L{left + wide:g} {top:g}" stroke="{QUIET}" stroke-dasharray="5 4"/>'
        + _text(left + wide - 6, top + side * 0.42, "all places alike", fill=QUIET, anchor="end")
    )
    axes = _axes(left, top, wide, side, place_kind)
    return svg(
        fill + axes + even + curve,
        width=left + wide + 24,
        height=top + side + 52,
        name=name,
        told=_curve_words(points, place_kind),
        title="Concentration curve",
    )


def _axes(left: float, top: float, wide: float, side: float, place_kind: str) -> str:
    told = []
    for part in (0, 0.25, 0.5, 0.75, 1):
        x, y = left + part * wide, top + side - part * side
        told.append(f'<path d="M{left:g} {y:g}h{wide:g}" stroke="{RULE}" stroke-width="0.8"/>')
        told.append(_text(left - 8, y + 4, f"{part:.0%}", anchor="end", fill=QUIET))
        told.append(_text(x, top + side + 18, f"{part:.0%}", anchor="middle", fill=QUIET))
    middle = top + side / 2
    told.append(_text(left + wide / 2, top + side + 40, f"share of {place_kind}, busiest first", anchor="middle"))
    told.append(
        f'<text x="14" y="{middle:g}" font-size="13" fill="{INK}" text-anchor="middle" '
        f'transform="rotate(-90 14 {middle:g})">share of incidents</text>'
    )
    return "".join(told)


def _curve_words(points: pd.DataFrame, place_kind: str) -> str:
    reached = []
    for part in (0.25, 0.5, 0.8):
        first = points.loc[points["incidents"] >= part, "places"]
        if len(first):
            reached.append(f"{part:.0%} of incidents in {wording.share(float(first.iloc[0]))} of {place_kind}")
    return f"The curve rises faster than the straight line: {'; '.join(reached)}."


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="{fill}" text-anchor="{anchor}">{escape(words)}</text>'

"""Pictures of the dose: how long stays were beside the band that works best, and minutes by square of ground."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.reports import charts, frames

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.patrols.presence import Heat

KOPER = "#00624f"
STEPS = ("#fde4c4", "#f8bd7f", "#ec8a4d", "#cf4f34", "#8f2417")
_WIDE, _TALL, _LEFT, _TOP = 700.0, 190.0, 46.0, 22.0


def dwell(rows: pd.DataFrame) -> str:
    """Draw how many stays on foot lasted how long; the band of 10 to 16 minutes stands out.

    `rows` has low, high, stays and koper (see `presence.dwell`).
    """
    step = (_WIDE - _LEFT) / len(rows)
    most = max(int(rows["stays"].max()), 1)
    body = ""
    for place, row in enumerate(rows.to_dict("records")):
        tall = _TALL * row["stays"] / most
        x = _LEFT + place * step
        colour = KOPER if row["koper"] else charts.BAR
        body += _bar(x + 2, _TOP + _TALL - tall, (step - 4, tall), colour)
        if row["stays"]:
            body += _text(x + step / 2, _TOP + _TALL - tall - 5, f"{row['stays']:,}", anchor="middle")
        body += _text(x + step / 2, _TOP + _TALL + 17, band(row["low"], row["high"]), anchor="middle", size=11)
    body += f'<path d="M{_LEFT:g} {_TOP + _TALL:g}H{_WIDE:g}" stroke="{charts.QUIET}"/>'
    body += _text((_LEFT + _WIDE) / 2, _TOP + _TALL + 38, "minutes on foot; green: 10 to 16 minutes", anchor="middle")
    told = ", ".join(f"{band(row['low'], row['high'])} minutes {row['stays']}" for row in rows.to_dict("records"))
    return charts.svg(
        body, width=_WIDE, height=_TOP + _TALL + 48, name="dwell", told=f"{told}.", title="How long stays on foot were"
    )


def band(low: float, high: float) -> str:
    """Say a band of minutes.

    >>> band(10.0, 12.0), band(60.0, 1440.0)
    ('10-12', '60+')
    """
    return f"{low:g}-{high:g}" if high < 1440 else f"{low:g}+"


def heat(found: Heat, shapes: NDArray[np.object_], names: list[str]) -> list[dict[str, Any]]:
    """Draw for each site the squares whose minutes may be told; gives name, drawing and words, most minutes first.

    Sites without such a square are left out.
    """
    most = float(found.cells["minutes"].max()) if len(found.cells) else 0.0
    drawn = []
    for number, (site, cells) in enumerate(found.cells.groupby("site_id", sort=True)):
        total = float(cells["minutes"].sum())
        shape = shapes[names.index(str(site))]
        drawn.append((-total, str(site), _site(str(site), cells, shape, (most, found.side_m, number))))
    return [{"site": site, "minutes": -total, "drawing": picture} for total, site, picture in sorted(drawn)]


def _site(site: str, cells: pd.DataFrame, shape: Any, scale: tuple[float, float, int]) -> str:
    import shapely

    most, side, number = scale
    west, south, east, north = shapely.bounds(shape)
    window = frames.fit((west - side, south - side, east + side, north + side), width=240, most_height=240)
    body = ""
    for row in cells.to_dict("records"):
        corner = window.place(np.array([[row["easting"], row["northing"] + side]]))[0]
        step = min(int(len(STEPS) * row["minutes"] / most), len(STEPS) - 1) if most else 0
        wide = side * window.scale
        body += _bar(corner[0], corner[1], (wide, wide), STEPS[step])
    outline = frames.path(np.array([shape], dtype=object), window)
    body += f'<path d="{outline}" fill="none" stroke="{charts.INK}" stroke-width="1.6"/>'
    told = f"Site {site}: {cells['minutes'].sum():,.0f} device-minutes in {len(cells)} squares of {side:g} m."
    return charts.svg(
        body, width=240, height=round(window.height, 1), name=f"heat-{number}", told=told, title=f"Minutes: {site}"
    )


def legend(found: Heat) -> list[tuple[str, str]]:
    """Give the colours of the squares with the minutes that they stand for."""
    most = float(found.cells["minutes"].max()) if len(found.cells) else 0.0
    edges = np.linspace(0, most, len(STEPS) + 1)
    return [(colour, f"{edges[k]:,.0f} to {edges[k + 1]:,.0f}") for k, colour in enumerate(STEPS)] if most else []


def _bar(x: float, y: float, size: tuple[float, float], colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{size[0]:.1f}" height="{size[1]:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: float = 13) -> str:
    drawn = f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{charts.INK}" text-anchor="{anchor}">'
    return f"{drawn}{escape(words)}</text>"

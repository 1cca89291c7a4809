"""The map of a tasking sheet as SVG: streets, the site, the walk with its direction, and where to park.

Drawn to be read at night and off a grey printer: the walk is the darkest and broadest line, streets are pale, and what
tells two walks apart is the dash as well as the colour.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.reports import charts, colours, frames, maps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WALKS = (("#9c1458", ""), ("#0b4a8f", "16 7"), ("#3d3d3d", "4 7"))
SITE, PARKING = "#00624f", "#0b4a8f"
WIDTH, HEIGHT = 900.0, 620.0
_LEAST_M = 160.0
_PATHS = frozenset({"footway", "path", "steps", "pedestrian", "cycleway", "bridleway", "track", "corridor"})
_BROAD = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
_ARROW_EVERY, _LETTER = 120.0, 9.2


@dataclass(frozen=True)
class Ground:
    """What lies under every map of a print: the street segments (`tables.SEGMENTS`) or none, and the system of all."""

    crs: str
    streets: pd.DataFrame | None = None
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def near(self, window: frames.Frame) -> pd.DataFrame | None:
        """Give the streets that touch a window; None where no streets are known."""
        import shapely

        if self.streets is None:
            return None
        if "tree" not in self._kept:
            self._kept["tree"] = shapely.STRtree(self.streets["shape"].to_numpy(dtype=object))
        box = shapely.box(window.west, window.south, window.east, window.north)
        return self.streets.iloc[np.sort(self._kept["tree"].query(box))]


def draw(ground: Ground, site: Any, walks: pd.DataFrame, *, name: str, title: str, told: str) -> str:
    """Draw one site: `site` is its outline (or its middle, a point), `walks` the rows of `tables.LOOPS` to be walked.

    The first walk is a full line, the second a dashed one. `told` is the picture in words.
    """
    lines = walks["shape"].to_numpy(dtype=object)
    window = frame([site, *lines], crs=ground.crs)
    near = ground.near(window)
    parked = walks[["parking_easting", "parking_northing"]].to_numpy(dtype=float)
    body = (
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="{colours.LAND}"/>'
        + _outline(site, window)
        + _streets(near, window)
        + "".join(_walk(line, place, window) for place, line in reversed(list(enumerate(lines))))
        + _names(near, lines, window, parked)
        + "".join(_parking(spot, window) for spot in np.unique(parked, axis=0))
        + _north()
        + _scale(window, ground.crs)
    )
    clip = f'<clipPath id="{name}-clip"><rect width="{WIDTH:g}" height="{HEIGHT:g}"/></clipPath>'
    edge = f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="none" stroke="{charts.QUIET}" stroke-width="2"/>'
    inside = f'{clip}<g clip-path="url(#{name}-clip)">{body}</g>{edge}'
    return charts.svg(inside, width=WIDTH, height=HEIGHT, name=name, told=told, title=title)


def overview(ground: Ground, spots: Sequence[tuple[float, float]], *, told: str) -> str:
    """Draw where the sites of a shift lie: numbered in their order over the streets; `spots` are their middles."""
    window = frame(_points(spots), crs=ground.crs)
    near = ground.near(window)
    body = f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="{colours.LAND}"/>'
    if near is not None and not near.empty:
        kinds = near["kind"].fillna("").to_numpy(dtype=str)
        shapes = near["shape"].to_numpy(dtype=object)
        broad = np.isin(kinds, sorted(_BROAD))
        for chosen, width in ((~broad & ~np.isin(kinds, sorted(_PATHS)), 1.4), (broad, 4.0)):
            lines = frames.path(shapes[chosen], window, closed=False)
            body += f'<path d="{lines}" {_stroke("#a9b1b8", width)}/>'
    numbered = [{"rank": place, "easting": x, "northing": y} for place, (x, y) in enumerate(spots, start=1)]
    body += maps.numbers(pd.DataFrame(numbered), window, size=17, colour=SITE)[0]
    body += _north() + _scale(window, ground.crs)
    edge = f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="none" stroke="{charts.QUIET}" stroke-width="2"/>'
    clip = f'<clipPath id="shift-clip"><rect width="{WIDTH:g}" height="{HEIGHT:g}"/></clipPath>'
    inside = f'{clip}<g clip-path="url(#shift-clip)">{body}</g>{edge}'
    return charts.svg(inside, width=WIDTH, height=HEIGHT, name="shift", told=told, title="Where the sites lie")


def _points(spots: Sequence[tuple[float, float]]) -> list[Any]:
    import shapely

    return [shapely.Point(spot) for spot in spots]


def frame(shapes: Sequence[Any], *, crs: str) -> frames.Frame:
    """Lay a window around some shapes with room at the edges, never narrower than 160 m, in the map's proportions."""
    import shapely

    from abate.space import projections

    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    least = _LEAST_M / projections.unit_m(crs)
    wide = max((east - west) * 1.16, (north - south) * 1.16 * WIDTH / HEIGHT, least)
    tall = wide * HEIGHT / WIDTH
    x, y = (west + east) / 2, (south + north) / 2
    return frames.Frame(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2, WIDTH, HEIGHT)


def _outline(site: Any, window: frames.Frame) -> str:
    import shapely

    if shapely.get_dimensions(site) < 2:
        x, y = window.place(shapely.get_coordinates(site)[:1])[0]
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="14" fill="none" stroke="{SITE}" stroke-width="3"/>'
    path = frames.path(np.array([site], dtype=object), window)
    return f'<path d="{path}" fill="#d9ece4" stroke="{SITE}" stroke-width="3" stroke-dasharray="12 6"/>'


def _streets(near: pd.DataFrame | None, window: frames.Frame) -> str:
    """Draw paths as thin dashed lines and streets as white bands with grey edges, broader ones above."""
    if near is None or near.empty:
        return ""
    kinds = near["kind"].fillna("").to_numpy(dtype=str)
    shapes = near["shape"].to_numpy(dtype=object)
    paths, broad = np.isin(kinds, sorted(_PATHS)), np.isin(kinds, sorted(_BROAD))
    told = f'<path d="{frames.path(shapes[paths], window, closed=False)}" {_stroke(colours.STREET, 2, "5 4")}/>'
    for stroke, extra in (("#a9b1b8", 2.6), ("#ffffff", 0.0)):
        for chosen, width in ((~paths & ~broad, 9.0), (broad, 14.0)):
            told += f'<path d="{frames.path(shapes[chosen], window, closed=False)}" {_stroke(stroke, width + extra)}/>'
    return told


def _stroke(colour: str, width: float, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ' stroke-linecap="round"'
    return f'fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"{dashed}'


def _walk(line: Any, place: int, window: frames.Frame) -> str:
    """Draw a walk left of the middle of its streets, so that the way out, the way back and another walk stay apart."""
    import shapely

    colour, dashes = WALKS[place % len(WALKS)]
    pairs = aside(window.place(shapely.get_coordinates(line)), 5 + 10 * place)
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in pairs)
    return f'<path d="{path}" {_stroke("#ffffff", 10)}/><path d="{path}" {_stroke(colour, 6, dashes)}/>' + "".join(
        _arrow(at, way, colour) for at, way in _steps(pairs)
    )


def aside(pairs: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """Move every stretch of a line in a picture to its left by some units; corners join the moved stretches.

    >>> aside(np.array([[0.0, 0.0], [10.0, 0.0]]), 2.0).tolist()
    [[0.0, -2.0], [10.0, -2.0]]
    """
    ways = np.diff(pairs, axis=0)
    lengths = np.hypot(ways[:, 0], ways[:, 1])
    starts, ends, ways = pairs[:-1][lengths > 0], pairs[1:][lengths > 0], ways[lengths > 0]
    if not len(ways):
        return pairs
    left = by * np.column_stack([ways[:, 1], -ways[:, 0]]) / lengths[lengths > 0][:, None]
    corner = np.vstack([left[:1], (left[:-1] + left[1:]) / 2, left[-1:]])
    scale = by**2 / np.maximum((corner**2).sum(axis=1), (by / 2.5) ** 2)
    mitred = corner * scale[:, None]
    sharp = np.r_[False, (corner[1:-1] ** 2).sum(axis=1) < (by / 2.5) ** 2, False]
    told = [starts[0] + mitred[0]]
    for place in range(1, len(starts)):
        if sharp[place]:
            told += [ends[place - 1] + left[place - 1], starts[place] + left[place]]
        else:
            told.append(starts[place] + mitred[place])
    return np.array([*told, ends[-1] + mitred[-1]])


def _steps(pairs: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Find where arrows stand along a walk, and which way they point, in the picture."""
    import shapely

    drawn = shapely.LineString(pairs)
    number = max(3, int(drawn.length // _ARROW_EVERY))
    told = []
    for along in (np.arange(number) + 0.5) * drawn.length / number:
        ends = shapely.get_coordinates(shapely.line_interpolate_point(drawn, [along - 4, along, along + 4]))
        way = ends[2] - ends[0]
        if (length := float(np.hypot(*way))) > 1:
            told.append((ends[1], way / length))
    return told


def _arrow(at: NDArray[np.float64], way: NDArray[np.float64], colour: str) -> str:
    side = np.array([-way[1], way[0]])
    corners = [at + 13 * way, at - 9 * way + 10 * side, at - 4 * way, at - 9 * way - 10 * side]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return f'<polygon points="{points}" fill="{colour}" stroke="#ffffff" stroke-width="2"/>'


def _names(near: pd.DataFrame | None, lines: NDArray[Any], window: frames.Frame, parked: NDArray[np.float64]) -> str:
    """Write the names of streets along them, those of the walk first, where they touch no other name."""
    import shapely

    if near is None:
        return ""
    known = near[near["name"].notna() & (near["name"].fillna("").str.len() > 0)]
    if known.empty:
        return ""
    box = shapely.box(window.west, window.south, window.east, window.north)
    shapes = shapely.intersection(known["shape"].to_numpy(dtype=object), box)
    walked = np.zeros(len(known), dtype=bool)
    if len(lines):
        around = shapely.buffer(shapely.union_all(lines), 3 / window.scale)
        walked = shapely.length(shapely.intersection(shapes, around)) > 0.5 * shapely.length(shapes)
    frame = known.assign(on=walked, inside=shapely.length(shapes) * window.scale, cut=shapes)
    frame = frame[frame["inside"] > 0].sort_values(["on", "inside", "segment_id"], ascending=[False, False, True])
    taken = [(x, HEIGHT - 18, 16.0) for x in range(16, 220, 20)] + [(WIDTH - 34, 22.0, 20.0), (WIDTH - 34, 52.0, 20.0)]
    taken += [(float(x), float(y), 20.0) for x, y in window.place(parked)]
    told = []
    for label, part in frame.groupby("name", sort=False):
        for _, row in part.head(3).iterrows():
            if (words := _along(str(label), row["cut"], window, taken)) is not None:
                told.append(words)
                break
    return "".join(told)


def _along(label: str, shape: Any, window: frames.Frame, taken: list[tuple[float, float, float]]) -> str | None:
    """Write a name beside a street at the middle of its longest part; None where there is no room on either side."""
    import shapely

    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString"]
    if not parts:
        return None
    line = shapely.LineString(window.place(shapely.get_coordinates(max(parts, key=lambda each: each.length))))
    half = _LETTER * len(label) / 2 + 4
    if line.length < 0.7 * 2 * half:
        return None
    middle = line.length / 2
    (x0, y0), (x, y), (x1, y1) = shapely.get_coordinates(
        shapely.line_interpolate_point(line, [max(middle - half, 0), middle, middle + half])
    )
    turn = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
    turn = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
    way = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    for side in (-1, 1):
        spot = np.array([x - way[1] * 32 * side, y + way[0] * 32 * side])
        spots = [(*(spot + way * step).tolist(), 11.0) for step in np.arange(-half, half + 1, 16)]
        if _free(spots, window, taken):
            taken += spots
            return (
                f'<text x="{spot[0]:.1f}" y="{spot[1] + 7:.1f}" font-size="21" fill="{charts.INK}" stroke="#ffffff" '
                f'stroke-width="4" paint-order="stroke" stroke-linejoin="round" text-anchor="middle" '
                f'transform="rotate({turn:.1f} {spot[0]:.1f} {spot[1]:.1f})">{escape(label)}</text>'
            )
    return None


def _free(
    spots: list[tuple[float, float, float]], window: frames.Frame, taken: list[tuple[float, float, float]]
) -> bool:
    inside = all(12 < x < window.width - 12 and 12 < y < window.height - 12 for x, y, _ in spots)
    return inside and all((a - c) ** 2 + (b - d) ** 2 >= (r + s) ** 2 for a, b, r in spots for c, d, s in taken)


def _parking(spot: NDArray[np.float64], window: frames.Frame) -> str:
    x, y = window.place(spot[None, :])[0]
    return (
        f'<rect x="{x - 15:.1f}" y="{y - 15:.1f}" width="30" height="30" rx="4" fill="{PARKING}" stroke="#ffffff" '
        f'stroke-width="2.5"/><text x="{x:.1f}" y="{y + 8:.1f}" font-size="24" font-weight="bold" fill="#ffffff" '
        'text-anchor="middle">P</text>'
    )


def _scale(window: frames.Frame, crs: str) -> str:
    from abate.space import projections

    metre = window.scale / projections.unit_m(crs)
    longest = window.width * 0.2 / metre
    power = 10 ** np.floor(np.log10(longest))
    length = max(step * power for step in (1, 2, 5) if step * power <= longest)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    line = f'd="M16 {HEIGHT - 24:g}v10h{length * metre:.1f}v-10" fill="none"'
    return (
        f'<path {line} stroke="#ffffff" stroke-width="7"/><path {line} stroke="{charts.INK}" stroke-width="3"/>'
        f'<text x="24" y="{HEIGHT - 22:g}" font-size="20" fill="{charts.INK}" stroke="#ffffff" stroke-width="4" '
        f'paint-order="stroke">{words}</text>'
    )


def _north() -> str:
    x = WIDTH - 34
    return (
        f'<polygon points="{x:g},14 {x + 11:g},44 {x:g},37 {x - 11:g},44" fill="{charts.INK}" stroke="#ffffff"/>'
        f'<text x="{x:g}" y="62" font-size="18" font-weight="bold" fill="{charts.INK}" stroke="#ffffff" '
        'stroke-width="3" paint-order="stroke" text-anchor="middle">N</text>'
    )

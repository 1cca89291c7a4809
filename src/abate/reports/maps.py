"""Maps drawn as SVG: the whole area with its numbered hotspots, and each hotspot with what lies around it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.reports import charts, colours, frames, wording
from abate.space import projections

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from abate.reports.stories import HotspotStory

MOST_NUMBERS = 40
FEW_PLACES = 2_000
_FEW = 0.005
_SPARE = 0.25


def bounds(story: HotspotStory) -> tuple[float, float, float, float]:
    """Say what the map shows: the boundary, or without one where the places lie.

    A few incidents recorded far away would shrink the map to a dot. Where leaving them outside the picture saves a
    third of it, the picture holds all but one in two hundred incidents on each side, and as much again as a quarter
    of that ground on each side of it. All hotspots are inside.
    """
    import shapely

    if story.boundary is not None:
        return _sides(np.array([story.boundary]))
    whole = _sides(story.places["shape"].to_numpy())
    hot = _sides(story.places.loc[story.places["place_id"].isin(story.hotspots["place_id"]), "shape"].to_numpy())
    seen = story.places["incidents"].to_numpy(dtype=float)
    (west, east), (south, north) = (
        _middle(story.places[name].to_numpy(dtype=float), seen) for name in ("easting", "northing")
    )
    near = (min(west, hot[0]), min(south, hot[1]), max(east, hot[2]), max(north, hot[3]))
    return near if shapely.box(*near).area < shapely.box(*whole).area * 2 / 3 else whole


def _sides(shapes: NDArray[Any]) -> tuple[float, float, float, float]:
    import shapely

    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return west, south, east, north


def _middle(along: NDArray[np.float64], seen: NDArray[np.float64]) -> tuple[float, float]:
    order = np.argsort(along, kind="stable")
    below = np.cumsum(seen[order]) / max(seen.sum(), 1)
    first, last = np.searchsorted(below, [_FEW, 1 - _FEW])
    low, high = float(along[order][first]), float(along[order][min(last, len(along) - 1)])
    spare = _SPARE * (high - low)
    return max(low - spare, float(along.min())), min(high + spare, float(along.max()))


def beyond(story: HotspotStory) -> str:
    """Say how many places lie outside the picture, if any do."""
    west, south, east, north = bounds(story)
    x, y = story.places["easting"], story.places["northing"]
    out = story.places[(x < west) | (x > east) | (y < south) | (y > north)]
    if story.boundary is not None or out.empty:
        return ""
    places = wording.counted(len(out), "place", "places")
    incidents = wording.counted(int(out["incidents"].sum()), "incident", "incidents")
    return f"Far from the others, partly outside the picture: {places} with {incidents}, counted all the same."


def overview(story: HotspotStory, places: pd.DataFrame, *, width: float = 900, most_height: float = 760) -> str:
    """Draw the whole area: places by class, streets, names, hotspots with their numbers, legend and scale."""
    window = frames.fit(bounds(story), width=width, most_height=most_height)
    steps = colours.classes(places["incidents"].to_numpy())
    numbered, taken = numbers(story.hotspots.head(MOST_NUMBERS), window)
    body = (
        land(story, window)
        + coloured(places, window, steps, edge=0.4 if len(places) <= FEW_PLACES else 0)
        + streets(story, window, "0.5")
        + _outlined(places, story.hotspots["place_id"].tolist(), window)
        + _dots(story.hotspots.iloc[MOST_NUMBERS:], window)
        + names(story, window, taken, most=14)
        + numbered
        + scale_bar(window, story.crs)
    )
    clip = f'<clipPath id="map-clip"><rect width="{width:g}" height="{window.height:.1f}"/></clipPath>'
    legend = _legend(steps, window, story, quiet=bool((places["incidents"] == 0).any()))
    return charts.svg(
        f'{clip}<g clip-path="url(#map-clip)">{body}</g>{legend}',
        width=width,
        height=round(window.height + 58, 1),
        name="map-picture",
        told=wording.description(story),
        title=f"Map: {story.title}",
    )


@dataclass(frozen=True)
class Surroundings:
    """What the small maps are cut from: outlines and streets, found by where they lie."""

    story: HotspotStory
    places: pd.DataFrame
    tree: Any
    street_tree: Any
    steps: tuple[colours.Class, ...]


def surroundings(story: HotspotStory, places: pd.DataFrame) -> Surroundings:
    """Make ready to draw small maps."""
    import shapely

    lines = None if story.streets is None else shapely.STRtree(story.streets["shape"].to_numpy())
    steps = colours.classes(places["incidents"].to_numpy())
    return Surroundings(story, places, shapely.STRtree(places["shape"].to_numpy()), lines, steps)


def detail(ground: Surroundings, place_id: str, *, name: str, width: float = 300, height: float = 220) -> str:
    """Draw one hotspot in the middle of what lies around it, with streets where they are loaded."""
    import shapely

    story = ground.story
    own = ground.places.loc[ground.places["place_id"] == place_id, "shape"].iloc[0]
    west, south, east, north = own.bounds
    middle, tall = ((west + east) / 2, (south + north) / 2), 5 * max((north - south), (east - west) * height / width)
    wide = tall * width / height
    window = frames.Frame(
        middle[0] - wide / 2, middle[1] - tall / 2, middle[0] + wide / 2, middle[1] + tall / 2, width, height
    )
    box = shapely.box(window.west, window.south, window.east, window.north)
    near = ground.places.iloc[np.sort(ground.tree.query(box))]
    lines = None if ground.street_tree is None else np.sort(ground.street_tree.query(box))
    ranks = story.hotspots[story.hotspots["place_id"].isin(near["place_id"])]
    row = story.hotspots[story.hotspots["place_id"] == place_id].iloc[0]
    body = (
        f'<rect width="{width:g}" height="{height:g}" fill="{colours.LAND}"/>'
        + coloured(near, window, ground.steps, edge=0.7)
        + streets(story, window, "1.2", only=lines)
        + _outlined(near, ranks["place_id"].tolist(), window)
        + numbers(ranks, window, size=9)[0]
        + scale_bar(window, story.crs, part=0.3)
    )
    return charts.svg(
        f'<clipPath id="{name}-clip"><rect width="{width:g}" height="{height:g}"/></clipPath>'
        f'<g clip-path="url(#{name}-clip)">{body}</g>',
        width=width,
        height=height,
        name=name,
        told=f"Hotspot {row['rank']}, {row['name']}, and the places around it coloured by number of incidents.",
        title=f"Map of hotspot {row['rank']}",
    )


def land(story: HotspotStory, window: frames.Frame) -> str:
    """Draw the ground beneath everything: the area considered, and what lies around it."""
    water = colours.LAND if story.boundary is None else colours.SEA
    sea = f'<rect width="{window.width:g}" height="{window.height:.1f}" fill="{water}"/>'
    if story.boundary is None:
        return sea
    outline = frames.path(np.array([story.boundary]), window)
    line = f'stroke="{colours.STREET}" stroke-width="1.2"'
    return f'{sea}<path d="{outline}" fill="{colours.LAND}" {line} fill-rule="evenodd"/>'


def coloured(places: pd.DataFrame, window: frames.Frame, steps: Sequence[colours.Class], *, edge: float = 0) -> str:
    """Draw all places of a class as one path."""
    seen, shapes = places["incidents"].to_numpy(), places["shape"].to_numpy()
    line = f' stroke="#ffffff" stroke-width="{edge:g}"' if edge else ""
    quiet = ((seen == 0), colours.QUIET_PLACE)
    groups = [quiet, *(((seen >= each.low) & (seen <= each.high), each.colour) for each in steps)]
    return "".join(
        f'<path d="{frames.path(shapes[chosen], window)}" fill="{colour}" fill-rule="evenodd"{line}/>'
        for chosen, colour in groups
        if chosen.any()
    )


def _outlined(places: pd.DataFrame, chosen: list[str], window: frames.Frame) -> str:
    path = frames.path(places.loc[places["place_id"].isin(chosen), "shape"].to_numpy(), window)
    return (
        f'<path d="{path}" fill="none" stroke="#ffffff" stroke-width="3.6" stroke-linejoin="round"/>'
        f'<path d="{path}" fill="none" stroke="{colours.OUTLINE}" stroke-width="1.8" stroke-linejoin="round"/>'
    )


def streets(story: HotspotStory, window: frames.Frame, width: str, *, only: NDArray[np.int64] | None = None) -> str:
    """Draw the streets, or `only` some of them by their rows; nothing where none are loaded."""
    import shapely

    if story.streets is None:
        return ""
    lines = story.streets["shape"].to_numpy()
    lines = lines if only is None else lines[only]
    if only is None:
        lines = shapely.simplify(lines[shapely.length(lines) * window.scale > 2], 0.8 / window.scale)
    path = frames.path(lines, window, closed=False)
    return f'<path d="{path}" fill="none" stroke="{colours.STREET}" stroke-width="{width}" stroke-opacity="0.55"/>'


def numbers(
    hotspots: pd.DataFrame, window: frames.Frame, *, size: float = 11, colour: str = colours.OUTLINE
) -> tuple[str, list[tuple[float, float]]]:
    """Number the hotspots; a number that would cover another is moved aside and tied to its place by a line."""
    spots = window.place(hotspots[["easting", "northing"]].to_numpy(dtype=float))
    taken: list[tuple[float, float]] = []
    told: list[str] = []
    for rank, (x, y) in zip(hotspots["rank"], spots, strict=True):
        at = _free(x, y, taken, size=size, width=window.width, height=window.height)
        taken.append(at)
        if at != (x, y):
            told.insert(0, f'<path d="M{x:.1f} {y:.1f}L{at[0]:.1f} {at[1]:.1f}" stroke="{colour}" stroke-width="1.2"/>')
        told.append(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{size:g}" fill="{colour}" stroke="#ffffff" '
            f'stroke-width="1.5"/>'
            f'<text x="{at[0]:.1f}" y="{at[1] + size * 0.37:.1f}" font-weight="bold" '
            f'font-size="{size * (1.08 if rank < 100 else 0.86):.1f}" '
            f'fill="#ffffff" text-anchor="middle">{rank}</text>'
        )
    return "".join(told), taken


def _dots(hotspots: pd.DataFrame, window: frames.Frame) -> str:
    """Mark hotspots without their numbers."""
    spots = window.place(hotspots[["easting", "northing"]].to_numpy(dtype=float))
    return "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colours.OUTLINE}" stroke="#ffffff"/>' for x, y in spots
    )


def _free(
    x: float, y: float, taken: list[tuple[float, float]], *, size: float, width: float, height: float
) -> tuple[float, float]:
    """Find the nearest spot for a number that covers no other and stays in the picture."""
    apart = 2 * size + 2
    for distance in np.arange(0, 12 * size, size * 0.8):
        for turn in np.linspace(0, 2 * np.pi, 1 if distance == 0 else 16, endpoint=False):
            at = (float(x + distance * np.cos(turn)), float(y - distance * np.sin(turn)))
            inside = size < at[0] < width - size and size < at[1] < height - size
            if (inside or distance == 0) and all((at[0] - a) ** 2 + (at[1] - b) ** 2 >= apart**2 for a, b in taken):
                return at
    return float(x), float(y)


def names(story: HotspotStory, window: frames.Frame, numbers: list[tuple[float, float]], *, most: int) -> str:
    """Write place names, in the order given, where they touch neither a number nor one another."""
    if story.labels is None:
        return ""
    told: list[str] = []
    boxes = [(x, y - 5, 13.0) for x, y in numbers]
    spots = window.place(story.labels[["easting", "northing"]].to_numpy(dtype=float))
    for name, (x, middle) in zip(story.labels["name"], spots, strict=True):
        half = 3.7 * len(name)
        inside = half < x < window.width - half
        tried = [middle + aside for aside in (5, 22, -14, 36, -28) if 14 < middle + aside < window.height - 6]
        free = [y for y in tried if all(abs(x - a) > half + wide or abs(y - 5 - b) > 20 for a, b, wide in boxes)]
        if inside and free and len(told) < most:
            boxes.append((x, free[0] - 5, half))
            told.append(
                f'<text x="{x:.1f}" y="{free[0]:.1f}" font-size="14" fill="{charts.INK}" stroke="#ffffff" '
                f'stroke-width="3" paint-order="stroke" stroke-linejoin="round" text-anchor="middle">'
                f"{escape(name)}</text>"
            )
    return "".join(told)


def scale_bar(window: frames.Frame, crs: str, *, part: float = 0.18) -> str:
    """Draw a bar of a round length in metres or kilometres."""
    metre = window.scale / projections.unit_m(crs)
    longest = window.width * part / metre
    power = 10 ** np.floor(np.log10(longest))
    length = max(step * power for step in (1, 2, 5) if step * power <= longest)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    wide, base = length * metre, window.height - 10
    return (
        f'<path d="M10 {base - 5:.1f}v5h{wide:.1f}v-5" fill="none" stroke="#ffffff" stroke-width="4"/>'
        f'<path d="M10 {base - 5:.1f}v5h{wide:.1f}v-5" fill="none" stroke="{charts.INK}" stroke-width="1.4"/>'
        f'<text x="14" y="{base - 5:.1f}" font-size="12" fill="{charts.INK}" stroke="#ffffff" stroke-width="3" '
        f'paint-order="stroke">{words}</text>'
    )


def _ranks(story: HotspotStory) -> str:
    more = len(story.hotspots)
    return "hotspot and its rank" + (f"; dots: ranks {MOST_NUMBERS + 1} to {more}" if more > MOST_NUMBERS else "")


def _legend(steps: Sequence[colours.Class], window: frames.Frame, story: HotspotStory, *, quiet: bool) -> str:
    """Write the classes under the map, and what the ring and the number mean."""
    shown = [("none", colours.QUIET_PLACE), *((each.words, each.colour) for each in steps)]
    shown = shown if quiet else shown[1:]
    y = window.height + 20
    heading = f"Incidents, {wording.period(story.months)}:"
    told = [f'<text x="0" y="{y:.1f}" font-size="13" fill="{charts.INK}">{heading}</text>']
    x = 0.0
    for words, colour in shown:
        told.append(
            f'<rect x="{x:.1f}" y="{y + 12:.1f}" width="18" height="14" fill="{colour}" stroke="{colours.STREET}" '
            f'stroke-width="0.6"/><text x="{x + 23:.1f}" y="{y + 24:.1f}" font-size="13" '
            f'fill="{charts.INK}">{words}</text>'
        )
        x += 42 + 7.2 * len(words)
    told.append(
        f'<circle cx="{x + 10:.1f}" cy="{y + 19:.1f}" r="9" fill="{colours.OUTLINE}"/>'
        f'<text x="{x + 10:.1f}" y="{y + 23:.1f}" '
        f'font-size="11" font-weight="bold" fill="#ffffff" text-anchor="middle">1</text>'
        f'<text x="{x + 25:.1f}" y="{y + 24:.1f}" font-size="13" fill="{charts.INK}">{_ranks(story)}</text>'
    )
    return "".join(told)

"""Pictures of the sites: all of them on the map, each with what lies around it, and the hours of its week."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.reports import charts, colours, frames, maps, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from abate.reports.stories import HotspotStory

SITE, HALO = "#00624f", "#ffffff"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK = ("#f4f1ec", "#fde4c4", "#f8bd7f", "#ec8a4d", "#cf4f34")


def overview(story: HotspotStory, places: pd.DataFrame, *, width: float = 900, most_height: float = 700) -> str:
    """Draw all sites with their numbers over the places, streets and names."""
    sites = _sites(story)
    window = frames.fit(maps.bounds(story), width=width, most_height=most_height)
    numbered, taken = maps.numbers(sites, window, colour=SITE)
    body = (
        maps.land(story, window)
        + maps.coloured(places, window, colours.classes(places["incidents"].to_numpy()))
        + maps.streets(story, window, "0.5")
        + outlined(sites["shape"].to_numpy(dtype=object), window)
        + maps.names(story, window, taken, most=14)
        + numbered
        + maps.scale_bar(window, story.crs)
    )
    clip = f'<clipPath id="site-clip"><rect width="{width:g}" height="{window.height:.1f}"/></clipPath>'
    key = (
        f'<rect x="1" y="{window.height + 12:.1f}" width="18" height="14" fill="none" stroke="{SITE}" '
        f'stroke-width="2.4"/><text x="26" y="{window.height + 24:.1f}" font-size="13" fill="{charts.INK}">'
        f"site and its number; colours: incidents in each place, {escape(wording.period(story.months))}</text>"
    )
    return charts.svg(
        f'{clip}<g clip-path="url(#site-clip)">{body}</g>{key}',
        width=width,
        height=round(window.height + 34, 1),
        name="site-map",
        told=description(sites),
        title=f"Map of the sites: {story.title}",
    )


def description(sites: pd.DataFrame) -> str:
    """Describe the map of the sites in words."""
    named = [f"{row['rank']}: {row['name']}" for row in sites.to_dict("records")]
    more = f"; and {len(named) - 10} more in the table" if len(named) > 10 else ""
    return f"Map with {len(named)} numbered sites. {'; '.join(named[:10])}{more}."


def detail(
    around: maps.Surroundings, row: dict[Any, Any], *, name: str, width: float = 300, height: float = 220
) -> str:
    """Draw one site in the middle of what lies around it, other sites near it too."""
    import shapely

    story = around.story
    window = _about(row["shape"], width, height)
    box = shapely.box(window.west, window.south, window.east, window.north)
    near = around.places.iloc[np.sort(around.tree.query(box))]
    lines = None if around.street_tree is None else np.sort(around.street_tree.query(box))
    shapes = _sites(story)["shape"].to_numpy(dtype=object)
    body = (
        f'<rect width="{width:g}" height="{height:g}" fill="{colours.LAND}"/>'
        + maps.coloured(near, window, around.steps, edge=0.7)
        + maps.streets(story, window, "1.2", only=lines)
        + outlined(shapes[shapely.intersects(shapes, box)], window)
        + maps.scale_bar(window, story.crs, part=0.3)
    )
    return charts.svg(
        f'<clipPath id="{name}-clip"><rect width="{width:g}" height="{height:g}"/></clipPath>'
        f'<g clip-path="url(#{name}-clip)">{body}</g>',
        width=width,
        height=height,
        name=name,
        told=f"Site {row['rank']}, {row['name']}, and the places around it coloured by number of incidents.",
        title=f"Map of site {row['rank']}",
    )


def _about(shape: Any, width: float, height: float) -> frames.Frame:
    west, south, east, north = shape.bounds
    tall = 3.2 * max(north - south, (east - west) * height / width)
    wide = tall * width / height
    x, y = (west + east) / 2, (south + north) / 2
    return frames.Frame(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2, width, height)


def outlined(shapes: NDArray[Any], window: frames.Frame) -> str:
    """Draw the outlines of sites, with a light edge."""
    if not len(shapes):
        return ""
    path = frames.path(shapes, window)
    return (
        f'<path d="{path}" fill="{SITE}" fill-opacity="0.12" stroke="{HALO}" stroke-width="4.4" '
        f'stroke-linejoin="round"/><path d="{path}" fill="none" stroke="{SITE}" stroke-width="2.4" '
        'stroke-linejoin="round"/>'
    )


def week(shares: Sequence[float], *, name: str, title: str, width: float = 300) -> str:
    """Draw the hours of a week: a row a day, a column an hour, darker where more of the incidents fall.

    `shares` are 168 shares from Monday's first hour on. The darkest class holds three times an even share or more.

    >>> week([1 / 168] * 168, name="w", title="Week").count("<rect")
    168
    """
    left, top, row = 34.0, 4.0, 13.0
    step = (width - left) / 24
    times = np.asarray(shares, dtype=float).reshape(7, 24) * 168
    shade = np.digitize(times, [0.5, 1.0, 1.75, 3.0])
    cells = "".join(
        f'<rect x="{left + hour * step:.1f}" y="{top + day * row:.1f}" width="{step - 0.6:.1f}" '
        f'height="{row - 0.8:.1f}" fill="{_WEEK[shade[day, hour]]}"/>'
        for day in range(7)
        for hour in range(24)
    )
    days = "".join(
        f'<text x="0" y="{top + day * row + 10.5:.1f}" font-size="11" fill="{charts.QUIET}">{word}</text>'
        for day, word in enumerate(_DAYS)
    )
    base = top + 7 * row + 12
    hours = "".join(
        f'<text x="{left + hour * step:.1f}" y="{base:.1f}" font-size="11" fill="{charts.QUIET}">{hour}</text>'
        for hour in (0, 6, 12, 18)
    )
    day, hour = np.unravel_index(int(np.argmax(times)), times.shape)
    told = f"Busiest: {_DAYS[day]} {hour}:00, {times[day, hour]:.1f} times an even hour."
    return charts.svg(cells + days + hours, width=width, height=base + 4, name=name, told=told, title=title)


def _sites(story: HotspotStory) -> pd.DataFrame:
    if story.sites is None:
        raise ValueError("this story has no sites")
    return story.sites.sites

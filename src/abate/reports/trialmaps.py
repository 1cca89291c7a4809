"""The map of a trial's sites with the rings about them, and the table that says the same."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import MissingPartError
from abate.reports import charts, colours, frames, maps, sitemaps
from abate.reports.chapters import Figure, Table
from abate.space import projections

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.reports.trialstories import Ground, Story

    Shapes = NDArray[np.object_]

RING, RING_EDGE = "#dcebf5", "#33658a"
_WIDTH, _MOST_HEIGHT = 900.0, 640.0
_POINT_M = 12.0


def figure(story: Story) -> Figure | None:
    """Draw the sites with their numbers and the rings about them; None where nobody said where the sites lie.

    Raises `MissingPartError` where the extra `geo` is not installed.
    """
    if story.ground is None:
        return None
    try:
        import shapely  # noqa: F401 - said here, before anything is drawn
    except ImportError:
        raise MissingPartError.of("shapely", extra="geo") from None
    ground, sites = story.ground, located(story)
    shapes = _shapes(sites, ground)
    rings = _rings(shapes, ground)
    held = np.concatenate([shapes, rings]) if len(rings) else shapes
    window = _window(held)
    body = f'<rect width="{_WIDTH:g}" height="{window.height:.1f}" fill="{colours.LAND}"/>'
    if len(rings):
        body += (
            f'<path d="{frames.path(rings, window)}" fill="{RING}" fill-rule="nonzero" fill-opacity="0.75" '
            f'stroke="{RING_EDGE}" stroke-width="1.2" stroke-dasharray="6 4"/>'
        )
    body += sitemaps.outlined(shapes, window)
    body += maps.numbers(sites, window, colour=sitemaps.SITE)[0] + maps.scale_bar(window, ground.crs)
    clip = f'<clipPath id="ring-clip"><rect width="{_WIDTH:g}" height="{window.height:.1f}"/></clipPath>'
    spoken = _spoken(sites, ground)
    drawn = charts.svg(
        f'{clip}<g clip-path="url(#ring-clip)">{body}</g>{_key(window.height, ground)}',
        width=_WIDTH,
        height=round(window.height + 34, 1),
        name="ring-map",
        told=spoken,
        title="Map of the sites and the rings about them",
    )
    return Figure(drawn, spoken, _caption(shapes, ground), wide=True)


def table(story: Story) -> Table | None:
    """Say in a table what the map shows, with incidents per 100 place-days in each site and its ring."""
    if story.ground is None:
        return None
    panel = story.panel
    patrol, usual = panel.patrol & panel.drawn, ~panel.patrol & panel.drawn
    counted = [panel.incidents] if story.rings is None else [panel.incidents, story.rings]
    rates = [_rate(counts, days) for counts in counted for days in (patrol, usual)]
    place = {site: row for row, site in enumerate(panel.sites)}
    rows = tuple(
        (
            str(row["rank"]),
            str(row["name"]) if row["name"] == row["site_id"] else f"{row['name']} ({row['site_id']})",
            *(rate[place[str(row["site_id"])]] for rate in rates),
        )
        for row in located(story).to_dict("records")
    )
    of_rings = () if story.rings is None else ("Ring, patrol days", "Ring, usual days")
    headings = ("Number", "Site", "Site, patrol days", "Site, usual days", *of_rings)
    return Table(
        "Sites and rings",
        "Incidents per 100 place-days, by the number on the map. Few incidents a site: no single row settles anything.",
        headings,
        rows,
        numbers=frozenset(range(2, len(headings))),
    )


def located(story: Story) -> pd.DataFrame:
    """Give the sites of the trial that have a place on the map, numbered in their order."""
    if story.ground is None:
        raise ValueError("nobody said where the sites of this story lie")
    sites = story.ground.sites
    mine = sites[sites["site_id"].astype(str).isin(story.panel.sites)].sort_values("site_id", ignore_index=True)
    return mine.assign(rank=range(1, len(mine) + 1))


def _rate(counts: NDArray[np.float64], days: NDArray[np.bool_]) -> list[str]:
    seen, spent = np.where(days, counts, 0).sum(axis=1), days.sum(axis=1)
    return [f"{100 * one / many:.0f}" if many else "no such day" for one, many in zip(seen, spent, strict=True)]


def _shapes(sites: pd.DataFrame, ground: Ground) -> Shapes:
    """Give each site its outline, or a small disc about its middle."""
    import shapely

    unit = projections.unit_m(ground.crs)
    middles = shapely.points(sites["easting"].to_numpy(dtype=float), sites["northing"].to_numpy(dtype=float))
    discs = shapely.buffer(middles, _POINT_M / unit)
    held = [shape if shape is not None else disc for shape, disc in zip(sites["shape"], discs, strict=True)]
    return np.array(held, dtype=object)


def _rings(shapes: Shapes, ground: Ground) -> Shapes:
    import shapely

    if ground.ring_m is None:
        return np.array([], dtype=object)
    wide = shapely.buffer(shapes, ground.ring_m / projections.unit_m(ground.crs))
    found: Shapes = np.asarray(shapely.difference(wide, shapely.union_all(shapes)), dtype=object)
    return found


def _window(shapes: Shapes) -> frames.Frame:
    import shapely

    return frames.fit(shapely.total_bounds(shapes).tolist(), width=_WIDTH, most_height=_MOST_HEIGHT)


def _caption(shapes: Shapes, ground: Ground) -> str:
    """Say how wide the rings are, and how many of them overlap."""
    import shapely

    if ground.ring_m is None:
        return "The sites of the trial. Nobody said how wide the rings are, so none are drawn."
    wide = shapely.buffer(shapes, ground.ring_m / projections.unit_m(ground.crs))
    first, second = shapely.STRtree(wide).query(wide, predicate="overlaps")
    pairs = int((first < second).sum())
    told = f"The sites of the trial, with a ring of {ground.ring_m:g} m about each."
    if not pairs:
        return f"{told} No two rings overlap."
    some = "1 pair of rings overlaps" if pairs == 1 else f"{pairs} pairs of rings overlap"
    return f"{told} {some}: what happens there is near two sites, and the comparison of rings is the weaker for it."


def _spoken(sites: pd.DataFrame, ground: Ground) -> str:
    named = [f"{row['rank']}: {row['name']}" for row in sites.to_dict("records")]
    more = f"; and {len(named) - 10} more in the table" if len(named) > 10 else ""
    ring = "" if ground.ring_m is None else f", each with a ring of {ground.ring_m:g} m about it"
    return f"Map with {len(named)} numbered sites{ring}. {'; '.join(named[:10])}{more}."


def _key(height: float, ground: Ground) -> str:
    y = height + 12
    told: list[tuple[str, Any]] = [("site and its number", ("none", sitemaps.SITE, "2.4", ""))]
    if ground.ring_m is not None:
        told.append((f"ring of {ground.ring_m:g} m", (RING, RING_EDGE, "1.2", ' stroke-dasharray="6 4"')))
    drawn, x = [], 1.0
    for words, (fill, stroke, width, dash) in told:
        drawn.append(
            f'<rect x="{x:g}" y="{y:.1f}" width="18" height="14" fill="{fill}" stroke="{stroke}" '
            f'stroke-width="{width}"{dash}/><text x="{x + 25:g}" y="{y + 12:.1f}" font-size="13" '
            f'fill="{charts.INK}">{escape(words)}</text>'
        )
        x += 60 + 7 * len(words)
    return "".join(drawn)

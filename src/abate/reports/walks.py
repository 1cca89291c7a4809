"""Walking loops as they go out: printed maps with directions (HTML and PDF), tracks (GPX), lines (GeoJSON)."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import MissingPartError
from abate.reports import deliveries, gpx, provenance, tables, tasking_maps, wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

MARKING = "working copy, OFFICIAL-SENSITIVE"
TITLE = "Walking loops"
READING = (
    "The walk begins and ends at the parking point. A street counts once, however often it is walked.",
    (
        "The bound is proven: no walk of this length from this parking point passes more. The gap is how far short of "
        "it this walk is. For the second walk and later ones it holds among walks that go over no more of what earlier "
        "ones passed than this one does."
    ),
    "Take another walk each time, and walk it the other way round every second time, so that nobody can foresee it.",
    (
        "Expected numbers come from recorded incidents, whose places are often moved to a point nearby. They describe "
        "places, never a person, and give no ground to stop or search anybody."
    ),
)
_HIDDEN = ("shape", "turns")


@dataclass(frozen=True)
class Walks:
    """Everything that is told of the loops.

    `loops` is `tables.LOOPS` as `patrols.loops.draw` gives it, `sites` `tables.PATROL_SITES`, `segments` the walkable
    stretches (`tables.SEGMENTS`), all in `crs`. `unit` says what is passed, `radius_m` how large a site without an
    outline is drawn. `made` says how it was made.
    """

    loops: pd.DataFrame
    sites: pd.DataFrame
    segments: pd.DataFrame
    crs: str
    radius_m: float
    unit: str
    sentence: str
    notes: tuple[str, ...]
    made: Mapping[str, Any]
    made_on: date


def write(told: Walks, into: Path) -> tuple[Path, ...]:
    """Write loops.geojson, loops.gpx, walks.html, walks.pdf and provenance.json, all of them or none.

    Raises `OptionError` when the folder cannot be written, `MissingPartError` without the extra `report`.
    """
    cards = _cards(told)
    files = {
        "loops.geojson": geojson(told),
        "loops.gpx": tracks(told),
        "walks.html": page(told, cards).encode(),
        "walks.pdf": paper(told, cards),
    }
    record = {
        "title": TITLE,
        "marking": MARKING,
        **told.made,
        "notes": list(told.notes),
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    files["provenance.json"] = (json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n").encode()
    return deliveries.deliver(files, into)


def geojson(told: Walks) -> bytes:
    """Write the loops as GeoJSON: a line a walk in longitude and latitude, its row of the table beside it."""
    features = []
    for row in told.loops.to_dict("records"):
        corners = _corners(row["shape"], told.crs)
        properties = {str(name): tables.json_value(value) for name, value in row.items() if name not in _HIDDEN}
        properties["parking_longitude"], properties["parking_latitude"] = corners[0]
        line = {"type": "LineString", "coordinates": [list(corner) for corner in corners]}
        features.append({"type": "Feature", "properties": properties, "geometry": line})
    document = {"type": "FeatureCollection", "marking": MARKING, "analysis_crs": told.crs, "features": features}
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()


def tracks(told: Walks) -> bytes:
    """Write the loops as GPX: a track a walk, a waypoint a parking point."""
    drawn, parked = [], {}
    for row in told.loops.to_dict("records"):
        corners = _corners(row["shape"], told.crs)
        drawn.append(gpx.Track(f"{row['name']}, walk {row['loop']}", str(row["directions"]), corners))
        parked[row["site_id"]] = gpx.Waypoint(f"Park: {row['name']}", *corners[0], told=f"Park {row['parking']}.")
    return gpx.draw(drawn, title=TITLE, told=MARKING, waypoints=parked.values())


def _corners(shape: Any, crs: str) -> list[tuple[float, float]]:
    import shapely

    from abate.space import projections

    pairs = shapely.get_coordinates(shape)
    moved = projections.convert(pairs[:, 0], pairs[:, 1], source=crs, target=projections.LONGITUDE_LATITUDE)
    return [
        (round(east, 7), round(north, 7))
        for east, north in zip(moved.easting.tolist(), moved.northing.tolist(), strict=True)
    ]


def page(told: Walks, cards: list[dict[str, Any]] | None = None) -> str:
    """Give the page: for each site its walks with map, facts and directions. It needs no network and it prints."""
    try:
        from jinja2 import Environment, StrictUndefined
        from markupsafe import Markup
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    sheet = _sheet()
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    text = (resources.files("abate.reports") / "templates/walks.html.j2").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters["drawing"] = Markup
    whole: str = environment.from_string(text).render(
        marking=MARKING,
        title=TITLE,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=Markup(sheet),  # noqa: S704 - the style sheet of this room
        sentence=told.sentence,
        sites=_cards(told) if cards is None else cards,
        reading=READING,
        notes=[wording.sentence(note) for note in told.notes],
        made=provenance.rows(told.made),
        made_on=_day(told.made_on),
    )
    return whole


def paper(told: Walks, cards: list[dict[str, Any]] | None = None) -> bytes:
    """Give the same as PDF/UA-1, a page a walk; the same walks give the same bytes."""
    try:
        import typst
    except ImportError:
        raise MissingPartError.of("typst", extra="report") from None
    words = {
        "title": TITLE,
        "marking": MARKING[:1].upper() + MARKING[1:],
        "sentence": told.sentence,
        "sites": _cards(told) if cards is None else cards,
        "reading": READING,
        "notes": [wording.sentence(note) for note in told.notes],
        "made_on": _day(told.made_on),
    }
    return bytes(
        typst.compile(
            (resources.files("abate.reports") / "templates/walks.typ").read_bytes(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"told": json.dumps(words, ensure_ascii=False, allow_nan=False)},
            pdf_standards=["ua-1"],
            timestamp=datetime(told.made_on.year, told.made_on.month, told.made_on.day, tzinfo=UTC),
        )
    )


def _cards(told: Walks) -> list[dict[str, Any]]:
    """Gather, site by site, the words and pictures of its walks."""
    ground = tasking_maps.Ground(told.crs, told.segments)
    outlines = dict(zip(told.sites["site_id"], _outlines(told), strict=True))
    cards = []
    for number, (site, walks) in enumerate(told.loops.groupby("site_id", sort=False)):
        first = walks.iloc[0]
        cards.append(
            {
                "id": f"site-{number + 1}",
                "name": first["name"],
                "parking": f"Park {first['parking']}.",
                "walks": [
                    _walk(told, ground, outlines[site], walks.iloc[[place]], f"map-{number + 1}-{place + 1}")
                    for place in range(len(walks))
                ],
            }
        )
    return cards


def _outlines(told: Walks) -> list[Any]:
    import shapely

    from abate.space import projections

    radius = told.radius_m / projections.unit_m(told.crs)
    return [
        row.shape
        if isinstance(row.shape, shapely.Geometry) and row.shape.area > 0
        else shapely.Point(row.easting, row.northing).buffer(radius)
        for row in told.sites.itertuples()
    ]


def _walk(told: Walks, ground: tasking_maps.Ground, outline: Any, walk: pd.DataFrame, name: str) -> dict[str, Any]:
    row = walk.iloc[0]
    title = f"{row['name']}, walk {row['loop']}"
    spoken = f"Map of walk {row['loop']} at {row['name']}, {row['length_m']:,.0f} m from the parking point and back."
    drawn = tasking_maps.draw(ground, outline, walk, name=name, title=title, told=spoken)
    window = tasking_maps.frame([outline, row["shape"]], crs=told.crs)
    return {
        "title": f"Walk {row['loop']}",
        "map": drawn.removesuffix("</svg>") + _numbers(row["turns"], window) + "</svg>",
        "spoken": spoken,
        "facts": facts(row.to_dict(), unit=told.unit),
        "steps": [wording.sentence(step.words) for step in row["turns"]] or [str(row["directions"])],
    }


def facts(row: Mapping[Any, Any], *, unit: str) -> list[list[str]]:
    """Say what a walk is and passes, as pairs of what and how much.

    >>> row = {"length_m": 1120.4, "minutes": 14.9, "passed": 8.0, "share": 0.8, "inside": 0.9, "bound": 8.0}
    >>> row |= {"gap": 0.0, "proven": True, "repeated": 0.0, "loop": 1, "basis": "points"}
    >>> told = dict(facts(row, unit="incidents a month"))
    >>> told["Length"], told["Best possible"]
    ('1,120 m, 14.9 minutes without a stop', '8.00; this walk is proven to be one of the best')
    """
    gap = f"at most {row['bound']:,.2f}; this walk is {row['gap']:.1%} short of that"
    best = f"{row['bound']:,.2f}; this walk is proven to be one of the best"
    said = "metres of its streets" if row["basis"] == "length" else unit
    told = [
        ["Length", f"{row['length_m']:,.0f} m, {row['minutes']:.1f} minutes without a stop"],
        ["Passes", f"{row['passed']:,.2f} expected {said}: {row['share']:.0%} of the site's"],
        ["Best possible", best if row["proven"] else gap],
        ["Inside the site", f"{row['inside']:.0%} of its length"],
    ]
    shared = f"{row['repeated']:.0%} of its length, with the earlier walk most like it"
    return [*told, ["Shared", shared]] if row["loop"] > 1 else told


def _numbers(turns: tuple[Any, ...], window: Any) -> str:
    """Write the numbers of the turns where they are taken; where two fall together the first is written."""
    told, taken = "", np.empty((0, 2))
    for turn in turns:
        spot = window.place(np.array([[turn.easting, turn.northing]]))
        if turn is turns[0]:
            taken = spot  # the parking point stands here
            continue
        if np.hypot(*(taken - spot).T).min() < 26:
            continue
        taken = np.vstack([taken, spot])
        x, y = spot[0]
        told += (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="12" fill="#ffffff" stroke="#1d2733" stroke-width="2"/>'
            f'<text x="{x:.1f}" y="{y + 5.5:.1f}" font-size="16" text-anchor="middle" fill="#1d2733">{turn.number}'
            "</text>"
        )
    return told


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "walks.css"))

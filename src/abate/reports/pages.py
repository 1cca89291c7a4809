"""The report as one HTML page that needs no network: map, list, reasons, curve, quality, limits, how it was made."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import MissingPartError
from abate.reports import (
    basemaps,
    charts,
    colours,
    maps,
    outlines,
    provenance,
    rehearsals,
    sitemaps,
    sitepages,
    wording,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from abate.reports.stories import HotspotStory

MOST_CARDS = 100
_HERE = Path(__file__).parent


def draw(story: HotspotStory, *, basemap: bytes | None = None) -> str:
    """Draw the report as one page: it opens from disk, in print, on a phone and without JavaScript.

    `basemap` is the content of a PMTiles file, which the page then carries inside.
    """
    ground = outlines.drawn(story.places, keep=set(story.hotspots["place_id"]), crs=story.crs)
    scripts, sheets = _scripts(with_basemap=basemap is not None), _sheets()
    steps = colours.classes(ground.places["incidents"].to_numpy())
    records: list[Any] = story.hotspots.to_dict("records")
    page: str = _template().render(
        story=story,
        words=wording,
        policy=_policy(scripts, sheets),
        scripts=[_markup(script) for script in scripts],
        sheets=[_markup(sheet) for sheet in sheets],
        picture=_markup(maps.overview(story, ground.places)),
        curve=_markup(charts.concentration_curve(story.lorenz, place_kind=story.place_kind)),
        classes=[colours.Class(0, 0, colours.QUIET_PLACE)] * bool((ground.places["incidents"] == 0).any())
        + list(steps),
        drawing=_drawing(story, ground, basemap),
        columns=_columns(story),
        rows=[_row(record) for record in records],
        cards=_cards(story, ground, records[:MOST_CARDS]),
        sites=_sites(story, ground),
        rehearsed=_rehearsed(story),
        bases=wording.bases(story),
        provenance=provenance.rows(story.provenance),
        made_on=f"{story.made_on.day} {wording.month(story.made_on.isoformat()[:7])}",
        data=_markup(_safe(_ground(story, ground, steps))),
        basemap=None if basemap is None else base64.b64encode(basemap).decode(),
    )
    return page


def _template() -> Any:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    rooms = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    return rooms.get_template("report.html.j2")


def _markup(text: str) -> Any:
    """Say that a text is markup already: only what this room drew itself, where every word was escaped."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - drawn here, from escaped words


@cache
def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _scripts(*, with_basemap: bool) -> list[str]:
    names = ["vendor/maplibre-gl.js", *(["vendor/pmtiles.js"] if with_basemap else []), "templates/report.js"]
    return [_part(name) for name in names]


def _sheets() -> list[str]:
    return [_part("vendor/maplibre-gl.css"), _part("templates/report.css")]


def _policy(scripts: Iterable[str], sheets: Iterable[str]) -> str:
    """Write the page's security policy: only its own scripts and styles, told by their hashes, and nothing fetched."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts))}",
            f"style-src {' '.join(map(_hash, sheets))}",
            "img-src data: blob:",
            "worker-src blob:",
            "connect-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _drawing(story: HotspotStory, ground: outlines.Drawn, basemap: bytes | None) -> list[str]:
    """Say what the map leaves out or simplifies."""
    told = [*ground.told, maps.beyond(story)]
    if basemap is not None:
        west, south, east, north = _box(story)
        left, low, right, high = basemaps.extent(basemap)
        if left > west or low > south or right < east or high < north:
            told.append("The basemap does not cover the whole area.")
    return [sentence for sentence in told if sentence]


def _columns(story: HotspotStory) -> list[dict[str, Any]]:
    """Choose the columns of the list: those that the story knows."""
    titles = {
        "rank": "Rank",
        "name": "Place",
        "incidents": "Incidents",
        "share": "Share of all",
        "cumulative_share": "Share so far",
        "probability_top": "Chance it belongs",
        "months_active": "Months with incidents",
        "trend": "Trend",
        "harm": "Harm",
        "area_km2": "Area, km²",
    }
    known = [key for key in titles if key in story.hotspots.columns]
    return [{"key": key, "title": titles[key], "number": key not in {"name", "trend"}} for key in known]


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Write one row of the list: what is read, and what is sorted by."""
    write: dict[str, Callable[[Any], str]] = {
        "rank": str,
        "incidents": wording.count,
        "share": wording.share,
        "cumulative_share": wording.share,
        "probability_top": wording.chance,
        "months_active": wording.count,
        "harm": wording.count,
        "area_km2": "{:.3f}".format,
    }
    cells = {
        key: {
            "words": write[key](record[key]) if wording.known(record.get(key)) else "not known",
            "sort": record.get(key),
        }
        for key in write
        if key in record
    }
    trend = record.get("trend") if isinstance(record.get("trend"), str) else ""
    order = record["trend_ratio"] if wording.known(record.get("trend_ratio")) else trend
    cells["trend"] = {"words": trend, "sort": order}
    return {"rank": record["rank"], "name": record["name"], "cells": cells, "card": record["rank"] <= MOST_CARDS}


def _cards(story: HotspotStory, ground: outlines.Drawn, records: list[Any]) -> list[dict[str, Any]]:
    """Draw for each hotspot why it is on the list."""
    around = maps.surroundings(story, ground.places)
    return [
        {
            "rank": record["rank"],
            "name": record["name"],
            "facts": wording.facts(story, record),
            "months": _bars(story, record),
            "kinds": _kinds(record),
            "map": _markup(maps.detail(around, record["place_id"], name=f"around-{record['rank']}")),
        }
        for record in records
    ]


def _sites(story: HotspotStory, ground: outlines.Drawn) -> dict[str, Any]:
    """Gather what is told of the sites, its pictures as markup; empty where none were chosen."""
    told = sitepages.told(story, ground)
    if not told:
        return {}
    drawn = [{**card, **{name: _markup(card[name]) for name in ("week", "months", "map")}} for card in told["cards"]]
    return {**told, "picture": _markup(told["picture"]), "cards": drawn}


def _rehearsed(story: HotspotStory) -> dict[str, Any]:
    """Gather what is told of the rehearsed forecasts, the chart as markup; empty where none were."""
    told = rehearsals.told(None if story.sites is None else story.sites.rehearsal)
    return {**told, **{name: _markup(told[name]) for name in ("chart", "transform")}} if told else {}


def _bars(story: HotspotStory, record: Mapping[str, Any]) -> Any:
    bars = [int(seen) for seen in record.get("by_month") or []]
    if not bars:
        return ""
    return _markup(charts.month_bars(bars, story.months, missing=story.missing_months, name=f"months-{record['rank']}"))


def _kinds(record: Mapping[str, Any]) -> Any:
    kinds = {str(kind): int(seen) for kind, seen in (record.get("by_type") or {}).items()}
    return _markup(charts.type_bars(kinds, name=f"kinds-{record['rank']}")) if kinds else ""


def _ground(story: HotspotStory, ground: outlines.Drawn, steps: tuple[colours.Class, ...]) -> dict[str, Any]:
    """Gather what the interactive map draws."""
    places, hot = ground.places, story.hotspots
    ranks = dict(zip(hot["place_id"], hot["rank"].tolist(), strict=True))
    shapes = outlines.longitude_latitude(places["shape"].to_numpy(), crs=story.crs)
    return {
        "places": {
            "rings": outlines.packed(shapes),
            "n": places["incidents"].tolist(),
            "id": places["place_id"].tolist(),
            "rank": [ranks.get(place, 0) for place in places["place_id"]],
        },
        "streets": _lines(story),
        "boundary": _boundary(story),
        "sites": _site_outlines(story),
        "site": sitemaps.SITE,
        "hotspots": _spots(story, hot["name"].tolist(), hot, hot["rank"].tolist()),
        "labels": [] if story.labels is None else _spots(story, story.labels["name"].tolist(), story.labels),
        "bounds": _box(story),
        "hot": _box(story, only_hotspots=True),
        "classes": [{"low": each.low, "colour": each.colour} for each in steps],
        "quiet": colours.QUIET_PLACE,
        "land": colours.LAND,
        "sea": colours.SEA,
        "street": colours.STREET,
        "outline": colours.OUTLINE,
        "credits": " ".join(story.credits),
        "period": wording.period(story.months),
    }


def _lines(story: HotspotStory) -> list[list[int]]:
    if story.streets is None or story.streets.empty:
        return []
    return outlines.packed_lines(outlines.longitude_latitude(story.streets["shape"].to_numpy(), crs=story.crs))


def _boundary(story: HotspotStory) -> list[list[int]]:
    if story.boundary is None:
        return []
    return outlines.packed(outlines.longitude_latitude(np.array([story.boundary]), crs=story.crs))[0]


def _site_outlines(story: HotspotStory) -> list[list[list[int]]]:
    if story.sites is None:
        return []
    shapes = story.sites.sites["shape"].to_numpy(dtype=object)
    return outlines.packed(outlines.longitude_latitude(shapes, crs=story.crs))


def _spots(story: HotspotStory, names: list[str], where: Any, ranks: list[int] | None = None) -> list[dict[str, Any]]:
    import shapely

    points = shapely.points(where[["easting", "northing"]].to_numpy(dtype=float))
    pairs = shapely.get_coordinates(outlines.longitude_latitude(points, crs=story.crs)).tolist()
    told: list[dict[str, Any]] = [{"name": name, "at": at} for name, at in zip(names, pairs, strict=True)]
    return told if ranks is None else [{**each, "rank": rank} for each, rank in zip(told, ranks, strict=True)]


def _box(story: HotspotStory, *, only_hotspots: bool = False) -> list[float]:
    """Give west, south, east and north of what is shown, in degrees."""
    import shapely

    chosen = story.places[story.places["place_id"].isin(story.hotspots["place_id"])]
    if only_hotspots and len(chosen):
        west, south, east, north = shapely.total_bounds(chosen["shape"].to_numpy())
    else:
        west, south, east, north = maps.bounds(story)
    box = outlines.longitude_latitude(np.array([shapely.box(west, south, east, north)]), crs=story.crs)
    return [float(side) for side in shapely.total_bounds(box).tolist()]


def _safe(told: Mapping[str, Any]) -> str:
    """Write JSON that cannot end the element it stands in."""
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

"""The report of the main job, whole: its files, drawn from one story and handed over together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.reports import basemaps, deliveries, pages, papers, provenance, sites, tables
from abate.reports.stories import MARKING, Figure, HotspotStory

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MARKING", "Figure", "HotspotStory", "draw", "write"]


def draw(story: HotspotStory, *, basemap: bytes | None = None) -> dict[str, bytes]:
    """Draw every file of the report: its name and its bytes.

    The files are `hotspots.csv`, `hotspots.geojson`, `hotspots.gpkg`, those of `sites.draw` where sites were chosen,
    `report.html`, `report.pdf` and `provenance.json`, which names the others with their SHA-256. The same story gives
    the same bytes. `basemap` is the content of a PMTiles file that `report.html` then carries inside.
    """
    files = {
        "hotspots.csv": tables.csv(story),
        "hotspots.geojson": tables.geojson(story),
        "hotspots.gpkg": tables.geopackage(story),
        **sites.draw(story),
        "report.html": pages.draw(story, basemap=basemap).encode(),
        "report.pdf": papers.draw(story),
    }
    return {**files, "provenance.json": provenance.document(story, files)}


def write(story: HotspotStory, into: Path, *, basemap: Path | None = None) -> tuple[Path, ...]:
    """Write the report into a folder, all files or none, and give their paths.

    Earlier files of the same names are replaced. Raises `OptionError` when the folder cannot be written, or the
    basemap is not a PMTiles file of at most 40 MB.
    """
    held = None if basemap is None else basemaps.read(basemap)
    return deliveries.deliver(draw(story, basemap=held), into)

"""The demonstration: make the sample town, load it, run the main job, and show the report on this machine."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from abate.jobs.hotspots import Found

    Tell = Callable[[float, str], None]

BANNER = "All of this is made up: the town of Quillmouth, its people and its police do not exist."


@dataclass(frozen=True)
class Demonstration:
    """Where the demonstration stands: the published files, the force's own extract, the lake and the report."""

    published: Path
    extract: Path
    lake: Path
    report: Path
    rows_loaded: int
    found: Found


def demonstrate(
    into: Path, *, seed: int, today: date, by: str, tell: Tell = lambda _share, _words: None
) -> Demonstration:
    """Make the sample town's files in a folder, load them, and find its hotspots.

    The folder then holds `published/` (files as data.police.uk publishes them), `extract/` (a force's own extract
    with its mapping), `maps/` (streets, areas, places to leave out), `tables/` (who lives in the small areas, made
    up), `lake/` and `report/`. The extract has exact coordinates and days, so it is what the report is made from.
    """
    from abate.jobs.hotspots import Options, hotspots
    from abate.jobs.load import load

    tell(0.02, "making the town")
    publish(into, seed=seed)
    tell(0.2, "loading its crime files")
    lake = into / "lake"
    loaded = load(
        [into / "extract" / "sample-extract.csv"],
        lake=lake,
        today=today,
        by=by,
        mapping=into / "extract" / "sample-extract.toml",
    )
    maps = into / "maps"
    found = hotspots(
        Options(
            lake=lake,
            force="sample",
            crime="serious-violence",
            place="hex:150",
            boundaries=maps / "areas.geojson",
            within=maps / "areas.geojson",
            exclude=maps / "exclusions.geojson",
            streets=maps / "streets.geojson",
            seed=seed,
            out=into / "report",
        ),
        tell=lambda share, words: tell(0.4 + 0.6 * share, words),
        today=today,
    )
    return Demonstration(into / "published", into / "extract", lake, into / "report", loaded.rows_loaded, found)


def publish(into: Path, *, seed: int) -> tuple[Path, ...]:
    """Write the sample town's files: published records, the force's own extract and its mapping, maps and tables."""
    from abate import sample
    from abate.sample import censuses, geographies

    town = sample.town(seed)
    extract = sample.extract(town)
    texts = {f"published/{name}": text for name, text in sample.publish(town).files.items()}
    texts |= {
        "extract/sample-extract.csv": extract.csv,
        "extract/sample-extract.toml": extract.mapping,
        "maps/streets.geojson": geographies.streets(town),
        "maps/areas.geojson": geographies.areas(town),
        "maps/exclusions.geojson": geographies.exclusions(town),
        "maps/landmarks.geojson": geographies.landmarks(town),
        "tables/ethnic-groups.csv": censuses.ethnic_groups(town),
        "tables/deprivation.csv": censuses.deprivation(town),
    }
    return tuple(_written(into / name, text) for name, text in texts.items())


def _written(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as fault:
        raise OptionError(f"{path} cannot be written ({fault.strerror}): choose another folder with --into") from None
    return path


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base class gives it
        """Keep the terminal clean: the address is printed once."""


def server(folder: Path, *, port: int) -> ThreadingHTTPServer:
    """Give a web server for one folder that only this machine can reach; `port` 0 takes any free one.

    Raises `OptionError` when the port is taken.
    """
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), functools.partial(_Quiet, directory=str(folder)))
    except OSError as fault:
        raise OptionError(f"port {port} cannot be used ({fault.strerror}): choose another with --port") from None

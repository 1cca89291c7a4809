"""The sample town's own extract in a lake, and its sites chosen by plain counts, for tests of jobs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from abate.jobs.choosing import Sought
from abate.jobs.demo import publish
from abate.jobs.hotspots import Found, Options, hotspots
from abate.jobs.load import load

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)


def made(folder: Path) -> Path:
    """Make the town and load it; give its folder."""
    publish(folder, seed=1)
    extract = folder / "extract"
    load(
        [extract / "sample-extract.csv"],
        lake=folder / "lake",
        today=TODAY,
        by="a tester",
        mapping=extract / "sample-extract.toml",
    )
    return folder


def sited(town: Path, out: Path, *, sought: dict[str, Any] | None = None, **asked: Any) -> Found:
    """Choose sites in the town."""
    options: dict[str, Any] = {"lake": town / "lake", "force": "sample", "crime": "violence", "out": out, "draws": 100}
    wanted = Sought(**{"sites": 6, "method": "counts", **(sought or {})})
    return hotspots(Options(**{**options, **asked}, choose=wanted), today=TODAY)

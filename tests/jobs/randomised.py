"""A frozen schedule for the tests of what is done with one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from abate.jobs import patrol_randomise

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
TODAY = date(2025, 3, 1)


def sites_file(folder: Path, number: int = 6) -> Path:
    path = folder / "SITES.csv"
    rows = [f"H{n:02d},Place {n},{-0.40 - n / 1000},51.88,{'N' if n % 2 else 'S'}" for n in range(1, number + 1)]
    path.write_text("\n".join(["site_id,name,longitude,latitude,area", *rows]) + "\n")
    return path


def frozen(folder: Path, name: str = "schedule.csv", **options: Any) -> patrol_randomise.Drawn:
    """Draw a schedule of 28 days from 3 March 2025 into a folder."""
    sites = folder / "SITES.csv"
    chosen: dict[str, Any] = {"starts": "2025-03-03", "days": 28, "treat": 2, "seed": 7, **options}
    wanted = patrol_randomise.Options(
        sites=sites if sites.exists() else sites_file(folder), out=folder / name, **chosen
    )
    return patrol_randomise.randomise(wanted, today=TODAY, now=NOW, by="analyst")

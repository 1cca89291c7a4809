"""Small street files for tests, written as data.police.uk publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def row(
    crime_id: str = "a1",
    month: str = "2021-03",
    force: str = "Essex Police",
    at: tuple[str, str] = ("0.711391", "51.537731"),
    kind: str = "Robbery",
    outcome: str = "Under investigation",
    location: str = "On or near High Street",
) -> str:
    """Give one row of a street file."""
    return f"{crime_id},{month},{force},{force},{at[0]},{at[1]},{location},E01015826,Southend 001A,{kind},{outcome},"


def street(path: Path, *rows: str, header: str = HEADER) -> Path:
    """Write a street file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path

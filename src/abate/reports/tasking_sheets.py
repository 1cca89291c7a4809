"""Tasking sheets as PDF: the shift's visits on the first page, then a page a site, tagged for screen readers."""

from __future__ import annotations

import json
import re
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import MissingPartError
from abate.reports import tasking_maps, wording
from abate.tables.patrols import LOOPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from abate.patrols.tasking import Page, Sheet, Visit

MOST_STEPS, MOST_LINES, MOST_LETTERS, MOST_WHY, MOST_MAPPED = 18, 4, 220, 104, 12
RULES = (
    "On foot, in uniform, in view. Talk to people. Park in view; do not sit in the car.",
    "This sheet is about places. It gives no ground to stop or search anybody.",
    "Working copy. Do not photograph, forward or leave behind; destroy it by the time in the bar.",
)
_TEMPLATE = Path(__file__).parent / "templates" / "tasking.typ"
_STEP = re.compile(r"[;\n]|(?:(?<=[a-z]{3})|(?<=\))|(?<=\d m))\. +(?=[A-Z])")
_PAGES = re.compile(rb"/Type\s*/Pages\s*/Count\s+(\d+)")


def draw(sheet: Sheet, ground: tasking_maps.Ground, sites: pd.DataFrame, loops: pd.DataFrame | None = None) -> bytes:
    """Draw the sheet of one team and shift as PDF/UA-1; the same sheet gives the same bytes.

    `sites` is `tables.PATROL_SITES`, `loops` `tables.LOOPS`, both in the system of `ground`. Raises `MissingPartError`
    where the extra `report` is not installed.
    """
    try:
        import typst
    except ImportError:
        raise MissingPartError.of("typst", extra="report") from None
    return bytes(
        typst.compile(
            _TEMPLATE.read_bytes(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"sheet": json.dumps(told(sheet, ground, sites, loops), ensure_ascii=False, allow_nan=False)},
            pdf_standards=["ua-1"],
            timestamp=sheet.starts.astimezone(UTC),
        )
    )


def pages(paper: bytes) -> int:
    """Count the pages of a sheet.

    >>> pages(b"<</Type/Pages/Count 3/Kids[1 0 R 2 0 R 3 0 R]>>")
    3
    """
    return max(map(int, _PAGES.findall(paper)), default=0)


def told(
    sheet: Sheet, ground: tasking_maps.Ground, sites: pd.DataFrame, loops: pd.DataFrame | None = None
) -> dict[str, Any]:
    """Gather every word and picture of a sheet."""
    walks = LOOPS.empty() if loops is None else loops
    shapes = {str(row["site_id"]): _shape(row) for row in sites.to_dict("records")}
    number = {page.site_id: place for place, page in enumerate(sheet.pages, start=1)}
    middles = {str(row["site_id"]): (float(row["easting"]), float(row["northing"])) for row in sites.to_dict("records")}
    where = "Map of the sites of the shift: " + "; ".join(
        f"{number[each.site_id]}, {each.name}" for each in sheet.pages
    )
    return {
        "title": f"Team {sheet.team}: {sheet.shift}",
        "marking": sheet.marking,
        "team": f"Team {sheet.team}",
        "lede": lede(sheet),
        "rules": [*sheet.about, *RULES],
        "map": tasking_maps.overview(ground, [middles[page.site_id] for page in sheet.pages], told=where)
        if len(sheet.pages) > 1 and len(sheet.visits) <= MOST_MAPPED
        else "",
        "map_alt": where,
        "visits": [{**_visit(visit), "number": number[visit.site_id]} for visit in sheet.visits],
        "pages": [
            _page(place, page, ground, shapes[page.site_id], walks[walks["site_id"] == page.site_id])
            for place, page in enumerate(sheet.pages, start=1)
        ],
    }


def lede(sheet: Sheet) -> str:
    """Say in a sentence what the shift holds."""
    visits = wording.counted(len(sheet.visits), "visit", "visits")
    sites = wording.counted(len(sheet.pages), "site", "sites")
    return f"{visits} to {sites}. Keep the start times: they are drawn so that nobody can foresee them."


def steps(directions: str) -> list[str]:
    """Take directions apart into steps; those beyond the first 18 are told as a number.

    >>> steps("From Mill Lane walk north; turn left into High Street.")
    ['From Mill Lane walk north.', 'Turn left into High Street.']
    """
    found = [wording.sentence(each) for each in _STEP.split(directions) if each.strip()]
    if len(found) <= MOST_STEPS:
        return found
    return [*found[: MOST_STEPS - 1], f"Then {len(found) - MOST_STEPS + 1} more turns, as the map shows."]


def _shape(row: Mapping[Any, Any]) -> Any:
    import shapely

    shape = row["shape"]
    return shapely.Point(row["easting"], row["northing"]) if shape is None or pd.isna(shape) else shape


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "start": f"{visit.start:%H:%M}",
        "minutes": f"{visit.minutes:.0f}",
        "name": visit.name,
        "walk": str(visit.loop) if visit.loop else "",
    }


def _page(number: int, page: Page, ground: tasking_maps.Ground, shape: Any, walks: pd.DataFrame) -> dict[str, Any]:
    chosen = walks.set_index("loop").loc[list(page.loops)].reset_index() if page.loops else walks.iloc[:0]
    spoken = description(page, chosen)
    back = page.background
    told = [("Last week here", back.last_week), ("What changed", back.changed)]
    told += [("Problem plan", back.problem), ("Notes", back.notes)]
    parts = [_part(title, lines) for title, lines in told if lines]
    return {
        "number": number,
        "name": page.name,
        "visits": [_visit(visit) for visit in page.visits],
        "why": [_short(line, MOST_WHY) for line in back.why[:2]],
        "map": tasking_maps.draw(
            ground, shape, chosen, name=f"site-{number}", title=f"Map of {page.name}", told=spoken
        ),
        "map_alt": spoken,
        "walks": [_walk(place, row) for place, row in enumerate(chosen.to_dict("records"))],
        "left": parts[: (len(parts) + 1) // 2],
        "right": parts[(len(parts) + 1) // 2 :],
    }


def description(page: Page, walks: pd.DataFrame) -> str:
    """Describe a page's map in words."""
    told = [
        f"walk {row['loop']} of {row['length_m']:.0f} m from the parking point and back: {row['directions']}"
        for row in walks.to_dict("records")
    ]
    return f"Map of {page.name} with its outline; " + ("; ".join(told) if told else "no walk is drawn") + "."


def _walk(place: int, row: Mapping[Any, Any]) -> dict[str, Any]:
    colour, dashes = tasking_maps.WALKS[place % len(tasking_maps.WALKS)]
    return {
        "loop": int(row["loop"]),
        "length": f"{row['length_m']:,.0f} m, about {row['minutes']:.0f} min",
        "colour": colour,
        "dashes": dashes,
        "steps": steps(str(row["directions"])),
    }


def _part(title: str, lines: Iterable[str]) -> dict[str, Any]:
    said = [_short(line, MOST_LETTERS) for line in lines]
    more = [f"{len(said) - MOST_LINES + 1} more lines are not printed here."] if len(said) > MOST_LINES else []
    return {"title": title, "lines": said[: MOST_LINES - bool(more)] + more}


def _short(line: str, most: int) -> str:
    """Cut a long text at a word, and show that it was cut."""
    text = " ".join(line.split())
    return text if len(text) <= most else f"{text[: most - 4].rsplit(' ', 1)[0]} ..."

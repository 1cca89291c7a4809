"""Census tables by small area: how many residents of each group live there, as published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from abate.errors import SourceError
from abate.sources import area_tables, small_tables
from abate.tables import RESIDENTS

if TYPE_CHECKING:
    from pathlib import Path

    from abate.sources.area_tables import AreaTable

_TOTAL = re.compile(r"\b(total|all (usual )?residents|all persons|all people)\b", re.IGNORECASE)
_SLACK = 0.05


def read(path: str | Path) -> pd.DataFrame:
    """Read a census table by small area: `tables.RESIDENTS`, by area and group, in the table's own words.

    One row an area, one column a group, whole numbers of residents. Where a table holds broad groups and their parts
    ("Asian" and "Asian: Indian"), the broad ones are taken. A column of totals is checked against their sum (counts
    that were changed a little for confidentiality may differ by 5%) and is no group of its own, unless there is no
    other column. Raises `SourceError` when the groups and the total differ, or a count is not whole.
    """
    return table(area_tables.read(path))


def table(given: AreaTable) -> pd.DataFrame:
    r"""Take the groups out of a table by small area.

    >>> text = "lsoa21_code,Total,Asian,Asian: Indian,White\nE01000001,1000,100,60,900"
    >>> table(area_tables.parse(text.encode(), name="census.csv"))[["group", "residents"]].to_numpy().tolist()
    [['Asian', 100], ['White', 900]]
    """
    counted = [heading for heading, cells in given.columns.items() if all(map(_is_number, cells))]
    totals = [heading for heading in counted if _TOTAL.search(heading)]
    groups = [heading for heading in counted if heading not in totals]
    broad = [heading for heading in groups if not any(_is_part(heading, other) for other in groups)]
    if not broad and not totals:
        raise SourceError(f"{given.name}: no column holds numbers of residents: one column a group would be right")
    counts = {heading: given.whole(heading) for heading in broad or totals[:1]}
    if broad and totals:
        _check_sum(given, counts, totals[0])
    names = _without_common_words(list(counts))
    frame = pd.DataFrame(
        {
            "area_code": pd.Series(given.codes * len(counts), dtype="str"),
            "group": pd.Series([name for name in names for _ in given.codes], dtype="str"),
            "residents": [number for numbers in counts.values() for number in numbers],
        }
    )
    return small_tables.checked(
        frame.sort_values(["area_code", "group"], ignore_index=True), RESIDENTS, name=given.name
    )


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[\d,]+(\.\d+)?", cell) is not None


def _is_part(heading: str, other: str) -> bool:
    """Tell whether a heading names a part of another's group."""
    return heading != other and re.match(re.escape(other) + r"\s*[:/]", heading) is not None


def _check_sum(given: AreaTable, counts: dict[str, list[int]], heading: str) -> None:
    total, summed = sum(given.whole(heading)), sum(map(sum, counts.values()))
    if abs(total - summed) > _SLACK * max(total, 1):
        raise SourceError(
            f"{given.name}: the groups {', '.join(counts)} add up to {summed:,} residents, '{heading}' says {total:,}: "
            "a table in which everybody is in one group would be right"
        )


def _without_common_words(headings: list[str]) -> list[str]:
    """Take off what every heading begins with ("Ethnic group: "), as published tables repeat it."""
    starts = {heading.split(":")[0] for heading in headings}
    if len(headings) > 1 and len(starts) == 1 and all(":" in heading for heading in headings):
        return [heading.split(":", 1)[1].strip() for heading in headings]
    return headings

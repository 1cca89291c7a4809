"""The English indices of deprivation: each small area's rank in each of the seven domains, as published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from abate.errors import SourceError
from abate.sources import area_tables, small_tables
from abate.tables import DEPRIVATION

if TYPE_CHECKING:
    from pathlib import Path

DOMAINS = {
    "income": r"income",
    "employment": r"employment",
    "education": r"education",
    "health": r"health",
    "crime": r"crime",
    "housing": r"(barriers|housing)",
    "environment": r"(living environment|environment)",
}


def read(path: str | Path) -> pd.DataFrame:
    """Read a file of the indices of deprivation: `tables.DEPRIVATION`, by area code.

    Takes the file of all ranks that the ministry publishes ("Income Rank (where 1 is most deprived)") and tables with
    short headings (`Income_rank`). Raises `SourceError` when a domain has no column of ranks, or a rank is none.
    """
    return table(area_tables.read(path))


def table(given: area_tables.AreaTable) -> pd.DataFrame:
    r"""Take the seven columns of ranks out of a table by small area.

    >>> text = "lsoa21_code," + ",".join(f"{name}_rank" for name in DOMAINS) + "\nE01000001,1,2,3,4,5,6,7"
    >>> table(area_tables.parse(text.encode(), name="imd.csv")).to_dict("records")[0]["environment"]
    7
    """
    found = {domain: _column(given, pattern) for domain, pattern in DOMAINS.items()}
    missing = [domain for domain, heading in found.items() if heading is None]
    if missing:
        raise SourceError(
            f"{given.name}: no column of ranks for {', '.join(missing)}: the file of all ranks, scores and deciles of "
            "the English indices of deprivation would be right"
        )
    ranks = {domain: given.whole(heading) for domain, heading in found.items() if heading is not None}
    frame = pd.DataFrame({"area_code": pd.Series(given.codes, dtype="str"), **ranks})
    return small_tables.checked(frame.sort_values("area_code", ignore_index=True), DEPRIVATION, name=given.name)


def _column(given: area_tables.AreaTable, pattern: str) -> str | None:
    """Find the heading of a domain's ranks; ranks of its parts (children, older people, sub-domains) are others."""
    for heading in given.columns:
        spoken = re.sub(r"[^a-z]+", " ", heading.lower()).strip()
        if (
            re.match(pattern, spoken)
            and re.search(r"\brank\b", spoken)
            and not re.search(r"affecting|sub ?domain", spoken)
        ):
            return heading
    return None

"""An earlier list of sites: outlines from any polygon file, and what abate wrote about it when it made the file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abate.errors import SourceError
from abate.sources import boundaries, markup

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class SiteList:
    """A list of sites as it stands in a file.

    `sites` has `site_id` and `shape`; `version` is the list's number (0 where the file says none), `made_from` the mark
    of what it was made from ("" where it says none), `months` the first and last month of its record, `sha256` that of
    the file.
    """

    sites: pd.DataFrame
    version: int
    made_from: str
    months: tuple[str, str] | None
    sha256: str


@dataclass(frozen=True)
class Label:
    """What a file says of itself: its version, what it was made from, its months."""

    version: int
    made_from: str
    months: tuple[str, str] | None


def read(path: Path, *, crs: str) -> SiteList:
    """Read an earlier list of sites: a `sites.geojson` that abate wrote, or any polygon file.

    Raises `SourceError` with a sentence when the file is no polygon file or has no site in it.
    """
    if not path.is_file():
        raise SourceError(f"--against {path}: there is no such file")
    content = path.read_bytes()
    told = label(content)
    areas = boundaries.read(path, crs=crs, code="site_id" if b'"site_id"' in content else None)
    sites = areas.rename(columns={"place_id": "site_id"})[["site_id", "shape"]]
    return SiteList(sites, told.version, told.made_from, told.months, hashlib.sha256(content).hexdigest())


def label(content: bytes) -> Label:
    """Read what the text of a file says of its list; nothing for a file that abate did not write.

    >>> label(b'{"version": 3, "made_from": "ab12", "first_month": "2021-03", "last_month": "2022-02"}')
    Label(version=3, made_from='ab12', months=('2021-03', '2022-02'))
    >>> label(b"PK")
    Label(version=0, made_from='', months=None)
    """
    try:
        told: Any = markup.load_json(content)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return Label(0, "", None)
    version, made_from = told.get("version"), told.get("made_from")
    ends = [str(told.get(key)) for key in ("first_month", "last_month")]
    return Label(
        version if isinstance(version, int) and not isinstance(version, bool) and version > 0 else 0,
        made_from if isinstance(made_from, str) else "",
        (ends[0], ends[1]) if all(map(_MONTH.fullmatch, ends)) and ends[0] <= ends[1] else None,
    )

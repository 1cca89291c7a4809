"""A frozen schedule of patrols: the CSV file of place-days, and the JSON file beside it that says how it was drawn."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import OptionError, SourceError
from abate.sources import geojson, markup, small_tables
from abate.tables.patrols import SCHEDULE
from abate.trials import schemes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from abate.trials.schemes import Scheme

COLUMNS = ("date", "site_id", "arm")
_KEYS: dict[str, type] = {"scheme": dict, "seed": int, "sha256": str, "sites": list, "draw": int, "draws": int}


@dataclass(frozen=True)
class Schedule:
    """A schedule as it was drawn.

    `rows` is `tables.SCHEDULE`, by date and site; excluded place-days have no row. `sites` has `site_id` and `name`,
    and `area` or `pair` where the file of sites had them, in the order in which they were drawn. Drawing `scheme` over
    `sites` with `seed` gives the schedule again. `sha256` is that of the CSV file's bytes; `draw` says which draw for
    these sites and dates it was, of `draws` by then. `file` is the CSV file; `told` everything the JSON file says.
    """

    rows: pd.DataFrame
    scheme: Scheme
    sites: pd.DataFrame
    seed: int
    sha256: str
    draw: int
    draws: int
    file: Path
    told: Mapping[str, Any]

    def patrol(self) -> NDArray[np.bool_]:
        """Give days x sites, in the order of `sites`: True where a site was drawn for patrol."""
        wide = self.rows.assign(patrol=self.rows["arm"] == "patrol").pivot_table(
            index="date", columns="site_id", values="patrol", aggfunc="any"
        )
        days = pd.DatetimeIndex(pd.to_datetime(list(self.scheme.dates)))
        laid = wide.reindex(index=days, columns=list(self.sites["site_id"]))
        filled: NDArray[np.bool_] = laid.astype("boolean").fillna(value=False).to_numpy(dtype=bool)
        return filled


def read(path: str | Path) -> Schedule:
    """Read a frozen schedule by its CSV file or the JSON file beside it, and check that nobody changed it.

    Raises `SourceError` when either file is missing or damaged, and when the CSV file's SHA-256 is not the one that
    was written down when the schedule was frozen; both are then named.
    """
    path = Path(path)
    table, beside = path.with_suffix(".csv"), path.with_suffix(".json")
    for file in (path, table, beside):
        if not file.is_file():
            what = " (the file beside a schedule that says how it was drawn)" if file == beside else ""
            raise SourceError(f"{file}: there is no such file{what}")
    return parse(geojson.read_bytes(table), geojson.read_bytes(beside), file=table)


def parse(content: bytes, beside: bytes, *, file: Path) -> Schedule:
    """Understand the bytes of both files of a schedule; `file` is the CSV file.

    Raises as `read` does.
    """
    told = _told(beside, file.with_suffix(".json").name)
    found = hashlib.sha256(content).hexdigest()
    if found != told["sha256"]:
        raise SourceError(
            f"{file.name}: was edited after it was frozen: its SHA-256 is {found}, and {file.stem}.json "
            f"holds {told['sha256']}; put back the file as it was drawn. What was done differently is recorded with "
            "--override, which leaves the schedule standing"
        )
    rows = _rows(content, file.name)
    try:
        scheme = schemes.parse(told["scheme"])
        sites = pd.DataFrame(told["sites"]).astype("str")
        sites["site_id"]
    except (OptionError, KeyError, ValueError, TypeError) as fault:
        raise SourceError(f"{file.with_suffix('.json').name}: {_why(fault)}") from None
    _check(rows, scheme, sites, file)
    return Schedule(
        rows, scheme, sites, told["seed"], found, draw=told["draw"], draws=told["draws"], file=file, told=told
    )


def _why(fault: Exception) -> str:
    return str(fault) if isinstance(fault, OptionError) else "`sites` is not a list of sites with `site_id`"


def _told(beside: bytes, name: str) -> dict[str, Any]:
    try:
        told = markup.load_json(beside)
    except ValueError:
        raise SourceError(f"{name}: is not JSON as it was written; put it back as it was drawn") from None
    if not isinstance(told, dict):
        raise SourceError(f"{name}: is not what stands beside a schedule: an object with {', '.join(_KEYS)}")
    if wrong := [key for key, kind in _KEYS.items() if type(told.get(key)) is not kind]:
        raise SourceError(f"{name}: lacks {', '.join(wrong)}, or they are not as they were written")
    return told


def _rows(content: bytes, name: str) -> pd.DataFrame:
    try:
        frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    except (pd.errors.EmptyDataError, pd.errors.ParserError):
        frame = pd.DataFrame()
    if tuple(frame.columns) != COLUMNS or small_tables.too_wide(frame, name=name):
        raise SourceError(f"{name}: a schedule has the columns {', '.join(COLUMNS)} and no others")
    days = pd.to_datetime(frame["date"], format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    return small_tables.checked(frame.assign(date=days), SCHEDULE, name=name)


def _check(rows: pd.DataFrame, scheme: Scheme, sites: pd.DataFrame, file: Path) -> None:
    """Refuse a JSON file that belongs to another schedule."""
    strange = sorted(set(rows["site_id"]) - set(sites["site_id"]))
    days = {pd.Timestamp(day) for day in scheme.dates}
    if strange or not set(rows["date"]) <= days:
        raise SourceError(
            f"{file.with_suffix('.json').name}: is not that of {file.name}: the sites or days are others; put both back"
        )

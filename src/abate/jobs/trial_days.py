"""Place-days from the lake: what each site, and the ring about it, saw on each day, quiet days included."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abate import __version__
from abate.errors import OptionError
from abate.jobs import day_records
from abate.jobs.proactive import handling
from abate.reports.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from abate.incidents.harm import HarmScale
    from abate.jobs.day_records import Daily
    from abate.sources.patrol_sites import PatrolSites

    Tell = Callable[[float, str], None]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True)
class Options:
    """What the person asked for: the record, the sites, the days (None: all there are), where the files go.

    `rings` is the width of the ring about each site in metres (None: no rings), `harm` the name of a scale or the
    path of a workbook of one (None: no harm). Raises `OptionError` with every fault at once.
    """

    lake: Path
    force: str
    crime: str
    sites: Path
    first: date | None = None
    last: date | None = None
    rings: float | None = None
    harm: str | None = None
    proactive: str = "exclude"
    crs: str | None = None
    out: Path = Path("place-days.csv")
    rings_out: Path | None = None

    def __post_init__(self) -> None:
        faults = []
        if self.first is not None and self.last is not None and self.last < self.first:
            faults.append(f"--to {self.last} comes before --from {self.first}")
        if self.rings is not None and not 0 < self.rings <= 10_000:
            faults.append(f"--rings {self.rings:g}: metres above 0 and at most 10,000 would be right, such as 150")
        if self.rings_out is not None and self.rings is None:
            faults.append("--rings-out needs --rings METRES, the width of the ring about each site")
        if self.rings is not None and self.buffers.resolve() == self.out.resolve():
            faults.append(f"--rings-out and -o both name {self.out}: sites and rings are two files")
        if faults:
            raise OptionError(*faults)

    @property
    def buffers(self) -> Path:
        """Where the rings go: beside the place-days, unless named."""
        return self.rings_out or self.out.with_name("buffers.csv")

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the files were made; files by their names."""
        told = {name: value.name if isinstance(value, Path) else value for name, value in asdict(self).items()}
        return {**told, **{end: None if told[end] is None else f"{told[end]}" for end in ("first", "last")}}


@dataclass(frozen=True)
class Found:
    """The answer: place-days of the sites and of their rings, and what should be known of them."""

    sites: pd.DataFrame
    rings: pd.DataFrame | None
    crime: str
    missing: tuple[str, ...]
    without_day: int
    without_place: int
    notes: tuple[str, ...]
    files: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say what was counted in one sentence."""
        days = self.sites["date"]
        sites, quiet = self.sites["site_id"].nunique(), int((self.sites["incidents"] == 0).sum())
        return (
            f"{counted(int(self.sites['incidents'].sum()), 'incident', 'incidents')} of {self.crime} in "
            f"{counted(sites, 'site', 'sites')} on {counted(days.nunique(), 'day', 'days')}, {days.min():%-d %B %Y} "
            f"to {days.max():%-d %B %Y}: {len(self.sites):,} place-days, {quiet:,} of them without any."
        )

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate trial days --json`."""
        return {
            "sentence": self.sentence,
            **_totals(self.sites),
            "rings": None if self.rings is None else _totals(self.rings),
            "missing_months": list(self.missing),
            "without_day": self.without_day,
            "without_place": self.without_place,
            "notes": list(self.notes),
            "files": list(self.files),
        }


def _totals(frame: pd.DataFrame) -> dict[str, Any]:
    told = {
        "from": f"{frame['date'].min():%Y-%m-%d}",
        "to": f"{frame['date'].max():%Y-%m-%d}",
        "days": int(frame["date"].nunique()),
        "sites": int(frame["site_id"].nunique()),
        "place_days": len(frame),
        "quiet": int((frame["incidents"] == 0).sum()),
        "incidents": int(frame["incidents"].sum()),
        "by_site": {str(site): int(count) for site, count in frame.groupby("site_id")["incidents"].sum().items()},
    }
    return {**told, "harm": float(frame["harm"].sum())} if "harm" in frame.columns else told


@dataclass(frozen=True)
class _Put:
    """The rows by site and by ring (positions, -1 for none), and which lie in or near more than one site."""

    site: Whole
    ring: Whole
    in_two: Flags
    near_two: Flags


def trial_days(options: Options, *, today: date, by: str, tell: Tell = lambda _share, _words: None) -> Found:
    """Count the incidents at each site on each day, and in the ring about it, and write the files of a trial.

    `tell` hears how far the work is. Raises `AbateError` with a sentence a fault when the lake, the sites or the
    options will not do; nothing is then written.
    """
    from abate.counts import placedays
    from abate.sources import patrol_sites
    from abate.space import projections

    tell(0.05, "reading the sites")
    sites = patrol_sites.read(options.sites, crs=options.crs)
    shapes = _outlines(sites)
    asked = day_records.Asked(
        options.force,
        options.crime,
        handling(options.proactive),
        options.first,
        options.last,
        None if options.harm is None else scale(options.harm),
    )
    width = 0.0 if options.rings is None else options.rings / projections.unit_m(sites.crs)
    tell(0.2, "reading the incidents")
    kept = day_records.opened(options.lake)
    daily = day_records.read(kept, asked, shapes, sites.crs, reach=width)
    tell(0.8, "counting")
    put = _put(daily.rows, shapes, width)
    names = sites.sites["site_id"].tolist()
    laid = [
        placedays.lay(daily.rows, place, site_ids=names, days=daily.days)
        for place in ((put.site,) if options.rings is None else (put.site, put.ring))
    ]
    without_day = _dayless(daily, put)
    found = Found(
        laid[0],
        laid[1] if len(laid) > 1 else None,
        daily.selection.label,
        daily.missing,
        without_day,
        daily.without_place,
        (*daily.notes, *_notes(daily, put, options, without_day), *daily.selection.notes),
    )
    written = _write(options, found, sites, version=kept.version("incidents"), today=today, by=by)
    tell(1.0, "done")
    return Found(**{**vars(found), "files": written})


def scale(text: str) -> HarmScale:
    """Read which harm is meant: the name of a scale that is carried along, or a workbook of the Cambridge index.

    >>> scale("cambridge-2020-selection").unit
    'days of imprisonment at the guideline starting point'
    """
    if text.lower().endswith(_WORKBOOKS):
        from abate.sources import harm_scales

        return harm_scales.read(Path(text))
    from abate.incidents import harm

    try:
        return harm.scale(text)
    except OptionError as fault:
        raise OptionError(
            *(f"--harm: {said} A workbook of the Cambridge index will do too." for said in fault.faults)
        ) from None


def _outlines(sites: PatrolSites) -> NDArray[np.object_]:
    """Give the sites' outlines; incidents can be counted inside nothing else."""
    bare = sites.sites.loc[sites.sites["shape"].isna(), "site_id"].tolist()
    if bare:
        shown = ", ".join(bare[:5]) + (" and others" if len(bare) > 5 else "")
        raise OptionError(
            f"{sites.name}: {counted(len(bare), 'site has', 'sites have')} no outline ({shown}), so that no incident "
            "can be counted inside; the sites.geojson of `abate hotspots --choose`, or any file of outlines, is right"
        )
    return np.asarray(sites.sites["shape"].to_numpy(dtype=object))


def _put(rows: pd.DataFrame, shapes: NDArray[np.object_], width: float) -> _Put:
    """Give every row its site, or the ring that it lies in; none lies in both, or in two."""
    from abate.space import polygons, surrounds

    x, y = (rows[axis].to_numpy(dtype=np.float64) for axis in ("easting", "northing"))
    inside = polygons.locate(x, y, shapes)
    if not width:
        nowhere = np.full(len(rows), -1, dtype=np.int64)
        return _Put(inside.position, nowhere, inside.overlapping, nowhere >= 0)
    around = surrounds.surround(x, y, shapes, within=width)
    ring = np.where(inside.position >= 0, -1, around.position)
    return _Put(inside.position, ring, inside.overlapping, around.several)


def _dayless(daily: Daily, put: _Put) -> int:
    lost = daily.rows["period"].isna().to_numpy(bool) & ((put.site >= 0) | (put.ring >= 0))
    return int(daily.rows.loc[lost, "incidents"].sum())


def _notes(daily: Daily, put: _Put, options: Options, without_day: int) -> Iterator[str]:
    """Say what is counted in another way than a reader may think, and what is not counted."""
    rows, where = daily.rows, "the sites" if options.rings is None else "the sites and their rings"
    counts = ((put.site >= 0) | (put.ring >= 0)) & rows["period"].isin(daily.days).to_numpy(bool)

    def times(which: Flags) -> int:
        return int(rows.loc[counts & which, "incidents"].sum())

    if without_day:
        they = counted(without_day, "incident", "incidents")
        yield f"{they} in {where} without a day {_are(without_day)} not counted"
    if in_two := times(put.in_two):
        they = counted(in_two, "incident lies", "incidents lie")
        yield f"{they} in more than one site: the sites overlap, and each counts for the first of them in the file"
    if near_two := times(put.near_two):
        they = counted(near_two, "incident lies", "incidents lie")
        yield f"{they} within {options.rings:g} m of more than one site, and each counts in the ring of the nearest"
    if late := times(rows["spread"].to_numpy(bool)):
        they = counted(late, "incident", "incidents")
        yield f"{they} in {where} may have happened on a later day: each counts on the earliest on which it can have"
    if "harm" in rows.columns and (silent := times(rows["harm"].isna().to_numpy(bool))):
        yield (
            f"{counted(silent, 'incident', 'incidents')} in {where} {_are(silent)} counted and without harm: "
            "the scale does not know the code, or police found the offence themselves"
        )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _write(
    options: Options, found: Found, sites: PatrolSites, *, version: int, today: date, by: str
) -> tuple[str, ...]:
    from abate.reports import deliveries

    contents = [(options.out, csv_bytes(found.sites))]
    if found.rings is not None:
        contents.append((options.buffers, csv_bytes(found.rings)))
    made = {
        "code": __version__,
        "parameters": options.plain(),
        "record": {"lake": options.lake.name, "table_version": version},
        "inputs": [{"file": sites.name, "sha256": sites.sha256}],
        "made_on": today.isoformat(),
        "by": by,
        "answer": {name: value for name, value in found.document().items() if name != "files"},
        "files": {path.name: {"sha256": hashlib.sha256(content).hexdigest()} for path, content in contents},
    }
    told = (json.dumps(made, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    contents.append((options.out.with_suffix(".json"), told))
    written: list[Path] = []
    for folder in dict.fromkeys(path.parent for path, _ in contents):
        here = {path.name: content for path, content in contents if path.parent == folder}
        written += deliveries.deliver(here, folder)
    return tuple(map(str, written))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""Write place-days as `abate trial analyse` reads them.

    >>> import pandas as pd
    >>> csv_bytes(pd.DataFrame({"date": pd.to_datetime(["2026-01-01"]), "site_id": "a", "incidents": 2, "harm": 30.5}))
    b'date,site_id,incidents,harm\n2026-01-01,a,2,30.5\n'
    """
    told = frame.assign(date=frame["date"].dt.strftime("%Y-%m-%d"))
    if "harm" in told.columns:
        told["harm"] = [f"{value:.6f}".rstrip("0").rstrip(".") for value in told["harm"]]
    text = io.StringIO()
    told.to_csv(text, index=False, lineterminator="\n")
    return text.getvalue().encode()

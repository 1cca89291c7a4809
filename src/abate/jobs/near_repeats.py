"""Near repeats from a file: read the events, count the pairs, write the page."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import __version__
from abate.errors import LakeError, OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from abate.hotspots.nearrepeats import Bands, Metric, NearRepeats

    Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Options:
    """What the person asked for: which file, which bands, which distance, how many shuffles.

    `bins_m` and `bins_days` are the edges as written at the prompt. Without `mapping` the file has the columns x, y
    (metres) and date; with it any extract will do, of which `crime` picks kinds (None: all) and `crs` the system to
    measure in (None: the one that suits the points). `out` is the folder for the page, None for none.
    """

    file: Path
    bins_m: str = "0,100,200,300"
    bins_days: str = "0,7,14,21"
    metric: Metric = "manhattan"
    draws: int = 999
    seed: int = 1
    mapping: Path | None = None
    crime: str | None = None
    crs: str | None = None
    out: Path | None = None

    def __post_init__(self) -> None:
        if self.mapping is None and (self.crime is not None or self.crs is not None):
            raise OptionError(
                "--crime and --crs go with --mapping: a file of x, y and date has neither kinds nor a system"
            )

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the page was made; files by their names."""
        return {name: value.name if isinstance(value, Path) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Found:
    """The answer: the tables, what should be known beside them, and the files written."""

    near: NearRepeats
    notes: tuple[str, ...]
    files: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate near-repeats --json`."""
        return {**self.near.plain(), "notes": list(self.notes), "files": list(self.files)}


@dataclass(frozen=True)
class _Events:
    """The events (`easting`, `northing` in metres, `date`), and what should be known of how they were read."""

    rows: pd.DataFrame
    notes: tuple[str, ...] = ()


def near_repeats(options: Options, *, today: date, by: str, tell: Tell = lambda _share, _words: None) -> Found:
    """Tell from a file of events whether incidents are soon followed by others close by, more often than by chance.

    `tell` hears how far the work is. Raises `AbateError` with a sentence a fault when the file, its rows or the bands
    will not do; nothing is then written.
    """
    from abate.hotspots.nearrepeats import knox

    bands = read_bands(options.bins_m, options.bins_days)
    tell(0.02, "reading the events")
    events = _read(options, today)
    near = knox(
        events.rows,
        bands,
        metric=options.metric,
        draws=options.draws,
        seed=options.seed,
        tell=lambda share: tell(0.1 + 0.85 * share, "shuffling the days"),
    )
    notes = (*events.notes, *near.notes)
    files = _write(options, near, notes, today=today, by=by) if options.out is not None else ()
    tell(1.0, "done")
    return Found(near, notes, files)


def read_bands(metres: str, days: str) -> Bands:
    """Understand the edges of the bands as written at the prompt.

    Raises `OptionError` with every fault at once.

    >>> read_bands("0,200,400", "0,1,2").rows[1]
    'up to 200 m'
    """
    from abate.hotspots.nearrepeats import Bands

    faults: list[str] = []
    edges_m = _numbers("--bins-m", metres, float, "numbers of metres, such as 0,100,200,300", faults)
    edges_days = _numbers("--bins-days", days, int, "whole days, such as 0,7,14,21", faults)
    if faults:
        raise OptionError(*faults)
    try:
        return Bands(tuple(edges_m), tuple(edges_days))
    except OptionError as fault:
        raise OptionError(*(f"--bins-m, --bins-days: {said}" for said in fault.faults)) from None


def _numbers(option: str, text: str, kind: type, wanted: str, faults: list[str]) -> list[Any]:
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError:
        faults.append(f"{option} {text}: should be {wanted}, with commas between")
        return []


def _read(options: Options, today: date) -> _Events:
    from abate.sources import dated_points

    if options.mapping is None:
        points = dated_points.read(options.file)
        return _Events(points, tuple(filter(None, [dated_points.suspicion(points)])))
    with tempfile.TemporaryDirectory(prefix="abate-") as folder:
        return _mapped(options, Path(folder) / "lake", today)


def _mapped(options: Options, folder: Path, today: date) -> _Events:
    """Read any extract through its mapping, as `abate load` would, into a lake that is thrown away."""
    from abate import lake
    from abate.counts.occurrences import dated, occur
    from abate.jobs.load import load

    loaded = load([options.file], lake=folder, today=today, by="abate near-repeats", mapping=options.mapping)
    incidents = lake.open(folder).incidents()
    told = dated(occur(_chosen(incidents, options.crime)).execute())
    if told.unit == "month":
        raise OptionError(
            f"{options.file.name}: near repeats need the day of each incident, and this record has months only"
            if len(told.rows)
            else f"{options.file.name}: no incident of '{options.crime}' is in it"
        )
    notes = []
    if loaded.rows_rejected:
        notes.append(f"{loaded.rows_rejected:,} of {loaded.rows_read:,} rows broke a rule and are left out")
        notes += [f"{count:,} rows: {rule}" for rule, count in loaded.rejected_by_rule.items()]
    placed = told.rows[told.rows["x"].notna() & told.rows["y"].notna()]
    if unplaced := int(told.rows["incidents"].sum() - placed["incidents"].sum()):
        notes.append(f"{unplaced:,} incidents have no coordinates and are left out")
    return _Events(_in_metres(placed, options), tuple(notes))


def _chosen(incidents: Any, crime: str | None) -> Any:
    from abate.incidents import groups

    if crime is None:
        return incidents
    kinds = incidents.group_by("crime_type").agg(coded=incidents.ho_offence_code.count()).execute()
    known = sorted(kinds["crime_type"])
    return incidents.filter(
        groups.read(crime, known_types=known, with_codes=bool(kinds["coded"].sum())).filter(incidents)
    )


def _in_metres(rows: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Carry the points to metres, and give each incident a row of its own."""
    import pandas as pd

    from abate.space import projections

    systems = sorted(rows["crs"].unique())
    if len(systems) > 1:
        raise LakeError(f"the incidents are in several coordinate systems ({', '.join(systems)}): give them one")
    if not systems:
        raise OptionError(f"{options.file.name}: no incident has coordinates")
    crs = options.crs or projections.analysis_crs(systems[0], rows["x"], rows["y"])
    converted = projections.convert(rows["x"], rows["y"], source=systems[0], target=crs)
    unit_m = projections.unit_m(crs)
    each = rows.index.repeat(rows["incidents"])
    points = pd.DataFrame(
        {
            "easting": converted.easting * unit_m,
            "northing": converted.northing * unit_m,
            "date": rows["period"].to_numpy(),
        },
        index=rows.index,
    )
    return points.loc[each].reset_index(drop=True)


def _write(options: Options, near: NearRepeats, notes: tuple[str, ...], *, today: date, by: str) -> tuple[str, ...]:
    from abate.reports import near_repeats as page

    made = {
        "code": __version__,
        "parameters": options.plain(),
        "inputs": [{"file": options.file.name, "sha256": hashlib.sha256(options.file.read_bytes()).hexdigest()}],
        "made_on": today.isoformat(),
        "by": by,
    }
    folder = options.out or Path()
    return tuple(str(path) for path in page.write(near, folder, notes=notes, made=made))

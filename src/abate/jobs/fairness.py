"""The equality sheet of a list: published tables laid beside the chosen sites, for the person who approves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.coverage import Groups, Laid
    from abate.jobs.grounds import Ground
    from abate.reports.equality import Approval, Sheet

    Real = NDArray[np.float64]

LEAST_INCIDENTS = 3
_RACE = ("ethnic", "race", "racial")
_WORDS = {
    "age": ("age", "ages"),
    "disability": ("disability", "disabled"),
    "race": _RACE,
    "religion or belief": ("religion", "belief"),
    "sex": ("sex",),
    "gender reassignment": ("gender identity", "gender reassignment"),
    "sexual orientation": ("sexual orientation",),
    "marriage and civil partnership": ("marital", "marriage"),
    "pregnancy and maternity": ("pregnancy", "maternity"),
}


@dataclass(frozen=True)
class Tables:
    """The files that the sheet is made from: outlines of small areas, indices of deprivation, census tables.

    Each census table may be written `NAME=FILE`; the name then stands in the sheet instead of the file's.
    """

    boundaries: Path
    deprivation: Path | None = None
    census: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults = [] if self.deprivation or self.census else ["an equality sheet needs --deprivation or --census"]
        for option, path in (("--boundaries", self.boundaries), ("--deprivation", self.deprivation), *self._censuses()):
            if path is not None and not path.is_file():
                faults.append(f"{option} {path}: there is no such file")
        if faults:
            raise OptionError(*faults)

    def _censuses(self) -> list[tuple[str, Path]]:
        return [("--census", path) for _, path in self.named]

    @property
    def named(self) -> list[tuple[str, Path]]:
        """The census tables with the name of each."""
        return [
            (name, Path(path)) if named else (_stem(text), Path(text))
            for text in self.census
            for name, named, path in [text.partition("=")]
        ]


def _stem(text: str) -> str:
    return Path(text).name.split(".")[0].replace("-", " ").replace("_", " ")


def assess(
    sites: pd.DataFrame,
    ground: Ground,
    tables: Tables,
    *,
    crs: str,
    approval: Approval,
    list_file: Path,
    today: date,
) -> Sheet:
    """Make the equality sheet of some chosen sites (`tables.PLACES`) from the record that they were chosen from.

    Small areas belong to the area studied when they hold at least three located incidents of any kind, or part of a
    site. Where victims reported violence is counted from the record by point. `list_file` is the list that is approved:
    its SHA-256 binds the sheet to it. Raises `AbateError` when a table will not do.
    """
    import numpy as np

    from abate.hotspots import coverage
    from abate.reports.equality import Sheet

    areas = _areas(tables.boundaries, ground, sites, crs)
    laid = coverage.lay(sites, areas)
    violence = _counted(_violence(ground), areas, crs)
    censuses = [(name, _census(path)) for name, path in tables.named]
    residents = _residents(laid, [table for _, table in censuses])
    kinds = [
        coverage.groups(laid, table, characteristic=name) for name, table in censuses if table["group"].nunique() > 1
    ]
    if tables.deprivation is not None:
        everyone = np.ones(len(laid.area_codes)) if residents is None else residents
        kinds = [coverage.deciles(laid, _deciles(tables.deprivation), everyone), *kinds]
    if not kinds:
        raise OptionError("the census tables hold totals only: give --deprivation too, or a table by group")
    table = coverage.compare(laid, kinds, violence=violence)
    return Sheet(
        sites=len(sites),
        table=table,
        summary=tuple(filter(None, [coverage.sentence(table, sites=len(sites)), *map(_furthest(table), kinds)])),
        missing=tuple(_missing(laid, kinds, residents, ground)),
        method=_method(tables, len(areas)),
        looked_at=tuple(name for name, words in _WORDS.items() if _named(kinds, words)),
        approval=approval,
        made_on=today,
        list_name=list_file.name,
        list_sha256=hashlib.sha256(list_file.read_bytes()).hexdigest(),
        provenance=_provenance(tables, ground),
    )


def _areas(path: Path, ground: Ground, sites: pd.DataFrame, crs: str) -> pd.DataFrame:
    import shapely

    from abate.sources import boundaries

    areas = boundaries.read(path, crs=crs)
    seen = _counted(ground.every, areas, crs) >= LEAST_INCIDENTS
    tree = shapely.STRtree(areas["shape"].to_numpy())
    seen[tree.query(sites["shape"].to_numpy(), predicate="intersects")[1]] = True
    if not seen.any():
        raise OptionError(f"{path.name}: none of its {len(areas):,} areas holds any of the incidents")
    return areas[seen].reset_index(drop=True)


def _counted(tallies: pd.DataFrame, areas: pd.DataFrame, crs: str) -> Real:
    """Count located incidents in each area, by their points: the area codes of the record mix editions."""
    import numpy as np

    from abate.jobs.placing import one_system
    from abate.space import polygons, projections

    if not len(tallies):
        return np.zeros(len(areas))
    found = projections.convert(tallies["x"], tallies["y"], source=one_system(tallies), target=crs)
    position = polygons.locate(found.easting, found.northing, areas["shape"].to_numpy()).position
    inside = position >= 0
    weights = tallies["incidents"].to_numpy(float)[inside]
    counted: Real = np.bincount(position[inside], weights=weights, minlength=len(areas)).astype(np.float64)
    return counted


def _violence(ground: Ground) -> pd.DataFrame:
    """Tally the violence and robbery that victims report; offences that patrols find are not in it."""
    from abate import counts
    from abate.incidents import groups

    known = sorted(ground.every["crime_type"].unique())
    chosen = groups.read("violence,robbery", known_types=known)
    tallied: pd.DataFrame = counts.tally(ground.incidents.filter(chosen.filter(ground.incidents))).execute()
    return tallied


def _census(path: Path) -> pd.DataFrame:
    from abate.sources import census

    return census.read(path)


def _deciles(path: Path) -> pd.DataFrame:
    from abate.hotspots import deprivation
    from abate.sources import deprivation as published

    return deprivation.index(published.read(path))


def _residents(laid: Laid, censuses: Sequence[pd.DataFrame]) -> Real | None:
    """Give all residents of each area by the first census table; None without one."""
    import numpy as np

    if not censuses:
        return None
    totals = censuses[0].groupby("area_code")["residents"].sum()
    counted: Real = totals.reindex(list(laid.area_codes)).fillna(0).to_numpy(np.float64)
    return counted


def _furthest(table: pd.DataFrame) -> Any:
    """Give the function that says which group of a characteristic stands furthest out against residents."""
    from abate.hotspots.coverage import DEPRIVATION, UNKNOWN

    def say(kind: Groups) -> str:
        rows = table[(table["characteristic"] == kind.characteristic) & (table["group"] != UNKNOWN)]
        known = rows[rows["against_residents"].notna() & (rows["residents_share"] > 0.005)]
        if kind.characteristic == DEPRIVATION or not len(known):
            return ""
        most = known.sort_values(["against_residents", "group"], ascending=[False, True]).iloc[0]
        return (
            f"By {kind.characteristic}, {most['group']} are {most['sites_share']:.1%} of those who live around the "
            f"sites and {most['residents_share']:.1%} of all residents ({most['against_residents']:.2f} times)."
        )

    return say


def _missing(laid: Laid, kinds: Sequence[Groups], residents: Real | None, ground: Ground) -> list[str]:
    told = [
        f"{kind.characteristic}: the table lacks {len(kind.missing):,} of {len(laid.area_codes):,} small areas, which "
        "stand as not known."
        for kind in kinds
        if kind.missing
    ]
    if residents is None:
        told.append("No table of residents was given: every small area counts as one, about 1,500 residents each.")
    if (outside := float(laid.outside.mean())) > 0.001:
        told.append(f"{outside:.1%} of the sites' ground lies in none of the small areas.")
    if ground.unlocated:
        told.append(f"{ground.unlocated:,} incidents have no coordinates and are in no figure by place.")
    told.append(
        "Residents are not those who pass by, work or go out there; in town centres they are few, and no figure of "
        "visitors by group is known."
    )
    return told


def _method(tables: Tables, areas: int) -> tuple[str, ...]:
    laid = (
        f"The sites were laid over {areas:,} small areas by area; each site counts the same, with the mix of the areas "
        "it lies in. Living inside is an estimate, as if people lived evenly over each area, rounded to 10."
    )
    reported = (
        "Where violence was reported: violence, sexual offences and robbery by point, without offences that patrols "
        "find; its share is the mix of those who live there, not of those who were hurt."
    )
    told = [laid, reported]
    if tables.deprivation is not None:
        told.append(
            f"Deprivation: {tables.deprivation.name}, the index made anew without its crime domain, by the published "
            "transformation and weights; decile 1 is the most deprived tenth of England."
        )
    return (*told, *(f"Residents by {name}: {path.name}." for name, path in tables.named))


def _named(kinds: Sequence[Groups], words: tuple[str, ...]) -> bool:
    import re

    return any(re.search(rf"\b{word}", kind.characteristic.lower()) for kind in kinds for word in words)


def _provenance(tables: Tables, ground: Ground) -> dict[str, Any]:
    files = [tables.boundaries, *([tables.deprivation] if tables.deprivation else []), *(p for _, p in tables.named)]
    return {
        "months": [ground.months[0], ground.months[-1]],
        "lake_version": ground.version,
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }

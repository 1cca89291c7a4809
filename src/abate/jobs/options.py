"""What a person asks of the main job, checked before anything is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import periods
from abate.errors import OptionError
from abate.jobs.placing import Wanted

if TYPE_CHECKING:
    from abate.jobs.choosing import Sought


@dataclass(frozen=True)
class Options:
    """What the person asked for: which crimes, where, when, in what kind of place, and how many to choose.

    `crime` and `place` are as written at the prompt; `first` and `last` are months, both included (None: all that the
    lake holds); `origin` is `E,N`; either `top` or `area_km2`, or neither (20 places); `snap_limit_m` is in metres.
    `choose` says what sites are sought (None: none). `proactive` says whether named groups hold the offences that
    patrols find. `deprivation` and `census` (`NAME=FILE`) make the equality sheet, with what the approver has to say.

    Raises `OptionError` with every fault at once.
    """

    lake: Path
    force: str
    crime: str = "serious-violence"
    first: str | None = None
    last: str | None = None
    place: str = "hex:150"
    origin: str | None = None
    within: Path | None = None
    boundaries: Path | None = None
    top: int | None = None
    area_km2: float | None = None
    exclude: Path | None = None
    streets: Path | None = None
    basemap: Path | None = None
    crs: str | None = None
    snap_limit_m: float = 100.0
    seed: int = 1
    draws: int = 1000
    out: Path = field(default_factory=lambda: Path("hotspots"))
    choose: Sought | None = None
    proactive: str = "exclude"
    feedback_check: bool = False
    deprivation: Path | None = None
    census: tuple[str, ...] = ()
    decision_maker: str | None = None
    mitigation: str | None = None
    review_by: str | None = None

    def __post_init__(self) -> None:
        faults = []
        if self.top is not None and self.area_km2 is not None:
            faults.append("--top and --area-km2 are two ways to cut the list: give one of them")
        if self.area_km2 is not None and self.place.strip().lower().startswith("street"):
            faults.append("--area-km2: stretches of street have no area: cut the list with --top")
        for option, value in (("--from", self.first), ("--to", self.last)):
            try:
                periods.month(value or "2000-01")
            except OptionError as fault:
                faults.append(f"{option}: {fault}")
        if not faults and self.first and self.last and self.last < self.first:
            faults.append(f"--to {self.last} comes before --from {self.first}: swap them")
        faults += self._sheet_faults()
        for option, path in self._files():
            if not path.is_file():
                faults.append(f"{option} {path}: there is no such file")
        if faults:
            raise OptionError(*faults)

    @property
    def wanted(self) -> Wanted:
        """The places asked for."""
        return Wanted(
            place=self.place,
            origin=self.origin,
            within=self.within,
            boundaries=self.boundaries,
            exclude=self.exclude,
            crs=self.crs,
            snap_limit_m=self.snap_limit_m,
        )

    @property
    def sheet(self) -> bool:
        """Whether an equality sheet is asked for."""
        return self.deprivation is not None or bool(self.census)

    def _sheet_faults(self) -> list[str]:
        faults = []
        if self.sheet and self.boundaries is None:
            faults.append("the equality sheet needs the outlines of the small areas: add --boundaries FILE")
        if not self.sheet and (self.decision_maker or self.mitigation or self.review_by):
            faults.append(
                "--decision-maker, --mitigation and --review-by are fields of the equality sheet: "
                "add --deprivation FILE or --census NAME=FILE"
            )
        if self.review_by is not None:
            try:
                date.fromisoformat(self.review_by)
            except ValueError:
                faults.append(f"--review-by: '{self.review_by}' is not a day: write it as 2026-12-31")
        return faults

    def _files(self) -> list[tuple[str, Path]]:
        named = {
            "--within": self.within,
            "--boundaries": self.boundaries,
            "--exclude": self.exclude,
            "--streets": self.streets,
            "--basemap": self.basemap,
            "--deprivation": self.deprivation,
            "--against": self.choose.against if self.choose else None,
            "--features": self.choose.features if self.choose else None,
        }
        return [(option, path) for option, path in named.items() if path is not None]

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the report was made; files by their names."""
        told = {name: value.name if isinstance(value, Path) else value for name, value in vars(self).items()}
        return {**told, "choose": None if self.choose is None else self.choose.plain(), "census": list(self.census)}

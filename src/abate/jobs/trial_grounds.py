"""What goes beside a trial without changing its analysis: where its sites lie, and what candidates had before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.errors import OptionError, SourceError, TableError

if TYPE_CHECKING:
    from pathlib import Path

    from abate.reports.trialstories import Ground
    from abate.trials.outcomes import Panel
    from abate.trials.selection import BeforeAfter

_NAMED = 3


def place(sites: Path, panel: Panel, *, ring_m: float | None, crs: str | None) -> Ground:
    """Read where the sites of a trial lie, and how wide the rings about them are.

    Without `ring_m` the width is the one that a list of sites by abate says of itself, and unknown where it says none.
    Raises `SourceError` when a site of the trial is not in the file.
    """
    from abate.reports.trialstories import Ground
    from abate.sources import patrol_sites, ring_widths

    found = patrol_sites.read(sites, crs=crs)
    known = set(found.sites["site_id"].astype(str))
    if lacking := [site for site in panel.sites if site not in known]:
        more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        told = ", ".join(f"'{site}'" for site in lacking[:_NAMED]) + more
        raise SourceError(
            f"{sites.name}: has no site called {told}, which the schedule drew. The file that the schedule was drawn "
            "from would be right; without --sites the analysis is valid and has no map"
        )
    return Ground(found.sites, found.crs, ring_widths.read(sites) if ring_m is None else ring_m)


def check(*, sites: Path | None, ring_m: float | None, crs: str | None) -> None:
    """Refuse options of the map that do not go together."""
    faults = []
    if ring_m is not None and not ring_m > 0:
        faults.append(f"--ring-m {ring_m:g}: a ring is more than 0 m wide")
    faults += [
        f"{name} goes with --sites: it says how they are drawn on the map"
        for name, given in (("--ring-m", ring_m), ("--crs", crs))
        if given is not None and sites is None
    ]
    if faults:
        raise OptionError(*faults)


def compare(before: Path, panel: Panel, *, level: float, seed: int) -> BeforeAfter:
    """Hold what candidate places had before against the usual days of the trial, the fall from choosing beside it."""
    from abate.sources import before_counts
    from abate.trials import selection

    counts = before_counts.read(before)
    try:
        return selection.compare(panel, counts, level=level, seed=seed)
    except TableError as fault:
        raise SourceError(*(f"{before.name}: {said}" for said in fault.faults)) from None

"""What may be said of the data after a load: gaps, odd months, missing coordinates, moved points, mixed areas."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from abate import lake as lakes
from abate import periods
from abate.errors import MissingPartError

if TYPE_CHECKING:
    from abate.incidents.quality import Quality
    from abate.jobs.load import Load
    from abate.lake import Lake

_RECENT_MONTHS = 12


@dataclass(frozen=True)
class Judged:
    """The quality of what a load put into the lake: sentences, lines for the terminal, and the page written.

    There is no `page` where the extra `report` is not installed.
    """

    sentences: tuple[str, ...]
    lines: tuple[str, ...]
    page: str | None


def judge(answer: Load, *, lake: Path) -> Judged:
    """Look at the incidents of the forces just loaded, and write the data-quality page beside the load's record.

    Every month that the lake holds of these forces is looked at, not only those of this load. Whether points are a
    fixed list is told from the latest twelve months of each force.
    """
    from abate.reports import quality as page

    kept = lakes.open(lake)
    judged = _assess(answer, kept)
    return Judged(
        sentences=tuple(judged.sentences),
        lines=tuple(page.terminal(judged)),
        page=_page(judged, Path(answer.written[0]).parent / "quality.html"),
    )


def _page(judged: Quality, path: Path) -> str | None:
    from abate.reports import quality as page

    try:
        return str(page.write(judged, path))
    except MissingPartError:
        return None


def _assess(answer: Load, kept: Lake) -> Quality:
    from abate.incidents import quality

    coverage = kept.coverage()
    ours = coverage[coverage["force"].isin(answer.forces)].reset_index(drop=True)
    incidents = kept.incidents()
    loaded = incidents.filter(incidents.force.isin(answer.forces))
    return quality.assess(
        quality.Given(
            fates=pd.DataFrame(answer.files),
            coverage=ours,
            rejected_by_rule=answer.rejected_by_rule,
            repeats_elsewhere=answer.repeats_elsewhere,
            ids_in_several_months=answer.ids_in_several_months,
        ),
        by_month=quality.by_month(loaded).execute(),
        point_use=_point_use(kept, ours),
        vintages=quality.vintages(loaded).execute(),
    )


def _point_use(kept: Lake, coverage: pd.DataFrame) -> pd.DataFrame:
    from abate.incidents import quality

    held = coverage[(coverage["kind"] == "incidents") & (coverage["status"] != "missing")]
    used: list[pd.DataFrame] = [
        quality.point_use(
            kept.incidents(force=str(force), first=periods.following(max(months), 1 - _RECENT_MONTHS))
        ).execute()
        for force, months in held.groupby("force", sort=True)["month"]
    ]
    if not used:
        used = [quality.point_use(kept.incidents()).execute()]
    return pd.concat(used, ignore_index=True)

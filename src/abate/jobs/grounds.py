"""The record that a list or a score is made from: the crimes chosen, the months held, and what each point saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abate import periods
from abate.errors import LakeError, OptionError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from abate.incidents.groups import Proactive, Selection
    from abate.lake import Lake

_HARM = "cambridge-2020-selection"


@dataclass(frozen=True)
class Ground:
    """The record that the list is made from: the crimes chosen, the months held, and where each incident lies.

    `tallies` (`tables.TALLIES`) holds the chosen crimes, `every` all crimes of the force and period; `named` has the
    points of all crimes with the name of their small area. `harm` says which harm stands beside the counts, or why
    there is none. `incidents` is the Ibis expression of the force's incidents in those months, `picked` that of the
    chosen crimes among them, for further questions to the same record.
    """

    selection: Selection
    months: tuple[str, ...]
    missing: tuple[str, ...]
    tallies: pd.DataFrame
    every: pd.DataFrame
    named: pd.DataFrame
    harm: str
    unlocated: int
    coverage: pd.DataFrame
    version: int
    incidents: Any
    picked: Any


def gather(
    kept: Lake,
    *,
    force: str,
    crime: str,
    first: str | None = None,
    last: str | None = None,
    proactive: Proactive = "exclude",
) -> Ground:
    """Read the record of one force from the lake, reduced to what each point saw, month by month and kind by kind.

    `crime` is as written at the prompt; `first` and `last` are months, both included (None: all that the lake holds).
    `proactive` says whether named groups hold the offences that patrols themselves find.
    Raises `AbateError` when the lake holds nothing of that force, month or crime.
    """
    from abate import counts
    from abate.incidents import groups
    from abate.places import labels

    months, missing, coverage = held(kept, force=force, first=first, last=last)
    incidents = kept.incidents(force=force, first=months[0], last=months[-1])
    kinds = incidents.group_by("crime_type").agg(coded=incidents.ho_offence_code.count()).execute()
    known = sorted(kinds["crime_type"])
    selection = groups.read(crime, known_types=known, with_codes=bool(kinds["coded"].sum()), proactive=proactive)
    chosen = incidents.filter(selection.filter(incidents))
    picked, harmed = _weighed(chosen)
    tallies = counts.tally(picked).execute()
    unlocated = int(counts.unlocated(picked).execute()["incidents"].sum())
    if not len(tallies):
        raise OptionError(
            f"{force} has no located incident of '{crime}' from {months[0]} to {months[-1]}: "
            f"the lake holds the types {', '.join(known)}"
        )
    return Ground(
        selection=selection,
        months=months,
        missing=missing,
        tallies=tallies,
        every=counts.tally(incidents).execute(),
        named=labels.name_points(incidents).execute(),
        harm=harmed,
        unlocated=unlocated,
        coverage=coverage,
        version=kept.version("incidents"),
        incidents=incidents,
        picked=chosen,
    )


def held(
    kept: Lake, *, force: str, first: str | None = None, last: str | None = None
) -> tuple[tuple[str, ...], tuple[str, ...], pd.DataFrame]:
    """Give the months that the lake holds of a force among those asked for, those that are missing, and the coverage.

    Raises `LakeError` for an empty lake, `OptionError` for an unknown force or when no month asked for is held.
    """
    coverage = kept.coverage()
    ours = coverage[(coverage["kind"] == "incidents") & (coverage["force"] == force)]
    if not len(ours):
        known = sorted(coverage.loc[coverage["kind"] == "incidents", "force"].unique())
        if not known:
            raise LakeError(f"{kept.folder} holds no incidents: load some with `abate load FILE --lake {kept.folder}`")
        raise OptionError(f"--force: the lake holds no incidents of '{force}'. {nearest(force, known)}")
    there = set(ours.loc[ours["status"] != "missing", "month"])
    asked = periods.months(first or min(there), last or max(there))
    months = tuple(month for month in asked if month in there)
    if not months:
        raise OptionError(
            f"the lake holds no month of {force} from {asked[0]} to {asked[-1]}: it holds {min(there)} to {max(there)}"
        )
    return months, tuple(month for month in asked if month not in there), ours[ours["month"].isin(asked)]


def _weighed(picked: Any) -> tuple[Any, str]:
    """Put each incident's harm beside it where the source has Home Office codes, and say which harm that is."""
    from abate.incidents import harm

    pairs = harm.code_pairs(picked).execute()
    coded = pairs.loc[(pairs["ho_offence_code"] != "") | (pairs["ho_classification"] != ""), "incidents"].sum()
    missing = harm.impossible(incidents=int(pairs["incidents"].sum()), with_codes=int(coded))
    if not coded:
        return picked, missing or ""
    scale = harm.scale(_HARM)
    joined = harm.join(picked, scale, pairs)
    victims = joined.mutate(harm=joined.proactive.ifelse(None, joined.harm)).drop("proactive")
    told = (
        f"Harm beside the counts is in {scale.unit} ({scale.source}, {scale.edition}), without offences found by police"
    )
    return victims, f"{told}; {missing}." if missing else f"{told}."

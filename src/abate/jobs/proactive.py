"""What the switch `--proactive` changes: the list made again with, or without, the offences that patrols find."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from abate.hotspots.differences import Difference
    from abate.incidents.groups import Proactive
    from abate.jobs.grounds import Ground
    from abate.jobs.placing import Wanted


def handling(text: str) -> Proactive:
    """Read the option `--proactive`; raises `OptionError` with the nearest word.

    >>> handling("include")
    'include'
    """
    from abate.incidents.groups import Proactive

    known: dict[str, Proactive] = {word: word for word in get_args(Proactive)}
    if text not in known:
        raise OptionError(f"--proactive: '{text}' is not known. {nearest(text, known)}")
    return known[text]


def what_changes(
    ground: Ground,
    hotspots: pd.DataFrame,
    wanted: Wanted,
    *,
    crime: str,
    proactive: Proactive,
    top: int | None = None,
    area_km2: float | None = None,
) -> Difference | None:
    """Make the list in the other way and compare; None where the switch changes nothing, in the crimes or the record.

    `hotspots` (with `place_id` and `rank`) was made from `ground` with `proactive`; the other options are those it was
    made with.
    """
    from abate import counts
    from abate.hotspots.differences import differ
    from abate.hotspots.ranking import rank
    from abate.incidents import groups
    from abate.jobs.placing import put

    kinds = ground.incidents.group_by("crime_type").agg(coded=ground.incidents.ho_offence_code.count()).execute()
    known, coded = sorted(kinds["crime_type"]), bool(kinds["coded"].sum())
    opposite: Proactive = "include" if proactive == "exclude" else "exclude"
    now, then = (
        groups.read(crime, known_types=known, with_codes=coded, proactive=handled) for handled in (proactive, opposite)
    )
    if (now.types, now.codes) == (then.types, then.codes):
        return None
    other = counts.tally(ground.incidents.filter(then.filter(ground.incidents))).execute()
    before = int(ground.tallies["incidents"].sum())
    if not len(other) or int(other["incidents"].sum()) == before:
        return None
    assigned = put(other, wanted).assigned
    counted = counts.count(counts.locate(other, assigned.points), months=ground.months)
    again = rank(counted, assigned.places, top=top or (None if area_km2 else len(hotspots)), area_km2=area_km2)
    return differ(hotspots, again.hotspots, counted=before, counted_otherwise=int(other["incidents"].sum()))

"""What in a scheme does not go together: options that exclude one another, and the fewest rules that cannot be kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from abate.trials.schemes import Scheme

_RELAXED: dict[str, Any] = {"block": (), "excluded": (), "washout": 0, "rest": 0, "longest_run": None}


def faults(scheme: Scheme, *, most_days: int) -> Iterator[str]:
    """Say everything about a scheme's options that will not do, whatever its sites."""
    if not 1 <= scheme.days <= most_days:
        yield f"--days {scheme.days}: a schedule runs for 1 to {most_days:,} days"
    if scheme.kind not in {"daily", "parallel", "pairs", "stepped"}:
        yield f"--scheme {scheme.kind}: daily, parallel, pairs or stepped would be right"
    yield from _size_faults(scheme)
    if wrong := [block for block in scheme.block if block not in {"weekday", "area"}]:
        yield f"--block {','.join(wrong)}: weekday, area or both would be right"
    if len(set(scheme.block)) < len(scheme.block):
        yield f"--block {','.join(scheme.block)}: names a block twice"
    if scheme.longest_run is not None and scheme.longest_run < 1:
        yield f"--longest-run {scheme.longest_run}: at least 1 day would be right"
    for name, days in (("rest", scheme.rest), ("washout", scheme.washout)):
        if days < 0:
            yield f"--{name} {days}: at least 0 days would be right"
    if scheme.kind != "daily":
        yield from _throughout_faults(scheme)


def _size_faults(scheme: Scheme) -> Iterator[str]:
    if scheme.kind == "stepped":
        yield from _stepped_faults(scheme)
        return
    if scheme.waves is not None or scheme.begins:
        yield "--waves goes with --scheme stepped"
    if scheme.kind == "pairs":
        if scheme.treat is not None or scheme.chance is not None:
            yield "--scheme pairs: one site of each pair is patrolled, so that neither --treat nor --chance is given"
        return
    if (scheme.treat is None) == (scheme.chance is None):
        yield "either --treat (how many sites are patrolled) or --chance (of each place-day) is needed, and not both"
    if scheme.treat is not None and scheme.treat < 1:
        yield f"--treat {scheme.treat}: at least 1 site would be right"
    if scheme.chance is not None and not 0 < scheme.chance < 1:
        yield f"--chance {scheme.chance:g}: a share between 0 and 1 would be right"
    if scheme.chance is not None and scheme.block:
        yield "--chance and --block: a coin for each place-day cannot be spread evenly; give --treat instead"


def _stepped_faults(scheme: Scheme) -> Iterator[str]:
    if scheme.treat is not None or scheme.chance is not None:
        yield "--scheme stepped: all sites are patrolled in the end, so that neither --treat nor --chance is given"
    if (scheme.waves is None) == (not scheme.begins):
        yield "--scheme stepped: --waves (in how many waves sites begin) is needed"
    elif scheme.waves is not None and scheme.waves < 2:
        yield f"--waves {scheme.waves}: at least 2 would be right"
    elif scheme.begins and min(scheme.begins) < 0:
        yield f"begins: a site begins on day 0 or later, not on day {min(scheme.begins)}"


def _throughout_faults(scheme: Scheme) -> Iterator[str]:
    """Say which rules of daily draws were given where one draw holds throughout."""
    given = {
        "--chance": scheme.chance is not None and scheme.kind == "parallel",
        "--block weekday": "weekday" in scheme.block,
        "--block area": "area" in scheme.block and scheme.kind in {"pairs", "stepped"},
        "--longest-run": scheme.longest_run is not None,
        "--rest": scheme.rest > 0,
        "--washout": scheme.washout > 0,
    }
    if wrong := [option for option, stands in given.items() if stands]:
        yield f"--scheme {scheme.kind} and {', '.join(wrong)}: the draw holds throughout, so that they have no meaning"


def smallest(scheme: Scheme, *, sites: int, works: Callable[[Scheme], bool]) -> list[str]:
    """Name the fewest rules that cannot be kept together: each of them is needed for the conflict.

    Rules are left out one after the other; one without which the rest still cannot be kept is no part of it.
    """
    kept = scheme
    for name, without in _RELAXED.items():
        if getattr(kept, name) != without:
            fewer = replace(kept, **{name: without})
            if not works(fewer):
                kept = fewer
    return [f"--treat {scheme.treat} of {sites} sites a day", *(rule for rule in rules(kept))]


def rules(scheme: Scheme) -> Iterator[str]:
    """List a scheme's rules, option by option."""
    if scheme.longest_run is not None:
        yield f"--longest-run {scheme.longest_run}"
    if scheme.rest:
        yield f"--rest {scheme.rest}"
    if scheme.washout:
        yield f"--washout {scheme.washout}"
    if scheme.block:
        yield f"--block {','.join(scheme.block)}"
    if scheme.excluded:
        yield f"--exclude ({len(scheme.excluded):,} days)"

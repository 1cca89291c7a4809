"""The list of sites as it goes out: its number, what it was made from, what is kept of the list before it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import abate
from abate.errors import OptionError
from abate.reports.sitestories import SiteStory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from abate.jobs.choosing import Chosen
    from abate.jobs.hotspots import Chosen as Ranked

_NAME = "sites.geojson"
_NOT_PART = ("out", "basemap", "feedback_check", "deprivation", "census", "decision_maker", "mitigation", "review_by")


def story(ranked: Ranked, chosen: Chosen) -> SiteStory:
    """Gather everything that is told of the sites, with the number of the list.

    A list is numbered after the one that it follows: that of `--against`, or the one in the folder that it goes to,
    whichever is later. A list made from the same record with the same options keeps its number. The list in the folder
    is never lost: it is kept beside the new one under its own number.
    """
    options, ground = ranked.options, ranked.ground
    mark = made_from(ranked, chosen)
    number, kept = numbered(options.out, mark, against=0 if chosen.earlier is None else chosen.earlier.version)
    window = chosen.prospect.window
    by_month: list[Any] = [[bar["incidents"] for bar in bars] for bars in chosen.sites["by_month"]]
    label: dict[str, Any] = {
        "version": number,
        "made_from": mark,
        "first_month": ground.months[0],
        "last_month": ground.months[-1],
        "expected_from": window.first.isoformat(),
        "expected_to": window.last.isoformat(),
        "buffer_m": chosen.choice.rules.buffer_m,
        "separation_m": chosen.choice.rules.separation_m,
    }
    if chosen.earlier is not None:
        label["follows"] = {"version": chosen.earlier.version, "sha256": chosen.earlier.sha256}
    return SiteStory(
        sites=chosen.sites.assign(by_month=by_month),
        bands=chosen.bands,
        hours=chosen.hours,
        window=f"{_day(window.first)} to {_day(window.last)}",
        rules=rules(chosen),
        proof=chosen.choice.proof(),
        method=f"the forecast is by the method '{chosen.prospect.method}': {chosen.prospect.sentence}",
        label=label,
        notes=tuple(note for note in chosen.notes if note != chosen.choice.proof()),
        changes=None if chosen.refresh is None else chosen.refresh.changes,
        refreshed="" if chosen.refresh is None else str(chosen.refresh),
        kept=kept,
        rehearsal=None if chosen.rehearsal is None else chosen.rehearsal.story(),
    )


def rules(chosen: Chosen) -> str:
    """Say what the list keeps to."""
    kept, found = chosen.choice.rules, len(chosen.sites)
    what = "incidents" if kept.aim == "incidents" else "harm"
    single = ", none of which rests on one event," if kept.aim == "harm" else ""
    return (
        f"{found} connected sites of at most {kept.site_km2:g} km²{single} that together hold the most expected "
        f"{what}, at least {kept.apart_m:g} m apart from edge to edge (a buffer of {kept.buffer_m:g} m around each is "
        f"left clear), each with at least {kept.least_incidents} incidents in at least {kept.least_months} months"
    )


def sentence(chosen: Chosen) -> str:
    """Say in one sentence what the list holds."""
    sites, window = chosen.sites, chosen.prospect.window
    return (
        f"{len(sites)} sites ({sites['area_km2'].sum():.2f} km²) are expected to hold {sites['expected'].sum():.0f} "
        f"incidents from {_day(window.first)} to {_day(window.last)}; they held {sites['share'].sum():.1%} of the "
        f"record. A person decides whether they are patrolled."
    )


def made_from(ranked: Ranked, chosen: Chosen) -> str:
    """Give the mark of what a list was made from: record, options, earlier list, code; the same for the same list."""
    options = {name: value for name, value in ranked.options.plain().items() if name not in _NOT_PART}
    sought = {name: value for name, value in (options["choose"] or {}).items() if name != "rehearse"}
    told = {
        "software": abate.__version__,
        "table_version": ranked.ground.version,
        "months": list(ranked.ground.months),
        "options": {**options, "choose": sought},
        "earlier": None if chosen.earlier is None else chosen.earlier.sha256,
        "sites": chosen.sites["place_ids"].tolist(),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def numbered(out: Path, mark: str, *, against: int) -> tuple[int, Mapping[str, bytes]]:
    """Give the number of a list that goes to a folder, and the files to keep beside it.

    Raises `OptionError` when the list there cannot be kept, because another file has its name.
    """
    from abate.sources.site_lists import label

    there = out / _NAME
    if not there.is_file():
        return against + 1, {}
    content = there.read_bytes()
    before = label(content)
    if before.made_from == mark:
        return before.version, {}
    name = f"sites-v{before.version}.geojson"
    if (out / name).exists() and (out / name).read_bytes() != content:
        raise OptionError(
            f"{out}: {_NAME} would be kept as {name}, and another file has that name: "
            "move it, or name another folder with -o"
        )
    return max(before.version, against) + 1, {name: content}


def document(chosen: Chosen, told: SiteStory) -> dict[str, Any]:
    """Give the list as plain values, for `--json`."""
    from abate.reports import sites
    from abate.reports.tables import json_value

    choice = chosen.choice
    answer: dict[str, Any] = {
        "sites": sites.records(chosen.sites),
        "site_hours": [
            {str(name): json_value(value) for name, value in row.items()} for row in chosen.bands.to_dict("records")
        ],
        "choice": {
            "sentence": sentence(chosen),
            "value": choice.value,
            "bound": choice.bound,
            "gap": choice.gap,
            "complete": choice.pool.complete,
            "compared": choice.pool.holds.shape[0],
            "method": chosen.prospect.method,
            **told.label,
        },
    }
    if chosen.rehearsal is not None:
        answer["rehearsal"] = chosen.rehearsal.document()
    if chosen.refresh is not None:
        answer["refresh"] = {
            "sentence": str(chosen.refresh),
            "by_chance": chosen.refresh.by_chance,
            "changes": [
                {str(name): json_value(value) for name, value in row.items()}
                for row in chosen.refresh.changes.to_dict("records")
            ],
        }
    return answer


def _day(day: Any) -> str:
    return f"{day:%-d %B %Y}"

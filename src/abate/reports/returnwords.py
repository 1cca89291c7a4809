"""The words and tables of the monthly return, as the page, the PDF and the workbook show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.patrols import returns
from abate.patrols.personhours import UNFUNDED, UNRECORDED
from abate.patrols.sitetotals import ALL_CRIME
from abate.reports import wording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from abate.patrols.returns import Return

MARKING = "OFFICIAL-SENSITIVE, working copy, not for publication"
BEFORE = ", same month a year before"
INCIDENT_HEADINGS = (
    "In the sites",
    "In the sites, a year before",
    "Rest of the force area",
    "Rest of the area, a year before",
)
MOST_ROWS = 6
MOST_NOTES = 6
MOST_LETTERS = 80
ROLE_WORDS = {
    "officer": "police officer",
    "pcso": "PCSO",
    "special": "special constable",
    "warden": "warden",
    "partner": "other partner",
}
HOURS_WORDS = (
    "Time in the sites as the visits show it, each officer's own. Roles and funding streams come from the lists of "
    "teams and the activity records."
)


def title(made: Return) -> str:
    """Name the return."""
    return f"Hotspot patrols: return for {wording.month(made.month)}"


def told(made: Return, *, today: date, short: bool) -> dict[str, Any]:
    """Gather every word and table of the page; `short` keeps it to one side of paper."""
    notes = [wording.sentence(note.replace("`", "")) for note in made.notes]
    shown = notes[:MOST_NOTES] if short else notes
    if len(notes) > len(shown):
        shown.append(f"{len(notes) - len(shown)} more notes stand in return.html and in the workbook.")
    return {
        "title": title(made),
        "marking": MARKING,
        "made_on": f"{today.day} {wording.month(today.isoformat()[:7])}",
        "lede": lede(made),
        "facts": facts(made),
        "hours": matrix(made, most=MOST_ROWS if short else None),
        "hours_words": HOURS_WORDS,
        "done": done(made),
        "groups": groups(made, most=MOST_ROWS if short else None),
        "searches_words": returns.SEARCHES_ARE_NO_SUCCESS,
        "incidents": incidents(made),
        "incident_headings": ["Crime", *INCIDENT_HEADINGS],
        "no_effect": returns.NO_EFFECT,
        "plans": plans(made),
        "overdue": overdue(made, most=4 if short else None),
        "without": without(made, most=8 if short else None),
        "sites": {} if short else sites(made),
        "notes": shown,
    }


def lede(made: Return) -> str:
    """Say the month in two sentences.

    Visits, sites, hours by police and by partner; and the compliance where there was a plan.
    """
    kinds = made.hours.by_kind()
    parts = [f"{kinds['police']:,.1f} by police", f"{kinds['partner or warden']:,.1f} by partners and wardens"]
    if kinds[UNRECORDED]:
        parts.append(f"{kinds[UNRECORDED]:,.1f} whose role is not recorded")
    visits, visited = _count(made, "visits attended"), _count(made, "sites visited")
    first = (
        f"In {wording.month(made.month)} officers and partners made {visits} visits to {visited} of "
        f"{_count(made, 'sites on the list')} sites and spent {made.hours.total:,.1f} person-hours there: "
        f"{wording.listed(parts)}."
    )
    share = made.value("compliance")
    if share is None:
        return first
    met, planned = _count(made, "scheduled visits attended"), _count(made, "visits scheduled")
    return f"{first} Of {planned} scheduled visits {met} were attended ({share:.1%})."


def facts(made: Return) -> list[tuple[str, str]]:
    """List visits and hours: what, and how many."""
    presence = made.table[made.table["item"] == "hours of presence"].iloc[0]
    listed = [
        (words, _count(made, item))
        for words, item in (
            ("Visits scheduled", "visits scheduled"),
            ("Scheduled visits attended", "scheduled visits attended"),
            ("Visits attended", "visits attended"),
            ("Of these, 10 minutes or more", "visits of 10 minutes or more"),
        )
        if made.value(item) is not None
    ]
    listed.append(
        (
            "Hours of presence (widest range)",
            f"{presence['value']:,.1f} ({presence['low']:,.1f} to {presence['high']:,.1f})",
        )
    )
    kinds = made.hours.by_kind()
    listed.append(("Person-hours", f"{made.hours.total:,.1f}"))
    listed += [
        (f"Person-hours, {name}", f"{hours:,.1f}") for name, hours in kinds.items() if hours or name != UNRECORDED
    ]
    return listed


def matrix(made: Return, *, most: int | None = None) -> dict[str, Any]:
    """Lay person-hours by role (rows) and funding stream (columns), with the sums of both."""
    streams = sorted(made.hours.by("funding_stream").items(), key=lambda each: (each[0] == UNFUNDED, -each[1], each[0]))
    names = [name for name, _ in streams]
    kept = names if most is None or len(names) <= most - 2 else names[: most - 3]
    cells = {(row["role"], row["funding_stream"]): row["hours"] for row in made.hours.cells.to_dict("records")}
    rows = []
    for role, whole in made.hours.by("role").items():
        shown = [cells.get((role, name), 0.0) for name in kept]
        rest = [sum(round(cells.get((role, name), 0.0) * 10) for name in names if name not in kept) / 10]
        rows.append(
            [
                ROLE_WORDS.get(role, role),
                *(f"{each:,.1f}" for each in [*shown, *(rest if len(kept) < len(names) else [])]),
                f"{whole:,.1f}",
            ]
        )
    by_stream = dict(streams)
    others = (
        [sum(round(by_stream[name] * 10) for name in names if name not in kept) / 10] if len(kept) < len(names) else []
    )
    sums = [f"{each:,.1f}" for each in (*(by_stream[name] for name in kept), *others, made.hours.total)]
    headings = ["Role", *kept, *(["other streams"] if others else []), "All"]
    return {"headings": headings, "rows": [*rows, ["All", *sums]]}


def done(made: Return) -> list[tuple[str, str]]:
    """List arrests, weapons and powers; empty without activity records. Searches stand apart, beside the hours."""
    listed = [
        (item[:1].upper() + item[1:], _count(made, item))
        for item in ("arrests", "weapons seized", "powers used")
        if made.value(item) is not None
    ]
    kinds = list(made.within("powers used by kind").items())
    listed += [(f"Of these, {name}", f"{times:,.0f}") for name, times in kinds[:MOST_ROWS]]
    if len(kinds) > MOST_ROWS:
        listed.append(("Of these, other powers", f"{sum(times or 0 for _, times in kinds[MOST_ROWS:]):,.0f}"))
    return listed


def groups(made: Return, *, most: int | None = None) -> list[list[str]]:
    """List groups of sites: hours on patrol, searches, and searches per 100 patrol hours with their interval."""
    rows: list[Any] = made.groups.to_dict("records")
    shown = rows if most is None else rows[:most]
    told = [
        [
            row["group"],
            f"{row['hours']:,.1f}",
            wording.count(row["searches"]) if wording.known(row["searches"]) else "not recorded",
            f"{row['rate']:.2f} ({row['low']:.2f} to {row['high']:.2f})" if wording.known(row["rate"]) else "not known",
        ]
        for row in shown
    ]
    return [
        *told,
        *([[f"{len(rows) - len(shown)} more: see return.html", "", "", ""]] if len(shown) < len(rows) else []),
    ]


def incidents(made: Return) -> list[list[str]]:
    """List incidents: in the sites and in the rest of the force area, this month and a year before."""
    if made.recorded is None:
        return []
    places = ("incidents in sites", "incidents in the rest of the force area")
    return [
        [what, *(_known(made.value(f"{place}{when}", what)) for place in places for when in ("", BEFORE))]
        for what in dict.fromkeys((ALL_CRIME, made.recorded.label))
    ]


def plans(made: Return) -> list[tuple[str, str]]:
    """List how far the problem plans are; empty without any."""
    items = (
        "sites with a problem plan",
        "sites without a problem plan",
        "responses open",
        "responses overdue",
        "responses done without assessment",
    )
    return [(item[:1].upper() + item[1:], _count(made, item)) for item in items if made.value(item) is not None]


def overdue(made: Return, *, most: int | None = None) -> list[str]:
    """Say which responses are overdue, the oldest first."""
    if made.standing is None:
        return []
    names = dict(zip(made.sites["site_id"], made.sites["name"], strict=True))
    rows: list[Any] = made.standing.overdue.to_dict("records")
    told = [
        f"{names[row['site_id']]}: {_brief(row['response'] or row['problem'], most)} "
        f"({_owner(row['owner'])}, due {row['due']:%-d %B %Y})"
        for row in rows
    ]
    return _cut(told, most, "more overdue")


def without(made: Return, *, most: int | None = None) -> list[str]:
    """Name the sites that have no problem plan."""
    if made.standing is None:
        return []
    names = dict(zip(made.sites["site_id"], made.sites["name"], strict=True))
    return _cut([names[site] for site in made.standing.without], most, "more")


def sites(made: Return) -> dict[str, Any]:
    """Lay the table by site: visits, person-hours, what was done beside them, incidents, and the stage of its plan."""
    heads = {
        "name": "Site",
        "visits": "Visits",
        "hours": "Person-hours",
        "arrests": "Arrests",
        "searches": "Searches",
        "weapons": "Weapons",
        "powers": "Powers",
        "incidents": "Incidents",
        "incidents_before": "A year before",
        "chosen": "Of the chosen group",
        "chosen_before": "A year before ",
        "plan": "Problem plan",
    }
    one_label = made.recorded is not None and made.recorded.label == ALL_CRIME
    columns = [name for name in heads if name in made.sites and not (one_label and name.startswith("chosen"))]
    rows: list[Any] = made.sites.to_dict("records")
    return {
        "headings": [heads[name] for name in columns],
        "rows": [[_cell(name, row[name]) for name in columns] for row in rows],
        "words": [name in ("name", "plan") for name in columns],
    }


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return "not known"
    return f"{value:,.1f}" if name == "hours" else f"{value:,.0f}"


def _brief(text: str, most: int | None) -> str:
    return text if most is None or len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1].rstrip()}…"


def _owner(owner: object) -> str:
    return owner if isinstance(owner, str) and owner else "no owner"


def _cut(told: Sequence[str], most: int | None, more: str) -> list[str]:
    if most is None or len(told) <= most:
        return list(told)
    return [*told[:most], f"{len(told) - most} {more}"]


def _count(made: Return, item: str) -> str:
    return _known(made.value(item))


def _known(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.0f}"

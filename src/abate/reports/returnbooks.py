"""The monthly return as a workbook: a summary, then sites, roles and funding, searches, incidents, plans and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.patrols import returns
from abate.patrols.sitetotals import ALL_CRIME
from abate.reports import returnwords, wording, workbooks
from abate.reports.tables import json_value
from abate.reports.workbooks import Heading, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from abate.patrols.returns import Return
    from abate.reports.workbooks import Form

_FORMS: dict[str, Form] = {"hours": "tenths", "share": "share", "per 100 hours": "hundredths"}
_LONG = (" by site", " by role", " by kind", " by funding stream", " by what shows them", "incidents by site")
_SITE: dict[str, Heading] = {
    "site_id": Heading("Site", 14),
    "name": Heading("Where", 34),
    "area": Heading("Area", 16),
    "visits": Heading("Visits", 9, "whole"),
    "hours": Heading("Person-hours", 10, "tenths"),
    "arrests": Heading("Arrests", 9, "whole"),
    "searches": Heading("Searches", 9, "whole"),
    "weapons": Heading("Weapons", 9, "whole"),
    "powers": Heading("Powers", 9, "whole"),
    "incidents": Heading("Incidents, all crime", 12, "whole"),
    "incidents_before": Heading("A year before", 12, "whole"),
    "chosen": Heading("Of the chosen group", 12, "whole"),
    "chosen_before": Heading("A year before, chosen group", 12, "whole"),
    "plan": Heading("Problem plan", 14),
}


def draw(made: Return, *, today: date) -> bytes:
    """Draw the workbook of a return; the same return gives the same bytes."""
    sheets = [_summary(made), _sites(made), _staff(made), _searches(made)]
    if made.recorded is not None:
        sheets.append(_incidents(made))
    if made.standing is not None:
        sheets.append(_plans(made))
    sheets.append(_notes(made))
    return workbooks.draw(sheets, title=returnwords.title(made), marking=returnwords.MARKING, made_on=today)


def _summary(made: Return) -> Sheet:
    """Lay every figure that is not by site, role or kind; the rest stands on its own sheet."""
    rows: list[Any] = [
        row
        for row in made.table.to_dict("records")
        if not any(part in row["item"] for part in _LONG) and "search" not in row["item"]
    ]
    headings = (
        Heading("Item", 44),
        Heading("For", 22),
        Heading("Figure", 12, "whole"),
        Heading("Unit", 14),
        Heading("From", 22),
        Heading("Note", 46),
    )
    return Sheet(
        "Summary",
        headings,
        tuple(
            (row["item"], row["group"], json_value(row["value"]), row["unit"], row["source"], row["note"])
            for row in rows
        ),
        above=(returnwords.lede(made),),
        below=(returns.NO_EFFECT,) if made.recorded is not None else (),
        forms=tuple(_FORMS.get(row["unit"]) for row in rows),
        landscape=True,
    )


def _sites(made: Return) -> Sheet:
    one_label = made.recorded is not None and made.recorded.label == ALL_CRIME
    columns = [
        name
        for name in _SITE
        if name in made.sites
        and not (one_label and name.startswith("chosen"))
        and not (name == "area" and not made.sites["area"].astype(bool).any())
    ]
    above = [returnwords.HOURS_WORDS]
    if made.recorded is not None and not one_label:
        above.append(f"The chosen group is {made.recorded.label}.")
    below = [returns.SEARCHES_ARE_NO_SUCCESS] if "searches" in columns else []
    return Sheet(
        "By site",
        tuple(_SITE[name] for name in columns),
        _rows(made.sites, columns),
        above=tuple(above),
        below=(*below, *([returns.NO_EFFECT] if made.recorded is not None else [])),
        landscape=True,
    )


def _staff(made: Return) -> Sheet:
    matrix = returnwords.matrix(made)
    headings = (Heading("Role", 24), *(Heading(words, 18, "tenths") for words in matrix["headings"][1:]))
    rows = tuple((row[0], *(float(cell.replace(",", "")) for cell in row[1:])) for row in matrix["rows"])
    kinds = tuple((f"Together: {name}", hours) for name, hours in made.hours.by_kind().items())
    return Sheet(
        "By role and funding",
        headings,
        (*rows, (), *kinds),
        above=(returnwords.HOURS_WORDS,),
        below=(
            "Hours are rounded so that rows, columns and the whole add up: each is within a tenth of its exact value.",
        ),
    )


def _searches(made: Return) -> Sheet:
    headings = (
        Heading("Sites", 26),
        Heading("Number of sites", 10, "whole"),
        Heading("Hours on patrol", 12, "tenths"),
        Heading("Searches", 10, "whole"),
        Heading("Searches per 100 patrol hours", 16, "hundredths"),
        Heading("Lower end (95%)", 12, "hundredths"),
        Heading("Upper end (95%)", 12, "hundredths"),
    )
    return Sheet(
        "Searches beside hours",
        headings,
        _rows(made.groups, list(made.groups.columns)),
        above=(returns.SEARCHES_ARE_NO_SUCCESS,),
        below=("The interval is the exact Poisson interval of the number of searches.",),
    )


def _incidents(made: Return) -> Sheet:
    headings = (
        Heading("Crime", 30),
        *(Heading(words, 18, "whole") for words in returnwords.INCIDENT_HEADINGS),
    )
    places = ("incidents in sites", "incidents in the rest of the force area")
    rows = tuple(
        (what, *(made.value(f"{place}{when}", what) for place in places for when in ("", returnwords.BEFORE)))
        for what in dict.fromkeys((ALL_CRIME, made.recorded.label if made.recorded else ALL_CRIME))
    )
    return Sheet("Incidents", headings, rows, above=(returns.NO_EFFECT,))


def _plans(made: Return) -> Sheet:
    standing = made.standing
    assert standing is not None
    headings = (
        Heading("Site", 14),
        Heading("Where", 34),
        Heading("Has come to", 14),
        Heading("Responses", 11, "whole"),
        Heading("Open", 8, "whole"),
        Heading("Done", 8, "whole"),
        Heading("Dropped", 9, "whole"),
        Heading("Overdue", 9, "whole"),
        Heading("Done, not assessed", 11, "whole"),
        Heading("Next due", 13, "day"),
    )
    columns = ["site_id", "name", "stage", "responses", "open", "done", "dropped", "overdue", "unassessed", "next_due"]
    late = returnwords.overdue(made)
    return Sheet(
        "Problem plans",
        headings,
        _rows(standing.table, columns),
        below=tuple(f"Overdue: {each}." for each in late),
        landscape=True,
    )


def _notes(made: Return) -> Sheet:
    rows = tuple((place, wording.sentence(note)) for place, note in enumerate(made.notes, start=1))
    return Sheet("Notes", (Heading("Number", 9, "whole"), Heading("What should be known", 110)), rows, landscape=True)


def _rows(frame: pd.DataFrame, columns: Iterable[str]) -> tuple[tuple[object, ...], ...]:
    chosen = frame[list(columns)]
    return tuple(
        tuple(None if pd.isna(value) else _value(value) for value in row)
        for row in chosen.itertuples(index=False, name=None)
    )


def _value(value: Any) -> object:
    return value.date() if isinstance(value, pd.Timestamp) else json_value(value)

"""Problem plans: what is to change at a site so that it needs patrols less, and how far each plan is.

A plan follows the four steps of problem-oriented policing (scanning, analysis, response, assessment: Eck and Spelman
1987, Problem-Solving: Problem-Oriented Policing in Newport News). The analysis asks about the three sides of the
problem analysis triangle and who looks after each: the manager of the place, the guardian of the target, and whoever
can hold back those who do it (Clarke and Eck 2005, Crime Analysis for Problem Solvers in 60 Small Steps, step 8). A
plan is about a place; no person is named in it, and roles own it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.tables import PLAN_STANDING, PROBLEM_PLANS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    Texts = pd.Series[str]
    Flags = pd.Series[bool]

STATUSES = ("planned", "under way", "done", "dropped")
OPEN = ("planned", "under way")
SIDES = {
    "analysis_manager": "Place",
    "analysis_guardian": "Target",
    "analysis_handler": "Those who do it",
}
PROMPTS = {
    "name": "where it is",
    "problem": "Scanning: what happens here, to what sort of target, when and how often? One sentence, no names.",
    "analysis_manager": "Analysis, the place: what about it lets this happen, and which role runs or owns it?",
    "analysis_guardian": "Analysis, the target: who or what is hurt or taken, and which role could look after it?",
    "analysis_handler": "Analysis, those who do it: why here, and which role (school, probation) has their ear?",
    "response": "Response: what is to change (lighting, layout, licensing, staffing, CCTV, help)? One row a response.",
    "owner": "the role that sees to it, such as licensing officer; never a person",
    "due": "by when, as YYYY-MM-DD",
    "status": "planned, under way, done or dropped",
    "assessment": "Assessment: what came of it, how it was measured and beside what; fill in once done.",
}


@dataclass(frozen=True)
class Standing:
    """How far the problem plans of some sites are.

    `table` (`tables.PLAN_STANDING`) has a row a site; `overdue` and `unassessed` are rows of `tables.PROBLEM_PLANS`:
    responses past their day on `today`, and responses done of which nobody has said what came. `notes` are sentences.
    """

    table: pd.DataFrame
    overdue: pd.DataFrame
    unassessed: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def without(self) -> list[str]:
        """The sites that have no plan."""
        return list(self.table.loc[self.table["responses"] == 0, "site_id"])


def analysis(sides: dict[str, str]) -> str:
    """Put the three sides of the problem analysis triangle into one text; those left blank are left out.

    >>> analysis({"analysis_manager": "the car park is unlit", "analysis_guardian": "", "analysis_handler": "a school"})
    'Place: the car park is unlit. Those who do it: a school.'
    """
    told = [f"{word}: {said.rstrip('.')}." for side, word in SIDES.items() if (said := sides.get(side, "").strip())]
    return " ".join(told)


def template(sites: pd.DataFrame) -> pd.DataFrame:
    """Give an empty plan for every site (`tables.PATROL_SITES`), below a row that says what belongs in each column.

    The first row's site begins with `#`, so that it is never read as a plan.
    """
    columns = ["site_id", *PROMPTS]
    prompts = {"site_id": "# what to write", **PROMPTS}
    rows = [dict.fromkeys(columns, "") | {"site_id": site, "name": name} for site, name in _named(sites)]
    return pd.DataFrame([prompts, *rows], columns=columns)


def standing(plans: pd.DataFrame, sites: pd.DataFrame, *, today: date) -> Standing:
    """Say for each site (`tables.PATROL_SITES`) how far its problem plan is, and what is overdue on `today`.

    `plans` is `tables.PROBLEM_PLANS`. A response is overdue when it is still open and its day has passed. Rows of
    plans for sites that are not on the list are told in the notes and left out.
    """
    PROBLEM_PLANS.check(plans)
    held = plans[plans["site_id"].isin(sites["site_id"])].reset_index(drop=True)
    late = held["status"].isin(OPEN) & (held["due"] < pd.Timestamp(today))
    unsaid = (held["status"] == "done") & ~_filled(held["assessment"])
    marked = held.assign(late=late, unsaid=unsaid)
    rows = [_site(site, name, marked[marked["site_id"] == site]) for site, name in _named(sites)]
    frame = pd.DataFrame(rows, columns=list(PLAN_STANDING.columns))
    frame["next_due"] = pd.to_datetime(frame["next_due"])
    return Standing(
        table=PLAN_STANDING.check(frame),
        overdue=held[late].sort_values(["due", "site_id"], kind="stable", ignore_index=True),
        unassessed=held[unsaid].reset_index(drop=True),
        notes=tuple(_notes(plans, held, sites)),
    )


def lines(plans: pd.DataFrame, site_id: str) -> list[str]:
    """Give what officers at a site should know of its plan: the problem, and each response still open.

    >>> plans = PROBLEM_PLANS.empty()
    >>> lines(plans, "A")
    []
    """
    rows: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()}
        for row in plans[(plans["site_id"] == site_id) & plans["status"].isin(OPEN)].to_dict("records")
    ]
    told = list(dict.fromkeys(str(row["problem"]) for row in rows))
    for row in rows:
        if _said(row["response"]):
            due = f", due {row['due']:%-d %B %Y}" if pd.notna(row["due"]) else ""
            owner = f" ({row['owner']}{due})" if _said(row["owner"]) else f" ({due[2:]})" if due else ""
            told.append(f"{row['response']}{owner}")
    return told


def _named(sites: pd.DataFrame) -> list[tuple[str, str]]:
    return [(str(site), str(name)) for site, name in zip(sites["site_id"], sites["name"], strict=True)]


def _site(site: str, name: str, rows: pd.DataFrame) -> dict[str, Any]:
    still = rows[rows["status"].isin(OPEN)]
    return {
        "site_id": site,
        "name": name,
        "responses": len(rows),
        "open": len(still),
        "done": int((rows["status"] == "done").sum()),
        "dropped": int((rows["status"] == "dropped").sum()),
        "overdue": int(rows["late"].sum()),
        "unassessed": int(rows["unsaid"].sum()),
        "next_due": still["due"].min() if len(still) else pd.NaT,
        "stage": _stage(rows),
    }


def _stage(rows: pd.DataFrame) -> str:
    """Say which of the four steps a site's plan has come to."""
    if not len(rows):
        return "no plan"
    if (_filled(rows["assessment"]) & (rows["status"] == "done")).any():
        return "assessment"
    if _filled(rows["response"]).any():
        return "response"
    return "analysis" if _filled(rows["analysis"]).any() else "scanning"


def _filled(texts: Texts) -> Flags:
    return texts.fillna("").str.strip() != ""


def _said(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip())


def _notes(plans: pd.DataFrame, held: pd.DataFrame, sites: pd.DataFrame) -> Sequence[str]:
    strange = sorted(set(plans["site_id"]) - set(sites["site_id"]))
    undated = held["status"].isin(OPEN) & held["due"].isna()
    unowned = held["status"].isin(OPEN) & ~_filled(held["owner"])
    told = []
    if strange:
        told.append(f"problem plans of {len(strange)} sites that are not on the list are left out: {_some(strange)}")
    if undated.any():
        told.append(f"{_many(int(undated.sum()))} no date, and can never be overdue: {_some(_ids(held[undated]))}")
    if unowned.any():
        told.append(f"{_many(int(unowned.sum()))} no owner: {_some(_ids(held[unowned]))}")
    return told


def _many(count: int) -> str:
    return f"{count} open response has" if count == 1 else f"{count} open responses have"


def _ids(rows: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(rows["site_id"]))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")

"""What a page tells of its site beside the timetable: why there, the problem plan, the week behind, what changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.patrols import mentions, problems, weeks
from abate.patrols.tasking import Background

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from abate.patrols.weeks import Recorded


@dataclass(frozen=True)
class Facts:
    """What is known when sheets are written for `days` days from `first` on; None where it was not handed in.

    `plan` is the whole timetable (`tables.PLANNED_VISITS`), `attended` `tables.ATTENDED_VISITS`, `problem_plans`
    `tables.PROBLEM_PLANS`, `notes` has `site_id` and `note`. `zone` is that of the local clock.
    """

    plan: pd.DataFrame
    first: date
    days: int
    zone: str
    attended: pd.DataFrame | None = None
    recorded: Recorded | None = None
    problem_plans: pd.DataFrame | None = None
    notes: pd.DataFrame | None = None


def gather(sites: pd.DataFrame, facts: Facts) -> dict[str, Background]:
    """Gather for each site (`tables.PATROL_SITES`) everything that its page tells, by `site_id`."""
    planned = weeks.planned_change(facts.plan, first=facts.first, days=facts.days, zone=facts.zone)
    return {str(row["site_id"]): _background(row, facts, planned) for row in sites.to_dict("records")}


def why(site: Mapping[Any, Any]) -> tuple[str, ...]:
    """Say in at most two sentences why a site is patrolled: what is expected there, and when.

    Takes the first of the site's `reasons` and what is mostly seen, else what is `expected`; then its `time_bands`,
    the first two, without their figures.

    >>> bands = "Fri 20:00 to 04:00 (53%)"
    >>> why({"reasons": "28.1 incidents expected; 342 in the record; mostly Robbery", "time_bands": bands})
    ('28.1 incidents expected; mostly Robbery.', 'Busy: Fri 20:00 to 04:00.')
    >>> why({"expected": 4.2})
    ('About 4 incidents expected in the coming period.',)
    """
    reasons = [part.strip() for part in str(_said(site.get("reasons"))).split("; ") if part.strip()]
    told = [*reasons[:1], *(part for part in reasons[1:] if part.startswith("mostly"))]
    sentences = [f"{_brief('; '.join(told)).rstrip('.')}."] if told else _expected(site)
    bands = [re.sub(r"\s*\([^)]*\)", "", part).strip() for part in str(_said(site.get("time_bands"))).split(";")]
    busy = [band for band in bands if re.search(r"\d\d:\d\d", band)][:2]
    return (*sentences, *([f"Busy: {'; '.join(busy)}."] if busy else []))


def mentioned(notes: pd.DataFrame, *, file: str) -> list[str]:
    """Say of each note (`site_id`, `note`, `row`) that may point to a person where it stands, and what is right."""
    texts = [(f"row {row}, note", str(note)) for row, note in zip(notes["row"], notes["note"], strict=True)]
    return mentions.faults(file, texts)


def _background(site: Mapping[Any, Any], facts: Facts, planned: Mapping[str, str]) -> Background:
    place = str(site["site_id"])
    where: dict[str, Any] = {"first": facts.first, "zone": facts.zone}
    done = []
    if facts.attended is not None:
        done = [weeks.attended(facts.attended, place, **where), weeks.kept(facts.plan, facts.attended, place, **where)]
    seen = [] if facts.recorded is None else [weeks.recorded(facts.recorded, place)]
    news = [planned.get(place, ""), "" if facts.recorded is None else weeks.changed(facts.recorded, place)]
    notes = [] if facts.notes is None else facts.notes.loc[facts.notes["site_id"] == place, "note"].tolist()
    return Background(
        why=why(site),
        problem=() if facts.problem_plans is None else tuple(problems.lines(facts.problem_plans, place)),
        last_week=tuple(filter(None, [*done, *seen])),
        changed=tuple(filter(None, news)),
        notes=tuple(map(str, notes)),
    )


def _expected(site: Mapping[Any, Any]) -> list[str]:
    for column, what in (("expected", "incidents"), ("expected_harm", "harm")):
        value = site.get(column)
        if value is not None and not pd.isna(value):
            return [f"About {value:.0f} {what} expected in the coming period."]
    return ["On the list of sites; the list gives no reason."]


def _brief(text: str) -> str:
    """Shorten days and intervals: `from 1 January 2026 to 31 March 2026 (90% interval: 16 to 43)`."""
    day = r"(\d{1,2}) ([A-Z][a-z]{2})[a-z]* \d{4}"
    return re.sub(rf"from {day} to {day}", r"\1 \2 to \3 \4", text).replace("% interval:", "%:")


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""

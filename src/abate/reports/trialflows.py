"""The flow of a trial's places and days, as CONSORT asks for: what was left out, and the two arms side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.reports.chapters import Box, Flow
from abate.reports.wording import counted

if TYPE_CHECKING:
    from abate.reports.trialstories import Story
    from abate.trials.schemes import Scheme


def flow(story: Story) -> Flow:
    """Lay out how many places and days went where; patrol days and usual days are the two branches.

    Place-days are counted in the arm that they were drawn for to the end: missed visits, visits that were not drawn and
    overrides are told in the branch, and move nothing.
    """
    panel, sizes = story.panel, story.analysis.sizes
    whole = story.scheme.days * len(panel.sites)
    early = _left_out(story.scheme, panel.sites)
    unseen = whole - early - sizes["place_days"]
    aside = [
        *([f"{_days(early)} left out before the draw, by rule"] if early else []),
        *([f"{_days(unseen)} not recorded for any place"] if unseen > 0 else []),
    ]
    return Flow(
        "Flow of places and days",
        (
            Box("Places and days", (f"{len(panel.sites)} places over {story.scheme.days} days: {_days(whole)}",)),
            Box("Drawn by chance and recorded", (_days(sizes["place_days"]),)),
        ),
        Box("Not in the trial", tuple(aside or ["none"])),
        (_patrol(story), _usual(story)),
    )


def _patrol(story: Story) -> tuple[Box, ...]:
    sizes, dose = story.analysis.sizes, story.analysis.dose
    done = ["visits were not recorded"]
    if dose is not None and dose.measured:
        visited = round(dose.compliance.drawn_visited * sizes["treated"])
        least = f"{story.analysis.asked.least_minutes:g} minutes"
        done = [
            f"{visited:,} had a visit of at least {least}",
            f"{sizes['treated'] - visited:,} had none: missed visits",
        ]
    return (
        Box("Drawn for patrol", (_days(sizes["treated"]),)),
        Box("What was done", (*done, _overridden(story, "patrol", "left to usual work on record"))),
        Box("Analysed as drawn", (_days(sizes["treated"]), counted(sizes["events_treated"], "incident", "incidents"))),
    )


def _usual(story: Story) -> tuple[Box, ...]:
    sizes, dose = story.analysis.sizes, story.analysis.dose
    done = ["visits were not recorded"]
    if dose is not None and dose.measured:
        visited = round(dose.compliance.usual_visited * sizes["control"])
        done = [f"{visited:,} had a visit all the same", f"{sizes['control'] - visited:,} had none"]
    events = sizes["events"] - sizes["events_treated"]
    washed = [f"{story.washed:,} of them washout, set aside"] if story.washed else []
    return (
        Box("Drawn as usual days", (_days(sizes["control"]),)),
        Box("What was done", (*done, _overridden(story, "usual", "patrolled on record"))),
        Box("Analysed as drawn", (_days(sizes["control"]), counted(events, "incident", "incidents"), *washed)),
    )


def _overridden(story: Story, arm: str, what: str) -> str:
    number = sum(1 for each in story.overrides if each["drawn"] == arm and each["done"] != arm)
    return f"{number:,} overridden: {what}" if number else "none overridden on record"


def _left_out(scheme: Scheme, sites: tuple[str, ...]) -> int:
    """Count the place-days that the scheme left out before anything was drawn."""
    days = set(scheme.dates)
    held = {
        (each.day, site)
        for each in scheme.excluded
        if each.day in days
        for site in (sites if each.site_id is None else (each.site_id,))
    }
    return len(held)


def _days(number: int) -> str:
    return counted(number, "place-day", "place-days")

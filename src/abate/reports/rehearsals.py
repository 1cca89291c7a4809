"""The part of the report on how good the forecast was: the table, the chart and the words, for page and paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from abate.reports import scorecharts, wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abate.reports.scorecharts import Reliability

TITLES = ("Window", "Method", "Events", "Hit rate", "Ahead of counts, points", "Log score", "In 95%")


@dataclass(frozen=True)
class RehearsalStory:
    """What is told of the rehearsed forecasts.

    `sentence` says how they went; `rows` are records as of `abate score`, one a window and method; `together` has one
    record a method for all windows; `reliability` sets what was expected beside what was seen. Where nothing could be
    rehearsed only the sentence is there. `area_km2` is the area that was flagged.
    """

    sentence: str
    area_km2: float
    rows: tuple[Mapping[str, Any], ...] = ()
    together: tuple[Mapping[str, Any], ...] = ()
    reliability: tuple[Reliability, ...] = ()
    notes: tuple[str, ...] = ()


def told(story: RehearsalStory | None) -> dict[str, Any]:
    """Gather what is told; empty where nothing was rehearsed. The picture is an SVG text.

    >>> told(None), told(RehearsalStory("The record is too short.", 0.5))["rows"]
    ({}, [])
    """
    if story is None:
        return {}
    styles = scorecharts.colours([row["method"] for row in story.together])
    chart = scorecharts.calibration(story.reliability, styles, name="rehearsed") if story.reliability else ""
    return {
        "sentence": wording.sentence(story.sentence),
        "caption": f"Hit rate: share of events in the {story.area_km2:.2f} km² of ground, as much as the sites cover, "
        "where most was expected. Ahead of counts: the difference in percentage points, with its 95% interval. Log "
        "score: higher is better. In 95%: the share of places that saw what their 95% range holds; near 95% is right.",
        "titles": list(TITLES),
        "rows": [[_when(row), *_cells(row)] for row in story.rows]
        + [["Together", *_cells(row)] for row in story.together if row["windows"] > 1],
        "together": sum(row["windows"] > 1 for row in story.together),
        "key": [{"method": name, "colour": style[0], "dashes": style[1]} for name, style in styles.items()],
        "chart": chart,
        "chart_caption": "Incidents seen over incidents expected, in ten groups of places with equal sums of expected "
        "incidents, all rehearsals together; a right forecast lies at the dashed line.",
        "chart_alt": _spoken(story),
        "transform": scorecharts.transforms(story.reliability, styles, name="transformed") if story.reliability else "",
        "transform_caption": "How what was seen lies in what the forecast gave as likely (its randomised transform), "
        "in ten steps; a right forecast puts a tenth of the places in each.",
        "transform_alt": _spread(story),
        "notes": [wording.sentence(note) for note in story.notes],
    }


def _when(row: Mapping[str, Any]) -> str:
    first, last = (date.fromisoformat(row[name]) for name in ("first_day", "last_day"))
    return f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}"


def _cells(row: Mapping[str, Any]) -> list[str]:
    rate, score = row["hit_rate"], row["log_score"]
    return [
        row["method"],
        wording.count(row["events"]),
        "none" if rate is None else wording.share(rate),
        wording.ahead(row["gain_over_counts"]),
        "none" if abs(score) == float("inf") else f"{score:.4f}",
        f"{row['cover_95']:.1%}",
    ]


def _spread(story: RehearsalStory) -> str:
    parts = [
        f"{one.method} between {wording.share(float(one.pit.min()) / max(1, one.places))} and "
        f"{wording.share(float(one.pit.max()) / max(1, one.places))} of the places"
        for one in story.reliability
    ]
    return wording.sentence(f"Chart of the randomised transform in ten steps: {'; '.join(parts)}")


def _spoken(story: RehearsalStory) -> str:
    parts = [
        f"{one.method} expected {wording.count(one.expected.sum())}, {wording.count(one.seen.sum())} were seen"
        for one in story.reliability
    ]
    return wording.sentence(f"Chart of incidents seen over incidents expected: {'; '.join(parts)}")

"""The part of the report on sites: words, rows and pictures for the page and for the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abate.reports import charts, maps, outlines, sitemaps, wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abate.reports.sitestories import SiteStory
    from abate.reports.stories import HotspotStory

_CHANGES = {"stays": "Stays", "moves": "Moves", "leaves": "Leaves", "enters": "Enters"}


def told(story: HotspotStory, ground: outlines.Drawn, *, most_height: float = 700) -> dict[str, Any]:
    """Gather what is told of the sites; empty where none were chosen. Pictures are SVG texts."""
    if story.sites is None:
        return {}
    of = story.sites
    around = maps.surroundings(story, ground.places)
    rows: list[Any] = of.sites.to_dict("records")
    return {
        "lede": f"{wording.sentence(of.rules)} Expected: {of.window}.",
        "version": f"List version {of.label['version']}.",
        "picture": sitemaps.overview(story, ground.places, most_height=most_height),
        "picture_alt": sitemaps.description(of.sites),
        "titles": ["Site", "Where", *_titles(of)],
        "rows": [[str(row["rank"]), row["name"], *_numbers(of, row)] for row in rows],
        "cards": [_card(of, around, place, row) for place, row in enumerate(rows)],
        "refreshed": wording.sentence(of.refreshed),
        "changes": _changes(of),
        "notes": [wording.sentence(each) for each in (of.proof, of.method, *of.notes)],
    }


def _titles(of: SiteStory) -> list[str]:
    harm = ["Harm expected"] if of.sites["expected_harm"].notna().any() else []
    return ["Expected", "90% interval", *harm, "Incidents", "Chosen again", "Area, km²", "Next site, m"]


def _numbers(of: SiteStory, row: Mapping[Any, Any]) -> list[str]:
    harm = [wording.count(row["expected_harm"])] if of.sites["expected_harm"].notna().any() else []
    near = row["nearest_site_m"]
    return [
        f"{row['expected']:.1f}",
        f"{row['expected_low']:.0f} to {row['expected_high']:.0f}",
        *harm,
        wording.count(row["incidents"]),
        f"{row['stability']:.0%}",
        f"{row['area_km2']:.3f}",
        wording.count(near) if wording.known(near) else "none",
    ]


def _card(of: SiteStory, around: maps.Surroundings, place: int, row: Mapping[Any, Any]) -> dict[str, Any]:
    story = around.story
    bars = row.get("by_month")
    seen = [int(each) for each in bars] if isinstance(bars, list) else []
    number = row["rank"]
    return {
        "rank": number,
        "title": f"{number}. {row['name']}",
        "reasons": [wording.sentence(each) for each in str(row["reasons"]).split("; ")],
        "when": wording.sentence(str(row["time_bands"])),
        "week": ""
        if of.hours is None
        else sitemaps.week(of.hours[place], name=f"week-{number}", title=f"Hours of the week, site {number}"),
        "months": charts.month_bars(seen, story.months, missing=story.missing_months, name=f"site-months-{number}")
        if seen
        else "",
        "months_alt": charts.months_words(seen, story.months, missing=story.missing_months) if seen else "",
        "map": sitemaps.detail(around, dict(row), name=f"site-{number}-around"),
        "map_alt": f"Map of site {number}, {row['name']}, and the places around it.",
    }


def _changes(of: SiteStory) -> list[list[str]]:
    if of.changes is None:
        return []
    numbers = dict(zip(of.sites["site_id"], of.sites["rank"], strict=True))
    listed: list[Any] = of.changes.to_dict("records")
    return [
        [
            _CHANGES[row["change"]],
            _which(row, numbers),
            wording.count(row["moved_m"]) if wording.known(row["moved_m"]) else "",
            f"{row['noise']:.0%}" if wording.known(row["noise"]) else "not known",
            wording.sentence(row["why"]),
        ]
        for row in listed
    ]


def _which(row: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    if row["change"] == "leaves":
        return str(row["site_id"])
    return f"site {numbers[row['site_id']]}" + (f", was {row['was']}" if isinstance(row["was"], str) else "")

"""The report as a PDF for print and for the file: tagged for screen readers, the same bytes for the same story."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import charts, maps, outlines, provenance, rehearsals, sitepages, wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abate.reports.stories import HotspotStory

MOST_SMALL = 60
_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"


def draw(story: HotspotStory) -> bytes:
    """Draw the report as PDF/UA-1 with the fonts that the typesetter brings; its only date is that of the story."""
    try:
        import typst
    except ImportError:
        raise MissingPartError.of("typst", extra="report") from None
    day = story.made_on
    return bytes(
        typst.compile(
            _TEMPLATE.read_bytes(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"story": json.dumps(_told(story), ensure_ascii=False, allow_nan=False)},
            pdf_standards=["ua-1"],
            timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
        )
    )


def _told(story: HotspotStory) -> dict[str, Any]:
    """Gather every word and picture of the paper."""
    ground = outlines.drawn(story.places, keep=set(story.hotspots["place_id"]), crs=story.crs)
    records: list[Any] = story.hotspots.to_dict("records")
    around = maps.surroundings(story, ground.places)
    return {
        "title": story.title,
        "marking": story.marking[:1].upper() + story.marking[1:],
        "made_up": story.made_up,
        "demonstration": wording.sentence(story.demonstration or ""),
        "summary": wording.summary(story),
        "gaps": wording.gaps(story),
        "map": maps.overview(story, ground.places, most_height=410),
        "map_alt": wording.description(story),
        "map_caption": f"Incidents in each place, {wording.period(story.months)}. "
        + " ".join(sentence for sentence in (*ground.told, maps.beyond(story)) if sentence),
        "rows": [_row(record) for record in records],
        "has_trend": "trend" in story.hotspots,
        "probability": wording.probability(story),
        "curve": charts.concentration_curve(story.lorenz, place_kind=story.place_kind),
        "figures": [[each.words, wording.figure(each)] for each in story.concentration],
        "bases": wording.bases(story),
        "harm": wording.sentence(story.harm),
        "cards": [_card(story, record, around) for record in records[:MOST_SMALL]],
        "sites": sitepages.told(story, ground, most_height=410),
        "rehearsed": rehearsals.told(None if story.sites is None else story.sites.rehearsal),
        "quality": wording.quality(story),
        "reading": [*wording.READING, *map(wording.sentence, story.notes)],
        "limits": [*map(wording.sentence, story.limits), *wording.LIMITS],
        "made": provenance.rows(story.provenance),
        "credits": story.credits,
        "made_on": f"{story.made_on.day} {wording.month(story.made_on.isoformat()[:7])}",
    }


def _row(record: Mapping[str, Any]) -> list[str]:
    return [
        str(record["rank"]),
        record["name"],
        wording.count(record["incidents"]),
        wording.share(record["share"]),
        wording.share(min(record["cumulative_share"], 1)),
        wording.chance(record["probability_top"]),
        record["trend"] if isinstance(record.get("trend"), str) else "",
    ]


def _card(story: HotspotStory, record: Mapping[str, Any], around: maps.Surroundings) -> dict[str, Any]:
    bars = [int(seen) for seen in record.get("by_month") or []]
    missing = story.missing_months
    by_type = {str(kind): int(seen) for kind, seen in (record.get("by_type") or {}).items()}
    kinds = sorted(by_type.items(), key=lambda each: (-each[1], each[0]))
    return {
        "title": f"{record['rank']}. {record['name']}",
        "facts": wording.facts(story, record),
        "kinds": ", ".join(f"{kind} {wording.count(seen)}" for kind, seen in kinds),
        "months": _bars(story, bars, name=f"months-{record['rank']}"),
        "months_alt": f"Incidents by month: {charts.months_words(bars, story.months[: len(bars)], missing=missing)}",
        "map": maps.detail(around, record["place_id"], name=f"around-{record['rank']}", width=200, height=147),
        "map_alt": f"Map of hotspot {record['rank']}, {record['name']}, and the places around it.",
    }


def _bars(story: HotspotStory, bars: list[int], *, name: str) -> str:
    return charts.month_bars(bars, story.months, missing=story.missing_months, name=name, width=220) if bars else ""

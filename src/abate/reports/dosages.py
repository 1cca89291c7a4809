"""The page on the dose: visits, minutes by site, compliance and what differs; and the files that stand beside it."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import MissingPartError
from abate.reports import deliveries, dosage_charts, dosage_files, provenance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from abate.patrols.attendance import Compliance
    from abate.patrols.dosage import Dosage

MARKING = "OFFICIAL-SENSITIVE: working copy, not for publication"
_MOST_ROWS = 60
_DIFFER = {
    "check-in without positions": "checked in, no positions in the site then",
    "visit without check-in": "positions show a visit, nobody checked in",
}


@dataclass(frozen=True)
class Story:
    """What the page tells.

    `sites` is PATROL_SITES in `crs`; `beside` holds `matched`, `background` and `disagreements` (None where no plan,
    schedule or check-ins were given); `made` is the record of how it was made.
    """

    dosage: Dosage
    sites: pd.DataFrame
    crs: str
    compliance: Compliance | None
    beside: Mapping[str, Any]
    notes: tuple[str, ...]
    made: Mapping[str, Any]


def draw(story: Story, visits: pd.DataFrame) -> str:
    """Give the page. It needs no network and no JavaScript, fits a phone, and prints.

    Raises `MissingPartError` where the extra `report` is not installed.
    """
    from abate.patrols import dosage as dosages
    from abate.patrols import presence

    sheet = _sheet()
    found = story.dosage
    heat = presence.heat(found, story.sites["site_id"])
    shapes = dosages.outlines(story.sites, found.rule.radius_m)
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    page: str = _template().render(
        marking=MARKING,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_markup(sheet),
        lede=lede(story, visits),
        rule=found.rule.sentence,
        dwell=_markup(dosage_charts.dwell(presence.dwell(found.presences))),
        sites=_sites(story, visits),
        compliance=story.compliance,
        planned=_planned(story.beside.get("matched")),
        background=_background(story.beside.get("background")),
        differ=_differ(story.beside.get("disagreements")),
        heat=[
            {**each, "drawing": _markup(each["drawing"])}
            for each in dosage_charts.heat(heat, shapes, [str(site) for site in story.sites["site_id"]])
        ],
        legend=dosage_charts.legend(heat),
        hidden=heat.hidden,
        least=(presence.LEAST_STAYS, presence.LEAST_DEVICES, heat.side_m),
        noise=found.noise,
        notes=story.notes,
        made=provenance.rows({name: value for name, value in story.made.items() if name != "rows"}),
    )
    return page


def write(story: Story, visits: pd.DataFrame, into: Path) -> tuple[Path, ...]:
    """Write visits.csv, dose.csv, presence.csv, dosage.html, provenance.json and what the plan and check-ins add.

    All of them are written or none. Raises `OptionError` when the folder cannot be written.
    """
    files = {
        "visits.csv": dosage_files.visits_csv(visits),
        "dose.csv": dosage_files.doses_csv(story.dosage.doses),
        "presence.csv": dosage_files.presence_csv(story.dosage.presences),
        "compliance.json": _json(story.compliance.plain() if story.compliance else {"scheduled": None}),
    }
    if story.beside.get("matched") is not None:
        files["compliance.csv"] = dosage_files.compliance_csv(story.beside["matched"])
    if story.beside.get("disagreements") is not None:
        files["disagreements.csv"] = dosage_files.disagreements_csv(story.beside["disagreements"])
    files["dosage.html"] = draw(story, visits).encode()
    record = {
        "title": "The dose of patrols",
        "marking": MARKING,
        **story.made,
        "notes": list(story.notes),
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    return deliveries.deliver({**files, "provenance.json": _json(record)}, into)


def lede(story: Story, visits: pd.DataFrame) -> str:
    """Say the dose in a sentence or two."""
    doses = story.dosage.doses
    days = doses["date"].nunique()
    told = (
        f"{len(visits):,} attended visits in {doses['site_id'].nunique():,} sites on {days:,} day{'s' * (days != 1)}: "
        f"{doses['minutes'].sum():,.0f} minutes of presence, {doses['officer_minutes'].sum():,.0f} officer-minutes."
    )
    if story.compliance and story.compliance.share is not None:
        part = story.compliance
        told += f" {part.attended:,} of {part.scheduled:,} scheduled {part.unit} were attended ({part.share:.0%})."
    return told


def _sites(story: Story, visits: pd.DataFrame) -> list[tuple[str, ...]]:
    from abate.patrols import presence

    doses = story.dosage.doses
    until = pd.Timestamp(doses["date"].max()).tz_localize(story.dosage.rule.zone) + pd.Timedelta(days=1)
    since = presence.since(visits, story.sites["site_id"], until).set_index("site_id")
    summed = doses.groupby("site_id")[["minutes", "officer_minutes", "visits", "short_stays", "vehicle_minutes"]].sum()
    names = dict(zip(story.sites["site_id"], story.sites["name"], strict=True))
    rows: list[tuple[str, ...]] = []
    for site in story.sites["site_id"]:
        row, last = summed.loc[site], since.loc[site]
        rows.append(
            (
                f"{names[site]} ({site})" if names[site] != site else str(site),
                f"{int(row['visits']):,}",
                f"{row['minutes']:,.0f}",
                f"{row['officer_minutes']:,.0f}",
                f"{int(row['short_stays']):,}",
                f"{row['vehicle_minutes']:,.0f}",
                "never" if pd.isna(last["hours"]) else _hours(max(float(last["hours"]), 0.0)),
                "" if pd.isna(last["usual_hours"]) else _hours(float(last["usual_hours"])),
            )
        )
    return rows


def _hours(hours: float) -> str:
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.0f} days"


def _planned(matched: pd.DataFrame | None) -> dict[str, Any] | None:
    """Give planned visits that were not attended in time, the first of them."""
    if matched is None:
        return None
    wanting = matched[matched["status"] != "attended"].sort_values(["start", "team"], kind="stable")
    rows = [
        (
            f"{row['start']:%Y-%m-%d %H:%M}",
            row["site_id"],
            row["team"],
            row["status"],
            "" if pd.isna(row["seen_start"]) else f"{row['seen_start']:%H:%M}",
            "" if pd.isna(row["seen_minutes"]) else f"{row['seen_minutes']:.1f}",
        )
        for row in wanting.head(_MOST_ROWS).to_dict("records")
    ]
    return {"rows": rows, "more": max(len(wanting) - _MOST_ROWS, 0)}


def _background(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "patrol_days": found.patrol_days,
        "usual_days": found.usual_days,
        "patrol": str(found.patrol),
        "usual": str(found.usual),
        "vehicle": f"{found.usual_vehicle:.1f}",
    }


def _differ(differ: pd.DataFrame | None) -> dict[str, Any] | None:
    if differ is None:
        return None
    rows = [
        (
            f"{row['time']:%Y-%m-%d %H:%M}",
            row["site_id"],
            "" if pd.isna(row["team"]) else row["team"],
            _DIFFER[row["what"]],
            "" if pd.isna(row["minutes"]) else f"{row['minutes']:.1f}",
        )
        for row in differ.head(_MOST_ROWS).to_dict("records")
    ]
    return {"rows": rows, "more": max(len(differ) - _MOST_ROWS, 0)}


def _json(told: Mapping[str, Any]) -> bytes:
    return (json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n").encode()


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "dosage.css"))


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/dosage.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - the style sheet and pictures of this room

"""The report of a score: which methods were tried, what each caught, and how true its probabilities were."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import MissingPartError
from abate.reports import deliveries, provenance, scorecharts, wording
from abate.reports.scorecharts import Line, Reliability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import pandas as pd

__all__ = ["MARKING", "Line", "Reliability", "ScoreStory", "draw", "write"]

MARKING = "working copy, not for publication"


@dataclass(frozen=True)
class ScoreStory:
    """Everything that the report tells.

    `rows` are the records of `abate score --json`, `table` the same as `tables.SCORES`; `methods` gives each method's
    sentence; `lines` are the curves of hits by area, `reliability` what was expected beside what was seen. `unit` is
    what areas are measured in.
    """

    title: str
    sentence: str
    notes: tuple[str, ...]
    made_on: date
    rows: tuple[dict[str, Any], ...]
    table: pd.DataFrame
    methods: Mapping[str, str]
    lines: tuple[Line, ...]
    reliability: tuple[Reliability, ...]
    unit: str
    place_kind: str
    provenance: Mapping[str, Any]


READING = (
    (
        "Hit rate is the share of located incidents of the window that fell into the flagged places. It grows with the "
        "area flagged, so that methods are compared at one area."
    ),
    (
        "PAI is the hit rate over the flagged share of the whole area: it always favours small areas and small places, "
        "so that figures from different areas or places cannot be compared."
    ),
    "PEI* is hits over the most that the same area could have caught on the same places, had one known the future.",
    (
        "The log score judges the stated probabilities of every place; higher is better, and nobody gains by saying "
        "other than they believe. CRPS and Brier score are errors: lower is better."
    ),
    "A gain over plain past counts is shown with its 95% interval. An interval that holds 0 has not shown a gain.",
    (
        "RRI is 1 when the flagged places hold the share that they held in the past. Churn is the share of flagged "
        "area that was not flagged from the origin before."
    ),
)


def draw(story: ScoreStory) -> dict[str, bytes]:
    """Draw every file of the report: `scores.csv`, `scores.json`, `score.html` and `provenance.json`.

    The page needs no network and no JavaScript. The same story gives the same bytes. Raises `MissingPartError`
    where the extra `report` is not installed.
    """
    files = {
        "scores.csv": _csv(story),
        "scores.json": (json.dumps(_plain(list(story.rows)), indent=2, ensure_ascii=False) + "\n").encode(),
        "score.html": _page(story).encode(),
    }
    made = {
        "title": story.title,
        "marking": MARKING,
        **story.provenance,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    return {**files, "provenance.json": (json.dumps(made, indent=2, ensure_ascii=False, default=str) + "\n").encode()}


def write(story: ScoreStory, into: Path) -> tuple[Path, ...]:
    """Write the report into a folder, all files or none, and give their paths.

    Raises `OptionError` when the folder cannot be written.
    """
    return deliveries.deliver(draw(story), into)


def _csv(story: ScoreStory) -> bytes:
    from abate.tables import SCORES

    flat = story.table[[*SCORES.columns]]
    for name in ("gain_over_counts", "rolling_gain_over_counts", "log_score_gain_over_counts"):
        held = [row.get(name) or {} for row in story.rows]
        for part in ("value", "low", "high"):
            flat = flat.assign(**{f"{name}_{part}": np.array([one.get(part) for one in held], dtype=np.float64)})
    text: str = flat.to_csv(index=False, lineterminator="\n")
    return text.encode()


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_plain(entry) for entry in value]
        case float() if value != value or abs(value) == float("inf"):  # noqa: PLR0124 - not a number
            return None
        case _ if hasattr(value, "item"):
            return _plain(value.item())
        case _:
            return value


@dataclass(frozen=True)
class Picture:
    """A drawing with its caption, for one window."""

    window: str
    curve: Any
    calibration: Any
    transform: Any


def _page(story: ScoreStory) -> str:
    template, sheet = _template(), _sheet()
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    page: str = template.render(
        story=story,
        marking=MARKING,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_safe(sheet),
        pictures=[_picture(story, window) for window in dict.fromkeys(line.window for line in story.lines)],
        colours=scorecharts.colours(list(story.methods)),
        summary=_summary(story),
        rows=[_row(row) for row in story.rows],
        rolled=len({row["origin"] for row in story.rows}) > 1,
        reading=READING,
        made=provenance.rows(story.provenance),
        made_on=f"{story.made_on.day} {wording.month(story.made_on.isoformat()[:7])}",
    )
    return page


def _template() -> Any:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    rooms = Environment(loader=PackageLoader("abate.reports"), autoescape=True, undefined=StrictUndefined)
    return rooms.get_template("score.html.j2")


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "quality.css", "score.css"))


def _safe(text: str) -> Any:
    """Say that a text is markup already: only what this room drew itself, where every word was escaped."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - drawn here, from escaped words


def _picture(story: ScoreStory, window: str) -> Picture:
    lines = [line for line in story.lines if line.window == window]
    groups = [one for one in story.reliability if one.window == window]
    asked = sorted({_asked(row) for row in story.rows})
    colours = scorecharts.colours(list(story.methods))
    return Picture(
        window,
        _safe(scorecharts.hit_curves(lines, colours, unit=story.unit, asked=asked, name=f"curve-{window}")),
        _safe(scorecharts.calibration(groups, colours, name=f"calibration-{window}")),
        _safe(scorecharts.transforms(groups, colours, name=f"pit-{window}")),
    )


def _summary(story: ScoreStory) -> list[dict[str, str]]:
    """Put all origins of a method, window and area together: one row each, for the table that is read first."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in story.rows:
        groups.setdefault((row["window"], _asked(row), row["method"]), []).append(row)
    return [
        {
            "window": window,
            "flagged": f"{area:g}",
            "method": method,
            "windows": wording.count(len(rows)),
            "events": wording.count(_total(rows, "events")),
            "hits": wording.count(_total(rows, "hits")),
            "hit_rate": _rate(_total(rows, "hits"), _total(rows, "events")),
            "pai": _mean(rows, "pai", "{:.1f}"),
            "pei_star": _rate(_total(rows, "hits"), _total(rows, "best_hits")),
            "log_score": _mean(rows, "log_score", "{:.4f}"),
            "gain": wording.ahead(rows[0].get("rolling_gain_over_counts") or rows[0].get("gain_over_counts")),
        }
        for (window, area, method), rows in groups.items()
    ]


def _asked(row: Mapping[str, Any]) -> float:
    return float(row["flagged_km2"] or row.get("flagged_km") or 0.0)


def _total(rows: Sequence[Mapping[str, Any]], name: str) -> int:
    return int(sum(row[name] for row in rows))


def _rate(part: int, whole: int) -> str:
    return wording.share(part / whole) if whole else "none"


def _mean(rows: Sequence[Mapping[str, Any]], name: str, form: str) -> str:
    values = [row[name] for row in rows]
    if any(value is None or abs(value) == float("inf") for value in values):
        return "not known"
    return form.format(sum(values) / len(values))


def _row(row: Mapping[str, Any]) -> dict[str, str]:
    forms = {
        "pai": "{:.1f}",
        "pei_star": "{:.3f}",
        "log_score": "{:.4f}",
        "crps": "{:.4f}",
        "brier": "{:.4f}",
        "ser": "{:.1f}",
        "rri": "{:.2f}",
        "area_to_perimeter": "{:.0f}",
        "churn": "{:.0%}",
        "cover_95": "{:.1%}",
    }
    told = {name: "–" if row[name] is None else form.format(row[name]) for name, form in forms.items()}
    return {
        **told,
        "origin": row["origin"],
        "window": row["window"],
        "flagged": f"{_asked(row):g}",
        "method": row["method"],
        "events": wording.count(row["events"]),
        "hits": wording.count(row["hits"]),
        "hit_rate": "–" if row["hit_rate"] is None else wording.share(row["hit_rate"]),
        "without": wording.count(row["without_coordinates"]),
        "gain": wording.ahead(row["gain_over_counts"]),
    }

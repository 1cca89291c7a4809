"""The report of a trial: what was found in words, flow of places and days, effects, and what stands beside them."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import deliveries, provenance, trialcharts, trialwords
from abate.trials import effects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from abate.trials.analyses import Analysis
    from abate.trials.effects import Effect
    from abate.trials.outcomes import Panel
    from abate.trials.protocols import Protocol
    from abate.trials.schemes import Scheme

MARKING = "working copy, not for publication"


@dataclass(frozen=True, eq=False)
class Story:
    """What the report tells: the analysis, how the trial was drawn, and how it stands to its protocol.

    `schedule` and `registered` are sentences (the latter None without a protocol), `departures` what is not as
    registered, `overrides` what was recorded as done otherwise, `notes` what the reader of any figure should know.
    """

    analysis: Analysis
    scheme: Scheme
    panel: Panel
    schedule: str
    registered: str | None
    protocol: Protocol | None
    departures: Sequence[str]
    overrides: Sequence[Mapping[str, Any]]
    notes: Sequence[str]


def draw(story: Story, *, made: Mapping[str, Any] | None = None) -> str:
    """Give the page: every figure links to the line that says what it assumes.

    The page needs no network and no JavaScript, fits a phone, and prints. The same figures give the same bytes. Raises
    `MissingPartError` where the extra `report` is not installed.
    """
    sheet = _sheet()
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    analysis = story.analysis
    numbered = _Assumptions()
    page: str = _template().render(
        marking=MARKING,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_markup(sheet),
        paragraph=trialwords.paragraph(analysis, story.scheme),
        story=story,
        analysis=analysis,
        flow=_flow(story),
        effects=[numbered.row(effect) for effect in analysis.effects()],
        forest=_markup(_forest(analysis)),
        adjusted=[(trialwords.NOUNS[name], trialwords.chance(p)) for name, p in analysis.adjusted.items()],
        since=[
            (step.label, numbered.row(step.effect), step.place_days, step.incidents)
            for step in (*analysis.carry_over.since, *analysis.carry_over.runs)
        ],
        lasting=_markup(_chart(analysis.carry_over.since, name="lasting", title="Ratio by days since the last patrol")),
        bands=[] if analysis.dose is None else [_band(band, numbered) for band in analysis.dose.bands],
        stays=_markup("" if analysis.dose is None else _stays(analysis)),
        places=_places(analysis),
        assumptions=numbered.told,
        chance=trialwords.chance,
        made=provenance.rows(made or {}),
    )
    return page


def write(story: Story, into: Path, *, made: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write trial.html, effects.csv, places.csv and provenance.json, all of them or none.

    Raises `OptionError` when the folder cannot be written.
    """
    table = effects.tabulate(story.analysis.effects())
    files = {
        "trial.html": draw(story, made=made).encode(),
        "effects.csv": table.to_csv(index=False, lineterminator="\n").encode(),
    }
    if story.analysis.heterogeneity is not None:
        files["places.csv"] = story.analysis.heterogeneity.table.to_csv(index=False, lineterminator="\n").encode()
    record = {
        "title": "Trial of patrols",
        "marking": MARKING,
        **made,
        "registered": story.registered,
        "not_registered": list(story.departures),
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    files["provenance.json"] = (json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n").encode()
    return deliveries.deliver(files, into)


class _Assumptions:
    """The lines that say what figures assume, numbered in the order in which they are first needed."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def row(self, effect: Effect) -> dict[str, Any]:
        """Write an effect as a row, with the number of the line that says what it assumes."""
        if effect.assumes not in self.told:
            self.told.append(effect.assumes)
        return {
            "outcome": effect.outcome,
            "measure": effect.measure,
            "method": effect.method,
            "said": trialwords.said(effect),
            "p": trialwords.chance(effect.p),
            "standing": effect.standing,
            "number": self.told.index(effect.assumes) + 1,
        }


def _flow(story: Story) -> list[tuple[str, str]]:
    """Say how many places and days went where, as CONSORT asks for."""
    panel, sizes = story.panel, story.analysis.sizes
    whole = len(story.scheme.dates) * len(panel.sites)
    told = [
        ("Places and days", f"{len(panel.sites)} places over {story.scheme.days} days: {whole:,} place-days"),
        ("Left out before the draw, or not recorded for any place", f"{whole - sizes['place_days']:,} place-days"),
        ("Drawn and analysed", f"{sizes['place_days']:,} place-days, each as it was drawn"),
        ("Drawn for patrol", f"{sizes['treated']:,} place-days, {sizes['events_treated']:,} incidents"),
        ("Drawn as usual", f"{sizes['control']:,} place-days, {sizes['events'] - sizes['events_treated']:,} incidents"),
    ]
    if story.analysis.dose is not None:
        comply = story.analysis.dose.compliance
        said = (
            f"{comply.drawn_visited:.0%} of place-days drawn for patrol, {comply.usual_visited:.0%} of the others; "
            f"{comply.departures:,} place-days differ from the draw"
        )
        told.append(("Visited", said))
    return told


def _forest(analysis: Analysis) -> str:
    rows = [trialcharts.Row("incidents, Poisson", *_three(analysis.incidents.ratio), main=True)]
    rows += [trialcharts.Row(f"incidents, {_short(each.method)}", *_three(each)) for each in analysis.beside]
    rows.append(trialcharts.Row("incidents, redraws", *_three(analysis.incidents.redrawn_ratio)))
    if analysis.carry_over.adjusted is not None:
        rows.append(trialcharts.Row("adjusted for what is left", *_three(analysis.carry_over.adjusted)))
    if analysis.dose is not None and analysis.dose.complier is not None:
        rows.append(trialcharts.Row("visits that took place", *_three(analysis.dose.complier.ratio)))
    if analysis.buffers is not None:
        rows.append(trialcharts.Row("rings about the sites", *_three(analysis.buffers.ring)))
    if analysis.harm is not None:
        rows.append(trialcharts.Row("harm (describes only)", *_three(analysis.harm.redrawn_ratio)))
    return trialcharts.forest(rows, name="forest", title="Rate ratios with their intervals")


def _short(method: str) -> str:
    return method.removeprefix("Poisson, ")


def _three(effect: Effect) -> tuple[float, float, float]:
    return effect.value, effect.low, effect.high


def _chart(steps: Sequence[Any], *, name: str, title: str) -> str:
    rows = [trialcharts.Row(step.label, *_three(step.effect)) for step in steps]
    return trialcharts.forest(rows, name=name, title=title) if rows else ""


def _stays(analysis: Analysis) -> str:
    return _chart(analysis.dose.bands, name="stays", title="Ratio by length of stay") if analysis.dose else ""


def _band(band: Any, numbered: _Assumptions) -> tuple[str, str, dict[str, Any], int]:
    return band.label, f"{band.minutes:.1f}", numbered.row(band.effect), band.place_days


def _places(analysis: Analysis) -> list[tuple[str, ...]]:
    """Write each place's own ratio as a row of words."""
    if analysis.heterogeneity is None:
        return []
    return [
        (
            str(row["site_id"]),
            f"{row['patrol_incidents']:,}",
            f"{row['usual_incidents']:,}",
            f"{row['value']:.2f}",
            f"{row['low']:.2f} to {row['high']:.2f}",
        )
        for row in analysis.heterogeneity.table.to_dict("records")
    ]


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "trial.css"))


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/trial.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - drawn in this room

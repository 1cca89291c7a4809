"""The page on data quality: one HTML file that opens from the disk, and the lines that `abate load` prints."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import calendars, deliveries, wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from abate.incidents.quality import Quality

MARKING = "working copy, not for publication"

_WEIGHTS = {"fine": "Fine", "note": "Note", "warning": "Look into it"}
_FILES_AT_MOST = 200


@dataclass(frozen=True)
class Heading:
    """The title of a column, and whether numbers stand in it."""

    title: str
    number: bool = False


@dataclass(frozen=True)
class Picture:
    """A drawing with its caption; the drawing is SVG made here, and safe to set into the page as it is."""

    caption: str
    drawing: Any
    broad: bool = False


@dataclass(frozen=True)
class Part:
    """A part of the page: a heading, what it is, drawings, and a table of texts."""

    id: str
    title: str
    words: str = ""
    pictures: tuple[Picture, ...] = ()
    caption: str = ""
    columns: tuple[Heading, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    folded: bool = False


def draw(quality: Quality) -> str:
    """Give the page: what was found and what it means, then the tables and pictures behind it.

    The page needs no network and no JavaScript, fits a phone, and prints. The same quality gives the same bytes.
    Raises `MissingPartError` where the extra `report` is not installed; `terminal` needs no extra.
    """
    template, sheet = _template(), _sheet()
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    page: str = template.render(
        marking=MARKING,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_safe(sheet),
        demonstration=quality.demonstration,
        summary=summary(quality),
        findings=sorted(quality.findings, key=lambda finding: ["warning", "note", "fine"].index(finding.weight)),
        weights=_WEIGHTS,
        parts=[Part("found", "Findings"), *_parts(quality)],
    )
    return page


def write(quality: Quality, path: Path) -> Path:
    """Write the page whole or not at all; raises `OptionError` when the file cannot be written."""
    return deliveries.deliver({path.name: draw(quality).encode()}, path.parent)[0]


def summary(quality: Quality) -> str:
    """Say in a sentence what was read and what became of it."""
    fates = quality.given.fates
    read, loaded, rejected, repeated, dropped = (
        int(fates[f"rows_{name}"].sum()) for name in ("read", "loaded", "rejected", "repeated", "dropped")
    )
    forces = sorted(quality.monthly["force"].unique())
    months = sorted(quality.monthly["month"].unique())
    where = f" of {wording.listed(forces)}, {wording.period(tuple(months))}" if forces else ""
    parted = f"{loaded:,} loaded, {rejected:,} rejected, {repeated:,} repeats"
    left_out = f", {dropped:,} left out by filters" if dropped else ""
    files = f"{len(fates):,} file{'' if len(fates) == 1 else 's'}"
    return f"{read:,} rows in {files}{where}: {parted}{left_out}."


def terminal(quality: Quality) -> list[str]:
    """Give the lines that a person reads in the terminal: the summary, then one line a finding, gravest first."""
    marks = {"warning": "!", "note": "-", "fine": "+"}
    order = ["warning", "note", "fine"]
    found = sorted(quality.findings, key=lambda finding: order.index(finding.weight))
    return [summary(quality), *(f"{marks[finding.weight]} {finding}" for finding in found)]


def _parts(quality: Quality) -> Iterator[Part]:
    yield _months(quality)
    yield _rows(quality)
    if quality.given.rejected_by_rule:
        yield _rules(quality)
    yield _unlocated(quality)
    yield _points(quality)
    if len(quality.odd):
        yield _odd(quality)
    yield _areas(quality)


def _months(quality: Quality) -> Part:
    coverage = quality.given.coverage.sort_values(["kind", "force", "month"])
    pictures = [
        Picture(f"Months held: {kind}", _safe(calendars.coverage(rows, name=f"held-{kind}")), broad=True)
        for kind, rows in coverage.groupby("kind", sort=True)
    ]
    pictures += [
        Picture(f"Incidents by month: {force}", _safe(calendars.volume(rows, name=f"volume-{place}")))
        for place, (force, rows) in enumerate(quality.monthly.groupby("force", sort=True))
    ]
    return Part(
        "months",
        "Months",
        "A month that is missing was not delivered; it is not a month without crime, and no rate is made from it.",
        pictures=tuple(pictures),
        caption="Every kind of record, force and month between the first and the last.",
        columns=(Heading("Force"), Heading("Month"), Heading("Kind"), Heading("Rows", number=True), Heading("Status")),
        rows=tuple((row.force, row.month, row.kind, f"{row.rows:,}", row.status) for row in _each(coverage)),
        folded=True,
    )


def _rows(quality: Quality) -> Part:
    fates = quality.given.fates
    shown = fates.head(_FILES_AT_MOST)
    fate_names = ("read", "loaded", "rejected", "repeated", "dropped")
    more = f" The first {_FILES_AT_MOST} of {len(fates):,} files." if len(fates) > _FILES_AT_MOST else ""
    return Part(
        "rows",
        "Rows by fate",
        "Each row of each file is loaded, rejected under a rule, a repeat of an earlier row, or left out by a filter"
        " that was asked for. The four add up to the rows read.",
        caption=f"Files read.{more}",
        columns=(
            Heading("File"),
            *(Heading(name.capitalize(), number=True) for name in fate_names),
            Heading("Without coordinates", number=True),
        ),
        rows=tuple(
            (
                row.file,
                *(f"{getattr(row, f'rows_{name}'):,}" for name in fate_names),
                f"{row.without_coordinates:,}",
            )
            for row in _each(shown)
        ),
    )


def _rules(quality: Quality) -> Part:
    rules = sorted(quality.given.rejected_by_rule.items(), key=lambda item: (-item[1], item[0]))
    return Part(
        "rejected",
        "Rejected rows by rule",
        "The rows themselves stand in rejects.csv beside this page, with the value found and what would be right.",
        caption="Rules that rows broke.",
        columns=(Heading("Rule"), Heading("Rows", number=True)),
        rows=tuple((rule, f"{count:,}") for rule, count in rules),
    )


def _unlocated(quality: Quality) -> Part:
    return Part(
        "coordinates",
        "Missing coordinates",
        "Incidents without coordinates are kept and counted, and stand on no map.",
        caption="By crime type, the largest share first.",
        columns=(
            Heading("Crime type"),
            Heading("Incidents", number=True),
            Heading("Without coordinates", number=True),
            Heading("Share", number=True),
        ),
        rows=tuple(
            (row.crime_type, f"{row.incidents:,}", f"{row.without_coordinates:,}", wording.share(row.share))
            for row in _each(quality.unlocated)
        ),
    )


def _points(quality: Quality) -> Part:
    return Part(
        "points",
        "Points",
        "Published points are often moved to the nearest of a fixed list. On such a list points are used again and"
        " again, and hardly two of them lie within 20 m; real addresses have neighbours. Below 8% near pairs the"
        " points are taken to be a list, above it to be real, when chance alone is an unlikely reason.",
        caption="What the coordinates say, by force.",
        columns=(
            Heading("Force"),
            Heading("Verdict"),
            Heading("Incidents", number=True),
            Heading("Points", number=True),
            Heading("Used again", number=True),
            Heading("Near pairs", number=True),
            Heading("Share near (90% interval)", number=True),
            Heading("Typical gap", number=True),
            Heading("List changed in"),
        ),
        rows=tuple(
            (
                force,
                seen.answer,
                f"{seen.incidents:,}",
                f"{seen.points:,}",
                f"{seen.repeated:,}",
                f"{seen.near_pairs:,}",
                f"{seen.near_share:.1%} ({seen.near_low:.1%} to {seen.near_high:.1%})",
                f"{seen.spacing_m:.0f} m" if seen.points > 1 else "",
                ", ".join(seen.editions) or "no change seen",
            )
            for force, seen in quality.points.items()
        ),
    )


def _odd(quality: Quality) -> Part:
    return Part(
        "odd",
        "Odd months",
        "A month is low below half, and high above one and a half times, the median of up to twelve earlier months"
        " of its force, if that is also more than chance. A type is absent where it has no incident in a month"
        " before which at least 20 were usual.",
        caption="Months to ask about.",
        columns=(
            Heading("Force"),
            Heading("Month"),
            Heading("Crime type"),
            Heading("Incidents", number=True),
            Heading("Usual", number=True),
            Heading("Of usual", number=True),
            Heading("Why"),
        ),
        rows=tuple(
            (
                row.force,
                row.month,
                row.crime_type,
                f"{row.incidents:,}",
                f"{row.usual:,.0f}",
                f"{row.ratio:.0%}",
                row.why,
            )
            for row in _each(quality.odd)
        ),
    )


def _areas(quality: Quality) -> Part:
    names = {"both": "codes of both editions", "none": "no codes", "mixed": "2011 and 2021 mixed"}
    return Part(
        "areas",
        "Edition of small areas",
        "Published area codes changed from those of 2011 to those of 2021 about June 2023, and reissued months follow"
        " the newer list. English codes above E01033768 and Welsh ones above W01001958 exist since 2021 only.",
        caption="Rows by what their area code tells.",
        columns=(
            Heading("Force"),
            Heading("Month"),
            Heading("Only in 2021", number=True),
            Heading("Only in 2011", number=True),
            Heading("In both or not known", number=True),
            Heading("Blank", number=True),
            Heading("Edition"),
        ),
        rows=tuple(
            (
                row.force,
                row.month,
                f"{row.new:,}",
                f"{row.retired:,}",
                f"{row.unchanged:,}",
                f"{row.blank:,}",
                names.get(row.vintage, row.vintage),
            )
            for row in _each(quality.vintages)
        ),
        folded=True,
    )


def _each(frame: pd.DataFrame) -> Iterator[Any]:
    return frame.itertuples(index=False)


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "quality.css"))


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/quality.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _safe(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - made here, with every text in it escaped

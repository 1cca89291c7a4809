"""The page on what a trial could find: the curve of power, the smallest effect, the days, the false alarms."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.reports import deliveries, powercharts, provenance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from abate.trials.backgrounds import Background, Variation
    from abate.trials.designs import Design
    from abate.trials.power import Asked, Tried
    from abate.trials.searches import Needed, Smallest

MARKING = "working copy, not for publication"
NOUNS = {"incidents": "incidents", "any": "days with any incident", "harm": "harm"}
HEADINGS = ("Planted", "Outcome", "Carried", "Found", "95% interval", "Shown")


@dataclass(frozen=True)
class Story:
    """What the page tells: the record, the trials run on paper, what came of them, and what speaks against."""

    background: Background
    tried: Tried
    asked: Asked
    smallest: Sequence[Smallest]
    needed: Sequence[Needed]
    warnings: Sequence[str]


def sentence(tried: Tried, asked: Asked, smallest: Sequence[Smallest]) -> str:
    """Say the smallest effect found, for the first outcome and carry-over, and the false alarms, each with interval."""
    design, outcome = tried.design, asked.outcomes[0]
    noun, first = NOUNS[outcome], smallest[0] if smallest else None
    if first is None:
        rise = max(asked.effects)
        share, low, high = tried.tallies[outcome, rise, design.carry_over[0]].share
        found = f"{share:.1%} of trials (95% Monte-Carlo interval: {low:.1%} to {high:.1%})"
        said = f"finds {change(rise)} {noun} in {found}"
    elif first.value is None:
        said = f"finds no fall in {noun} that was tried in four trials of five"
    else:
        interval = _interval(first.low, first.high)
        said = f"finds a fall of {_fall(first.value)} in {noun} in four trials of five{interval}"
    share, low, high = tried.tallies[outcome, 1.0, design.carry_over[0]].share
    return (
        f"{described(design)} {said}; without any effect {share:.1%} of trials give a false alarm "
        f"(95% Monte-Carlo interval: {low:.1%} to {high:.1%}), where {1 - asked.level:.0%} is meant."
    )


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    near, far = sorted((1 - low, 1 - high))
    return f" (95% Monte-Carlo interval: {near:.0%} to {far:.0%})"


def _fall(ratio: float) -> str:
    return f"{1 - ratio:.0%}"


def described(design: Design) -> str:
    """Say a design in a few words, as the subject of a sentence.

    >>> from datetime import date
    >>> from abate.trials.designs import Design
    >>> described(Design(date(2026, 1, 1), 90, treat=8))
    'A draw of 8 places each day over 90 days'
    """
    what = {
        "daily": f"A draw of {design.treat} places each day",
        "parallel": f"A draw of {design.treat} places for the whole time",
        "pairs": "A draw of one place of each pair for the whole time",
        "stepped": "A roll-out in waves",
    }[design.kind]
    return f"{what} over {design.days} days"


def rows(tried: Tried, asked: Asked) -> list[tuple[str, ...]]:
    """Write each tried effect as a row of words under `HEADINGS`; no effect stands first."""
    told: list[tuple[str, ...]] = []
    for row in tried.table().to_dict("records"):
        if row["outcome"] not in asked.outcomes:
            continue
        told.append(
            (
                change(row["effect"]),
                NOUNS[row["outcome"]],
                f"{row['carry_over']:g}",
                f"{row['power']:.1%}",
                f"{row['power_low']:.1%} to {row['power_high']:.1%}",
                change(row["seen"]),
            )
        )
    return told


def change(ratio: float) -> str:
    """Say a rate ratio as a person would.

    >>> change(0.7), change(1.0), change(1.2), change(float("nan"))
    ('30% fewer', 'no change', '20% more', 'nothing happened')
    """
    if ratio != ratio:  # noqa: PLR0124 - not a number
        return "nothing happened"
    percent = f"{abs(1 - ratio):.0%}"
    return "no change" if percent == "0%" else f"{percent} {'fewer' if ratio < 1 else 'more'}"


def days_lines(needed: Sequence[Needed], asked: Asked) -> Iterator[str]:
    """Say how many days each effect takes, for the first outcome."""
    noun = NOUNS[asked.outcomes[0]]
    for each in needed:
        power = f"power there {each.power:.0%}, 95% Monte-Carlo interval {each.low:.0%} to {each.high:.0%}"
        if each.days is None:
            yield f"{change(each.effect)} {noun}: not found within three years ({power})"
        else:
            about = f"about {each.days:,} days (95% Monte-Carlo interval: {each.low_days:,} to {each.high_days:,})"
            yield f"{change(each.effect)} {noun}: {about}; {power}"


def varies(variation: Variation) -> str:
    """Say how far something varies, and how much of it lasts.

    >>> from abate.trials.backgrounds import Variation
    >>> varies(Variation(0.02, 0.09, 0.8))
    'by about 33% up or down; 82% of that lasts, of which 80% is kept from one day to the next'
    """
    whole = variation.passing + variation.lasting
    if whole <= 0:
        return "not beyond chance"
    lasts = variation.lasting / whole
    kept = f"; {lasts:.0%} of that lasts, of which {variation.kept:.0%} is kept from one day to the next"
    return f"by about {whole**0.5:.0%} up or down" + (kept if lasts >= 0.005 else "; none of it lasts")


def draw(story: Story, *, made: Mapping[str, Any] | None = None) -> str:
    """Give the page: the answer, warnings, the curve, the tables, what the record says, and how it was made.

    The page needs no network and no JavaScript, fits a phone, and prints. The same figures give the same bytes. Raises
    `MissingPartError` where the extra `report` is not installed.
    """
    sheet = _sheet()
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    asked, background = story.asked, story.background
    page: str = _template().render(
        marking=MARKING,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        sheet=_markup(sheet),
        sentence=sentence(story.tried, asked, story.smallest),
        charts=[
            (NOUNS[name], _markup(powercharts.curve(story.tried, name, level=asked.level))) for name in asked.outcomes
        ],
        legend=_markup(powercharts.legend(story.tried.design.carry_over)),
        headings=HEADINGS,
        rows=rows(story.tried, asked),
        smallest=[smallest_words(each) for each in story.smallest],
        days=[*days_lines(story.needed, asked)],
        warnings=story.warnings,
        background=background,
        place=varies(background.place),
        day=varies(background.day),
        asked=asked,
        design=story.tried.design,
        made=provenance.rows(made or {}),
    )
    return page


def smallest_words(each: Smallest) -> tuple[str, str, str]:
    """Say the smallest fall that is found in four trials of five: the outcome, the carry-over, the fall."""
    if each.value is None:
        return NOUNS[each.outcome], f"{each.carry_over:g}", "none that was tried"
    return NOUNS[each.outcome], f"{each.carry_over:g}", f"{_fall(each.value)} fewer{_interval(each.low, each.high)}"


def write(story: Story, into: Path, *, made: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write power.html, power.csv and provenance.json, all of them or none.

    Raises `OptionError` when the folder cannot be written.
    """
    files = {
        "power.html": draw(story, made=made).encode(),
        "power.csv": story.tried.table().to_csv(index=False, lineterminator="\n").encode(),
    }
    record = {
        "title": "What the trial could find",
        "marking": MARKING,
        **made,
        "history": story.background.plain(),
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    files["provenance.json"] = (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()
    return deliveries.deliver(files, into)


@cache
def _sheet() -> str:
    folder = resources.files("abate.reports") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in ("report.css", "power.css"))


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingPartError.of("jinja2", extra="report") from None
    text = (resources.files("abate.reports") / "templates/power.html.j2").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - drawn in this room

"""What a programme did, as a report: path and gap, weights, every number, what would change it, how it was made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.impact import effects, wording
from abate.reports import costs, impactcharts
from abate.reports.chapters import WORKING_COPY, Bullets, Chapter, Figure, Paragraph, Report, Table, kept
from abate.reports.impactcharts import amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from abate.impact.effects import Effect, Path
    from abate.reports.chapters import Block
    from abate.reports.costs import Story

_MOST = 20
_NAMES = {
    "its": ("Rate ratio", "A rate ratio below 1 is a fall."),
    "fepois": ("Rate ratio less 1", "A rate ratio less 1 that is below 0 is a fall."),
}


def report(
    effect: Effect,
    *,
    notes: Sequence[str],
    made: Sequence[tuple[str, str]],
    made_on: date,
    ways: pd.DataFrame | None = None,
    worth: Story | None = None,
) -> Report:
    """Lay an effect out in chapters.

    `notes` are what else is to be known, `made` pairs of how it was made, `ways` the table of every way of asking,
    `worth` the price of what was prevented.
    """
    found = effects.path(effect)
    chapters = (
        None if found is None else Chapter("path", "What happened and what was expected", _path(effect, found)),
        Chapter("effect", "The effect", _effect(effect)),
        Chapter("weights", "What it is compared with", _weights(effect)),
        Chapter("groups", "By when areas began", _groups(effect)),
        None if ways is None else Chapter("ways", "Every way of asking", _ways(ways)),
        None if worth is None else Chapter("worth", "What that is worth", costs.worth(worth)),
        Chapter("change", "What would change the conclusion", (Bullets(tuple(_doubts(effect))),)),
        Chapter("checks", "Checks of the fit", _checks(effect.diagnostics)),
        Chapter("known", "What has to be known", (Bullets(tuple(notes)),)) if notes else None,
        None if found is None else Chapter("numbers", "Period by period", (_numbers(effect),)),
        Chapter(
            "made",
            "How this was made",
            (Table("How this was made", "The record that stands in provenance.json as well.", (), tuple(made)),),
        ),
    )
    closing = ("An estimate for these areas together; whether the programme caused it rests on what is assumed above.",)
    return Report(
        f"What the programme did: {effect.panel.outcome}",
        WORKING_COPY,
        " ".join(wording.sentences(effect)),
        kept(chapters),
        closing,
        made_on,
    )


def multiverse_report(
    ways: pd.DataFrame, *, notes: Sequence[str], made: Sequence[tuple[str, str]], made_on: date
) -> Report:
    """Lay every way of asking out: all runs in one picture and one table."""
    from abate.impact import multiverse

    chapters = (
        Chapter("ways", "Every way of asking", _ways(ways)[1:]),
        Chapter("known", "What has to be known", (Bullets(tuple(notes)),)) if notes else None,
        Chapter(
            "made",
            "How this was made",
            (Table("How this was made", "The record that stands in provenance.json as well.", (), tuple(made)),),
        ),
    )
    closing = ("No run is to be quoted without the others.",)
    return Report(
        "Every way of asking what the programme did",
        WORKING_COPY,
        multiverse.sentence(ways),
        kept(chapters),
        closing,
        made_on,
    )


def rows(effect: Effect) -> list[dict[str, object]]:
    """Give the path as rows: period, observed, counterfactual, gap, and the gap's ends; blank where unknown."""
    found = effects.path(effect)
    if found is None:
        return []
    band = effect.band or (found.gap * math.nan, found.gap * math.nan)
    columns = zip(found.observed, found.counterfactual, found.gap, *band, strict=True)
    names = ("observed", "counterfactual", "gap", "low", "high")
    return [
        {"time": time, **{name: _plain(value) for name, value in zip(names, values, strict=True)}}
        for time, values in zip(effect.panel.times, columns, strict=True)
    ]


def _plain(value: float) -> str:
    return f"{value:.8g}" if math.isfinite(value) else ""


def _path(effect: Effect, found: Path) -> tuple[Block, ...]:
    panel = effect.panel
    whose = f"{panel.outcome}{_where(effect)}"
    known = found.observed
    if not math.isfinite(float(known[0])):
        return (_gap(effect, found),)
    picture = impactcharts.path(panel.times, known, found.counterfactual, start=panel.start, name="path", title=whose)
    caption = f"{whose}; the dotted line marks the start."
    return Figure(picture, f"{panel.outcome}, observed and expected", caption, wide=True), _gap(effect, found)


def _where(effect: Effect) -> str:
    panel = effect.panel
    if int(panel.ever.sum()) > 1:
        return ", mean of the areas with the programme"
    name = panel.units[int(panel.ever.argmax())]
    return "" if name == panel.outcome else f" in {name}"


def _gap(effect: Effect, found: Path) -> Figure:
    picture = impactcharts.gaps(
        effect.panel.times, found.gap, effect.band, start=effect.panel.start, name="gap", title="Observed less expected"
    )
    shaded = "" if effect.band is None else f" Shaded: its {effect.setting.level:.0%} band."
    return Figure(picture, "Observed less expected by period", f"Observed less expected.{shaded}", wide=True)


def _effect(effect: Effect) -> tuple[Block, ...]:
    total = effects.prevented(effect)
    what, none = _NAMES.get(effect.setting.method, ("Mean effect", "An effect below 0 is a fall."))
    listed = [(what, *_three(effect.value, effect.low, effect.high), _chance(effect.p))]
    if total is not None:
        listed.append(("Prevented in all", *_three(*total), ""))
    for name, each in effect.aggregations.items():
        if not math.isclose(each.value, effect.value):
            ends = "" if each.se is None else f"error {amount(each.se)}"
            listed.append((f"{name.capitalize()} mean", amount(each.value), ends, ""))
    headings = ("What", "Value", f"{effect.setting.level:.0%} interval", "p")
    return (
        Table("The effect", f"By the method {effect.setting.method}.", headings, tuple(listed), frozenset({1})),
        Paragraph(f"{none} {wording.headline(effect)}"),
    )


def _chance(p: float | None) -> str:
    if p is None:
        return ""
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _three(value: float, low: float | None, high: float | None) -> tuple[str, str]:
    ends = "not reckoned" if low is None or high is None else f"{amount(low)} to {amount(high)}"
    return amount(value), ends


def _weights(effect: Effect) -> tuple[Block, ...]:
    held = sorted(((unit, weight) for unit, weight in effect.weights.items() if weight), key=lambda each: -abs(each[1]))
    if not held:
        return ()
    shown = held[:_MOST]
    picture = impactcharts.bars(shown, name="weights", title="Weights of the areas compared with")
    left = "" if len(held) == len(shown) else f" The {len(shown)} largest of {len(held)}."
    return (Figure(picture, "Weights", f"How much each area without the programme counts.{left}"),)


def _groups(effect: Effect) -> tuple[Block, ...]:
    if not effect.groups:
        return ()
    times = effect.panel.times
    listed = tuple(
        (times[each.group], times[each.time], amount(each.att), "" if each.se is None else amount(each.se))
        for each in effect.groups
    )
    caption = "Effects a period and area, with standard errors; those before the start ought to be near 0."
    return (Table("Group-time effects", caption, ("Began", "Seen in", "Effect", "Error"), listed, frozenset({2, 3})),)


def _ways(ways: pd.DataFrame) -> tuple[Block, ...]:
    from abate.impact import multiverse

    listed = tuple(
        (
            f"{row['estimator']}",
            f"{row['panel']}",
            f"{row['window']}",
            "" if row["problem"] else f"{row['value']:.4g}",
            f"{row['low']:.4g} to {row['high']:.4g}" if math.isfinite(row["low"]) else "",
            f"{row['per_cent']:+.1f}%" if math.isfinite(row["per_cent"]) else "",
            f"{row['problem']}",
        )
        for row in ways.to_dict("records")
    )
    headings = ("Method", "Outcome and areas", "Window", "Effect", "Interval", "Per cent", "Why not")
    picture = impactcharts.ways(ways, name="ways", title="Every way of asking, in per cent of what was expected")
    return (
        Paragraph(multiverse.sentence(ways)),
        Figure(
            picture, "Every way of asking", "Effect in per cent of what was expected, with intervals, in order of size."
        ),
        Table(
            "Every way of asking", "One row a run; what could not be run says why.", headings, listed, frozenset({3, 5})
        ),
    )


def _doubts(effect: Effect) -> Iterator[str]:
    """Say what would change the conclusion, as far as the diagnostics tell."""
    told = effect.diagnostics
    if effect.low is None:
        yield "No interval was reckoned: ask for --inference before anything is concluded."
    if (share := told.get("largest_weight")) is not None and share > 0.5:
        yield f"One area carries {share:.0%} of the weight: what happened there happened to the comparison."
    if told.get("inside_hull") is False:
        yield "The treated area lies outside what mixtures of the others can reach: part of it was extrapolated."
    if (p := told.get("pretest_p")) is not None:
        words = "moved apart already before" if p < 0.05 else "showed no clear drift apart before"
        yield f"Areas with and without it {words} the start (p {_chance(p)}); a test may miss a drift."
    if effect.pre_rmse is not None and (size := _size(effect)):
        share = effect.pre_rmse / size
        yield f"Before the start the fit misses by {share:.0%} of the effect a period (root mean square)."
    yield (
        "If areas were chosen because they were at their worst, part of a fall comes by itself; if something else "
        "began there at the same time, the estimate is of both together."
    )


def _size(effect: Effect) -> float:
    """Give how large the mean gap after the start is, in the outcome's unit; 0 where it is not known."""
    found = effects.path(effect)
    if found is None:
        return 0.0
    after = found.gap[effect.panel.start :]
    known = after[np.isfinite(after)]
    return abs(float(known.mean())) if len(known) else 0.0


def _checks(told: Mapping[str, Any]) -> tuple[Block, ...]:
    listed = tuple((name.replace("_", " "), _said(value)) for name, value in told.items() if _short(value))
    return (Table("Checks of the fit", "As the method's page explains them.", (), listed),) if listed else ()


def _short(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str)) and value != ""


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.5g}" if isinstance(value, float) else str(value)


def _numbers(effect: Effect) -> Table:
    listed = tuple((str(time), *(_short_of(cell) for cell in cells)) for time, *cells in map(dict.values, rows(effect)))
    headings = ("Period", "Observed", "Expected", "Gap", "Low", "High")
    caption = f"Observed less expected is the gap{_where(effect)}; low and high are its ends. In full: path.csv."
    return Table("Period by period", caption, headings, listed, frozenset(range(1, 6)))


def _short_of(cell: object) -> str:
    return amount(float(str(cell))) if cell else ""

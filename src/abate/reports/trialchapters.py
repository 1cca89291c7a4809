"""The chapters of a trial's report; every figure leads to the line that says what it assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abate.reports import provenance, trialcharts, trialdoses, trialflows, trialmaps, trialwords, wording
from abate.reports.chapters import (
    Bullets,
    Chapter,
    Figure,
    Lines,
    Paragraph,
    Report,
    Subheading,
    Table,
    kept,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abate.reports.chapters import Block, Cell
    from abate.reports.trialstories import Story
    from abate.trials.analyses import Analysis
    from abate.trials.effects import Effect

MARKING = "working copy, not for publication"
CLOSING = ("Recorded incidents describe places and how they are recorded. Nothing here describes a person.",)
UNREGISTERED = "No protocol was given: nothing here is registered."
_STANDINGS = (
    "Registered: written down before the first day. Supporting: stands beside it. Descriptive: settles nothing. The "
    "line leads to what the figure assumes."
)
_RINGS = "Crime moves no further than the ring, and rings of different sites do not overlap."
_LEFT_OUT = "As the first comparison of incidents; the one place or day is left out whole."
_PLACES = (
    "Places' own ratios are spread about a middling one; each is drawn towards it as far as its own counts are few."
)
_PRIOR = "The prior is that of a doubter, from the published literature; it and the trial are weighed by precision."


def told(story: Story, *, made: Mapping[str, Any] | None = None) -> Report:
    """Tell the whole report: the paragraph to read aloud, and the chapters behind it."""
    lines = Lines("assumes")
    parts = [
        Chapter("flow", "Flow of places and days", (trialflows.flow(story),)),
        _effects(story, lines),
        _lasting(story.analysis, lines),
        _rings(story, lines),
        trialdoses.chapter(story.analysis, lines),
        _before(story, lines),
        _sensitivity(story, lines),
        _standing(story),
    ]
    ends = [Chapter("assumptions", "What the figures assume", (lines.bullets(),)), _made(made or {})]
    paragraph = trialwords.paragraph(story.analysis, story.scheme)
    return Report(story.title, MARKING, paragraph, kept([*parts, *ends]), CLOSING, story.made_on)


def _standing(story: Story) -> Chapter:
    blocks: list[Block] = [
        Paragraph(story.registered or UNREGISTERED, "standing"),
        Paragraph(f"{story.schedule}.", "standing"),
    ]
    blocks += _protocol(story)
    if story.overrides:
        names = ("date", "site_id", "drawn", "done", "reason")
        blocks += [
            Subheading("Done otherwise than drawn"),
            Table(
                "Overrides",
                "These place-days count as they were drawn; what was done enters the analysis of visits alone.",
                ("Day", "Site", "Drawn", "Done", "Why"),
                tuple(tuple(str(each[name]) for name in names) for each in story.overrides),
            ),
        ]
    if story.notes:
        blocks += [Subheading("To know beside any figure"), Bullets(tuple(story.notes))]
    return Chapter("standing", "Protocol and deviations", tuple(blocks))


def _stands(story: Story) -> str:
    """Say in a line how the analysis stands to its protocol."""
    if story.registered is None:
        return UNREGISTERED
    departed = wording.counted(len(story.departures), "thing is", "things are")
    said = f"{departed} not as registered, named below" if story.departures else "nothing departs from it"
    return f"{story.registered.rstrip('.')}; {said}."


def _protocol(story: Story) -> list[Block]:
    """Say what was registered, and what is not as registered."""
    protocol = story.protocol
    if protocol is None:
        return []
    counted = [
        f"{each.name}: {each.measure}{' (decides the trial)' if each.primary else ''}" for each in protocol.outcomes
    ]
    rows: list[tuple[Cell, ...]] = [("Hypothesis", protocol.hypothesis), ("Outcomes", "; ".join(counted))]
    rows += [("Analysis", ", ".join(f"{name} {value}" for name, value in protocol.analysis.items()))]
    rows += [("Exclusions", "; ".join(protocol.exclusions)), ("Stopping rule", protocol.stopping)]
    blocks: list[Block] = [
        Table("Protocol", "What was registered.", (), tuple(row for row in rows if row[1])),
        Subheading("Not as registered"),
    ]
    if not story.departures:
        return [*blocks, Paragraph("Nothing departs from the protocol.")]
    return [*blocks, *(Paragraph(line, "warning") for line in story.departures)]


def _effects(story: Story, lines: Lines) -> Chapter:
    analysis = story.analysis
    rows = forest_rows(analysis)
    drawn = trialcharts.forest(rows, name="forest", title="Rate ratios with their intervals")
    listed = tuple(
        (
            each.outcome,
            each.method,
            trialwords.said(each),
            trialwords.chance(each.p),
            each.standing,
            lines.point(each.assumes),
        )
        for each in analysis.effects()
    )
    adjusted = [f"{trialwords.NOUNS[name]} p {trialwords.chance(p)}" for name, p in analysis.adjusted.items()]
    blocks: list[Block] = [
        Paragraph(_stands(story), "standing"),
        Figure(
            drawn,
            trialcharts.spoken(rows),
            "Ratios of days drawn for patrol to other days; 1 is no change. Red: the comparison of incidents as drawn.",
        ),
        Table(
            "Effects",
            _STANDINGS,
            ("Outcome", "Reckoned by", "Effect", "p", "Standing", "Assumes"),
            listed,
            numbers=frozenset({3}),
        ),
        Paragraph(
            "Several outcomes were looked at. Allowing for that, from the same redraws: " + ", ".join(adjusted) + "."
        ),
    ]
    if analysis.posterior is not None:
        weight = f"The trial has {analysis.posterior.weight:.0%} of the weight, the prior the rest."
        blocks.append(Paragraph(lines.point(_PRIOR, f"For a doubter: {analysis.posterior}. {weight}")))
    return Chapter("effects", "Effects", tuple(blocks))


def forest_rows(analysis: Analysis) -> list[trialcharts.Row]:
    """Give the ratios of the forest plot, the one that decides first."""
    rows = [_row("incidents, Poisson", analysis.incidents.ratio, main=True)]
    rows += [_row(f"incidents, {each.method.removeprefix('Poisson, ')}", each) for each in analysis.beside]
    rows.append(_row("incidents, redraws", analysis.incidents.redrawn_ratio))
    if analysis.carry_over.adjusted is not None:
        rows.append(_row("adjusted for what is left", analysis.carry_over.adjusted))
    if analysis.dose is not None and analysis.dose.complier is not None:
        rows.append(_row("visits that took place", analysis.dose.complier.ratio))
    if analysis.buffers is not None:
        rows.append(_row("rings about the sites", analysis.buffers.ring))
    if analysis.harm is not None:
        rows.append(_row("harm (describes only)", analysis.harm.redrawn_ratio))
    return rows


def _row(label: str, effect: Effect, *, main: bool = False) -> trialcharts.Row:
    return trialcharts.Row(label, effect.value, effect.low, effect.high, main=main)


def _lasting(analysis: Analysis, lines: Lines) -> Chapter:
    carry = analysis.carry_over
    blocks: list[Block] = [Paragraph(carry.advice)]
    if carry.since:
        rows = [_row(step.label, step.effect, main=not place) for place, step in enumerate(carry.since)]
        axis = trialcharts.Axis(
            tuple(map(float, range(len(rows)))),
            tuple("patrol day" if not gap else str(gap) for gap in range(len(rows))),
            "days since the last patrol",
        )
        drawn = trialcharts.profile(rows, axis, name="lasting", title="Ratio by days since the last patrol")
        caption = "Ratio to days that no patrol came shortly before; at 1 nothing is left of the patrol."
        blocks.append(Figure(drawn, trialcharts.spoken(rows), caption))
        listed = tuple(
            (
                step.label,
                trialwords.said(step.effect),
                f"{step.place_days:,}",
                f"{step.incidents:,}",
                lines.point(step.effect.assumes),
            )
            for step in (*carry.since, *carry.runs)
        )
        tested = (
            f"Plain comparison: {carry.raw}. Adjusted for what may be left: {carry.adjusted}. Test that nothing is "
            f"left: p {trialwords.chance(carry.p)} by the model, {trialwords.chance(carry.p_redraws)} by redraws."
        )
        headings = ("Kind of day", "Effect", "Place-days", "Incidents", "Assumes")
        blocks.append(Table("Carry-over", tested, headings, listed, numbers=frozenset({2, 3})))
    return Chapter("lasting", "Whether patrol lasts", tuple(blocks))


def _rings(story: Story, lines: Lines) -> Chapter | None:
    """Tell of the rings, and show where sites and rings lie."""
    told, blocks = story.analysis.buffers, list[Any]()
    if told is not None:
        site, ring = (
            f"{one.value:+,.0f} ({one.low:+,.0f} to {one.high:+,.0f})" for one in (told.site_change, told.ring_change)
        )
        blocks.append(Paragraph(told.verdict))
        bullets: list[Cell] = [
            lines.point(
                _RINGS, f"Incidents over all patrol days, with intervals: in the sites {site}; in the rings {ring}."
            )
        ]
        if told.quotient is not None:
            between = told.quotient_interval
            sure = (
                "the sites' own change is not clear enough for an interval"
                if between is None
                else f"interval {between[0]:.2f} to {between[1]:.2f}"
            )
            said = (
                f"The rings' change is {told.quotient:.2f} of the sites' ({sure}): above 0 the benefit spread, below 0 "
                "crime moved."
            )
            bullets.append(lines.point(_RINGS, said))
        blocks.append(Bullets(tuple(bullets)))
    blocks += [each for each in (trialmaps.figure(story), trialmaps.table(story)) if each is not None]
    title = "Where the sites lie" if told is None else "Whether crime moved round the corner"
    return Chapter("rings", title, tuple(blocks)) if blocks else None


def _before(story: Story, lines: Lines) -> Chapter | None:
    """Hold the time before against usual days, with the fall that comes of choosing the worst."""
    told = story.before
    if told is None:
        return None
    fall = told.fall
    rows: list[tuple[Cell, ...]] = [
        ("Before the trial", f"{told.before.incidents:,}", _many(told.before.place_days), _rate(told.before.rate), ""),
    ]
    ahead = _many(told.usual.place_days if told.interval else None)
    rows.append(
        (
            "Expected by choosing alone",
            f"{fall.expected:,.0f} ({fall.low:,.0f} to {fall.high:,.0f})",
            ahead,
            _rate(told.expected_rate),
            lines.point(told.assumes),
        )
    )
    rows.append(
        (
            "Usual days of the trial",
            f"{told.usual.incidents:,}",
            _many(told.usual.place_days),
            _rate(told.usual.rate),
            "",
        )
    )
    caption = (
        f"The {told.sites} sites of the trial, chosen among {told.candidates} candidates. Expected by choosing alone, "
        f"with its {fall.level:.0%} interval: what they would have had without patrol, because the worst were chosen."
    )
    headings = ("When", "Incidents", "Place-days", "Per 100 place-days", "Assumes")
    blocks = (
        Paragraph(lines.point(told.assumes, str(told))),
        Table("Before and during", caption, headings, tuple(rows), numbers=frozenset({1, 2, 3})),
        Paragraph("No effect of patrol is read from this: nothing was drawn between the two times.", "small"),
    )
    return Chapter("before", "Before and during", blocks)


def _many(place_days: float | None) -> str:
    return "not said" if place_days is None else f"{place_days:,.0f}"


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1f}"


def _sensitivity(story: Story, lines: Lines) -> Chapter:
    analysis = story.analysis
    listed: list[Cell] = []
    for spread, what in ((analysis.places, "place"), (analysis.days, "day")):
        if spread is not None:
            said = (
                f"Leaving out one {what} at a time, the ratio runs from {spread.ends[0]:.2f} to {spread.ends[1]:.2f} "
                f"(all: {spread.whole:.2f}); {spread.most} moves it most."
            )
            listed.append(lines.point(_LEFT_OUT, said))
    if analysis.without_top is not None:
        top = analysis.without_top
        said = (
            f"One place-day ({top.site} on {top.day}) carries {top.share:.0%} of all harm. Without it, harm: "
            f"{top.effect}."
        )
        listed.append(lines.point(top.effect.assumes, said))
    if analysis.heterogeneity is not None:
        held = analysis.heterogeneity
        said = (
            f"Places differ in their own ratios by a standard deviation of {held.spread:.2f} in the logarithm "
            f"(interval {held.spread_low:.2f} to {held.spread_high:.2f})."
        )
        listed.append(lines.point(_PLACES, said))
    if story.before is None:
        listed.append(
            "No before-and-after number is shown: that needs the counts of all candidate places before the trial. "
            "Places chosen for a bad spell get better by themselves; the comparison above is within the trial and free "
            "of that."
        )
    blocks = [Bullets(tuple(listed)), *_places(analysis)]
    return Chapter("sensitivity", "What the result hangs on", tuple(blocks))


def _places(analysis: Analysis) -> list[Block]:
    if analysis.heterogeneity is None:
        return []
    rows = tuple(
        (
            str(row["site_id"]),
            f"{row['patrol_incidents']:,}",
            f"{row['usual_incidents']:,}",
            f"{row['value']:.2f}",
            f"{row['low']:.2f} to {row['high']:.2f}",
        )
        for row in analysis.heterogeneity.table.to_dict("records")
    )
    caption = (
        "Each place's own ratio, drawn towards that of all places as far as its counts are few. It is no ranking: read "
        "the intervals."
    )
    headings = ("Place", "On patrol days", "On other days", "Ratio", "Interval")
    return [Table("Places", caption, headings, rows, numbers=frozenset({1, 2, 3}))]


def _made(made: Mapping[str, Any]) -> Chapter | None:
    rows = tuple(provenance.rows(made))
    if not rows:
        return None
    table = Table("How this was made", "The record that stands in provenance.json as well.", (), rows)
    return Chapter("made", "How this was made", (table,))

"""What stands against a design, in words: where a crossover is the wrong one, and where nothing could be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.trials import designs, power

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abate.trials.backgrounds import Background
    from abate.trials.power import Asked, Tried
    from abate.trials.searches import Smallest

FEW_PLACES = 6
CLOSE_M = 200
_LEFT = 0.1
_NOUNS = {"incidents": "incidents", "any": "days with any incident", "harm": "harm"}


def warn(background: Background, tried: Tried, asked: Asked, found: Sequence[Smallest]) -> tuple[str, ...]:
    """Say everything that whoever plans the trial should hear before it is registered."""
    return (
        *_crossover(tried),
        *_close(background, tried),
        *_few(tried, asked, len(background.sites)),
        *_out_of_reach(found),
        *_alarms(tried, asked),
        *_record(background, tried, asked),
    )


def _crossover(tried: Tried) -> Iterator[str]:
    """Say where what a patrol leaves behind spoils the days that it is compared with."""
    design = tried.design
    if design.kind != "daily":
        return
    for carry_over in design.carry_over:
        left = tried.lingering[carry_over]
        if carry_over == 1:
            yield (
                "An effect that stays (carry-over 1) cannot be found by a daily crossover: once a place has been "
                "patrolled, its usual days are no longer usual. Use --scheme stepped or --scheme parallel"
            )
        elif left > _LEFT:
            yield (
                f"With a carry-over of {carry_over:g} a crossover is the wrong design: {left:.0%} of the effect still "
                "works on the average usual day, because patrols come back before it is gone, and the trial shows less "
                "than patrols do. Use longer gaps (--rest), fewer places a day, or --scheme parallel, pairs or stepped"
            )
    if design.carry_over == (0.0,):
        yield (
            "These figures take a patrol's effect to be gone the next day. Southend's police saw it last about three "
            "days: try --carry-over 0,0.5 as well"
        )


def _close(background: Background, tried: Tried) -> Iterator[str]:
    """Say where places lie so close together that a patrol at one may act at another, which no scheme by place sees."""
    near = background.near
    if near is None or near.nearest_m >= CLOSE_M:
        return
    instead = "Draw such places as one, or within one `area`"
    if tried.design.kind == "daily":
        instead += "; a crossover by place is the wrong design for them, since each is the other's usual day"
    yield (
        f"The nearest two places lie {near.nearest_m:,.0f} m apart: a patrol at one may prevent incidents at the other "
        f"(or move them there), and the trial shows less (or more) than patrols do. {instead}"
    )


def _few(tried: Tried, asked: Asked, places: int) -> Iterator[str]:
    ways = designs.ways(tried.design, places)
    if 2 / ways > asked.alpha:
        yield (
            f"There are only {ways:,.0f} ways to draw these {places} places, so that no result, however strong, can "
            f"come out below p = {2 / ways:.2g}: at a level of {asked.level:.0%} nothing can be found. More places, or "
            "--scheme daily, would do"
        )
    elif places < FEW_PLACES:
        yield (
            f"With {places} places what is found holds for these places alone, and one of them can carry the result: "
            "eight or more would be better"
        )


def _out_of_reach(found: Sequence[Smallest]) -> Iterator[str]:
    for each in found:
        noun, after = _NOUNS[each.outcome], f" with a carry-over of {each.carry_over:g}" if each.carry_over else ""
        if each.value is None:
            yield f"For {noun}{after} no fall that was tried is found with {power.TARGET:.0%} power"
        elif each.value < 0.5:
            yield (
                f"For {noun}{after} no fall below 50% can be found with {power.TARGET:.0%} power: the smallest is "
                f"{1 - each.value:.0%}. Published falls are mostly smaller; more places, more days or a more frequent "
                "outcome would do"
            )


def _alarms(tried: Tried, asked: Asked) -> Iterator[str]:
    """Say where false alarms are clearly not what the level says."""
    for outcome in asked.outcomes:
        share, low, high = tried.tallies[outcome, 1.0, tried.design.carry_over[0]].share
        if not low <= asked.alpha <= high:
            yield (
                f"For {_NOUNS[outcome]} {share:.1%} of the trials without an effect gave a false alarm (95% "
                f"Monte-Carlo interval {low:.1%} to {high:.1%}), where {asked.alpha:.0%} is meant"
            )


def _record(background: Background, tried: Tried, asked: Asked) -> Iterator[str]:
    """Say what the history itself warns of."""
    if quiet := [site for site, rate in zip(background.sites, background.rates, strict=True) if rate == 0]:
        yield f"{len(quiet)} places had no incident in the history ({', '.join(quiet[:3])}): they add nothing to power"
    if background.days < tried.design.days:
        yield (
            f"The history covers {background.days} days and the trial {tried.design.days}: how far places drift over a "
            "trial is told from less than its length; a longer history is better"
        )
    if background.harms is not None and "harm" in asked.outcomes:
        ordered = sorted(background.harms, reverse=True)
        few = ordered[: max(1, len(ordered) // 100)]
        if (share := sum(few) / max(sum(ordered), 1e-12)) > 0.25:
            yield f"One in a hundred incidents carries {share:.0%} of the harm: a few events decide the harm figure"

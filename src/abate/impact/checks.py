"""Checks of an effect that run its method again: earlier starts, controls left out, and the worst picked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from abate.errors import OptionError, nearest
from abate.impact import placebos, worstfirst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abate.impact.effects import Effect

Check = Literal["in-time", "leave-one-out", "worst-first"]


def named(words: Sequence[str]) -> tuple[Check, ...]:
    """Check the names of checks; raises `OptionError` with the nearest name for each that is not one.

    >>> named(["in-time"])
    ('in-time',)
    """
    known: tuple[Check, ...] = get_args(Check)
    faults = [f"--checks '{word}': no such check. {nearest(word, known)}" for word in words if word not in known]
    if faults:
        raise OptionError(*faults)
    return tuple(name for word in words for name in known if name == word)


def run(effect: Effect, asked: Sequence[Check]) -> dict[str, Any]:
    """Run checks of an effect, by name; a check that cannot be made on its panel has the sentence under `problem`.

    - in-time: the programme is said to begin earlier, and what came after the real start is cut off;
    - leave-one-out: each control that carries weight is left out in turn;
    - worst-first: the areas are picked again for being the worst, at earlier starts and among the others, where
      nothing was done: the regression to the mean that this picking gives by itself.
    """
    return {name: _one(effect, name) for name in asked}


def _one(effect: Effect, name: Check) -> dict[str, Any]:
    try:
        match name:
            case "in-time":
                return {"starts": placebos.in_time(effect)}
            case "leave-one-out":
                return {"left_out": [{**one, "gaps": None} for one in placebos.leave_one_out(effect)]}
            case _:
                found = worstfirst.redo(effect)
                return {
                    "expected": found.expected,
                    "expected_change": found.expected_change,
                    "change": found.change,
                    "rank_share": found.rank_share,
                    "window": found.window,
                }
    except OptionError as fault:
        return {"problem": " ".join(fault.faults)}


def sentences(told: dict[str, Any]) -> list[str]:
    """Say what checks found, each as a person would."""
    said = [f"{name}: {one['problem']}" for name, one in told.items() if "problem" in one]
    if starts := told.get("in-time", {}).get("starts"):
        values = [one["value"] for one in starts]
        said.append(
            f"Had the programme been said to begin earlier ({len(starts)} starts), effects of {min(values):+.4g} to "
            f"{max(values):+.4g} would have been found where there was none yet."
        )
    if left := told.get("leave-one-out", {}).get("left_out"):
        values = [one["value"] for one in left]
        said.append(
            f"Without one control or another ({len(left)} left out in turn) the effect lies between "
            f"{min(values):+.4g} and {max(values):+.4g}."
        )
    worst = told.get("worst-first", {})
    if worst.get("expected") is not None:
        said.append(
            f"Picking the worst at earlier starts, where nothing was done, gave an effect of {worst['expected']:+.4g} "
            f"on average and a plain change of {worst['expected_change']:+.4g}; the areas stood higher than "
            f"{worst['rank_share']:.0%} of all."
        )
    return said

"""Answers of trials and of impact as files: the JSON documents that the commands print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abate.errors import OptionError, SourceError
from abate.estimate import Estimate
from abate.sources import geojson, markup

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class TrialFall:
    """What a trial's patrols prevented over all its patrol days: incidents, and days of harm where it weighed them."""

    incidents: Estimate
    harm: Estimate | None
    patrol_days: int


def trial_fall(path: Path) -> TrialFall:
    """Read the answer of `abate trial analyse --json`: the difference a place and day, times the patrol days.

    Raises `SourceError` when the file is no such answer.
    """
    told = _document(path)
    try:
        days = int(told["n"]["treated"])
        harm = told.get("harm")
        return TrialFall(
            _fall(told["itt"]["difference"], days, "incidents a place and day, as drawn"),
            None if harm is None else _fall(harm["difference"], days, "harm a place and day, as drawn"),
            days,
        )
    except (KeyError, TypeError, ValueError, OverflowError, OptionError) as fault:
        raise SourceError(
            f"{path.name}: is not the answer of `abate trial analyse --json` (at {fault}); print one with --json"
        ) from None


def impact_total(path: Path) -> Estimate:
    """Read how many `abate impact --json` says were prevented, with its interval.

    Raises `SourceError` when the file is no such answer, or its total has no interval.
    """
    told = _document(path)
    try:
        total = told["total_prevented"]
        value, low, high = (float(total[name]) for name in ("value", "low", "high"))
        return Estimate(value, low, high, float(told["level"]), f"abate impact, {told['method']}")
    except (KeyError, TypeError, ValueError, OverflowError, OptionError) as fault:
        raise SourceError(
            f"{path.name}: is not an answer of `abate impact --json` with an interval (at {fault}); ask for --inference"
        ) from None


def _fall(told: dict[str, Any], days: int, basis: str) -> Estimate:
    value, low, high = (float(told[name]) for name in ("value", "low", "high"))
    return Estimate(-value * days, -high * days, -low * days, float(told["level"]), basis)


def _document(path: Path) -> dict[str, Any]:
    try:
        found = markup.load_json(geojson.read_bytes(path))
    except ValueError:
        raise SourceError(f"{path.name}: is not JSON; give the answer that --json prints") from None
    if not isinstance(found, dict):
        raise SourceError(f"{path.name}: is not one JSON document; give the answer that --json prints")
    return found

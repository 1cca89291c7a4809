"""The effect on each group in each period, from one comparison of changes each, with what every area did to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from abate.errors import OptionError
from abate.stats import doublyrobust

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.groupchoices import Choices
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]

_TOLD = 5


@dataclass(frozen=True)
class Sample:
    """The areas that are used: the panel of them alone, their places in the whole panel, and what was left out why."""

    panel: Panel
    places: Whole
    weights: Real
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Cells:
    """Group-time effects: arrays over cells, `influence` in the shape (areas used, cells).

    `base` is the period compared with; a cell in which `time` equals it is 0 by definition. `faults` tell of cells
    that could not be had, which are not among the others.
    """

    group: Whole
    time: Whole
    base: Whole
    value: Real
    influence: Real
    faults: tuple[tuple[int, int, str], ...] = ()

    @property
    def after(self) -> Truth:
        """Tell which cells are in or after the period of the start."""
        found: Truth = self.time >= self.group
        return found

    def only(self, keep: Truth) -> Cells:
        """Give some of the cells, told by a truth value each."""
        return replace(
            self,
            group=self.group[keep],
            time=self.time[keep],
            base=self.base[keep],
            value=self.value[keep],
            influence=self.influence[:, keep],
        )


class _Cell(NamedTuple):
    group: int
    time: int
    base: int
    number: int


def sample(panel: Panel, setting: Setting, choices: Choices) -> Sample:
    """Leave out what cannot be used, with a note each: areas with gaps, and those with no period before their start.

    With not-yet-treated controls and no area that never began, the last to begin serve as controls, and the panel
    ends where they (may) react. Raises `OptionError` where nothing is left to compare.
    """
    whole = _ended(panel, setting, choices)
    weights = _weights(whole, choices)
    known = np.isfinite(whole.outcomes)
    for name in setting.covariates:
        known &= np.isfinite(whole.covariates[name])
    known &= np.isfinite(weights)[:, None]
    usable = np.asarray(known.all(axis=1) if choices.gaps == "drop" else known.any(axis=1))
    early: Truth = whole.first <= choices.anticipation
    notes = _left_out(panel, usable, early & usable, ended=whole, choices=choices)
    keep = usable & ~early
    used = whole.only(keep)
    used = replace(used, outcomes=np.where(known[keep], used.outcomes, np.nan))
    if not used.ever.any():
        raise OptionError("cs: no area is left that began the programme after the panel's first period", *notes)
    if used.ever.all():
        raise OptionError("cs: no area is left to compare with", *notes)
    return Sample(used, np.flatnonzero(keep), weights[keep] / weights[keep].mean(), notes)


def _ended(panel: Panel, setting: Setting, choices: Choices) -> Panel:
    if not panel.ever.any():
        raise OptionError("cs: no area of the panel ever had the programme")
    if not panel.ever.all():
        return panel
    if setting.controls == "never":
        raise OptionError(
            "cs: every area had the programme sooner or later, so that none can serve as a control that never had it: "
            "ask for --controls notyet"
        )
    end = panel.cohorts[-1] - choices.anticipation
    if end < 2 or len(panel.cohorts) == 1:
        raise OptionError("cs: all areas began together, and there is nothing to compare them with")
    return panel.until(end)


def _weights(panel: Panel, choices: Choices) -> Real:
    """Give each area's weight: its exposure in the first period in which that is known."""
    if choices.weights == "none" or panel.exposure is None:
        return np.ones(len(panel.units))
    known = np.isfinite(panel.exposure) & (panel.exposure > 0)
    first = known.argmax(axis=1)
    found: Real = np.where(known.any(axis=1), panel.exposure[np.arange(len(first)), first], np.nan)
    return found


def _left_out(panel: Panel, usable: Truth, early: Truth, *, ended: Panel, choices: Choices) -> tuple[str, ...]:
    notes = []
    if not usable.all():
        notes.append(
            f"{_named(panel.units, ~usable)} left out: a value of {panel.outcome}, a covariate or the exposure is "
            "missing (gaps=pairs uses the periods that are there)"
        )
    if early.any():
        reason = (
            "began in the first period" if not choices.anticipation else "may have reacted from the first period on"
        )
        notes.append(f"{_named(panel.units, early)} left out: {reason}, and there is nothing before it to go by")
    if len(ended.times) < len(panel.times):
        notes.append(
            f"No area never had the programme: the last to begin are the controls, and periods from "
            f"{panel.times[len(ended.times)]} on are not used"
        )
    return tuple(notes)


def _named(units: Sequence[str], chosen: Truth) -> str:
    names = [unit for unit, one in zip(units, chosen, strict=True) if one]
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more + (" are" if len(names) > 1 else " is")


def fill(used: Sample, setting: Setting, choices: Choices) -> Cells:
    """Estimate the effect on every group in every period.

    Cells whose comparison has the same areas and the same covariates are estimated together: their model of who
    begins is one and the same.
    """
    cells = _plan(used.panel, choices)
    alike: dict[tuple[bytes, bytes, int], list[_Cell]] = {}
    known = np.isfinite(used.panel.outcomes)
    still = _still(used.panel, setting)
    for cell in cells:
        rows = _compared(used.panel, cell, setting, choices) & known[:, cell.time] & known[:, cell.base]
        key = rows.tobytes(), b"%d" % cell.group, 0 if still else cell.base
        alike.setdefault(key, []).append(cell)
    values = np.zeros(len(cells))
    influence = np.zeros((len(used.places), len(cells)), order="F")
    faults: list[tuple[int, int, str]] = []
    for (mask, _, _), members in alike.items():
        rows = np.frombuffer(mask, dtype=np.bool_)
        found = _compare(used, members, rows, setting, choices)
        columns = np.array([cell.number for cell in members])
        values[columns] = found.values
        influence[np.ix_(rows, columns)] = found.influence * (len(rows) / max(1, int(rows.sum())))
        faults += [(cell.group, cell.time, found.fault) for cell in members if found.fault]
    arrays = [np.array([cell[part] for cell in cells], dtype=np.int64) for part in range(3)]
    return Cells(arrays[0], arrays[1], arrays[2], values, influence, tuple(faults)).only(np.isfinite(values))


def _plan(panel: Panel, choices: Choices) -> list[_Cell]:
    found: list[_Cell] = []
    for group in panel.cohorts:
        last = group - 1 - choices.anticipation
        for time in range(0 if choices.base == "universal" else 1, len(panel.times)):
            base = last if choices.base == "universal" or time >= group else time - 1
            found.append(_Cell(group, time, base, len(found)))
    return found


def _compared(panel: Panel, cell: _Cell, setting: Setting, choices: Choices) -> Truth:
    never = ~panel.ever
    if setting.controls == "never":
        controls = never
    else:
        later = panel.first > max(cell.time, cell.base) + choices.anticipation
        controls = never | later & (panel.first != cell.group)
    found: Truth = controls | (panel.first == cell.group)
    return found


def _still(panel: Panel, setting: Setting) -> bool:
    return all(bool((panel.covariates[name] == panel.covariates[name][:, :1]).all()) for name in setting.covariates)


def _compare(
    used: Sample, members: Sequence[_Cell], rows: Truth, setting: Setting, choices: Choices
) -> doublyrobust.Comparison:
    outcomes = used.panel.outcomes[rows]
    changes = outcomes[:, [cell.time for cell in members]] - outcomes[:, [cell.base for cell in members]]
    treated = used.panel.first[rows] == members[0].group
    covariates = np.empty((len(treated), len(setting.covariates)))
    for place, name in enumerate(setting.covariates):
        covariates[:, place] = used.panel.covariates[name][rows, members[0].base]
    if not len(treated):
        return doublyrobust.Comparison(np.full(len(members), np.nan), np.zeros_like(changes), "controls")
    return doublyrobust.compare(changes, treated, covariates, weights=used.weights[rows], how=choices.estimator)

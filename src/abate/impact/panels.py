"""Panels: one outcome of several areas over several periods, and which of them had the programme when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]

_TOLD = 5


@dataclass(frozen=True)
class Panel:
    """One outcome by area and period; every array has the shape (areas, periods), periods in order.

    `outcomes` is NaN where a value is missing, which is not a zero. `first` gives the place (from 0) of each area's
    first period with the programme, and the number of periods for an area that never had it; the programme, once
    begun, stays. `times` are labels as they stood in the file; `covariates` are by name, NaN where missing.
    `exposure`, such as population, is None where there is none.

    >>> panel = Panel(("Essex", "Kent"), ("2018", "2019"), np.array([[9.0, 5.0], [8.0, 8.0]]), np.array([1, 2]))
    >>> panel.treated.tolist(), panel.ever.tolist(), panel.start
    ([[False, True], [False, False]], [True, False], 1)
    """

    units: tuple[str, ...]
    times: tuple[str, ...]
    outcomes: Real
    first: Whole
    covariates: Mapping[str, Real] = field(default_factory=dict)
    exposure: Real | None = None
    outcome: str = "outcome"

    def __post_init__(self) -> None:
        shape = (len(self.units), len(self.times))
        for name, values in {"outcomes": self.outcomes, **self.covariates}.items():
            if values.shape != shape:
                raise OptionError(f"{name} has the shape {values.shape}, where {shape} areas and periods are named")
        if self.first.shape != shape[:1]:
            raise OptionError(f"first has {len(self.first)} entries for {shape[0]} areas")

    @property
    def treated(self) -> Truth:
        """Tell for each area and period whether the programme had begun."""
        found: Truth = np.arange(len(self.times))[None, :] >= self.first[:, None]
        return found

    @property
    def ever(self) -> Truth:
        """Tell which areas ever had the programme."""
        found: Truth = self.first < len(self.times)
        return found

    @property
    def start(self) -> int:
        """Give the place of the first period in which any area had the programme."""
        return int(self.first.min())

    @property
    def cohorts(self) -> tuple[int, ...]:
        """Give the places of the periods in which areas began, in order."""
        return tuple(int(at) for at in np.unique(self.first[self.ever]))

    def only(self, keep: Truth) -> Panel:
        """Give the panel of some areas, told by a truth value each."""
        return replace(
            self,
            units=tuple(unit for unit, kept in zip(self.units, keep, strict=True) if kept),
            outcomes=self.outcomes[keep],
            first=self.first[keep],
            covariates={name: values[keep] for name, values in self.covariates.items()},
            exposure=None if self.exposure is None else self.exposure[keep],
        )

    def until(self, end: int) -> Panel:
        """Give the panel of the first `end` periods."""
        return replace(
            self,
            times=self.times[:end],
            outcomes=self.outcomes[:, :end],
            first=np.minimum(self.first, end),
            covariates={name: values[:, :end] for name, values in self.covariates.items()},
            exposure=None if self.exposure is None else self.exposure[:, :end],
        )

    def begun(self, first: Whole) -> Panel:
        """Give the same panel with other starts, as a placebo needs it."""
        return replace(self, first=np.asarray(first, dtype=np.int64))

    def whole(self, method: str) -> None:
        """Raise `OptionError` with the first gaps, for methods that need every value."""
        gaps = np.argwhere(~np.isfinite(self.outcomes))
        if len(gaps):
            said = "; ".join(f"{self.units[unit]} in {self.times[time]}" for unit, time in gaps[:_TOLD])
            more = f" and {len(gaps) - _TOLD:,} more" if len(gaps) > _TOLD else ""
            raise OptionError(
                f"{method} needs a value for every area and period, and {self.outcome} is missing for {said}{more}: "
                "leave those areas or periods out, or use a method that bears gaps (did, ife, mc, fepois)"
            )


def overlap(panel: Panel) -> None:
    """Raise `OptionError` when no period has a value both of an area with the programme and of one without."""
    known = np.isfinite(panel.outcomes)
    having: Truth = np.any(known & panel.treated, axis=0)
    lacking: Truth = np.any(known & ~panel.treated, axis=0)
    if having.any() and lacking.any() and not (having & lacking).any():
        raise OptionError(
            f"areas with the programme have {panel.outcome} in {_span(panel, having)}, those without it only in "
            f"{_span(panel, lacking)}: they share no period, so that nothing can be compared; give areas without the "
            "programme that have values after its start"
        )


def _span(panel: Panel, there: Truth) -> str:
    first, last = panel.times[int(there.argmax())], panel.times[len(there) - 1 - int(there[::-1].argmax())]
    return first if first == last else f"{first} to {last}"


def starts(units: Sequence[str], times: Sequence[str], *, treated: Sequence[str], begins: str) -> Whole:
    """Give the place of each area's first period, when the areas in `treated` all began in the period `begins`.

    Raises `OptionError`, naming what is nearest, for an area or a period that is not in the panel, and when there is
    no period before the start.

    >>> starts(["Essex", "Kent"], ["2018", "2019"], treated=["Essex"], begins="2019").tolist()
    [1, 2]
    """
    faults = [
        f"--treated '{name}': no such area in the panel. {nearest(name, units)}"
        for name in treated
        if name not in units
    ]
    if begins not in times:
        faults.append(f"--from '{begins}': no such period in the panel, which runs from {times[0]} to {times[-1]}")
    elif times.index(begins) == 0:
        faults.append(f"--from '{begins}': is the first period of the panel, so there is nothing before it to go by")
    if faults:
        raise OptionError(*faults)
    place = times.index(begins)
    return np.array([place if unit in set(treated) else len(times) for unit in units], dtype=np.int64)

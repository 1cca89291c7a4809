"""Group-time effects: each group that began together is compared, period by period, with areas that had not begun.

Areas that began at different times, with effects that grow or differ, mislead a two-way regression, which uses areas
already treated as controls. Here each group g and period t has its own comparison,

`att(g, t) = mean of Y(t) - Y(base) in g, less what controls of like covariates saw`,

and averages are taken afterwards, with weights that everybody can see. Callaway and Sant'Anna 2021, *Journal of
Econometrics* 225, 200-230. The options are told in `abate.impact.groupchoices`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError
from abate.impact import groupaverages, groupcells, pretrends
from abate.impact.effects import Aggregate, Effect, GroupEffect
from abate.impact.groupchoices import choose
from abate.stats import bands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from abate.impact.effects import Setting
    from abate.impact.groupaverages import Average
    from abate.impact.groupcells import Cells, Sample
    from abate.impact.groupchoices import Choices
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_FEW = 5
_MANY = 100


@dataclass(frozen=True)
class _Found:
    """All estimates side by side: cells first, then each average and its parts; one column of influence each."""

    used: Sample
    cells: Cells
    averages: Mapping[str, Average]
    influence: Real
    analytic: Real
    redrawn: bands.Redrawn | None
    level: float

    @property
    def z(self) -> float:
        """Give how many errors wide the interval of one estimate is on each side."""
        return NormalDist().inv_cdf(0.5 + self.level / 2)

    def columns(self, name: str) -> Whole:
        """Give the columns of a family: `cells`, or an average, whose own column comes before its parts'."""
        begin = len(self.cells.value)
        if name == "cells":
            return np.arange(begin)
        for kind, one in self.averages.items():
            if kind == name:
                return np.arange(begin, begin + 1 + len(one.at))
            begin += 1 + len(one.at)
        raise KeyError(name)

    def error(self, column: int) -> float | None:
        """Give the error of one estimate, by the bootstrap where it was run; None where it cannot be had."""
        source = self.analytic if self.redrawn is None else self.redrawn.errors
        return float(source[column]) if np.isfinite(source[column]) else None


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate the effect on each group in each period, and its averages.

    `value` is the average over all groups and periods after their start, each area counting alike (or by exposure).
    `groups` holds every effect with its error, also those before the start, which ought to be 0; `aggregations` the
    simple, dynamic, group and calendar averages. With the inference `bootstrap` errors are the multiplier bootstrap's,
    and `band_low` and `band_high` hold all of an average's parts at once. Raises `OptionError` for a panel with
    nothing to compare.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> outcomes = np.array([[5.0, 5.0, 2.0], [6.0, 6.0, 5.0], [4.0, 4.0, 4.0], [7.0, 7.0, 9.0]])
    >>> panel = Panel(("a", "b", "c", "d"), ("1", "2", "3"), outcomes, np.array([2, 2, 3, 3]))
    >>> estimate(panel, Setting("cs")).value
    -3.0
    """
    choices = choose(setting, panel)
    used = groupcells.sample(panel, setting, choices)
    cells = groupcells.fill(used, setting, choices)
    if not cells.after.any():
        raise OptionError(
            "cs: no effect after the start can be had", *used.notes, *_unmatched(panel, cells, used.panel.times)
        )
    found = _found(used, cells, setting, choices)
    shares = _shares(found)
    reading = pretrends.read(
        cells,
        found.influence[:, found.columns("cells")],
        shares,
        value=found.averages["simple"].value,
        anticipation=choices.anticipation,
    )
    return _effect(panel, setting, choices, found, reading)


def _found(used: Sample, cells: Cells, setting: Setting, choices: Choices) -> _Found:
    averages = groupaverages.average(used, cells, balance=choices.balance)
    parts = [part for one in averages.values() for part in (one.influence[:, None], one.influences)]
    influence = np.concatenate([cells.influence, *parts], axis=1)
    if choices.clusters is not None:
        influence = bands.gather(influence, _clusters(used, choices.clusters))
    redrawn = None
    if "bootstrap" in setting.inference:
        redrawn = bands.redraw(influence, draws=setting.draws, seed=setting.seed, multiplier=choices.multiplier)
    analytic = bands.errors(influence)
    return _Found(used, cells, averages, influence, analytic, redrawn, setting.level)


def _clusters(used: Sample, name: str) -> Whole:
    values = used.panel.covariates[name]
    if not bool((values == values[:, :1]).all()):
        raise OptionError(f"cs, clusters '{name}': an area's cluster is a number that stays the same in all periods")
    found = np.unique(values[:, 0], return_inverse=True)[1].astype(np.int64)
    if int(found.max()) < 1:
        raise OptionError(f"cs, clusters '{name}': all areas are in one cluster, and errors need at least two")
    return found


def _shares(found: _Found) -> Real:
    """Give the weight of each cell in the simple average."""
    first, weights, cells = found.used.panel.first, found.used.weights, found.cells
    share = np.array([weights[first == group].sum() for group in cells.group]) * cells.after
    even: Real = share / share.sum()
    return even


def _effect(panel: Panel, setting: Setting, choices: Choices, found: _Found, reading: pretrends.Reading) -> Effect:
    intervals = _intervals(found, setting)
    first = setting.inference[0] if setting.inference else "analytic"
    se, low, high = intervals[first]
    value = found.averages["simple"].value
    expected = _expected(panel, found)
    used = found.used.panel
    return Effect(
        setting=setting,
        panel=panel,
        value=value,
        se=se,
        low=low,
        high=high,
        p=_p(value, se),
        counterfactual=expected,
        band=_band(panel, found),
        groups=_groups(found),
        aggregations={name: _aggregate(found, name) for name in found.averages},
        diagnostics={
            **reading.values,
            **_sizes(found, choices),
            "intervals": {name: {"se": one[0], "low": one[1], "high": one[2]} for name, one in intervals.items()},
            "band_errors": _critical(found),
        },
        notes=(
            *found.used.notes,
            *_unmatched(panel, found.cells, used.times),
            *_cautions(panel, found, choices, expected),
            reading.note,
        ),
    )


def _p(value: float, se: float | None) -> float | None:
    return None if se is None else erfc(abs(value) / se / sqrt(2))


def _intervals(found: _Found, setting: Setting) -> dict[str, tuple[float | None, float | None, float | None]]:
    """Give error and interval of the effect by each inference asked for."""
    column = int(found.columns("simple")[0])
    value = found.averages["simple"].value
    sources = {"analytic": found.analytic}
    if found.redrawn is not None:
        sources["bootstrap"] = found.redrawn.errors
    given: dict[str, tuple[float | None, float | None, float | None]] = {}
    for name in setting.inference or ("analytic",):
        se = float(sources[name][column])
        given[name] = (se, value - found.z * se, value + found.z * se) if np.isfinite(se) else (None, None, None)
    return given


def _groups(found: _Found) -> tuple[GroupEffect, ...]:
    cells = found.cells
    places = zip(cells.group.tolist(), cells.time.tolist(), cells.value.tolist(), strict=True)
    return tuple(
        GroupEffect(group, time, value, found.error(column)) for column, (group, time, value) in enumerate(places)
    )


def _aggregate(found: _Found, name: str) -> Aggregate:
    one, columns = found.averages[name], found.columns(name)
    wide = None if found.redrawn is None else found.redrawn.critical(columns[1:], found.level)
    times = found.used.panel.times
    by = []
    for place, value, column in zip(one.at, one.values.tolist(), columns[1:].tolist(), strict=True):
        se = found.error(column)
        part: dict[str, Any] = {"at": place if name == "dynamic" else times[place], "value": value, "se": se}
        part |= _ends("", value, se, found.z)
        by.append(part | (_ends("band_", value, se, wide) if found.redrawn is not None else {}))
    return Aggregate(one.value, found.error(int(columns[0])), tuple(by))


def _ends(name: str, value: float, se: float | None, wide: float | None) -> dict[str, float | None]:
    if se is None or wide is None:
        return {f"{name}low": None, f"{name}high": None}
    return {f"{name}low": value - wide * se, f"{name}high": value + wide * se}


def _critical(found: _Found) -> dict[str, float | None] | None:
    """Give how many errors wide the bands are that hold all of a family at once; None without the bootstrap."""
    if found.redrawn is None:
        return None
    families = {name: found.columns(name)[1:] for name in found.averages if name != "simple"}
    families["cells"] = found.columns("cells")
    return {name: found.redrawn.critical(columns, found.level) for name, columns in families.items()}


def _expected(panel: Panel, found: _Found) -> Real:
    """Give what areas with the programme would have seen without: the outcome less the group's effect."""
    expected: Real = np.full(panel.outcomes.shape, np.nan)
    cells, first = found.cells, panel.first[found.used.places]
    for group, time, value in zip(cells.group, cells.time, cells.value, strict=True):
        if time >= group:
            rows = found.used.places[first == group]
            expected[rows, time] = panel.outcomes[rows, time] - value
    return expected


def _band(panel: Panel, found: _Found) -> tuple[Real, Real] | None:
    """Give the interval of the treated areas' mean gap, which is the calendar average of the period."""
    low, high = np.full(len(panel.times), np.nan), np.full(len(panel.times), np.nan)
    one = found.averages["calendar"]
    for place, value, column in zip(one.at, one.values.tolist(), found.columns("calendar")[1:].tolist(), strict=True):
        se = found.error(column)
        if se is not None:
            low[place], high[place] = value - found.z * se, value + found.z * se
    return low, high


def _sizes(found: _Found, choices: Choices) -> dict[str, Any]:
    used = found.used.panel
    begun = {used.times[group]: int((used.first == group).sum()) for group in used.cohorts}
    return {
        "estimator": choices.estimator,
        "base": choices.base,
        "anticipation": choices.anticipation,
        "areas": len(used.units),
        "never": int((~used.ever).sum()),
        "areas_by_group": begun,
        "clusters": None if choices.clusters is None else len(found.influence),
    }


_WANTING = {
    "controls": "too few areas had not begun (or too few for the covariates)",
    "overlap": "the covariates tell the areas that began from all others, so that none is like them",
}


def _unmatched(panel: Panel, cells: Cells, times: Sequence[str]) -> tuple[str, ...]:
    """Say of each group which periods have no effect, and why."""
    said = []
    for group, fault in sorted({(group, fault) for group, _, fault in cells.faults}):
        places = [times[time] for begun, time, why in cells.faults if (begun, why) == (group, fault)]
        listed = ", ".join(places[:_FEW]) + (f" and {len(places) - _FEW} more periods" if len(places) > _FEW else "")
        said.append(f"No effect on the areas that began in {panel.times[group]} for {listed}: {_WANTING[fault]}")
    return tuple(said)


def _cautions(panel: Panel, found: _Found, choices: Choices, expected: Real) -> tuple[str, ...]:
    said = []
    without = int((panel.treated & np.isfinite(panel.outcomes) & ~np.isfinite(expected)).sum())
    if without:
        said.append(
            f"{without:,} treated areas and periods have no effect of their own: a total takes the mean for them"
        )
    used = found.used.panel
    few = [
        f"{used.times[group]} ({size})" for group in used.cohorts if (size := int((used.first == group).sum())) < _FEW
    ]
    if few:
        said.append(f"Groups with fewer than {_FEW} areas have errors that are too small: {', '.join(few)}")
    if len(found.influence) < _MANY:
        said.append(f"With {len(found.influence)} areas or clusters errors and bands come out somewhat too narrow")
    if choices.weights == "exposure":
        said.append("Areas count by their exposure: the value is a mean over exposure, not over areas")
    return tuple(said)

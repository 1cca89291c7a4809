"""Matrix completion: what the treated cells of a panel would hold, were they filled in from all others.

Outcomes are taken as effects of areas and of periods, slopes of covariates, and a common part whose singular values are
kept small: many weak forces rather than a fixed number of strong ones. Treated cells are left out, as missing ones are,
and filled by the fit. How small is chosen by holding cells out.

Options of this method (`Setting.options`):

- `after`: whose conventions are followed: `athey` (default without covariates) or `xu` (default with covariates).
  athey: strengths in 18 steps down to a thousandth; cells held out at random in five lots.
  xu: strengths in 8 steps; controls' cells from a treated area's start on are held out, in ten lots of areas.
- `solver`: `published` (default) stops where the authors' programs stop, or `exact` goes on to the least sum.
- `lambda_norm`: the strength as a share of that from which on nothing is common; without it it is chosen.
- `force`: additive effects: `two-way` (default: of areas and of periods), `unit`, `time` or `none`.

Inferences of its own are `bootstrap` (areas drawn again) and `jackknife` (each area left out in turn), both with the
strength held; `placebo` and `conformal` are those of all methods. Source: Athey, Bayati, Doudchenko, Imbens and
Khosravi 2021, Journal of the American Statistical Association 116, 1716-1730; Liu, Wang and Xu 2024, American Journal
of Political Science 68, 160-176.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from abate.errors import OptionError, nearest
from abate.impact import lots, treatedgaps
from abate.impact.factorfits import FORCES, Force
from abate.impact.treatedgaps import Redraws
from abate.stats import factors, folds, halting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.effects import Effect, Setting
    from abate.impact.panels import Panel
    from abate.stats.factors import Rectangles

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_OPTIONS = ("after", "solver", "lambda_norm", "force")
_WORDS = {"after": ("athey", "xu"), "solver": ("published", "exact"), "force": tuple(FORCES)}
_INFERENCE = ("bootstrap", "jackknife", "placebo", "conformal")
_GRIDS = {"athey": 20, "xu": 10}
_FOLDS = {"athey": 5, "xu": 10}
_DECADES = 3.0
_LOOSE = 1e-4
_WORSE = 3
_APART = 0.1
_FEW = 20


class Choices(NamedTuple):
    """The options, checked."""

    after: str
    exact: bool
    strength: float | None
    force: Force

    @property
    def grid(self) -> Real:
        """Give the strengths tried, as shares of the largest, falling."""
        number = _GRIDS[self.after]
        steps: Real = 10.0 ** (-_DECADES * np.arange(number - 1) / (number - 2))
        return steps


@dataclass(frozen=True)
class Completed:
    """A panel filled in: every cell's fitted value, the slopes of the covariates, the strength and its scale."""

    fitted: Real
    slopes: Real
    strength: float
    largest: float
    residual: Real


def estimate(panel: Panel, setting: Setting) -> Effect:
    """Estimate by matrix completion what a programme did.

    `value` is the mean effect per treated area and period, in the outcome's unit; `aggregations["dynamic"]` gives it by
    time since the start. `diagnostics` hold `lambda_norm`, the table of the cross-validation (`cv`), `beta` (slopes),
    and the size of the common part (`rank`, `singular_values`). Raises `OptionError` for options that are not known,
    and for areas or periods without any cell from before the programme.

    >>> from abate.impact.effects import Setting
    >>> from abate.impact.panels import Panel
    >>> outcomes = np.add.outer(np.array([5.0, 1.0, 2.0, 4.0, 3.0]), np.array([0.0, 1.0, 0.0, 2.0, 1.0]))
    >>> outcomes[0, 3:] -= 3
    >>> panel = Panel(tuple("abcde"), tuple("12345"), outcomes, np.array([3, 5, 5, 5, 5]))
    >>> round(estimate(panel, Setting("mc", options={"lambda_norm": 0.5})).value, 6)
    -3.0
    """
    choices = choose(setting)
    _check(panel, setting)
    given = rectangles(panel, setting.covariates, choices.force)
    strength, table = (
        (choices.strength, []) if choices.strength is not None else validate(panel, given, choices, setting.seed)
    )
    found = complete(given, choices, strength)
    counterfactual = found.fitted.copy()
    for name in setting.covariates:
        counterfactual[~np.isfinite(panel.covariates[name])] = np.nan
    effect = treatedgaps.assemble(
        setting,
        panel,
        counterfactual,
        diagnostics={**_diagnostics(panel, setting, given, found, choices), "cv": table},
        notes=_notes(panel, setting),
    )
    if choices.strength is None and not choices.exact:
        effect = _beside(effect, given, choices, strength)
    held = choices._replace(strength=strength)
    own = {
        "bootstrap": partial(_resampled, panel, setting, held),
        "jackknife": partial(_left_out, panel, setting, held),
    }
    return treatedgaps.infer(effect, own, {"lambda_norm": strength})


def _beside(effect: Effect, given: Rectangles, choices: Choices, strength: float) -> Effect:
    """Tell beside a published answer what the least sum gives; a sentence where they are far apart."""
    fitted = complete(given, choices._replace(exact=True), strength).fitted
    gaps = effect.panel.outcomes if effect.gaps is None else effect.gaps
    known = effect.panel.treated & np.isfinite(gaps)
    value = float((effect.panel.outcomes - fitted)[known].mean())
    notes = effect.notes
    if abs(value - effect.value) > _APART * abs(effect.value):
        notes = (
            *notes,
            f"Gone on to the least sum (option solver = exact) the effect is {value:+.4g}, far from this one.",
        )
    return replace(effect, diagnostics={**effect.diagnostics, "value_exact": value}, notes=notes)


def choose(setting: Setting) -> Choices:
    """Check the options and inferences. Raises `OptionError` for those that are not known."""
    given = setting.options
    faults = [
        f"option '{name}' is not one of mc's. {nearest(name, _OPTIONS)}" for name in given if name not in _OPTIONS
    ]
    for name, known in _WORDS.items():
        if (word := given.get(name, known[0])) not in known:
            faults.append(f"option {name} '{word}': {nearest(f'{word}', known)}")
    strength = given.get("lambda_norm")
    if strength is not None and (isinstance(strength, str | bool) or not 0 < strength <= 1):
        faults.append(f"option lambda_norm '{strength}' should be a number above 0 and at most 1, such as 0.18")
    faults += [
        f"--inference {name} does not go with mc: take {', '.join(_INFERENCE)}"
        for name in setting.inference
        if name not in _INFERENCE
    ]
    if faults:
        raise OptionError(*faults)
    after = given.get("after", "xu" if setting.covariates else "athey")
    exact = given.get("solver", "published") == "exact"
    return Choices(after, exact, strength, FORCES[given.get("force", "two-way")])


def rectangles(panel: Panel, covariates: tuple[str, ...], force: Force) -> Rectangles:
    """Give the panel with its treated cells left out; covariates stay in them."""
    outcomes = np.where(panel.treated, np.nan, panel.outcomes)
    columns = np.stack([panel.covariates[name] for name in covariates]) if covariates else None
    made = factors.Rectangles.of(outcomes, columns, rows=force.areas, across=force.periods)
    if columns is None:
        return made
    return factors.Rectangles(
        made.outcomes, np.where(np.isfinite(columns), columns, 0.0)[None], made.used, rows=made.rows, across=made.across
    )


def complete(given: Rectangles, choices: Choices, strength: float) -> Completed:
    """Fill in a panel at one strength, a share of that from which on nothing is common."""
    largest = float(factors.largest(given)[0])
    if choices.exact:
        found = factors.fit(given, threshold=np.array([strength * largest]))
        fitted, slopes = found.expected(given.columns)[0], found.slopes[0]
    elif given.columns.shape[1] or choices.after == "xu":
        plain = factors.fit(given, rank=0)
        begin = plain.expected(given.columns)[0]
        fitted, slopes = halting.alternate(given, begin, plain.slopes[0], strength * largest)
    else:
        grid = choices.grid
        way = np.append(grid[grid > strength * (1 + 1e-9)], strength) * largest
        fitted = list(halting.path(given.outcomes[0], given.used[0], way, rows=given.rows, across=given.across))[-1]
        slopes = np.zeros(0)
    residual = np.where(given.used[0], given.outcomes[0] - fitted, 0.0)
    return Completed(fitted, slopes, strength, largest, residual)


def validate(panel: Panel, given: Rectangles, choices: Choices, seed: int) -> tuple[float, list[dict[str, Any]]]:
    """Choose the strength with the least mean squared error in cells held out. Gives it and a line for each tried.

    Strengths are tried from the largest on, until several in a row have not lessened the error.
    """
    held_out = _held_out(panel, given, choices, seed)
    fits = _by_path if choices.after == "athey" and not choices.exact and not given.columns.shape[1] else _by_sum
    table: list[dict[str, Any]] = []
    errors: list[float] = []
    for strength, fitted in zip(choices.grid, fits(given, held_out, choices), strict=False):
        square = float((np.where(held_out, fitted - given.outcomes, 0.0) ** 2).sum())
        errors.append(square / max(int(held_out.sum()), 1))
        table.append({"lambda_norm": float(strength), "mspe": errors[-1]})
        if len(errors) - 1 - int(np.argmin(errors)) >= _WORSE:
            break
    return float(choices.grid[int(np.argmin(errors))]), table


def _held_out(panel: Panel, given: Rectangles, choices: Choices, seed: int) -> Truth:
    """Give the cells held out in each lot (lots, areas, periods)."""
    known, count = given.used[0], _FOLDS[choices.after]
    if choices.after == "athey" or int((~panel.ever).sum()) < 2:
        return folds.cells(known, count=count, seed=seed)
    return folds.ends(known, first=panel.first, free=~panel.ever, count=count, seed=seed)


def _by_sum(given: Rectangles, held_out: Truth, choices: Choices) -> Any:
    """Fill in all lots at once at each strength in turn, to the least sum (to a rough tolerance)."""
    lots_of = len(held_out)
    made = factors.Rectangles(
        np.repeat(given.outcomes, lots_of, axis=0),
        np.repeat(given.columns, lots_of, axis=0),
        given.used & ~held_out,
        rows=given.rows,
        across=given.across,
    )
    largest, begin = factors.largest(made), None
    for strength in choices.grid:
        found = factors.fit(made, threshold=largest * strength, begin=begin, tolerance=_LOOSE, most=500)
        begin = found.common
        yield found.expected(made.columns)


def _by_path(given: Rectangles, held_out: Truth, choices: Choices) -> Any:
    """Fill in each lot along the strengths, as `halting.path` does."""
    ways = []
    for one in held_out:
        used = given.used[0] & ~one
        made = factors.Rectangles(given.outcomes, given.columns, used[None], rows=given.rows, across=given.across)
        steps = choices.grid * float(factors.largest(made)[0])
        ways.append(halting.path(given.outcomes[0], used, steps, rows=given.rows, across=given.across))
    for fitted in zip(*ways, strict=True):
        yield np.stack(fitted)


def _resampled(panel: Panel, setting: Setting, choices: Choices) -> Redraws:
    drawn = lots.resample(panel, draws=setting.draws, seed=setting.seed)
    work = partial(_gaps, covariates=setting.covariates, choices=choices)
    few = {"few_treated": True} if int(panel.ever.sum()) < _FEW else {}
    return Redraws(treatedgaps.figures(panel, *treatedgaps.redrawn(panel, drawn, work)), told={"kind": "areas", **few})


def _left_out(panel: Panel, setting: Setting, choices: Choices) -> Redraws:
    drawn = treatedgaps.leave_out(panel)
    work = partial(_gaps, covariates=setting.covariates, choices=choices)
    found = treatedgaps.figures(panel, *treatedgaps.redrawn(panel, drawn, work))
    return Redraws(found, scale=float(np.sqrt(len(drawn.rows) - 1)))


def _gaps(panel: Panel, *, covariates: tuple[str, ...], choices: Choices) -> Real:
    strength = 1.0 if choices.strength is None else choices.strength
    found = complete(rectangles(panel, covariates, choices.force), choices, strength)
    gaps: Real = panel.outcomes - found.fitted
    return gaps


def _check(panel: Panel, setting: Setting) -> None:
    """Raise `OptionError` with all that is wrong with the panel."""
    faults = [
        f"--covariates {name}: no such column. {nearest(name, panel.covariates)}"
        for name in setting.covariates
        if name not in panel.covariates
    ]
    if not panel.ever.any():
        faults.append("no area of the panel had the programme, so there is no effect to estimate")
    if faults:
        raise OptionError(*faults)
    known = np.isfinite(panel.outcomes) & ~panel.treated
    for name in setting.covariates:
        known &= np.isfinite(panel.covariates[name])
    areas = [panel.units[at] for at in np.flatnonzero(known.sum(axis=1) == 0)]
    times = [panel.times[at] for at in np.flatnonzero(known.sum(axis=0) == 0)]
    for names, what in ((areas, "areas"), (times, "periods")):
        if names:
            faults.append(
                f"{', '.join(names[:5])}{' and others' if len(names) > 5 else ''}: no known value without the "
                f"programme, from which mc could fill in the rest. Leave these {what} out"
            )
    if faults:
        raise OptionError(*faults)


def _diagnostics(
    panel: Panel, setting: Setting, given: Rectangles, found: Completed, choices: Choices
) -> dict[str, Any]:
    explained = np.tensordot(found.slopes, given.columns[0], 1) if len(found.slopes) else np.zeros(found.fitted.shape)
    common = given.centred(found.fitted - explained)
    singular = np.linalg.svd(common, compute_uv=False)
    return {
        "lambda_norm": found.strength,
        "lambda": found.strength * found.largest,
        "beta": dict(zip(setting.covariates, found.slopes.tolist(), strict=True)),
        "rank": int((singular > 1e-6 * max(float(singular[0]), 1e-12)).sum()) if singular[0] > 1e-9 else 0,
        "singular_values": [float(one) for one in singular[:10]],
        "rmse": float(np.sqrt((found.residual[given.used[0]] ** 2).mean())),
        "after": choices.after,
        "solver": "exact" if choices.exact else "published",
        "controls": int((~panel.ever).sum()),
        "missing_cells": int((~np.isfinite(panel.outcomes)).sum()),
    }


def _notes(panel: Panel, setting: Setting) -> tuple[str, ...]:
    notes = []
    if missing := int((~np.isfinite(panel.outcomes)).sum()):
        notes.append(f"{missing:,} missing values are left out; they are not counted as zeros.")
    if "bootstrap" in setting.inference and int(panel.ever.sum()) < _FEW:
        notes.append(
            f"Only {int(panel.ever.sum())} areas had the programme, so the bootstrap's error may be too small: hold it "
            "against the placebo's."
        )
    return tuple(notes)

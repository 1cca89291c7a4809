"""Placebos: what the same method finds where there was no programme, for any method.

In space every control is taken in turn as if it had had the programme; in time the programme is taken to have begun
earlier; and each control that carries weight is left out in turn. Many placebo effects as large as the real one mean
that the real one may be nothing but noise.

`apply` turns the placebos in space into an error, a p-value, an interval and a band, each as follows.
`se`: the standard deviation of the placebo effects (divided by their number), which says how far the method is off
where nothing happened. `p`: the rank of the real ratio of mean squared gaps, after to before the start, among those of
the placebos, counting the real one: (1 + those at least as large) / (1 + placebos). `low`, `high`: the constant effects
that would not be odd among the placebos at the level: the effect less and plus k times its own gap before the start
(root mean square), where k is the ceil(level · (1 + placebos))-th smallest of the placebos' |effect| in the same unit;
none where there are too few placebos for the level. `band`: the same, period by period. Where the fit before the
start is perfect for the real area or half of the placebos, that unit is 0 and gaps are compared as they are.

Sources: Abadie, Diamond and Hainmueller 2010, Journal of the American Statistical Association 105, 493-505; Firpo and
Possebom 2018, Journal of Causal Inference 6(2) (tests turned into intervals); Arkhangelsky and others 2021, American
Economic Review 111, 4088-4118, algorithm 4 (the error, and sets of placebos).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from math import ceil, comb
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError
from abate.impact import methods, reruns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.impact.effects import Effect, Setting
    from abate.impact.panels import Panel

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_PERFECT = 1e-7
_TIE = 1e-9
_SHIFTED = ("fepois", "its")


@dataclass(frozen=True)
class Placebos:
    """Placebo effects beside the real one; `sets` names the areas taken as treated in each.

    `effects`, `before` (root mean squared gap before the start) and `after` have one entry a placebo, `gaps` the shape
    (placebos, periods): the mean gap of the areas taken as treated, NaN where a method gives no path. `own` are the
    same four of the real effect.
    """

    sets: tuple[tuple[str, ...], ...]
    effects: Real
    before: Real
    after: Real
    gaps: Real
    own: tuple[float, float, float, Real]

    @property
    def ratios(self) -> Real:
        """Mean squared gap after the start over that before it, one a placebo; endless where the fit is perfect."""
        return _ratio(self.after, self.before)

    @property
    def ratio(self) -> float:
        """The same of the real effect."""
        return float(_ratio(np.array([self.own[2]]), np.array([self.own[1]]))[0])

    @property
    def scaled(self) -> bool:
        """Whether gaps are told in units of the fit before the start."""
        known = np.isfinite(self.before)
        perfect = self.before <= _PERFECT * self.after
        return bool(known.all() and self.own[1] > _PERFECT * self.own[2] and perfect.mean() < 0.5)

    @property
    def p(self) -> float:
        """The p-value of the ratio of squared gaps; of the absolute effect where a method gives no path."""
        if not np.isfinite(self.before).all():
            return self.p_effect
        if not self.scaled:
            return _rank(self.own[2], self.after)
        return _rank(self.ratio, self.ratios)

    @property
    def p_effect(self) -> float:
        """The p-value of the absolute mean effect as it is."""
        return _rank(abs(self.own[0]), np.abs(self.effects))

    @property
    def se(self) -> float:
        """The standard deviation of the placebo effects."""
        return float(np.std(self.effects))

    def interval(self, level: float) -> tuple[float, float] | None:
        """Give the constant effects that are not odd among the placebos; None where these are too few."""
        reach = self._reach(np.abs(self.effects), level)
        return None if reach is None else (self.own[0] - reach, self.own[0] + reach)

    def band(self, level: float) -> tuple[Real, Real] | None:
        """Give the low and the high end of the gap in each period, judged by that period of the placebos."""
        reaches = [self._reach(np.abs(column), level) for column in self.gaps.T]
        wide = np.array([np.nan if reach is None else reach for reach in reaches])
        return None if not np.isfinite(wide).any() else (self.own[3] - wide, self.own[3] + wide)

    def _reach(self, sizes: Real, level: float) -> float | None:
        place = ceil(level * (1 + len(sizes)) - _TIE)
        if place > len(sizes) or not np.isfinite(sizes).all():
            return None
        if not self.scaled:
            return float(np.sort(sizes)[place - 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            units = np.where(self.before > 0, sizes / self.before, np.where(sizes > 0, np.inf, 0.0))
        found = float(np.sort(units)[place - 1]) * self.own[1]
        return found if np.isfinite(found) else None


def in_space(effect: Effect) -> Placebos:
    """Take controls as treated, at the starts of the real ones, and run the same method on them.

    One treated area: every control in turn. Several: every set of as many controls where there are not more than
    `setting.draws`, otherwise so many sets at random. The real treated areas are left out, unless the option
    `placebo_donors` of `sc` is `all`. Raises `OptionError` where there are no more controls than treated areas.
    """
    panel, setting = effect.panel, effect.setting
    controls, starts = np.flatnonzero(~panel.ever), panel.first[panel.ever]
    if len(controls) <= len(starts):
        raise OptionError(
            f"placebo errors need more controls than treated areas: this panel has {len(controls)} controls and "
            f"{len(starts)} treated areas. Use jackknife or conformal, or add controls"
        )
    sets = _sets(len(controls), starts, setting)
    names = tuple(tuple(panel.units[controls[at]] for at in one[0]) for one in sets)
    own = _sizes(effect)
    if setting.method == "sc" and len(starts) == 1:
        found = _quick(panel, setting)
    else:
        found = reruns.run(_work(setting), [_pretended(panel, controls, *one, setting=setting) for one in sets])
    effects, before, after, gaps = zip(*found, strict=True)
    return Placebos(names, np.array(effects), np.array(before), np.array(after), np.array(gaps), own)


def in_time(effect: Effect, begins: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Pretend that the programme began earlier, with what came after the real start cut off.

    `begins` are places of periods, at least one before and at least one after the placebo start; all from the third
    period on (and with at least as many periods as half of those before the real start) where none are given. Gives for
    each `begins` (its label), `value`, `pre_rmse`, `ratio`.
    """
    panel, end = effect.panel, effect.panel.start
    chosen = list(begins) if begins is not None else list(range(max(2, end // 2), end))
    if wrong := [at for at in chosen if not 0 < at < end]:
        raise OptionError(
            *(
                f"a placebo start in period {at}: must lie after the first and before the real start, period {end}"
                for at in wrong
            )
        )
    cut = panel.until(end)
    made = [cut.begun(np.where(panel.ever, at, end)) for at in chosen]
    found = reruns.run(_work(effect.setting), made)
    return [
        {
            "begins": panel.times[at],
            "value": one[0],
            "pre_rmse": one[1],
            "ratio": float(_ratio(np.array([one[2]]), np.array([one[1]]))[0]),
        }
        for at, one in zip(chosen, found, strict=True)
    ]


def leave_one_out(effect: Effect) -> list[dict[str, Any]]:
    """Leave out in turn each control that carries weight: `unit`, its `weight`, and the `value` and `gaps` without it.

    Where a method gives no weights every control is left out in turn. The largest weight comes first.
    """
    panel = effect.panel
    heavy = {name: weight for name, weight in effect.weights.items() if abs(weight) > _TIE}
    names = heavy or {name: float("nan") for name, ever in zip(panel.units, panel.ever, strict=True) if not ever}
    order = sorted(names, key=lambda name: (-names[name] if heavy else 0.0, name))
    made = [panel.only(np.array([unit != name for unit in panel.units])) for name in order]
    found = reruns.run(_work(effect.setting), made)
    return [
        {"unit": name, "weight": names[name], "value": one[0], "pre_rmse": one[1], "gaps": one[3].tolist()}
        for name, one in zip(order, found, strict=True)
    ]


def apply(effect: Effect) -> Effect:
    """Fill in the error, p-value, interval and band of the placebos in space, as the module tells."""
    found = in_space(effect)
    level = effect.setting.level
    interval, band = found.interval(level), found.band(level)
    told = {
        "placebos": len(found.sets),
        "placebo_ratio": _finite(found.ratio),
        "placebo_rank": 1 + int((found.ratios >= found.ratio - _TIE * abs(found.ratio)).sum()),
        "placebo_p_effect": found.p_effect,
        "placebo_scaled": found.scaled,
        "placebo_effects": [
            {"units": list(units), "value": float(value), "pre_rmse": _finite(before), "ratio": _finite(ratio)}
            for units, value, before, ratio in zip(found.sets, found.effects, found.before, found.ratios, strict=True)
        ],
    }
    notes = effect.notes
    if interval is None:
        few = f"{len(found.sets)} placebos are too few for an interval at {level:.0%}"
        notes = (*notes, f"{few}: the least p-value that they can give is {1 / (1 + len(found.sets)):.3f}")
    if len(effect.panel.cohorts) == 1 and band is not None:
        after = np.arange(len(effect.panel.times)) >= effect.panel.start
        band = (np.where(after, band[0], np.nan), np.where(after, band[1], np.nan))
    low, high = interval if interval is not None else (None, None)
    return replace(
        effect,
        se=found.se,
        p=found.p,
        low=low,
        high=high,
        band=band,
        diagnostics={**effect.diagnostics, **told},
        notes=notes,
    )


def _work(setting: Setting) -> partial[tuple[float, float, float, Real]]:
    return partial(_found, setting=replace(setting, inference=()))


def _sets(controls: int, starts: Whole, setting: Setting) -> list[tuple[Whole, Whole]]:
    """Give the sets of controls and their starts: all where they are few, otherwise drawn without regard to order."""
    number = len(starts)
    if number == 1 or (len(np.unique(starts)) == 1 and comb(controls, number) <= setting.draws):
        return [(np.array(one, dtype=np.int64), starts) for one in combinations(range(controls), number)]
    generator = np.random.default_rng(setting.seed)
    return [(generator.permutation(controls)[:number], starts) for _ in range(setting.draws)]


def _pretended(panel: Panel, controls: Whole, chosen: Whole, starts: Whole, *, setting: Setting) -> Panel:
    """Give the panel in which the chosen controls had the programme."""
    first = np.full(len(panel.units), len(panel.times), dtype=np.int64)
    first[controls[chosen]] = starts
    made = panel.begun(first)
    return made if setting.options.get("placebo_donors") == "all" else made.only(~panel.ever)


def _found(panel: Panel, setting: Setting) -> tuple[float, float, float, Real]:
    return _sizes(methods.estimate(panel, setting))


def _sizes(effect: Effect) -> tuple[float, float, float, Real]:
    """Give the effect, the root mean squares of the mean gap before and after the start, and its path.

    Gaps of areas with several starts are put together by the time since each one's own start; the path is by period.
    """
    gaps, panel = effect.gaps, effect.panel
    if gaps is None or effect.setting.method in _SHIFTED:
        nothing = np.full(len(panel.times), np.nan)
        return effect.value, float("nan"), float("nan"), nothing
    ever = np.flatnonzero(panel.ever)
    path = _mean(gaps[ever])
    if len(panel.cohorts) == 1:
        return effect.value, _root(path[: panel.start]), _root(path[panel.start :]), path
    periods = len(panel.times)
    since = np.full((len(ever), 2 * periods), np.nan)
    for row, area in enumerate(ever):
        begin = periods - int(panel.first[area])
        since[row, begin : begin + periods] = gaps[area]
    aligned = _mean(since)
    return effect.value, _root(aligned[:periods]), _root(aligned[periods:]), path


def _quick(panel: Panel, setting: Setting) -> list[tuple[float, float, float, Real]]:
    """Give every placebo of one treated area by synthetic control at once."""
    from abate.impact import synthetic

    choices, start = replace(synthetic.choose(setting), pooled=False), panel.start
    controls = panel.outcomes[~panel.ever]
    pool = np.vstack([controls, panel.outcomes[panel.ever]]) if choices.placebo_donors == "all" else controls
    found = synthetic.mix(controls, pool, start, choices, barred=np.arange(len(controls)))
    gaps = controls - found.expected
    return [(float(path[start:].mean()), _root(path[:start]), _root(path[start:]), path) for path in gaps]


def _mean(gaps: Real) -> Real:
    known = np.isfinite(gaps)
    with np.errstate(invalid="ignore"):
        found: Real = np.where(known, gaps, 0.0).sum(axis=0) / known.sum(axis=0)
    return found


def _root(path: Real) -> float:
    known = path[np.isfinite(path)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else float("nan")


def _ratio(after: Real, before: Real) -> Real:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Real = (after / before) ** 2
    return found


def _rank(own: float, others: Real) -> float:
    return float((1 + (others >= own - _TIE * abs(own)).sum()) / (1 + len(others)))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

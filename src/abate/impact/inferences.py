"""How sure an effect is, by the inferences that its setting names; for any method that gives a path without programme.

Each runs the same method again on other panels. `placebo` pretends that areas without the programme had it,
`jackknife` leaves out each period before the start in turn (jackknife+), `conformal` asks under which effects the
periods after the start would look like those before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from abate.errors import OptionError, nearest
from abate.impact import conformal, jackknives, placebos

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abate.impact.effects import Effect, Inference

KNOWN = {"placebo": placebos.apply, "jackknife": jackknives.apply, "conformal": conformal.apply}


def fill(effect: Effect, *, own: Mapping[Inference, str] | None = None) -> Effect:
    """Fill in error, interval, p-value and band of an effect as its setting asks.

    The first inference named that has them gives `se`, `p`, `band`, and `low` with `high`; the intervals of all stand
    in `diagnostics["intervals"]`. Those in `own` are left to the method itself. Raises `OptionError` for an inference
    that the method does not have. Figures that the effect has already stand behind those found here.
    """
    left = set(own or ())
    wanted = [name for name in effect.setting.inference if name not in left]
    unknown = [name for name in wanted if name not in KNOWN]
    if unknown:
        has = [*KNOWN, *left]
        raise OptionError(
            *(f"--inference {name}: {effect.setting.method} does not have it. {nearest(name, has)}" for name in unknown)
        )
    bare = replace(effect, se=None, p=None, low=None, high=None, band=None)
    for name in reversed(wanted):
        effect = _joined(effect, KNOWN[name](bare), name)
    return effect


def _joined(effect: Effect, found: Effect, name: str) -> Effect:
    """Put what one inference found before what is there already."""
    told = {**effect.diagnostics, **found.diagnostics}
    bounded = found.low is not None and found.high is not None
    if bounded:
        told["intervals"] = {name: [found.low, found.high], **effect.diagnostics.get("intervals", {})}
    return replace(
        effect,
        se=effect.se if found.se is None else found.se,
        p=effect.p if found.p is None else found.p,
        low=found.low if bounded else effect.low,
        high=found.high if bounded else effect.high,
        band=effect.band if found.band is None else found.band,
        diagnostics=told,
        notes=(*effect.notes, *(note for note in found.notes if note not in effect.notes)),
    )

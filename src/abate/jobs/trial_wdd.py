"""Weighted displacement differences from a file of before-and-after counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from abate.trials.displacement import Change, Difference

_KEYS = ("case", "wdd", "se", "z", "low", "high", "wdq", "p_exact", "local", "displaced", "level")
_AREAS = {
    "treated": "treated area",
    "control": "control area",
    "displacement_treated": "displacement area",
    "displacement_control": "control of the displacement area",
}


@dataclass(frozen=True)
class Found:
    """The answer: the weighted displacement difference of each case, and how each area changed."""

    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]

    def document(self) -> list[dict[str, Any]]:
        """Give the answer as the JSON document of `abate trial wdd --json`: one entry a case, in the file's order."""
        return [
            {
                **{key: getattr(each, key) for key in _KEYS},
                "changes": [asdict(change) for change in self.changes if change.case == each.case],
            }
            for each in self.differences
        ]

    def sentences(self) -> Iterator[str]:
        """Say each case as a person would: the difference, the quotient, and how each area changed."""
        for each in self.differences:
            yield f"{each.case}: {difference(each)}"
            if each.wdq is not None:
                yield f"  displacement quotient {each.wdq:.2f}: {quotient(each)}"
            for change in self.changes:
                if change.case == each.case:
                    yield f"  {_AREAS[change.area]}: {changed(change)}"


def trial_wdd(file: Path, *, level: float = 0.95) -> Found:
    """Reckon the weighted displacement difference of every case in a file.

    Raises `AbateError` with a sentence a fault.
    """
    from abate.sources import displacement_cases
    from abate.trials import displacement

    cases = displacement_cases.read(file)
    return Found(tuple(displacement.weigh(cases, level=level)), tuple(displacement.change(cases, level=level)))


def difference(each: Difference) -> str:
    """Say a weighted displacement difference with its interval.

    >>> from abate.trials.displacement import Difference
    >>> difference(Difference("a", -118.0, 39.6, -2.98, -195.6, -40.4, 0.258, None, -107.0, -11.0, 0.95))
    '118 fewer, weighed against the control areas (95% interval 195.6 fewer to 40.4 fewer)'
    """
    interval = f"{each.level:.0%} interval {_amount(each.low)} to {_amount(each.high)}"
    return f"{_amount(each.wdd)}, weighed against the control areas ({interval})"


def quotient(each: Difference) -> str:
    """Say what a displacement quotient means (Bowers and Johnson 2003); nothing unless the treated area did better."""
    if each.wdq is None or each.local >= 0:
        return "the treated area did no better than its control, so the quotient says nothing"
    if each.wdq > 0:
        return "the displacement area did better than the control too: the benefit spread"
    if each.wdq == 0:
        return "neither displacement nor a spread of the benefit"
    return "displacement, less than the success" if each.wdq > -1 else "displacement as large as the success or larger"


def changed(change: Change) -> str:
    """Say how an area's rate changed, with its exact interval."""
    from math import isfinite

    counts = f"{change.pre:,} before, {change.post:,} after"
    if not isfinite(change.ratio):
        return f"{counts}; there is no ratio ({_exact(change.p_exact)})"
    high = f"{change.high:.2f}" if isfinite(change.high) else "no bound"
    return (
        f"{counts}; rate ratio {change.ratio:.2f}, {change.level:.0%} interval {change.low:.2f} to {high} "
        f"({_exact(change.p_exact)})"
    )


def _exact(p: float) -> str:
    return f"exact p {p:.3f}" if p >= 0.001 else "exact p below 0.001"


def _amount(value: float) -> str:
    shown = f"{abs(value):,.1f}".removesuffix(".0")
    return "no change" if float(shown.replace(",", "")) == 0 else f"{shown} {'more' if value > 0 else 'fewer'}"

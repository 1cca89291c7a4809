"""The analysis of a trial as one JSON document: keys that other software may rely on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from abate.trials.analyses import Analysis, AsDrawn, Dose
    from abate.trials.bayes import Posterior
    from abate.trials.buffers import Buffers
    from abate.trials.carryover import CarryOver, Step
    from abate.trials.doses import Band
    from abate.trials.effects import Effect
    from abate.trials.selection import BeforeAfter, Stretch
    from abate.trials.sensitivity import Spread, WithoutTop


def document(analysis: Analysis) -> dict[str, Any]:
    """Lay an analysis out as plain values; a number that is not finite becomes null when it is printed."""
    return {
        "itt": {
            **_as_drawn(analysis.incidents),
            "risk_difference": effect(analysis.risk),
            "beside": _listed(analysis.beside),
            "equal_chances": analysis.even,
            "draws": analysis.draws,
        },
        "harm": None
        if analysis.harm is None
        else {
            **_as_drawn(analysis.harm),
            "without_top": None if analysis.without_top is None else _top(analysis.without_top),
        },
        "rollout": _listed(analysis.rollout) or None,
        "carry_over": _carry_over(analysis.carry_over),
        "buffers": None if analysis.buffers is None else _buffers(analysis.buffers),
        "dose": None if analysis.dose is None else _dose(analysis.dose),
        "outcomes": analysis.adjusted,
        "sensitivity": {"places": _spread(analysis.places), "days": _spread(analysis.days)},
        "heterogeneity": _heterogeneity(analysis),
        "posterior": None if analysis.posterior is None else _posterior(analysis.posterior),
        "primary": analysis.asked.primary,
        "level": analysis.asked.level,
        "n": analysis.sizes,
    }


def effect(told: Effect) -> dict[str, Any]:
    """Give one effect with its setting."""
    return {
        **{name: getattr(told, name) for name in ("value", "low", "high", "level", "p")},
        **{name: getattr(told, name) for name in ("method", "standing", "assumes")},
        "sentence": str(told),
    }


def _listed(effects: Iterable[Effect]) -> list[dict[str, Any]]:
    return [effect(each) for each in effects]


def _as_drawn(told: AsDrawn) -> dict[str, Any]:
    return {
        "rate_ratio": effect(told.ratio),
        "difference": effect(told.difference),
        "p_randomisation": told.p,
        "randomisation": {
            "rate_ratio": effect(told.redrawn_ratio),
            "difference": effect(told.redrawn_difference),
        },
    }


def _top(top: WithoutTop) -> dict[str, Any]:
    return {
        "rate_ratio": effect(top.effect),
        "site_id": top.site,
        "date": top.day,
        "amount": top.amount,
        "share": top.share,
    }


def _carry_over(told: CarryOver) -> dict[str, Any]:
    return {
        "raw": effect(told.raw),
        "adjusted": None if told.adjusted is None else effect(told.adjusted),
        "since": [_step(step) for step in told.since],
        "runs": [_step(step) for step in told.runs],
        "p": told.p,
        "p_randomisation": told.p_redraws,
        "advice": told.advice,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "label": step.label,
        "rate_ratio": effect(step.effect),
        "place_days": step.place_days,
        "incidents": step.incidents,
    }


def _buffers(told: Buffers) -> dict[str, Any]:
    low, high = told.quotient_interval or (None, None)
    return {
        "site": effect(told.site),
        "ring": effect(told.ring),
        **{name: asdict(getattr(told, name)) for name in ("site_change", "ring_change", "net_change")},
        "quotient": {"value": told.quotient, "low": low, "high": high},
        "correlation": told.correlation,
        "verdict": told.verdict,
    }


def _dose(told: Dose) -> dict[str, Any]:
    complier = told.complier
    names = ["ratio", "difference", *(["per_ten_minutes"] if told.measured else [])]
    return {
        "compliance": {**asdict(told.compliance), "strength": told.compliance.strength},
        "complier": None if complier is None else {name: effect(getattr(complier, name)) for name in names},
        "response": [_band(band) for band in told.bands],
        "source": told.source,
    }


def _band(band: Band) -> dict[str, Any]:
    return {
        "label": band.label,
        "minutes": band.minutes,
        "rate_ratio": effect(band.effect),
        "place_days": band.place_days,
    }


def _spread(told: Spread | None) -> dict[str, Any] | None:
    if told is None:
        return None
    low, high = told.ends
    return {"whole": told.whole, "low": low, "high": high, "most": told.most}


def _heterogeneity(analysis: Analysis) -> dict[str, Any] | None:
    told = analysis.heterogeneity
    if told is None:
        return None
    spread = {"value": told.spread, "low": told.spread_low, "high": told.spread_high}
    return {"middle": told.middle, "spread": spread, "places": told.table.to_dict("records")}


def _posterior(told: Posterior) -> dict[str, Any]:
    return {
        **{name: getattr(told, name) for name in ("value", "low", "high", "level")},
        **{name: getattr(told, name) for name in ("fewer", "fewer_by_tenth", "weight")},
        "prior": told.prior.source,
        "sentence": str(told),
    }


def before_after(told: BeforeAfter) -> dict[str, Any]:
    """Lay out the time before a trial beside its usual days; rates are per 100 place-days.

    `expected` holds the incidents that choosing alone would leave over the usual days (over as long a time as before
    where nobody said how long that was).
    """
    low, high = told.interval or (None, None)
    fall = told.fall
    return {
        "candidates": told.candidates,
        "sites": told.sites,
        "before": _stretch(told.before),
        "usual": _stretch(told.usual),
        "expected": {
            "incidents": {"value": fall.expected, "low": fall.low, "high": fall.high},
            "rate": {"value": told.expected_rate, "low": low, "high": high},
            "level": fall.level,
        },
        "fall_by_choosing": fall.share,
        "assumes": told.assumes,
        "sentence": str(told),
    }


def _stretch(told: Stretch) -> dict[str, Any]:
    return {"incidents": told.incidents, "place_days": told.place_days, "rate": told.rate}

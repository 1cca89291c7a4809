"""What a programme in many small places did, from files of blocks, their counts, and a design."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from abate.impact.calibration import Calibration, Outcome, Results

    Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Options:
    """What the person asked for: the files, and what of the design is to be otherwise."""

    blocks: Path
    counts: Path
    design: Path
    permutations: int | None = None
    jackknife: int | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Found:
    """The answer: what calibration weights found."""

    calibration: Calibration

    @property
    def notes(self) -> tuple[str, ...]:
        """Give what else is to be known."""
        from abate.impact import calibrationwords

        return calibrationwords.notes(self.calibration)

    def sentences(self) -> list[str]:
        """Say the answer as a person would."""
        from abate.impact import calibrationwords

        return calibrationwords.sentences(self.calibration)

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Give headings and rows of the outcomes."""
        from abate.impact import calibrationwords

        return calibrationwords.HEADINGS, calibrationwords.rows(self.calibration)

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate impact calibrate --json`: the last end first, then each."""
        ends = {results.end: _results(results) for results in self.calibration.results}
        return {
            **_results(self.calibration.results[-1]),
            "test": self.calibration.design.test,
            "level": self.calibration.design.level,
            "ends": ends,
            "diagnostics": diagnostics(self.calibration),
            "notes": list(self.notes),
        }


def calibrate(options: Options, *, tell: Tell = lambda _share, _words: None) -> Found:
    """Weigh blocks and compare; `tell` hears how far the work is. Raises `AbateError` with a sentence a fault."""
    from abate.impact import calibration
    from abate.sources import block_counts, block_designs

    design = block_designs.read(options.design)
    said = {name: getattr(options, name) for name in ("permutations", "jackknife", "seed")}
    design = replace(design, **{name: value for name, value in said.items() if value is not None})
    tell(0.02, "reading the blocks")
    blocks = block_counts.read(options.blocks, options.counts, design)
    found = calibration.estimate(blocks, design, tell=tell)
    tell(1.0, "done")
    return Found(found)


def diagnostics(found: Calibration) -> dict[str, Any]:
    """Give how well the weights balance, how they lie, and what was given up for whom."""
    from abate.impact import calibrationwords, ladders

    held = found.weighed.weights[~found.blocks.treated]
    return {
        "balanced": ladders.RUNGS[found.weighed.rung],
        "relaxed": calibrationwords.relaxed(found),
        "balance": calibrationwords.balance(found),
        "weights": {
            "treated": int(found.blocks.treated.sum()),
            "untreated": len(held),
            "above_zero": int((held > 0).sum()),
            "effective": found.effective,
            "largest": float(held.max()),
            "sum": float(held.sum()),
        },
        "permutations": found.placebos,
        "permutations_relaxed": found.placebos_relaxed,
        "jackknife_groups": found.jackknife_groups,
        "jackknife_relaxed": found.jackknife_relaxed,
    }


def _results(results: Results) -> dict[str, Any]:
    return {
        "end": results.end,
        "outcomes": {name: _outcome(one) for name, one in results.outcomes.items()},
        "omnibus": asdict(results.omnibus),
    }


def _outcome(one: Outcome) -> dict[str, Any]:
    told = asdict(one)
    for name in ("permutation", "jackknife", "clustered"):
        ends = told.pop(f"{name}_interval")
        told[name] = None if ends is None else {"low": ends[0], "high": ends[1]}
    return told


def deliver(found: Found, into: Path, options: Options, *, today: date, by: str) -> tuple[Path, ...]:
    """Write the report and its tables, with how they were made; all of them, or none."""
    from abate.jobs import recorded
    from abate.reports import calibrations

    files = (options.blocks, options.counts, options.design)
    made = recorded.made(options, inputs=files, today=today, by=by)
    report = calibrations.report(found.calibration, made=recorded.rows(made), made_on=today)
    return recorded.deliver("calibration", report, calibrations.tables(found.calibration), made, into)

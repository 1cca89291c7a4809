"""Every way of asking what a programme did: outcomes, areas, windows and methods in one table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from abate.impact.effects import Setting
    from abate.impact.panels import Panel
    from abate.jobs.impact import Options

    Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Ways:
    """What is asked in every combination: outcomes (columns), methods, windows (first and last period), areas left out.

    `without` names areas each of which is left out in turn, beside the run with all of them.
    """

    outcomes: tuple[str, ...]
    methods: tuple[str, ...]
    windows: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        from abate.impact.methods import METHODS

        faults = [
            f"--methods '{name}': no such method. {nearest(name, list(METHODS))}"
            for name in self.methods
            if name not in METHODS
        ]
        if not self.outcomes or not self.methods:
            faults.append("--outcomes and --methods need one name each at least")
        if faults:
            raise OptionError(*faults)


@dataclass(frozen=True)
class Found:
    """The answer: one row a run, and what is to be known of the file."""

    table: pd.DataFrame
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate impact multiverse --json`."""
        return {"sentence": self.sentence, "runs": self.table.to_dict("records"), "notes": list(self.notes)}

    @property
    def sentence(self) -> str:
        """Say how the runs came out, all together."""
        from abate.impact import multiverse

        return multiverse.sentence(self.table)


def impact_multiverse(options: Options, ways: Ways, *, tell: Tell = lambda _share, _words: None) -> Found:
    """Run every combination of outcome, areas, window and method; a run that cannot be made has its sentence.

    `options` say where the columns are and who began when; its outcome and method are replaced by those of `ways`.
    `tell` hears how far the work is.
    """
    from abate.impact import multiverse
    from abate.jobs import impact as jobs

    panels: dict[str, Panel] = {}
    notes: dict[str, None] = {}
    for place, outcome in enumerate(ways.outcomes):
        tell(0.05 + 0.15 * place / len(ways.outcomes), f"reading {outcome}")
        panel, said = jobs.panel_of(replace(options, outcome=outcome, method=ways.methods[0]), {})
        notes |= dict.fromkeys(said)
        panels |= _without(panel, ways.without)
    settings = {method: _setting(options, method, next(iter(panels.values()))) for method in ways.methods}
    windows = {"all periods": (None, None)} | {f"{begins} to {ends}": (begins, ends) for begins, ends in ways.windows}
    tell(0.25, f"{len(panels) * len(settings) * len(windows)} runs")
    table = multiverse.run(panels, settings, windows)
    tell(1.0, "done")
    return Found(table, tuple(notes))


def _without(panel: Panel, left_out: tuple[str, ...]) -> dict[str, Panel]:
    """Give the panel, and those without each of some areas."""
    faults = [
        f"--without '{name}': no such area. {nearest(name, panel.units)}"
        for name in left_out
        if name not in panel.units
    ]
    if faults:
        raise OptionError(*faults)
    fewer = {
        f"{panel.outcome} without {name}": panel.only(np.array([unit != name for unit in panel.units]))
        for name in left_out
    }
    return {panel.outcome: panel, **fewer}


def _setting(options: Options, method: str, panel: Panel) -> Setting:
    from abate.jobs import impact as jobs

    asked = replace(options, method=method)
    return jobs.setting(asked, jobs.choices(asked), panel)


def deliver(found: Found, into: Path, options: Options, *, today: date, by: str) -> tuple[Path, ...]:
    """Write the runs as page, PDF, Word file and table, with how they were made; all of them, or none."""
    from abate.jobs import recorded
    from abate.reports import impact as reports

    made = recorded.made(options, inputs=[options.file], today=today, by=by)
    report = reports.multiverse_report(found.table, notes=found.notes, made=recorded.rows(made), made_on=today)
    rows = [{str(name): value for name, value in row.items()} for row in found.table.to_dict("records")]
    return recorded.deliver("multiverse", report, {"multiverse.csv": rows}, made, into)

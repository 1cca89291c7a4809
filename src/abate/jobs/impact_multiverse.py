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
    from abate.impact.multiverse import Window
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
    import pandas as pd

    from abate.impact import multiverse

    windows: dict[str, Window] = {"all periods": (None, None)} | {
        f"{begins} to {ends}": (begins, ends) for begins, ends in ways.windows
    }
    tables: list[pd.DataFrame] = []
    notes: dict[str, None] = {}
    for methods in _alike(options, ways.methods):
        panels, said = _panels(options, ways, methods[0])
        notes |= dict.fromkeys(said)
        settings = {method: _setting(options, method, next(iter(panels.values()))) for method in methods}
        tell(0.1 + 0.8 * len(tables) / 2, f"{len(panels) * len(settings) * len(windows)} runs")
        tables.append(multiverse.run(panels, settings, windows))
    tell(1.0, "done")
    table = pd.concat(tables, ignore_index=True)
    asked = {"panel": list(dict.fromkeys(table["panel"])), "window": list(windows), "estimator": list(ways.methods)}
    places = pd.DataFrame({name: table[name].map(kept.index) for name, kept in asked.items()})
    rank = places.sort_values(list(asked), kind="stable").index
    return Found(table.loc[rank].reset_index(drop=True), tuple(notes))


def _alike(options: Options, methods: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Set methods apart that work on counts from those that work on rates, where there is an exposure to make rates."""
    from abate.impact.effects import RATIOS

    if options.exposure is None:
        return [methods]
    kinds = (
        tuple(method for method in methods if method not in RATIOS),
        tuple(method for method in methods if method in RATIOS),
    )
    return [kind for kind in kinds if kind]


def _panels(options: Options, ways: Ways, method: str) -> tuple[dict[str, Panel], list[str]]:
    """Read a panel for each outcome as a method needs it, and those without each of some areas."""
    from abate.jobs import impact as jobs

    panels: dict[str, Panel] = {}
    notes: list[str] = []
    for outcome in ways.outcomes:
        panel, said = jobs.panel_of(replace(options, outcome=outcome, method=method), {})
        notes += said
        panels |= _without(panel, ways.without)
    return panels, notes


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

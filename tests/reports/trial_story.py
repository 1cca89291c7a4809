"""A made-up trial's story for the tests of its report."""

from __future__ import annotations

from datetime import date

import numpy as np
from tests.trials import trial_panels

from abate.reports import trials as page
from abate.trials import analyses, protocols
from abate.trials.analyses import Asked, Exposure
from abate.trials.schemes import Scheme


def story(*, bare: bool = False) -> page.Story:
    """Give the story of a trial of 8 places and 40 days; `bare` is without harm, rings, visits and protocol."""
    rng = np.random.default_rng(5)
    panel = trial_panels.trial(rng, sites=8, days=40, treat=3, ratio=0.6, rate=1.0)
    draws = trial_panels.rotations(rng, 199, sites=8, days=40, treat=3)
    scheme = Scheme(date(2026, 1, 1), 40, treat=3)
    if bare:
        told = analyses.analyse(
            panel.__class__(panel.sites, panel.days, panel.incidents, panel.patrol, panel.drawn), draws
        )
        return page.Story(told, scheme, panel, "schedule.csv is as it was frozen", None, None, (), (), ())
    minutes = np.where(panel.patrol, rng.uniform(8, 20, panel.patrol.shape), 0.0)
    rings = rng.poisson(1.0, panel.patrol.shape).astype(float)
    told = analyses.analyse(
        panel,
        draws,
        Asked(standing="registered"),
        rings=rings,
        exposure=Exposure(minutes, measured=True, source="dose"),
    )
    protocol = protocols.parse(
        {
            "title": "Operation <Lantern>",
            "hypothesis": "Fewer.",
            "stopping": "After 40 days.",
            "outcomes": [{"name": "incidents", "measure": "recorded violence", "primary": True}],
        }
    )
    override = {"date": "2026-01-02", "site_id": "site 01", "drawn": "patrol", "done": "usual", "reason": "a fire"}
    return page.Story(
        *(told, scheme, panel, "schedule.csv is as it was frozen", "Registered 2025-12-01.", protocol),
        ("level: 0.95 was registered and 0.9 was used: not registered",),
        (override,),
        ("a note",),
    )

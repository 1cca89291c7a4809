"""A made-up trial's story for the tests of its report."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from tests.trials import trial_panels

from abate.reports import trials as page
from abate.trials import analyses, protocols, selection
from abate.trials.analyses import Asked, Exposure
from abate.trials.schemes import Scheme

if TYPE_CHECKING:
    from abate.trials.outcomes import Panel

MADE_ON = date(2026, 3, 1)


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
        return page.Story(told, scheme, panel, "schedule.csv is as it was frozen", None, None, (), (), (), MADE_ON)
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
        MADE_ON,
        rings=rings,
        before=selection.compare(panel, before(panel)),
        ground=ground(panel.sites),
    )


def before(panel: Panel) -> pd.DataFrame:
    """Give what the sites of a trial and 40 other candidates had in the 14 days before it; the sites were the worst."""
    rng = np.random.default_rng(9)
    counts = np.sort(rng.poisson(rng.gamma(1.5, 7, len(panel.sites) + 40)))[::-1]
    names = [*panel.sites, *(f"other {place}" for place in range(40))]
    return pd.DataFrame({"site_id": names, "incidents": counts, "days": 14.0})


def ground(sites: tuple[str, ...]) -> page.Ground:
    """Lay sites of 150 m by 100 m out on a slanting row, some with rings that overlap, one a point alone."""
    import shapely

    east = 587_000 + 500.0 * np.arange(len(sites))
    north = 185_000 + 140.0 * np.arange(len(sites)) % 700
    shapes = list(shapely.box(east - 75, north - 50, east + 75, north + 50))
    frame = pd.DataFrame({"site_id": sites, "name": [f"Place {site[-2:]}" for site in sites]})
    return page.Ground(
        frame.assign(easting=east, northing=north, shape=[*shapes[:-1], None]), "EPSG:27700", ring_m=200.0
    )

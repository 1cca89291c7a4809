"""What goes beside a trial: sites that lie where the file says, options that go together, candidates that will do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.jobs import randomised, trial_files
from tests.trials import trial_panels

from abate.errors import OptionError, SourceError
from abate.jobs import trial_grounds


@pytest.fixture(scope="module")
def panel():
    found = trial_panels.trial(np.random.default_rng(1), sites=6, days=20, treat=2)
    return found.__class__(tuple(f"H0{n}" for n in range(1, 7)), found.days, found.incidents, found.patrol, found.drawn)


def test_the_width_asked_for_comes_before_that_of_the_file(tmp_path, panel):
    sites = randomised.sites_file(tmp_path)
    unknown = trial_grounds.place(sites, panel, ring_m=None, crs=None)
    assert (len(unknown.sites), unknown.crs, unknown.ring_m) == (6, "EPSG:27700", None)
    assert trial_grounds.place(sites, panel, ring_m=120.0, crs=None).ring_m == 120


def test_a_site_that_is_not_in_the_file_is_named(tmp_path, panel):
    sites = randomised.sites_file(tmp_path, 4)
    with pytest.raises(SourceError, match=r"SITES.csv: has no site called 'H05', 'H06', which the schedule drew"):
        trial_grounds.place(sites, panel, ring_m=None, crs=None)


def test_options_of_the_map_need_the_map(tmp_path):
    with pytest.raises(OptionError) as fault:
        trial_grounds.check(sites=None, ring_m=-5.0, crs="EPSG:27700")
    assert list(fault.value.faults) == [
        "--ring-m -5: a ring is more than 0 m wide",
        "--ring-m goes with --sites: it says how they are drawn on the map",
        "--crs goes with --sites: it says how they are drawn on the map",
    ]
    trial_grounds.check(sites=tmp_path, ring_m=100.0, crs=None)


def test_candidates_are_held_against_usual_days(tmp_path, panel):
    told = trial_grounds.compare(trial_files.before(tmp_path, list(panel.sites)), panel, level=0.9, seed=3)
    assert (told.candidates, told.fall.level) == (46, 0.9)


def test_candidates_that_will_not_do_are_named_with_their_file(tmp_path, panel):
    file = tmp_path / "before.csv"
    pd.DataFrame({"site_id": panel.sites, "incidents": 4, "days": 30}).to_csv(file, index=False)
    with pytest.raises(SourceError, match=r"^before.csv: 0 candidates were not chosen"):
        trial_grounds.compare(file, panel, level=0.95, seed=1)

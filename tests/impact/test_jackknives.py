import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import jackknives, methods
from abate.impact.effects import Setting
from abate.stats import simplex
from impact import regions
from impact.regions import published

SC = Setting("sc", inference=("jackknife",))


def test_kansas_has_the_published_interval(shared: Callable[[str], Path]) -> None:
    file = shared("evaluation/kansas/kansas.csv")
    kansas = published(file, ("fips", "year_qtr", "lngdpcapita"), "20", "2012.25")
    said = json.loads(shared("evaluation/kansas/expected.json").read_text(encoding="utf-8"))
    found = methods.estimate(kansas, SC)
    assert [found.low, found.high] == pytest.approx(said["jackknife_plus_95_average"]["scm"], abs=1e-5)


def test_periods_are_left_out_one_by_one() -> None:
    panel = regions.panel(5, areas=10, before=12, after=3)
    left = jackknives.leave_out(panel, SC)
    own, donors = panel.outcomes[0], panel.outcomes[1:]
    for period in range(12):
        rest = [at for at in range(12) if at != period]
        weights = simplex.fit(own[rest], donors[:, rest]).weights
        gaps = own - weights @ donors
        assert left.errors[period] == pytest.approx(gaps[period])
        assert left.gaps[period] == pytest.approx(gaps[12:])
    found = methods.estimate(panel, SC)
    reach = np.abs(left.errors)
    assert found.low == pytest.approx(np.quantile(left.gaps.mean(axis=1) - reach, 0.025))
    assert found.band is not None
    assert found.band[1][13] == pytest.approx(np.quantile(left.gaps[:, 1] + reach, 0.975))


def test_it_needs_one_start_and_three_periods() -> None:
    panel = regions.panel(5, areas=10, before=12, after=3)
    with pytest.raises(OptionError, match="needs one start for all treated areas, and here they began in 11, 13"):
        methods.estimate(panel.begun(np.array([10, 12, *[15] * 8])), SC)
    with pytest.raises(OptionError, match="needs 3 or more, and there are 2"):
        methods.estimate(panel.begun(np.array([2, *[15] * 9])), SC)


@pytest.mark.slow
def test_single_periods_are_covered() -> None:
    inside, total = 0, 0
    for seed in range(60):
        panel = regions.panel(seed, areas=20, before=30, after=4, carried=0.3)
        found = methods.estimate(panel, SC)
        assert found.band is not None
        inside += int(((found.band[0][30:] <= 0) & (found.band[1][30:] >= 0)).sum())
        total += 4
    assert 0.86 <= inside / total <= 0.995

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from abate.stats.discovery import false_discovery


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_q_is_that_of_scipy(p: list[float]) -> None:
    for dependent, method in ((False, "bh"), (True, "by")):
        expected = false_discovery_control(np.array(p), method=method)
        assert false_discovery(np.array(p), dependent=dependent) == pytest.approx(expected)


def test_tests_without_a_p_stay_without_and_do_not_count() -> None:
    q = false_discovery(np.array([0.02, np.nan, 0.04]))
    assert q.tolist()[::2] == [0.04, 0.04]
    assert np.isnan(q[1])
    assert np.isnan(false_discovery(np.array([np.nan]))).all()


def test_findings_are_false_as_rarely_as_said() -> None:
    generator = np.random.default_rng(3)
    false = []
    for _ in range(400):
        p = generator.random(200)
        p[:20] = p[:20] ** 30
        found = false_discovery(p) <= 0.1
        false.append(found[20:].sum() / max(found.sum(), 1))
    assert 0.06 < np.mean(false) < 0.1

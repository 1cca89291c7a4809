import sys

import pytest

from abate.impact import reruns
from abate.impact.panels import Panel
from impact import regions


def mean(panel: Panel) -> float:
    return float(panel.outcomes.mean())


def test_answers_stand_in_order_with_joblib_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    panels = [regions.panel(seed, areas=4, before=4, after=2) for seed in range(5)]
    plain = [mean(panel) for panel in panels]
    assert reruns.run(mean, panels) == plain
    monkeypatch.setitem(sys.modules, "joblib", None)
    assert reruns.run(mean, panels) == plain

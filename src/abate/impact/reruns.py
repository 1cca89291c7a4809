"""The same work on many panels, one after another or side by side."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from abate.impact.panels import Panel

    Answer = TypeVar("Answer")


def run(work: Callable[[Panel], Answer], panels: Iterable[Panel]) -> list[Answer]:
    """Do the work on each panel, in order.

    Where joblib is installed it decides where: here one after another unless `joblib.parallel_config` says otherwise,
    which may name a cluster of machines. The answers do not depend on it.

    >>> import numpy as np
    >>> from abate.impact.panels import Panel
    >>> panel = Panel(("Kent",), ("1", "2"), np.ones((1, 2)), np.array([2]))
    >>> run(lambda one: len(one.times), [panel, panel.until(1)])
    [2, 1]
    """
    try:
        joblib: Any = import_module("joblib")
    except ImportError:
        return [work(panel) for panel in panels]
    found: list[Answer] = joblib.Parallel()(joblib.delayed(work)(panel) for panel in panels)
    return found

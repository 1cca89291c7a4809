"""Counts laid out as places by months."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import TableError
from abate.hotspots.panels import panel
from hotspots.grounds import counts_of, month_list, row_of_places

MONTHS = month_list(3)


def test_quiet_places_and_months_are_there_as_zero() -> None:
    incidents = np.array([[0, 0, 0], [2, 0, 1]])
    laid_out = panel(counts_of(incidents, "ab", MONTHS), row_of_places("ba"), months=MONTHS[::-1])
    assert (laid_out.place_ids, laid_out.months) == (["a", "b"], MONTHS)
    assert laid_out.incidents.tolist() == incidents.tolist()
    assert laid_out.totals.tolist() == [0, 3]
    assert laid_out.over(MONTHS[1:]).tolist() == [0, 1]
    assert laid_out.during(MONTHS[1:]).months == MONTHS[1:]


def test_places_and_months_that_are_not_known_are_named() -> None:
    seen = counts_of(np.array([[1, 2]]), "z", MONTHS[:2])
    with pytest.raises(TableError, match="1 places are not in places, the first is 'z'"):
        panel(seen, row_of_places("ab"), months=MONTHS)
    with pytest.raises(TableError, match=r"2023-02 is not among the months held \(2023-01 to 2023-01\)"):
        panel(seen, row_of_places("z"), months=MONTHS[:1])

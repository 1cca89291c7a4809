"""What the tables of features promise."""

from __future__ import annotations

import pytest

from abate.errors import TableError
from abate.tables.features import FEATURES, RELATIVE_RATES
from conftest import table


def test_a_feature_is_a_kind_and_a_point() -> None:
    pubs = table("""
        kind  easting  northing
        pub   1.5      2.5
    """)
    assert FEATURES.check(pubs) is pubs
    with pytest.raises(TableError, match="'kind' is blank"):
        FEATURES.check(pubs.assign(kind=None))


def test_a_kind_has_one_rate() -> None:
    rates = table("""
        kind  reach_m  features  places  relative_rate  low  high
        pub   150      3         9       1.5            1.1  2.0
    """)
    assert RELATIVE_RATES.check(rates) is rates
    with pytest.raises(TableError, match="repeat an earlier kind"):
        RELATIVE_RATES.check(rates.loc[[0, 0]])

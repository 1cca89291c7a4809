"""What the tables of sites promise."""

from __future__ import annotations

import pytest

from abate.errors import TableError
from abate.tables.sites import CHANGES, SITES, TIME_BANDS
from conftest import table


def test_sites_and_their_bands_are_told_apart() -> None:
    assert SITES.key == ("site_id",)
    assert TIME_BANDS.key == ("site_id", "band")
    for name in ("share", "stability", "largest_month_share"):
        assert (SITES.columns[name].at_least, SITES.columns[name].at_most) == (0, 1)


def test_a_band_lies_in_the_week() -> None:
    band = table("""
        site_id  band  days  from_hour  to_hour  hours_a_week  share  times_even
        a        1     Fri   20         2        6             0.3    8.4
    """)
    assert TIME_BANDS.check(band) is band
    with pytest.raises(TableError, match="at most 23"):
        TIME_BANDS.check(band.assign(from_hour=24))
    with pytest.raises(TableError, match="at most 168"):
        TIME_BANDS.check(band.assign(hours_a_week=169))


def test_a_change_is_one_of_four() -> None:
    assert CHANGES.columns["change"].one_of == ("stays", "moves", "leaves", "enters")
    assert CHANGES.columns["was"].blank

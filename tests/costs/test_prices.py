from __future__ import annotations

import pytest

from abate.costs import prices
from abate.errors import OptionError

INDEX = prices.Deflator({"2015-16": 80.0, "2019-20": 88.0}, "June 2026", "gdp.csv")


def test_a_factor_there_and_back_is_one() -> None:
    assert INDEX.factor("2015-16", "2019-20") * INDEX.factor("2019-20", "2015-16") == pytest.approx(1)


def test_a_year_that_the_file_lacks_is_named() -> None:
    with pytest.raises(OptionError, match=r"gdp.csv: has no index for 2021-22; it runs from 2015-16 to 2019-20"):
        INDEX.factor("2015-16", "2021-22")


@pytest.mark.parametrize("said", ["2019", "2019-21", "19-20", "2019/2021", ""])
def test_what_is_no_financial_year_is_refused(said: str) -> None:
    with pytest.raises(OptionError, match="is not a financial year"):
        prices.financial_year(said)


def test_the_turn_of_the_century_is_a_year_too() -> None:
    assert prices.financial_year("1999-00") == "1999-00"


def test_nothing_is_taken_off_in_the_first_year() -> None:
    assert prices.present(100, year=1, rate=0.035) == 100
    assert prices.present(100, year=3, rate=0.035) == pytest.approx(100 / 1.035**2)

"""Months are written YYYY-MM and counted by the calendar."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate import periods
from abate.errors import OptionError

months = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(lambda day: f"{day:%Y-%m}")


@pytest.mark.parametrize("wrong", ["2021-13", "2021-00", "2021-1", "21-01", "2021/01", "2021-01-01", "", "March 2021"])
def test_what_is_not_a_month_is_refused_with_what_would_be_right(wrong: str) -> None:
    with pytest.raises(OptionError, match="write it as YYYY-MM, for example 2021-03"):
        periods.month(wrong)


@given(months)
def test_days_agree_with_the_calendar(month: str) -> None:
    assert periods.days_in(month) == calendar.monthrange(int(month[:4]), int(month[5:]))[1]


@given(months)
def test_the_month_after_begins_when_this_one_has_ended(month: str) -> None:
    last = periods.first_day(month) + timedelta(days=periods.days_in(month) - 1)
    assert f"{last:%Y-%m}" == month
    assert periods.first_day(periods.following(month)) == last + timedelta(days=1)


@given(months, st.integers(-500, 500))
def test_steps_forward_and_back_cancel(month: str, steps: int) -> None:
    assert periods.following(periods.following(month, steps), -steps) == month


def test_a_period_includes_both_ends() -> None:
    assert periods.months("2021-03", "2021-03") == ["2021-03"]
    assert len(periods.months("2021-03", "2022-03")) == 13


def test_a_period_that_ends_before_it_begins() -> None:
    with pytest.raises(OptionError, match=r"ends \(2021-02\) before it begins \(2021-03\)"):
        periods.months("2021-03", "2021-02")

"""Stretches of time: calendar months written `YYYY-MM`, as crime data are published."""

from __future__ import annotations

import re
from datetime import date

from abate.errors import OptionError

_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


def month(text: str) -> str:
    """Give back a month written `YYYY-MM`, or say what is wrong with it.

    Raises `OptionError` when the text is not a month between 1900-01 and 2099-12.

    >>> month("2021-03")
    '2021-03'
    """
    if not _MONTH.fullmatch(text):
        raise OptionError(f"'{text}' is not a month: write it as YYYY-MM, for example 2021-03")
    return text


def first_day(text: str) -> date:
    """Give the day on which a month begins.

    >>> first_day("2021-03")
    datetime.date(2021, 3, 1)
    """
    return date(int(text[:4]), int(text[5:7]), 1)


def days_in(text: str) -> int:
    """Count the days of a month.

    >>> days_in("2024-02")
    29
    """
    return (first_day(following(text)) - first_day(text)).days


def following(text: str, steps: int = 1) -> str:
    """Give the month that comes `steps` months after (before, when negative).

    >>> following("2021-12"), following("2021-01", -1)
    ('2022-01', '2020-12')
    """
    count = int(text[:4]) * 12 + int(text[5:7]) - 1 + steps
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def months(first: str, last: str) -> list[str]:
    """List the months from the first to the last, both included.

    Raises `OptionError` when either is not a month or the last comes before the first.

    >>> months("2021-11", "2022-02")
    ['2021-11', '2021-12', '2022-01', '2022-02']
    """
    if month(last) < month(first):
        raise OptionError(f"the period ends ({last}) before it begins ({first})")
    listed = [first]
    while listed[-1] < last:
        listed.append(following(listed[-1]))
    return listed

"""Panels of areas: a CSV with one row an area and period, and columns for what was counted and when it began."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import SourceError, nearest
from abate.sources import geojson, small_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Real = NDArray[np.float64]

_TOLD = 5
_YES = {"1": 1.0, "1.0": 1.0, "true": 1.0, "yes": 1.0, "0": 0.0, "0.0": 0.0, "false": 0.0, "no": 0.0}
_NEVER = {"", "0", "0.0", "inf", "never", "na", "nan", "none"}
_SORTS = (
    re.compile(r"\d{4}-\d{2}(-\d{2})?"),
    re.compile(r"\d{4}([/-]\d{2,4})?( ?-?Q[1-4])?", re.IGNORECASE),
)


@dataclass(frozen=True)
class Columns:
    """Which columns of the file hold what; at most one of `treatment` and `first_treated` is given.

    `unit` is None for a single series; `treatment` is 1 (or true) where the programme runs, `first_treated` the period
    in which each area began (blank, 0 or `never` for none).
    """

    time: str
    outcome: str
    unit: str | None = None
    treatment: str | None = None
    first_treated: str | None = None
    covariates: tuple[str, ...] = ()
    exposure: str | None = None

    def named(self) -> tuple[str, ...]:
        """List the columns that the file must have."""
        single = (self.unit, self.time, self.outcome, self.treatment, self.first_treated, self.exposure)
        return tuple(dict.fromkeys(name for name in (*single, *self.covariates) if name is not None))


@dataclass(frozen=True)
class _Grid:
    """Areas and periods in order, and the places of each row's own."""

    units: list[str]
    periods: list[str]
    unit_at: NDArray[np.intp]
    time_at: NDArray[np.intp]
    name: str

    def spread(self, numbers: Real) -> Real:
        """Lay a column out by area and period; NaN where there is no row."""
        found = np.full((len(self.units), len(self.periods)), np.nan)
        found[self.unit_at, self.time_at] = numbers
        return found


@dataclass(frozen=True)
class Read:
    """What a file says: values by area and period, shape (areas, periods), NaN where it has no row or no value.

    `begins` gives the place of each area's first period with the programme as the file has it (the number of periods
    for never), or None where the file does not say; `periods` are labels in order, `absent` the number of areas and
    periods without a row.
    """

    units: tuple[str, ...]
    periods: tuple[str, ...]
    outcomes: Real
    covariates: dict[str, Real]
    exposure: Real | None
    begins: NDArray[np.int64] | None
    absent: int


def read(path: Path, columns: Columns) -> Read:
    """Read a panel from a CSV file (or .gz); raises as `parse` does."""
    return parse(geojson.read_bytes(path), columns, name=path.name)


def parse(content: bytes, columns: Columns, *, name: str) -> Read:
    r"""Understand the bytes of a panel; `name` is what it is called in sentences.

    Raises `SourceError` with every fault at once: a column that is not there (naming the nearest), a value that is no
    number, two rows of one area and period, a programme that stops again, periods whose order cannot be told.

    >>> rows = b"force,year,n\nKent,2019,4\nKent,2018,5\nEssex,2018,7\n"
    >>> found = parse(rows, Columns("year", "n", "force"), name="p")
    >>> found.units, found.periods, found.outcomes.tolist(), found.absent
    (('Essex', 'Kent'), ('2018', '2019'), [[7.0, nan], [5.0, 4.0]], 1)
    """
    raw = _frame(content, columns, name)
    grid = _laid_out(raw, columns, name)
    faults = list(_twice(raw, grid, columns))
    values = {}
    for column in dict.fromkeys((columns.outcome, *columns.covariates, *filter(None, [columns.exposure]))):
        numbers, wrong = _numbers(raw[column], column, name)
        faults += wrong
        values[column] = grid.spread(numbers)
    if columns.exposure is not None:
        faults += _not_positive(values[columns.exposure], grid, columns.exposure)
    begins, wrong = _begins(raw, columns, grid)
    faults += wrong
    if faults:
        more = [f"{name}: {len(faults) - _TOLD:,} more faults like these"] if len(faults) > _TOLD else []
        raise SourceError(*faults[:_TOLD], *more)
    return Read(
        tuple(grid.units),
        tuple(grid.periods),
        values[columns.outcome],
        {column: values[column] for column in columns.covariates},
        None if columns.exposure is None else values[columns.exposure],
        begins,
        len(grid.units) * len(grid.periods) - len(raw),
    )


_UNIT = "\0unit"


def _frame(content: bytes, columns: Columns, name: str) -> pd.DataFrame:
    """Read the named columns as text, with one of areas' names even for a single series."""
    try:
        raw = pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as fault:
        raise SourceError(f"{name}: is not a CSV in UTF-8 ({str(fault).strip()})") from None
    lacking = [
        f"{name}: there is no column '{column}'. {nearest(column, map(str, raw.columns))}"
        for column in columns.named()
        if column not in raw.columns
    ]
    if lacking or (lacking := small_tables.too_wide(raw, name=name)):
        raise SourceError(*lacking)
    if raw.empty:
        raise SourceError(f"{name}: has a header and no rows; it should have one row an area and period")
    raw = raw[list(columns.named())].apply(lambda column: column.str.strip())
    raw[_UNIT] = columns.outcome if columns.unit is None else raw[columns.unit]
    blank = [column for column in filter(None, (columns.unit, columns.time)) if (raw[column] == "").any()]
    if blank:
        raise SourceError(
            *(f"{name}, row {1 + int((raw[column] == '').argmax())}: {column} is blank" for column in blank)
        )
    raw[columns.time] = raw[columns.time].map({label: plain_label(label) for label in raw[columns.time].unique()})
    found: pd.DataFrame = raw
    return found


def plain_label(label: str) -> str:
    """Write a period's label in one way, so that 1989.0 and 1989 are one period.

    >>> plain_label("1989.0"), plain_label("2012.25"), plain_label("2019/20 Q1")
    ('1989', '2012.25', '2019/20 Q1')
    """
    try:
        number = float(label)
    except ValueError:
        return label
    if not np.isfinite(number):
        return label
    return str(int(number)) if number == int(number) else repr(number)


def _in_order(labels: list[str], column: str, name: str) -> list[str]:
    """Put periods in order: numbers by value, dates, months, years and quarters as they are written."""
    try:
        return sorted(labels, key=float)
    except ValueError:
        for sort in _SORTS:
            if all(sort.fullmatch(label) for label in labels):
                return sorted(labels)
    odd = next(label for label in labels if not any(sort.fullmatch(label) for sort in _SORTS))
    raise SourceError(
        f"{name}: {column} '{odd}' does not say its order: periods should be numbers (12, 2012.25), dates "
        "(2019-04-01), months (2019-04), years (2019, 2019/20) or quarters (2019Q1, 2019/20 Q1), all of one kind"
    )


def _laid_out(raw: pd.DataFrame, columns: Columns, name: str) -> _Grid:
    periods = _in_order(raw[columns.time].unique().tolist(), columns.time, name)
    units: list[str] = raw[_UNIT].unique().tolist()
    try:
        units.sort(key=float)
    except ValueError:
        units.sort()
    return _Grid(
        units,
        periods,
        pd.Index(units).get_indexer(pd.Index(raw[_UNIT])),
        pd.Index(periods).get_indexer(pd.Index(raw[columns.time])),
        name,
    )


def _twice(raw: pd.DataFrame, grid: _Grid, columns: Columns) -> Iterator[str]:
    cell = grid.unit_at * len(grid.periods) + grid.time_at
    for row in np.flatnonzero(pd.Series(cell).duplicated().to_numpy()):
        where = f"{raw[_UNIT].iloc[row]} in {raw[columns.time].iloc[row]}"
        yield f"{grid.name}, row {row + 1}: a second row of {where}; there should be one row an area and period"


def _numbers(texts: pd.Series, column: str, name: str) -> tuple[Real, list[str]]:
    numbers = small_tables.numbers(texts).to_numpy(dtype=np.float64)
    said = texts.str.lower().isin(["", "na", "nan", "null"]).to_numpy()
    wrong = np.flatnonzero(~np.isfinite(numbers) & ~said)
    return numbers, [
        f"{name}, row {row + 1}: {column} is '{texts.iloc[row]}'; it should be a number, or blank where it is not known"
        for row in wrong
    ]


def _not_positive(exposure: Real, grid: _Grid, column: str) -> Iterator[str]:
    for unit, time in np.argwhere(exposure <= 0):
        yield (
            f"{grid.name}: {column} of {grid.units[unit]} in {grid.periods[time]} is {exposure[unit, time]:g}; "
            "an exposure, such as a population, is above 0"
        )


def _begins(raw: pd.DataFrame, columns: Columns, grid: _Grid) -> tuple[NDArray[np.int64] | None, list[str]]:
    """Give where each area begins by the column that says so, and what is wrong with it."""
    if columns.treatment is not None:
        return _by_treatment(raw[columns.treatment], columns.treatment, grid)
    if columns.first_treated is not None:
        return _by_start(raw[columns.first_treated], columns.first_treated, grid)
    return None, []


def _by_start(texts: pd.Series, column: str, grid: _Grid) -> tuple[NDArray[np.int64], list[str]]:
    told = pd.DataFrame({"unit": grid.unit_at, "first": texts}).drop_duplicates().sort_values("unit", kind="stable")
    again = told["unit"].duplicated().to_numpy()
    said = told.loc[~again, "first"].tolist()
    faults = [
        f"{grid.name}: {column} of {grid.units[unit]} is '{said[unit]}' in one row and '{other}' in another; an area "
        "begins once"
        for unit, other in told.loc[again].itertuples(index=False)
    ]
    places = {label: _place(plain_label(label), grid.periods) for label in set(said) if label.lower() not in _NEVER}
    faults += [
        f"{grid.name}: {column} of {unit} is '{label}'; it should be a period such as {grid.periods[-1]}, or blank for "
        "never"
        for unit, label in zip(grid.units, said, strict=True)
        if places.get(label, 0) is None
    ]
    never = len(grid.periods)
    return np.array([places.get(label, never) or 0 for label in said], dtype=np.int64), faults


def _place(label: str, periods: list[str]) -> int | None:
    """Give the place of the first period at or after a label; the number of periods when it comes after them all."""
    if label in periods:
        return periods.index(label)
    try:
        return int(np.searchsorted(np.array([float(period) for period in periods]), float(label)))
    except ValueError:
        return None


def _by_treatment(texts: pd.Series, column: str, grid: _Grid) -> tuple[NDArray[np.int64], list[str]]:
    values: Real = np.asarray(texts.str.lower().map(_YES), dtype=np.float64)
    faults = [
        f"{grid.name}, row {row + 1}: {column} is '{texts.iloc[row]}'; it should be 1 where the programme runs and 0 "
        "elsewhere"
        for row in np.flatnonzero(np.isnan(values))
    ]
    runs = grid.spread(values)
    on = runs == 1
    begins = np.where(on.any(axis=1), on.argmax(axis=1), len(grid.periods)).astype(np.int64)
    stopped = (np.arange(len(grid.periods))[None, :] >= begins[:, None]) & (runs == 0)
    for unit in np.flatnonzero(stopped.any(axis=1)):
        began, ended = grid.periods[begins[unit]], grid.periods[int(stopped[unit].argmax())]
        faults.append(
            f"{grid.name}: {column} of {grid.units[unit]} is 1 in {began} and 0 again in {ended}; the methods here are "
            "for programmes that stay once they have begun"
        )
    return begins, faults

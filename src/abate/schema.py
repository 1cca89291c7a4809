"""What a table is: its columns, what they mean, and what may stand in them. Also what a file is that becomes one.

A `Table` is written once (in `abate.tables`) and used to check, to make empty tables, to lay out files at rest and to
print the data dictionary. A `Format` says how the rows of a published file become rows of a table; it is data that
the lake runs, so that each rule stands once and large files never pass through Python rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from abate.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Values = pd.Series[Any]

Kind = Literal["text", "number", "whole", "yes_no", "date", "month", "time", "shape"]

_SHOWN = 3


@dataclass(frozen=True)
class Column:
    """One column: what kind of value it holds, what it means, and what may stand in it.

    A `number` is a real number, `whole` an integer, `month` a text `YYYY-MM`, `time` a moment in UTC, `shape` a
    geometry. Blank values are faults unless `blank` is true.
    """

    kind: Kind
    meaning: str
    blank: bool = False
    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[str, ...] | None = None

    def faults(self, values: Values) -> Iterator[str]:
        """Say everything that is wrong with the values of this column."""
        if not self._fits(values):
            yield f"should hold {self.kind}, not {values.dtype}"
            return
        if not self.blank and (missing := int(values.isna().sum())):
            yield f"is blank in {missing:,} rows, first in row {int(values.isna().to_numpy().argmax()) + 1}"
        known = values.dropna()
        if self.at_least is not None and len(wrong := known[known < self.at_least]):
            yield f"should be at least {self.at_least:g}, not {_some(wrong)}"
        if self.at_most is not None and len(wrong := known[known > self.at_most]):
            yield f"should be at most {self.at_most:g}, not {_some(wrong)}"
        if self.one_of is not None and len(wrong := known[~known.isin(self.one_of)]):
            yield f"should be one of {', '.join(self.one_of)}, not {_some(wrong)}"
        if self.kind == "month" and len(wrong := known[~known.astype(str).str.fullmatch(r"\d{4}-(0[1-9]|1[0-2])")]):
            yield f"should be months written YYYY-MM, not {_some(wrong)}"

    def _fits(self, values: Values) -> bool:
        return bool(values.isna().all()) or _FITS[self.kind](values)


def _some(wrong: Values) -> str:
    values = [repr(value) if isinstance(value, str) else f"{value}" for value in wrong.unique()[:_SHOWN]]
    more = len(wrong) - 1
    return f"{', '.join(values)} (first in row {wrong.index[0]}{f', {more:,} more' if more else ''})"


@dataclass(frozen=True)
class Table:
    """A table of the data dictionary: its name, what it is, its columns, and the columns that tell its rows apart."""

    name: str
    meaning: str
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give back the frame, or name everything that is wrong with it.

        Columns beyond those of the dictionary are welcome. Raises `TableError` with one sentence a fault.
        """
        faults = [f"{self.name}: column '{name}' is missing" for name in self.columns if name not in frame.columns]
        for name, column in self.columns.items():
            if name in frame.columns and len(frame):
                values = frame[name].reset_index(drop=True)
                faults += [f"{self.name}: column '{name}' {fault}" for fault in column.faults(values)]
        if self.key and not faults and (again := int(frame.duplicated(list(self.key)).sum())):
            faults.append(f"{self.name}: {again:,} rows repeat an earlier {' + '.join(self.key)}")
        if faults:
            raise TableError(*faults)
        return frame

    def empty(self) -> pd.DataFrame:
        """Give the table with all its columns and no rows."""
        return pd.DataFrame({name: pd.Series(dtype=_PANDAS[column.kind]) for name, column in self.columns.items()})

    def markdown(self) -> str:
        """Print the table's page of the data dictionary."""
        lines = [f"### {self.name}", "", self.meaning, "", "| column | kind | meaning |", "| --- | --- | --- |"]
        for name, column in self.columns.items():
            blank = " (may be blank)" if column.blank else ""
            lines.append(f"| `{name}` | {column.kind}{blank} | {column.meaning} |")
        return "\n".join(lines)


def _yes_no(values: Values) -> bool:
    return bool(pd.api.types.is_bool_dtype(values) or values.dropna().isin([True, False]).all())


def _number(values: Values) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _text(values: Values) -> bool:
    return pd.api.types.is_string_dtype(values) or isinstance(values.dtype, pd.CategoricalDtype)


def _shape(values: Values) -> bool:
    return values.dtype == object or str(values.dtype) == "geometry"


_FITS: dict[str, Callable[[Values], bool]] = {
    "text": _text,
    "month": _text,
    "number": _number,
    "whole": pd.api.types.is_integer_dtype,
    "yes_no": _yes_no,
    "date": pd.api.types.is_datetime64_any_dtype,
    "time": pd.api.types.is_datetime64_any_dtype,
    "shape": _shape,
}

_PANDAS: dict[str, str] = {
    "text": "str",
    "number": "float64",
    "whole": "int64",
    "yes_no": "boolean",
    "date": "datetime64[s]",
    "month": "str",
    "time": "datetime64[us, UTC]",
    "shape": "object",
}


@dataclass(frozen=True)
class Rule:
    """Something that must hold for every row of a file, with the sentence that says what would be right.

    `broken` takes the raw rows (an Ibis table of text columns named as in the file) and gives true where the rule is
    broken. `column` is the file's column whose value is shown beside a rejected row; `known` are the words of which the
    nearest is suggested for a value that is none of them.
    """

    name: str
    sentence: str
    column: str
    broken: Callable[[Any], Any]
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """How the rows of one kind of file become rows of one table.

    `header` holds the columns as published, all of which a file must have (in any order); `optional` those that it
    may have. `values` maps each column of the table to a function from the raw rows (an Ibis table of text columns,
    in which blank text is null) to an Ibis value. Rows that break a rule are rejected under the first rule they
    break. Where `repeat_key` names a
    column of the table, rows that share its value within a force and month are one incident: the row that comes
    first stays, the others are repeats, and `compared` are the table's columns in which a repeat may differ. `force`
    fills the force where the rows do not say it; None where they do. `dropped` are filters: rows for which one holds
    are left out on purpose, counted and kept apart under its name.
    """

    name: str
    table: Table
    header: tuple[str, ...]
    values: Mapping[str, Callable[[Any], Any]]
    rules: tuple[Rule, ...]
    repeat_key: str | None = None
    compared: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    force: str | None = None
    dropped: tuple[Rule, ...] = ()

"""A first look at whether files break any rule at all, as far as possible over distinct texts instead of rows.

Most files break none. A rule that looks at one column is asked of each distinct text of that column; only rules that
look at several are asked of every row. Only a file that breaks a rule is then judged row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from abate.lake.formats import Same, broken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duckdb import DuckDBPyConnection

    from abate.schema import Format


@dataclass(frozen=True)
class Skims:
    """Questions that give the `_place` of files that break a rule or meet a filter.

    `texts` are asked of the distinct texts of one column each, as `once`; `rows`, if there is such a rule, of all rows.
    """

    texts: Mapping[str, str]
    rows: str | None


def skims(form: Format, columns: tuple[str, ...]) -> Skims:
    """Sort a format's rules and filters by what they look at; `columns` are those of the file."""
    return _skims(columns, Same(form))


@lru_cache(maxsize=32)
def _skims(columns: tuple[str, ...], same: Same) -> Skims:
    import ibis
    from ibis.expr import operations

    once, rules = broken(same.format, columns)
    grouped: dict[str | None, list[Any]] = {}
    for rule in rules:
        fields = {field.name for field in rule.op().find(operations.Field)}
        alone = fields.pop() if len(fields) == 1 else None
        grouped.setdefault(alone, []).append(rule)
    asked = {
        alone: str(ibis.to_sql(once.filter(ibis.or_(*group)).select("_place").distinct(), dialect="duckdb"))
        for alone, group in grouped.items()
    }
    rows = asked.pop(None, None)
    return Skims({str(alone): sql for alone, sql in asked.items()}, rows)


def clean(cursor: DuckDBPyConnection, looks: Skims, read: Mapping[int, Any], made: Mapping[int, Any]) -> frozenset[int]:
    """Tell which files break no rule and meet no filter.

    `read` are Arrow tables of their texts, `made` of the values made from them, by the files' places in the batch.
    """
    whole = {place: _once(table, made[place], place) for place, table in read.items()}
    left = set(whole)
    for column, sql in looks.texts.items():
        left -= _places(cursor, sql, [_texts(table, column) for table in whole.values()])
    if looks.rows is not None:
        left -= _places(cursor, looks.rows, [whole[place] for place in sorted(left)])
    return frozenset(left)


def _places(cursor: DuckDBPyConnection, sql: str, tables: list[Any]) -> set[int]:
    import pyarrow as pa

    if not tables:
        return set()
    cursor.register("once", pa.concat_tables(tables))
    try:
        return {place for (place,) in cursor.execute(sql).fetchall()}
    finally:
        cursor.unregister("once")


def _once(read: Any, made: Any, place: int) -> Any:
    import pyarrow as pa

    columns = {name: read.column(name) for name in read.column_names}
    columns |= {f"_made_{name}": made.column(name) for name in made.column_names}
    return pa.table({**columns, "_place": _constant(place, len(read))})


def _texts(once: Any, name: str) -> Any:
    """Give the distinct texts of a column (and nothing, where a row has none), or all where they were not gathered."""
    import pyarrow as pa

    column = once.column(name).chunk(0)
    place = once.column("_place")
    if not isinstance(column, pa.DictionaryArray):
        return pa.table({name: column, "_place": place})
    none = pa.nulls(1 if column.null_count else 0, pa.string())
    texts = pa.concat_arrays([column.dictionary, none])
    return pa.table({name: texts, "_place": place[: len(texts)]})


def _constant(place: int, rows: int) -> Any:
    import numpy as np
    import pyarrow as pa

    return pa.array(np.full(rows, place, dtype=np.int32))

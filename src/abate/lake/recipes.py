"""How each column of a table comes about from a file's columns, where that can be said column by column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from abate.lake.formats import NEEDED, Same, ibis_schema, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abate.schema import Format


@dataclass(frozen=True)
class Recipe:
    """One column of a table: a file's column as it stands, an expression over one file's column, or a constant.

    `column` is the file's column, None for a constant; `sql` makes the value, as `made`, from a table `raw` with that
    column, None where the text is taken as it stands.
    """

    column: str | None
    sql: str | None = None
    constant: Any = None


def recipes(form: Format, columns: tuple[str, ...]) -> Mapping[str, Recipe] | None:
    """Say how each column that a format fills is made, with force and month; None when one needs several at once.

    `columns` are those of the file; `_force` is the force that was given for it. A column that is its file's text needs
    no engine at all, and one made from a single column is made once for each distinct text: values are functions of
    one row.
    """
    return _recipes(columns, Same(form))


@lru_cache(maxsize=32)
def _recipes(columns: tuple[str, ...], same: Same) -> Mapping[str, Recipe] | None:
    import ibis

    raw = ibis.table(dict.fromkeys((*columns, "_force"), "string"), name="raw")
    kinds = ibis_schema(same.format.table)
    made: dict[str, Recipe] = {}
    for name in same.format.table.columns:
        if name in same.format.values or name in NEEDED:
            recipe = _recipe(value(raw, same.format, name), kinds[name])
            if recipe is None:
                return None
            made[name] = recipe
    return made


def _recipe(made: Any, kind: str) -> Recipe | None:
    import ibis
    from ibis.expr import operations

    operation = made.op()
    fields = {field.name for field in operation.find(operations.Field)}
    if isinstance(operation, operations.Literal) and kind == "string":
        return Recipe(None, constant=operation.value)
    if isinstance(operation, operations.Field) and kind == "string":
        return Recipe(operation.name)
    if len(fields) != 1:
        return None
    return Recipe(fields.pop(), str(ibis.to_sql(made.cast(kind).name("made").as_table(), dialect="duckdb")))

"""How each column of a table comes about from a file's columns, where that can be said column by column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from abate.lake.formats import NEEDED, Same, broken, ibis_schema, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from abate.schema import Format


@dataclass(frozen=True)
class Recipe:
    """One column of a table: a file's column as it stands, an expression over one file's column, or a constant.

    `column` is the file's column, None for a constant; `sql` makes the value, as `made`, from a table `raw` with that
    column, None where the text is taken as it stands. `number` says that the value is the number which the text spells,
    and that nobody looks at the text itself.
    """

    column: str | None
    sql: str | None = None
    constant: Any = None
    number: bool = False


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
    values = {
        name: value(raw, same.format, name)
        for name in same.format.table.columns
        if name in same.format.values or name in NEEDED
    }
    numbers = _numbers(values.values(), broken(same.format, columns)[1])
    made: dict[str, Recipe] = {}
    for name, said in values.items():
        recipe = _recipe(said, kinds[name], numbers)
        if recipe is None:
            return None
        made[name] = recipe
    return made


def _recipe(made: Any, kind: str, numbers: frozenset[str]) -> Recipe | None:
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
    column = fields.pop()
    sql = str(ibis.to_sql(made.cast(kind).name("made").as_table(), dialect="duckdb"))
    return Recipe(column, sql, number=kind == "float64" and column in numbers)


def _numbers(values: Iterable[Any], rules: Iterable[Any]) -> frozenset[str]:
    """Give the file's columns of which values take the number alone, and rules ask at most whether it is there."""
    from ibis.expr import operations

    numbers: set[str] = set()
    texts: set[str] = set()
    for made in (each.op() for each in values):
        fields = {field.name for field in made.find(operations.Field)}
        spelt = isinstance(made, operations.TryCast) and isinstance(made.arg, operations.Field) and made.to.is_float64()
        (numbers if spelt else texts).update(fields)
    for node in (node for rule in rules for node in rule.op().find(operations.Node)):
        if not isinstance(node, operations.IsNull | operations.NotNull):
            texts.update(child.name for child in node.__children__ if isinstance(child, operations.Field))
    return frozenset(numbers - texts)

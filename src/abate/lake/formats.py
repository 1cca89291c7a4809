"""A format turned into SQL: which rule a row breaks first, and what its values are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from abate.schema import Rule

if TYPE_CHECKING:
    from abate.schema import Format, Table

MALFORMED = -1
REPEAT = 0
NEEDED = ("force", "month", "x")
"""Columns that the engine counts by, whether a format fills them or not."""
_SQL = {
    "text": "VARCHAR",
    "month": "VARCHAR",
    "number": "DOUBLE",
    "whole": "BIGINT",
    "yes_no": "BOOLEAN",
    "date": "DATE",
    "time": "TIMESTAMPTZ",
}
_IBIS = {
    "text": "string",
    "month": "string",
    "number": "float64",
    "whole": "int64",
    "yes_no": "boolean",
    "date": "date",
    "time": "timestamp('UTC', 6)",
}


def sql_type(kind: str) -> str:
    """Give the engine's type for a kind of column."""
    return _SQL[kind]


def ibis_schema(table: Table) -> dict[str, str]:
    """Give the columns of a table with their Ibis types."""
    return {name: _IBIS[column.kind] for name, column in table.columns.items()}


@lru_cache(maxsize=32)
def _compiled(columns: tuple[str, ...], form: _Same) -> str:
    import ibis

    raw = ibis.table({**dict.fromkeys(columns, "string"), "_force": "string", "_at": "string"}, name="raw")
    fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    try:
        return str(ibis.to_sql(_typed(raw, form.format), dialect="duckdb", pretty=False))
    finally:
        ibis.options.sql.fuse_selects = fused


class _Same:
    """A format as a key: the same object is the same format (its functions cannot be compared)."""

    def __init__(self, form: Format) -> None:
        self.format = form

    def __hash__(self) -> int:
        return id(self.format)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.format is self.format


def compiled(form: Format, columns: tuple[str, ...]) -> str:
    """Give the SQL that reads rows from `raw` and gives `_at`, the values that the format fills, and `_rule`.

    `raw` has the file's columns as text, `_force` and `_at` (the path). `_rule` is null for a row to be loaded;
    otherwise the number in `verdicts(form)` of the first rule that it breaks.
    """
    return _compiled(columns, _Same(form))


def _typed(raw: Any, form: Format) -> Any:
    """Give the values and the verdict: values are made once, in a first step, and the rules look at those."""
    import ibis

    kinds = ibis_schema(form.table)
    needed = [name for name in kinds if name in form.values or name in NEEDED]
    values = {name: _value(raw, form, name) for name in needed}
    once = raw.select(*raw.columns, **{f"_made_{name}": value for name, value in values.items()})
    seen = {raw.op(): once.op()} | {value.op(): once[f"_made_{name}"].op() for name, value in values.items()}
    judged = [
        (rule.broken(raw).op().replace(seen).to_expr(), number)
        for number, rule in enumerate((*form.rules, *form.dropped), 1)
    ]
    number = ibis.cases(*judged, else_=ibis.null("int16")) if judged else ibis.null("int16")
    made = {name: once[f"_made_{name}"].cast(kinds[name]) for name in needed}
    return once.select("_at", **made, _rule=number.cast("int16"))


def _value(raw: Any, form: Format, name: str) -> Any:
    import ibis

    if name in form.values:
        return form.values[name](raw)
    return raw["_force"] if name == "force" else ibis.null(_IBIS[form.table.columns[name].kind])


_MALFORMED = Rule(
    "malformed-line",
    "every row has as many columns as the header, and a quotation mark inside a value is doubled",
    "",
    lambda _raw: None,
)


def verdicts(form: Format) -> dict[int, Rule]:
    """Give the rules and the filters of a format by the number that `_rule` has for them."""
    return {MALFORMED: _MALFORMED, **dict(enumerate((*form.rules, *form.dropped), 1))}

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


class Same:
    """A format as a key: the same object is the same format (its functions cannot be compared)."""

    def __init__(self, form: Format) -> None:
        self.format = form

    def __hash__(self) -> int:
        return id(self.format)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.format is self.format


def compiled(form: Format, columns: tuple[str, ...]) -> str:
    """Give the SQL that reads rows from `raw` and gives `_at`, the values that the format fills, and `_rule`.

    `raw` has the file's columns as text, `_force` and `_at` (the path). `_rule` is null for a row to be loaded;
    otherwise the number in `verdicts(form)` of the first rule that it breaks.
    """
    return _compiled(columns, Same(form))


def compiled_verdict(form: Format, columns: tuple[str, ...]) -> str:
    """Give the SQL that reads rows from `once` and gives `_at`, `force`, `month`, `x` and `_rule`.

    `once` has the columns of `raw`, and as `_made_` and its name each value that the format fills, already made.
    """
    return _compiled_verdict(columns, Same(form))


@lru_cache(maxsize=32)
def _compiled(columns: tuple[str, ...], form: Same) -> str:
    raw = _raw(columns)
    values = _values(raw, form.format)
    once = raw.select(*raw.columns, **{f"_made_{name}": value for name, value in values.items()})
    return _sql(_judged(raw, once, form.format, tuple(values)))


@lru_cache(maxsize=32)
def _compiled_verdict(columns: tuple[str, ...], form: Same) -> str:
    raw = _raw(columns)
    return _sql(_judged(raw, _once(raw, form.format), form.format, NEEDED))


def broken(form: Format, columns: tuple[str, ...]) -> tuple[Any, list[Any]]:
    """Give the Ibis table `once` of `compiled_verdict`, with `_place`, and when each rule or filter holds."""
    raw = _raw(columns)
    once = _once(raw, form)
    return once, _broken(raw, once, form)


def _once(raw: Any, form: Format) -> Any:
    import ibis

    kinds = ibis_schema(form.table)
    made = {f"_made_{name}": kinds[name] for name in _values(raw, form)}
    return ibis.table({**dict(raw.schema().items()), **made, "_place": "int32"}, name="once")


def _raw(columns: tuple[str, ...]) -> Any:
    import ibis

    return ibis.table({**dict.fromkeys(columns, "string"), "_force": "string", "_at": "string"}, name="raw")


def _sql(expression: Any) -> str:
    """Write an expression as SQL, in as many steps as it has: a value made in one is looked at in the next."""
    import ibis

    fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    try:
        return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))
    finally:
        ibis.options.sql.fuse_selects = fused


def _values(raw: Any, form: Format) -> dict[str, Any]:
    return {name: value(raw, form, name) for name in form.table.columns if name in form.values or name in NEEDED}


def _judged(raw: Any, once: Any, form: Format, wanted: tuple[str, ...]) -> Any:
    """Give the wanted values and the verdict; rules look at values that were made once, in the step before."""
    import ibis

    kinds = ibis_schema(form.table)
    judged = [(condition, number) for number, condition in enumerate(_broken(raw, once, form), 1)]
    number = ibis.cases(*judged, else_=ibis.null("int16")) if judged else ibis.null("int16")
    shown = {name: once[f"_made_{name}"].cast(kinds[name]) for name in wanted}
    return once.select("_at", **shown, _rule=number.cast("int16"))


def _broken(raw: Any, once: Any, form: Format) -> list[Any]:
    made = {known.op(): once[f"_made_{name}"].op() for name, known in _values(raw, form).items()}
    seen = {raw.op(): once.op()} | made
    return [rule.broken(raw).op().replace(seen).to_expr() for rule in (*form.rules, *form.dropped)]


def value(raw: Any, form: Format, name: str) -> Any:
    """Give the Ibis value of a column of the table: what the format says, the given force, or nothing."""
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

from __future__ import annotations

from dataclasses import replace
from datetime import date

from abate.lake.formats import MALFORMED, compiled, ibis_schema, sql_type, verdicts
from abate.schema import Rule
from abate.sources import police_uk
from abate.tables import INCIDENTS

STREET = police_uk.formats(today=date(2026, 11, 22))[0]


def test_rules_then_filters_are_numbered_from_one() -> None:
    left_out = Rule("own-filter", "said", "Month", lambda raw: raw["Month"] == "2021-03")
    numbered = verdicts(replace(STREET, dropped=(left_out,)))
    assert [rule.name for number, rule in sorted(numbered.items()) if number > 0] == [
        *(rule.name for rule in STREET.rules),
        "own-filter",
    ]
    assert numbered[MALFORMED].name == "malformed-line"


def test_a_row_that_breaks_two_rules_is_rejected_under_the_first() -> None:
    import duckdb

    select = compiled(STREET, STREET.header)
    cells = dict.fromkeys(STREET.header, "NULL") | {"Month": "'2021-3'", "Reported by": "'Nobody'"}
    row = ", ".join(f'CAST({value} AS VARCHAR) AS "{name}"' for name, value in cells.items())
    engine = duckdb.connect()
    found = engine.execute(
        f"SELECT _rule, force FROM (WITH raw AS (SELECT {row}, CAST(NULL AS VARCHAR) AS _force, '' AS _at) {select})"
    ).fetchall()
    assert found == [(1, None)]


def test_only_the_columns_that_a_format_fills_are_computed() -> None:
    select = compiled(STREET, STREET.header)
    assert '"crime_id"' in select
    assert '"victims"' not in select


def test_every_kind_of_column_has_a_type_in_both_engines() -> None:
    for name, column in INCIDENTS.columns.items():
        assert sql_type(column.kind)
        assert ibis_schema(INCIDENTS)[name]

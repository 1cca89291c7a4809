"""The data dictionary is whole: every table is in it once, explained, and printed in the reference."""

from __future__ import annotations

import importlib
import pkgutil

from abate import tables
from abate.schema import Table
from pages import tables_page


def test_every_table_stands_in_the_dictionary() -> None:
    made = {
        value.name
        for module in pkgutil.iter_modules(tables.__path__)
        for value in vars(importlib.import_module(f"abate.tables.{module.name}")).values()
        if isinstance(value, Table)
    }
    assert made == {table.name for table in tables.ALL}
    assert len(made) == len(tables.ALL)


def test_every_table_and_column_is_printed_in_the_reference() -> None:
    page = tables_page()
    for table in tables.ALL:
        assert f"\n## {table.name}\n" in page
        section = page.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        assert table.meaning in section
        for name, column in table.columns.items():
            assert f"| `{name}` | {column.kind}" in section
            assert column.meaning in section


def test_keys_are_columns_and_meanings_are_said() -> None:
    for table in tables.ALL:
        assert set(table.key) <= set(table.columns), table.name
        assert table.meaning.endswith("."), table.name
        for name, column in table.columns.items():
            assert len(column.meaning) > 3, f"{table.name}.{name}"
            assert not column.meaning.endswith("."), f"{table.name}.{name} is a phrase, not a sentence"

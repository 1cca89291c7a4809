"""Running a format over raw rows without a lake: for tests that judge a format by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import ibis
import pandas as pd

from abate.sources import mapped, mapping

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from abate.schema import Format


def read(form: Format, columns: tuple[str, ...], raw: str, **frames: pd.DataFrame) -> pd.DataFrame:
    """Run a format over raw rows (`raw`, SQL): the values by name, and `fate`, the first rule or filter that holds."""
    rows = ibis.table(dict.fromkeys(columns, "string"), name="raw")
    fate = ibis.cases(*((each.broken(rows), each.name) for each in (*form.rules, *form.dropped)), else_="loaded")
    query = ibis.to_sql(
        rows.select(fate=fate, **{name: value(rows) for name, value in form.values.items()}), dialect="duckdb"
    )
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        for name, frame in frames.items():
            engine.register(name, frame)
        engine.execute(f"CREATE TABLE raw AS {raw}")
        return engine.sql(str(query)).to_arrow_table().to_pandas()


MINIMAL = """
[source]
name = "Made-up extract"
force = "essex"
crime_type = "robbery"
[columns]
began = "when"
"""


def run(toml: str, columns: dict[str, Sequence[str | None]], today: date | None = None) -> pd.DataFrame:
    form = mapped.format_of(mapping.parse(toml, file="made-up.toml"), tuple(columns), today=today)
    given = pd.DataFrame({name: pd.Series(list(cells), dtype="str") for name, cells in columns.items()})
    return read(form, tuple(columns), "FROM given", given=given)


def fates(toml: str, columns: dict[str, Sequence[str | None]], today: date | None = None) -> list[str]:
    return list(run(toml, columns, today)["fate"])

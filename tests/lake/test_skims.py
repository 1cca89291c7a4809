"""The first look at files: it names just those in which no row breaks a rule or meets a filter."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.lake.formats import compiled
from abate.lake.skims import clean, skims
from abate.sources import police_uk

STREET = police_uk.formats(today=date(2026, 11, 22))[0]
COLUMNS = ("Crime ID", "Month", "Reported by", "Crime type", "Longitude", "Latitude")
BLANK = tuple(name for name in STREET.header if name not in COLUMNS)

texts = {
    "Crime ID": st.sampled_from(["a", "b", None]),
    "Month": st.sampled_from(["2021-03", "2021-03", "2021-3", "2030-01", None]),
    "Reported by": st.sampled_from(["Essex Police", "Essex Police", "Esex", None]),
    "Crime type": st.sampled_from(["Robbery", "Anti-social behaviour", "Robery", None]),
    "Longitude": st.sampled_from(["0.7", "0.7", "51.5", "x", None]),
    "Latitude": st.sampled_from(["51.5", "51.5", "0.7", None]),
}
SOUND = ("a", "2021-03", "Essex Police", "Robbery", "0.7", "51.5")
rows = st.one_of(st.just(SOUND), st.just(SOUND), st.tuples(*(texts[name] for name in COLUMNS)))


def raw(table: list[tuple[str | None, ...]]) -> pa.Table:
    columns = {name: pa.array([row[at] for row in table], pa.string()) for at, name in enumerate(COLUMNS)}
    columns |= {name: pa.nulls(len(table), pa.string()) for name in (*BLANK, "_force")}
    return pa.table(columns)


def gathered(table: pa.Table) -> pa.Table:
    """As a file is read: texts as dictionaries, but for the identifier."""
    return pa.table(
        {name: table[name] if name == "Crime ID" else table[name].dictionary_encode() for name in table.column_names}
    ).combine_chunks()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(rows, min_size=1, max_size=5), min_size=1, max_size=4))
def test_a_file_is_clean_when_no_row_has_a_verdict(files: list[list[tuple[str | None, ...]]]) -> None:
    engine = duckdb.connect()
    read, made, expected = {}, {}, set()
    for place, table in enumerate(files):
        texts_of = raw(table)
        engine.register("raw", texts_of.append_column("_at", pa.nulls(len(table), pa.string())))
        judged = engine.sql(compiled(STREET, STREET.header)).to_arrow_table()
        engine.unregister("raw")
        read[place] = gathered(texts_of)
        made[place] = judged.drop_columns(["_at", "_rule"]).combine_chunks()
        if judged["_rule"].null_count == len(table):
            expected.add(place)
    assert clean(engine, skims(STREET, STREET.header), read, made) == expected


def test_rules_on_one_column_are_asked_of_texts_and_the_others_of_rows() -> None:
    looks = skims(STREET, STREET.header)
    assert set(looks.texts) == {"_made_month", "_made_force", "_made_crime_type"}
    assert looks.rows is not None
    assert "_made_x" in looks.rows
    assert "_made_month" not in looks.rows

"""The first reduction, run by the engine, against counting row by row."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from abate.counts.tallies import tally, unlocated

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = [
    (1.0, 2.0, "2025-01", "Robbery", "On or near Mill Way", 365.0),
    (1.0, 2.0, "2025-01", "Robbery", "On or near Mill Way", 365.0),
    (1.0, 2.0, "2025-01", "Robbery", "On or near Mill Way", 5475.0),
    (1.0, 2.0, "2025-01", "Drugs", None, None),
    (1.0, 2.0, "2025-02", "Robbery", "On or near Mill Way", 365.0),
    (-1.5, 2.0, "2025-01", "Robbery", "Östra gatan", 365.0),
    (None, None, "2025-01", "Robbery", "No Location", 365.0),
    (None, None, "2025-02", "Drugs", "No Location", None),
]
KEYS = ["x", "y", "crs", "month", "crime_type", "location"]


INCIDENTS = {"x": "float64", "y": "float64", "month": "string", "crime_type": "string", "location": "string"}


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that holds the rows as the table `incidents`."""
    connection = duckdb.connect()
    connection.execute(
        "create table incidents (x double, y double, month varchar, crime_type varchar, location varchar, harm double, "
        "crs varchar default 'EPSG:27700')"
    )
    connection.executemany("insert into incidents values (?, ?, ?, ?, ?, ?, 'EPSG:27700')", ROWS)
    yield connection
    connection.close()


def incidents(*, harm: bool) -> Any:
    """The table as an Ibis expression that no engine is bound to."""
    import ibis

    columns = {**INCIDENTS, **({"harm": "float64"} if harm else {}), "crs": "string"}
    return ibis.table(columns, name="incidents")


def answer(engine: duckdb.DuckDBPyConnection, expression: Any) -> list[tuple[Any, ...]]:
    """The rows of an expression as the engine gives them."""
    import ibis

    return engine.execute(str(ibis.to_sql(expression, dialect="duckdb"))).fetchall()


def test_rows_that_share_everything_are_counted_together(engine: duckdb.DuckDBPyConnection) -> None:
    plain = Counter((x, y, "EPSG:27700", month, kind, where) for x, y, month, kind, where, _ in ROWS if x is not None)
    told = answer(engine, tally(incidents(harm=False)))
    assert {row[:-1]: row[-1] for row in told} == dict(plain)
    assert len(told) == len(plain)


def test_the_order_is_total_and_blanks_come_last(engine: duckdb.DuckDBPyConnection) -> None:
    told = answer(engine, tally(incidents(harm=False)))
    assert [row[0] for row in told] == [-1.5, 1.0, 1.0, 1.0]
    assert [row[4] for row in told[1:]] == ["Drugs", "Robbery", "Robbery"]
    with_blank = answer(engine, tally(incidents(harm=False).mutate(crime_type="x")))
    assert [row[5] for row in with_blank if row[3] == "2025-01" and row[0] == 1.0] == ["On or near Mill Way", None]


def test_each_harm_weight_keeps_its_row(engine: duckdb.DuckDBPyConnection) -> None:
    told = answer(engine, tally(incidents(harm=True), crime_types=["Robbery"]))
    assert [(row[-2], row[-1]) for row in told if row[0] == 1.0 and row[3] == "2025-01"] == [(365.0, 2), (5475.0, 1)]


def test_kinds_that_were_not_asked_for_stay_out(engine: duckdb.DuckDBPyConnection) -> None:
    assert {row[4] for row in answer(engine, tally(incidents(harm=True), crime_types={"Drugs"}))} == {"Drugs"}


def test_incidents_without_coordinates_are_counted_apart(engine: duckdb.DuckDBPyConnection) -> None:
    assert answer(engine, unlocated(incidents(harm=True))) == [("2025-01", "Robbery", 1), ("2025-02", "Drugs", 1)]
    assert answer(engine, unlocated(incidents(harm=True), crime_types=["Drugs"])) == [("2025-02", "Drugs", 1)]


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # pyspark's own
def test_spark_gives_the_same_rows_in_the_same_order(engine: duckdb.DuckDBPyConnection) -> None:
    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("no Java runtime here")
    import ibis

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
    }
    session = sql.SparkSession.builder.master("local[1]").config(map=settings).getOrCreate()
    try:
        schema = "x double, y double, month string, crime_type string, location string, harm double, crs string"
        rows = session.createDataFrame([(*row, "EPSG:27700") for row in ROWS[::-1]], schema)
        rows.createOrReplaceTempView("incidents")
        spark = ibis.pyspark.connect(session)
        for expression in (tally(incidents(harm=False)), tally(incidents(harm=True)), unlocated(incidents(harm=True))):
            there = [tuple(row) for row in session.sql(str(spark.compile(expression))).collect()]
            assert there == answer(engine, expression)
    finally:
        session.stop()

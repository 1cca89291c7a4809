from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from abate import periods
from abate.errors import TableError
from abate.incidents import quality
from abate.incidents.quality import Given, Quality, assess, odd_months, unlocated, with_vintage
from abate.tables import COVERAGE, FATES
from conftest import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Shared = Callable[[str], Path]

COLUMNS = {
    "Month": "month",
    "Longitude": "x",
    "Latitude": "y",
    "LSOA code": "lsoa_code",
    "Crime type": "crime_type",
}
TEXTS = ("force", "month", "crime_type", "crs", "lsoa_code")


def street(shared: Shared, name: str) -> pd.DataFrame:
    rows = pd.read_csv(shared(f"police-street/{name}.csv.gz"), usecols=list(COLUMNS)).rename(columns=COLUMNS)
    return rows.assign(force=name.split("-", maxsplit=1)[0], crs="EPSG:4326", source_file=name)


def expression(rows: pd.DataFrame) -> Any:
    return ibis.memtable(pa.Table.from_pandas(rows, preserve_index=False))


def frame(expression: Any) -> pd.DataFrame:
    found: pd.DataFrame = expression.to_pyarrow().to_pandas()
    return found


def given(rows: pd.DataFrame, **known: Any) -> Given:
    """What the lake would say of a load of these rows, all of them loaded."""
    by_file = rows.groupby("source_file", as_index=False).agg(
        rows_read=("month", "size"), without_coordinates=("x", lambda values: int(values.isna().sum()))
    )
    fates = by_file.rename(columns={"source_file": "file"}).assign(
        format="street", sha256="0", rows_loaded=by_file["rows_read"], rows_rejected=0, rows_repeated=0, rows_dropped=0
    )
    covered = []
    for force, held in rows.groupby("force"):
        counts = held.groupby("month")["x"].agg(["size", "count"])
        for month in periods.months(held["month"].min(), held["month"].max()):
            there = int(counts["size"].get(month, 0))
            nowhere = there - int(counts["count"].get(month, 0))
            status = "present" if there else "missing"
            covered.append(("incidents", force, month, there, nowhere, status))
    return Given(fates, pd.DataFrame(covered, columns=list(COVERAGE.columns)), **known)


def judged(rows: pd.DataFrame, *, retired: tuple[str, ...] = (), **known: Any) -> Quality:
    incidents = expression(rows)
    return assess(
        given(rows, **known),
        by_month=frame(quality.by_month(incidents)),
        point_use=frame(quality.point_use(incidents)),
        vintages=frame(quality.vintages(incidents, retired=retired)),
    )


@pytest.fixture(scope="module")
def cleveland(shared: Shared) -> pd.DataFrame:
    return street(shared, "cleveland-street-2023-01-to-2024-12")


@pytest.fixture(scope="module")
def lookup(shared: Shared) -> pd.DataFrame:
    return pd.read_csv(shared("lookups/lsoa2011-to-lsoa2021-to-ltla2022.csv.gz"))


def test_codes_above_the_mark_are_exactly_those_of_2021(lookup: pd.DataFrame):
    old, new = set(lookup["lsoa11_code"]), set(lookup["lsoa21_code"])
    for mark, country in ((quality.LATEST_ENGLISH_2011, "E01"), (quality.LATEST_WELSH_2011, "W01")):
        above = {code for code in old | new if code.startswith(country) and code > mark}
        assert above == {code for code in new - old if code.startswith(country)}
        assert mark in old


def test_the_switch_of_area_codes_in_cleveland_is_found(cleveland: pd.DataFrame, lookup: pd.DataFrame):
    """The months and shares are those of the data's own description: mixed to 2023-05, 2021 codes from 2023-06."""
    retired = tuple(set(lookup["lsoa11_code"]) - set(lookup["lsoa21_code"]))
    counts = frame(quality.vintages(expression(cleveland), retired=retired))
    for counted in (counts, frame(quality.vintages(expression(cleveland)))):
        seen = with_vintage(counted).set_index("month")["vintage"]
        assert set(seen[:"2023-05"]) == {"mixed"}
        assert set(seen["2023-06":]) == {"2021"}
    early = counts[counts["month"] < "2023-06"]
    coded = early[["new", "retired", "unchanged"]].sum(axis=1)
    assert (early["retired"] / coded).between(0.065, 0.105).all()
    assert (early["new"] / coded).between(0.005, 0.035).all()


def test_files_of_2011_codes_are_of_2011(shared: Shared, lookup: pd.DataFrame):
    retired = tuple(set(lookup["lsoa11_code"]) - set(lookup["lsoa21_code"]))
    rows = street(shared, "bedfordshire-street-2018-10-to-2019-02")
    for known in (retired, ()):
        seen = with_vintage(frame(quality.vintages(expression(rows), retired=known)))
        assert set(seen["vintage"]) == {"2011"}
        assert seen[["new", "retired", "unchanged", "blank"]].to_numpy().sum() == len(rows)


def test_a_month_with_no_code_has_no_edition():
    counts = table("""
        force  month    new  retired  unchanged  blank
        a      2024-01  0    0        0          9
        a      2024-02  0    0        5          0
        a      2024-03  2    0        5          0
    """)
    assert with_vintage(counts)["vintage"].tolist() == ["none", "2011", "2021"]


def test_missing_coordinates_are_counted_by_type(shared: Shared):
    rows = street(shared, "essex-street-2018-10-to-2019-02")
    found = unlocated(frame(quality.by_month(expression(rows))))
    assert found["without_coordinates"].sum() == rows["x"].isna().sum() == 369
    slow = rows["x"].isna().groupby(rows["crime_type"]).mean()
    assert found.set_index("crime_type")["share"].to_dict() == pytest.approx(slow.to_dict())
    assert found["share"].is_monotonic_decreasing


def monthly(counts: list[int], kind: str = "Drugs", start: str = "2023-01") -> pd.DataFrame:
    months = periods.months(start, periods.following(start, len(counts) - 1))
    return pd.DataFrame(
        {"force": "a", "month": months, "crime_type": kind, "incidents": counts, "without_coordinates": 0}
    )


def test_low_and_high_months_are_found_against_earlier_ones():
    found = odd_months(monthly([100, 110, 90, 100, 49, 100, 151, 100]))
    assert found[["month", "why", "usual"]].values.tolist() == [["2023-05", "low", 100.0], ["2023-07", "high", 100.0]]


def test_a_first_month_has_nothing_to_be_compared_with():
    assert not len(odd_months(monthly([1000, 10, 500, 505])))


def test_small_counts_are_left_to_chance():
    assert not len(odd_months(monthly([4, 3, 5, 4, 9, 0, 4])))


def test_a_type_that_stays_away_is_absent_and_a_missing_month_is_not():
    usual = monthly([300] * 6, kind="Robbery")
    gone = monthly([60, 60, 60, 0, 60, 60])
    both = pd.concat([usual, gone[gone["incidents"] > 0]])
    found = odd_months(both)
    assert found[["month", "crime_type", "why"]].values.tolist() == [["2023-04", "Drugs", "absent"]]
    assert not len(odd_months(both[both["month"] != "2023-04"]))


@pytest.mark.slow
def test_how_often_real_months_are_called_odd(shared: Shared, proof: Callable[[str, str, str], None]):
    """In published counts of 38 forces few months are odd, and a month of which 60% is lost is nearly always found."""
    counts = pd.read_csv(shared("police-street-counts/street-crime-counts-by-force-month-type.csv.gz"))
    counts = counts.rename(columns={"records": "incidents"})
    counts = counts[counts["month"] >= "2021-03"]
    found = odd_months(counts)
    judged = counts[counts["month"] >= "2021-06"].groupby(["force", "month"]).ngroups
    whole = found[found["why"] != "absent"]
    print(f"{len(whole)} of {judged} published force-months are called odd:", whole.values.tolist())
    proof("published force-months called odd", f"{len(whole)} of {judged}", "at most 2%")
    assert len(whole) <= judged * 0.02
    lost = counts.assign(
        incidents=counts["incidents"].where(counts["month"] != "2021-12", (counts["incidents"] * 0.4).astype(int))
    )
    caught = odd_months(lost).query("month == '2021-12' and why == 'low'")["force"].nunique()
    forces = counts[counts["month"] == "2021-12"]["force"].nunique()
    print(f"a month of which 60% is lost is found for {caught} of {forces} forces")
    assert caught >= forces * 0.9


def test_the_whole_judgement_of_a_real_force(cleveland: pd.DataFrame):
    found = judged(cleveland, ids_in_several_months=1)
    assert found.points["cleveland"].answer == "fixed list"
    assert str(found.demonstration).startswith("demonstration: published points are moved")
    said = {finding.topic: finding for finding in found.findings}
    assert said["months"].weight == "fine"
    assert "2011 and 2021 codes mixed from 2023-01 to 2023-05" in said["areas"].found
    assert said["repeats"].found == "1 Crime ID stands in more than one month"
    assert found.monthly["incidents"].sum() == len(cleveland) == 187_001


def test_a_month_left_out_is_missing_and_not_zero(cleveland: pd.DataFrame):
    found = judged(cleveland[~cleveland["month"].isin(["2023-08", "2023-09", "2024-02"])])
    gaps = next(finding for finding in found.findings if finding.topic == "months")
    assert gaps.found == (
        "3 months are missing: cleveland 2023-08 to 2023-09 (incidents), cleveland 2024-02 (incidents)"
    )
    assert gaps.meaning.startswith("a missing month is missing, not zero")
    assert "2023-08" not in set(found.monthly["month"])
    assert not len(found.odd)


def test_rejects_repeats_and_filters_are_said():
    rows = pd.DataFrame(
        {
            **dict.fromkeys(TEXTS, "a"),
            "month": "2024-01",
            "crs": "EPSG:27700",
            "x": [1.0, None],
            "y": [2.0, None],
            "source_file": "a.csv",
        }
    )
    known = given(rows, rejected_by_rule={"month": 3}, repeats_elsewhere=1)
    fates = known.fates.assign(rows_read=12, rows_rejected=3, rows_repeated=2, rows_dropped=5)
    incidents = expression(rows.astype({"x": float, "y": float}))
    found = assess(
        Given(fates, known.coverage, known.rejected_by_rule, known.repeats_elsewhere),
        by_month=frame(quality.by_month(incidents)),
        point_use=frame(quality.point_use(incidents)),
        vintages=frame(quality.vintages(incidents)),
    )
    told = "\n".join(found.sentences)
    assert "3 of 12 rows were rejected, by rule: month (3)" in told
    assert "5 rows were left out by the filters asked for" in told
    assert (
        "2 rows repeat a Crime ID of their month; each is counted once, where it came first; 1 names another place"
        in told
    )
    assert "1 of 2 incidents (50.0%) have no coordinates, most often a (50.0%)" in told
    assert "too few to tell whether points are a fixed list" in told


def test_nothing_loaded_is_no_crash():
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in TEXTS}).assign(
        x=pd.Series(dtype=float), y=pd.Series(dtype=float)
    )
    incidents = expression(empty)
    found = assess(
        Given(FATES.empty(), COVERAGE.empty()),
        by_month=frame(quality.by_month(incidents)),
        point_use=frame(quality.point_use(incidents)),
        vintages=frame(quality.vintages(incidents)),
    )
    assert found.findings == ()
    assert found.demonstration is None


def test_tables_that_are_not_in_the_dictionary_are_refused(cleveland: pd.DataFrame):
    with pytest.raises(TableError, match="fates: column 'rows_read' is missing"):
        assess(
            Given(pd.DataFrame({"file": ["a"]}), COVERAGE.empty()),
            by_month=pd.DataFrame(),
            point_use=pd.DataFrame(),
            vintages=pd.DataFrame(),
        )


def test_earlier_months_may_be_left_out_of_the_points(cleveland: pd.DataFrame):
    use = frame(quality.point_use(expression(cleveland), first="2024-06"))
    assert use["month"].min() == "2024-06"
    assert use["incidents"].sum() == (cleveland["x"].notna() & (cleveland["month"] >= "2024-06")).sum()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import shutil

    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("no Java runtime here")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # pyspark's own
def test_spark_gives_the_same_small_tables(spark: Any, cleveland: pd.DataFrame, tmp_path: Path):
    path = tmp_path / "rows.parquet"
    rows = cleveland.head(3000).drop(columns="source_file")
    rows.loc[rows.index[:7], ["x", "y"]] = None
    rows.loc[rows.index[:9], "lsoa_code"] = None
    rows.to_parquet(path)
    here, there = expression(rows), spark.read_parquet(str(path))
    for make in (quality.by_month, quality.point_use, lambda each: quality.vintages(each, retired=("E01011952",))):
        pd.testing.assert_frame_equal(frame(make(here)), there_frame(make(there)), check_dtype=False)


def there_frame(expression: Any) -> pd.DataFrame:
    found: pd.DataFrame = expression.to_pandas()
    return found

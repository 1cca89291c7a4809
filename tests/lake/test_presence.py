from __future__ import annotations

from abate.lake.delta import Part
from abate.lake.presence import coverage


def held(*rows: tuple[str, int]) -> list[Part]:
    return [Part("essex", month, count, 1, 10, month) for month, count in rows]


def test_a_month_below_half_of_its_trailing_median_is_suspicious() -> None:
    found = coverage({"incidents": held(("2021-01", 100), ("2021-02", 120), ("2021-03", 54), ("2021-04", 55))})
    assert found["status"].tolist() == ["present", "present", "suspicious", "present"]
    assert found["without_coordinates"].tolist() == [1, 1, 1, 1]


def test_the_median_looks_back_twelve_months_that_are_there() -> None:
    early = [(f"2020-{month:02d}", 1000) for month in range(1, 13)]
    late = [(f"2021-{month:02d}", 600) for month in range(1, 13)]
    found = coverage({"incidents": held(*early, *late, ("2022-02", 310))}).set_index("month")["status"]
    assert found["2021-01"] == "present"
    assert found["2022-01"] == "missing"
    assert found["2022-02"] == "present", "half of 600, not of 1000"


def test_forces_and_kinds_have_their_own_span() -> None:
    parts = held(("2021-01", 5), ("2021-03", 5))
    found = coverage({"searches": [*parts, Part("kent", "2021-02", 7, 0, 9, "x")], "incidents": []})
    assert found[["kind", "force", "month", "rows"]].to_numpy().tolist() == [
        ["searches", "essex", "2021-01", 5],
        ["searches", "essex", "2021-02", 0],
        ["searches", "essex", "2021-03", 5],
        ["searches", "kent", "2021-02", 7],
    ]


def test_an_empty_lake_has_an_empty_coverage() -> None:
    assert len(coverage({"incidents": []})) == 0

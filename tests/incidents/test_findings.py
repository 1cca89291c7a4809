from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from abate.incidents import findings, snapping
from abate.incidents.quality import Given, Quality
from abate.tables import COVERAGE, FATES
from conftest import table

if TYPE_CHECKING:
    from abate.incidents.findings import Finding

FATE = """
    file   format  sha256  rows_read  rows_loaded  rows_rejected  rows_repeated  rows_dropped  without_coordinates
    a.csv  street  0a      100        100          0              0              0             0
"""
COVERED = """
    kind       force  month    rows  without_coordinates  status
    incidents  a      2024-01  50    0                    present
    incidents  a      2024-02  0     0                    missing
    incidents  a      2024-03  0     0                    missing
    incidents  a      2024-04  50    0                    present
    incidents  a      2024-05  0     0                    missing
    incidents  a      2024-06  50    0                    present
    searches   a      2024-02  0     0                    missing
"""
UNLOCATED = """
    crime_type  incidents  without_coordinates  share
    Robbery     80         8                    0.1
    Drugs       20         0                    0.0
"""
ODD = """
    force  month    crime_type  incidents  usual  ratio  why
    a      2024-04  all         10         100.0  0.1    low
    a      2024-06  Drugs       0          30.0   0.0    absent
"""


def quality(**known: object) -> Quality:
    state = Quality(
        given=Given(table(FATE).astype({"sha256": str}), table(COVERED)),
        monthly=pd.DataFrame({"force": ["a"], "month": ["2024-01"], "incidents": [100], "without_coordinates": [0]}),
        unlocated=table(UNLOCATED),
        odd=table(ODD),
        points={},
        vintages=pd.DataFrame({"force": ["a", "a"], "month": ["2024-01", "2024-04"], "vintage": ["2011", "2021"]}),
    )
    return replace(state, **known)


def told(state: Quality, topic: str) -> list[Finding]:
    return [finding for finding in findings.of(state) if finding.topic == topic]


def test_gaps_are_told_as_stretches_by_kind_and_force():
    (gap,) = told(quality(), "months")
    assert gap.found == (
        "4 months are missing: a 2024-02 to 2024-03 (incidents), a 2024-05 (incidents), a 2024-02 (searches)"
    )
    assert gap.weight == "warning"


def test_many_missing_coordinates_weigh_more_than_few():
    (many,) = told(quality(), "coordinates")
    assert many.found == "8 of 100 incidents (8.0%) have no coordinates, most often Robbery (10.0%)"
    assert many.weight == "warning"
    few = table(UNLOCATED).assign(without_coordinates=[1, 0], share=[0.0125, 0.0])
    assert told(quality(unlocated=few), "coordinates")[0].weight == "note"
    none = few.assign(without_coordinates=0, share=0.0)
    assert told(quality(unlocated=none), "coordinates")[0].weight == "fine"


def test_odd_months_and_absent_types_are_told_apart():
    low, absent = told(quality(), "odd months")
    assert low.found == "1 month is unlike those before: a 2024-04 (10% of usual)"
    assert absent.found == "a crime type is absent: Drugs in a 2024-06"
    (fine,) = told(quality(odd=table(ODD).head(0)), "odd months")
    assert fine.weight == "fine"


def test_two_editions_of_areas_are_a_warning_and_one_is_fine():
    (two,) = told(quality(), "areas")
    assert two.weight == "warning"
    assert "2011 codes from 2024-01 to 2024-01, 2021 codes from 2024-04 to 2024-04" in two.found
    one = pd.DataFrame({"force": ["a"], "month": ["2024-01"], "vintage": ["2021"]})
    assert told(quality(vintages=one), "areas")[0].weight == "fine"
    assert told(quality(vintages=one.assign(vintage="none")), "areas") == []


def test_forces_with_the_same_verdict_share_a_finding():
    listed = pd.DataFrame({"x": [float(place * 90) for place in range(60)], "y": 0.0, "crs": "EPSG:27700"})
    both = pd.concat([listed.assign(month="2024-01"), listed.assign(month="2024-02")]).assign(incidents=1)
    verdict = snapping.find(both)
    assert verdict.answer == "fixed list"
    few = snapping.find(both.head(3))
    points = told(quality(points={"a": verdict, "b": verdict, "c": few}), "points")
    assert [finding.found.split(":")[0] for finding in points] == ["c", "a, b"]
    assert points[1].meaning == snapping.DEMONSTRATION


def test_rejects_above_one_in_a_hundred_are_a_warning():
    fates = table(FATE).astype({"sha256": str})
    for rejected, weight in ((0, "fine"), (1, "note"), (2, "warning")):
        state = quality(given=Given(fates.assign(rows_rejected=rejected), COVERAGE.empty(), {"month": rejected}))
        assert told(state, "rows")[0].weight == weight


def test_one_and_many_are_worded_rightly():
    fates = table(FATE).astype({"sha256": str}).assign(rows_repeated=1, rows_dropped=1)
    state = quality(given=Given(fates, COVERAGE.empty(), {}, 1, 2))
    text = "\n".join(map(str, findings.of(state)))
    assert "1 row was left out" in text
    assert "1 row repeats a Crime ID of its month" in text
    assert "1 names another place, so that many" not in text
    assert "1 names another place, so it has no sure place" in text
    assert "2 Crime IDs stand in more than one month" in text


def test_nothing_is_said_of_nothing():
    empty = pd.DataFrame()
    blank = quality(
        given=Given(FATES.empty(), COVERAGE.empty()),
        monthly=empty,
        unlocated=table(UNLOCATED).head(0),
        odd=table(ODD).head(0),
        vintages=empty,
    )
    assert list(findings.of(blank)) == []


def test_the_rule_that_rejected_most_is_told_first():
    fates = table(FATE).astype({"sha256": str}).assign(rows_loaded=91, rows_rejected=9)
    rejected = {"month": 2, "place": 5, "kind": 2}
    (rows,) = told(quality(given=Given(fates, table(COVERED), rejected_by_rule=rejected)), "rows")
    assert rows.found == "9 of 100 rows were rejected, by rule: place (5), kind (2), month (2)"
    assert rows.weight == "warning"

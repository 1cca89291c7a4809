"""Who lives where the sites are: by hand, by a slow oracle, and with what is missing said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from abate.errors import OptionError
from abate.hotspots import coverage


def areas_of(*boxes: tuple[float, float, float, float]) -> pd.DataFrame:
    codes = [f"E0100000{number}" for number in range(1, len(boxes) + 1)]
    frame = pd.DataFrame({"place_id": codes, "name": codes, "area_type": "2021 LSOA", "mended": False})
    return frame.assign(shape=[shapely.box(*box) for box in boxes])


def sites_of(*shapes: shapely.Geometry) -> pd.DataFrame:
    ids = [f"s{number}" for number in range(len(shapes))]
    frame = pd.DataFrame({"place_id": ids, "area_km2": 0.01, "easting": 0.0, "northing": 0.0})
    return frame.assign(shape=list(shapes))


def census(rows: dict[str, dict[str, int]]) -> pd.DataFrame:
    told = [(code, group, number) for code, groups in rows.items() for group, number in groups.items()]
    return pd.DataFrame(told, columns=["area_code", "group", "residents"])


TWO = areas_of((0, 0, 10, 10), (10, 0, 20, 10))
MIX = census({"E01000001": {"A": 90, "B": 10}, "E01000002": {"A": 20, "B": 180}})


def test_by_hand():
    """One site wholly in the first area, one half in each: the mix is (0.9 + (0.9 + 0.1) / 2) / 2 of group A."""
    laid = coverage.lay(sites_of(shapely.box(0, 0, 2, 5), shapely.box(8, 0, 12, 5)), TWO)
    kind = coverage.groups(laid, MIX, characteristic="ethnic group")
    told = coverage.compare(laid, [kind], violence=np.array([3.0, 1.0])).set_index("group")
    assert told.loc["A", "residents"] == 110
    assert told.loc["A", "residents_share"] == pytest.approx(110 / 300)
    assert told.loc["A", "sites_share"] == pytest.approx((0.9 + 0.5) / 2)
    assert told.loc["A", "violence_share"] == pytest.approx(0.75 * 0.9 + 0.25 * 0.1)
    assert told.loc["A", "against_residents"] == pytest.approx(0.7 / (110 / 300))
    assert told.loc["A", "inside"] == pytest.approx(round((0.2 * 90 + 0.1 * 20) / 10) * 10)
    assert told["against_residents_low"].isna().all()
    assert "not known" not in told.index


def test_against_a_slow_oracle():
    rng = np.random.default_rng(1)
    areas = areas_of(*[(x, y, x + 10, y + 10) for x in (0, 10, 20) for y in (0, 10, 20)])
    shapes = [shapely.Point(x, y).buffer(r) for x, y, r in rng.uniform((3, 3, 1), (27, 27, 3), (6, 3))]
    laid = coverage.lay(sites_of(*shapes), areas)
    rows = {code: {"A": int(rng.integers(1, 99)), "B": int(rng.integers(1, 99))} for code in areas["place_id"]}
    kind = coverage.groups(laid, census(rows), characteristic="g")
    violence = rng.integers(0, 9, 9).astype(float)
    told = coverage.compare(laid, [kind], violence=violence).set_index("group")
    share = {code: rows[code]["A"] / sum(rows[code].values()) for code in rows}
    slow = []
    for shape in shapes:
        parts = {
            code: shape.intersection(box).area for code, box in zip(areas["place_id"], areas["shape"], strict=True)
        }
        slow.append(sum(parts[code] * share[code] for code in parts) / sum(parts.values()))
    assert told.loc["A", "sites_share"] == pytest.approx(np.mean(slow))
    reported = sum(v * share[code] for v, code in zip(violence, areas["place_id"], strict=True)) / violence.sum()
    assert told.loc["A", "violence_share"] == pytest.approx(reported)
    ratio = told.loc["A", "against_residents"]
    assert told.loc["A", "against_residents_low"] < ratio < told.loc["A", "against_residents_high"]
    everyone = told[["residents_share", "sites_share", "violence_share"]].sum()
    assert np.allclose(everyone, 1)


@pytest.mark.slow
def test_sites_drawn_without_a_look_at_groups_have_ratios_whose_intervals_hold_one():
    """Calibration: the same ground is drawn for everybody, so that the true ratio is 1."""
    rng = np.random.default_rng(2)
    areas = areas_of(*[(x * 10, y * 10, x * 10 + 10, y * 10 + 10) for x in range(3) for y in range(3)])
    rows = {
        code: {"A": int(a), "B": 1000 - int(a)}
        for code, a in zip(areas["place_id"], rng.integers(100, 900, 9), strict=True)
    }
    inside = 0
    for _ in range(200):
        corners = rng.uniform(0, 29, (25, 2))
        laid = coverage.lay(sites_of(*[shapely.box(x, y, x + 1, y + 1) for x, y in corners]), areas)
        kind = coverage.groups(laid, census(rows), characteristic="g")
        told = coverage.compare(laid, [kind], violence=np.ones(9)).iloc[0]
        inside += told["against_residents_low"] <= 1 <= told["against_residents_high"]
    assert 0.90 <= inside / 200 <= 0.99


def test_areas_that_the_table_lacks_are_not_known_and_listed():
    areas = areas_of((0, 0, 10, 10), (10, 0, 20, 10), (20, 0, 30, 10))
    laid = coverage.lay(sites_of(shapely.box(22, 2, 24, 4)), areas)
    kind = coverage.groups(laid, MIX, characteristic="ethnic group")
    assert kind.missing == ("E01000003",)
    told = coverage.compare(laid, [kind], violence=np.ones(3)).set_index("group")
    assert told.loc["not known", "sites_share"] == 1.0
    assert told.loc["not known", "residents"] == 0


def test_a_table_of_another_edition_is_refused():
    laid = coverage.lay(sites_of(shapely.box(0, 0, 2, 5)), TWO)
    old = MIX.assign(area_code=MIX["area_code"].str.replace("E0100", "E0109"))
    with pytest.raises(
        OptionError, match="lacks 2 of the 2 small areas, such as E01000001: a table of the same edition"
    ):
        coverage.groups(laid, old, characteristic="ethnic group")


def test_deciles_take_every_resident_of_an_area():
    laid = coverage.lay(sites_of(shapely.box(0, 0, 2, 5)), TWO)
    table = pd.DataFrame({"area_code": ["E01000001", "E01000002"], "score": 1.0, "rank": [1, 2], "decile": [1, 10]})
    kind = coverage.deciles(laid, table, np.array([100.0, 300.0]))
    told = coverage.compare(laid, [kind], violence=np.array([0.0, 0.0])).set_index("group")
    assert told.loc["1 (most deprived)", "residents_share"] == 0.25
    assert told.loc["1 (most deprived)", "sites_share"] == 1.0
    assert told["violence_share"].isna().all()
    assert "not known" not in told.index
    spoken = coverage.sentence(told.reset_index(), sites=1)
    assert "100% live in the most deprived fifth of England" in spoken
    assert "violence" not in spoken


def test_sites_elsewhere_are_a_sentence():
    with pytest.raises(OptionError, match="none of the 1 sites lies in any of the 2 small areas"):
        coverage.lay(sites_of(shapely.box(500, 500, 510, 510)), TWO)


def test_streets_are_laid_by_length():
    laid = coverage.lay(sites_of(shapely.LineString([(6, 5), (16, 5)])), TWO)
    assert np.allclose(laid.mix, [[0.4, 0.6]])


def test_ground_outside_every_area_is_told():
    laid = coverage.lay(sites_of(shapely.box(18, 0, 22, 10)), TWO)
    assert laid.outside[0] == pytest.approx(0.5)
    assert np.allclose(laid.mix.sum(axis=1), 1)

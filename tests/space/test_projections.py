from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.space import projections


def test_the_ordnance_surveys_worked_example() -> None:
    """Caister water tower, "A guide to coordinate systems in Great Britain", annex C: to a millimetre."""
    longitude, latitude = 1 + 43 / 60 + 4.5177 / 3600, 52 + 39 / 60 + 27.2531 / 3600
    found = projections.convert([longitude], [latitude], source="EPSG:4277", target="EPSG:27700")
    assert found.easting[0] == pytest.approx(651409.903, abs=0.001)
    assert found.northing[0] == pytest.approx(313177.270, abs=0.001)


def test_the_ostn15_test_point_on_scilly() -> None:
    """Point TP01 of Ordnance Survey's OSTN15 test data: within 6 m by Helmert, within 0.1 m by the grid."""
    found = projections.convert([-6.29977752014], [49.92226393730], source="EPSG:4326", target="EPSG:27700")
    far = np.hypot(found.easting[0] - 91492.146, found.northing[0] - 11318.804)
    assert found.transformation.startswith(("Helmert", "shift grid"))
    assert far < (6 if found.transformation.startswith("Helmert") else 0.1)
    assert found.accuracy_m is not None
    assert 0 < found.accuracy_m <= 5


def test_there_and_back() -> None:
    rng = np.random.default_rng(1)
    east, north = rng.uniform(80_000, 650_000, 500), rng.uniform(5_000, 650_000, 500)
    away = projections.convert(east, north, source="EPSG:27700", target="EPSG:4326")
    back = projections.convert(away.easting, away.northing, source="EPSG:4326", target="EPSG:27700")
    assert np.abs(back.easting - east).max() < 0.001
    assert np.abs(back.northing - north).max() < 0.001


def test_what_is_blank_stays_blank_and_harms_no_other() -> None:
    found = projections.convert([np.nan, -0.1, np.inf], [51.5, 51.5, 51.5], source="EPSG:4326", target="EPSG:27700")
    assert np.isnan(found.easting).tolist() == [True, False, True]
    assert np.isnan(found.northing).tolist() == [True, False, True]


def test_nothing_to_convert() -> None:
    assert len(projections.convert([], [], source="EPSG:4326", target="EPSG:27700").easting) == 0


def test_the_same_system_is_left_alone() -> None:
    found = projections.convert([1.25], [2.5], source="EPSG:27700", target="epsg:27700")
    assert (found.easting[0], found.northing[0], found.accuracy_m) == (1.25, 2.5, 0.0)
    assert found.transformation.startswith("none")


def test_new_york_counts_in_survey_feet() -> None:
    assert projections.unit_m("EPSG:2263") == pytest.approx(1200 / 3937)
    found = projections.convert([-74.0], [40.7], source="EPSG:4326", target="EPSG:2263")
    assert found.easting[0] == pytest.approx(984_250, abs=20)


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        ([-74.0], [40.7], "outside Great Britain: say with `--crs`"),
        ([51.5], [-0.1], "look swapped"),
        ([-5.93], [54.6], "--crs EPSG:2157"),
    ],
)
def test_longitude_and_latitude_elsewhere_need_a_system(x: list[float], y: list[float], sentence: str) -> None:
    with pytest.raises(OptionError, match=sentence.replace("(", r"\(")):
        projections.analysis_crs("EPSG:4326", x, y)


def test_a_few_strays_do_not_decide() -> None:
    assert projections.analysis_crs("EPSG:4326", [-74, 0.7, 0.71, 0.72], [40, 51.5, 51.5, 51.6]) == "EPSG:27700"
    assert projections.analysis_crs("EPSG:4326", [np.nan], [np.nan]) == "EPSG:27700"
    assert projections.analysis_crs("EPSG:2263", [1.0], [2.0]) == "EPSG:2263"


def test_sentences_for_systems_that_will_not_do() -> None:
    with pytest.raises(OptionError, match="'EPSG:1' is not a known coordinate system: write it as EPSG:27700"):
        projections.convert([0], [0], source="EPSG:1", target="EPSG:27700")
    with pytest.raises(OptionError, match="EPSG:4326 counts in degrees"):
        projections.unit_m("EPSG:4326")

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.places import specs

US_FOOT = 1200 / 3937


@pytest.mark.parametrize(
    ("text", "kind", "size", "unit", "file"),
    [
        ("square:250", "square", 250, None, None),
        ("Square: 250 m", "square", 250, "m", None),
        ("square:500ft", "square", 500, "ft", None),
        ("hex:150", "hex", 150, None, None),
        ("hex:1.5e2M", "hex", 150, "m", None),
        ("square:.5", "square", 0.5, None, None),
        ("lsoa", "lsoa", None, None, None),
        ("lsoa:some/lsoa.geojson", "lsoa", None, None, "some/lsoa.geojson"),
        ("area:wards.gpkg", "area", None, None, "wards.gpkg"),
        ("street:C:/roads.geojson.gz", "street", None, None, "C:/roads.geojson.gz"),
    ],
)
def test_specs_are_read(text: str, kind: str, size: float | None, unit: str | None, file: str | None) -> None:
    found = specs.read(text)
    assert (found.kind, found.size, found.unit, found.file) == (kind, size, unit, file)
    assert specs.read(str(found)) == found


@given(size=st.floats(0.001, 1e6), unit=st.sampled_from(["", "m", "ft"]), kind=st.sampled_from(["square", "hex"]))
def test_what_is_written_reads_back(size: float, unit: str, kind: str) -> None:
    spec = specs.read(f"{kind}:{size:.15g}{unit}")
    assert specs.read(str(spec)) == spec


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "sqare:250",
            "'sqare' is not a kind of place. Did you mean 'square'? Known are: square, hex, lsoa, area, street.",
        ),
        ("", "'' is not a kind of place."),
        ("square", "square: the size is missing: write square:250, square:250m or square:500ft"),
        ("square:big", "square: 'big' is not a size"),
        ("square:-5", "square: '-5' is not a size"),
        ("square:250yd", "square: 'yd' is not a unit of length. Known are: m (metres), ft (feet)."),
        ("square:0", "the size of square places lies between 0.001 and 10,000,000, not at 0"),
        ("hex:1e300", "the size of hex places lies between"),
        ("area", "area places need a file: write area:FILE"),
        ("street:", "street places need a file: write street:FILE"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(OptionError) as fault:
        specs.read(text)
    assert sentence in str(fault.value)


def test_the_origin_fixes_grids_only() -> None:
    assert specs.read("square:250", origin="530000,180000.5").origin == (530000.0, 180000.5)
    with pytest.raises(OptionError, match="'530000' is not an origin: write easting and northing with a comma"):
        specs.read("square:250", origin="530000")
    with pytest.raises(OptionError, match="lsoa places have none"):
        specs.read("lsoa", origin="1,2")
    with pytest.raises(OptionError, match="is two numbers"):
        specs.read("hex:150", origin="nan,2")


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(OptionError) as fault:
        specs.PlaceSpec("square", size=None, file="x.geojson", origin=(float("inf"), 0.0))
    assert len(fault.value.faults) == 3
    with pytest.raises(OptionError, match="lsoa places have no size, here 5"):
        specs.PlaceSpec("lsoa", size=5)


@pytest.mark.parametrize(
    ("text", "unit_m", "size"),
    [
        ("square:250", 1.0, 250),
        ("square:250m", 1.0, 250),
        ("square:500ft", 1.0, 152.4),
        ("square:500", US_FOOT, 500),
        ("square:500ft", US_FOOT, 500),
        ("square:500ft", 0.3048, 500),
        ("square:250m", 0.3048, 250 / 0.3048),
        ("hex:150", 1.0, 150),
        ("hex:150", US_FOOT, 150 / US_FOOT),
    ],
)
def test_sizes_in_the_unit_of_the_coordinates(text: str, unit_m: float, size: float) -> None:
    assert specs.read(text).grid(unit_m).size == pytest.approx(size, rel=1e-12)


def test_one_grid_has_one_prefix_and_two_grids_have_two() -> None:
    assert specs.read("square:250").prefix(1.0) == specs.read("square:250.0m").prefix(1.0) == "sq250"
    assert specs.read("square:500").prefix(US_FOOT) == specs.read("square:500ft").prefix(US_FOOT) == "sq500"
    assert specs.read("hex:150").prefix(US_FOOT) == "hex150m"
    differing = [
        specs.read("square:250", origin=origin).prefix(unit_m)
        for origin in (None, "0,1", "1,0", "-1,0.5")
        for unit_m in (1.0,)
    ] + [specs.read(text).prefix(1.0) for text in ("square:250ft", "hex:250", "square:2.5", "square:25")]
    assert len(set(differing)) == len(differing)


def test_an_area_is_not_a_grid() -> None:
    with pytest.raises(OptionError, match="lsoa places are not a grid"):
        specs.read("lsoa").grid(1.0)


def test_names_for_a_reader() -> None:
    lsoas = pd.DataFrame({"area_type": ["2011 LSOA", "2011 LSOA"]})
    mixed = pd.DataFrame({"area_type": ["2011 LSOA", "2021 LSOA"]})
    unknown = pd.DataFrame({"area_type": pd.Series([None, None], dtype="str")})
    assert specs.title(specs.read("lsoa"), areas=lsoas) == "2011 LSOAs"
    assert specs.title(specs.read("lsoa"), areas=mixed) == "LSOAs"
    assert specs.title(specs.read("area:f"), areas=unknown) == "areas"
    assert specs.title(specs.read("street:f")) == "street segments"
    assert specs.title(specs.read("square:500"), unit_m=US_FOOT) == "500 ft squares"
    assert specs.title(specs.read("hex:150"), unit_m=US_FOOT) == "150 m hexagons"

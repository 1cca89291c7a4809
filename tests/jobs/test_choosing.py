"""From the lake to a list of sites: every rule kept, hours found, reasons told, the same bytes twice, a refresh."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from abate import sample
from abate.errors import OptionError, SourceError
from abate.jobs.choosing import Sought
from abate.jobs.hotspots import Options, hotspots
from abate.jobs.load import load
from jobs.sited import TODAY, made, sited

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abate.jobs.hotspots import Found

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out") / "first"


@pytest.fixture(scope="module")
def found(town: Path, out: Path) -> Found:
    return sited(town, out, last="2025-06", exclude=town / "maps" / "exclusions.geojson")


def test_the_sites_lie_where_hotspots_were_planted(found: Found) -> None:
    planted = sample.town(1).truth.hotspots
    assert found.sites is not None
    outlines = found.sites.sites["shape"].to_numpy(dtype=object)
    apart = shapely.distance(
        outlines[:, None], shapely.points(planted["easting"].to_numpy(), planted["northing"].to_numpy())[None, :]
    )
    near = apart <= planted["radius_m"].to_numpy() + 75
    assert near.any(axis=1).sum() >= 5, "at most one site lies where nothing was planted"


def test_the_sites_keep_to_the_rules(found: Found) -> None:
    assert found.sites is not None
    sites = found.sites.sites
    shapes = sites["shape"].to_numpy(dtype=object)
    assert len(sites) == 6
    assert sites["area_km2"].max() <= 0.05
    assert min(one.distance(other) for one, other in combinations(shapes, 2)) >= 500 - 1e-6
    assert all(shape.geom_type == "Polygon" for shape in shapes)
    assert sites["incidents"].min() >= 3
    assert found.sites.choice.gap < 1e-6


def test_the_answer_has_sites_hours_and_the_proof(found: Found) -> None:
    document = json.loads(json.dumps(found.document()))
    assert len(document["sites"]) == 6
    assert {"site_id", "name", "rank", "expected", "reasons", "time_bands", "stability"} <= set(document["sites"][0])
    assert document["choice"]["gap"] < 1e-6
    assert document["choice"]["version"] == 1
    assert {band["site_id"] for band in document["site_hours"]} <= {site["site_id"] for site in document["sites"]}
    assert {"places", "incidents", "hotspots", "concentration", "files"} <= set(document), "the rest is as it was"


def test_busy_hours_are_those_that_were_planted(found: Found) -> None:
    """The town's nights out: Friday and Saturday from the evening on."""
    assert found.sites is not None
    first = found.sites.sites["site_id"].iloc[0]
    bands = found.sites.bands[found.sites.bands["site_id"] == first]
    assert {"Fri", "Sat"} & set(bands["days"].iloc[0].replace(",", "").split())
    assert bands["from_hour"].iloc[0] >= 18
    assert found.sites.hours.shape == (6, 168)
    assert np.allclose(found.sites.hours.sum(axis=1), 1)


def test_the_files_are_there_and_the_outlines_come_back(found: Found, out: Path) -> None:
    from abate.sources import site_lists

    assert {"sites.csv", "sites.geojson", "site_hours.csv"} <= {path.name for path in out.iterdir()}
    assert found.sites is not None
    again = site_lists.read(out / "sites.geojson", crs="EPSG:27700")
    outlines = again.sites.set_index("site_id")["shape"].loc[found.sites.sites["site_id"]]
    areas = shapely.area(outlines.to_numpy(dtype=object)) / 1e6
    assert np.allclose(areas, found.sites.sites["area_km2"], rtol=1e-3)
    assert again.version == 1
    assert again.months is not None
    assert again.months[1] == "2025-06"


def test_the_same_options_give_the_same_bytes(town: Path, found: Found, out: Path, tmp_path: Path) -> None:
    assert found.sites is not None
    sited(town, tmp_path / out.name, last="2025-06", exclude=town / "maps" / "exclusions.geojson")
    for name in ("sites.csv", "sites.geojson", "site_hours.csv", "report.html", "report.pdf"):
        assert (tmp_path / out.name / name).read_bytes() == (out / name).read_bytes(), name


def test_a_refresh_tells_every_site_of_both_lists_and_counts_on(
    town: Path, found: Found, out: Path, tmp_path: Path
) -> None:
    assert found.sites is not None
    later = sited(town, tmp_path / "later", sought={"against": out / "sites.geojson"})
    assert later.sites is not None
    assert later.sites.refresh is not None
    changes = later.sites.refresh.changes
    new = changes[changes["change"] != "leaves"]
    assert sorted(new["site_id"]) == sorted(later.sites.sites["site_id"])
    assert sorted(changes["was"].dropna()) == sorted(found.sites.sites["site_id"])
    assert changes["noise"].between(0, 1).all()
    label = json.loads((tmp_path / "later" / "sites.geojson").read_text())
    assert label["version"] == 2
    assert label["follows"]["version"] == 1
    assert (tmp_path / "later" / "site_changes.csv").is_file()


def test_streets_join_the_ground_of_sites(town: Path, tmp_path: Path) -> None:
    found = sited(town, tmp_path / "out", streets=town / "maps" / "streets.geojson", place="square:100")
    assert found.sites is not None
    assert found.sites.sites["area_km2"].max() <= 0.05


@pytest.mark.parametrize(
    ("sought", "asked", "words"),
    [
        ({"method": "recomended"}, {}, "Did you mean 'recommended'"),
        ({"method": "risk"}, {}, "add --features FILE"),
        ({"maximise": "money"}, {}, "incidents or harm, not 'money'"),
        ({"site_km2": 0.001}, {}, "--site-km2 0.001: the smallest place"),
        ({"least_incidents": 100_000}, {}, "lower --least-incidents"),
        ({"ahead_months": 0}, {}, "--ahead-months: at least 1"),
        ({"sites": 0, "separation_m": -1.0}, {}, "--sites: at least 1, not 0\n--separation-m"),
    ],
)
def test_what_cannot_be_chosen_is_a_sentence(
    town: Path, tmp_path: Path, sought: dict[str, object], asked: dict[str, object], words: str
) -> None:
    with pytest.raises(OptionError) as fault:
        sited(town, tmp_path / "out", sought=sought, **asked)
    assert words in str(fault.value)
    assert not (tmp_path / "out").exists()


def test_a_list_that_is_no_list_is_told(town: Path, tmp_path: Path) -> None:
    (tmp_path / "old.geojson").write_text("{}")
    with pytest.raises(SourceError, match=r"old\.geojson"):
        sited(town, tmp_path / "out", sought={"against": tmp_path / "old.geojson"})


def test_harm_is_maximised_where_codes_are_known(town: Path, tmp_path: Path) -> None:
    found = sited(town, tmp_path / "out", sought={"maximise": "harm"})
    assert found.sites is not None
    sites = found.sites.sites
    assert sites["expected_harm"].is_monotonic_decreasing
    assert sites["harm_top_share"].max() <= 0.5
    assert "expected harm" in found.sites.choice.proof()


def test_a_record_without_hours_or_codes_says_so(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    file = shared("police-street/bedfordshire-street-2021-03-to-2022-03.csv.gz")
    load([file], lake=tmp_path / "lake", today=TODAY, by="a tester")
    options = {"lake": tmp_path / "lake", "force": "bedfordshire", "crime": "violence,robbery,weapons"}
    found = hotspots(
        Options(**options, out=tmp_path / "out", choose=Sought(sites=15, site_km2=0.05, method="counts")),  # type: ignore[arg-type]
        today=TODAY,
    )
    assert found.sites is not None
    assert len(found.sites.sites) == 15
    assert set(found.sites.sites["time_bands"]) == {"the record has no hours"}
    assert any("no time band can be told" in note for note in found.notes)
    assert not (tmp_path / "out" / "site_hours.csv").exists()
    with pytest.raises(OptionError, match="--maximise harm: the record has no Home Office codes"):
        hotspots(
            Options(**options, out=tmp_path / "harm", choose=Sought(maximise="harm")),  # type: ignore[arg-type]
            today=TODAY,
        )


def test_streets_as_places_are_refused(town: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="--choose makes sites of cells or areas"):
        sited(town, tmp_path / "out", place=f"street:{town / 'maps' / 'streets.geojson'}")

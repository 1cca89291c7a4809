"""Risk from what stands near: planted pubs come back, people are refused, far files are a sentence."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.hotspots import risk
from abate.space import proximity
from hotspots.worlds import WINDOW, past_of, planted, squares

if TYPE_CHECKING:
    from collections.abc import Callable

HOTSPOTS = Path(risk.__file__).parent


def by_kind(found: risk.Risk) -> pd.DataFrame:
    return found.rates.set_index("kind")


def test_planted_pubs_come_back_and_schools_say_nothing():
    past, features, _, times = planted(2)
    found = risk.fit(past, features)
    rates = by_kind(found)
    assert found.reach_m == 300
    assert rates.loc["public house", "low"] < times < rates.loc["public house", "high"]
    assert rates.loc["public house", "low"] > 1.2
    assert rates.loc["school", "low"] < 1 < rates.loc["school", "high"]
    assert found.gain > 0.03
    assert found.size == pytest.approx(3.0, rel=0.25)
    assert str(found).startswith("Rate within 300 m of a feature, on average, next to the rate without it: public")


def test_a_rate_is_not_carried_to_distances_without_places():
    """Three times the rate within 150 m, on a grid of 150 m: no place stands at a pub, and what is planted returns."""
    places = squares(30)
    rng = np.random.default_rng(11)
    pubs = rng.uniform(0, 4500, (25, 2))
    near = proximity.distances(places[["easting", "northing"]].to_numpy(float), pubs) < 150
    past = past_of(places, rng.poisson(np.where(near, 6.0, 2.0)))
    features = pd.DataFrame({"kind": "public house", "easting": pubs[:, 0], "northing": pubs[:, 1]})
    found = risk.fit(past, features)
    within = proximity.distances(places[["easting", "northing"]].to_numpy(float), pubs) < found.reach_m
    planted_there = np.where(near[within], 3.0, 1.0).mean()
    assert by_kind(found).loc["public house", "relative_rate"] == pytest.approx(planted_there, rel=0.25)


@pytest.mark.long
def test_intervals_of_the_rates_cover(proof: Callable[[str, str, str], None]):
    cover = np.zeros(2)
    for seed in range(200):
        past, features, _, times = planted(seed)
        rates = by_kind(risk.fit(past, features))
        truth = np.array([times, 1.0])
        cover += ((rates["low"] <= truth) & (truth <= rates["high"])).to_numpy()
    shares = cover / 200
    proof(
        "relative rates from features: 95% intervals that hold the planted rate (pubs, schools), 200 towns",
        f"{shares[0]:.1%}, {shares[1]:.1%}",
        "89% to 99%",
    )
    assert ((shares >= 0.89) & (shares <= 0.99)).all()


def test_the_forecast_beats_both_the_mean_and_the_place_s_own_count():
    past, features, mean, _ = planted(2, scatter=6.0)
    month = mean * WINDOW.days / past.span.days
    told = risk.forecast(past, WINDOW, features=features)
    alone = risk.forecast(past, WINDOW, features=features, own_record=False)
    own = past.totals() * WINDOW.days / past.span.days

    def missed(expected: np.ndarray) -> float:
        return float(((expected - month) ** 2).mean())

    assert missed(told["expected"].to_numpy()) < 0.8 * min(missed(own), missed(alone["expected"].to_numpy()))
    assert missed(alone["expected"].to_numpy()) < missed(np.full(len(month), month.mean()))
    assert list(told["place_id"]) == past.place_ids
    assert (told["expected"] > 0).all()
    assert told["size"].notna().all()


def test_the_forecast_is_of_the_window_s_length_and_the_same_twice():
    past, features, *_ = planted(3, side=20, pubs=15)
    one, again = (risk.forecast(past, WINDOW, features=features) for _ in range(2))
    pd.testing.assert_frame_equal(one, again, check_exact=True)
    total = past.totals().sum() * WINDOW.days / past.span.days
    assert one["expected"].sum() == pytest.approx(total, rel=0.02)


def test_places_that_do_not_scatter_are_poisson():
    places = squares(12)
    rng = np.random.default_rng(4)
    past = past_of(places, rng.poisson(5.0, len(places)))
    features = pd.DataFrame({"kind": "school", "easting": [300.0, 900.0], "northing": [300.0, 1200.0]})
    told = risk.forecast(past, WINDOW, features=features)
    spread = told["expected"].std() / told["expected"].mean()
    assert told["size"].isna().all() or told["size"].min() > 20
    assert spread < 0.25


@pytest.mark.parametrize(
    "named",
    ["ethnicity", "Pct ethnic minority", "ageBand", "IMD decile", "religion", "mosque", "Place of worship", "income"],
)
def test_who_lives_there_is_refused_as_a_kind_and_as_a_column(named: str):
    past, features, *_ = planted(5, side=12, pubs=6)
    with pytest.raises(OptionError, match="who lives or meets there"):
        risk.fit(past, features.assign(kind=named))
    with pytest.raises(OptionError, match="is about people"):
        risk.fit(past, features.assign(**{named: 1.0}))


def test_things_are_not_refused():
    for kind in ("Public house", "Race course", "Railway station", "School", "Garage", "Village hall", "Age UK shop"):
        assert not risk.is_about_people(kind)


def test_every_refusal_is_told_at_once():
    past, features, *_ = planted(6, side=12, pubs=6)
    with pytest.raises(OptionError) as fault:
        risk.fit(past, pd.concat([features.assign(kind="mosque"), features.assign(kind="deprivation")]))
    assert len(fault.value.faults) == 2


def test_features_of_another_area_are_a_sentence():
    past, features, *_ = planted(7, side=12, pubs=6)
    away = features.assign(easting=features["easting"] + 80_000)
    with pytest.raises(OptionError, match=r"lies 7\d\.\d km from the nearest place, in another area"):
        risk.fit(past, away)
    mixed = pd.concat([features, away.assign(kind="casino")])
    assert any("no casino lies within 600 m" in note for note in risk.fit(past, mixed).notes)


def test_too_few_incidents_and_no_features_are_sentences():
    past, features, *_ = planted(8, side=12, pubs=6)
    few = past_of(past.places, np.r_[49, np.zeros(143, dtype=np.int64)])
    with pytest.raises(OptionError, match="at least 50 incidents in the past; there are 49"):
        risk.fit(few, features)
    with pytest.raises(OptionError, match="--features"):
        risk.forecast(past, WINDOW)
    with pytest.raises(OptionError, match="the table holds none"):
        risk.fit(past, features.head(0))


def test_kinds_at_the_same_places_share_the_rate_and_it_is_said():
    past, features, *_ = planted(9, side=25, pubs=20)
    pubs = features[features["kind"] == "public house"]
    found = risk.fit(past, pd.concat([pubs, pubs.assign(kind="bar")]))
    rates = by_kind(found)["relative_rate"]
    assert rates["bar"] == pytest.approx(rates["public house"], rel=1e-6)
    assert any("bar and public house stand at the same places" in note for note in found.notes)


def test_one_feature_of_a_kind_is_said_to_be_one_and_has_a_wide_interval():
    """A station in one place: the blocks cannot tell how places scatter there, the negative binomial can."""
    past, features, *_ = planted(12, side=25, pubs=20, scatter=1.5)
    station = pd.DataFrame({"kind": "station", "easting": [1875.0], "northing": [1875.0]})
    found = risk.fit(past, pd.concat([features, station]))
    assert any(note.startswith("only 1 station near the places") for note in found.notes)
    rates = by_kind(found)
    width = np.log(rates["high"] / rates["low"])
    assert width["station"] > 2 * width["public house"]


def test_streets_without_area_count_alike():
    past, features, *_ = planted(10, side=15, pubs=10)
    streets = past.places.assign(area_km2=0.0)
    found = risk.fit(past_of(streets, past.totals()), features)
    assert found.mean.sum() == pytest.approx(past.totals().sum(), rel=1e-6)


def test_blocks_of_one_fold_never_touch():
    middles = squares(30)[["easting", "northing"]].to_numpy(float)
    blocks, folds = risk._blocks(middles)
    assert 40 < len(np.unique(blocks)) < 110
    assert sorted(np.unique(folds)) == [0, 1, 2, 3, 4]
    fold = {int(b): int(f) for b, f in zip(blocks, folds, strict=True)}
    wide = int(np.sqrt(len(fold)))
    assert all(fold[b] != fold.get(b + 1) for b in fold if (b + 1) % wide)


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        + ([f"{node.module}.{one.name}" for one in node.names] if isinstance(node, ast.ImportFrom) else [])
    }


PEOPLE_MODULES = {"abate.hotspots.coverage", "abate.hotspots.deprivation", "abate.tables.fairness"}
PEOPLE_TABLES = {f"abate.tables.{name}" for name in ("DEPRIVATION", "DECILES", "RESIDENTS", "EQUALITY")}


def test_no_method_of_forecasting_or_choosing_reads_who_lives_there():
    """The house guard: whatever forecasts or chooses may not import what knows deprivation or residents."""
    allowed = {"coverage.py", "deprivation.py"}
    modules = [path for path in sorted(HOTSPOTS.glob("*.py")) if path.name not in allowed]
    forecasting = [path for path in modules if "def forecast(" in path.read_text("utf-8")]
    assert HOTSPOTS / "risk.py" in forecasting
    guilty = {path.name: imported(path) & (PEOPLE_MODULES | PEOPLE_TABLES) for path in modules}
    assert {name: found for name, found in guilty.items() if found} == {}


def test_the_guard_sees_a_planted_import(tmp_path: Path):
    bad = tmp_path / "bad.py"
    bad.write_text("from abate.hotspots import deprivation\nfrom abate.tables import RESIDENTS\n")
    assert imported(bad) & PEOPLE_MODULES
    assert imported(bad) & PEOPLE_TABLES

"""Scoring, from files to records: the contract, counting by hand, the contest's rehearsal, and what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from abate.errors import AbateError, OptionError
from abate.hotspots import methods
from abate.hotspots.histories import History, Window, forecasts
from abate.jobs.load import load
from abate.jobs.score import Options, Scores, score
from jobs import ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)
CONTRACT = ["method", "window", "flagged_km2", "events", "hits", "hit_rate", "pai", "pei_star", "log_score"]
EXAMPLES = Path(methods.__file__).parents[1] / "sources" / "examples"


def tried(**options: Any) -> Scores:
    return score(Options(**{"place": "square:100", "crime": "Robbery", **options}), today=TODAY)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("ledger")
    events, mapping = ledger.write(folder, ledger.incidents())
    return {"events": events, "mapping": mapping, "within": ledger.region(folder)}


@pytest.fixture(scope="module")
def monthly(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    events, mapping = ledger.write(tmp_path_factory.mktemp("months"), ledger.incidents(), mapping=ledger.MONTHLY)
    return {"events": events, "mapping": mapping}


@pytest.fixture(scope="module")
def single(files: dict[str, Path]) -> Scores:
    return tried(**files, train_to="2024-08-31", windows="7d,1m,7d", flag_km2="0.1,0.3", method="memory,counts,memory")


def test_a_record_a_method_window_and_area_with_the_keys_of_the_contract(single):
    assert [(row["window"], row["flagged_km2"], row["method"]) for row in single.rows] == [
        (window, area, method) for window in ("7d", "1m") for area in (0.1, 0.3) for method in ("memory", "counts")
    ]
    assert all(list(row)[: len(CONTRACT)] == CONTRACT for row in single.rows)
    assert {row["origin"] for row in single.rows} == {"2024-08-31"}
    json.dumps(single.rows, allow_nan=False)


def test_counts_are_those_counted_by_hand(single):
    frame = ledger.incidents()
    robbery = frame[frame["kind"] == "Robbery"].assign(
        column=(frame["x"] - ledger.EAST) // 100, row=(frame["y"] - ledger.NORTH) // 100
    )
    september = robbery[robbery["date"].str.startswith("2024-09")]
    inside = robbery[robbery["column"] < ledger.SIDE]
    past = inside[inside["date"] <= "2024-08-31"].groupby(["column", "row"]).size()
    test = inside[inside["date"].str.startswith("2024-09")].groupby(["column", "row"]).size()
    row = next(r for r in single.rows if (r["window"], r["flagged_km2"], r["method"]) == ("1m", 0.3, "counts"))
    assert row["events"] == test.sum()
    assert row["without_coordinates"] == september["x"].isna().sum()
    assert row["outside"] == (september["column"] >= ledger.SIDE).sum()
    assert row["without_coordinates"] > 0
    assert row["outside"] > 0
    busiest = past.sort_values(ascending=False)
    assert busiest.iloc[29] > busiest.iloc[30], "no tie at the cut of 30 cells"
    hits = int(test.reindex(busiest.index[:30]).fillna(0).sum())
    best = int(test.sort_values(ascending=False).iloc[:30].sum())
    assert row["hits"] == hits
    assert row["hit_rate"] == pytest.approx(hits / test.sum())
    assert row["pai"] == pytest.approx((hits / test.sum()) / (0.3 / 1.44))
    assert row["pei_star"] == pytest.approx(hits / best)
    assert row["places"] == 144
    assert row["area_km2"] == pytest.approx(1.44)


def test_plain_counts_are_always_there_and_gain_nothing_over_themselves(files):
    found = tried(**files, train_to="2024-08-31", method="memory").rows
    assert [row["method"] for row in found] == ["memory", "counts"]
    assert found[0]["gain_over_counts"]["low"] <= found[0]["gain_over_counts"]["high"]
    assert found[1]["gain_over_counts"] is None


def test_later_events_in_a_file_of_their_own_give_the_same(files, tmp_path):
    frame = ledger.incidents()
    before, mapping = ledger.write(tmp_path, frame[frame["date"] <= "2024-08-31"], "before")
    after, _ = ledger.write(tmp_path, frame[frame["date"] > "2024-08-31"], "after")
    asked = {"within": files["within"], "windows": "7d,1m", "flag_km2": "0.1", "method": "counts"}
    split = tried(events=before, mapping=mapping, test_events=after, **asked)
    whole = tried(events=files["events"], mapping=mapping, train_to="2024-08-31", **asked)
    assert split.rows == whole.rows


def test_what_happens_after_a_window_changes_nothing(files, tmp_path):
    frame = ledger.incidents()
    events, _ = ledger.write(tmp_path, frame[frame["date"] <= "2024-09-30"], "early")
    asked = {"within": files["within"], "mapping": files["mapping"], "train_to": "2024-08-31", "windows": "1m"}
    assert tried(events=events, **asked).rows == tried(events=files["events"], **asked).rows


def test_without_an_area_places_are_those_known_by_the_origin_and_pai_says_why_not(files):
    asked = {"events": files["events"], "mapping": files["mapping"], "method": "counts", "flag_km2": "0.3"}
    found = tried(**asked, first="2024-08", train_to="2024-08-31")
    (row,) = found.rows
    frame = ledger.incidents()
    known = frame[frame["date"].str.startswith("2024-08") & frame["x"].notna()]
    assert row["places"] == len(known.assign(c=known["x"] // 100, r=known["y"] // 100).groupby(["c", "r"]))
    assert row["pai"] is None
    assert "--within" in row["sentence"]
    assert "--within" in found.sentence
    assert (
        row["events"]
        == ((frame["kind"] == "Robbery") & frame["date"].str.startswith("2024-09") & frame["x"].notna()).sum()
    )


def test_without_train_to_the_origin_rolls_and_each_row_has_its_own(files):
    found = tried(**files, windows="1m", flag_km2="0.1", method="memory")
    origins = [row["origin"] for row in found.rows if row["method"] == "memory"]
    assert len(origins) == len(set(origins)) == 5
    mine = [row for row in found.rows if row["method"] == "memory"]
    assert mine[0]["churn"] is None
    assert all(0 <= row["churn"] <= 1 for row in mine[1:])
    pooled = {json.dumps(row["rolling_gain_over_counts"]) for row in mine}
    assert len(pooled) == 1
    plain = [row for row in found.rows if row["method"] == "counts"]
    ahead = sum(row["hits"] for row in mine) - sum(row["hits"] for row in plain)
    assert mine[0]["rolling_gain_over_counts"]["value"] == pytest.approx(ahead / sum(row["events"] for row in mine))
    assert "5 origins" in mine[0]["rolling_gain_over_counts"]["basis"]


def test_the_same_asked_twice_is_the_same(files, tmp_path):
    asked = {**files, "train_to": "2024-08-31", "windows": "1m", "method": "recommended,counts"}
    first, again = tried(**asked, out=tmp_path / "a"), tried(**asked, out=tmp_path / "b")
    assert first.rows == again.rows
    for name in ("score.html", "scores.csv", "scores.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes().replace(
            b"<td>b</td>", b"<td>a</td>"
        )


def test_months_are_refused_windows_of_days_and_take_windows_of_months(monthly):
    found = tried(**monthly, train_to="2024-08", windows="1m,2m", method="counts", gap=5)
    assert [row["first_day"] for row in found.rows] == ["2024-10-01", "2024-10-01"]
    with pytest.raises(OptionError, match="window 7d: the record has months, not days: the shortest window is 1m"):
        tried(**monthly, windows="7d")
    with pytest.raises(OptionError, match="name the last day of a month"):
        tried(**monthly, train_to="2024-08-15")
    with pytest.raises(OptionError, match="near-repeat: needs the days"):
        tried(**monthly, method="near-repeat")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"method": "recomended,kernal"}, "Did you mean 'recommended'"),
        ({"train_to": "2024-12-01", "windows": "1m,3m"}, "window 3m .* the record ends on 2024-12-31"),
        ({"train_to": "2025-03-31"}, "--train-to 2025-03-31: the record runs from 2024-01-01 to 2024-12-31"),
        ({"train_to": "2024-01-02"}, "at least 30 are needed"),
        ({"crime": "robery"}, "Did you mean 'robbery'"),
        ({"gap": -3}, "--gap -3: a window cannot begin before training ends"),
        ({"flag_km2": "1,none"}, "--flag-km2 none: not an area"),
        ({"train_to": "soon"}, "--train-to soon: not a day"),
        ({"lake": Path("lake")}, "either --lake DIR with --force F, or --events FILE"),
        ({"method": "risk"}, "add --features FILE"),
        ({"method": "kernel-street"}, "--place street:FILE"),
        ({"windows": "12m"}, "too short for windows of 12m"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(files: dict[str, Path], asked: dict[str, Any], said: str) -> None:
    with pytest.raises(AbateError, match=said):
        tried(**{**files, **asked})


def test_later_events_that_overlap_training_are_refused(files):
    with pytest.raises(OptionError, match="the windows would overlap training"):
        tried(**files, test_events=files["events"], train_to="2024-08-31")


def test_an_area_far_away_is_told_with_its_distance(files, tmp_path):
    far = ledger.region(tmp_path, east=ledger.EAST - 200_000)
    with pytest.raises(OptionError, match=r"no incident lies inside; it is 200 km from the middle"):
        tried(**{**files, "within": far}, train_to="2024-08-31")


def test_a_lake_gives_the_same_as_its_file(files, tmp_path):
    load([files["events"]], lake=tmp_path / "lake", today=TODAY, by="a tester", mapping=files["mapping"])
    asked = {"within": files["within"], "train_to": "2024-08-31", "method": "counts"}
    from_lake = tried(lake=tmp_path / "lake", force="sample", **asked)
    assert from_lake.rows == tried(events=files["events"], mapping=files["mapping"], **asked).rows
    with pytest.raises(OptionError, match="Did you mean 'sample'"):
        tried(lake=tmp_path / "lake", force="smaple")


@dataclass(frozen=True)
class Decayed:
    """The contest's reference for PEI*: counts that fade by exp(-age/180 days), and 0.3 of the same smoothed."""

    name: str = "decayed"
    sentence: str = "As the rehearsal has it."
    needs: tuple[str, ...] = ()

    def forecast(self, past: History, _window: Window) -> pd.DataFrame:
        from scipy.ndimage import gaussian_filter

        faded = past.incidents * np.exp(-(past.span.days - 1 - past.day) / 180)
        weight = np.bincount(past.place, weights=faded, minlength=len(past.places))
        cells = np.array([name.split("_")[1:] for name in past.place_ids]).astype(int)
        at = tuple((cells - cells.min(axis=0)).T)
        ground = np.zeros(np.ptp(cells, axis=0) + 1)
        ground[at] = weight
        return forecasts(past, weight + 0.3 * gaussian_filter(ground, 0.5, mode="constant")[at])


REHEARSAL = {
    "2016-02-29": ([83.9, 84.1, 77.2, 79.7, 76.6], [0.576, 0.720, 0.816, 0.889, 0.911]),
    "2015-08-31": ([72.2, 61.2, 64.3, 67.8, 69.6], [0.714, 0.835, 0.892, 0.955, 0.952]),
}


@pytest.mark.parametrize("origin", REHEARSAL)
def test_the_rehearsal_of_the_contest_comes_out(
    origin: str, shared: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = methods.find
    monkeypatch.setattr(methods, "find", lambda name: Decayed() if name == "decayed" else known(name))
    asked: dict[str, Any] = {
        "events": shared("hotspots/portland_nij/street_crimes.csv.gz"),
        "within": shared("hotspots/portland_nij/police_districts.geojson.gz"),
        "mapping": EXAMPLES / "portland-street-crimes.toml",
        "crime": None,
        "origin": "7604004.6,651315.6",
        "train_to": origin,
        "windows": "7d,14d,1m,2m,3m",
    }
    pai, pei = REHEARSAL[origin]
    small = tried(**asked, place="square:250", flag_km2="0.6475", method="counts").rows
    assert [row["pai"] for row in small] == pytest.approx(pai, rel=0.01)
    assert small[0]["area_km2"] == pytest.approx(4_117_743_414.69 * 0.3048**2 / 1e6, rel=1e-6)
    large = tried(**asked, place="square:600", flag_km2="1.9425", method="decayed").rows
    assert [row["pei_star"] for row in large if row["method"] == "decayed"] == pytest.approx(pei, rel=0.01)
    assert {row["flagged_places"] for row in large} == {58}

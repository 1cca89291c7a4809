"""Near repeats: the published table, the truth of the sample town, and every figure's words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.hotspots import nearrepeats
from abate.hotspots.nearrepeats import Bands

CHICAGO = Bands((0, 200, 400, 600), (0, 1, 2, 3))


@pytest.fixture(scope="module")
def arson(shared):
    rows = pd.read_csv(shared("hotspots/chicago_near_repeat/arson_2016.csv.gz"), parse_dates=["date"])
    return rows.rename(columns={"x": "easting", "y": "northing"})


def test_the_published_table_comes_out(arson):
    near = nearrepeats.knox(arson, CHICAGO, metric="manhattan", draws=999, seed=1)
    published = [[0, 2, 0, 8], [9, 1, 1, 45], [4, 0, 0, 140], [6, 0, 0, 234], [393, 710, 770, 133_658]]
    exact = np.array(published)
    exact[2:4, 3] += [1, -1]
    assert near.observed.to_numpy().tolist() == exact.tolist()
    assert near.pairs == exact.sum() == 135_981
    for (row, column), ratio in {(0, 1): 28.29, (1, 0): 74.25, (2, 0): 11.65, (3, 0): 7.71}.items():
        expected = exact[row, column] / ratio
        off = 3 * np.sqrt(near.expected.iat[row, column] / 100)
        assert near.expected.iat[row, column] == pytest.approx(expected, abs=off), "theirs are 100 shuffles"
        assert near.p.iat[row, column] <= 0.01
    assert near.strongest["distance"].tolist() == ["up to 200 m", "same place", "200 to 400 m", "400 to 600 m"]
    assert not near.rounded


@pytest.mark.slow
def test_expected_counts_are_what_shuffles_give_on_average(arson):
    near = nearrepeats.knox(arson, CHICAGO, draws=9_999, seed=2)
    pairs = near.observed.to_numpy()
    by_chance = pairs.sum(axis=1, keepdims=True) * pairs.sum(axis=0) / pairs.sum()
    assert near.expected.to_numpy() == pytest.approx(by_chance, rel=0.1, abs=0.02)


def kinds(town, kind: str, quiet: bool) -> pd.DataFrame:
    where = town.truth.made["town"].eq(town.quiet_name).to_numpy()
    seen = town.incidents[(town.incidents["crime_type"] == kind).to_numpy() & (where == quiet)]
    seen = seen[~seen["default_geocode"].fillna(value=False).to_numpy(bool)]
    days = seen["began"].dt.tz_convert("Europe/London").dt.tz_localize(None)
    return pd.DataFrame({"easting": seen["x"], "northing": seen["y"], "date": days}).dropna()


@pytest.mark.slow
def test_planted_near_repeats_are_found_and_none_where_none_were(town):
    bands = Bands((0, 150, 300, 600), (0, 7, 14, 28))
    planted = nearrepeats.knox(kinds(town, "Vehicle crime", quiet=False), bands, draws=199)
    assert planted.ratio.loc["up to 150 m", "0 to 6 days"] > 1.5
    assert planted.p.loc["up to 150 m", "0 to 6 days"] <= 0.01
    assert planted.ratio.loc["300 to 600 m", "14 to 27 days"] < 1.2
    assert planted.sentence.startswith("Incidents repeat nearby")
    none = nearrepeats.knox(kinds(town, "Public order", quiet=True), bands, draws=199)
    assert (
        none.sentence == "No near repeats: none of the 12 near bands holds clearly more pairs than chance would leave."
    )


def test_the_answer_is_plain_and_the_same_each_time(arson):
    once, again = (nearrepeats.knox(arson, CHICAGO, draws=99, seed=3).plain() for _ in range(2))
    assert repr(once) == repr(again)
    assert {
        "observed",
        "expected",
        "ratio",
        "p",
        "rows",
        "columns",
        "events",
        "pairs",
        "draws",
        "metric",
        "seed",
    } < set(once)
    assert [len(row) for row in once["p"]] == [4] * 5


def test_metrics_differ_along_a_diagonal():
    two = pd.DataFrame({"easting": [0.0, 70.0], "northing": [0.0, 70.0], "date": pd.to_datetime(["2025-01-01"] * 2)})
    bands = Bands((0, 100), (0, 7))
    manhattan, straight = (nearrepeats.knox(two, bands, metric=each, draws=9) for each in ("manhattan", "euclidean"))
    assert manhattan.observed.to_numpy().tolist() == [[0, 0], [0, 0], [1, 0]]
    assert straight.observed.to_numpy().tolist() == [[0, 0], [1, 0], [0, 0]]
    assert "2 events are few" in manhattan.notes[0]


def test_edges_belong_as_written():
    spots = pd.DataFrame({"easting": [0.0, 400.0, 800.3], "northing": 0.0})
    spots["date"] = pd.to_datetime(["2025-01-01", "2025-01-08", "2025-01-14"])
    near = nearrepeats.knox(spots, Bands((0, 400), (0, 7)), draws=9)
    assert near.observed.to_numpy().tolist() == [[0, 0], [0, 1], [1, 1]]


@pytest.mark.parametrize(
    ("metres", "days"),
    [((0,), (0, 7)), ((100, 200), (0, 7)), ((0, 200, 100), (0, 7)), ((0, 200), (1, 7)), ((0, np.nan), (0, 1))],
)
def test_bands_begin_with_0_and_rise(metres, days):
    with pytest.raises(OptionError, match="begin with 0 and rise, for example"):
        Bands(metres, days)


def test_all_that_is_wrong_with_the_bands_is_said_at_once():
    with pytest.raises(OptionError) as caught:
        Bands((5, 3), (7,))
    assert len(caught.value.faults) == 2


def test_bands_in_words():
    bands = Bands((0, 62.5, 200), (0, 1, 2, 14))
    assert bands.rows == ("same place", "up to 62.5 m", "62.5 to 200 m", "more than 200 m")
    assert bands.columns == ("same day", "1 day", "2 to 13 days", "14 days or more")


@pytest.mark.parametrize(
    ("events", "options", "said"),
    [(1, {}, "at least 2 are needed"), (3, {"draws": 0}, "at least one shuffle")],
)
def test_what_cannot_be_counted_is_refused(events, options, said):
    spots = pd.DataFrame({"easting": range(events), "northing": 0.0, "date": pd.Timestamp("2025-01-01")})
    with pytest.raises(OptionError, match=said):
        nearrepeats.knox(spots, CHICAGO, **options)


def test_mantel_finds_what_repeats_and_not_what_does_not():
    generator = np.random.default_rng(5)
    firsts = pd.DataFrame(generator.random((80, 2)) * 5000, columns=["easting", "northing"])
    days = generator.integers(0, 365, 80)
    repeats = firsts + generator.normal(0, 20, (80, 2))
    together = pd.concat([firsts, repeats], ignore_index=True)
    start = pd.Timestamp("2025-01-01")
    soon = together.assign(date=start + pd.to_timedelta(np.concatenate([days, days + 2]), unit="D"))
    never = together.assign(date=start + pd.to_timedelta(generator.integers(0, 365, 160), unit="D"))
    assert nearrepeats.mantel(soon, draws=199).p <= 0.01
    assert nearrepeats.mantel(never, draws=199).p > 0.05
    assert nearrepeats.mantel(soon, reciprocal=False, draws=19).transformation == "as they are"


def test_mantel_says_how_many_it_takes():
    with pytest.raises(OptionError, match="3 to 20,000 events"):
        nearrepeats.mantel(pd.DataFrame({"easting": [0], "northing": [0], "date": [pd.Timestamp("2025-01-01")]}))
    three = pd.DataFrame({"easting": [0, 1, 2], "northing": 0, "date": pd.Timestamp("2025-01-01")})
    with pytest.raises(OptionError, match="above 0"):
        nearrepeats.mantel(three, constant=0.0)

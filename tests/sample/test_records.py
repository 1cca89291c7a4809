import numpy as np
import pandas as pd

from abate import tables
from abate.sample import offences


def test_tables_are_those_of_the_dictionary(town):
    assert list(tables.INCIDENTS.check(town.incidents).columns) == list(tables.INCIDENTS.columns)
    assert list(tables.OUTCOMES.check(town.outcomes).columns) == list(tables.OUTCOMES.columns)
    assert list(tables.SEARCHES.check(town.searches).columns) == list(tables.SEARCHES.columns)
    assert 25_000 < len(town.incidents) < 40_000


def test_times_run_from_began_to_ended_to_reported(town):
    incidents = town.incidents
    assert (incidents["began"] <= incidents["ended"]).all()
    assert (incidents["ended"] < incidents["reported"]).all()
    assert incidents["began"].is_monotonic_increasing
    clock = incidents["began"].dt.tz_convert("Europe/London")
    assert (clock.dt.strftime("%Y-%m") == incidents["month"]).all()


def test_anti_social_behaviour_alone_has_no_id_and_other_ids_are_unique(town):
    blank = town.incidents["crime_id"].isna()
    assert (blank == (town.incidents["crime_type"] == offences.ASB)).all()
    ids = town.incidents["crime_id"].dropna()
    assert ids.is_unique
    assert ids.str.fullmatch("[0-9a-f]{64}").all()


def test_points_are_exact_and_hardly_ever_the_same(town):
    own = (town.truth.made["setting"] != "stand-in").to_numpy()
    assert town.incidents[own].duplicated(["x", "y"]).mean() < 0.001


def test_points_lie_on_their_street(town):
    import shapely

    streets = town.streets.set_index("segment_id")
    some = town.truth.made[town.truth.made["segment_id"] != ""].iloc[::50]
    points = town.incidents.set_index("source_row").loc[some["source_row"]]
    for (x, y), segment in zip(points[["x", "y"]].to_numpy(), some["segment_id"], strict=True):
        street = streets.loc[segment]
        ends = [("from_e", "from_n"), ("middle_e", "middle_n"), ("to_e", "to_n")]
        line = shapely.LineString([(street[east], street[north]) for east, north in ends])
        assert line.distance(shapely.Point(x, y)) < 12.2


def test_flags_have_the_meaning_they_should(town):
    incidents = town.incidents
    assert set(incidents.loc[incidents["domestic"], "premises"]) == {"Dwelling"}
    assert set(incidents.loc[incidents["default_geocode"], "premises"]) == {"Police station"}
    with_codes = incidents.loc[incidents["knife"], "ho_offence_code"]
    assert set(with_codes) <= set(offences.KNIVES)
    assert incidents["knife"].sum() > 100
    historic = (incidents["reported"] - incidents["ended"]) > pd.Timedelta(days=365)
    assert set(incidents.loc[historic, "premises"]) == {"Dwelling"}
    assert 20 < historic.sum() < 120


def test_outcomes_belong_to_crimes_and_do_not_come_before_them(town):
    crimes = town.incidents.dropna(subset=["crime_id"]).set_index("crime_id")
    months = crimes.loc[town.outcomes["crime_id"], "month"].to_numpy()
    assert (months <= town.outcomes["month"].to_numpy()).all()
    assert (town.outcomes["outcome"].to_numpy() == crimes.loc[town.outcomes["crime_id"], "outcome"].to_numpy()).all()


def test_searches_are_few_and_carry_nothing_that_names_a_person(town):
    assert 700 < len(town.searches) < 1100
    assert set(town.searches["month"]) <= set(town.months)
    assert np.isin(town.searches["age_range"], ["10-17", "18-24", "25-34", "over 34"]).all()

import io
import re

import pandas as pd
import pytest

from abate import sample

pytestmark = pytest.mark.slow


def _read(published, kind):
    parts = [
        pd.read_csv(io.StringIO(text), dtype=str).assign(file=path)
        for path, text in published.files.items()
        if path.endswith(f"-{kind}.csv")
    ]
    return pd.concat(parts, ignore_index=True)


def test_there_is_one_file_a_month_and_kind_named_as_published(town, published):
    assert len(published.files) == 3 * 36
    for path in published.files:
        assert re.fullmatch(r"(\d{4}-\d\d)/\1-sample-(street|outcomes|stop-and-search)\.csv", path)


def test_headers_are_those_of_real_files(published, shared):
    for kind, name in (
        ("street", "police-street/bedfordshire-street-2018-10-to-2019-02.csv.gz"),
        ("outcomes", "police-outcomes/bedfordshire-outcomes-2021-03-to-2022-03.csv.gz"),
        ("stop-and-search", "police-stop-and-search/cleveland-stop-and-search-2023-01-to-2024-12.csv.gz"),
    ):
        real = list(pd.read_csv(shared(name), nrows=0).columns)
        assert published.files[f"2023-05/2023-05-sample-{kind}.csv"].splitlines()[0].split(",") == real


def test_all_incidents_are_published_and_two_rows_more(town, published):
    street = _read(published, "street")
    assert len(street) == len(town.incidents) + 2
    assert (street["Month"] == street["file"].str[:7]).all()
    asb = street["Crime type"] == "Anti-social behaviour"
    assert (street["Crime ID"].isna() == asb).all()


def test_one_id_repeats_in_a_month_at_another_point_and_one_in_two_months(published):
    street = _read(published, "street").dropna(subset=["Crime ID"])
    again = street[street.duplicated("Crime ID", keep=False)].set_index("Crime ID")
    assert set(again.index) == {published.repeated_id, published.shared_id}
    repeated, shared = again.loc[published.repeated_id], again.loc[published.shared_id]
    assert repeated["Month"].nunique() == 1
    assert repeated["Location"].nunique() == 2
    assert shared["Month"].nunique() == 2


def test_points_are_a_fixed_list_and_near_where_it_happened(town, published):
    street = _read(published, "street")
    blank = street["Longitude"].isna()
    assert blank.sum() == published.without_coordinates > 50
    assert set(street.loc[blank, "Location"]) == {"No Location"}
    assert street.loc[blank, "LSOA code"].isna().all()
    listed = {f"{x:.6f},{y:.6f}" for x, y in published.points[["longitude", "latitude"]].to_numpy()}
    assert set(street.loc[~blank, "Longitude"] + "," + street.loc[~blank, "Latitude"]) <= listed
    named = street[street["Location"] == "On or near Police Station"]
    assert len(named) >= town.incidents["default_geocode"].sum() * 0.9


def test_outcomes_stand_where_their_crime_does(published):
    street = _read(published, "street").drop_duplicates("Crime ID").set_index("Crime ID")
    outcomes = _read(published, "outcomes")
    there = street.loc[outcomes["Crime ID"]]
    same = there["Location"].to_numpy() == outcomes["Location"].to_numpy()
    assert (~same).sum() <= 1


def test_searches_have_a_date_in_their_month(published):
    searches = _read(published, "stop-and-search")
    clock = pd.to_datetime(searches["Date"]).dt.tz_convert("Europe/London")
    assert (clock.dt.strftime("%Y-%m") == searches["file"].str[:7]).all()


def test_publishing_twice_gives_the_same_files(town, published):
    assert sample.publish(town).files == published.files

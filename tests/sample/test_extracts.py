import io
import tomllib

import pandas as pd
import pytest

from abate import sample

pytestmark = pytest.mark.slow


def test_the_mapping_names_every_column_that_the_extract_has(town):
    made = sample.extract(town)
    mapping = tomllib.loads(made.mapping)
    header = made.csv.splitlines()[0].split(",")
    assert sorted(mapping["columns"].values()) == sorted(header)
    assert mapping["source"]["force"] == town.force


def test_the_extract_holds_every_incident_exactly(town):
    rows = pd.read_csv(io.StringIO(sample.extract(town).csv), dtype=str)
    assert len(rows) == len(town.incidents)
    assert (rows["Easting"].astype(float).to_numpy() == town.incidents["x"].to_numpy()).all()
    began = pd.to_datetime(rows["Committed From"], format="%d/%m/%Y %H:%M").dt.strftime("%Y-%m")
    assert (began.to_numpy() == town.incidents["month"].to_numpy()).all()
    assert (rows["Domestic"] == "Y").sum() == town.incidents["domestic"].sum()

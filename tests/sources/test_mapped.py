"""Real extracts of three cities and a county through their example mappings, and each rule on rows made for it."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from abate.errors import SourceError
from abate.sources import mapped, mapping
from abate.tables import INCIDENTS
from sources.raw_rows import MINIMAL, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


EXAMPLES = {
    "new-york-shootings": ("hotspots/nyc_shootings/shootings_2006_2019.csv.gz", 17_033),
    "chicago-arson": ("hotspots/chicago_near_repeat/arson_2016.csv.gz", 522),
    "portland-street-crimes": ("hotspots/portland_nij/street_crimes.csv.gz", 142_911),
    "bedfordshire-monthly": ("hotspots/bedfordshire_police_uk/crimes_2021-05_2023-04.csv.gz", 120_588),
}


@pytest.fixture(scope="module")
def example(shared: Callable[[str], Path]) -> Callable[[str], pd.DataFrame]:
    """Read a real extract through the example mapping of that name; each is read once."""
    kept: dict[str, pd.DataFrame] = {}

    def read_example(name: str) -> pd.DataFrame:
        if name not in kept:
            file = shared(EXAMPLES[name][0])
            with gzip.open(file, "rt", encoding="utf-8") as start:
                header = tuple(next(csv.reader(start)))
            form = mapped.format_of(mapping.example(name), header, today=date(2026, 11, 22))
            kept[name] = read(form, header, f"FROM read_csv('{file}', all_varchar=true)")
        return kept[name]

    return read_example


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_row_of_a_real_extract_is_loaded(name: str, example: Callable[[str], pd.DataFrame]) -> None:
    found = example(name)
    assert Counter(found["fate"]) == {"loaded": EXAMPLES[name][1]}
    assert found["month"].str.fullmatch(r"\d{4}-(0[1-9]|1[0-2])").all()


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_what_an_example_gives_is_what_the_incidents_table_takes(
    name: str, example: Callable[[str], pd.DataFrame]
) -> None:
    found = example(name).drop(columns="fate")
    empty = INCIDENTS.empty().reindex(range(len(found)))
    given = found.assign(force=mapping.example(name).force, source_file="made.csv", source_row=range(1, len(found) + 1))
    INCIDENTS.check(given.join(empty[[column for column in empty if column not in given]]))


def test_new_york_has_its_published_places_and_moments(example: Callable[[str], pd.DataFrame]) -> None:
    found = example("new-york-shootings")
    assert found["location"].value_counts().to_dict() == {
        "BROOKLYN": 7_186,
        "BRONX": 4_714,
        "QUEENS": 2_557,
        "MANHATTAN": 2_063,
        "STATEN ISLAND": 513,
    }
    assert found["began"].iloc[0] == pd.Timestamp("2006-01-01 07:00", tz="UTC")
    assert found["ended"].isna().all()
    assert (found["victims"] >= 1).all()


def test_portland_and_chicago_know_the_day_alone(example: Callable[[str], pd.DataFrame]) -> None:
    for name, zone in (("portland-street-crimes", "America/Los_Angeles"), ("chicago-arson", "America/Chicago")):
        found = example(name)
        began = found["began"].dt.tz_convert(zone)
        ended = found["ended"].dt.tz_convert(zone)
        assert (began == began.dt.normalize()).all()
        assert (began.dt.date == ended.dt.date).all()
        assert (ended.dt.strftime("%H:%M:%S") == "23:59:59").all()


def test_bedfordshire_agrees_with_a_plain_reading(
    shared: Callable[[str], Path], example: Callable[[str], pd.DataFrame]
) -> None:
    found = example("bedfordshire-monthly")
    with gzip.open(shared(EXAMPLES["bedfordshire-monthly"][0]), "rt", encoding="utf-8", newline="") as file:
        plain = list(csv.DictReader(file))
    assert Counter(zip(found["month"], found["crime_type"], strict=True)) == Counter(
        (row["month"], row["crime_type"]) for row in plain
    )
    assert int(found["x"].isna().sum()) == sum(row["lon"] == "" for row in plain) == 3_832
    assert "began" not in found


def test_repeats_are_told_by_the_crime_id_unless_all_are_to_be_kept() -> None:
    toml = MINIMAL + 'crime_id = "ref"\n'
    header = ("when", "ref")
    assert mapped.format_of(mapping.parse(toml, file="m"), header).repeat_key == "crime_id"
    kept = toml.replace('force = "essex"', 'force = "essex"\nrepeats = "keep"')
    assert mapped.format_of(mapping.parse(kept, file="m"), header).repeat_key is None
    assert mapped.format_of(mapping.parse(MINIMAL, file="m"), header).repeat_key is None


def test_every_missing_column_is_named_with_its_nearest() -> None:
    toml = MINIMAL + 'outcome = "street"\n[[filters.own]]\nname = "a"\ncolumn = "OK"\nkeep = "x"\n'
    with pytest.raises(SourceError) as fault:
        mapped.format_of(mapping.parse(toml, file="my.toml"), ("When", "Street", "ok"))
    known = "Known are: When, Street, ok."
    assert fault.value.faults == (
        "my.toml: [columns] began: the file has no column 'when'. Did you mean 'When'? " + known,
        "my.toml: [columns] outcome: the file has no column 'street'. Did you mean 'Street'? " + known,
        "my.toml: [filters.own] a: the file has no column 'OK'. Did you mean 'ok'? " + known,
    )


def test_columns_that_the_mapping_does_not_use_are_welcome() -> None:
    form = mapped.format_of(mapping.parse(MINIMAL, file="m.toml"), ("a", "when", "b"))
    assert (form.header, form.optional, form.force, form.name) == (("when",), ("a", "b"), "essex", "Made-up extract")

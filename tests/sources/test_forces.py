from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from abate.sources.forces import FORCES, NAMES, named_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_43_forces_of_england_and_wales_and_two_more_are_there(shared: Callable[[str], Path]) -> None:
    listed = pd.read_csv(shared("../facts/police_force_areas.csv"))["police_uk_id"]
    assert len(listed) == 43
    assert set(listed) | {"btp", "northern-ireland"} == set(FORCES) - {"sample"}


def test_the_forces_of_the_national_tabulation_are_known(shared: Callable[[str], Path]) -> None:
    counts = pd.read_csv(shared("police-street-counts/street-crime-counts-by-force-month-type.csv.gz"))
    assert set(counts["force"]) <= set(FORCES)


def test_no_name_belongs_to_two_forces() -> None:
    assert len(NAMES) == sum(map(len, FORCES.values()))


@pytest.mark.parametrize(
    ("name", "force"),
    [
        ("2023-01/2023-01-south-yorkshire-stop-and-search.csv", "south-yorkshire"),
        ("a.zip!2023-01/2023-01-btp-stop-and-search.csv", "btp"),
        ("cleveland-stop-and-search-2023-01-to-2024-12.csv.gz", "cleveland"),
        ("essex/searches.csv", None),
        ("searches.csv", None),
        ("essex-and-kent.csv", None),
        ("kentish-town.csv", None),
        ("west-yorkshire.csv", "west-yorkshire"),
    ],
)
def test_a_force_is_a_whole_word_of_the_file_name(name: str, force: str | None) -> None:
    assert named_in(name) == force

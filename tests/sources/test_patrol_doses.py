"""What was written is read back alike, and edited files are told row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import patrol_tracks
from abate.errors import SourceError
from abate.patrols import dosage
from abate.reports import dosage_files
from abate.sample import tracks
from abate.sources import patrol_doses

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def found() -> dosage.Dosage:
    sites = patrol_tracks.sites(3)
    made = tracks.tracks(sites, patrol_tracks.plan(sites, teams=2, visits=3), seed=1)
    return dosage.measure(made.fixes, sites)


def test_visits_and_doses_come_back(tmp_path: Path, found: dosage.Dosage) -> None:
    (tmp_path / "visits.csv").write_bytes(dosage_files.visits_csv(found.visits))
    (tmp_path / "dose.csv").write_bytes(dosage_files.doses_csv(found.doses))
    visits, doses = patrol_doses.read_visits(tmp_path / "visits.csv"), patrol_doses.read_doses(tmp_path / "dose.csv")
    pd.testing.assert_series_equal(visits["start"], found.visits["start"])
    assert visits["minutes"].to_numpy() == pytest.approx(found.visits["minutes"].to_numpy(), abs=0.001)
    assert doses["visits"].tolist() == found.doses["visits"].tolist()
    assert doses["date"].tolist() == found.doses["date"].tolist()


def test_every_fault_is_told(tmp_path: Path, found: dosage.Dosage) -> None:
    text = dosage_files.doses_csv(found.doses).decode()
    with pytest.raises(SourceError, match=r"dose\.csv, row 2: date '2 Nov' should be a date"):
        patrol_doses.parse(text.replace("2026-11-02,s0", "2 Nov,s0"), patrol_doses.DOSES, name="dose.csv")
    with pytest.raises(SourceError, match="column 'officers' is missing"):
        patrol_doses.parse("date,site_id,minutes\n", patrol_doses.DOSES, name="dose.csv")
    with pytest.raises(SourceError, match="more than a day holds"):
        patrol_doses.parse(
            "date,site_id,minutes,officers,officer_minutes,visits,minutes_low,minutes_high\n2026-11-02,a,9000,1,9000,1,1,1",
            patrol_doses.DOSES,
            name="dose.csv",
        )
    with pytest.raises(SourceError, match="no such file"):
        patrol_doses.read_doses(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2026-11-02,a,15,1,15,1e999,1,1\n", "row 2: visits '1e999' should be a whole number"),
        ("2026-11-02,a,15,1,15,1.5,1,1\n", "row 2: visits '1.5' should be a whole number"),
        ("2026-11-02,a,15,1,15,1,1,1,9\n", "more cells than there are headings"),
        ("2026-11-02,a,,1,15,1,1,1\n", "dose.csv: doses: column 'minutes' is blank"),
    ],
)
def test_odd_rows_name_the_file(row: str, told: str) -> None:
    head = "date,site_id,minutes,officers,officer_minutes,visits,minutes_low,minutes_high\n"
    with pytest.raises(SourceError) as caught:
        patrol_doses.parse(head + row, patrol_doses.DOSES, name="dose.csv")
    assert str(caught.value).startswith("dose.csv")
    assert told in str(caught.value)

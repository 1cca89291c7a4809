"""The equality sheet and the switch for offences that patrols find, from files to files on the sample town."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from abate import counts, lake, sample
from abate.errors import OptionError
from abate.hotspots.ranking import rank
from abate.jobs import fairness, grounds, placing
from abate.jobs.load import load
from abate.reports import equality
from abate.sample import censuses, geographies

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from abate.jobs.grounds import Ground
    from abate.jobs.placing import Placing, Wanted

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)


class Made(NamedTuple):
    folder: Path
    ground: Ground
    wanted: Wanted
    placing: Placing
    hotspots: pd.DataFrame

    @property
    def sites(self) -> pd.DataFrame:
        places = self.placing.assigned.places
        return places[places["place_id"].isin(self.hotspots["place_id"])].reset_index(drop=True)

    @property
    def tables(self) -> fairness.Tables:
        return fairness.Tables(
            self.folder / "areas.geojson",
            self.folder / "deprivation.csv",
            (f"ethnic group={self.folder / 'groups.csv'}",),
        )

    def assess(self, approval: equality.Approval = equality.Approval()) -> equality.Sheet:  # noqa: B008 - a frozen record
        return fairness.assess(
            self.sites,
            self.ground,
            self.tables,
            crs=self.placing.crs,
            approval=approval,
            list_file=self.folder / "hotspots.geojson",
            today=TODAY,
        )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("fair")
    town = sample.town(1)
    files = {name: text for name, text in sample.publish(town).files.items() if name.startswith("2023-0")}
    for name, text in files.items():
        (folder / "published" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "published" / name).write_text(text, encoding="utf-8")
    (folder / "areas.geojson").write_text(geographies.areas(town), encoding="utf-8")
    (folder / "groups.csv").write_text(censuses.ethnic_groups(town), encoding="utf-8")
    (folder / "deprivation.csv").write_text(censuses.deprivation(town), encoding="utf-8")
    (folder / "hotspots.geojson").write_text('{"a": "list"}', encoding="utf-8")
    load([folder / "published"], lake=folder / "lake", today=TODAY, by="a tester")
    ground = grounds.gather(lake.open(folder / "lake"), force="sample", crime="serious-violence")
    wanted = placing.Wanted(place="hex:300", within=folder / "areas.geojson")
    placed = placing.put(ground.tallies, wanted)
    counted = counts.count(counts.locate(ground.tallies, placed.assigned.points), months=ground.months)
    ranking = rank(counted, placed.assigned.places, top=15)
    return Made(folder, ground, wanted, placed, ranking.hotspots)


def test_the_sheet_adds_up_and_names_what_is_missing(made: Made):
    sheet = made.assess()
    for characteristic, rows in sheet.table.groupby("characteristic"):
        for name in ("residents_share", "sites_share", "violence_share"):
            assert rows[name].sum() == pytest.approx(1.0, abs=1e-6), (characteristic, name)
    town = sample.town(1)
    groups = sheet.table[sheet.table["characteristic"] == "ethnic group"]
    assert groups["residents"].sum() <= town.areas["residents"].sum()
    assert set(groups["group"]) == {"A", "B", "C"}
    assert (sheet.table["inside"].dropna() % 10 == 0).all()
    assert sheet.summary[0].startswith("Of those who live around the 15 sites, ")
    assert sheet.looked_at == ("race",)
    missing = equality.missing(sheet)
    assert any("No table was given for age, disability" in text for text in missing)
    assert any("Residents are not those who pass by" in text for text in missing)


def test_violence_of_the_sheet_is_what_victims_reported_by_point(made: Made):
    violent = fairness._violence(made.ground)
    assert "Possession of weapons" not in set(violent["crime_type"])
    assert {"Robbery", "Violence and sexual offences"} == set(violent["crime_type"])


def test_the_sheet_is_bound_to_its_list_and_blank_where_only_a_person_can_say(made: Made, tmp_path: Path):
    written = equality.write(made.assess(), tmp_path)
    assert {path.name for path in written} == {"equality.html", "equality.json"}
    told = json.loads((tmp_path / "equality.json").read_text())
    assert told["list"]["sha256"] == hashlib.sha256((made.folder / "hotspots.geojson").read_bytes()).hexdigest()
    assert told["to_be_filled"] == ["decision maker", "mitigation", "review date"]
    assert told["decision_maker"] is told["mitigation"] is told["review_date"] is None
    approval = equality.Approval("Superintendent A. Sample", "Visit residents' meetings", date(2027, 2, 1))
    equality.write(made.assess(approval), tmp_path)
    told = json.loads((tmp_path / "equality.json").read_text())
    assert told["to_be_filled"] == []
    assert told["review_date"] == "2027-02-01"


def test_the_same_sheet_twice_is_the_same_bytes(made: Made):
    assert equality.draw(made.assess()) == equality.draw(made.assess())


def test_the_list_is_the_same_with_and_without_the_tables(made: Made):
    """No demographic table is an input: the sheet is made from a list that is already there, and changes nothing."""
    before = made.sites.drop(columns="shape").copy()
    made.assess()
    assert made.sites.drop(columns="shape").equals(before)


def test_totals_alone_and_no_table_at_all_are_refused(made: Made, tmp_path: Path):
    with pytest.raises(OptionError, match="needs --deprivation or --census"):
        fairness.Tables(made.folder / "areas.geojson")
    with pytest.raises(OptionError) as fault:
        fairness.Tables(tmp_path / "a.geojson", tmp_path / "b.csv", ("x=c.csv",))
    assert len(fault.value.faults) == 3
    town = sample.town(1)
    lines = [f"{a.area_code},{int(a.residents)}" for a in town.areas.itertuples()]
    (tmp_path / "total.csv").write_text("lsoa21_code,total_residents\n" + "\n".join(lines))
    totals = fairness.Tables(made.folder / "areas.geojson", None, (str(tmp_path / "total.csv"),))
    with pytest.raises(OptionError, match="hold totals only"):
        fairness.assess(
            made.sites,
            made.ground,
            totals,
            crs=made.placing.crs,
            approval=equality.Approval(),
            list_file=made.folder / "hotspots.geojson",
            today=TODAY,
        )


def test_a_table_of_another_town_is_a_sentence(made: Made, tmp_path: Path):
    (tmp_path / "other.csv").write_text("code,A,B\nE01000001,5,6\n")
    other = fairness.Tables(made.folder / "areas.geojson", None, (f"ethnic group={tmp_path / 'other.csv'}",))
    with pytest.raises(OptionError, match=r"lacks \d+ of the \d+ small areas"):
        fairness.assess(
            made.sites,
            made.ground,
            other,
            crs=made.placing.crs,
            approval=equality.Approval(),
            list_file=made.folder / "hotspots.geojson",
            today=TODAY,
        )


def test_areas_are_counted_by_point(made: Made):
    areas = fairness._areas(made.folder / "areas.geojson", made.ground, made.sites, made.placing.crs)
    found = fairness._counted(made.ground.every, areas, made.placing.crs)
    assert found.min() >= fairness.LEAST_INCIDENTS or len(made.sites)
    assert np.isclose(found.sum(), made.ground.every["incidents"].sum(), rtol=0.02)

"""The record that forecasts are judged by: nothing lost, nothing doubled, other kinds behind in their order."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from abate.errors import OptionError
from abate.hotspots.histories import Window
from abate.jobs import placing, records
from jobs import ledger

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)
SQUARES = placing.Wanted(place="square:100")


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> records.Happened:
    events, mapping = ledger.write(tmp_path_factory.mktemp("ledger"), ledger.incidents())
    return records.gather(records.Source(events=events, mapping=mapping, crime="Robbery"), today=TODAY)


def test_every_chosen_incident_is_in_a_place_or_counted_as_lost(happened: records.Happened, tmp_path: Path) -> None:
    robbery = ledger.incidents()["kind"] == "Robbery"
    within = placing.Wanted(place="square:100", within=ledger.region(tmp_path))
    record = records.settle(happened, within)
    year = Window(date(2024, 1, 1), date(2024, 12, 31))
    lost = [records.lost(record, year, located=located) for located in (True, False)]
    assert record.history.totals().sum() + sum(lost) == robbery.sum()
    assert lost[1] == (robbery & ledger.incidents()["x"].isna()).sum()
    assert record.whole_km2 == pytest.approx(1.44)
    assert record.fixed
    assert len(record.history.places) == 144


def test_other_kinds_stand_behind_as_related(happened: records.Happened) -> None:
    record = records.settle(happened, SQUARES)
    frame = ledger.incidents()
    assert record.history.related is not None
    assert record.history.related.totals().sum() == ((frame["kind"] == "Burglary") & frame["x"].notna()).sum()
    assert record.history.related.related is None
    assert not record.fixed
    assert record.whole_km2 is None


def test_a_lost_incident_counts_in_its_own_window_only(happened: records.Happened) -> None:
    record = records.settle(happened, SQUARES)
    halves = (Window(date(2024, 1, 1), date(2024, 6, 30)), Window(date(2024, 7, 1), date(2024, 12, 31)))
    parts = [records.lost(record, half, located=False) for half in halves]
    assert sum(parts) == record.lost.loc[~record.lost["located"], "incidents"].sum()
    assert min(parts) > 0


def test_months_that_are_not_held_are_named(tmp_path: Path) -> None:
    frame = ledger.incidents()
    events, mapping = ledger.write(tmp_path, frame[frame["month"] != "2024-05"])
    found = records.gather(records.Source(events=events, mapping=mapping, crime="Robbery"), today=TODAY)
    record = records.settle(found, SQUARES)
    assert list(records.missing(record, Window(date(2024, 4, 10), date(2024, 6, 1)))) == ["2024-05"]
    assert records.last_day(found) == date(2024, 12, 31)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    events, mapping = ledger.write(tmp_path, ledger.incidents(count=200).assign(x=None, y=None))
    source = records.Source(events=events, mapping=mapping, crime="Robbery")
    with pytest.raises(OptionError, match="has coordinates: nothing can be said of places"):
        records.settle(records.gather(source, today=TODAY), SQUARES)
    with pytest.raises(OptionError, match="--from 2025-02: the record ends with 2024-12"):
        records.gather(records.Source(events=events, mapping=mapping, first="2025-02"), today=TODAY)
    with pytest.raises(OptionError, match="no incident of 'shoplifting'"):
        records.gather(records.Source(events=events, mapping=mapping, crime="shoplifting"), today=TODAY)

"""What an analysis rests on: files that go together, and a sentence for each that does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from tests.jobs import trial_files

from abate.errors import AbateError, LakeError, OptionError, SourceError, TableError
from abate.jobs import patrol_releases, trial_evidence
from abate.jobs.trial_evidence import Files


def gather(folder, **more):
    files = Files(folder / "place_days.csv", folder / "schedule.csv", **more)
    return trial_evidence.gather(files, draws=99, seed=1, least_minutes=10.0)


def test_a_trial_is_laid_out_as_it_was_drawn(tmp_path):
    rows = trial_files.trial(tmp_path)
    found = gather(tmp_path)
    wide = (rows.assign(one=rows["arm"] == "patrol").pivot(index="site_id", columns="date", values="one")).to_numpy()
    assert np.array_equal(found.panel.patrol, wide)
    assert found.draws.shape == (99, 28, 6)
    assert (found.draws.sum(axis=2) == 2).all()
    assert not (found.draws == wide.T).all(axis=(1, 2)).any()
    assert "is as it was frozen, draw 1 of 1" in found.drawn.standing
    assert "replay" not in found.drawn.standing
    assert found.exposure is None
    assert found.washed is None


def test_a_schedule_drawn_after_its_first_day_is_a_replay(tmp_path):
    trial_files.trial(tmp_path, starts="2025-02-24")
    assert "this is a replay and no trial" in gather(tmp_path).drawn.standing


def test_a_washout_is_marked(tmp_path):
    trial_files.trial(tmp_path, washout=1, rest=1)
    found = gather(tmp_path)
    later = np.zeros_like(found.panel.patrol)
    later[:, 1:] = found.panel.patrol[:, :-1]
    assert np.array_equal(found.washed.now, later & ~found.panel.patrol)
    soon = np.zeros_like(found.draws)
    soon[:, 1:] = found.draws[:, :-1]
    assert np.array_equal(found.washed.draws, soon & ~found.draws)
    assert not (found.washed.draws == found.washed.now.T).all(axis=(1, 2)).any()


def test_an_edited_schedule_is_refused(tmp_path):
    trial_files.trial(tmp_path)
    file = tmp_path / "schedule.csv"
    text = file.read_text()
    file.chmod(0o644)
    file.write_text(text.replace(",patrol", ",usual", 1))
    with pytest.raises(SourceError, match="was edited after it was frozen"):
        gather(tmp_path)


def test_a_schedule_with_other_files_beside_it_is_refused(tmp_path):
    trial_files.trial(tmp_path)
    (tmp_path / "schedule.ledger.jsonl").unlink()
    beside = tmp_path / "schedule.json"
    beside.chmod(0o644)
    beside.write_text(json.dumps(json.loads(beside.read_text()) | {"seed": 8}))
    with pytest.raises(SourceError, match="do not draw this schedule"):
        gather(tmp_path)


def test_without_a_ledger_it_is_said(tmp_path):
    trial_files.trial(tmp_path)
    (tmp_path / "schedule.ledger.jsonl").unlink()
    assert "There is no ledger" in gather(tmp_path).drawn.standing
    with pytest.raises(LakeError, match="there is no such ledger"):
        gather(tmp_path, ledger=tmp_path / "other.jsonl")


def test_a_bare_table_is_taken_by_its_shape(tmp_path):
    trial_files.trial(tmp_path)
    (tmp_path / "schedule.json").unlink()
    with pytest.raises(AbateError, match="no such file"):
        gather(tmp_path)
    (tmp_path / "schedule.ledger.jsonl").unlink()
    found = gather(tmp_path)
    assert found.drawn.seed is None
    assert "taken to have been 2 of 6 sites each day anew" in found.drawn.standing


def spoilt(folder, what):
    """Spoil one file of a trial; gives the options that name further files."""
    place_days, schedule = folder / "place_days.csv", folder / "schedule.csv"
    rows = pd.read_csv(place_days)
    match what:
        case "a place's days are missing":
            rows.iloc[1:].to_csv(place_days, index=False)
        case "places that nobody drew":
            rows.assign(site_id="x" + rows["site_id"]).to_csv(place_days, index=False)
        case "other days":
            rows.assign(date=rows["date"].str.replace("2025", "2021")).to_csv(place_days, index=False)
        case "no incident":
            rows.assign(incidents=0).to_csv(place_days, index=False)
        case "an edited schedule":
            schedule.chmod(0o644)
            schedule.write_text(schedule.read_text().replace(",patrol", ",usual", 1))
        case "an edited protocol":
            record = trial_files.protocol(folder)
            record.chmod(0o644)
            record.write_text(record.read_text().replace("Op A", "Op B"))
            return {"protocol": record}
        case "registered late":
            return {"protocol": trial_files.protocol(folder, when=datetime(2025, 3, 20, 9, tzinfo=UTC))}
        case "rings with gaps" | "a dose of other places":
            name, column = ("buffers", "incidents") if what == "rings with gaps" else ("dose", "minutes")
            table = rows[["date", "site_id"]].assign(**{column: 5}).iloc[1:]
            (table if name == "buffers" else table.assign(site_id="x")).to_csv(folder / "more.csv", index=False)
            return {name: folder / "more.csv"}
        case "a dose that is none":
            (folder / "more.csv").write_text("date,site_id,minutes\n2025-03-03,S1,long\n")
            return {"dose": folder / "more.csv"}
    return {}


@pytest.mark.parametrize(
    "what",
    [
        *("a place's days are missing", "places that nobody drew", "other days", "no incident"),
        *("an edited schedule", "an edited protocol", "registered late"),
        *("rings with gaps", "a dose of other places", "a dose that is none"),
    ],
)
def test_whatever_fails_the_analysis_that_is_still_valid_is_offered(tmp_path, what):
    trial_files.trial(tmp_path)
    more = spoilt(tmp_path, what)
    with pytest.raises(AbateError) as caught:
        gather(tmp_path, **more)
    offers = {"no incident": "What can still be said"}
    assert offers.get(what, "valid") in str(caught.value)


def test_a_day_without_any_row_is_left_out_and_a_gap_is_not(tmp_path):
    trial_files.trial(tmp_path)
    file = tmp_path / "place_days.csv"
    table = pd.read_csv(file)
    table[table["date"] != "2025-03-30"].to_csv(file, index=False)
    found = gather(tmp_path)
    assert found.panel.sizes()["place_days"] == 27 * 6
    assert found.draws.shape[1] == 27
    assert found.notes[0].startswith("1 of 28 days of the schedule have no row for any place")
    table.iloc[1:].to_csv(file, index=False)
    with pytest.raises(TableError, match="the analysis of what is left is valid"):
        gather(tmp_path)


def test_rings_need_every_place_day(tmp_path):
    rows = trial_files.trial(tmp_path)
    rings = rows[["date", "site_id"]].assign(incidents=1)
    rings.to_csv(tmp_path / "b.csv", index=False)
    assert gather(tmp_path, buffers=tmp_path / "b.csv").rings.sum() == len(rows)
    rings.iloc[:-1].to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(TableError, match="1 place-days of the trial have no row"):
        gather(tmp_path, buffers=tmp_path / "b.csv")


def test_a_dose_is_laid_out(tmp_path):
    rows = trial_files.trial(tmp_path)
    rows[["date", "site_id"]].assign(minutes=12.5).to_csv(tmp_path / "d.csv", index=False)
    found = gather(tmp_path, dose=tmp_path / "d.csv").exposure
    assert found.measured
    assert (found.minutes == 12.5).all()


def test_an_override_stays_as_drawn_and_enters_visits_alone(tmp_path):
    rows = trial_files.trial(tmp_path)
    before = gather(tmp_path).panel.patrol
    day, site = rows.loc[rows["arm"] == "patrol", ["date", "site_id"]].iloc[0]
    patrol_releases.override(
        tmp_path / "schedule.csv",
        site=site,
        day=day,
        to="usual",
        reason="called away",
        by="duty desk",
        ledger=None,
        now=datetime(2025, 4, 5, tzinfo=UTC),
    )
    found = gather(tmp_path)
    assert np.array_equal(found.panel.patrol, before)
    assert (found.exposure.minutes > 0).sum() == before.sum() - 1
    assert not found.exposure.measured


def test_a_protocol_of_another_schedule_is_refused(tmp_path):
    trial_files.trial(tmp_path)
    record = trial_files.protocol(tmp_path)
    assert gather(tmp_path, protocol=record).registered.standing == "registered"
    other = tmp_path / "other"
    other.mkdir()
    trial_files.trial(other, seed=9)
    with pytest.raises(SourceError, match="is another schedule than the registered one"):
        gather(other, protocol=record)


def test_outcomes_before_registration_are_refused(tmp_path):
    trial_files.trial(tmp_path)
    record = trial_files.protocol(tmp_path, when=datetime(2025, 3, 10, tzinfo=UTC))
    with pytest.raises(TableError, match="7 of 28 days lie before 2025-03-10, when the protocol was registered"):
        gather(tmp_path, protocol=record)


def test_too_few_redraws_are_refused(tmp_path):
    trial_files.trial(tmp_path)
    with pytest.raises(OptionError, match="at least 99 redraws"):
        trial_evidence.gather(
            Files(tmp_path / "place_days.csv", tmp_path / "schedule.csv"), draws=10, seed=1, least_minutes=10
        )

"""Scans over cuts: a planted change is found where it was planted, and seldom where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.jobs import trial_scan as jobs


def written(folder, treated, control, names=None):
    names = names or range(1, len(treated) + 1)
    rows = [f"{name},{t},{c}" for name, t, c in zip(names, treated, control, strict=True)]
    file = folder / "counts.csv"
    file.write_text("\n".join(["period,treated,control", *rows]) + "\n")
    return file


def test_a_planted_change_is_found_where_it_was_planted(tmp_path):
    generator = np.random.default_rng(4)
    treated = np.concatenate([generator.poisson(60, 14), generator.poisson(30, 10)])
    months = [f"{2024 + number // 12}-{number % 12 + 1:02d}" for number in range(24)]
    found = jobs.trial_scan(jobs.Options(written(tmp_path, treated, generator.poisson(60, 24), months)))
    told = found.document()
    assert told["cut"] == "2025-03"
    assert told["z"] < -4
    assert told["p"] == pytest.approx(0.001)
    assert [row["cut"] for row in told["table"]] == months[2:23]
    assert max(told["table"], key=lambda row: abs(row["z"]))["cut"] == told["cut"]
    assert "part most from period 2025-03 on" in told["sentence"]
    assert "is unlikely (p 0.001, 999 redraws)" in told["sentence"]


def test_the_row_of_a_cut_is_the_weighted_difference_with_lengths_as_times(tmp_path):
    file = written(tmp_path, [5, 7, 3, 2], [6, 6, 5, 7])
    (row,) = jobs.trial_scan(jobs.Options(file)).document()["table"]
    assert row["cut"] == 3
    assert row["wdd"] == pytest.approx((5 / 2 - 12 / 2) - (12 / 2 - 12 / 2))
    assert row["se"] == pytest.approx(((5 + 12 + 12 + 12) / 4) ** 0.5)


def test_the_same_seed_gives_the_same_answer_and_another_other_redraws(tmp_path):
    generator = np.random.default_rng(1)
    file = written(tmp_path, generator.poisson(9, 12), generator.poisson(9, 12))
    first, again, *others = (jobs.trial_scan(jobs.Options(file, seed=seed)).document() for seed in (1, 1, 2, 3, 4, 5))
    assert first == again
    assert {first["p"]} != {other["p"] for other in others}
    assert all(other["table"] == first["table"] for other in others)


def test_options_and_short_files_are_refused_in_sentences(tmp_path):
    with pytest.raises(OptionError) as told:
        jobs.Options(tmp_path / "c.csv", least=0, draws=5)
    assert len(told.value.faults) == 2
    with pytest.raises(OptionError, match="3 periods are too few for --least 2"):
        jobs.trial_scan(jobs.Options(written(tmp_path, [1, 2, 3], [3, 2, 1])))

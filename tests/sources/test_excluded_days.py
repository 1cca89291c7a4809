"""Days that are left out of a draw, as written at the prompt and in files."""

from __future__ import annotations

from datetime import date

import pytest

from abate.errors import AbateError, OptionError, SourceError
from abate.sources import excluded_days
from abate.trials.schemes import Exclusion


def test_dates_and_files_are_read_in_order_and_once(tmp_path):
    assert excluded_days.read("2021-01-01, 2020-12-25,2020-12-25") == (
        Exclusion(date(2020, 12, 25)),
        Exclusion(date(2021, 1, 1)),
    )
    path = tmp_path / "events.csv"
    path.write_text("site_id,what,date\nH02,fair,2020-12-05\n,holiday,2020-12-25\n", encoding="utf-8-sig")
    assert excluded_days.read(str(path)) == (Exclusion(date(2020, 12, 5), "H02"), Exclusion(date(2020, 12, 25)))


def test_what_is_no_day_is_told_with_its_row(tmp_path):
    with pytest.raises(OptionError) as caught:
        excluded_days.read("2020-12-25,2020-02-30,soon")
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["--exclude 2020-02-30", "--exclude soon"]
    with pytest.raises(SourceError) as told:
        excluded_days.parse("date\n2020-12-25\n25/12/2020\n2021-02-29\n", name="events.csv")
    assert [fault.split(":")[0] for fault in told.value.faults] == ["events.csv, row 2", "events.csv, row 3"]
    path = tmp_path / "latin.csv"
    path.write_bytes(b"date\n\xe9\n")
    for text, words in (
        ("soon", "dates such as 2020-12-25"),
        (str(path), "is not UTF-8 text"),
    ):
        with pytest.raises(AbateError, match=words):
            excluded_days.read(text)
    with pytest.raises(SourceError, match="there is no column 'date'"):
        excluded_days.parse("day\n2020-12-25\n", name="events.csv")
    with pytest.raises(SourceError, match="5 more faults"):
        excluded_days.parse("date\n" + "x\n" * 25, name="events.csv")

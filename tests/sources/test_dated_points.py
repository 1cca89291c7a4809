"""Files of x, y and date: read as they are, refused row by row."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from abate.errors import SourceError
from abate.sources import dated_points


def test_plain_and_gzip_files_are_read_alike(tmp_path):
    text = "id,x,y,date\n1,100.5,200,2025-03-01\n2, 3 ,4,2025-03-02T10:30:00Z\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8-sig")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    plain, packed = (dated_points.read(tmp_path / name) for name in ("a.csv", "a.csv.gz"))
    pd.testing.assert_frame_equal(plain, packed)
    assert plain["easting"].tolist() == [100.5, 3.0]
    assert plain["date"].dt.strftime("%Y-%m-%d").tolist() == ["2025-03-01", "2025-03-02"]


def test_every_bad_row_is_named_with_its_value_and_what_would_be_right():
    text = "x,y,date\n1,2,2025-02-30\nabc,2,2025-02-01\n1,,2025-02-01\n1,inf,01/02/2025\n5,6,2025-02-01\n"
    with pytest.raises(SourceError) as caught:
        dated_points.parse(text, file="points.csv")
    assert caught.value.faults == (
        "points.csv, row 1: date is '2025-02-30'; it should be a day that exists, written YYYY-MM-DD",
        "points.csv, row 2: x is 'abc'; it should be a number of metres (longitude and latitude need --mapping)",
        "points.csv, row 3: y is blank; it should be a number of metres (longitude and latitude need --mapping)",
        "points.csv, row 4: y is 'inf'; it should be a number of metres (longitude and latitude need --mapping)",
        "points.csv, row 4: date is '01/02/2025'; it should be a day that exists, written YYYY-MM-DD",
    )


def test_many_bad_rows_are_counted():
    with pytest.raises(SourceError) as caught:
        dated_points.parse("x,y,date\n" + "1,2,never\n" * 50, file="points.csv")
    assert len(caught.value.faults) == dated_points.MOST_TOLD + 1
    assert caught.value.faults[-1] == "points.csv: 30 more faults like these"


def test_longitude_and_latitude_are_told_apart():
    degrees = "x,y,date\n-0.1234,51.5123,2025-01-01\n-0.2345,51.6234,2025-01-02\n"
    assert "--mapping" in str(dated_points.suspicion(dated_points.parse(degrees, file="points.csv")))
    for metres in ("x,y,date\n1,2,2025-01-01\n", "x,y,date\n-0.1234,151.5123,2025-01-01\n"):
        assert dated_points.suspicion(dated_points.parse(metres, file="points.csv")) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("x,y,date\n", "no rows"),
        ("X,y,day\n1,2,3\n", "there is no column 'x'. Did you mean 'X'"),
        ('x,y,date\n1,2,2025-01-01,"4\n', "is no CSV"),
    ],
)
def test_what_is_no_such_file_is_said(text, said):
    with pytest.raises(SourceError) as caught:
        dated_points.parse(text, file="points.csv")
    assert said in str(caught.value)


def test_files_that_cannot_be_read_are_said(tmp_path):
    (tmp_path / "torn.csv.gz").write_bytes(gzip.compress(b"x,y,date\n" * 99)[:30])
    (tmp_path / "latin.csv").write_bytes(b"x,y,date,where\n1,2,2025-01-01,caf\xe9\n")
    for name, said in (("none.csv", "no such file"), ("torn.csv.gz", "cannot be read"), ("latin.csv", "not UTF-8")):
        with pytest.raises(SourceError, match=said):
            dated_points.read(tmp_path / name)

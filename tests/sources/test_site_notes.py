from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import site_notes


def test_notes_keep_their_rows_and_blank_ones_are_left_out():
    text = 'note,site_id\n"Gate, north side, broken",S1\n,S2\n"two\nlines",S1\n'
    assert site_notes.parse(text, name="n.csv").to_numpy().tolist() == [
        ["S1", "Gate, north side, broken", 2],
        ["S1", "two\nlines", 5],
    ]


def test_a_file_without_notes_is_an_empty_table():
    found = site_notes.parse("site_id,note\n", name="n.csv")
    assert len(found) == 0
    assert list(found.columns) == ["site_id", "note", "row"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "n.csv: there is no column 'site_id'"),
        ("site_id,notes\nS1,x\n", "n.csv: there is no column 'note'. Did you mean 'notes'?"),
        ("site_id,note\n,x\n", "n.csv, row 2: site_id is blank"),
        ("site_id,note\nS1,x,y\n", "n.csv, row 2: has more values than columns"),
        ('site_id,note\nS1,"x\n', "n.csv: is no CSV file"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    with pytest.raises(SourceError, match=said.replace("?", r"\?")):
        site_notes.parse(text, name="n.csv")


def test_a_file_that_is_not_there_or_no_text_is_said_to_be(tmp_path):
    with pytest.raises(SourceError, match="there is no such file"):
        site_notes.read(tmp_path / "n.csv")
    (tmp_path / "n.csv").write_bytes(b"site_id,note\nS1,\xff\n")
    with pytest.raises(SourceError, match="is not UTF-8 text"):
        site_notes.read(tmp_path / "n.csv")
    (tmp_path / "n.csv").write_bytes("\ufeffsite_id,note\nS1,é\n".encode())
    assert site_notes.read(tmp_path / "n.csv")["note"].tolist() == ["é"]

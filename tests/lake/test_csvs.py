from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from abate.lake.csvs import Batch, File, lines, plain_rows, rows, text
from abate.lake.staging import opened, workshop
from abate.sources import police_uk


def test_files_of_other_columns_forces_and_delimiters_are_read_one_after_the_other(tmp_path: Path) -> None:
    with workshop(tmp_path / "lake") as folder, opened(folder) as engine:
        for number, content in enumerate(("a,b\n1,2\n3,4\n", "b,a\n6,5\n", 'a;b\n"7;7";8\n', "a,b\n9,\n")):
            (folder / f"{number}.csv").write_text(content)
        files = [
            File("0", folder / "0.csv", "", ("a", "b")),
            File("1", folder / "1.csv", "", ("b", "a")),
            File("2", folder / "2.csv", "", ("a", "b"), "essex", ";"),
            File("3", folder / "3.csv", "", ("a", "b")),
        ]
        read = engine.execute(f"SELECT a, b, _force FROM ({rows(files)})").fetchall()
    assert read == [("1", "2", None), ("3", "4", None), ("5", "6", None), ("7;7", "8", "essex"), ("9", None, None)]


def test_rows_that_are_wanted_come_as_they_stood(tmp_path: Path) -> None:
    with workshop(tmp_path / "lake") as folder, opened(folder) as engine:
        (folder / "2.csv").write_text('place;b\n1; 2\n"7;7";8\n3;\n')
        file = File("2", folder / "2.csv", "", ("place", "b"), "essex", ";")
        read = engine.execute(f"SELECT _row, place, b, _line FROM ({lines(file, '2, 3')}) ORDER BY _row").fetchall()
    assert read == [(2, "7;7", "8", '"7;7";8'), (3, "3", None, "3;")]


def test_rows_of_a_plain_file_come_as_the_engine_gives_them(tmp_path: Path) -> None:
    content = "place;b;c\n1; 2;\n\n;;\nÉ'x;=1;3\n\n4;5;6"
    with workshop(tmp_path / "lake") as folder, opened(folder) as engine:
        (folder / "2.csv").write_text(content)
        file = File("2", folder / "2.csv", "", ("place", "b", "c"), delimiter=";", plain=True)
        slow = engine.execute(
            f"SELECT place, b, c, _row, _line FROM ({lines(file, '1, 3, 4')}) ORDER BY _row"
        ).fetchall()
        for ours in (file, replace(file, content=content.encode(), path=Path("nowhere"))):
            found = plain_rows(ours, [1, 3, 4])
            assert [tuple(row[name] for name in found.column_names) for row in found.to_pylist()] == slow
    assert slow[1] == ("É'x", "=1", "3", 3, "É'x;=1;3")


def test_a_name_cannot_leave_its_quotation_marks() -> None:
    assert text("x'); DROP TABLE typed; --") == "'x''); DROP TABLE typed; --'"


def test_a_batch_shares_the_columns_that_all_its_files_have() -> None:
    from datetime import date

    files = tuple(File(str(n), Path("x"), "", columns) for n, columns in enumerate((("a", "b", "c"), ("c", "a"))))
    assert Batch(0, police_uk.formats(today=date(2026, 1, 1))[0], files).shared == ("a", "c")

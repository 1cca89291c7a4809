from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from abate.jobs.intake import Feed
from abate.sources import files, intake
from street_files import row, street

if TYPE_CHECKING:
    from pathlib import Path


def feed(tmp_path: Path, *paths: Path, together: bool = False) -> Feed:
    taken = intake.recognise(files.find(paths), today=date(2026, 11, 22), force=None, mapping=None, folder=tmp_path)
    (tmp_path / "work").mkdir()
    return Feed(taken.known, tmp_path / "work", together=together)


def test_batches_are_bounded_and_one_when_together(tmp_path: Path) -> None:
    paths = [street(tmp_path / f"{number:03d}.csv", row(str(number))) for number in range(70)]
    apart = feed(tmp_path, *paths)
    assert [len(batch.files) for batch in apart.batches()] == [64, 6]
    assert apart.outside == paths
    (tmp_path / "two").mkdir()
    whole = feed(tmp_path / "two", *paths, together=True)
    assert [len(batch.files) for batch in whole.batches()] == [70]


def test_progress_goes_from_nothing_to_nearly_all(tmp_path: Path) -> None:
    told: list[float] = []
    one = feed(tmp_path, *(street(tmp_path / f"{number}.csv", row(str(number))) for number in range(5)))
    one.progress = lambda share, _words: told.append(share)
    list(one.batches())
    assert told == sorted(told)
    assert told[0] == 0
    assert 0.5 < told[-1] < 0.85


def test_a_batch_that_is_done_is_removed_and_the_given_files_stay(tmp_path: Path) -> None:
    path = street(tmp_path / "a.csv", row("1"))
    one = feed(tmp_path, path)
    (batch,) = one.batches()
    one.forget(batch)
    assert list((tmp_path / "work").iterdir()) == []
    assert path.exists()


def test_room_is_asked_for_what_is_unpacked_and_staged(tmp_path: Path) -> None:
    import gzip

    plain = street(tmp_path / "a.csv", *(row(str(number)) for number in range(2000)))
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert feed(tmp_path, plain).room == plain.stat().st_size // 2
    (tmp_path / "two").mkdir()
    assert feed(tmp_path / "two", packed).room > packed.stat().st_size * 8

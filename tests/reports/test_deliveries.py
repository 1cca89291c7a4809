from __future__ import annotations

import errno
import os

import pytest

from abate.errors import OptionError
from abate.reports import deliveries


def held(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_are_written_and_replaced_and_nothing_else_is_left(tmp_path):
    into = tmp_path / "new" / "out"
    deliveries.deliver({"a": b"1", "b": b"2"}, into)
    (into / "mine.txt").write_bytes(b"kept")
    assert deliveries.deliver({"a": b"3"}, into) == (into / "a",)
    assert held(into) == {"a": b"3", "b": b"2", "mine.txt": b"kept"}


def test_a_full_disk_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    deliveries.deliver({"a": b"old"}, tmp_path)
    write = deliveries._write

    def full(path, content):
        if path.name == "b":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(path, content)

    monkeypatch.setattr(deliveries, "_write", full)
    with pytest.raises(OptionError, match=r"No space left on device.*no file was changed"):
        deliveries.deliver({"a": b"new", "b": b"new"}, tmp_path)
    assert held(tmp_path) == {"a": b"old"}


def test_a_full_disk_leaves_no_new_folder(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(deliveries, "_write", full)
    with pytest.raises(OptionError):
        deliveries.deliver({"a": b"new"}, tmp_path / "one" / "two")
    assert not (tmp_path / "one").exists()


def test_a_folder_in_the_way_is_told_and_kept(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "precious").write_bytes(b"kept")
    with pytest.raises(OptionError, match="Is a directory"):
        deliveries.deliver({"a": b"new", "b": b"new"}, tmp_path)
    assert (tmp_path / "b" / "precious").read_bytes() == b"kept"
    assert not (tmp_path / "a").exists()


def test_a_rename_that_fails_brings_the_earlier_files_back(tmp_path, monkeypatch):
    deliveries.deliver({"a": b"old", "c": b"old"}, tmp_path)
    replace = type(tmp_path).replace

    def stubborn(path, target):
        if path.name == "c":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        return replace(path, target)

    monkeypatch.setattr(type(tmp_path), "replace", stubborn)
    with pytest.raises(OptionError, match="Permission denied"):
        deliveries.deliver({"a": b"new", "b": b"new", "c": b"new"}, tmp_path)
    assert held(tmp_path) == {"a": b"old", "c": b"old"}


def test_a_file_where_the_folder_should_be_is_a_sentence(tmp_path):
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(OptionError, match="the report cannot be written"):
        deliveries.deliver({"a": b"1"}, tmp_path / "out")

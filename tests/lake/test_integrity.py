from __future__ import annotations

import errno
import hashlib
from typing import TYPE_CHECKING

import pytest

from abate.errors import LakeError
from abate.lake import integrity

if TYPE_CHECKING:
    from pathlib import Path


def test_digest_is_that_of_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    assert integrity.digest(tmp_path / "a") == hashlib.sha256(b"x" * 3_000_000).hexdigest()


def test_too_little_room_is_a_sentence_before_anything_is_written(tmp_path: Path) -> None:
    integrity.need_room(tmp_path, 1)
    with pytest.raises(LakeError, match=r"GB free and this needs about 1000000\d*\.\d GB"):
        integrity.need_room(tmp_path, 10**15)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be written"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot be written"),
        (RuntimeError("Generic error: No space left on device (os error 28)"), "the disk is full"),
        (RuntimeError("Io error: Permission denied (os error 13)"), "cannot be written"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_what_system_and_engine_say_becomes_a_sentence(tmp_path: Path, fault: Exception, words: str) -> None:
    with pytest.raises(LakeError, match=words), integrity.explained(tmp_path):
        raise fault


def test_our_own_faults_keep_their_traceback(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), integrity.explained(tmp_path):
        1 / 0  # noqa: B018 - the fault is the point

"""Whether files are what was written: digests, syncing to disk, room on it, and files that belong to no version."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from typing import TYPE_CHECKING

from abate.errors import LakeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

_CHUNK = 1 << 20
_SPARE_BYTES = 64 << 20


def digest(path: Path) -> str:
    """Give the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def settle(path: Path) -> None:
    """Wait until a file, or a folder's list of names, stands on the disk and not only in memory."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def need_room(folder: Path, wanted: int) -> None:
    """Raise `LakeError` when the disk under `folder` has less free than `wanted` bytes and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < wanted + _SPARE_BYTES:
        raise LakeError(
            f"{folder}: the disk has {_size(free)} free and this needs about {_size(wanted + _SPARE_BYTES)}: "
            "make room, or put the lake on another disk; nothing was written"
        )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def explained(folder: Path) -> AbstractContextManager[None]:
    """Turn what an operating system or the table library raises while writing into one sentence."""
    from contextlib import contextmanager

    @contextmanager
    def guard() -> Iterator[None]:
        try:
            yield
        except LakeError:
            raise
        except OSError as fault:
            raise LakeError(_sentence(folder, fault)) from fault
        except BaseException as fault:
            if words := _known(folder, fault):
                raise LakeError(words) from fault
            raise

    return guard()


def _sentence(folder: Path, fault: OSError) -> str:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{folder}: the disk is full: make room and start again; the lake stands as it stood before"
    if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{folder}: cannot be written ({fault.strerror}): choose a folder that you may write to"
    return f"{folder}: {fault.strerror or fault}"


def _known(folder: Path, fault: BaseException) -> str | None:
    """Give a sentence for what engine and table library say; None for what is our own fault."""
    words = str(fault)
    if "No space left" in words or "os error 28" in words or "could not write all" in words.lower():
        return f"{folder}: the disk is full: make room and start again; the lake stands as it stood before"
    if any(sign in words for sign in ("Permission denied", "Read-only file system", "os error 13", "os error 30")):
        return f"{folder}: cannot be written: choose a folder that you may write to"
    return None


def wrong(path: Path, length: int, sha256: str) -> str | None:
    """Say what is wrong with a file that should have this length and hash; None when it is as it was written."""
    try:
        found = path.stat().st_size
        if found != length:
            return f"{path}: is torn: it has {found:,} bytes of {length:,}; load that month again"
        if digest(path) != sha256:
            return f"{path}: is not what was written (its SHA-256 differs); load that month again"
    except FileNotFoundError:
        return f"{path}: is gone; load that month again"
    except OSError as fault:
        return f"{path}: cannot be read: {fault.strerror}"
    return None

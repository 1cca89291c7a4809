"""Files handed over together: all of them stand, or none has changed."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping


def deliver(files: Mapping[str, bytes], into: Path) -> tuple[Path, ...]:
    """Write files into a folder under temporary names, then give them their names; earlier ones are replaced.

    When anything fails (no room, no right to write) the folder is as it was. Raises `OptionError` with what is wrong.
    """
    made = _missing(into)
    try:
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".abate-", dir=into) as stage:
            for name, content in files.items():
                _write(Path(stage) / name, content)
            return _exchange(list(files), Path(stage), into)
    except OSError as fault:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise OptionError(_sentence(fault, into)) from None


def _missing(folder: Path) -> list[Path]:
    """List the folders that will have to be made, innermost first."""
    return [each for each in (folder, *folder.parents) if not each.exists()]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _exchange(names: list[str], stage: Path, into: Path) -> tuple[Path, ...]:
    """Give every file its name; when one cannot have it, put the earlier ones back."""
    for path in (into / name for name in names):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if path.exists():
            shutil.copy2(path, stage / f"{path.name}.before")
    done: list[str] = []
    try:
        for name in names:
            (stage / name).replace(into / name)
            done.append(name)
    except OSError:
        for name in done:
            before = stage / f"{name}.before"
            if before.exists():
                before.replace(into / name)
            else:
                (into / name).unlink()
        raise
    return tuple(into / name for name in names)


def _sentence(fault: OSError, into: Path) -> str:
    where, why = fault.filename or into, fault.strerror or str(fault)
    return (
        f"{into}: the report cannot be written ({why}: {where}). "
        "Free some room or name another folder with -o; no file was changed"
    )

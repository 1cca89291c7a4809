"""Download published crime files from data.police.uk."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from abate import periods
from abate.errors import AbateError, FetchError, OptionError, nearest
from abate.sources import archives, download
from abate.sources.archives import LICENCE, Archive, Wanted
from abate.sources.forces import FORCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from abate.sources.download import Remote, Site

RECORD = "sources.json"
_EDITIONS = 3


@dataclass(frozen=True)
class Request:
    """What to download: forces, months from the first to the last, kinds of file, and where to.

    Raises `OptionError` with every fault at once.
    """

    forces: tuple[str, ...]
    first: str
    last: str
    into: Path
    kinds: tuple[str, ...] = archives.KINDS
    base_url: str = archives.BASE_URL
    whole: bool = False

    def __post_init__(self) -> None:
        known = [force for force in FORCES if force != "sample"]
        faults = [f"'{force}' is not a force. {nearest(force, known)}" for force in self.forces if force not in known]
        faults += [
            f"'{kind}' is not a kind of file. {nearest(kind, archives.KINDS)}"
            for kind in self.kinds
            if kind not in archives.KINDS
        ]
        faults += [f"no {what} is named" for what, named in (("force", self.forces), ("kind", self.kinds)) if not named]
        if not (self.base_url.startswith(("https://", "http://")) and urlsplit(self.base_url).hostname):
            faults.append(f"'{self.base_url}' is not an address: it should begin with https://")
        try:
            if periods.months(self.first, self.last)[0] < archives.FIRST_MONTH:
                faults.append(f"nothing was published for {self.first}: the first month is {archives.FIRST_MONTH}")
        except OptionError as fault:
            faults += fault.faults
        if faults:
            raise OptionError(*faults)

    @property
    def files(self) -> list[Wanted]:
        """The files asked for, in order of month, force and kind."""
        months = periods.months(self.first, self.last)
        return [Wanted(month, force, kind) for month in months for force in self.forces for kind in self.kinds]


@dataclass(frozen=True)
class Fetch:
    """What became of a download.

    `files` holds a record for each file that is now there: `path, url, archive, bytes, sha256, retrieved_at, licence,
    status` (`fetched` or `already there`). `missing` holds one for each that is not: `path, month, force, kind, why`.
    """

    into: str
    forces: tuple[str, ...]
    months: tuple[str, ...]
    files: tuple[Mapping[str, Any], ...]
    missing: tuple[Mapping[str, str], ...]
    archives: tuple[str, ...]
    fetched: int
    already_there: int
    requests: int
    bytes_received: int
    licence: str = LICENCE


@dataclass
class _Course:
    """What a download knows while it runs."""

    request: Request
    site: Site
    records: dict[str, dict[str, Any]]
    missing: dict[str, str]
    used: list[str]
    now: Callable[[], datetime]
    say: Callable[[str], None]
    progress: Callable[[float, str], None]


def fetch(
    request: Request,
    *,
    now: Callable[[], datetime],
    say: Callable[[str], None] = lambda _: None,
    progress: Callable[[float, str], None] = lambda _share, _words: None,
    limits: download.Limits | None = None,
    patience: download.Patience | None = None,
) -> Fetch:
    """Download the files asked for into a folder, as published, and say which do not exist.

    What is there already and intact stays. Each file is checked against the size and checksum that its archive gives,
    and appears whole or not at all; `sources.json` beside them says where each came from. `say` gets a sentence about
    what exists before anything is downloaded. Archives that are downloaded whole lie in a folder beside `into`. Raises
    `FetchError`.
    """
    with download.writing(request.into):
        request.into.mkdir(parents=True, exist_ok=True)
    records = _recorded(request.into)
    there = {wanted.name for wanted in request.files if _intact(request.into, wanted, records)}
    with download.site(limits=limits, patience=patience) as site:
        course = _Course(request, site, records, {}, [], now, say, progress)
        for edition in range(1, _EDITIONS + 1):
            try:
                _fetch_what_is_left(course)
                break
            except download.ChangedError as fault:
                if edition == _EDITIONS:
                    raise
                say(f"{fault}: beginning again with the new one")
    return _answer(course, there)


def _fetch_what_is_left(course: _Course) -> None:
    """Look for what is not there yet, say what exists, and then take it."""
    into, base = course.request.into, course.request.base_url
    left = [wanted for wanted in course.request.files if not _intact(into, wanted, course.records)]
    if not left:
        return
    dates = archives.published(course.site, base)
    latest = max(dates)
    wanted = [file for file in left if file.month <= latest]
    if not wanted:
        raise FetchError(f"nothing from {left[0].month} on is published yet: the latest month is {latest}")
    found, nowhere = archives.find(course.site, base, {file.month for file in wanted}, latest)
    course.say(f"published up to {latest}; {len(wanted):,} files are wanted, from {_counted(len(found), 'archive')}")
    course.missing = {
        file.name: f"{file.month} is not published yet: the latest month is {latest}"
        if file.month > latest
        else f"{file.month}: no archive that holds this month is there"
        for file in left
        if file.month > latest or file.month in nowhere
    }
    with ExitStack() as opened:
        plans = []
        for name, remote, months in found:
            files = [file for file in wanted if file.month in months]
            archive = opened.enter_context(archives.open_at(course.site, remote)) if _by_parts(course, remote) else None
            plans.append(
                (name, remote, files if archive is None else _exist(course, name, archive, files, dates), archive)
            )
        for name, remote, files, archive in plans:
            if archive is not None:
                _take(course, name, archive, files)
                continue
            with _downloaded(course, name, remote) as whole:
                _take(course, name, whole, _exist(course, name, whole, files, dates))
    course.used = [name for name, _, _ in found]


def _by_parts(course: _Course, remote: Remote) -> bool:
    if remote.parts and not course.request.whole:
        return True
    course.say(f"{remote.url}: {_megabytes(remote.size)} are downloaded whole; what is in it is known then")
    return False


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@contextmanager
def _downloaded(course: _Course, name: str, remote: Remote) -> Iterator[Archive]:
    """Download an archive whole to a folder beside the files, and open it there."""
    request = course.request
    path = request.into.with_name(f"{request.into.name}-archives") / f"{name}.zip"
    with download.writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not (path.exists() and path.stat().st_size == remote.size):
        _room(path.parent, remote.size)
        course.site.save(
            remote, path, tell=lambda had: course.progress(had / remote.size, f"{_megabytes(had)} of {name}.zip")
        )
    with archives.open_here(path) as opened:
        yield opened
    if not request.whole:
        path.unlink()
        with suppress(OSError):
            path.parent.rmdir()


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _room(folder: Path, needed: int) -> None:
    if (free := shutil.disk_usage(folder).free) < needed:
        raise FetchError(
            f"{folder}: {_megabytes(needed)} are needed and {_megabytes(free)} are free. Make room, or choose another "
            "folder with --into"
        )


def _exist(
    course: _Course, name: str, archive: Archive, wanted: list[Wanted], dates: Mapping[str, frozenset[str]]
) -> list[Wanted]:
    """Say which of the files are in the archive; those that are not are missing, with the reason."""
    listing = archive.listing
    course.missing |= {
        file.name: _why(file, name, listing.months, dates) for file in wanted if file.name not in listing.packed
    }
    here = [file for file in wanted if file.name in listing.packed]
    course.say(
        f"archive {name}: {len(here):,} of {len(wanted):,} files are in it, "
        f"{_megabytes(sum(listing.packed[file.name] for file in here))} packed, "
        f"{_megabytes(sum(listing.unpacked[file.name] for file in here))} unpacked"
    )
    return here


def _take(course: _Course, name: str, archive: Archive, files: list[Wanted]) -> None:
    """Take the files out of the archive one by one, and note each as soon as it is there."""
    unpacked = sum(archive.listing.unpacked[file.name] for file in files)
    _room(course.request.into, unpacked)
    done = 0
    for file in files:
        taken = archive.take(file, course.request.into / file.name)
        done += taken.bytes
        course.records[file.name] = {
            "archive": name,
            "bytes": taken.bytes,
            "licence": LICENCE,
            "retrieved_at": course.now().isoformat(timespec="seconds"),
            "sha256": taken.sha256,
            "url": f"{course.request.base_url}/data/archive/{name}.zip",
        }
        _write_records(course.request.into, course.records)
        course.progress(done / max(unpacked, 1), file.name)


def _why(file: Wanted, archive: str, months: Sequence[str], dates: Mapping[str, frozenset[str]]) -> str:
    said = f"{file.force} {file.month}: no {file.kind} file in the archive of {archive}"
    if file.month not in months:
        return f"{file.month}: the archive of {archive} does not hold this month"
    if file.kind == "stop-and-search" and file.month in dates and file.force not in dates[file.month]:
        return f"{said}; the site lists none from this force for the month"
    return said


def _recorded(into: Path) -> dict[str, dict[str, Any]]:
    path = into / RECORD
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))["files"])
    except (ValueError, KeyError, TypeError, OSError):
        raise FetchError(
            f"{path}: cannot be read as the record of earlier downloads. Move it away: the files are then fetched anew"
        ) from None


def _write_records(into: Path, records: Mapping[str, Mapping[str, Any]]) -> None:
    path, part = into / RECORD, into / f"{RECORD}.part"
    with download.writing(path):
        part.write_text(json.dumps({"files": records}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        part.replace(path)


def _intact(into: Path, wanted: Wanted, records: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether a file is there, as long as it was and with the same SHA-256, as when it was fetched."""
    path, known = into / wanted.name, records.get(wanted.name)
    if known is None or not path.is_file() or path.stat().st_size != known.get("bytes"):
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == known.get("sha256")


def _answer(course: _Course, there: set[str]) -> Fetch:
    request = course.request
    files = tuple(
        {
            "path": str(request.into / w.name),
            **course.records[w.name],
            "status": "already there" if w.name in there else "fetched",
        }
        for w in request.files
        if w.name not in course.missing
    )
    missing = tuple(
        {"path": w.name, **asdict(w), "why": course.missing[w.name]} for w in request.files if w.name in course.missing
    )
    return Fetch(
        into=str(request.into),
        forces=request.forces,
        months=tuple(periods.months(request.first, request.last)),
        files=files,
        missing=missing,
        archives=tuple(course.used),
        fetched=len(files) - len(there),
        already_there=len(there),
        requests=course.site.requests,
        bytes_received=course.site.bytes_received,
    )


def sentences(answer: Fetch) -> Iterator[str]:
    """Say in words what became of a download: what came, what was there, and what is missing and why."""
    yield (
        f"{_counted(answer.fetched, 'file')} fetched into {answer.into}, {answer.already_there:,} already there, "
        f"{len(answer.missing):,} missing ({_megabytes(answer.bytes_received)} in {answer.requests:,} requests)"
    )
    yield from (f"missing: {gone['why']}" for gone in answer.missing)
    yield f"Source: data.police.uk, {answer.licence}. A file that is missing is missing: it does not mean no crime."


def check(answer: Fetch) -> None:
    """Raise `AbateError` when none of the files asked for is there."""
    if not answer.files:
        raise AbateError(*(gone["why"] for gone in answer.missing))

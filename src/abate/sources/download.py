"""Downloads over HTTP that keep to a site's limits, wait and try again, go on where they broke off, and check sizes."""

from __future__ import annotations

import errno
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx

from abate.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_SHORTEST_S = 0.001
_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True)
class Limits:
    """How often a site may be asked: so many requests a second, after a burst of so many at once.

    data.police.uk allows 15 a second and 30 at once; we stay a little under, since requests may bunch on their way.
    """

    per_second: float = 14.0
    burst: int = 25


@dataclass(frozen=True)
class Patience:
    """How long to wait for an answer, how often to try again, and how long between; seconds.

    The wait doubles from `first_wait_s` to `longest_wait_s`. A server that asks for a wait gets it, up to
    `most_asked_s`; one that asks for more is told to the person instead.
    """

    tries: int = 6
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    most_asked_s: float = 600.0
    connect_s: float = 20.0
    read_s: float = 60.0


@dataclass(frozen=True)
class Clock:
    """The clock to wait by; tests hand in their own."""

    now: Callable[[], float] = time.monotonic
    today: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Bucket:
    """A bucket of tokens: each request takes one, and they come back at the rate of the limits.

    >>> waits: list[float] = []
    >>> bucket = Bucket(Limits(per_second=10, burst=2), Clock(now=lambda: sum(waits), sleep=waits.append))
    >>> for _ in range(4):
    ...     bucket.take()
    >>> [round(wait, 6) for wait in waits]
    [0.1, 0.1]
    """

    limits: Limits
    clock: Clock
    tokens: float = field(init=False)
    counted_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = float(self.limits.burst)
        self.counted_at = self.clock.now()

    def take(self) -> None:
        """Wait until a token is there, and take it."""
        self._refill()
        while self.tokens < 1 - 1e-9:
            self.clock.sleep(max(_SHORTEST_S, (1 - self.tokens) / self.limits.per_second))
            self._refill()
        self.tokens -= 1

    def _refill(self) -> None:
        now = self.clock.now()
        gained = max(0.0, now - self.counted_at) * self.limits.per_second
        self.tokens = min(float(self.limits.burst), self.tokens + gained)
        self.counted_at = now


@dataclass(frozen=True)
class Remote:
    """A file at a site: its size in bytes, the tag of this edition of it, and whether parts of it can be asked for."""

    url: str
    size: int
    tag: str
    parts: bool


class ChangedError(FetchError):
    """A file that became another one while it was being read."""


@dataclass
class Site:
    """A site that is asked politely; counts what was asked and what came."""

    client: httpx.Client
    bucket: Bucket
    patience: Patience
    clock: Clock
    requests: int = 0
    bytes_received: int = 0

    def document(self, url: str) -> Any:
        """Give the JSON document at an address. Raises `FetchError` when there is none."""
        body = b"".join(self._whole(url))
        try:
            return json.loads(body)
        except ValueError:
            raise FetchError(_not_what_was_asked(url, "a JSON document", body)) from None

    def look(self, url: str) -> Remote | None:
        """Say how large the file at an address is and whether parts of it can be read; None when it is not there."""
        with self._answered("HEAD", url, {}) as answer:
            if answer.status_code in {404, 410}:
                return None
            _refuse(answer, url)
            if "text/html" in answer.headers.get("content-type", ""):
                raise FetchError(_not_what_was_asked(url, "a zip archive", b"<html"))
            size = answer.headers.get("content-length", "")
            if not size.isdigit():
                raise FetchError(f"{url}: the server does not say how large the file is, so it cannot be checked")
            parts = answer.headers.get("accept-ranges", "").lower() == "bytes"
            return Remote(url, int(size), _tag(answer), parts)

    def read(self, remote: Remote, start: int, stop: int) -> bytes:
        """Read the bytes from `start` up to, not including, `stop`; goes on where the connection broke off.

        Raises `ChangedError` when the file has become another one since `look`.
        """
        got = bytearray()
        failed = 0
        while len(got) < stop - start:
            before = len(got)
            headers = {"Range": f"bytes={start + len(got)}-{stop - 1}", **_if_same(remote)}
            try:
                with self._answered("GET", remote.url, headers) as answer:
                    _check_part(answer, remote, start + len(got))
                    for chunk in answer.iter_raw():
                        got += chunk
                        self.bytes_received += len(chunk)
                why = "the answer held nothing"
            except httpx.TransportError as fault:
                why = str(fault) or type(fault).__name__
            failed = 0 if len(got) > before else failed + 1
            if len(got) < stop - start:
                self._wait_or_give_up(remote.url, failed, why)
            if len(got) > stop - start:
                raise FetchError(f"{remote.url}: sent {len(got):,} bytes where {stop - start:,} were asked for")
        return bytes(got)

    def save(self, remote: Remote, path: Path, *, tell: Callable[[int], None] = lambda _: None) -> None:
        """Download the whole file to `path`; what was left unfinished, now or in an earlier run, is gone on with.

        The bytes lie in `path` + `.part` until all are there, beside a note of the edition that they belong to. A file
        that has changed since is begun anew, and so is one from a server that gives no parts. `tell` gets the number
        of bytes so far.
        """
        part, note = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.json")
        edition = json.dumps({"url": remote.url, "size": remote.size, "tag": remote.tag}, sort_keys=True)
        with writing(path):
            if not (part.exists() and note.exists() and note.read_text() == edition and remote.tag and remote.parts):
                part.write_bytes(b"")
                note.write_text(edition)
            failed = 0
            while (had := part.stat().st_size) < remote.size:
                try:
                    self._append(remote, part, had, tell)
                    why = "the answer was shorter than the file"
                except httpx.TransportError as fault:
                    why = str(fault) or type(fault).__name__
                failed = 0 if remote.parts and part.stat().st_size > had else failed + 1
                if part.stat().st_size < remote.size:
                    self._wait_or_give_up(remote.url, failed, why)
            if (size := part.stat().st_size) != remote.size:
                part.unlink()
                raise FetchError(f"{remote.url}: {size:,} bytes came where {remote.size:,} were announced")
            part.replace(path)
            note.unlink()

    def _append(self, remote: Remote, part: Path, had: int, tell: Callable[[int], None]) -> None:
        headers = {"Range": f"bytes={had}-", **_if_same(remote)} if had and remote.parts else {}
        with self._answered("GET", remote.url, headers) as answer:
            if headers:
                _check_part(answer, remote, had)
            else:
                _refuse(answer, remote.url)
                _check_whole(answer, remote)
                had = 0
            with part.open("r+b") as out:
                out.truncate(had)
                out.seek(had)
                for chunk in answer.iter_raw():
                    out.write(chunk)
                    had += len(chunk)
                    self.bytes_received += len(chunk)
                    tell(had)

    def _whole(self, url: str) -> list[bytes]:
        failed = 0
        while True:
            try:
                with self._answered("GET", url, {}) as answer:
                    _refuse(answer, url)
                    body = list(answer.iter_raw())
                    self.bytes_received += sum(map(len, body))
                    return body
            except httpx.TransportError as fault:
                failed += 1
                self._wait_or_give_up(url, failed, str(fault))

    @contextmanager
    def _answered(self, method: str, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Ask until an answer comes that is not a refusal for now; the caller reads it."""
        failed = 0
        while True:
            self.bucket.take()
            self.requests += 1
            request = self.client.build_request(method, url, headers={"Accept-Encoding": "identity", **headers})
            try:
                answer = self.client.send(request, stream=True, follow_redirects=True)
            except httpx.TooManyRedirects:
                raise FetchError(f"{url}: the server sends the request round in circles") from None
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as fault:
                raise FetchError(f"{url}: is not an address that can be asked ({fault})") from None
            except httpx.TransportError as fault:
                failed += 1
                self._wait_or_give_up(url, failed, str(fault) or type(fault).__name__)
                continue
            if answer.status_code not in _TRANSIENT:
                break
            asked = answer.headers.get("retry-after")
            answer.close()
            failed += 1
            self._wait_or_give_up(url, failed, f"the server answered {answer.status_code}", asked)
        try:
            if url.startswith("https:") and answer.url.scheme != "https":
                raise FetchError(f"{url}: leads to {answer.url.host} without encryption, which is refused")
            yield answer
        finally:
            answer.close()

    def _wait_or_give_up(self, url: str, failed: int, why: str, asked: str | None = None) -> None:
        if failed >= self.patience.tries:
            raise FetchError(
                f"{url}: gave up after {failed} tries: {why}. Check the network, and run the same command again: it "
                "goes on from here"
            )
        own = self.patience.first_wait_s * 2 ** max(failed - 1, 0)
        wait = min(own, self.patience.longest_wait_s)
        if asked is not None:
            wait = max(wait, self._asked_wait(asked))
        if wait > self.patience.most_asked_s:
            raise FetchError(
                f"{url}: the server asks to wait {wait:,.0f} seconds; run the same command again after that"
            )
        self.clock.sleep(wait)

    def _asked_wait(self, asked: str) -> float:
        """Read a Retry-After header: a number of seconds, or a date."""
        if asked.strip().isdigit():
            return float(asked)
        try:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - self.clock.today())
        except ValueError:
            return 0.0


@contextmanager
def site(
    *, limits: Limits | None = None, patience: Patience | None = None, clock: Clock | None = None
) -> Iterator[Site]:
    """Open a connection that keeps to the limits; proxies are taken from the environment, as other programs do."""
    patience, clock = patience or Patience(), clock or Clock()
    timeout = httpx.Timeout(patience.read_s, connect=patience.connect_s)
    with httpx.Client(timeout=timeout, max_redirects=5, headers={"User-Agent": "abate"}) as client:
        yield Site(client, Bucket(limits or Limits(), clock), patience, clock)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a full disk or a folder that may not be written into a sentence."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise FetchError(
                f"{path}: the disk is full. Make room and run the same command again: it goes on from here"
            ) from None
        raise FetchError(
            f"{path}: cannot be written ({fault.strerror or fault}). Choose a folder you may write"
        ) from None


def _tag(answer: httpx.Response) -> str:
    tag = answer.headers.get("etag", "")
    return str(tag if tag and not tag.startswith("W/") else answer.headers.get("last-modified", ""))


def _if_same(remote: Remote) -> dict[str, str]:
    return {"If-Range": remote.tag} if remote.tag else {}


def _check_part(answer: httpx.Response, remote: Remote, start: int) -> None:
    """Make sure that the answer is the part asked for, of the edition that was looked at."""
    if answer.status_code in {200, 412, 416}:
        raise ChangedError(f"{remote.url}: changed while it was being read")
    _refuse(answer, remote.url)
    place = answer.headers.get("content-range", "")
    if not (place.startswith(f"bytes {start}-") and place.rpartition("/")[2] in {str(remote.size), "*"}):
        raise ChangedError(f"{remote.url}: sent the part '{place}' where it should begin at byte {start:,}")


def _check_whole(answer: httpx.Response, remote: Remote) -> None:
    size = answer.headers.get("content-length", "")
    if _tag(answer) != remote.tag or (size.isdigit() and int(size) != remote.size):
        raise ChangedError(f"{remote.url}: changed while it was being read")


def _refuse(answer: httpx.Response, url: str) -> None:
    if answer.status_code in {401, 403, 407, 511}:
        raise FetchError(
            f"{url}: the server, or a proxy before it, refuses ({answer.status_code}). Ask whoever runs the network "
            "whether this address is allowed"
        )
    if answer.status_code in {404, 410}:
        raise FetchError(f"{url}: is not there ({answer.status_code})")
    if answer.status_code not in {200, 206}:
        raise FetchError(f"{url}: the server answered {answer.status_code}, which is of no use here")


def _not_what_was_asked(url: str, wanted: str, body: bytes) -> str:
    if body.lstrip()[:15].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return (
            f"{url}: answered with a web page where {wanted} should be: the network may want you to sign in first. "
            "Open the address in a browser and see"
        )
    return f"{url}: answered with something that is not {wanted}"

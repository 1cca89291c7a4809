"""A server on this machine that behaves as data.police.uk does: months, archives, limits; and as badly as asked to."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import sys
import threading
import time
import zipfile
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

HTML = b"<!DOCTYPE html><html><body>Welcome to the guest network. Please sign in.</body></html>"


def archive(files: Mapping[str, bytes]) -> bytes:
    """Pack files as an archive is packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, body in files.items():
            out.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def months_of(path: Path, *, force: str, kind: str) -> dict[str, bytes]:
    """Cut a file of several months into one file a month, named as published."""
    parts: dict[str, list[list[str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        column = header.index("Month")
        for row in rows:
            parts[row[column]].append(row)
    files = {}
    for month, rows_of_month in sorted(parts.items()):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([header, *rows_of_month])
        files[f"{month}/{month}-{force}-{kind}.csv"] = text.getvalue().encode()
    return files


@dataclass
class Fault:
    """Something that goes wrong with the next `times` answers whose path holds `path` (and whose method fits)."""

    path: str
    times: int = 1
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    html: bool = False
    longer_by: int = 0
    first: Callable[[], None] | None = None
    method: str = "GET"


@dataclass
class PoliceUk:
    """What is served, how, and what was asked."""

    archives: dict[str, bytes] = field(default_factory=dict)
    dates: list[dict[str, object]] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    limited: bool = True
    faults: list[Fault] = field(default_factory=list)
    asked: list[tuple[float, str, str, str]] = field(default_factory=list)
    refused: int = 0
    sent: int = 0
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    _tokens: float = 30.0
    _counted_at: float = field(default_factory=time.monotonic)

    def body(self, path: str) -> bytes | None:
        if path == "/api/crimes-street-dates":
            return json.dumps(self.dates).encode()
        if path.startswith("/data/archive/") and path.endswith(".zip"):
            return self.archives.get(path[len("/data/archive/") : -len(".zip")])
        return self.documents.get(path)

    def over_the_limit(self) -> bool:
        """The published limit: 15 requests a second, after a burst of 30."""
        with self.lock:
            now = time.monotonic()
            self._tokens = min(30.0, self._tokens + (now - self._counted_at) * 15.0)
            self._counted_at = now
            if self._tokens < 1:
                self.refused += 1
                return self.limited
            self._tokens -= 1
            return False

    def fault(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.path in path and fault.times > 0 and fault.method in {method, "ANY"}:
                    fault.times -= 1
                    return fault
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: PoliceUk

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def _answer(self, method: str) -> None:
        site = self.site
        with site.lock:
            site.asked.append((time.monotonic(), method, self.path, self.headers.get("Range", "")))
        fault = site.fault(method, self.path)
        if fault and fault.first:
            fault.first()
        if site.over_the_limit():
            self._send(method, 429, b"", {"Retry-After": "1"})
        elif fault and fault.status:
            self._send(method, fault.status, b"", fault.headers)
        elif fault and fault.html:
            self._send(method, 200, HTML, {"Content-Type": "text/html; charset=utf-8"})
        elif (body := site.body(self.path)) is None:
            self._send(method, 404, b"", {})
        else:
            self._send_body(method, body, fault)

    def _send_body(self, method: str, body: bytes, fault: Fault | None) -> None:
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        kind = "application/zip" if self.path.endswith(".zip") else "application/json"
        headers = {"ETag": tag, "Content-Type": kind}
        status, wanted = 200, self.headers.get("Range")
        if self.site.ranges and self.path.endswith(".zip"):
            headers["Accept-Ranges"] = "bytes"
            if wanted and self.headers.get("If-Range", tag) == tag:
                first, _, last = wanted.removeprefix("bytes=").partition("-")
                start, stop = int(first), min(int(last or len(body)) + 1, len(body))
                if start >= len(body):
                    self._send(method, 416, b"", {"Content-Range": f"bytes */{len(body)}"})
                    return
                headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(body)}"
                status, body = 206, body[start:stop]
        self._send(method, status, body, headers, fault)

    def _send(
        self, method: str, status: int, body: bytes, headers: Mapping[str, str], fault: Fault | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) + (fault.longer_by if fault else 0)))
        cut = fault.cut_after if fault else None
        if cut is not None or (fault and fault.longer_by):
            self.send_header("Connection", "close")
        self.end_headers()
        if method == "GET":
            sent = body if cut is None else body[:cut]
            with self.site.lock:
                self.site.sent += len(sent)
            try:
                self.wfile.write(sent)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
        if cut is not None or (fault and fault.longer_by):
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when the client hangs up; anything else is a fault of this server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serving(site: PoliceUk) -> Iterator[PoliceUk]:
    """Serve on a free port of this machine until the block ends."""
    handler = type("Handler", (_Handler,), {"site": site})
    server = _Server(("127.0.0.1", 0), handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The demonstration: its files, and a server that only this machine can reach."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from abate.errors import OptionError
from abate.jobs.demo import publish, server

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_the_town_is_written_as_published_as_an_extract_and_as_maps_and_tables(tmp_path: Path):
    written = publish(tmp_path, seed=1)
    names = {path.relative_to(tmp_path).parts[0] for path in written}
    assert names == {"published", "extract", "maps", "tables"}
    assert (tmp_path / "published/2023-01/2023-01-sample-street.csv").read_text().startswith("Crime ID,Month,")
    assert len(list((tmp_path / "published").glob("*/*-street.csv"))) == 36


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path):
    (tmp_path / "published").write_text("a file in the way")
    with pytest.raises(OptionError, match="choose another folder with --into"):
        publish(tmp_path, seed=1)


def test_the_report_is_served_to_this_machine_only(tmp_path: Path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "report.html").write_text("<h1>Hotspots</h1>")
    (tmp_path / "secret.txt").write_text("not for the web")
    with server(folder, port=0) as running:
        assert running.server_address[0] == "127.0.0.1"
        threading.Thread(target=running.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{running.server_port}"
        with urllib.request.urlopen(f"{base}/report.html") as answer:
            assert answer.read() == b"<h1>Hotspots</h1>"
        with pytest.raises(urllib.error.HTTPError) as fault:
            urllib.request.urlopen(f"{base}/../secret.txt")
        fault.value.close()
        assert fault.value.code == 404
        running.shutdown()


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path):
    with server(tmp_path, port=0) as running, pytest.raises(OptionError, match="choose another with --port"):
        server(tmp_path, port=running.server_port)

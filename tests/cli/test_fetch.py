import json
import subprocess
import sys

import pytest

from police_uk_server import PoliceUk, archive, serving

FILES = {"2023-07/2023-07-essex-street.csv": b"Crime ID,Month\nx,2023-07\n"}


@pytest.fixture
def server():
    dates = [{"date": "2023-07", "stop-and-search": []}]
    with serving(PoliceUk(archives={"2023-07": archive(FILES)}, dates=dates)) as site:
        yield site


def _abate(*words):
    command = [sys.executable, "-c", "import abate.cli; abate.cli.main()", *words]
    clean = {"PATH": "/usr/bin:/bin", "NO_PROXY": "127.0.0.1", "PYTHONWARNINGS": "error"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=clean, timeout=60)


def test_one_json_document_on_standard_output_and_nothing_else(server, tmp_path):
    told = _abate(
        *("fetch", "--force", "essex", "--from", "2023-07", "--to", "2023-07", "--into", str(tmp_path / "in")),
        *("--kinds", "street,outcomes", "--base-url", server.url, "--json"),
    )
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout)
    assert answer["fetched"] == 1
    assert [gone["why"] for gone in answer["missing"]] == ["essex 2023-07: no outcomes file in the archive of 2023-07"]
    assert "1 of 2 files are in it" in told.stderr
    assert (tmp_path / "in" / "2023-07/2023-07-essex-street.csv").read_bytes() == FILES[
        "2023-07/2023-07-essex-street.csv"
    ]


def test_words_for_a_person(server, tmp_path):
    told = _abate(
        *("fetch", "--force", "essex", "--from", "2023-07", "--to", "2023-07", "--into", str(tmp_path / "in")),
        *("--kinds", "street", "--base-url", server.url),
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("1 file fetched into ")
    assert "Open Government Licence v3.0" in told.stdout


def test_an_unknown_force_is_a_sentence_and_exit_one():
    told = _abate("fetch", "--force", "esex", "--from", "2023-07", "--to", "2023-07")
    assert told.returncode == 1
    assert told.stdout == ""
    assert told.stderr.startswith("'esex' is not a force. Did you mean 'essex'?")
    assert "Traceback" not in told.stderr

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from abate.cli.load import sentence
from abate.jobs.load import Load
from street_files import row, street

pytestmark = pytest.mark.slow

KEYS = {
    *("files", "rows_read", "rows_loaded", "rows_rejected", "rows_repeated", "rows_dropped", "rejected_by_rule"),
    *("months", "forces", "without_coordinates", "table_version", "repeats_elsewhere", "ids_in_several_months"),
    *("notes", "load_id", "written"),
}


def abate(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from abate.cli import main; main()", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("cli")
    file = street(folder / "a.csv", row("1"), row("1", at=("0.8", "51.5")), row("2", kind="Robery"))
    return folder / "lake", abate("load", file, "--lake", folder / "lake", "--json")


def test_json_is_one_document_with_the_keys_of_the_contract(
    loaded: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, run = loaded
    answer = json.loads(run.stdout)
    assert run.returncode == 0, "rejects are told, and are no failure"
    assert set(answer) >= KEYS
    assert (answer["rows_read"], answer["rows_loaded"], answer["repeats_elsewhere"]) == (3, 1, 1)
    assert answer["rejected_by_rule"] == {"crime-type-unknown": 1}
    assert all(Path(path).exists() for path in answer["written"])


def test_for_a_person_it_is_a_table_and_a_sentence(tmp_path: Path) -> None:
    run = abate("load", street(tmp_path / "a.csv", row("1"), row("2", kind="Robery")), "--lake", tmp_path / "lake")
    assert run.returncode == 0
    assert "1 of 2 rows are in the lake (2021-03 to 2021-03, 1 force(s)); 1 were rejected: see" in run.stdout
    assert "1 rows: crime-type-unknown" in run.stdout


def test_what_cannot_be_read_is_a_sentence_and_exit_1(tmp_path: Path) -> None:
    run = abate("load", street(tmp_path / "a.csv", header="a,b"), "--lake", tmp_path / "lake", "--json")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("a.csv: no known kind of file has the columns a, b")
    assert "Traceback" not in run.stderr


def test_nothing_asked_is_wrong_usage(tmp_path: Path) -> None:
    assert abate("load").returncode == 2
    assert abate("load", "--lake", tmp_path).returncode == 2


def test_a_draft_of_a_mapping_is_printed_and_nothing_loaded(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("x,y,date\n500000,200000,2024-01-05\n")
    run = abate("load", "--guess-mapping", file)
    assert run.returncode == 0
    assert "[columns]" in run.stdout


def test_the_sentence_says_what_is_left_over() -> None:
    answer = Load(
        load_id="x",
        files=(),
        rows_read=10,
        rows_loaded=6,
        rows_rejected=1,
        rows_repeated=2,
        rows_dropped=1,
        rejected_by_rule={},
        months=("2021-03", "2021-04"),
        forces=("essex",),
        without_coordinates=0,
        table_version={"incidents": 1},
        repeats_elsewhere=1,
        ids_in_several_months=0,
        months_already_there=1,
        notes=(),
        written=("lake/loads/x/rejects.csv",),
    )
    assert sentence(answer) == (
        "6 of 10 rows are in the lake (2021-03 to 2021-04, 1 force(s)); 1 were rejected, 2 repeat a Crime ID "
        "(1 of them at another place), 1 were left out by filters: see lake/loads/x. "
        "1 months were there just so already."
    )

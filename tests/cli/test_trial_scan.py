"""`abate trial scan` at the prompt."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from abate.cli.main import app


def scan(*arguments: object):
    return CliRunner().invoke(app, ["trial", "scan", *map(str, arguments)])


def test_the_answer_as_words_and_as_json(tmp_path):
    file = tmp_path / "c.csv"
    rows = [f"{number},{30 if number < 7 else 8},{30}" for number in range(1, 13)]
    file.write_text("\n".join(["period,treated,control", *rows]) + "\n")
    told = json.loads(scan(file, "--least", 3, "--draws", 99, "--seed", 2, "--json").stdout)
    assert {"cut", "z", "p", "table"} <= set(told)
    assert (told["cut"], told["p"], len(told["table"])) == (7, 0.01, 7)
    assert "part most from period 7 on: 22.00 fewer a period" in scan(file).stdout


def test_bad_input_is_a_sentence(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("period,treated,control\n1,2,x\n")
    done = scan(file, "--json")
    assert done.exit_code != 0
    assert "row 1: control is 'x'" in str(done.exception)

"""The door: what can be put right leaves as sentences; a fault of the software keeps its traceback."""

from __future__ import annotations

import importlib

import pytest

from abate.errors import OptionError

door = importlib.import_module("abate.cli.main")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            OptionError("--top is 0: give 1 or more", "--from is no month"),
            "--top is 0: give 1 or more\n--from is no month\n",
        ),
        (
            KeyboardInterrupt(),
            "stopped by you; nothing is half-written, and the same command goes on from here\n",
        ),
    ],
    ids=["faults of the options", "stopped at the keyboard"],
)
def test_what_can_be_put_right_is_a_sentence(
    fault: BaseException, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def app() -> None:
        raise fault

    monkeypatch.setattr(door, "app", app)
    with pytest.raises(SystemExit) as left:
        door.main()
    assert left.value.code == 1
    assert capsys.readouterr().err == said


def test_a_fault_of_the_software_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def app() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(door, "app", app)
    with pytest.raises(ZeroDivisionError):
        door.main()

"""The options of `abate hotspots`: all in the help, and those of --choose refused without it."""

from __future__ import annotations

from typing import get_type_hints

from typer.testing import CliRunner

from abate.cli import hotspot_options
from abate.cli.main import app


def asked(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["hotspots", *arguments], env={"COLUMNS": "200"})
    return answer.exit_code, answer.output


def test_every_option_stands_in_the_help() -> None:
    code, told = asked("--help")
    assert code == 0
    for group in ("Listed", "Sited", "Checked", "Answered"):
        hints = get_type_hints(getattr(hotspot_options, group), include_extras=True)
        for hint in hints.values():
            assert hint.__metadata__[0].default in told or hint.__metadata__[0].param_decls[0] in told


def test_options_of_sites_alone_are_refused_with_a_sentence() -> None:
    from abate.errors import OptionError

    answer = CliRunner().invoke(app, ["hotspots", "--lake", "x", "--force", "y", "--sites", "4", "--separation-m", "9"])
    assert answer.exit_code != 0
    assert isinstance(answer.exception, OptionError)
    assert str(answer.exception) == "--sites, --separation-m: this is for the list of sites: add --choose"


def test_the_lake_is_asked_for() -> None:
    code, told = asked("--force", "essex")
    assert code == 2
    assert "--lake" in told

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from abate.errors import OptionError
from abate.jobs import impact as panels
from abate.jobs import impact_multiverse as jobs

if TYPE_CHECKING:
    from pathlib import Path

AREAS = {
    "A": (9, 8, 9, 5, 4),
    "B": (7, 8, 7, 7, 8),
    "C": (5, 4, 5, 5, 4),
    "D": (11, 10, 12, 11, 11),
    "E": (6, 7, 6, 6, 6),
}
ROWS = "force,year,violence,robbery\n" + "".join(
    f"{area},{2015 + place},{count},{2 * count}\n"
    for area, counts in AREAS.items()
    for place, count in enumerate(counts)
)


def run(path: Path, **ways: Any) -> jobs.Found:
    (path / "p.csv").write_text(ROWS)
    options = panels.Options(
        path / "p.csv", time="year", outcome="violence", method="did", unit="force", treated=("A",), begins="2018"
    )
    return jobs.impact_multiverse(options, jobs.Ways(**{"outcomes": ("violence",), "methods": ("did",), **ways}))


def test_every_combination_has_its_row_and_its_own_answer(tmp_path: Path) -> None:
    found = run(
        tmp_path, outcomes=("violence", "robbery"), methods=("did", "sc"), windows=(("2016", "2018"),), without=("D",)
    )
    assert len(found.table) == 2 * 2 * 2 * 2
    assert len(found.table[["panel", "window", "estimator"]].drop_duplicates()) == 16
    one = found.table[(found.table["estimator"] == "did") & (found.table["window"] == "all periods")]
    values = one.set_index("panel")["value"]
    assert values["robbery"] == pytest.approx(2 * values["violence"])
    options = panels.Options(
        tmp_path / "p.csv", time="year", outcome="violence", method="did", unit="force", treated=("A",), begins="2018"
    )
    assert values["violence"] == pytest.approx(panels.impact(options).effect.value)
    assert values["violence without D"] != values["violence"]
    assert "16 of 16 runs could be made" in found.document()["sentence"]


def test_a_run_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    found = run(tmp_path, windows=(("2018", "2019"),))
    told = found.document()["runs"]
    assert [row["problem"] == "" for row in told] == [True, False]


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        ({"methods": ("didd",)}, "Did you mean 'did'"),
        ({"outcomes": ()}, "need one name each"),
        ({"without": ("F",)}, "--without 'F': no such area"),
    ],
)
def test_what_is_not_there_is_told(tmp_path: Path, ways: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        run(tmp_path, **ways)


def test_methods_of_counts_and_of_rates_each_get_their_own_panel(tmp_path: Path) -> None:
    people = {"A": 1000, "B": 3000, "C": 500, "D": 2000, "E": 700}
    head, *rows = ROWS.splitlines()
    (tmp_path / "p.csv").write_text("\n".join([f"{head},people", *(f"{row},{people[row[0]]}" for row in rows)]) + "\n")
    options = panels.Options(
        tmp_path / "p.csv",
        time="year",
        outcome="violence",
        method="did",
        unit="force",
        treated=("A",),
        begins="2018",
        exposure="people",
    )
    found = jobs.impact_multiverse(options, jobs.Ways(("violence",), ("fepois", "did")))
    assert found.table["estimator"].tolist() == ["fepois", "did"]
    for method, value in zip(("fepois", "did"), found.table["value"], strict=True):
        assert value == pytest.approx(panels.impact(replace(options, method=method)).effect.value)

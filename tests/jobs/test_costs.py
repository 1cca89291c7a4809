from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from abate.errors import OptionError
from abate.jobs import costs as jobs

if TYPE_CHECKING:
    from pathlib import Path

HEADLINE = {"violence_with_injury": "7636", "violence_without_injury": "41377"}


def test_the_headline(tmp_path: Path) -> None:
    told = jobs.costs(jobs.Options(said=HEADLINE)).document()
    assert told["total"] == {"value": pytest.approx(352_651_410), "low": None, "high": None}
    assert [part["offence"] for part in told["parts"]] == list(HEADLINE)
    (tmp_path / "gdp.csv").write_text("financial_year,index,release\n2015-16,91.6,June\n2019-20,100,June\n")
    deflated = jobs.costs(jobs.Options(said=HEADLINE, deflator=tmp_path / "gdp.csv", price_year="2019/20")).document()
    assert deflated["total"]["value"] == pytest.approx(352_651_410 * 100 / 91.6)
    assert deflated["price_year"] == "2019/20"


def test_an_interval_typed_becomes_an_interval_of_pounds() -> None:
    found = jobs.costs(jobs.Options(said={"arson": "100:50:150"}, programme_cost=(400_000.0,)))
    told = found.document()
    assert told["total"]["low"] == pytest.approx(50 * 8420, rel=0.02)
    assert told["return"]["break_even"] == {"arson": pytest.approx(400_000 / 8420)}
    assert "Each pound spent brought 2.1" in found.sentences()[2]


def test_answers_of_impact_and_tables_are_priced_together(tmp_path: Path) -> None:
    answer = {"method": "sdid", "level": 0.95, "total_prevented": {"value": 5.0, "low": 1.0, "high": 9.0}}
    (tmp_path / "i.json").write_text(json.dumps(answer))
    (tmp_path / "p.csv").write_text("offence,value\nfraud,7\n")
    found = jobs.costs(jobs.Options(table=tmp_path / "p.csv", effects={"arson": tmp_path / "i.json"}))
    assert found.document()["total"]["value"] == pytest.approx(5 * 8420 + 7 * 1290)


def test_a_trials_patrols_are_priced(tmp_path: Path) -> None:
    difference = {"value": -0.2, "low": -0.3, "high": -0.1, "level": 0.95}
    (tmp_path / "t.json").write_text(
        json.dumps({"itt": {"difference": difference}, "harm": None, "n": {"treated": 100}})
    )
    found = jobs.costs(jobs.Options(trial=tmp_path / "t.json", patrol_hours=500, hour_cost=40))
    told = found.document()["trial"]
    assert (told["spent"], told["per_offence"]) == pytest.approx((20_000, 1_000))
    assert told["break_even"] == pytest.approx(20_000 / 14_050)
    assert "£1,000 an offence prevented (95% interval £667 to £2,000)" in found.sentences()[0]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "nothing to price"),
        ({"said": HEADLINE, "price_year": "2019-20"}, "--deflator and --price-year belong together"),
        ({"said": HEADLINE, "uplift": 0.0}, "--uplift 0: is above 0"),
        ({"said": HEADLINE, "sensitivity": 1.0}, "--sensitivity 1"),
        ({"said": HEADLINE, "discount": -0.1}, "--discount -0.1"),
        ({"said": HEADLINE, "level": 95}, "--level 95"),
    ],
)
def test_options_that_do_not_go_together_are_told(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        jobs.Options(**asked)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"arson": "1:2"}, "--prevented arson=1:2: should be NUMBER"),
        ({"arson": "x"}, "--prevented arson=x: should be NUMBER"),
        ({"weapons": "3"}, "weapons: is not priced"),
        ({"arsen": "3"}, "Did you mean 'arson'"),
    ],
)
def test_numbers_that_are_none_are_told(said: dict[str, str], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        jobs.costs(jobs.Options(said=said))


def test_costs_of_two_price_years_are_not_added(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("offence,unit_cost,price_year,source\narson,9000,2022-23,ours\n")
    with pytest.raises(OptionError, match="unit costs of 2015-16 and 2022-23 cannot be added"):
        jobs.costs(jobs.Options(said={"arson": "1", "fraud": "1"}, unit_costs=tmp_path / "u.csv"))

"""The page shows each team's hours, carries its marking and expiry, and says nothing of officers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import rota_makers
from abate.patrols import plans
from abate.reports import rotas

if TYPE_CHECKING:
    from abate.patrols.plans import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plans.plan(rota_makers.problem(sites=8, teams=3), seed=1, rounds=3)


def test_the_page_holds_every_visit(plan: Plan) -> None:
    page = rotas.draw(plan, title="Late <turn>", names={"S0": "High & Low"}, notes=["a note"], made={"seed": 1})
    assert "Late &lt;turn&gt;" in page
    assert "<turn>" not in page
    assert page.count("OFFICIAL-SENSITIVE") >= 2
    assert "expires at 00:00 on 5 December 2026" in page
    assert page.count('fill="#0b4f8a"') == len(plan.visits)
    assert "<script" not in page
    assert rotas.draw(plan, title="x", names={}) == rotas.draw(plan, title="x", names={})


def test_the_csv_is_of_planned_visits_with_zone_shift_and_expiry(plan: Plan) -> None:
    frame = pd.read_csv(io.BytesIO(rotas.visits_csv(plan)))
    assert list(frame.columns) == [
        "team",
        "site_id",
        "start",
        "minutes",
        "shift_start",
        "shift_end",
        "marking",
        "expires",
    ]
    assert len(frame) == len(plan.visits)
    assert frame["start"].str.endswith("+00:00").all()


def test_the_document_has_the_keys_of_the_contract(plan: Plan) -> None:
    told = rotas.document(plan)
    assert list(told)[:5] == ["visits", "value", "bound", "gap", "unserved"]
    assert told["gap"] == pytest.approx(1 - told["value"] / told["bound"], abs=1e-5)

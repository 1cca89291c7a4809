"""What no day could put right is told when a rota is made."""

from __future__ import annotations

import pytest

from abate.errors import OptionError
from abate.patrols.rotas import Rota, Team, clock


def test_a_shift_shorter_than_a_stay_is_a_sentence() -> None:
    with pytest.raises(
        OptionError, match="team 'T': the shift from 14:00 to 14:10 lasts 10 minutes, shorter than a stay of 15"
    ):
        Rota((), (Team("T", 0, 0, 840, 850),))


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(OptionError) as fault:
        Rota((), (), stays=(0,), gap=-1, loss=1.0, budget_hours=-2)
    assert len(fault.value.faults) == 4


def test_clocks_past_midnight() -> None:
    assert [clock(minutes) for minutes in (0, 1439, 1440, 1441)] == ["00:00", "23:59", "24:00", "00:01 the day after"]


def test_nothing_to_spend_is_a_budget() -> None:
    assert Rota((), (), budget_hours=0).budget_hours == 0

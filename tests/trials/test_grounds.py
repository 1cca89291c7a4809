"""A scheme laid out over its sites: what can be drawn, and everything about the sites that will not do."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from abate.errors import OptionError
from abate.trials import grounds
from abate.trials.schemes import Exclusion, Scheme

STARTS = date(2025, 1, 6)


def sites(*names: str, **more: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"site_id": list(names), **more})


def test_sites_are_laid_out_by_name_and_days_left_out_are_closed():
    scheme = Scheme(STARTS, 2, treat=1, excluded=(Exclusion(STARTS, "b"), Exclusion(date(2024, 1, 1))))
    ground = grounds.lay(scheme, sites("c", "b", "a"))
    assert ground.order.tolist() == [2, 1, 0]
    assert ground.open.tolist() == [[True, False, True], [True, True, True]]
    assert not ground.alike
    assert ground.chances()[0].tolist() == [0.5, 0, 0.5]


def test_each_area_gets_its_part():
    ground = grounds.lay(
        Scheme(STARTS, 1, treat=3, block=("area",)), sites("a", "b", "c", "d", "e", area=list("xxxyy"))
    )
    assert [members.tolist() for members in ground.areas] == [[0, 1, 2], [3, 4]]
    assert ground.share.tolist() == [[1.8, 1.2]]
    assert ground.extra.tolist() == [1]
    assert not ground.alike


@pytest.mark.parametrize(
    ("scheme", "listed", "told"),
    [
        (Scheme(STARTS, 2, treat=3), sites("a", "b"), "3 of 2 is more than there are; at most 1 is right"),
        (Scheme(STARTS, 2, treat=2), sites("a", "b"), "leaves none for usual policing"),
        (Scheme(STARTS, 2, treat=1), sites("a", "a", "b"), "site_id a stands more than once"),
        (Scheme(STARTS, 2, treat=1, block=("area",)), sites("a", "b"), "needs the column `area` for every site"),
        (
            Scheme(STARTS, 2, treat=1, block=("area",)),
            sites("a", "b", "c", area=["x", None, "y"]),
            "it is blank for b",
        ),
        (Scheme(STARTS, 2, kind="pairs"), sites("a", "b", "c", pair=list("xxy")), "pair 'y' has 1 site; two are right"),
        (
            Scheme(STARTS, 2, treat=1, excluded=(Exclusion(STARTS, "H9"),)),
            sites("H1", "H2"),
            "--exclude: there is no site 'H9'. Known are: H1, H2",
        ),
        (
            Scheme(STARTS, 2, treat=2, excluded=(Exclusion(STARTS, "a"), Exclusion(STARTS, "b"))),
            sites("a", "b", "c"),
            "2025-01-06: --treat 2 and --exclude are in conflict: 2 of 3 sites are excluded and 1 are left",
        ),
    ],
)
def test_what_will_not_do_is_told(scheme, listed, told):
    with pytest.raises(OptionError) as caught:
        grounds.lay(scheme, listed)
    assert told in str(caught.value)

"""The same expression on DuckDB and on a local Spark gives the same frame."""

from __future__ import annotations

import warnings
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from abate import lake as lakes
from abate.jobs.load import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def by_area_and_month(incidents: Any) -> Any:
    """Count by small area and month, and rank the areas of each month."""
    import ibis

    chosen = incidents.filter(incidents.crime_type != "Drugs")
    counts = chosen.group_by(["lsoa_code", "month"]).aggregate(incidents=chosen.count(), placed=chosen.x.count())
    order = ibis.window(group_by=counts.month, order_by=[counts.incidents.desc(), counts.lsoa_code])
    ranked = counts.mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] < 20).order_by(["month", "rank"])


@pytest.mark.spark
@pytest.mark.slow
def test_the_same_expression_gives_the_same_frame(shared: Callable[[str], Path], tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed (the extra `spark`)")
    file = shared("police-street/bedfordshire-street-2018-10-to-2019-02.csv.gz")
    load([file], lake=tmp_path / "lake", today=date(2026, 11, 22), by="tester")
    duck = by_area_and_month(lakes.open(tmp_path / "lake").incidents(force="bedfordshire")).execute()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = lakes.open(tmp_path / "lake", engine="spark")
        spark = by_area_and_month(opened.incidents(force="bedfordshire")).execute()
        none = opened.table("searches").execute()
        opened._reader().session.stop()
    assert len(duck) == 100
    pd.testing.assert_frame_equal(duck, spark)
    assert list(none.columns) == list(lakes.open(tmp_path / "lake").table("searches").columns)

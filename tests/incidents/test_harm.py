from __future__ import annotations

import csv
import random

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from abate.errors import OptionError, TableError
from abate.incidents import harm
from abate.incidents.harm import HarmScale, Weight
from conftest import SHARED, table

CAMBRIDGE = harm.scale("cambridge-2020-selection")
ONS = harm.scale("ons-2016-selection")


def events(*pairs: tuple[str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["ho_classification", "ho_offence_code"])


def scale_of(*rows: tuple[str, str, float]) -> HarmScale:
    return HarmScale("made-up", "1", "days", "none", "none", "classification", rows)


@pytest.mark.parametrize(
    ("section", "code", "days"),
    [
        ("001/01", "1", 5475.0),
        ("002/00", "2", 3285.0),
        ("005/01", "5D", 1460.0),
        ("005/01", "8S", 1825.0),
        ("034/01", "34B", 365.0),
        ("008/64", "10D", 182.5),
        ("008/26", "10D", 5.0),
        ("105/01", "105A", 1.0),
        ("8/6", "8n", 10.0),
        ("00200", None, 3285.0),
    ],
)
def test_published_weights_of_the_cambridge_index(section: str, code: str | None, days: float):
    assert CAMBRIDGE.weight(section, code) == Weight(days, days)


def test_published_weights_of_the_ons_score():
    assert ONS.weight(None, "1") == Weight(7979.0, 7979.0)
    assert ONS.weight("034/01", "34A").low == 746.0
    assert ONS.weight(None, "8N") == Weight(None, None)


def test_carried_scales_are_the_facts():
    for name, file, value in (
        ("cambridge-2020-selection", "harm_cchi.csv", "cchi_days_2020"),
        ("ons-2016-selection", "harm_ons_css.csv", "css_weight"),
    ):
        path = SHARED / "facts" / file
        if not path.exists():
            pytest.skip(f"facts not here: {file}")
        with path.open(encoding="utf-8", newline="") as opened:
            rows = {
                (r.get("ho_classification", ""), r["ho_offence_code"], float(r[value])) for r in csv.DictReader(opened)
            }
        assert rows == set(harm.scale(name).rows)


def test_a_code_with_several_scores_takes_the_lowest_and_keeps_the_highest():
    assert CAMBRIDGE.weight("008/01", "8N") == Weight(19.0, 547.5)
    assert CAMBRIDGE.weight("005/01", None) == Weight(1460.0, 1825.0)
    scored = harm.score(events(("008/01", "8N"), ("008/06", "8N")), CAMBRIDGE)
    assert (scored.total, scored.total_if_highest, scored.ambiguous) == (29.0, 557.5, 1)
    assert "taken at their lowest" in str(scored)


def test_an_offence_code_alone_does_not_settle_a_cambridge_score():
    assert CAMBRIDGE.weight(None, "34B").standing == "unknown"
    assert CAMBRIDGE.weight("", "").standing == "unknown"


def test_unknown_codes_are_listed_and_never_defaulted():
    scored = harm.score(events(("034/01", "34B"), ("777/77", "8N"), (None, None), (None, None)), CAMBRIDGE)
    assert (scored.total, scored.incidents) == (365.0, 1)
    assert scored.unknown == {"no code": 2, "8N 777/77": 1}
    assert "not scored, since the scale does not know them: no code (2), 8N 777/77 (1)" in str(scored)


def test_offences_found_by_police_activity_are_kept_apart():
    carried, threatened, shop = ("008/26", "10D"), ("008/64", "10D"), ("046/00", "46")
    scored = harm.score(events(carried, threatened, shop, ("105/01", "105A")), CAMBRIDGE)
    assert (scored.total, scored.apart, scored.apart_harm) == (183.5, 2, 6.0)
    whole = harm.score(events(carried, threatened, shop, ("105/01", "105A")), CAMBRIDGE, exclude_proactive=False)
    assert (whole.total, whole.apart) == (189.5, 0)


def test_one_murder_outweighs_a_town():
    scored = harm.score(events(("001/01", "1"), *[("105/01", "105A")] * 5000), CAMBRIDGE)
    assert scored.median == 1.0
    assert scored.top_event_share == pytest.approx(5475 / 10475)
    assert "one event makes 52% of it" in str(scored)


def test_no_events_score_nothing():
    scored = harm.score(events(), CAMBRIDGE)
    assert (scored.total, scored.incidents, scored.median, scored.top_event_share) == (0.0, 0, 0.0, 0.0)


def test_a_cap_holds_single_events_down():
    weighed = harm.weigh(events(("001/01", "1"), ("008/06", "8N")), CAMBRIDGE, cap=365)
    assert weighed["harm"].tolist() == [365.0, 10.0]


def test_weighing_leaves_the_input_alone_and_names_missing_columns():
    given = events(("034/01", "34B"))
    harm.weigh(given, CAMBRIDGE)
    assert list(given.columns) == ["ho_classification", "ho_offence_code"]
    with pytest.raises(TableError) as fault:
        harm.weigh(pd.DataFrame({"x": [1]}), CAMBRIDGE)
    assert len(fault.value.faults) == 2


@pytest.mark.slow
def test_the_engine_joins_what_the_frame_joins():
    chance = random.Random(2)
    sections = [None, "", " 008/01", "777/77", *(section for section, _, _ in CAMBRIDGE.rows)]
    codes = [None, "", "92A", "8n", *(code for _, code, _ in CAMBRIDGE.rows)]
    frame = pd.DataFrame(
        {
            "crime_type": "any",
            "ho_classification": [chance.choice(sections) for _ in range(600)],
            "ho_offence_code": [chance.choice(codes) for _ in range(600)],
            "place": range(600),
        }
    )
    rows = ibis.memtable(pa.Table.from_pandas(frame))
    pairs = harm.code_pairs(rows).to_pyarrow().to_pandas()
    assert pairs["incidents"].sum() == 600
    joined = harm.join(rows, CAMBRIDGE, pairs).order_by("place").to_pyarrow().to_pandas()
    weighed = harm.weigh(frame, CAMBRIDGE)
    np.testing.assert_array_equal(joined["harm"].to_numpy(float), weighed["harm"].to_numpy(float))
    assert joined["proactive"].tolist() == weighed["proactive"].tolist()
    assert len(joined) == 600


def test_the_engine_joins_where_nothing_is_known():
    rows = ibis.memtable(
        {"crime_type": ["Drugs"], "ho_classification": [None], "ho_offence_code": [None]},
        schema={"crime_type": "string", "ho_classification": "string", "ho_offence_code": "string"},
    )
    joined = harm.join(rows, CAMBRIDGE, harm.code_pairs(rows).to_pyarrow().to_pandas()).to_pyarrow().to_pylist()
    assert [(row["harm"], row["proactive"]) for row in joined] == [(None, False)]


def test_the_spread_covers_the_true_total_as_often_as_it_says():
    """Calibration: events as a Poisson count of draws from the scale; the mean total is known."""
    weights = np.array([1.0, 10.0, 365.0])
    share = np.array([0.7, 0.25, 0.05])
    truth = 400 * float(weights @ share)
    rng = np.random.default_rng(5)
    covered = 0
    for seed in range(200):
        seen = rng.choice(weights, size=rng.poisson(400), p=share)
        told = harm.spread(seen, draws=400, seed=seed)
        covered += told.low <= truth <= told.high
    print(f"95% intervals of harm cover the truth in {covered} of 200 made-up years")
    assert 178 <= covered <= 198


def test_the_spread_is_the_same_for_the_same_seed_and_any_order():
    weights = [365.0, 1.0, 10.0, 1.0]
    assert harm.spread(weights, seed=1) == harm.spread(sorted(weights), seed=1)
    assert harm.spread([], seed=1).value == 0.0


def test_what_is_impossible_is_said():
    assert harm.impossible(incidents=5, with_codes=5) is None
    assert str(harm.impossible(incidents=5, with_codes=0)).endswith("places are ranked by counts")
    assert "2 of 5 incidents" in str(harm.impossible(incidents=5, with_codes=3))
    assert harm.impossible(incidents=0, with_codes=0) is not None


def test_an_unknown_scale_names_the_nearest():
    with pytest.raises(OptionError, match="Did you mean 'cambridge-2020-selection'"):
        harm.scale("cambridge-2020")


def test_made_up_scales_settle_by_both_codes_first():
    scale = scale_of(("001/01", "1", 3.0), ("001/01", "2", 7.0), ("002/00", "2", 5.0))
    frame = table("""
        ho_classification  ho_offence_code
        001/01             2
        001/01             9
        002/00             1
    """).astype(str)
    weighed = harm.weigh(frame, scale)
    assert weighed["harm"].tolist() == [7.0, 3.0, 5.0]
    assert weighed["harm_standing"].tolist() == ["exact", "ambiguous", "exact"]

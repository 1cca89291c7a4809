"""Near-repeat risk: learns what was planted, leaves alone what is only a hot place, and looks at nothing later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.hotspots import aftermath
from abate.hotspots.histories import History, Window, history
from hotspots.grounds import row_of_places

SPAN = Window(date(2022, 1, 1), date(2024, 12, 31))
PLACES = [f"{place:02}" for place in range(40)]


def made(days: np.ndarray, where: np.ndarray, unit: str = "day") -> History:
    kept = (days >= 0) & (days < SPAN.days)
    seen = pd.DataFrame({"place_id": np.array(PLACES)[where[kept]]})
    seen["period"] = pd.Timestamp(SPAN.first) + pd.to_timedelta(days[kept], unit="D")
    seen = seen.groupby(["place_id", "period"], as_index=False).size().rename(columns={"size": "incidents"})
    return history(seen.assign(easting=0.0, northing=0.0), row_of_places(PLACES), span=SPAN, unit=unit)


def firsts(generator: np.random.Generator, number: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    rates = generator.gamma(0.5, size=len(PLACES))
    return generator.integers(0, SPAN.days, number), generator.choice(len(PLACES), number, p=rates / rates.sum())


def repeating(seed: int, share: float) -> History:
    """Firsts at places with lasting rates, a share of which are followed at their place within a week."""
    generator = np.random.default_rng(seed)
    days, where = firsts(generator)
    again = generator.random(len(days)) < share
    later = days[again] + generator.integers(1, 8, int(again.sum()))
    return made(np.concatenate([days, later]), np.concatenate([where, where[again]]))


def test_planted_repeats_are_learnt_where_and_when_they_are():
    learnt = aftermath.learn(repeating(1, 0.6))
    soon = learnt.extra.loc["same place", ["1 to 3 days", "4 to 7 days"]]
    planted = 0.6 / 1.6 / 7
    assert soon.tolist() == pytest.approx([planted] * 2, rel=0.35)
    assert learnt.extra.drop(columns=soon.index).max(axis=None) < planted / 4
    assert learnt.ratio.drop(index="same place").max(axis=None) < 1.15


def test_hot_places_alone_are_no_near_repeats():
    learnt = aftermath.learn(repeating(2, 0.0))
    assert learnt.ratio.max(axis=None) < 1.15
    assert learnt.extra.max(axis=None) < 0.02


def test_the_place_of_yesterday_is_raised_and_the_total_is_the_bases():
    past = repeating(3, 0.5)
    quiet = past.until(SPAN.last - timedelta(days=1))
    base = aftermath._remembered(quiet, 365.0)
    window = Window(SPAN.last + timedelta(days=1), SPAN.last + timedelta(days=7))
    plain = aftermath.forecast(past, window)["expected"]
    place = int(np.argsort(base)[len(base) // 2])
    extra = pd.DataFrame({"place_id": [PLACES[place]], "period": [pd.Timestamp(SPAN.last)], "incidents": [1]})
    rows = pd.DataFrame(
        {
            "place_id": np.array(PLACES)[past.place],
            "period": pd.Timestamp(SPAN.first) + pd.to_timedelta(past.day, unit="D"),
            "incidents": past.incidents,
        }
    )
    again = history(
        pd.concat([rows, extra]).assign(easting=0.0, northing=0.0), row_of_places(PLACES), span=SPAN, unit="day"
    )
    raised = aftermath.forecast(again, window)["expected"]
    assert 0.1 < raised[place] - plain[place] < 0.4
    assert raised.sum() == pytest.approx(aftermath._remembered(again, 365.0).sum() * 7)


def test_the_boost_fades_with_the_window():
    past = repeating(3, 0.5)
    base = aftermath._remembered(past, 365.0)

    def raised(first: int, last: int) -> float:
        window = Window(SPAN.last + timedelta(days=first), SPAN.last + timedelta(days=last))
        return float(np.abs(aftermath.forecast(past, window)["expected"] / (base * window.days) - 1).max())

    assert raised(1, 7) > raised(1, 60) > raised(40, 60) == pytest.approx(0.0)


@pytest.mark.slow
def test_the_forecast_beats_its_base_where_incidents_repeat():
    gained = []
    for seed in range(6):
        past = repeating(seed + 10, 0.6)
        for back in range(10, 210, 10):
            known = past.until(SPAN.last - timedelta(days=back))
            window = Window(known.span.last + timedelta(days=1), known.span.last + timedelta(days=7))
            seen = past.during(window)
            base = aftermath._remembered(known, 365.0) * 7
            expected = aftermath.forecast(known, window)["expected"].to_numpy()
            gained.append(float((seen * np.log(expected / base) - expected + base).sum()))
    assert np.mean(gained) > 3 * np.std(gained) / np.sqrt(len(gained))


def test_nothing_after_the_past_is_looked_at():
    past = repeating(4, 0.3)
    window = Window(date(2024, 7, 1), date(2024, 7, 7))
    known = past.until(date(2024, 6, 30))
    before = aftermath.forecast(known, window)["expected"].to_numpy()
    kept = past.day < known.span.days
    longer = replace(known, place=past.place[kept], day=past.day[kept], incidents=past.incidents[kept])
    assert aftermath.forecast(longer, window)["expected"].to_numpy().tolist() == before.tolist()
    gap = Window(date(2024, 9, 1), date(2024, 9, 7))
    base = aftermath._remembered(known, 365.0)
    assert aftermath.forecast(known, gap)["expected"].to_numpy() == pytest.approx(base * 7)


def test_what_there_is_too_little_to_learn_from_is_refused():
    generator = np.random.default_rng(1)
    days, where = firsts(generator, 40)
    window = Window(date(2025, 1, 1), date(2025, 1, 7))
    with pytest.raises(OptionError, match="at least 50 incidents: the record has 40"):
        aftermath.forecast(made(days, where), window)
    monthly = made(np.zeros(60, dtype=np.int64), np.zeros(60, dtype=np.int64), unit="month")
    with pytest.raises(OptionError, match="months, not days"):
        aftermath.forecast(monthly, window)
    with pytest.raises(OptionError, match="half-life"):
        aftermath.forecast(repeating(1, 0.1), window, half_life_days=0.0)
    short = repeating(1, 0.1).until(date(2022, 5, 1))
    with pytest.raises(OptionError, match="at least 184 days"):
        aftermath.forecast(short, window)

import numpy as np
import pytest

from abate.sample import rhythms


@pytest.mark.parametrize("rhythm", ["evening", "night", "day", "home", "school", "flat"])
def test_a_week_has_mean_one_and_no_hour_without_chance(rhythm):
    curve = rhythms.week(rhythm)
    assert curve.shape == (7, 24)
    assert curve.mean() == pytest.approx(1)
    assert (curve > 0).all()


def test_the_small_hours_of_sunday_belong_to_saturday_night():
    night = rhythms.week("night")
    assert night[6, 2] == pytest.approx(2.3 / 2.0 * night[5, 2])
    assert night[0, 2] / night[0, 22] == pytest.approx(0.85 * 8 / (0.35 * 7))


def test_days_follow_month_weekday_and_year():
    first, last = np.datetime64("2023-01-01"), np.datetime64("2025-12-31")
    season = rhythms.year(0.5, 7)
    shares = rhythms.days(first, last, season=season, rhythm="night", years=(1, 2, 3))
    assert len(shares) == 1096
    assert shares.sum() == pytest.approx(1)
    mondays = {
        day: shares[(np.datetime64(day) - first).astype(int)] for day in ("2023-07-03", "2023-01-02", "2025-07-07")
    }
    assert mondays["2023-07-03"] / mondays["2023-01-02"] == pytest.approx(season[6] / season[0])
    assert mondays["2025-07-07"] / mondays["2023-07-03"] == pytest.approx(3)
    saturday = shares[(np.datetime64("2023-07-08") - first).astype(int)]
    week = rhythms.week("night").sum(axis=1)
    assert saturday / mondays["2023-07-03"] == pytest.approx(week[5] / week[0])

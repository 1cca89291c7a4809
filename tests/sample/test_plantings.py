import numpy as np
import pytest

from abate.sample import plantings, words
from abate.sample.ground import ground
from abate.sample.offences import KINDS


@pytest.fixture(scope="module")
def shared_out():
    land = ground(np.random.default_rng(3))
    return land, plantings.groups(land, np.random.default_rng(4))


def test_every_street_belongs_to_at_most_one_group(shared_out):
    land, groups = shared_out
    rows = np.concatenate([group.streets for group in groups])
    assert len(np.unique(rows)) == len(rows)
    left_out = land.streets.drop(index=rows)
    assert set(left_out["kind"]) <= {"motorway", "service"}


def test_shares_of_a_group_add_up(shared_out):
    for group in shared_out[1]:
        assert group.landmark or group.shares.sum() == pytest.approx(1)


def test_what_is_expected_adds_up_to_what_the_town_has_in_a_year(shared_out):
    for kind in KINDS:
        groups = [g for g in shared_out[1] if not g.landmark]
        own = sum(plantings.yearly(kind, g) for g in groups if g.town == words.TOWN)
        quiet = sum(plantings.yearly(kind, g) for g in groups if g.town == words.QUIET_TOWN)
        assert own == pytest.approx(kind.yearly)
        assert quiet == pytest.approx(kind.quiet_yearly)


def test_shoplifting_is_drawn_to_shops_alone(shared_out):
    shoplifting = next(kind for kind in KINDS if kind.crime_type == "Shoplifting")
    by_kind = {g.spot.kind: plantings.yearly(shoplifting, g) for g in shared_out[1] if g.spot}
    assert by_kind["park"] == 0
    assert by_kind["shops"] > 0


def test_hotspots_do_not_touch_private_streets_or_the_motorway(shared_out):
    land, groups = shared_out
    rows = np.concatenate([group.streets for group in groups if group.spot])
    assert not set(land.streets["kind"].iloc[rows]) & {"service", "motorway"}
    assert set(land.streets["town"].iloc[rows]) == {words.TOWN}


def test_planted_hotspots_lie_apart():
    places = np.array([plantings.place(spot.along, spot.up) for spot in plantings.SPOTS])
    apart = np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1))
    assert apart[np.triu_indices(len(places), 1)].min() > 400

import numpy as np
from pyproj import Geod

from abate.sample.degrees import degrees


def test_ordnance_survey_examples_come_back_within_seven_metres():
    """The worked example of the Ordnance Survey guide to coordinate systems, and two of its OSTN15 test points."""
    known = [
        (651409.903, 313177.270, 1.716073973, 52.658007833),
        (530624.974, 178388.464, -0.12004435, 51.489365651),
        (91492.146, 11318.804, -6.299777520, 49.922261),
    ]
    for easting, northing, longitude, latitude in known:
        east, north = degrees(np.array([easting]), np.array([northing]), places=8)
        _, _, away_m = Geod(ellps="WGS84").inv(east[0], north[0], longitude, latitude)
        assert away_m < 7

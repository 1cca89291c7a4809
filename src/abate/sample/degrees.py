"""Longitude and latitude of the sample town, the same to the last digit on every machine."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_GRID_TO_DEGREES = (
    "+proj=pipeline"
    " +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
    " +step +proj=cart +ellps=airy"
    " +step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489"
    " +convention=position_vector"
    " +step +inv +proj=cart +ellps=WGS84"
    " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


def degrees(easting: Floats, northing: Floats, *, places: int = 6) -> tuple[Floats, Floats]:
    """Give longitude and latitude (WGS84, rounded to so many places) of British National Grid metres.

    The seven-parameter shift of Ordnance Survey is written out here, and is good to about 7 m; the finer OSTN15 grid
    is not used, since whether it is installed would change the answer.

    >>> longitude, latitude = degrees(np.array([651_409.903]), np.array([313_177.270]), places=3)
    >>> float(longitude[0]), float(latitude[0])
    (1.716, 52.658)
    """
    from pyproj import Transformer

    east, north = Transformer.from_pipeline(_GRID_TO_DEGREES).transform(easting, northing)
    return np.round(east, places), np.round(north, places)

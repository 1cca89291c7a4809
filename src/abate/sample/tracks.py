"""Made-up tracks of patrols with the truth beside them: who was in which site from when to when.

Teams come by car, park at the edge or a short walk away, walk about the site with halts, and drive on, sometimes
through another site. Devices give positions at their own beat, with an error that lasts: a first-order Gauss-Markov
process, so that neighbouring errors are alike. Real records have faults, and so do these: stretches without positions,
single positions hundreds of metres off, rows that stand twice, a device written out under two names, a clock that runs
ahead. Nobody stands behind any of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.sample import trackfaults
from abate.tables.patrols import FIXES, PATROL_SITES, PLANNED_VISITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Real = NDArray[np.float64]

WALKS, DRIVES = 1.25, 8.5
_ROUND_M = 75.0
_SHIFT_APART = 4 * 3600
_LASTS = 25.0


@dataclass(frozen=True)
class SimulatedTracks:
    """Made-up positions and what is true of them.

    `fixes` is FIXES, in the order in which a force's export has them; `truth` has a row a visit made: team, site_id,
    start, minutes (from the first to the last moment inside the outline) and planned_start; `devices` says which team
    carried which device (device, team, clock_seconds: how far its clock runs ahead).
    """

    fixes: pd.DataFrame
    truth: pd.DataFrame
    devices: pd.DataFrame


@dataclass
class _Path:
    """Where a team is: corners in time and space, straight between."""

    seconds: list[float]
    places: list[Real]

    def wait(self, until: float) -> None:
        if until > self.seconds[-1]:
            self.seconds.append(until)
            self.places.append(self.places[-1])

    def go(self, place: Real, pace: float) -> None:
        self.seconds.append(self.seconds[-1] + max(float(np.hypot(*(place - self.places[-1]))), 0.01) / pace)
        self.places.append(place)

    def drive(self, place: Real, generator: np.random.Generator) -> None:
        """Drive in steps of some hundred metres, each at a pace of its own, with a halt at some junctions."""
        start = self.places[-1]
        steps = max(1, int(np.hypot(*(place - start)) // 300))
        for step in range(1, steps + 1):
            self.go(start + (place - start) * step / steps, DRIVES * generator.uniform(0.7, 1.4))
            if step < steps and generator.random() < 0.3:
                self.wait(self.seconds[-1] + generator.uniform(5, 40))

    def at(self, seconds: Real) -> Real:
        places = np.array(self.places)
        return np.column_stack([np.interp(seconds, self.seconds, places[:, axis]) for axis in (0, 1)])


def tracks(
    sites: pd.DataFrame,
    planned: pd.DataFrame,
    *,
    seed: int,
    ping_seconds: float = 15,
    noise_m: float = 8,
    attended: float = 0.95,
    officers: int = 2,
    faults: bool = True,
) -> SimulatedTracks:
    """Make up the tracks of teams that carry out a plan, and keep the truth.

    `sites` is PATROL_SITES (a site without outline is a circle of 75 m), `planned` PLANNED_VISITS. Each officer of a
    team carries a device that gives a position every `ping_seconds` with an error of `noise_m` along each axis; a
    planned visit is made with probability `attended`. Without `faults` the record is whole. Coordinates are in metres.

    >>> import shapely
    >>> from abate.tables.patrols import PATROL_SITES
    >>> site = {"site_id": "a", "name": "Market", "easting": 50.0, "northing": 50.0, "shape": shapely.box(0, 0, 99, 99)}
    >>> sites = pd.DataFrame([{**site, "area": None, "expected": None, "expected_harm": None}])
    >>> start = pd.Timestamp("2026-11-02T14:00Z")
    >>> plan = pd.DataFrame({"team": ["A"], "site_id": ["a"], "start": [start], "minutes": [15.0]})
    >>> made = tracks(sites, plan, seed=1, attended=1.0)
    >>> bool(abs(made.truth["minutes"][0] - 15) < 6), made.devices["device"].nunique()
    (True, 3)
    """
    PATROL_SITES.check(sites)
    PLANNED_VISITS.check(planned)
    generator = np.random.default_rng(seed)
    shapes = outlines(sites)
    fixes, truth = [FIXES.empty()], list[dict[str, Any]]()
    carried: list[tuple[str, str]] = []
    for team, visits in planned.sort_values(["team", "start"]).groupby("team", sort=True):
        names = [f"R{len(carried) + place + 1:03d}" for place in range(officers)]
        carried += [(name, str(team)) for name in names]
        for shift in _shifts(visits):
            path, made = _patrol(shift, sites, shapes, attended, generator)
            truth += [{"team": str(team), **visit} for visit in made]
            fixes += [_pings(path, name, ping_seconds, noise_m, generator) for name in names]
    rows = pd.concat(fixes, ignore_index=True)
    devices = pd.DataFrame(carried, columns=["device", "team"]).assign(clock_seconds=0)
    if faults and len(rows):
        rows, devices = trackfaults.spoil(rows, devices, generator)
    return SimulatedTracks(FIXES.check(rows), _truth(truth), devices)


def outlines(sites: pd.DataFrame) -> NDArray[np.object_]:
    """Give each site's outline; a circle of 75 m where only its middle is known."""
    import shapely

    shapes = sites["shape"].to_numpy(dtype=object).copy()
    bare = np.flatnonzero([shape is None or not shapely.is_geometry(shape) for shape in shapes])
    middles = shapely.points(
        sites["easting"].to_numpy(dtype=float)[bare], sites["northing"].to_numpy(dtype=float)[bare]
    )
    shapes[bare] = shapely.buffer(middles, _ROUND_M)
    return np.asarray(shapes, dtype=object)


def passing(
    sites: pd.DataFrame, *, seed: int, teams: int, hours: float, ping_seconds: float = 15, noise_m: float = 8
) -> pd.DataFrame:
    """Make up the tracks (FIXES) of teams that drive and walk past and through sites and stay in none."""
    generator = np.random.default_rng(seed)
    shapes = outlines(sites)
    fixes = [FIXES.empty()]
    start = pd.Timestamp("2026-11-02T12:00Z").timestamp()
    for team in range(teams):
        path = _Path([start], [_free(shapes, generator)])
        while path.seconds[-1] < start + hours * 3600:
            _pass(path, shapes, generator)
        fixes.append(_pings(path, f"P{team + 1:03d}", ping_seconds, noise_m, generator))
    return pd.concat(fixes, ignore_index=True)


def _pass(path: _Path, shapes: NDArray[np.object_], generator: np.random.Generator) -> None:
    """Go past or through one site, on foot or by car, from a point outside on one side to one on the other."""
    import shapely

    shape = shapes[generator.integers(len(shapes))]
    west, south, east, north = shapely.bounds(shape)
    middle = np.array([(west + east) / 2, (south + north) / 2])
    reach = np.hypot(east - west, north - south) / 2 + 80
    angle = generator.uniform(0, 2 * np.pi)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    aside = across * generator.uniform(-reach, reach)
    path.drive(middle - along * reach + aside, generator)
    path.wait(path.seconds[-1] + generator.uniform(0, 60))
    if generator.random() < 0.5:
        path.go(middle + along * reach + aside, WALKS * generator.uniform(0.8, 1.2))
    else:
        path.drive(middle + along * reach + aside, generator)
    if generator.random() < 0.2:
        path.drive(_free(shapes, generator), generator)
        path.wait(path.seconds[-1] + generator.uniform(300, 1200))


def _shifts(visits: pd.DataFrame) -> list[pd.DataFrame]:
    apart = visits["start"].diff().dt.total_seconds().fillna(0.0) > _SHIFT_APART
    return [shift for _, shift in visits.groupby(apart.cumsum())]


def _patrol(
    visits: pd.DataFrame,
    sites: pd.DataFrame,
    shapes: NDArray[np.object_],
    attended: float,
    generator: np.random.Generator,
) -> tuple[_Path, list[dict[str, Any]]]:
    """Walk a team through one shift; gives its path and the visits that it made."""
    known = {site: place for place, site in enumerate(sites["site_id"])}
    base = _free(shapes, generator)
    begins = visits["start"].iloc[0].timestamp()
    path, made = _Path([begins - 2400], [base]), []
    for visit in visits.to_dict("records"):
        if generator.random() >= attended:
            continue
        shape = shapes[known[visit["site_id"]]]
        arrives = visit["start"].timestamp() + generator.uniform(-120, 240)
        park = _parking(shape, path.places[-1], generator)
        path.wait(arrives - float(np.hypot(*(park - path.places[-1]))) / DRIVES)
        before = path.seconds[-1]
        path.drive(park, generator)
        _walk(path, shape, park, 60 * max(visit["minutes"] + generator.normal(0, 1.5), 3.0), generator)
        path.drive(_away(shape, shapes, park, generator), generator)
        inside = _inside(path, shape, before)
        if inside is not None:
            made.append(
                {
                    "site_id": visit["site_id"],
                    "start": inside[0],
                    "minutes": (inside[1] - inside[0]) / 60,
                    "planned_start": visit["start"],
                }
            )
    path.drive(base, generator)
    path.wait(path.seconds[-1] + 1500)
    return path, made


def _walk(path: _Path, shape: Any, park: Real, seconds: float, generator: np.random.Generator) -> None:
    """Get out, walk about the site with halts for as long as was meant, and come back to the car."""
    path.wait(path.seconds[-1] + generator.uniform(10, 40))
    leaves = path.seconds[-1] + seconds
    while path.seconds[-1] < leaves:
        path.go(_within(shape, generator), WALKS * generator.uniform(0.8, 1.2))
        if generator.random() < 0.5:
            path.wait(path.seconds[-1] + generator.exponential(45))
    path.go(park, WALKS)
    path.wait(path.seconds[-1] + generator.uniform(5, 20))


def _inside(path: _Path, shape: Any, since: float) -> tuple[float, float] | None:
    import shapely

    seconds = np.arange(since, path.seconds[-1], 0.5)
    places = path.at(seconds)
    inside = np.flatnonzero(shapely.contains_xy(shape, places[:, 0], places[:, 1]))
    return (float(seconds[inside[0]]), float(seconds[inside[-1]])) if len(inside) else None


def _within(shape: Any, generator: np.random.Generator) -> Real:
    import shapely

    west, south, east, north = shapely.bounds(shape)
    for _ in range(1000):
        place = generator.uniform((west, south), (east, north))
        if shapely.contains_xy(shape, *place):
            return np.asarray(place)
    middle = shapely.point_on_surface(shape)
    return np.array([middle.x, middle.y])


def _parking(shape: Any, come: Real, generator: np.random.Generator) -> Real:
    """Give where the car is left: inside the site, or 30 to 80 m from it on the side that one comes from."""
    import shapely

    inside = _within(shape, generator)
    if generator.random() < 0.5:
        return inside
    way = (come - inside) / max(float(np.hypot(*(come - inside))), 1.0)
    far = generator.uniform(30, 80)
    for step in np.arange(0, 5000, 10.0):
        if shapely.distance(shapely.points(*(inside + way * step)), shape) >= far:
            return np.asarray(inside + way * step)
    return inside


def _free(shapes: NDArray[np.object_], generator: np.random.Generator, near: Real | None = None) -> Real:
    """Give a place away from all sites: anywhere among them, or some hundred metres from a place."""
    import shapely

    west, south, east, north = shapely.total_bounds(shapes) + np.array([-400, -400, 400, 400])
    for _ in range(1000):
        if near is None:
            place = generator.uniform((west, south), (east, north))
        else:
            angle, far = generator.uniform(0, 2 * np.pi), generator.uniform(200, 900)
            place = near + far * np.array([np.cos(angle), np.sin(angle)])
        if shapely.distance(shapely.points(*place), shapes).min() > 80:
            return np.asarray(place)
    return np.array([west - 500.0, south - 500.0])


def _away(shape: Any, shapes: NDArray[np.object_], park: Real, generator: np.random.Generator) -> Real:
    """Give where a team drives to next: not back through the site where the car stands outside it."""
    import shapely

    place = _free(shapes, generator, near=park)
    for _ in range(100):
        if shapely.contains_xy(shape, *park) or not shapely.intersects(shapely.linestrings([park, place]), shape):
            break
        place = _free(shapes, generator, near=park)
    return place


def _pings(path: _Path, device: str, every: float, noise_m: float, generator: np.random.Generator) -> pd.DataFrame:
    """Read the path at a device's own beat, an arm's length from the path, with an error that lasts."""
    start, end = path.seconds[0] + generator.uniform(0, every), path.seconds[-1]
    beats = np.arange(start, end, every)
    seconds = np.round(beats + generator.uniform(-0.1, 0.1, len(beats)) * min(every, 10), 3)
    places = path.at(seconds) + generator.uniform(-1.5, 1.5, 2) + noise(seconds, noise_m, generator)
    moments = pd.to_datetime(np.round(seconds * 1000).astype(np.int64), unit="ms", utc=True).astype(
        "datetime64[us, UTC]"
    )
    return pd.DataFrame(
        {"device": device, "moment": moments, "easting": places[:, 0].round(1), "northing": places[:, 1].round(1)}
    )


def noise(seconds: Real, sd: float, generator: np.random.Generator, *, lasts: float = _LASTS) -> Real:
    """Draw errors along both axes that are alike for about `lasts` seconds; two columns, in the unit of `sd`.

    >>> drawn = noise(np.arange(2000.0), 8.0, np.random.default_rng(1))
    >>> bool(6 < drawn.std() < 10)
    True
    """
    alike = np.exp(-np.diff(seconds, prepend=seconds[:1]) / lasts)
    fresh = generator.normal(0, sd, (len(seconds), 2)) * np.sqrt(1 - alike**2)[:, None]
    drawn = np.empty((len(seconds), 2))
    last = generator.normal(0, sd, 2)
    for place in range(len(seconds)):
        last = alike[place] * last + fresh[place]
        drawn[place] = last
    return drawn


def _truth(visits: Sequence[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(visits, columns=["team", "site_id", "start", "minutes", "planned_start"])
    frame["start"] = pd.to_datetime(frame["start"].astype(float), unit="s", utc=True).astype("datetime64[us, UTC]")
    frame["minutes"] = frame["minutes"].astype(float)
    return frame


def as_csv(fixes: pd.DataFrame, *, crs: str = "EPSG:27700") -> str:
    """Write positions as a force's export has them: device, time (UTC), latitude, longitude.

    `crs` is the coordinate system that the positions are in.
    """
    return _degrees(fixes, crs).to_csv(index=False, lineterminator="\n")


def as_gpx(fixes: pd.DataFrame, *, crs: str = "EPSG:27700") -> str:
    """Write positions as GPX 1.1, one track a device, in the order of their times.

    `crs` is the coordinate system that the positions are in.
    """
    from html import escape

    told = ['<?xml version="1.0" encoding="UTF-8"?>', f'<gpx version="1.1" creator="abate" xmlns="{NAMESPACE}">']
    for device, rows in _degrees(fixes, crs).sort_values(["device", "time"], kind="stable").groupby("device"):
        told.append(f"<trk><name>{escape(str(device))}</name><trkseg>")
        told += [
            f'<trkpt lat="{lat:.7f}" lon="{lon:.7f}"><time>{time}</time></trkpt>'
            for time, lat, lon in zip(rows["time"], rows["latitude"], rows["longitude"], strict=True)
        ]
        told.append("</trkseg></trk>")
    return "\n".join([*told, "</gpx>", ""])


NAMESPACE = "http://www.topografix.com/GPX/1/1"


def _degrees(fixes: pd.DataFrame, crs: str) -> pd.DataFrame:
    from abate.space import projections

    placed = projections.convert(fixes["easting"], fixes["northing"], source=crs, target=projections.LONGITUDE_LATITUDE)
    return pd.DataFrame(
        {
            "device": fixes["device"],
            "time": fixes["moment"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str[:-3] + "Z",
            "latitude": placed.northing.round(7),
            "longitude": placed.easting.round(7),
        }
    )

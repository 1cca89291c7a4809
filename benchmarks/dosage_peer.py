"""1e6 positions to visits, ours beside movingpandas, which needs a Python environment of its own.

The peer builds a trajectory a device, clips each to every site that its bounds touch, and takes the time of each piece:
its own way to dwell in a polygon. It does a part of the positions (`--peer-positions`), because its time grows in line,
and its time for all of them is reckoned from that. Ours is timed as in `dosage.py`, on the same positions.

Run: python benchmarks/dosage_peer.py --peer-python PATH (a Python with movingpandas installed)
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import dosage
import measuring

PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import geopandas, movingpandas, pandas
from shapely import from_wkt
folder = sys.argv[1]
rows = pandas.read_csv(folder + "/fixes.csv", parse_dates=["moment"])
shapes = [from_wkt(line) for line in open(folder + "/sites.wkt")]
began = time.perf_counter()
places = geopandas.points_from_xy(rows.easting, rows.northing)
points = geopandas.GeoDataFrame(rows[["device", "moment"]], geometry=places, crs=27700)
tracks = movingpandas.TrajectoryCollection(points.set_index("moment"), "device")
minutes, visits = 0.0, 0
for track in tracks:
    west, south, east, north = track.to_linestring().bounds
    for shape in shapes:
        a, b, c, d = shape.bounds
        if a <= east and c >= west and b <= north and d >= south:
            for piece in track.clip(shape):
                visits += 1
                minutes += piece.get_duration().total_seconds() / 60
print(json.dumps({"seconds": time.perf_counter() - began, "stays": visits, "minutes": minutes,
                  "version": movingpandas.__version__}))
"""


def peer(python: Path, positions: int, devices: int, places: int) -> dict[str, float]:
    where = dosage.sites(places)
    fixes = dosage.positions(positions, devices, where)
    with tempfile.TemporaryDirectory() as folder:
        fixes.assign(moment=fixes["moment"].dt.tz_localize(None)).to_csv(Path(folder) / "fixes.csv", index=False)
        (Path(folder) / "sites.wkt").write_text("\n".join(shape.wkt for shape in where["shape"]))
        answer = subprocess.run([str(python), "-c", PEER, folder], capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peer-python", type=Path, help="a Python with movingpandas installed")
    options.add_argument("--positions", type=int, default=1_000_000)
    options.add_argument("--peer-positions", type=int, default=5_000)
    options.add_argument("--sites", type=int, default=100)
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    if chosen.peer_python is None or not chosen.peer_python.exists():
        sys.exit("movingpandas is not here: install it in an environment of its own and name it with --peer-python")
    devices = max(chosen.positions // 50_000, 1)
    mine = [dosage.ours(chosen.positions, devices, chosen.sites) for _ in range(chosen.repeats)]
    share = chosen.positions / chosen.peer_positions
    theirs = peer(chosen.peer_python, chosen.peer_positions, max(int(devices / share), 1), chosen.sites)
    ours = sorted(one["seconds"] for one in mine)[len(mine) // 2]
    summary = measuring.row(
        f"{chosen.positions:,} positions, {chosen.sites} sites to stays",
        f"movingpandas {theirs['version']} (reckoned from {chosen.peer_positions:,} positions)",
        measuring.span([one["seconds"] for one in mine]),
        f"{theirs['seconds'] * share:.0f} s",
        round(ours / (theirs["seconds"] * share), 5),
        "10 times as fast",
    )
    measuring.keep("dosage_peer", {"ours": mine, "peer": theirs, "summary": [summary]})


if __name__ == "__main__":
    main()

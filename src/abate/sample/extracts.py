"""The sample town's crime as an extract from a force's own system: exact points and times, with its mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from abate.sample.records import ZONE

if TYPE_CHECKING:
    from typing import Any

    from abate.sample.towns import Town

    Values = pd.Series[Any]

_COLUMNS = {
    "crime_id": "Crime Ref",
    "crime_type": "Crime Group",
    "ho_offence_code": "HO Code",
    "ho_classification": "HO Classification",
    "began": "Committed From",
    "ended": "Committed To",
    "reported": "Reported",
    "x": "Easting",
    "y": "Northing",
    "location": "Location",
    "lsoa_code": "LSOA",
    "premises": "Premises",
    "domestic": "Domestic",
    "knife": "Knife",
    "default_geocode": "Default Geocode",
    "outcome": "Outcome",
}

MAPPING = """\
# How the columns of the sample town's own extract become incidents.
[source]
name = "Sample Police crime extract"
force = "sample"

[columns]
crime_id = "Crime Ref"
crime_type = "Crime Group"
ho_offence_code = "HO Code"
ho_classification = "HO Classification"
began = "Committed From"
ended = "Committed To"
reported = "Reported"
x = "Easting"
y = "Northing"
location = "Location"
lsoa_code = "LSOA"
premises = "Premises"
domestic = "Domestic"
knife = "Knife"
default_geocode = "Default Geocode"
outcome = "Outcome"

[place]
crs = "EPSG:27700"

[time]
format = "%d/%m/%Y %H:%M"
zone = "Europe/London"

[filters]
use = ["public-place"]
"""


@dataclass(frozen=True)
class Extract:
    """A force's own extract: the CSV text, and the text of the TOML mapping that reads it."""

    csv: str
    mapping: str


def extract(town: Town) -> Extract:
    """Give every incident with exact point, times, codes and flags, as a force's own system would write it out.

    Times are clock times of the town (Europe/London), written day first. The mapping asks for `public-place`.

    >>> from abate import sample
    >>> extract(sample.town(1)).csv.splitlines()[0].split(",")[:3]
    ['Crime Ref', 'Crime Group', 'HO Code']
    """
    known = town.incidents[list(_COLUMNS)]
    yes_no = {name: known[name].map({True: "Y", False: "N"}) for name in ("domestic", "knife", "default_geocode")}
    moments = {name: _clock(known[name]) for name in ("began", "ended", "reported")}
    places = {name: known[name].map("{:.1f}".format) for name in ("x", "y")}
    written = known.assign(**yes_no, **moments, **places).rename(columns=_COLUMNS)
    return Extract(written.to_csv(index=False, lineterminator="\n"), MAPPING)


def _clock(moment: Values) -> Values:
    return pd.Series(moment.dt.tz_convert(ZONE).dt.strftime("%d/%m/%Y %H:%M"))

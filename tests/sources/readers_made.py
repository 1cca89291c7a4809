"""Small files that are right, one and more for every reader; what cannot be written by hand is made once a run."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import street_files
from abate.sources import area_panels, block_designs, mapping

if TYPE_CHECKING:
    from abate.impact.blockdesigns import BlockDesign

PANEL = "force,year,n,pop,began\nKent,2018,5,100,2019\nKent,2019,4,100,2019\nEssex,2018,7,50,\nEssex,2019,8,50,\n"
BARE = "date,site_id,arm\n2026-01-01,A,patrol\n2026-01-01,B,usual\n2026-01-02,A,usual\n2026-01-02,B,patrol\n"
BEFORE = (
    "site_id,incidents,days\nB,3,30\nA,4,30\nA,2,31\n",
    "date,site_id,incidents\n2026-01-01,A,4\n2026-01-02,A,0\n2026-01-01,B,1\n2026-01-02,B,1\n",
)
BLOCKS = "id,treated,people\na,1,10\nb,0,20\nc,no,30\n"
COUNTS = "id,time,thefts,drugs\na,1,4,1\nb,2,3,0\nc,1,1,1\n"
BLOCK_DESIGN = (
    'id = "id"\ntime = "time"\ntreated = "treated"\npre = [1, 1]\npost = [2, 2]\nmatch_outcomes = ["thefts"]\n'
    'match_covariates = ["people"]\noutcomes = ["drugs"]\nabsent = "zero"\ntest = "lower"\nlevel = 0.95\n'
    "permutations = 99\njackknife = 2\nseed = 7\n[windows]\nthefts = 1\n"
)
IMPACT_DESIGN = (
    '[[predictors]]\ncolumn = "sales"\nat = 1975\n[[predictors]]\ncolumn = "price"\nfrom = 1980\nto = 1988\n'
    'summary = "median"\n[[predictors]]\ncolumn = "a"\nfrom = 2019-04-01\nto = "2019-07-01"\n'
)
CENSUS = "Ethnic group\n\nlsoa21_code,Total,White,Asian\nE01000001,1400,900,500\nE01000002,9,5,4\n\nSource: Census\n"
CHECK_INS = "time,site_id,team\n2026-11-02 15:00,a,\n2026-11-02T14:00:00Z,a,T1\n"
DEFLATOR = "financial_year,index,release\n2015-16,80,June 2026\n2019/20,88.2,June 2026\n"
UNIT_COSTS = 'offence,unit_cost,price_year,source,response,kind\nambulance,"1,200",2022/23,our trust,,health\n'
PREVENTED = "offence,value,low,high,area,year,source\narson,5,1,9,Kent,2,\nrobbery,7,,,,,survey\n"
POINTS = "id,x,y,date\n1,100.5,200,2025-03-01\n2, 3 ,4,2025-03-02T10:30:00Z\n"
DOMAINS = ("income", "employment", "education", "health", "crime", "barriers", "environment")
DEPRIVATION = (
    f"lsoa21_code,{','.join(f'{name}_rank' for name in DOMAINS)}\nE01000001,1,2,3,4,5,6,7\nE01000002,9,9,9,9,9,9,9\n"
)
CASES = (
    "case,area,pre,post,pre_time,post_time,area_weight,harm_weight\n"
    "A,treated,20,10,2,,0.5,\nA,control,20,20,,,,3\nA,displacement_treated,4,5,,,,\n"
)
EVENTS = "site_id,what,date\nH02,fair,2020-12-05\n,holiday,2020-12-25\n"
PUBS = ("kind,easting,northing\npub,530000,180000\n", "Name,kind,Longitude,Latitude\nThe Bell,pub,-0.1246,51.5007\n")
AREAS = 'area,population,need,current_grant,cap\nKent,"1,900,000",3.5,,\nEssex,1,2,£5,9\n'
PARKING = ("site_id,longitude,latitude\na,-0.1246,51.5007\n,-0.1,51.5\n", "easting,northing\n530000,180000\n")
ACTIVITY = (
    "date,site_id,role,funding_stream,officers,minutes,arrests,searches,weapons,powers,source\n"
    "2026-10-02,A,officer,grant,2,30,1,2,0,,gps\n"
)
ROLES = "team,role,funding_stream\nT1,officer,grant\nT2,pcso,\n"
SITES = (
    "site_id,name,longitude,latitude\nH01,High Street,-0.4170,51.8790\nH02,Park Square,-0.4110,51.8780\n",
    "name,SITE_ID,easting,northing,area,pair,expected,expected_harm,reasons\nA,1,509000,221000,N,p1,3.5,,pubs\n",
)
SERIES = "period,treated,control\n2025-02,5,6\n2025-01,3,4\n"
PLACE_DAYS = "date,site_id,incidents,harm\n2026-01-02,B,0,0\n2026-01-01,B,2,20.5\n2026-01-01,A,1,5\n2026-01-02,A,0,0\n"
PROBLEMS = (
    "site_id,problem,analysis,response,owner,due,status,assessment\n"
    "A,fights at closing,,stewards,licensing officer,2026-12-01,planned,\n"
)
PROBLEMS_TOML = (
    '[[plan]]\nsite_id = "A"\nproblem = "fights"\ndue = 2026-12-01\n[[plan.responses]]\nresponse = "stewards"\n'
)
ROLLOUT = "uid,from,p1,p2,rank\n007,2,0,1.5,x\n008,,3,4,y\n"
NOTES = 'note,site_id\n"Gate, north side, broken",S1\n,S2\n"two\nlines",S1\n'
TRAVEL = (
    "from,to,minutes\na,T,3.2\nb,T,4\na,b,7\nb,a,8\n",
    ",a,b,T\na,0,7,4\nb,8,0,4\nT,4,4,0\n",
)
DOSED = "date,site_id,minutes,officers,visits\n2026-01-02,A,5,1,1\n2026-01-01,B,0,0,0\n"
DEVICES = "device,team,clock_seconds\nr1,T1,2.5\nr2,T2,\n"
PROTOCOL = (
    'title = "Op A"\nhypothesis = "fewer"\nstopping = "after 90 days"\nstarts = 2026-12-01\n'
    '[scheme]\nstarts = 2026-12-01\ntreat = 8\n[[outcomes]]\nname = "incidents"\nmeasure = "recorded violence"\n'
    "primary = true\n"
)
HOURS = (
    "site_id,band,days,from_hour,to_hour,hours_a_week,share,times_even\n"
    "H1,1,Fri,18,23,5,0.2,6.7\nH2,1,Fri,18,1,7,0.1,2\n"
)
ROTA = (
    'stay_minutes = [10, 15]\n[[site]]\nsite_id = "a"\neasting = 530000\nnorthing = 180000\nfrom = "18:00"\n'
    'to = "22:00"\n[[team]]\nteam = "T"\neasting = 530100\nnorthing = 180000\nfrom = "17:00"\nto = "23:00"\n'
    "[dose]\nminutes = [0, 10, 20]\nworth = [0, 0.5, 1]\n[speeds_kmh]\nfoot = 5\n"
)
PLAN = json.dumps(
    {
        "now": "19:00",
        "visits": [{"team": "B", "site": "x", "start": "2026-07-04T18:30:00+01:00", "minutes": 15}],
        "breaks": [{"team": "B", "start": "2026-07-04T19:30:00+01:00", "minutes": 30}],
        "away": {"A": "20:00"},
    }
)
_FALL = {"value": -0.2, "low": -0.4, "high": 0.0, "level": 0.95}
TRIAL_ANSWER = json.dumps({"n": {"treated": 90}, "itt": {"difference": _FALL}, "harm": {"difference": _FALL}})
IMPACT_ANSWER = json.dumps({"method": "sc", "level": 0.95, "total_prevented": {"value": 5.0, "low": 1.0, "high": 9.0}})
EXTRACT = "Ref,Kind,When,Easting,Northing,Note\n" + "".join(
    f'{n},Robbery,2025-03-{n:02d} 21:{n:02d},{530000 + n},{180000 + n},"by the bridge, {n}"\n' for n in range(1, 13)
)
OWN_MAPPING = (
    '[source]\nname = "Westmarch"\nforce = "essex"\n[columns]\ncrime_id = "Ref"\ncrime_type = "Kind"\n'
    'began = "When"\nx = "Easting"\ny = "Northing"\n[place]\ncrs = "EPSG:27700"\n'
    '[time]\nformat = "%Y-%m-%d %H:%M"\nzone = "Europe/London"\n'
)


def columns() -> area_panels.Columns:
    """Name the columns of the panel."""
    return area_panels.Columns("year", "n", "force", first_treated="began", exposure="pop")


@cache
def block_design() -> BlockDesign:
    """Read the design of the blocks."""
    return block_designs.parse(BLOCK_DESIGN.encode(), name="design.toml")


@cache
def own_mapping(kind: str) -> mapping.Mapping:
    """Read the mapping of the extract, as CSV or as a workbook."""
    return mapping.parse(OWN_MAPPING, file=f"{kind}.toml")


def mappings() -> tuple[bytes, ...]:
    """Give a mapping of a few lines and those that come with the package."""
    small = '[source]\nname = "W"\nforce = "essex"\n[columns]\ncrime_type = "Kind"\nbegan = "When"\nx = "x"\ny = "y"\n'
    return ((small + '[place]\ncrs = "EPSG:27700"\n[time]\nformat = "%Y-%m-%d"\nzone = "Europe/London"\n').encode(),)


def points() -> tuple[bytes, ...]:
    """Give points with a day, plain and packed."""
    return POINTS.encode(), gzip.compress(POINTS.encode(), mtime=0)


def extract() -> tuple[bytes, ...]:
    """Give an extract as CSV."""
    return (EXTRACT.encode(),)


def police() -> tuple[bytes, ...]:
    """Give a file of each kind as data.police.uk publishes them."""
    from abate.sources import police_uk

    rows = [
        street_files.row(),
        street_files.row("", kind="Anti-social behaviour"),
        street_files.row("c" * 64, at=("", "")),
    ]
    outcome = dict.fromkeys(police_uk.OUTCOMES_HEADER, "")
    outcome |= dict(zip(street_files.HEADER.split(","), street_files.row().split(","), strict=True))
    outcome["Outcome type"] = "Local resolution"
    search = dict.fromkeys(police_uk.SEARCHES_HEADER, "")
    search |= {"Type": "Person search", "Date": "2021-03-04T12:00:00+00:00", "Object of search": "Offensive weapons"}
    return (
        "\n".join((street_files.HEADER, *rows, "")).encode(),
        _lines(police_uk.OUTCOMES_HEADER, outcome),
        _lines(police_uk.SEARCHES_HEADER, search),
    )


def _lines(header: tuple[str, ...], row: dict[str, str]) -> bytes:
    return f"{','.join(header)}\n{','.join(row[name] for name in header)}\n".encode()


def police_gzip() -> tuple[bytes, ...]:
    """Give a street file packed."""
    return (gzip.compress(police()[0], mtime=0),)


def zipped(members: dict[str, bytes]) -> bytes:
    """Pack members with a fixed time, so that the bytes are the same in every run."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 3, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def police_zip() -> tuple[bytes, ...]:
    """Give an archive of a street file and a file of outcomes."""
    street, outcomes, _ = police()
    return (zipped({"2021-03/2021-03-essex-street.csv": street, "2021-03/2021-03-essex-outcomes.csv": outcomes}),)


@cache
def workbook() -> tuple[bytes, ...]:
    """Give the extract as a workbook."""
    lines = [line.replace('"', "").split(",", 5) for line in EXTRACT.splitlines()]
    return (_book({"Crimes": [lines[0], *([int(a), k, w, int(e), int(n), t] for a, k, w, e, n, t in lines[1:])]}),)


def _book(sheets: dict[str, list[list[Any]]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def harm_workbook() -> tuple[bytes, ...]:
    """Give a small workbook of the Cambridge Crime Harm Index."""
    named = ("ATHENA URN", "FULL_OFFENCE_TITLE", "CCHI Score", "GROUP", "HOME_OFFICE_CLASSIFICATION")
    head = [*named, "HO_CODE", "HO_SUB_CODE"]
    rows = [[1, "Murder", 5475, "VIOLENCE", "001/01", 1, "1"], [5, "Robbery", 365, "ROBBERY", "034/01", 34, "34B"]]
    return (_book({"Cover": [["by"]], "CCHI 2021 values sheet": [["Copyright"], head, *rows]}),)


def open_document() -> tuple[bytes, ...]:
    """Give a small OpenDocument workbook."""
    cells = [line.replace('"', "").split(",", 5) for line in EXTRACT.splitlines()[:3]]
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in cells
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    named = " ".join(f'xmlns:{one}="{space}:{one}:1.0"' for one in ("office", "table", "text"))
    body = f'<office:body><office:spreadsheet><table:table table:name="Crimes">{rows}</table:table>'
    content = f"<office:document-content {named}>{body}</office:spreadsheet></office:body></office:document-content>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind.decode()}"/>'
    listed = f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0">{entry}</manifest:manifest>'
    members = {"mimetype": kind, "content.xml": content.encode(), "META-INF/manifest.xml": listed.encode()}
    return (zipped(members),)


@cache
def doses() -> tuple[bytes, ...]:
    """Give attended visits and doses as they are written."""
    import patrol_tracks
    from abate.patrols import dosage
    from abate.reports import dosage_files
    from abate.sample import tracks

    sites = patrol_tracks.sites(3)
    found = dosage.measure(tracks.tracks(sites, patrol_tracks.plan(sites, teams=2, visits=3), seed=1).fixes, sites)
    return dosage_files.visits_csv(found.visits), dosage_files.doses_csv(found.doses)


@cache
def records() -> tuple[bytes, ...]:
    """Give a registered protocol."""
    from abate.sources import protocols as source
    from abate.trials import protocols
    from abate.trials.schemes import Scheme

    scheme = Scheme(date(2026, 12, 1), 90, treat=8)
    drawn = protocols.Drawn("schedule.csv", "ab" * 32, scheme, 7, ("S1", "S2", "S3"), 90, 180)
    settled = protocols.settle(source.parse(PROTOCOL.encode(), name="p.toml"), drawn)
    when = datetime(2026, 11, 22, 9, tzinfo=UTC)
    return (source.write(source.record(settled, drawn, by="analyst", when=when, code="1")),)


@cache
def ledger() -> tuple[bytes, ...]:
    """Give a ledger of two entries."""
    from abate.jobs import ledgers

    first = ledgers.after(None, "alter", {"file": "s.csv"}, by="analyst", when="2020-11-01T09:00:00+00:00")
    second = ledgers.after(first, "alter", {"file": "s.csv"}, by="analyst", when="2020-11-02T09:00:00+00:00")
    return ((first.line() + second.line()).encode(),)


@cache
def frozen() -> dict[str, bytes]:
    """Give a frozen schedule: both of its files."""
    from jobs import randomised

    with tempfile.TemporaryDirectory() as folder:
        randomised.frozen(Path(folder), exclude="2025-03-10", block="area", days=14)
        return {name: (Path(folder) / name).read_bytes() for name in ("schedule.csv", "schedule.json")}


def basemap() -> tuple[bytes, ...]:
    """Give the header of a PMTiles file."""
    return (b"PMTiles\x03" + bytes(200),)

import io
import itertools
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate import periods
from abate.errors import FetchError
from abate.sources import archives, download
from abate.sources.archives import Wanted
from police_uk_server import HTML, Fault, PoliceUk, archive, serving

TEXT = b"Crime ID,Month\n" + b"a,2023-06\n" * 2000
FILES = {
    "2023-05/2023-05-essex-street.csv": b"Crime ID,Month\nb,2023-05\n",
    "2023-06/2023-06-essex-street.csv": TEXT,
    "2023-06/2023-06-essex-stop-and-search.csv": os.urandom(150_000),
    "2023-06/2023-06-kent-street.csv": os.urandom(400_000),
}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server():
    dates = [{"date": "2023-06", "stop-and-search": ["essex"]}, {"date": "2023-05", "stop-and-search": []}]
    with serving(PoliceUk(archives={"2023-06": archive(FILES)}, dates=dates, limited=False)) as site:
        yield site


@pytest.fixture
def site():
    clock = download.Clock(sleep=lambda _: None)
    with download.site(limits=download.Limits(1e6, 10_000), clock=clock) as opened:
        yield opened


def _covered(archive_month, month):
    return periods.following(archive_month, 1 - archives.MONTHS_HELD) <= month <= archive_month


@given(st.sets(st.integers(0, 130), min_size=1, max_size=6))
def test_the_fewest_archives_are_chosen_and_the_latest_of_those(offsets):
    latest = "2021-10"
    months = [periods.following("2010-12", offset) for offset in offsets]
    chosen = archives.choose(months, latest)
    assert sorted(itertools.chain.from_iterable(chosen.values())) == sorted(months)
    assert all(_covered(name, month) and name <= latest for name, held in chosen.items() for month in held)
    every = periods.months("2010-12", latest)
    ends = sorted({*months, *(min(latest, periods.following(m, 35)) for m in months)} & set(every))
    for fewer in range(1, len(chosen)):
        for some in itertools.combinations(ends, fewer):
            assert not all(any(_covered(name, month) for name in some) for month in months)
    first = next(iter(chosen))
    assert first == latest or periods.following(first, -35) in months


def test_months_that_the_latest_archive_holds_come_from_it_alone():
    assert list(archives.choose(periods.months("2022-01", "2024-12"), "2024-12")) == ["2024-12"]
    assert list(archives.choose(periods.months("2021-12", "2024-12"), "2024-12")) == ["2024-12", "2024-11"]


def test_published_months_are_asked_for(server, site):
    assert archives.published(site, server.url) == {"2023-06": frozenset({"essex"}), "2023-05": frozenset()}
    server.dates = []
    with pytest.raises(FetchError, match="lists no month at all"):
        archives.published(site, server.url)
    server.dates = ["x"]
    with pytest.raises(FetchError, match="does not list months"):
        archives.published(site, server.url)


def test_the_answer_of_the_fake_has_the_keys_of_the_recorded_one(server, site, shared):
    import json

    recorded = json.loads(shared("police-api-samples/example-data-set.json").read_text())
    assert set(recorded) == set(server.dates[0])
    server.dates = [recorded]
    assert archives.published(site, server.url) == {"2015-06": frozenset({"bedfordshire", "cleveland", "durham"})}


def test_another_archive_that_holds_the_months_stands_in(server, site):
    found, nowhere = archives.find(site, server.url, ["2023-05", "2023-06"], "2023-09")
    assert [(name, months) for name, _, months in found] == [("2023-06", ["2023-06", "2023-05"])]
    assert found[0][1].size == len(server.archives["2023-06"])
    assert nowhere == []


def test_months_that_no_archive_holds_are_named_and_no_archive_is_looked_for_twice(server, site):
    months = periods.months("2023-05", "2023-08")
    found, nowhere = archives.find(site, server.url, months, "2023-09")
    assert nowhere == ["2023-08", "2023-07"]
    assert [(name, held) for name, _, held in found] == [("2023-06", ["2023-06", "2023-05"])]
    paths = [path for _, _, path, _ in server.asked]
    assert len(paths) == len(set(paths))


def test_one_file_is_taken_without_reading_the_archive(server, site, tmp_path):
    wanted = Wanted("2023-06", "essex", "street")
    remote = site.look(f"{server.url}/data/archive/2023-06.zip")
    with archives.open_at(site, remote) as opened:
        assert opened.listing.months == ["2023-05", "2023-06"]
        assert set(opened.listing.packed) == set(FILES)
        taken = opened.take(wanted, tmp_path / wanted.name)
    assert (tmp_path / wanted.name).read_bytes() == TEXT
    assert taken.bytes == len(TEXT)
    assert server.sent < remote.size / 3


def test_every_file_comes_out_as_it_went_in_through_cut_connections(server, site, tmp_path):
    server.faults = [Fault(".zip", times=8, cut_after=20_000)]
    remote = site.look(f"{server.url}/data/archive/2023-06.zip")
    with archives.open_at(site, remote) as opened:
        for name, body in FILES.items():
            path = tmp_path / name
            opened.take(Wanted(name[:7], *name[16:-4].split("-", 1)), path)
            assert path.read_bytes() == body


def _damaged(at_of):
    packed = bytearray(archive(FILES))
    entry = zipfile.ZipFile(io.BytesIO(bytes(packed))).getinfo("2023-06/2023-06-essex-stop-and-search.csv")
    packed[entry.header_offset + at_of] ^= 0x40
    return bytes(packed)


@pytest.mark.parametrize("at", [30 + 42 + 5, 30 + 42 + 90_000, 2])
def test_a_flipped_bit_is_found_and_nothing_is_left_behind(server, site, tmp_path, at):
    server.archives["2023-06"] = _damaged(at)
    wanted = Wanted("2023-06", "essex", "stop-and-search")
    remote = site.look(f"{server.url}/data/archive/2023-06.zip")
    with archives.open_at(site, remote) as opened, pytest.raises(FetchError, match="is damaged"):
        opened.take(wanted, tmp_path / wanted.name)
    assert not (tmp_path / wanted.name).exists()


def test_a_file_that_would_unpack_to_far_too_much_is_refused(server, site, tmp_path):
    server.archives["2023-06"] = archive({"2023-06/2023-06-essex-street.csv": b"0" * 20_000_000})
    wanted = Wanted("2023-06", "essex", "street")
    remote = site.look(f"{server.url}/data/archive/2023-06.zip")
    with archives.open_at(site, remote) as opened, pytest.raises(FetchError, match="which no published file does"):
        opened.take(wanted, tmp_path / wanted.name)


@pytest.mark.parametrize("body", [b"PK\x03\x04 and then nothing of a zip" * 50, archive(FILES)[:-200], b""])
def test_what_is_not_a_whole_zip_is_told(server, site, body, tmp_path):
    server.archives["2023-06"] = body
    remote = site.look(f"{server.url}/data/archive/2023-06.zip")
    with pytest.raises(FetchError, match="is not a whole zip archive"), archives.open_at(site, remote):
        pass
    (tmp_path / "a.zip").write_bytes(body)
    with pytest.raises(FetchError, match="is not a whole zip archive"), archives.open_here(tmp_path / "a.zip"):
        pass


def test_a_web_page_named_zip_is_told(server, site):
    server.archives["2023-06"] = HTML
    remote = site.look(f"{server.url}/data/archive/2023-06.zip")
    with pytest.raises(FetchError, match="is a web page where a zip archive should be"), archives.open_at(site, remote):
        pass


def test_names_that_are_not_published_names_are_not_listed(server, site):
    server.archives["2023-06"] = archive(
        {"../evil.csv": b"x", "/etc/x.csv": b"x", "2023-06/2023-05-essex-street.csv": b"x", "2023-06/readme.txt": b"x"}
    )
    remote = site.look(f"{server.url}/data/archive/2023-06.zip")
    with archives.open_at(site, remote) as opened:
        assert opened.listing.packed == {}

import hashlib
import json
import os
from datetime import UTC, datetime

import pytest

from abate.errors import AbateError, FetchError, OptionError
from abate.jobs import fetch as job
from abate.sources.download import Limits, Patience
from police_uk_server import HTML, Fault, PoliceUk, archive, months_of, serving

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
QUICK = Patience(first_wait_s=0.01, longest_wait_s=0.02, connect_s=5, read_s=5)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _files(*months, forces=("essex", "kent"), kinds=("street", "outcomes", "stop-and-search"), size=20_000):
    rows = os.urandom(size)
    return {f"{m}/{m}-{f}-{k}.csv": f"{m} {f} {k}".encode() + rows for m in months for f in forces for k in kinds}


@pytest.fixture
def held():
    files = _files("2023-05", "2023-06", "2023-07")
    del files["2023-06/2023-06-essex-stop-and-search.csv"]
    return files


@pytest.fixture
def server(held):
    dates = [{"date": m, "stop-and-search": ["essex", "kent"]} for m in ("2023-07", "2023-05")]
    dates.append({"date": "2023-06", "stop-and-search": ["kent"]})
    with serving(PoliceUk(archives={"2023-07": archive(held)}, dates=dates, limited=False)) as site:
        yield site


def _request(server, tmp_path, **options):
    told = {"forces": ("essex",), "first": "2023-05", "last": "2023-07", "into": tmp_path / "in", **options}
    return job.Request(base_url=server.url, **told)


def _fetch(request, **options):
    return job.fetch(request, now=lambda: NOW, patience=QUICK, limits=Limits(1e6, 10_000), **options)


def _there(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.csv")}


def test_the_files_asked_for_land_as_published(server, held, tmp_path):
    said = []
    answer = _fetch(_request(server, tmp_path), say=said.append)
    wanted = {name: body for name, body in held.items() if "essex" in name}
    assert _there(tmp_path / "in") == wanted
    assert (answer.fetched, answer.already_there, answer.archives) == (8, 0, ("2023-07",))
    assert said[0] == "published up to 2023-07; 9 files are wanted, from 1 archive"
    assert said[1].startswith("archive 2023-07: 8 of 9 files are in it, 0.2 MB packed")
    assert not list(tmp_path.rglob("*.part*"))


def test_what_exists_is_said_before_any_file_is_there(server, tmp_path):
    seen = []
    _fetch(_request(server, tmp_path), say=lambda words: seen.append((words, len(_there(tmp_path / "in")))))
    assert [there for _, there in seen] == [0, 0]


def test_what_is_missing_is_told_and_why(server, tmp_path):
    answer = _fetch(_request(server, tmp_path, first="2023-04", last="2023-08"))
    why = {gone["path"]: gone["why"] for gone in answer.missing}
    assert len(why) == 3 + 1 + 3
    assert why["2023-06/2023-06-essex-stop-and-search.csv"] == (
        "essex 2023-06: no stop-and-search file in the archive of 2023-07; the site lists none from this force for the "
        "month"
    )
    assert why["2023-04/2023-04-essex-street.csv"] == "2023-04: the archive of 2023-07 does not hold this month"
    assert why["2023-08/2023-08-essex-street.csv"] == "2023-08 is not published yet: the latest month is 2023-07"
    words = list(job.sentences(answer))
    assert words[0].startswith(f"8 files fetched into {tmp_path / 'in'}, 0 already there, 7 missing")
    assert "missing is missing" in words[-1]


def test_where_each_file_came_from_is_kept_beside_them(server, held, tmp_path):
    answer = _fetch(_request(server, tmp_path))
    record = json.loads((tmp_path / "in" / "sources.json").read_text())["files"]
    name = "2023-05/2023-05-essex-street.csv"
    assert record[name] == {
        "archive": "2023-07",
        "bytes": len(held[name]),
        "licence": "Open Government Licence v3.0",
        "retrieved_at": "2026-11-22T09:30:00+00:00",
        "sha256": hashlib.sha256(held[name]).hexdigest(),
        "url": f"{server.url}/data/archive/2023-07.zip",
    }
    assert answer.files[0] == {"path": str(tmp_path / "in" / name), **record[name], "status": "fetched"}


def test_what_is_there_and_intact_is_not_fetched_again(server, tmp_path):
    request = _request(server, tmp_path, kinds=("street",))
    _fetch(request)
    asked = len(server.asked)
    again = _fetch(request)
    assert len(server.asked) == asked
    assert (again.fetched, again.already_there, again.requests) == (0, 3, 0)
    assert {file["status"] for file in again.files} == {"already there"}


@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_what_is_there_and_not_intact_is_fetched_again(server, held, tmp_path, harm):
    request = _request(server, tmp_path, kinds=("street",))
    _fetch(request)
    path = tmp_path / "in" / "2023-06/2023-06-essex-street.csv"
    body = bytearray(path.read_bytes())
    body[5] ^= 1
    path.write_bytes(bytes(body) if harm == "flip" else bytes(body)[:100])
    if harm == "gone":
        path.unlink()
    again = _fetch(request)
    assert (again.fetched, again.already_there) == (1, 2)
    assert path.read_bytes() == held["2023-06/2023-06-essex-street.csv"]


@pytest.mark.parametrize("ranges", [True, False])
def test_refusals_cuts_and_a_server_without_parts_make_no_difference(server, held, tmp_path, ranges):
    server.ranges = ranges
    server.faults = [
        Fault("/api", status=503),
        Fault("/api", status=429, headers={"Retry-After": "0"}),
        Fault(".zip", status=429, method="HEAD"),
        Fault(".zip", times=3, cut_after=15_000),
        Fault(".zip", status=503),
    ]
    answer = _fetch(_request(server, tmp_path))
    assert _there(tmp_path / "in") == {name: body for name, body in held.items() if "essex" in name}
    assert answer.fetched == 8
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]


def test_a_download_that_broke_off_is_gone_on_with(server, held, tmp_path):
    request = _request(server, tmp_path)
    server.faults = [Fault(".zip", times=3, cut_after=10**9), Fault(".zip", times=99, cut_after=0)]
    with pytest.raises(FetchError, match="goes on from here"):
        _fetch(request)
    before = _there(tmp_path / "in")
    assert 0 < len(before) < 8
    assert all(before[name] == held[name] for name in before)
    server.faults = []
    again = _fetch(request)
    assert (again.already_there, again.fetched) == (len(before), 8 - len(before))


def test_an_archive_that_is_replaced_meanwhile_is_read_anew(server, tmp_path):
    newer = _files("2023-05", "2023-06", "2023-07")
    server.faults = [
        Fault(".zip", times=3, cut_after=10**9),
        Fault(".zip", first=lambda: server.archives.update({"2023-07": archive(newer)})),
    ]
    said = []
    answer = _fetch(_request(server, tmp_path), say=said.append)
    assert any("changed while it was being read: beginning again" in words for words in said)
    assert answer.fetched == 9
    assert _there(tmp_path / "in")["2023-07/2023-07-essex-street.csv"] == newer["2023-07/2023-07-essex-street.csv"]


def test_whole_archives_are_kept_beside_the_folder(server, held, tmp_path):
    shares = []
    request = _request(server, tmp_path, whole=True)
    answer = _fetch(request, progress=lambda share, _: shares.append(share))
    assert (tmp_path / "in-archives" / "2023-07.zip").read_bytes() == server.archives["2023-07"]
    assert answer.fetched == 8
    assert all(0 <= share <= 1 for share in shares)
    sent = server.sent
    _fetch(job.Request(("kent",), "2023-05", "2023-07", tmp_path / "in", base_url=server.url, whole=True))
    assert server.sent - sent < 1000


def test_several_archives_are_used_when_one_does_not_reach(server, tmp_path):
    server.archives["2020-06"] = archive(_files("2020-06"))
    answer = _fetch(_request(server, tmp_path, first="2020-06", last="2023-07", kinds=("street",)))
    assert answer.archives == ("2023-07", "2020-06")
    assert answer.fetched == 4
    assert len(answer.missing) == 34
    assert answer.missing[0]["why"] == "2020-07: no archive that holds this month is there"


def test_nothing_published_yet_is_a_sentence(server, tmp_path):
    with pytest.raises(FetchError, match="nothing from 2023-09 on is published yet: the latest month is 2023-07"):
        _fetch(_request(server, tmp_path, first="2023-09", last="2023-10"))


def test_when_no_file_exists_it_is_a_fault(server, tmp_path):
    answer = _fetch(_request(server, tmp_path, forces=("surrey",), first="2023-07", kinds=("street",)))
    with pytest.raises(AbateError, match="surrey 2023-07: no street file in the archive of 2023-07"):
        job.check(answer)


def test_every_wrong_option_is_told_at_once(tmp_path):
    with pytest.raises(OptionError) as told:
        job.Request(("esex",), "2009-01", "2010-13", tmp_path, kinds=("streets",), base_url="data.police.uk")
    text = str(told.value)
    assert "'esex' is not a force. Did you mean 'essex'?" in text
    assert "'streets' is not a kind of file. Did you mean 'street'?" in text
    assert "should begin with https://" in text
    assert "'2010-13' is not a month" in text
    with pytest.raises(OptionError, match="the first month is 2010-12"):
        job.Request(("essex",), "2009-01", "2011-01", tmp_path)
    with pytest.raises(OptionError, match="ends"):
        job.Request(("essex",), "2012-01", "2011-01", tmp_path)
    with pytest.raises(OptionError, match="'sample' is not a force"):
        job.Request(("sample",), "2012-01", "2012-01", tmp_path)


def test_a_sign_in_page_leaves_nothing_behind(server, tmp_path):
    server.archives["2023-07"] = HTML
    with pytest.raises(FetchError, match="sign in"):
        _fetch(_request(server, tmp_path))
    assert not _there(tmp_path)


def test_a_record_that_cannot_be_read_is_told(server, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "sources.json").write_text("[1")
    with pytest.raises(FetchError, match="Move it away"):
        _fetch(_request(server, tmp_path))


def test_too_little_room_is_told_before_anything_is_fetched(server, tmp_path, monkeypatch):
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10, 9, 1))
    with pytest.raises(FetchError, match=r"0\.2 MB are needed and 0\.0 MB are free"):
        _fetch(_request(server, tmp_path))
    assert not _there(tmp_path)


def test_a_folder_that_cannot_be_made_is_told(server, tmp_path):
    (tmp_path / "in").write_text("a file")
    with pytest.raises(FetchError, match="cannot be written"):
        _fetch(_request(server, tmp_path))


@pytest.mark.slow
def test_real_files_come_back_byte_for_byte_and_inside_the_limits(shared, tmp_path):
    """Archives built from the real Bedfordshire files; the server counts, and refuses whoever asks too often."""
    early = months_of(
        shared("police-street/bedfordshire-street-2018-10-to-2019-02.csv.gz"), force="bedfordshire", kind="street"
    )
    later = months_of(
        shared("police-street/bedfordshire-street-2021-03-to-2022-03.csv.gz"), force="bedfordshire", kind="street"
    )
    outcomes = months_of(
        shared("police-outcomes/bedfordshire-outcomes-2021-03-to-2022-03.csv.gz"), force="bedfordshire", kind="outcomes"
    )
    held = {"2019-02": archive(early), "2022-03": archive(dict(sorted({**later, **outcomes}.items())))}
    dates = [{"date": "2022-03", "stop-and-search": []}]
    with serving(PoliceUk(archives=held, dates=dates)) as server:
        request = job.Request(
            *(("bedfordshire",), "2018-10", "2022-03", tmp_path / "in", ("street", "outcomes"), server.url),
        )
        answer = job.fetch(request, now=lambda: NOW, patience=QUICK)
        assert server.refused == 0
    assert _there(tmp_path / "in") == {**early, **later, **outcomes}
    assert answer.fetched == len(early) + len(later) + len(outcomes) == 31
    assert answer.archives == ("2022-03", "2019-02")
    assert len(answer.missing) == 2 * 42 - 31

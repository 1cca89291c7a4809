import errno
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import FetchError
from abate.sources import download
from abate.sources.download import Bucket, ChangedError, Clock, Limits, Patience
from police_uk_server import HTML, Fault, PoliceUk, archive, serving

ZIP = "/data/archive/2023-06.zip"
BODY = archive({"2023-06/2023-06-essex-street.csv": os.urandom(300_000)})


class FakeClock:
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.at = 1_700_000_000.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += seconds

    def clock(self) -> Clock:
        return Clock(now=lambda: self.at, today=lambda: self.at, sleep=self.sleep)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server():
    with serving(PoliceUk(archives={"2023-06": BODY}, limited=False)) as site:
        yield site


@pytest.fixture
def fake():
    return FakeClock()


@pytest.fixture
def site(fake):
    with download.site(patience=Patience(connect_s=5, read_s=5), clock=fake.clock()) as opened:
        yield opened


@given(
    gaps=st.lists(st.floats(0, 0.5), min_size=1, max_size=200),
    rate=st.floats(1, 30),
    burst=st.integers(1, 40),
)
def test_no_stretch_of_time_ever_holds_more_requests_than_the_limit(gaps, rate, burst):
    fake = FakeClock()
    fake.at = 0.0
    bucket = Bucket(Limits(per_second=rate, burst=burst), fake.clock())
    taken = []
    for gap in gaps:
        fake.at += gap
        bucket.take()
        taken.append(fake.at)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + rate * (taken[last] - taken[first]) + 1e-6


def test_a_full_bucket_makes_nobody_wait(fake):
    bucket = Bucket(Limits(per_second=15, burst=30), fake.clock())
    for _ in range(30):
        bucket.take()
    assert fake.waits == []
    bucket.take()
    assert sum(fake.waits) == pytest.approx(1 / 15, abs=0.002)


@pytest.mark.slow
def test_a_server_that_counts_never_has_to_refuse():
    with serving(PoliceUk(documents={"/api/x": b"[]"}, limited=True)) as server, download.site() as site:
        begun = time.monotonic()
        for _ in range(60):
            site.document(f"{server.url}/api/x")
        assert server.refused == 0
        assert len(server.asked) == 60
        assert time.monotonic() - begun > (60 - 30) / 15


def test_without_limits_the_same_server_does_refuse(server, fake):
    """The test above can fail: a client that does not hold back is refused by this server."""
    with download.site(limits=Limits(per_second=1e6, burst=1000), clock=fake.clock()) as hasty:
        for _ in range(60):
            hasty.look(f"{server.url}{ZIP}")
    assert server.refused > 10


def test_a_file_is_looked_at_without_being_read(server, site):
    remote = site.look(f"{server.url}{ZIP}")
    assert (remote.size, remote.parts) == (len(BODY), True)
    assert remote.tag.startswith('"')
    assert site.look(f"{server.url}/data/archive/1999-01.zip") is None
    assert server.sent == 0


def test_a_part_is_read_as_asked_for(server, site):
    remote = site.look(f"{server.url}{ZIP}")
    assert site.read(remote, 1000, 5000) == BODY[1000:5000]
    assert server.sent == 4000


def test_a_cut_connection_is_gone_on_with_where_it_broke(server, site, fake):
    remote = site.look(f"{server.url}{ZIP}")
    server.faults = [Fault(ZIP, times=3, cut_after=50_000)]
    assert site.read(remote, 0, len(BODY)) == BODY
    assert [asked for _, _, _, asked in server.asked[1:]] == [
        f"bytes={start}-{len(BODY) - 1}" for start in (0, 50_000, 100_000, 150_000)
    ]
    assert server.sent == len(BODY)
    assert len(fake.waits) == 3


def test_a_connection_that_brings_nothing_is_given_up(server, site, fake):
    remote = site.look(f"{server.url}{ZIP}")
    server.faults = [Fault(ZIP, times=99, cut_after=0)]
    with pytest.raises(FetchError, match=r"gave up after 6 tries: .*run the same command again"):
        site.read(remote, 0, len(BODY))
    assert fake.waits == [1, 2, 4, 8, 16]


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_for_now_is_waited_out(server, site, fake, status):
    server.faults = [Fault("/data", times=2, status=status, method="HEAD")]
    assert site.look(f"{server.url}{ZIP}").size == len(BODY)
    assert fake.waits == [1, 2]


def test_the_wait_that_the_server_asks_for_is_kept(server, site, fake):
    server.faults = [Fault("/data", status=429, headers={"Retry-After": "7"}, method="HEAD")]
    site.look(f"{server.url}{ZIP}")
    assert fake.waits == [7]


def test_a_wait_until_a_date_is_kept(server, site, fake):
    from email.utils import formatdate

    later = formatdate(fake.at + 30, usegmt=True)
    server.faults = [Fault("/data", status=503, headers={"Retry-After": later}, method="HEAD")]
    site.look(f"{server.url}{ZIP}")
    assert fake.waits == [pytest.approx(30, abs=1)]


def test_a_wait_of_an_hour_is_told_instead(server, site, fake):
    server.faults = [Fault("/data", status=503, headers={"Retry-After": "3600"}, method="HEAD")]
    with pytest.raises(FetchError, match="asks to wait 3,600 seconds"):
        site.look(f"{server.url}{ZIP}")
    assert fake.waits == []


def test_a_server_that_is_not_there_is_told(site, fake):
    with pytest.raises(FetchError, match="gave up after 6 tries"):
        site.look("http://127.0.0.1:9/data/archive/2023-06.zip")
    assert fake.waits == [1, 2, 4, 8, 16]


def test_a_file_that_changes_while_it_is_read_is_noticed(server, site):
    remote = site.look(f"{server.url}{ZIP}")
    newer = archive({"2023-06/2023-06-essex-street.csv": os.urandom(300_000)})
    server.faults = [Fault(ZIP, cut_after=50_000), Fault(ZIP, first=lambda: server.archives.update({"2023-06": newer}))]
    with pytest.raises(ChangedError, match="changed while it was being read"):
        site.read(remote, 0, len(BODY))


def test_a_sign_in_page_is_told_as_such(server, site):
    server.faults = [Fault("/data", html=True, method="HEAD"), Fault("/api", html=True)]
    with pytest.raises(
        FetchError, match="a web page where a zip archive should be: the network may want you to sign in"
    ):
        site.look(f"{server.url}{ZIP}")
    with pytest.raises(FetchError, match="a web page where a JSON document should be"):
        site.document(f"{server.url}/api/crimes-street-dates")


def test_something_that_is_not_json_is_told(server, site):
    server.documents["/api/x"] = b"\x00\x01"
    with pytest.raises(FetchError, match="something that is not a JSON document"):
        site.document(f"{server.url}/api/x")


@pytest.mark.parametrize("status", [403, 407, 418])
def test_a_refusal_for_good_is_not_tried_again(server, site, fake, status):
    server.faults = [Fault("/data", status=status, method="HEAD")]
    with pytest.raises(FetchError, match=str(status)):
        site.look(f"{server.url}{ZIP}")
    assert fake.waits == []


def _answering(fake, answer):
    import httpx

    client = httpx.Client(transport=httpx.MockTransport(answer), max_redirects=5)
    return download.Site(client, Bucket(Limits(), fake.clock()), Patience(), fake.clock())


def test_a_way_without_encryption_is_refused(fake):
    import httpx

    def answer(request):
        if request.url.scheme == "https":
            return httpx.Response(302, headers={"Location": "http://elsewhere.example/a.zip"})
        return httpx.Response(200, headers={"Content-Length": "5"})

    with pytest.raises(FetchError, match=r"leads to elsewhere\.example without encryption"):
        _answering(fake, answer).look("https://data.police.uk/data/archive/2023-06.zip")


def test_a_way_in_circles_is_told(fake):
    import httpx

    circle = _answering(fake, lambda _: httpx.Response(302, headers={"Location": "https://data.police.uk/again"}))
    with pytest.raises(FetchError, match="round in circles"):
        circle.look("https://data.police.uk/data/archive/2023-06.zip")


def test_an_address_that_is_none_is_told_at_once(site, fake):
    with pytest.raises(FetchError, match="is not an address that can be asked"):
        site.look("gopher://x/y.zip")
    assert fake.waits == []


def test_saving_goes_on_after_cuts_and_in_a_later_run(server, site, fake, tmp_path):
    path = tmp_path / "2023-06.zip"
    remote = site.look(f"{server.url}{ZIP}")
    server.faults = [Fault(ZIP, times=1, cut_after=100_000), Fault(ZIP, times=99, cut_after=0)]
    with pytest.raises(FetchError, match="goes on from here"):
        site.save(remote, path)
    assert not path.exists()
    assert (tmp_path / "2023-06.zip.part").stat().st_size == 100_000
    server.faults, server.sent = [], 0
    seen = []
    site.save(remote, path, tell=seen.append)
    assert path.read_bytes() == BODY
    assert server.sent == len(BODY) - 100_000
    assert seen[-1] == len(BODY)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2023-06.zip"]


def test_saving_begins_anew_when_the_file_changed_between_runs(server, site, tmp_path):
    path = tmp_path / "2023-06.zip"
    remote = site.look(f"{server.url}{ZIP}")
    server.faults = [Fault(ZIP, times=1, cut_after=100_000), Fault(ZIP, times=99, cut_after=0)]
    with pytest.raises(FetchError):
        site.save(remote, path)
    newer = archive({"2023-06/2023-06-essex-street.csv": os.urandom(200_000)})
    server.faults, server.archives = [], {"2023-06": newer}
    site.save(site.look(f"{server.url}{ZIP}"), path)
    assert path.read_bytes() == newer


def test_saving_from_a_server_without_parts_begins_anew_after_a_cut(server, site, tmp_path):
    server.ranges = False
    server.faults = [Fault(ZIP, times=2, cut_after=100_000)]
    remote = site.look(f"{server.url}{ZIP}")
    assert not remote.parts
    site.save(remote, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.sent == len(BODY) + 200_000


def test_a_size_that_is_not_the_announced_one_is_told(server, site, tmp_path):
    server.ranges = False
    server.faults = [Fault(ZIP, longer_by=10, method="HEAD")]
    remote = site.look(f"{server.url}{ZIP}")
    assert remote.size == len(BODY) + 10
    with pytest.raises(FetchError, match="changed while it was being read"):
        site.save(remote, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_server_that_never_sends_what_it_announces_is_given_up(server, site, tmp_path):
    server.ranges = False
    server.faults = [Fault(ZIP, longer_by=10, times=99, method="ANY")]
    remote = site.look(f"{server.url}{ZIP}")
    with pytest.raises(FetchError, match="gave up after 6 tries"):
        site.save(remote, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_full_disk_is_a_sentence(tmp_path):
    def fill() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FetchError, match=r"the disk is full\. Make room"), download.writing(tmp_path / "x"):
        fill()


def test_a_really_full_disk_is_a_sentence():
    """/dev/full answers every write as a full disk does."""
    from pathlib import Path

    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    with pytest.raises(FetchError, match="the disk is full"), download.writing(full):
        full.write_bytes(b"x" * 1_000_000)


def test_a_page_of_html_is_known_by_its_beginning():
    assert "web page" in download._not_what_was_asked("http://x", "a zip archive", HTML)
    assert "web page" not in download._not_what_was_asked("http://x", "a zip archive", b"PK\x03\x04")

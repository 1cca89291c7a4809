"""How wide rings are, where a list of sites says so."""

from __future__ import annotations

import pytest

from abate.sources import ring_widths


@pytest.mark.parametrize(
    ("content", "width"),
    [
        (b'{"buffer_m": 150}', 150.0),
        (b'{"buffer_m": "wide"}', None),
        (b'{"buffer_m": true}', None),
        (b'{"buffer_m": 0}', None),
        (b"[1]", None),
        (b"\xff\xfe", None),
    ],
)
def test_a_width_is_a_number_above_none(content, width, tmp_path):
    file = tmp_path / "sites.geojson"
    file.write_bytes(content)
    assert ring_widths.read(file) == width

"""Our own SVG turned into PNG, for files that cannot hold SVG; done by the typesetter, so no browser is needed."""

from __future__ import annotations

import re

from abate.errors import MissingPartError

PPI = 200.0
_SIZE = re.compile(r'<svg [^>]*\bwidth="([\d.]+)" height="([\d.]+)"')
_TEMPLATE = """#set page(width: {width}pt, height: {height}pt, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: {width}pt, height: {height}pt)
"""


def size(svg: str) -> tuple[float, float]:
    """Give width and height of one of our pictures, in its own unit.

    >>> size('<svg xmlns="x" viewBox="0 0 10 5" width="10" height="5" role="img">')
    (10.0, 5.0)
    """
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("a picture of ours says its width and height")
    return float(found[1]), float(found[2])


def png(svg: str, *, ppi: float = PPI) -> bytes:
    """Draw a picture as PNG, a unit of the picture a point; the same picture gives the same bytes.

    Raises `MissingPartError` where the extra `report` is not installed.
    """
    try:
        import typst
    except ImportError:
        raise MissingPartError.of("typst", extra="report") from None
    width, height = size(svg)
    drawn = typst.compile(
        _TEMPLATE.format(width=width, height=height).encode(),
        format="png",
        ppi=ppi,
        ignore_system_fonts=True,
        sys_inputs={"svg": svg},
    )
    return bytes(drawn)

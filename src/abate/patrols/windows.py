"""Each site's hours cut into stretches for one visit each, so far apart that visits in them keep the gap."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from abate.patrols import workings

if TYPE_CHECKING:
    from abate.patrols.workings import Working


class Window(NamedTuple):
    """A stretch in which one visit may begin: the site, the kind of stay, first and last minute, its worth."""

    site: int
    kind: int
    first: int
    last: int
    worth: float


def cut(working: Working) -> list[Window]:
    """Cut each site's hours into windows for one visit each, so far apart that visits keep the gap."""
    offered = workings.offer(working, workings.visits_of(working, []))
    kind = int(np.argmax([working.problem.curve.at(stay) for stay in working.problem.stays]))
    apart = int(working.stays[kind]) + working.problem.gap
    found: list[Window] = []
    for site in range(len(working.unit)):
        open_ = np.flatnonzero(offered.earns[site, kind] > 0)
        left = int(working.most[site] - offered.many[site])
        for stretch in np.split(open_, np.flatnonzero(np.diff(open_) > 1) + 1) if len(open_) else []:
            first, last = int(stretch[0]), int(stretch[-1])
            if found and found[-1].site == site:
                first = max(first, found[-1].last + apart)
            many = min(left, 1 + (last - first) // apart) if last >= first else 0
            width = (last - first - (many - 1) * apart) // many if many else 0
            for place in range(many):
                begin = first + place * (apart + width)
                rank = int(working.most[site]) - left + place
                worth = float(working.unit[site, kind, begin] * working.returns[site, rank])
                found.append(Window(site, kind, begin, begin + width, worth))
            left -= many
    return found


def within(working: Working) -> Working:
    """Give a problem in which visits begin in these windows only: two teams then never vie for the gap of a site."""
    unit = np.full_like(working.unit, -1.0)
    for window in cut(working):
        stretch = slice(window.first, window.last + 1)
        unit[window.site, window.kind, stretch] = working.unit[window.site, window.kind, stretch]
    return replace(working, unit=unit)

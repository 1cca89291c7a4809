"""Tables of sites: the places that a force can patrol, when they are busy, and what became of an earlier list."""

from __future__ import annotations

from abate.schema import Column, Table

SITES = Table(
    "sites",
    "One row a site: a connected piece of ground, made of places, chosen to be patrolled.",
    {
        "site_id": Column("text", "the site's name for machines, made from that of its busiest place"),
        "name": Column("text", "where it is, in words"),
        "rank": Column("whole", "1 is the site with most expected", at_least=1),
        "place_ids": Column("text", "the places that it is made of, with spaces between"),
        "area_km2": Column("number", "area in square kilometres, without excluded ground", at_least=0),
        "easting": Column("number", "easting of its middle, in the unit of the coordinate system"),
        "northing": Column("number", "northing of its middle, in the unit of the coordinate system"),
        "expected": Column("number", "incidents expected in the coming period (the mean)", at_least=0),
        "expected_low": Column("number", "lower end of the 90% interval of what will be recorded", at_least=0),
        "expected_high": Column("number", "upper end of the 90% interval of what will be recorded", at_least=0),
        "expected_harm": Column("number", "harm expected in the coming period; blank where none is known", blank=True),
        "incidents": Column("whole", "incidents in the whole period", at_least=0),
        "share": Column("number", "share of all located incidents", at_least=0, at_most=1),
        "months_active": Column("whole", "months in which it saw at least one incident", at_least=0),
        "largest_month_share": Column("number", "its busiest month's share of its incidents", at_least=0, at_most=1),
        "harm_top_share": Column(
            "number", "the largest single event's share of its recorded harm; blank where none is known", blank=True
        ),
        "nearest_site_m": Column("number", "metres of clear ground to the nearest other site", blank=True, at_least=0),
        "stability": Column(
            "number",
            "share of redraws of the months in which at least half of it is chosen again",
            at_least=0,
            at_most=1,
        ),
        "time_bands": Column("text", "when it is busy, in words"),
        "reasons": Column("text", "why it was chosen, in words"),
        "shape": Column("shape", "its outline, in the analysis coordinate system"),
    },
    key=("site_id",),
)

TIME_BANDS = Table(
    "time_bands",
    "One row a site and band: a stretch of hours on some days of the week that holds more than its part of the time.",
    {
        "site_id": Column("text", "the site"),
        "band": Column("whole", "1 is the band in which most is expected", at_least=1),
        "days": Column("text", "the days of the week on which the band begins, such as Fri, Sat"),
        "from_hour": Column("whole", "the hour of the local clock at which it begins", at_least=0, at_most=23),
        "to_hour": Column("whole", "the hour at which it ends; the day after if not later", at_least=0, at_most=24),
        "hours_a_week": Column("whole", "its hours in a week", at_least=1, at_most=168),
        "share": Column("number", "the share of the site's incidents that fall into it", at_least=0, at_most=1),
        "times_even": Column("number", "that share over its share of the week: 1 is as in any hour", at_least=0),
    },
    key=("site_id", "band"),
)

CHANGES = Table(
    "changes",
    "One row a site of the earlier or the new list: whether it stays, moves, leaves or enters, and how surely.",
    {
        "site_id": Column("text", "the site of the new list; that of the earlier list where it leaves"),
        "was": Column("text", "the site of the earlier list that it continues; blank where it enters", blank=True),
        "change": Column("text", "what became of it", one_of=("stays", "moves", "leaves", "enters")),
        "moved_m": Column("number", "metres between the two middles; blank where it enters or leaves", blank=True),
        "overlap": Column("number", "share of the smaller site's ground that both cover", at_least=0, at_most=1),
        "incidents": Column("whole", "incidents on its ground in the whole period", at_least=0),
        "trend_ratio": Column("number", "rate at the end of a year over that at its beginning", blank=True, at_least=0),
        "trend_low": Column("number", "lower end of the ratio's 95% interval", blank=True, at_least=0),
        "trend_high": Column("number", "upper end of the ratio's 95% interval", blank=True, at_least=0),
        "noise": Column(
            "number",
            "how often redraws without any change of rates put it where it is now: on the list, or off it",
            blank=True,
            at_least=0,
            at_most=1,
        ),
        "why": Column("text", "the change in words"),
    },
    key=("site_id", "change"),
)

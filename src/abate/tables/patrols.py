"""Tables of patrols: where they go, when they are meant to, and what was done."""

from __future__ import annotations

from abate.schema import Column, Table

ARMS = ("patrol", "usual")

PATROL_SITES = Table(
    "patrol_sites",
    "One row a site as patrols need it: a place with a middle and, where it is known, an outline.",
    {
        "site_id": Column("text", "the site's name for machines"),
        "name": Column("text", "where it is, in words"),
        "easting": Column("number", "easting of its middle, in the unit of the coordinate system"),
        "northing": Column("number", "northing of its middle, in the unit of the coordinate system"),
        "shape": Column(
            "shape", "its outline, in the analysis coordinate system; blank where only its middle is known", blank=True
        ),
        "area": Column("text", "the area or pair that it is drawn within; blank where none was given", blank=True),
        "expected": Column(
            "number", "incidents expected in the coming period; blank if unknown", blank=True, at_least=0
        ),
        "expected_harm": Column(
            "number", "harm expected in the coming period; blank if unknown", blank=True, at_least=0
        ),
    },
    key=("site_id",),
)

LOOPS = Table(
    "loops",
    "One row a closed walk through a site, from a parking point and back to it.",
    {
        "site_id": Column("text", "the site"),
        "loop": Column("whole", "1 is the walk that passes most", at_least=1),
        "length_m": Column("number", "its length in metres", at_least=0),
        "minutes": Column("number", "how long it takes at the pace that was given", at_least=0),
        "passed": Column("number", "expected harm (or incidents) of the streets that it passes", at_least=0),
        "share": Column("number", "that over all of the site's", at_least=0, at_most=1),
        "bound": Column("number", "the most that any such walk could pass", at_least=0),
        "gap": Column("number", "how far short of the bound it is, as a share of the bound", at_least=0, at_most=1),
        "proven": Column("yes_no", "whether the search was carried to its end"),
        "parking_easting": Column("number", "easting of the parking point"),
        "parking_northing": Column("number", "northing of the parking point"),
        "directions": Column("text", "the streets in the order walked, with turns, in words"),
        "shape": Column("shape", "its line, in the analysis coordinate system"),
    },
    key=("site_id", "loop"),
)

PLANNED_VISITS = Table(
    "planned_visits",
    "One row a visit of the timetable: which team is meant to be where, from when, for how long.",
    {
        "team": Column("text", "the team"),
        "site_id": Column("text", "the site"),
        "start": Column("time", "when the stay in the site begins"),
        "minutes": Column("number", "how long the stay is meant to be", at_least=0),
    },
    key=("team", "start"),
)

SCHEDULE = Table(
    "schedule",
    "One row a place-day of a randomised schedule. Nothing else stands in its file.",
    {
        "date": Column("date", "the day"),
        "site_id": Column("text", "the site"),
        "arm": Column("text", "what it was drawn for", one_of=ARMS),
    },
    key=("date", "site_id"),
)

FIXES = Table(
    "fixes",
    "One row a position that a device gave: personal data of officers, kept only until it is reduced to visits.",
    {
        "device": Column("text", "the device"),
        "moment": Column("time", "when"),
        "easting": Column("number", "easting, in metres"),
        "northing": Column("number", "northing, in metres"),
    },
)

ATTENDED_VISITS = Table(
    "attended_visits",
    "One row a stay of one team in one site, as positions or check-ins show it. No device and no officer is named.",
    {
        "site_id": Column("text", "the site"),
        "start": Column("time", "when the stay began"),
        "minutes": Column("number", "minutes of presence (overlapping officers count once)", at_least=0),
        "low": Column("number", "lower end of the 95% interval of the minutes", at_least=0),
        "high": Column("number", "upper end of the 95% interval of the minutes", at_least=0),
        "officers": Column("whole", "devices that were there together", at_least=1),
        "officer_minutes": Column("number", "minutes of all of them added up", at_least=0),
        "team": Column("text", "the team, where it is known", blank=True),
        "planned_start": Column(
            "time", "start of the planned visit that it answers; blank where none does", blank=True
        ),
        "source": Column("text", "what shows it", one_of=("gps", "app", "manual")),
    },
    key=("site_id", "start"),
)

DOSES = Table(
    "doses",
    "One row a site and day: the dose delivered, for the trial's analysis.",
    {
        "date": Column("date", "the day"),
        "site_id": Column("text", "the site"),
        "minutes": Column("number", "minutes of presence", at_least=0),
        "officers": Column("number", "officer-minutes over minutes of presence; 0 on a day without", at_least=0),
        "officer_minutes": Column("number", "officer-minutes", at_least=0),
        "visits": Column("whole", "stays", at_least=0),
        "minutes_low": Column("number", "lower end of the 95% interval of the minutes", at_least=0),
        "minutes_high": Column("number", "upper end of the 95% interval of the minutes", at_least=0),
    },
    key=("date", "site_id"),
)

PROBLEM_PLANS = Table(
    "problem_plans",
    "One row a response of a site's problem plan. The plan is about a place: nobody is named as its problem.",
    {
        "site_id": Column("text", "the site"),
        "problem": Column("text", "scanning: the problem in a sentence"),
        "analysis": Column("text", "analysis: why it happens here", blank=True),
        "response": Column("text", "response: what is to change", blank=True),
        "owner": Column("text", "the role that sees to it, such as `licensing officer`", blank=True),
        "due": Column("date", "by when", blank=True),
        "status": Column("text", "where it stands", one_of=("planned", "under way", "done", "dropped")),
        "assessment": Column("text", "assessment: what came of it", blank=True),
    },
)

PLAN_STANDING = Table(
    "plan_standing",
    "One row a site: how far its problem plan is.",
    {
        "site_id": Column("text", "the site"),
        "name": Column("text", "where it is, in words"),
        "responses": Column("whole", "responses in its plan; 0 where it has none", at_least=0),
        "open": Column("whole", "responses planned or under way", at_least=0),
        "done": Column("whole", "responses done", at_least=0),
        "dropped": Column("whole", "responses dropped", at_least=0),
        "overdue": Column("whole", "open responses whose day has passed", at_least=0),
        "unassessed": Column("whole", "responses done of which nobody has said what came", at_least=0),
        "next_due": Column("date", "the earliest day of its open responses; blank where none has one", blank=True),
        "stage": Column(
            "text",
            "the step of the four that it has come to",
            one_of=("no plan", "scanning", "analysis", "response", "assessment"),
        ),
    },
    key=("site_id",),
)

ROLES = ("officer", "pcso", "special", "warden", "partner")

ACTIVITY = Table(
    "activity",
    "One row what staff of one role and funding stream did at a site on a day. Nobody is named.",
    {
        "date": Column("date", "the day"),
        "site_id": Column("text", "the site"),
        "role": Column("text", "the role of those who were there", one_of=ROLES),
        "funding_stream": Column("text", "what paid for their time; blank where none was given", blank=True),
        "officers": Column("whole", "how many of that role were there", at_least=1),
        "minutes": Column("number", "minutes that each of them stayed", at_least=0),
        "arrests": Column("whole", "arrests made", at_least=0),
        "searches": Column("whole", "stop and searches made", at_least=0),
        "weapons": Column("whole", "weapons seized", at_least=0),
        "powers": Column(
            "text", "other powers used, with semicolons between, such as `dispersal; warning x2`", blank=True
        ),
        "source": Column("text", "what shows it", one_of=("gps", "app", "manual")),
    },
)

TEAM_ROLES = Table(
    "team_roles",
    "One row a team and role: who a team is made of, and what pays for it.",
    {
        "team": Column("text", "the team"),
        "role": Column("text", "the role", one_of=ROLES),
        "funding_stream": Column("text", "what pays for their time; blank where none was given", blank=True),
        "officers": Column("whole", "how many of that role are in the team", at_least=1),
    },
    key=("team", "role", "funding_stream"),
)

RETURNS = Table(
    "returns",
    "One row a figure of the monthly return to the funder.",
    {
        "item": Column("text", "what was counted"),
        "group": Column("text", "for whom or what: all, a role, a funding stream, a site"),
        "value": Column("number", "the figure; blank where the record does not say", blank=True, at_least=0),
        "unit": Column("text", "what it is counted in"),
        "source": Column("text", "which record it comes from"),
        "note": Column("text", "what should be known of it", blank=True),
        "low": Column("number", "lower end of its interval; blank where it has none", blank=True, at_least=0),
        "high": Column("number", "upper end of its interval; blank where it has none", blank=True, at_least=0),
    },
    key=("item", "group"),
)

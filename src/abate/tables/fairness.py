"""Tables for the person who approves a list: who lives where patrols will go, and whether patrols feed the record.

None of these is ever an input of a forecast or of a choice of places.
"""

from __future__ import annotations

from abate.schema import Column, Table

_RANK = "rank in this domain, 1 is the most deprived"

DEPRIVATION = Table(
    "deprivation",
    "One row a small area of England with its published rank in each domain of the indices of deprivation.",
    {
        "area_code": Column("text", "code of the Lower layer Super Output Area"),
        "income": Column("whole", _RANK, at_least=1),
        "employment": Column("whole", _RANK, at_least=1),
        "education": Column("whole", _RANK, at_least=1),
        "health": Column("whole", _RANK, at_least=1),
        "crime": Column("whole", f"{_RANK}; never used here", at_least=1),
        "housing": Column("whole", _RANK, at_least=1),
        "environment": Column("whole", _RANK, at_least=1),
    },
    key=("area_code",),
)

DECILES = Table(
    "deprivation-deciles",
    "One row a small area with its decile of deprivation made anew from the domains chosen.",
    {
        "area_code": Column("text", "code of the Lower layer Super Output Area"),
        "score": Column("number", "the index; higher is more deprived", at_least=0),
        "rank": Column("whole", "1 is the most deprived of England", at_least=1),
        "decile": Column("whole", "1 is the most deprived tenth of England", at_least=1, at_most=10),
    },
    key=("area_code",),
)

RESIDENTS = Table(
    "residents",
    "One row a small area and group of its residents, as a census published it.",
    {
        "area_code": Column("text", "code of the small area"),
        "group": Column("text", "the group, in the census table's own words"),
        "residents": Column("whole", "residents of the group", at_least=0),
    },
    key=("area_code", "group"),
)

EQUALITY = Table(
    "equality",
    "One row a group of residents: its share of all residents, of the sites, and of where violence was reported.",
    {
        "characteristic": Column("text", "what the groups are, such as deprivation or ethnic group"),
        "group": Column("text", "the group; `not known` for areas that the table lacks"),
        "residents": Column("number", "residents of the whole area, in the group", at_least=0),
        "residents_share": Column("number", "the group's share of all residents", at_least=0, at_most=1.000001),
        "inside": Column(
            "number",
            "residents inside the sites by share of area, rounded to 10; blank under 10",
            blank=True,
            at_least=0,
        ),
        "sites_share": Column(
            "number",
            "the group's share of those who live around the sites, each site counting the same",
            at_least=0,
            at_most=1.000001,
        ),
        "violence_share": Column(
            "number",
            "its share of the residents of where victims reported violence, each incident counting the same",
            blank=True,
            at_least=0,
            at_most=1.000001,
        ),
        "against_residents": Column("number", "sites_share over residents_share", blank=True, at_least=0),
        "against_residents_low": Column("number", "lower end of its 95% interval", blank=True, at_least=0),
        "against_residents_high": Column("number", "upper end of its 95% interval", blank=True, at_least=0),
        "against_violence": Column("number", "sites_share over violence_share", blank=True, at_least=0),
        "against_violence_low": Column("number", "lower end of its 95% interval", blank=True, at_least=0),
        "against_violence_high": Column("number", "upper end of its 95% interval", blank=True, at_least=0),
    },
    key=("characteristic", "group"),
)

FEEDBACK = Table(
    "feedback",
    "One row a way of choosing where to patrol, run in a made-up world in which every place is alike.",
    {
        "scheme": Column("text", "the way of choosing"),
        "sentence": Column("text", "what it ranks places by, and how many patrols it draws by lot"),
        "held": Column(
            "number",
            "share of the patrols of the later half that went to the most patrolled places, as many as are patrolled "
            "at a time; 1 is always the same places",
            at_least=0,
            at_most=1.000001,
        ),
        "held_low": Column("number", "lower end of its 95% interval over the worlds", at_least=0),
        "held_high": Column("number", "upper end of its 95% interval over the worlds", at_least=0),
        "held_by_chance": Column(
            "number", "the same where patrols change nothing in the record", at_least=0, at_most=1.000001
        ),
        "excess": Column("number", "held less held_by_chance: what feedback does"),
        "excess_low": Column("number", "lower end of its 95% interval over the worlds"),
        "excess_high": Column("number", "upper end of its 95% interval over the worlds"),
        "even_share": Column("number", "held, were every place patrolled alike", at_least=0, at_most=1.000001),
        "places_in_use": Column(
            "number",
            "exponential of the entropy of all patrols of the later half: how many places share them",
            at_least=0,
        ),
        "correlation": Column(
            "number", "rank correlation of patrols with what victims report; blank where all are alike", blank=True
        ),
        "runs_away": Column("yes_no", "whether feedback alone makes the patrols gather"),
    },
    key=("scheme",),
)

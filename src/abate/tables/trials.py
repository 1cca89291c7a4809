"""Tables of trials: what was counted at each place on each day, and before-and-after counts of areas."""

from __future__ import annotations

from abate.schema import Column, Table

AREAS_OF_A_CASE = ("treated", "control", "displacement_treated", "displacement_control")

PLACE_DAYS = Table(
    "place_days",
    "One row a place and day of a trial: what was recorded there, quiet days included.",
    {
        "date": Column("date", "the day"),
        "site_id": Column("text", "the site"),
        "incidents": Column("whole", "incidents that day; quiet days stay, as 0", at_least=0),
    },
    key=("date", "site_id"),
)

DISPLACEMENT_CASES = Table(
    "displacement_cases",
    "One row an area of a before-and-after comparison; several rows of one area, such as one an offence, add up.",
    {
        "case": Column("text", "the comparison"),
        "area": Column("text", "what the area is to the comparison", one_of=AREAS_OF_A_CASE),
        "pre": Column("whole", "incidents before", at_least=0),
        "post": Column("whole", "incidents after", at_least=0),
        "pre_time": Column("number", "length of the time before; counts are divided by it"),
        "post_time": Column("number", "length of the time after, in the same unit"),
        "area_weight": Column("number", "size of the area; counts are divided by it"),
        "harm_weight": Column("number", "harm of one incident; counts are multiplied by it", at_least=0),
    },
)

TRIAL_EFFECTS = Table(
    "trial_effects",
    "One row an effect of a trial: what it is an effect on, how it was reckoned, and how sure it is.",
    {
        "outcome": Column("text", "what was counted"),
        "measure": Column("text", "what the value is, such as a rate ratio"),
        "method": Column("text", "how it was reckoned"),
        "value": Column("number", "the effect; blank where it cannot be reckoned", blank=True),
        "low": Column("number", "lower end of the interval", blank=True),
        "high": Column("number", "upper end of the interval", blank=True),
        "level": Column("number", "the interval's level", at_least=0, at_most=1),
        "p": Column("number", "chance of one as far from none, if there were none", blank=True, at_least=0, at_most=1),
        "standing": Column("text", "how much weight it bears", one_of=("registered", "supporting", "descriptive")),
        "assumes": Column("text", "what it assumes, in a sentence"),
    },
    key=("outcome", "measure", "method"),
)

PLACE_EFFECTS = Table(
    "place_effects",
    "One row a site of a trial: its own ratio of patrol days to usual days, drawn towards that of all sites.",
    {
        "site_id": Column("text", "the site"),
        "patrol_incidents": Column("whole", "incidents on days drawn for patrol", at_least=0),
        "usual_incidents": Column("whole", "incidents on the other days", at_least=0),
        "expected_ratio": Column("number", "patrol incidents over usual ones if patrol did nothing", at_least=0),
        "value": Column("number", "the rate ratio, drawn towards that of all sites", at_least=0),
        "low": Column("number", "lower end of the interval", at_least=0),
        "high": Column("number", "upper end of the interval", at_least=0),
    },
    key=("site_id",),
)

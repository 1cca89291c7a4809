"""Tables of what was recorded: incidents, their outcomes, and searches, as they stand in the lake."""

from __future__ import annotations

from abate.schema import Column, Table

_WHERE = {
    "x": Column("number", "easting or longitude as given, in the unit of `crs`; blank where there is none", blank=True),
    "y": Column("number", "northing or latitude as given, in the unit of `crs`; blank where there is none", blank=True),
    "crs": Column("text", "the coordinate system of `x` and `y`, such as EPSG:4326"),
    "location": Column("text", "the place in words, as given", blank=True),
    "lsoa_code": Column("text", "code of the small area as given: 2011 and 2021 codes are mixed", blank=True),
    "lsoa_name": Column("text", "name of the small area as given", blank=True),
}

_ORIGIN = {
    "source_file": Column("text", "the file that the row came from (its path inside an archive after a `!`)"),
    "source_row": Column("whole", "the row's place in that file; the first row under the header is 1", at_least=1),
}

_PART = {
    "force": Column("text", "the police force, by its data.police.uk name, such as `essex`"),
    "month": Column("month", "the month, as YYYY-MM"),
}

INCIDENTS = Table(
    "incidents",
    "One row a recorded crime or incident of anti-social behaviour.",
    {
        **_PART,
        "crime_id": Column("text", "identifier as given; anti-social behaviour has none", blank=True),
        "crime_type": Column("text", "the kind of crime, in the source's own words"),
        "reported_by": Column("text", "the force that sent the record, in the source's words", blank=True),
        "falls_within": Column("text", "the force whose area it lies in, in the source's words", blank=True),
        **_WHERE,
        "outcome": Column("text", "last known outcome when the file was made", blank=True),
        "context": Column("text", "free context; blank in all recent files", blank=True),
        "began": Column("time", "earliest moment at which it can have been committed", blank=True),
        "ended": Column("time", "latest moment at which it can have been committed", blank=True),
        "reported": Column("time", "moment at which it was reported", blank=True),
        "zone": Column("text", "time zone of the clocks where it happened, such as Europe/London", blank=True),
        "ho_offence_code": Column("text", "Home Office offence code, such as 8N", blank=True),
        "ho_classification": Column("text", "Home Office classification, such as 008/06", blank=True),
        "domestic": Column("yes_no", "whether it was flagged as domestic", blank=True),
        "knife": Column("yes_no", "whether a knife or sharp instrument was used or threatened", blank=True),
        "premises": Column("text", "kind of premises, in the source's words", blank=True),
        "default_geocode": Column("yes_no", "whether the coordinates are a stand-in, such as a station", blank=True),
        "victims": Column("whole", "people hurt, where the source says so", blank=True, at_least=0),
        **_ORIGIN,
    },
)

OUTCOMES = Table(
    "outcomes",
    "One row an outcome of a crime; the month is that of the outcome, and a crime may have several.",
    {
        **_PART,
        "crime_id": Column("text", "identifier of the crime, as in incidents", blank=True),
        "reported_by": Column("text", "the force that sent the record, in the source's words", blank=True),
        "falls_within": Column("text", "the force whose area it lies in, in the source's words", blank=True),
        **_WHERE,
        "outcome": Column("text", "the outcome, in the source's words"),
        **_ORIGIN,
    },
)

SEARCHES = Table(
    "searches",
    "One row a stop and search. No row identifies a person, and none is ever linked to one.",
    {
        **_PART,
        "kind": Column("text", "who or what was searched: a person, a vehicle, or both"),
        "time": Column("time", "when it took place; some forces give midnight only"),
        "in_operation": Column("yes_no", "whether it was part of a policing operation", blank=True),
        "operation": Column("text", "name of the operation", blank=True),
        "x": _WHERE["x"],
        "y": _WHERE["y"],
        "crs": _WHERE["crs"],
        "gender": Column("text", "gender as recorded", blank=True),
        "age_range": Column("text", "age range as recorded", blank=True),
        "ethnicity_self_defined": Column("text", "ethnic group as the person gave it", blank=True),
        "ethnicity_officer_defined": Column("text", "ethnic group as the officer saw it", blank=True),
        "legislation": Column("text", "the power used", blank=True),
        "search_object": Column("text", "what was looked for", blank=True),
        "outcome": Column("text", "what came of it", blank=True),
        "outcome_linked": Column("yes_no", "whether the outcome matches the object", blank=True),
        "outer_clothing_removed": Column("yes_no", "whether more than outer clothing was removed", blank=True),
        **_ORIGIN,
    },
)

"""Tables of how good forecasts were: one row a method, window, flagged area and origin."""

from __future__ import annotations

from abate.schema import Column, Table

SCORES = Table(
    "scores",
    "One row a method, window, flagged area and origin: what the forecast caught and how true it was. Fields such as "
    "`pit` and `gain_over_counts` hold plain lists and dictionaries, fit for JSON.",
    {
        "method": Column("text", "the method of forecasting"),
        "window": Column("text", "how long the window is, as asked: days (7d) or calendar months (1m)"),
        "flagged_km2": Column(
            "number", "the area to flag, as asked, in square kilometres; blank for streets", blank=True
        ),
        "events": Column("whole", "located incidents inside the area in the window", at_least=0),
        "hits": Column("whole", "events in flagged places", at_least=0),
        "hit_rate": Column("number", "hits for each event", blank=True, at_least=0, at_most=1),
        "pai": Column("number", "prediction accuracy index; blank without the area of `--within`", blank=True),
        "pei_star": Column("number", "hits over the most that the same area could have caught", blank=True, at_most=1),
        "log_score": Column("number", "mean log score of a place in the window; blank where infinite", blank=True),
        "origin": Column("text", "the last day that the forecast could know"),
        "first_day": Column("text", "first day of the window"),
        "last_day": Column("text", "last day of the window"),
        "without_coordinates": Column("whole", "incidents of the window without coordinates: never misses", at_least=0),
        "outside": Column("whole", "located incidents of the window outside the area: never misses", at_least=0),
        "places": Column("whole", "places that the forecast is for", at_least=0),
        "area_km2": Column("number", "the area of `--within`; blank without", blank=True),
        "flagged_area_km2": Column("number", "the area that was flagged in whole places", at_least=0),
        "flagged_places": Column("whole", "how many places were flagged", at_least=0),
        "best_hits": Column("whole", "the most events that the flagged area could have caught", at_least=0),
        "ser": Column("number", "search efficiency rate: hits for each square kilometre flagged", blank=True),
        "rri": Column("number", "recapture rate index: hit rate over the share held in the past", blank=True),
        "area_to_perimeter": Column("number", "metres of flagged area for each metre of its outline", blank=True),
        "churn": Column("number", "share of the flagged area not flagged at the origin before", blank=True),
        "expected": Column("number", "incidents expected in all places together", at_least=0),
        "crps": Column("number", "mean continuous ranked probability score, in incidents", at_least=0),
        "brier": Column("number", "mean squared error of the chance of any incident", at_least=0),
        "cover_95": Column("number", "share of places inside their 95% interval", at_least=0, at_most=1),
        "sentence": Column("text", "the row in words"),
    },
)

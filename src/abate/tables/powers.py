"""Tables of a trial that is planned: what it could find."""

from __future__ import annotations

from abate.schema import Column, Table

POWERS = Table(
    "powers",
    "One row an outcome, planted effect and carry-over: how many of the simulated trials found it.",
    {
        "outcome": Column("text", "what is counted", one_of=("incidents", "any", "harm")),
        "effect": Column("number", "planted rate ratio; 1 is none", at_least=0),
        "carry_over": Column("number", "share of the effect that is left a day later", at_least=0, at_most=1),
        "days": Column("whole", "days of the trial", at_least=1),
        "trials": Column("whole", "simulated trials", at_least=1),
        "found": Column("whole", "those in which the effect was found, in its direction (any direction for 1)"),
        "power": Column("number", "their share", at_least=0, at_most=1),
        "power_low": Column("number", "lower end of the 95% Monte-Carlo interval", at_least=0, at_most=1),
        "power_high": Column("number", "upper end of the 95% Monte-Carlo interval", at_least=0, at_most=1),
        "seen": Column("number", "ratio of patrol days to usual days over all simulated trials", blank=True),
    },
    key=("outcome", "effect", "carry_over"),
)

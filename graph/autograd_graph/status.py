"""The status of an operator at a point: differentiable, or in which way not.

Plain strings, so that a status prints, compares and serialises as its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Status = Literal["ok", "kink", "jump", "singular", "domain", "overflow", "underflow", "unused"]

OK: Status = "ok"
KINK: Status = "kink"
JUMP: Status = "jump"
SINGULAR: Status = "singular"
DOMAIN: Status = "domain"
OVERFLOW: Status = "overflow"
UNDERFLOW: Status = "underflow"
UNUSED: Status = "unused"

SEVERITY: dict[Status, int] = {
    UNUSED: 0,
    OK: 1,
    KINK: 2,
    JUMP: 3,
    UNDERFLOW: 4,
    OVERFLOW: 5,
    SINGULAR: 6,
    DOMAIN: 7,
}
"""From least to most severe, by what is left of the derivative: a jump has no slope, an underflow
and an overflow have a finite true value, a singular point an infinite or undefined one, a domain
error none."""

MEANING: dict[Status, str] = {
    OK: "differentiable here",
    KINK: "continuous, but one-sided derivatives may differ; a subgradient is used",
    JUMP: "discontinuous here",
    SINGULAR: "infinite value, or infinite or undefined slope",
    DOMAIN: "undefined over the real numbers",
    OVERFLOW: "the result is too large for a double",
    UNDERFLOW: "digits are lost to a number that is not 0 and too small for a double",
    UNUSED: "does not take part here",
}

TIE = (
    "its condition changes over between branches of one value; "
    "the slope is that of the branch taken"
)
"""What a kink of a choice that asks is, in place of the meaning of kinks."""

VERDICT: dict[Status, str] = {
    KINK: "is at a kink",
    JUMP: "is at a jump",
    SINGULAR: "is singular",
    DOMAIN: "is outside the domain",
    OVERFLOW: "overflows",
    UNDERFLOW: "underflows",
}
"""What is said of an expression that has a status which is neither ``ok`` nor ``unused``."""


def worst(statuses: Iterable[Status]) -> Status:
    """The most severe of ``statuses``, ``unused`` ignored; ``ok`` if there is none."""
    return max((s for s in statuses if s != UNUSED), key=SEVERITY.__getitem__, default=OK)

"""The verdicts on a fit, for those who have no NumPy."""

from __future__ import annotations

from typing import Literal

Kind = Literal["converged", "falling", "stuck", "kink", "unbounded", "saddle", "flat", "not-finite"]

CERTAIN = 1e-6
"""It has converged where the next step would be at most so large, relative to each parameter or to
what would be noticed of it."""

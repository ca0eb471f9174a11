"""Good programs to begin with: the samples, those of the project's corpus, and the hard ones."""

from __future__ import annotations

import json

from support_cli import SAMPLES
from support_derivatives import OWN

_MORE = (
    "J = 1/2*(w*x + b - y)^2",
    "f(x, y) = x*y; g(x) = f(x, x)^2; g(2*x)",
    "a = 3; a += x; a *= 2; const k = pi/4; where(a > k, a, -a)",
    "2*x^-3 - -x^2 + (x < 3) # comment",
    "√x + x·y − 2÷z",
    "polygamma(2, x) + spherical_jn(3, y) + log(x, 2)",
)


def seeds() -> list[str]:
    """Their texts, none longer than a thousand characters."""
    samples = [path.read_text("utf-8", "replace") for path in sorted(SAMPLES.rglob("*.expr"))]
    own = [json.loads(line)["program"] for line in OWN.read_text(encoding="utf-8").splitlines()]
    return [text for text in (*_MORE, *samples, *own) if len(text) <= 1000]

"""Characters that a screen would execute or that do not show, and their escapes.

Control characters may move the cursor or set a window's title; the bidirectional ones show a text
in another order than it has.
"""

from __future__ import annotations

import re

_UNSEEN = (  # expressions are compiled when first used: a plain run needs neither
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164"
    "\ufeff\uffa0\ud800-\udfff]"
)

_DANGEROUS = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"


def shown(text: str) -> str:
    r"""Text for a screen, with escapes like ``\u001b`` for all of these characters."""
    return re.sub(_UNSEEN, _escape, text)


def disarmed(text: str) -> str:
    r"""Data with escapes for those that do harm on a screen; tabs and line ends are data."""
    if text.isprintable():  # none of them is: nearly all data is done with here
        return text
    return re.sub(_DANGEROUS, _escape, text)


def escaped(characters: str) -> str:
    r"""The escapes of characters as in JSON: ``\ud835\udefc``."""
    units = characters.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(*[iter(units)] * 2, strict=True))


def _escape(found: re.Match[str]) -> str:
    return escaped(found[0])

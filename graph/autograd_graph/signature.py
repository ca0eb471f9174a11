"""The parameters of an operator, parsed from the text that is shown to users."""

from __future__ import annotations

from typing import NamedTuple


class Signature(NamedTuple):
    """Which arguments an operator takes.

    ``names`` are the parameters, ``defaults`` the values of trailing ones that may be left out.
    ``least`` has the minimum length of each open list (``"x1, x2, ..., xn"``: two); all lists have
    the same length. Without open lists the number of arguments is fixed, but for defaults.
    """

    names: tuple[str, ...]
    defaults: tuple[float, ...]
    least: tuple[int, ...]
    arity: tuple[int, int | None]
    """The smallest and the largest number of arguments; ``None``: no upper limit."""

    @property
    def lists(self) -> int:
        """How many open lists there are."""
        return len(self.least)

    @classmethod
    def of(cls, text: str) -> Signature:
        """Parse ``"x, slope=0.01"`` or ``"a1, ..., an, b1, ..., bn"``."""
        names: list[str] = []
        defaults: list[float] = []
        least: list[int] = []
        since = 0
        for parameter in text.split(", ") if text else []:
            if parameter == "...":
                least.append(len(names) - since)
                since = len(names) + 1  # the list's last parameter follows the dots
                continue
            name, _, default = parameter.partition("=")
            names.append(name)
            if default:
                defaults.append(float(default))
        fixed = len(names) - len(defaults), len(names)
        arity = (sum(least), None) if least else fixed
        return cls(tuple(names), tuple(defaults), tuple(least), arity)

    def takes(self, count: int) -> bool:
        """Whether the operator takes ``count`` arguments."""
        smallest, largest = self.arity
        if self.least:
            return count >= smallest and count % len(self.least) == 0
        return smallest <= count <= (largest or 0)

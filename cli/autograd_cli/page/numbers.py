"""How a page writes its numbers: in boxes as text, in formulas as MathML. Its script does too."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, isnan

from autograd_cli.drawing import mathml
from autograd_cli.page.model import Model, Part
from autograd_graph.status import Status


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers with so many significant digits."""

    digits: int

    @property
    def width(self) -> int:
        """The most characters of a number without its sign: ``1.2346e-10``."""
        return self.digits + 5

    def plain(self, value: float) -> str:
        """A number in ASCII: ``-1.5e-7``; ``inf`` or ``nan`` where it is no number."""
        if not isfinite(value):
            return "nan" if isnan(value) else "-inf" if value < 0 else "inf"
        mantissa, _, exponent = f"{value + 0.0:.{self.digits}g}".partition("e")
        return f"{mantissa}e{int(exponent)}" if exponent else mantissa

    def text(self, value: float | None) -> str:
        """A number in a box: ``−1.5e−7``, ``∞``."""
        text = self.plain(0.0 if value is None else value)
        return text.replace("-", "−").replace("inf", "∞").replace("nan", "undefined")

    def math(self, value: float, kind: str, within: int = 0) -> str:
        """A number in a formula, coloured as a ``value`` or a ``gradient``.

        ``within`` is that of a :class:`mathml.Place`.
        """
        text = self.plain(value)
        if text.endswith(("inf", "nan")):
            sign = '<mo form="prefix">−</mo>' if text.startswith("-") else ""
            written = f"{sign}<mn>{'∞' if text.endswith('inf') else 'undefined'}</mn>"
        else:
            written = mathml.number(text)
        if (within and text.startswith("-")) or (within == 2 and "e" in text):
            written = f'<mo stretchy="false">(</mo>{written}<mo stretchy="false">)</mo>'
        return f'<mrow class="{kind}">{written}</mrow>'

    def gradient(self, model: Model, node: int) -> str:
        """The output's derivative by a node, as text."""
        return self.text(model.gradient(node))

    def share(self, model: Model, node: int) -> float:
        """A gradient's size beside the largest one, from 0 to 1."""
        sizes = [abs(model.gradient(each)) for each in model.backward]
        largest = max(filter(isfinite, sizes), default=0.0)
        size = abs(model.gradient(node))
        if not largest or isnan(size):
            return 0.0
        return min(size / largest, 1.0)

    def local(self, model: Model, user: int, arg: int) -> str | None:
        """A step's local derivative by an argument as text, ``None`` where nothing is to flow."""
        term = model.terms.get((user, arg))
        return None if term is None else self.text(term.slope.value)

    def status(self, model: Model, part: Part) -> Status:
        """The status of a step, or of a leaf."""
        return model.passes.status(part.node, part.inner)

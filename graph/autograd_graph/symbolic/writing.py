"""Converting forms back to a readable graph: signs in front, then numbers, and one division."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

from autograd_graph.graph import CONSTANT, Graph, Number
from autograd_graph.op import Op
from autograd_graph.symbolic.algebra import Forms
from autograd_graph.symbolic.forms import Atom, Call, Product, Sum
from autograd_graph.symbolic.rules import HALF

_LARGEST_DENOMINATOR = 1000
"""In a program with decimals, larger denominators than this are turned into decimals."""

_SCALE = Fraction(2) ** 1000
"""Coefficients further from 1 than this are written as products, as they are nearly out of
range."""


def _without_tens(whole: int) -> int:
    """A whole number without its factors 2 and 5: 1 if its quotients are finite decimals."""
    for prime in (2, 5):
        while whole % prime == 0:
            whole //= prime
    return whole


class Writer:
    """Writes forms as nodes of a new graph, each form once."""

    def __init__(self, source: Graph, forms: Forms, given: dict[str, float]) -> None:
        self.graph = Graph()
        self._forms = forms
        self._source = source
        self._nodes: dict[int, int] = {}
        self._scaled: dict[tuple[Fraction, int], int] = {}
        self._source_constants = {
            source.names[node] for node, row in enumerate(source.ops) if row is CONSTANT
        }
        self._whole_numbers = sorted(
            {
                int(number)
                for number in source.numbers.values()
                if isinstance(number, Number) and number.text.isdigit()
            }
            - {0}
        )
        self._order = {name: n for n, name in enumerate(sorted(source.inputs))}
        self._decimal = any(
            isinstance(number, Number) and not number.text.isdigit()
            for number in source.numbers.values()
        ) or not all(map(float.is_integer, given.values()))

    def write(self, roots: Sequence[int]) -> list[int]:
        """The nodes of ``roots``, written in the order of the forms: parts have smaller numbers."""
        forms = self._forms
        needed = bytearray(len(forms.forms))
        for root in roots:
            needed[root] = 1
        for form in range(len(forms.forms) - 1, -1, -1):
            if needed[form]:
                for part in self._parts(form):
                    needed[part] = 1
        for form in range(len(forms.forms)):
            if needed[form]:
                self._nodes[form] = self._write(form)
        return [self._nodes[root] for root in roots]

    def _parts(self, form: int) -> list[int]:
        match self._forms[form]:
            case Call(args=args):
                return list(args)
            case Sum(terms=terms):
                return [part for term, _ in terms for part in self._bases(term)]
            case Product():
                return self._bases(form)
        return []

    def _bases(self, term: int) -> list[int]:
        if not isinstance(self._forms[term], Product):
            return [term]
        bases: list[int] = []
        for base, exponent in self._forms.factors(term):
            bases.append(base)
            if self._forms.as_number(exponent) is None:
                negative = self._is_divisor(base, exponent)
                bases.extend(self._parts(exponent) if negative else [exponent])
        return bases

    def _write(self, form: int) -> int:
        match self._forms[form]:
            case Atom(name=name):
                return self._leaf(name)
            case Call(name=name, args=args):
                return self.graph.add(name, *(self._nodes[arg] for arg in args))
        return self._sum(list(self._forms.terms(form)))

    def _negated(self, form: int) -> int:
        """The node of ``-x`` for a form ``x`` whose parts are already written."""
        negative = self._forms.negate(form)
        if negative not in self._nodes:
            self._nodes[negative] = self._sum([(t, -c) for t, c in self._forms.terms(form)])
        return self._nodes[negative]

    def _leaf(self, name: str) -> int:
        source = self._source
        node = source.inputs.get(name, source.constants.get(name))
        if node is None:
            constant = next((n for n, other in source.names.items() if other == name), None)
            if constant is None:
                return self.graph.literal(float(name))
            node = self.graph.add(CONSTANT)
            self.graph.names[node] = name
            self.graph.numbers[node] = source.numbers[constant]
            return node
        row: Op = source.ops[node]
        value = source.numbers.get(node)
        return self.graph.leaf(row, name, None if value is None else float(value))

    def _fraction(self, number: Fraction) -> tuple[Fraction, int]:
        """A number as a numerator and a whole denominator to write.

        Fractions stay fractions, unless the program has decimals. Then the factors 2 and 5 of the
        denominator go into a decimal numerator, over a whole number of the program's own if there
        is one that fits (``0.1*pi/180``).
        """
        whole = Fraction(number.numerator), number.denominator
        if not self._decimal or number.denominator == 1:
            return whole
        below = _without_tens(number.denominator)
        if below == 1 or below > _LARGEST_DENOMINATOR:
            return number, 1
        for written in self._whole_numbers:
            if written % number.denominator == 0:
                return whole
            if written % below == 0 and _without_tens((number * written).denominator) == 1:
                return number * written, written
        return number * below, below

    def _numbers(self, number: Fraction) -> list[int]:
        """A positive number as literals to be multiplied: one, unless it exceeds a double."""
        scales: list[Fraction] = []
        while number and not 1 / _SCALE < number < _SCALE:
            scales.append(_SCALE if number > 1 else 1 / _SCALE)
            number /= scales[-1]
        if not scales:
            return [self._number(number)]
        return [self.graph.literal(Number(repr(float(factor)))) for factor in (number, *scales)]

    def _number(self, number: Fraction) -> int:
        """A literal: a fraction or, in a program with decimals, the nearest double."""
        if number.denominator == 1 and abs(number) < 10**15:
            return self.graph.literal(number.numerator)
        if number.denominator == 1 or self._decimal:
            return self.graph.literal(Number(repr(float(number))))
        return self.graph.literal(number)

    def _signed(self, coefficient: Fraction, term: int) -> int:
        """A term with its coefficient; a sign reverses a difference or goes to the first factor."""
        turned = self._reversible_difference(term) if coefficient < 0 else None
        if turned is not None:
            return self._product(-coefficient, list(self._forms.factors(term)), turned)
        return self._term(coefficient, term)

    def _term(self, coefficient: Fraction, term: int) -> int:
        key = (coefficient, term)
        if key not in self._scaled:
            factors = list(self._forms.factors(term)) if term != self._forms.one else []
            self._scaled[key] = self._product(coefficient, factors)
        return self._scaled[key]

    def _reversible_difference(self, term: int) -> int | None:
        """A factor that absorbs a sign by being reversed: ``-(a - b)*c = (b - a)*c``."""
        for base, exponent in self._forms.factors(term):
            difference = self._forms.is_sum(base) and any(c < 0 for _, c in self._forms.terms(base))
            if difference and self._forms.as_number(exponent) in (1, -1):
                return base
        return None

    def _sum(self, terms: list[tuple[int, Fraction]]) -> int:
        """Terms in order, a positive one first, a number last; minus signs become differences."""
        if not terms:
            return self.graph.literal(0)
        if terms[0][0] != self._forms.one:
            terms.sort(key=lambda term: term[0] == self._forms.one)
        lead = next((n for n, (_, c) in enumerate(terms) if c > 0), 0)
        first, coefficient = terms.pop(lead)
        node = self._signed(coefficient, first)
        for term, c in terms:
            if c < 0:
                node = self.graph.add("sub", node, self._term(-c, term))
            else:
                node = self.graph.add("add", node, self._term(c, term))
        return node

    def _product(
        self, coefficient: Fraction, factors: list[tuple[int, int]], turned: int | None = None
    ) -> int:
        """A coefficient times powers: numbers, names, functions, sums; with at most one division.

        ``turned`` is the base that is written with its sign changed.
        """
        above: list[int] = []
        below: list[int] = []
        for base, exponent in sorted(factors, key=self._place):
            node = self._negated(base) if base == turned else self._nodes[base]
            negative = self._is_divisor(base, exponent)
            (below if negative else above).append(self._power(node, exponent, negative))
        numerator, denominator = self._fraction(abs(coefficient))
        if numerator != 1 or not above:
            leading, *scales = self._numbers(numerator)
            above = [leading, *above, *scales]  # scales last: leading * scale may overflow
        if denominator != 1:
            below[:0] = self._numbers(Fraction(denominator))
        if coefficient < 0:
            above[0] = self.graph.add("neg", above[0])
        top = self._chain(above)
        return self.graph.add("div", top, self._chain(below)) if below else top

    def _is_divisor(self, base: int, exponent: int) -> bool:
        """Whether a power is written as a divisor: ``1/x^n``, but ``e^(-x)`` and ``2^(-x)``."""
        if not self._forms.is_negative(exponent):
            return False
        if self._forms.as_number(exponent) is not None:
            return True
        entry = self._forms[base]
        constant = isinstance(entry, Atom) and entry.name in self._source_constants
        return not constant and self._forms.as_number(base) is None

    def _chain(self, nodes: list[int]) -> int:
        product = nodes[0]
        for node in nodes[1:]:
            product = self.graph.add("mul", product, node)
        return product

    def _place(self, factor: tuple[int, int]) -> tuple[int, int]:
        """The sort key of factors: numbers and constants, then inputs by name, functions, sums."""
        base, exponent = factor
        entry = self._forms[base]
        if self._forms.as_number(base) is not None:
            return 0, 0
        if isinstance(entry, Atom):
            power = self._forms.as_number(exponent)
            whole = power is not None and power.denominator == 1
            return (1, self._order.get(entry.name, -1)) if whole else (2, 0)
        return (3, 0) if isinstance(entry, (Sum, Product)) else (2, 0)

    def _power(self, base: int, exponent: int, negated: bool) -> int:
        """A base node to the power of an exponent, or of the negated exponent."""
        power = self._forms.as_number(exponent)
        if power is None:
            symbolic = self._negated(exponent) if negated else self._nodes[exponent]
            return self.graph.add("pow", base, symbolic)
        size = abs(power)
        if size == 1:
            return base
        if size == HALF:
            return self.graph.add("sqrt", base)
        literals = self._numbers(size)
        written = reduce(lambda a, b: self.graph.add("mul", a, b), literals)
        return self.graph.add("pow", base, written)

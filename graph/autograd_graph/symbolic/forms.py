"""Expressions in normal form: sums of products with exact rational coefficients.

A form is one of

* an *atom*: an input or a constant;
* a *call* of a function on forms;
* a *product*: factors with exponents, ``x^2 * sin(y)^(-1)``;
* a *sum*: terms with rational coefficients, ``2*x + (-1)*1``. A number is a sum with the empty
  product as its one term, and ``3*x`` a sum with one term.

Equal forms are the same form: forms are numbered, and looked up by their contents (hash-consing).
So like terms and like powers collect without a search, constants fold exactly, and what a graph
repeats is shared. The algebra is in :mod:`autograd_graph.symbolic.algebra`, the rules for single
functions in :mod:`autograd_graph.symbolic.rules` and in their rows.

The algebra is that of the reals where both sides are finite. Elsewhere a form may be defined where
the original is not (``x/x`` is 1, also at 0), but never the reverse: ``(x^2)^(1/2)`` is not ``x``,
and a power of a product is not multiplied out.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from autograd_graph.symbolic.exact import ONE, ZERO

_LARGEST_SIZE = 10**9
"""The cap for counted operations: written out, a deep graph can have more than there are atoms."""


class Atom(NamedTuple):
    """A named input, constant or placeholder."""

    name: str
    size: int = 0


class Call(NamedTuple):
    """A function call on forms."""

    name: str
    args: tuple[int, ...]
    size: int


class Product(NamedTuple):
    """Pairs of a base and an exponent, both forms."""

    factors: tuple[tuple[int, int], ...]
    size: int


class Sum(NamedTuple):
    """Terms with coefficients. A number is a sum with the empty product as its one term."""

    terms: tuple[tuple[int, Fraction], ...]
    size: int


Form = Atom | Call | Product | Sum
"""``size`` counts operations."""


class Store:
    """Forms by number, each stored once."""

    def __init__(self) -> None:
        self.forms: list[Form] = []
        self._known: dict[object, int] = {}
        self._numbers: dict[int, Fraction] = {}
        self.one = self._intern("one", Product((), 0))
        self.zero = self._intern("zero", Sum((), 0))
        self._numbers |= {self.one: ONE, self.zero: ZERO}
        self.minus_one = self.number(-1)

    def __getitem__(self, form: int) -> Form:
        return self.forms[form]

    def _intern(self, key: object, form: Form) -> int:
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.forms)
            self.forms.append(form._replace(size=min(form.size, _LARGEST_SIZE)))
        return number

    # making forms ---------------------------------------------------------------------------

    def atom(self, kind: str, name: str) -> int:
        """An input or a constant of that name."""
        return self._intern(("atom", kind, name), Atom(name))

    def number(self, value: Fraction | int) -> int:
        """An exact number."""
        return self.sum_of({self.one: Fraction(value)}) if value else self.zero

    def call(self, name: str, args: Sequence[int]) -> int:
        """A function call on forms, without any rule applied."""
        size = 1 + sum(self.forms[arg].size for arg in args)
        return self._intern(("call", name, tuple(args)), Call(name, tuple(args), size))

    def sum_of(self, terms: dict[int, Fraction]) -> int:
        """The sum of distinct terms with non-zero coefficients."""
        if not terms:
            return self.zero
        if len(terms) == 1:
            ((term, coefficient),) = terms.items()
            if coefficient == 1:
                return term
        form = Sum(tuple(terms.items()), self.sum_size(terms))
        if len(terms) > 1 or self.one not in terms:
            return self._intern(("sum", frozenset(terms.items())), form)
        value = terms[self.one]
        # powers of 2 have few hashes between them, so their lengths are part of the key
        lengths = value.numerator.bit_length(), value.denominator.bit_length()
        number = self._intern(("number", *lengths, value), form)
        self._numbers[number] = value
        return number

    def sum_size(self, terms: dict[int, Fraction]) -> int:
        """The number of operations in a sum."""
        size = sum(self.forms[term].size + (abs(c) != 1) for term, c in terms.items())
        return size + max(len(terms) - 1, 0)

    def product_of(self, factors: dict[int, int]) -> int:
        """The product of distinct bases with exponents (forms) that are not 0."""
        if not factors:
            return self.one
        if len(factors) == 1:
            ((base, exponent),) = factors.items()
            if exponent == self.one:
                return base
        size = len(factors) - 1
        for base, exponent in factors.items():
            power = self.as_number(exponent)
            size += self.forms[base].size
            size += (
                0 if power in (1, -1) else 1 + (self.forms[exponent].size if power is None else 0)
            )
        key = "product", frozenset(factors.items())
        return self._intern(key, Product(tuple(factors.items()), size))

    # taking forms apart ---------------------------------------------------------------------

    def as_number(self, form: int) -> Fraction | None:
        """The value of a form that is a number; ``None`` for any other."""
        return self._numbers.get(form)

    def split(self, form: int) -> tuple[Fraction, int]:
        """A form as a coefficient times a rest without one."""
        match self.forms[form]:
            case Sum(terms=((term, coefficient),)):
                return coefficient, term
        return ONE, form

    def terms(self, form: int) -> tuple[tuple[int, Fraction], ...]:
        """A form as terms with coefficients."""
        entry = self.forms[form]
        return entry.terms if isinstance(entry, Sum) else ((form, ONE),)

    def factors(self, form: int) -> tuple[tuple[int, int], ...]:
        """A form without a coefficient as bases with exponents."""
        entry = self.forms[form]
        return entry.factors if isinstance(entry, Product) else ((form, self.one),)

    def parts(self, form: int) -> list[int]:
        """The forms that a form consists of."""
        match self.forms[form]:
            case Call(args=args):
                return list(args)
            case Product(factors=factors):
                return [part for pair in factors for part in pair]
            case Sum(terms=terms):
                return [term for term, _ in terms]
        return []

    def arguments(self, form: int, name: str) -> tuple[int, ...]:
        """The arguments of a form that is a call of that function; empty for any other."""
        entry = self.forms[form]
        return entry.args if isinstance(entry, Call) and entry.name == name else ()

    def is_call(self, form: int, name: str) -> bool:
        """Whether a form is a call of that function."""
        return bool(self.arguments(form, name))

    def is_sum(self, form: int) -> bool:
        """Whether a form is a sum of several terms."""
        entry = self.forms[form]
        return isinstance(entry, Sum) and len(entry.terms) > 1

    def is_negative(self, form: int) -> bool:
        """Whether every term of a form is negative, so that it reads better negated."""
        entry = self.forms[form]
        return isinstance(entry, Sum) and bool(entry.terms) and all(c < 0 for _, c in entry.terms)

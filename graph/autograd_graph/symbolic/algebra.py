"""The algebra of forms: sums with like terms collected, products with like powers collected."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from autograd_graph.symbolic import exact
from autograd_graph.symbolic.exact import ONE, ZERO, limited
from autograd_graph.symbolic.forms import Call, Product, Store, Sum

_LARGEST_EXPONENT = 64
"""Powers of numbers with exponents up to this are evaluated."""

_LARGEST_POWER = Fraction(10) ** 30
"""And only if the result is smaller: a number far from 1 may overflow on its own."""

_LARGEST_SPREAD_POWER = 3
"""Products of several factors to a higher power than this are not expanded."""

LARGEST_OPENED = 16
"""Sums and products of more parts than this are not flattened into larger ones: flattening them
again and again would make the cost of a deep graph quadratic."""


class Forms(Store):
    """A store of forms with their arithmetic: sums and products."""

    # sums -----------------------------------------------------------------------------------

    def add(self, *forms: int) -> int:
        """The sum of forms."""
        return self.combine((ONE, form) for form in forms)

    def negate(self, form: int) -> int:
        """``-x``; in a sum, the sign of every term is changed."""
        return self.scale(Fraction(-1), form)

    def scale(self, coefficient: Fraction, form: int) -> int:
        """A number times a form. In a sum of several terms only a factor of -1 is distributed."""
        if coefficient == 0:
            return self.zero
        entry = self.forms[form]
        if isinstance(entry, Sum) and (len(entry.terms) <= 1 or abs(coefficient) == 1):
            return self.sum_of({term: limited(c * coefficient) for term, c in entry.terms})
        return self.sum_of({form: coefficient})

    def combine(self, scaled: Iterable[tuple[Fraction, int]]) -> int:
        """The sum of forms times numbers, with like terms collected.

        A number is kept in front of a sum (``2*(x + y)``) unless distributing it collects terms.
        """
        pairs = list(scaled)
        kept = self.gathered(pairs, distribute=False)
        if any(map(self.is_sum, kept)):
            opened = self.gathered(((c, term) for term, c in kept.items()), distribute=True)
            spread = self.gathered(((c, term) for term, c in opened.items()), distribute=False)
            if self.sum_size(spread) < self.sum_size(kept):
                kept = spread
        if len(kept) == 1:
            ((term, c),) = kept.items()
            return self.scale(c, term)
        return self.sum_of(kept)

    def gathered(
        self, scaled: Iterable[tuple[Fraction, int]], *, distribute: bool
    ) -> dict[int, Fraction]:
        """Terms with their coefficients summed, without those that cancel."""
        gathered: dict[int, Fraction] = {}
        for coefficient, form in scaled:
            entry = self.forms[form]
            opened = (
                isinstance(entry, Sum)
                and len(entry.terms) <= LARGEST_OPENED
                and (distribute or abs(coefficient) == 1 or len(entry.terms) <= 1)
            )
            for term, c in self.terms(form) if opened else ((form, ONE),):
                share = c if coefficient is ONE else coefficient * c
                gathered[term] = limited(gathered[term] + share if term in gathered else share)
        return {term: c for term, c in gathered.items() if c}

    # products -------------------------------------------------------------------------------

    def power(self, base: int, exponent: int) -> int:
        """A form to the power of a form."""
        return self.multiply([(base, exponent)])

    def multiply(self, powers: Iterable[tuple[int, int]]) -> int:
        """The product of powers ``(base, exponent)``, with like powers collected."""
        coefficient, product = self._gathered(powers)
        while True:
            better = self._rewritten(coefficient, product)
            if better is None:
                return self.scale(coefficient, self.product_of(product))
            coefficient, product = better

    def _rewritten(
        self, coefficient: Fraction, product: dict[int, int]
    ) -> tuple[Fraction, dict[int, int]] | None:
        """The product after one simplification; ``None`` if there is none left.

        A shift of powers has to make the product smaller after everything is collected again:
        otherwise one rewrite could undo another forever, as in ``((x*y)^(3/2)/x)^(1/3)``.
        """
        balanced = self._balanced(coefficient, product)
        if balanced is not None:
            coefficient, met = balanced
            return self._gathered(met, coefficient)
        signs = self._signs_combined(product)
        if signs is not None:
            return self._gathered(signs, coefficient)
        for shifted in self._shifted_powers(product):
            found = self._gathered(shifted, coefficient)
            if self._extent(found[1]) < self._extent(product):
                return found
        return None

    def _extent(self, product: dict[int, int]) -> tuple[Fraction, int, int, Fraction]:
        """The size of a product, by which rewritten products are compared; smaller is simpler."""
        powers = [self.as_number(exponent) for exponent in product.values()]
        known = [power for power in powers if power is not None]
        within = (
            dict(self.terms(exponent)).get(self.one, ZERO)
            for base, exponent in product.items()
            if isinstance(self.forms[base], Product)
        )
        below = sum(power < 0 for power in known)
        return sum(map(abs, known), ZERO), len(product), below, sum(within, ZERO)

    def _gathered(
        self, powers: Iterable[tuple[int, int]], coefficient: Fraction = ONE
    ) -> tuple[Fraction, dict[int, int]]:
        """A product as a number and one exponent per base; powers of products are expanded."""
        factors: dict[int, int] = {}
        exponentials: list[tuple[Fraction, int]] = []
        pending = list(powers)[::-1]
        while pending:
            base, exponent = pending.pop()
            number, rest = self._extracted_number(base, exponent)
            if number is ONE or exact.is_moderate(coefficient * number):
                base = rest
                coefficient = coefficient if number is ONE else limited(coefficient * number)
            if not coefficient:
                return coefficient, {}
            inner = self._inner_powers(base, exponent)
            if inner is not None:
                pending.extend(reversed(inner))
                continue
            power = self.as_number(exponent)
            exponent_of_e = self.arguments(base, "exp")
            if exponent_of_e and power is not None:
                exponentials.append((power, exponent_of_e[0]))
                factors.setdefault(self._exponential_place, self.one)
                continue
            gathered = self.add(factors[base], exponent) if base in factors else exponent
            if base in factors and self.as_number(gathered) is not None:
                del factors[base]
                pending.append((base, gathered))
            else:
                factors[base] = gathered
        product = {b: e for b, e in factors.items() if e != self.zero and b != self.one}
        if exponentials:
            product = self._with_exponential(product, self.combine(exponentials))
        return coefficient, product

    def _balanced(
        self, coefficient: Fraction, factors: dict[int, int]
    ) -> tuple[Fraction, list[tuple[int, int]]] | None:
        """A product in which numbers far from 1 are multiplied together: ``1e400/(1e200*x)^2``."""
        rests: dict[int, int] = {}
        for base, exponent in factors.items():
            number, rest = self.split(base)
            power = self.as_number(exponent)
            if number != 1 and power is not None and power.denominator == 1:
                if abs(power) > _LARGEST_EXPONENT:
                    return None
                raised = exact.power(number, int(power))
                if raised is None or not exact.is_moderate(coefficient * raised):
                    return None
                coefficient = limited(coefficient * raised)
                rests[base] = rest
        if not rests or not 1 / _LARGEST_POWER < abs(coefficient) < _LARGEST_POWER:
            return None
        return coefficient, [(rests.get(base, base), e) for base, e in factors.items()]

    def _signs_combined(self, factors: dict[int, int]) -> list[tuple[int, int]] | None:
        """The factors with ``sign`` and ``abs`` of the same form combined.

        ``sign(x)*x = abs(x)``, ``sign(x)*abs(x) = x``, ``sign(x)/abs(x) = 1/x``, ``x/abs(x) =
        sign(x)``.
        """
        for base, exponent in factors.items():
            entry = self.forms[base]
            if not isinstance(entry, Call) or entry.name not in ("sign", "abs"):
                continue
            x, power = entry.args[0], self.as_number(exponent)
            size = base if entry.name == "abs" else self.call("abs", (x,))
            ways = (
                (("sign", 1), (x, 1), (size, 1)),
                (("sign", 1), (size, 1), (x, 1)),
                (("sign", 1), (size, -1), (x, -1)),
                (("abs", -1), (x, 1), (self.call("sign", (x,)), 1)),
            )
            for this, (partner, its), (result, to) in ways:
                fits = entry.name == this[0] and power == this[1]
                if fits and factors.get(partner) == self.number(its):
                    rest = [(b, e) for b, e in factors.items() if b not in (base, partner)]
                    return [*rest, (result, self.number(to))]
        return None

    def _shifted_powers(self, factors: dict[int, int]) -> Iterator[list[tuple[int, int]]]:
        """The factors with whole powers shifted between a root of a product and its parts.

        ``(x*y)^(1/2) / (x*y) = (x*y)^(-1/2)``, and likewise for a symbolic exponent; ``x^2 / (y *
        (x^2*y)^(1/2)) = (x^2*y)^(1/2) / y^2``. So terms that differ only in this become like terms.
        Yields one result for each product that has such a shift.
        """
        for base, exponent in factors.items():
            if not isinstance(self.forms[base], Product):
                continue
            inner = list(self.factors(base))
            parts = [
                (self.as_number(factors.get(b, self.zero)), self.as_number(e)) for b, e in inner
            ]
            known = [(outside, e) for outside, e in parts if outside is not None and e is not None]
            if len(known) < len(parts) or not any(outside for outside, _ in known):
                continue
            shift = _best_shift(self.as_number(exponent), known)
            if shift:
                others = [(b, e) for b, e in factors.items() if b != base]
                taken = [(b, self.scale(Fraction(-shift), e)) for b, e in inner]
                yield [*others, *taken, (base, self.add(exponent, self.number(shift)))]

    @property
    def _exponential_place(self) -> int:
        """A placeholder for the position of the exponentials in a product."""
        return self.atom("place", "exp")

    def _with_exponential(self, factors: dict[int, int], argument: int) -> dict[int, int]:
        """``exp(x)*exp(y) = exp(x + y)``, at the position of the first of them."""
        together = self.call("exp", (argument,))
        place = self._exponential_place
        if argument == self.zero:
            return {b: e for b, e in factors.items() if b != place}
        if together in factors:  # exp(x)^y*exp(x) = exp(x)^(y + 1)
            rest = {b: e for b, e in factors.items() if b != place}
            return rest | {together: self.add(rest[together], self.one)}
        return {together if b == place else b: e for b, e in factors.items()}

    def _extracted_number(self, base: int, exponent: int) -> tuple[Fraction, int]:
        """A power of ``c*x`` as a number and the remaining base."""
        power = self.as_number(exponent)
        number, rest = self.split(base)
        if base == self.zero:
            if power is not None and power > 0:
                return ZERO, self.one
            return ONE, base
        if power is None or number == 1:
            if power is not None and power.denominator == 1 and self._leads_negative(base):
                return Fraction(-1) ** int(power), self.negate(base)
            return ONE, base
        found = _exact_power(number, power)
        if found is not None:
            return found, rest
        return ONE, base

    def _leads_negative(self, form: int) -> bool:
        entry = self.forms[form]
        return isinstance(entry, Sum) and len(entry.terms) > 1 and entry.terms[0][1] < 0

    def _inner_powers(self, base: int, exponent: int) -> list[tuple[int, int]] | None:
        """The factors of a power of a product; ``None`` if it cannot be expanded.

        ``(x^a * y^b)^n = x^(a*n) * y^(b*n)`` for small whole ``n`` only: ``(x/y)^40`` may be an
        ordinary number where ``x^40`` and ``y^40`` overflow; ``(x^(1/2))^r = x^(r/2)``, as with
        every even root; ``abs(x)^n = x^n`` for even ``n``.
        """
        power = self.as_number(exponent)
        if power is None:
            return None
        entry = self.forms[base]
        factors = entry.factors if isinstance(entry, Product) else ()
        if len(factors) == 1:
            ((root, of),) = factors
            inside = self.as_number(of)
            if inside is not None and inside.denominator % 2 == 0:
                joint = inside * power
                return [(root, self.number(joint))] if limited(joint) is joint else None
        if power.denominator != 1:
            return None
        size = self.arguments(base, "abs")
        if size and power % 2 == 0:
            return [(size[0], exponent)]
        if not factors or len(factors) > LARGEST_OPENED:
            return None
        if len(factors) > 1 and abs(power) > _LARGEST_SPREAD_POWER:
            return None
        known = [self.as_number(e) for _, e in factors]
        if any(e is not None and limited(e * power) != e * power for e in known):
            return None
        return [(inner, self.scale(power, e)) for inner, e in factors]


def _best_shift(power: Fraction | None, parts: Sequence[tuple[Fraction, Fraction]]) -> int:
    """How many whole powers of a product to move into it from outside, for the smallest exponents.

    ``parts`` are pairs of the exponents of each part outside and inside the product, ``power`` is
    that of the product, ``None`` for a symbolic one. No shift makes a part that may be 0 a divisor.
    """

    def finite(shift: int, outside: Fraction, inside: Fraction) -> bool:
        whole = Fraction(shift) if power is None else power + shift
        return outside - shift * inside >= 0 and whole * inside >= 0

    def cost(shift: int) -> tuple[Fraction, int, int, int]:
        left = [outside - shift * inside for outside, inside in parts]
        left += [] if power is None else [power + shift]
        below = sum(exponent < 0 for exponent in left)
        return sum(map(abs, left), ZERO), sum(map(bool, left)), below, shift

    wanted = [outside / inside for outside, inside in parts]
    wanted += [] if power is None else [-power]
    shifts = {0, *map(math.floor, wanted), *map(math.ceil, wanted)}
    sound = (
        shift for shift in shifts if all(finite(shift, *part) for part in parts if finite(0, *part))
    )
    return min(sound, key=cost)


def _exact_power(number: Fraction, power: Fraction) -> Fraction | None:
    """``number^power`` if it is rational and not too large or small."""
    if power.denominator == 1:
        if abs(power) > _LARGEST_EXPONENT or number == 0:
            return None
        found = exact.power(number, int(power))
        if found is None or abs(power) == 1:
            return found
        return found if 1 / _LARGEST_POWER < abs(found) < _LARGEST_POWER else None
    if power.denominator != 2 or number < 0 or abs(power) > _LARGEST_EXPONENT:
        return None
    top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
    if top * top != number.numerator or bottom * bottom != number.denominator:
        return None
    return Fraction(top, bottom) ** power.numerator

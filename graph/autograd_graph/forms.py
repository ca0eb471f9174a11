"""Expressions in normal form: sums of products with exact rational coefficients.

A form is one of

* an *atom*: an input, a constant, or a call of a function on forms;
* a *product*: factors with exponents, ``x^2 * sin(y)^(-1)``;
* a *sum*: terms with rational coefficients, ``2*x + (-1)*1``. A number is a sum with the empty
  product as its one term, and ``3*x`` a sum with one term.

Equal forms are one form: they are numbered, and looked up by what they consist of. So like
terms and like powers gather by themselves, constants fold exactly, and what a graph repeats is
shared. The operations here are the algebra; what is known of single functions is in
:mod:`autograd_graph.rules`.

The algebra is that of the reals where both sides are finite. Elsewhere a form may be better
defined than what it stands for (``x/x`` is 1, also at 0), never worse: a root of a square is
not a first power, and a power of a product is not multiplied out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

Kind = Literal["atom", "call", "product", "sum"]

_LARGEST_EXPONENT = 64
"""Powers of numbers up to this exponent are multiplied out."""

_LARGEST_POWER = Fraction(10) ** 30
"""And only as far as what comes of it: a number far from 1 may overflow beside its partner."""

_LARGEST_SPREAD_POWER = 3
"""Higher powers of products of several factors than this stay powers of products."""

_LARGEST_OPENED = 16
"""Sums and products of more parts than this stay whole inside larger ones: opening them again
and again would make the cost of a deep graph quadratic."""

_LARGEST_SIZE = 10**9
"""Where counting operations stops: written out, a deep graph can have more than there are atoms."""

_MOST_TIDIED = 24
"""Sums of more terms than this are not searched for terms that could be brought together."""

_MOST_READ = 600
"""Nor is anything in a result of more forms than this, which nobody reads as one expression."""

_MOST_FACTORED = 64
"""Sums of more terms than this are not searched for common factors."""


class Form(NamedTuple):
    """One form.

    ``parts`` are a product's factors with exponents (both forms), or a sum's terms (forms) with
    coefficients; ``args`` are a call's arguments. ``size`` counts operations.
    """

    kind: Kind
    name: str
    parts: tuple[tuple[int, int | Fraction], ...]
    args: tuple[int, ...]
    size: int


class Forms:
    """A store of forms, each there once."""

    def __init__(self) -> None:
        self.forms: list[Form] = []
        self._known: dict[object, int] = {}
        self.one = self._intern("one", Form("product", "", (), (), 0))
        self.zero = self._intern("zero", Form("sum", "", (), (), 0))
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
        return self._intern(("atom", kind, name), Form("atom", name, (), (), 0))

    def number(self, value: Fraction | int) -> int:
        """An exact number."""
        return self._sum({self.one: Fraction(value)}) if value else self.zero

    def call(self, name: str, args: Sequence[int]) -> int:
        """A function of forms, as it is: without any rule applied."""
        size = 1 + sum(self.forms[arg].size for arg in args)
        return self._intern(("call", name, tuple(args)), Form("call", name, (), tuple(args), size))

    def _sum(self, terms: dict[int, Fraction]) -> int:
        """The sum of distinct terms with coefficients that are not 0."""
        if not terms:
            return self.zero
        if len(terms) == 1:
            ((term, coefficient),) = terms.items()
            if coefficient == 1:
                return term
        form = Form("sum", "", tuple(terms.items()), (), self._sum_size(terms))
        return self._intern(("sum", frozenset(terms.items())), form)

    def _product(self, factors: dict[int, int]) -> int:
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
        return self._intern(
            ("product", frozenset(factors.items())),
            Form("product", "", tuple(factors.items()), (), size),
        )

    # taking forms apart ---------------------------------------------------------------------

    def as_number(self, form: int) -> Fraction | None:
        """The number that a form is, if it is one."""
        if form == self.one:
            return Fraction(1)
        if form == self.zero:
            return Fraction(0)
        parts = self.forms[form].parts
        if self.forms[form].kind == "sum" and len(parts) == 1 and parts[0][0] == self.one:
            return Fraction(parts[0][1])
        return None

    def split(self, form: int) -> tuple[Fraction, int]:
        """A form as a coefficient times a rest without one."""
        parts = self.forms[form].parts
        if self.forms[form].kind == "sum" and len(parts) == 1:
            return Fraction(parts[0][1]), parts[0][0]
        return Fraction(1), form

    def terms(self, form: int) -> Iterable[tuple[int, Fraction]]:
        """A form as terms with coefficients."""
        if self.forms[form].kind == "sum":
            return [(term, Fraction(c)) for term, c in self.forms[form].parts]
        return [(form, Fraction(1))]

    def factors(self, form: int) -> Iterable[tuple[int, int]]:
        """A form without a coefficient as bases with exponents."""
        if self.forms[form].kind == "product":
            return [(base, int(exponent)) for base, exponent in self.forms[form].parts]
        return [(form, self.one)]

    def is_call(self, form: int, name: str) -> bool:
        """Whether a form is a call of that function."""
        return self.forms[form].kind == "call" and self.forms[form].name == name

    def is_negative(self, form: int) -> bool:
        """Whether a form reads better with its sign changed: every term of it is negative."""
        parts = self.forms[form].parts
        return self.forms[form].kind == "sum" and bool(parts) and all(c < 0 for _, c in parts)

    # sums -----------------------------------------------------------------------------------

    def add(self, *forms: int) -> int:
        """The sum of forms."""
        return self.combine((Fraction(1), form) for form in forms)

    def negate(self, form: int) -> int:
        """``-x``; the terms of a sum change their signs."""
        return self.scale(Fraction(-1), form)

    def scale(self, coefficient: Fraction, form: int) -> int:
        """A number times a form. Only a sign goes into a sum of several terms."""
        if coefficient == 0:
            return self.zero
        if self.forms[form].kind == "sum" and (
            len(self.forms[form].parts) <= 1 or abs(coefficient) == 1
        ):
            return self._sum({term: c * coefficient for term, c in self.terms(form)})
        return self._sum({form: coefficient})

    def combine(self, scaled: Iterable[tuple[Fraction, int]]) -> int:
        """The sum of forms times numbers, with like terms gathered.

        A number stays before a sum (``2*(x + y)``) unless taking it inside lets terms meet.
        """
        pairs = list(scaled)
        kept = self._gathered(pairs, distribute=False)
        if any(map(self._has_terms, kept)):
            opened = self._gathered(((c, term) for term, c in kept.items()), distribute=True)
            spread = self._gathered(((c, term) for term, c in opened.items()), distribute=False)
            if self._sum_size(spread) < self._sum_size(kept):
                kept = spread
        if len(kept) == 1:
            ((term, c),) = kept.items()
            return self.scale(c, term)
        return self._sum(kept)

    def _sum_size(self, terms: dict[int, Fraction]) -> int:
        size = sum(self.forms[term].size + (abs(c) != 1) for term, c in terms.items())
        return size + max(len(terms) - 1, 0)

    def _has_terms(self, form: int) -> bool:
        return self.forms[form].kind == "sum" and len(self.forms[form].parts) > 1

    def _gathered(
        self, scaled: Iterable[tuple[Fraction, int]], *, distribute: bool
    ) -> dict[int, Fraction]:
        """Terms with their coefficients summed; those that cancel are gone."""
        gathered: dict[int, Fraction] = {}
        for coefficient, form in scaled:
            opened = (
                self.forms[form].kind == "sum"
                and len(self.forms[form].parts) <= _LARGEST_OPENED
                and (distribute or abs(coefficient) == 1 or not self._has_terms(form))
            )
            for term, c in self.terms(form) if opened else ((form, Fraction(1)),):
                gathered[term] = gathered.get(term, Fraction(0)) + coefficient * c
        return {term: c for term, c in gathered.items() if c}

    # common factors -------------------------------------------------------------------------

    def factored(self, roots: Sequence[int]) -> list[int]:
        """The forms with common factors taken out of their sums: ``g*a + g*b = g*(a + b)``.

        Only functions, roots and sums are taken out, as people do, not plain names. Done last:
        a factored sum hides terms that could still have met others.
        """
        last = len(self.forms)
        needed = bytearray(last)
        for root in roots:
            needed[root] = 1
        for form in range(last - 1, -1, -1):
            if needed[form]:
                for part in self._all_parts(form):
                    needed[part] = 1
        tidy = sum(needed) <= _MOST_READ
        new: dict[int, int] = {}
        for form in range(last):
            if needed[form]:
                new[form] = self._rebuilt(form, new, tidy)
        return [new[root] for root in roots]

    def _all_parts(self, form: int) -> list[int]:
        entry = self.forms[form]
        if entry.kind == "product":
            return [int(part) for pair in entry.parts for part in pair]
        return [part for part, _ in entry.parts] + list(entry.args)

    def _rebuilt(self, form: int, new: dict[int, int], tidy: bool) -> int:
        entry = self.forms[form]
        if entry.kind == "call":
            return self.call(entry.name, [new[arg] for arg in entry.args])
        if entry.kind == "product":
            return self.multiply((new[base], new[int(power)]) for base, power in entry.parts)
        if entry.kind == "sum":
            scaled = [(Fraction(c), new[term]) for term, c in entry.parts]
            terms = self._gathered(scaled, distribute=False)
            return self._sum_without_common_factors(self._tidied(terms) if tidy else terms)
        return form

    def _tidied(self, terms: dict[int, Fraction]) -> dict[int, Fraction]:
        """Terms brought together where that leaves less, before factors are taken out.

        Each step looks at pairs of terms, so this is for sums that a person would look at.
        """
        if not 1 < len(terms) <= _MOST_TIDIED:
            return terms
        return self._multiplied_out(self._over_one_denominator(self._choices_together(terms)))

    def _sum_without_common_factors(self, terms: dict[int, Fraction]) -> int:
        """The sum with its weightiest common factor taken out, and again while there is one."""
        while 1 < len(terms) <= _MOST_FACTORED:
            sharing = self._sharing(terms)
            if not sharing:
                break
            key = max(sharing, key=lambda k: (len(sharing[k]) - 1) * (1 + self.forms[k[0]].size))
            found = sharing[key]
            common = self._common_power(key, [term for term, _ in found])
            inner = self._sum_without_common_factors(
                self._gathered(
                    ((terms[term], self._without(term, key[0], common)) for term, _ in found),
                    distribute=False,
                )
            )
            content, inner = self._content(inner)
            outer = self.multiply([(key[0], common), (inner, self.one)])
            taken = {term for term, _ in found}
            rest = [(c, term) for term, c in terms.items() if term not in taken]
            first = next(iter(terms)) in taken
            parts = [(content, outer), *rest] if first else [*rest, (content, outer)]
            gathered = self._gathered(parts, distribute=False)
            if len(gathered) >= len(terms):
                break
            terms = gathered
        if len(terms) == 1:
            ((term, c),) = terms.items()
            return self.scale(c, term)
        return self._sum(terms)

    def _content(self, form: int) -> tuple[Fraction, int]:
        """The size that all coefficients of a sum share, and the sum without it.

        ``4*exp(x) - 4 = 4*(exp(x) - 1)``
        """
        sizes = {abs(c) for _, c in self.terms(form)}
        if not self._has_terms(form) or len(sizes) > 1:
            return Fraction(1), form
        (size,) = sizes
        return size, self.combine((c / size, term) for term, c in self.terms(form))

    def _without(self, term: int, base: int, power: int) -> int:
        """A term with a power of one of its factors taken away."""
        left = {
            b: self.add(e, self.negate(power)) if b == base else e for b, e in self.factors(term)
        }
        return self._product({b: e for b, e in left.items() if e != self.zero})

    def _choices_together(self, terms: dict[int, Fraction]) -> dict[int, Fraction]:
        """Terms with those that ask the same condition made one.

        ``where(c, a, b) + k*where(c, x, y) = where(c, a + k*x, b + k*y)``
        """
        asking: dict[int, list[tuple[Fraction, int]]] = {}
        for term, c in terms.items():
            if self.is_call(term, "where"):
                asking.setdefault(self.forms[term].args[0], []).append((c, term))
        if all(len(asked) == 1 for asked in asking.values()):
            return terms
        scaled: list[tuple[Fraction, int]] = []
        for term, c in terms.items():
            if not self.is_call(term, "where"):
                scaled.append((c, term))
                continue
            condition = self.forms[term].args[0]
            asked = asking.pop(condition, [])
            if len(asked) > 1:
                branches = (
                    self.combine((k, self.forms[where].args[branch]) for k, where in asked)
                    for branch in (1, 2)
                )
                asked = [(Fraction(1), self.call("where", (condition, *branches)))]
            scaled += asked
        return self._gathered(scaled, distribute=False)

    def _over_one_denominator(self, terms: dict[int, Fraction]) -> dict[int, Fraction]:
        """Terms over powers of one base put over one, where terms above the line then meet.

        ``1/(x + 1) - x/(x + 1)^2 = 1/(x + 1)^2``
        """
        powers: dict[int, dict[int, Fraction]] = {}
        for term in terms:
            for base, exponent in self.factors(term):
                power = self.as_number(exponent)
                if power is not None and power < 0:
                    powers.setdefault(base, {})[term] = power
        for base, of in powers.items():
            lowest = min(of.values())
            steps = {term: power - lowest for term, power in of.items()}
            if len(set(of.values())) == 1 or any(
                n.denominator > 1 or n > 3 for n in steps.values()
            ):
                continue
            above = [
                (terms[t], self.multiply([(t, self.one), (base, self.number(-lowest))])) for t in of
            ]
            numerator = self._met(above)
            if numerator is None:
                continue
            fraction = self.multiply([(numerator, self.one), (base, self.number(lowest))])
            if self.forms[fraction].size < self._sum_size({t: terms[t] for t in of}):
                first = next(iter(of))
                parts = [
                    (Fraction(1), fraction) if term == first else (c, term)
                    for term, c in terms.items()
                    if term == first or term not in of
                ]
                return self._gathered(parts, distribute=False)
        return terms

    def _multiplied_out(self, terms: dict[int, Fraction]) -> dict[int, Fraction]:
        """Terms with their products multiplied out, where they then meet: ``x*(x + 1) - x``."""
        if len(terms) < 2 or not any(
            self._has_terms(base) for term in terms for base, _ in self.factors(term)
        ):
            return terms
        met = self._met([(c, term) for term, c in terms.items()])
        if met is None:
            return terms
        factored = self._sum_without_common_factors(terms)
        if self.forms[met].size >= min(self._sum_size(terms), self.forms[factored].size):
            return terms
        return dict(self.terms(met))

    def _met(self, scaled: Sequence[tuple[Fraction, int]]) -> int | None:
        """The sum of products multiplied out, if like terms of different ones meet in it.

        Sums that all of them share stay factors: multiplied out, their roots would be lost to
        rounding. ``3*(x - 1)^2*(x + 1) - (x - 1)^3 = (x - 1)^2*(2*x + 4)``
        """
        shared = self._shared_sums([form for _, form in scaled])
        rest = [
            (c, self.multiply([(form, self.one), *((b, self.negate(e)) for b, e in shared)]))
            for c, form in scaled
        ]
        met = self._meeting(rest)
        if met is None:
            return None
        return self.multiply([*shared, (self._sum_without_common_factors(met), self.one)])

    def _shared_sums(self, products: Sequence[int]) -> list[tuple[int, int]]:
        """The sums that are factors of all ``products``, with the power they have in common."""
        common: dict[int, Fraction] | None = None
        for product in products:
            powers = {
                base: power
                for base, exponent in self.factors(product)
                if self._has_terms(base)
                and (power := self.as_number(exponent)) is not None
                and power >= 1
                and power.denominator == 1
            }
            if common is None:
                common = powers
            else:
                common = {b: min(e, powers[b]) for b, e in common.items() if b in powers}
        return [(base, self.number(power)) for base, power in (common or {}).items()]

    def _meeting(self, scaled: Sequence[tuple[Fraction, int]]) -> dict[int, Fraction] | None:
        """The terms of a sum of products multiplied out, if terms of different ones meet."""
        spread: list[dict[int, Fraction]] = []
        for coefficient, form in scaled:
            part = self._spread(coefficient, form)
            if part is None:
                return None
            spread.append(part)
        met = self._gathered(
            [(c, form) for part in spread for form, c in part.items()], distribute=False
        )
        return met if len(met) < sum(map(len, spread)) else None

    def _spread(self, coefficient: Fraction, form: int) -> dict[int, Fraction] | None:
        """A form multiplied out whole: squares and cubes of sums at the most.

        ``None`` where that has more terms than anyone would want.
        """
        spread = {self.one: coefficient}
        for base, exponent in self.factors(form):
            power = self.as_number(exponent)
            if power in (1, 2, 3) and self._has_terms(base):
                times = [self.forms[base].parts] * int(power)
            else:
                times = [((self.power(base, exponent), 1),)]
            for terms in times:
                if len(terms) > _LARGEST_OPENED:
                    return None
                spread = self._gathered(
                    [
                        (c * k, self.multiply([(term, self.one), (other, self.one)]))
                        for term, c in spread.items()
                        for other, k in terms
                    ],
                    distribute=False,
                )
                if len(spread) > _LARGEST_OPENED:
                    return None
        return spread

    def _sharing(self, terms: dict[int, Fraction]) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """The bases that several terms have in common, with those terms and their exponents.

        The key tells exponents apart that share nothing: positive ones go together, a
        denominator or a symbolic exponent is shared only with its like.
        """
        sharing: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for term in terms:
            for base, exponent in self.factors(term):
                power = self.as_number(exponent)
                if power is None or power < 0:
                    key = base, exponent
                elif self.forms[base].size or power.denominator > 1:
                    key = base, self.one
                else:
                    continue
                if self.forms[base].size or power is None or power < 0 or power.denominator > 1:
                    sharing.setdefault(key, []).append((term, exponent))
        return {key: found for key, found in sharing.items() if len(found) > 1}

    def _common_power(self, key: tuple[int, int], terms: Sequence[int]) -> int:
        """The exponent of a shared base that can be taken out of all of ``terms``."""
        base, exponent = key
        if exponent != self.one:
            return exponent
        powers = [
            power
            for term in terms
            for b, e in self.factors(term)
            if b == base and (power := self.as_number(e)) is not None and power > 0
        ]
        return self.number(min(powers))

    # products -------------------------------------------------------------------------------

    def power(self, base: int, exponent: int) -> int:
        """A form to the power of a form."""
        return self.multiply([(base, exponent)])

    def multiply(self, powers: Iterable[tuple[int, int]]) -> int:
        """The product of powers ``(base, exponent)``, like powers gathered."""
        coefficient = Fraction(1)
        factors: dict[int, int] = {}
        exponentials: list[tuple[Fraction, int]] = []
        pending = list(powers)[::-1]
        while pending:
            base, exponent = pending.pop()
            number, base = self._number_out_of(base, exponent)
            coefficient *= number
            if coefficient == 0:
                return self.zero
            inner = self._inner_powers(base, exponent)
            if inner is not None:
                pending.extend(reversed(inner))
                continue
            power = self.as_number(exponent)
            if self.is_call(base, "exp") and power is not None:
                exponentials.append((power, self.forms[base].args[0]))
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
        overlapping = self._signs_taken_up(product) or self._overlapping(product)
        if overlapping is not None:
            return self.scale(coefficient, self.multiply(overlapping))
        return self.scale(coefficient, self._product(product))

    def _signs_taken_up(self, factors: dict[int, int]) -> list[tuple[int, int]] | None:
        """The factors with a sign and a size of the same form made one.

        ``sign(x)*x = abs(x)``, ``sign(x)*abs(x) = x``, ``sign(x)/abs(x) = 1/x``,
        ``x/abs(x) = sign(x)``.
        """
        for base, exponent in factors.items():
            entry = self.forms[base]
            if entry.kind != "call" or entry.name not in ("sign", "abs"):
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

    def _overlapping(self, factors: dict[int, int]) -> list[tuple[int, int]] | None:
        """The factors with whole powers shifted between a root of a product and its parts.

        ``(x*y)^(1/2) / (x*y) = (x*y)^(-1/2)``, and likewise for a symbolic exponent;
        ``x^2 / (y * (x^2*y)^(1/2)) = (x^2*y)^(1/2) / y^2``. So terms that differ only in this
        become like terms.
        """
        for base, exponent in factors.items():
            if self.forms[base].kind != "product":
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
                return [*others, *taken, (base, self.add(exponent, self.number(shift)))]
        return None

    @property
    def _exponential_place(self) -> int:
        """A mark for where in a product its exponentials stand."""
        return self.atom("place", "exp")

    def _with_exponential(self, factors: dict[int, int], argument: int) -> dict[int, int]:
        """``exp(x)*exp(y) = exp(x + y)``, in the place of the first of them."""
        together = self.call("exp", (argument,))
        place = self._exponential_place
        if argument == self.zero:
            return {b: e for b, e in factors.items() if b != place}
        if together in factors:  # exp(x)^y*exp(x) = exp(x)^(y + 1)
            rest = {b: e for b, e in factors.items() if b != place}
            return rest | {together: self.add(rest[together], self.one)}
        return {together if b == place else b: e for b, e in factors.items()}

    def _number_out_of(self, base: int, exponent: int) -> tuple[Fraction, int]:
        """A power of ``c*x`` as a number and the base that is left."""
        power = self.as_number(exponent)
        number, rest = self.split(base)
        if base == self.zero:
            if power is not None and power > 0:
                return Fraction(0), self.one
            return Fraction(1), base
        if power is None or number == 1:
            if power is not None and power.denominator == 1 and self._leads_negative(base):
                return Fraction(-1) ** int(power), self.negate(base)
            return Fraction(1), base
        exact = _exact_power(number, power)
        if exact is not None:
            return exact, rest
        return Fraction(1), base

    def _leads_negative(self, form: int) -> bool:
        parts = self.forms[form].parts
        return self.forms[form].kind == "sum" and len(parts) > 1 and parts[0][1] < 0

    def _inner_powers(self, base: int, exponent: int) -> list[tuple[int, int]] | None:
        """The factors of a power of a product, where it can be taken apart.

        ``(x^a * y^b)^n = x^(a*n) * y^(b*n)`` for small whole ``n``: ``(x/y)^40`` is an ordinary
        number where ``x^40`` and ``y^40`` have left the range of doubles;
        ``(x^(1/2))^r = x^(r/2)``, as with every even root;
        ``abs(x)^n = x^n`` for even ``n``.
        """
        power = self.as_number(exponent)
        if power is None:
            return None
        if self.forms[base].kind == "product" and len(self.forms[base].parts) == 1:
            ((root, of),) = self.factors(base)
            inside = self.as_number(of)
            if inside is not None and inside.denominator % 2 == 0:
                return [(root, self.number(inside * power))]
        if power.denominator != 1:
            return None
        if self.is_call(base, "abs") and power % 2 == 0:
            return [(self.forms[base].args[0], exponent)]
        if self.forms[base].kind != "product" or base == self.one:
            return None
        if len(self.forms[base].parts) > _LARGEST_OPENED:
            return None
        if len(self.forms[base].parts) > 1 and abs(power) > _LARGEST_SPREAD_POWER:
            return None
        return [(inner, self.scale(power, e)) for inner, e in self.factors(base)]


def _best_shift(power: Fraction | None, parts: Sequence[tuple[Fraction, Fraction]]) -> int:
    """How many whole powers of a product to take in from outside it, for the least exponents.

    ``parts`` are the exponents of each part outside and inside the product, ``power`` that of
    the product, ``None`` for a symbolic one. No shift makes a part that may be 0 a divisor.
    """

    def finite(shift: int, outside: Fraction, inside: Fraction) -> bool:
        whole = Fraction(shift) if power is None else power + shift
        return outside - shift * inside >= 0 and whole * inside >= 0

    def cost(shift: int) -> tuple[Fraction, int, int, int]:
        left = [outside - shift * inside for outside, inside in parts]
        left += [] if power is None else [power + shift]
        below = sum(exponent < 0 for exponent in left)
        return sum(map(abs, left), Fraction(0)), sum(map(bool, left)), below, shift

    wanted = [outside / inside for outside, inside in parts]
    wanted += [] if power is None else [-power]
    shifts = {0, *map(math.floor, wanted), *map(math.ceil, wanted)}
    sound = (
        shift for shift in shifts if all(finite(shift, *part) for part in parts if finite(0, *part))
    )
    return min(sound, key=cost)


def _exact_power(number: Fraction, power: Fraction) -> Fraction | None:
    """``number^power`` where it is rational and of reasonable size."""
    if power.denominator == 1:
        if abs(power) > _LARGEST_EXPONENT or number == 0:
            return None
        exact = number ** int(power)
        kept = abs(power) == 1 or 1 / _LARGEST_POWER < abs(exact) < _LARGEST_POWER
        return exact if kept else None
    if power.denominator != 2 or number < 0 or abs(power) > _LARGEST_EXPONENT:
        return None
    top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
    if top * top != number.numerator or bottom * bottom != number.denominator:
        return None
    return Fraction(top, bottom) ** power.numerator

"""Combining terms of a sum where that makes it smaller, and taking out common factors."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from autograd_graph.symbolic.algebra import LARGEST_OPENED, Forms
from autograd_graph.symbolic.factoring import without_common_factors
from autograd_graph.symbolic.forms import Call, Product, Sum

_MOST_TIDIED = 24
"""Sums of more terms than this are not searched for terms to combine."""

_MOST_READ = 600
"""Nor are sums in a result of more forms than this, which is too long to be read anyway."""


def factored(forms: Forms, roots: Sequence[int]) -> list[int]:
    """The forms with common factors taken out of their sums: ``g*a + g*b = g*(a + b)``.

    Only functions, roots and sums are taken out, not plain names, as people write it. Done last: a
    factored sum hides terms that could still have been collected.
    """
    last = len(forms.forms)
    needed = bytearray(last)
    for root in roots:
        needed[root] = 1
    for form in range(last - 1, -1, -1):
        if needed[form]:
            for part in forms.parts(form):
                needed[part] = 1
    tidy = sum(needed) <= _MOST_READ
    new: dict[int, int] = {}
    for form in range(last):
        if needed[form]:
            new[form] = _rebuilt(forms, form, new, tidy)
    return [new[root] for root in roots]


def _rebuilt(forms: Forms, form: int, new: dict[int, int], tidy: bool) -> int:
    match forms[form]:
        case Call(name=name, args=args):
            return forms.call(name, [new[arg] for arg in args])
        case Product(factors=factors):
            return forms.multiply((new[base], new[power]) for base, power in factors)
        case Sum(terms=scaled):
            terms = forms.gathered(((c, new[term]) for term, c in scaled), distribute=False)
            return without_common_factors(forms, _tidied(forms, terms) if tidy else terms)
    return form


def _tidied(forms: Forms, terms: dict[int, Fraction]) -> dict[int, Fraction]:
    """Terms combined where that makes the sum smaller, before factors are taken out.

    Each step compares pairs of terms, so only sums short enough to be read are tidied.
    """
    if not 1 < len(terms) <= _MOST_TIDIED:
        return terms
    return _multiplied_out(forms, _over_one_denominator(forms, _choices_together(forms, terms)))


def _choices_together(forms: Forms, terms: dict[int, Fraction]) -> dict[int, Fraction]:
    """Terms with choices that have the same condition combined.

    ``where(c, a, b) + k*where(c, x, y) = where(c, a + k*x, b + k*y)``
    """
    asking: dict[int, list[tuple[Fraction, int]]] = {}
    for term, c in terms.items():
        if forms.is_call(term, "where"):
            asking.setdefault(forms.arguments(term, "where")[0], []).append((c, term))
    if all(len(asked) == 1 for asked in asking.values()):
        return terms
    scaled: list[tuple[Fraction, int]] = []
    for term, c in terms.items():
        if not forms.is_call(term, "where"):
            scaled.append((c, term))
            continue
        condition = forms.arguments(term, "where")[0]
        asked = asking.pop(condition, [])
        if len(asked) > 1:
            branches = (
                forms.combine((k, forms.arguments(where, "where")[branch]) for k, where in asked)
                for branch in (1, 2)
            )
            asked = [(Fraction(1), forms.call("where", (condition, *branches)))]
        scaled += asked
    return forms.gathered(scaled, distribute=False)


def _over_one_denominator(forms: Forms, terms: dict[int, Fraction]) -> dict[int, Fraction]:
    """Terms over powers of one base over a common denominator, if numerators then combine.

    ``1/(x + 1) - x/(x + 1)^2 = 1/(x + 1)^2``
    """
    powers: dict[int, dict[int, Fraction]] = {}
    for term in terms:
        for base, exponent in forms.factors(term):
            power = forms.as_number(exponent)
            if power is not None and power < 0:
                powers.setdefault(base, {})[term] = power
    for base, of in powers.items():
        lowest = min(of.values())
        steps = {term: power - lowest for term, power in of.items()}
        if len(set(of.values())) == 1 or any(n.denominator > 1 or n > 3 for n in steps.values()):
            continue
        above = [
            (terms[t], forms.multiply([(t, forms.one), (base, forms.number(-lowest))])) for t in of
        ]
        numerator = _expanded_sum(forms, above)
        if numerator is None:
            continue
        fraction = forms.multiply([(numerator, forms.one), (base, forms.number(lowest))])
        if forms[fraction].size < forms.sum_size({t: terms[t] for t in of}):
            first = next(iter(of))
            parts = [
                (Fraction(1), fraction) if term == first else (c, term)
                for term, c in terms.items()
                if term == first or term not in of
            ]
            return forms.gathered(parts, distribute=False)
    return terms


def _multiplied_out(forms: Forms, terms: dict[int, Fraction]) -> dict[int, Fraction]:
    """Terms with their products expanded, if like terms then combine: ``x*(x + 1) - x``."""
    if len(terms) < 2 or not any(
        forms.is_sum(base) for term in terms for base, _ in forms.factors(term)
    ):
        return terms
    met = _expanded_sum(forms, [(c, term) for term, c in terms.items()])
    if met is None:
        return terms
    factored = without_common_factors(forms, terms)
    if forms[met].size >= min(forms.sum_size(terms), forms[factored].size):
        return terms
    return dict(forms.terms(met))


def _expanded_sum(forms: Forms, scaled: Sequence[tuple[Fraction, int]]) -> int | None:
    """The expanded sum of products as one form, if like terms of different products combine.

    Sums that all of them share stay factors: expanded, their roots would be lost to rounding.
    ``3*(x - 1)^2*(x + 1) - (x - 1)^3 = (x - 1)^2*(2*x + 4)``
    """
    shared = _shared_sums(forms, [form for _, form in scaled])
    rest = [
        (c, forms.multiply([(form, forms.one), *((b, forms.negate(e)) for b, e in shared)]))
        for c, form in scaled
    ]
    met = _expanded_terms(forms, rest)
    if met is None:
        return None
    return forms.multiply([*shared, (without_common_factors(forms, met), forms.one)])


def _shared_sums(forms: Forms, products: Sequence[int]) -> list[tuple[int, int]]:
    """The sums that are factors of all ``products``, with the power they have in common."""
    common: dict[int, Fraction] | None = None
    for product in products:
        powers = {
            base: power
            for base, exponent in forms.factors(product)
            if forms.is_sum(base)
            and (power := forms.as_number(exponent)) is not None
            and power >= 1
            and power.denominator == 1
        }
        if common is None:
            common = powers
        else:
            common = {b: min(e, powers[b]) for b, e in common.items() if b in powers}
    return [(base, forms.number(power)) for base, power in (common or {}).items()]


def _expanded_terms(
    forms: Forms, scaled: Sequence[tuple[Fraction, int]]
) -> dict[int, Fraction] | None:
    """The terms of the expanded sum of products; ``None`` if none of different ones combine."""
    spread: list[dict[int, Fraction]] = []
    for coefficient, form in scaled:
        part = _expanded_product(forms, coefficient, form)
        if part is None:
            return None
        spread.append(part)
    met = forms.gathered(
        [(c, form) for part in spread for form, c in part.items()], distribute=False
    )
    return met if len(met) < sum(map(len, spread)) else None


def _expanded_product(forms: Forms, coefficient: Fraction, form: int) -> dict[int, Fraction] | None:
    """A form expanded completely, with at most squares and cubes of sums.

    ``None`` if the result has more than :data:`LARGEST_OPENED` terms.
    """
    spread = {forms.one: coefficient}
    for base, exponent in forms.factors(form):
        power = forms.as_number(exponent)
        if power in (1, 2, 3) and forms.is_sum(base):
            times = [forms.terms(base)] * int(power)
        else:
            times = [((forms.power(base, exponent), Fraction(1)),)]
        for terms in times:
            if len(terms) > LARGEST_OPENED:
                return None
            spread = forms.gathered(
                [
                    (c * k, forms.multiply([(term, forms.one), (other, forms.one)]))
                    for term, c in spread.items()
                    for other, k in terms
                ],
                distribute=False,
            )
            if len(spread) > LARGEST_OPENED:
                return None
    return spread

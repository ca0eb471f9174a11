"""Taking common factors out of sums: ``g*a + g*b = g*(a + b)``.

Only functions, roots and sums are taken out, not plain names, as people write it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from autograd_graph.symbolic.algebra import Forms

_MOST_FACTORED = 64
"""Sums of more terms than this are not searched for common factors."""


def without_common_factors(forms: Forms, terms: dict[int, Fraction]) -> int:
    """The sum with its largest common factor taken out, repeatedly while there is one."""
    while 1 < len(terms) <= _MOST_FACTORED:
        sharing = _sharing(forms, terms)
        if not sharing:
            break
        key = max(sharing, key=lambda k: (len(sharing[k]) - 1) * (1 + forms[k[0]].size))
        found = sharing[key]
        common = _common_power(forms, key, [term for term, _ in found])
        inner = without_common_factors(
            forms,
            forms.gathered(
                ((terms[term], _without(forms, term, key[0], common)) for term, _ in found),
                distribute=False,
            ),
        )
        content, inner = _content(forms, inner)
        outer = forms.multiply([(key[0], common), (inner, forms.one)])
        taken = {term for term, _ in found}
        rest = [(c, term) for term, c in terms.items() if term not in taken]
        first = next(iter(terms)) in taken
        parts = [(content, outer), *rest] if first else [*rest, (content, outer)]
        gathered = forms.gathered(parts, distribute=False)
        if len(gathered) >= len(terms):
            break
        terms = gathered
    if len(terms) == 1:
        ((term, c),) = terms.items()
        return forms.scale(c, term)
    return forms.sum_of(terms)


def _content(forms: Forms, form: int) -> tuple[Fraction, int]:
    """The absolute value that all coefficients of a sum share, and the sum divided by it.

    ``4*exp(x) - 4 = 4*(exp(x) - 1)``
    """
    sizes = {abs(c) for _, c in forms.terms(form)}
    if not forms.is_sum(form) or len(sizes) > 1:
        return Fraction(1), form
    (size,) = sizes
    return size, forms.combine((c / size, term) for term, c in forms.terms(form))


def _without(forms: Forms, term: int, base: int, power: int) -> int:
    """A term divided by a power of one of its factors."""
    left = {
        b: forms.add(e, forms.negate(power)) if b == base else e for b, e in forms.factors(term)
    }
    return forms.product_of({b: e for b, e in left.items() if e != forms.zero})


def _sharing(
    forms: Forms, terms: dict[int, Fraction]
) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """The bases that several terms have in common, with those terms and their exponents.

    The key separates exponents that have nothing in common: all positive ones have the same key, a
    denominator or a symbolic exponent is shared only with equal ones.
    """
    sharing: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for term in terms:
        for base, exponent in forms.factors(term):
            power = forms.as_number(exponent)
            if power is None or power < 0:
                key = base, exponent
            elif forms[base].size or power.denominator > 1:
                key = base, forms.one
            else:
                continue
            if forms[base].size or power is None or power < 0 or power.denominator > 1:
                sharing.setdefault(key, []).append((term, exponent))
    return {key: found for key, found in sharing.items() if len(found) > 1}


def _common_power(forms: Forms, key: tuple[int, int], terms: Sequence[int]) -> int:
    """The exponent of a shared base that can be taken out of all ``terms``."""
    base, exponent = key
    if exponent != forms.one:
        return exponent
    powers = [
        power
        for term in terms
        for b, e in forms.factors(term)
        if b == base and (power := forms.as_number(e)) is not None and power > 0
    ]
    return forms.number(min(powers))

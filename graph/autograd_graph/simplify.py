"""Simplification: a graph to normal form and back to a graph that reads well.

The way in reads each node's form from those of its arguments (:mod:`autograd_graph.forms`,
:mod:`autograd_graph.rules`). A long sum or product is gathered once, at its root, so the pass is
linear in the graph. The way back chooses how to write a form: signs out, numbers first,
divisions together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce
from math import isfinite

from autograd_graph.collector import collector_paused
from autograd_graph.evaluation import apply
from autograd_graph.forms import Forms
from autograd_graph.graph import CONSTANT, INPUT, LITERAL, Graph, Number, exact
from autograd_graph.op import Op
from autograd_graph.rules import HALF, simplified_call
from autograd_graph.status import DOMAIN, SINGULAR

_LARGEST_DENOMINATOR = 1000
"""Larger ones than this are not kept below the line where there are decimals above it."""

_SCALE = Fraction(2) ** 1000
"""Coefficients further from 1 than this are written as products: doubles end soon after."""

_ADDITIVE = frozenset({"add", "sub", "neg", "identity"})
_MULTIPLICATIVE = frozenset({"mul", "div", "neg", "identity"})


def simplify(
    graph: Graph, roots: Sequence[int], given: dict[str, float] | None = None
) -> tuple[Graph, list[int]]:
    """A simpler graph with the same values, and the nodes in it that ``roots`` became.

    Wherever the original and its gradient are finite, so are the result and its gradient, and
    they agree to rounding. ``given`` are inputs to be replaced by numbers, once all is simplified
    that holds for any: ``x^2/x`` at 0 is 0.
    """
    with collector_paused():
        graph, roots = _simplified(graph, roots, {})
        return _simplified(graph, roots, given) if given else (graph, roots)


def undefined(graph: Graph, roots: Sequence[int]) -> list[int]:
    """The roots that are no number, as ``y*(0/0)`` is none whatever ``y`` is."""
    found = _undefined(graph, _settled(graph, {}), all)
    return [root for root in roots if found[root]]


def _simplified(
    graph: Graph, roots: Sequence[int], given: dict[str, float]
) -> tuple[Graph, list[int]]:
    forms = Forms()
    found = _forms_of(graph, roots, forms, given)
    writer = _Writer(graph, forms, given)
    return writer.graph, writer.write(forms.factored([found[root] for root in roots]))


def put_in(graph: Graph, given: dict[str, float]) -> Graph:
    """The same graph with numbers in place of the ``given`` inputs and constants."""
    other = graph.copy()
    for leaves in (other.inputs, other.constants):
        for name in given.keys() & leaves.keys():
            node = leaves.pop(name)
            other.ops[node], other.args[node] = LITERAL, ()
            other.numbers[node] = given[name]
            del other.names[node]
    return other


# graph to forms --------------------------------------------------------------------------------


def _forms_of(
    graph: Graph, roots: Sequence[int], forms: Forms, given: dict[str, float]
) -> dict[int, int]:
    """The form of every node under ``roots`` that is not gathered into a larger one."""
    settled = _settled(graph, given)
    undefined = _undefined(graph, settled, any)
    inlined = _inlined(graph, roots, undefined)
    plain, asked = _uses(graph, roots)
    found: dict[int, int] = {}
    as_written: dict[int, int] = {}
    for node, kind in enumerate(inlined):
        if asked[node]:
            as_written[node] = _as_written(graph, node, as_written, settled, forms, given)
        if kind is None or not plain[node]:
            continue  # not under a root, or part of a longer sum or product
        row, args = graph.ops[node], graph.args[node]
        if row is LITERAL or row in (INPUT, CONSTANT):
            found[node] = _leaf(graph, node, forms, given)
        elif row.name in ("add", "sub") and not undefined[node]:
            found[node] = forms.combine(_addends(graph, node, inlined, found))
        elif row.name in ("mul", "div") and not undefined[node]:
            found[node] = forms.multiply(_multiplicands(graph, node, inlined, found, forms))
        elif (row.flat or row.name == "mod") and all(arg in settled for arg in args):
            found[node] = _literal(forms, _value(row, [settled[arg] for arg in args]))
        elif row.asks and args[0] in settled:
            found[node] = _decided(forms, settled[args[0]], found[args[1]], found[args[2]])
        else:
            operands = tuple(
                as_written[arg] if _asks(row, place) else found[arg]
                for place, arg in enumerate(args)
            )
            if undefined[node] and row.name != "identity":
                found[node] = forms.call(
                    row.name, _with_signed_zeros(args, operands, settled, forms)
                )
            else:
                found[node] = simplified_call(forms, row.name, operands)
    return found


def _leaf(graph: Graph, node: int, forms: Forms, given: dict[str, float]) -> int:
    if graph.ops[node] is LITERAL:
        return _literal(forms, graph.numbers[node])
    name = graph.names[node]
    value = given.get(name)
    return forms.atom(graph.ops[node].name, name) if value is None else _literal(forms, value)


# what is asked stays as it was written ----------------------------------------------------------


def _asks(row: Op, place: int) -> bool:
    """Whether an operator jumps with an argument, so that the argument's rounding decides.

    ``floor(0.3/0.1)`` is 2 on doubles, where the exact quotient is 3. The sign of a number that
    is not lost in rounding is the same either way.
    """
    return place < row.asks or row.name == "mod" or (row.flat and row.name != "sign")


def _uses(graph: Graph, roots: Sequence[int]) -> tuple[bytearray, bytearray]:
    """For each node, whether it is used as a number, and whether something jumps with it."""
    plain, asked = bytearray(len(graph)), bytearray(len(graph))
    for root in roots:
        plain[root] = 1
    for node in range(len(graph) - 1, -1, -1):
        for place, arg in enumerate(graph.args[node]):
            asks = _asks(graph.ops[node], place)
            asked[arg] |= asked[node] | (plain[node] & asks)
            plain[arg] |= plain[node] & (not asks)
    return plain, asked


def _settled(graph: Graph, given: dict[str, float]) -> dict[int, float]:
    """The values of the nodes that only numbers reach, as doubles."""
    settled: dict[int, float] = {}
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if row is LITERAL:
            settled[node] = float(graph.numbers[node])
        elif row in (INPUT, CONSTANT):
            if graph.names[node] in given:
                settled[node] = given[graph.names[node]]
        elif all(arg in settled for arg in args):
            settled[node] = _value(row, [settled[arg] for arg in args])
    return settled


def _value(row: Op, arguments: Sequence[float]) -> float:
    """What ``eval`` has for an operator."""
    try:
        return row.run(*arguments)
    except (ValueError, OverflowError, ZeroDivisionError):
        return apply(row, arguments)


def _decided(forms: Forms, condition: float, chosen: int, other: int) -> int:
    """A choice whose condition is a number."""
    if condition != condition:
        return _literal(forms, condition)
    return chosen if condition else other


# what is not a number ---------------------------------------------------------------------------


def _undefined(
    graph: Graph, settled: dict[int, float], branches: Callable[[Iterable[int]], bool]
) -> bytearray:
    """For each node, whether something like ``0/0``, ``log(0)`` or ``x/0`` goes into it.

    The algebra of the reals is not true of such nodes: ``0*log(0)`` is not 0, nor is
    ``1/0 - 1/0``. They stay as they are written. A number too large for a double is a number:
    ``10^400/10^399`` is 10. A choice that is open is undefined where ``any`` or ``all`` of its
    ``branches`` are.
    """
    undefined = bytearray(len(graph))
    for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if row.asks and args[0] in settled:
            condition = settled[args[0]]
            undefined[node] = condition != condition or undefined[args[1 if condition else 2]]
        elif row.asks:
            undefined[node] = undefined[args[0]] or branches(undefined[arg] for arg in args[1:])
        elif any(undefined[arg] for arg in args) or _divides_by_zero(row, args, settled):
            undefined[node] = 1
        elif node in settled and not isfinite(settled[node]):
            undefined[node] = _is_undefined(row, settled[node], [settled[arg] for arg in args])
    return undefined


def _divides_by_zero(row: Op, args: Sequence[int], settled: dict[int, float]) -> bool:
    return row.name == "div" and settled.get(args[1]) == 0


def _is_undefined(row: Op, value: float, arguments: Sequence[float]) -> bool:
    """Whether a value that is not finite is that of a pole or outside a domain."""
    if not arguments:
        return True
    if not all(map(isfinite, arguments)):
        return False
    constant = (True,) * len(arguments)
    return value != value or row.status(value, constant, arguments) in (SINGULAR, DOMAIN)


def _with_signed_zeros(
    args: Sequence[int], operands: Sequence[int], settled: dict[int, float], forms: Forms
) -> list[int]:
    """The forms of arguments, where a zero has kept its sign: ``x/-0`` is not ``x/0``."""
    minus_zero = forms.call("neg", (forms.zero,))
    return [
        minus_zero if repr(settled.get(arg)) == "-0.0" else operand
        for arg, operand in zip(args, operands, strict=True)
    ]


def _as_written(
    graph: Graph,
    node: int,
    as_written: dict[int, int],
    settled: dict[int, float],
    forms: Forms,
    given: dict[str, float],
) -> int:
    """A node as a form to which no algebra is applied."""
    row, args = graph.ops[node], graph.args[node]
    if not args or row in (INPUT, CONSTANT):
        return _leaf(graph, node, forms, given)
    if row.flat and node in settled:
        return _literal(forms, settled[node])
    if row.name == "identity":
        return as_written[args[0]]
    return forms.call(row.name, [as_written[arg] for arg in args])


def _literal(forms: Forms, number: float | Fraction) -> int:
    if isfinite(number):
        return forms.number(exact(number))
    return forms.atom("literal", repr(float(number)))


def _inlined(graph: Graph, roots: Sequence[int], undefined: bytearray) -> list[bool | None]:
    """For each node: ``False``; ``None`` for one not under a root or gathered by its only user."""
    users = [0] * len(graph)
    state: list[bool | None] = [None] * len(graph)
    family: list[str] = [""] * len(graph)
    for root in roots:
        users[root] += 2
    for node in range(len(graph) - 1, -1, -1):
        if not users[node]:
            continue
        name = graph.ops[node].name
        inside = users[node] == 1 and _joins(name, family[node])
        state[node] = None if inside else False
        here = family[node] if inside or undefined[node] else _family(name)
        for arg in graph.args[node]:
            users[arg] += 1
            family[arg] = here
    return state


def _family(name: str) -> str:
    if name in ("add", "sub"):
        return "sum"
    return "product" if name in ("mul", "div") else ""


def _joins(name: str, family: str) -> bool:
    if family == "sum":
        return name in _ADDITIVE
    return family == "product" and name in _MULTIPLICATIVE


def _addends(
    graph: Graph, root: int, state: list[bool | None], found: dict[int, int]
) -> list[tuple[Fraction, int]]:
    """The terms of a whole sum, left to right."""
    addends: list[tuple[Fraction, int]] = []
    stack = [(Fraction(1), root)]
    while stack:
        sign, node = stack.pop()
        if node in found:
            addends.append((sign, found[node]))
            continue
        name, args = graph.ops[node].name, graph.args[node]
        if len(args) == 2:
            stack.append((-sign if name == "sub" else sign, args[1]))
        stack.append((-sign if name == "neg" else sign, args[0]))
    return addends


def _multiplicands(
    graph: Graph, root: int, state: list[bool | None], found: dict[int, int], forms: Forms
) -> list[tuple[int, int]]:
    """The factors of a whole product, left to right."""
    factors: list[tuple[int, int]] = []
    stack = [(forms.one, root)]
    while stack:
        power, node = stack.pop()
        if node in found:
            factors.append((found[node], power))
            continue
        name, args = graph.ops[node].name, graph.args[node]
        if name == "neg":
            factors.append((forms.minus_one, forms.one))
        if len(args) == 2:
            stack.append((forms.negate(power) if name == "div" else power, args[1]))
        stack.append((power, args[0]))
    return factors


# forms to graph --------------------------------------------------------------------------------


def _without_tens(whole: int) -> int:
    """A whole number without its factors 2 and 5: 1 where its quotients are short decimals."""
    for prime in (2, 5):
        while whole % prime == 0:
            whole //= prime
    return whole


class _Writer:
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
        """The nodes of ``roots``. A form's parts have smaller numbers, so order is by number."""
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
        entry = self._forms[form]
        if entry.kind == "call":
            return list(entry.args)
        if entry.kind == "sum":
            return [part for term, _ in entry.parts for part in self._bases(term)]
        return self._bases(form) if entry.kind == "product" else []

    def _bases(self, term: int) -> list[int]:
        if self._forms[term].kind != "product":
            return [term]
        bases: list[int] = []
        for base, exponent in self._forms.factors(term):
            bases.append(base)
            if self._forms.as_number(exponent) is None:
                negative = self._goes_below(base, exponent)
                bases.extend(self._parts(exponent) if negative else [exponent])
        return bases

    def _write(self, form: int) -> int:
        entry = self._forms[form]
        if entry.kind == "atom":
            return self._leaf(entry.name)
        if entry.kind == "call":
            return self.graph.add(entry.name, *(self._nodes[arg] for arg in entry.args))
        return self._sum(list(self._forms.terms(form)))

    def _negated(self, form: int) -> int:
        """The node of ``-x`` for a form ``x`` whose parts are written."""
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
        """A number as what to write above and below the line.

        Fractions stay fractions. Where the program has decimals, so has what comes of it: what
        tens and their parts divide is written above the line, over a whole number that the
        program itself has where there is one (``0.1*pi/180``).
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
        """A positive number as literals to be multiplied: one, unless it is beyond doubles."""
        scales: list[Fraction] = []
        while number and not 1 / _SCALE < number < _SCALE:
            scales.append(_SCALE if number > 1 else 1 / _SCALE)
            number /= scales[-1]
        if not scales:
            return [self._number(number)]
        return [self.graph.literal(Number(repr(float(factor)))) for factor in (number, *scales)]

    def _number(self, number: Fraction) -> int:
        """A literal: a fraction, or where the program has decimals the nearest double."""
        if number.denominator == 1 and abs(number) < 10**15:
            return self.graph.literal(number.numerator)
        if number.denominator == 1 or self._decimal:
            return self.graph.literal(Number(repr(float(number))))
        return self.graph.literal(number)

    def _signed(self, coefficient: Fraction, term: int) -> int:
        """A term with its coefficient, a sign inside a difference or on the first factor."""
        turned = self._turned_difference(term) if coefficient < 0 else None
        if turned is not None:
            return self._product(-coefficient, list(self._forms.factors(term)), turned)
        return self._term(coefficient, term)

    def _term(self, coefficient: Fraction, term: int) -> int:
        key = (coefficient, term)
        if key not in self._scaled:
            factors = list(self._forms.factors(term)) if term != self._forms.one else []
            self._scaled[key] = self._product(coefficient, factors)
        return self._scaled[key]

    def _turned_difference(self, term: int) -> int | None:
        """A factor that takes up a sign by being turned round: ``-(a - b)*c = (b - a)*c``."""
        for base, exponent in self._forms.factors(term):
            parts = self._forms[base].parts
            difference = (
                self._forms[base].kind == "sum" and len(parts) > 1 and any(c < 0 for _, c in parts)
            )
            if difference and self._forms.as_number(exponent) in (1, -1):
                return base
        return None

    def _sum(self, terms: list[tuple[int, Fraction]]) -> int:
        """Terms in order, a positive one first, a number last; signs become differences."""
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
        """A coefficient times powers: numbers, names, functions, sums; one division at most.

        ``turned`` is the base that stands with its sign changed.
        """
        above: list[int] = []
        below: list[int] = []
        for base, exponent in sorted(factors, key=self._place):
            node = self._negated(base) if base == turned else self._nodes[base]
            negative = self._goes_below(base, exponent)
            (below if negative else above).append(self._power(node, exponent, negative))
        numerator, denominator = self._fraction(abs(coefficient))
        if numerator != 1 or not above:
            leading, *scales = self._numbers(numerator)
            above = [leading, *above, *scales]  # what has no double meets the rest in between
        if denominator != 1:
            below[:0] = self._numbers(Fraction(denominator))
        if coefficient < 0:
            above[0] = self.graph.add("neg", above[0])
        top = self._chain(above)
        return self.graph.add("div", top, self._chain(below)) if below else top

    def _goes_below(self, base: int, exponent: int) -> bool:
        """Whether a power is written as a divisor: ``1/x^n``, but ``e^(-x)`` and ``2^(-x)``."""
        if not self._forms.is_negative(exponent):
            return False
        if self._forms.as_number(exponent) is not None:
            return True
        constant = self._forms[base].kind == "atom" and self._forms[base].name in (
            self._source_constants
        )
        return not constant and self._forms.as_number(base) is None

    def _chain(self, nodes: list[int]) -> int:
        product = nodes[0]
        for node in nodes[1:]:
            product = self.graph.add("mul", product, node)
        return product

    def _place(self, factor: tuple[int, int]) -> tuple[int, int]:
        """Numbers and constants first, then inputs by name, functions, sums."""
        base, exponent = factor
        entry = self._forms[base]
        if self._forms.as_number(base) is not None:
            return 0, 0
        if entry.kind == "atom":
            power = self._forms.as_number(exponent)
            whole = power is not None and power.denominator == 1
            return (1, self._order.get(entry.name, -1)) if whole else (2, 0)
        return (3, 0) if entry.kind in ("sum", "product") else (2, 0)

    def _power(self, base: int, exponent: int, negated: bool) -> int:
        """A node to the power of an exponent, or of the exponent with its sign changed."""
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

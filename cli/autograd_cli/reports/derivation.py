"""A derivation as equations: what `explain` draws on a terminal and writes for other readers.

Everything is formulas; how a sign looks is left to those who show them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite, isnan
from typing import TYPE_CHECKING, Literal, TypeVar

from autograd_cli.drawing.folding import folded
from autograd_graph.formula import (
    Formula,
    change,
    joined,
    name,
    number,
    slope,
    total,
    words,
)
from autograd_graph.graph import INPUT
from autograd_graph.steps.forward_mode import Tangent

if TYPE_CHECKING:
    from autograd_cli.reports.explain import ExplainReport, Nudge
    from autograd_graph.steps.explanation import Entry, Term
    from autograd_graph.steps.slopes import Slope
    from autograd_graph.steps.steps import Step

MANY = 40
"""How many equations of a section are shown, the first and the last."""

FEW = 6
"""How many terms of a sum are shown."""

_LONG = 40
"""The most tokens of a local derivative into which numbers are put as a side of its own."""

Kind = Literal["step", "output", "input", "unused"]

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Line:
    """One equation: ``left``, and sides each equal to it, of which the last is the number.

    A side is ``None`` where it would say the same as the next one, or nothing.

    ``remark`` is what is to be said of it: a ``status``, or ``rules``, or why it is 0. ``joins``
    says whether it is one product, and so may be aligned with others; ``sound`` whether the number
    is finite.
    """

    left: Formula
    sides: tuple[Formula | None, ...]
    kind: Kind = "step"
    remark: Formula | None = None
    status: str = ""
    rules: bool = False
    open: bool = False
    """Whether the result is left out, for others to work it out."""
    joins: bool = True
    sound: bool = True
    given: bool = False
    """Whether it says what is known from the start, and nothing is to be worked out."""


@dataclass(frozen=True, slots=True)
class _Product:
    """One product of the chain rule: a derivative that comes along, times a step's own slope.

    ``passes`` says whether the step passes it on: what was not chosen does not. Forwards the slope
    is written first.
    """

    flow: Formula
    amount: float
    local: Formula
    slope: Slope
    result: float
    passes: bool
    forwards: bool

    def of(self, flow: Formula, local: Formula) -> Formula:
        """The product of two formulas in the places of the two factors."""
        if self.forwards:
            return (local.factor if local.loose else local).times(flow.factor)
        return flow.times(local.factor)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and equations under it; ``None`` is where ``hidden`` ones are left out."""

    title: Formula
    lines: tuple[Line | None, ...]
    hidden: int = 0


class Derivation:
    """The sections of a report.

    ``written`` makes the text of a number, ``dots`` stand for what is left out of long sums and
    passes unless ``everything`` is wanted.
    """

    def __init__(
        self,
        report: ExplainReport,
        written: Callable[[float], str],
        dots: str,
        everything: bool = False,
    ) -> None:
        self._report = report
        self._explanation = report.explanation
        self._written = written
        self._dots = words(dots)
        self._everything = everything
        self.cut = False
        """Whether any sum was cut, once the sections were made."""

    def forward(self) -> Section:
        """The forward pass: what leaves are worked out from, and the steps in order."""
        steps = self._explanation.forward
        leaves = [node for node in self._report.worked if node != steps[0].node]
        rows: list[Step | int] = [*leaves, *steps]
        return self._section("Forward pass", rows, self._computed)

    def backward(self) -> Section:
        """The backward pass: the derivatives from the output back."""
        return self._section("Backward pass", self._explanation.backward, self._entry)

    def gradient(self) -> Section | None:
        """The gradient in the names of the steps, where it goes through several of them."""
        output, graph = self._explanation.steps.output, self._explanation.steps.graph
        inputs = [
            entry
            for entry in self._explanation.backward
            if graph.ops[entry.node] is INPUT and entry.terms
        ]
        through = [term.through.node for entry in inputs for term in entry.terms]
        if len(through) == len(inputs) and set(through) <= {output}:
            return None  # the backward pass has just said the same
        return self._section("Gradient", inputs, self._whole)

    def trace(self) -> tuple[Section, Section]:
        """Forward mode: the values, and beside each its tangent."""
        trace = self._report.trace
        assert trace is not None
        moved = {tangent.node for tangent in trace.tangents}
        still = [Tangent(n, None, (), 0.0) for n in self._report.worked if n not in moved]
        rows = (*still, *trace.tangents)
        values = self._section("Values", rows, self._valued)
        tangents = self._section("Tangents", rows, self._tangent)
        listed: list[Formula] = []
        for by, amount in trace.direction.items():
            node = self._explanation.steps.graph.inputs[by]
            at = self._report.worked.get(node) or self._number(self._explanation.values[node])
            t = name(trace.parameter)
            step = t if amount == 1 else self._number(amount).times(t)
            place = name(by).equals(total([at, _later(step)]))
            listed += [words(", " if listed else "along "), place]
        return values, replace(tangents, title=joined((words("Tangents "), *listed)))

    def nudge(self, nudge: Nudge) -> Section:
        """The predicted and the actual effect of a change of an input."""
        of, by = self._report.output, nudge.name
        at, to, before, after = (
            number(text)
            for pair in ((nudge.at, nudge.at + nudge.by), (nudge.before, nudge.after))
            for text in _apart(*pair, self._written)
        )
        predicted = self._number(nudge.slope).times(self._number(nudge.by).factor)
        title = joined((words("Nudge "), name(by), words(" from "), at, words(" to "), to))
        return Section(
            title,
            (
                Line(
                    words("predicted"),
                    (
                        slope(of, by, "total").times(change(by)),
                        predicted,
                        self._number(nudge.predicted),
                    ),
                    sound=isfinite(nudge.predicted),
                ),
                Line(
                    words("happens"),
                    (change(of), after.minus(before.factor), self._number(nudge.actual)),
                    sound=isfinite(nudge.actual),
                ),
            ),
        )

    def _section(self, title: str, rows: Sequence[Row], told: Callable[[Row], Line]) -> Section:
        shown = rows if self._everything else folded(rows, MANY)
        lines = tuple(None if row is None else told(row) for row in shown)
        return Section(words(title), lines, len(rows) - MANY)

    def _computed(self, row: Step | int) -> Line:
        """A step, or a leaf that is worked out."""
        if isinstance(row, int):
            return self._leaf(row)
        return self._step(row) if row.inner else self._leaf(row.node)

    def _leaf(self, node: int) -> Line:
        """A leaf, with the expression of its value if it has one."""
        value, expression = self._explanation.values[node], self._report.worked.get(node)
        number = self._number(value)
        substituted = expression and self._put_constants(expression)
        return Line(
            name(self._explanation.label(node)),
            _without_repeats(expression, substituted, number),
            self._kind(node) if node == self._explanation.steps.output else "input",
            sound=isfinite(value),
            given=expression is None,
        )

    def _put_constants(self, formula: Formula) -> Formula:
        constants, values = self._explanation.steps.graph.constants, self._explanation.values
        return formula.put({name: self._written(values[n]) for name, n in constants.items()})

    def _step(self, step: Step) -> Line:
        explanation, node = self._explanation, step.node
        value = explanation.values[node]
        status = self._report.statuses.get(node, "")
        return Line(
            name(step.label),
            _without_repeats(
                step.formula,
                explanation.substituted(step, self._written),
                self._number(value),
            ),
            "unused" if status == "unused" else self._kind(node),
            words(status) if status else None,
            status,
            sound=isfinite(value),
            given=all(kind in ("number", "sign") for _, kind in step.formula.tokens),
        )

    def _entry(self, entry: Entry) -> Line:
        of, by = self._report.output, self._explanation.label(entry.node)
        terms = self._few(entry.terms)
        products = [None if term is None else self._handed_back(term, by) for term in terms]
        return Line(
            slope(of, by, "total"),
            self._sides(products, entry.value),
            self._kind(entry.node) if entry.terms else "step",
            self._remark(entry, by, terms),
            rules=self._report.rules,
            joins=len(terms) == 1,
            sound=isfinite(entry.value),
        )

    def _handed_back(self, term: Term, by: str) -> _Product:
        through = term.through.label
        return _Product(
            slope(self._report.output, through, "total"),
            term.upstream or 0.0,
            slope(through, by, "local"),
            term.slope,
            term.product,
            term.flows,
            forwards=False,
        )

    def _whole(self, entry: Entry) -> Line:
        formula, result = entry.whole, self._number(entry.value)
        sides = formula and (formula, self._explanation.put_in(formula, self._written), result)
        unknown = "it has no value here" if isnan(entry.value) else "formula too long"
        return Line(
            slope(self._report.output, self._explanation.label(entry.node), "total"),
            _without_repeats(*(sides or (None, None, result))),
            "input",
            None if formula else words(unknown),
            sound=isfinite(entry.value),
        )

    def _valued(self, tangent: Tangent) -> Line:
        """The value of what moves: a step's equation, or an input's number."""
        if tangent.step is not None:
            return self._step(tangent.step)
        return self._leaf(tangent.node)

    def _tangent(self, tangent: Tangent) -> Line:
        trace, label = self._report.trace, self._explanation.label
        assert trace is not None
        of, t = label(tangent.node), trace.parameter
        products = [
            None
            if share is None
            else _Product(
                slope(label(share.source), t, "total"),
                share.tangent,
                slope(of, label(share.source), "local"),
                share.slope,
                share.product,
                share.flows,
                forwards=True,
            )
            for share in self._few(tangent.shares)
        ]
        return Line(
            slope(of, t, "total"),
            self._sides(products, tangent.value),
            self._kind(tangent.node),
            joins=len(products) == 1,
            sound=isfinite(tangent.value),
            given=tangent.step is None,
        )

    def _few(self, terms: Sequence[Row]) -> Sequence[Row | None]:
        """The terms of a sum that are shown, with ``None`` where some are left out."""
        shown = terms if self._everything else folded(terms, FEW, last=1)
        self.cut |= None in shown
        return shown

    def _sides(
        self, products: Sequence[_Product | None], value: float
    ) -> tuple[Formula | None, ...]:
        """The chain rule, its formulas, the numbers put in, the products, and their sum."""
        if not products:
            return None, None, None, None, None, self._number(value)

        def of(product: _Product, local: Formula | None) -> Formula:
            if not product.passes:
                return number("0")
            slope = self._number(product.slope.value) if local is None else local
            return product.of(self._number(product.amount), slope)

        formulas = [product.slope.formula for product in products if product is not None]
        short = sum(len(formula.tokens) for formula in formulas if formula is not None) <= _LONG
        return _without_repeats(
            self._sum(products, lambda product: product.of(product.flow, product.local)),
            self._sum(products, lambda product: of(product, product.slope.formula)),
            self._sum(products, lambda product: of(product, self._put_in(product.slope.formula)))
            if short
            else None,
            self._sum(products, lambda product: of(product, None)),
            self._sum(products, lambda product: self._number(product.result))
            if len(products) > 1
            else None,
            self._number(value),
        )

    def _put_in(self, formula: Formula | None) -> Formula | None:
        return None if formula is None else self._explanation.put_in(formula, self._written)

    def _sum(
        self, products: Sequence[_Product | None], part: Callable[[_Product], Formula]
    ) -> Formula:
        """The sum of a formula for each product; negative ones in parentheses except at first."""
        addends = [self._dots if product is None else part(product) for product in products]
        return total(_later(addend) if n else addend for n, addend in enumerate(addends))

    def _remark(self, entry: Entry, by: str, terms: Sequence[Term | None]) -> Formula | None:
        """Why nothing flows back, if so, or else the rules for the local derivatives."""
        explanation = self._explanation
        if not entry.terms and entry.node != explanation.steps.output:
            reached = entry.node in explanation.steps.labels
            return words("nothing flows back to it" if reached else "it is not used")
        idle = [term.through.label for term in entry.terms if term.upstream is None]
        if idle:
            return joined((words("nothing flows back to "), name(idle[0])))
        if not all(term.flows for term in entry.terms):
            return words("what was not chosen hands back nothing")
        if not self._report.rules or not entry.terms:
            return None
        shown = [term for term in terms if term is not None]
        told = [
            (slope(term.through.label, by, "local"), _listed(", ", term.slope.rules))
            for term in shown
            if term.slope.rules
        ]
        if not told:
            return None
        if len(told) == len(shown) and len({rules for _, rules in told}) == 1:
            return told[0][1]
        return _listed("; ", [joined((local, words(": "), rules)) for local, rules in told])

    def _kind(self, node: int) -> Kind:
        steps = self._explanation.steps
        if node == steps.output:
            return "output"
        return "input" if steps.graph.ops[node] is INPUT else "step"

    def _number(self, value: float) -> Formula:
        return number(self._written(value))


def _without_repeats(*sides: Formula | None) -> tuple[Formula | None, ...]:
    """The sides without those that are equal to the next one."""
    kept = list(sides)
    after = kept[-1]
    for n in range(len(kept) - 2, -1, -1):
        if str(kept[n]) == str(after):
            kept[n] = None
        after = kept[n] or after
    return tuple(kept)


def _apart(first: float, second: float, written: Callable[[float], str]) -> tuple[str, str]:
    """Two numbers with enough digits to tell them apart."""
    texts = written(first), written(second)
    for digits in range(1, 18):
        if texts[0] != texts[1] or first == second:
            break
        finer = f"{first:.{digits}g}", f"{second:.{digits}g}"
        texts = finer if finer[0] != finer[1] else texts
    return texts


def _later(addend: Formula) -> Formula:
    """``(-3) * x``: a negative addend after the start of a sum is put in parentheses."""
    first, *rest = addend.tokens
    return Formula((*Formula((first,)).factor.tokens, *rest))


def _listed(between: str, parts: Sequence[Formula]) -> Formula:
    """Several parts with words between them."""
    separated = [(words(between), part) if n else (part,) for n, part in enumerate(parts)]
    return joined(part for pair in separated for part in pair)

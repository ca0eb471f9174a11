"""What an operator is: one row that holds every fact about it.

The formulas of a row are written once, over a number system ``xp``
(:mod:`autograd_graph.numbers.system`). A formula never asks which kind of number it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from autograd_graph.numbers import floats
from autograd_graph.record import Record
from autograd_graph.signature import Signature
from autograd_graph.status import Status

Interval = tuple[float, float]
Formula = Callable[..., Any]
Latex = str | tuple[str, str]
Constant = tuple[bool, ...]
"""For each argument of an operator, whether it is constant: it depends on no input."""

Form = Literal["computed", "textbook", "code", "policy"]
"""Forms of derivatives: as the passes compute them, as people read them, and as exported code does:
in the textbook form where that is as accurate, or as the passes do, at kinks and poles too."""


class Edge(NamedTuple):
    """The value, gradient and status specified at an awkward point, as data that tests check.

    ``partials`` is the gradient with every argument varying, ``None`` for an argument without flow;
    ``constant`` lists the positions of arguments that are constants instead.
    """

    at: tuple[float, ...]
    value: float
    partials: tuple[float | None, ...]
    status: Status
    constant: tuple[int, ...] = ()


class Op(Record, kw_only=True):
    """One operator: its names, its value, its derivatives and its awkward points.

    ``name``
        As the user types it; ``aliases`` are other spellings of the same row.
    ``parameters``
        The signature as shown: ``"x, slope=0.01"``; ``"x1, ..., xn"`` for any number.
    ``summary``
        What it is, in a few words.
    ``value``
        ``value(xp, *arguments)``.
    ``partials``
        ``partials(xp, y, *arguments)``: the derivative by each argument in the form that is
        computed, accurate over the whole domain; ``None`` where it is identically 0.
    ``textbook``
        The partials in the form that is shown, if that differs.
    ``lossy``
        Whether the textbook form loses digits, overflows on the way, or has no value where
        ``partials`` has one: exported code then uses ``partials``. For choices: whether the
        textbook form hands back too much if more than two arguments tie: code then uses
        ``shares``.
    ``definition``
        ``definition(xp, *arguments)``: the value as it is usually written, or in terms of simpler
        operators, if ``value`` has another form.
    ``latex``
        How LaTeX writes it: the command that is its name, or a template
        (:mod:`autograd_graph.export.target`). If empty, its definition is written.
    ``slope``
        The derivative in words, where a formula would not be readable: for a variable number of
        arguments, or a choice.
    ``caveat``
        Where the textbook form and the policy for awkward points differ, as text for the user.
    ``constant_last``
        ``partials`` for a last argument that is a constant (``x^n``).
    ``shares``
        Choice operators only, in place of ``partials``: ``shares(xp, adjoint, y, constant,
        *arguments)`` routes the adjoint to the chosen arguments. ``constant[i]`` is true if
        argument ``i`` depends on no input. The first ``asks`` arguments are conditions and not
        among the choices. ``textbook_shares`` is the form that is shown, if that differs.
    ``meets``
        For a choice that asks: ``meets(xp, y, *choices)``, whether its choices have one value: it
        is continuous where a condition changes over (:mod:`autograd_graph.passes.conditions`).
    ``awkward``
        Statuses of points that the value alone does not show (a kink, a jump, a pole, an infinite
        slope), with conditions ``condition(xp, y, constant, *arguments)``; the first that holds
        counts. Conditions use comparisons, ``&``, ``|`` and the members of the number system.
    ``awkward_in``
        The positions of the arguments by whose sign alone it is awkward: the denominator of a
        quotient. ``None``: its value and all arguments tell.
    ``poles``
        Whether it has poles where no double is, so that no condition of ``awkward`` meets them.
    ``rule``
        The name of its differentiation rule, whatever its arguments are; empty for a second name
        of a node. ``None``: the derivative itself is the rule.
    ``symmetry``
        ``"odd"`` where ``f(-x) = -f(x)``, ``"even"`` where ``f(-x) = f(x)``.
    ``commutes``
        Whether its two arguments may change places: the same floats come of it, bit for bit.
    ``inverse``
        The operator ``g`` with ``f(g(x)) = x`` wherever ``g(x)`` is defined.
    ``exact``
        Rational values by their rational arguments.
    ``rational``
        The value on rational numbers, for a continuous function (or the sign) that is rational
        on all of them.
    ``finite``
        Whether the value is finite for all arguments of ordinary size.
    ``comparison``
        Whether its value is 1 or 0, by comparing two numbers.
    ``flat``
        Whether the derivative is identically 0 where it exists: no adjoint flows through it.
    ``factors``
        For an operator whose value is a product of powers: ``factors(xp, *arguments)`` are the
        numbers of which one has to be 0 or infinite for the value or a partial to be exactly 0. If
        none is, a 0 has underflowed. Where the value is an argument times a factor that is 1, that
        factor stands in the place of another argument.
    ``verbatim``
        Whether each partial is one of the arguments, 0 or 1: a tiny one has lost nothing.
    ``rounded``
        Whether a tiny partial is rounded once, though the value is a product: it has lost half a
        unit.
    ``positive``
        Whether the value is above 0 for all finite arguments, so that a 0 has underflowed.
    ``carries``
        Whether the value is not finite where one of its arguments is not (or is 0, for one that is
        ``positive``); or the positions of the arguments for which that holds.
    ``shows``
        Whether the value is not finite wherever one of its own conditions (``awkward``) holds.
    ``infix``, ``binding``
        The symbol between its arguments, and how tightly it binds.
    ``fast``
        A function for the value on floats that is faster than ``value``. It may raise
        ``ValueError``, ``OverflowError`` or ``ZeroDivisionError``; then ``value`` is used.
    ``domain``
        Where it is defined, as text for the user; empty for everywhere.
    ``places``
        Where it has kinks, jumps or poles, as text for the user: ``"jump where x = y"``. Needed for
        several arguments only; with one, the points of ``edges`` are shown.
    ``probe``
        For each argument the interval from which tests sample.
    ``edges``
        The specified results at awkward points.
    ``ulps``
        The largest errors of the value and of the partials, in units in the last place.
    ``work``
        About how many times as long as those of a sum its value and its slopes take: much longer
        without a formula in doubles.
    ``fixed``
        The positions of arguments that have to be constants (the order of ``polygamma``).
    ``called``
        The name it is called by, if that is another row's, which takes another number of
        arguments: ``log(x, base)``.
    ``example``, ``window``
        What a plot shows for a function of several arguments, as an expression of ``x``, and over
        which interval. Without an example, the other arguments are 1.
    ``function``
        Whether it is called by its name; arithmetic and comparisons are only written infix.
    """

    name: str
    parameters: str
    summary: str
    value: Formula
    probe: tuple[Interval, ...]
    definition: Formula | None = None
    latex: Latex = ""
    partials: Formula | None = None
    textbook: Formula | None = None
    lossy: bool = False
    slope: str = ""
    caveat: str = ""
    constant_last: Formula | None = None
    shares: Formula | None = None
    textbook_shares: Formula | None = None
    asks: int = 0
    meets: Formula | None = None
    awkward: tuple[tuple[Status, Formula], ...] = ()
    awkward_in: tuple[int, ...] | None = None
    poles: bool = False
    rule: str | None = None
    symmetry: Literal["", "odd", "even"] = ""
    commutes: bool = False
    inverse: str = ""
    exact: Mapping[Any, float] = MappingProxyType({})
    rational: Callable[..., Any] | None = None
    finite: bool = False
    comparison: bool = False
    flat: bool = False
    factors: Formula | None = None
    verbatim: bool = False
    rounded: bool = False
    positive: bool = False
    carries: bool | tuple[int, ...] = False
    shows: bool = False
    infix: str = ""
    binding: int = 0
    fast: Callable[..., float] | None = None
    aliases: tuple[str, ...] = ()
    domain: str = ""
    places: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    ulps: tuple[float, float] = (4.0, 8.0)
    work: tuple[int, int] = (1, 1)
    fixed: tuple[int, ...] = ()
    called: str = ""
    example: str = ""
    window: Interval = (-6.0, 6.0)
    function: bool = True

    @cached_property
    def arguments(self) -> Signature:
        """The parsed parameters."""
        return Signature.of(self.parameters)

    @cached_property
    def takes(self) -> Callable[[int], bool]:
        """``takes(count)``: whether it can be called with ``count`` arguments."""
        return self.arguments.takes

    @cached_property
    def run(self) -> Callable[..., float]:
        """The value on floats: ``fast``, or ``value`` over the floats' number system."""
        if self.fast is not None:
            return self.fast
        value = self.value
        return lambda *arguments: value(floats, *arguments)

    def slopes_as(self, form: Form) -> Formula | None:
        """The partials in a form; ``None`` where nothing flows."""
        read = form == "textbook" or (form == "code" and not self.lossy)
        return (self.textbook if read else None) or self.partials

    def shares_as(self, form: Form, count: int) -> Formula | None:
        """The shares of a choice among ``count`` arguments in a form."""
        read = form == "textbook" or (form == "code" and not (self.lossy and count > 2))
        return (self.textbook_shares if read else None) or self.shares

    def status(self, value: float, constant: Constant, arguments: Sequence[float]) -> Status | None:
        """The status of a point by :attr:`awkward`; ``None`` if no condition holds."""
        try:
            for status, holds in self.awkward:
                if holds(floats, value, constant, *arguments):
                    return status
        except ZeroDivisionError:
            from autograd_graph.numbers import ieee

            numbers = [ieee.Ieee(number) for number in (value, *arguments)]
            for status, holds in self.awkward:
                if holds(ieee.system, numbers[0], constant, *numbers[1:]):
                    return status
        return None

    def __reduce__(self) -> tuple[Callable[[str], Op], tuple[str]]:
        """A row is pickled by its name: it is the table's, here and where it arrives."""
        return _row, (self.name,)

    @property
    def spelling(self) -> str:
        """The name it is called by in a program."""
        return self.called or self.name

    @property
    def signature(self) -> str:
        """``name(parameters)``, for messages."""
        return f"{self.spelling}({self.parameters})"


def _row(name: str) -> Op:
    from autograd_graph.graph import LEAVES
    from autograd_graph.operators import OPERATORS

    return OPERATORS.get(name) or next(row for row in LEAVES if row.name == name)

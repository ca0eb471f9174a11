"""What an operator is: one row that holds everything there is to know about it.

The formulas of a row are written once, over a number system ``xp``
(:mod:`autograd_graph.numbers.system`). A formula never asks what kind of number it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from autograd_graph.numbers import floats
from autograd_graph.signature import Signature
from autograd_graph.status import Status

Interval = tuple[float, float]
Formula = Callable[..., Any]
Latex = str | tuple[str, str]
Constant = tuple[bool, ...]
Form = Literal["computed", "textbook", "code"]
"""Of derivatives: what the passes compute, what people read, what exported code computes."""

"""For each argument of an operator, whether no input reaches it."""


@dataclass(frozen=True)
class Edge:
    """What holds at an awkward point: policy, written down as data and tested as such.

    ``partials`` is the gradient with every argument an input, ``None`` where nothing flows at
    all; ``constant`` lists the arguments that are constants instead.
    """

    at: tuple[float, ...]
    value: float
    partials: tuple[float | None, ...]
    status: Status
    constant: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Op:
    """One operator: its names, its value, its derivatives and its awkward points.

    name
        As the user types it; ``aliases`` are other spellings of the same row.

    Parameters
    ----------
        The signature for people: ``"x, slope=0.01"``; ``"x1, ..., xn"`` for any number.
    summary
        What it is, in a few words.
    value
        ``value(xp, *arguments)``.
    partials
        ``partials(xp, y, *arguments)``: the derivative by each argument in the form that is
        computed, accurate over the whole domain; ``None`` where it is identically 0.
    textbook
        The same in the form that people read, where that is another one.
    lossy
        Whether the textbook form loses digits, leaves the range of doubles on the way, or has no
        value, where ``partials`` does not: code then has ``partials``. For choices: whether the
        textbook form hands back too much where more than two tie: code then has ``shares``.
    definition
        ``definition(xp, *arguments)``: the value as people write it, or of simpler operators,
        where ``value`` is another form.
    latex
        How mathematics writes it: the command that is its name, or a template
        (:mod:`autograd_graph.export.target`). Without it, its definition is written.
    slope
        The derivative in words, where a formula would not say it: an open number of arguments,
        a choice.
    caveat
        Where the textbook form and the policy for awkward points differ, for people.
    constant_last
        ``partials`` for a last argument that is a constant (``x^n``).
    shares
        Choice operators only, in place of ``partials``: ``shares(xp, adjoint, y, constant,
        *arguments)`` routes the adjoint to what was chosen. ``constant[i]`` says that no input
        reaches argument ``i``. The first ``asks`` arguments are asked, not chosen among.
        ``textbook_shares`` is the form that people read, where that is another one.
    awkward
        Where a point needs a status beyond what the value itself tells (a kink, a jump, a pole,
        an infinite slope): statuses with conditions ``condition(xp, y, constant, *arguments)``,
        of which the first that holds counts. They are made of comparisons, ``&``, ``|`` and
        the members of the number system.
    rule
        What textbooks call the rule of its derivative, whatever its arguments are; empty for a
        second name of a node. ``None``: the rule is the derivative itself.
    symmetry
        ``"odd"`` where ``f(-x) = -f(x)``, ``"even"`` where ``f(-x) = f(x)``.
    inverse
        The operator ``g`` with ``f(g(x)) = x`` wherever ``g(x)`` is defined.
    exact
        Values that are rational at arguments that are.
    rational
        The value on rational numbers, for a continuous function (or the sign) that is rational
        on all of them.
    finite
        Whether the value is finite wherever the arguments are numbers of ordinary size.
    comparison
        Whether it is 1 or 0, by how two numbers compare.
    flat
        The derivative is identically 0 where there is one: nothing flows.
    factors
        For an operator whose value is a product of powers: ``factors(*arguments)`` are the floats
        of which one has to be 0 or infinite for the value or a partial to be 0. Where none is,
        a 0 has underflowed.
    positive
        Whether the value is above 0 wherever the arguments are finite: a 0 has underflowed.
    infix, binding
        How it is written between its arguments, and how tightly that binds.
    fast
        The value on floats, where something quicker than ``value`` has it. It may raise
        ``ValueError``, ``OverflowError`` or ``ZeroDivisionError``; ``value`` then answers.
    domain
        Where it is defined, for people; empty for everywhere.
    places
        Where it has a kink, a jump or a pole, for people: ``"jump where x = y"``. Needed where
        there are several arguments; otherwise the points of ``edges`` say it.
    probe
        An interval for each argument from which tests sample.
    edges
        What holds at awkward points.
    ulps
        How far value and partials may be from the truth, in units in the last place.
    fixed
        Arguments that have to be constants (the order of ``polygamma``).
    called
        The name it is called by where that is another row's, which takes another number of
        arguments: ``log(x, base)``.
    example, window
        What is drawn of a function of several arguments, as an expression of ``x``, and between
        which arguments. Where nothing is said, the others are 1.
    function
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
    awkward: tuple[tuple[Status, Formula], ...] = ()
    rule: str | None = None
    symmetry: Literal["", "odd", "even"] = ""
    inverse: str = ""
    exact: Mapping[Any, float] = field(default_factory=dict)
    rational: Callable[..., Any] | None = None
    finite: bool = False
    comparison: bool = False
    flat: bool = False
    factors: Callable[..., tuple[float, ...]] | None = None
    positive: bool = False
    infix: str = ""
    binding: int = 0
    fast: Callable[..., float] | None = None
    aliases: tuple[str, ...] = ()
    domain: str = ""
    places: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    ulps: tuple[float, float] = (4.0, 8.0)
    fixed: tuple[int, ...] = ()
    called: str = ""
    example: str = ""
    window: Interval = (-6.0, 6.0)
    function: bool = True

    @cached_property
    def arguments(self) -> Signature:
        """The parameters, taken apart."""
        return Signature.of(self.parameters)

    @cached_property
    def takes(self) -> Callable[[int], bool]:
        """``takes(count)``: whether it can be called with so many arguments."""
        return self.arguments.takes

    @cached_property
    def run(self) -> Callable[..., float]:
        """The value on floats: ``fast``, or ``value`` in the floats' number system."""
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
        """The status of a point that its value does not tell of."""
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

    @property
    def spelling(self) -> str:
        """The name it is called by."""
        return self.called or self.name

    @property
    def signature(self) -> str:
        """``name(parameters)``, for messages."""
        return f"{self.spelling}({self.parameters})"

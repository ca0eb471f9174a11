"""A program as a function of its inputs: the result of ``autograd_cli.compile``.

Every command of the command line calls one method here and shows the report that it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Unpack, overload

from autograd_cli.interface import values as reading
from autograd_cli.program import Program, inputs_named, named_node, normal
from autograd_grammar import MAX_NODES, parse
from autograd_graph import ProgramError, Tape

if TYPE_CHECKING:
    from autograd_cli.engines.engine import Engine
    from autograd_cli.fitting.run import FitRun
    from autograd_cli.interface.columns import Columns
    from autograd_cli.interface.files import Files, Rows
    from autograd_cli.interface.jax_bridge import JaxFunction
    from autograd_cli.interface.objective import Objective, RowsObjective
    from autograd_cli.interface.torch_bridge import TorchFunction
    from autograd_cli.reports.cost import CostReport
    from autograd_cli.reports.descend import DescentReport, DescentRun
    from autograd_cli.reports.diff import Code, Simplified, Written
    from autograd_cli.reports.eval import EvalReport
    from autograd_cli.reports.explain import ExplainReport
    from autograd_cli.reports.fit import FitReport
    from autograd_cli.reports.flow import FlowReport
    from autograd_cli.reports.graph import Diagram
    from autograd_cli.reports.page import Page
    from autograd_cli.reports.plot import Plot
    from autograd_cli.reports.total import TotalReport
    from autograd_cli.tables.mapping import MappedRows
    from autograd_cli.tables.tally import Tally
    from autograd_graph.descent.descent import Plan
    from autograd_graph.descent.moves import Method
    from autograd_graph.steps.steps import Grain

Frame = TypeVar("Frame")

Gradient = dict[str, float]


def compile(  # noqa: A001 - the usual word, as in `re`
    text: str,
    *,
    of: str | None = None,
    wrt: Sequence[str] | None = None,
    max_nodes: int = MAX_NODES,
) -> Function:
    """Parse a program's text and return it as a function from its inputs to its output.

    ``of`` names another node as the output, ``wrt`` the inputs to differentiate by (all of them if
    not given). Raises :class:`ProgramError`, whose text shows where the program is wrong.
    """
    if not isinstance(text, str):
        raise ProgramError(f"a program is a text, not {type(text).__name__}", code="bad-value")
    graph = parse(text, max_nodes=max_nodes)
    tape = Tape(graph, None if of is None else named_node(graph, of))
    asked = None
    if wrt is not None:
        asked = inputs_named(graph, [normal(name) for name in reading.listed(wrt)])
    return Function(Program(graph, tape, {}, asked, max_nodes=max_nodes))


class Function:
    """A program, perhaps with values for some of its inputs.

    It is immutable: :meth:`at` and :meth:`by` return new functions, so it may be shared by threads,
    copied and pickled. ``values`` of a method are the inputs by name; an input with the name of a
    parameter has to be given in a mapping, ``f({"wrt": 2})``.
    """

    __slots__ = ("_program",)

    def __init__(self, program: Program) -> None:
        self._program = program

    # what it is ---------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The program's text."""
        return self._program.graph.text

    @property
    def inputs(self) -> dict[str, float | None]:
        """The inputs in the order of the text, each with its value; ``None`` if it needs one."""
        return reading.known(self._program)

    @property
    def wrt(self) -> list[str]:
        """The inputs to differentiate by."""
        program = self._program
        return list(program.graph.inputs) if program.wrt is None else list(program.wrt)

    def __repr__(self) -> str:
        given = "".join(f", {name}={value!r}" for name, value in self._program.given.items())
        return f"<Function {reading.shortened(self.text)!r} of {', '.join(self.inputs)}{given}>"

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Function) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key()[:2])

    def _key(self) -> tuple[str, int, dict[str, float], list[str]]:
        program = self._program
        return program.graph.text, program.tape.output, program.given, self.wrt

    def __copy__(self) -> Function:
        return self

    def __deepcopy__(self, memo: object) -> Function:
        return self

    def __reduce__(self) -> tuple[type[Function], tuple[Program]]:
        return Function, (self._program,)

    # where it is ----------------------------------------------------------------------------------

    def at(self, point: Mapping[str, float] | None = None, /, **values: float) -> Function:
        """The function with values for some of its inputs or constants.

        They override values given before and the program's own. Raises :class:`ProgramError` for a
        name that the program does not have, and for a value that is not a number.
        """
        program = self._program
        given = program.given | reading.numbers(program, point, values)
        return Function(program.replaced(given=given))

    def friendly(self, seed: int) -> Function:
        """The function at a point of small numbers, drawn by ``seed``, at which nothing is awkward.

        Inputs that were given values keep them. Raises :class:`ProgramError` if no such point is
        found.
        """
        from autograd_cli.reports.friendly import friendly

        return self.at(friendly(self._program, seed))

    def by(self, *names: str) -> Function:
        """The function with only these inputs to differentiate by."""
        program = self._program
        if not all(isinstance(name, str) for name in names):
            raise ProgramError(
                "an input is named by a text", code="bad-value", hint='write f.by("x", "y")'
            )
        wrt = inputs_named(program.graph, list(map(normal, names)))
        return Function(program.replaced(wrt=wrt))

    # numbers --------------------------------------------------------------------------------------

    @overload
    def __call__(
        self, point: Mapping[str, float] | None = None, /, **values: float
    ) -> EvalReport: ...

    @overload
    def __call__(self, point: Mapping[str, Any] | None = None, /, **values: Any) -> Columns: ...

    def __call__(
        self, point: Mapping[str, Any] | None = None, /, **values: Any
    ) -> EvalReport | Columns:
        """Evaluate value, gradient and nodes at a point, or value and gradient at many points.

        If an input is given a sequence or an array, each row is a point, and the value and each
        derivative are arrays of that shape (NumPy is imported for it).
        """
        if reading.has_columns(point, values):
            from autograd_cli.interface.columns import evaluate

            return evaluate(self._program, point, values)
        return self.at(point, **values).evaluate()

    def gradient(
        self,
        point: Mapping[str, float] | None = None,
        /,
        *,
        wrt: Sequence[str] | None = None,
        **values: float,
    ) -> Gradient:
        """The derivative of the output by each input, without a report."""
        from autograd_cli.reports.evaluation import run, summary

        program = self._asked(point, wrt, values)
        return summary(run(program.tape, program.given), program.wrt).gradients

    def hessian(
        self,
        point: Mapping[str, float] | None = None,
        /,
        *,
        wrt: Sequence[str] | None = None,
        **values: float,
    ) -> dict[str, Gradient]:
        """The second derivatives: ``f.hessian(x=1, y=2)["x"]["y"]``."""
        from autograd_graph.passes.curvature import second_derivatives

        program = self._asked(point, wrt, values)
        names = list(program.graph.inputs if program.wrt is None else dict.fromkeys(program.wrt))
        matrix, _ = second_derivatives(program.tape, program.given, names, program.max_nodes)
        return {
            name: dict(zip(names, row, strict=True))
            for name, row in zip(names, matrix, strict=True)
        }

    def tangent(
        self,
        direction: Mapping[str, float],
        point: Mapping[str, float] | None = None,
        /,
        **values: float,
    ) -> float:
        """The derivative along ``direction``, which has a number for each input that changes."""
        from autograd_cli.reports.evaluation import run
        from autograd_cli.reports.second_order import along

        program = self._asked(point, None, values)
        steps = reading.numbers(program, direction, {})
        return along(run(program.tape, program.given), steps).value

    def _asked(
        self,
        point: Mapping[str, float] | None,
        wrt: Sequence[str] | None,
        values: Mapping[str, float],
    ) -> Program:
        found = self.at(point, **values)
        program = (found if wrt is None else found.by(*reading.listed(wrt)))._program
        program.require_values()
        return program

    # reports: one for each command ----------------------------------------------------------------

    def evaluate(
        self,
        *,
        hessian: bool = False,
        along: Mapping[str, float] | None = None,
        eigenvalues: bool = False,
    ) -> EvalReport:
        """The report of ``autograd eval``, with second or directional derivatives if asked for.

        The eigenvalues of a large Hessian are only worked out with ``eigenvalues``.
        """
        from autograd_cli.reports.eval import eval_report

        return eval_report(self._program, hessian, along, eigenvalues)

    def explain(
        self,
        *,
        by: Grain | None = None,
        rules: bool = False,
        nudges: Mapping[str, float] | None = None,
        along: Mapping[str, float] | None = None,
    ) -> ExplainReport:
        """The report of ``autograd explain``: both passes step by step.

        With ``along``, a number for each input that moves, forward mode in that direction is
        drawn in place of the backward pass.
        """
        from autograd_cli.reports.explain import explain_report

        _one_of("by", by, (None, "step", "operation"))
        return explain_report(self._program, by, rules, nudges or {}, along)

    def graph(
        self,
        *,
        by: Grain | None = None,
        gradients: bool = False,
        edges: bool = False,
        share: bool = False,
    ) -> Diagram:
        """The report of ``autograd graph``; a notebook shows it as a picture.

        With ``edges`` each wire knows the local derivative and what flows back on it; with
        ``share`` a repeated expression without a name of its own is one node.
        """
        from autograd_cli.reports.graph import diagram

        _one_of("by", by, (None, "step", "operation"))
        return diagram(self._program, by, gradients=gradients, edges=edges, share=share)

    def page(
        self,
        *,
        by: Grain | None = None,
        title: str | None = None,
        steps: bool = False,
        embed: bool = False,
        precision: int = 5,
    ) -> Page:
        """What ``autograd page`` writes; a notebook shows it: ``f.page().save("page.html")``.

        It starts at the first step with ``steps``, and is a fragment for another page with
        ``embed``. Its numbers have ``precision`` significant digits.
        """
        from autograd_cli.reports.page import page

        _one_of("by", by, (None, "step", "operation"))
        return page(self._program, by=by, title=title, first=steps, embed=embed, digits=precision)

    def flow(
        self,
        *,
        by: Grain | Literal["depth"] | None = None,
        threshold: float | None = None,
        clip: float | None = None,
    ) -> FlowReport:
        """The report of ``autograd flow``: the gradient's size by layer."""
        from autograd_cli.reports.flow import flow_report
        from autograd_graph.steps.flow import THRESHOLD

        _one_of("by", by, (None, "step", "operation", "depth"))
        limit = THRESHOLD if threshold is None else threshold
        return flow_report(self._program, by, limit, clip)

    def cost(self, *, measure: bool = False) -> CostReport:
        """The report of ``autograd cost``: the work of reverse mode, forward mode, differences."""
        from autograd_cli.reports.cost import cost_report

        return cost_report(self._program, measure)

    def plot(
        self,
        ranges: Mapping[str, tuple[float, float]] | None = None,
        *,
        start: Mapping[str, float] | None = None,
        plan: Plan | None = None,
    ) -> Plot:
        """The report of ``autograd plot``: the function over ranges of one or two inputs.

        ``f.plot({"x": (-3, 3)})``; with ``start`` the path of a descent from there is drawn. A
        notebook shows it as a picture.
        """
        from autograd_cli.reports.plot import plot

        return plot(self._program, ranges or {}, start, plan)

    def descend(
        self,
        *,
        method: Method = "gd",
        lr: float | None = None,
        steps: int = 10_000,
        until: float = 1e-6,
        momentum: float = 0.9,
        clip: float | None = None,
        maximize: bool = False,
        line_search: bool = False,
        hold: Iterable[str] = (),
    ) -> DescentReport:
        """What ``autograd descend`` comes to.

        It moves the inputs that have a value in the program, or those of :meth:`by`, except those
        in ``hold``. Without a rate ``lr``, a line search finds one for each step.
        """
        from autograd_graph.descent.descent import Plan

        plan = Plan(method, lr, steps, until, momentum, clip, maximize, line_search)
        run = self.descent(plan, hold)
        for _ in run:
            pass
        return run.report()

    def descent(
        self, plan: Plan, hold: Iterable[str] = (), *, traced: bool = True, flows: int = 0
    ) -> DescentRun:
        """A descent to iterate over, state by state; afterwards it has a report.

        The report shows the states that were ``traced``, and the gradient by layer at so many
        ``flows`` along the way.
        """
        from autograd_cli.reports.descend import DescentRun

        return DescentRun(self._program, plan, reading.listed(hold), traced=traced, flows=flows)

    def descent_on(
        self,
        data: Any,
        plan: Plan,
        hold: Iterable[str] = (),
        *,
        batch: int | None = None,
        seed: int = 0,
        traced: bool = True,
        **files: Unpack[Files],
    ) -> DescentRun:
        """A descent on the mean of the function over the rows of a table, as of :meth:`fit`.

        The parameters are the inputs without a column. With ``batch``, each step looks at so many
        rows, in an order that ``seed`` determines.

        How tables are read: ``rename`` has the column of an input that is not called like it,
        ``missing`` texts that stand for no value, ``kind`` the format of files whose names do not
        tell, ``delimiter`` what stands between their cells
        (:class:`autograd_cli.interface.files.Files`).
        """
        from autograd_cli.extras import require

        require("tables", "a descent on a table")
        from autograd_cli.fitting.descending import RowsDescent
        from autograd_cli.fitting.reading import rows_of
        from autograd_cli.interface.files import reading_of

        source = rows_of(self._program, data, reading_of(files), None)
        return RowsDescent(
            self._program, source, plan, reading.listed(hold), batch=batch, seed=seed, traced=traced
        )

    # formulas -------------------------------------------------------------------------------------

    def diff(self, *by: str) -> Function:
        """The derivative as a function: by one input, or by two in turn.

        Its text is what ``autograd diff`` prints, which is a program again. Without a name, the
        function must have exactly one input. Given values are substituted.
        """
        from autograd_cli.interface.derivative import derivative

        return derivative(self._program, by)

    def derivatives(self, *, order: int = 1, steps: bool = False) -> Written:
        """The derivatives by all inputs as text, as ``autograd diff`` prints them.

        With ``steps`` repeated sub-expressions are named and written once.
        """
        from autograd_cli.reports.diff import written

        return written(self.differentiate(order=order), steps)

    def differentiate(self, *, order: int = 1) -> Simplified:
        """The simplified derivatives as nodes of one graph, for code that works with graphs."""
        from autograd_cli.reports.diff import differentiate

        _one_of("order", order, (1, 2))
        return differentiate(self._program, order)

    def to(
        self,
        target: str,
        *,
        order: int = 1,
        name: str = "",
        table: str = "",
        dialect: str = "",
    ) -> str:
        """Code for the value and its derivatives, as ``diff --to`` writes it: ``f.to("latex")``.

        With ``order=2`` the Hessian too. Raises :class:`ProgramError` for what the target lacks.
        """
        return self.code(target, order=order, name=name, table=table, dialect=dialect).text

    def code(
        self,
        target: str,
        *,
        order: int = 1,
        name: str = "",
        table: str = "",
        dialect: str = "",
    ) -> Code:
        """The same with what is to be said of it."""
        from autograd_cli.reports.diff import code

        _one_of("order", order, (1, 2))
        return code(self._program, order, target, name=name, table=table, dialect=dialect)

    # for other libraries --------------------------------------------------------------------------

    @overload
    def objective(
        self,
        point: Mapping[str, float] | None = None,
        /,
        *,
        wrt: Sequence[str] | None = None,
        reduce: Literal["sum", "mean"] = "sum",
        **values: float,
    ) -> Objective: ...

    @overload
    def objective(
        self,
        point: Mapping[str, Any] | None = None,
        /,
        *,
        wrt: Sequence[str] | None = None,
        reduce: Literal["sum", "mean"] = "sum",
        **values: Any,
    ) -> RowsObjective: ...

    def objective(
        self,
        point: Mapping[str, Any] | None = None,
        /,
        *,
        wrt: Sequence[str] | None = None,
        reduce: Literal["sum", "mean"] = "sum",
        **values: Any,
    ) -> Objective | RowsObjective:
        """A function of one vector that returns the value and its gradient, for SciPy.

        ``scipy.optimize.minimize(f.objective(wrt=["w", "b"], x=1, y=2), [0, 0], jac=True)``; the
        vector holds the inputs of ``wrt`` in that order, by default all that have no value. Where
        some are given columns, ``x=[1, 2, 3]``, it is the sum or the mean over their rows.
        """
        from autograd_cli.interface.objective import objective

        given = reading.named(self._program, point, values)
        numbers = {name: value for name, value in given.items() if not reading.is_column(value)}
        columns = {}
        if len(numbers) < len(given):
            from autograd_cli.interface.columns import broadcast

            columns = broadcast({n: value for n, value in given.items() if n not in numbers})
        return objective(self.at(numbers)._program, wrt, columns, reduce)

    def map(self, frame: Frame, *, value: str = "value", slope: str = "d_{}") -> Frame:
        """A pandas or polars frame with further columns for the value and the derivatives.

        Columns named like inputs give their values; other inputs need a value. The new columns are
        named ``value``, and ``slope`` formatted with the input's name.
        """
        from autograd_cli.interface.frames import mapped

        return mapped(self._program, frame, value, slope)

    def map_files(
        self,
        *paths: str,
        **options: Unpack[Rows],
    ) -> MappedRows:
        """The rows of ``autograd map``: frames of polars, read part by part.

        ``for frame in f.map_files("data/*.csv")``, or ``f.map_files("a.csv").write("b.parquet")``.
        ``keep`` are the table's own columns that come out (all of them if not given), ``prefix``
        is the beginning of the names of the results. With ``status`` there is a column for the
        status of each row; with ``judged`` only the rows' tally has them. ``rename``, ``missing``,
        ``kind`` and ``delimiter`` say how files are read, as in :meth:`descent_on`
        (:class:`autograd_cli.interface.files.Rows`).
        """
        from autograd_cli.extras import require

        require("tables", "map_files")
        from autograd_cli.interface.files import reading_and_wanted
        from autograd_cli.tables.mapping import MappedRows

        return MappedRows(self._program, paths, *reading_and_wanted(options))

    def map_on(
        self,
        on: Engine,
        folder: str,
        *paths: str,
        written: str | None = None,
        header: bool = True,
        told: Callable[[int, int], None] = lambda done, all_of_them: None,
        **options: Unpack[Rows],
    ) -> Tally:
        """The same by the workers of a cluster, a file in ``folder`` for each file of the table.

        ``options`` are those of :meth:`map_files`; ``written`` is the format of these files, by
        default that of what they are made from. The folder appears once all of them are whole; what
        comes back says how the rows fared.
        """
        from autograd_cli.tables.elsewhere import Destination, mapped

        rows = self.map_files(*paths, **options)
        return mapped(on, rows, Destination(folder, written, header), told)

    def total(
        self,
        *paths: str,
        reduce: Literal["sum", "mean"] = "sum",
        told: Callable[[Tally, float | None], None] = lambda tally, share: None,
        on: Engine | None = None,
        told_parts: Callable[[int, int], None] = lambda done, all_of_them: None,
        **files: Unpack[Files],
    ) -> TotalReport:
        """The report of ``autograd eval --data``: the sum over the rows of tables, its gradient.

        It is differentiated by what is no column. The sums are rounded once: they do not depend on
        the order of the rows, nor on how they are shared out. ``told`` is called with the rows so
        far and the share that was read. ``rename``, ``missing``, ``kind`` and ``delimiter`` say how
        files are read, as in :meth:`descent_on`.
        With a cluster ``on`` (:func:`autograd_cli.connected`) its workers read the files, and
        ``told_parts`` is called with how many are done.
        """
        from autograd_cli.extras import require

        require("tables", "a total over a table")
        from autograd_cli.interface.files import reading_of
        from autograd_cli.reports.total import total_report
        from autograd_cli.tables.totals import summed

        _one_of("reduce", reduce, ("sum", "mean"))
        how = reading_of(files)
        if on is None:
            found = summed(self._program, self.inputs, paths, how, told)
        else:
            from autograd_cli.tables import elsewhere

            tables = elsewhere.found(on, paths, how)
            found = elsewhere.summed(on, self._program, self.inputs, tables, told_parts)
        return total_report(self._program, found, reduce)

    def merged(self, *paths: str, reduce: Literal["sum", "mean"] = "sum") -> TotalReport:
        """The report of ``autograd eval --merge``: the total of files that hold partial sums."""
        from autograd_cli.extras import require

        require("tables", "a sum of partial sums")
        from autograd_cli.reports.total import total_report
        from autograd_cli.tables.totals import joined

        _one_of("reduce", reduce, ("sum", "mean"))
        return total_report(self._program, joined(self._program, paths), reduce)

    def fit(
        self,
        data: Any,
        *,
        target: str | None = None,
        start: Mapping[str, float] | None = None,
        bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
        hold: Iterable[str] = (),
        steps: int = 10_000,
        on: Engine | None = None,
        **files: Unpack[Files],
    ) -> FitReport:
        """What ``autograd fit`` comes to: the parameters that are best for the rows of a table.

        ``data`` is a mapping of columns, a frame of pandas or polars, or the name of a file, or
        several names. The function comes close to the column ``target`` in least squares; without
        one its value is the loss of a row, and the sum of them is minimised. Parameters are the
        inputs without a column, or those of :meth:`by`, except those in ``hold``; they begin at
        ``start``, at their values, or at 1, and keep within ``bounds``, pairs in which ``None`` is
        no bound. Files are read by the workers of a cluster that the fit is ``on``
        (:func:`autograd_cli.connected`). ``rename``, ``missing``, ``kind`` and ``delimiter`` say
        how files are read, as in :meth:`descent_on`; of these, columns and frames take ``rename``.
        """
        return self.fitting(
            data,
            target=target,
            start=start,
            bounds=bounds,
            hold=hold,
            steps=steps,
            on=on,
            **files,
        ).run()

    def fitting(
        self,
        data: Any,
        *,
        target: str | None = None,
        start: Mapping[str, float] | None = None,
        bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
        hold: Iterable[str] = (),
        steps: int = 10_000,
        on: Engine | None = None,
        **files: Unpack[Files],
    ) -> FitRun:
        """The fit that is to be run: ``run(seen)`` tells each better place as it is reached.

        It takes what :meth:`fit` takes.
        """
        from autograd_cli.extras import require

        require("fit", "a fit")
        from autograd_cli.fitting.reading import rows_of
        from autograd_cli.fitting.run import FitRun
        from autograd_cli.interface.files import reading_of

        return FitRun(
            self._program,
            rows_of(self._program, data, reading_of(files), target, on),
            target,
            start=start or {},
            bounds=bounds or {},
            hold=reading.listed(hold),
            steps=steps,
        )

    def as_torch(self) -> TorchFunction:
        """A function of tensors by name, which PyTorch differentiates by this project's passes."""
        from autograd_cli.interface.torch_bridge import TorchFunction

        return TorchFunction(self._program)

    def as_jax(self) -> JaxFunction:
        """A function of arrays by name, which JAX differentiates, jits and maps."""
        from autograd_cli.interface.jax_bridge import JaxFunction

        return JaxFunction(self._program)

    # notebooks ------------------------------------------------------------------------------------

    def _repr_latex_(self) -> str:
        from autograd_cli.reports.diff import formula_in_latex

        return formula_in_latex(self._program)


def _one_of(what: str, value: object, possible: tuple[object, ...]) -> None:
    if value not in possible:
        raise ProgramError(
            f"{what} is {' or '.join(map(repr, possible))}, not {value!r}", code="bad-value"
        )

"""The report on a descent: its start, its end, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.program import Program, inputs_named
from autograd_cli.reports.evaluation import Note, Summary, evaluate, run, summary
from autograd_cli.reports.trace import Spaced, Trace
from autograd_graph import ProgramError, reverse
from autograd_graph.descent.descent import Descent, Plan, State
from autograd_graph.descent.objective import Objective
from autograd_graph.descent.verdict import Verdict, Watch
from autograd_graph.graph import Graph
from autograd_graph.labels import expression, labels, output_label
from autograd_graph.status import DOMAIN, OVERFLOW, SINGULAR
from autograd_graph.steps.flow import Layer, flow

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

FAILED = ("diverging", "not-finite", "oscillating", "unbounded", "edge", "jump", "stuck")
"""The verdicts on descents that would not succeed with more steps either."""

_FAR = "; the curvature is as small: the point of rest may be far away, or nowhere"

_FORESEEN = 1e9
"""More steps than this are not told as a number."""

_MOVE_ON = "move a parameter a little and go on from there"


@dataclass(frozen=True, slots=True)
class OverRows:
    """The rows of a table that a descent went over: how many, and how many missed a value.

    ``warnings`` say it in sentences.
    """

    used: int
    missing: int
    warnings: list[str]


@dataclass(frozen=True, slots=True, repr=False)
class DescentReport(formats.Report):
    """The report on a finished descent.

    ``note`` points at the node that stopped it, if any. ``trace`` has the recorded states, and
    ``flows`` the gradient by layer at some of them, if it was asked for. ``over`` are the rows of a
    descent on a table.
    """

    text: str
    output: str
    plan: Plan
    moved: list[str]
    held: dict[str, float]
    start: State
    end: State
    verdict: Verdict
    message: str
    note: Note | None
    summary: Summary
    trace: Trace
    flows: Spaced[tuple[Layer, ...]] | None
    over: OverRows | None = None

    @property
    def warnings(self) -> list[str]:
        """What a reader should know of the rows."""
        return [] if self.over is None else self.over.warnings

    @property
    def converged(self) -> bool:
        """Whether the verdict is ``converged``."""
        return self.verdict.kind == "converged"

    @property
    def columns(self) -> Sequence[str]:
        """The columns of a trace."""
        return columns(self.moved)

    def rows(self) -> Iterable[formats.Row]:
        """The recorded states."""
        for row in self.trace.rows():
            if row is not None:
                yield tuple(cells(row.state, row.change))

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """The trace, the plot of the loss, the parameters before and after, and the verdict."""
        from autograd_cli.views.descend import descent_view

        return descent_view(self, output, width)

    @property
    def final(self) -> dict[str, float]:
        """The last finite values of the parameters."""
        return dict(zip(self.moved, self.end.point, strict=True))

    def as_object(self) -> dict[str, Any]:
        """The result as JSON."""
        found = self.summary.as_object()
        content = {
            "steps": self.end.number,
            "verdict": self.verdict.kind,
            "message": self.message,
            "output": found["output"],
            "parameters": _numbers(self.moved, self.end.point),
            "gradients": found["gradients"],
            "norm": formats.json_number(self.end.norm),
            "start": {
                "output": formats.json_number(self.start.loss),
                "parameters": _numbers(self.moved, self.start.point),
                "gradients": _numbers(self.moved, self.start.gradient),
            },
            "held": _numbers(list(self.held), list(self.held.values())),
        }
        if self.over is not None:
            content |= {"rows": self.over.used, "missing": self.over.missing}
        return document("descend", content)


class DescentRun:
    """A descent, as an iterable over its states as they are reached.

    ``traced`` keeps states for the report to show, ``flows`` so many of the gradient's sizes by
    layer. Raises :class:`ProgramError` where there is nothing to move, and for inputs without a
    value.
    """

    def __init__(
        self,
        program: Program,
        plan: Plan,
        hold: Sequence[str] = (),
        *,
        traced: bool = True,
        flows: int = 0,
    ) -> None:
        moved = parameters(program, hold)
        program.require_values()
        objective = Objective(program.tape, program.given, moved)
        self._set(program, plan, Watch(Descent(objective, plan)), traced, flows)

    def _set(
        self, program: Program, plan: Plan, watch: Watch, traced: bool, flows: int = 0
    ) -> None:
        self.plan = plan
        self.objective = watch.descent.objective
        self._program = program
        self._descent = watch.descent
        self._watch = watch
        self._trace = Trace()
        self._traced = traced
        self._flows: Spaced[tuple[Layer, ...]] | None = Spaced(flows) if flows else None

    def __iter__(self) -> Iterator[State]:
        flows = self._flows
        for state in self._watch.states():
            if self._traced:
                self._trace.add(state)
                if flows is not None and flows.wants(state.number):
                    flows.add(state.number, layers(self.objective))
            yield state

    @property
    def begun(self) -> bool:
        """Whether any state was reached."""
        return self._watch.begun

    def report(self) -> DescentReport:
        """The report on the descent so far."""
        verdict = self._watch.verdict()
        start, end = self._ends()
        return DescentReport(
            text=self._program.graph.text,
            output=self._label(),
            plan=self.plan,
            moved=self.objective.names,
            held=self._held(),
            start=start,
            end=end,
            verdict=verdict,
            message=self._message(verdict, end),
            note=self._note(verdict),
            summary=self._summary(end),
            trace=self._trace,
            flows=self._flows,
        )

    def _message(self, verdict: Verdict, end: State) -> str:
        return _message(verdict, self._descent, end)

    def _label(self) -> str:
        return output_label(self._program.graph, self._program.tape.output)

    def _ends(self) -> tuple[State, State]:
        return self._watch.first, self._watch.last

    def _held(self) -> dict[str, float]:
        program, objective = self._program, self.objective
        moved = set(objective.names)
        return {
            name: objective.values[node]
            for name, node in program.graph.inputs.items()
            if name not in moved and program.tape.reached[node]
        }

    def _note(self, verdict: Verdict) -> Note | None:
        return _note(self._descent, verdict, self._program.graph)

    def _summary(self, end: State) -> Summary:
        objective = self.objective
        return summary(run(self._program.tape, objective.at(end.point)), objective.names)


def parameters(program: Program, hold: Sequence[str]) -> list[str]:
    """The inputs that are moved: those to which the program gives a default, or ``--wrt``.

    Raises :class:`ProgramError` if there are none.
    """
    graph = program.graph
    chosen = [name for name, node in graph.inputs.items() if node in graph.numbers]
    chosen += [name for name, node in graph.inputs.items() if graph.args[node]]
    names = sorted(chosen, key=graph.inputs.__getitem__) if program.wrt is None else program.wrt
    held = set(inputs_named(graph, hold))
    moved = [name for name in dict.fromkeys(names) if name not in held]
    if moved:
        return moved
    if held and names:
        raise ProgramError("every parameter is held, so there is nothing to move", code="bad-value")
    some = next(iter(graph.inputs), None)
    raise ProgramError(
        "the program has no parameters: it gives none of its inputs a value to begin with",
        code="missing-value",
        hint=f"--wrt {some} moves {some} from the value given"
        if some
        else "write w = 1; (w - 2)^2",
        text=graph.text,
    )


def settings(plan: Plan) -> str:
    """The plan of a descent in one line."""
    parts = ["maximize"] if plan.maximize else []
    parts.append(plan.method)
    if not plan.searches:
        parts.append(f"lr {plan.rate:g}")
    else:
        parts.append(
            "lr by line search" + (f" from {plan.rate:g}" if plan.rate is not None else "")
        )
    if plan.method in ("momentum", "adam"):
        parts.append(f"momentum {plan.momentum:g}")
    if plan.clip is not None:
        parts.append(f"clip {plan.clip:g}")
    parts.append(f"steps {plan.steps:,}")
    parts.append(f"until {plan.until:g}")
    return ", ".join(parts)


def columns(names: Sequence[str]) -> list[str]:
    """The header of a trace as CSV or TSV."""
    fixed = ["step", "output", "norm", "rate", "clipped", "predicted", "change"]
    return fixed + [f"at.{name}" for name in names] + [f"grad.{name}" for name in names]


def cells(state: State, change: float | None) -> Iterable[str]:
    """The cells of a state in the order of :func:`columns`."""
    yield str(state.number)
    yield from map(formats.number, (state.loss, state.norm, *_step(state), change))
    yield from map(formats.number, state.point)
    yield from map(formats.number, state.gradient)


def record(names: Sequence[str], state: State, change: float | None) -> dict[str, Any]:
    """A state as JSON."""
    rate, clipped, predicted = map(formats.json_number, _step(state))
    content = {
        "step": state.number,
        "output": formats.json_number(state.loss),
        "parameters": _numbers(names, state.point),
        "gradients": _numbers(names, state.gradient),
        "norm": formats.json_number(state.norm),
        "rate": rate,
        "clipped": clipped,
        "predicted": predicted,
        "change": formats.json_number(change),
    }
    return document("descend-step", content)


def layers(objective: Objective) -> tuple[Layer, ...]:
    """The flow of the gradient through the layers at the latest point."""
    values = objective.values
    return flow(objective.whole, values, reverse(objective.whole, values)).layers


def _step(state: State) -> tuple[float | None, float | None, float | None]:
    """The rate, clipping and prediction of the step that led to a state; the start has none."""
    if state.number == 0:
        return None, None, None
    return state.rate, state.clipped, state.predicted


def _numbers(names: Sequence[str], numbers: Sequence[float]) -> dict[str, Any]:
    return {n: formats.json_number(x) for n, x in zip(names, numbers, strict=True)}


def _note(descent: Descent, verdict: Verdict, graph: Graph) -> Note | None:
    """The node that caused the verdict: the first non-finite one, or the one with the kink."""
    objective = descent.objective
    if descent.broken is not None:
        notes = evaluate(objective.whole, objective.at(descent.broken), objective.names).notes
        return next((n for n in notes if n.status in (DOMAIN, SINGULAR, OVERFLOW)), None)
    if verdict.node is None:
        return None
    names = labels(graph)
    what = expression(graph, verdict.node, names)
    return Note(f"the kink is that of {what}", graph.spans[verdict.node], "kink")


def norm_reached(last: State) -> str:
    """How steep it is after how many steps."""
    done = "at the start" if last.number == 0 else f"after {_steps(last.number)}"
    return f"gradient norm {last.norm:.3g} {done}"


def _message(verdict: Verdict, descent: Descent, last: State) -> str:
    """The verdict in a sentence."""
    norm = norm_reached(last)
    match verdict.kind:
        case "converged":
            still = ", and no step lowers the value further" if descent.ended == "stalled" else ""
            return f"{norm}{still}{_signs(verdict)}{_FAR if verdict.far else ''}"
        case "falling":
            return f"{norm}; {_remaining(verdict, descent.plan)}"
        case "kink":
            return f"{norm}; the slope jumps here, so the gradient gives no direction"
        case "saddle":
            right = verdict.signs and verdict.signs[0 if descent.plan.maximize else 2]
            known = "" if right else f"; this is a saddle, or a {_other(descent)}"
            return f"{norm}{_signs(verdict)}{known}; {_MOVE_ON}"
        case "maximum" | "minimum":
            ways = f"the value {_better(descent)} in every direction"
            return f"{norm}{_signs(verdict)}; {ways}; {_MOVE_ON}"
        case "unbounded":
            return f"{norm}; the value {_better(descent)} without bound"
        case "flat":
            return f"{norm}; slope and curvature are 0, so there is no direction to go"
        case "edge":
            return f"{norm}; a step further leaves the domain, so the gradient cannot become 0 here"
        case "jump":
            return f"{norm}; the value jumps the wrong way just ahead"
        case "stuck":
            still = f"the value still {_better(descent)} ahead"
            return f"{norm}; {still}, but steps no longer change the point"
        case "not-finite" if not (isfinite(last.loss) and isfinite(last.norm)):
            return "the value or the gradient at the start is not finite"
    beyond = f"the next step is not finite; {norm}" if descent.broken is not None else norm
    return f"{beyond}{_too_far(verdict, descent)}"


def _better(descent: Descent) -> str:
    """The verb for a value that changes in the wanted direction."""
    return "rises" if descent.plan.maximize else "falls"


def _other(descent: Descent) -> str:
    """The kind of extremum that is not wanted."""
    return "minimum" if descent.plan.maximize else "maximum"


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count:,} steps"


def _signs(verdict: Verdict) -> str:
    """The number of the Hessian's eigenvalues of each sign, in words."""
    if verdict.signs is None:
        return ""
    words = zip(verdict.signs, ("negative", "zero", "positive"), strict=True)
    counts = [f"{count} {word}" for count, word in words if count]
    return f"; eigenvalues of the Hessian: {', '.join(counts)}"


def _remaining(verdict: Verdict, plan: Plan) -> str:
    if verdict.remaining is None:
        return "it needs more steps: --steps allows them"
    more = "1 more step" if verdict.remaining == 1 else f"about {verdict.remaining:,} more steps"
    told = f"at this rate {plan.until:g} takes {more}"
    if verdict.slowing is None:
        return told
    slowly = f"about {_rough(verdict.slowing):,}" if verdict.slowing < _FORESEEN else "far more"
    return f"{told}, or {slowly} if the gradient goes on to shrink more and more slowly"


def _rough(number: float) -> int:
    """A number of steps in two digits."""
    return int(float(f"{number:.1e}"))


def _too_far(verdict: Verdict, descent: Descent) -> str:
    """A hint at a rate that would have been small enough."""
    if verdict.limit is not None:
        return (
            f"; the curvature along the path, {verdict.curvature:.3g}, allows rates up to "
            f"{verdict.limit:.3g}: try --lr {verdict.limit / 2:.2g}"
        )
    if verdict.kind == "not-finite" and not descent.plan.searches:
        return "; try a smaller --lr, or --line-search, which keeps to where the value is finite"
    if verdict.kind in ("diverging", "oscillating") and not descent.plan.searches:
        return "; try a smaller --lr"
    return ""

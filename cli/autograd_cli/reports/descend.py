"""The account of a descent: where it went from where to where, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.line.program import Program, inputs_named, split_names
from autograd_cli.reports.evaluation import Note, Summary, evaluate, run, summary
from autograd_graph import ProgramError, reverse
from autograd_graph.descent.descent import Descent, Plan, State
from autograd_graph.descent.objective import Objective
from autograd_graph.descent.verdict import Verdict, Watch
from autograd_graph.graph import Graph
from autograd_graph.labels import expression, labels, output_label
from autograd_graph.status import DOMAIN, OVERFLOW, SINGULAR
from autograd_graph.steps.flow import Layer, flow

FAILED = ("diverging", "not-finite", "oscillating", "unbounded", "edge", "jump", "stuck")
"""The verdicts on a descent that does not arrive, however many steps it is given."""

_MOVE_ON = "move a parameter a little and go on from there"


@dataclass(frozen=True, slots=True)
class DescentReport:
    """A descent that has ended. ``note`` points at the node that stopped it, if one did."""

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

    @property
    def final(self) -> dict[str, float]:
        """The last good values of the parameters."""
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
        return document("descend", content)


def parameters(program: Program, hold: Sequence[str]) -> list[str]:
    """The inputs that are moved: those to which the program gives a default, or ``--wrt``.

    Raises :class:`ProgramError` where there are none.
    """
    graph = program.graph
    chosen = [name for name, node in graph.inputs.items() if node in graph.numbers]
    chosen += [name for name, node in graph.inputs.items() if graph.args[node]]
    names = sorted(chosen, key=graph.inputs.__getitem__) if program.wrt is None else program.wrt
    held = set(inputs_named(graph, split_names(hold))) if hold else set()
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


def descent_report(program: Program, descent: Descent, watch: Watch) -> DescentReport:
    """What there is to say of a descent that has ended."""
    objective, verdict = descent.objective, watch.verdict()
    graph, last = program.graph, watch.last
    values, moved = objective.values, set(objective.names)
    return DescentReport(
        text=graph.text,
        output=output_label(graph, program.tape.output),
        plan=descent.plan,
        moved=objective.names,
        held={
            name: values[node]
            for name, node in graph.inputs.items()
            if name not in moved and program.tape.reached[node]
        },
        start=watch.first,
        end=last,
        verdict=verdict,
        message=_message(verdict, descent, last),
        note=_note(descent, verdict, graph),
        summary=summary(run(program.tape, objective.at(last.point)), objective.names),
    )


def settings(plan: Plan) -> str:
    """How the descent goes, in a line."""
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
    """A state under :func:`columns`."""
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
    """How large the gradient is at each layer, at the latest point."""
    values = objective.values
    return flow(objective.whole, values, reverse(objective.whole, values)).layers


def _step(state: State) -> tuple[float | None, float | None, float | None]:
    """Rate, clipping and prediction of the step to a state; the start has none."""
    if state.number == 0:
        return None, None, None
    return state.rate, state.clipped, state.predicted


def _numbers(names: Sequence[str], numbers: Sequence[float]) -> dict[str, Any]:
    return {n: formats.json_number(x) for n, x in zip(names, numbers, strict=True)}


def _note(descent: Descent, verdict: Verdict, graph: Graph) -> Note | None:
    """The node to blame: the first one that is not finite, or the one with the kink."""
    objective = descent.objective
    if descent.broken is not None:
        notes = evaluate(objective.whole, objective.at(descent.broken), objective.names).notes
        return next((n for n in notes if n.status in (DOMAIN, SINGULAR, OVERFLOW)), None)
    if verdict.node is None:
        return None
    names = labels(graph)
    what = expression(graph, verdict.node, names)
    return Note(f"the kink is that of {what}", graph.spans[verdict.node], "kink")


def _message(verdict: Verdict, descent: Descent, last: State) -> str:
    """The verdict in a sentence."""
    done = "at the start" if last.number == 0 else f"after {_steps(last.number)}"
    norm = f"gradient norm {last.norm:.3g} {done}"
    match verdict.kind:
        case "converged":
            still = ", and no step lowers the value further" if descent.ended == "stalled" else ""
            return f"{norm}{still}{_signs(verdict)}"
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
    """What the value does where it goes the way that is wanted."""
    return "rises" if descent.plan.maximize else "falls"


def _other(descent: Descent) -> str:
    """What is not looked for."""
    return "minimum" if descent.plan.maximize else "maximum"


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count:,} steps"


def _signs(verdict: Verdict) -> str:
    """The Hessian's eigenvalues by sign."""
    if verdict.signs is None:
        return ""
    words = zip(verdict.signs, ("negative", "zero", "positive"), strict=True)
    counts = [f"{count} {word}" for count, word in words if count]
    return f"; eigenvalues of the Hessian: {', '.join(counts)}"


def _remaining(verdict: Verdict, plan: Plan) -> str:
    if verdict.remaining is None:
        return "it needs more steps: --steps allows them"
    more = "1 more step" if verdict.remaining == 1 else f"about {verdict.remaining:,} more steps"
    return f"at this rate {plan.until:g} takes {more}"


def _too_far(verdict: Verdict, descent: Descent) -> str:
    """What would have been small enough."""
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

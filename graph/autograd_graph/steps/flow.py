"""How large a gradient stays on its way back through the layers of a program.

A layer is a named statement, or a level of the graph. Its gradient is the norm of the output's
derivative by it; its *factor* is the ratio of the gradient that it passes to the layers before to
the one that arrives. Twenty factors of a quarter leave 1e-12: that is how gradients vanish. What it
passes to inputs of its own, its weights and data, is apart from that: by it they learn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import hypot, inf, isfinite, isnan, nan
from typing import Literal

from autograd_graph.graph import LEAVES
from autograd_graph.labels import labels
from autograd_graph.passes.evaluation import Tape, handed_back
from autograd_graph.steps.cancelling import cancelled
from autograd_graph.steps.steps import Grain, Steps, steps

Verdict = Literal["healthy", "vanishing", "exploding", "dead", "undefined"]

THRESHOLD = 1e-5
"""A gradient below this, relative to 1 at the output, has vanished; above its inverse, exploded."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. ``gradient`` is the Euclidean norm of the adjoints of its ``nodes``.

    ``inner`` are all nodes that make it up. ``factor`` is ``None`` for a step that nothing flows
    back to, as it was not chosen, and for a level at which no finite, non-zero gradient arrives.
    ``to_inputs`` is the norm of the gradient that it passes to inputs which it uses itself, without
    what these get from other layers; ``None`` if it uses none, or its factor is ``None``.
    ``operators`` are the names of the operators in it. ``before`` are the positions of the layers
    that receive its gradient; if there are none, ``inputs`` are the names of the inputs that do,
    and ``arriving`` is the norm of the output's gradient by them, over all paths. ``cancels`` says
    that all paths to its nodes cancel: its gradient is 0 but for rounding. ``dead`` says
    that the layer passes nothing on, and that the layers before lose by it: no other path brings a
    gradient to them, or the layer is a unit that is switched off.
    """

    name: str
    nodes: tuple[int, ...]
    inner: tuple[int, ...]
    gradient: float
    factor: float | None
    to_inputs: float | None
    operators: tuple[str, ...]
    before: tuple[int, ...]
    inputs: tuple[str, ...]
    arriving: float
    cancels: bool
    dead: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of the gradient.

    ``layer`` is where it shows first in reverse order, or the layer before the ``inputs`` where it
    shows. ``passed`` are the layers through which the gradient has come there. ``infinite`` says
    that it is infinite, not just large.
    """

    kind: Verdict
    layer: Layer
    inputs: tuple[str, ...] = ()
    passed: tuple[Layer, ...] = ()
    infinite: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """The layers in evaluation order, and the problems found in their gradients.

    ``by`` is the kind of layer.
    """

    by: Grain | Literal["depth"]
    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The most severe finding, or ``healthy``."""
        return self.findings[0].kind if self.findings else "healthy"

    @property
    def cancelling(self) -> tuple[str, ...]:
        """The names of the layers at which all paths cancel, in reverse order."""
        return tuple(layer.name for layer in reversed(self.layers) if layer.cancels)


def flow(
    tape: Tape,
    values: Sequence[float],
    adjoints: Sequence[float | None],
    grain: Grain | Literal["depth"] | None = None,
    threshold: float = THRESHOLD,
    wrt: Collection[str] | None = None,
) -> Flow:
    """Follow the gradient back through the layers that it can reach.

    Of what they pass to inputs, ``wrt`` names those that count; ``None`` counts all.
    """
    names = tape.graph.inputs if wrt is None else wrt
    inputs = {tape.graph.inputs[name] for name in names}
    residues = cancelled(tape, values, adjoints)
    if grain == "depth":
        layers = _levels(tape, values, adjoints, residues, inputs)
    else:
        found = steps(tape.graph, tape.output, grain)
        grain = found.grain
        layers = _steps(tape, values, adjoints, residues, found, inputs)
    return Flow(grain, tuple(layers), tuple(_findings(layers, threshold)))


def _steps(
    tape: Tape,
    values: Sequence[float],
    adjoints: Sequence[float | None],
    residues: Set[int],
    found: Steps,
    counted: Set[int],
) -> list[Layer]:
    place: dict[int, int] = {}
    layers = []
    for step in found.steps:
        if not tape.varying[step.node]:
            continue
        handed = handed_back(tape, values, {step.node: 1.0}, step.inner)
        adjoint = adjoints[step.node]
        gradient = abs(adjoint or 0.0)
        before = tuple(place[arg] for arg in step.args if arg in place)
        receivers = _receivers(handed, [arg for arg in step.args if arg in place])
        inputs = () if before else tuple(sorted(handed))
        layers.append(
            Layer(
                name=step.label,
                nodes=(step.node,),
                inner=step.inner,
                gradient=gradient,
                factor=None if adjoint is None else _size(handed, receivers),
                to_inputs=None if adjoint is None else _to_inputs(handed, counted, gradient),
                operators=_operators(tape, step.inner),
                before=before,
                inputs=tuple(tape.graph.names[node] for node in inputs),
                arriving=_norm(adjoints[node] or 0.0 for node in inputs if node not in residues),
                cancels=step.node in residues,
                dead=gradient != 0.0
                and _cut_off(tape, adjoints, residues, handed, receivers, step.inner),
            )
        )
        place[step.node] = len(layers) - 1
    return layers


def _levels(
    tape: Tape,
    values: Sequence[float],
    adjoints: Sequence[float | None],
    residues: Set[int],
    counted: Set[int],
) -> list[Layer]:
    """The levels of the graph: a node is one level above the highest of its arguments."""
    graph, names = tape.graph, labels(tape.graph)
    depth: dict[int, int] = {}
    levels: dict[int, list[int]] = {}
    for node, args in enumerate(graph.args):
        if tape.reached[node] and tape.varying[node] and graph.ops[node] not in LEAVES:
            depth[node] = 1 + max(depth.get(arg, 0) for arg in args)
            levels.setdefault(depth[node], []).append(node)
    layers = []
    for level, nodes in sorted(levels.items()):
        gradient = _norm(adjoints[node] or 0.0 for node in nodes)
        factor, to_inputs, dead = None, None, False
        before = (level - 2,) if level > 1 else ()
        inputs: list[int] = []
        if gradient and isfinite(gradient):
            seeds = {node: (adjoints[node] or 0.0) / gradient for node in nodes}
            handed = handed_back(tape, values, seeds, nodes)
            receivers = _receivers(handed, [node for node in handed if node in depth])
            factor = _size(handed, receivers)
            to_inputs = _to_inputs(handed, counted, gradient)
            dead = _cut_off(tape, adjoints, residues, handed, receivers, nodes)
            inputs = [] if before else sorted(handed)
        name = names[nodes[0]] if len(nodes) == 1 else f"{len(nodes)} nodes"
        layers.append(
            Layer(
                name=f"level {level}: {name}",
                nodes=tuple(nodes),
                inner=tuple(nodes),
                gradient=gradient,
                factor=factor,
                to_inputs=to_inputs,
                operators=_operators(tape, nodes),
                before=before,
                inputs=tuple(names[node] for node in inputs),
                arriving=_norm(adjoints[node] or 0.0 for node in inputs if node not in residues),
                cancels=residues >= {*nodes},
                dead=dead,
            )
        )
    return layers


def _receivers(handed: dict[int, float], before: list[int]) -> list[int]:
    """The nodes that receive the gradient: the layers before or, if there are none, the inputs."""
    return before or list(handed)


def _size(handed: dict[int, float], receivers: Sequence[int]) -> float:
    """The norm of the gradient at the receivers."""
    return _norm(handed.get(node, 0.0) for node in receivers)


def _to_inputs(handed: Mapping[int, float], counted: Set[int], gradient: float) -> float | None:
    """The norm of what a gradient becomes at those inputs, of the ``counted``, that get of it."""
    shares = [share for node, share in handed.items() if node in counted]
    return gradient * _norm(shares) if shares else None


def _cut_off(
    tape: Tape,
    adjoints: Sequence[float | None],
    residues: Set[int],
    handed: dict[int, float],
    receivers: Sequence[int],
    nodes: Sequence[int],
) -> bool:
    """Whether ``nodes`` pass nothing on, and the receivers lose their gradient by it.

    A partial that happens to be 0, as that of ``t*log(p)`` by ``p`` at ``t = 0``, costs ``p``
    nothing if another path brings its gradient, or if all its paths cancel. A choice that takes
    another argument counts as switched off, whatever comes by another path.
    """
    if _size(handed, receivers) != 0.0:
        return False
    off = not any(handed.values()) and any(tape.graph.ops[node].shares for node in nodes)
    return off or not any(adjoints[node] or node in residues for node in receivers)


def _norm(numbers: Iterable[float]) -> float:
    """The norm; nan if one of them is, though another is infinite."""
    found = [*numbers]
    return nan if any(map(isnan, found)) else hypot(*found)


def _operators(tape: Tape, nodes: Sequence[int]) -> tuple[str, ...]:
    rows = (tape.graph.ops[node] for node in nodes if tape.graph.args[node])
    return tuple(dict.fromkeys(row.spelling for row in rows))


def _findings(layers: Sequence[Layer], threshold: float) -> list[Finding]:
    """The problems, most severe first: each kind where it shows first in reverse order."""
    found: dict[Verdict, Finding] = {}

    def find(kind: Verdict, layer: Layer, inputs: tuple[str, ...] = ()) -> None:
        if kind not in found:
            passed = _passed(layers, layer)
            passed = (*passed, layer) if inputs else passed
            infinite = inf in (layer.gradient, layer.factor, layer.arriving)
            found[kind] = Finding(kind, layer, inputs, passed, infinite)

    dead = []
    vanished = _vanished(layers, threshold)
    for layer, gone in zip(reversed(layers), reversed(vanished), strict=True):
        handed = layer.gradient if layer.factor is None else layer.gradient * layer.factor
        if isnan(layer.gradient) or isnan(handed):
            find("undefined", layer)
        elif layer.gradient > 1.0 / threshold or handed == inf:
            find("exploding", layer)
        elif gone and layer.gradient > 0.0 and not layer.cancels:
            find("vanishing", layer)
        elif layer.arriving > 1.0 / threshold:
            find("exploding", layer, layer.inputs)
        elif 0.0 < layer.arriving < threshold:
            find("vanishing", layer, layer.inputs)
        if layer.dead:
            dead.append(Finding("dead", layer))
    for layer in reversed(layers):
        if isnan(layer.arriving):
            find("undefined", layer, layer.inputs)
    undefined = [found["undefined"]] if "undefined" in found else []
    rest: tuple[Verdict, ...] = ("exploding", "vanishing")
    return [*undefined, *dead, *(found[kind] for kind in rest if kind in found)]


def _passed(layers: Sequence[Layer], reached: Layer) -> tuple[Layer, ...]:
    """The layers from which the gradient comes to ``reached``, directly or through others."""
    passed: list[Layer] = []
    towards = {n for n, layer in enumerate(layers) if layer is reached}
    for n, layer in enumerate(layers):
        if not towards.isdisjoint(layer.before):
            towards.add(n)
            passed.append(layer)
    return tuple(passed)


def _vanished(layers: Sequence[Layer], threshold: float) -> list[bool]:
    """For each layer, whether the gradient is small there and in all layers before it.

    If it is small in one branch only, and arrives by another, it has not vanished.
    """
    vanished: list[bool] = []
    for layer in layers:
        vanished.append(layer.gradient < threshold and all(vanished[n] for n in layer.before))
    return vanished

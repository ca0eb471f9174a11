"""The computation graph, its operators, and the passes over it."""

from autograd_graph.errors import ProgramError, Span
from autograd_graph.graph import Graph, Node
from autograd_graph.operators import OPERATORS
from autograd_graph.passes.diagnosis import causes, statuses
from autograd_graph.passes.evaluation import Tape, forward, missing, reverse, tangent
from autograd_graph.status import Status

__all__ = [
    "OPERATORS",
    "Graph",
    "Node",
    "ProgramError",
    "Span",
    "Status",
    "Tape",
    "causes",
    "forward",
    "missing",
    "reverse",
    "statuses",
    "tangent",
]

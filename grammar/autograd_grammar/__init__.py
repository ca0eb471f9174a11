"""The language of autograd-cli: parses text to a computation graph."""

from autograd_grammar.builder import MAX_NODES
from autograd_grammar.parser import parse
from autograd_graph.errors import ProgramError

__all__ = ["MAX_NODES", "ProgramError", "parse"]
